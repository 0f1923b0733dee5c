"""Flags in extraArgs: unknown, removed, deprecated, of the wrong type, or set over the kubelet's file."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.checks.flags import violations
from kubeadm_cfg.flags import flags_of, normalized, parse

CASES = rows("flags.jsonl")


def found(text: str, minor: int) -> list[tuple[str, str]]:
    objects = [document.obj for document in kc.loads(text).documents if document.obj is not None]
    return [(v.code, v.path) for obj in objects for v in violations(obj, minor, objects)]


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_is_said_of_the_flags(case: Case) -> None:
    wanted = {(flag["code"], flag["field"]) for flag in case["expect"]}
    assert set(found(case["yaml"], int(case["kubernetes"].split(".")[1]))) == wanted


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


def messages(text: str, minor: int) -> list[str]:
    (document,) = kc.loads(text).documents
    assert document.obj is not None
    return [violation.message for violation in violations(document.obj, minor)]


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
    assert document.obj is not None
    assert [v.severity for v in violations(document.obj, 37)] == ["warning"]


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
        ("kube-apiserver", "service-node-port-range", "30000+100", "30000+100"),
        ("kube-apiserver", "authorization-mode", "Node,RBAC", ["Node", "RBAC"]),
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
    ],
)
def test_a_value_the_type_cannot_read_is_refused(component: str, name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(flags_of(component)[name], text)


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
