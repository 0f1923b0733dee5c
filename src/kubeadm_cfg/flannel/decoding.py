"""net-conf.json decoded as flanneld's ParseConfig does, a fault for each value it refuses. No arithmetic is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from kubeadm_cfg.addresses import parse_cidr, parse_ip
from kubeadm_cfg.flannel.facts import TOP, Release
from kubeadm_cfg.flannel.reader import JsonError, Value, fold, parse

__all__ = ["READERS", "Fault", "NetConfValues", "Range", "decode", "members_of", "read_members"]

_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)
_V4_IN_V6: Final = 0xFFFF
_ABSENT: Final[Any] = object()


class Range(NamedTuple):
    """A CIDR as flannel keeps it: the first address as a number, and the prefix length."""

    first: int
    length: int

    @property
    def is_empty(self) -> bool:
        """Whether flannel takes it for absent."""
        return self == (0, 0)


class Fault(NamedTuple):
    """What is wrong, and where in the text."""

    code: str
    message: str
    offset: int
    path: str
    type: str = "Invalid"


class Refused(ValueError):
    """One value does not decode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NetConfValues:
    """What flanneld has after ParseConfig: the decoded keys, the backend's name as written, and its value."""

    __slots__ = ("backend", "backend_type", "places", "root", "values")

    def __init__(self, root: Value) -> None:
        self.root = root
        self.values: dict[str, Any] = {}
        self.places: dict[str, int] = {}
        self.backend: Value | None = None
        self.backend_type = "udp"


def _typed(value: Value, kind: str, wanted: str) -> None:
    if value.kind != kind:
        raise Refused("json-type", f"must be {wanted}, not {_named(value)}")


def _named(value: Value) -> str:
    return {"object": "an object", "array": "a list", "string": "a text", "number": "a number"}.get(
        value.kind, value.raw
    )


def _bool(value: Value) -> Any:
    if value.kind == "null":
        return _ABSENT
    _typed(value, "bool", "true or false")
    return value.scalar


def _string(value: Value) -> Any:
    if value.kind == "null":
        return _ABSENT
    _typed(value, "string", "a text")
    return value.scalar


def _whole(value: Value, low: int, high: int) -> Any:
    if value.kind == "null":
        return _ABSENT
    _typed(value, "number", "a whole number")
    digits = len(value.raw)
    if not _INTEGER.fullmatch(value.raw) or digits > len(str(high)) + 1:
        raise Refused("json-type", f"must be a whole number without fraction or exponent, not {value.raw[:40]}")
    number = int(value.raw)
    if not low <= number <= high or (low == 0 and value.raw.startswith("-")):
        raise Refused("json-type", f"{value.raw[:40]} is out of range")
    return number


def _int(value: Value) -> Any:
    return _whole(value, -(2**63), 2**63 - 1)


def _uint(value: Value) -> Any:
    return _whole(value, 0, 2**64 - 1)


def _bare(value: Value) -> str:
    """The raw text that flannel's own decoders see: escapes are not undone."""
    return value.raw.strip('"') if value.kind == "string" else ""


def _range(value: Value) -> Range:
    found = parse_cidr(_bare(value))
    if found is None:
        raise Refused("bad-cidr", "must be a CIDR in a text, written without escapes, blanks and leading zeros")
    return Range(int(found.cidr.first) if found.version == 6 else _V4_IN_V6 << 32 | int(found.first), found.prefixlen)


def _cidr4(value: Value) -> Range:
    found = _range(value)
    if found.first >> 32 != _V4_IN_V6:
        raise Refused("not-ipv4-cidr", "must be an IPv4 CIDR")
    return Range(found.first & 0xFFFFFFFF, found.length)


def _cidr6(value: Value) -> Range:
    return _range(value)


def _address(value: Value) -> int:
    found = parse_ip(_bare(value))
    if found is None:
        raise Refused("bad-ip", "must be an address without a prefix, in a text without escapes and blanks")
    return int(found) if found.version == 6 else _V4_IN_V6 << 32 | int(found)


def _ip4(value: Value) -> int:
    found = _address(value)
    if found >> 32 != _V4_IN_V6:
        raise Refused("not-ipv4-address", "must be an IPv4 address")
    return found & 0xFFFFFFFF


def _ip6(value: Value) -> Any:
    return None if value.kind == "null" else _address(value)


READERS: Final[Mapping[str, Callable[[Value], Any]]] = {
    "bool": _bool,
    "int": _int,
    "uint": _uint,
    "string": _string,
    "cidr4": _cidr4,
    "cidr6": _cidr6,
    "ip4": _ip4,
    "ip6": _ip6,
}
"""How each type is read; None stands for null where that is a value."""


def members_of(value: Value, names: Mapping[str, tuple[str, Release]], release: Release) -> dict[str, list[Any]]:
    """The members that a release reads, under the names it knows them by, in the order of the text."""
    folded = {fold(name): name for name, (_, since) in names.items() if since <= release}
    found: dict[str, list[Any]] = {}
    for member in value.members:
        name = folded.get(fold(member.key))
        if name is not None:
            found.setdefault(name, []).append(member)
    return found


def read_members(
    value: Value, names: Mapping[str, tuple[str, Release]], release: Release, prefix: str = ""
) -> tuple[dict[str, Any], dict[str, int], list[Fault]]:
    """The values of an object's known members, their places, and what does not decode; the last of duplicates counts.

    Every one of them has to decode; null leaves a boolean, number or text as it was.
    """
    values: dict[str, Any] = {}
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for name, members in members_of(value, names, release).items():
        read = READERS.get(names[name][0])
        for member in members if read is not None else ():
            places[name] = member.value.start
            try:
                found = read(member.value) if read is not None else _ABSENT
            except Refused as refused:
                path = f"{prefix}{member.key}"
                faults.append(Fault(refused.code, f"{path} {refused.message}", member.value.start, path))
                continue
            if found is not _ABSENT:
                values[name] = found
    return values, places, faults


def decode(text: str, release: Release) -> tuple[NetConfValues | None, list[Fault]]:
    """What ParseConfig makes of a text before any arithmetic, and why it refuses it.

    >>> found, faults = decode('{"network": "10.244.0.0/16"}', (0, 28, 9))
    >>> found.backend_type, faults
    ('udp', [])
    """
    try:
        root = parse(text)
    except JsonError as error:
        return None, [Fault("json-syntax", f"not JSON: {error.message}", error.offset, "")]
    conf = NetConfValues(root)
    if root.kind == "null":
        return conf, []
    if root.kind != "object":
        return None, [Fault("json-type", f"the configuration must be an object, not {_named(root)}", root.start, "")]
    conf.values, conf.places, faults = read_members(root, TOP, release)
    for name in ("Networks", "IPv6Networks"):
        faults += _lists(root, name, release)
    for member in root.named("Backend"):
        conf.backend = member.value
    if conf.backend is not None:
        faults += _backend_type(conf, conf.backend)
    return conf, faults


def _lists(root: Value, name: str, release: Release) -> list[Fault]:
    """The lists that ParseConfig decodes from v0.20.0 on and then forgets."""
    faults = []
    for member in root.named(name) if (0, 20, 0) <= release < (0, 25, 0) else ():
        if member.value.kind not in ("array", "null"):
            faults.append(Fault("json-type", f"{member.key} must be a list", member.value.start, member.key))
        for item in member.value.items:
            try:
                (_cidr4 if name == "Networks" else _cidr6)(item)
            except Refused as refused:
                faults.append(Fault(refused.code, f"{member.key} {refused.message}", item.start, member.key))
    return faults


def _backend_type(conf: NetConfValues, backend: Value) -> list[Fault]:
    conf.backend_type = ""
    if backend.kind == "null":
        return []
    if backend.kind != "object":
        return [Fault("json-type", f"Backend must be an object, not {_named(backend)}", backend.start, "Backend")]
    values, places, faults = read_members(backend, {"Type": ("string", (0, 0, 0))}, (0, 0, 0), "Backend.")
    conf.backend_type = values.get("Type", "")
    conf.places["Backend.Type"] = places.get("Type", backend.start)
    return faults
