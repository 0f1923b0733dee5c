"""JSON as Go's encoding/json reads it, with the place of every key and value. What values mean is not decided here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

__all__ = ["JsonError", "Member", "Value", "fold", "lowered", "parse"]

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_STRING: Final = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
_ESCAPE: Final = re.compile(r'\\(?:(["\\/bfnrt])|u([dD][89abAB]..)\\u([dD][c-fC-F]..)|u(....))')
_SHORT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: Final = {"true": True, "false": False, "null": None}
_DEEPEST: Final = 10_000  # encoding/json: "exceeded max depth"

Kind = Literal["object", "array", "string", "number", "bool", "null"]


class JsonError(ValueError):
    """The text is no JSON; `offset` is where that shows."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Member(NamedTuple):
    """A key of an object, where it stands, and its value."""

    key: str
    start: int
    value: Value


class Value:
    """One JSON value: its kind, the stretch of text it takes, and what it holds."""

    __slots__ = ("end", "items", "kind", "members", "raw", "scalar", "start")

    def __init__(self, kind: Kind, start: int, end: int, raw: str = "", scalar: str | bool | None = None) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.raw = raw
        self.scalar = scalar
        self.members: list[Member] = []
        self.items: list[Value] = []

    def named(self, name: str) -> Iterator[Member]:
        """Every member that Go would decode into the field `name`, in the order of the text; the last one counts."""
        wanted = fold(name)
        return (member for member in self.members if fold(member.key) == wanted)


def fold(name: str) -> str:
    r"""A key as encoding/json compares it: in any case, the Kelvin sign being a k and the long s an s.

    >>> fold("NETWOR\u212a") == fold("Network")
    True
    """
    folded = name.replace("\u212a", "k").replace("\u017f", "s")
    return "".join(character.lower() if character.isascii() else character for character in folded)


def lowered(name: str) -> str:
    r"""A backend's name as Go lowers it, one letter for each.

    >>> lowered("\u0130pip")
    'ipip'
    """
    return name.replace("\u0130", "i").lower()


def parse(text: str) -> Value:
    """The value that is the whole of `text`.

    Raises:
        JsonError: comments, trailing commas, a byte order mark, anything behind the value, or too deep a nesting.

    >>> parse('{"SubnetLen": 24}').members[0].value.raw
    '24'
    """
    open_: list[Value] = []
    position = _skip(text, 0)
    while True:
        if len(open_) > _DEEPEST:
            raise JsonError("exceeded max depth", position)
        value = _start(text, position)
        position = value.end
        if open_ or value.kind in ("object", "array"):
            position = _placed(text, open_, value, position)
        else:
            return _whole(text, value)
        while open_ and text[position - 1] in "}]" and open_[-1].end == position:
            done = open_.pop()
            if not open_:
                return _whole(text, done)
            position = _behind(text, open_[-1], position)


def _placed(text: str, open_: list[Value], value: Value, position: int) -> int:
    """Where the next value starts, or the end of what closes here, once `value` is in its place."""
    if open_:
        parent = open_[-1]
        if parent.kind == "object":
            key, start, _ = parent.members[-1]
            parent.members[-1] = Member(key, start, value)
        else:
            parent.items.append(value)
    if value.kind not in ("object", "array"):
        return _behind(text, open_[-1], position)
    open_.append(value)
    value.end = -1
    position = _skip(text, position)
    if text[position : position + 1] == _CLOSES[value.kind]:
        value.end = position + 1
        return value.end
    return _key(text, value, position) if value.kind == "object" else position


_CLOSES: Final = {"object": "}", "array": "]"}


def _behind(text: str, parent: Value, position: int) -> int:
    """Behind a value of `parent`: where its next value starts, or the parent's end."""
    position = _skip(text, position)
    found = text[position : position + 1]
    if found == ",":
        position = _skip(text, position + 1)
        return _key(text, parent, position) if parent.kind == "object" else position
    if found == _CLOSES[parent.kind]:
        parent.end = position + 1
        return parent.end
    raise JsonError(_unexpected(found, f"after a value of the {parent.kind}"), position)


def _key(text: str, parent: Value, position: int) -> int:
    match = _STRING.match(text, position)
    if match is None:
        raise JsonError(_unexpected(text[position : position + 1], "where a key in double quotes should be"), position)
    colon = _skip(text, match.end())
    if text[colon : colon + 1] != ":":
        raise JsonError(_unexpected(text[colon : colon + 1], "after a key"), colon)
    parent.members.append(Member(_unescaped(match[1]), position, Value("null", position, position)))
    return _skip(text, colon + 1)


def _start(text: str, position: int) -> Value:
    first = text[position : position + 1]
    if first == "{":
        return Value("object", position, position + 1)
    if first == "[":
        return Value("array", position, position + 1)
    if first == '"':
        match = _STRING.match(text, position)
        if match is None:
            raise JsonError("a text without an end, or with a character or escape that JSON does not know", position)
        return Value("string", position, match.end(), match[0], _unescaped(match[1]))
    for word, scalar in _WORDS.items():
        if text.startswith(word, position):
            return Value("null" if scalar is None else "bool", position, position + len(word), word, scalar)
    number = _NUMBER.match(text, position)
    if number is None:
        raise JsonError(_unexpected(first, "where a value should be"), position)
    return Value("number", position, number.end(), number[0])


def _whole(text: str, value: Value) -> Value:
    position = _skip(text, value.end)
    if position < len(text):
        raise JsonError(_unexpected(text[position], "after the end of the JSON text"), position)
    return value


def _skip(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return match.end() if match else position


def _unexpected(character: str, where: str) -> str:
    return f"unexpected {character!r} {where}" if character else f"the text ends {where}"


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_escape, text) if "\\" in text else text


def _escape(match: re.Match[str]) -> str:
    short, high, low, single = match.groups()
    if short:
        return _SHORT.get(short, short)
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    code = int(single, 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)  # Go puts the replacement character
