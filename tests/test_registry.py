"""Every rule that the programs are known to have is here, under its own code and in its own minors."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.checks import commands
from kubeadm_cfg.checks.codes import examples
from kubeadm_cfg.checks.components import Batch
from kubeadm_cfg.checks.registry import asked, built_in, codes
from kubeadm_cfg.checks.remedies import _REMEDIES
from kubeadm_cfg.kubernetes import NEWEST, OLDEST

FACTS = rows("rules.jsonl")
# Facts that are no rule of their own here: what their ids look like, and where they are looked after.
ELSEWHERE: Final = {
    r"kubeadm\.(decode|component\.decode|strict)\b.*|kubelet\.decode|kube-proxy\.decode": "reading",
    r"kubeadm\.document\.(kind-required|apiVersion-required|core-group|comment-only|blank|separator|json)": "reading",
    r"kubeadm\..*\b(token|ttl|value-type|shape|timeouts|skipPhases|dryRun|unknown-field|duplicate-field)": "reading",
    r"kubeadm\.(extraEnvs|proxy\.disabled|reset\.plain|.*\.(imagePullSerial|etcdUpgrade))": "reading: types alone",
    r"kubeadm\..*multiple|kubeadm\..*\+.*": "the order of the errors of other rules",
    r"kubeadm\.(document\.foreign-group|upgrade\.kind|reset\.kind)": "which documents a command reads",
    r"kubeadm\.join\.nodeRegistration\.kubeletExtraArgs": "kubeadm.extraArgs.name",
    r"kubeadm\.mixedArguments": "no file can break it",
    r".*\.required": "the default is filled in first, so that no file can break it",
    r"kube-proxy\.logging\.(vmodule|options\.gated)": "one code for each demand",
    r"kube-proxy\.mode\.enum\.windows": "Linux is judged",
    r"kube-proxy\..*\.runtime": "known on the host alone",
}


@pytest.mark.parametrize("fact", FACTS, ids=[fact["id"] for fact in FACTS])
def test_a_known_rule_is_here(fact: Case) -> None:
    elsewhere = any(re.fullmatch(pattern, fact["id"]) for pattern in ELSEWHERE)
    assert fact["id"] in codes() or elsewhere


def test_a_rule_holds_in_the_minors_of_its_fact() -> None:
    spans: dict[str, set[int]] = {}
    for rule in built_in():
        if rule.codes == (rule.code,):
            spans.setdefault(rule.code, set()).update(
                minor for minor in range(OLDEST, NEWEST + 1) if rule.first <= minor <= rule.last
            )
    compared = 0
    for fact in FACTS:
        if fact["id"] in spans and fact["id"] != "kubeadm.encryptionAlgorithm":  # an experimental version had it before
            first, until = fact["since"] or OLDEST, fact["removed"] or NEWEST + 1
            assert spans[fact["id"]] == set(range(max(first, OLDEST), until)), fact["id"]
            compared += 1
    assert compared > 100


@pytest.mark.corpus
@pytest.mark.parametrize(
    "case",
    [
        case
        for name in ("kubeadm-validation.jsonl", "component-validation.jsonl")
        for case in rows(name)
        if case["expect"] == "reject" and case["rule"] in codes() and case.get("phase") != "decode"
    ],
    ids=lambda case: case["id"],
)
def test_a_case_is_refused_with_known_codes(case: Case) -> None:
    options = {key: case[key] for key in ("kubernetes", "command") if case.get(key)}
    found = {problem.code for problem in kc.check_text(case["yaml"], rules="kubernetes", **options).problems}
    assert {code for code in found if not code.startswith(("decode.", "strict.", "yaml."))} <= codes()


def test_rules_say_where_they_come_from_and_what_they_demand() -> None:
    for rule in built_in():
        assert rule.source
        assert rule.__doc__
        assert rule.kinds


def test_only_rules_that_can_speak_are_asked() -> None:
    asks = asked(frozenset(["KubeletConfiguration"]), 30, components=True, flags=True)
    rules = [rule for ask in asks for rule in (ask.rules if isinstance(ask, Batch) else [ask])]
    assert all("KubeletConfiguration" in rule.kinds and rule.first <= 30 <= rule.last for rule in rules)
    assert not [rule for rule in rules if rule.code == "kubelet.runOnce.forbidden"]
    assert asked(frozenset(["KubeletConfiguration"]), 30, components=False, flags=False) != asks
    assert asked(frozenset(), 30, components=True, flags=True) == ()


def test_a_rule_stands_for_its_codes() -> None:
    @kc.rule("acme.names", kinds=["ClusterConfiguration"], codes=["acme.names.short", "acme.names.long"])
    def names(ctx: Any) -> Any:
        """Names that people can say."""
        yield ctx.problem(ctx.cluster, "clusterName", "too short", code="acme.names.short")

    assert names.codes == ("acme.names.short", "acme.names.long")
    text = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nclusterName: a\n"
    assert [p.code for p in kc.check_text(text, kubernetes="1.34", extra=[names], select=["acme."])] == [
        "acme.names.short"
    ]


def test_the_codes_of_documents_are_known() -> None:
    assert set(commands.CODES) <= codes()


# -- what to do about it -----------------------------------------------------------------------------------------------
def test_remedies_are_of_known_codes() -> None:
    assert set(_REMEDIES) <= {code.code for code in kc.rules()}


@pytest.mark.parametrize("code", sorted(set(_REMEDIES) & set(examples())))
def test_a_problem_says_what_to_do(code: str) -> None:
    example = examples()[code]
    host = kc.Host(**example.host) if example.host else None  # type: ignore[arg-type]  # the names are its own
    report = kc.check_text(example.bad, kubernetes=example.kubernetes, command=example.command, host=host)
    assert all(problem.remedy for problem in report if problem.code == code)


def test_a_problem_names_the_minors_of_its_rule() -> None:
    text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    found = kc.check_text(text + "runOnce: true\n", kubernetes="1.34", rules="kubernetes").problems
    assert [(problem.code, problem.minors) for problem in found] == [("kubelet.runOnce.forbidden", "1.32..")]
    found = kc.check_text(text + "maxPods: -1\n", kubernetes="1.34", rules="kubernetes").problems
    assert [(problem.code, problem.minors) for problem in found] == [("kubelet.maxPods.nonnegative", None)]
