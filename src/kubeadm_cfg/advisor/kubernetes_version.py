"""Which minor to run on a day: while it is supported the one that is there, else the oldest that is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.files import File, documents_of
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import Edit, InDocument
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.deployment.image_facts import newest
from kubeadm_cfg.kubernetes import Minor, minors
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["kubernetes_version"]

CLUSTER: Final = "ClusterConfiguration"
_NEAR: Final = dt.timedelta(days=90)
_NAMED: Final = re.compile(r"1\.[0-9]", re.ASCII)
_MINOR: Final = re.compile(r"\s*v?(1\.[0-9]{1,3})(?![0-9])", re.ASCII)


def kubernetes_version(
    *,
    current: str | None = None,
    today: dt.date | str | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The minor of Kubernetes to run: the current one while it is supported, else the oldest supported one.

    Args:
        current: the version that runs or is planned, as in "1.34" or "v1.34.2".
        today: the day to judge by, a date or its text such as ``"2026-06-01"``; by default that of the call.
        kubernetes: the same as `current`, which comes first.
        f: files that say what was not given.
        host: not asked; every function takes it.

    Raises:
        ValueError: a version or day that is none, or Kubernetes before 1.22.

    >>> kubernetes_version(current="1.27", today="2026-11-28").choice
    '1.35'
    """
    known = Known(f, host)
    asked = current if current is not None else kubernetes
    k = known.kubernetes(asked)
    day = _day(today)
    supported = [one for one in minors() if one.is_supported(day)]
    names_one = asked is not None or _NAMED.search(known.text(CLUSTER, "kubernetesVersion") or "") is not None
    now = next((one for one in minors() if names_one and one.number == k.minor), None)
    is_kept = now is not None and day <= now.end_of_life
    chosen = now if is_kept else next(iter(supported), None)
    until = chosen.end_of_life if chosen is not None else None
    values = {
        "current": k,
        "choice": chosen,
        "until": until,
        "end": (now or chosen or minors()[-1]).end_of_life,
    }
    told = "end-of-life" if not is_kept and (now is not None or chosen is None) else "supported-until"
    warnings = ["near-end-of-life"] if chosen is not None and chosen.end_of_life - day < _NEAR else []
    changes = chosen is not None and chosen is not now
    version = _release(chosen) if chosen is not None else ""
    return Advice(
        function="kubernetes_version",
        choice=str(chosen) if chosen is not None else None,
        reasons=(reason(told, **values),),
        warnings=(*(reason(one, **values) for one in warnings), *about_minor(k)),
        settings={"kubernetesVersion": version} if changes else {},
        details={
            **({"release": str(chosen.released), "end_of_life": str(until)} if chosen is not None else {}),
            "supported": [str(one) for one in supported],
        },
        edits=(_KubernetesVersion(version),) if changes else (),
        about={"today": day},
    )


def _day(value: Any) -> dt.date:
    if value is None:
        return dt.datetime.now(tz=dt.UTC).date()
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"today is a date such as 2026-06-01, not {value!r}") from None


def _release(minor: Minor) -> str:
    """The newest release of a minor that is known, the first one where only pre-releases are."""
    return str(newest(minor.number)._replace(suffix=""))


@attrs.frozen
class _KubernetesVersion(Edit):
    """ClusterConfiguration.kubernetesVersion, unless it is a release of that minor already."""

    value: str

    def _edit(self) -> InDocument:
        return InDocument(CLUSTER, "kubernetesVersion", self.value)

    def fits(self, file: File) -> bool:
        """Whether the field has a place there."""
        return self._edit().fits(file)

    def stands_in(self, file: File) -> bool:
        """Whether the place is there."""
        return self._edit().stands_in(file)

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Set the field."""
        for document in documents_of(file, CLUSTER):
            match = _MINOR.match(str(document.get("kubernetesVersion", "")))
            if match is not None and self.value.startswith(f"v{match[1]}."):
                return
            break
        yield from self._edit().place(file, why)
