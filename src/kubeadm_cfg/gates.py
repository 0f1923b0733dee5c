"""Feature gates per minor: stage, default, lock, removal, and what a set of settings turns on. No rule lives here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from kubeadm_cfg.facts import Lazily, read_facts

__all__ = [
    "GROUPS",
    "FeatureGate",
    "GateState",
    "dependent_gates",
    "feature_gate",
    "gate_names",
    "is_enabled",
    "known_gates",
]

Stage = Literal["Alpha", "Beta", "GA", "Deprecated"]

GROUPS: Final = {"AllAlpha": "Alpha", "AllBeta": "Beta"}
"""The names that set all gates of a stage which are not set by themselves."""

_COMPONENTS: Final = ("kubelet", "kube-proxy", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
# Gates that a component registers later than the others do, see their notes in the facts.
_REGISTERED: Final = {
    ("kube-proxy", "ContextualLogging"): 26,
    ("kube-proxy", "LoggingAlphaOptions"): 26,
    ("kube-proxy", "LoggingBetaOptions"): 26,
    **{
        (component, gate): 30  # client-go's own gates; before, an environment variable was the only way to set them
        for component in _COMPONENTS
        for gate in (
            "AtomicFIFO", "ClientsAllowCARotation", "ClientsAllowCBOR", "ClientsAllowTLSCacheGC", "ClientsPreferCBOR",
            "InOrderInformers", "InOrderInformersBatchProcess", "InformerResourceVersion", "UnlockWhileProcessingFIFO",
            "WatchListClient",
        )
    },
}  # fmt: skip


class GateState(NamedTuple):
    """What a gate is in one minor."""

    stage: Stage
    default: bool
    locked: bool


class FeatureGate:
    """One feature gate over all minors.

    >>> feature_gate("NFTablesProxyMode").at("1.31").stage
    'Beta'
    """

    __slots__ = (
        "_needs", "_stages", "accepted_by", "name", "note", "removed", "source",
    )  # fmt: skip

    def __init__(self, name: str, facts: Mapping[str, Any], source: str) -> None:
        self.name = name
        self.accepted_by: tuple[str, ...] = tuple(facts.get("accepted_by", _COMPONENTS))
        needs: Mapping[str, list[str]] = facts.get("depends_on", {})
        self._needs = tuple((_minor(since), tuple(names)) for since, names in needs.items())
        self.removed: int | None = _minor(facts["removed"]) if "removed" in facts else None
        self.note: str | None = facts.get("note")
        self.source = source
        first, *_ = stages = facts["stages"]
        backported = [[minor, *first[1:]] for minor in facts.get("backported_to", ())]
        self._stages: tuple[tuple[int, GateState], ...] = tuple(
            sorted(
                (_minor(minor), GateState(stage, default, locked))
                for minor, stage, default, locked in (*backported, *stages)
            )
        )

    def __repr__(self) -> str:
        return f"<FeatureGate {self.name}>"

    @property
    def since(self) -> int:
        """The first minor that knows the gate, as a number (`1.29` -> 29)."""
        return self._stages[0][0]

    def since_stage(self, stage: Stage) -> int | None:
        """The first minor in which the gate is in a stage, as a number; None where it never is."""
        return next((minor for minor, state in self._stages if state.stage == stage), None)

    def at(self, kubernetes: str | int) -> GateState | None:
        """What the gate is in a minor (`"1.31"`, `"v1.31.2"` or 31); None where it does not exist."""
        minor = kubernetes if isinstance(kubernetes, int) else _minor(kubernetes)
        if self.removed is not None and minor >= self.removed:
            return None
        found = None
        for since, state in self._stages:
            if since <= minor:
                found = state
        return found

    @property
    def has_needs(self) -> bool:
        """Whether the gate needs others in any minor."""
        return bool(self._needs)

    def depends_on(self, minor: int) -> tuple[str, ...]:
        """The gates that have to be on with it at a minor (35 for 1.35), the first that looks at that."""
        return next((names for since, names in reversed(self._needs) if since <= minor), ())

    def accepted(self, component: str, minor: int) -> bool:
        """Whether a component of that minor knows the gate, as far as the facts go."""
        if component not in self.accepted_by or minor < _REGISTERED.get((component, self.name), 0):
            return False
        return self.at(minor) is not None


def _minor(text: str) -> int:
    return int(text.removeprefix("v").split(".")[1])


@cache
def known_gates() -> Mapping[str, FeatureGate]:
    """Every gate of 1.22 and later, by name."""
    table = read_facts("feature-gates.json")
    sources = table.pop("_meta")["sources"]
    return Lazily(table, lambda name, facts: FeatureGate(name, facts, sources[facts["source"]]))


@cache
def dependent_gates() -> tuple[FeatureGate, ...]:
    """The gates that need others in some minor."""
    return tuple(gate for gate in known_gates().values() if gate.has_needs)


def feature_gate(name: str) -> FeatureGate:
    """The gate of that name.

    Raises:
        KeyError: no minor from 1.22 on knows it.
    """
    return known_gates()[name]


def gate_names(component: str, minor: int) -> list[str]:
    """The gates a component of that minor accepts, in alphabetical order, without `AllAlpha` and `AllBeta`."""
    return sorted(name for name, gate in known_gates().items() if gate.accepted(component, minor))


def is_enabled(name: str, minor: int, settings: Mapping[str, bool]) -> bool:
    """Whether a gate is on: what is set by itself, then `AllAlpha` and `AllBeta`, then the default of the minor.

    A gate that has become part of Kubernetes and is gone since counts as on, one that is still to come as off.
    """
    if not settings:
        return _is_on_by_itself(name, minor)
    state = known_gates()[name].at(minor)
    if state is None:
        return _is_on_by_itself(name, minor)
    if name in settings and not state.locked:
        return settings[name]
    group = next((group for group, stage in GROUPS.items() if stage == state.stage), "")
    return settings.get(group, state.default)


@cache
def _is_on_by_itself(name: str, minor: int) -> bool:
    gate = known_gates()[name]
    state = gate.at(minor)
    if state is None and gate.removed is not None and minor >= gate.removed:
        state = gate.at(gate.removed - 1)
    return state is not None and state.default
