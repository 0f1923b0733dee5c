"""What kubeadm fills in before it validates, as plain data: the static defaults that verdicts depend on.

What comes from the host or the network (names, addresses, labels of versions) is not filled in here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

__all__ = ["NODE_GROUP", "fill", "filled"]

NODE_GROUP: Final = "system:bootstrappers:kubeadm:default-node-token"

_CLUSTER: Final[dict[tuple[str, ...], Any]] = {
    ("networking", "serviceSubnet"): "10.96.0.0/12",
    ("networking", "dnsDomain"): "cluster.local",
    ("certificatesDir",): "/etc/kubernetes/pki",
    ("encryptionAlgorithm",): "RSA-2048",
    ("clusterName",): "kubernetes",
    ("imageRepository",): "registry.k8s.io",
    ("caCertificateValidityPeriod",): "87600h0m0s",
    ("certificateValidityPeriod",): "8760h0m0s",
}
_INIT: Final[dict[tuple[str, ...], Any]] = {
    ("localAPIEndpoint", "bindPort"): 6443,
    ("nodeRegistration", "imagePullPolicy"): "IfNotPresent",
}
_JOIN: Final[dict[tuple[str, ...], Any]] = {
    ("caCertPath",): "/etc/kubernetes/pki/ca.crt",
    ("nodeRegistration", "imagePullPolicy"): "IfNotPresent",
}
_RESET: Final[dict[tuple[str, ...], Any]] = {("certificatesDir",): "/etc/kubernetes/pki"}


def filled(kind: str, data: Mapping[str, Any], minor: int) -> dict[str, Any]:
    """A copy of a document's plain data with the static defaults of kubeadm of that minor (31 for 1.31).

    >>> filled("ClusterConfiguration", {"networking": {"podSubnet": "10.244.0.0/16"}}, 31)["networking"]["dnsDomain"]
    'cluster.local'
    """
    return fill(kind, deepcopy(dict(data)), minor)


def fill(kind: str, data: dict[str, Any], minor: int) -> dict[str, Any]:
    """As `filled`, in place: for data that nobody else holds."""
    table, more = _OF_KIND.get(kind, ({}, None))
    for path, default in table.items():
        _fill(data, path, default)
    if more is not None:
        more(data, minor)
    return data


def _fill(data: dict[str, Any], path: tuple[str, ...], default: Any) -> None:
    at = data
    for step in path[:-1]:
        if at.get(step) is None:
            at[step] = {}
        at = at[step]
    if not at.get(path[-1]):
        at[path[-1]] = default


def _cluster(data: dict[str, Any], minor: int) -> None:
    etcd = data.get("etcd") or {}
    if etcd.get("external") is None and etcd.get("local") is None:
        etcd = {**etcd, "local": {}}
    if etcd.get("local") is not None:
        _fill(etcd["local"], ("dataDir",), "/var/lib/etcd")
    external = etcd.get("external")
    if external is not None and minor >= 35 and not external.get("httpEndpoints"):
        external["httpEndpoints"] = list(external.get("endpoints") or ())
    data["etcd"] = etcd


def _init(data: dict[str, Any], _minor: int) -> None:
    tokens = [token or {} for token in data.get("bootstrapTokens") or [{}]]
    for token in tokens:
        if token.get("ttl") is None:
            token["ttl"] = "24h0m0s"
        if not token.get("usages"):
            token["usages"] = ["signing", "authentication"]
        if not token.get("groups"):
            token["groups"] = [NODE_GROUP]
    data["bootstrapTokens"] = tokens


def _join(data: dict[str, Any], _minor: int) -> None:
    plane = data.get("controlPlane")
    if plane is not None:
        _fill(plane, ("localAPIEndpoint", "bindPort"), 6443)
    discovery = data.get("discovery") or {}
    token = (discovery.get("bootstrapToken") or {}).get("token")
    if token and not discovery.get("tlsBootstrapToken"):
        discovery["tlsBootstrapToken"] = token
    data["discovery"] = discovery


_OF_KIND: Final[dict[str, tuple[dict[tuple[str, ...], Any], Callable[[dict[str, Any], int], None] | None]]] = {
    "ClusterConfiguration": (_CLUSTER, _cluster),
    "InitConfiguration": (_INIT, _init),
    "JoinConfiguration": (_JOIN, _join),
    "ResetConfiguration": (_RESET, None),
}
