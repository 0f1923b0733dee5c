"""Suppression: comments in the file, codes, a baseline; what keeps a file from being read is always shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg.baselines import Baseline
from kubeadm_cfg.checks.suppression import Comments, is_hidden
from kubeadm_cfg.report import Problem


def at(line: int, code: str = "kubeadm.a.b", **rest: str) -> Problem:
    return Problem("error", code, "wrong", file="a.yaml", line=line, column=1, **rest)  # type: ignore[arg-type]  # any part


def hidden_lines(text: str, code: str = "kubeadm.a.b") -> list[int]:
    comments = Comments(text, "a.yaml")
    return [line for line in range(1, text.count("\n") + 2) if comments.hide(at(line, code))]


# -- comments ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 2  # kubeadm-cfg: ignore kubeadm.a.b\nc: 3\n", [2]),
        ("a: 1\n  # kubeadm-cfg: ignore kubeadm.a.b\n  # why\n\nc: 3\n", [5]),
        ("a: 1 # kubeadm-cfg: ignore x, kubeadm.a ,y\n", [1]),
        ("a: 1 #kubeadm-cfg:ignore kubeadm.a # and why\n", [1]),
        ("a: 1\r\nb: 2  # kubeadm-cfg: ignore kubeadm.a.b\r\n", [2]),
        ("# kubeadm-cfg: ignore-file kubeadm.\na: 1\n", [1, 2, 3]),
        ("a: 1\n# kubeadm-cfg: ignore kubeadm.a.b\n", [2]),
        ("a: 1 # kubeadm-cfg: ignore kubeadm.c\n", []),
        ("a: x#kubeadm-cfg: ignore kubeadm.a.b\n", []),
        ("a: 1 # ignore kubeadm.a.b\n", []),
    ],
)
def test_a_comment_ignores_its_own_line_the_next_one_or_the_file(text: str, lines: list[int]) -> None:
    assert hidden_lines(text) == lines


def test_a_comment_that_ignores_nothing_is_told_of() -> None:
    comments = Comments("a: 1  # kubeadm-cfg: ignore kubeadm.a, other\n", "a.yaml")
    comments.hide(at(1))
    found = list(comments.remarks())
    assert [(p.code, p.severity, p.line, p.column) for p in found] == [("ignore.unused", "info", 1, 7)]
    assert "other" in found[0].message


@pytest.mark.parametrize("rest", ["", " ignore", " ignroe kubeadm.a", " ignore: a"])
def test_a_comment_that_cannot_be_read_is_told_of(rest: str) -> None:
    found = list(Comments(f"a: 1  # kubeadm-cfg:{rest}\n", "a.yaml").remarks())
    assert [(p.code, p.severity, p.line) for p in found] == [("ignore.unreadable", "warning", 1)]


@pytest.mark.law
@given(
    st.text() | st.lists(st.sampled_from(["# kubeadm-cfg:", " ignore ", "a.b", ",", "\n", "-file", " "])).map("".join)
)
def test_law_any_text_has_comments(text: str) -> None:
    comments = Comments(text, "a.yaml")
    comments.hide(at(1))
    assert all(problem.line for problem in comments.remarks())


# -- codes -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("select", "ignore", "hidden"),
    [
        ([], [], False),
        (["kubeadm."], [], False),
        (["kubelet."], [], True),
        (["kubeadm."], ["kubeadm.a"], True),
        ([], ["kubeadm.a.b.c"], False),
        ([], ["kubeadm.a.b"], True),
    ],
)
def test_codes_are_chosen_by_their_beginning(select: list[str], ignore: list[str], hidden: bool) -> None:
    assert is_hidden(at(1), select, ignore) is hidden


@pytest.mark.parametrize("code", ["yaml.syntax", "yaml.encoding", "toml.syntax", "containerd.refused"])
def test_an_unreadable_file_is_hidden_by_its_exact_code_alone(code: str) -> None:
    problem = at(1, code)
    assert not is_hidden(problem, ["kubeadm."], [code.partition(".")[0], code[:-1]])
    assert is_hidden(problem, [], [code])
    assert hidden_lines(f"# kubeadm-cfg: ignore-file {code[:-1]}\n", code) == []
    assert hidden_lines(f"# kubeadm-cfg: ignore-file {code}\n", code) == [1, 2]


# -- baselines ---------------------------------------------------------------------------------------------------------
def test_a_baseline_knows_problems_wherever_their_lines_are(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    found = [at(3, path="a"), at(4, path="b")]
    Baseline.of(found, tmp_path).save(path)
    assert Baseline.load(path).new([at(7, path="a"), at(8, path="c")]) == [at(8, path="c")]


def test_a_baseline_counts_equal_problems(tmp_path: Path) -> None:
    known = Baseline.of([at(3), at(4)])
    assert known.new([at(3)]) == []
    assert len(known.new([at(3), at(4), at(5)])) == 1


def test_a_baseline_names_files_from_its_own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    Baseline.of([Problem("error", "x", "y", file="sub/a.yaml")], tmp_path).save("baseline.json")
    monkeypatch.chdir(tmp_path / "sub")
    known = Baseline.load(tmp_path / "baseline.json")
    assert known.new([Problem("error", "x", "y", file="a.yaml")]) == []
    assert len(known.new([Problem("error", "x", "y", file="b.yaml")])) == 1


def test_a_baseline_holds_no_unreadable_file_and_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    broken, token = at(1, "yaml.syntax"), at(2)
    token.message = "abcdef.0123456789abcdef is wrong"
    Baseline.of([broken, token]).save(path)
    assert "0123456789abcdef" not in path.read_text(encoding="utf-8")
    assert [entry["code"] for entry in json.loads(path.read_text(encoding="utf-8"))["problems"]] == ["kubeadm.a.b"]
    assert Baseline.of([broken]).new([broken]) == [broken]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"version": 2, "problems": []}', '{"version": 1, "problems": [1]}']
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(kc.ConfigError, match="no baseline"):
        Baseline.load(path)
