"""What the rules of kubelet and kube-proxy share: subject, verdicts, and the rules both take from one library.

Sources: `pkg/kubelet/apis/config/validation`, `pkg/proxy/apis/config/validation` and component-base of each minor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kubeadm_cfg.checks.gates import faults
from kubeadm_cfg.gates import is_enabled

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host
    from kubeadm_cfg.kinds.kubelet_v1beta1 import LoggingConfiguration as KubeletLogging
    from kubeadm_cfg.kinds.kubeproxy_v1alpha1 import LoggingConfiguration as KubeProxyLogging
    from kubeadm_cfg.report import Severity

__all__ = [
    "LOGGING",
    "NEWEST",
    "OLDEST",
    "Check",
    "Rule",
    "Rules",
    "Subject",
    "Violation",
    "gate_violations",
    "is_previous_minor",
    "logging_violations",
]

OLDEST: Final = 22
NEWEST: Final = 99
MAX_INT32: Final = 2**31 - 1


class Violation(NamedTuple):
    """One thing a component refuses. `field` is as the component prints it, `path` the same place in the file."""

    code: str
    type: str
    field: str
    path: str
    message: str
    severity: Severity = "error"
    remedy: str | None = None


class Subject:
    """What a rule looks at: the defaulted configuration, the minor as a number, the host, and which gates are on."""

    __slots__ = ("config", "host", "minor", "settings")

    def __init__(self, config: Any, minor: int, host: Host | None = None) -> None:
        self.config = config
        self.minor = minor
        self.host = host
        self.settings: dict[str, bool] = config.feature_gates

    def on(self, gate: str) -> bool:
        """Whether a feature gate is on in this configuration."""
        return is_enabled(gate, self.minor, self.settings)


Check = Callable[[Subject], Iterable[Violation]]


class Rule(NamedTuple):
    """A rule of one component: its codes, the minors it holds in (`until` is the first without it), and its check."""

    code: str
    codes: tuple[str, ...]
    since: int
    until: int
    check: Check
    says: str


class Rules(list[Rule]):
    """The rules of one component, in the order in which it applies them."""

    def __init__(self, component: str) -> None:
        super().__init__()
        self.component = component

    def add(
        self, name: str, since: int = OLDEST, until: int = NEWEST, names: tuple[str, ...] = (), says: str = ""
    ) -> Callable[[Check], Check]:
        """Add a rule behind the ones that are there.

        `until` is the first minor without it; `names` stand behind its name in the codes of its violations, when they
        have several, and then it may have none itself; `says` is what it demands, by default its docstring.
        """
        code = f"{self.component}.{name}".rstrip(".")

        def add(check: Check) -> Check:
            codes = tuple(f"{code}.{behind}" for behind in names) or (code,)
            self.append(Rule(code, codes, since, until, check, says or check.__doc__ or ""))
            return check

        return add

    def run(self, subject: Subject) -> Iterator[Violation]:
        """What the rules of the subject's minor find, in their order."""
        for rule in self:
            if rule.since <= subject.minor < rule.until:
                yield from rule.check(subject)


# -- feature gates -----------------------------------------------------------------------------------------------------
def gate_violations(
    settings: Mapping[str, bool], component: str, minor: int, type_: str, field: str
) -> Iterator[Violation]:
    """Gates that keep the component from starting, or that it warns of; `field` is where it says so."""
    for fault in faults(settings, component, minor):
        code, path = f"{component}.featureGates.{fault.verdict}", f"featureGates.{fault.name}".rstrip(".")
        yield Violation(code, type_, field, path, fault.message, fault.severity, fault.remedy)


def is_previous_minor(text: str | None, minor: int) -> bool:
    """Whether `showHiddenMetricsForVersion` is absent or names the minor before this one."""
    return not text or text == f"1.{minor - 1}"


# -- logging, which both take from component-base ----------------------------------------------------------------------
LOGGING: Final = (
    "format.known", "format.gated", "flushFrequency.positive", "verbosity.max", "vmodule.textOnly",
    "vmodule.patternRequired", "vmodule.patternChars", "vmodule.verbosityMax", "options.text.gated",
    "options.json.gated",
)  # fmt: skip
"""The names of what `logging_violations` finds."""


def logging_violations(
    subject: Subject, logging: KubeletLogging | KubeProxyLogging, component: str, prefix: str, text_options_since: int
) -> Iterator[Violation]:
    """The rules of `logging`: format, flush frequency, verbosity, vmodule and the options behind gates."""
    minor = subject.minor

    def found(rule: str, type_: str, place: str, message: str) -> Violation:
        return Violation(f"{component}.logging.{rule}", type_, f"{prefix}{place}", place, message)

    log_format = logging.format or "text"
    if log_format not in ("text", "json"):
        yield found("format.known", "Invalid", "logging.format", f"{log_format!r} is no log format; text and json are")
    elif minor >= 25 and log_format == "json" and not subject.on("LoggingBetaOptions"):
        yield found("format.gated", "Forbidden", "logging.format", "json needs the feature gate LoggingBetaOptions")
    flush = logging.flush_frequency
    if minor >= 35 and flush is not None and flush.nanoseconds <= 0:
        yield found("flushFrequency.positive", "Invalid", "logging.flushFrequency", "must be longer than 0")
    if (logging.verbosity or 0) > MAX_INT32:
        yield found("verbosity.max", "Invalid", "logging.verbosity", f"must not exceed {MAX_INT32}")
    yield from _vmodule(logging, log_format, found)
    if minor < 25 or subject.on("LoggingAlphaOptions"):
        return
    for name in ("text", "json") if minor >= text_options_since else ("json",):
        options = getattr(logging.options, name)
        for option, is_set in (
            ("splitStream", bool(options.split_stream)),
            ("infoBufferSize", str(options.info_buffer_size or "0") != "0"),
        ):
            if is_set:
                place = f"logging.options.{name}.{option}"
                yield found(f"options.{name}.gated", "Forbidden", place, "needs the feature gate LoggingAlphaOptions")


def _vmodule(
    logging: KubeletLogging | KubeProxyLogging, log_format: str, found: Callable[[str, str, str, str], Violation]
) -> Iterator[Violation]:
    if logging.vmodule and log_format != "text":
        yield found("vmodule.textOnly", "Forbidden", "logging.vmodule", "only the log format text has it")
    items: list[Any] = list(logging.vmodule)  # of two classes that have the same fields
    for index, item in enumerate(items):
        place = f"logging.vmodule[{index}]"
        if not item.file_pattern:
            yield found("vmodule.patternRequired", "Required", place, "filePattern must not be empty")
        elif set(item.file_pattern) & set("=,"):
            yield found("vmodule.patternChars", "Invalid", place, "filePattern must hold neither = nor ,")
        if (item.verbosity or 0) > MAX_INT32:
            yield found("vmodule.verbosityMax", "Invalid", place, f"verbosity must not exceed {MAX_INT32}")
