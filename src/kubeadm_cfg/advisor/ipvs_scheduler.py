"""Which scheduler ipvs mode should use: the score tables, what excludes a scheduler, and what is said of the choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, get_args

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import Version, version, word, words
from kubeadm_cfg.advisor.files import File, documents_of
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import InDocument, problem
from kubeadm_cfg.advisor.scoring import Rules, excluded_by, holding, ranked, scores
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["SCHEDULERS", "ipvs_scheduler"]

Traffic = Literal["short", "long-lived", "few-heavy"]
Need = Literal["client-stickiness", "consistent-entry"]

_KIND: Final = "KubeProxyConfiguration"
_UNTIL_26: Final = ("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq")  # kube-proxy's closed list
SCHEDULERS: Final = (*_UNTIL_26, "mh", "fo", "ovf", "twos")
"""The schedulers in the order that breaks ties."""

# A need beats the traffic, the later one of the table the earlier; "rest" is every scheduler that is not named.
_TRAFFIC: Final = {
    "short": "rr5 wrr4 lc wlc sed nq twos3 sh mh2",
    "long-lived": "lc5 wlc sed twos4 nq3 rr wrr2 sh mh1",
    "few-heavy": "nq5 lc sed4 wlc twos3 rr wrr2 sh mh1",
}
_NEEDS: Final = {
    "client-stickiness": "sh5 mh4 rest1",
    "consistent-entry": "mh5 sh3 rest1",
}

_POINTLESS: Final = frozenset({"lblc", "lblcr", "dh", "fo", "ovf"})
_KERNEL: Final[dict[str, Version]] = {"mh": (4, 18, 0), "twos": (5, 12, 0)}


@attrs.frozen(kw_only=True)
class _Asked:
    """What was asked, every word checked."""

    minor: int
    traffic: str
    needs: frozenset[str]
    kernel: Version | None
    scheduler: str = ""
    """The choice, once it is made."""

    def is_refused(self, scheduler: str) -> bool:
        """Whether kube-proxy of the minor does not take the name."""
        return self.minor <= 26 and scheduler not in _UNTIL_26

    def lacks_kernel(self, scheduler: str) -> bool:
        """Whether the kernel is known to be too old for the module."""
        needed = _KERNEL.get(scheduler)
        return needed is not None and self.kernel is not None and self.kernel < needed


def _excluded(scheduler: str) -> Rules[_Asked]:
    return {
        "scheduler-since-1.27": lambda a: a.is_refused(scheduler),
        "scheduler-pointless": lambda a: scheduler in _POINTLESS,  # noqa: ARG005  # true whatever was asked
        "scheduler-kernel": lambda a: a.lacks_kernel(scheduler),
    }


_EXCLUDED: Final[dict[str, Rules[_Asked]]] = {scheduler: _excluded(scheduler) for scheduler in SCHEDULERS}
_REASONS: Final[Rules[_Asked]] = {
    "seed-scheduler-rr": lambda a: a.scheduler == "rr",
    "weights-all-one": lambda _: True,
    "scheduler-per-node": lambda _: True,
    "scheduler-names-until-1.26": lambda a: a.minor <= 26,
    "scheduler-module-1.27": lambda a: a.minor >= 27,
}
_WARNINGS: Final[Rules[_Asked]] = {
    "ipvs-deprecated-1.35": lambda a: a.minor >= 35,
    "prefer-session-affinity": lambda a: "client-stickiness" in a.needs,
}


def ipvs_scheduler(
    *,
    kubernetes: str | None = None,
    traffic: Traffic | None = None,
    needs: Iterable[Need] = (),
    kernel: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The scheduler of kube-proxy's ipvs mode; what is None is not known and rules nothing out.

    Args:
        kubernetes: the version, as in "1.34"; None: the newest known.
        traffic: "short" requests (default), "long-lived" connections, or "few-heavy" requests.
        needs: "client-stickiness", and "consistent-entry" where several nodes must choose the same pod for a
            connection (ECMP, anycast).
        kernel: the kernel of the oldest node.
        f: files that say what was not given.
        host: the oldest node, for what was not given.

    Raises:
        ValueError: a word or version that is none, or Kubernetes before 1.22.

    >>> ipvs_scheduler(kubernetes="1.30", traffic="long-lived").choice
    'lc'
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    kernel = kernel if kernel is not None else known.host.kernel
    asked = _Asked(
        minor=k.minor,
        traffic=word("traffic", traffic, get_args(Traffic)) or "short",
        needs=words("needs", needs, get_args(Need)),
        kernel=version("kernel", kernel),
    )
    excluded = excluded_by(_EXCLUDED, asked)
    ranking = ranked(SCHEDULERS, _points(asked), excluded)
    choice = ranking[0][0]
    asked = attrs.evolve(asked, scheduler=choice)
    values = {"kubernetes": k, "choice": choice, "kernel": kernel}
    return Advice(
        function="ipvs_scheduler",
        choice=choice,
        ranking=ranking,
        reasons=tuple(reason(name, **values) for name in (*holding(_REASONS, asked), *excluded.values())),
        warnings=(*(reason(name) for name in holding(_WARNINGS, asked)), *about_minor(k)),
        settings={"ipvs.scheduler": choice},
        edits=(_Scheduler(_KIND, "ipvs.scheduler", choice),),
        about={"kubernetes": str(k)},
    )


def _points(asked: _Asked) -> dict[str, int]:
    rows = [_TRAFFIC[asked.traffic], *(row for need, row in _NEEDS.items() if need in asked.needs)]
    named = scores(rows[-1])
    return dict.fromkeys(SCHEDULERS, named.pop("rest", 0)) | named


class _Scheduler(InDocument):
    """The scheduler, where ipvs runs; in another mode kube-proxy ignores the whole section, and nothing is written."""

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        document = next(documents_of(file, _KIND), None)
        mode = document.get("mode", None) if document is not None else None
        if mode == "ipvs":
            yield from super().place(file, why)
            return
        yield problem(
            file,
            "advice.ignored",
            f"kube-proxy ignores ipvs.scheduler while mode is {mode or 'not set'}",
            kind=_KIND,
            path="ipvs.scheduler",
            remedy="set mode: ipvs first, or leave the scheduler out",
        )
