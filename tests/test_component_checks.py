"""What the kubelet and kube-proxy of each minor refuse, as their own validation said it: type, field, number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.addresses import sloppy_cidr, sloppy_ip
from kubeadm_cfg.checks import kubelet, kubeproxy
from kubeadm_cfg.checks.component import Violation
from kubeadm_cfg.checks.names import is_label_value, is_qualified_name
from kubeadm_cfg.convert import structure
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.testing.strategies import data_of

# What does not decode is the matter of test_reading.
CASES = [case for case in rows("component-validation.jsonl") if case.get("phase") != "decode"]


def violations(obj: Any, minor: int) -> Iterable[Violation]:
    if isinstance(obj, KubeletConfiguration):
        return kubelet.violations(obj, minor)
    assert isinstance(obj, KubeProxyConfiguration)
    return kubeproxy.violations(obj, minor)


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_verdict_is_that_of_the_program(case: Case) -> None:
    obj = kc.loads(case["yaml"]).documents[0].obj
    found = [v for v in violations(obj, int(case["kubernetes"].split(".")[1])) if v.severity == "error"]
    assert Counter((v.type, v.field) for v in found) == Counter((e["type"], e["field"]) for e in case["errors"])


def codes(obj: Any, minor: int) -> list[str]:
    return [violation.code for violation in violations(obj, minor)]


@pytest.mark.parametrize(
    ("obj", "last_good", "first_bad", "code"),
    [
        (KubeProxyConfiguration(mode="userspace"), 25, 26, "kube-proxy.mode.enum.linux"),
        (KubeletConfiguration(run_once=True), 31, 32, "kubelet.runOnce.forbidden"),
        (KubeletConfiguration(container_log_max_files=1), 32, 33, "kubelet.containerLogMaxFiles.min"),
        (KubeletConfiguration(feature_gates={"CPUManager": False}), 25, 26, "kubelet.featureGates.locked"),
    ],
)
def test_a_rule_begins_with_its_minor(obj: Any, last_good: int, first_bad: int, code: str) -> None:
    assert codes(obj, last_good) == []
    assert codes(obj, first_bad) == [code]


def test_a_rule_ends_with_its_minor() -> None:
    config = KubeProxyConfiguration(mode="ipvs")
    config.ipvs.scheduler = "mh"
    assert codes(config, 26) == ["kube-proxy.ipvs.scheduler.enum"]
    assert codes(config, 27) == []


def test_a_gate_no_published_source_knows_is_refused_in_the_newest_minor_too() -> None:
    config = KubeletConfiguration(feature_gates={"NewlyMadeUp": True})
    assert [[v.severity for v in violations(config, minor)] for minor in (36, 37)] == [["error"], ["error"]]


def test_a_refused_gate_is_all_that_is_said() -> None:
    config = KubeletConfiguration(feature_gates={"NoSuchGate": True}, max_pods=-1)
    assert codes(config, 31) == ["kubelet.featureGates.known"]


@pytest.mark.parametrize(
    ("text", "read"), [("010.000.0.1", True), ("0.0.0.0", True), ("10.0.0.256", False), ("", False)]
)
def test_leading_zeros_are_let_through(text: str, read: bool) -> None:
    assert (sloppy_ip(text) is not None) is read
    assert (sloppy_cidr(f"{text}/8") is not None) is read


@pytest.mark.parametrize(
    ("text", "qualified", "value"),
    [
        ("node-role.kubernetes.io/control-plane", True, False),
        ("dedicated", True, True),
        ("", False, True),
        ("a/b/c", False, False),
        ("-a", False, False),
        ("Upper_case.1", True, True),
        ("a" * 64, False, False),
    ],
)
def test_names(text: str, qualified: bool, value: bool) -> None:
    assert is_qualified_name(text) is qualified
    assert is_label_value(text) is value


@pytest.mark.law
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([KubeletConfiguration, KubeProxyConfiguration]).flatmap(
        lambda cls: st.tuples(st.just(cls), data_of(cls))
    ),
    st.integers(22, 37),
)
def test_whatever_decodes_gets_a_verdict(drawn: Any, minor: int) -> None:
    cls, data = drawn
    obj = structure(cls, data)
    before = kc.to_dict(obj)
    for violation in violations(obj, minor):
        assert violation.message
    assert kc.to_dict(obj) == before


@pytest.mark.parametrize(
    ("config", "minor", "found"),
    [
        (KubeletConfiguration(), 34, []),
        (KubeletConfiguration(), 35, ["kubelet.failCgroupV1.host"]),
        (KubeletConfiguration(fail_cgroup_v1=False), 35, []),
        (KubeletConfiguration(fail_cgroup_v1=True), 30, []),
        (KubeletConfiguration(fail_cgroup_v1=True), 31, ["kubelet.failCgroupV1.host"]),
        (KubeletConfiguration(single_process_oom_kill=False), 31, []),
        (KubeletConfiguration(single_process_oom_kill=False), 32, ["kubelet.singleProcessOOMKill.host"]),
    ],
)
def test_a_host_with_cgroup_v1_refuses_more(config: KubeletConfiguration, minor: int, found: list[str]) -> None:
    assert [v.code for v in kubelet.violations(config, minor, kc.Host(cgroup="v1"))] == found
    assert [v.code for v in kubelet.violations(config, minor, kc.Host(cgroup="v2"))] == []


def test_negative_grace_periods_need_no_gate() -> None:
    config = KubeletConfiguration(shutdown_grace_period="-1s", feature_gates={"GracefulNodeShutdown": False})
    assert codes(config, 30) == []
    config.shutdown_grace_period = "1s"
    assert codes(config, 30) == ["kubelet.shutdownGracePeriod.needsGate"]


@pytest.mark.parametrize(
    ("endpoint", "fits"),
    [
        ("localhost:4317", True),
        ("dns://a:1", True),
        ("unix:///run/x", True),
        ("http://a:1", False),
        ("a//b", False),
        ("a b", False),
    ],
)
def test_where_traces_go(endpoint: str, fits: bool) -> None:
    config = structure(KubeletConfiguration, {"tracing": {"endpoint": endpoint}})
    assert codes(config, 30) == ([] if fits else ["kubelet.tracing.endpoint.scheme"])


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("registry.test/a", True),
        ("registry.test/a/*", True),
        ("nginx", False),
        ("/*", False),
        ("a/*/b", False),
        ("a*/*", False),
    ],
)
def test_images_that_need_no_verification(pattern: str, fits: bool) -> None:
    config = KubeletConfiguration(
        image_pull_credentials_verification_policy="NeverVerifyAllowlistedImages",
        preloaded_images_verification_allowlist=[pattern],
        feature_gates={"KubeletEnsureSecretPulledImages": True},
    )
    assert codes(config, 34) == ([] if fits else ["kubelet.preloadedImagesVerificationAllowlist.pattern"])


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("0.0.0.0:+010256", 0),
        ("[::]:10256", 0),
        ("a:0", 2),
        ("a", 1),
        ("::1", 0),
        ("010.0.0.1", 0),
        ("[::1]", 1),
        ("[10.0.0.1]", 1),
        ("::ffff:10.0.0.1", 1),
        ("[::ffff:10.0.0.1]:1", 0),
    ],
)
def test_an_address_with_a_port(address: str, count: int) -> None:
    config = KubeProxyConfiguration(healthz_bind_address=address)
    assert codes(config, 34) == ["kube-proxy.healthzBindAddress.hostPort"] * count


# -- what was found in a document is kept ------------------------------------------------------------------------------
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"


def refused(text: str, **options: Any) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.code) for problem in kc.check_text(text, rules="kubernetes", **options).problems]


def test_the_same_document_in_another_file_is_said_where_it_stands_there() -> None:
    wrong = KUBELET + "maxPods: -1\n"
    assert refused(wrong, kubernetes="1.34") == [(3, "kubelet.maxPods.nonnegative")]
    assert refused("# a second cluster\n\n" + wrong, kubernetes="1.34") == [(5, "kubelet.maxPods.nonnegative")]


def test_what_was_found_holds_for_its_minor_and_its_host_alone() -> None:
    text = KUBELET + "failCgroupV1: true\n"
    for _ in range(2):
        assert refused(text, kubernetes="1.34") == []
        assert refused(text, kubernetes="1.34", host=kc.Host(cgroup="v2")) == []
        assert refused(text, kubernetes="1.34", host=kc.Host(cgroup="v1")) == [(3, "kubelet.failCgroupV1.host")]
        assert refused(text, kubernetes="1.30") == [(3, "strict.unknown")]


def test_an_edit_is_judged_anew() -> None:
    file = kc.loads(KUBELET + "maxPods: 110\n")
    assert not kc.check_text(file.text, kubernetes="1.34", rules="kubernetes").problems
    file.documents[0].set("maxPods", -1)
    assert refused(file.text, kubernetes="1.34") == [(3, "kubelet.maxPods.nonnegative")]


@pytest.mark.parametrize(
    ("entries", "minor", "wanted"),
    [
        ("[primary, 10.0.0.0/8]", "1.30", ["kube-proxy.nodePortAddresses.cidr"]),
        ("[primary, 10.0.0.0/8]", "1.31", ["kube-proxy.nodePortAddresses.primaryAlone"]),
        ("[primary, 10.0.0.0/8]", "1.36", ["kube-proxy.nodePortAddresses.primaryAlone"]),
        ("[primary, 10.0.0.0/8, localhost, all]", "1.37", []),
        ("[primary, all, primary]", "1.37", ["kube-proxy.nodePortAddresses.duplicate"]),
        ("[10.0.0.0/8, 10.0.0.0/8]", "1.37", []),
        ("[localhost]", "1.36", ["kube-proxy.nodePortAddresses.cidr"]),
        ("[localhost, other]", "1.37", ["kube-proxy.nodePortAddresses.cidr"]),
        ("[10.0.0.0/8, other, primary, another]", "1.36",
         ["kube-proxy.nodePortAddresses.cidr", "kube-proxy.nodePortAddresses.primaryAlone"]),
    ],
)  # fmt: skip
def test_words_among_the_addresses_of_node_ports(entries: str, minor: str, wanted: list[str]) -> None:
    text = f"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nnodePortAddresses: {entries}\n"
    assert [code for _, code in refused(text, kubernetes=minor)] == wanted


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        ("10.244.0.0/16,fd00::/48", []),
        ("::ffff:10.244.0.0/112,fd00::/48", []),
        ("10.244.0.0/16,::ffff:10.245.0.0/112", ["kube-proxy.clusterCIDR.dualStack"]),
    ],
)
def test_ipv4_written_as_ipv6_counts_as_ipv4(ranges: str, wanted: list[str]) -> None:
    text = f"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: {ranges}\n"
    assert [code for _, code in refused(text, kubernetes="1.34")] == wanted


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        ("10.244.0.0/16,x", ["kube-proxy.clusterCIDR.entries"]),
        ("x,10.244.0.0/16,y", ["kube-proxy.clusterCIDR.dualStack"]),
    ],
)
def test_of_more_than_two_cluster_cidrs_none_is_looked_at(ranges: str, wanted: list[str]) -> None:
    text = f"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: {ranges}\n"
    assert [code for _, code in refused(text, kubernetes="1.34")] == wanted


@pytest.mark.parametrize(
    ("body", "minor", "wanted"),
    [
        ("memoryThrottlingFactor: 0.8\nfeatureGates: {MemoryQoS: false}\n", "1.36", []),
        (
            "memoryThrottlingFactor: 0.8\nfeatureGates: {MemoryQoS: false}\n",
            "1.37",
            ["memoryThrottlingFactor.needsGate"],
        ),
        ("memoryThrottlingFactor: 0.9\nfeatureGates: {MemoryQoS: false}\n", "1.37", []),
        ("memoryThrottlingFactor: 0.8\n", "1.37", []),
        ("defaultPodSysctls: {net.core.somaxconn: '1024'}\n", "1.37", ["defaultPodSysctls.needsGate"]),
    ],
)
def test_what_1_37_ties_to_a_gate(body: str, minor: str, wanted: list[str]) -> None:
    assert [code for _, code in refused(KUBELET + body, kubernetes=minor)] == [f"kubelet.{code}" for code in wanted]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["net.core.somaxconn", "kernel.sem", "fs.mqueue.msg_max", "user.max_net_namespaces"], []),
        (["net/ipv4/conf/eno2.100/rp_filter"], []),
        (["Net.core"], ["name"]),
        (["net."], ["name"]),
        (["vm.swappiness", "kernel.shmall.x", "network.x"], ["namespaced"] * 3),
        (["net.core.somaxconn", "net/core/somaxconn"], ["duplicate"]),
    ],
)
def test_default_sysctls_are_those_a_pod_has_for_itself(names: list[str], wanted: list[str]) -> None:
    config = KubeletConfiguration(
        default_pod_sysctls=dict.fromkeys(names, "1"), feature_gates={"DefaultPodSysctls": True}
    )
    assert codes(config, 37) == [f"kubelet.defaultPodSysctls.{name}" for name in wanted]


@pytest.mark.parametrize(("minor", "gate", "is_refused"), [(36, None, False), (37, None, False), (37, False, True)])
def test_the_mode_ipvs_goes_with_its_gate(minor: int, gate: bool | None, is_refused: bool) -> None:
    config = KubeProxyConfiguration(mode="ipvs", feature_gates={} if gate is None else {"KubeProxyIPVS": gate})
    assert ("kube-proxy.mode.enum.linux" in codes(config, minor)) is is_refused


@pytest.mark.parametrize(("minor", "is_refused"), [(35, True), (36, False)])
def test_ipv4_written_as_ipv6_takes_a_port_since_1_36(minor: int, is_refused: bool) -> None:
    config = KubeProxyConfiguration(metrics_bind_address="::ffff:10.0.0.1")
    assert codes(config, minor) == ["kube-proxy.metricsBindAddress.hostPort"] * is_refused
