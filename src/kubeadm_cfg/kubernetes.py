"""Kubernetes over its minors: releases, support windows, API versions of kubeadm, feature gates. Facts, no rule."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from kubeadm_cfg.facts import read_facts
from kubeadm_cfg.gates import FeatureGate, GateState, feature_gate, gate_names, is_enabled

__all__ = [
    "NEWEST",
    "OLDEST",
    "ApiVersion",
    "FeatureGate",
    "GateState",
    "KubeadmGate",
    "Minor",
    "api_version",
    "api_versions",
    "feature_gate",
    "gate_names",
    "is_enabled",
    "kubeadm_gates",
    "minor",
    "minor_number",
    "minors",
]

OLDEST: Final = 22
"""The oldest minor whose programs are known, as a number."""
NEWEST: Final = 37
"""The newest minor whose programs are known, as a number."""

_NEVER: Final = 999


def minor_number(version: str) -> int | None:
    """31 of ``"1.31"``, ``"v1.31.2"``; None of a text that is no version.

    >>> minor_number("v1.31.2-rc.0")
    31
    """
    found = re.match(r"\s*v?1\.([0-9]{1,3})(?![0-9])", version)
    return int(found[1]) if found else None


# -- releases ----------------------------------------------------------------------------------------------------------
class Minor(NamedTuple):
    """A minor release: its number (31 for 1.31), its days, and its last patch release where there is one."""

    number: int
    released: date
    end_of_life: date
    final_patch: str | None

    def is_supported(self, day: date) -> bool:
        """Whether patch releases are made on that day.

        >>> from datetime import date
        >>> minor("1.36").is_supported(date(2026, 11, 28)), minor("1.34").is_supported(date(2026, 11, 28))
        (True, False)
        """
        return self.released <= day <= self.end_of_life

    def __str__(self) -> str:
        return f"1.{self.number}"


@cache
def minors() -> tuple[Minor, ...]:
    """The minors whose programs are known, the oldest first.

    >>> [str(known) for known in minors()][-2:]
    ['1.36', '1.37']
    """
    return tuple(
        Minor(
            _number(name, _NEVER),
            date.fromisoformat(facts["released"]),
            date.fromisoformat(facts["end_of_life"]),
            facts["final_patch"],
        )
        for name, facts in _facts()["minors"].items()
    )


def minor(version: str) -> Minor:
    """The minor of a version such as ``"1.31"`` or ``"v1.31.2"``.

    Raises:
        KeyError: the text is no version, or one of a minor that is not known.

    >>> minor("v1.31.2").released.isoformat()
    '2024-08-13'
    """
    number = minor_number(version)
    found = next((known for known in minors() if known.number == number), None)
    if found is None:
        raise KeyError(version)
    return found


# -- API versions of kubeadm -------------------------------------------------------------------------------------------
class ApiVersion(NamedTuple):
    """A version of the group kubeadm.k8s.io, and the minors (as numbers) at which its standing changes.

    It is read from `since` on, with a warning from `deprecated` on, and refused from `removed` on. Before `since` an
    experimental one exists that `init` and `join` refuse.
    """

    name: str
    since: int
    deprecated: int
    removed: int
    experimental: int
    migrate_with: str | None
    source: str

    def at(self, minor: str | int) -> Literal["read", "deprecated", "experimental", "removed"] | None:
        """What a minor (`"1.31"` or 31) thinks of the version; None where it has not come yet.

        >>> [api_version("v1beta4").at(number) for number in (27, 30, 31)]
        [None, 'experimental', 'read']
        """
        number = _number(minor, _NEVER) if isinstance(minor, str) else minor
        if number >= self.removed:
            return "removed"
        if number >= self.since:
            return "deprecated" if number >= self.deprecated else "read"
        return "experimental" if number >= self.experimental else None

    def is_read(self, minor: str | int) -> bool:
        """Whether kubeadm of that minor reads the version without a flag that allows it."""
        return self.at(minor) in ("read", "deprecated")


@cache
def api_versions() -> dict[str, ApiVersion]:
    """The versions of kubeadm's group, the oldest first, by name."""
    return {
        name: ApiVersion(
            name,
            _number(facts["since"], 0 if name == "v1alpha1" else _NEVER),
            _number(facts["deprecated"], _NEVER),
            _number(facts["removed"], _NEVER),
            _number(facts["experimental"], _NEVER),
            facts["migrate_with"],
            facts["source"],
        )
        for name, facts in _facts()["kubeadm_api_versions"].items()
    }


def api_version(name: str) -> ApiVersion:
    """A version of kubeadm's group, such as ``"v1beta4"`` or ``"kubeadm.k8s.io/v1beta4"``.

    Raises:
        KeyError: there never was one of that name.
    """
    return api_versions()[name.removeprefix("kubeadm.k8s.io/")]


# -- kubeadm's own gates -----------------------------------------------------------------------------------------------
class KubeadmGate(NamedTuple):
    """A gate of `ClusterConfiguration.featureGates`: its stages by minor (a number), and the first minor without it."""

    name: str
    stages: tuple[tuple[int, GateState], ...]
    removed: int
    source: str

    def at(self, minor: str | int) -> GateState | None:
        """What the gate is in a minor; None where it does not exist.

        >>> kubeadm_gates()["EtcdLearnerMode"].at("1.31").stage
        'Beta'
        """
        number = _number(minor, _NEVER) if isinstance(minor, str) else minor
        if number >= self.removed:
            return None
        return next((state for since, state in reversed(self.stages) if since <= number), None)


@cache
def kubeadm_gates() -> dict[str, KubeadmGate]:
    """kubeadm's own gates, by name; those of the components are `feature_gate`'s."""
    return {
        name: KubeadmGate(
            name,
            tuple(
                (_number(stage["minor"], 0), GateState(stage["stage"], stage["default"], locked=False))
                for stage in facts["stages"]
            ),
            _number(facts["removed"], _NEVER),
            facts["source"],
        )
        for name, facts in _facts()["kubeadm_gates"].items()
    }


def _number(text: str | None, otherwise: int) -> int:
    number = minor_number(text) if text else None
    return otherwise if number is None else number


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = read_facts("kubernetes.json")
    return facts
