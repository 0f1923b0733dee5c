"""Addresses and MTU: CheckNetworkConfig, which subnets a Network holds, what a backend leaves of an MTU."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.flannel.decoding import Fault, NetConfValues, Range
from kubeadm_cfg.flannel.facts import OVERHEAD, Release

if TYPE_CHECKING:
    from netaddr import IPNetwork

__all__ = ["capacity", "check_network", "pod_mtu", "subnets"]


class _Family(NamedTuple):
    """The rules of one address family."""

    prefix: str
    bits: int
    version: Literal[4, 6]
    longest: int
    smallest: int
    roomy: int
    usual: int


_IPV4: Final = _Family("", 32, 4, 30, 28, 22, 24)
_IPV6: Final = _Family("IPv6", 128, 6, 126, 124, 62, 64)
_DUAL: Final = (0, 15, 0)  # the switches of the two families
_REQUIRED: Final = (0, 19, 2)  # an absent Network is refused
_FOUR: Final = (0, 10, 0)  # four subnets at least, and aligned borders


def check_network(conf: NetConfValues, release: Release) -> list[Fault]:
    """Fill in SubnetLen, SubnetMin and SubnetMax as flanneld does, and tell why it refuses them.

    Source: pkg/subnet/config.go, `CheckNetworkConfig`; up to v0.19.x part of `ParseConfig`.
    """
    faults: list[Fault] = []
    if release < _DUAL or conf.values.get("EnableIPv4", True):
        faults += _check_family(conf, release, _IPV4)
    if release >= _DUAL and conf.values.get("EnableIPv6", False):
        faults += _check_family(conf, release, _IPV6)
    return faults


def _check_family(conf: NetConfValues, release: Release, family: _Family) -> list[Fault]:
    network = conf.values.get(f"{family.prefix}Network") or Range(0, 0)
    if network.is_empty and release >= _REQUIRED:
        code = f"{family.prefix}Network-missing".lower()
        where = conf.places.get(f"{family.prefix}Network", conf.root.start)
        message = f"{family.prefix}Network is missing"
        return [Fault(code, message, where, f"{family.prefix}Network", "Required")]
    fault = _lengthened(conf, network, family, release)
    if fault is not None:
        return [fault]
    size = 1 << max(family.bits - conf.values[f"{family.prefix}SubnetLen"], 0)
    behind = network.first + (1 << max(family.bits - network.length, 0))
    faults = []
    for name, default in (("SubnetMin", network.first + size), ("SubnetMax", behind - size)):
        faults += _check_border(conf, network, family, name, default % (1 << family.bits), size, release)
    return faults


def _lengthened(conf: NetConfValues, network: Range, family: _Family, release: Release) -> Fault | None:
    key = f"{family.prefix}SubnetLen"
    network_key = f"{family.prefix}Network"
    length = conf.values.get(key, 0)
    where = conf.places.get(key, conf.places.get(network_key, conf.root.start))
    if release < _FOUR:
        if length and length < network.length:
            return Fault(
                "subnetlen-too-short", f"{key} {length} is a larger network than the {network_key}", where, key
            )
        conf.values[key] = length or (24 if network.length < 24 else network.length + 1)
        return None
    if length > family.longest:
        message = f"{key} {length} leaves no room: it must be at most {family.longest}"
        return Fault(f"{key.lower()}-too-long", message, where, key)
    if length and length < network.length + 2:
        message = (
            f"{key} {length} must be at least {network.length + 2}, so that four subnets fit into the {network_key}"
        )
        return Fault("fewer-than-four-subnets", message, where, key)
    if not length and network.length > family.smallest:
        message = (
            f"the {network_key} /{network.length} is too small: /{family.smallest} is the smallest that can be used"
        )
        return Fault(f"{network_key.lower()}-too-small", message, where, network_key)
    conf.values[key] = length or (family.usual if network.length <= family.roomy else network.length + 2)
    return None


def _check_border(
    conf: NetConfValues, network: Range, family: _Family, name: str, default: int, size: int, release: Release
) -> list[Fault]:
    key = f"{family.prefix}{name}"
    value = conf.values.get(key) or 0
    where = conf.places.get(key, conf.places.get(f"{family.prefix}Network", conf.root.start))
    if not value:
        value = conf.values[key] = default
    elif value >> max(family.bits - network.length, 0) != network.first >> max(family.bits - network.length, 0):
        return [Fault(f"{key.lower()}-outside", f"{key} is not inside the {family.prefix}Network", where, key)]
    if value % size and release >= _FOUR:
        return [Fault(f"{key.lower()}-unaligned", f"{key} is not the first address of a subnet", where, key)]
    return []


def subnets(conf: Any, count: int | None = None, *, ipv6: bool = False) -> Iterator[IPNetwork]:
    """The subnets an etcd-mode flanneld may lease to nodes, from SubnetMin to SubnetMax; the first `count`.

    `conf` is what `normalized` gives. In kube mode no lease is taken from here: a node's subnet is its podCIDR.

    >>> from kubeadm_cfg.flannel import normalized
    >>> [str(subnet) for subnet in subnets(normalized('{"Network": "10.5.0.0/16"}'), 2)]
    ['10.5.1.0/24', '10.5.2.0/24']
    """
    from netaddr import IPNetwork

    first, last, length, family = _leases(conf, ipv6=ipv6)
    starts = _numbers(first, last, 1 << (family.bits - length))
    return islice((IPNetwork((start, length), version=family.version) for start in starts), count)


def _numbers(first: int, last: int, step: int) -> Iterator[int]:
    while first <= last:
        yield first
        first += step


def capacity(conf: Any, *, ipv6: bool = False) -> int:
    """How many nodes get a subnet in etcd mode; `conf` is what `normalized` gives.

    >>> from kubeadm_cfg.flannel import normalized
    >>> capacity(normalized('{"Network": "10.5.0.0/16"}'))
    255
    """
    first, last, length, family = _leases(conf, ipv6=ipv6)
    return max(((last - first) >> (family.bits - length)) + 1, 0)


def _leases(conf: Any, *, ipv6: bool) -> tuple[int, int, int, _Family]:
    """The first and the last address a subnet starts at, and how long its prefix is; nothing where there is none."""
    from netaddr import IPAddress

    family = _IPV6 if ipv6 else _IPV4
    low, high = (conf[f"{family.prefix}{name}"] for name in ("SubnetMin", "SubnetMax"))
    if conf[f"{family.prefix}Network"] is None or low is None or high is None or not conf[f"EnableIPv{family.version}"]:
        return 1, 0, family.bits, family
    return int(IPAddress(low)), int(IPAddress(high)), conf[f"{family.prefix}SubnetLen"], family


def pod_mtu(backend: str, mtu: int = 1500, *, udp_encap: bool = False) -> int:
    """The MTU of pods in bytes, when the external interface (or Backend.MTU) has `mtu`.

    Raises:
        ConfigError: no such backend.

    >>> pod_mtu("vxlan"), pod_mtu("wireguard", 9000)
    (1450, 8920)
    """
    overhead = OVERHEAD.get(backend.lower())
    if overhead is None:
        raise ConfigError(f"the overhead of the backend {backend!r} is not known")
    return mtu - overhead - (8 if udp_encap and backend.lower() == "ipsec" else 0)
