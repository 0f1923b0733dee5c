"""Flags in extraArgs and kubeletExtraArgs that the component of a minor refuses, warns of, or sets over the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kubeadm_cfg.checks.component import Violation
from kubeadm_cfg.checks.gates import VERDICTS, faults
from kubeadm_cfg.convert import unstructure
from kubeadm_cfg.flag_values import BOOLEANS
from kubeadm_cfg.flags import FIRST_READ, LAST_READ, Flag, flags_of, normalized, parse
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.quantities import canonical_quantity
from kubeadm_cfg.report import masked
from kubeadm_cfg.values import Duration

if TYPE_CHECKING:
    from kubeadm_cfg.report import Severity

__all__ = ["CODES", "GATE_CODES", "MANAGED_CODES", "Argument", "arguments", "gate_violations", "managed", "violations"]

MANAGED_CODES: Final = ("kubeadm.extraArgs.replaced", "kubeadm.extraArgs.needed")
# What the values that kubeadm sets must go on to hold: without them kubelets may not do their work.
_NEEDED: Final = {"enable-admission-plugins": ("NodeRestriction",), "authorization-mode": ("Node", "RBAC")}
_EITHER: Final = ("seccomp-default",)  # true in the flag or in the file is enough, as the facts of the flag say
CODES: Final = tuple(f"flag.{name}" for name in ("unknown", "removed", "deprecated", "type", "overridden"))
_GATED: Final = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet")
GATE_CODES: Final = tuple(f"{component}.featureGates.{name}" for component in _GATED for name in (*VERDICTS, "value"))

# Where each kind holds flags, and whose they are.
_FIELDS: Final[dict[str, tuple[tuple[tuple[str, ...], str], ...]]] = {
    "ClusterConfiguration": (
        (("apiServer", "extraArgs"), "kube-apiserver"),
        (("controllerManager", "extraArgs"), "kube-controller-manager"),
        (("scheduler", "extraArgs"), "kube-scheduler"),
        (("etcd", "local", "extraArgs"), "etcd"),
    ),
    "InitConfiguration": ((("nodeRegistration", "kubeletExtraArgs"), "kubelet"),),
    "JoinConfiguration": ((("nodeRegistration", "kubeletExtraArgs"), "kubelet"),),
}


class Argument(NamedTuple):
    """One flag as a file gives it: whose it is, the field it stands in, its name as written, and its value."""

    component: str
    field: str
    name: str
    value: str

    @property
    def path(self) -> str:
        return f"{self.field}[{self.name}]"


def arguments(kind: str, data: dict[str, Any]) -> Iterator[Argument]:
    """The flags that plain data of a kind gives to its components, in their order; mappings and lists alike."""
    for steps, component in _FIELDS.get(kind, ()):
        found: Any = data
        for step in steps:
            found = found.get(step)
            if not found:
                break
        else:
            given = found.items() if isinstance(found, dict) else ((arg.get("name"), arg.get("value")) for arg in found)
            field = ".".join(steps)
            yield from (Argument(component, field, name or "", value or "") for name, value in given)


def violations(
    given: Iterable[Argument], minor: int, kubelet: KubeletConfiguration | None = None
) -> Iterator[Violation]:
    """What is to be said of the flags in one object at a minor (31 for 1.31).

    Args:
        given: the flags of an Init-, Join- or ClusterConfiguration.
        minor: the Kubernetes minor; outside what was read, nothing is said that cannot be known.
        kubelet: the KubeletConfiguration of the same file, which may say something else.
    """
    last: dict[str, tuple[Argument, Flag, Any]] = {}
    for argument in given:
        flag = flags_of(argument.component).get(normalized(argument.component, argument.name))
        if flag is None or not flag.is_known(minor):
            yield from _not_known(argument, minor, flag)
            continue
        try:
            value = parse(flag, argument.value, minor)
        except ValueError as problem:  # the component stops here, before it says that the flag is deprecated
            shown = masked(repr(argument.value))
            message = f"--{flag.name} of {argument.component} cannot read {shown}: {problem}"
            yield _violation("flag.type", argument, message)
            continue
        if flag.is_deprecated(max(minor, FIRST_READ)):
            message = f"--{flag.name} of {argument.component} is deprecated" + (f": {flag.gist}" if flag.gist else "")
            yield _violation("flag.deprecated", argument, message, is_certain=False)
        if argument.component == "kubelet" and flag.config_field and value is not None:
            last[flag.name] = argument, flag, _added(flag, last[flag.name][2], value) if flag.name in last else value
    for argument, flag, value in last.values():
        if kubelet is not None and _differs(flag, value, kubelet):
            message = f"the flag wins over {flag.config_field} of the KubeletConfiguration, which says something else"
            yield _violation("flag.overridden", argument, message, is_certain=False)


def gate_violations(given: Iterable[Argument], minor: int) -> Iterator[Violation]:
    """What the components say of the feature gates that the flags in one object set, at a minor (31 for 1.31)."""
    for argument in given:
        flag = flags_of(argument.component).get(normalized(argument.component, argument.name))
        if argument.component not in _GATED or flag is None or flag.name != "feature-gates":
            continue
        try:
            gates = parse(flag, argument.value, minor)
        except ValueError:
            continue  # which another rule says
        code, path = f"{argument.component}.featureGates", argument.path
        settings = {name: BOOLEANS.get(value, value) for name, value in gates.items()}
        for name, value in settings.items():
            if not isinstance(value, bool):
                message = f"the feature gate {name} must be true or false: the {argument.component} refuses to start"
                yield Violation(f"{code}.value", "Invalid", path, path, message, remedy=f"write {name}=true or =false")
        settings = {name: value for name, value in settings.items() if isinstance(value, bool)}
        for fault in faults(settings, argument.component, minor):
            verdict = f"{code}.{fault.verdict}"
            yield Violation(verdict, "Invalid", path, path, fault.message, fault.severity, fault.remedy)


def managed(given: Iterable[Argument], minor: int) -> Iterator[Violation]:
    """Flags that kubeadm sets itself, and whose value in extraArgs takes the place of its own."""
    for argument in given:
        flag = flags_of(argument.component).get(argument.name)  # kubeadm compares the names as they are written
        if flag is None or not flag.kubeadm_sets or not flag.is_known(minor):
            continue
        needed = _NEEDED.get(argument.name, ()) if argument.component == "kube-apiserver" else ()
        missing = [name for name in needed if name not in argument.value.split(",")]
        code, message = "replaced", f"kubeadm sets --{flag.name} itself ({flag.kubeadm_sets}); this value replaces it"
        if missing:
            code, message = "needed", f"{message}, and lacks {', '.join(missing)}, which kubelets need"
        remedy = f"add {','.join(missing)} to the value" if missing else None
        severity: Severity = "warning" if missing else "info"
        path = argument.path
        yield Violation(f"kubeadm.extraArgs.{code}", "Invalid", path, path, message, severity, remedy)


def _not_known(argument: Argument, minor: int, flag: Flag | None) -> Iterator[Violation]:
    if flag is not None and flag.removed is not None and minor >= flag.removed:
        message = f"{argument.component} has no flag --{flag.name} since 1.{flag.removed}: it does not start"
        yield _violation("flag.removed", argument, message)
    elif minor >= FIRST_READ:
        yield _violation("flag.unknown", argument, _unknown(argument, minor, flag), is_certain=minor <= LAST_READ)


def _added(flag: Flag, first: Any, second: Any) -> Any:
    """What a flag that is given twice comes to: maps and lists of repeatable flags add up, else the last wins."""
    if flag.repeatable and isinstance(first, dict):
        return {**first, **second}
    return [*first, *second] if flag.repeatable and isinstance(first, list) else second


def _violation(code: str, argument: Argument, message: str, *, is_certain: bool = True) -> Violation:
    path = argument.path
    return Violation(code, "Invalid", path, path, message, "error" if is_certain else "warning")


def _unknown(argument: Argument, minor: int, flag: Flag | None) -> str:
    component, name = argument.component, argument.name
    message = f"{component} of 1.{minor} has no flag --{name}: it does not start"
    if flag is not None and flag.since is not None:
        return f"{message}; 1.{flag.since} is the first that has it"
    if name.startswith("-"):
        return f"{message}; kubeadm writes the dashes itself"
    known = [name for name, flag in flags_of(component).items() if flag.is_known(minor)]
    close = difflib.get_close_matches(name, known, n=1)
    return f"{message}; did you mean {close[0]}?" if close else message


def _differs(flag: Flag, value: Any, kubelet: KubeletConfiguration) -> bool:
    """Whether the file sets the flag's field to something else; feature gates are merged one by one."""
    assert flag.config_field is not None
    steps = flag.config_field.split(".")
    written: Any = unstructure(kubelet)
    for step in steps:
        written = written.get(step) if isinstance(written, dict) else None
    if written is None:
        return False
    if flag.config_field == "featureGates":
        return any(gate in written and written[gate] != on for gate, on in value.items())
    if isinstance(value, Duration):
        written = Duration(written)
    elif flag.type == "[]v1.Taint":
        return _without_empty(written) != _without_empty(value)
    elif flag.name == "reserved-memory":
        return _by_node(written) != _by_node(value)
    elif flag.name in _EITHER:
        return bool(value and not written)
    return bool(written != value)


def _by_node(reserved: list[dict[str, Any]]) -> dict[tuple[int, str], str]:
    return {
        (item.get("numaNode") or 0, resource): canonical_quantity(quantity)
        for item in reserved
        for resource, quantity in (item.get("limits") or {}).items()
    }


def _without_empty(taints: Any) -> list[dict[str, str]]:
    return [{name: value for name, value in taint.items() if value} for taint in taints if isinstance(taint, dict)]
