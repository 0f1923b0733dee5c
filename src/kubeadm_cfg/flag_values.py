"""What the Go types of flags read: one reader for each type, and for the few flags that have one of their own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final

from kubeadm_cfg.addresses import parse_cidr, parse_ip, sloppy_ip
from kubeadm_cfg.numbers import atoi, is_port_range
from kubeadm_cfg.quantities import canonical_quantity
from kubeadm_cfg.values import Duration

__all__ = ["BOOLEANS", "Reader", "reader_of"]

Reader = Callable[[str], Any]
"""The value a text stands for; ValueError, with what it must be, where the type refuses the text."""

BOOLEANS: Final = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?:0[xX]_?(?P<hex>[0-9a-fA-F_]+)|0[bB]_?(?P<binary>[01_]+)|0[oO]?_?(?P<octal>[0-7_]+)"
    r"|(?P<decimal>[1-9][0-9_]*|0))",
    re.ASCII,
)
_BASES: Final = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
_MOST_DIGITS: Final = 400  # more cannot fit any type, and Python refuses thousands
_FLOAT: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)", re.ASCII | re.IGNORECASE
)
_MAX_FLOAT32: Final = 3.4028235677973366e38
_CSV_FIELD: Final = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
_CSV: Final = re.compile(rf"{_CSV_FIELD}(?:,{_CSV_FIELD})*")


def reader_of(name: str, type_: str, minor: int) -> Reader | None:
    """The reader of a flag by its name and Go type at a minor; None where any text is read."""
    if type_ == "ip":
        return _kubelet_address if name in _KUBELET_ADDRESSES else _optional_address if minor >= 34 else _address
    return _OF_ETCD.get(name) if type_ == "value" else _OF_FLAG.get(name) or _OF_TYPE.get(type_)


# -- numbers and booleans ----------------------------------------------------------------------------------------------
def _boolean(text: str) -> bool:
    if text not in BOOLEANS:
        raise ValueError("must be true or false")
    return BOOLEANS[text]


def _integer(bits: int, *, signed: bool) -> Reader:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)

    def read(text: str) -> int:
        match = _NUMBER.fullmatch(text) if len(text) < _MOST_DIGITS else None
        if match is None or text.endswith("_") or "__" in text:
            raise ValueError("must be a whole number without a unit")
        (base,) = (name for name in _BASES if match[name] is not None)
        value = int(match["sign"] + match[base].replace("_", ""), _BASES[base])
        if not low <= value <= high or (match["sign"] and not signed):
            raise ValueError(f"must lie between {low} and {high}")
        return value

    return read


def _level(text: str) -> int:
    value = atoi(text)
    if value is None or not text.isdigit() or value >= 2**31:
        raise ValueError("must be a whole number that is not negative")
    return value


def _float(most: float) -> Reader:
    def read(text: str) -> float:
        if not _FLOAT.fullmatch(text):
            raise ValueError("must be a number without a unit")
        value = float(text)
        if math.isinf(value) and text.strip("+-")[:1].isdigit():
            raise ValueError("is too large")
        if math.isfinite(value) and abs(value) > most:
            raise ValueError("is too large")
        return value

    return read


# -- lists and maps ----------------------------------------------------------------------------------------------------
def _list(text: str) -> list[str]:
    if not _CSV.fullmatch(text):
        raise ValueError("must be a list with commas between, and quotes only around a whole entry")
    return [entry.strip('"') for entry in re.findall(rf"(?:^|,)({_CSV_FIELD})", text)] if text else []


def _numbers(text: str) -> list[int]:
    read = _integer(32, signed=True)
    return [read(entry) for entry in text.split(",")]


def _map(mark: str, *, split: bool = True, lenient: bool = False) -> Callable[[str], dict[str, str]]:
    """Pairs with `mark` between name and value and, with `split`, commas between; `lenient` needs no mark."""

    def read(text: str) -> dict[str, str]:
        found = {}
        for pair in text.split(",") if split else [text]:
            name, between, value = pair.partition(mark)
            if not pair and split:
                continue
            if not between and not lenient:
                raise ValueError(f"must be name{mark}value pairs" + (" with commas between" if split else ""))
            found[name.strip()] = value.strip()
        return found

    return read


def _string_to_string(text: str) -> dict[str, str]:
    entries = [text.strip('"')] if text.count("=") == 1 else _list(text)
    if not text or not all("=" in entry for entry in entries):
        raise ValueError("must be formatted as key=value")
    return {name: value for name, _, value in (entry.partition("=") for entry in entries)}


def _gates(text: str) -> dict[str, bool]:
    return {name: _boolean(value) for name, value in _PAIRS(text).items()}


def _gates_by_component(text: str) -> dict[str, str]:
    """Gates with the component and a colon before each if need be; what is set is looked at when all flags are read."""
    return _LENIENT_PAIRS(",".join(pair.rpartition(":")[2] for pair in text.split(",")))


_PAIRS: Final = _map("=")
_LENIENT_PAIRS: Final = _map("=", lenient=True)


def _taints(text: str) -> list[dict[str, str]]:
    from kubeadm_cfg.checks.names import is_label_value, is_qualified_name

    found: list[dict[str, str]] = []
    for entry in text.split(",") if text else ():
        what, _, effect = entry.partition(":")
        key, given, value = what.partition("=")
        if effect not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
            raise ValueError("must be key=value:effect, with the effect NoSchedule, PreferNoSchedule or NoExecute")
        if not is_qualified_name(key) or not is_label_value(value):
            raise ValueError(f"must have a label's key and value, not {what}")
        if any(taint["key"] == key and taint["effect"] == effect for taint in found):
            raise ValueError(f"must name {key} with {effect} once")
        found.append({"key": key, **({"value": value} if given else {}), "effect": effect})
    return found


def _reserved_memory(text: str) -> list[dict[str, Any]]:
    found = []
    for node in text.split(";") if text else ():
        number, colon, listed = node.partition(":")
        if not colon or ":" in listed or atoi(number) is None:
            raise ValueError("must be node:memory=quantity, with semicolons between nodes")
        limits = {}
        for limit in listed.split(","):
            resource, equals, quantity = limit.partition("=")
            if not equals or (resource != "memory" and not resource.startswith("hugepages-")):
                raise ValueError("must limit memory or hugepages-<size>")
            limits[resource] = _quantity(quantity)
        found.append({"numaNode": atoi(number), "limits": limits})
    return found


def _headers(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in filter(None, text.split(",")):
        name, colon, value = pair.partition(":")
        if not colon:
            raise ValueError("must be name:value pairs with commas between")
        found.setdefault(name.strip(), []).append(value.strip())
    return found


# -- addresses and the rest --------------------------------------------------------------------------------------------
def _address(text: str) -> str:
    if parse_ip(text.strip()) is None:
        raise ValueError("must be one IP address")
    return text.strip()


def _optional_address(text: str) -> str | None:
    """As pflag reads it since 1.0.6, which came with 1.34: an empty text leaves what the flag had."""
    return _address(text) if text else None


_KUBELET_ADDRESSES: Final = ("address", "healthz-bind-address")


def _kubelet_address(text: str) -> str | None:
    """As the kubelet's own type (pkg/util/flag) reads it: leading zeros pass, blanks do not, empty changes nothing."""
    if text and sloppy_ip(text) is None:
        raise ValueError("must be one IP address")
    return text or None


def _ranges(text: str) -> list[str]:
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    if not all(parse_cidr(entry) for entry in entries):
        raise ValueError("must be CIDRs with commas between")
    return entries


def _quantity(text: str) -> str:
    if text != text.strip():  # which a quantity of a file may have around it
        raise ValueError("must be a quantity without blanks")
    return canonical_quantity(text)


def _port_range(text: str) -> str:
    if text.strip() and not is_port_range(text):
        raise ValueError("must be a range of ports such as 30000-32767")
    return text


def _severity(text: str) -> str:
    value = atoi(text)
    if text.upper() not in ("INFO", "WARNING", "ERROR", "FATAL") and (value is None or abs(value) >= 2**31):
        raise ValueError("must be INFO, WARNING, ERROR, FATAL or a number")
    return text


def _key_pair(text: str) -> str:
    files, colon, names = text.partition(":")
    if files.count(",") != 1 or (colon and not names.strip()):
        raise ValueError("must be certfile,keyfile, with :names behind it if need be")
    return text


def _patterns(text: str) -> list[dict[str, Any]]:
    found = []
    for pattern in filter(None, text.split(",")):
        name, _, level = pattern.partition("=")
        if not name or not level.isdigit():
            raise ValueError("must be pattern=N with commas between")
        found.append({"filePattern": name, "verbosity": _level(level)})
    return found


def _trace(text: str) -> str:
    file, _, line = text.partition(":")
    if text and ("." not in file or (atoi(line) or 0) <= 0):
        raise ValueError("must be a file and a line, such as server.go:234")
    return text


def _version(text: str) -> str:
    if text != "raw" and text not in BOOLEANS and not re.fullmatch(r"v[0-9].*", text):
        raise ValueError("must be true, false, raw or a version")
    return text


# -- etcd's own types (go.etcd.io/etcd/pkg/v3/flags, client/pkg/v3/types) ----------------------------------------------
def _urls(*, besides: str) -> Callable[[str], list[str]]:
    """A list of URLs to serve or to be found at; `besides` is the one other text that is read."""

    def read(text: str) -> list[str]:
        from kubeadm_cfg.checks.grammar import UrlError, host_port, parse_url

        entries = [entry.strip() for entry in text.split(",")] if text != besides else []
        for entry in entries:
            try:
                scheme, path = parse_url(entry)
            except UrlError as error:
                raise ValueError(f"must be URLs with commas between: {error}") from None
            if scheme not in ("http", "https", "unix", "unixs"):
                raise ValueError("must be URLs that begin with http, https, unix or unixs")
            host = entry.partition("//")[2].partition("?")[0].partition("#")[0].rpartition("@")[2]
            if scheme.startswith("http") and (path or host_port(host) is None):
                raise ValueError("must be URLs with host and port, and no path")
        return entries

    return read


def _one_of(*words: str) -> Reader:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be {', '.join(words[:-1])} or {words[-1]}")
        return text

    return read


_SERVED: Final = _urls(besides="")
_OF_ETCD: Final[dict[str, Reader]] = {
    "advertise-client-urls": _SERVED,
    "cors": _urls(besides="*"),
    "discovery-fallback": _one_of("exit", "proxy"),
    "feature-gates": _gates,
    "initial-advertise-peer-urls": _SERVED,
    "initial-cluster-state": _one_of("new", "existing"),
    "listen-client-http-urls": _SERVED,
    "listen-client-urls": _SERVED,
    "listen-metrics-urls": _SERVED,
    "listen-peer-urls": _SERVED,
    "max-concurrent-streams": _integer(32, signed=False),
    "proxy": _one_of("off", "readonly", "on"),
}

# -- the readers by type and flag --------------------------------------------------------------------------------------
_OF_TYPE: Final[dict[str, Reader]] = {
    "bool": _boolean,
    "duration": Duration,
    "int": _integer(64, signed=True),
    "int32": _integer(32, signed=True),
    "int64": _integer(64, signed=True),
    "uint": _integer(64, signed=False),
    "uint64": _integer(64, signed=False),
    "int32Slice": _numbers,
    "Level": _level,
    "float32": _float(_MAX_FLOAT32),
    "float64": _float(math.inf),
    "quantity": _quantity,
    "cidrs": _ranges,
    "stringSlice": _list,
    "stringToString": _string_to_string,
    "mapStringString": _PAIRS,
    "mapStringBool": _gates,
    "colonSeparatedMultimapStringString": _gates_by_component,
    "portRange": _port_range,
    "port-range": _port_range,
    "severity": _severity,
    "namedCertKey": _key_pair,
    "pattern=N,...": _patterns,
    "traceLocation": _trace,
    "version": _version,
    "[]v1.Taint": _taints,
    "reserved-memory": _reserved_memory,
}
# Flags whose type prints the same name as another, and reads something else (component-base/cli/flag).
_OF_FLAG: Final[dict[str, Reader]] = {
    "eviction-hard": _map("<"),
    "eviction-soft": _map("<"),
    "cpu-manager-policy-options": _map("=", split=False),
    "topology-manager-policy-options": _map("=", split=False),
    "oidc-required-claim": _map("=", split=False),
    "manifest-url-header": _headers,
    "node-labels": _LENIENT_PAIRS,
    "runtime-config": _LENIENT_PAIRS,
}
