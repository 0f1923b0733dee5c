"""What an address plan shows: the ranges of a cluster and its hosts, what overlaps, what fits. Nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import attrs

from kubeadm_cfg.addresses import parse_cidr, parse_ip
from kubeadm_cfg.advisor.ranges import route_ranges
from kubeadm_cfg.checks.grammar import host_port
from kubeadm_cfg.errors import ConfigError, MissingDocument
from kubeadm_cfg.host import Host
from kubeadm_cfg.networks import node_networks, pod_networks, service_networks

if TYPE_CHECKING:
    from netaddr import IPNetwork

    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.kubeadm import AnyClusterConfiguration, AnyInitConfiguration

__all__ = ["AddressPlan", "AddressRange", "Capacity", "FamilyPlan", "Overlap", "Role", "plan_of"]

Role: TypeAlias = Literal["hosts", "services", "pods", "flannel"]
Family: TypeAlias = Literal[4, 6]

_MAX_PODS: Final = 110  # the kubelet's default
_NOT_FOR_PODS: Final = 3  # network, broadcast and the address of the bridge cni0
_BITS: Final = {4: 32, 6: 128}
_LOCAL: Final = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10", "ff00::/8")


@attrs.frozen
class AddressRange:
    """A range on the axis, who uses it, and the field or host that it comes from."""

    network: IPNetwork
    role: Role
    source: str

    @property
    def is_address(self) -> bool:
        """Whether it is one address."""
        return bool(self.network.size == 1)

    def __str__(self) -> str:
        return f"{self.source} {self.network.ip if self.is_address else self.network}"


@attrs.frozen
class Overlap:
    """Two ranges of different users that share addresses: those of `network`."""

    one: AddressRange
    other: AddressRange
    network: IPNetwork

    def __str__(self) -> str:
        return f"{self.one} and {self.other}"


@attrs.frozen
class Capacity:
    """What fits into a pod network.

    Args:
        nodes: how many nodes get a range.
        prefix: the prefix length of a node's range.
        addresses: the addresses of a node's range that pods can have.
        wanted: the pods that a kubelet may run, maxPods.
    """

    nodes: int
    prefix: int
    addresses: int
    wanted: int

    @property
    def pods_per_node(self) -> int:
        """The pods that get an address on each node."""
        return max(0, min(self.addresses, self.wanted))

    @property
    def pods(self) -> int:
        """The pods that get an address on all nodes together."""
        return self.nodes * self.pods_per_node


@attrs.frozen
class FamilyPlan:
    """The plan of IPv4 or of IPv6.

    Args:
        version: 4 or 6.
        spans: the ranges, hosts first, then services, pods and flannel.
        overlaps: what should be apart and is not.
        outside: pod ranges that flannel's network does not hold.
        capacity: what fits into the pod network; None without one.
        services: the addresses of the service network that services can have; None without one.
        first_node: the range of the first node.
    """

    version: Family
    spans: tuple[AddressRange, ...]
    overlaps: tuple[Overlap, ...]
    outside: tuple[AddressRange, ...]
    capacity: Capacity | None
    services: int | None
    first_node: IPNetwork | None


@attrs.frozen
class AddressPlan:
    """The address plan of one cluster, a part for each family that it uses."""

    families: tuple[FamilyPlan, ...]

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        """What should be apart and is not, in both families."""
        return tuple(overlap for family in self.families for overlap in family.overlaps)


def plan_of(files: Iterable[ConfigFile], hosts: Iterable[Host | str] = ()) -> AddressPlan:
    """The address plan that files describe; their first ClusterConfiguration counts.

    Raises:
        MissingDocument: no file has a ClusterConfiguration.
        ConfigError: a range is no CIDR, or a host neither an address nor a CIDR.
    """
    files = tuple(files)
    found = [file.get("ClusterConfiguration") for file in files]
    cluster: AnyClusterConfiguration | None = next((one for one in found if one is not None), None)
    if cluster is None:
        raise MissingDocument("an address plan needs a ClusterConfiguration: it has the pod and service networks")
    pods = [AddressRange(network, "pods", "networking.podSubnet") for network in pod_networks(cluster)]
    services = [AddressRange(network, "services", "networking.serviceSubnet") for network in service_networks(cluster)]
    nodes = next(node_networks(cluster), ()) if pods else ()
    kubelets = [kubelet for file in files if (kubelet := file.get("KubeletConfiguration")) is not None]
    wanted = next((kubelet.max_pods for kubelet in kubelets if kubelet.max_pods), _MAX_PODS)
    spans = [*_addresses(files, cluster), *_hosts(hosts, pods, nodes), *services, *pods, *_flannel(files)]
    spans = list({(span.network, span.role): span for span in reversed(spans)}.values())[::-1]
    versions: list[Family] = [version for version in (4, 6) if any(span.network.version == version for span in spans)]
    return AddressPlan(tuple(_family(version, spans, nodes, wanted) for version in versions))


def _family(version: Family, spans: list[AddressRange], nodes: tuple[IPNetwork, ...], wanted: int) -> FamilyPlan:
    own = tuple(span for span in spans if span.network.version == version)
    of = {role: [span for span in own if span.role == role] for role in ("pods", "services", "flannel")}
    node = next((network for network in nodes if network.version == version), None)
    capacity = None
    if of["pods"] and node is not None:
        free = int(node.size) - _NOT_FOR_PODS
        capacity = Capacity(2 ** (node.prefixlen - of["pods"][0].network.prefixlen), node.prefixlen, free, wanted)
    services = int(of["services"][0].network.size) - (2 if version == 4 else 1) if of["services"] else None
    held = [span.network for span in of["flannel"]]
    outside = tuple(span for span in of["pods"] if held and not any(span.network in network for network in held))
    return FamilyPlan(version, own, tuple(_overlaps(own)), outside, capacity, services, node)


def _overlaps(spans: tuple[AddressRange, ...]) -> Iterator[Overlap]:
    """Pairs of different users. flannel's network is that of pods, said once where they are the same; hosts share."""
    pods = {span.network for span in spans if span.role == "pods"}
    counted = [span for span in spans if span.role != "flannel" or span.network not in pods]
    for one, other in combinations(counted, 2):
        users = {"pods" if span.role == "flannel" else span.role for span in (one, other)}
        smaller, larger = sorted((one, other), key=lambda span: int(span.network.size))
        if len(users) > 1 and smaller.network in larger.network:
            yield Overlap(one, other, smaller.network)


def _flannel(files: Iterable[ConfigFile]) -> Iterator[AddressRange]:
    for file in files:
        try:
            net_conf = file.flannel
        except MissingDocument:
            continue
        for name, text in (("Network", net_conf.network), ("IPv6Network", net_conf.ipv6_network)):
            network = parse_cidr(text) if text else None
            if network is not None:
                yield AddressRange(network.cidr, "flannel", f"net-conf.json {name}")


def _addresses(files: Iterable[ConfigFile], cluster: AnyClusterConfiguration) -> Iterator[AddressRange]:
    """What the files say of the hosts' own network: single addresses that nodes must reach."""
    endpoint, repository = cluster.control_plane_endpoint or "", (cluster.image_repository or "").partition("/")[0]
    texts = [("controlPlaneEndpoint", _host_of(endpoint)), ("imageRepository", _host_of(repository))]
    for file in files:
        init: AnyInitConfiguration | None = file.get("InitConfiguration")
        if init is not None:
            texts.append(("localAPIEndpoint.advertiseAddress", init.local_api_endpoint.advertise_address or ""))
    for source, text in texts:
        span = _span(text, source)
        if span is not None and span.is_address and span.network.ip.value:
            yield span


def _host_of(text: str) -> str:
    cut = host_port(text)
    return cut[0] if cut is not None else text


def _hosts(
    hosts: Iterable[Host | str], pods: list[AddressRange], nodes: tuple[IPNetwork, ...]
) -> Iterator[AddressRange]:
    for number, host in enumerate(hosts, 1):
        if isinstance(host, str):
            span = _span(host, "hosts")
            if span is None:
                raise ConfigError(f"hosts: {host!r} is neither an address nor a CIDR")
            yield span
            continue
        name = host.name or f"host {number}"
        routed = [span for line in host.routes or () if (span := _route(line, name, pods, nodes)) is not None]
        yield from routed
        for text in host.addresses or ():
            span = _span(text.partition("/")[0], name)
            # With the routes known, an address outside of them is one of the cluster's own devices.
            if span is None or _is_local(span):
                continue
            if host.routes is None or any(span.network in route.network for route in routed):
                yield span


def _route(line: str, name: str, pods: list[AddressRange], nodes: tuple[IPNetwork, ...]) -> AddressRange | None:
    """The network of a line of `ip route show`, when it is one of the host."""
    words = line.split()
    device = next((after for word, after in pairwise(words) if word == "dev"), "")
    for found in route_ranges([line]):
        span = _span(str(found), f"{name} {device}".strip())
        if span is not None and not _is_local(span) and not ("via" in words and _is_of_a_peer(span, pods, nodes)):
            return span
    return None


def _is_of_a_peer(span: AddressRange, pods: list[AddressRange], nodes: tuple[IPNetwork, ...]) -> bool:
    """Whether it is the range of another node, which host-gw and DirectRouting route to that node."""
    return any(span.network.prefixlen == node.prefixlen for node in nodes) and any(
        span.network in pod.network for pod in pods
    )


def _is_local(span: AddressRange) -> bool:
    return any(span.network in network for text in _LOCAL if (network := parse_cidr(text)) is not None)


def _span(text: str, source: str) -> AddressRange | None:
    address = parse_ip(text)
    network = parse_cidr(text if address is None else f"{text}/{_BITS[address.version]}")
    return None if network is None else AddressRange(network.cidr, "hosts", source)
