"""The connections a cluster needs as rules for nft and iptables. What is needed is not decided here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, get_args

from kubeadm_cfg.addresses import parse_cidr, parse_ip
from kubeadm_cfg.errors import ConfigError

if TYPE_CHECKING:
    from kubeadm_cfg.deployment.ports import Port, Ports

__all__ = ["Family", "Role", "iptables_text", "nft_text"]

Role = Literal["control-plane", "node"]
Family = Literal["ipv4", "ipv6"]
_TARGETS: Final[dict[Role | None, tuple[str, ...]]] = {
    None: ("control planes", "nodes"),
    "control-plane": ("control planes", "nodes"),
    "node": ("nodes",),
}
_NUMBERS: Final = {"esp": 50, "ipip": 4}
_SADDR: Final[dict[Family, str]] = {"ipv4": "ip", "ipv6": "ip6"}


def nft_text(ports: Ports, role: Role | None, nodes: Sequence[str], control_planes: Sequence[str]) -> str:
    """As `Ports.to_nft`."""
    known = _known(ports, nodes, control_planes)
    lines = [
        "# Load with nft -f, then let the chain that hooks input `jump kubernetes`, and that of forward",
        "# `jump kubernetes_forward`. Until then nothing changes.",
        *_elsewhere(ports),
        "table inet filter {",
        "\tchain kubernetes { }",
        "\tchain kubernetes_forward { }",
        "}",
        "flush chain inet filter kubernetes",
        "flush chain inet filter kubernetes_forward",
        "table inet filter {",
        "\tchain kubernetes {",
    ]
    for row in _opened(ports, role):
        match = f"{row.protocol} dport {row.port}" if row.port else f"meta l4proto {_NUMBERS[row.protocol]}"
        allowed = _allowed(row, known)
        starts = [""] if allowed is None else [f"{_SADDR[f]} saddr {_set(of)} " for f in _SADDR if (of := allowed[f])]
        lines += [f'\t\t{start}{match} accept comment "{row.name}"' for start in starts]
    lines += ["\t}", "\tchain kubernetes_forward {"]
    for network in ports.pod_ranges:
        ip = _SADDR[_family(network)]
        lines += [f'\t\t{ip} {way} {network} accept comment "pods"' for way in ("saddr", "daddr")]
    return "\n".join([*lines, "\t}", "}"]) + "\n"


def iptables_text(
    ports: Ports, role: Role | None, nodes: Sequence[str], control_planes: Sequence[str], family: Family
) -> str:
    """As `Ports.to_iptables`."""
    if family not in get_args(Family):
        raise ValueError(f"{family!r} is no family; there are ipv4 and ipv6")
    known = _known(ports, nodes, control_planes)
    program = "iptables" if family == "ipv4" else "ip6tables"
    lines = [
        f"# Load with {program}-restore --noflush, then once: {program} -I INPUT -j KUBERNETES",
        f"# and {program} -I FORWARD -j KUBERNETES-FORWARD. Until then nothing changes.",
        *_elsewhere(ports),
        "*filter",
        ":KUBERNETES - [0:0]",
        ":KUBERNETES-FORWARD - [0:0]",
    ]
    for row in _opened(ports, role):
        if row.protocol == "ipip" and family == "ipv6":
            continue
        port = f" --dport {row.port.replace('-', ':')}" if row.port else ""
        match = f"-p {_NUMBERS.get(row.protocol, row.protocol)}{port}"
        allowed = _allowed(row, known)
        starts = [""] if allowed is None else [f"-s {address} " for address in allowed[family]]
        comment = f'-m comment --comment "{row.name}"'
        lines += [f"-A KUBERNETES {start}{match} {comment} -j ACCEPT" for start in starts]
    for network in ports.pod_ranges:
        if _family(network) == family:
            lines += [f"-A KUBERNETES-FORWARD {way} {network} -j ACCEPT" for way in ("-s", "-d")]
    return "\n".join([*lines, "COMMIT"]) + "\n"


def _opened(ports: Ports, role: Role | None) -> Iterator[Port]:
    """The rows of machines of that role that somebody else has to reach."""
    if role not in _TARGETS:
        raise ValueError(f"{role!r} is no role; there are control-plane and node")
    seen = set()
    for row in ports:
        mark = (row.protocol, row.port, row.sources)
        if row.target in _TARGETS[role] and row.protocol != "none" and row.sources != ("itself",) and mark not in seen:
            seen.add(mark)
            yield row


def _elsewhere(ports: Ports) -> Iterator[str]:
    """What has to be open on other machines, as comments."""
    for row in ports:
        if row.target not in _TARGETS[None]:
            told = f"# On {row.target}: {row.protocol} {row.port} from {', '.join(row.sources)} ({row.name})"
            yield "".join(letter if letter.isprintable() else "?" for letter in told)


Known = dict[str, tuple[str, ...]]


def _known(ports: Ports, nodes: Sequence[str], control_planes: Sequence[str]) -> Known:
    """Who has which addresses, as far as they are known."""
    masters = tuple(map(_network, control_planes))
    workers = tuple(map(_network, nodes))
    everybody = workers + masters if workers else ()
    # What leaves a node for another one bears the node's address, so pods come from there, too.
    return {
        "nodes": everybody,
        "control planes": masters or workers,
        "pods": everybody and everybody + ports.pod_ranges,
    }


def _allowed(row: Port, known: Known) -> dict[Family, tuple[str, ...]] | None:
    """The addresses a row is open to, by family; None is everybody."""
    from netaddr import cidr_merge

    if not all(known.get(source) for source in row.sources):
        return None
    merged = cidr_merge([address for source in row.sources for address in known[source]])
    texts = [str(network).removesuffix("/32").removesuffix("/128") for network in merged]
    return {family: tuple(text for text in texts if _family(text) == family) for family in get_args(Family)}


def _set(addresses: Sequence[str]) -> str:
    return addresses[0] if len(addresses) == 1 else "{ " + ", ".join(addresses) + " }"


def _network(text: str) -> str:
    found = parse_cidr(text)
    if found is not None:
        return str(found.cidr)
    address = parse_ip(text)
    if address is None:
        raise ConfigError(f"{text!r} is no address and no range of addresses")
    return str(address)


def _family(network: str) -> Family:
    return "ipv6" if ":" in network else "ipv4"
