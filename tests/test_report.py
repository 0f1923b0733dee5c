"""Problems and reports: places, excerpts with a caret, secrets masked, plain data."""

from __future__ import annotations

import json
import pickle
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeadm_cfg.report import Lines, Place, Problem, Report, locate, masked, problem_at

TOKEN = "abcdef.0123456789abcdef"
KEY = "0123456789abcdef" * 4


def problem(text: str, offset: int, **rest: Any) -> Problem:
    return problem_at("a.yaml", text, offset, "wrong", code="yaml.syntax", **rest)


# -- places ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("ab\ncd", 0, (1, 1)),
        ("ab\ncd", 2, (1, 3)),
        ("ab\ncd", 3, (2, 1)),
        ("ab\r\ncd", 2, (1, 3)),
        ("ab\r\ncd", 3, (1, 4)),
        ("ab\r\ncd", 4, (2, 1)),
        ("ab\rcd", 3, (2, 1)),
        ("\n\r\n\r\n", 5, (4, 1)),
        ("ab\x85cd\u2028ef", 7, (1, 8)),
        ("集群\nx", 1, (1, 2)),
    ],
)
def test_lines_end_at_the_breaks_of_editors(text: str, offset: int, place: tuple[int, int]) -> None:
    assert locate(text, offset) == place


@pytest.mark.law
@given(st.text("ab\r\n\u2028", max_size=12), st.data())
def test_law_a_place_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = locate(text, offset)
    assert Lines(text).locate(offset) == (line, column)
    starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]
    assert starts[line - 1] + column - 1 == offset


def test_a_problem_has_the_place_and_the_line() -> None:
    found = problem("a: 1\r\nb: [\r\n", 9)
    assert (found.file, found.line, found.column, found.excerpt) == ("a.yaml", 2, 4, "b: [")
    assert (found.end_line, found.end_column) == (2, 4)


def test_a_place_inside_a_line_break_belongs_to_the_line_before() -> None:
    assert problem("ab\r\ncd", 3).excerpt == "ab"


def test_a_problem_behind_the_end_stands_at_the_end() -> None:
    found = problem("a: [", 99)
    assert (found.line, found.column) == (1, 5)


# -- text for people ---------------------------------------------------------------------------------------------------
def test_a_problem_reads_like_a_compilers() -> None:
    found = problem(
        "a: 1\nb: x\n",
        8,
        cause="it is a text",
        remedy="write a number",
        related=[Place("b.yaml", 3, 1, "first set here"), Place("c.yaml", 1, 2)],
    )
    assert str(found) == (
        "a.yaml:2:4: error: wrong [yaml.syntax]\n"
        "  2 | b: x\n"
        "    |    ^\n"
        "  see: b.yaml:3:1: first set here\n"
        "  see: c.yaml:1:2\n"
        "  cause: it is a text\n"
        "  help: write a number"
    )


def test_a_problem_without_a_place_is_one_line() -> None:
    assert (
        str(Problem("warning", "kubernetes.assumed", "1.34 is assumed"))
        == "warning: 1.34 is assumed [kubernetes.assumed]"
    )
    assert str(Problem("info", "x", "y", file="a.yaml")) == "a.yaml: info: y [x]"


def caret_columns(rendered: str) -> tuple[str, str]:
    """The excerpt and what stands below it, without their margins."""
    _, source, below = rendered.split("\n")[:3]
    return source.split("| ", 1)[1], below.split("| ", 1)[1]


@pytest.mark.parametrize(
    ("line", "offset", "below"),
    [
        ("\tb: x", 4, "\t   ^"),
        ("集群: x", 4, "      ^"),
        ("ｆｕｌｌ: x", 6, "          ^"),
        ("é: x", 3, "   ^"),
        ("e\u0301: x", 4, "   ^"),
        ("a\u200b: x", 4, "   ^"),
        ("🙂: x", 3, "    ^"),
        ("a\tb\t集: x", 7, " \t \t    ^"),
    ],
)
def test_the_caret_stands_below_its_column(line: str, offset: int, below: str) -> None:
    excerpt, caret = caret_columns(str(problem(line, offset)))
    assert excerpt == line
    assert caret == below


def test_line_numbers_of_any_length_keep_the_caret_in_place() -> None:
    rendered = str(problem("a\n" * 999 + "b: x", 2001))
    assert "  1000 | b: x\n       |    ^" in rendered


def test_of_a_very_long_line_what_is_near_is_shown() -> None:
    text = "{" + "a: 1, " * 500 + "b: @, " + "c: 1, " * 500 + "}"
    excerpt, caret = caret_columns(str(problem(text, text.index("@"))))
    assert len(excerpt) < 200
    assert excerpt[len(caret) - 1] == "@"
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")


def test_nothing_reaches_the_terminal_that_it_would_act_on() -> None:
    found = problem("a: \x1b[31m\u202eb", 3)
    found.message = 'unknown field "\x1b[2J\nx"'
    rendered = str(found)
    assert "\x1b" not in rendered
    assert "\u202e" not in rendered
    assert rendered.split("\n", maxsplit=1)[0] == 'a.yaml:1:4: error: unknown field "\\x1b[2J\\nx" [yaml.syntax]'


@pytest.mark.law
@given(st.text(max_size=40), st.integers(0, 40))
def test_law_a_rendered_problem_is_three_lines_without_control_characters(line: str, offset: int) -> None:
    rendered = str(problem(line, min(offset, len(line))))
    assert rendered.count("\n") == 2
    assert not any(
        unicodedata.category(character) == "Cc" for character in rendered.replace("\n", "").replace("\t", "")
    )


# -- secrets -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token: {TOKEN}", "token: abcdef.****************"),
        (f"--token={TOKEN} x", "--token=abcdef.**************** x"),
        (f"certificateKey: {KEY}", "certificateKey: " + "*" * 64),
        (f'{{"certificateKey":"{KEY}"}}', '{"certificateKey":"' + "*" * 64 + '"}'),
        (f"certificateKey: {KEY.upper()}", "certificateKey: " + "*" * 64),
        ("token: abcdef.0123456789abcde", "token: abcdef.***************"),
        ('"token": "abcdef.0123456789abcdef1"', '"token": "abcdef.*****************"'),
        (f"certificateKey: {KEY[1:]}", "certificateKey: " + "*" * 63),
        ('"PSK": "verysecret"', '"PSK": "**********"'),
        ("psk=abc", "psk=***"),
    ],
)
def test_secrets_are_masked_at_the_same_length(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert len(masked(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        f"caCertHashes: [sha256:{KEY}]", f"registry.k8s.io/pause@sha256:{KEY}", f"{KEY}0", "registry.k8s.io",
        "kubeadm.k8s.io/v1beta4", f"x{TOKEN}", "example.0123456789abcdef.com",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


def test_a_secret_shows_nowhere() -> None:
    found = problem(f"- token: {TOKEN}", 9, cause=f"{TOKEN} is used twice", remedy=f"not {TOKEN}")
    found.message = f"{TOKEN} is wrong"
    report = Report([found], ["a.yaml"])
    for shown in (
        str(found),
        repr(found),
        json.dumps(found.to_dict()),
        str(report),
        repr(report),
        json.dumps(report.to_dict()),
    ):
        assert "0123456789abcdef" not in shown


def test_the_caret_stays_right_beside_a_masked_secret() -> None:
    line = f"{{token: {TOKEN}, x: @}}"
    excerpt, caret = caret_columns(str(problem(line, line.index("@"))))
    assert excerpt[len(caret) - 1] == "@"


# -- plain data --------------------------------------------------------------------------------------------------------
def test_a_problem_as_plain_data_leaves_out_what_is_not_known() -> None:
    assert Problem("error", "decode.type", "must be a number").to_dict() == {
        "severity": "error",
        "code": "decode.type",
        "message": "must be a number",
    }


def test_a_problem_as_plain_data() -> None:
    found = problem(
        "b: x\n", 3, path="b", field="b", kind="K", document=0, type="Invalid", related=[Place("c", 1, 2, "there")]
    )
    assert found.to_dict() == {
        "severity": "error",
        "code": "yaml.syntax",
        "type": "Invalid",
        "message": "wrong",
        "kind": "K",
        "field": "b",
        "path": "b",
        "file": "a.yaml",
        "document": 0,
        "line": 1,
        "column": 4,
        "end_line": 1,
        "end_column": 4,
        "related": [{"file": "c", "line": 1, "column": 2, "message": "there"}],
    }
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()


def test_problems_compare_by_what_they_say() -> None:
    first, second = problem("b: x\n", 3), problem("b: x\n", 3)
    assert first == second
    assert hash(first) == hash(second)
    assert first != problem("b: x\n", 0)
    assert first != "wrong"
    assert pickle.loads(pickle.dumps(first)) == first


def test_a_report_sorts_problems_by_severity() -> None:
    made = [Problem(severity, "x", severity) for severity in ("error", "warning", "info", "warning")]
    report = Report(made, ["a.yaml"])
    assert [len(found) for found in (report.errors, report.warnings, report.infos)] == [1, 2, 1]
    assert not report.ok
    assert Report(made[1:]).ok
    assert list(report) == made
    assert len(report) == 4
    assert report.to_dict()["ok"] is False
    assert report.to_dict()["files"] == ["a.yaml"]
    assert str(report).split("\n")[0] == "error: error [x]"
    assert str(report).split("\n")[-1] == "1 error, 2 warnings, 1 info in 1 file"
    assert repr(report) == "<Report: 1 errors, 2 warnings, 1 infos>"
