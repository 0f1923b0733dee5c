"""What the kubelet and kube-proxy fill in before they validate, per minor. Nothing of a host is known here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from kubeadm_cfg.addresses import family_of, sloppy_ip
from kubeadm_cfg.convert import structure, unstructure
from kubeadm_cfg.facts import read_facts
from kubeadm_cfg.gates import is_enabled
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.values import Duration

__all__ = ["as_validated", "defaulted"]

C = TypeVar("C", bound=Kind)
Data = dict[str, Any]

_TAINTS: Final = "registerWithTaints"
_FLUSH_AS_TEXT: Final = 28  # before, logging.flushFrequency was a number of nanoseconds


class Default(NamedTuple):
    """A value that takes the place of an absent one, and with `replaces_zero` of 0, 0s and the empty text too."""

    parents: tuple[str, ...]
    name: str
    value: Any
    replaces_zero: bool


def defaulted(config: C, minor: int) -> C:
    """A new object with every static default of that minor (31 for 1.31) filled in, as defaulting leaves it."""
    return structure(type(config), _filled(config, minor))


def as_validated(config: C, minor: int) -> C:
    """As `defaulted`, with what the program on Linux sets before it validates (kube-proxy: mode, detectLocalMode)."""
    data = _filled(config, minor)
    if config.kind == "KubeProxyConfiguration":
        data["mode"] = data.get("mode") or "iptables"
        data["detectLocalMode"] = data.get("detectLocalMode") or "ClusterCIDR"
        if minor >= 31 and data["mode"] == "nftables" and not data.get("nodePortAddresses"):
            data["nodePortAddresses"] = ["primary"]
    return structure(type(config), data)


def _filled(config: Kind, minor: int) -> Data:
    data = unstructure(config)
    if data.get(_TAINTS):  # they hold times, and the canonical form of one at the end of 9999 cannot be read again
        data[_TAINTS] = unstructure(config, canonical=False)[_TAINTS]
    for compute in _COMPUTED[config.kind]:  # first: some of them ask what is written
        compute(data, minor)
    for parents, name, value, replaces_zero in _static(config.kind, minor):
        owner = data
        for parent in parents:
            owner = _inside(owner, parent)
        given = owner.get(name)
        if given is None or (replaces_zero and _is_zero(given)):
            owner[name] = value
    return data


def _inside(data: Data, name: str) -> Data:
    """The mapping under `name`, made where it is absent or null."""
    inner = data.get(name)
    if inner is None:
        inner = data[name] = {}
    return inner


def _is_zero(value: Any) -> bool:
    """Whether this is what Go takes for nothing: 0, the empty text, a duration of no length."""
    return value in (None, 0, "", "0s")


@cache
def _static(kind: str, minor: int) -> tuple[Default, ...]:
    """The defaults of the table that hold in `minor` and need nothing but the field itself."""
    facts = read_facts("component-defaults.json")[kind]
    found = []
    for fact in facts:
        since, removed = _number(fact["since"]), fact.get("removed")
        if fact["rule"] or not since <= minor < (_number(removed) if removed else minor + 1):
            continue
        value = _value_at(fact, minor)
        if fact["field"] == "logging.flushFrequency" and minor < _FLUSH_AS_TEXT:
            value = Duration(value).nanoseconds
        if value is not None:
            *parents, name = fact["field"].split(".")
            replaces_zero = "zero" in fact.get("replaces", "").split("only")[0]
            found.append(Default(tuple(parents), name, value, replaces_zero))
    return tuple(found)


def _number(minor: str) -> int:
    return int(minor.split(maxsplit=1)[0].split(".")[1])


def _value_at(fact: dict[str, Any], minor: int) -> Any:
    for change in sorted(fact["changed"], key=lambda change: _number(change["minor"])):
        if minor < _number(change["minor"]):
            return change["from"]
    return fact["changed"][-1]["to"] if fact["changed"] else fact["default"]


# -- defaults that depend on something else ----------------------------------------------------------------------------
_EVICTION: Final = {
    "memory.available": "100Mi",
    "nodefs.available": "10%",
    "nodefs.inodesFree": "5%",
    "imagefs.available": "15%",
}
_EVERY_AND_LOCAL: Final = {4: ("0.0.0.0", "127.0.0.1"), 6: ("[::]", "[::1]")}  # noqa: S104  # kube-proxy's own default


def _on(gate: str, data: Data, minor: int) -> bool:
    return is_enabled(gate, minor, data.get("featureGates") or {})


def _crash_loop(data: Data, minor: int) -> None:
    if minor >= 32 and _on("KubeletCrashLoopBackOffMax", data, minor):
        back_off = _inside(data, "crashLoopBackOff")
        if back_off.get("maxContainerRestartPeriod") is None:
            back_off["maxContainerRestartPeriod"] = "5m0s"


def _pull_policy(data: Data, minor: int) -> None:
    name = "imagePullCredentialsVerificationPolicy"
    if minor >= 33 and not data.get(name) and _on("KubeletEnsureSecretPulledImages", data, minor):
        data[name] = "NeverVerifyPreloadedImages"


def _enforce(data: Data, _minor: int) -> None:
    if data.get("enforceNodeAllocatable") is None:  # an empty list stays empty
        data["enforceNodeAllocatable"] = ["pods"]


def _eviction(data: Data, minor: int) -> None:
    if minor <= 25 and data.get("evictionHard") is None:
        data["evictionHard"] = dict(_EVICTION)


def _throttling(data: Data, minor: int) -> None:
    if data.get("memoryThrottlingFactor") is None and minor <= 36:  # of 1.37 only the documentation says: left unset
        data["memoryThrottlingFactor"] = 0.9 if minor >= 27 else 0.8


def _status_report(data: Data, _minor: int) -> None:
    if _is_zero(data.get("nodeStatusReportFrequency")):
        given = data.get("nodeStatusUpdateFrequency")
        data["nodeStatusReportFrequency"] = "5m0s" if _is_zero(given) else given


def _pids(data: Data, _minor: int) -> None:
    if data.get("podPidsLimit") is None or data["podPidsLimit"] < 0:
        data["podPidsLimit"] = -1


def _resolv(data: Data, minor: int) -> None:
    if data.get("resolvConf") is None or (minor < 23 and not data["resolvConf"]):
        data["resolvConf"] = "/etc/resolv.conf"


def _serialize(data: Data, minor: int) -> None:
    if data.get("serializeImagePulls") is None:
        data["serializeImagePulls"] = not (minor >= 27 and (data.get("maxParallelImagePulls") or 0) > 1)


_BRACKETS_ALWAYS: Final = 36  # before, IPv4 written as IPv6 went without, and was refused later


def _bind_addresses(data: Data, minor: int) -> None:
    bound = sloppy_ip(data.get("bindAddress") or "0.0.0.0")  # noqa: S104  # kube-proxy's own default
    every, local = _EVERY_AND_LOCAL[6 if bound is None else family_of(bound)]
    for name, address, port in (("healthzBindAddress", every, 10256), ("metricsBindAddress", local, 10249)):
        given = data.get(name)
        data[name] = _with_port(given, port, minor) if given else f"{address}:{port}"


def _with_port(address: str, port: int, minor: int) -> str:
    """The address with the port added by `AppendPortIfNeeded`, which takes only a bare IP for one without port."""
    found = sloppy_ip(address)
    if found is None:
        return address
    is_ipv6 = ":" in address and (minor >= _BRACKETS_ALWAYS or family_of(found) == 6)
    return f"[{address}]:{port}" if is_ipv6 else f"{address}:{port}"


_COMPUTED: Final[dict[str, tuple[Callable[[Data, int], None], ...]]] = {
    "KubeletConfiguration": (
        _crash_loop,
        _pull_policy,
        _enforce,
        _eviction,
        _throttling,
        _status_report,
        _pids,
        _resolv,
        _serialize,
    ),
    "KubeProxyConfiguration": (_bind_addresses,),
}
