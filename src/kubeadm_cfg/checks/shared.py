"""Checks that several kubeadm documents share, given the object and the field: nodes, arguments, keys, endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.checks.component import sloppy_ip
from kubeadm_cfg.checks.grammar import UrlError, parse_url
from kubeadm_cfg.checks.names import is_dns1123_subdomain
from kubeadm_cfg.checks.rules import Context
from kubeadm_cfg.numbers import MAX_PORT
from kubeadm_cfg.report import Problem

__all__ = [
    "VALIDATION",
    "absolute",
    "advertise_address",
    "arguments",
    "bind_port",
    "certificate_key",
    "cri_socket",
    "node_name",
    "nodes",
    "pull_policy",
    "socket_without_scheme",
]

VALIDATION: Final = "kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/validation/validation.go"
_POLICIES: Final = ("", "Always", "IfNotPresent", "Never")
_KEY: Final = re.compile(r"(?:[0-9A-Fa-f]{64})?", re.ASCII)
_NAMED_ARGUMENTS: Final = 29
_HEX_KEYS: Final = 29
_SOCKET_URLS: Final = 24


def absolute(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """A path that has to be absolute."""
    if not (value or "").startswith("/"):
        yield ctx.problem(obj, field, f'Invalid value: "{value or ""}": path is not absolute', type="Invalid")


def node_name(ctx: Context, obj: Any, value: str | None) -> Iterator[Problem]:
    """The name of a node, trimmed and in lower case as kubeadm takes it."""
    if not value:
        return
    name, field = value.strip().lower(), "nodeRegistration.name"
    if not name:
        yield ctx.problem(obj, field, "the name of the node is blank", code="kubeadm.nodeRegistration.name")
    elif not is_dns1123_subdomain(name):
        message = f'Invalid value: "{name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric '
        yield ctx.problem(obj, field, message + "characters, '-' or '.'", type="Invalid")


def cri_socket(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """The socket of the container runtime: a URL with the scheme unix, which kubeadm puts in front where it can."""
    if not value or ctx.minor < _SOCKET_URLS:
        return
    url = value if value.startswith("unix") else f"unix://{value}"
    try:
        wrong = "" if parse_url(url).scheme == "unix" else 'only URL scheme "unix" is supported'
    except UrlError as error:
        wrong = str(error)
    if wrong:
        yield ctx.problem(obj, field, f'Invalid value: "{url}": {wrong}', type="Invalid")


def socket_without_scheme(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """A socket that kubeadm takes for a URL with a warning."""
    if value and not value.startswith("unix") and ctx.minor >= _SOCKET_URLS:
        message = "a CRI endpoint without URL scheme is deprecated"
        yield ctx.problem(obj, field, message, severity="warning", remedy=f"write unix://{value}")


def arguments(ctx: Context, obj: Any, field: str, value: Any) -> Iterator[Problem]:
    """Arguments of a component, each of which needs a name."""
    if ctx.minor < _NAMED_ARGUMENTS or not value:
        return
    names = list(value) if isinstance(value, dict) else [(item or {}).get("name") for item in value]
    for number, name in enumerate(names):
        if not name:
            path = f"{field}[{number}]" if isinstance(value, list) else field
            message = f'Invalid value: "index {number}": argument has no name'
            yield ctx.problem(obj, field, message, path=path, type="Invalid")


def pull_policy(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """When images are pulled."""
    if (value or "") not in _POLICIES:
        message = f'Invalid value: "{value}": invalid pull policy, use Always, IfNotPresent or Never'
        yield ctx.problem(obj, field, message, type="Invalid")


def nodes(ctx: Context, obj: Any, data: dict[str, Any]) -> Iterator[Problem]:
    """The nodeRegistration of init and join."""
    node = data.get("nodeRegistration") or {}
    yield from node_name(ctx, obj, node.get("name"))
    yield from cri_socket(ctx, obj, "nodeRegistration.criSocket", node.get("criSocket"))
    yield from arguments(ctx, obj, "nodeRegistration.kubeletExtraArgs", node.get("kubeletExtraArgs"))
    yield from pull_policy(ctx, obj, "nodeRegistration.imagePullPolicy", node.get("imagePullPolicy"))


def bind_port(ctx: Context, obj: Any, field: str, value: Any) -> Iterator[Problem]:
    """A port to listen at."""
    if value is not None and not 1 <= value <= MAX_PORT:
        message = f"Invalid value: {value}: port number is not valid, it must be between 1 and 65535"
        yield ctx.problem(obj, field, message, type="Invalid")


def advertise_address(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """An address that others are told; one that is not specified is found on the host."""
    if not value:
        return
    if sloppy_ip(value) is None:
        yield ctx.problem(obj, field, f'couldn\'t use "{value}" as "apiserver-advertise-address", must be an address')


def certificate_key(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """The key certificates are uploaded under: 32 bytes in hexadecimal."""
    if ctx.minor >= _HEX_KEYS and _KEY.fullmatch(value or "") is None:
        message = "Invalid value: the certificate key must be 32 bytes in hexadecimal, 64 digits"
        yield ctx.problem(obj, field, message, type="Invalid", remedy="kubeadm certs certificate-key makes one")
