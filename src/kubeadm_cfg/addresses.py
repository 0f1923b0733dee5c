"""IP addresses and CIDRs as Go's net package reads them; netaddr sees only what passed this grammar."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from netaddr import IPAddress, IPNetwork

__all__ = ["family_of", "parse_cidr", "parse_ip", "sloppy_cidr", "sloppy_ip"]

# Four decimal numbers without leading zeros (Go 1.17 and later refuse `010.0.0.1`).
_OCTET: Final = r"(?:0|[1-9][0-9]{0,2})"
_IPV4: Final = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
_GROUP: Final = re.compile(r"[0-9A-Fa-f]{1,4}", re.ASCII)
_LENGTH: Final = re.compile(r"0*([0-9]{1,3})", re.ASCII)
# The zeros that k8s.io/utils lets through, as Go did before 1.17.
_ZEROS: Final = re.compile(r"(?<![0-9A-Fa-f.])0+(?=[0-9]+\.)|(?<=\.)0+(?=[0-9])")
_LENGTH_ZEROS: Final = re.compile(r"\A0+(?=[0-9])")


def parse_ip(text: str) -> IPAddress | None:
    """The address in `text` as Go's `net.ParseIP` reads it, else None (a port, a zone, blanks, a prefix).

    >>> parse_ip("10.96.0.10")
    IPAddress('10.96.0.10')
    >>> parse_ip("010.96.0.10") is None
    True
    """
    from netaddr import IPAddress

    if _is_ipv4(text) or _is_ipv6(text):
        return IPAddress(text)
    return None


def parse_cidr(text: str) -> IPNetwork | None:
    """The range in `text` as Go's `net.ParseCIDR` reads it, else None; host bits are kept, `.cidr` clears them.

    >>> parse_cidr("10.244.1.2/16").cidr
    IPNetwork('10.244.0.0/16')
    >>> parse_cidr("10.244.0.0") is None
    True
    """
    from netaddr import IPNetwork

    address, slash, length = text.partition("/")
    width = 32 if _is_ipv4(address) else 128 if _is_ipv6(address) else -1
    bits = _LENGTH.fullmatch(length)
    if not slash or bits is None or int(bits[1]) > width:
        return None
    return IPNetwork(f"{address}/{int(bits[1])}")


@lru_cache(2048)
def sloppy_ip(text: str) -> IPAddress | None:
    """The address as `ParseIPSloppy` of k8s.io/utils reads it: decimal octets may have leading zeros."""
    return parse_ip(_ZEROS.sub("", text))


@lru_cache(2048)
def sloppy_cidr(text: str) -> IPNetwork | None:
    """The range as `ParseCIDRSloppy` of k8s.io/utils reads it: octets and the length may have leading zeros."""
    address, slash, length = text.partition("/")
    return parse_cidr(_ZEROS.sub("", address) + slash + _LENGTH_ZEROS.sub("", length))


def family_of(found: IPAddress | IPNetwork) -> int:
    """The family as Go tells it: IPv4 also where it is written as IPv6 (`::ffff:10.0.0.1`, `::ffff:10.0.0.0/112`)."""
    from netaddr import IPNetwork

    address = found.network if isinstance(found, IPNetwork) else found
    return 4 if address.is_ipv4_mapped() else int(address.version)


def _is_ipv4(text: str) -> bool:
    return _IPV4.fullmatch(text) is not None and all(int(octet) <= 255 for octet in text.split("."))


def _is_ipv6(text: str) -> bool:
    if ":" not in text or text.count("::") > 1 or ":::" in text:
        return False
    head, elided, tail = text.partition("::")
    groups: list[Any] = [part for side in (head, tail) if side for part in side.split(":")]
    size = 0
    for number, group in enumerate(groups):
        if number == len(groups) - 1 and "." in group:
            if not _is_ipv4(group) or not (tail or not elided):
                return False
            size += 2
        elif _GROUP.fullmatch(group):
            size += 1
        else:
            return False
    return size < 8 if elided else size == 8
