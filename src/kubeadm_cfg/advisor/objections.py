"""What speaks against the ranges that files have already: without an objection a range is kept, whatever is advised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.networks import ranges_in, taken_in
from kubeadm_cfg.advisor.node_range import node_mask_in
from kubeadm_cfg.advisor.ranges import Range, cluster_facts, read_ranges, route_ranges
from kubeadm_cfg.advisor.wording import Reason, reason

__all__ = ["Objections", "objections_for"]

_CLUSTER: Final = "ClusterConfiguration"
_PODS: Final = "networking.podSubnet"
_SERVICES: Final = "networking.serviceSubnet"
_DEFAULT_SERVICES: Final = "10.96.0.0/12"  # what kubeadm takes
_NODE_MASK: Final = 24
_ULA: Final = "fc00::/7"


class Objections(NamedTuple):
    """What the files say now at a path, and what speaks against it."""

    path: str
    now: str
    found: tuple[Reason, ...]


def objections_for(function: str, known: Known, arguments: Mapping[str, Any]) -> Objections | None:
    """What speaks against what the files say of a subject; None where advice is followed without an objection.

    Args:
        function: the function that advises on the subject, such as ``pod_network``.
        known: the files and the host.
        arguments: what the function is told besides.
    """
    if function == "pod_network" and known.text(_CLUSTER, _PODS) is not None:
        found = (
            *_against(known, _PODS, _SERVICES, arguments),
            *_too_few_nodes(known, arguments),
            *_not_flannels(known),
        )
        return Objections(_PODS, known.text(_CLUSTER, _PODS) or "", found)
    if function == "service_network":
        found = (*_against(known, _SERVICES, _PODS, arguments), *_too_few_services(known, arguments))
        return Objections(_SERVICES, known.text(_CLUSTER, _SERVICES) or _DEFAULT_SERVICES, found)
    return None


def _entries(known: Known, path: str) -> list[str]:
    text = known.text(_CLUSTER, path) or (_DEFAULT_SERVICES if path == _SERVICES else "")
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _ranges(known: Known, path: str) -> list[Range]:
    return [one for entry in _entries(known, path) if (one := Range.of(entry)) is not None]


def _against(known: Known, path: str, other: str, arguments: Mapping[str, Any]) -> Iterator[Reason]:
    """A range that cannot be read, is public, or overlaps the other one, an address or a route."""
    given = arguments.get("taken")
    elsewhere = (
        *(read_ranges("taken", given) if given is not None else taken_in(known)),
        *route_ranges(arguments.get("routes", known.host.routes)),
    )
    for entry in _entries(known, path):
        one = Range.of(entry) if "/" in entry else None
        if one is None:
            yield reason("range-unreadable", path=path, current=entry)
            continue
        if not _is_within(one, [*(row["cidr"] for row in cluster_facts()["private"]), _ULA]):
            yield reason("range-public", path=path, current=entry)
        for taken in (*_ranges(known, other), *elsewhere):
            if one.overlaps(taken):
                yield reason("range-overlaps", path=path, current=entry, other=taken)
                break


def _is_within(one: Range, blocks: Sequence[str]) -> bool:
    return any(
        block.version == one.version and block.first <= one.first and one.last <= block.last
        for block in map(Range.of, blocks)
        if block is not None
    )


def _too_few_nodes(known: Known, arguments: Mapping[str, Any]) -> Iterator[Reason]:
    nodes, mask = arguments.get("nodes"), arguments.get("node_mask") or node_mask_in(known) or _NODE_MASK
    for one in _ranges(known, _PODS):
        room = 1 << max(0, mask - one.prefix)
        if one.version == 4 and nodes is not None and room < nodes:
            yield reason("range-too-small", path=_PODS, current=one, room=room, wanted=nodes)


def _too_few_services(known: Known, arguments: Mapping[str, Any]) -> Iterator[Reason]:
    services = arguments.get("services")
    for one in _ranges(known, _SERVICES):
        if one.version == 4 and services is not None and one.size - 2 < services:
            yield reason("range-too-small", path=_SERVICES, current=one, room=one.size - 2, wanted=services)


def _not_flannels(known: Known) -> Iterator[Reason]:
    conf = known.net_conf()
    network = Range.of(conf.network) if conf is not None and isinstance(conf.network, str) else None
    pods = [one for one in ranges_in(known, _PODS) if one.version == 4]
    if network is not None and pods and network not in pods:
        yield reason("range-not-flannels", current=pods[0], network=network)
