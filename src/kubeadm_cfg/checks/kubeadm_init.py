"""What kubeadm refuses in InitConfiguration and ClusterConfiguration, in the order of its own report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kubeadm_cfg.addresses import sloppy_ip
from kubeadm_cfg.checks import kubeadm_etcd, kubeadm_networking, shared
from kubeadm_cfg.checks.grammar import host_port, is_endpoint
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.gates import known_gates
from kubeadm_cfg.kubernetes import KubeadmGate, kubeadm_gates
from kubeadm_cfg.numbers import MAX_PORT
from kubeadm_cfg.report import Problem

__all__ = ["RULES"]

_CLUSTER: Final = ["ClusterConfiguration"]
_INIT: Final = ["InitConfiguration"]
_NODE: Final = "kubeadm.nodeRegistration"
_TOKENS: Final = "kubeadm.bootstrapTokens"
_ENDPOINT: Final = "kubeadm.localAPIEndpoint"
_USAGES: Final = ("signing", "authentication")
_GROUP: Final = re.compile(r"system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]", re.ASCII)
_ALGORITHMS: Final = {
    28: ("RSA", "ECDSA"),
    30: ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256"),
    34: ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384"),
}
_VERSION: Final = re.compile(
    r"v?(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_BUCKET: Final = re.compile(r"(?:(?:release|ci(?P<cross>-cross)?)/)?(?P<rest>[-\w.+]+)", re.ASCII)
_LABEL: Final = re.compile(r"(?:latest|stable)+(?:-[1-9](?:\.[1-9][0-9]?)?)?", re.ASCII)
_WITHOUT_CROSS: Final = 31  # the oldest minor whose code was read without ci-cross/


@rule(_NODE, kinds=_INIT, source=shared.VALIDATION, codes=shared.node_codes(_NODE))
def init_node(ctx: Context) -> Iterator[Problem]:
    """Name, socket, arguments and pull policy of the first node."""
    yield from shared.nodes(ctx, ctx.init, ctx.settled("InitConfiguration"), _NODE)


@rule(
    _TOKENS,
    kinds=_INIT,
    source=shared.VALIDATION,
    codes=(f"{_TOKENS}.usages", f"{_TOKENS}.groups", f"{_TOKENS}.ttl-expires-exclusive"),
)
def bootstrap_tokens(ctx: Context) -> Iterator[Problem]:
    """Usages, groups and life of every bootstrap token."""
    for number, token in enumerate(ctx.settled("InitConfiguration")["bootstrapTokens"]):
        here, usages, groups = f"bootstrapTokens.{number}", token["usages"], token["groups"]
        wrong = [usage for usage in usages if usage not in _USAGES]
        if wrong:
            message = f"Invalid value: {wrong}: valid usages are signing and authentication"
            yield ctx.problem(ctx.init, f"{here}.usages", message, type="Invalid", code=f"{_TOKENS}.usages")
        unfit = [] if "authentication" in usages else ["groups cannot be given without the usage authentication"]
        if any(_GROUP.fullmatch(group or "") is None for group in groups):
            unfit.append(r"every group must match \Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\z")
        for reason in unfit:
            message = f"Invalid value: {groups}: {reason}"
            code = f"{_TOKENS}.groups"
            yield ctx.problem(ctx.init, f"{here}.groups", message, type="Invalid", code=code)
        if token.get("expires"):
            yield ctx.problem(
                ctx.init, here, "Invalid value: \"\": ttl and expires are mutually exclusive", type="Invalid",
                code=f"{_TOKENS}.ttl-expires-exclusive",
                remedy="leave expires out: ttl is always filled in",
            )  # fmt: skip


@rule("kubeadm.dns.imageRepository", kinds=_CLUSTER, minors=f"1.{shared.REPOSITORIES}..", source=shared.VALIDATION)
def dns_repository(ctx: Context) -> Iterator[Problem]:
    """Where the image of the DNS server comes from."""
    dns = ctx.settled("ClusterConfiguration").get("dns") or {}
    yield from shared.repository(ctx, "dns.imageRepository", dns.get("imageRepository"))


@rule("kubeadm.certSANs", kinds=_CLUSTER, source=shared.VALIDATION)
def api_server(ctx: Context) -> Iterator[Problem]:
    """The names the API server's certificate is made for."""
    data = ctx.settled("ClusterConfiguration").get("apiServer") or {}
    yield from shared.sans(ctx, "apiServer.certSANs", data.get("certSANs"), "kubeadm.certSANs", lower=True)


@rule(shared.ARGUMENT_NAME, kinds=_CLUSTER, minors=f"1.{shared.NAMED_ARGUMENTS}..", source=shared.VALIDATION)
def component_arguments(ctx: Context) -> Iterator[Problem]:
    """Arguments of the control plane components, each with a name."""
    data = ctx.settled("ClusterConfiguration")
    for component in ("apiServer", "controllerManager", "scheduler"):
        given = (data.get(component) or {}).get("extraArgs")
        yield from shared.arguments(ctx, ctx.cluster, f"{component}.extraArgs", given)


@rule("kubeadm.certificatesDir.absolute", kinds=_CLUSTER, source=shared.VALIDATION)
def certificates_dir(ctx: Context) -> Iterator[Problem]:
    """Where certificates are kept."""
    value = ctx.settled("ClusterConfiguration")["certificatesDir"]
    yield from shared.absolute(ctx, ctx.cluster, "certificatesDir", value, "kubeadm.certificatesDir.absolute")


@rule("kubeadm.featureGates.known", kinds=_CLUSTER, source="kubernetes/kubernetes:cmd/kubeadm/app/features/features.go")
def feature_gates(ctx: Context) -> Iterator[Problem]:
    """kubeadm's own feature gates, whatever they are set to."""
    for name in ctx.settled("ClusterConfiguration").get("featureGates") or {}:
        gate = kubeadm_gates().get(name)
        if gate is None or gate.at(ctx.minor) is None:
            message = f"Invalid value: {name} is not a valid feature name of kubeadm 1.{ctx.minor}"
            yield ctx.problem(
                ctx.cluster, "featureGates", message, path=f"featureGates.{name}", type="Invalid",
                remedy=_gate_remedy(name, gate, ctx.minor),
            )  # fmt: skip


@rule("kubeadm.featureGates.stage", kinds=_CLUSTER, severity="warning", source="data/kubernetes.json: kubeadm_gates")
def gate_stages(ctx: Context) -> Iterator[Problem]:
    """kubeadm's own feature gates that it will do without before long."""
    for name in ctx.settled("ClusterConfiguration").get("featureGates") or {}:
        gate = kubeadm_gates().get(name)
        state = None if gate is None else gate.at(ctx.minor)
        path = f"featureGates.{name}"
        if state is not None and state.stage == "Deprecated":
            yield ctx.problem(ctx.cluster, "featureGates", f"the feature gate {name} is deprecated", path=path)
        elif state is not None and state.stage == "GA":
            message = f"the feature gate {name} is stable in 1.{ctx.minor} and will be removed"
            yield ctx.problem(ctx.cluster, "featureGates", message, path=path, severity="info", remedy="remove it")


def _gate_remedy(name: str, gate: KubeadmGate | None, minor: int) -> str:
    if gate is not None and gate.removed <= minor:
        return f"remove it: kubeadm has done without the gate since 1.{gate.removed}"
    if gate is not None:
        return f"remove it: 1.{gate.stages[0][0]} is the first kubeadm that has the gate"
    if name in known_gates():
        return "it is a gate of the components: put it into their featureGates, or their extraArgs feature-gates"
    return "remove it, or mend its spelling"


@rule("kubeadm.controlPlaneEndpoint.hostport", kinds=_CLUSTER, source=shared.VALIDATION)
def control_plane_endpoint(ctx: Context) -> Iterator[Problem]:
    """Host and port of the control plane; a port that is missing is the bindPort."""
    field, text = "controlPlaneEndpoint", ctx.settled("ClusterConfiguration").get("controlPlaneEndpoint")
    if not text:
        return
    if not is_endpoint(text):
        yield ctx.problem(ctx.cluster, field, f'"{text}" is not a host, or a host and a port from 1 to 65535')
        return
    cut = host_port(text)
    if cut is None or not cut[1]:
        port = ctx.settled("InitConfiguration")["localAPIEndpoint"]["bindPort"]
        if not 1 <= port <= MAX_PORT:
            message = f'Invalid value: "{text}:{port}": port must be a valid number between 1 and 65535'
            yield ctx.problem(ctx.cluster, field, message, type="Invalid")


@rule("kubeadm.imageRepository", kinds=_CLUSTER, minors=f"1.{shared.REPOSITORIES}..", source=shared.VALIDATION)
def image_repository(ctx: Context) -> Iterator[Problem]:
    """Where images come from."""
    yield from shared.repository(ctx, "imageRepository", ctx.settled("ClusterConfiguration")["imageRepository"])


@rule("kubeadm.encryptionAlgorithm", kinds=_CLUSTER, minors="1.28..", source=shared.VALIDATION)
def encryption_algorithm(ctx: Context) -> Iterator[Problem]:
    """How keys are made."""
    value = (ctx.get("ClusterConfiguration") and ctx.settled("ClusterConfiguration"))["encryptionAlgorithm"]
    allowed = next(names for since, names in sorted(_ALGORITHMS.items(), reverse=True) if since <= ctx.minor)
    if value not in allowed and value != "RSA-2048":
        message = f'Invalid value: "{value}": Invalid encryption algorithm, must be one of {", ".join(allowed)}'
        yield ctx.problem(ctx.cluster, "encryptionAlgorithm", message, type="Invalid")


@rule(
    _ENDPOINT,
    kinds=_INIT,
    source=shared.VALIDATION,
    codes=(f"{_ENDPOINT}.advertiseAddress", f"{_ENDPOINT}.bindPort"),
)
def local_api_endpoint(ctx: Context) -> Iterator[Problem]:
    """Where the API server of this node listens."""
    data = ctx.settled("InitConfiguration")["localAPIEndpoint"]
    field = "localAPIEndpoint.advertiseAddress"
    yield from shared.advertise_address(ctx, ctx.init, field, data.get("advertiseAddress"), f"kubeadm.{field}")
    field = "localAPIEndpoint.bindPort"
    yield from shared.bind_port(ctx, ctx.init, field, data["bindPort"], f"kubeadm.{field}")


@rule("kubeadm.certificateKey", kinds=_INIT, minors=f"1.{shared.HEX_KEYS}..", source=shared.VALIDATION)
def certificate_key(ctx: Context) -> Iterator[Problem]:
    """The key that certificates are uploaded under."""
    value = ctx.settled("InitConfiguration").get("certificateKey")
    yield from shared.certificate_key(ctx, ctx.init, "certificateKey", value, "kubeadm.certificateKey")


@rule("kubeadm.kubernetesVersion", kinds=_CLUSTER, source="kubernetes/kubernetes:cmd/kubeadm/app/util/version.go")
def kubernetes_version(ctx: Context) -> Iterator[Problem]:
    """The version to run: one that kubeadm supports, or a label such as stable-1."""
    value = ctx.settled("ClusterConfiguration").get("kubernetesVersion")
    if not value:
        return
    cut = _BUCKET.fullmatch(value)
    if cut is None or (cut["cross"] and ctx.minor >= _WITHOUT_CROSS):
        yield ctx.problem(ctx.cluster, "kubernetesVersion", f'invalid version "{value}"')
        return
    found = _VERSION.fullmatch(cut["rest"])
    if found is None:
        if _LABEL.fullmatch(cut["rest"]) is None:
            message = f'version "{value}" doesn\'t match patterns for neither semantic version nor labels'
            remedy = "write it as v1.31.2, or as a label such as stable-1.31"
            yield ctx.problem(ctx.cluster, "kubernetesVersion", message, remedy=remedy)
        return
    numbers = tuple(map(int, found.group(1, 2, 3)))
    least = (1, ctx.minor - 1, 0)
    if numbers < least or (numbers == least and found[4]):
        message = f"this version of kubeadm only supports control plane versions >= 1.{ctx.minor - 1}.0"
        yield ctx.problem(ctx.cluster, "kubernetesVersion", message, cause=f"current version: {value}")


@rule("kubeadm.localAPIEndpoint.bind-address", kinds=_INIT, source="kubernetes/kubernetes:cmd/kubeadm/app/cmd/init.go")
def bind_address(ctx: Context) -> Iterator[Problem]:
    """`init` itself listens at global unicast addresses only; `config validate` does not look."""
    text = ctx.settled("InitConfiguration")["localAPIEndpoint"].get("advertiseAddress") or ""
    address = sloppy_ip(text)
    if ctx.command not in (None, "init") or address is None or not int(address) or address.is_loopback():
        return
    if address.is_multicast() or address.is_link_local() or text == "255.255.255.255":
        message = f'couldn\'t use "{text}" as "apiserver-bind-address", must be a global unicast address'
        yield ctx.problem(ctx.init, "localAPIEndpoint.advertiseAddress", message)


@rule("kubeadm.ignorePreflightErrors.all", kinds=_INIT, source="kubernetes/kubernetes:cmd/kubeadm/app/cmd/init.go")
def ignored_preflight_errors(ctx: Context) -> Iterator[Problem]:
    """`all` stands alone."""
    node = ctx.settled("InitConfiguration").get("nodeRegistration") or {}
    names = {(name or "").lower() for name in node.get("ignorePreflightErrors") or ()}
    if ctx.command in (None, "init") and "all" in names and len(names) > 1:
        message = "Invalid value: don't specify individual checks if 'all' is used"
        path = "nodeRegistration.ignorePreflightErrors"
        yield ctx.problem(ctx.init, "ignore-preflight-errors", message, path=path, type="Invalid")


@rule("kubeadm.nodeRegistration.criSocket.scheme", kinds=_INIT, severity="warning", source=shared.VALIDATION)
def socket_scheme(ctx: Context) -> Iterator[Problem]:
    """A socket that is no URL."""
    node = ctx.settled("InitConfiguration").get("nodeRegistration") or {}
    yield from shared.socket_without_scheme(ctx, ctx.init, "nodeRegistration.criSocket", node.get("criSocket"))


@rule(
    "kubeadm.certificateValidityPeriod", kinds=_CLUSTER, minors="1.31..", severity="warning", source=shared.VALIDATION
)
def validity(ctx: Context) -> Iterator[Problem]:
    """Certificates that live longer than is wise."""
    from kubeadm_cfg.values import Duration

    data = ctx.settled("ClusterConfiguration")
    periods = {name: Duration(data[name]) for name in ("certificateValidityPeriod", "caCertificateValidityPeriod")}
    for (name, period), limit in zip(periods.items(), ("8760h", "87600h"), strict=True):
        if period > Duration(limit):
            yield ctx.problem(ctx.cluster, name, f"{period} is longer than the recommended {limit}")
    leaf, ca = periods.values()
    if ctx.minor >= 32 and leaf > ca:
        yield ctx.problem(ctx.cluster, "certificateValidityPeriod", f"{leaf} is longer than the CA's {ca}")


RULES: Final[tuple[Rule, ...]] = (
    kubernetes_version,
    init_node,
    bootstrap_tokens,
    dns_repository,
    *kubeadm_networking.RULES,
    api_server,
    component_arguments,
    certificates_dir,
    feature_gates,
    gate_stages,
    control_plane_endpoint,
    image_repository,
    *kubeadm_etcd.RULES,
    encryption_algorithm,
    local_api_endpoint,
    certificate_key,
    bind_address,
    ignored_preflight_errors,
    socket_scheme,
    validity,
)
