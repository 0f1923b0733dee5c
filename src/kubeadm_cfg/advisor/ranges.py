"""Ranges of addresses: reading those that are taken, and finding a free one. What is recommended is elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

from kubeadm_cfg.addresses import parse_cidr, parse_ip

__all__ = ["Range", "bits", "cloud_ranges", "cluster_facts", "first_free", "read_ranges", "route_ranges", "searched"]

_WIDTH: Final = {4: 32, 6: 128}


class Range(NamedTuple):
    """A range of addresses as numbers: the first address and the length of the prefix."""

    version: Literal[4, 6]
    first: int
    prefix: int

    @classmethod
    def of(cls, text: str) -> Range | None:
        """The range of a CIDR or a single address, as Go reads them; None of any other text.

        >>> str(Range.of("10.244.1.2/16")), str(Range.of("10.0.0.5"))
        ('10.244.0.0/16', '10.0.0.5/32')
        """
        network = parse_cidr(text)
        if network is not None:
            return cls(network.version, int(network.cidr.first), network.prefixlen)
        address = parse_ip(text)
        return None if address is None else cls(address.version, int(address), _WIDTH[address.version])

    @property
    def last(self) -> int:
        return self.first + self.size - 1

    @property
    def size(self) -> int:
        """How many addresses there are."""
        return 1 << (_WIDTH[self.version] - self.prefix)

    def __str__(self) -> str:
        return f"{self.address(0)}/{self.prefix}"

    def address(self, number: int) -> str:
        """The address of that number, counted from the first one, which is 0."""
        from netaddr import IPAddress

        return str(IPAddress(self.first + number, self.version))

    def overlaps(self, other: Range) -> bool:
        """Whether an address is in both."""
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def is_free(self, taken: Iterable[Range]) -> bool:
        """Whether it overlaps none of them."""
        return not any(map(self.overlaps, taken))


def bits(number: int) -> int:
    """The bits that tell so many apart: ceil(log2(number)).

    >>> bits(1), bits(220), bits(256), bits(257)
    (0, 8, 8, 9)
    """
    return (number - 1).bit_length()


def read_ranges(name: str, value: Any) -> tuple[Range, ...]:
    """The ranges of CIDRs and addresses: a list of texts, or one text with commas. 0.0.0.0/0 and ::/0 are left out.

    Raises:
        ValueError: an entry is neither.
    """
    if value is None:
        return ()
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, Iterable):
        raise ValueError(f"{name} is a list of addresses and CIDRs, not {value!r}")
    found = []
    for entry in entries:
        one = Range.of(str(entry).strip())
        if one is None:
            raise ValueError(f"{name}: {str(entry).strip()!r} is no address and no CIDR such as 10.0.0.0/8")
        found.append(one)
    return tuple(one for one in found if one.prefix)


_NO_TARGET: Final = ("default", "blackhole", "unreachable", "local", "broadcast")
_TYPES: Final = ("unicast", "prohibit", "throw", "multicast", "anycast", "nat")
_OWN_DEVICES: Final = ("cni0", "kube-ipvs0")
_OWN_PREFIXES: Final = ("flannel", "veth")


def route_ranges(routes: Any) -> tuple[Range, ...]:
    r"""The ranges that `ip route show` has routes to, but for the default route and those the cluster makes itself.

    >>> shown = "default via 10.0.0.1 dev eth0\n10.0.0.0/24 dev eth0\n10.244.1.0/24 dev cni0"
    >>> [str(one) for one in route_ranges(shown)]
    ['10.0.0.0/24']

    Raises:
        ValueError: it is no text and no list of lines.
    """
    if routes is None:
        return ()
    lines = routes.splitlines() if isinstance(routes, str) else routes
    if not isinstance(lines, Iterable):
        raise ValueError(f"routes is the text of `ip route show`, not {routes!r}")
    return tuple(filter(None, map(_of_route, lines)))


def _of_route(line: Any) -> Range | None:
    words = str(line).split()
    if not words or words[0] in _NO_TARGET:
        return None
    device = words[words.index("dev") + 1 :][:1] if "dev" in words else []
    if any(name in _OWN_DEVICES or name.startswith(_OWN_PREFIXES) for name in device):
        return None
    target = words[1:2] if words[0] in _TYPES else words[:1]
    found = Range.of(target[0]) if target else None
    return found if found is not None and found.prefix else None


# -- what is known ----------------------------------------------------------------------------------------------------
@cache
def cluster_facts() -> dict[str, Any]:
    """Private ranges, ranges that other software takes by default, clouds, tested sizes."""
    found: dict[str, Any] = json.loads(files("kubeadm_cfg").joinpath("data/clusters.json").read_text("utf-8"))
    return found


def _known(text: str) -> Range:
    found = Range.of(text)
    assert found is not None  # a table of ours
    return found


@cache
def _common_defaults() -> tuple[Range, ...]:
    return tuple(one for row in cluster_facts()["common_defaults"] for one in _from_to(row))


def _from_to(row: dict[str, str]) -> Iterator[Range]:
    first, last = _known(row["cidr"]), _known(row.get("to", row["cidr"]))
    for start in range(first.first, last.first + 1, first.size):
        yield first._replace(first=start)


@cache
def _blocks(kind: str) -> tuple[Range, ...]:
    return tuple(_known(row["cidr"]) for row in cluster_facts()["private"] if row["kind"] == kind)


@cache
def cloud_ranges(cloud: str | None) -> tuple[Range, ...]:
    """The ranges that a cloud uses itself or refuses."""
    return tuple(_known(text) for row in cluster_facts()["clouds"] if row["cloud"] == cloud for text in row["ranges"])


# -- the search -------------------------------------------------------------------------------------------------------
def first_free(blocks: Sequence[Range], prefix: int, taken: Sequence[Range]) -> Range | None:
    """The lowest aligned range of that size within the blocks, in their order, that overlaps nothing taken.

    >>> str(first_free([Range.of("10.0.0.0/8")], 14, [Range.of("10.1.0.0/16")]))
    '10.4.0.0/14'
    """
    for block in blocks:
        if prefix < block.prefix:
            continue
        size = block._replace(prefix=prefix).size
        start = block.first
        while start + size - 1 <= block.last:
            found = Range(block.version, start, prefix)
            ends = [other.last for other in taken if found.overlaps(other)]
            if not ends:
                return found
            start = (max(ends) // size + 1) * size
    return None


class Found(NamedTuple):
    """What a search found, and what has to be said of it."""

    range: Range
    is_narrow: bool
    is_common: bool
    is_shared: bool


def searched(prefix: int, taken: Sequence[Range]) -> Found | None:
    """A free IPv4 range: private before shared, outside of what others take by default, a /16 before a narrower."""
    sizes = dict.fromkeys((min(prefix, 16), prefix))
    for kind, avoided in (("private", _common_defaults()), ("private", ()), ("shared", ())):
        for size in sizes:
            found = first_free(_blocks(kind), size, [*taken, *avoided])
            if found is not None:
                is_common = kind == "private" and not avoided
                return Found(found, size > min(prefix, 16), is_common, kind == "shared")
    return None
