"""Checks that several kubeadm documents share, given the object and the field: nodes, arguments, keys, endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.addresses import sloppy_ip
from kubeadm_cfg.checks.grammar import UrlError, is_repository, is_san, parse_url
from kubeadm_cfg.checks.names import is_dns1123_subdomain
from kubeadm_cfg.checks.rules import Context
from kubeadm_cfg.numbers import MAX_PORT
from kubeadm_cfg.report import Problem

__all__ = [
    "ARGUMENT_NAME",
    "HEX_KEYS",
    "NAMED_ARGUMENTS",
    "REPOSITORIES",
    "VALIDATION",
    "absolute",
    "advertise_address",
    "arguments",
    "bind_port",
    "certificate_key",
    "cri_socket",
    "node_codes",
    "node_name",
    "nodes",
    "pull_policy",
    "repository",
    "sans",
    "socket_without_scheme",
]

ARGUMENT_NAME: Final = "kubeadm.extraArgs.name"
VALIDATION: Final = "kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/validation/validation.go"
_POLICIES: Final = ("", "Always", "IfNotPresent", "Never")
_KEY: Final = re.compile(r"(?:[0-9A-Fa-f]{64})?", re.ASCII)
REPOSITORIES: Final = 26  # the first minor that looks at image repositories
NAMED_ARGUMENTS: Final = 29
HEX_KEYS: Final = 29
_SOCKET_URLS: Final = 24


def absolute(ctx: Context, obj: Any, field: str, value: str | None, code: str) -> Iterator[Problem]:
    """A path that has to be absolute."""
    if not (value or "").startswith("/"):
        yield ctx.problem(
            obj, field, f'Invalid value: "{value or ""}": path is not absolute', type="Invalid", code=code
        )


def repository(ctx: Context, field: str, value: str | None) -> Iterator[Problem]:
    """Where images of the cluster come from."""
    if value and not is_repository(value):
        message = f'Invalid value: "{value}": invalid image repository format'
        yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}")


def sans(ctx: Context, field: str, names: list[str] | None, code: str, *, lower: bool = False) -> Iterator[Problem]:
    """Names a certificate is made for, which kubeadm puts in lower case or takes as they are."""
    for number, name in enumerate(names or ()):
        if not is_san((name or "").lower() if lower else name or ""):
            message = f'Invalid value: "{name}": not an IP address, a DNS name or a wildcard DNS name'
            yield ctx.problem(ctx.cluster, field, message, path=f"{field}[{number}]", type="Invalid", code=code)


def node_name(ctx: Context, obj: Any, value: str | None, code: str) -> Iterator[Problem]:
    """The name of a node, trimmed and in lower case as kubeadm takes it; by default that of the host."""
    value = value or (ctx.host.name if ctx.host is not None else None)
    if not value:
        return
    name, field = value.strip().lower(), "nodeRegistration.name"
    if not name:
        yield ctx.problem(obj, field, "the name of the node is blank", code=code)
    elif not is_dns1123_subdomain(name):
        message = f'Invalid value: "{name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric '
        yield ctx.problem(obj, field, message + "characters, '-' or '.'", type="Invalid", code=code)


def cri_socket(ctx: Context, obj: Any, field: str, value: str | None, code: str) -> Iterator[Problem]:
    """The socket of the container runtime: a URL with the scheme unix, which kubeadm puts in front where it can."""
    if not value or ctx.minor < _SOCKET_URLS:
        return
    url = value if value.startswith("unix") else f"unix://{value}"
    try:
        wrong = "" if parse_url(url).scheme == "unix" else 'only URL scheme "unix" is supported'
    except UrlError as error:
        wrong = str(error)
    if wrong:
        yield ctx.problem(obj, field, f'Invalid value: "{url}": {wrong}', type="Invalid", code=code)


def socket_without_scheme(ctx: Context, obj: Any, field: str, value: str | None) -> Iterator[Problem]:
    """A socket that kubeadm takes for a URL with a warning."""
    if value and not value.startswith("unix") and ctx.minor >= _SOCKET_URLS:
        message = "a CRI endpoint without URL scheme is deprecated"
        yield ctx.problem(obj, field, message, severity="warning", remedy=f"write unix://{value}")


def arguments(ctx: Context, obj: Any, field: str, value: Any) -> Iterator[Problem]:
    """Arguments of a component, each of which needs a name."""
    if ctx.minor < NAMED_ARGUMENTS or not value:
        return
    names = list(value) if isinstance(value, dict) else [(item or {}).get("name") for item in value]
    for number, name in enumerate(names):
        if not name:
            path = f"{field}[{number}]" if isinstance(value, list) else field
            message = f'Invalid value: "index {number}": argument has no name'
            yield ctx.problem(obj, field, message, path=path, type="Invalid", code=ARGUMENT_NAME)


def pull_policy(ctx: Context, obj: Any, field: str, value: str | None, code: str) -> Iterator[Problem]:
    """When images are pulled."""
    if (value or "") not in _POLICIES:
        message = f'Invalid value: "{value}": invalid pull policy, use Always, IfNotPresent or Never'
        yield ctx.problem(obj, field, message, type="Invalid", code=code)


def nodes(ctx: Context, obj: Any, data: dict[str, Any], prefix: str) -> Iterator[Problem]:
    """The nodeRegistration of init and join; `prefix` is what the codes begin with."""
    node = data.get("nodeRegistration") or {}
    yield from node_name(ctx, obj, node.get("name"), f"{prefix}.name")
    yield from cri_socket(ctx, obj, "nodeRegistration.criSocket", node.get("criSocket"), f"{prefix}.criSocket")
    yield from arguments(ctx, obj, "nodeRegistration.kubeletExtraArgs", node.get("kubeletExtraArgs"))
    policy, field = node.get("imagePullPolicy"), "nodeRegistration.imagePullPolicy"
    yield from pull_policy(ctx, obj, field, policy, f"{prefix}.imagePullPolicy")


def node_codes(prefix: str) -> tuple[str, ...]:
    """The codes of `nodes`."""
    return (f"{prefix}.name", f"{prefix}.criSocket", f"{prefix}.imagePullPolicy", ARGUMENT_NAME)


def bind_port(ctx: Context, obj: Any, field: str, value: Any, code: str) -> Iterator[Problem]:
    """A port to listen at."""
    if value is not None and not 1 <= value <= MAX_PORT:
        message = f"Invalid value: {value}: port number is not valid, it must be between 1 and 65535"
        yield ctx.problem(obj, field, message, type="Invalid", code=code)


def advertise_address(ctx: Context, obj: Any, field: str, value: str | None, code: str) -> Iterator[Problem]:
    """An address that others are told; one that is not specified is found on the host."""
    if not value:
        return
    if sloppy_ip(value) is None:
        message = f'couldn\'t use "{value}" as "apiserver-advertise-address", must be an address'
        yield ctx.problem(obj, field, message, code=code)


def certificate_key(ctx: Context, obj: Any, field: str, value: str | None, code: str) -> Iterator[Problem]:
    """The key certificates are uploaded under: 32 bytes in hexadecimal."""
    if ctx.minor >= HEX_KEYS and _KEY.fullmatch(value or "") is None:
        message = "Invalid value: the certificate key must be 32 bytes in hexadecimal, 64 digits"
        remedy = "kubeadm certs certificate-key makes one"
        yield ctx.problem(obj, field, message, type="Invalid", code=code, remedy=remedy)
