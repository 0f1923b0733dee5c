"""Flags of the control plane, kubelet, kube-proxy and etcd per minor, and what their values may be. No rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from kubeadm_cfg.addresses import parse_cidr, parse_ip
from kubeadm_cfg.numbers import is_port_range
from kubeadm_cfg.quantities import canonical_quantity
from kubeadm_cfg.values import Duration

__all__ = ["FIRST_READ", "LAST_READ", "Flag", "flags_of", "normalized", "parse"]

FIRST_READ: Final = 23
LAST_READ: Final = 36


class Flag:
    """One flag of one component. Minors are numbers (31 for 1.31); None means outside what was read."""

    __slots__ = (
        "config_field",
        "deprecated",
        "gist",
        "kubeadm_sets",
        "name",
        "removed",
        "since",
        "type",
        "undeprecated",
    )

    def __init__(self, name: str, facts: Mapping[str, Any]) -> None:
        self.name = name
        self.type: str = facts["type"]
        self.since = _minor(facts, "since")
        self.removed = _minor(facts, "removed")
        self.deprecated = _minor(facts, "deprecated")
        self.undeprecated = _minor(facts, "undeprecated")
        self.gist: str | None = facts["deprecated_gist"]
        self.kubeadm_sets: str | None = facts["kubeadm_sets"]
        field = facts["config_field"]
        self.config_field: str | None = field.partition(".")[2] if field else None

    def __repr__(self) -> str:
        return f"<Flag --{self.name}>"

    def is_known(self, minor: int) -> bool:
        """Whether the component of that minor takes the flag."""
        return (self.since is None or self.since <= minor) and (self.removed is None or minor < self.removed)

    def is_deprecated(self, minor: int) -> bool:
        """Whether the component of that minor warns of the flag."""
        if self.deprecated is None or minor < self.deprecated:
            return False
        return self.undeprecated is None or minor < self.undeprecated


def _minor(facts: Mapping[str, Any], name: str) -> int | None:
    """A minor of Kubernetes; etcd's flags name the minor whose kubeadm brings their release."""
    text = facts.get(f"{name}_kubernetes") or facts.get(name)
    return int(text.split(".")[1]) if text else None


@cache
def flags_of(component: str) -> dict[str, Flag]:
    """Every flag of a component (`kube-apiserver`, `kubelet`, `etcd` ...) in any minor, by name.

    >>> flags_of("kubelet")["max-pods"].config_field
    'maxPods'
    """
    text = files("kubeadm_cfg").joinpath("data/flags.json").read_text("utf-8")
    return {name: Flag(name, facts) for name, facts in json.loads(text)["components"][component].items()}


def normalized(component: str, name: str) -> str:
    """The name as the component looks it up: all but etcd take underscores for dashes."""
    return name if component == "etcd" else name.replace("_", "-")


# -- values ------------------------------------------------------------------------------------------------------------
_BOOLEANS: Final = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?:0[xX]_?(?P<hex>[0-9a-fA-F_]+)|0[bB]_?(?P<binary>[01_]+)|0[oO]?_?(?P<octal>[0-7_]+)"
    r"|(?P<decimal>[1-9][0-9_]*|0))",
    re.ASCII,
)
_BASES: Final = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_FLOAT: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?)|nan", re.ASCII | re.IGNORECASE
)


def parse(flag: Flag, text: str) -> Any:
    """The value a flag's text stands for, as plain data or `Duration`. Types that take any text give it back.

    Raises:
        ValueError: the flag's type cannot read the text, so that the component does not start.
    """
    if flag.name == "feature-gates" and flag.type != "value":  # etcd's own type is not read
        return _gates(text)
    reader = _READERS.get(flag.type)
    return text if reader is None else reader(text)


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError("must be true or false")
    return _BOOLEANS[text]


def _integer(bits: int, *, signed: bool) -> Callable[[str], int]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)

    def read(text: str) -> int:
        match = _NUMBER.fullmatch(text)
        if match is None or text.endswith("_") or "__" in text:
            raise ValueError("must be a whole number without a unit")
        (base,) = (name for name in _BASES if match[name] is not None)
        value = int(match["sign"] + match[base].replace("_", ""), _BASES[base])
        if not low <= value <= high or (match["sign"] and not signed):
            raise ValueError(f"must lie between {low} and {high}")
        return value

    return read


def _float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError("must be a number without a unit")
    return float(text)


def _quantity(text: str) -> str:
    return canonical_quantity(text)


def _address(text: str) -> str:
    if parse_ip(text.strip()) is None:
        raise ValueError("must be one IP address")
    return text.strip()


def _ranges(text: str) -> list[str]:
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    if not all(parse_cidr(entry) for entry in entries):
        raise ValueError("must be CIDRs with commas between")
    return entries


def _list(text: str) -> list[str]:
    return text.split(",") if text else []


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for pair in text.split(","):
        if pair.strip():
            match = re.fullmatch(r"\s*([^=<]*?)\s*[=<](.*)", pair, re.DOTALL)
            if match is None:
                raise ValueError("must be name=value pairs with commas between")
            found[match[1]] = match[2].strip()
    return found


def _gates(text: str) -> dict[str, bool]:
    """name=bool pairs; from 1.31 on a component's name and a colon may stand before each."""
    return {name.rpartition(":")[2]: _boolean(value) for name, value in _pairs(text).items()}


def _port_range(text: str) -> str:
    if text.strip() and not is_port_range(text):
        raise ValueError("must be a range of ports such as 30000-32767")
    return text


_SEVERITIES: Final = ("INFO", "WARNING", "ERROR", "FATAL")


def _severity(text: str) -> str:
    if text.upper() not in _SEVERITIES:
        _integer(32, signed=True)(text)
    return text


def _key_pair(text: str) -> str:
    parts = text.split(":", 1)[0].split(",")
    if len(parts) != 2 or not all(part.strip() for part in parts):
        raise ValueError("must be certfile,keyfile, with :names behind it if need be")
    return text


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "bool": _boolean,
    "duration": Duration,
    "int": _integer(64, signed=True),
    "int32": _integer(32, signed=True),
    "int64": _integer(64, signed=True),
    "uint": _integer(64, signed=False),
    "uint64": _integer(64, signed=False),
    "Level": _integer(32, signed=True),
    "float32": _float,
    "float64": _float,
    "quantity": _quantity,
    "ip": _address,
    "cidrs": _ranges,
    "stringSlice": _list,
    "stringToString": _pairs,
    "mapStringString": _pairs,
    "mapStringBool": _gates,
    "portRange": _port_range,
    "port-range": _port_range,
    "severity": _severity,
    "namedCertKey": _key_pair,
}
