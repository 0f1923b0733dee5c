"""Which edit mends a problem, by its code: a table of small functions over the value at its path. Nothing is judged."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kubeadm_cfg import fixing
from kubeadm_cfg.source.path import Steps, parse

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.fixing import Edit
    from kubeadm_cfg.report import Problem

__all__ = ["mend"]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_KUBEADM: Final = "kubeadm.k8s.io/"
_CLOSE: Final = 0.85  # nearer than what is only said


class _Case(NamedTuple):
    """A problem with what stands at its path."""

    problem: Problem
    document: Document
    minor: int
    steps: Steps
    value: Any

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""


Mender = Callable[[_Case], "Edit | None"]


def mend(problem: Problem, document: Document, minor: int) -> Edit | None:
    """The edit that mends a problem; None where none is known.

    Args:
        problem: what was found in the document.
        document: where it was found.
        minor: the minor whose programs judge (31 for 1.31).
    """
    mender = _MENDERS.get(problem.code) or _BY_END.get(problem.code.rpartition(".")[2])
    if mender is None:
        return None
    try:
        steps = _steps(problem.path or "")
        return mender(_Case(problem, document, minor, steps, document.get(steps, None)))
    except (ValueError, TypeError, LookupError):  # what cannot be looked up cannot be mended
        return None


def _steps(path: str) -> Steps:
    """The path of a problem; the name of a flag may be one that a path has to put in quotes."""
    try:
        return parse(path)
    except ValueError:
        field, _, name = path.removesuffix("]").rpartition("[")
        return (*parse(field), name)


def _near(text: str, words: Sequence[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, words, n=1, cutoff=_CLOSE)), None)


# -- texts -------------------------------------------------------------------------------------------------------------
def _set_if(case: _Case, text: str, is_right: Callable[[str], object]) -> Edit | None:
    """Another text in the place of the one that is there, where it is right."""
    return fixing.set(case.steps, text) if text != case.value and text and is_right(text) else None


def _without_scheme(is_right: Callable[[str], object], *, path: bool = False) -> Mender:
    """The text without what it has of a URL: the scheme, the slash at its end, and unless `path` what is behind one."""

    def mender(case: _Case) -> Edit | None:
        text = _SCHEME.sub("", case.text, count=1).strip().rstrip("/")
        return _set_if(case, text if path else text.partition("/")[0], is_right)

    return mender


def _endpoint_of(is_right: Callable[[str], object]) -> Mender:
    """Host and port without what else a URL has, or an IPv6 address in brackets with the port behind them."""
    without_scheme = _without_scheme(is_right)

    def mender(case: _Case) -> Edit | None:
        return without_scheme(case) or _bracketed(case)

    return mender


def _bracketed(case: _Case) -> Edit | None:
    from kubeadm_cfg.addresses import parse_ip

    host, _, port = case.text.rpartition(":")
    address = parse_ip(host)
    is_port = port.isascii() and port.isdigit() and 0 < int(port) <= 65535
    return fixing.set(case.steps, f"[{host}]:{port}") if address and address.version == 6 and is_port else None


def _repository(text: str) -> bool:
    from kubeadm_cfg.checks.grammar import is_repository

    return is_repository(text)


def _endpoint(text: str) -> bool:
    from kubeadm_cfg.checks.grammar import host_port, is_endpoint

    return is_endpoint(text) and host_port(text) is not None


def _host(text: str) -> bool:
    from kubeadm_cfg.checks.grammar import is_endpoint

    return is_endpoint(text)


def _san(text: str) -> bool:
    from kubeadm_cfg.checks.grammar import is_san

    return is_san(text.lower())


def _name(case: _Case) -> Edit | None:
    """A name in lower case, with dashes for underscores."""
    from kubeadm_cfg.checks.names import is_dns1123_subdomain

    return _set_if(case, case.text.strip().strip(".").lower().replace("_", "-"), is_dns1123_subdomain)


def _socket(case: _Case) -> Edit | None:
    """The socket as a URL."""
    return _set_if(case, f"unix://{case.text}", lambda _: case.text.startswith("/"))


def _one_of(*words: str) -> Mender:
    """The word that was written in other letters, or is very near."""

    def mender(case: _Case) -> Edit | None:
        same = [word for word in words if word.lower() == case.text.strip().lower()]
        meant = same[0] if same else _near(case.text, words)
        return fixing.set(case.steps, meant) if meant and meant != case.value else None

    return mender


def _single_address(case: _Case) -> Edit | None:
    """An address as the range of itself."""
    from kubeadm_cfg.addresses import parse_ip

    address = parse_ip(case.text)
    return None if address is None else fixing.set(case.steps, f"{case.text}/{128 if address.version == 6 else 32}")


def _whole_version(case: _Case) -> Edit | None:
    """A minor as its first release."""
    found = re.fullmatch(r"v?(1\.[0-9]{1,3})", case.text)
    return fixing.set(case.steps, f"v{found[1]}.0") if found else None


def _normal_path(case: _Case) -> Edit | None:
    return _set_if(case, posixpath.normpath(case.text), lambda path: path.startswith("/"))


# -- keys and items that go --------------------------------------------------------------------------------------------
def _away(case: _Case) -> Edit | None:
    """Without the key or the item at the path."""
    if case.value is None or not case.steps:
        return None
    return fixing.unset(case.steps) if isinstance(case.steps[-1], str) else fixing.remove(case.steps)


def _past_field(case: _Case) -> Edit | None:
    """Without a field that earlier minors had; one that only later ones have says what its author wants."""
    from kubeadm_cfg.checks.fields import is_past
    from kubeadm_cfg.convert import kind_of

    cls, api_version = kind_of(case.document.api_version, case.document.kind), str(case.document.api_version)
    return _away(case) if cls is not None and is_past(cls, api_version, case.steps, case.minor) else None


def _below(name: str) -> Mender:
    """Without a key below the path."""

    def mender(case: _Case) -> Edit | None:
        there = isinstance(case.value, dict) and name in case.value
        return fixing.unset((*case.steps, name)) if there else None

    return mender


def _all_alone(case: _Case) -> Edit | None:
    """`all` and nothing beside it."""
    word = next((item for item in case.value or () if isinstance(item, str) and item.lower() == "all"), None)
    return None if word is None else fixing.set(case.steps, [word])


def _each_once(case: _Case) -> Edit | None:
    if not isinstance(case.value, list) or not all(isinstance(item, str) for item in case.value):
        return None
    return fixing.set(case.steps, list(dict.fromkeys(case.value)))


def _taints_without_time(case: _Case) -> Edit | None:
    for number, taint in enumerate(case.value if isinstance(case.value, list) else ()):
        if isinstance(taint, dict) and taint.get("timeAdded") is not None:
            return fixing.unset((*case.steps, number, "timeAdded"))
    return None


# -- feature gates and flags -------------------------------------------------------------------------------------------
def _unknown_gate(case: _Case) -> Edit | None:
    """A misspelt gate gets its name, one of the past goes; one of another component stays where somebody put it."""
    component, name = case.problem.code.partition(".")[0], str(case.steps[-1])
    names, removed = _gates(component, name, case.minor)
    if removed:
        return _away(case)
    meant = _near(name, names)
    return fixing.rename(case.steps, meant) if meant else None


def _gates(component: str, name: str, minor: int) -> tuple[Sequence[str], bool]:
    """The names of a component's gates, and whether it had the named one once."""
    from kubeadm_cfg.gates import gate_names, known_gates

    if component == "kubeadm":
        from kubeadm_cfg.kubernetes import kubeadm_gates

        own = kubeadm_gates()
        gate = own.get(name)
        names = [other for other, known in own.items() if known.at(minor) is not None]
        return ([] if name in known_gates() else names), gate is not None and gate.removed <= minor
    known = known_gates().get(name)
    if known is None:
        return gate_names(component, minor), False
    return [], known.removed is not None and known.removed <= minor


def _gate(mender: Mender) -> Mender:
    """For a gate of the mapping, or one of the list that is the value of a flag."""
    return lambda case: mender(case) if case.steps[:1] == ("featureGates",) else _gates_of_flag(case)


def _gates_of_flag(case: _Case) -> Edit | None:
    """The value of a flag without the gates that are past or locked, or will go; without any, the flag goes."""
    from kubeadm_cfg.checks.gates import faults

    component, _, verdict = case.problem.code.partition(".featureGates.")
    parts = [part for part in case.text.split(",") if part.strip()]
    kept = []
    for part in parts:
        name, _, value = part.strip().partition("=")
        said = {fault.verdict for fault in faults({name: value.lower() == "true"}, component, case.minor)}
        is_past = verdict != "known" or _gates(component, name, case.minor)[1]
        if verdict not in said or not is_past:
            kept.append(part)
    if len(kept) == len(parts):
        return None
    return fixing.set(case.steps, ",".join(kept)) if kept else _away(case)


def _unknown_flag(case: _Case) -> Edit | None:
    """A flag with dashes in front, or misspelt."""
    from kubeadm_cfg.flags import flags_of
    from kubeadm_cfg.meant import dashed

    component = next((name for field, name in _OWNERS.items() if field == case.steps[:-1]), "")
    known = [name for name, flag in flags_of(component).items() if flag.is_known(case.minor)] if component else []
    name = dashed(str(case.steps[-1]).lstrip("-"))
    meant = name if name in known else _near(name, known)
    return fixing.rename(case.steps, meant) if meant else None


_OWNERS: Final[dict[Steps, str]] = {
    ("apiServer", "extraArgs"): "kube-apiserver",
    ("controllerManager", "extraArgs"): "kube-controller-manager",
    ("scheduler", "extraArgs"): "kube-scheduler",
    ("etcd", "local", "extraArgs"): "etcd",
    ("nodeRegistration", "kubeletExtraArgs"): "kubelet",
}


# -- apiVersion --------------------------------------------------------------------------------------------------------
def _api_version(case: _Case) -> Edit | None:
    """The group that the kind belongs to, with the one version there is or the one that was meant."""
    from kubeadm_cfg.kinds import KINDS

    written, kind = case.document.api_version or "", case.document.kind
    versions = [version for version, known in KINDS if known == kind]
    meant = [version for version in versions if _folded(version) in (_folded(written), _KUBEADM + _folded(written))]
    if not meant and len(versions) == 1:
        meant = versions
    return fixing.set("apiVersion", meant[0]) if len(meant) == 1 and meant[0] != written else None


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _kind(case: _Case) -> Edit | None:
    """The kind that is written in other letters, cut short, or nearly."""
    from kubeadm_cfg.kinds import KINDS

    written = case.document.kind or ""
    kinds = {kind for version, kind in KINDS if version == case.document.api_version}
    same = [kind for kind in kinds if written and kind.lower().startswith(written.lower())]
    meant = same[0] if len(same) == 1 else _near(written, sorted(kinds))
    return fixing.set("kind", meant) if meant and written not in kinds else None


# -- values in another form --------------------------------------------------------------------------------------------
def _as_wanted(case: _Case) -> Edit | None:
    from kubeadm_cfg.checks.recasting import as_duration, as_wanted

    return as_wanted(case.document, case.steps, case.value) or as_duration(case.document, case.steps, case.value)


_MENDERS: Final[dict[str, Mender]] = {
    "decode.type": _as_wanted,
    "decode.duration": _as_wanted,
    "decode.token": _as_wanted,
    "decode.apiVersion": _api_version,
    "strict.unknown": _past_field,
    "document.foreign": _api_version,
    "kubeadm.apiVersion.unknown": _api_version,
    "kubeadm.document.ignored": lambda case: _kind(case) or _api_version(case),
    "kubeadm.kubernetesVersion": _whole_version,
    "kubeadm.imageRepository": _without_scheme(_repository, path=True),
    "kubeadm.dns.imageRepository": _without_scheme(_repository, path=True),
    "kubeadm.etcd.local.imageRepository": _without_scheme(_repository, path=True),
    "kubeadm.controlPlaneEndpoint.hostport": _endpoint_of(_host),
    "kubeadm.discovery.apiServerEndpoint": _endpoint_of(_endpoint),
    "kube-proxy.healthzBindAddress.hostPort": _bracketed,
    "kube-proxy.metricsBindAddress.hostPort": _bracketed,
    "kubeadm.certSANs": _without_scheme(_san),
    "kubeadm.networking.dnsDomain.dns1123": _name,
    "kubeadm.nodeRegistration.name": _name,
    "kubeadm.join.nodeRegistration.name": _name,
    "kubeadm.nodeRegistration.criSocket.scheme": _socket,
    "kubeadm.join.nodeRegistration.criSocket.scheme": _socket,
    "kubeadm.encryptionAlgorithm": _one_of("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384"),
    "kubeadm.bootstrapTokens.ttl-expires-exclusive": _below("expires"),
    "kubeadm.ignorePreflightErrors.all": _all_alone,
    "kubelet.runOnce.forbidden": _away,
    "kubelet.registerWithTaints.timeAdded": _taints_without_time,
    "kubelet.enforceNodeAllocatable.duplicate": _each_once,
    "kubelet.podLogsDir.normalized": _normal_path,
    "kubelet.hairpinMode.enum": _one_of("promiscuous-bridge", "hairpin-veth", "none"),
    "kubelet.topologyManagerPolicy.enum": _one_of("none", "best-effort", "restricted", "single-numa-node"),
    "kubelet.topologyManagerScope.enum": _one_of("container", "pod"),
    "kubelet.memoryReservationPolicy.enum": _one_of("None", "TieredReservation"),
    "kubelet.logging.format.known": _one_of("text", "json"),
    "kube-proxy.logging.format.known": _one_of("text", "json"),
    "kube-proxy.mode.enum.linux": _one_of("iptables", "ipvs", "nftables"),
    "kube-proxy.detectLocalMode.enum": _one_of("ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"),
    "kube-proxy.nodePortAddresses.cidr": _single_address,
    "kube-proxy.ipvs.excludeCIDRs.cidr": _single_address,
    "kubeadm.component.kubelet": _away,
    "kubeadm.component.kube-proxy": _away,
    "flag.removed": _away,
    "flag.unknown": _unknown_flag,
}
_BY_END: Final[dict[str, Mender]] = {
    "imagePullPolicy": _one_of("Always", "IfNotPresent", "Never"),
    "known": _gate(_unknown_gate),
    "locked": _gate(_away),
    "ga": _gate(_away),
}
