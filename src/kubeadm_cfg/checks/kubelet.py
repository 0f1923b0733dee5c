"""What the kubelet refuses, rule by rule (`pkg/kubelet/apis/config/validation/validation.go` of each minor)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

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
from kubeadm_cfg.checks.grammar import UrlError, is_full_image_name, parse_url
from kubeadm_cfg.checks.names import is_label_value, is_qualified_name
from kubeadm_cfg.defaults.component import defaulted
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.quantities import canonical_quantity

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["RULES", "gates_of", "subject_of", "violations"]

RULES: Final = Rules("kubelet")
Test = Callable[[Subject], bool]

SECOND: Final = 1_000_000_000


def violations(config: KubeletConfiguration, minor: int, host: Host | None = None) -> Iterator[Violation]:
    """What the kubelet of that minor (31 for 1.31) refuses in a configuration or warns of, on a host or on any."""
    yield from gates_of(config, minor)
    subject = subject_of(config, minor, host)
    if subject is not None:
        yield from RULES.run(subject)


def gates_of(config: KubeletConfiguration, minor: int) -> Iterator[Violation]:
    """What the kubelet says of the feature gates in its configuration."""
    return gate_violations(config.feature_gates, "kubelet", minor, "Error", "featureGates")


def subject_of(config: KubeletConfiguration, minor: int, host: Host | None = None) -> Subject | None:
    """What the rules look at; None when the kubelet stops at its feature gates, before it looks at anything else."""
    if keeps_from_starting(config.feature_gates, "kubelet", minor):
        return None
    return Subject(defaulted(config, minor), minor, host)


def refused(code: str, path: str, message: str) -> Violation:
    return Violation(f"kubelet.{code}", "Error", path, path, message)


def _at(config: Any, attributes: str) -> Any:
    """The value at dotted attributes: durations as nanoseconds, None behind a pointer that is not set."""
    for attribute in attributes.split("."):
        config = None if config is None else getattr(config, attribute)
    return getattr(config, "nanoseconds", config)


# -- numbers that have a border ----------------------------------------------------------------------------------------
# (field, attribute, name of the rule, lowest, highest, since, until); what is absent after defaulting is not looked at
_PORT: Final = 65535
_BORDERS: Final = (
    ("nodeLeaseDurationSeconds", "node_lease_duration_seconds", "positive", 1, None, 22, NEWEST),
    ("eventBurst", "event_burst", "nonnegative", 0, None, 22, NEWEST),
    ("eventRecordQPS", "event_record_qps", "nonnegative", 0, None, 22, NEWEST),
    ("healthzPort", "healthz_port", "range", 0, _PORT, 22, NEWEST),
    ("imageGCHighThresholdPercent", "image_gc_high_threshold_percent", "range", 0, 100, 22, NEWEST),
    ("imageGCLowThresholdPercent", "image_gc_low_threshold_percent", "range", 0, 100, 22, NEWEST),
    ("imageMinimumGCAge", "image_minimum_gc_age", "nonnegative", 0, None, 36, NEWEST),
    ("imageMaximumGCAge", "image_maximum_gc_age", "nonnegative", 0, None, 29, NEWEST),
    ("iptablesDropBit", "iptables_drop_bit", "range", 0, 31, 22, NEWEST),
    ("iptablesMasqueradeBit", "iptables_masquerade_bit", "range", 0, 31, 22, NEWEST),
    ("kubeAPIBurst", "kube_api_burst", "nonnegative", 0, None, 22, NEWEST),
    ("kubeAPIQPS", "kube_api_qps", "nonnegative", 0, None, 22, NEWEST),
    ("nodeStatusMaxImages", "node_status_max_images", "min", -1, None, 22, NEWEST),
    ("maxOpenFiles", "max_open_files", "nonnegative", 0, None, 22, NEWEST),
    ("maxPods", "max_pods", "nonnegative", 0, None, 22, NEWEST),
    ("oomScoreAdj", "oom_score_adj", "range", -1000, 1000, 22, NEWEST),
    ("podsPerCore", "pods_per_core", "nonnegative", 0, None, 22, NEWEST),
    ("port", "port", "range", 1, _PORT, 22, NEWEST),
    ("readOnlyPort", "read_only_port", "range", 0, _PORT, 22, NEWEST),
    ("registryBurst", "registry_burst", "nonnegative", 0, None, 22, NEWEST),
    ("registryPullQPS", "registry_pull_qps", "nonnegative", 0, None, 22, NEWEST),
    ("maxParallelImagePulls", "max_parallel_image_pulls", "positive", 1, None, 27, NEWEST),
    ("containerLogMaxWorkers", "container_log_max_workers", "min", 1, None, 30, NEWEST),
    ("containerLogMaxFiles", "container_log_max_files", "min", 2, None, 33, NEWEST),
)  # fmt: skip


def _between(low: int, high: int | None) -> str:
    return f"must be {low} at least" if high is None else f"must lie between {low} and {high}"


def _border(path: str, attribute: str, name: str, low: int, high: int | None) -> Check:
    def check(subject: Subject) -> Iterable[Violation]:
        value = getattr(subject.config, attribute)
        value = getattr(value, "nanoseconds", value)
        if value is not None and (value < low or (high is not None and value > high)):
            return (refused(f"{path}.{name}", path, _between(low, high)),)
        return ()

    return check


for _path, _attribute, _name, _low, _high, _since, _until in _BORDERS:
    _says = f"{_path} {_between(_low, _high)}"
    RULES.add(f"{_path}.{_name}", _since, _until, says=_says)(_border(_path, _attribute, _name, _low, _high))


# -- words -------------------------------------------------------------------------------------------------------------
_WORDS: Final = (
    ("topologyManagerPolicy", "topology_manager_policy", ("none", "best-effort", "restricted", "single-numa-node"), 22),
    ("topologyManagerScope", "topology_manager_scope", ("container", "pod"), 22),
    ("hairpinMode", "hairpin_mode", ("promiscuous-bridge", "hairpin-veth", "none"), 22),
    ("memoryReservationPolicy", "memory_reservation_policy", ("None", "TieredReservation"), 36),
)


def _word(path: str, attribute: str, words: tuple[str, ...]) -> Check:
    def check(subject: Subject) -> Iterable[Violation]:
        value = getattr(subject.config, attribute)
        if value in words:
            return ()
        return (refused(f"{path}.enum", path, f"{value!r} is none of {', '.join(words)}"),)

    return check


for _path, _attribute, _words, _since in _WORDS:
    RULES.add(f"{_path}.enum", _since, says=f"{_path} is one of {', '.join(_words)}")(_word(_path, _attribute, _words))


# -- what must not be, or not be without something else ----------------------------------------------------------------
def _swap_words(subject: Subject) -> tuple[str, ...]:
    return ("", "LimitedSwap", "NoSwap" if subject.minor >= 30 else "UnlimitedSwap")


def _graces(subject: Subject) -> tuple[int, int]:
    config = subject.config
    return (
        _at(config, "shutdown_grace_period") or 0,
        _at(config, "shutdown_grace_period_critical_pods") or 0,
    )


def _is_too_short(period: int, minor: int) -> bool:
    """Below a second and not 0; what is negative is refused by another rule up to 1.23."""
    return 0 < period < SECOND or (minor >= 24 and period < 0)


def _combined_grace(subject: Subject) -> bool:
    period, critical = _graces(subject)
    return subject.on("GracefulNodeShutdown") and (period < 0 or critical < 0 or critical > period)


def _reserves(subject: Subject, name: str) -> bool:
    names = {name, f"{name}-compressible"} if subject.minor >= 32 else {name}
    return bool(names & set(subject.config.enforce_node_allocatable))


def _quota_period_is_out(subject: Subject) -> bool:
    least = 1_000_000 if subject.minor >= 26 else 1_000
    return (
        subject.on("CustomCPUCFSQuotaPeriod") and not least <= subject.config.cpu_cfs_quota_period.nanoseconds <= SECOND
    )


def _is_out_of_restart_range(subject: Subject) -> bool:
    period = _at(subject.config, "crash_loop_back_off.max_container_restart_period")
    milliseconds = None if period is None else int(period / 1_000_000)
    return (
        subject.on("KubeletCrashLoopBackOffMax") and milliseconds is not None and not 1_000 <= milliseconds <= 300_000
    )


def _needs_allowlist_policy(subject: Subject) -> bool:
    given = subject.config.image_pull_credentials_verification_policy
    return (
        subject.on("KubeletEnsureSecretPulledImages")
        and bool(subject.config.preloaded_images_verification_allowlist)
        and given != "NeverVerifyAllowlistedImages"
    )


_PULL_POLICIES: Final = (
    "NeverVerify",
    "NeverVerifyPreloadedImages",
    "NeverVerifyAllowlistedImages",
    "AlwaysVerify",
)

# (rule, field, since, until, what is refused, the message)
_REFUSED: tuple[tuple[str, str, int, int, Test, str], ...] = (
    ("enforceNodeAllocatable.needsCgroupsPerQOS.old", "enforceNodeAllocatable", 22, 31,
     lambda s: not s.config.cgroups_per_qos and bool(s.config.enforce_node_allocatable),
     "must be empty while cgroupsPerQOS is false"),
    ("enforceNodeAllocatable.needsCgroupsPerQOS", "enforceNodeAllocatable", 31, NEWEST,
     lambda s: not s.config.cgroups_per_qos and any(name != "none" for name in s.config.enforce_node_allocatable),
     "needs cgroupsPerQOS: true, unless it is [none]"),
    ("systemCgroups.needsCgroupRoot", "systemCgroups", 22, NEWEST,
     lambda s: bool(s.config.system_cgroups) and not s.config.cgroup_root, "needs cgroupRoot"),
    ("cpuCFSQuotaPeriod.needsGate", "cpuCFSQuotaPeriod", 22, NEWEST,
     lambda s: s.config.cpu_cfs_quota_period.nanoseconds != SECOND // 10 and not s.on("CustomCPUCFSQuotaPeriod"),
     "any value but 100ms needs the feature gate CustomCPUCFSQuotaPeriod"),
    ("cpuCFSQuotaPeriod.range", "cpuCFSQuotaPeriod", 22, NEWEST, _quota_period_is_out,
     "must lie between 1ms (1us up to 1.25) and 1s"),
    ("imageGCLowThresholdPercent.lessThanHigh", "imageGCLowThresholdPercent", 22, NEWEST,
     lambda s: s.config.image_gc_low_threshold_percent >= s.config.image_gc_high_threshold_percent,
     "must be lower than imageGCHighThresholdPercent"),
    ("imageMaximumGCAge.needsGate", "imageMaximumGCAge", 29, NEWEST,
     lambda s: bool(_at(s.config, "image_maximum_gc_age")) and not s.on("ImageMaximumGCAge"),
     "needs the feature gate ImageMaximumGCAge"),
    ("imageMaximumGCAge.greaterThanMinimum", "imageMaximumGCAge", 29, NEWEST,
     lambda s: 0 < (_at(s.config, "image_maximum_gc_age") or 0) <= s.config.image_minimum_gc_age.nanoseconds,
     "must be longer than imageMinimumGCAge"),
    ("maxParallelImagePulls.serialize", "maxParallelImagePulls", 27, NEWEST,
     lambda s: (s.config.max_parallel_image_pulls or 0) > 1 and s.config.serialize_image_pulls,
     "more than 1 needs serializeImagePulls: false"),
    ("serverTLSBootstrap.needsGate", "serverTLSBootstrap", 22, NEWEST,
     lambda s: bool(s.config.server_tls_bootstrap) and not s.on("RotateKubeletServerCertificate"),
     "needs the feature gate RotateKubeletServerCertificate"),
    ("runOnce.forbidden", "runOnce", 32, NEWEST, lambda s: bool(s.config.run_once), "is no longer possible since 1.32"),
    ("topologyManagerPolicy.needsGate", "topologyManagerPolicy", 22, 27,
     lambda s: s.config.topology_manager_policy != "none" and not s.on("TopologyManager"),
     "any policy but none needs the feature gate TopologyManager"),
    ("topologyManagerScope.needsGate", "topologyManagerScope", 22, 27,
     lambda s: s.config.topology_manager_scope != "container" and not s.on("TopologyManager"),
     "any scope but container needs the feature gate TopologyManager"),
    ("shutdownGracePeriod.combined.old", "shutdownGracePeriod", 22, 24, _combined_grace,
     "neither period may be negative, and shutdownGracePeriodCriticalPods not the longer one"),
    ("shutdownGracePeriodCriticalPods.lessOrEqual", "shutdownGracePeriodCriticalPods", 24, NEWEST,
     lambda s: s.on("GracefulNodeShutdown") and _graces(s)[1] > _graces(s)[0],
     "must not be longer than shutdownGracePeriod"),
    ("shutdownGracePeriod.zeroOrSecond", "shutdownGracePeriod", 22, NEWEST,
     lambda s: s.on("GracefulNodeShutdown") and _is_too_short(_graces(s)[0], s.minor), "must be 0 or 1s at least"),
    ("shutdownGracePeriodCriticalPods.zeroOrSecond", "shutdownGracePeriodCriticalPods", 22, NEWEST,
     lambda s: s.on("GracefulNodeShutdown") and _is_too_short(_graces(s)[1], s.minor), "must be 0 or 1s at least"),
    ("shutdownGracePeriod.needsGate", "shutdownGracePeriod", 22, NEWEST,
     lambda s: max(_graces(s)) > 0 and not s.on("GracefulNodeShutdown"), "needs the feature gate GracefulNodeShutdown"),
    ("shutdownGracePeriodByPodPriority.exclusive", "shutdownGracePeriodByPodPriority", 23, NEWEST,
     lambda s: s.on("GracefulNodeShutdownBasedOnPodPriority")
     and bool(s.config.shutdown_grace_period_by_pod_priority) and max(_graces(s)) > 0,
     "cannot be combined with shutdownGracePeriod or shutdownGracePeriodCriticalPods"),
    ("shutdownGracePeriodByPodPriority.needsGate", "shutdownGracePeriodByPodPriority", 23, NEWEST,
     lambda s: bool(s.config.shutdown_grace_period_by_pod_priority)
     and not s.on("GracefulNodeShutdownBasedOnPodPriority"),
     "needs the feature gate GracefulNodeShutdownBasedOnPodPriority"),
    ("memorySwap.swapBehavior.enum", "memorySwap.swapBehavior", 22, NEWEST,
     lambda s: s.on("NodeSwap") and (s.config.memory_swap.swap_behavior or "") not in _swap_words(s),
     "must be LimitedSwap, or UnlimitedSwap up to 1.29 and NoSwap from 1.30 on"),
    ("memorySwap.needsGate", "memorySwap.swapBehavior", 22, NEWEST,
     lambda s: bool(s.config.memory_swap.swap_behavior) and not s.on("NodeSwap"), "needs the feature gate NodeSwap"),
    ("crashLoopBackOff.maxContainerRestartPeriod.range", "crashLoopBackOff.maxContainerRestartPeriod", 32, NEWEST,
     _is_out_of_restart_range, "must lie between 1s and 300s"),
    ("crashLoopBackOff.maxContainerRestartPeriod.needsGate", "crashLoopBackOff.maxContainerRestartPeriod", 32, NEWEST,
     lambda s: s.config.crash_loop_back_off.max_container_restart_period is not None
     and not s.on("KubeletCrashLoopBackOffMax"),
     "needs the feature gate KubeletCrashLoopBackOffMax"),
    ("systemReservedCgroup.required", "systemReservedCgroup", 22, NEWEST,
     lambda s: _reserves(s, "system-reserved") and not s.config.system_reserved_cgroup,
     "must be given when enforceNodeAllocatable holds system-reserved"),
    ("kubeReservedCgroup.required", "kubeReservedCgroup", 22, NEWEST,
     lambda s: _reserves(s, "kube-reserved") and not s.config.kube_reserved_cgroup,
     "must be given when enforceNodeAllocatable holds kube-reserved"),
    ("imagePullCredentialsVerificationPolicy.enum", "imagePullCredentialsVerificationPolicy", 33, NEWEST,
     lambda s: s.on("KubeletEnsureSecretPulledImages")
     and s.config.image_pull_credentials_verification_policy not in _PULL_POLICIES,
     f"must be one of {', '.join(_PULL_POLICIES)}"),
    ("imagePullCredentialsVerificationPolicy.needsGate", "imagePullCredentialsVerificationPolicy", 33, NEWEST,
     lambda s: bool(s.config.image_pull_credentials_verification_policy)
     and not s.on("KubeletEnsureSecretPulledImages"),
     "needs the feature gate KubeletEnsureSecretPulledImages"),
    ("preloadedImagesVerificationAllowlist.needsPolicy", "preloadedImagesVerificationAllowlist", 33, NEWEST,
     _needs_allowlist_policy, "needs imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages"),
    ("preloadedImagesVerificationAllowlist.needsGate", "preloadedImagesVerificationAllowlist", 33, NEWEST,
     lambda s: bool(s.config.preloaded_images_verification_allowlist) and not s.on("KubeletEnsureSecretPulledImages"),
     "needs the feature gate KubeletEnsureSecretPulledImages"),
    ("reservedSystemCPUs.exclusive", "reservedSystemCPUs", 22, NEWEST,
     lambda s: bool(s.config.reserved_system_cpus)
     and bool(s.config.system_reserved_cgroup or s.config.kube_reserved_cgroup),
     "cannot be combined with systemReservedCgroup or kubeReservedCgroup"),
    ("reservedSystemCPUs.parse", "reservedSystemCPUs", 22, NEWEST,
     lambda s: not _is_cpu_list(s.config.reserved_system_cpus or ""), "is no list of CPUs such as 0,2,4-6"),
    ("showHiddenMetricsForVersion.previousMinor", "showHiddenMetricsForVersion", 22, NEWEST,
     lambda s: not is_previous_minor(s.config.show_hidden_metrics_for_version, s.minor),
     "only the minor before can be named"),
    ("tracing.needsGate", "tracing", 25, 34, lambda s: s.config.tracing is not None and not s.on("KubeletTracing"),
     "needs the feature gate KubeletTracing"),
    ("memoryThrottlingFactor.range", "memoryThrottlingFactor", 22, NEWEST,
     lambda s: s.config.memory_throttling_factor is not None and not 0 < s.config.memory_throttling_factor <= 1,
     "must be greater than 0 and not exceed 1"),
    ("memoryReservationPolicy.needsGate", "memoryReservationPolicy", 36, NEWEST,
     lambda s: s.config.memory_reservation_policy == "TieredReservation" and not s.on("MemoryQoS"),
     "TieredReservation needs the feature gate MemoryQoS"),
    ("enableSystemLogQuery.needsGate", "enableSystemLogQuery", 27, NEWEST,
     lambda s: bool(s.config.enable_system_log_query) and not s.on("NodeLogQuery"),
     "needs the feature gate NodeLogQuery"),
    ("enableSystemLogQuery.needsHandler", "enableSystemLogQuery", 27, NEWEST,
     lambda s: bool(s.config.enable_system_log_query) and not s.config.enable_system_log_handler,
     "needs enableSystemLogHandler: true"),
    ("containerLogMonitorInterval.min", "containerLogMonitorInterval", 30, NEWEST,
     lambda s: s.config.container_log_monitor_interval.nanoseconds < 3 * SECOND, "must be 3s at least"),
    ("podLogsDir.absolute", "podLogsDir", 30, NEWEST,
     lambda s: not s.config.pod_logs_dir.startswith("/"), "must be an absolute path"),
    ("podLogsDir.normalized", "podLogsDir", 30, NEWEST,
     lambda s: _cleaned(s.config.pod_logs_dir) != s.config.pod_logs_dir, "must hold no . or .. and not end in a slash"),
    ("podLogsDir.ascii", "podLogsDir", 30, NEWEST, lambda s: not s.config.pod_logs_dir.isascii(),
     "must hold nothing but ASCII characters"),
)  # fmt: skip


def _unless(code: str, path: str, is_refused: Test, message: str) -> Check:
    def check(subject: Subject) -> Iterable[Violation]:
        return (refused(code, path, message),) if is_refused(subject) else ()

    return check


for _code, _path, _since, _until, _test, _message in _REFUSED:
    RULES.add(_code, _since, _until, says=f"{_path} {_message}")(_unless(_code, _path, _test, _message))


def _cleaned(path: str) -> str:
    """The path as Go's `filepath.Clean` leaves it."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _is_cpu_list(text: str) -> bool:
    """Whether `cpuset.Parse` reads the text; an empty one is an empty set."""
    for part in text.split(",") if text else ():
        match = re.fullmatch(r"([+-]?[0-9]+)(?:-([+-]?[0-9]+))?", part, re.ASCII)
        if match is None or int(match[2] or match[1]) < int(match[1]) or int(match[1]) < 0:
            return False
    return True


# -- lists -------------------------------------------------------------------------------------------------------------
_ENFORCED: Final = ("pods", "system-reserved", "kube-reserved", "none")
_COMPRESSIBLE: Final = ("system-reserved-compressible", "kube-reserved-compressible")


@RULES.add("enforceNodeAllocatable", names=("enum", "noneAlone", "duplicate", "compressibleExclusive"))
def enforce_node_allocatable(subject: Subject) -> Iterator[Violation]:
    """Known words, none alone; from 1.31 none twice, from 1.32 no reservation together with its compressible part."""
    path, given, minor = "enforceNodeAllocatable", subject.config.enforce_node_allocatable, subject.minor
    known = (*_ENFORCED, *_COMPRESSIBLE) if minor >= 32 else _ENFORCED
    for name in given:
        if name not in known:
            yield refused(f"{path}.enum", path, f"{name!r} is none of {', '.join(known)}")
        elif name == "none" and len(given) > 1:
            yield refused(f"{path}.noneAlone", path, "none must stand alone")
    for name in sorted(set(given)) if minor >= 31 else ():
        if given.count(name) > 1:
            yield refused(f"{path}.duplicate", path, f"{name} is there twice")
    for name in _COMPRESSIBLE if minor >= 32 else ():
        if name in given and name.removesuffix("-compressible") in given:
            plain = name.removesuffix("-compressible")
            yield refused(f"{path}.compressibleExclusive", path, f"{name} and {plain} exclude each other")


_EFFECTS: Final = ("", "NoSchedule", "PreferNoSchedule", "NoExecute")


@RULES.add("registerWithTaints", since=23, names=("valid", "timeAdded"))
def taints(subject: Subject) -> Iterator[Violation]:
    """Taints with a qualified name, a label value and a known effect, and no time."""
    path = "registerWithTaints"
    for index, taint in enumerate(subject.config.register_with_taints):
        key, value, effect = taint.key or "", taint.value or "", taint.effect or ""
        if not is_qualified_name(key):
            yield refused(f"{path}.valid", path, f"the key {key!r} of item {index} is no qualified name")
        elif not is_label_value(value):
            yield refused(f"{path}.valid", path, f"the value {value!r} of item {index} is no label value")
        elif effect not in _EFFECTS:
            yield refused(f"{path}.valid", path, f"the effect {effect!r} of item {index} is none of {_EFFECTS[1:]}")
        if taint.time_added is not None:
            yield refused(f"{path}.timeAdded", path, f"item {index} must not have timeAdded")


@RULES.add("reservedMemory", names=("limitType", "nonzero", "duplicate"))
def reserved_memory(subject: Subject) -> Iterator[Violation]:
    """Only memory and huge pages, more than nothing of each, once per NUMA node."""
    seen = set()
    for item in subject.config.reserved_memory:
        node = item.numa_node or 0
        for resource, quantity in item.limits.items():
            if resource != "memory" and not resource.startswith("hugepages-"):
                message = f"{resource} cannot be reserved; memory and hugepages-<size> can"
                yield refused("reservedMemory.limitType", "reservedMemory", message)
            if canonical_quantity(quantity) == "0":
                yield refused(
                    "reservedMemory.nonzero", "reservedMemory", f"{resource} of NUMA node {node} must not be 0"
                )
            if (node, resource) in seen:
                message = f"{resource} of NUMA node {node} is there twice"
                yield refused("reservedMemory.duplicate", "reservedMemory", message)
            seen.add((node, resource))


@RULES.add("preloadedImagesVerificationAllowlist.pattern", since=33)
def allowlist(subject: Subject) -> Iterator[Violation]:
    """Full image names without tag and digest; a whole path below a prefix as `prefix/*`. The first fault is said."""
    path, config = "preloadedImagesVerificationAllowlist", subject.config
    if not subject.on("KubeletEnsureSecretPulledImages") or _needs_allowlist_policy(subject):
        return
    for index, pattern in enumerate(config.preloaded_images_verification_allowlist):
        prefix = pattern.removesuffix("/*")
        named = prefix and "*" not in prefix if prefix != pattern else is_full_image_name(pattern)
        if not named or pattern != pattern.strip():
            message = f"item {index}, {pattern!r}, is no full image name without tag, and no prefix with /* behind it"
            yield refused(f"{path}.pattern", path, message)
            return


# -- sections ----------------------------------------------------------------------------------------------------------
_IDS: Final = 65536


_OF_THE_HOST: Final = (
    "failCgroupV1.host", "singleProcessOOMKill.host",
    *(f"userNamespaces.idsPerPod.{name}" for name in ("min", "multiple", "max")),
)  # fmt: skip
_FAIL_CGROUP_V1: Final = 31  # the minors that have these fields
_SINGLE_OOM_KILL: Final = 32
_USER_NAMESPACES: Final = 33


@RULES.add("", since=_FAIL_CGROUP_V1, names=_OF_THE_HOST)
def of_the_host(subject: Subject) -> Iterator[Violation]:
    """What a host with cgroup v1 cannot have, and how many ids a pod gets; only the first thing wrong is said."""
    yield from islice(_host_faults(subject), 1)


def _host_faults(subject: Subject) -> Iterator[Violation]:
    config, minor = subject.config, subject.minor
    if subject.host is not None and subject.host.cgroup == "v1":
        if config.fail_cgroup_v1:
            yield refused("failCgroupV1.host", "failCgroupV1", "true keeps the kubelet from starting on cgroup v1")
        if minor >= _SINGLE_OOM_KILL and config.single_process_oom_kill is False:
            name = "singleProcessOOMKill"
            yield refused(f"{name}.host", name, "must not be false on cgroup v1")
    given, path = _at(config, "user_namespaces.ids_per_pod"), "userNamespaces.idsPerPod"
    if given is None or minor < _USER_NAMESPACES:
        return
    if given < _IDS:
        yield refused(f"{path}.min", path, f"must be {_IDS} at least")
    elif given % _IDS:
        yield refused(f"{path}.multiple", path, f"must be a multiple of {_IDS}")
    elif given > 2**32 - 1:
        yield refused(f"{path}.max", path, f"must not exceed {2**32 - 1}")


@RULES.add("logging", names=LOGGING)
def logging(subject: Subject) -> Iterator[Violation]:
    """The format of the log, how often it is flushed, and the options behind gates."""
    yield from logging_violations(subject, subject.config.logging, "kubelet", "", 30)


_SCHEMES: Final = ("dns", "unix", "unix-abstract")


@RULES.add("tracing", since=25, names=("samplingRatePerMillion.range", "endpoint.scheme"))
def tracing(subject: Subject) -> Iterator[Violation]:
    """How many requests are traced, and where the traces go."""
    given = subject.config.tracing
    if given is None or not subject.on("KubeletTracing"):
        return
    rate = given.sampling_rate_per_million
    if rate is not None and not 0 <= rate <= 1_000_000:
        place = "tracing.samplingRatePerMillion"
        yield Violation(f"kubelet.{place}.range", "Invalid", place, place, "must lie between 0 and 1000000")
    wrong = "" if given.endpoint is None else _endpoint_fault(given.endpoint)
    if wrong:
        place = "tracing.endpoint"
        yield Violation(f"kubelet.{place}.scheme", "Invalid", place, place, wrong)


def _endpoint_fault(text: str) -> str:
    """What is wrong with an endpoint: one without `//` is an address, any other a URL of a known scheme."""
    try:
        scheme = parse_url(text if "//" in text else f"dns://{text}").scheme
    except UrlError as error:
        return str(error)
    return "" if scheme in _SCHEMES else f"must be an address, or a URL of one of {', '.join(_SCHEMES)}"
