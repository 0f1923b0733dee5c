"""What the kubelet and kube-proxy fill in before they validate, per minor. Nothing of a host is known here."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, TypeVar

from kubeadm_cfg.addresses import parse_ip
from kubeadm_cfg.gates import is_enabled
from kubeadm_cfg.kinds._base import Configuration, Kind, fields_of, state
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.values import Duration

__all__ = ["as_loaded", "defaulted"]

_FLUSH_AS_TEXT: Final = 28  # before, logging.flushFrequency was a number of nanoseconds

C = TypeVar("C", bound=Kind)


class Default(NamedTuple):
    """A value that takes the place of an absent one, and with `replaces_zero` of 0, 0s and the empty text too."""

    path: tuple[str, ...]
    value: Any
    replaces_zero: bool


def defaulted(config: C, minor: int) -> C:
    """A copy of `config` with every static default of that minor (31 for 1.31) filled in, as defaulting leaves it."""
    filled = copy.deepcopy(config)
    kind = type(config).__name__
    for compute in _COMPUTED[kind]:  # first: some of them ask what is written
        compute(filled, minor)
    for default in _static(kind, minor):
        *parents, name = default.path
        owner: Any = filled
        for parent in parents:
            owner = getattr(owner, _attribute(owner, parent))
        if owner is not None:
            _fill(owner, _attribute(owner, name), default)
    return filled


def as_loaded(config: KubeProxyConfiguration, minor: int) -> KubeProxyConfiguration:
    """A copy of a defaulted configuration with what kube-proxy on Linux itself sets before it validates."""
    loaded = copy.deepcopy(config)
    loaded.mode = loaded.mode or "iptables"
    loaded.detect_local_mode = loaded.detect_local_mode or "ClusterCIDR"
    if minor >= 31 and loaded.mode == "nftables" and not loaded.node_port_addresses:
        loaded.node_port_addresses = ["primary"]
    return loaded


def _fill(owner: Configuration, attribute: str, default: Default) -> None:
    value = getattr(owner, attribute)
    if state(owner, attribute) in ("absent", "null") or (default.replaces_zero and _is_zero(value)):
        setattr(owner, attribute, copy.copy(default.value))


def _is_zero(value: Any) -> bool:
    return value in (0, "", None) or value == Duration(0)


def _attribute(owner: Configuration, name: str) -> str:
    return fields_of(type(owner)).by_json[name].attribute


@cache
def _static(kind: str, minor: int) -> tuple[Default, ...]:
    """The defaults of the table that hold in `minor` and need nothing but the field itself."""
    facts = json.loads(files("kubeadm_cfg").joinpath("data/component-defaults.json").read_text("utf-8"))[kind]
    found = []
    for fact in facts:
        since, removed = _number(fact["since"]), fact.get("removed")
        if fact["rule"] or not since <= minor < (_number(removed) if removed else minor + 1):
            continue
        value = _value_at(fact, minor)
        if fact["field"] == "logging.flushFrequency" and minor < _FLUSH_AS_TEXT:
            value = Duration(value).nanoseconds
        if value is not None:
            found.append(
                Default(tuple(fact["field"].split(".")), value, "zero" in fact.get("replaces", "").split("only")[0])
            )
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


def _crash_loop(config: KubeletConfiguration, minor: int) -> None:
    is_given = config.crash_loop_back_off.max_container_restart_period is not None
    if minor >= 32 and not is_given and is_enabled("KubeletCrashLoopBackOffMax", minor, config.feature_gates):
        config.crash_loop_back_off.max_container_restart_period = Duration("300s")


def _pull_policy(config: KubeletConfiguration, minor: int) -> None:
    if minor >= 33 and is_enabled("KubeletEnsureSecretPulledImages", minor, config.feature_gates):
        config.image_pull_credentials_verification_policy = (
            config.image_pull_credentials_verification_policy or "NeverVerifyPreloadedImages"
        )


def _enforce(config: KubeletConfiguration, _minor: int) -> None:
    if state(config, "enforce_node_allocatable") in ("absent", "null"):
        config.enforce_node_allocatable = ["pods"]


def _eviction(config: KubeletConfiguration, minor: int) -> None:
    if minor <= 25 and state(config, "eviction_hard") in ("absent", "null"):
        config.eviction_hard = dict(_EVICTION)


def _throttling(config: KubeletConfiguration, minor: int) -> None:
    if config.memory_throttling_factor is None and minor <= 36:  # of 1.37 only the documentation says: left unset
        config.memory_throttling_factor = 0.9 if minor >= 27 else 0.8


def _status_report(config: KubeletConfiguration, _minor: int) -> None:
    if _is_zero(config.node_status_report_frequency):
        given = config.node_status_update_frequency
        config.node_status_report_frequency = Duration("5m") if _is_zero(given) else given


def _pids(config: KubeletConfiguration, _minor: int) -> None:
    if config.pod_pids_limit is None or config.pod_pids_limit < 0:
        config.pod_pids_limit = -1


def _resolv(config: KubeletConfiguration, minor: int) -> None:
    if config.resolv_conf is None or (minor < 23 and not config.resolv_conf):
        config.resolv_conf = "/etc/resolv.conf"


def _serialize(config: KubeletConfiguration, minor: int) -> None:
    if config.serialize_image_pulls is None:
        config.serialize_image_pulls = not (minor >= 27 and (config.max_parallel_image_pulls or 0) > 1)


def _bind_addresses(config: KubeProxyConfiguration, _minor: int) -> None:
    bound = parse_ip(config.bind_address or "")
    every, local = _EVERY_AND_LOCAL[6 if bound is not None and bound.version == 6 else 4]
    config.healthz_bind_address = _with_port(config.healthz_bind_address or every, 10256)
    config.metrics_bind_address = _with_port(config.metrics_bind_address or local, 10249)


def _with_port(address: str, port: int) -> str:
    bare = address.strip("[]")
    if parse_ip(bare) is None:
        return address
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


_COMPUTED: Final[dict[str, tuple[Callable[[Any, int], None], ...]]] = {
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
