"""The formats of a report: text, SARIF 2.1.0, GitHub's annotations, HTML; all of them mask secrets."""

from __future__ import annotations

import difflib
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeadm_cfg.formats.fingerprints import fingerprints
from kubeadm_cfg.report import Place, Problem, Report, masked, problem_at

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
TOKEN = "abcdef.0123456789abcdef"


class Fix:
    """A fix that turns one text into another."""

    description = "quote the value"

    def __init__(self, old: str, new: str, *, safe: bool = True) -> None:
        self.name = "a.yaml"
        self.file = self
        self.safe = safe
        self.old, self.new = old, new

    def diff(self) -> str:
        return masked(self._exact_diff())

    def _exact_diff(self) -> str:
        old, new = (text.replace("\n", "\n\0").split("\0") for text in (self.old, self.new))
        lines = difflib.unified_diff([x for x in old if x], [x for x in new if x], "a/a.yaml", "b/a.yaml", n=1)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def problem(text: str = "a: 1\nb: x\n", offset: int = 8, **rest: Any) -> Problem:
    return problem_at("a.yaml", text, offset, rest.pop("message", "wrong"), code="decode.type", **rest)


def results(report: Report) -> list[dict[str, Any]]:
    log = report.to_sarif()
    VALIDATOR.validate(log)
    json.dumps(log)
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


# -- text --------------------------------------------------------------------------------------------------------------
def test_the_place_is_underlined_to_its_end() -> None:
    assert str(problem("b: some\n", 3, end_line=1, end_column=8)).split("\n")[2] == "    |    ^^^^"


def test_a_place_that_ends_on_a_later_line_is_underlined_to_the_end_of_its_first() -> None:
    assert str(problem("b: some\n more\n", 3, end_line=2, end_column=6)).split("\n")[2] == "    |    ^^^^"


def test_wide_characters_have_two_carets() -> None:
    assert str(problem("b: 集群\n", 3, end_line=1, end_column=6)).split("\n")[2] == "    |    ^^^^"


def test_a_fix_is_shown_as_a_diff() -> None:
    shown = str(problem(fix=Fix("a: 1\nb: x\n", 'a: 1\nb: "x"\n')))
    assert shown.endswith(
        "  fix: quote the value\n"
        "    --- a/a.yaml\n    +++ b/a.yaml\n    @@ -1,2 +1,2 @@\n     a: 1\n    -b: x\n    +b: \"x\""
    )  # fmt: skip
    assert "fix (changes what the file means): quote" in str(problem(fix=Fix("a\n", "b\n", safe=False)))


def test_the_reason_has_its_source() -> None:
    shown = str(problem(cause="the kubelet refuses it", source="kubernetes/kubernetes:pkg/x.go"))
    assert shown.split("\n")[3:] == ["  cause: the kubelet refuses it", "  source: kubernetes/kubernetes:pkg/x.go"]


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (Report(), "no problems"),
        (Report(files=["a", "b"]), "no problems in 2 files"),
        (Report([problem()], ["a"]), "1 error in 1 file"),
        (Report([problem(), problem(severity="info"), problem(severity="info")]), "1 error, 2 infos"),
    ],
)
def test_the_last_line_counts(report: Report, line: str) -> None:
    assert str(report).split("\n")[-1] == line


# -- SARIF -------------------------------------------------------------------------------------------------------------
def test_a_report_as_sarif() -> None:
    found = problem(
        end_line=2, end_column=5, path="b", kind="K", remedy="write a number", related=[Place("c d.yaml", 3, 1, "here")]
    )
    log = Report([found, problem(severity="info")], ["a.yaml"]).to_sarif()
    VALIDATOR.validate(log)
    driver = log["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["decode.type"]
    assert driver["rules"][0]["help"] == {"text": "write a number"}
    assert "another type" in driver["rules"][0]["shortDescription"]["text"]
    first, second = log["runs"][0]["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"], second["level"]) == ("decode.type", 0, "error", "note")
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a.yaml"},
                "region": {
                    "startLine": 2,
                    "startColumn": 4,
                    "endLine": 2,
                    "endColumn": 5,
                    "snippet": {"text": "b: x"},
                },
            },
            "logicalLocations": [{"fullyQualifiedName": "b"}],
        }
    ]
    assert first["relatedLocations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "c%20d.yaml"}
    assert first["properties"] == {"kind": "K", "remedy": "write a number"}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("sub/集.yaml", "sub/%E9%9B%86.yaml"),
        ("/etc/a b.yaml", "file:///etc/a%20b.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_files_are_references(file: str, uri: str) -> None:
    report = Report([Problem("error", "x", "y", file=file)], [file])
    assert results(report)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """What a reader of the log makes of the text."""
    lines = text.replace("\n", "\n\0").split("\0")
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    for change in reversed(replacements):
        region = change["deletedRegion"]
        start = starts[min(region["startLine"] - 1, len(lines))] + region["startColumn"] - 1
        end = starts[min(region["endLine"] - 1, len(lines))] + region["endColumn"] - 1
        text = text[:start] + change["insertedContent"]["text"] + text[end:]
    return text


@pytest.mark.law
@given(*[st.lists(st.sampled_from(["a", "b", "-- c", "++ d", "---", "@@", "", "e\r"]), max_size=9)] * 2, st.booleans())
def test_law_a_fix_in_sarif_makes_the_same_text(old: list[str], new: list[str], ends: bool) -> None:
    before, after = ("\n".join(lines) + "\n" * (ends and bool(lines)) for lines in (old, new))
    found = results(Report([problem(fix=Fix(before, after))]))[0]
    if "fixes" in found:
        assert applied(before, found["fixes"][0]["artifactChanges"][0]["replacements"]) == after
    else:
        assert before == after or "\r" in (before + after).replace("\r\n", "")


def test_a_fix_with_a_secret_is_left_to_the_library() -> None:
    assert "fixes" not in results(Report([problem(fix=Fix(f"token: {TOKEN}\n", f'token: "{TOKEN}"\n'))]))[0]


@pytest.mark.law
@given(
    st.builds(
        Problem,
        st.sampled_from(["error", "warning", "info"]),
        st.text(min_size=1),
        st.text(),
        path=st.none() | st.text(),
        file=st.none() | st.text(),
        line=st.none() | st.integers(1, 9),
        column=st.none() | st.integers(1, 9),
        end_column=st.none() | st.integers(1, 9),
        excerpt=st.none() | st.text(),
        cause=st.none() | st.text(),
        related=st.lists(st.builds(Place, st.text(), st.integers(1, 9), st.integers(1, 9), st.text()), max_size=2),
    )
)
def test_law_every_format_takes_every_problem(found: Problem) -> None:
    report = Report([found, found], ["a.yaml"])
    assert len(results(report)) == 2
    assert report.to_github().count("\n") == 1
    assert str(report)
    assert report._repr_html_()
    assert json.dumps(report.to_dict())


# -- fingerprints ------------------------------------------------------------------------------------------------------
def test_a_fingerprint_does_not_know_lines() -> None:
    before = problem("b: x\n", 3, path="b")
    moved = problem("# new\n\nb: x\n", 10, path="b")
    assert list(fingerprints([before])) == list(fingerprints([moved]))


def test_fingerprints_tell_problems_apart() -> None:
    found = [problem(), problem(), problem(message="other"), problem(path="a"), problem(kind="K")]
    assert len(set(fingerprints(found))) == 5


def test_items_that_move_in_a_list_keep_their_fingerprint() -> None:
    assert list(fingerprints([problem(path="a[0].b")])) == list(fingerprints([problem(path="a[1].b")]))


# -- GitHub ------------------------------------------------------------------------------------------------------------
def test_annotations() -> None:
    found = problem(end_line=2, end_column=5, message="50% of\nit", remedy="a, b: c")
    found.file = "a,b:c%.yaml"
    assert Report([found]).to_github() == (
        "::error file=a%2Cb%3Ac%25.yaml,line=2,endLine=2,col=4,endColumn=5,title=decode.type::50%25 of%0Ait%0Aa, b: c"
    )
    assert Report([problem(severity="info")]).to_github().startswith("::notice file=a.yaml,line=2,")
    assert Report([Problem("warning", "x", "y")]).to_github() == "::warning title=x::y"


def test_an_annotation_of_several_lines_has_no_columns() -> None:
    assert "col" not in Report([problem(end_line=3, end_column=1)]).to_github()


# -- HTML --------------------------------------------------------------------------------------------------------------
def test_html_is_escaped_and_closes_what_it_opens() -> None:
    open_: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            open_.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_.pop() == tag

    found = problem("b: <b>\n", 3, message="<script>", remedy="</table>", fix=Fix("a\n", "<i>\n"))
    html = Report([found])._repr_html_()
    Reader().feed(html)
    assert open_ == []
    assert "<script>" not in html
    assert "b: <mark>&lt;</mark>b&gt;" in html


# -- secrets -----------------------------------------------------------------------------------------------------------
def test_a_secret_shows_in_no_format() -> None:
    text = f"token: {TOKEN}\n"
    found = problem(
        text,
        7,
        message=f"{TOKEN} is wrong",
        cause=TOKEN,
        remedy=TOKEN,
        path=f"a[{TOKEN}]",
        related=[Place("a.yaml", 1, 1, TOKEN)],
        fix=Fix(text, f'token: "{TOKEN}"\n'),
    )
    report = Report([found], ["a.yaml"])
    for shown in (
        str(report), repr(report), json.dumps(report.to_dict()), json.dumps(report.to_sarif()), report.to_github(),
        report._repr_html_(),
    ):  # fmt: skip
        assert "0123456789abcdef" not in shown
