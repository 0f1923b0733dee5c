"""What kubeadm refuses in InitConfiguration and ClusterConfiguration, in the order of its own report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.checks import shared
from kubeadm_cfg.checks.component import sloppy_cidr, sloppy_ip
from kubeadm_cfg.checks.grammar import UrlError, host_port, is_endpoint, is_repository, is_san, parse_url
from kubeadm_cfg.checks.names import is_dns1123_subdomain
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.gates import known_gates
from kubeadm_cfg.kubernetes import KubeadmGate, kubeadm_gates
from kubeadm_cfg.numbers import MAX_PORT, atoi
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from netaddr import IPNetwork

__all__ = ["RULES"]

_CLUSTER: Final = ["ClusterConfiguration"]
_INIT: Final = ["InitConfiguration"]
_USAGES: Final = ("signing", "authentication")
_GROUP: Final = re.compile(r"system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]", re.ASCII)
_LOG2_SERVICES: Final = 20
_NODE_DIFFERENCE: Final = 16
_LEAST: Final = {"networking.serviceSubnet": 10, "networking.podSubnet": 14}
_ALGORITHMS: Final = {
    28: ("RSA", "ECDSA"),
    30: ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256"),
    34: ("RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384"),
}
_VERSION: Final = re.compile(
    r"v?(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_LABELS: Final = re.compile(
    r"(?:(?:ci|ci-cross|release)/)?[-\w]*(?:stable|latest)(?:-[0-9]+(?:\.[0-9]+)?)?|ci/.+", re.ASCII
)


@rule("kubeadm.nodeRegistration", kinds=_INIT, source=shared.VALIDATION)
def init_node(ctx: Context) -> Iterator[Problem]:
    """Name, socket, arguments and pull policy of the first node."""
    yield from shared.nodes(ctx, ctx.init, ctx.settled("InitConfiguration"))


@rule("kubeadm.bootstrapTokens", kinds=_INIT, source=shared.VALIDATION)
def bootstrap_tokens(ctx: Context) -> Iterator[Problem]:
    """Usages, groups and life of every bootstrap token."""
    for number, token in enumerate(ctx.settled("InitConfiguration")["bootstrapTokens"]):
        here, usages, groups = f"bootstrapTokens.{number}", token["usages"], token["groups"]
        wrong = [usage for usage in usages if usage not in _USAGES]
        if wrong:
            message = f"Invalid value: {wrong}: valid usages are signing and authentication"
            yield ctx.problem(
                ctx.init, f"{here}.usages", message, type="Invalid", code="kubeadm.bootstrapTokens.usages"
            )
        unfit = [] if "authentication" in usages else ["groups cannot be given without the usage authentication"]
        if any(_GROUP.fullmatch(group or "") is None for group in groups):
            unfit.append(r"every group must match \Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\z")
        for reason in unfit:
            message = f"Invalid value: {groups}: {reason}"
            code = "kubeadm.bootstrapTokens.groups"
            yield ctx.problem(ctx.init, f"{here}.groups", message, type="Invalid", code=code)
        if token.get("expires"):
            yield ctx.problem(
                ctx.init, here, "Invalid value: \"\": ttl and expires are mutually exclusive", type="Invalid",
                code="kubeadm.bootstrapTokens.ttl-expires-exclusive",
                remedy="leave expires out: ttl is always filled in",
            )  # fmt: skip


def _repository(ctx: Context, field: str, value: str | None) -> Iterator[Problem]:
    if value and not is_repository(value):
        message = f'Invalid value: "{value}": invalid image repository format'
        yield ctx.problem(ctx.cluster, field, message, type="Invalid")


@rule("kubeadm.dns.imageRepository", kinds=_CLUSTER, minors="1.26..", source=shared.VALIDATION)
def dns_repository(ctx: Context) -> Iterator[Problem]:
    """Where the image of the DNS server comes from."""
    dns = ctx.settled("ClusterConfiguration").get("dns") or {}
    yield from _repository(ctx, "dns.imageRepository", dns.get("imageRepository"))


@rule("kubeadm.networking.dnsDomain.dns1123", kinds=_CLUSTER, source=shared.VALIDATION)
def dns_domain(ctx: Context) -> Iterator[Problem]:
    """The domain of the services."""
    domain = ctx.settled("ClusterConfiguration")["networking"]["dnsDomain"]
    if not is_dns1123_subdomain(domain):
        message = f'Invalid value: "{domain}": must be a lowercase RFC 1123 subdomain'
        yield ctx.problem(ctx.cluster, "networking.dnsDomain", message, type="Invalid")


def _networks(text: str) -> list[IPNetwork] | None:
    found = [sloppy_cidr(part) for part in text.split(",")]
    return None if None in found else [network for network in found if network is not None]


def _size(network: IPNetwork) -> int:
    """The number of addresses as `RangeSize` counts them: none where it does not fit its integer."""
    bits, ones = 128 if network.version == 6 else 32, int(network.prefixlen)
    if bits == 32 and (bits - ones >= 31 or bits - ones < 0):
        return 0
    if bits == 128 and (bits - ones >= 127 or bits - ones < 0):
        return 0
    room: int = 2 ** min(bits - ones, 62)
    return room


def _subnet(ctx: Context, field: str, text: str) -> Iterator[Problem]:
    """A subnet of each family, or of one, that holds enough addresses."""
    networks = _networks(text)
    if networks is None:
        message = f'Invalid value: "{text}": couldn\'t parse subnet'
        yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.cidr")
        return
    families = [network.version for network in networks]
    if len(networks) > 2 or len(set(families)) != len(families):
        message = f'Invalid value: "{text}": expected one (IPv4 or IPv6) CIDR or two CIDRs from each family'
        yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.dual-stack")
    for network in networks:
        if _size(network) < _LEAST[field]:
            message = f'Invalid value: "{network.cidr}": subnet is too small'
            yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.min-addresses")


@rule("kubeadm.networking.serviceSubnet", kinds=_CLUSTER, source=shared.VALIDATION)
def service_subnet(ctx: Context) -> Iterator[Problem]:
    """The addresses of services: at most 20 bits of them."""
    field = "networking.serviceSubnet"
    text = ctx.settled("ClusterConfiguration")["networking"]["serviceSubnet"]
    yield from _subnet(ctx, field, text)
    for network in _networks(text) or ():
        width = 128 if network.version == 6 else 32
        if width - network.prefixlen > _LOG2_SERVICES:
            least = width - _LOG2_SERVICES
            message = (
                f'Invalid value: "{network.cidr}": the service subnet is too large: its mask must be /{least} or longer'
            )
            yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.max-size")


@rule("kubeadm.networking.podSubnet", kinds=_CLUSTER, source=shared.VALIDATION)
def pod_subnet(ctx: Context) -> Iterator[Problem]:
    """The addresses of pods: room for the subnets of nodes, and not for more than 65536 of them."""
    field, data = "networking.podSubnet", ctx.settled("ClusterConfiguration")
    text = data["networking"].get("podSubnet")
    if not text:
        return
    yield from _subnet(ctx, field, text)
    given = _arguments(data.get("controllerManager"))
    if given.get("allocate-node-cidrs") == "false":
        return
    for network in _networks(text) or ():
        mask = given.get(f"node-cidr-mask-size-ipv{network.version}") or ("64" if network.version == 6 else "24")
        code, wrong, bits = f"kubeadm.{field}.node-mask-args", "", atoi(mask)
        if bits is None:
            wrong = f"the node mask {mask[:40]!r} is no number"
        elif bits < network.prefixlen:
            code, wrong = f"kubeadm.{field}.node-mask", f"the pod subnet is smaller than the node subnet, /{bits}"
        elif bits - network.prefixlen > _NODE_DIFFERENCE:
            code = f"kubeadm.{field}.max-difference"
            wrong = f"the pod subnet mask and the node mask /{bits} differ by more than {_NODE_DIFFERENCE}"
        if wrong:
            message = f'Invalid value: "{network.cidr}": {wrong}'
            yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=code)


def _arguments(component: dict[str, Any] | None) -> dict[str, str]:
    """Extra arguments by name; of repeated ones the last counts."""
    given = (component or {}).get("extraArgs") or {}
    if isinstance(given, dict):
        return {name: value or "" for name, value in given.items()}
    return {item.get("name") or "": item.get("value") or "" for item in given if item}


@rule("kubeadm.networking.site-local", kinds=_CLUSTER, severity="warning", source=shared.VALIDATION)
def site_local(ctx: Context) -> Iterator[Problem]:
    """Ranges of fec0::/10, which are deprecated."""
    from netaddr import IPNetwork

    deprecated = IPNetwork("fec0::/10")
    for name in ("serviceSubnet", "podSubnet"):
        text = ctx.settled("ClusterConfiguration")["networking"].get(name) or ""
        for network in _networks(text) or ():
            if network.version == 6 and (network in deprecated or deprecated in network):
                message = f"{network.cidr} is of the deprecated site-local range fec0::/10"
                yield ctx.problem(ctx.cluster, f"networking.{name}", message)


def _sans(ctx: Context, field: str, names: list[str] | None, *, lower: bool) -> Iterator[Problem]:
    for number, name in enumerate(names or ()):
        if not is_san((name or "").lower() if lower else name or ""):
            message = f'Invalid value: "{name}": not an IP address, a DNS name or a wildcard DNS name'
            yield ctx.problem(ctx.cluster, field, message, path=f"{field}[{number}]", type="Invalid")


@rule("kubeadm.certSANs", kinds=_CLUSTER, source=shared.VALIDATION)
def api_server(ctx: Context) -> Iterator[Problem]:
    """The names the API server's certificate is made for."""
    data = ctx.settled("ClusterConfiguration").get("apiServer") or {}
    yield from _sans(ctx, "apiServer.certSANs", data.get("certSANs"), lower=True)


@rule("kubeadm.extraArgs.name", kinds=_CLUSTER, source=shared.VALIDATION)
def component_arguments(ctx: Context) -> Iterator[Problem]:
    """Arguments of the control plane components, each with a name."""
    data = ctx.settled("ClusterConfiguration")
    for component in ("apiServer", "controllerManager", "scheduler"):
        given = (data.get(component) or {}).get("extraArgs")
        yield from shared.arguments(ctx, ctx.cluster, f"{component}.extraArgs", given)


@rule("kubeadm.certificatesDir.absolute", kinds=_CLUSTER, source=shared.VALIDATION)
def certificates_dir(ctx: Context) -> Iterator[Problem]:
    """Where certificates are kept."""
    yield from shared.absolute(
        ctx, ctx.cluster, "certificatesDir", ctx.settled("ClusterConfiguration")["certificatesDir"]
    )


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


@rule("kubeadm.imageRepository", kinds=_CLUSTER, minors="1.26..", source=shared.VALIDATION)
def image_repository(ctx: Context) -> Iterator[Problem]:
    """Where images come from."""
    yield from _repository(ctx, "imageRepository", ctx.settled("ClusterConfiguration")["imageRepository"])


@rule("kubeadm.etcd", kinds=_CLUSTER, source=shared.VALIDATION)
def etcd(ctx: Context) -> Iterator[Problem]:
    """Either the etcd that kubeadm runs, or one outside."""
    data = ctx.settled("ClusterConfiguration")["etcd"]
    local, external = data.get("local"), data.get("external")
    if local is not None and external is not None:
        message = 'Invalid value: "": .Etcd.Local and .Etcd.External are mutually exclusive'
        yield ctx.problem(ctx.cluster, "etcd", message, type="Invalid", code="kubeadm.etcd.exclusive")
    elif local is not None:
        yield from shared.absolute(ctx, ctx.cluster, "etcd.local.dataDir", local["dataDir"])
        yield from _sans(ctx, "etcd.local.serverCertSANs", local.get("serverCertSANs"), lower=False)
        yield from _sans(ctx, "etcd.local.peerCertSANs", local.get("peerCertSANs"), lower=False)
        if ctx.minor >= 26:
            yield from _repository(ctx, "etcd.local.imageRepository", local.get("imageRepository"))
        yield from shared.arguments(ctx, ctx.cluster, "etcd.local.extraArgs", local.get("extraArgs"))
    elif external is not None:
        yield from _external(ctx, external)


def _external(ctx: Context, external: dict[str, Any]) -> Iterator[Problem]:
    files = {name: external.get(name) for name in ("caFile", "certFile", "keyFile")}
    ca, cert, key = (bool(files[name]) for name in ("caFile", "certFile", "keyFile"))
    if cert != key:
        message = 'Invalid value: "": either both or none of certFile and keyFile must be set'
        yield ctx.problem(
            ctx.cluster, "etcd.external", message, type="Invalid", code="kubeadm.etcd.external.cert-key-pair"
        )
    if cert and key and not ca:
        message = 'Invalid value: "": setting .CertFile and .KeyFile requires .CAFile'
        yield ctx.problem(
            ctx.cluster, "etcd.external", message, type="Invalid", code="kubeadm.etcd.external.ca-required"
        )
    endpoints = external.get("endpoints") or []
    if not endpoints and ctx.minor >= 35:
        message = 'Invalid value: "": at least one endpoint must be given'
        yield ctx.problem(ctx.cluster, "etcd.external.endpoints", message, type="Invalid")
    yield from _urls(ctx, "etcd.external.endpoints", endpoints, https=ca or cert or key)
    if ctx.minor >= 35:
        yield from _urls(ctx, "etcd.external.httpEndpoints", external.get("httpEndpoints") or [], https=False)
    for name, value in files.items():
        if value:
            yield from shared.absolute(ctx, ctx.cluster, f"etcd.external.{name}", value)


def _urls(ctx: Context, field: str, urls: list[str], *, https: bool) -> Iterator[Problem]:
    for number, url in enumerate(urls):
        wrong = []
        try:
            scheme = parse_url(url or "").scheme
        except UrlError as error:
            wrong = [str(error)]
        else:
            wrong += ["the URL must be using the HTTPS scheme"] if https and scheme != "https" else []
            wrong += ["the URL without a scheme is not allowed"] if not scheme else []
        for reason in wrong:
            message = f'Invalid value: "{url}": {reason}'
            yield ctx.problem(ctx.cluster, field, message, path=f"{field}[{number}]", type="Invalid")


@rule("kubeadm.encryptionAlgorithm", kinds=_CLUSTER, minors="1.28..", source=shared.VALIDATION)
def encryption_algorithm(ctx: Context) -> Iterator[Problem]:
    """How keys are made."""
    value = (ctx.get("ClusterConfiguration") and ctx.settled("ClusterConfiguration"))["encryptionAlgorithm"]
    allowed = next(names for since, names in sorted(_ALGORITHMS.items(), reverse=True) if since <= ctx.minor)
    if value not in allowed and value != "RSA-2048":
        message = f'Invalid value: "{value}": Invalid encryption algorithm, must be one of {", ".join(allowed)}'
        yield ctx.problem(ctx.cluster, "encryptionAlgorithm", message, type="Invalid")


@rule("kubeadm.localAPIEndpoint", kinds=_INIT, source=shared.VALIDATION)
def local_api_endpoint(ctx: Context) -> Iterator[Problem]:
    """Where the API server of this node listens."""
    data = ctx.settled("InitConfiguration")["localAPIEndpoint"]
    yield from shared.advertise_address(
        ctx, ctx.init, "localAPIEndpoint.advertiseAddress", data.get("advertiseAddress")
    )
    yield from shared.bind_port(ctx, ctx.init, "localAPIEndpoint.bindPort", data["bindPort"])


@rule("kubeadm.certificateKey", kinds=_INIT, source=shared.VALIDATION)
def certificate_key(ctx: Context) -> Iterator[Problem]:
    """The key that certificates are uploaded under."""
    value = ctx.settled("InitConfiguration").get("certificateKey")
    yield from shared.certificate_key(ctx, ctx.init, "certificateKey", value)


@rule("kubeadm.kubernetesVersion", kinds=_CLUSTER, source="kubernetes/kubernetes:cmd/kubeadm/app/util/version.go")
def kubernetes_version(ctx: Context) -> Iterator[Problem]:
    """The version to run: one that kubeadm supports, or a label such as stable-1."""
    value = ctx.settled("ClusterConfiguration").get("kubernetesVersion")
    if not value:
        return
    found = _VERSION.fullmatch(value)
    if found is None:
        if _LABELS.fullmatch(value) is None:
            yield ctx.problem(ctx.cluster, "kubernetesVersion", f'version "{value}" is no version and no label')
        return
    major, minor, patch = (int(part) for part in re.findall(r"[0-9]+", value)[:3])
    least = (1, ctx.minor - 1, 0)
    if (major, minor, patch) < least or ((major, minor, patch) == least and found[1]):
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
    dns_domain,
    service_subnet,
    pod_subnet,
    site_local,
    api_server,
    component_arguments,
    certificates_dir,
    feature_gates,
    control_plane_endpoint,
    image_repository,
    etcd,
    encryption_algorithm,
    local_api_endpoint,
    certificate_key,
    bind_address,
    ignored_preflight_errors,
    socket_scheme,
    validity,
)
