"""What the kubelet refuses because of something else in the same file, or at all: one condition each, as a table."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any, Final

from kubeadm_cfg.checks.component import NEWEST, Subject, is_previous_minor

__all__ = ["REFUSED", "Test", "at", "needs_allowlist_policy"]

Test = Callable[[Subject], bool]

_SECOND: Final = 1_000_000_000


def at(config: Any, attributes: str) -> Any:
    """The value at dotted attributes: durations as nanoseconds, None behind a pointer that is not set."""
    for attribute in attributes.split("."):
        config = None if config is None else getattr(config, attribute)
    return getattr(config, "nanoseconds", config)


def _swap_words(subject: Subject) -> tuple[str, ...]:
    return ("", "LimitedSwap", "NoSwap" if subject.minor >= 30 else "UnlimitedSwap")


def _graces(subject: Subject) -> tuple[int, int]:
    names = "shutdown_grace_period", "shutdown_grace_period_critical_pods"
    period, critical = (at(subject.config, name) or 0 for name in names)
    return period, critical


def _is_too_short(period: int, minor: int) -> bool:
    """Below a second and not 0; what is negative is refused by another rule up to 1.23."""
    return 0 < period < _SECOND or (minor >= 24 and period < 0)


def _combined_grace(subject: Subject) -> bool:
    period, critical = _graces(subject)
    return subject.on("GracefulNodeShutdown") and (period < 0 or critical < 0 or critical > period)


def _reserves(subject: Subject, name: str) -> bool:
    names = {name, f"{name}-compressible"} if subject.minor >= 32 else {name}
    return bool(names & set(subject.config.enforce_node_allocatable))


def _quota_period_is_out(subject: Subject) -> bool:
    least = 1_000_000 if subject.minor >= 26 else 1_000
    period = subject.config.cpu_cfs_quota_period.nanoseconds
    return subject.on("CustomCPUCFSQuotaPeriod") and not least <= period <= _SECOND


def _is_out_of_restart_range(subject: Subject) -> bool:
    period = at(subject.config, "crash_loop_back_off.max_container_restart_period")
    milliseconds = None if period is None else int(period / 1_000_000)
    is_out = milliseconds is not None and not 1_000 <= milliseconds <= 300_000
    return is_out and subject.on("KubeletCrashLoopBackOffMax")


def needs_allowlist_policy(subject: Subject) -> bool:
    """Whether a list of images stands beside a policy that does not look at it."""
    given = subject.config.image_pull_credentials_verification_policy
    return (
        subject.on("KubeletEnsureSecretPulledImages")
        and bool(subject.config.preloaded_images_verification_allowlist)
        and given != "NeverVerifyAllowlistedImages"
    )


_PULL_POLICIES: Final = ("NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages", "AlwaysVerify")


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


# (rule, field, since, until, what is refused, the message)
REFUSED: Final[tuple[tuple[str, str, int, int, Test, str], ...]] = (
    ("enforceNodeAllocatable.needsCgroupsPerQOS.old", "enforceNodeAllocatable", 22, 31,
     lambda s: not s.config.cgroups_per_qos and bool(s.config.enforce_node_allocatable),
     "must be empty while cgroupsPerQOS is false"),
    ("enforceNodeAllocatable.needsCgroupsPerQOS", "enforceNodeAllocatable", 31, NEWEST,
     lambda s: not s.config.cgroups_per_qos and any(name != "none" for name in s.config.enforce_node_allocatable),
     "needs cgroupsPerQOS: true, unless it is [none]"),
    ("systemCgroups.needsCgroupRoot", "systemCgroups", 22, NEWEST,
     lambda s: bool(s.config.system_cgroups) and not s.config.cgroup_root, "needs cgroupRoot"),
    ("cpuCFSQuotaPeriod.needsGate", "cpuCFSQuotaPeriod", 22, NEWEST,
     lambda s: s.config.cpu_cfs_quota_period.nanoseconds != _SECOND // 10 and not s.on("CustomCPUCFSQuotaPeriod"),
     "any value but 100ms needs the feature gate CustomCPUCFSQuotaPeriod"),
    ("cpuCFSQuotaPeriod.range", "cpuCFSQuotaPeriod", 22, NEWEST, _quota_period_is_out,
     "must lie between 1ms (1us up to 1.25) and 1s"),
    ("imageGCLowThresholdPercent.lessThanHigh", "imageGCLowThresholdPercent", 22, NEWEST,
     lambda s: s.config.image_gc_low_threshold_percent >= s.config.image_gc_high_threshold_percent,
     "must be lower than imageGCHighThresholdPercent"),
    ("imageMaximumGCAge.needsGate", "imageMaximumGCAge", 29, NEWEST,
     lambda s: bool(at(s.config, "image_maximum_gc_age")) and not s.on("ImageMaximumGCAge"),
     "needs the feature gate ImageMaximumGCAge"),
    ("imageMaximumGCAge.greaterThanMinimum", "imageMaximumGCAge", 29, NEWEST,
     lambda s: 0 < (at(s.config, "image_maximum_gc_age") or 0) <= s.config.image_minimum_gc_age.nanoseconds,
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
     needs_allowlist_policy, "needs imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages"),
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
    ("memoryThrottlingFactor.needsGate", "memoryThrottlingFactor", 37, NEWEST,
     lambda s: s.config.memory_throttling_factor not in (None, 0.9) and not s.on("MemoryQoS"),
     "needs the feature gate MemoryQoS; only 0.9, which was the default, passes without it"),
    ("defaultPodSysctls.needsGate", "defaultPodSysctls", 37, NEWEST,
     lambda s: bool(s.config.default_pod_sysctls) and not s.on("DefaultPodSysctls"),
     "needs the feature gate DefaultPodSysctls"),
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
     lambda s: s.config.container_log_monitor_interval.nanoseconds < 3 * _SECOND, "must be 3s at least"),
    ("podLogsDir.absolute", "podLogsDir", 30, NEWEST,
     lambda s: not s.config.pod_logs_dir.startswith("/"), "must be an absolute path"),
    ("podLogsDir.normalized", "podLogsDir", 30, NEWEST,
     lambda s: _cleaned(s.config.pod_logs_dir) != s.config.pod_logs_dir, "must hold no . or .. and not end in a slash"),
    ("podLogsDir.ascii", "podLogsDir", 30, NEWEST, lambda s: not s.config.pod_logs_dir.isascii(),
     "must hold nothing but ASCII characters"),
)  # fmt: skip
