"""Feature gates: what they are in each minor, who accepts them, and what a set of settings turns on."""

from __future__ import annotations

import pytest

from kubeadm_cfg.gates import GateState, feature_gate, gate_names, is_enabled, known_gates


@pytest.mark.parametrize(
    ("minor", "state"),
    [
        ("1.28", None),
        ("1.29", GateState("Alpha", default=False, locked=False)),
        ("v1.31.4", GateState("Beta", default=True, locked=False)),
        ("1.33", GateState("GA", default=True, locked=True)),
    ],
)
def test_a_gate_is_what_its_last_stage_says(minor: str, state: GateState | None) -> None:
    assert feature_gate("NFTablesProxyMode").at(minor) == state


def test_a_removed_gate_is_unknown_from_then_on() -> None:
    gate = feature_gate("CPUManager")
    assert gate.accepted("kubelet", 31)
    assert gate.removed is not None
    assert not gate.accepted("kubelet", gate.removed)
    assert gate.at(gate.removed) is None


def test_kube_proxy_registers_the_gates_of_logging_two_minors_later() -> None:
    assert "LoggingBetaOptions" in gate_names("kubelet", 24)
    assert "LoggingBetaOptions" not in gate_names("kube-proxy", 25)
    assert "LoggingBetaOptions" in gate_names("kube-proxy", 26)


@pytest.mark.parametrize(
    ("name", "minor", "settings", "on"),
    [
        ("NodeSwap", 29, {}, False),
        ("NodeSwap", 29, {"NodeSwap": True}, True),
        ("NodeSwap", 29, {"AllBeta": True}, True),
        ("NodeSwap", 29, {"AllBeta": True, "NodeSwap": False}, False),
        ("NodeSwap", 29, {"AllAlpha": True}, False),
        ("NodeSwap", 34, {"NodeSwap": False}, True),  # locked
        ("TopologyManager", 30, {}, True),  # part of Kubernetes, gone as a gate
        ("NFTablesProxyMode", 28, {}, False),  # still to come
    ],
)
def test_settings_turn_gates_on(name: str, minor: int, settings: dict[str, bool], on: bool) -> None:
    assert is_enabled(name, minor, settings) is on


def test_stages_are_in_order_and_end_where_the_gate_is_removed() -> None:
    for gate in known_gates().values():
        minors = [minor for minor in range(12, 38) if gate.at(minor) is not None]
        assert minors == list(range(minors[0], minors[-1] + 1)), gate
        assert gate.removed is None or minors[-1] == gate.removed - 1, gate
