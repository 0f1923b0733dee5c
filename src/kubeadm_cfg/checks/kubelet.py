"""What the kubelet refuses, rule by rule (`pkg/kubelet/apis/config/validation/validation.go` of each minor)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from kubeadm_cfg.checks.component import (
    LOGGING,
    NEWEST,
    Check,
    Rules,
    Subject,
    Violation,
    gate_violations,
    logging_violations,
)
from kubeadm_cfg.checks.gates import keeps_from_starting
from kubeadm_cfg.checks.grammar import UrlError, is_full_image_name, parse_url
from kubeadm_cfg.checks.kubelet_conditions import REFUSED, Test, at, needs_allowlist_policy
from kubeadm_cfg.checks.names import is_label_value, is_qualified_name
from kubeadm_cfg.defaults.component import defaulted
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.quantities import canonical_quantity

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["RULES", "gates_of", "subject_of", "violations"]

RULES: Final = Rules("kubelet")


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
def _unless(code: str, path: str, is_refused: Test, message: str) -> Check:
    def check(subject: Subject) -> Iterable[Violation]:
        return (refused(code, path, message),) if is_refused(subject) else ()

    return check


for _code, _path, _since, _until, _test, _message in REFUSED:
    RULES.add(_code, _since, _until, says=f"{_path} {_message}")(_unless(_code, _path, _test, _message))


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


_SYSCTL_SEGMENT: Final = "[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_SYSCTL: Final = re.compile(rf"(?:{_SYSCTL_SEGMENT}[./])*{_SYSCTL_SEGMENT}")
_SYSCTL_LENGTH: Final = 253
_SWAPPED: Final = str.maketrans("./", "/.")
# What belongs to a namespace of the pod (component-helpers/node/util/sysctl).
_NAMESPACED: Final = re.compile(
    r"kernel\.(?:domainname|sem|shm(?:all|max|mni|_rmid_forced)?|msg(?:max|mnb|mni)?)|(?:net|fs\.mqueue|user)\..*"
)


@RULES.add("defaultPodSysctls", since=37, names=("name", "namespaced", "duplicate"))
def default_pod_sysctls(subject: Subject) -> Iterator[Violation]:
    """Names of sysctls that a pod has for itself, each once, be it written with dots or with slashes."""
    if not subject.on("DefaultPodSysctls"):
        return
    path, seen = "defaultPodSysctls", set()
    for name in subject.config.default_pod_sysctls:
        if len(name) > _SYSCTL_LENGTH or not _SYSCTL.fullmatch(name):
            yield refused(f"{path}.name", path, f"{name!r} is no name of a sysctl")
            continue
        first = next((mark for mark in name if mark in "./"), ".")
        dotted = name if first == "." else name.translate(_SWAPPED)
        if not _NAMESPACED.fullmatch(dotted):
            yield refused(f"{path}.namespaced", path, f"{name} holds for the whole node, not for a pod")
        if dotted in seen:
            yield refused(f"{path}.duplicate", path, f"{dotted} is there twice")
        seen.add(dotted)


@RULES.add("preloadedImagesVerificationAllowlist.pattern", since=33)
def allowlist(subject: Subject) -> Iterator[Violation]:
    """Full image names without tag and digest; a whole path below a prefix as `prefix/*`. The first fault is said."""
    path, config = "preloadedImagesVerificationAllowlist", subject.config
    if not subject.on("KubeletEnsureSecretPulledImages") or needs_allowlist_policy(subject):
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
    given, path = at(config, "user_namespaces.ids_per_pod"), "userNamespaces.idsPerPod"
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
