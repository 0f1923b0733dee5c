"""What kube-proxy refuses, rule by rule (`pkg/proxy/apis/config/validation/validation.go` of each minor)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.addresses import family_of, parse_cidr, sloppy_cidr, sloppy_ip
from kubeadm_cfg.checks.component import (
    LOGGING,
    NEWEST,
    Check,
    Rules,
    Subject,
    Violation,
    gate_violations,
    is_previous_minor,
    logging_violations,
)
from kubeadm_cfg.checks.gates import keeps_from_starting
from kubeadm_cfg.checks.grammar import host_port
from kubeadm_cfg.defaults.component import as_validated
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.numbers import is_port, is_port_range

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["RULES", "gates_of", "subject_of", "violations"]

RULES: Final = Rules("kube-proxy")

_MODES: Final = {"": 22, "iptables": 22, "ipvs": 22, "userspace": 22, "nftables": 29}
_MODE_GATES: Final = {"nftables": (29, "NFTablesProxyMode"), "ipvs": (37, "KubeProxyIPVS")}
_USERSPACE_UNTIL: Final = 26
_SCHEDULERS: Final = frozenset(("", "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq"))
_DETECT_LOCAL_MODES: Final = ("", "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix")
_KEYWORDS: Final = 37  # the minor of the words localhost and all in nodePortAddresses
_REWRITTEN: Final = 31  # the minor whose internal types, and with them the printed paths, were laid out anew


def violations(config: KubeProxyConfiguration, minor: int, host: Host | None = None) -> Iterator[Violation]:
    """What kube-proxy of that minor (31 for 1.31) refuses in a configuration or warns of, on a host or on any."""
    yield from gates_of(config, minor)
    subject = subject_of(config, minor, host)
    if subject is not None:
        yield from RULES.run(subject)


def gates_of(config: KubeProxyConfiguration, minor: int) -> Iterator[Violation]:
    """What kube-proxy says of the feature gates in its configuration."""
    return gate_violations(config.feature_gates, "kube-proxy", minor, "Invalid", "KubeProxyConfiguration.featureGates")


def subject_of(config: KubeProxyConfiguration, minor: int, host: Host | None = None) -> Subject | None:
    """What the rules look at; None when kube-proxy stops at its feature gates, before it looks at anything else."""
    if keeps_from_starting(config.feature_gates, "kube-proxy", minor):
        return None
    return Subject(as_validated(config, minor), minor, host)


def invalid(code: str, printed: str, path: str, message: str) -> Violation:
    return Violation(f"kube-proxy.{code}", "Invalid", f"KubeProxyConfiguration.{printed}", path, message)


def _at(config: Any, attributes: str) -> Any:
    for attribute in attributes.split("."):
        config = getattr(config, attribute)
    return config


# -- numbers and durations that have a border --------------------------------------------------------------------------
def _between(low: int, high: int | None) -> str:
    if low == 1:
        return "must be longer than 0"
    return f"must be {low} at least" if high is None else f"must lie between {low} and {high}"


def _ranges(code: str, path: str, attributes: str, printed: str, low: int, high: int | None, mode: str | None) -> Check:
    """The value must lie within `low` and `high`; with `mode`, only while kube-proxy runs in it."""

    def check(subject: Subject) -> Iterable[Violation]:
        if mode is not None and subject.config.mode != mode:
            return ()
        value = _at(subject.config, attributes)
        number = getattr(value, "nanoseconds", value)
        if number is None or (number >= low and (high is None or number <= high)):
            return ()
        return (invalid(code, printed, path, _between(low, high)),)

    return check


_CONNTRACK: Final = (
    ("maxPerCore", "max_per_core", "MaxPerCore", 22),
    ("min", "min", "Min", 22),
    ("tcpEstablishedTimeout", "tcp_established_timeout", "TCPEstablishedTimeout", 22),
    ("tcpCloseWaitTimeout", "tcp_close_wait_timeout", "TCPCloseWaitTimeout", 22),
    ("udpTimeout", "udp_timeout", "UDPTimeout", 29),
    ("udpStreamTimeout", "udp_stream_timeout", "UDPStreamTimeout", 29),
)
_LINUX: Final = "KubeProxyLinuxConfiguration."
# (rule, path, attribute, printed, lowest, highest, mode, since, until); a duration of at least 1 is longer than 0
_BORDERS: Final = (
    ("iptables.masqueradeBit.range", "iptables.masqueradeBit", "iptables.masquerade_bit",
     "KubeProxyIPTablesConfiguration.MasqueradeBit", 0, 31, None, 22, NEWEST),
    ("nftables.masqueradeBit.range", "nftables.masqueradeBit", "nftables.masquerade_bit",
     "KubeProxyNFTablesConfiguration.MasqueradeBit", 0, 31, "nftables", 29, NEWEST),
    ("oomScoreAdj.range", "oomScoreAdj", "oom_score_adj", "OOMScoreAdj", -1000, 1000, None, 22, _REWRITTEN),
    ("oomScoreAdj.range", "oomScoreAdj", "oom_score_adj",
     f"{_LINUX}OOMScoreAdj", -1000, 1000, None, _REWRITTEN, NEWEST),
    ("clientConnection.burst.nonnegative", "clientConnection.burst", "client_connection.burst",
     "ClientConnection.Burst", 0, None, None, 22, NEWEST),
    ("udpIdleTimeout.positive", "udpIdleTimeout", "udp_idle_timeout", "UDPIdleTimeout", 1, None, None, 22, 26),
    ("configSyncPeriod.positive", "configSyncPeriod", "config_sync_period",
     "ConfigSyncPeriod", 1, None, None, 22, NEWEST),
    *(
        (f"conntrack.{json}.nonnegative", f"conntrack.{json}", f"conntrack.{attribute}",
         f"{prefix}KubeProxyConntrackConfiguration.{printed}", 0, None, None, max(since, start), until)
        for json, attribute, printed, since in _CONNTRACK
        for prefix, start, until in (("", 22, _REWRITTEN), (_LINUX, _REWRITTEN, NEWEST))
    ),
    *(
        (f"ipvs.{json}.nonnegative", f"ipvs.{json}", f"ipvs.{attribute}",
         f"KubeProxyIPVSConfiguration.{printed}", 0, None, "ipvs", 22, NEWEST)
        for json, attribute, printed in (
            ("tcpTimeout", "tcp_timeout", "TCPTimeout"),
            ("tcpFinTimeout", "tcp_fin_timeout", "TCPFinTimeout"),
            ("udpTimeout", "udp_timeout", "UDPTimeout"),
        )
    ),
)  # fmt: skip
for _code, _path, _attributes, _printed, _low, _high, _mode, _since, _until in _BORDERS:
    _check = _ranges(_code, _path, _attributes, _printed, _low, _high, _mode)
    RULES.add(_code, _since, _until, says=f"{_path} {_between(_low, _high)}")(_check)


# -- how often rules are synchronised ----------------------------------------------------------------------------------
def _periods(section: str, printed: str, old: str, mode: str | None) -> Check:
    """syncPeriod must be longer than 0 and not shorter than minSyncPeriod, which must not be negative."""

    def check(subject: Subject) -> Iterator[Violation]:
        if mode is not None and subject.config.mode != mode:
            return
        chosen = section or {"ipvs": "ipvs", "nftables": "nftables"}.get(subject.config.mode, "iptables")
        rules = f"{section}." if section else ""
        part = getattr(subject.config, chosen)
        period, least = (value.nanoseconds if value else 0 for value in (part.sync_period, part.min_sync_period))
        paths = f"{chosen}.syncPeriod", f"{chosen}.minSyncPeriod"
        if period <= 0:
            yield invalid(f"{rules}syncPeriod.positive{old}", f"{printed}SyncPeriod", paths[0], "must be longer than 0")
        if least < 0:
            yield invalid(
                f"{rules}minSyncPeriod.nonnegative{old}", f"{printed}MinSyncPeriod", paths[1], "must not be negative"
            )
        if period < least:
            message = f"must not be shorter than {paths[1]}"
            yield invalid(f"{rules}syncPeriod.atLeastMin{old}", f"{printed}SyncPeriod", paths[0], message)

    return check


_PERIODS: Final = ("syncPeriod.positive", "minSyncPeriod.nonnegative", "syncPeriod.atLeastMin")
_OLD_PERIODS: Final = tuple(f"{name}.old" for name in _PERIODS)
for _section, _printed, _mode, _since in (
    ("iptables", "KubeProxyIPTablesConfiguration.", None, 22),
    ("ipvs", "KubeProxyIPVSConfiguration.", "ipvs", 22),
    ("nftables", "KubeProxyNFTablesConfiguration.", "nftables", 29),
):
    RULES.add(_section, _since, _REWRITTEN, _OLD_PERIODS, f"{_section} is synchronised now and then, not too often")(
        _periods(_section, _printed, ".old", _mode)
    )
RULES.add("", _REWRITTEN, names=_PERIODS, says="the rules of the mode are synchronised now and then, not too often")(
    _periods("", "", "", None)
)


# -- mode and its sections ---------------------------------------------------------------------------------------------
@RULES.add("mode.enum.linux")
def mode(subject: Subject) -> Iterator[Violation]:
    """A mode of that minor: userspace up to 1.25; nftables from 1.29, behind a gate up to 1.32, as ipvs from 1.37."""
    given, minor = subject.config.mode, subject.minor
    known = minor >= _MODES.get(given, NEWEST) and not (given == "userspace" and minor >= _USERSPACE_UNTIL)
    gate = _MODE_GATES.get(given, (NEWEST, ""))
    if known and (minor < gate[0] or subject.on(gate[1])):
        return
    message = f"kube-proxy of 1.{minor} has no mode {given!r} on Linux"
    if known:
        message = f"in 1.{minor} the mode {given} needs the feature gate {gate[1]}"
    yield invalid("mode.enum.linux", "Mode.ProxyMode", "mode", message)


@RULES.add("ipvs.scheduler.enum", until=27)
def scheduler(subject: Subject) -> Iterator[Violation]:
    """Up to 1.26 a closed list of names; later the kernel decides."""
    given = subject.config.ipvs.scheduler or ""
    if subject.config.mode == "ipvs" and given not in _SCHEDULERS:
        message = f"{given!r} is no scheduler kube-proxy of 1.{subject.minor} knows"
        yield invalid(
            "ipvs.scheduler.enum", "KubeProxyIPVSConfiguration.Scheduler.Scheduler", "ipvs.scheduler", message
        )


@RULES.add("ipvs.excludeCIDRs.cidr")
def excluded(subject: Subject) -> Iterator[Violation]:
    """Ranges that ipvs leaves alone."""
    if subject.config.mode != "ipvs":
        return
    read = sloppy_cidr if subject.minor >= 23 else parse_cidr
    for index, text in enumerate(subject.config.ipvs.exclude_cidrs):
        if read(text) is None:
            printed = f"KubeProxyIPVSConfiguration.ExcludeCidrs[{index}]"
            yield invalid("ipvs.excludeCIDRs.cidr", printed, f"ipvs.excludeCIDRs[{index}]", f"{text!r} is no CIDR")


# -- addresses ---------------------------------------------------------------------------------------------------------
@RULES.add("bindAddress.ip")
def bind_address(subject: Subject) -> Iterator[Violation]:
    """An IP address, without a port."""
    if sloppy_ip(subject.config.bind_address) is None:
        message = f"{subject.config.bind_address!r} is no IP address"
        yield invalid("bindAddress.ip", "BindAddress", "bindAddress", message)


def _host_port(json: str, attribute: str, printed: str) -> Check:
    def check(subject: Subject) -> Iterator[Violation]:
        text = getattr(subject.config, attribute)
        cut, code = host_port(text), f"{json}.hostPort"
        if cut is None:
            yield invalid(code, printed, json, f"{text!r} is no IP address with a port, as in 0.0.0.0:10256")
            return
        host, port = cut
        if sloppy_ip(host) is None:
            yield invalid(code, printed, json, f"{host!r} is no IP address")
        if not is_port(port):
            yield invalid(code, printed, json, f"the port {port!r} is no number from 1 to 65535")

    return check


RULES.add("healthzBindAddress.hostPort", says="an IP address with a port")(
    _host_port("healthzBindAddress", "healthz_bind_address", "HealthzBindAddress")
)
RULES.add("metricsBindAddress.hostPort", says="an IP address with a port")(
    _host_port("metricsBindAddress", "metrics_bind_address", "MetricsBindAddress")
)


@RULES.add("clusterCIDR.form.old", until=_REWRITTEN)
def cluster_cidr(subject: Subject) -> Iterator[Violation]:
    """One range, or two of different families; whatever detectLocalMode is."""
    text = subject.config.cluster_cidr
    if text and not _is_one_or_dual(text.split(",")):
        message = f"{text!r} is neither a CIDR nor two of different families with a comma between"
        yield invalid("clusterCIDR.form.old", "ClusterCIDR", "clusterCIDR", message)


def _is_one_or_dual(entries: list[str]) -> bool:
    ranges = [sloppy_cidr(entry) for entry in entries]
    versions = [family_of(network) for network in ranges if network is not None]
    return len(versions) == len(ranges) and (len(ranges) == 1 or sorted(versions) == [4, 6])


@RULES.add("clusterCIDR", since=_REWRITTEN, names=("entries", "dualStack"))
def cluster_cidrs(subject: Subject) -> Iterator[Violation]:
    """Looked at only while detectLocalMode is ClusterCIDR, which an empty one becomes on Linux."""
    config = subject.config
    if not config.cluster_cidr or config.detect_local_mode != "ClusterCIDR":
        return
    entries = config.cluster_cidr.split(",")
    broken = [index for index, entry in enumerate(entries) if sloppy_cidr(entry) is None and len(entries) <= 2]
    for index in broken:
        printed = f"DetectLocalConfiguration.ClusterCIDRs[{index}]"
        yield invalid("clusterCIDR.entries", printed, "clusterCIDR", f"{entries[index]!r} is no CIDR")
    if not broken and not _is_one_or_dual(entries):
        message = "at most two CIDRs are possible, and two must be of different families"
        yield invalid("clusterCIDR.dualStack", "DetectLocalConfiguration.ClusterCIDRs", "clusterCIDR", message)


@RULES.add("nodePortAddresses", names=("cidr", "primaryAlone", "duplicate"))
def node_port_addresses(subject: Subject) -> Iterator[Violation]:
    """CIDRs; from 1.31 also the single word primary, from 1.37 also primary, localhost and all once each among them."""
    given = subject.config.node_port_addresses
    for index, text in enumerate(given):
        printed, path = f"NodePortAddresses[{index}]", f"nodePortAddresses[{index}]"
        if subject.minor >= _KEYWORDS and text in ("primary", "localhost", "all"):
            if text in given[:index]:
                field = f"KubeProxyConfiguration.{printed}"
                yield Violation(
                    "kube-proxy.nodePortAddresses.duplicate", "Duplicate", field, path, f"{text} is there twice"
                )
            continue
        if subject.minor >= _REWRITTEN and text == "primary":
            if len(given) > 1:
                message = "primary cannot be mixed with anything else"
                yield invalid("nodePortAddresses.primaryAlone", printed, path, message)
            return
        if sloppy_cidr(text) is None:
            yield invalid("nodePortAddresses.cidr", printed, path, f"{text!r} is no CIDR")


@RULES.add("portRange.form", until=_REWRITTEN)
def port_range(subject: Subject) -> Iterator[Violation]:
    """One port, two with a dash, or a port and how many follow."""
    text = (subject.config.port_range or "").strip()
    if text and not is_port_range(text):
        message = f"{text!r} is no port range: N, N-M or N+M with ports up to 65535"
        yield invalid("portRange.form", "PortRange", "portRange", message)


# -- the rest ----------------------------------------------------------------------------------------------------------
@RULES.add("showHiddenMetricsForVersion.previousMinor")
def hidden_metrics(subject: Subject) -> Iterator[Violation]:
    """The minor before, or none."""
    if not is_previous_minor(subject.config.show_hidden_metrics_for_version, subject.minor):
        name = "showHiddenMetricsForVersion"
        message = f"only the minor before can be named, 1.{subject.minor - 1}"
        yield invalid(f"{name}.previousMinor", "ShowHiddenMetricsForVersion", name, message)


@RULES.add("detectLocalMode.enum", since=28)
def detect_local_mode(subject: Subject) -> Iterator[Violation]:
    """How kube-proxy knows the traffic of pods on its node."""
    given = subject.config.detect_local_mode
    if given not in _DETECT_LOCAL_MODES:
        message = f"{given!r} is none of {', '.join(_DETECT_LOCAL_MODES[1:])}"
        printed = "KubeProxyConfiguration.DetectLocalMode"
        yield Violation("kube-proxy.detectLocalMode.enum", "NotSupported", printed, "detectLocalMode", message)


@RULES.add("detectLocal", since=24, names=("bridgeInterface.required", "interfaceNamePrefix.required"))
def detect_local(subject: Subject) -> Iterator[Violation]:
    """The interface, or the beginning of its name, that its mode goes by."""
    prefix = "DetectLocalConfiguration." if subject.minor >= _REWRITTEN else ""
    for mode_, json, attribute, printed in (
        ("BridgeInterface", "bridgeInterface", "bridge_interface", "InterfaceName"),
        ("InterfaceNamePrefix", "interfaceNamePrefix", "interface_name_prefix", "InterfacePrefix"),
    ):
        if subject.config.detect_local_mode == mode_ and not getattr(subject.config.detect_local, attribute):
            path = f"detectLocal.{json}"
            yield invalid(f"{path}.required", prefix + printed, path, f"must not be empty in the mode {mode_}")


@RULES.add("logging", since=28, names=LOGGING)
def logging(subject: Subject) -> Iterator[Violation]:
    """The format of the log, how often it is flushed, and the options behind gates."""
    yield from logging_violations(subject, subject.config.logging, "kube-proxy", "KubeProxyConfiguration.", 30)
