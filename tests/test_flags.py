"""Flags in extraArgs: unknown, removed, deprecated, of the wrong type, or set over the kubelet's file."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.checks.flags import Argument, arguments, violations
from kubeadm_cfg.convert import structure
from kubeadm_cfg.flags import flags_of, normalized, parse
from kubeadm_cfg.kinds._base import place_at
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration

CASES = rows("flags.jsonl")


def found(text: str, minor: int) -> list[tuple[str, str]]:
    file = kc.loads(text)
    kubelet = next((d.obj for d in file.documents if isinstance(d.obj, KubeletConfiguration)), None)
    given = [arguments(document.kind or "", document.to_dict()) for document in file.documents]
    return [(v.code, v.path) for those in given for v in violations(those, minor, kubelet)]


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_is_said_of_the_flags(case: Case) -> None:
    wanted = {(flag["code"], flag["field"]) for flag in case["expect"]}
    assert set(found(case["yaml"], int(case["kubernetes"].split(".")[1]))) == wanted


INIT = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"


def cluster(component: str, name: str, value: str = "") -> str:
    return f"{CLUSTER}{component}:\n  extraArgs:\n  - name: {name}\n    value: {value!r}\n"


def test_a_flag_of_the_minor_is_fine_and_nothing_is_said_where_nothing_was_read() -> None:
    text = cluster("apiServer", "audit-log-maxage", "7")
    assert [found(text, minor) for minor in (22, 31, 37)] == [[], [], []]
    assert found(cluster("apiServer", "completely-made-up-thing"), 22) == []


@pytest.mark.parametrize(("last", "first"), [(23, 24)])
def test_a_flag_is_removed_from_its_minor_on(last: int, first: int) -> None:
    text = cluster("scheduler", "address", "0.0.0.0")
    assert [code for code, _ in found(text, last)] == ["flag.deprecated"]
    assert [code for code, _ in found(text, first)] == ["flag.removed"]


def test_a_flag_of_another_minor_is_known_there_alone() -> None:
    text = f"{INIT}nodeRegistration:\n  kubeletExtraArgs:\n  - name: seccomp-profile-root\n    value: /a\n"
    assert [[code for code, _ in found(text, minor)] for minor in (22, 23)] == [[], ["flag.removed"]]


def test_a_value_that_cannot_be_read_is_all_that_is_said_of_a_flag() -> None:
    text = f"{INIT}nodeRegistration:\n  kubeletExtraArgs:\n  - name: max-pods\n    value: many\n"
    assert [code for code, _ in found(text, 31)] == ["flag.type"]


@pytest.mark.parametrize(
    ("values", "overridden"), [(["200", "110"], False), (["110", "200"], True), (["110"], False), (["0156"], False)]
)
def test_of_a_flag_that_stands_twice_the_last_value_counts(values: list[str], overridden: bool) -> None:
    entries = "".join(f"  - name: max-pods\n    value: '{value}'\n" for value in values)
    text = f"{INIT}nodeRegistration:\n  kubeletExtraArgs:\n{entries}---\n{KUBELET}maxPods: 110\n"
    assert ("flag.overridden" in [code for code, _ in found(text, 31)]) is overridden


@pytest.mark.parametrize(
    ("value", "overridden"), [("a=b:NoSchedule", False), ("a=b:NoExecute", True), ("a:NoSchedule", True)]
)
def test_taints_of_a_flag_win_over_those_of_the_file(value: str, overridden: bool) -> None:
    flag = f"nodeRegistration:\n  kubeletExtraArgs:\n  - name: register-with-taints\n    value: {value}\n"
    taints = "registerWithTaints:\n- {key: a, value: b, effect: NoSchedule}\n"
    codes = [code for code, _ in found(f"{INIT}{flag}---\n{KUBELET}{taints}", 31)]
    assert ("flag.overridden" in codes) is overridden


@pytest.mark.parametrize(
    ("component", "name", "value", "severities"),
    [
        ("apiServer", "enable-admission-plugins", "AlwaysPullImages", ["warning"]),
        ("apiServer", "enable-admission-plugins", "AlwaysPullImages,NodeRestriction", ["info"]),
        ("apiServer", "authorization-mode", "Node,RBAC,Webhook", ["info"]),
        ("apiServer", "authorization-mode", "AlwaysAllow", ["warning"]),
        ("controllerManager", "bind-address", "0.0.0.0", ["info"]),
        ("apiServer", "audit-log-maxage", "7", []),
    ],
)
def test_what_kubeadm_sets_itself_is_replaced(component: str, name: str, value: str, severities: list[str]) -> None:
    report = kc.check_text(cluster(component, name, value), kubernetes="1.31", select=["kubeadm.extraArgs."])
    assert [problem.severity for problem in report] == severities


def messages(text: str, minor: int) -> list[str]:
    (document,) = kc.loads(text).documents
    return [violation.message for violation in violations(arguments(str(document.kind), document.to_dict()), minor)]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("audit-log-max-age", "did you mean audit-log-maxage?"),
        ("--v", "kubeadm writes the dashes itself"),
        ("completely-made-up-thing", "has no flag"),
    ],
)
def test_an_unknown_flag_comes_with_what_may_be_meant(name: str, hint: str) -> None:
    (message,) = messages(cluster("apiServer", name), 31)
    assert hint in message


def test_a_flag_that_no_published_source_of_the_newest_minor_knows_is_a_warning() -> None:
    (document,) = kc.loads(cluster("apiServer", "brand-new", "1")).documents
    assert [v.severity for v in violations(arguments(str(document.kind), document.to_dict()), 37)] == ["warning"]


def test_etcd_takes_underscores_literally_and_the_others_do_not() -> None:
    assert normalized("kubelet", "max_pods") == "max-pods"
    assert normalized("etcd", "snapshot_count") == "snapshot_count"


@pytest.mark.parametrize(
    ("component", "name", "text", "value"),
    [
        ("kubelet", "max-pods", "0x10", 16),
        ("kubelet", "max-pods", "010", 8),
        ("kubelet", "fail-swap-on", "F", False),
        ("kubelet", "feature-gates", "A=true,B=0", {"A": True, "B": False}),
        ("kubelet", "eviction-hard", "memory.available<5%", {"memory.available": "5%"}),
        ("kubelet", "cluster-dns", "10.96.0.10,10.96.0.11", ["10.96.0.10", "10.96.0.11"]),
        ("kubelet", "cluster-dns", '"10.96.0.10",10.96.0.11', ["10.96.0.10", "10.96.0.11"]),
        ("kubelet", "cpu-manager-policy-options", "a=true,b=true", {"a": "true,b=true"}),
        ("kubelet", "node-labels", "a=b,c", {"a": "b", "c": ""}),
        ("kubelet", "kube-reserved", "cpu=500m,,memory=1Gi", {"cpu": "500m", "memory": "1Gi"}),
        ("kube-controller-manager", "kube-api-qps", "0.5e1", 5),
        ("kubelet", "v", "4", 4),
        ("kubelet", "version", "raw", "raw"),
        ("kubelet", "reserved-memory", "1:memory=1Gi", [{"numaNode": 1, "limits": {"memory": "1Gi"}}]),
        ("kubelet", "manifest-url-header", "a:b,a:c:d", {"a": ["b", "c:d"]}),
        ("kubelet", "register-with-taints", "a/b=c:NoSchedule", [{"key": "a/b", "value": "c", "effect": "NoSchedule"}]),
        ("kube-apiserver", "runtime-config", "api/all=true,batch/v1", {"api/all": "true", "batch/v1": ""}),
        ("kube-apiserver", "oidc-required-claim", "a=b,c", {"a": "b,c"}),
        ("kube-apiserver", "tls-sni-cert-key", "a.crt,a.key:a.b,c", "a.crt,a.key:a.b,c"),
        ("kube-apiserver", "feature-gates", "kube:A=true,B=false", {"A": "true", "B": "false"}),
        ("kube-apiserver", "vmodule", "b*=2,", [{"filePattern": "b*", "verbosity": 2}]),
        ("kube-apiserver", "service-node-port-range", "30000+100", "30000+100"),
        ("kube-apiserver", "authorization-mode", "Node,RBAC", ["Node", "RBAC"]),
        ("kube-apiserver", "bind-address", " 10.0.0.1 ", "10.0.0.1"),
        ("kubelet", "address", "010.0.0.1", "010.0.0.1"),
        ("kubelet", "address", "", None),
        ("etcd", "listen-client-urls", "https://a:2379, unix://b", ["https://a:2379", "unix://b"]),
        ("etcd", "listen-client-urls", "", []),
        ("etcd", "cors", "*", []),
        ("etcd", "initial-cluster-state", "existing", "existing"),
        ("etcd", "feature-gates", "InitialCorruptCheck=true", {"InitialCorruptCheck": True}),
        ("etcd", "log-outputs", "anything", "anything"),
    ],
)
def test_a_value_is_read_as_go_reads_it(component: str, name: str, text: str, value: Any) -> None:
    assert parse(flags_of(component)[name], text) == value


@pytest.mark.parametrize(
    ("component", "name", "text"),
    [
        ("kubelet", "max-pods", "1.5"),
        ("kubelet", "max-pods", "3000000000"),
        ("kubelet", "fail-swap-on", "no"),
        ("kubelet", "sync-frequency", "30"),
        ("kubelet", "feature-gates", "A"),
        ("kube-apiserver", "bind-address", "10.0.0.0/8"),
        ("kube-apiserver", "service-node-port-range", "32767-30000"),
        ("etcd", "heartbeat-interval", "-1"),
        ("kubelet", "eviction-hard", "memory.available=200Mi"),
        ("kubelet", "kube-reserved", "cpu"),
        ("kubelet", "kube-reserved", "cpu=1, "),
        ("kubelet", "system-reserved", "memory<1Gi"),
        ("kubelet", "cluster-dns", '10.96.0.10,"10.96.0.11'),
        ("kubelet", "cluster-dns", '10.96.0.10"'),
        ("kube-controller-manager", "kube-api-qps", "1e39"),
        ("kubelet", "max-pods", "9" * 5000),
        ("kubelet", "v", "0x4"),
        ("kubelet", "v", "-1"),
        ("kubelet", "v", ""),
        ("kubelet", "vmodule", "a"),
        ("kubelet", "version", "1.31"),
        ("kubelet", "reserved-memory", "memory=1Gi"),
        ("kubelet", "reserved-memory", "0:cpu=1"),
        ("kubelet", "manifest-url-header", "a=b"),
        ("kubelet", "register-with-taints", "a=b"),
        ("kubelet", "register-with-taints", "a=b:Never"),
        ("kubelet", "register-with-taints", "a=b:NoSchedule,a=c:NoSchedule"),
        ("kube-apiserver", "allow-metric-labels", ""),
        ("kube-apiserver", "goaway-chance", "1e400"),
        ("kube-apiserver", "tls-sni-cert-key", "a.crt"),
        ("kube-apiserver", "tls-sni-cert-key", "a.crt,a.key:"),
        ("kube-apiserver", "bind-address", "010.0.0.1"),
        ("kubelet", "address", " 10.0.0.1"),
        ("kubelet", "log-text-info-buffer-size", " 8Mi"),
        ("etcd", "listen-client-urls", "10.0.0.1:2379"),
        ("etcd", "listen-client-urls", "ftp://10.0.0.1:21"),
        ("etcd", "listen-client-urls", "https://10.0.0.1"),
        ("etcd", "listen-client-urls", "https://10.0.0.1:2379/path"),
        ("etcd", "listen-client-urls", "https://10.0.0.1:2379,"),
        ("etcd", "listen-client-urls", "https://10.0.0.1:port"),
        ("etcd", "cors", ""),
        ("etcd", "initial-cluster-state", "New"),
        ("etcd", "max-concurrent-streams", "4294967296"),
        ("etcd", "feature-gates", "InitialCorruptCheck"),
    ],
)
def test_a_value_the_type_cannot_read_is_refused(component: str, name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(flags_of(component)[name], text)


@pytest.mark.parametrize(("minor", "is_read"), [(33, False), (34, True)])
def test_no_address_is_an_address_since_the_library_of_1_34(minor: int, is_read: bool) -> None:
    text = cluster("scheduler", "bind-address", "")
    assert [code for code, _ in found(text, minor)] == ([] if is_read else ["flag.type"])


def test_an_empty_address_of_the_kubelet_leaves_that_of_the_file() -> None:
    kubelet = structure(KubeletConfiguration, {"address": "10.0.0.1"})
    codes = [violation.code for violation in violations([Argument("kubelet", "args", "address", "")], 31, kubelet)]
    assert codes == ["flag.deprecated"]


@pytest.mark.law
@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        [flag for component in ("kube-apiserver", "kubelet", "etcd") for flag in flags_of(component).values()]
    ),
    st.text(max_size=12) | st.sampled_from(["1", "true", "1s", "a=b", "0x1f", "1_0", "10.0.0.1", "nan", "٣", "1-2-3"]),
)
def test_any_text_is_read_or_refused(flag: Any, text: str) -> None:
    with contextlib.suppress(ValueError):
        parse(flag, text)


# -- a flag and the field it wins over ---------------------------------------------------------------------------------
# By the type of the field, or by the flag: the flag's text, the same in the file, and something else in the file.
OF_TYPE = {
    "string": ("a", "a", "b"),
    "int32": ("7", 7, 8),
    "int64": ("7", 7, 8),
    "uint32": ("3", 3, 4),
    "boolean": ("true", True, False),
    "duration": ("90s", "1m30s", "6s"),
    "flush": ("5s", "5s", "6s"),
    "quantity": ("8Mi", "8Mi", "9Mi"),
    "map": ("x=1,y=2", {"y": "2", "x": "1"}, {"x": "1"}),
    "list": ("a,b", ["a", "b"], ["b", "a"]),
}
OF_FLAG: dict[str, tuple[str, Any, Any]] = {
    "address": ("10.0.0.1", "10.0.0.1", "10.0.0.2"),
    "healthz-bind-address": ("::1", "::1", "::"),
    "feature-gates": ("NodeSwap=true", {"NodeSwap": True, "Other": False}, {"NodeSwap": False}),
    "manifest-url-header": ("a:b", {"a": ["b"]}, {"a": ["c"]}),
    "eviction-hard": ("memory.available<5%", {"memory.available": "5%"}, {"memory.available": "100Mi"}),
    "eviction-soft": ("memory.available<5%", {"memory.available": "5%"}, {"memory.available": "100Mi"}),
    "register-with-taints": ("a:NoExecute", [{"key": "a", "effect": "NoExecute"}], []),
    "reserved-memory": (
        "0:memory=1Gi;1:memory=2Gi",
        [{"numaNode": 1, "limits": {"memory": "2048Mi"}}, {"limits": {"memory": "1Gi"}}],
        [{"numaNode": 0, "limits": {"memory": "1Gi"}}],
    ),
    "cpu-manager-policy-options": ("x=1,y=2", {"x": "1,y=2"}, {"x": "1"}),
    "topology-manager-policy-options": ("x=1,y=2", {"x": "1,y=2"}, {"x": "1"}),
    "vmodule": ("a=2", [{"filePattern": "a", "verbosity": 2}], [{"filePattern": "a", "verbosity": 3}]),
}
WITH_FIELD = sorted(name for name, flag in flags_of("kubelet").items() if flag.config_field)


@pytest.mark.parametrize("name", WITH_FIELD)
def test_a_flag_wins_over_a_file_that_says_something_else(name: str) -> None:
    steps = str(flags_of("kubelet")[name].config_field).split(".")
    place = place_at(KubeletConfiguration, steps)
    assert place is not None
    text, same, other = OF_FLAG.get(name) or OF_TYPE[place[1].name]
    for value, overridden in ((same, False), (other, True)):
        file: Any = value
        for step in reversed(steps):
            file = {step: file}
        kubelet = structure(KubeletConfiguration, file)
        given = [Argument("kubelet", "nodeRegistration.kubeletExtraArgs", name, text)]
        codes = {violation.code for violation in violations(given, 31, kubelet)} - {"flag.deprecated"}
        wanted = {"flag.overridden"} if overridden and flags_of("kubelet")[name].is_known(31) else set()
        assert codes - {"flag.unknown", "flag.removed"} == wanted


def test_seccomp_default_is_on_when_flag_or_file_say_so() -> None:
    kubelet = structure(KubeletConfiguration, {"seccompDefault": True})
    assert list(violations([Argument("kubelet", "extraArgs", "seccomp-default", "false")], 31, kubelet)) == []
