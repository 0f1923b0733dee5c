"""What controlPlaneEndpoint should be: a name before an address, its port, and what cannot be mended later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from kubeadm_cfg.addresses import parse_ip
from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import count, text, word
from kubeadm_cfg.advisor.files import File
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import InDocument
from kubeadm_cfg.advisor.ranges import read_ranges
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.checks.grammar import host_port
from kubeadm_cfg.checks.names import is_dns1123_subdomain
from kubeadm_cfg.numbers import is_port

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["endpoint"]

Balancer = Literal["external", "kube-vip", "keepalived", "haproxy-local"]
_BALANCERS: Final = ("external", "kube-vip", "keepalived", "haproxy-local")
_PATH: Final = "controlPlaneEndpoint"
_API_PORT: Final = 6443
_HAPROXY_PORT: Final = 8443


@attrs.frozen(kw_only=True)
class _Host:
    """A name or an address, lower-cased and without brackets."""

    text: str
    is_address: bool

    def with_port(self, port: int) -> str:
        return f"[{self.text}]:{port}" if ":" in self.text else f"{self.text}:{port}"


def endpoint(  # noqa: PLR0913  # the contract names them; all by keyword
    *,
    name: str | None = None,
    address: str | None = None,
    port: int | None = None,
    control_planes: int | None = None,
    node_addresses: Iterable[str] | None = None,
    balancer: Balancer | None = None,
    current: str | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The address under which every node reaches the API server, as controlPlaneEndpoint.

    Args:
        name: a DNS name for it.
        address: an address for it, that of a load balancer or a virtual one.
        port: by default 6443, and 8443 with haproxy on the control planes themselves.
        control_planes: how many there will be, 1 by default.
        node_addresses: the addresses of the nodes.
        balancer: "external", "kube-vip", "keepalived" or "haproxy-local".
        current: what it is now, to compare with; it is not a name for it.
        kubernetes: the version, as in "1.34"; None: the newest known.
        f: files that say what was not given.
        host: the first control plane, for what was not given.

    Raises:
        ValueError: a word, name, address or number that is none.

    >>> endpoint(name="api.example.test", control_planes=3, balancer="haproxy-local").choice
    'api.example.test:8443'
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    by = word("balancer", balancer, _BALANCERS)
    many = (count("control_planes", control_planes, 1) or 1) > 1
    in_file = known.text(CLUSTER, _PATH)
    now = text("current", current) or in_file
    given = _port(port)
    named, addressed = _name(name), _address(address)
    if named is None and addressed is None and in_file is not None:
        named, kept = _split(in_file) or (None, None)
        given = given or kept
    nodes = read_ranges("node_addresses", node_addresses) or _nodes_in(known)
    chosen = named or addressed
    if chosen is None:
        warnings = ["endpoint-required" if many else "endpoint-missing"]
        return Advice(
            function="endpoint",
            choice=None,
            reasons=(reason("endpoint-cannot-add-later"),),
            warnings=(*map(reason, warnings), *about_minor(k)),
            about={"kubernetes": k},
        )
    default = _HAPROXY_PORT if by == "haproxy-local" else _API_PORT
    choice = chosen.with_port(given or default)
    reasons = ["endpoint-address" if chosen.is_address else "endpoint-dns"]
    if given is None:
        reasons.append("haproxy-port" if by == "haproxy-local" else "endpoint-port-6443")
    given_hosts = (one for one in (named, addressed) if one is not None and one.is_address)
    node = next((one.text for one in given_hosts if _is_among(one.text, nodes)), None)
    told = {
        "endpoint-prefer-dns": chosen.is_address,
        "haproxy-port-clash": by == "haproxy-local" and given == _API_PORT,
        "endpoint-is-a-node": node is not None,
        "endpoint-needs-balancer": many and by is None,
        "endpoint-change-certificates": now is not None and _differs(now, chosen, given or default),
    }
    values = {"choice": choice, "host": chosen.text, "node": node, "current": now}
    return Advice(
        function="endpoint",
        choice=choice,
        reasons=tuple(reason(one, **values) for one in reasons),
        warnings=(*(reason(one, **values) for one, holds in told.items() if holds), *about_minor(k)),
        settings={_PATH: choice},
        edits=(InDocument(CLUSTER, _PATH, choice),),
        about={"kubernetes": k},
    )


CLUSTER: Final = "ClusterConfiguration"


def _port(value: Any) -> int | None:
    found = count("port", value, 1)
    if found is not None and not is_port(str(found)):
        raise ValueError(f"port is a number from 1 to 65535, not {value!r}")
    return found


def _host(value: str) -> _Host | None:
    bare = value.strip().lower()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    if parse_ip(bare) is not None:
        return _Host(text=bare, is_address=True)
    return _Host(text=bare, is_address=False) if is_dns1123_subdomain(bare) else None


def _name(value: Any) -> _Host | None:
    given = text("name", value)
    found = None if given is None else _host(given)
    if given is not None and found is None:
        raise ValueError(f"name is a DNS name such as api.example.test, without a port, not {value!r}")
    return found


def _address(value: Any) -> _Host | None:
    given = text("address", value)
    found = None if given is None else _host(given)
    if given is not None and (found is None or not found.is_address):
        raise ValueError(f"address is an IP address such as 192.168.6.159, without a port, not {value!r}")
    return found


def _split(value: str) -> tuple[_Host, int | None] | None:
    """Host and port of an endpoint; None when it is none."""
    cut = host_port(value) or (value, "")
    found = _host(cut[0])
    if found is None or (cut[1] and not is_port(cut[1])):
        return None
    return found, int(cut[1]) if cut[1] else None


def _differs(current: str, chosen: _Host, port: int) -> bool:
    now = _split(current)
    return now is None or (now[0].text, now[1] or _API_PORT) != (chosen.text, port)


def _is_among(address: str, nodes: Iterable[Any]) -> bool:
    return any(one.overlaps(other) for one in read_ranges("address", [address]) for other in nodes)


def _nodes_in(known: Known) -> tuple[Any, ...]:
    texts = (
        known.text("InitConfiguration", "localAPIEndpoint.advertiseAddress"),
        *(known.host.addresses or ()),
    )
    return read_ranges("node_addresses", [one for one in texts if one and parse_ip(one) is not None])
