"""Plain data as go-yaml v2, and so kubeadm and kubectl, print it: sorted keys, lists not indented, long lines folded.

A port of the parts of its emitter that plain data needs. Existing texts are never written this way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cmp_to_key
from typing import Final, NamedTuple

from kubeadm_cfg.source.nodes import Plain
from kubeadm_cfg.source.scalars import is_timestamp, resolve_plain

__all__ = ["printed"]

_STEP: Final = 2
_WIDTH: Final = 80  # a blank beyond this column ends the line
_BREAKS: Final = "\r\n\x85\u2028\u2029"
_BLANKS: Final = frozenset(f" \t{_BREAKS}")
_SEXAGESIMAL: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII)
# Tabs, NEL and everything beyond the basic plane count as unprintable.
_UNPRINTABLE: Final = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_ESCAPES: Final = dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\x85\xa0\u2028\u2029', '0abtnvfre"\\N_LP', strict=True))


def printed(data: dict[str, Plain]) -> str:
    r"""The text of a document that holds `data`.

    >>> printed({"b": ["yes", "x: y"], "a": {"a10": 1, "a2": None}})
    'a:\n  a2: null\n  a10: 1\nb:\n- "yes"\n- \'x: y\'\n'
    """
    return "".join(f"{line}\n" for line in _mapping(data, 0)) if data else "{}\n"


def _mapping(data: dict[str, Plain], column: int) -> Iterator[str]:
    pad = " " * column
    for key in sorted(data, key=cmp_to_key(_order)):
        head = f"{pad}{_scalar(key, 0, 0, is_key=True)}:"
        value = data[key]
        if value and isinstance(value, dict):
            yield head
            yield from _mapping(value, column + _STEP)
        elif value and isinstance(value, list):
            yield head
            yield from _sequence(value, column)
        else:
            yield f"{head} {_leaf(value, len(head) + 1, column + _STEP)}"


def _sequence(data: list[Plain], column: int) -> Iterator[str]:
    dash = " " * column + "- "
    for value in data:
        if value and isinstance(value, (dict, list)):
            inner = column + _STEP
            first, *rest = _mapping(value, inner) if isinstance(value, dict) else _sequence(value, inner)
            yield dash + first[inner:]
            yield from rest
        else:
            yield dash + _leaf(value, len(dash), column + _STEP)


def _leaf(value: Plain, at: int, indent: int) -> str:
    """What has no entries: a scalar that begins in column `at`, its further lines indented by `indent`."""
    if isinstance(value, str):
        return _scalar(value, at, indent, is_key=False)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _float(value)
    return str(value) if isinstance(value, int) else "{}" if isinstance(value, dict) else "[]"


def _float(value: float) -> str:
    """Go's FormatFloat(value, 'g', -1, 64): an exponent from a million on and below 0.0001."""
    digits = next(digits for digits in range(17) if float(f"{value:.{digits}e}") == value)
    mantissa, _, power = f"{value:.{digits}e}".partition("e")
    exponent = int(power)
    return f"{value:.{max(digits - exponent, 0)}f}" if -4 <= exponent < 6 else f"{mantissa}e{power}"


# -- the order of keys -------------------------------------------------------------------------------------------------
def _order(one: str, other: str) -> int:
    """As go-yaml sorts keys: letters behind all else, and runs of digits by the number they are."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left == right:
            continue
        if left.isalpha() or right.isalpha():
            if left.isalpha() and right.isalpha():
                return -1 if left < right else 1
            return -1 if right.isalpha() else 1
        if "0" in (left, right) and _stands_in_number(one, place):
            first = second = "1"
        else:
            first = second = ""
        a, b = _digits(one, place), _digits(other, place)
        numbers = int(first + a or "0"), int(second + b or "0")
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        if len(a) != len(b):
            return -1 if len(a) < len(b) else 1
        return -1 if left < right else 1
    return len(one) - len(other)


def _digits(text: str, place: int) -> str:
    found = re.compile(r"[0-9]*").match(text, place)
    return found[0] if found else ""


def _stands_in_number(text: str, place: int) -> bool:
    """Whether digits that are not all 0 stand directly before a place."""
    before = re.search(r"[0-9]*\Z", text[:place])
    return before is not None and before[0].strip("0") != ""


# -- scalars -----------------------------------------------------------------------------------------------------------
class _Allowed(NamedTuple):
    """In which ways a text may be written."""

    plain: bool
    single: bool
    literal: bool


def _scalar(text: str, at: int, indent: int, *, is_key: bool) -> str:
    allowed = _allowed(text)
    if "\n" in text:
        style = "|"
    elif not isinstance(resolve_plain(text), str) or is_timestamp(text) or _SEXAGESIMAL.fullmatch(text):
        style = '"'
    else:
        style = "" if allowed.plain and not (is_key and not text) else "'"
    if is_key and any(character in _BREAKS for character in text):
        style = '"'
    if (style == "'" and not allowed.single) or (style == "|" and not allowed.literal):
        style = '"'
    if style == "|":
        return _literal(text, indent)
    width = 1 << 30 if is_key else _WIDTH
    if style == '"':
        return _double(text, at, indent, width)
    return f"'{_folded(text, at + 1, indent, width, quote=True)}'" if style else _folded(text, at, indent, width)


def _allowed(text: str) -> _Allowed:
    if not text:
        return _Allowed(plain=True, single=True, literal=False)
    blank_breaks = re.search(f" [{_BREAKS}]", text) is not None
    if blank_breaks or _UNPRINTABLE.search(text):
        return _Allowed(plain=False, single=False, literal=False)
    breaks = any(character in _BREAKS for character in text)
    outer = text[0] == " " or text[-1] == " "
    single = re.search(f"[{_BREAKS}] ", text) is None
    return _Allowed(not breaks and not outer and not _has_indicator(text), single, text[-1] != " ")


def _has_indicator(text: str) -> bool:
    """Whether something in a text means something else outside quotes."""
    if text.startswith(("---", "...")) or text[0] in "#,[]{}&*!|>'\"%@`":
        return True
    if text[0] in "?-" and (len(text) == 1 or text[1] in _BLANKS):
        return True
    return text.endswith(":") or any(f":{blank}" in text or f"{blank}#" in text for blank in _BLANKS)


def _literal(text: str, indent: int) -> str:
    hint = str(_STEP) if text[0] in f" {_BREAKS}" else ""
    chomping = "-" if text[-1] not in _BREAKS else "+" if len(text) == 1 or text[-2] in _BREAKS else ""
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([f"|{hint}{chomping}", *(" " * indent + line if line else "" for line in lines)])


def _folded(text: str, at: int, indent: int, width: int, *, quote: bool = False) -> str:
    """Plain text, or what stands between single quotes, its lines folded at single blanks beyond the width."""
    parts: list[str] = []
    column = at
    for place, character in enumerate(text):
        following = text[place + 1 : place + 2]
        ends_word = character == " " and following != " " and text[place - 1 : place] != " "
        if ends_word and column > width and (not quote or 0 < place < len(text) - 1):
            parts.append("\n" + " " * indent)
            column = indent
            continue
        written = "''" if quote and character == "'" else character
        parts.append(written)
        column = 0 if character in _BREAKS else column + len(written)
    return "".join(parts)


def _double(text: str, at: int, indent: int, width: int) -> str:
    parts = ['"']
    column = at + 1
    for place, character in enumerate(text):
        written = character
        if (character in _ESCAPES and character != "\xa0") or _UNPRINTABLE.match(character) or text[0] == "\ufeff":
            written = _escaped(character)
        elif character == " " and column > width and 0 < place < len(text) - 1 and text[place - 1] != " ":
            parts.append("\n" + " " * indent)
            column = indent
            written = "\\" if text[place + 1] == " " else ""
        parts.append(written)
        column += len(written)
    return "".join([*parts, '"'])


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return "\\" + _ESCAPES[character]
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
