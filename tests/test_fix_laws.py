"""Laws of fixes: a safe one removes its problem and adds none, a refused one moves no byte, no edit moves a verdict."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import DATA, Case, rows
from kubeadm_cfg.checks.codes import examples
from kubeadm_cfg.fixing import said

CORPORA = ("kubeadm-validation.jsonl", "component-validation.jsonl", "decode.jsonl", "flags.jsonl", "edits.jsonl")
CASES = [case for name in CORPORA if (DATA / name).exists() for case in rows(name) if isinstance(case.get("yaml"), str)]
HEADS = [
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n",
    "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n",
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n",
    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n",
]
# Keys and values as people write them: right, misspelt, at the wrong place, twice, in quotes.
LINES = [
    "podSubnet: 10.0.0.0/16",
    "networking: {podsubnet: 10.0.0.0/16}",
    "networking: {dnsDomain: [cluster.local]}",
    "networkng:\n  # inside\n  DNSDomain: a.b  # behind",
    "clusterName: 12",
    "clusterName: blue",
    "ClusterName: blue",
    "featureGates: {NodeSwapp: true, CPUManager: false, IPv6DualStack: true}",
    "feature-gates: {NodeSwap: true}",
    "apiServer:\n  # how many\n  max-requests-inflight: 400\n  certSans: [a]",
    "apiServer:\n  extraArgs:\n    v: 4  # four",
    "apiServer:\n  extraArgs:\n  - {name: profilling, value: 'false'}",
    "apiServerExtraArgs: {v: '4'}",
    "maxPods: '110'  # as text",
    "maxPod: 110",
    "clientCAFile: /ca.crt",
    "cgroupDriver: systemd",
    "mode: IPVS",
    "mode: ipvs",
    "ipvs: {strictArp: 'true'}",
    "nodeRegistration: {name: Master_0, CRISocket: /run/a.sock}",
    "nodeRegistration: {ignorePreflightErrors: [Swap, all]}",
    "localAPIEndpoint:\n  bindPort: '6443'\n  bindPort: '6443'",
    "syncFrequency: 30",
    "runOnce: yes",
]
texts = st.builds(
    lambda documents: "---\n".join(head + "".join(f"{line}\n" for line in lines) for head, lines in documents),
    st.lists(
        st.tuples(st.sampled_from(HEADS), st.lists(st.sampled_from(LINES), max_size=5)),
        min_size=1,
        max_size=2,
        unique_by=lambda document: document[0].split("\n")[1],
    ),
)
minors = st.sampled_from(["1.22", "1.28", "1.31", "1.34", "1.37"])


def counted(report: kc.Report) -> Counter[str]:
    return Counter(problem.code for problem in report)


def assert_each_safe_fix_helps(text: str, minor: str | None) -> None:
    for problem in kc.check_text(text, kubernetes=minor):
        if problem.fix is None or not problem.fix.safe:
            continue
        fresh = next(p for p in kc.check_text(text, kubernetes=minor) if p == problem)
        before, wrote = counted(kc.check_text(text, kubernetes=minor)), said(fresh.fix.file)
        fresh.fix.apply()
        after = counted(kc.check_text(fresh.fix.file.text, kubernetes=minor))
        assert after[problem.code] < before[problem.code]
        assert not after - before
        if problem.severity == "error":
            assert not said(fresh.fix.file) - wrote


@pytest.mark.law
@settings(max_examples=80)
@given(texts, minors)
def test_law_a_safe_fix_removes_its_problem_and_adds_none(text: str, minor: str) -> None:
    assert_each_safe_fix_helps(text, minor)


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case["id"])
def test_law_a_safe_fix_of_a_corpus_case_removes_its_problem_and_adds_none(case: Case) -> None:
    assert_each_safe_fix_helps(case["yaml"], case.get("kubernetes"))


@pytest.mark.parametrize("code", sorted(examples()))
def test_law_a_safe_fix_of_an_example_removes_its_problem_and_adds_none(code: str) -> None:
    example = examples()[code]
    if example.command is None and example.host is None and example.encoding is None:
        assert_each_safe_fix_helps(example.bad, example.kubernetes)


@pytest.mark.law
@settings(max_examples=60)
@given(texts, minors)
def test_law_all_safe_fixes_together_add_nothing_and_leave_no_safe_one(text: str, minor: str) -> None:
    before = kc.check_text(text, kubernetes=minor)
    fixed = before.fix()
    assert not counted(fixed.report) - counted(before)
    assert len(fixed.report) <= len(before) - len({*fixed})
    assert not [problem for problem in fixed.report if problem.fix is not None and problem.fix.safe]


@pytest.mark.law
@settings(max_examples=60)
@given(texts, minors, st.data())
def test_law_a_refused_fix_moves_no_byte(text: str, minor: str, data: Any) -> None:
    report = kc.check_text(text, kubernetes=minor)
    fixes = [problem.fix for problem in report if problem.fix is not None]
    for fix in data.draw(st.permutations(fixes)):
        before = fix.file.text
        try:
            fix.apply()
        except kc.ConfigError:
            assert fix.file.text == before
        else:
            assert fix.file.text != before
        kc.loads(fix.file.text)


@pytest.mark.law
@settings(max_examples=60)
@given(texts, minors)
def test_law_an_edit_that_changes_nothing_changes_no_verdict(text: str, minor: str) -> None:
    file = kc.loads(text)
    before = kc.check(file, kubernetes=minor).to_dict()
    for document in file.documents:
        for key, value in document.to_dict().items():
            try:
                document.set([key], value)
            except kc.EditError:
                continue  # a key that stands twice, or a value of the wrong type, is not written again
    assert file.text == text
    assert kc.check(file, kubernetes=minor).to_dict() == before
