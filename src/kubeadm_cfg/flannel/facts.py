"""What is known of net-conf.json, the backends and the manifests of each release, as data. No text is read here."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.facts import read_facts

__all__ = [
    "BACKENDS",
    "NEWEST",
    "OVERHEAD",
    "TOP",
    "Release",
    "facts",
    "is_known",
    "manifest",
    "oldest_manifest",
    "release_of",
]

NEWEST: Final = "v0.28.9"
_IMAGES: Final = ("flannel_image", "cni_plugin_image")
Release = tuple[int, int, int]
_RELEASE: Final = re.compile(r"v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+].*)?", re.ASCII)

TOP: Final[dict[str, tuple[str, Release]]] = {
    "Network": ("cidr4", (0, 1, 0)),
    "IPv6Network": ("cidr6", (0, 15, 0)),
    "EnableIPv4": ("bool", (0, 15, 0)),
    "EnableIPv6": ("bool", (0, 15, 0)),
    "EnableNFTables": ("bool", (0, 25, 0)),
    "SubnetLen": ("uint", (0, 1, 0)),
    "SubnetMin": ("ip4", (0, 1, 0)),
    "SubnetMax": ("ip4", (0, 1, 0)),
    "IPv6SubnetLen": ("uint", (0, 15, 0)),
    "IPv6SubnetMin": ("ip6", (0, 15, 0)),
    "IPv6SubnetMax": ("ip6", (0, 15, 0)),
    "Backend": ("backend", (0, 1, 0)),
}
"""The keys of net-conf.json: type, and the first release that reads it."""

# type, first release, and of a removed backend the first release without it
BACKENDS: Final[dict[str, tuple[Release, Release | None, dict[str, tuple[str, Release]]]]] = {
    "vxlan": (
        (0, 2, 0),
        None,
        {
            "VNI": ("int", (0, 2, 0)),
            "Port": ("int", (0, 2, 0)),
            "MTU": ("int", (0, 21, 3)),
            "GBP": ("bool", (0, 5, 6)),
            "Learning": ("bool", (0, 12, 0)),
            "DirectRouting": ("bool", (0, 9, 0)),
            "MacPrefix": ("windows", (0, 11, 0)),
            "Name": ("windows", (0, 11, 0)),
        },
    ),
    "host-gw": ((0, 2, 1), None, {"Name": ("windows", (0, 11, 0)), "DNSServerList": ("windows", (0, 11, 0))}),
    "udp": ((0, 1, 0), None, {"Port": ("int", (0, 1, 0))}),
    "ipip": ((0, 10, 0), None, {"DirectRouting": ("bool", (0, 10, 0))}),
    "wireguard": (
        (0, 16, 0),
        None,
        {
            "ListenPort": ("int", (0, 16, 0)),
            "ListenPortV6": ("int", (0, 16, 0)),
            "MTU": ("int", (0, 21, 3)),
            "PSK": ("string", (0, 16, 0)),
            "PersistentKeepaliveInterval": ("int", (0, 16, 0)),
            "Mode": ("string", (0, 18, 0)),
        },
    ),
    "ipsec": (
        (0, 11, 0),
        None,
        {"PSK": ("string", (0, 11, 0)), "UDPEncap": ("bool", (0, 11, 0)), "ESPProposal": ("string", (0, 11, 0))},
    ),
    "extension": (
        (0, 8, 0),
        None,
        dict.fromkeys(
            ("PreStartupCommand", "PostStartupCommand", "SubnetAddCommand", "SubnetRemoveCommand"),
            ("string", (0, 8, 0)),
        ),
    ),
    "alloc": ((0, 1, 0), None, {}),
    "tencent-vpc": ((0, 14, 0), None, dict.fromkeys(("AccessKeyID", "AccessKeySecret"), ("string", (0, 14, 0)))),
    "aws-vpc": ((0, 4, 0), (0, 20, 0), {"RouteTableID": ("any", (0, 4, 0))}),
    "gce": ((0, 5, 0), (0, 20, 0), {}),
    "ali-vpc": ((0, 8, 0), (0, 20, 0), dict.fromkeys(("AccessKeyID", "AccessKeySecret"), ("string", (0, 8, 0)))),
}
"""The backends: first release, the release that dropped it, and its options."""

OVERHEAD: Final = {
    "vxlan": 50,
    "host-gw": 0,
    "udp": 28,
    "ipip": 20,
    "wireguard": 80,
    "ipsec": 77,
    "extension": 0,
    "alloc": 0,
    "tencent-vpc": 0,
}
"""Bytes that a backend takes from the MTU of every pod; ipsec with UDPEncap takes 85."""


@cache
def facts() -> dict[str, Any]:
    """Everything known of flannel with its sources: keys, backends, manifests, what a Kubernetes minor needs."""
    found: dict[str, Any] = read_facts("flannel.json")
    return found


def manifest(release: str = NEWEST) -> dict[str, Any]:
    """The kube-flannel.yml of a release: namespace, labels, containers, arguments, rbac API, and `images`.

    The images under `containers` are those of the release `tag` that first had this shape; `images` are its own.

    Raises:
        ConfigError: not a release, or one before the first manifest that is known.

    >>> manifest("v0.18.1")["namespace"], manifest("v0.19.0")["namespace"]
    ('kube-system', 'kube-flannel')
    """
    wanted = release_of(release)
    known = facts()["manifest"]
    shapes, images = (
        [entry for entry in known[name] if release_of(entry["tag"]) <= wanted] for name in ("shapes", "images_per_tag")
    )
    if not shapes or not images:
        raise ConfigError(f"the manifest of flannel {release} is not known; the first one is of v0.7.0")
    newest = images[-1]
    return {**shapes[-1], "images": [newest[name] for name in _IMAGES if newest.get(name)]}


def oldest_manifest(kubernetes: str) -> str:
    """The first release of flannel whose manifest a Kubernetes minor takes as it is.

    Raises:
        ConfigError: not a version.

    >>> oldest_manifest("1.21"), oldest_manifest("1.22"), oldest_manifest("v1.25.3")
    ('v0.12.0', 'v0.14.0', 'v0.19.0')
    """
    match = _MINOR.fullmatch(str(kubernetes))
    if match is None:
        raise ConfigError(f"{kubernetes!r} is not a version of Kubernetes such as '1.31'")
    minor = (int(match[1]), int(match[2]))
    for shape in facts()["manifest"]["shapes"]:
        gone = [_GONE[api] for api in (shape["daemonset_api"], shape["rbac_api"]) if api in _GONE]
        gone += [_GONE["policy/v1beta1"]] if shape["pod_security_policy"] else []
        if minor < min(gone, default=(99, 0)):
            return str(shape["tag"])
    raise ConfigError(f"no manifest is known for Kubernetes {kubernetes}")


# The APIs that older manifests use, and the minors that no longer serve them.
_GONE: Final = {
    "extensions/v1beta1": (1, 16),
    "rbac.authorization.k8s.io/v1beta1": (1, 22),
    "policy/v1beta1": (1, 25),
}
_MINOR: Final = re.compile(r"v?(\d{1,3})\.(\d{1,3})(?:[.+-].*)?", re.ASCII)


def release_of(release: str) -> Release:
    """A release as numbers.

    Raises:
        ConfigError: not a release.

    >>> release_of("v0.28.9")
    (0, 28, 9)
    """
    match = _RELEASE.fullmatch(str(release))
    if match is None:
        raise ConfigError(f"{release!r} is not a flannel release such as {NEWEST!r}")
    return int(match[1]), int(match[2]), int(match[3])


def is_known(backend: str, release: Release) -> bool:
    """Whether flanneld of that release has the backend (the name in lower case).

    >>> is_known("aws-vpc", (0, 19, 2)), is_known("aws-vpc", (0, 20, 0))
    (True, False)
    """
    since, removed, _ = BACKENDS.get(backend, ((10_000, 0, 0), None, {}))
    return since <= release and (removed is None or release < removed)
