"""Feature gates: what they are in each minor, who accepts them, and what a set of settings turns on."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.gates import GateState, dependent_gates, feature_gate, gate_names, is_enabled, known_gates


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


def kubelet(gates: dict[str, bool], minor: str, **options: Any) -> list[tuple[str, str]]:
    lines = "".join(f"  {name}: {str(on).lower()}\n" for name, on in gates.items())
    text = f"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates:\n{lines}"
    report = kc.check_text(text, kubernetes=minor, rules="kubernetes", **options)
    return [(problem.severity, problem.code.removeprefix("kubelet.featureGates.")) for problem in report.problems]


@pytest.mark.parametrize(
    ("gates", "minor", "found"),
    [
        ({"NoSuchGate": True}, "1.31", [("error", "known")]),
        ({"NoSuchGate": True}, "1.37", [("error", "known")]),
        ({"SidecarContainers": True}, "1.36", [("warning", "ga")]),
        ({"SidecarContainers": True}, "1.37", [("error", "known")]),
        ({"DRADeviceTaints": False}, "1.37", [("error", "locked")]),
        ({"CPUManager": True}, "1.32", [("warning", "ga")]),
        ({"CPUManager": False}, "1.32", [("error", "locked")]),
        ({"CPUManager": True}, "1.33", [("error", "known")]),
        ({"NodeSwap": True}, "1.33", []),
        ({"NodeSwap": True}, "1.34", [("warning", "ga")]),
        ({"NodeSwap": False}, "1.34", [("error", "locked")]),
        ({"NFTablesProxyMode": True}, "1.28", [("error", "known")]),
        ({"ControllerManagerReleaseLeaderElectionLockOnExit": True}, "1.36", [("error", "known")]),
        ({"AllAlpha": False, "AllBeta": True}, "1.31", []),
        # the history inside newer code names earlier minors, whose own code does not know the gate
        ({"AllowServiceExternalIPs": True}, "1.35", [("error", "known")]),
        ({"AllowServiceExternalIPs": True}, "1.36", [("warning", "ga")]),
        ({"GitRepoVolumeDriver": True}, "1.32", [("error", "known")]),
        ({"GitRepoVolumeDriver": True}, "1.33", [("warning", "deprecated")]),
        ({"UserNamespacesSupport": True}, "1.27", [("error", "known")]),
        ({"UserNamespacesSupport": True}, "1.28", []),
    ],
)
def test_a_gate_is_refused_or_warned_of(gates: dict[str, bool], minor: str, found: list[tuple[str, str]]) -> None:
    assert kubelet(gates, minor) == found


def test_a_gate_needs_those_it_depends_on_from_1_35_on() -> None:
    assert kubelet({"ClusterTrustBundleProjection": True}, "1.34") == []
    assert kubelet({"ClusterTrustBundleProjection": True}, "1.35") == [("error", "dependencies")]
    assert kubelet({"ClusterTrustBundleProjection": True, "ClusterTrustBundle": True}, "1.35") == []
    assert kubelet({"MatchLabelKeysInPodTopologySpread": False}, "1.35") == [("error", "dependencies")]
    assert kubelet({"AllAlpha": False}, "1.36") == []


def test_every_gate_a_gate_depends_on_is_known() -> None:
    for gate in dependent_gates():
        for minor in (35, 36, 37):
            assert set(gate.depends_on(minor)) <= set(known_gates())


def test_what_a_gate_depends_on_goes_with_the_minor() -> None:
    assert kubelet({"UserNamespacesHostNetworkSupport": True, "NodeDeclaredFeatures": False}, "1.35") == []
    assert set(kubelet({"UserNamespacesHostNetworkSupport": True, "NodeDeclaredFeatures": False}, "1.36")) == {
        ("error", "dependencies")
    }
    assert kubelet({"WorkloadWithJob": True}, "1.36") == [("error", "dependencies")]
    assert kubelet({"WorkloadWithJob": True, "GenericWorkload": True}, "1.36") == []
    assert kubelet({"MatchLabelKeysInPodTopologySpread": True}, "1.37") == []


@pytest.mark.parametrize(
    ("minor", "value", "found"),
    [
        ("1.31", "NoSuchGate=true", ["known"]),
        ("1.34", "NodeSwap=false", ["locked"]),
        ("1.34", "NodeSwap=true", ["ga"]),
        ("1.34", "kube:NodeSwap=true", ["ga"]),
        ("1.30", "NodeSwap=maybe", []),  # the flag's type says so, not the gate
        ("1.34", "NodeSwap=maybe", ["value"]),
        ("1.34", "NodeSwap", ["value"]),
        ("1.34", "WatchList=true", []),
    ],
)
def test_gates_in_extra_args_are_judged_by_their_component(minor: str, value: str, found: list[str]) -> None:
    arguments = f"apiServer:\n  extraArgs:\n  - name: feature-gates\n    value: {value}\n"
    text = f"apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n{arguments}"
    report = kc.check_text(text, kubernetes=minor, select=["kube-apiserver.featureGates."])
    assert [problem.code.rpartition(".")[2] for problem in report] == found
    assert {problem.path for problem in report} <= {"apiServer.extraArgs[feature-gates]"}
    assert not kc.check_text(text, kubernetes=minor, rules="kubernetes", select=["kube-apiserver."]).problems


@pytest.mark.parametrize(
    ("gate", "minor", "found"),
    [
        ("PublicKeysECDSA", "1.30", []),
        ("PublicKeysECDSA", "1.31", ["warning"]),
        ("PublicKeysECDSA", "1.37", ["error"]),
        ("NodeLocalCRISocket", "1.31", ["error"]),
        ("NodeLocalCRISocket", "1.35", []),
        ("NodeLocalCRISocket", "1.36", ["info"]),
        ("NodeSwap", "1.34", ["error"]),
    ],
)
def test_kubeadm_has_gates_of_its_own(gate: str, minor: str, found: list[str]) -> None:
    text = f"apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nfeatureGates: {{{gate}: false}}\n"
    if minor == "1.30":
        text = text.replace("v1beta4", "v1beta3")
    problems = kc.check_text(text, kubernetes=minor, select=["kubeadm.featureGates."]).problems
    assert [problem.severity for problem in problems] == found
