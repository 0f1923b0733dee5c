"""The address plan of a cluster as netaddr objects, from the texts in its configuration. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.addresses import parse_cidr
from kubeadm_cfg.arguments import args
from kubeadm_cfg.errors import ConfigError

if TYPE_CHECKING:
    from netaddr import IPAddress, IPNetwork

    from kubeadm_cfg.kubeadm import AnyClusterConfiguration

__all__ = ["dns_address", "node_networks", "pod_networks", "service_networks"]

DEFAULT_SERVICES: Final = "10.96.0.0/12"
_MASKS: Final = {4: ("node-cidr-mask-size-ipv4", 24), 6: ("node-cidr-mask-size-ipv6", 64)}
_DNS: Final = 10  # kubeadm gives the DNS service the tenth address


def pod_networks(cluster: AnyClusterConfiguration) -> tuple[IPNetwork, ...]:
    """The ranges pods get their addresses from, one per family; none when `networking.podSubnet` is not set.

    Raises:
        ConfigError: an entry is no CIDR.

    >>> from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration, Networking
    >>> pod_networks(ClusterConfiguration(networking=Networking(pod_subnet="10.244.0.0/16,fd00:10:244::/56")))
    (IPNetwork('10.244.0.0/16'), IPNetwork('fd00:10:244::/56'))
    """
    return _networks("networking.podSubnet", cluster.networking.pod_subnet)


def service_networks(cluster: AnyClusterConfiguration) -> tuple[IPNetwork, ...]:
    """The ranges of service addresses, one per family; kubeadm's default where `networking.serviceSubnet` is not set.

    Raises:
        ConfigError: an entry is no CIDR.
    """
    return _networks("networking.serviceSubnet", cluster.networking.service_subnet or DEFAULT_SERVICES)


def dns_address(cluster: AnyClusterConfiguration) -> IPAddress:
    """The address of the cluster's DNS service, the tenth of the first service range, as kubeadm computes it.

    Raises:
        ConfigError: the range is no CIDR, or holds less than eleven addresses.

    >>> from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration
    >>> dns_address(ClusterConfiguration())
    IPAddress('10.96.0.10')
    """
    network = service_networks(cluster)[0]
    if network.size <= _DNS:
        raise ConfigError(f"networking.serviceSubnet: {network} has no tenth address for the DNS service")
    return network[_DNS]


def node_networks(cluster: AnyClusterConfiguration) -> Iterator[tuple[IPNetwork, ...]]:
    """The ranges the controller manager hands to one node after another: each a part of every pod network.

    Their size is node-cidr-mask-size (24 for IPv4, 64 for IPv6 unless `controllerManager.extraArgs` says otherwise).

    Raises:
        ConfigError: an entry of podSubnet is no CIDR, or a mask is no number, or shorter than that of its pod network.
    """
    parts = []
    for network in pod_networks(cluster):
        mask = _mask(cluster, network.version)
        if not network.prefixlen <= mask <= (32 if network.version == 4 else 128):
            raise ConfigError(f"networking.podSubnet: {network} cannot be cut into ranges of /{mask}")
        parts.append(network.subnet(mask))
    return zip(*parts, strict=False)


def _mask(cluster: AnyClusterConfiguration, version: int) -> int:
    given: Any = args(cluster.controller_manager)
    name, default = _MASKS[version]
    text = given.get(name) or given.get("node-cidr-mask-size") or str(default)
    if not text.isascii() or not text.isdigit():
        raise ConfigError(f"controllerManager.extraArgs[{name}]: {text!r} is no number of bits")
    return int(text)


def _networks(field: str, text: str | None) -> tuple[IPNetwork, ...]:
    found = []
    for entry in text.split(",") if text else ():
        network = parse_cidr(entry.strip())
        if network is None:
            raise ConfigError(f"{field}: {entry.strip()!r} is no CIDR")
        found.append(network.cidr)
    return tuple(found)
