"""Scalars: what go-yaml v2, as sigs.k8s.io/yaml uses it, reads in a scalar's text, and how a new scalar is written."""

from __future__ import annotations

import io
import math
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kubeadm_cfg.source import scalars
from kubeadm_cfg.source.grammar import GrammarError, events, use_parser
from kubeadm_cfg.source.scalars import (
    ScalarError,
    key_text,
    plain_is_safe,
    quoted_double,
    quoted_single,
    resolve,
    resolve_plain,
    scalar_text,
    unquote,
)

WORDS = {
    True: "y Y yes Yes YES true True TRUE on On ON",
    False: "n N no No NO false False FALSE off Off OFF",
    None: "~ null Null NULL",
}


def spellings() -> list[tuple[str, bool | None]]:
    return [("", None), *((word, value) for value, words in WORDS.items() for word in words.split())]


@pytest.mark.parametrize(("text", "value"), spellings())
def test_words_of_yaml_1_1_are_booleans_and_null(text: str, value: bool | None) -> None:
    assert resolve_plain(text) is value


@pytest.mark.parametrize(
    "text", ["tRue", "yEs", "nULL", "None", "nil", "=", "<<", "t", "f", "true ", "0 ", "-", "+", ".", "_", "_1"]
)
def test_what_only_looks_like_a_word_is_text(text: str) -> None:
    assert resolve_plain(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-0", 0), ("64", 64), ("+5", 5), ("-1", -1), ("0x40", 64), ("0X1f", 31), ("-0x10", -16),
        ("0o100", 64), ("0O7", 7), ("0100", 64), ("00", 0), ("0b1000000", 64), ("0B11", 3), ("-0b11", -3),
        ("0b-1", -1), ("0b+1", 1), ("1_10", 110), ("1__0", 10), ("1_", 1), ("0_7", 7), ("+_1", 1),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)),
        ("18446744073709551615", 2**64 - 1), ("0xffffffffffffffff", 2**64 - 1), ("0b" + "1" * 64, 2**64 - 1),
    ],
)  # fmt: skip
def test_integers(text: str, value: int) -> None:
    assert resolve_plain(text) == value
    assert type(resolve_plain(text)) is int


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("64.0", 64.0), ("64.", 64.0), (".5", 0.5), ("-1.5", -1.5), ("6.4e1", 64.0), ("1e3", 1000.0),
        ("1E+3", 1000.0), ("08", 8.0), ("09", 9.0), ("1_0.5", 10.5), (".5_0", 0.5), (".5e5", 50000.0),
        ("1e-400", 0.0), ("18446744073709551616", 18446744073709551616.0),
        ("-9223372036854775809", -9223372036854775809.0), ("0777777777777777777777777", 7.77777777777777777777777e23),
        (".inf", math.inf), ("+.Inf", math.inf), ("-.INF", -math.inf),
    ],
)  # fmt: skip
def test_floats(text: str, value: float) -> None:
    assert resolve_plain(text) == value
    assert type(resolve_plain(text)) is float


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    assert math.isnan(resolve_plain(text))  # type: ignore[arg-type]  # that it is a float is what is tested


@pytest.mark.parametrize(
    "text",
    [
        "1:30", "190:20:30", "2024-01-01", "1.30.0", "10.96.0.0/12", "10.0.0.1", "1e400", "0xG", "0b2", "0b", "0x",
        "0o8", "++1", "1e", "e3", "._5", ".5_", "5_.5_x", "1,000", "0xfffffffffffffffff", "1h", "100m", "+0b1b",
        ".iNf", "+.nan", "١",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_text(text: str) -> None:
    assert resolve_plain(text) == text


@pytest.mark.parametrize("style", ["'", '"', "|", ">"])
def test_a_scalar_that_is_not_plain_is_text(style: str) -> None:
    assert resolve("64", style) == "64"
    assert resolve("", style) == ""


@pytest.mark.parametrize(
    ("text", "style", "tag", "value"),
    [
        ("10", "", "!!str", "10"), ("", "", "!!str", ""), ("8", '"', "!!int", 8), ("0x1f", "'", "!!int", 31),
        ("yes", '"', "!!bool", True), ("64", "", "!!float", 64.0), ("1_0", "", "!!float", 10.0),
        ("", "", "!!null", None), ("~", "'", "!!null", None), ("aGk=", "", "!!binary", "hi"),
        ("aG\nk=", "|", "!!binary", "hi"), ("/w==", "", "!!binary", "\ufffd"), ("x", "", "!custom", "x"),
        ("5", "", "!custom", "5"), ("12", "", "!", "12"), ("", "", "!", ""), ("x", "", "!!set", "x"),
        ("2024-01-01", "", "!!timestamp", "2024-01-01"), ("2024-1-1 1:2:3.5", "'", "!!timestamp", "2024-1-1 1:2:3.5"),
        ("2024-02-29t23:59:59Z", "", "!!timestamp", "2024-02-29t23:59:59Z"), ("8", "", "tag:yaml.org,2002:int", 8),
    ],
)  # fmt: skip
def test_tags_decide(text: str, style: str, tag: str, value: object) -> None:
    assert resolve(text, style, tag) == value
    assert type(resolve(text, style, tag)) is type(value)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("x", "!!null"), ("x", "!!int"), ("1.5", "!!int"), ("", "!!int"), ("yes", "!!int"), ("x", "!!float"),
        ("18446744073709551615", "!!float"), ("maybe", "!!bool"), ("1", "!!bool"), ("***", "!!binary"),
        ("a", "!!binary"), ("x", "!!timestamp"), ("2024-02-30", "!!timestamp"), ("2024-13-01", "!!timestamp"),
        ("2024-01-01 24:00:00", "!!timestamp"), ("2024-01-01 1:2:3 +1", "!!timestamp"),
    ],
)  # fmt: skip
def test_a_text_that_does_not_fit_its_tag_is_refused(text: str, tag: str) -> None:
    with pytest.raises(ScalarError):
        resolve(text, "", tag)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"), (8080, "8080"), (-1, "-1"), (True, "true"), (False, "false"), (1e3, "1000"), (1.5, "1.5"),
        (1e6, "1e+06"), (1234567.0, "1.234567e+06"), (1e-5, "1e-05"), (0.0001, "0.0001"), (123456.0, "123456"),
        (16777217.0, "1.6777216e+07"), (0.1, "0.1"), (-0.0, "-0"), (math.inf, ".inf"), (-math.inf, "-.inf"),
        (math.nan, ".nan"), (1e300, ".inf"), (-1e300, "-.inf"),
    ],
)  # fmt: skip
def test_keys_become_json_text(value: Any, text: str) -> None:
    assert key_text(value) == text


@pytest.mark.parametrize("value", [None, 2**63, 2**64 - 1])
def test_null_and_integers_beyond_int64_are_no_keys(value: int | None) -> None:
    with pytest.raises(ScalarError):
        key_text(value)


# -- quoted text -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("'it''s'", "it's"), ("''", ""), ("'a\n  b'", "a b"), ("'a \n\n  b'", "a\nb"), ("'a\u2028b'", "a\u2028b"),
        ("'a\x85b'", "a b"), ('"a\\tb"', "a\tb"), ('"a\\\n  b"', "ab"), ('"a \\\n\n  b"', "a \nb"),
        ('"a\n  b"', "a b"), ('"\\x41\\u00e9\\U0001F600"', "Aé😀"),
        ('"\\0\\a\\b\\e\\N\\_\\L\\P"', "\0\a\b\x1b\x85\xa0\u2028\u2029"), ('"\\"\\\\\\/"', '"\\/'),
        ('"a\r\n\r\nb"', "a\nb"),
    ],
)  # fmt: skip
def test_quoted_text_is_read_off_its_source(raw: str, value: str) -> None:
    assert unquote(raw) == value


@pytest.mark.parametrize("raw", ['"\\q"', '"\\ud800"', '"\\U00110000"'])
def test_escapes_that_are_none_are_refused(raw: str) -> None:
    with pytest.raises(ScalarError):
        unquote(raw)


@pytest.mark.law
@given(
    st.lists(
        st.sampled_from(
            ["a", " ", "\t", "\n", "\r\n", "\\n", "\\\n", "\\ ", "''", '\\"', "b c", "\u2028", "\x85", "\\x41"]
        )
    )
)
def test_law_unquote_gives_the_value_the_parser_gives(parts: list[str]) -> None:
    for quote in "'\"":
        raw = quote + "".join(part for part in parts if quote == '"' or "\\" not in part).replace('""', "") + quote
        with use_parser("port"):
            try:
                (scalar,) = [event for event in events(raw) if event[0] == "scalar"]
            except GrammarError:
                continue
        if scalar[2] == len(raw):
            assert unquote(raw) == scalar[3]


# -- writing -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "", "~", "null", "Null", "yes", "No", "on", "Y", "n", "true", "1", "0", "-1", "+1", "1.30", "08", "017",
        "0o7", "0x1F", "0b101", "1_000", "1e3", ".5", "6.", ".inf", "-.Inf", ".nan", "12:30", "12:30:45.5",
        "2026-01-02", "2026-01-02T03:04:05Z", "2026-1-2 3:04:05 +1", "=", "<<", " lead", "trail ", "\tlead", "a\tb",
        "a\nb", "a\rb", "a\xa0b", "\ufeffx", "a\x85b", "a\u2028b", "a\x07", "#x", "a #b", "a: b", "key:", "::", ":x",
        "- item", "-", "---", "--- a", "...", "?", "? x", ",x", "[x", "]x", "{x", "}x", "&x", "*x", "!x", "|x", ">x",
        "'x", '"x', "%x", "@x", "`x", "\ud800",
    ],
)  # fmt: skip
def test_what_a_reader_could_take_for_something_else_is_not_plain(text: str) -> None:
    assert not plain_is_safe(text, flow=False)
    assert not plain_is_safe(text, flow=True)


@pytest.mark.parametrize(
    "text",
    [
        "a", "None", "tRue", "1.30.0", "v1.30.0", "10.96.0.0/12", "200Mi", "1h0m0s", "1e3x", "0x", "0o8", "e3", "+",
        ".", "..", "/", "<none>", "a#b", "--flag", "abcdef.0123456789abcdef", "集群一", "é", "a b", "-x", "a'b", 'a"b',
        "10%", "2026-01-02x", "🙂",
    ],
)  # fmt: skip
def test_what_nobody_takes_for_something_else_is_plain(text: str) -> None:
    assert plain_is_safe(text, flow=False)
    assert plain_is_safe(text, flow=True)


@pytest.mark.parametrize("text", ["a:b", "sha256:7c1f", "a,b", "a[0]", "a{}", "a?b", "12:99x", "http://x"])
def test_in_flow_style_fewer_texts_are_plain(text: str) -> None:
    assert plain_is_safe(text, flow=False)
    assert not plain_is_safe(text, flow=True)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a", '"a"'), ('a"b\\', r'"a\"b\\"'), ("nul\0", r'"nul\0"'), ("\a\b\x1b\n\t\r", r'"\a\b\e\n\t\r"'),
        ("\x85\xa0\u2028\u2029", r'"\N\_\L\P"'), ("\ufeffbom", r'"\ufeffbom"'), ("\x7f\x0b", r'"\x7f\x0b"'),
        ("\ufffe", r'"\ufffe"'), ("集🙂", '"集🙂"'), ("/", '"/"'),
    ],
)  # fmt: skip
def test_double_quotes_escape_what_cannot_be_seen(text: str, quoted: str) -> None:
    assert quoted_double(text) == quoted


def test_escapes_in_a_json_document_are_those_of_json() -> None:
    assert scalar_text('\a\x1b\x85\xa0\n"', flow=True, json=True) == r'"\u0007\u001b\u0085\u00a0\n\""'


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(ScalarError, match="U\\+D83D"):
        quoted_double("\ud83d")


@pytest.mark.parametrize(
    ("text", "quoted"), [("it's", "'it''s'"), ("", "''"), ("a\tb", None), ("a\nb", None), ("a\xa0b", None)]
)
def test_single_quotes_hold_what_needs_no_escape(text: str, quoted: str | None) -> None:
    assert quoted_single(text) == quoted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"), (True, "true"), (False, "false"), (5, "5"), (-1, "-1"), (0.5, "0.5"), (1e-7, "1.0e-07"),
        (1e22, "1.0e+22"), (1.5e-7, "1.5e-07"), (math.inf, ".inf"), (-math.inf, "-.inf"), (math.nan, ".nan"),
        ("yes", '"yes"'), ("a", "a"),
    ],
)  # fmt: skip
def test_a_new_scalar_is_written_as_every_reader_reads_it(value: Any, text: str) -> None:
    assert scalar_text(value, flow=False) == text


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_json_has_no_infinity(value: float) -> None:
    with pytest.raises(ScalarError):
        scalar_text(value, flow=True, json=True)


BOTH: tuple[Literal["c"], Literal["port"]] = ("c", "port")
LIKELY = st.text("0123456789_.-+eExXoObB:TZ~ynNt fia#'\"{}[],&*!|>%@`?\\\t\n\u2028\xa0é", max_size=8)


@pytest.mark.law
@given(LIKELY | st.text(st.characters(codec="utf-8"), max_size=12))
@example("1:30")
@example("0b-1")
def test_law_a_written_text_is_read_back_as_that_text(text: str) -> None:
    for flow in (False, True):
        written = scalar_text(text, flow=flow)
        source = f"[{written}]" if flow else f"- {written}\n"
        for parser in BOTH:
            with use_parser(parser):
                (scalar,) = [event for event in events(source, strict=True) if event[0] == "scalar"]
            assert resolve(scalar[3], scalar[4], scalar[6]) == text
        for version in ((1, 1), (1, 2)):
            assert read_by_ruamel(source, version) == [text]


def read_by_ruamel(source: str, version: tuple[int, int]) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(io.StringIO(source))


@pytest.mark.law
@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_law_single_quotes_are_read_back(text: str) -> None:
    written = quoted_single(text)
    if written is not None:
        assert unquote(written) == text


@pytest.mark.law
@given(st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.booleans() | st.none())
def test_law_a_written_number_is_read_back(value: float | None) -> None:
    read = resolve_plain(scalar_text(value, flow=False))
    assert read == value
    assert type(read) is type(value)


def test_public_names() -> None:
    assert all(hasattr(scalars, name) for name in scalars.__all__)
