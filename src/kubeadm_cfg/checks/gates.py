"""Feature gates that a component of a minor does not know, has locked, cannot have without another, or warns of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from kubeadm_cfg.gates import GROUPS, FeatureGate, dependent_gates, gate_names, is_enabled, known_gates

if TYPE_CHECKING:
    from kubeadm_cfg.report import Severity

__all__ = ["SOURCE", "VERDICTS", "GateFault", "faults", "keeps_from_starting"]

SOURCE: Final = "kubernetes/kubernetes:pkg/features/kube_features.go"
VERDICTS: Final = ("known", "locked", "dependencies", "ga", "deprecated")
"""What can be said of a gate, as the end of a code: the first three keep the component from starting."""

_DEPENDENCIES: Final = 35  # the first minor that looks whether what a gate needs is on


class GateFault(NamedTuple):
    """What is to be said of one gate: its name, a word of `VERDICTS`, how bad it is, and what to do."""

    name: str
    verdict: str
    severity: Severity
    message: str
    remedy: str | None = None


def faults(settings: Mapping[str, bool], component: str, minor: int) -> Iterator[GateFault]:
    """What a component (`kubelet`, `kube-apiserver` ...) of a minor (31 for 1.31) says of the gates that are set."""
    refused = False
    for name, value in settings.items():
        for fault in _of_gate(name, value, component, minor) if name not in GROUPS else ():
            refused = refused or fault.severity == "error"
            yield fault
    if minor >= _DEPENDENCIES and settings and not refused:
        yield from _missing(settings, component, minor)


def keeps_from_starting(settings: Mapping[str, bool], component: str, minor: int) -> bool:
    """Whether a gate is unknown or locked, at which the component stops before it looks at anything else."""
    return any(
        fault.severity == "error" and fault.verdict in VERDICTS[:2] for fault in faults(settings, component, minor)
    )


def _of_gate(name: str, value: bool, component: str, minor: int) -> Iterator[GateFault]:  # as it is set
    gate = known_gates().get(name)
    if gate is None or not gate.accepted(component, minor):
        yield GateFault(name, "known", "error", *_unknown(name, gate, component, minor))
        return
    state = gate.at(minor)
    if state is None:
        return
    if state.locked and value != state.default:
        shown = str(state.default).lower()
        message = f"the feature gate {name} is locked to {shown} in 1.{minor}: the {component} refuses to start"
        remedy = f"remove it; what it switched is part of Kubernetes 1.{minor}"
        yield GateFault(name, "locked", "error", message, remedy)
    elif state.stage == "GA":
        message = f"the feature gate {name} is stable since 1.{gate.since_stage('GA')} and will be removed"
        yield GateFault(name, "ga", "warning", message, "remove it" if value == state.default else None)
    elif state.stage == "Deprecated":
        message = f"the feature gate {name} is deprecated since 1.{gate.since_stage('Deprecated')} and will be removed"
        yield GateFault(name, "deprecated", "warning", message)


def _unknown(name: str, gate: FeatureGate | None, component: str, minor: int) -> tuple[str, str | None]:
    """What is wrong with a gate that the component does not know, and what to do."""
    message = f"{name} is no feature gate of the {component} of 1.{minor}: it refuses to start"
    if gate is None:
        import difflib

        close = difflib.get_close_matches(name, gate_names(component, minor), n=1)
        return message, f"did you mean {close[0]}?" if close else "remove it"
    if gate.removed is not None and gate.removed <= minor:
        return f"the feature gate {name} was removed in 1.{gate.removed}: the {component} refuses to start", "remove it"
    if component not in gate.accepted_by:
        return message, f"it is a gate of {', '.join(gate.accepted_by)}: set it there"
    return message, f"remove it: 1.{max(gate.since, minor + 1)} or later has it"


def _missing(settings: Mapping[str, bool], component: str, minor: int) -> Iterator[GateFault]:
    """Gates that are on although one that they need is off."""
    for gate in dependent_gates():
        name = gate.name
        if not gate.accepted(component, minor) or not is_enabled(name, minor, settings):
            continue
        needed = [other for other in gate.depends_on(minor) if not is_enabled(other, minor, settings)]
        if needed:
            message = f"the feature gate {name} is on, but needs {', '.join(needed)}: the {component} refuses to start"
            remedy = f"set {needed[0]} to true, or {name} to false"
            named = next((other for other in (name, *needed) if other in settings), "")
            yield GateFault(named, "dependencies", "error", message, remedy)
