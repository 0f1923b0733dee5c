"""Which minor to run on a day: while it is supported the one that is there, else the oldest that is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.files import File, documents_of
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import Edit, InDocument
from kubeadm_cfg.advisor.ranges import cluster_facts
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.image_facts import newest
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["kubernetes_version"]

CLUSTER: Final = "ClusterConfiguration"
_NEAR: Final = dt.timedelta(days=90)
_MINOR: Final = re.compile(r"\s*v?(1\.[0-9]{1,3})(?![0-9])", re.ASCII)


class _Support(NamedTuple):
    minor: str
    release: dt.date
    end: dt.date

    def holds(self, today: dt.date) -> bool:
        return self.release <= today <= self.end


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
    names_one = asked is not None or known.text(CLUSTER, "kubernetesVersion") is not None
    k = known.kubernetes(asked)
    day = _day(today)
    table = {one.minor: one for one in _table()}
    supported = [one for one in table.values() if one.holds(day)]
    now = table[str(k)] if names_one else None
    is_kept = now is not None and day <= now.end
    chosen = now if is_kept else next(iter(supported), None)
    values = {
        "current": k,
        "today": day,
        "choice": chosen.minor if chosen else None,
        "end": (now or chosen or table[str(k)]).end,
        "until": chosen.end if chosen else None,
    }
    told = "end-of-life" if not is_kept and (now is not None or chosen is None) else "supported-until"
    warnings = ["near-end-of-life"] if chosen is not None and chosen.end - day < _NEAR else []
    changes = chosen is not None and chosen is not now
    version = _release(chosen.minor) if chosen is not None else ""
    return Advice(
        function="kubernetes_version",
        choice=chosen.minor if chosen is not None else None,
        reasons=(reason(told, **values),),
        warnings=(*(reason(one, **values) for one in warnings), *about_minor(k)),
        settings={"kubernetesVersion": version} if changes else {},
        details={
            **({"release": str(chosen.release), "end_of_life": str(chosen.end)} if chosen is not None else {}),
            "supported": [one.minor for one in supported],
        },
        edits=(_KubernetesVersion(version),) if changes else (),
        about={"until": chosen.end if chosen is not None else None, "today": day},
    )


def _table() -> Iterator[_Support]:
    for row in cluster_facts()["support_windows"]["list"]:
        yield _Support(row["minor"], *(dt.date.fromisoformat(row[name]) for name in ("release", "eol")))


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


def _release(minor: str) -> str:
    """The newest release of a minor that is known, the first one where only pre-releases are."""
    return str(newest(int(minor.removeprefix("1.")))._replace(suffix=""))


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
