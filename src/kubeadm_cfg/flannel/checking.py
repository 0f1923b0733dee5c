"""What flanneld says to a net-conf.json, per release and mode. How JSON is read and subnets are cut is elsewhere."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final, Literal

from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.flannel.arithmetic import check_network
from kubeadm_cfg.flannel.decoding import Fault, NetConfValues, Range, decode, read_members
from kubeadm_cfg.flannel.facts import BACKENDS, NEWEST, TOP, Release, is_known, release_of
from kubeadm_cfg.flannel.reader import Value, fold, lowered
from kubeadm_cfg.report import Problem, Report, Severity, problem_at

__all__ = ["Mode", "check_text", "normalized"]

Mode = Literal["kube", "etcd"]

_SPLIT: Final = (0, 20, 0)  # the arithmetic moved out of ParseConfig
_MODES: Final = ("separate", "auto", "ipv4", "ipv6")
_MAPPED: Final = 0xFFFF
_IPSEC_KEY: Final = 96
_WIREGUARD_KEY: Final = 32
_SOURCE: Final = "flannel-io/flannel:pkg/subnet/config.go"
_REMEDIES: Final = {
    "json-syntax": "write plain JSON: double quotes, no comments, no trailing comma, no byte order mark",
    "unknown-backend": "use vxlan, host-gw, wireguard or another backend of this release",
    "network-missing": "set Network to the cluster's podSubnet",
    "no-ip-family": "set EnableIPv4 or EnableIPv6 to true",
}


def check_text(text: str | bytes, release: str = NEWEST, mode: Mode = "kube", *, name: str = "net-conf.json") -> Report:
    """What flanneld of that release says to a net-conf.json, or to the one in a manifest.

    An error is what stops flanneld: in mode "kube" before it asks for the node's podCIDR, in mode "etcd" before it
    looks at the backend. A warning is a key that is ignored, an info what deserves a look. Never raises for bad input.

    Raises:
        ConfigError: the release or the mode is none.

    >>> check_text('{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}').ok
    True
    >>> check_text('{"Backend": {"Type": "aws-vpc"}}').errors[0].code
    'flannel.unknown-backend'
    """
    known = release_of(release)
    if mode not in ("kube", "etcd"):
        raise ConfigError(f"the mode is 'kube' or 'etcd', not {mode!r}")
    text = decoded_text(text)
    inner = _inside(text, name) if _is_manifest(text) else None
    if inner is None:
        return Report([_problem(name, text, *fault) for fault in _faults(text, known, mode)], [name])
    found = [_problem(name, inner[0], *fault) for fault in _faults(inner[0], known, mode)]
    for problem in found:
        _move(problem, text, inner[1])
    return Report(found, [name])


def net_conf_of(text: str | bytes, name: str, release: Release) -> NetConfValues | None:
    """The values of a net-conf.json, or of the one in a manifest; None when it does not decode."""
    text = decoded_text(text)
    inner = _inside(text, name) if _is_manifest(text) else None
    return decode(inner[0] if inner else text, release)[0]


def decoded_text(text: str | bytes) -> str:
    """The text; encoding/json puts the replacement character for what is no UTF-8."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _is_manifest(text: str) -> bool:
    return "net-conf.json" in text and "ConfigMap" in text


def _inside(text: str, name: str) -> tuple[str, int] | None:
    """The net-conf.json of a manifest, and the line of the manifest where its value begins."""
    from kubeadm_cfg.file import loads
    from kubeadm_cfg.findings import Finding
    from kubeadm_cfg.flannel.file import net_conf_document

    try:
        document = net_conf_document(loads(text, name))
        outer = document._outer
        assert outer is not None  # a plain file of this library holds a net-conf.json inside a ConfigMap only
        place = outer[0]._located(Finding(outer[1], "Invalid", "flannel.place", ""))
    except ConfigError:
        return None
    return document._text, place.line or 1


def _move(problem: Problem, text: str, first: int) -> None:
    """Put a problem of the inner text at its line of the manifest, or at the value when that is no block of lines."""
    lines = text.removeprefix("\ufeff").splitlines()
    wanted = problem.excerpt or ""
    for line in (first + (problem.line or 1), first + (problem.line or 1) - 1):
        if line <= len(lines) and lines[line - 1].strip() == wanted.strip():
            problem.column = (problem.column or 1) + lines[line - 1].find(wanted)
            problem.line, problem.excerpt = line, lines[line - 1]
            break
    else:
        problem.line, problem.column, problem.excerpt = first, 1, lines[first - 1] if first <= len(lines) else None
    problem.end_line, problem.end_column = problem.line, problem.column


def _problem(name: str, text: str, severity: Severity, fault: Fault) -> Problem:
    return problem_at(
        name,
        text,
        fault.offset,
        fault.message,
        code=f"flannel.{fault.code}",
        severity=severity,
        type=fault.type,
        field=fault.path or None,
        kind="NetConf",
        remedy=_REMEDIES.get(fault.code),
        source=_SOURCE,
    )


def _faults(text: str, release: Release, mode: Mode) -> Iterator[tuple[Severity, Fault]]:
    conf, faults = decode(text, release)
    if conf is not None:
        if not faults and (mode == "etcd" or release < _SPLIT):
            faults = check_network(conf, release)
        if not faults and mode == "kube":
            faults = _starting(conf, release)
    for fault in faults:
        yield "error", fault
    if conf is not None:
        for fault in _ignored(conf, release):
            yield "warning", fault
        if mode == "kube" and not faults:
            yield from _advice(conf, release)


def _starting(conf: NetConfValues, release: Release) -> list[Fault]:
    """What a kube-mode flanneld refuses after reading: no address family, no such backend, the backend's options."""
    enabled = conf.values.get("EnableIPv4", True) or conf.values.get("EnableIPv6", False)
    if not enabled:
        where = conf.places.get("EnableIPv4", conf.root.start)
        return [Fault("no-ip-family", "both address families are switched off", where, "EnableIPv4")]
    backend = lowered(conf.backend_type)
    if not is_known(backend, release):
        where = conf.places.get("Backend.Type", conf.backend.start if conf.backend else conf.root.start)
        message = f"unknown backend type: {conf.backend_type[:60]!r}"
        removed = BACKENDS[backend][1] if backend in BACKENDS else None
        if removed is not None and removed <= release:
            message += f", removed in v{'.'.join(map(str, removed))}"
        return [Fault("unknown-backend", message, where, "Backend.Type", "NotSupported")]
    if conf.backend is None or conf.backend.kind != "object":
        return _keys(backend, {}, {}, conf.root.start)
    values, places, faults = read_members(conf.backend, BACKENDS[backend][2], release, "Backend.")
    return faults or _keys(backend, values, places, conf.backend.start)


def _keys(backend: str, values: dict[str, Any], places: dict[str, int], start: int) -> list[Fault]:
    """The two backends that look at more than types."""
    key = values.get("PSK", "")
    where = places.get("PSK", start)
    if backend == "ipsec" and len(key.encode("utf-8", "replace")) < _IPSEC_KEY:
        message = f"the PSK of ipsec must have at least {_IPSEC_KEY} characters"
        return [Fault("ipsec-psk", message, where, "Backend.PSK", "Invalid" if key else "Required")]
    if backend != "wireguard":
        return []
    if values.get("Mode", _MODES[0]) not in _MODES:
        message = f"Mode must be one of {', '.join(_MODES)}, in lower case"
        return [Fault("wireguard-mode", message, places["Mode"], "Backend.Mode", "NotSupported")]
    if key and not _is_wireguard_key(key):
        return [Fault("wireguard-psk", "the PSK of wireguard must be 32 bytes in base64", where, "Backend.PSK")]
    return []


def _is_wireguard_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)) == _WIREGUARD_KEY
    except (binascii.Error, ValueError):
        return False


def _ignored(conf: NetConfValues, release: Release) -> Iterator[Fault]:
    """Keys that flanneld passes over: unknown ones, ones of a later release, all but the last duplicate."""
    top = {fold(name): since for name, (_, since) in TOP.items()}
    yield from _ignored_of(conf.root, top, release, "")
    backend = conf.backend
    known = BACKENDS.get(lowered(conf.backend_type))
    if backend is not None and known is not None:
        options = {fold(name): since for name, (_, since) in known[2].items()} | {"type": (0, 0, 0)}
        yield from _ignored_of(backend, options, release, "Backend.")


def _ignored_of(value: Value, known: dict[str, Release], release: Release, prefix: str) -> Iterator[Fault]:
    last = {fold(member.key): index for index, member in enumerate(value.members)}
    for index, (key, start, _) in enumerate(value.members):
        since = known.get(fold(key))
        path = f"{prefix}{key}"
        if since is None:
            yield Fault("unknown-key", f"{path[:80]} is no key that flannel reads", start, path, "Unknown")
        elif since > release:
            first = ".".join(map(str, since))
            yield Fault("key-too-new", f"{path} is read from v{first} on only", start, path, "Unknown")
        elif last[fold(key)] != index:
            yield Fault(
                "duplicate-key", f"{path} is given again below, and the last one counts", start, path, "Duplicate"
            )


def _advice(conf: NetConfValues, release: Release) -> Iterator[tuple[Severity, Fault]]:
    """What a kube-mode flanneld starts with and then stumbles over."""
    for prefix, enabled in (
        ("", conf.values.get("EnableIPv4", True)),
        ("IPv6", conf.values.get("EnableIPv6", False)),
    ):
        network = conf.values.get(f"{prefix}Network") or Range(0, 0)
        if enabled and network.is_empty and release >= _SPLIT:
            message = f"without {prefix}Network the lease of every node fails: no podCIDR lies inside"
            yield "warning", Fault("network-absent", message, conf.root.start, f"{prefix}Network", "Required")
    if not conf.values.get("EnableIPv6", False) and "IPv6Network" in conf.values:
        message = "IPv6Network has no effect without EnableIPv6"
        yield "warning", Fault("ipv6-off", message, conf.places["IPv6Network"], "IPv6Network")
    if conf.backend is None:
        message = "without a Backend flannel uses udp, which is for debugging; vxlan is the usual choice"
        yield "warning", Fault("backend-absent", message, conf.root.start, "Backend")


def normalized(text: str | bytes, release: str = NEWEST) -> dict[str, Any]:
    """The configuration after flanneld filled in its defaults (CheckNetworkConfig), under Go's names; absent is None.

    Raises:
        ConfigError: flanneld in etcd mode refuses it.

    >>> normalized('{"Network": "10.244.0.0/16"}')["SubnetMax"]
    '10.244.255.0'
    """
    known = release_of(release)
    text = decoded_text(text)
    conf, faults = decode(text, known)
    if conf is not None and not faults:
        faults = check_network(conf, known)
    if conf is None or faults:
        problems = [_problem("net-conf.json", text, "error", fault) for fault in faults]
        raise ConfigError("flannel refuses the configuration", problems)
    values = conf.values
    data: dict[str, Any] = {"BackendType": conf.backend_type}
    data |= {"EnableIPv4": True, "EnableIPv6": False, "EnableNFTables": False}
    data |= {name: values[name] for name in ("EnableIPv4", "EnableIPv6", "EnableNFTables") if name in values}
    for prefix, bits in (("", 32), ("IPv6", 128)):
        network = values.get(f"{prefix}Network") or Range(0, 0)
        data[f"{prefix}Network"] = None if network.is_empty else f"{_shown(network.first, bits)}/{network.length}"
        data[f"{prefix}SubnetLen"] = values.get(f"{prefix}SubnetLen", 0)
        for name in (f"{prefix}SubnetMin", f"{prefix}SubnetMax"):
            written = name in values and values[name] is not None
            data[name] = _shown(values[name], bits) if written and (values[name] or bits == 128) else None
    return data


def _shown(number: int, bits: int) -> str:
    """An address as flannel prints it: one of IPv6 with an IPv4 address at its end and nothing else as that."""
    from netaddr import IPAddress

    if number >> 32 == _MAPPED or 24 < number.bit_length() <= 32:
        return str(IPAddress(number & 0xFFFFFFFF, 4))
    return str(IPAddress(number, 4 if bits == 32 else 6))
