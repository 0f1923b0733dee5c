"""Reading: check_text says of a text what kubeadm's strict decoder says, with the place of every problem."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg import reading
from kubeadm_cfg.source import grammar
from kubeadm_cfg.source.grammar import use_parser
from kubeadm_cfg.testing import nearly_yaml

KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
PROXY = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"

_BREAKS_OF_YAML_ALONE = re.compile("\r(?!\n)|[\x85\u2028\u2029]")

FATAL = ("split", "interpret", "decode", "marshal")


def codes(text: str | bytes) -> list[str]:
    return [problem.code for problem in reading.check_text(text)]


def only(text: str | bytes) -> kc.Problem:
    (problem,) = reading.check_text(text, name="a.yaml").problems
    return problem


# -- the corpus --------------------------------------------------------------------------------------------------------
def disagree(case: Case) -> bool:
    """kubeadm's strict and its lenient reader give different verdicts."""
    return any(doc["lenient_error"] and doc["stage"] == "done" for doc in case["docs"])


@pytest.mark.corpus
@pytest.mark.parametrize("parser", ["c", "port"])
@pytest.mark.parametrize(
    "case", [case for case in rows("decode.jsonl") if not disagree(case)], ids=lambda case: case["id"]
)
def test_the_verdict_is_that_of_the_strict_decoder(case: Case, parser: Literal["c", "port"]) -> None:
    with use_parser(parser):
        report = kc.check_text(case["yaml"], rules="decode")
    fatal = any(doc["stage"] in FATAL for doc in case["docs"])
    strict = any(doc["strict_errors"] for doc in case["docs"])
    assert any(p.code.startswith(("yaml.", "decode.")) for p in report.errors) == fatal
    if not fatal:
        assert bool({p.type for p in report} & {"Unknown", "Duplicate"}) == strict


@pytest.mark.corpus
@pytest.mark.parametrize("case", rows("decode.jsonl"), ids=lambda case: case["id"])
def test_every_problem_has_a_place_in_the_text(case: Case) -> None:
    lines = case["yaml"].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in reading.check_text(case["yaml"], name="a.yaml"):
        assert problem.file == "a.yaml"
        assert problem.line is not None
        assert problem.column is not None
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.excerpt == lines[problem.line - 1]


@pytest.mark.corpus
@pytest.mark.parametrize("case", rows("decode.jsonl"), ids=lambda case: case["id"])
def test_duplicate_and_unknown_fields_are_those_of_the_strict_decoder(case: Case) -> None:
    for document in case["docs"]:
        if len(case["docs"]) > 1 or document["stage"] != "strict":
            continue
        said = "\n".join(document["strict_errors"])
        found = reading.check_text(case["yaml"])
        for problem in found:
            if problem.type == "Unknown":
                assert problem.message in said
            if problem.type == "Duplicate":
                assert problem.message in said
        assert said.count("unknown field") == sum(problem.type == "Unknown" for problem in found)
        assert said.count("already set in map") == sum(problem.type == "Duplicate" for problem in found)


# -- what is wrong, and where ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code", "line", "column", "path"),
    [
        (KUBELET + "maxPods: many\n", "decode.type", 3, 10, "maxPods"),
        (
            KUBELET + "authentication:\n  anonymous:\n    enabled: 1\n",
            "decode.type",
            5,
            14,
            "authentication.anonymous.enabled",
        ),
        (KUBELET + 'evictionHard: {"memory.available": 5}\n', "decode.type", 3, 36, 'evictionHard["memory.available"]'),
        (KUBELET + "clusterDNS:\n- a\n- 5\n", "decode.type", 5, 3, "clusterDNS[1]"),
        (KUBELET + "maxpods: 1\n", "strict.unknown", 3, 1, "maxpods"),
        (KUBELET + "authentication:\n  oidc: {}\n", "strict.unknown", 4, 3, "authentication.oidc"),
        (KUBELET + "syncFrequency: null\n", "decode.duration", 3, 16, "syncFrequency"),
        (KUBELET + "syncFrequency:\n", "decode.duration", 3, 1, "syncFrequency"),
    ],
)
def test_a_field_that_does_not_decode(text: str, code: str, line: int, column: int, path: str) -> None:
    problem = only(text)
    assert (problem.code, problem.line, problem.column, problem.path) == (code, line, column, path)
    assert problem.kind == "KubeletConfiguration"
    assert kc.loads(text).documents[0].get(path, "nothing") != "nothing"


def test_a_field_that_a_merge_key_brings_in_stands_where_it_is_written() -> None:
    problem = next(
        p
        for p in reading.check_text(KUBELET + "x: &x {port: 1, maxPods: a}\n<<: [{port: 2}, *x]\n")
        if p.path == "maxPods"
    )
    assert (problem.code, problem.line, problem.column) == ("decode.type", 3, 26)


def test_a_text_beyond_the_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "LIMITS", grammar.LIMITS._replace(size=10))
    assert codes(KUBELET) == ["yaml.limit.size"]
    with pytest.raises(kc.ParseError, match="more than 10"):
        kc.loads(KUBELET)


def test_a_file_of_too_many_documents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "LIMITS", grammar.LIMITS._replace(documents=2))
    two = f"{KUBELET}---\n{KUBELET}"
    assert codes(two) == []
    assert codes(f"{two}---\n{KUBELET}") == ["yaml.limit.documents"]
    assert len(kc.loads(two).documents) == 2
    with pytest.raises(kc.ParseError, match="3 documents, more than 2"):
        kc.loads(f"{two}---\n{KUBELET}")


def test_a_key_that_stands_twice() -> None:
    problem = only(KUBELET + "maxPods: 1\nport: 2\nmaxPods: 3\n")
    assert (problem.code, problem.type, problem.line, problem.path) == ("strict.duplicate", "Duplicate", 5, "maxPods")
    assert [(place.line, place.column) for place in problem.related] == [(3, 1)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("evictionHard: {a: 1Gi, a: 2Gi, a: 3Gi}\n", 2),
        ("systemReserved: &r {cpu: '1'}\nkubeReserved:\n  cpu: '2'\n  <<: *r\n", 1),
        ("systemReserved: &r {cpu: '1'}\nkubeReserved:\n  <<: *r\n  cpu: '2'\n", 1),
        ("systemReserved: &r {cpu: '1'}\nkubeReserved:\n  <<: *r\n  <<: *r\n", 1),
        ("systemReserved: &a {cpu: '1'}\nkubeReserved: &b {cpu: '2'}\nevictionHard:\n  <<: [*a, *b]\n", 1),
        ("systemReserved: &r {cpu: '1'}\nkubeReserved:\n  <<: *r\n  memory: 1Gi\n", 0),
        ("featureGates: {A: true, 'A': true}\n", 1),
        ("featureGates: {yes: true, 'true': true}\n", 0),
        ("featureGates: {1: true, '1': true}\n", 0),
        ("featureGates: {1: true, 0x1: true}\n", 1),
        ("featureGates: {yes: true, on: true}\n", 1),
    ],
)
def test_keys_are_counted_by_value_and_type_and_through_merge_keys(text: str, keys: int) -> None:
    assert codes(KUBELET + text).count("strict.duplicate") == keys


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("memoryThrottlingFactor: .inf\n", "decode.number", 25),
        ("x: [1, .NaN]\n", "decode.number", 8),
        ("featureGates: {~: true}\n", "decode.key", 16),
        ("featureGates: {[a]: true}\n", "decode.key", 16),
        ("featureGates: {18446744073709551615: true}\n", "decode.key", 16),
        ("address: !!int x\n", "decode.tag", 16),
        ("address: !!binary '*'\n", "decode.tag", 19),
        ("kubeReserved: {<<: 5}\n", "decode.merge", 20),
        ("kubeReserved: {<<: [5]}\n", "decode.merge", 21),
        ("x: &x [a]\nkubeReserved: {<<: *x}\n", "decode.merge", 20),
        ("x: &x {a: b}\n? *x\n: c\n", "decode.key", 3),
    ],
)
def test_what_is_yaml_but_no_json(line: str, code: str, column: int) -> None:
    problem = only(KUBELET + line)
    assert (problem.code, problem.column) == (code, column)


@pytest.mark.parametrize(
    "line", ["featureGates: {.inf: true}\n", "address: '.inf'\n", "address: x.inf\n", "kubeReserved: {'<<': a}\n"]
)
def test_what_looks_like_no_json_but_is(line: str) -> None:
    assert codes(KUBELET + line) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("maxPods: 1\n", "decode.kind", 1),
        ("kind: KubeletConfiguration\n", "decode.apiVersion", 1),
        ("apiVersion: v1\nkind: ConfigMap\n", "decode.apiVersion", 1),
        ("kind: X\napiVersion: a/b/c\n", "decode.apiVersion", 2),
        ("apiVersion: /v1\nkind: X\n", "decode.apiVersion", 1),
        ("- a\n", "decode.mapping", 1),
        ("just text\n", "decode.mapping", 1),
        ("~\n", "decode.empty", 1),
        ("# nothing\n", "decode.empty", 1),
        ("---\n---\n" + KUBELET, "decode.empty", 1),
        (KUBELET + "---\n---\n# nothing\n", "decode.empty", 4),
        ("%YAML 1.1\n---\n" + KUBELET, "yaml.syntax", 1),
    ],
)
def test_a_document_that_does_not_say_what_it_is(text: str, code: str, line: int) -> None:
    found = [problem for problem in reading.check_text(text) if problem.severity == "error"]
    assert [(problem.code, problem.line) for problem in found][:1] == [(code, line)]


def test_an_empty_text_has_no_document_and_no_problem() -> None:
    assert codes("") == []


def test_a_line_of_four_dashes_ends_the_reading() -> None:
    report = reading.check_text(KUBELET + "---\n" + PROXY + "maxPods: x\n----\n" + KUBELET)
    assert [(problem.code, problem.line) for problem in report] == [("yaml.separator", 7)]


def test_a_broken_document_does_not_hide_the_others() -> None:
    report = reading.check_text("a: [\n---\n" + KUBELET + "maxPods: x\n---\n" + PROXY + "Mode: y\n")
    assert [(problem.code, problem.line, problem.document) for problem in report] == [
        ("yaml.syntax", 2, 0),
        ("decode.type", 5, 1),
        ("strict.unknown", 9, 2),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (KUBELET + "...\nmaxPods: 1\n", 4),
        ("  apiVersion: kubelet.config.k8s.io/v1beta1\n  kind: KubeletConfiguration\nmaxPods: 1\n", 3),
    ],
)
def test_what_kubeadm_drops_is_warned_of(text: str, line: int) -> None:
    problem = only(text)
    assert (problem.severity, problem.code, problem.line) == ("warning", "yaml.dropped", line)


def test_a_document_in_braces_should_be_json() -> None:
    text = '{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": 1,}'
    problem = only(text)
    assert (problem.severity, problem.code) == ("warning", "yaml.json")
    assert codes(text.replace(",}", "}")) == []


@pytest.mark.parametrize(
    ("meta", "severity", "code"),
    [
        ("apiVersion: apps/v1\nkind: Deployment\n", "info", "document.foreign"),
        ("apiVersion: kubeadm.k8s.io/v1alpha3\nkind: ClusterConfiguration\n", "warning", "document.unknown"),
        ("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: kubeletconfiguration\n", "warning", "document.unknown"),
    ],
)
def test_a_kind_that_is_not_read_here_is_no_error(meta: str, severity: str, code: str) -> None:
    problem = only(meta)
    assert (problem.severity, problem.code) == (severity, code)


def test_a_known_kind_of_an_unknown_version_says_where_it_is_known() -> None:
    remedy = only("apiVersion: kubeadm.k8s.io/v1alpha3\nkind: ClusterConfiguration\n").remedy
    assert remedy is not None
    assert "kubeadm.k8s.io/v1beta4" in remedy


# -- bytes -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", [KUBELET, KUBELET.replace("\n", "\r\n"), "\ufeff" + KUBELET, KUBELET.rstrip()])
def test_bytes_and_text_are_read_alike(text: str) -> None:
    assert codes(text) == codes(text.encode()) == []


@pytest.mark.parametrize(
    ("raw", "line", "column", "hint"),
    [
        (b"a: 1\nb: \xff\n", 2, 4, "UTF-8"),
        ("a: 中文\n".encode("gbk"), 1, 4, "GBK"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
    ],
)
def test_bytes_that_are_not_utf_8_have_a_place(raw: bytes, line: int, column: int, hint: str) -> None:
    problem = only(raw)
    assert (problem.code, problem.line, problem.column) == ("yaml.encoding", line, column)
    assert problem.remedy is not None
    assert hint in problem.remedy


# -- anything ----------------------------------------------------------------------------------------------------------
def test_there_are_no_other_rules() -> None:
    with pytest.raises(ValueError, match="rules"):
        kc.check_text(KUBELET, rules="nonsense")  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "\0", "\ud800", "a: &a [*a]", "a: 1\n" * 100_000, "x: {" * 300 + "}" * 300]
)
def test_hostile_texts_give_a_report(text: str) -> None:
    report = reading.check_text(text)
    assert not report.ok
    assert str(report)


@pytest.mark.law
@given(nearly_yaml() | nearly_yaml().map(KUBELET.__add__) | st.text(max_size=40))
def test_law_checking_never_raises(text: str) -> None:
    for problem in reading.check_text(text):
        assert str(problem)
        assert problem.to_dict()


@pytest.mark.law
@given(st.binary(max_size=40))
def test_law_checking_bytes_never_raises(raw: bytes) -> None:
    assert isinstance(reading.check_text(raw), kc.Report)


@pytest.mark.law
@given(nearly_yaml().map(KUBELET.__add__))
def test_law_what_has_no_error_loads(text: str) -> None:
    assume(not _BREAKS_OF_YAML_ALONE.search(text))  # there kubeadm sees one document where a parser sees two
    if reading.check_text(text).ok:
        documents: Any = kc.loads(text).documents
        assert [document.obj for document in documents if document.obj is not None]


# -- apiVersion and kind in other letters ------------------------------------------------------------------------------
def test_a_kind_in_other_letters_is_found_and_then_dropped_as_kubernetes_does() -> None:
    f = kc.loads("apiversion: kubeproxy.config.k8s.io/v1alpha1\nKind: KubeProxyConfiguration\nmode: ipvs\n")
    assert kc.to_dict(f.kube_proxy) == {"mode": "ipvs"}
    f.kube_proxy.mode = "nftables"
    assert f.text == "apiversion: kubeproxy.config.k8s.io/v1alpha1\nKind: KubeProxyConfiguration\nmode: nftables\n"
    assert kc.dumps(f.kube_proxy).startswith("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxy")


@pytest.mark.parametrize("second", ["Kind: 5", "KIND: true", "ApiVersion: {}", "kinD: []"])
def test_beside_the_right_key_it_has_to_be_a_text_all_the_same(second: str) -> None:
    text = f"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n{second}\n"
    problems = kc.check_text(text, rules="decode").errors
    assert {problem.code for problem in problems} == {"decode.type", "strict.unknown"}
    with pytest.raises(kc.DecodeError, match="must be a text"):
        _ = kc.loads(text).kube_proxy


@pytest.mark.parametrize("line", ["apiVersion: 9223372036854775808", "apiVersion: 0xffffffffffffffff"])
def test_a_number_of_any_size_for_api_version_is_one_problem(line: str) -> None:
    report = kc.check_text(f"{line}\nkind: KubeletConfiguration\n", rules="decode")
    assert [problem.code for problem in report.errors] == ["decode.apiVersion"]
