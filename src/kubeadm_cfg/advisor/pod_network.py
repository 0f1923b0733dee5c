"""Which range pods should have: how large the nodes make it, and what is written. The search is in `ranges`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import count
from kubeadm_cfg.advisor.files import File, documents_of
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.networks import (
    CLUSTER,
    DEFAULT_PREFIX,
    Asked,
    Cloud,
    Families,
    Picked,
    asked_for,
    candidate,
    counted_up,
    no_range,
    ranges_in,
    reasons_for,
    warnings_on,
)
from kubeadm_cfg.advisor.node_range import DEFAULT_MASK, MASK_FLAG, fit_warnings, mask_of, node_mask_in, room_of
from kubeadm_cfg.advisor.placing import Edit, InDocument, InNetConf, problem
from kubeadm_cfg.advisor.ranges import Range, bits, cluster_facts, first_free, read_ranges
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.file import ConfigFile
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["pod_network"]

_PODS: Final = ("10.244.0.0/16", "10.42.0.0/16")
_FLAG: Final = f"controllerManager.extraArgs[{MASK_FLAG}]"
_FIRST_ULA: Final = 0x244
_SERVICES: Final = "10.96.0.0/12"
_PODS_PER_NODE: Final = 110
# kubeadm: at most 16 bits between the pod subnet and the range of a node
_MOST_NODE_BITS: Final = 16
_WIDEST: Final = 8
_NODE_MASK_V6: Final = 64
_LEAST_NODE_BITS_V6: Final = 8


def pod_network(  # noqa: PLR0913  # the contract names them; all by keyword
    *,
    nodes: int | None = None,
    pods_per_node: int | None = None,
    node_mask: int | None = None,
    service_subnet: str | None = None,
    taken: Iterable[str] | None = None,
    routes: str | None = None,
    cloud: Cloud | None = None,
    families: Families | None = None,
    ula: str | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The range pods should have: as large as the nodes need, and overlapping nothing that is taken.

    Args:
        nodes: how many nodes the cluster may grow to.
        pods_per_node: how many pods a node runs, 110 by default; its range holds twice as many.
        node_mask: the prefix length of a node's IPv4 range; by default what the pods need, 24 at most.
        service_subnet: the range of services, ``"10.96.0.0/12"`` by default.
        taken: addresses and CIDRs in use.
        routes: the text of `ip route show` of a node.
        cloud: "aws", "azure" or "gcp", whose own ranges are avoided.
        families: "ipv4" (default), "ipv6" or "dual".
        ula: the cluster's own /48 for IPv6.
        kubernetes: the version, as in "1.34"; None: the newest known.
        f: files that say what was not given.
        host: a node, for what was not given.

    Raises:
        ValueError: a word, number, address or version that is none.

    >>> pod_network(nodes=1000, taken=["10.12.0.0/16"]).choice
    '10.16.0.0/14'
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    pods = count("pods_per_node", pods_per_node, 1) or known.number("KubeletConfiguration", "maxPods") or _PODS_PER_NODE
    size = _PodSize(
        nodes=count("nodes", nodes, 1),
        pods=pods,
        given_mask=mask_of(node_mask if node_mask is not None else node_mask_in(known)),
    )
    other = read_ranges("service_subnet", service_subnet) or ranges_in(known, "networking.serviceSubnet")
    other = other or read_ranges("service_subnet", _SERVICES)
    asked = asked_for(known, families, cloud, ula, taken, routes, other, "networking.podSubnet")
    addresses, usable = room_of(size.mask)
    values = {"nodes": nodes, "pods": pods, "mask": size.mask, "addresses": addresses, "usable": usable, "cloud": cloud}
    warnings = [*(fit_warnings(pods, size.mask) if asked.wants_ipv4 else ()), *size.beyond_tested()]
    if size.is_too_large(asked):
        return no_range("pod_network", "nodes-too-many", asked, warnings, values, about_minor(k))
    picked = Picked(
        candidate(_PODS, size.prefix, asked.taken) if asked.wants_ipv4 else None,
        _pods_v6(asked, size.prefix_v6) if asked.wants_ipv6 else None,
    )
    if picked.lacks(asked):
        return no_range("pod_network", "no-free-range", asked, warnings, values, about_minor(k))
    on_mask = (size.mask_reason,) if picked.v4 is not None else ()
    writes_mask = picked.v4 is not None and size.mask != DEFAULT_MASK
    details = size.details(picked)
    return Advice(
        function="pod_network",
        choice=str(picked),
        reasons=reasons_for(picked, asked, _PODS[0], _on_seed(picked, size.prefix), on_mask, values),
        warnings=(*(reason(name, **values) for name in (*warnings_on(picked, asked), *warnings)), *about_minor(k)),
        settings={"networking.podSubnet": str(picked), **({_FLAG: str(size.mask)} if writes_mask else {})},
        details=details,
        edits=tuple(_edits(picked, str(size.mask), writes_mask=writes_mask)),
        about={"kubernetes": k, **details},
    )


def _on_seed(picked: Picked, prefix: int) -> str:
    if picked.v4 is not None and str(picked.v4.range) == _PODS[0]:
        return "seed-pod-subnet"
    return "seed-pod-subnet-too-small" if prefix < DEFAULT_PREFIX else "seed-pod-subnet-taken"


def _edits(picked: Picked, mask: str, *, writes_mask: bool) -> Iterator[Edit]:
    yield InDocument(CLUSTER, "networking.podSubnet", str(picked))
    yield InDocument("KubeProxyConfiguration", "clusterCIDR", str(picked), creates="nothing")
    if picked.v4 is not None:
        yield _NodeMask(mask, is_needed=writes_mask)
        yield InNetConf("Network", str(picked.v4.range))
    if picked.v6 is not None:
        yield InNetConf("IPv6Network", str(picked.v6))
        yield InNetConf("EnableIPv6", True) if picked.v4 is not None else _OnlyIPv6("EnableIPv6", True)


@attrs.frozen(kw_only=True)
class _PodSize:
    """How large the range of pods and that of a node have to be."""

    nodes: int | None
    pods: int
    given_mask: int | None

    @property
    def mask(self) -> int:
        """The prefix length of a node's IPv4 range."""
        return self.given_mask or min(DEFAULT_MASK, max(1, 32 - bits(2 * self.pods)))

    @property
    def mask_reason(self) -> str:
        if self.given_mask is not None:
            return "node-mask-given"
        return "node-mask-24" if self.mask == DEFAULT_MASK else "node-mask-wider"

    @property
    def prefix(self) -> int:
        """The shortest prefix the nodes allow; what is chosen is never narrower."""
        return min(DEFAULT_PREFIX, self.mask) if self.nodes is None else self.mask - bits(self.nodes)

    @property
    def bits_v6(self) -> int:
        return max(_LEAST_NODE_BITS_V6, bits(self.nodes or 1))

    @property
    def prefix_v6(self) -> int:
        return _NODE_MASK_V6 - self.bits_v6

    def is_too_large(self, asked: Asked) -> bool:
        v4 = asked.wants_ipv4 and (self.mask - self.prefix > _MOST_NODE_BITS or self.prefix < _WIDEST)
        return v4 or (asked.wants_ipv6 and self.bits_v6 > _MOST_NODE_BITS)

    def beyond_tested(self) -> tuple[str, ...]:
        """The warning that nobody tests clusters or nodes of this size, when it is due."""
        tested = cluster_facts()["tested"]
        nodes = self.nodes or 0
        is_beyond = nodes > tested["nodes"] or nodes * self.pods > tested["pods"] or self.pods > tested["pods_per_node"]
        return ("beyond-tested-size",) if is_beyond else ()

    def details(self, picked: Picked) -> dict[str, Any]:
        """What the first family's range is cut into."""
        first = picked.ranges[0]
        mask, width = (self.mask, 32) if first.version == 4 else (_NODE_MASK_V6, 128)
        return {"node_mask": mask, "nodes": 1 << (mask - first.prefix), "addresses_per_node": 1 << (width - mask)}


def _pods_v6(asked: Asked, prefix: int) -> Range | None:
    if asked.ula is not None:
        return first_free([asked.ula], prefix, asked.taken)
    return counted_up(_FIRST_ULA, prefix, asked.taken)


class _OnlyIPv6(InNetConf):
    """The switch for IPv6, with a word where flannel still wants IPv4 as well, which nodes without it cannot give."""

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        yield from super().place(file, why)
        assert isinstance(file, ConfigFile)
        if file.flannel.enable_ipv4 is not False:
            yield problem(
                file,
                "advice.ipv4-too",
                "flannel sets up IPv4 as well while EnableIPv4 is not false",
                path="EnableIPv4",
                remedy="write EnableIPv4: false where the nodes have no IPv4",
            )


@attrs.frozen
class _NodeMask(Edit):
    """The controller manager's flag for the range of a node, in ClusterConfiguration, as a map or a list."""

    value: str
    is_needed: bool
    """Whether it is written where it is absent; where it is there, it is always put right."""

    def _edit(self) -> InDocument:
        return InDocument(CLUSTER, _FLAG, self.value, creates="document" if self.is_needed else "nothing")

    def fits(self, file: File) -> bool:
        """Whether the flag has a place there."""
        return self._edit().fits(file)

    def stands_in(self, file: File) -> bool:
        """Whether the place is there."""
        return self._edit().stands_in(file)

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Set the flag."""
        yield from self._edit().place(file, why)
        for document in documents_of(file, CLUSTER):
            if document.get("controllerManager.extraArgs[node-cidr-mask-size]", None) not in (None, self.value):
                yield problem(
                    file,
                    "advice.node-mask",
                    "controllerManager.extraArgs has node-cidr-mask-size too, with another value",
                    remedy=f"remove it, or give it the value {self.value}",
                )
