"""`ports`: who must reach whom on which port, from the files of a cluster. Firewall rules are written elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from kubeadm_cfg.addresses import parse_cidr, parse_ip
from kubeadm_cfg.arguments import args
from kubeadm_cfg.checks.grammar import host_port
from kubeadm_cfg.deployment import tabular
from kubeadm_cfg.deployment.files import Given, cluster_files
from kubeadm_cfg.deployment.firewalls import Family, Role, iptables_text, nft_text
from kubeadm_cfg.errors import ConfigError, MissingDocument
from kubeadm_cfg.numbers import is_port

if TYPE_CHECKING:
    from kubeadm_cfg.file import ConfigFile

__all__ = ["Port", "Ports", "ports"]

Protocol = Literal["tcp", "udp", "esp", "ipip", "none"]
_API_PORT: Final = 6443
_NODE_PORTS: Final = "30000-32767"
_PORT_RANGE: Final = re.compile(r"([0-9]{1,5})(?:([-+])([0-9]{1,5}))?", re.ASCII)
_KUBEADM: Final = "kubernetes/kubernetes:cmd/kubeadm/app/constants/constants.go"

CONTROL_PLANES: Final = "control planes"
NODES: Final = "nodes"
PODS: Final = "pods"
CLIENTS: Final = "clients"
MONITORING: Final = "monitoring"
BALANCERS: Final = "load balancers"
ITSELF: Final = "itself"


@attrs.frozen(kw_only=True)
class Port:
    """One thing that has to be reachable.

    Attributes:
        name: what listens, ``"kube-apiserver"``.
        target: on which machines: ``"nodes"`` (control planes are nodes, too), ``"control planes"``, or a host by name.
        protocol: ``"tcp"``, ``"udp"``, the IP protocols ``"esp"`` (50) and ``"ipip"`` (4), or ``"none"``.
        port: one number, a range ``"30000-32767"``, or empty where the protocol has no ports.
        sources: who has to reach it; ``"itself"`` is loopback and needs no opening.
        why: the field that decides, or what the port is for.
        source: where that is written down.
    """

    name: str
    target: str
    protocol: Protocol
    port: str
    sources: tuple[str, ...]
    why: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data."""
        return {**attrs.asdict(self), "sources": list(self.sources)}


@attrs.frozen
class Ports(tabular.Rows[Port]):
    """The connections a cluster needs, control plane first.

    Attributes:
        rows: the connections.
        pod_ranges: the ranges pods have their addresses from, as far as the files say.
    """

    HEADERS = ("to", "protocol", "port", "from", "what", "why")

    pod_ranges: tuple[str, ...] = ()

    def cells(self) -> list[tuple[str, ...]]:
        """What the table shows of each connection."""
        return [(row.target, row.protocol, row.port, ", ".join(row.sources), row.name, row.why) for row in self.rows]

    def __str__(self) -> str:
        return tabular.as_text(self.cells(), self.HEADERS)

    def to_dict(self) -> dict[str, Any]:
        """The rows under `ports`, and `podRanges`."""
        return {"ports": [row.to_dict() for row in self.rows], "podRanges": list(self.pod_ranges)}

    def to_nft(self, *, role: Role | None = None, nodes: Sequence[str] = (), control_planes: Sequence[str] = ()) -> str:
        """The rules as a file for `nft -f`: chains without a hook in ``table inet filter``, for others to jump to.

        Nothing is dropped and no rule of the host is touched until its input chain has ``jump kubernetes``.

        Args:
            role: ``"control-plane"`` or ``"node"``: the rules of such a machine; None: of both at once.
            nodes: addresses or ranges of the nodes; when given, what only they need is open to nobody else.
            control_planes: likewise of the control planes, if they are not among the nodes.

        Raises:
            ConfigError: an entry is no address and no range.
            ValueError: there is no such role.

        >>> import kubeadm_cfg as kc
        >>> print(
        ...     [line for line in kc.ports().to_nft(nodes=["10.0.0.0/24"]).splitlines() if "10250" in line][0].strip()
        ... )
        ip saddr 10.0.0.0/24 tcp dport 10250 accept comment "kubelet"
        """
        return nft_text(self, role, nodes, control_planes)

    def to_iptables(
        self,
        *,
        role: Role | None = None,
        nodes: Sequence[str] = (),
        control_planes: Sequence[str] = (),
        family: Family = "ipv4",
    ) -> str:
        """The rules as a file for `iptables-restore --noflush`: one chain, KUBERNETES, that INPUT has to jump to.

        Args:
            role: as for `to_nft`.
            nodes: as for `to_nft`.
            control_planes: as for `to_nft`.
            family: ``"ipv4"``, or ``"ipv6"`` for `ip6tables-restore`; addresses of the other one are left out.

        Raises:
            ConfigError: an entry is no address and no range.
            ValueError: there is no such role or family.
        """
        return iptables_text(self, role, nodes, control_planes, family)


def ports(*files: Given) -> Ports:
    """Who must reach whom on which port in the cluster that these files describe, "node to node connectivity".

    Args:
        files: kubeadm's files and flannel's manifest or net-conf.json, loaded or their paths, or the path of a
            directory; what they do not say is as Kubernetes has it by default. Without flannel's file there is no row
            for it.

    Raises:
        ConfigError: a file cannot be read as what it is, or a port in it is none.
        OSError: there is no file at a path.

    Source: kubeadm's constants, the defaults of kubelet and kube-proxy, flannel's backends.

    >>> import kubeadm_cfg as kc
    >>> for row in kc.ports()[:3]:
    ...     print(row.target, row.protocol, row.port, row.name)
    control planes tcp 6443 kube-apiserver
    control planes tcp 2379 etcd
    control planes tcp 2380 etcd
    """
    from kubeadm_cfg.file import ConfigFile

    loaded = [file for file in cluster_files(files) if isinstance(file, ConfigFile)]
    found = {kind: _first(loaded, kind) for kind in _KINDS}
    cluster = found["ClusterConfiguration"]
    rows = [
        *_api_server(cluster, found["InitConfiguration"], found["JoinConfiguration"]),
        *_etcd(cluster),
        *_controllers(cluster),
        *_kubelet(found["KubeletConfiguration"], found["InitConfiguration"], found["JoinConfiguration"]),
        *_kube_proxy(found["KubeProxyConfiguration"], cluster, found["InitConfiguration"]),
        *_node_ports(cluster),
        *_registries(cluster),
    ]
    for file in loaded:
        rows += _flannel(file)
    return Ports(tuple(dict.fromkeys(rows)), _pod_ranges(cluster, loaded))


_KINDS: Final = (
    "ClusterConfiguration",
    "InitConfiguration",
    "JoinConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
)


def _first(files: Sequence[ConfigFile], kind: str) -> Any:
    return next((obj for file in files if (obj := file.get(kind)) is not None), None)


def _arguments(obj: Any, *names: str) -> Mapping[str, str]:
    found = _attribute(obj, *names)
    return {} if found is None else args(found)


def _number(text: Any, field: str) -> str:
    if not is_port(str(text)):
        raise ConfigError(f"{field}: {text!r} is no port from 1 to 65535")
    return str(int(text))


def _api_server(cluster: Any, init: Any, join: Any) -> Iterator[Port]:
    given = _arguments(cluster, "api_server")
    bound: dict[str, str] = {}
    for holder, field in (
        (init, "localAPIEndpoint.bindPort"),
        (getattr(join, "control_plane", None), "controlPlane.localAPIEndpoint.bindPort"),
    ):
        endpoint = getattr(holder, "local_api_endpoint", None)
        if endpoint is not None and endpoint.bind_port:
            bound.setdefault(_number(endpoint.bind_port, field), field)
    if "secure-port" in given:
        field = "apiServer.extraArgs[secure-port]"
        bound = {_number(given["secure-port"], field): field}
    for port, why in (bound or {str(_API_PORT): "default of bindPort"}).items():
        yield _tcp("kube-apiserver", CONTROL_PLANES, port, (NODES, PODS, CLIENTS), why)
    discovery = _attribute(join, "discovery", "bootstrap_token", "api_server_endpoint")
    endpoints = {
        "controlPlaneEndpoint": getattr(cluster, "control_plane_endpoint", None),
        "discovery.bootstrapToken.apiServerEndpoint": discovery,
    }
    told: dict[tuple[str, str], str] = {}
    for field, endpoint in endpoints.items():
        if endpoint:
            host, port = host_port(endpoint) or (endpoint, "")
            port = _number(port, field) if port else next(iter(bound), str(_API_PORT))
            told.setdefault((host.strip("[]"), port), field)
    for (host, port), field in told.items():
        yield _tcp("kube-apiserver", host, port, (NODES, CLIENTS), field)


def _attribute(obj: Any, *names: str) -> Any:
    for name in names:
        obj = getattr(obj, name, None)
    return obj


def _tcp(name: str, target: str, port: str, sources: tuple[str, ...], why: str, source: str = _KUBEADM) -> Port:
    return Port(name=name, target=target, protocol="tcp", port=port, sources=sources, why=why, source=source)


_MEMBER_URLS: Final = (
    ("listen-client-urls", "2379", "API servers and members that join"),
    ("listen-peer-urls", "2380", "members among each other"),
)


def _etcd(cluster: Any) -> Iterator[Port]:
    etcd = getattr(cluster, "etcd", None)
    external = getattr(etcd, "external", None)
    if external is not None:
        for url in external.endpoints:
            host, port = _of_url(url, "etcd.external.endpoints")
            yield _tcp("etcd", host, port or "2379", (CONTROL_PLANES,), "etcd.external.endpoints")
        return
    given = _arguments(etcd, "local")
    for flag, default, why in _MEMBER_URLS:
        if flag not in given:
            yield _tcp("etcd", CONTROL_PLANES, default, (CONTROL_PLANES,), why)
            continue
        field = f"etcd.local.extraArgs[{flag}]"
        for url in given[flag].split(","):
            host, port = _of_url(url.strip(), field)
            if not _is_loopback(host):
                yield _tcp("etcd", CONTROL_PLANES, port or default, (CONTROL_PLANES,), field)


def _of_url(url: str, field: str) -> tuple[str, str]:
    """Host and port of a URL; the port is empty when it has none."""
    authority = url.rpartition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    host, port = host_port(authority) or (authority.strip("[]"), "")
    return host, _number(port, field) if port else ""


def _is_loopback(host: str) -> bool:
    address = parse_ip(host.strip("[]"))
    return host == "localhost" if address is None else bool(address.is_loopback())


_CONTROLLERS: Final = (
    ("kube-controller-manager", "controller_manager", "controllerManager", "10257"),
    ("kube-scheduler", "scheduler", "scheduler", "10259"),
)


def _controllers(cluster: Any) -> Iterator[Port]:
    for name, attribute, field, default in _CONTROLLERS:
        given = _arguments(cluster, attribute)
        port = given.get("secure-port", default)
        if port == "0":
            continue
        port = _number(port, f"{field}.extraArgs[secure-port]")
        if _is_loopback(given.get("bind-address", "127.0.0.1")):
            yield _tcp(name, CONTROL_PLANES, port, (ITSELF,), "health checks; bound to 127.0.0.1 by kubeadm")
        else:
            yield _tcp(name, CONTROL_PLANES, port, (MONITORING,), f"metrics; {field}.extraArgs[bind-address]")


def _kubelet(config: Any, init: Any, join: Any) -> Iterator[Port]:
    source = "kubernetes/kubernetes:pkg/kubelet/apis/config/v1beta1/defaults.go"
    given: dict[str, str] = {}
    for holder in (join, init):
        given |= _arguments(holder, "node_registration")

    def setting(attribute: str, flag: str, default: Any) -> tuple[Any, str]:
        field = f"nodeRegistration.kubeletExtraArgs[{flag}]"
        return (
            (given[flag], field)
            if flag in given
            else (getattr(config, attribute, None) or default, "KubeletConfiguration")
        )

    port, field = setting("port", "port", 10250)
    yield _tcp("kubelet", NODES, _number(port, field), (CONTROL_PLANES, PODS), "logs, exec, metrics", source)
    port, field = setting("read_only_port", "read-only-port", 0)
    if str(port) != "0":
        why = "readOnlyPort is on: anybody who reaches it reads without a password"
        yield _tcp("kubelet, read only", NODES, _number(port, field), (MONITORING,), why, source)
    address, _ = setting("healthz_bind_address", "healthz-bind-address", "127.0.0.1")
    port, field = setting("healthz_port", "healthz-port", 10248)
    if str(port) != "0" and not _is_loopback(str(address)):
        yield _tcp("kubelet, health", NODES, _number(port, field), (MONITORING,), "healthzBindAddress", source)


_PROXY_LISTENERS: Final = (
    ("healthz_bind_address", "healthzBindAddress", "0.0.0.0:10256", "kube-proxy, health", BALANCERS),
    ("metrics_bind_address", "metricsBindAddress", "127.0.0.1:10249", "kube-proxy, metrics", MONITORING),
)


def _kube_proxy(config: Any, cluster: Any, init: Any) -> Iterator[Port]:
    disabled = getattr(getattr(cluster, "proxy", None), "disabled", None)
    if disabled or "addon/kube-proxy" in (getattr(init, "skip_phases", None) or ()):
        return
    source = "kubernetes/kubernetes:pkg/proxy/apis/config/v1alpha1/defaults.go"
    for attribute, field, default, name, reader in _PROXY_LISTENERS:
        text = getattr(config, attribute, None) or default
        host, port = host_port(text) or (text.strip("[]"), "")
        port = port or default.rpartition(":")[2]
        if port == "0" or (_is_loopback(host) and reader is MONITORING):
            continue
        sources = (ITSELF,) if _is_loopback(host) else (reader,)
        yield _tcp(name, NODES, _number(port, f"KubeProxyConfiguration.{field}"), sources, field, source)


def _node_ports(cluster: Any) -> Iterator[Port]:
    given = _arguments(cluster, "api_server").get("service-node-port-range")
    match = _PORT_RANGE.fullmatch(given or _NODE_PORTS)
    first = int(match[1]) if match else 0
    last = first if match is None or not match[2] else int(match[3]) + (first if match[2] == "+" else 0)
    if not 1 <= first <= last <= 65535:
        raise ConfigError(f"apiServer.extraArgs[service-node-port-range]: {given!r} is no range of ports")
    why = "apiServer.extraArgs[service-node-port-range]" if given else "default of service-node-port-range"
    for protocol in ("tcp", "udp"):
        yield Port(
            name="NodePort Services",
            target=NODES,
            protocol=protocol,
            port=str(first) if first == last else f"{first}-{last}",
            sources=(CLIENTS,),
            why=why,
            source="kubernetes/kubernetes:cmd/kube-apiserver/app/options",
        )


_REPOSITORIES: Final = {
    "imageRepository": ("image_repository",),
    "dns.imageRepository": ("dns", "image_repository"),
    "etcd.local.imageRepository": ("etcd", "local", "image_repository"),
}


def _registries(cluster: Any) -> Iterator[Port]:
    """The registries of one's own; the public ones are on the internet."""
    told: dict[str, str] = {}
    for field, names in _REPOSITORIES.items():
        told.setdefault(str(_attribute(cluster, *names) or "").partition("/")[0], field)
    for registry, field in told.items():
        host, port = host_port(registry) or (registry, "")
        if "." in host or ":" in host or port or host == "localhost":
            number = _number(port, field) if port else "443"
            yield _tcp(
                "image registry", host.strip("[]"), number, (NODES,), field, "containerd/containerd:docs/hosts.md"
            )


# -- flannel ----------------------------------------------------------------------------------------------------------
_WINDOWS_VXLAN: Final = 4789
_SILENT: Final = {
    "host-gw": "no port: all nodes in one segment, which has to pass the addresses of pods",
    "extension": "whatever its commands use",
    "alloc": "no port: it forwards nothing",
    "tencent-vpc": "no port: the cloud's route table",
    "aws-vpc": "no port: the cloud's route table",
    "gce": "no port: the cloud's route table",
    "ali-vpc": "no port: the cloud's route table",
}


def _flannel(file: ConfigFile) -> Iterator[Port]:
    from kubeadm_cfg.flannel.file import net_conf_of

    try:
        conf = net_conf_of(file)
    except MissingDocument:
        return
    backend = conf.backend
    name = str(backend.type or "udp").lower()
    if name == "vxlan":
        yield _of_backend(name, "udp", backend.port or 8472, "Backend.Port" if backend.port else "default")
        if _has_windows_nodes(file):
            yield _of_backend(name, "udp", _WINDOWS_VXLAN, "Windows nodes take no other")
    elif name == "udp":
        yield _of_backend(name, "udp", backend.port or 8285, "Backend.Port" if backend.port else "default")
    elif name == "wireguard":
        yield _of_backend(name, "udp", backend.listen_port or 51820, "Backend.ListenPort")
        if (backend.mode or "separate") == "separate" and conf.enable_ipv6:
            yield _of_backend(
                name, "udp", backend.listen_port_v6 or 51821, "Backend.ListenPortV6, between IPv6 addresses"
            )
    elif name == "ipip":
        yield _of_backend(name, "ipip", None, "IP protocol 4")
    elif name == "ipsec":
        yield _of_backend(name, "udp", 500, "key exchange")
        yield _of_backend(name, "udp", 4500, "UDPEncap" if backend.udp_encap else "behind NAT")
        if not backend.udp_encap:
            yield _of_backend(name, "esp", None, "IP protocol 50")
    else:
        yield _of_backend(name, "none", None, _SILENT.get(name, "flannel has no such backend"))


def _of_backend(name: str, protocol: Protocol, port: Any, why: str) -> Port:
    return Port(
        name=f"flannel {name}",
        target=NODES,
        protocol=protocol,
        port="" if port is None else _number(port, "Backend"),
        sources=(NODES,),
        why=why,
        source="flannel-io/flannel:Documentation/backends.md",
    )


def _has_windows_nodes(file: ConfigFile) -> bool:
    return any(d.kind == "DaemonSet" and "windows" in str(d.get("metadata.name", "")) for d in file.documents)


def _pod_ranges(cluster: Any, files: Sequence[ConfigFile]) -> tuple[str, ...]:
    from kubeadm_cfg.flannel.file import net_conf_of
    from kubeadm_cfg.networks import pod_networks

    found = [] if cluster is None else list(pod_networks(cluster))
    for file in files:
        try:
            conf = net_conf_of(file)
        except MissingDocument:
            continue
        texts = (conf.network, conf.ipv6_network if conf.enable_ipv6 else None)
        found += [network.cidr for text in texts if isinstance(text, str) and (network := parse_cidr(text)) is not None]
    return tuple(dict.fromkeys(map(str, found)))
