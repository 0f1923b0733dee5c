"""Cutting: where a YAML parser sees documents, and where kubeadm cuts a file into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeadm_cfg.source import cut as cutting
from kubeadm_cfg.source.cut import documents, next_content, pieces
from kubeadm_cfg.source.grammar import GrammarError, events
from kubeadm_cfg.testing import nearly_yaml


def contents(text: str) -> list[str]:
    return [text[span.start : span.end] for span in documents(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# nothing here yet\n\n", []),
        ("\n \n", []),
        ("a: 1\n", ["a: 1\n"]),
        ("a: 1", ["a: 1"]),
        ("---\n", [""]),
        ("---", [""]),
        ("---\n---\na: 1\n", ["", "a: 1\n"]),
        ("a: 1\n---\n", ["a: 1\n", ""]),
        ("a: 1\n--- # two\nb: 2\n---   \nc: 3\n", ["a: 1\n", "b: 2\n", "c: 3\n"]),
        (
            "# licence\n---\n# only a comment\n---\na: 1\n---\n---\n# end\n",
            ["# only a comment\n", "a: 1\n", "", "# end\n"],
        ),
        ("a: |\n  ---\n  text\n", ["a: |\n  ---\n  text\n"]),
        ("----\n", ["----\n"]),
        ("---a\n", ["---a\n"]),
        (" ---\n", [" ---\n"]),
        ("a\r\n---\r\nb\r\n", ["a\r\n", "b\r\n"]),
        ("a\r---\rb\r", ["a\r", "b\r"]),
        ("a\u2028---\u2028b", ["a\u2028", "b"]),
        ("a\x85---\x85b", ["a\x85", "b"]),
    ],
)
def test_documents_are_counted_as_a_parser_counts_them(text: str, expected: list[str]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n...\n", ["a: 1\n"]),
        ("a: 1\n...\nlost: 2\n", ["a: 1\n"]),
        ("a: 1\n...\nlost: 2\n---\nb: 3\n", ["a: 1\n", "b: 3\n"]),
        ("...\nlost\n", []),
        ("a: 1\n... # end\n---\nb: 2\n", ["a: 1\n", "b: 2\n"]),
        ("a: 1\n....\n", ["a: 1\n....\n"]),
    ],
)
def test_what_follows_an_end_marker_belongs_to_no_document(text: str, expected: list[str]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    "line", ["--- {a: 1}\n", "--- |\n text\n", "--- text\n", "---\ttext\n", "--- !t\na: 1\n", "--- &a\na: 1\n"]
)
def test_content_on_the_line_of_a_marker_is_parsed_with_the_marker(line: str) -> None:
    first, second = documents(f"a: 1\n{line}")
    assert (first.start, first.end) == (0, 5)
    assert (second.start, second.end) == (5, 5 + len(line))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%YAML 1.1\n---\na: 1\n", ["%YAML 1.1\n---\na: 1\n"]),
        ("# c\n%TAG !e! x:\n# d\n---\na: 1\n", ["%TAG !e! x:\n# d\n---\na: 1\n"]),
        ("a: 1\n...\n%YAML 1.1\n--- # c\nb: 2\n", ["a: 1\n", "%YAML 1.1\n--- # c\nb: 2\n"]),
        ("a: 1\n%YAML 1.1\n---\nb: 2\n", ["a: 1\n", "%YAML 1.1\n---\nb: 2\n"]),
        ("%YAML 1.1\n", ["%YAML 1.1\n"]),
        ("a: 10%\n---\nb: %\n", ["a: 10%\n", "b: %\n"]),
    ],
)
def test_directives_belong_to_the_document_below(text: str, expected: list[str]) -> None:
    assert contents(text) == expected


def test_a_document_knows_its_marker() -> None:
    first, second = documents("a: 1\n--- # c\nb: 2\n")
    assert (first.explicit, first.head_start) == (False, 0)
    assert (second.explicit, second.head_start) == (True, 5)


def test_ten_thousand_documents_are_cut_at_once() -> None:
    assert len(documents("apiVersion: v1\nkind: List\n---\n" * 10_000)) == 10_001


def test_next_content_is_behind_blanks_breaks_and_comments() -> None:
    assert next_content(" \n# c\r\n\tx", 0, 9) == 8
    assert next_content(" # c", 0, 4) == 4


@pytest.mark.law
@given(nearly_yaml())
def test_law_the_documents_and_what_is_between_them_are_the_text(text: str) -> None:
    position = 0
    for span in documents(text):
        assert position <= span.head_start <= span.start <= span.end
        position = span.end
    assert position <= len(text)


@pytest.mark.law
@given(nearly_yaml())
def test_law_a_parser_starts_a_document_where_the_cut_does(text: str) -> None:
    spans = documents(text)
    try:
        root = next((event for event in events(text) if event[0] not in ("doc-start", "doc-end")), None)
    except GrammarError:
        return
    if root is not None and spans and not text.startswith("..."):
        assert spans[0].head_start <= root[1] <= spans[0].end


# -- as kubeadm cuts ---------------------------------------------------------------------------------------------------
def cut(text: str, *, bom: bool = False) -> list[str]:
    return [text[piece.start : piece.end] for piece in pieces(text, bom=bom)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a: 1\n", ["a: 1\n"]),
        ("a: 1\n---\nb: 2\n", ["a: 1\n", "b: 2\n"]),
        ("---\na: 1\n", ["---\na: 1\n"]),
        ("a: 1\n---\n", ["a: 1\n"]),
        ("a: 1\n---\n---\nb: 2\n", ["a: 1\n", "---\nb: 2\n"]),
        ("---\n---\na: 1\n", ["---\n", "a: 1\n"]),
        ("# licence\n---\na: 1\n", ["# licence\n", "a: 1\n"]),
        ("\n---\na: 1\n", ["\n", "a: 1\n"]),
        ("a: 1\n---  # c\nb: 2\n", ["a: 1\n", "b: 2\n"]),
        ("a: 1\n---#c\nb: 2\n", ["a: 1\n", "b: 2\n"]),
        ("a: 1\r\n---\r\nb: 2\r\n", ["a: 1\r\n", "b: 2\r\n"]),
        ("a: |\n---\nb\n", ["a: |\n", "b\n"]),
        ("a: 1\n ---\nb: 2\n", ["a: 1\n ---\nb: 2\n"]),
        ("a: 1\n...\nb: 2\n", ["a: 1\n...\nb: 2\n"]),
        ("a: 1\r---\rb: 2\r", ["a: 1\r---\rb: 2\r"]),
        ("%YAML 1.1\n---\na: 1\n", ["%YAML 1.1\n", "a: 1\n"]),
        ("---", ["---"]),
    ],
)
def test_pieces_are_cut_as_kubeadm_cuts(text: str, expected: list[str]) -> None:
    assert cut(text) == expected
    assert pieces(text)[1] is None


def test_a_marker_behind_a_byte_order_mark_does_not_cut() -> None:
    assert cut("---\na: 1\n---\nb: 2\n", bom=True) == ["---\na: 1\n", "b: 2\n"]
    assert cut("---\n---\nb: 2\n", bom=True) == ["---\n", "b: 2\n"]
    assert cut("", bom=True) == [""]


@pytest.mark.parametrize(
    ("text", "read", "stumble"),
    [
        ("a: 1\n--- text\nb: 2\n", [], "text"),
        ("a: 1\n----\nb: 2\n", [], "-"),
        ("a: 1\n---\nb: 2\n---x\n", ["a: 1\n"], "x"),
        ("---x", [], "x"),
        ("--- {a: 1}\n", [], "{a: 1}"),
    ],
)
def test_reading_stops_at_a_separator_with_text_and_loses_the_document_above(
    text: str, read: list[str], stumble: str
) -> None:
    found, broken = pieces(text)
    assert [text[piece.start : piece.end] for piece in found] == read
    assert broken is not None
    assert broken.text == stumble
    assert text[broken.start : broken.end].startswith("---")


PARTS = [
    "---",
    "\n",
    "---\n",
    "a: 1\n",
    " ",
    "#c\n",
    "...",
    "...\n",
    "%YAML 1.1\n",
    "\t",
    "--- x\n",
    "\ufeff",
    "\r\n",
    "{}\n",
]


@pytest.mark.law
@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_law_an_ordinary_text_is_cut_as_any_other(text: str) -> None:
    at_once = cutting._ordinary(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_ordinary", lambda _: None)
        assert at_once is None or at_once == cutting.documents(text)
    assert cutting._ordinary("a: 1\n---\nb: 2\n") is not None
