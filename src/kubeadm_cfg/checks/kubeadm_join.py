"""What kubeadm refuses in JoinConfiguration, ResetConfiguration and UpgradeConfiguration, in its own order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.checks import shared
from kubeadm_cfg.checks.commands import UPGRADE_VALIDATED
from kubeadm_cfg.checks.grammar import UrlError, host_port, is_token, parse_url
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.report import Problem

__all__ = ["RULES"]

_JOIN: Final = ["JoinConfiguration"]
_RESET: Final = ["ResetConfiguration"]
_UPGRADE: Final = ["UpgradeConfiguration"]
_UNMOUNT: Final = ("MNT_FORCE", "MNT_DETACH", "MNT_EXPIRE", "UMOUNT_NOFOLLOW")


_DISCOVERY: Final = "kubeadm.discovery"
_NODE: Final = "kubeadm.join.nodeRegistration"
_PLANE: Final = "kubeadm.join.controlPlane"
_DISCOVERY_RULES: Final = (
    "required", "exclusive", "apiServerEndpoint", "caCertHashes", "token", "tlsBootstrapToken", "file.url", "file.path",
)  # fmt: skip


@rule(
    _DISCOVERY,
    kinds=_JOIN,
    source=shared.VALIDATION,
    codes=[f"{_DISCOVERY}.{name}" for name in _DISCOVERY_RULES],
)
def discovery(ctx: Context) -> Iterator[Problem]:
    """How the node finds the cluster: by a token, or by a file."""
    data = ctx.settled("JoinConfiguration")["discovery"]
    token, file = data.get("bootstrapToken"), data.get("file")
    if token is None and file is None:
        message = 'Invalid value: "": bootstrapToken or file must be set'
        yield ctx.problem(ctx.join, "discovery", message, type="Invalid", code="kubeadm.discovery.required")
    if token is not None and file is not None:
        message = 'Invalid value: "": bootstrapToken and file cannot both be set'
        yield ctx.problem(ctx.join, "discovery", message, type="Invalid", code="kubeadm.discovery.exclusive")
    tls = data.get("tlsBootstrapToken")
    if token is not None:
        yield from _by_token(ctx, token)
        yield from _token(ctx, "discovery.tlsBootstrapToken", tls)
    if file is not None:
        yield from _by_file(ctx, file.get("kubeConfigPath") or "")
        if tls:
            yield from _token(ctx, "discovery.tlsBootstrapToken", tls)


def _token(ctx: Context, field: str, value: str | None) -> Iterator[Problem]:
    if not is_token(value or ""):
        message, code = "Invalid value: the bootstrap token is invalid", f"{_DISCOVERY}.{field.rpartition('.')[2]}"
        yield ctx.problem(ctx.join, field, message, type="Invalid", code=code)


def _by_token(ctx: Context, data: dict[str, Any]) -> Iterator[Problem]:
    here, endpoint = "discovery.bootstrapToken", data.get("apiServerEndpoint") or ""
    if not endpoint:
        message = "Required value: APIServerEndpoint is not set"
        yield ctx.problem(ctx.join, here, message, type="Required", code="kubeadm.discovery.apiServerEndpoint")
    if not data.get("caCertHashes") and not data.get("unsafeSkipCAVerification"):
        message = 'Invalid value: "": using token-based discovery without caCertHashes can be unsafe'
        yield ctx.problem(
            ctx.join, f"{here}.caCertHashes", message, type="Invalid", code="kubeadm.discovery.caCertHashes"
        )
    yield from _token(ctx, f"{here}.token", data.get("token"))
    if host_port(endpoint) is None:
        message = f'Invalid value: "{endpoint}": it does not split into host and port'
        code = "kubeadm.discovery.apiServerEndpoint"
        yield ctx.problem(ctx.join, f"{here}.apiServerEndpoint", message, type="Invalid", code=code)


def _by_file(ctx: Context, text: str) -> Iterator[Problem]:
    """A URL must be https; whether a file is there is the host's matter, unless none is named."""
    code = "url"
    try:
        url = parse_url(text)
    except UrlError as error:
        wrong = str(error)
    else:
        wrong = "" if url.scheme == "https" else "if a URL is used, the scheme must be https"
        if url.scheme in ("", "file"):  # a file URL stands for its path
            named = url.path if url.scheme else text
            code, wrong = "path", "" if named else "not a valid HTTPS URL or a file on disk"
    if wrong:
        message = f'Invalid value: "{text}": {wrong}'
        field = "discovery.file.kubeConfigPath"
        yield ctx.problem(ctx.join, field, message, type="Invalid", code=f"{_DISCOVERY}.file.{code}")


@rule(_NODE, kinds=_JOIN, source=shared.VALIDATION, codes=shared.node_codes(_NODE))
def join_node(ctx: Context) -> Iterator[Problem]:
    """Name, socket, arguments and pull policy of the node."""
    yield from shared.nodes(ctx, ctx.join, ctx.settled("JoinConfiguration"), _NODE)


@rule(
    _PLANE,
    kinds=_JOIN,
    source=shared.VALIDATION,
    codes=(f"{_PLANE}.localAPIEndpoint", f"{_PLANE}.certificateKey"),
)
def control_plane(ctx: Context) -> Iterator[Problem]:
    """A node that becomes part of the control plane."""
    plane = ctx.settled("JoinConfiguration").get("controlPlane")
    if plane is None:
        return
    endpoint, here, code = plane["localAPIEndpoint"], "controlPlane.localAPIEndpoint", f"{_PLANE}.localAPIEndpoint"
    address, key = endpoint.get("advertiseAddress"), plane.get("certificateKey")
    yield from shared.advertise_address(ctx, ctx.join, f"{here}.advertiseAddress", address, code)
    yield from shared.bind_port(ctx, ctx.join, f"{here}.bindPort", endpoint["bindPort"], code)
    yield from shared.certificate_key(ctx, ctx.join, "controlPlane.certificateKey", key, f"{_PLANE}.certificateKey")


@rule("kubeadm.join.caCertPath", kinds=_JOIN, source=shared.VALIDATION)
def ca_cert_path(ctx: Context) -> Iterator[Problem]:
    """Where the certificate of the cluster is kept."""
    value = ctx.settled("JoinConfiguration")["caCertPath"]
    if not (value.startswith("/") and value.endswith(".crt")):
        message = f'Invalid value: "{value}": the ca certificate path must be an absolute path that ends in .crt'
        yield ctx.problem(ctx.join, "caCertPath", message, type="Invalid")


@rule("kubeadm.nodeRegistration.criSocket.scheme", kinds=_JOIN, severity="warning", source=shared.VALIDATION)
def join_socket_scheme(ctx: Context) -> Iterator[Problem]:
    """A socket that is no URL."""
    node = ctx.settled("JoinConfiguration").get("nodeRegistration") or {}
    yield from shared.socket_without_scheme(ctx, ctx.join, "nodeRegistration.criSocket", node.get("criSocket"))


@rule(
    "kubeadm.reset",
    kinds=_RESET,
    source=shared.VALIDATION,
    codes=("kubeadm.reset.criSocket", "kubeadm.reset.certificatesDir", "kubeadm.reset.unmountFlags"),
)
def reset(ctx: Context) -> Iterator[Problem]:
    """Socket, directory and unmount flags of a reset."""
    data = ctx.settled("ResetConfiguration")
    yield from shared.cri_socket(ctx, ctx.reset, "criSocket", data.get("criSocket"), "kubeadm.reset.criSocket")
    directory = data["certificatesDir"]
    yield from shared.absolute(ctx, ctx.reset, "certificatesDir", directory, "kubeadm.reset.certificatesDir")
    for number, flag in enumerate(data.get("unmountFlags") or ()):
        if flag not in _UNMOUNT:
            message = f'Invalid value: "index {number}": unknown unmount flag {flag}, use {", ".join(_UNMOUNT)}'
            path, code = f"unmountFlags[{number}]", "kubeadm.reset.unmountFlags"
            yield ctx.problem(ctx.reset, "unmountFlags", message, path=path, type="Invalid", code=code)


@rule("kubeadm.nodeRegistration.criSocket.scheme", kinds=_RESET, severity="warning", source=shared.VALIDATION)
def reset_socket_scheme(ctx: Context) -> Iterator[Problem]:
    """A socket that is no URL."""
    yield from shared.socket_without_scheme(
        ctx, ctx.reset, "criSocket", ctx.settled("ResetConfiguration").get("criSocket")
    )


@rule(
    "kubeadm.upgrade",
    kinds=_UPGRADE,
    source=shared.VALIDATION,
    codes=("kubeadm.upgrade.patches", "kubeadm.upgrade.imagePullPolicy"),
)
def upgrade(ctx: Context) -> Iterator[Problem]:
    """Patches and pull policy of an upgrade."""
    data = ctx.settled("UpgradeConfiguration")
    if ctx.command in ("validate", "migrate") and ctx.minor < UPGRADE_VALIDATED:
        return
    for phase in ("apply", "node"):
        patches = (data.get(phase) or {}).get("patches")
        if patches is not None:
            field, code = f"{phase}.patches.directory", "kubeadm.upgrade.patches"
            yield from shared.absolute(ctx, ctx.upgrade, field, patches.get("directory"), code)
    for phase in ("apply", "node"):
        policy = (data.get(phase) or {}).get("imagePullPolicy")
        field, code = f"{phase}.imagePullPolicy", "kubeadm.upgrade.imagePullPolicy"
        yield from shared.pull_policy(ctx, ctx.upgrade, field, policy, code)


RULES: Final[tuple[Rule, ...]] = (
    discovery,
    join_node,
    control_plane,
    ca_cert_path,
    join_socket_scheme,
    reset,
    reset_socket_scheme,
    upgrade,
)
