"""Grammar: what go-yaml v2 refuses is refused, what it reads is read, by both parsers alike, within the limits."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings

from corpora import Case, rows
from kubeadm_cfg.source.compose import compose, root_of
from kubeadm_cfg.source.cut import documents
from kubeadm_cfg.source.duplicates import duplicates
from kubeadm_cfg.source.grammar import Event, GrammarError, Limits, check, events, reads_at_once, use_parser
from kubeadm_cfg.source.nodes import plain
from kubeadm_cfg.source.unreadable import unreadable
from kubeadm_cfg.testing import nearly_yaml

Parser = Literal["c", "port"]
BOTH: tuple[Parser, Parser] = ("c", "port")
both_parsers = pytest.mark.parametrize("parser", BOTH)


@pytest.fixture(params=BOTH)
def parser(request: pytest.FixtureRequest) -> Iterator[Parser]:
    with use_parser(request.param):
        yield request.param


def outcome(text: str, parser: Parser) -> tuple[list[Event] | None, object]:
    """The events of the text, or the problem it is refused for."""
    with use_parser(parser):
        try:
            return list(events(text)), None
        except GrammarError as error:
            return None, error.problem


def kinds(text: str) -> list[tuple[str, str]]:
    return [(event[0], event[3]) for event in events(text)][1:-1]


# -- the verdicts of go-yaml -------------------------------------------------------------------------------------------
def go(case: Case) -> bool:
    return "error" not in case


VERDICTS = rows("grammar.jsonl")


@pytest.mark.corpus
@pytest.mark.parametrize("case", [case for case in VERDICTS if go(case)], ids=lambda case: case["id"])
def test_what_go_yaml_reads_is_read_with_the_same_data(case: Case, parser: Parser) -> None:
    text = case["yaml"].removeprefix("\ufeff")
    assert check(text, strict=True) is None
    assert unreadable(text) == []
    for read in (root_of, compose):
        root = read(text)
        assert (None if root is None else plain(root, text)) == case["json"]
        assert (root is not None and any(duplicates(root, text))) == case["duplicates"]


@pytest.mark.corpus
@pytest.mark.parametrize("case", [case for case in VERDICTS if not go(case)], ids=lambda case: case["id"])
def test_what_go_yaml_refuses_is_refused(case: Case, parser: Parser) -> None:
    text = case["yaml"].removeprefix("\ufeff")
    problem = check(text, strict=True)
    if problem is None:
        assert unreadable(text) != []
    else:
        assert 0 <= problem.offset <= len(text)


# -- where parsers differ (docs/compatibility.md, "Grammar") -----------------------------------------------------------
@both_parsers
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("[fd00::a]", ["fd00::a"]),
        ("{endpoint: lb:6443}", ["endpoint", "lb:6443"]),
        ("{a:b}", ["a:b", ""]),
        ("{a:, b}", ["a:", "", "b", ""]),
        ("a:\tb\n", ["a", "b"]),
        ("a: |#c\n x\n", ["a", "x\n"]),
        ("a: [b]#c\n", ["a", "b"]),
        ("a: 1\n...\n}: [\n", ["a", "1"]),
        ("[a] b", ["a"]),
        ("  a: 1\nb: 2\n", ["a", "1"]),
    ],
)
def test_read_by_go_yaml_though_not_by_every_parser(text: str, read: list[str], parser: Parser) -> None:
    with use_parser(parser):
        assert [value for kind, value in kinds(text) if kind == "scalar"] == read
        assert check(text) is None


@both_parsers
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[::1]", "did not find expected node content"),
        ("[x?y]", "did not find expected ',' or ']'"),
        ("&a.b c", "did not find expected alphabetic or numeric character"),
        ("a: *a.b", "did not find expected alphabetic or numeric character"),
        ("a: {[]: b}", "did not find expected ',' or '}'"),
        ("a: 1\n\t\nb: 2\n", "found a tab character that violates indentation"),
        ('a: "x"\n\t# c\nb: 2\n', "found character that cannot start any token"),
        ("a\x85b: c", "mapping values are not allowed in this context"),
    ],
)
def test_refused_by_go_yaml_though_not_by_every_parser(text: str, message: str, parser: Parser) -> None:
    with use_parser(parser):
        problem = check(text)
    assert problem is not None
    assert problem.message == message


@both_parsers
@pytest.mark.parametrize("text", ['a: "\\/"', "%YAML 1.2\n---\na: 1\n"])
def test_json_escapes_and_yaml_1_2_are_read_but_not_by_kubeadm(text: str, parser: Parser) -> None:
    with use_parser(parser):
        assert check(text) is None
        assert check(text, strict=True) is not None


@pytest.mark.parametrize(
    "text",
    ["%YAML 2.0\n---\na: 1\n", "%YAML 1.1\na: 1\n", "%FOO\n---\n", "%YAML 1.1\n%YAML 1.1\n---\n", "%TAG !a\n---\n"],
)
def test_other_directives_are_refused(text: str, parser: Parser) -> None:
    assert check(text) is not None


# -- problems and their places -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("a: [1, 2\nb: 3\n", 10, "did not find expected ',' or ']'"),
        ("a: {b: 1\n", 9, "did not find expected ',' or '}'"),
        ("a: 1\n b: 2\n", 7, "mapping values are not allowed in this context"),
        ("a:\n  b: 1\n c: 2\n", 11, "did not find expected key"),
        ("a:\n  - b\n  c: 1\n", 11, "did not find expected '-' indicator"),
        ("a: 1\nb\nc: 2\n", 5, "could not find expected ':'"),
        ("a: - b\n", 3, "block sequence entries are not allowed in this context"),
        ("a: ? b\n", 3, "mapping keys are not allowed in this context"),
        ("a: b: c\n", 4, "mapping values are not allowed in this context"),
        ("a: 'b\n", 3, "found unexpected end of stream"),
        ('a: "b\n---\n', 6, "found unexpected document indicator"),
        ('a: "b\\q"\n', 5, "found unknown escape character"),
        ('a: "\\x4"\n', 4, "did not find expected hexdecimal number"),
        ('a: "\\ud83d\\ude00"\n', 4, "found invalid Unicode character escape code"),
        ("\ta: 1\n", 0, "found character that cannot start any token"),
        ("a: @b\n", 3, "found character that cannot start any token"),
        ("a: b\n\tc\n", 5, "found a tab character that violates indentation"),
        ("a: |\n\tb\n", 5, "found a tab character where an indentation space is expected"),
        ("a: |0\n b\n", 4, "found an indentation indicator equal to 0"),
        ("a: | b\n", 5, "did not find expected comment or line break"),
        ("a: !!\n", 5, "did not find expected tag URI"),
        ("a: !<x\n", 6, "did not find the expected '>'"),
        ("a: !x%zz y\n", 5, "did not find URI escaped octet"),
        ("a: !e!x y\n", 3, "found undefined tag handle"),
        ("a: !x{\n", 5, "did not find expected whitespace or line break"),
        ("a: &\n", 4, "did not find expected alphabetic or numeric character"),
        ("a: *b\n", 3, "unknown anchor 'b' referenced"),
        ("a: &a [*a]\n", 7, "anchor 'a' value contains itself"),
        ("%", 0, "could not find expected directive name"),
        ("%YAML x\n---\n", 5, "did not find expected version number"),
        ("%YAML 1.1 x\n---\n", 10, "did not find expected comment or line break"),
        ("%TAG !a! x\n%TAG !a! y\n---\n", 11, "found duplicate %TAG directive"),
    ],
)
def test_a_problem_is_worded_as_kubeadm_prints_it_and_has_its_place(
    text: str, offset: int, message: str, parser: Parser
) -> None:
    problem = check(text, strict=True)
    assert problem is not None
    assert (problem.message, problem.offset) == (message, offset)
    assert problem.code.startswith("yaml.")


@pytest.mark.parametrize(
    ("text", "offset", "name"),
    [
        ("a: b\0c", 4, "NUL"),
        ("a: \x07", 3, "U+0007"),
        ("\x7f", 0, "U+007F"),
        ("a\ud800", 1, "U+D800"),
        ("\ufffe", 0, "U+FFFE"),
    ],
)
def test_a_forbidden_character_is_named(text: str, offset: int, name: str, parser: Parser) -> None:
    problem = check(text)
    assert problem is not None
    assert problem.offset == offset
    assert name in problem.message
    assert problem.code == "yaml.character"


def test_what_was_begun_is_pointed_at(parser: Parser) -> None:
    problem = check("a: [1\nb: 2\n")
    assert problem is not None
    assert problem.context == 3


def test_a_grammar_error_can_be_pickled() -> None:
    with pytest.raises(GrammarError) as caught:
        list(events("a: ["))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problem == caught.value.problem
    assert str(again) == str(caught.value)


# -- events ------------------------------------------------------------------------------------------------------------
def test_events_of_a_block_document(parser: Parser) -> None:
    text = "a: &x !!int 1 # c\nb:\n- c\n-\nd:\n"
    assert list(events(text)) == [
        ("doc-start", 0, 0, "", "", None, None, 0, False),
        ("map-start", 0, 0, "", "", None, None, 0, False),
        ("scalar", 0, 1, "a", "", None, None, 0, False),
        ("scalar", 3, 13, "1", "", "x", "!!int", 12, False),
        ("scalar", 18, 19, "b", "", None, None, 18, False),
        ("seq-start", 21, 21, "", "", None, None, 21, False),
        ("scalar", 23, 24, "c", "", None, None, 23, False),
        ("scalar", 26, 26, "", "", None, None, 26, False),
        ("seq-end", 26, 26, "", "", None, None, 26, False),
        ("scalar", 27, 28, "d", "", None, None, 27, False),
        ("scalar", 29, 29, "", "", None, None, 29, False),
        ("map-end", 29, 29, "", "", None, None, 29, False),
        ("doc-end", 30, 30, "", "", None, None, 30, False),
    ]


def test_events_of_flow_collections(parser: Parser) -> None:
    text = "&a [b: c, {d: , ? e}, *a]"
    assert [event[:4] + event[7:] for event in list(events(text.replace("*a", "f")))][1:-1] == [
        ("seq-start", 0, 4, "", 3, True),
        ("map-start", 4, 4, "", 4, True),
        ("scalar", 4, 5, "b", 4, False),
        ("scalar", 7, 8, "c", 7, False),
        ("map-end", 8, 8, "", 8, True),
        ("map-start", 10, 11, "", 10, True),
        ("scalar", 11, 12, "d", 11, False),
        ("scalar", 13, 13, "", 13, False),
        ("scalar", 18, 19, "e", 18, False),
        ("scalar", 19, 19, "", 19, False),
        ("map-end", 19, 20, "", 19, True),
        ("scalar", 22, 23, "f", 22, False),
        ("seq-end", 23, 24, "", 23, True),
    ]


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("'it''s'", "'", "it's"), ('"a\\tb"', '"', "a\tb"), ("|\n a\n\n b\n\n", "|", "a\n\nb\n"),
        ("|-\n a\n", "|", "a"), ("|+\n a\n\n", "|", "a\n\n"), (">\n a\n b\n\n c\n", ">", "a b\nc\n"),
        (">\n a\n  b\n c\n", ">", "a\n b\nc\n"), ("|2\n   a\n", "|", " a\n"), ("|\n\n  a\n", "|", "\na\n"),
        ("a\n b\n\n c", "", "a b\nc"), ("|", "|", ""), ("|-", "|", ""), ("|\r\n a\r\n", "|", "a\n"),
    ],
)  # fmt: skip
def test_scalars_of_every_style(text: str, style: str, value: str, parser: Parser) -> None:
    (scalar,) = [event for event in events(text) if event[0] == "scalar"]
    assert (scalar[4], scalar[3]) == (style, value)


@pytest.mark.parametrize("text", ["", "# c\n", "\n\n"])
def test_a_text_without_a_document_has_no_events(text: str, parser: Parser) -> None:
    assert list(events(text)) == []


def test_only_the_first_document_is_read(parser: Parser) -> None:
    assert [value for kind, value in kinds("a\n---\nb\n") if kind == "scalar"] == ["a"]


@pytest.mark.law
@settings(max_examples=400)
@given(nearly_yaml())
@example("[]<<:  !t ")
@example("{}...k: [- ~a b  k: v\n# c\n")
@example("# c\n? !!int #x,")
@example("- ? x: [{\n   []: b\n   }]\n")
def test_law_both_parsers_give_the_same_events_or_the_same_problem(text: str) -> None:
    assert outcome(text, "c") == outcome(text, "port")


@pytest.mark.law
@given(nearly_yaml())
def test_law_check_and_events_agree(text: str) -> None:
    for parser in BOTH:
        with use_parser(parser):
            problem = check(text)
        assert problem == outcome(text, parser)[1]


@pytest.mark.law
@given(nearly_yaml())
def test_law_the_events_are_well_nested_and_in_the_order_of_the_text(text: str) -> None:
    read, _ = outcome(text, "port")
    position = 0
    open_: list[str] = []
    for kind, start, end, _value, _style, _anchor, _tag, body, _flow in read or []:
        assert position <= start <= body <= len(text)
        assert start <= end <= len(text)
        position = start
        if kind.endswith("-start"):
            open_.append(kind.removesuffix("-start"))
        elif kind.endswith("-end"):
            assert open_.pop() == kind.removesuffix("-end")
    assert open_ == []


@pytest.mark.law
@given(nearly_yaml())
def test_law_what_reads_at_once_has_no_problem_in_any_document(text: str) -> None:
    with use_parser("c"):
        if reads_at_once(text):
            assert [check(text[span.start : span.end]) for span in documents(text)] == [None] * len(documents(text))


@pytest.mark.corpus
def test_both_parsers_agree_on_every_text_of_the_corpora() -> None:
    found: list[str] = [
        case["yaml"] for name in ("decode.jsonl", "edits.jsonl", "grammar.jsonl") for case in rows(name)
    ]
    for text in found:
        whole = text.removeprefix("\ufeff")
        for part in (whole, *(whole[span.start : span.end] for span in documents(whole))):
            assert outcome(part, "c") == outcome(part, "port")


# -- limits ------------------------------------------------------------------------------------------------------------
LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10)
)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "".join(" " * i + "a:\n" for i in range(1000)),
        "[" * 257 + "]" * 257,
    ],
    ids=["lists", "mappings", "dashes", "keys", "indents", "closed"],
)
def test_deep_nesting_is_refused_at_once(text: str, parser: Parser) -> None:
    before = time.perf_counter()
    problem = check(text)
    assert time.perf_counter() - before < 1
    assert problem is not None
    assert problem.code == "yaml.limit.depth"
    with pytest.raises(GrammarError):
        list(events(text))


@pytest.mark.parametrize(
    "text", ["[" * 256 + "]" * 256, "- " * 256 + "a", "".join(" " * i + "a:\n" for i in range(256))]
)
def test_what_reaches_the_depth_is_read(text: str, parser: Parser) -> None:
    assert check(text) is None
    assert check(text, limits=Limits(depth=255)) is not None


def test_the_depth_can_be_raised(parser: Parser) -> None:
    assert check("[" * 2000 + "]" * 2000, limits=Limits(depth=2000)) is None


def test_a_billion_laughs_are_refused_at_once(parser: Parser) -> None:
    before = time.perf_counter()
    problem = check(LAUGHS)
    assert time.perf_counter() - before < 1
    assert problem is not None
    assert problem.code == "yaml.limit.aliases"
    assert problem.message == "document contains excessive aliasing"


@pytest.mark.slow
def test_the_larger_the_document_the_less_may_come_from_aliases(parser: Parser) -> None:
    shared = "a: &a [" + "1, " * 1000 + "]\n"
    plain_part = "b: [" + "1, " * 50_000 + "]\n"
    assert check(shared + plain_part + "c:\n" + "- *a\n" * 300) is None
    problem = check(shared + plain_part + "c:\n" + "- *a\n" * 1500)  # 97 %, which a small document may
    assert problem is not None
    assert problem.code == "yaml.limit.aliases"


def test_many_aliases_to_little_are_read(parser: Parser) -> None:
    assert check("a: &a 1\n" + "".join(f"k{i}: *a\n" for i in range(5000))) is None


def test_a_few_aliases_in_a_large_document_are_read(parser: Parser) -> None:
    assert check("a: &a [1, 2]\nb:\n" + "- *a\n" * 300) is None


def test_the_size_is_limited(parser: Parser) -> None:
    problem = check("a: 1\n" * 10, limits=Limits(size=20))
    assert problem is not None
    assert problem.code == "yaml.limit.size"
    assert check("a: 1\n" * 4, limits=Limits(size=20)) is None


@pytest.mark.slow
def test_no_text_takes_more_than_linear_time(parser: Parser) -> None:
    long: dict[str, Any] = {
        "plain": "a: " + "x " * 500_000,
        "quoted": "a: '" + "x''" * 300_000 + "'",
        "unclosed": "a: '" + "x''" * 300_000,
        "escapes": 'a: "' + "x\\n" * 300_000 + '"',
        "flow": "a: [" + "[]," * 50_000 + "]\n",
        "lines": "x\n" * 300_000,
        "comments": "# c\n" * 300_000 + "a: 1\n",
        "block": "a: |\n" + "  x\n" * 200_000,
        "blanks": "a: |\n" + " \n" * 200_000,
        "anchors": "a: &a\n" * 30_000,
        "colons": ":" * 300_000,
        "spaces": "a:" + " " * 1_000_000 + "b",
    }
    for name, text in long.items():
        before = time.perf_counter()
        check(text)
        assert time.perf_counter() - before < 5, name


# -- which parser ------------------------------------------------------------------------------------------------------
def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_small_texts_do_not_import_libyaml() -> None:
    code = """
import sys
from kubeadm_cfg.source.grammar import check
assert check("a: 1") is None
print("ruamel.yaml" in sys.modules)
for _ in range(100):
    assert check("a: 1\\n" + "# comment\\n" * 50) is None
print("ruamel.yaml" in sys.modules)
"""
    assert run(code).split() == ["False", "True"]


def test_without_libyaml_everything_is_read_all_the_same() -> None:
    code = """
import sys
sys.modules["ruamel.yaml.cyaml"] = None
from kubeadm_cfg.source.grammar import check, use_parser
with use_parser("c"):
    assert check("a: [1, {b: c}]") is None
    print(check("a: [").message)
"""
    assert run(code) == "did not find expected node content"
