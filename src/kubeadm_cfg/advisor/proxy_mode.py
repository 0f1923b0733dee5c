"""Which mode kube-proxy should run in: the score tables, what excludes a mode, and what is said of the choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import Version, count, flag, version, word, words
from kubeadm_cfg.advisor.files import File, documents_of, takes_documents
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import Edit, InDocument, problem, set_in_document
from kubeadm_cfg.advisor.scoring import Rules, excluded_by, holding, ranked, scores
from kubeadm_cfg.advisor.wording import Reason, about_minor, reason, with_override
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.document import Document
from kubeadm_cfg.file import ConfigFile
from kubeadm_cfg.kinds._base import fields_of
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["MODES", "proxy_mode"]

Mode = Literal["ipvs", "iptables", "nftables", "userspace", "kernelspace"]
Need = Literal[
    "scheduler", "high-concurrency", "compatibility", "debugging", "localhost-nodeports", "session-affinity",
    "metallb-l2", "dsr", "sctp", "cni-iptables",
]  # fmt: skip

MODES: Final = ("ipvs", "iptables", "nftables", "userspace", "kernelspace")
"""The modes in the order that breaks ties."""
KIND: Final = "KubeProxyConfiguration"

# Each column by the last minor it holds for; what is not in it cannot be used there, which _EXCLUDED says.
_SCORES: Final = {
    "demanding": {
        30: "ipvs5 iptables4",
        32: "ipvs5 iptables4 nftables3",
        34: "ipvs4 iptables3 nftables5",
        36: "ipvs2 iptables4 nftables5",
        37: "ipvs1 iptables4 nftables5",
    },
    "plain": {
        30: "ipvs4 iptables5",
        32: "ipvs4 iptables5 nftables3",
        34: "ipvs3 iptables5 nftables4",
        36: "ipvs2 iptables5 nftables4",
        37: "ipvs1 iptables5 nftables4",
    },
    "windows": {37: "kernelspace5"},
}
_SCHEDULER: Final = {33: "ipvs5 iptables3 nftables4", 34: "ipvs5 iptables3 nftables4"}  # demanding, with that need
_USERSPACE: Final = 1
_SEED: Final = {"demanding": "ipvs", "plain": "iptables", "windows": "kernelspace"}
_NEWER: Final = {  # what speaks against the seed's answer, the first that was told
    "nftables": ("nftables-ga-1.33",),
    "iptables": ("ipvs-deprecated-1.35", "ipvs-modules-missing", "no-localhost-nodeports", "iptables-default"),
}
_MANY_SERVICES: Final = 1000


@attrs.frozen(kw_only=True)
class _Asked:
    """What was asked, every word checked."""

    minor: int
    on_windows: bool
    in_production: bool
    services: int | None
    kernel: Version | None
    nft: bool | Version | None
    ipvs: bool | None
    current: str | None
    needs: frozenset[str]
    mode: str = ""
    """The choice, once it is made."""

    @property
    def profile(self) -> str:
        """The column of the score table."""
        if self.on_windows:
            return "windows"
        if self.needs & {"compatibility", "debugging"}:
            return "plain"
        is_small = not self.has_many_services and not self.needs & {"high-concurrency", "scheduler"}
        return "plain" if is_small and not self.in_production else "demanding"

    @property
    def has_many_services(self) -> bool:
        return self.services is not None and self.services > _MANY_SERVICES

    def kernel_below(self, *border: int) -> bool:
        """Whether the kernel is known to be older."""
        return self.kernel is not None and self.kernel < border

    @property
    def lacks_nft(self) -> bool:
        return self.nft is False or (isinstance(self.nft, tuple) and self.nft < (1, 0, 1))


# Of each mode the first that holds.
_EXCLUDED: Final[dict[str, Rules[_Asked]]] = {
    "ipvs": {
        "linux-only": lambda a: a.on_windows,
        "ipvs-modules-missing": lambda a: a.ipvs is False,
        "no-localhost-nodeports": lambda a: "localhost-nodeports" in a.needs,
    },
    "iptables": {"linux-only": lambda a: a.on_windows},
    "nftables": {
        "linux-only": lambda a: a.on_windows,
        "nftables-unavailable": lambda a: a.minor <= 28,
        "nftables-alpha-1.29": lambda a: a.minor <= 30,
        "nftables-kernel-5.13": lambda a: a.kernel_below(5, 13),
        "nftables-tools-missing": lambda a: a.lacks_nft,
        "nftables-cni-conflict": lambda a: "cni-iptables" in a.needs,
        "no-localhost-nodeports": lambda a: "localhost-nodeports" in a.needs,
    },
    "userspace": {"userspace-removed-1.26": lambda a: a.minor >= 26},
    "kernelspace": {"windows-only": lambda a: not a.on_windows},
}

# Each that holds when `mode` was chosen.
_REASONS: Final[Rules[_Asked]] = {
    "seed-ipvs-production": lambda a: a.mode == "ipvs",
    "seed-iptables-development": lambda a: a.mode == "iptables" and a.profile == "plain",
    "iptables-default": lambda a: a.mode == "iptables" and a.profile != "plain",
    "seed-kernelspace-windows": lambda a: a.on_windows,
    "kernelspace-default-1.26": lambda a: a.on_windows and a.minor >= 26,
    "nftables-beta-1.31": lambda a: not a.on_windows and 31 <= a.minor <= 32,
    "nftables-ga-1.33": lambda a: not a.on_windows and a.minor >= 33,
    "ipvs-deprecated-1.35": lambda a: not a.on_windows and a.minor >= 35,
    "ipvs-gate-1.37": lambda a: not a.on_windows and a.minor >= 37,
    "mode-explicit-1.37": lambda a: not a.on_windows and a.minor >= 37,
    "many-services": lambda a: not a.on_windows and a.has_many_services,
    "few-services": lambda a: not a.on_windows and a.services is not None and not a.has_many_services,
    "userspace-deprecated-1.23": lambda a: 23 <= a.minor <= 25,
    "session-affinity-any-mode": lambda a: "session-affinity" in a.needs,
    "strict-arp-metallb": lambda a: "metallb-l2" in a.needs and a.mode == "ipvs",
    "strict-arp-not-needed": lambda a: "metallb-l2" in a.needs and a.mode != "ipvs",
    "dsr-kernelspace": lambda a: a.on_windows and "dsr" in a.needs,
}
_WARNINGS: Final[Rules[_Asked]] = {
    "ipvs-modules-unknown": lambda a: a.mode == "ipvs" and a.ipvs is None,
    "ipvs-deprecation-ahead": lambda a: a.mode == "ipvs" and 31 <= a.minor <= 34,
    "nftables-kernel-unknown": lambda a: a.mode == "nftables" and a.kernel is None,
    "nftables-kernel-conntrack": lambda a: a.mode == "nftables" and a.kernel_below(6, 1),
    "nodeports-primary-only": lambda a: a.mode == "nftables" and a.current in ("iptables", "ipvs"),
    "leftover-rules": lambda a: {a.current, a.mode} == {"iptables", "ipvs"},
    "scheduler-needs-ipvs": lambda a: "scheduler" in a.needs and not a.on_windows and a.mode != "ipvs",
    "dsr-windows-only": lambda a: "dsr" in a.needs and not a.on_windows,
    "kernelspace-no-sctp": lambda a: "sctp" in a.needs and a.on_windows,
}
# What a reason also sets to true, up to which minor.
_SETS: Final = {
    "strict-arp-metallb": {"ipvs.strictARP": 37},
    "dsr-kernelspace": {"winkernel.enableDSR": 37, "featureGates.WinDSR": 32},
}


def proxy_mode(  # noqa: PLR0913  # the contract names them; all by keyword
    *,
    kubernetes: str | None = None,
    platform: Literal["linux", "windows"] | None = None,
    environment: Literal["production", "development"] | None = None,
    services: int | None = None,
    kernel: str | None = None,
    nft: bool | str | None = None,
    ipvs: bool | None = None,
    current: Mode | None = None,
    cni_replaces: bool | None = None,
    needs: Iterable[Need] = (),
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The mode kube-proxy should run in; what is None is not known and rules nothing out.

    Args:
        kubernetes: the version, as in "1.34"; None: the newest known.
        platform: "linux" (default) or "windows".
        environment: "production" (default) or "development".
        services: how many Services the cluster will have.
        kernel: the kernel of the oldest node.
        nft: whether nf_tables and nft_fib are there, or the version of nft.
        ipvs: whether the ip_vs modules and ipset are there.
        current: the mode that runs now.
        cni_replaces: whether the network plugin does kube-proxy's work.
        needs: any of scheduler, high-concurrency, compatibility, debugging, localhost-nodeports, session-affinity,
            metallb-l2, dsr, sctp, cni-iptables.
        f: files that say what was not given.
        host: the oldest node, for what was not given.

    Raises:
        ValueError: a word or version that is none, or Kubernetes before 1.22.

    >>> proxy_mode(kubernetes="1.28").choice, proxy_mode(kubernetes="1.34", kernel="5.4").choice
    ('ipvs', 'ipvs')
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    kernel = kernel if kernel is not None else known.host.kernel
    modules = known.host.modules or frozenset()
    asked = _Asked(
        minor=k.minor,
        on_windows=word("platform", platform, ("linux", "windows")) == "windows",
        in_production=word("environment", environment, ("production", "development")) != "development",
        services=count("services", services),
        kernel=version("kernel", kernel),
        nft=version("nft", nft) if isinstance(nft, str) else flag("nft", nft),
        ipvs=flag("ipvs", ipvs) if ipvs is not None else {"ip_vs", "ip_set"} <= modules or None,
        current=word("current", current, MODES) or _mode_in(known),
        needs=words("needs", needs, get_args(Need)),
    )
    seed = _SEED[asked.profile]
    if flag("cni_replaces", cni_replaces) or (cni_replaces is None and _is_left_out(known)):
        return _without_kube_proxy(asked, seed, about_minor(k))
    excluded = excluded_by(_EXCLUDED, asked)
    ranking = ranked(MODES, _points(asked), excluded)
    choice = ranking[0][0]
    values = {"kubernetes": k, "kernel": kernel, "services": services, "current": asked.current, "choice": choice}
    asked = attrs.evolve(asked, mode=choice)
    reasons = holding(_REASONS, asked)
    told = tuple(reason(name, **values) for name in (*reasons, *excluded.values()))
    if choice != seed:
        told = with_override(told, seed, *_NEWER[choice])
    settings: dict[str, Any] = {"mode": choice}
    for name in reasons:
        settings |= {path: True for path, last in _SETS.get(name, {}).items() if asked.minor <= last}
    return Advice(
        function="proxy_mode",
        choice=choice,
        ranking=ranking,
        reasons=told,
        warnings=(*(reason(name, **values) for name in holding(_WARNINGS, asked)), *about_minor(k)),
        settings=settings,
        edits=tuple(InDocument(KIND, path, value) for path, value in settings.items()),
        about={"kubernetes": str(k)},
    )


def _mode_in(known: Known) -> str | None:
    found = known.text(KIND, "mode")
    return found if found in MODES else None


def _is_left_out(known: Known) -> bool:
    """Whether the files keep kube-proxy out already."""
    phases = known.value("InitConfiguration", "skipPhases")
    skipped = phases if isinstance(phases, list) else []
    return known.value("ClusterConfiguration", "proxy.disabled") is True or bool(
        {_PHASE, "addon"} & set(map(str, skipped))
    )


def _points(asked: _Asked) -> dict[str, int]:
    columns = _SCORES[asked.profile]
    row = columns[min(last for last in columns if asked.minor <= last)]
    if asked.profile == "demanding" and "scheduler" in asked.needs:
        row = _SCHEDULER.get(asked.minor, row)
    return {"userspace": _USERSPACE} | scores(row)


def _without_kube_proxy(asked: _Asked, seed: str, warnings: tuple[Reason, ...]) -> Advice:
    newer = asked.minor >= 31  # v1beta4 came with 1.31
    return Advice(
        function="proxy_mode",
        choice=None,
        reasons=with_override((reason("cni-replaces-kube-proxy"),), seed),
        warnings=warnings,
        settings={"proxy.disabled": True} if newer else {"skipPhases": [_PHASE]},
        edits=(_NoKubeProxy("kubeadm.k8s.io/v1beta4" if newer else "kubeadm.k8s.io/v1beta3"),),
    )


_PHASE: Final = "addon/kube-proxy"


@attrs.frozen
class _NoKubeProxy(Edit):
    """Keeps kubeadm from installing kube-proxy: ClusterConfiguration.proxy.disabled, before v1beta4 a skipped phase."""

    api_version: str
    """For a file without documents of kubeadm."""

    def fits(self, file: File) -> bool:
        return self._api_version(file) is not None or takes_documents(file)

    def stands_in(self, file: File) -> bool:
        return self._api_version(file) is not None

    def _api_version(self, file: File) -> str | None:
        for kind in ("ClusterConfiguration", "InitConfiguration", "JoinConfiguration"):
            for document in documents_of(file, kind):
                return document.api_version
        return None

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        assert isinstance(file, ConfigFile)
        api_version = self._api_version(file) or self.api_version
        for kind, attribute in (("ClusterConfiguration", "proxy"), ("InitConfiguration", "skip_phases")):
            cls = kind_of(api_version, kind)
            if cls is None or attribute not in fields_of(cls).by_attribute:
                continue
            if next(documents_of(file, kind), None) is None:
                file.add(cls())
            document = next(documents_of(file, kind))
            if attribute == "proxy":
                set_in_document(document, "proxy.disabled", True, why)
            else:
                _skip_phase(document, why)
            return
        yield problem(
            file,
            "advice.refused",
            f"{api_version} has no field that keeps kube-proxy out",
            remedy=f"run kubeadm init with --skip-phases={_PHASE}, or migrate the file",
        )


def _skip_phase(document: Document, why: str | None) -> None:
    phases = document.get("skipPhases", None)
    if not _is_skipped(phases):
        set_in_document(document, "skipPhases", [*(phases or []), _PHASE], why)


def _is_skipped(phases: Any) -> bool:
    return isinstance(phases, list) and (_PHASE in phases or _PHASE.partition("/")[0] in phases)
