"""What a YAML scalar means and how a new one is written. One scalar at a time: no document, no schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from kubeadm_cfg.source.characters import BREAK, LINE_END, pattern

__all__ = [
    "Scalar",
    "ScalarError",
    "fold",
    "is_timestamp",
    "key_text",
    "normal_break",
    "plain_is_safe",
    "quoted_double",
    "quoted_pieces",
    "quoted_single",
    "resolve",
    "resolve_plain",
    "scalar_text",
    "unquote",
]

Scalar = str | int | float | bool | None


class ScalarError(ValueError):
    """A scalar that cannot be read as its tag says, cannot be a key, or cannot be written."""


# -- reading -----------------------------------------------------------------------------------------------------------
def _spellings(*words: str) -> list[str]:
    return [spelling for word in words for spelling in (word, word.title(), word.upper())]


_INFINITY: Final = float("inf")

# go-yaml v2 resolve.go, resolveMap: YAML 1.1 booleans, as sigs.k8s.io/yaml still reads them.
_WORDS: Final[dict[str, Scalar]] = {
    "": None,
    "~": None,
    **dict.fromkeys(_spellings("null"), None),
    **dict.fromkeys(_spellings("y", "yes", "true", "on"), True),
    **dict.fromkeys(_spellings("n", "no", "false", "off"), False),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
    **{sign + word: _INFINITY for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{"-" + word: -_INFINITY for word in (".inf", ".Inf", ".INF")},
}
_NUMBER_STARTS: Final = frozenset("0123456789+-.")
_UNKNOWN: Final = object()

_INTEGER: Final = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
# What begins with a point goes through Go's ParseFloat, which takes underscores between digits only.
_POINT_FIRST: Final = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?", re.ASCII)
_BINARY: Final = re.compile(r"0b([-+]?[01]+)|(-)0b([01]+)", re.ASCII)
_NO_NUMBER: Final = re.compile(r"[-+.]*[0-9_.]*[^-+0-9a-fA-FxXoO_.]")
_INT64: Final = range(-(2**63), 2**63)
_UINT64: Final = range(2**64)


def resolve_plain(text: str) -> Scalar:
    """The value of a plain, untagged scalar as go-yaml v2 (and so sigs.k8s.io/yaml) resolves it.

    >>> resolve_plain("yes"), resolve_plain("0o17"), resolve_plain("1:30"), resolve_plain("08")
    (True, 15, '1:30', 8.0)
    """
    value = _WORDS.get(text, _UNKNOWN)
    if value is not _UNKNOWN:
        return value  # type: ignore[return-value]  # the sentinel is an object, the table's values are scalars
    if text[0] not in _NUMBER_STARTS:
        return text
    return _number(text)


@lru_cache(maxsize=4096)
def _number(text: str) -> Scalar:
    """`text`, which begins as a number may, as that number; itself when it is none."""
    if _NO_NUMBER.match(text):  # addresses, versions, durations: the ordinary case
        return text
    if text[0] == ".":
        return _float(text.replace("_", "") if _POINT_FIRST.fullmatch(text) else text, text)
    digits = text.replace("_", "")
    value = _integer(digits)
    if value is not None:
        return value
    if _FLOAT.fullmatch(digits):
        return _float(digits, text)
    # go-yaml still has its own reading of 0b beside ParseInt's, and it takes a sign behind the prefix.
    binary = _BINARY.fullmatch(digits)
    if binary:
        number = int(binary[1] or binary[2] + binary[3], 2)
        if number in _INT64 or (number in _UINT64 and digits[2] in "01"):
            return number
    return text


def _integer(digits: str) -> int | None:
    """Go's ParseInt, then ParseUint, with base 0."""
    if len(digits) > 4000:  # Python's own limit for int() is near; no integer of 64 bits, but for leading zeros
        return None
    match = _INTEGER.fullmatch(digits)
    if not match:
        return None
    sign, hexadecimal, octal, binary, decimal = match.groups()
    if decimal is not None:
        number = int(decimal)
    elif hexadecimal is not None:
        number = int(hexadecimal, 16)
    else:
        number = int(octal, 8) if octal is not None else int(binary, 2)
    if sign == "-":
        number = -number
    if number in _INT64 or (not sign and number in _UINT64):
        return number
    return None


def _float(digits: str, text: str) -> Scalar:
    """Go's ParseFloat: a value that is too large is no number, one that is too small is zero."""
    if not _FLOAT.fullmatch(digits):
        return text
    value = float(digits)
    return text if value in (_INFINITY, -_INFINITY) else value


_LONG_TAG: Final = "tag:yaml.org,2002:"
_TAGGED_KINDS: Final[dict[str, str]] = {"!!bool": "boolean", "!!int": "integer", "!!float": "float", "!!null": "null"}


def resolve(text: str, style: str = "", tag: str | None = None) -> Scalar:
    """The value of a scalar of any style (``""`` plain, ``'``, ``"``, ``|``, ``>``) with its tag, if it has one.

    `tag` is as written (``!!int``, ``!x``) or in its long form. Unknown tags give text, as go-yaml reads them.

    Raises:
        ScalarError: the text is not what the tag says.
    """
    if tag is None or tag == "":
        return text if style else resolve_plain(text)
    if tag.startswith(_LONG_TAG):
        tag = "!!" + tag[len(_LONG_TAG) :]
    if tag in _TAGGED_KINDS:
        return _tagged(text, tag)
    if tag == "!!binary":
        return _decoded(text)
    if tag == "!!timestamp" and not is_timestamp(text):
        raise ScalarError(f"{text!r} is not a timestamp, but its tag says !!timestamp")
    return text


def _tagged(text: str, tag: str) -> Scalar:
    value = resolve_plain(text)
    if tag == "!!null":
        fits = value is None
    elif tag == "!!bool":
        fits = isinstance(value, bool)
    elif tag == "!!int":
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        # An unsigned integer beyond int64 is not turned into a float by go-yaml, but refused.
        fits = isinstance(value, float) or (type(value) is int and value in _INT64)
        value = float(value) if fits else value  # type: ignore[arg-type]  # fits says that it is a number
    if not fits:
        raise ScalarError(f"{text!r} is not {_article(_TAGGED_KINDS[tag])}, but its tag says {tag}")
    return value


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else noun if noun == "null" else f"a {noun}"


def _decoded(text: str) -> str:
    import base64  # a rare tag: not worth its import at start
    import binascii

    try:
        data = base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ScalarError("a !!binary value must be base64") from None
    # Go writes every byte that is not UTF-8 as U+FFFD; surrogateescape marks exactly those.
    return re.sub("[\ud800-\udfff]", "\ufffd", data.decode("utf-8", "surrogateescape"))


_TIMESTAMP: Final = (
    r"(?a)([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt](?P<h>[0-9]{1,2}):(?P<m>[0-9]{1,2}):(?P<s>[0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+](?P<zh>[0-9]{2}):(?P<zm>[0-9]{2})))"
    r"|(?: (?P<h2>[0-9]{1,2}):(?P<m2>[0-9]{1,2}):(?P<s2>[0-9]{1,2})(?:[.,][0-9]+)?))?"
)


def is_timestamp(text: str) -> bool:
    """Whether go-yaml's parseTimestamp takes it."""
    match = pattern(_TIMESTAMP).fullmatch(text)
    if not match:
        return False
    from calendar import monthrange

    year, month, day = (int(part) for part in match.groups()[:3])
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year or 4, month)[1]:
        return False
    part = match.groupdict()
    hour, minute, second = (int(part[name] or part[name + "2"] or 0) for name in "hms")
    return hour < 24 and minute < 60 and second < 60 and int(part["zh"] or 0) <= 24 and int(part["zm"] or 0) < 60


# -- keys --------------------------------------------------------------------------------------------------------------
def key_text(value: Scalar) -> str:
    """A resolved map key as JSON text, as sigs.k8s.io/yaml converts it.

    >>> key_text(8080), key_text(True), key_text(1e3), key_text(1.5)
    ('8080', 'true', '1000', '1.5')

    Raises:
        ScalarError: null and integers beyond int64 cannot be keys.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value not in _INT64:
            raise ScalarError(f"{value} is too large to be a key")
        return str(value)
    if isinstance(value, float):
        return _float32_text(value)
    raise ScalarError("null cannot be a key")


def _float32_text(value: float) -> str:
    """Go's FormatFloat(value, 'g', -1, 32): the shortest text that reads back as the same 32 bit float."""
    import struct

    if value != value:
        return ".nan"
    try:
        single: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        single = _INFINITY if value > 0 else -_INFINITY
    if single in (_INFINITY, -_INFINITY):
        return ".inf" if single > 0 else "-.inf"
    exact = struct.pack("f", single)
    digits = next(digits for digits in range(9) if struct.pack("f", float(f"{single:.{digits}e}")) == exact)
    text = f"{single:.{digits}e}"
    exponent = int(text.partition("e")[2])
    if -4 <= exponent < 6:
        return f"{single:.{max(digits - exponent, 0)}f}"
    return text


# -- quoted source text ------------------------------------------------------------------------------------------------
_FOLD: Final = f"[ \t]*({BREAK})((?:[ \t]*{BREAK})*)[ \t]*"
_ESCAPE: Final = (
    rf"\\(?:x([0-9a-fA-F]{{2}})|u([0-9a-fA-F]{{4}})|U([0-9a-fA-F]{{8}})|({BREAK}(?:[ \t]*{BREAK})*)[ \t]*|(.))"
    rf"|[ \t]*({BREAK})((?:[ \t]*{BREAK})*)[ \t]*"
)
_ESCAPED: Final[dict[str, str]] = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    **{"\t": "\t", " ": " ", '"': '"', "'": "'", "\\": "\\", "/": "/"},
    **{"N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"},
}


def unquote(raw: str) -> str:
    """The value of a quoted scalar's source text, quotes included, lines folded as YAML folds them.

    Raises:
        ScalarError: an escape that YAML does not know.
    """
    inner = raw[1:-1]
    if raw[0] == "'":
        if not LINE_END.search(inner):
            return inner.replace("''", "'")
        return pattern(_FOLD).sub(lambda match: fold(match[1], match[2]), inner).replace("''", "'")
    if "\\" not in inner and not LINE_END.search(inner):
        return inner
    return pattern(_ESCAPE).sub(_unescaped, inner)


def quoted_pieces(raw: str) -> Iterator[tuple[int, int, str]]:
    """A quoted scalar's source text in pieces: where each stands in `raw` and what it means; they join to the value.

    Raises:
        ScalarError: an escape that YAML does not know.
    """
    single = raw[0] == "'"
    position, last = 1, len(raw) - 1
    for match in pattern(f"{_FOLD}|''" if single else _ESCAPE).finditer(raw, 1, last):
        if position < match.start():
            yield position, match.start(), raw[position : match.start()]
        value = _unescaped(match) if not single else "'" if match[1] is None else fold(match[1], match[2])
        yield match.start(), match.end(), value
        position = match.end()
    if position < last:
        yield position, last, raw[position:last]


def _unescaped(match: re.Match[str]) -> str:
    two, four, eight, breaks, letter, first, rest = match.groups()
    digits = two or four or eight
    if digits:
        code = int(digits, 16)
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            raise ScalarError(f"the escape \\{match[0][1:]} is no character")
        return chr(code)
    if first:
        return fold(first, rest)
    if breaks:
        found = LINE_END.findall(breaks)
        return "".join(normal_break(text) for text in found[1:])
    if letter not in _ESCAPED:
        raise ScalarError(f"YAML has no escape \\{letter}")
    return _ESCAPED[letter]


def fold(first: str, rest: str) -> str:
    """Line breaks inside a quoted scalar: one becomes a blank, of several the first is dropped."""
    others = "".join(normal_break(text) for text in LINE_END.findall(rest))
    if first in ("\u2028", "\u2029"):
        return first + others
    return others or " "


def normal_break(text: str) -> str:
    """A line break as a scalar's value holds it."""
    return text if text in ("\u2028", "\u2029") else "\n"


# -- writing -----------------------------------------------------------------------------------------------------------
# What any YAML 1.1 or 1.2 reader takes for a number, a time or a date, beyond what resolve_plain knows.
_LOOK_ALIKE: Final = re.compile(
    r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # base 60
    r"|[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*\.(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?0[xX][0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*|[-+]?0[oO][0-7_]*[0-7][0-7_]*|[-+]?0[bB][01_]*[01][01_]*"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?",
    re.ASCII,
)
# Tab, breaks, NBSP and BOM are legal in places; they are written as escapes because nobody can see them.
_HIDDEN: Final = "[\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
_UNSAFE_START: Final = re.compile(r"""[,\[\]{}#&*!|>'"%@?:` ]|-(?: |\Z)|---|\.\.\.|(?:=|<<)\Z""")
_UNSAFE_INSIDE: Final = re.compile(r": | #|[: ]\Z")
_UNSAFE_IN_FLOW: Final = re.compile(r"[,\[\]{}:?]")


def _needs_escape(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return pattern(_HIDDEN).search(text) is not None


def plain_is_safe(text: str, *, flow: bool) -> bool:
    """Whether every YAML 1.1 and 1.2 reader takes `text`, written without quotes, for this very string.

    `flow` says that it is to stand inside ``[...]`` or ``{...}``.

    >>> plain_is_safe("10.96.0.0/12", flow=False), plain_is_safe("1_000", flow=False), plain_is_safe("a:b", flow=True)
    (True, False, False)
    """
    if not text or _UNSAFE_START.match(text) or _needs_escape(text) or _UNSAFE_INSIDE.search(text):
        return False
    if flow and _UNSAFE_IN_FLOW.search(text):
        return False
    return isinstance(resolve_plain(text), str) and not _LOOK_ALIKE.fullmatch(text)


_NAMED_ESCAPES: Final[dict[str, str]] = {
    **{"\n": r"\n", "\t": r"\t", "\r": r"\r", "\0": r"\0", "\a": r"\a", "\b": r"\b", "\x1b": r"\e"},
    **{"\x85": r"\N", "\xa0": r"\_", "\u2028": r"\L", "\u2029": r"\P", '"': r"\"", "\\": r"\\"},
}
_JSON_ESCAPES: Final[dict[str, str]] = {
    **{"\n": r"\n", "\t": r"\t", "\r": r"\r", "\b": r"\b", "\f": r"\f", '"': r"\"", "\\": r"\\"},
}
_TO_ESCAPE: Final = f'["\\\\]|{_HIDDEN}'


def quoted_double(text: str, *, json: bool = False) -> str:
    """`text` as a double-quoted scalar on one line; with `json`, with escapes that JSON knows as well.

    Raises:
        ScalarError: half of a surrogate pair, which no YAML file can hold.
    """
    if not _needs_escape(text) and '"' not in text and "\\" not in text:
        return f'"{text}"'
    named = _JSON_ESCAPES if json else _NAMED_ESCAPES

    def escape(match: re.Match[str]) -> str:
        character = match[0]
        if character in named:
            return named[character]
        code = ord(character)
        if 0xD800 <= code <= 0xDFFF:
            raise ScalarError(f"U+{code:04X} is half of a surrogate pair and cannot be written")
        return f"\\x{code:02x}" if code < 0x100 and not json else f"\\u{code:04x}"

    return f'"{pattern(_TO_ESCAPE).sub(escape, text)}"'


def quoted_single(text: str) -> str | None:
    """`text` as a single-quoted scalar on one line, None when it needs escapes."""
    if _needs_escape(text):
        return None
    return "'" + text.replace("'", "''") + "'"


def scalar_text(value: Scalar, *, flow: bool, json: bool = False) -> str:
    """A new scalar on one line: plain when that is safe, else double-quoted; with `json`, as JSON writes it.

    >>> scalar_text("yes", flow=False), scalar_text("a:b", flow=False), scalar_text(True, flow=False)
    ('"yes"', 'a:b', 'true')

    Raises:
        ScalarError: the value cannot be written.
    """
    if isinstance(value, str):
        if not json and plain_is_safe(value, flow=flow):
            return value
        return quoted_double(value, json=json)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value, json=json)
    return str(value)


def _float_text(value: float, *, json: bool) -> str:
    if value != value or value in (_INFINITY, -_INFINITY):
        if json:
            raise ScalarError(f"JSON has no {value}")
        return ".nan" if value != value else ".inf" if value > 0 else "-.inf"
    text = repr(value)
    mantissa, letter, exponent = text.partition("e")
    # YAML 1.1 takes 1e-07 for text: its floats have a point.
    return f"{mantissa}.0e{exponent}" if letter and "." not in mantissa else text
