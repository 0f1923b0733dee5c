"""`check_node`: whether flanneld gets its lease on a node of a cluster. How net-conf.json is read is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.addresses import parse_cidr
from kubeadm_cfg.flannel.checking import check_text, net_conf_of
from kubeadm_cfg.flannel.decoding import Range
from kubeadm_cfg.flannel.facts import NEWEST, release_of
from kubeadm_cfg.report import Problem, Report

if TYPE_CHECKING:
    from netaddr import IPNetwork

__all__ = ["check_node"]

_CONTAINED: Final = (0, 18, 0)  # a podCIDR has to lie inside Network
_MOST: Final = 2
_BITS: Final = {4: 32, 6: 128}
_KEYS: Final = {4: ("EnableIPv4", True, "Network"), 6: ("EnableIPv6", False, "IPv6Network")}
_SOURCE: Final = "flannel-io/flannel:pkg/subnet/kube/kube.go"


def check_node(
    text: str | bytes,
    pod_cidrs: Sequence[str],
    release: str = NEWEST,
    *,
    node: str = "node",
    name: str = "net-conf.json",
) -> Report:
    """Whether a kube-mode flanneld gets its lease on a node: its podCIDRs have to lie inside Network and IPv6Network.

    Args:
        text: a net-conf.json, or a manifest that holds one.
        pod_cidrs: `spec.podCIDRs` of the node, as the controller manager gave them.
        release: the release of flannel.
        node: what messages call the node.
        name: what messages call the file.

    Raises:
        ConfigError: the release is none.

    Source: flannel's pkg/subnet/kube/kube.go, `AcquireLease`; before v0.18.0 only that there is a podCIDR.

    >>> check_node('{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}', ["10.20.1.0/24"]).errors[0].code
    'flannel.pod-cidr-outside'
    """
    report = check_text(text, release, "kube", name=name)
    conf = net_conf_of(text, name, release_of(release))
    if not report.ok or conf is None:
        return report
    if not pod_cidrs:
        found = [_problem("pod-cidr-missing", f"{node} has no podCIDR", name, None, "set podSubnet for kubeadm")]
    elif len(pod_cidrs) > _MOST:
        found = [_problem("pod-cidrs-many", f"{node} has more than two podCIDRs", name, None, None)]
    else:
        contained = release_of(release) >= _CONTAINED
        found = [*_outside(conf.values, pod_cidrs, node, name, contained=contained)]
    return Report([*report, *found], [name])


def _outside(
    values: dict[str, Any], pod_cidrs: Sequence[str], node: str, name: str, *, contained: bool
) -> Iterator[Problem]:
    for given in pod_cidrs:
        cidr = parse_cidr(given)
        switch, default, key = _KEYS[4 if cidr is None else cidr.version]
        if not values.get(switch, default):
            continue
        if cidr is None or (contained and not _holds(values.get(key) or Range(0, 0), cidr)):
            message = f"the podCIDR {given} of {node} is not inside the {key} of net-conf.json"
            yield _problem("pod-cidr-outside", message, name, key, f"set {key} to the cluster's podSubnet")


def _holds(network: Range, cidr: IPNetwork) -> bool:
    shift = max(_BITS[cidr.version] - network.length, 0)  # an IPv4 network written as one of IPv6 keeps that length
    inside = int(cidr.first) >> shift == network.first >> shift
    return not network.is_empty and cidr.prefixlen >= network.length and inside


def _problem(code: str, message: str, name: str, key: str | None, remedy: str | None) -> Problem:
    return Problem(
        "error",
        f"flannel.{code}",
        message,
        file=name,
        kind="NetConf",
        field=key,
        path=key,
        remedy=remedy,
        source=_SOURCE,
    )
