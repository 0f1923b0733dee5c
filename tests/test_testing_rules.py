"""assert_rule: which rules pass, and why the others do not."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.testing import assert_rule

CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"


@kc.rule("acme.name", kinds=["ClusterConfiguration"], minors="..1.33", severity="warning")
def name(ctx: Any) -> Any:
    """Clusters are called blue."""
    if ctx.cluster.cluster_name != "blue":
        yield ctx.problem(ctx.cluster, "clusterName", "not blue", fix=kc.fixing.set("clusterName", "blue"))


def test_a_rule_that_knows_good_from_bad_passes() -> None:
    found = assert_rule(name, bad=[CLUSTER, CLUSTER + "clusterName: red\n"], good=CLUSTER + "clusterName: blue\n")
    assert [(p.code, p.severity, p.line) for p in found] == [("acme.name", "warning", 1), ("acme.name", "warning", 3)]


def test_a_plain_function_is_a_rule() -> None:
    def never(ctx: Any) -> Any:
        return iter(())

    assert assert_rule(never, bad=[], good=CLUSTER) == []


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"bad": CLUSTER + "clusterName: blue\n"}, "acme.name finds nothing"),
        ({"bad": [], "good": CLUSTER}, "acme.name finds something in a good text"),
        ({"bad": CLUSTER + "clusterName: [\n"}, "cannot be read"),
        ({"bad": CLUSTER, "kubernetes": "1.34"}, "acme.name finds nothing"),
    ],
)
def test_what_is_wrong_is_said(texts: Any, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        assert_rule(name, **texts)


def test_a_fix_has_to_help() -> None:
    @kc.rule("acme.useless", kinds=["ClusterConfiguration"])
    def useless(ctx: Any) -> Any:
        yield ctx.problem(ctx.cluster, "clusterName", "no", fix=kc.fixing.set("clusterName", "blue"))

    with pytest.raises(AssertionError, match="leaves its problem"):
        assert_rule(useless, bad=CLUSTER)
