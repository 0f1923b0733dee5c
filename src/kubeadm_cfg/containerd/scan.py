"""TOML text as statements with the places of their keys and values. Values are tomllib's; nothing is changed here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from kubeadm_cfg.errors import ParseError, Span
from kubeadm_cfg.report import problem_at

__all__ = ["Entry", "Path", "Section", "inner", "items", "key_path", "key_text", "nested", "quoted", "read", "sections"]

Path: TypeAlias = tuple[str | int, ...]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_KEY: Final = re.compile(r"[ \t]*(?:([A-Za-z0-9_-]+)|(\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'))[ \t]*")
_STRING: Final = re.compile(
    """
      \"\"\"(?:[^"\\\\]|\\\\.|"(?!""))*"{3,5}
    | \'\'\'(?:[^']|'(?!''))*'{3,5}
    | "(?:[^"\\\\\n]|\\\\.)*"
    | '[^'\n]*'
    """,
    re.DOTALL | re.VERBOSE,
)
_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PLAIN: Final = re.compile(r"[^,\[\]{}#\"'\r\n]+")
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONGEST_INTEGER: Final = 2**63
_DEEPEST: Final = 100  # containerd's own files are nine deep


def read(text: str, name: str = "<string>") -> dict[str, Any]:
    """The values of a TOML text.

    Raises:
        ParseError: not TOML; the problem has line and column.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(name, text, str(error)) from None
    except (RecursionError, ValueError) as error:
        raise _refused(name, text, f"the text cannot be read: {type(error).__name__}") from None
    for value, depth in _values(data):
        if type(value) is int and not -_LONGEST_INTEGER <= value < _LONGEST_INTEGER:
            raise _refused(name, text, "an integer has more than 64 bits")
        if depth > _DEEPEST:
            raise _refused(name, text, f"values are nested more than {_DEEPEST} deep")
    return data


def _values(data: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    """Every value, with the number of tables and lists around it."""
    pending: list[tuple[Any, int]] = [(data, 0)]
    while pending:
        value, depth = pending.pop()
        yield value, depth
        if depth <= _DEEPEST and isinstance(value, (dict, list)):
            pending += [(item, depth + 1) for item in (value.values() if isinstance(value, dict) else value)]


def _refused(name: str, text: str, message: str) -> ParseError:
    place = _PLACE.search(message)
    offset = 0
    if place:
        message = message[: place.start()]
        offset = len(text)
        if place[1]:
            lines = text.split("\n")
            offset = sum(len(line) + 1 for line in lines[: int(place[1]) - 1]) + int(place[2]) - 1
    problem = problem_at(name, text, offset, f"not TOML: {message}", code="toml.syntax")
    return ParseError(f"{name}: not TOML", [problem])


_NOWHERE: Final = Span(0, 0)


@dataclass(slots=True)
class Entry:
    """One `key = value`. Keys inside an inline table have `parent`; `path` is absolute either way."""

    path: Path
    key: Span
    value: Span
    lines: Span
    relative: tuple[str, ...]
    parent: Entry | None = None

    @property
    def dotted(self) -> bool:
        return len(self.relative) > 1


@dataclass(slots=True)
class Section:
    """A header line with the entries below it; the first section of a text has no header."""

    path: Path
    header: Span
    entries: list[Entry]
    key: Span = _NOWHERE
    array: bool = False

    @property
    def end(self) -> int:
        """Behind the last line that belongs to the section for sure: comments below may belong to what follows."""
        return self.entries[-1].lines.end if self.entries else self.header.end


def sections(text: str) -> list[Section]:
    """The statements of a text that `read` accepts, section by section."""
    found = [Section((), Span(0, 0), [])]
    counts: dict[Path, int] = {}
    position = 0
    while position < len(text):
        position = _behind_space(text, position)
        if position >= len(text):
            break
        start = text.rfind("\n", 0, position) + 1
        if text[position] == "[":
            array = text.startswith("[[", position)
            key, end = _key(text, position + 1 + array)
            line = _line_end(text, end)
            path = _absolute(key, counts)
            if array:
                path = (*path, counts.setdefault(path, -1) + 1)
                counts[path[:-1]] += 1
            span = Span(position + 1 + array, end)
            found.append(Section(path, Span(start, line), [], span, array))
        else:
            key, end = _key(text, position)
            value = _value_span(text, _blank(text, end + 1))
            line = _line_end(text, value.end)
            path = found[-1].path + key
            found[-1].entries.append(Entry(path, Span(position, end), value, Span(start, line), key))
        position = line
    return found


def _absolute(key: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """A header's path with the number of the element each array of tables is at."""
    path: Path = ()
    for number, part in enumerate(key):
        path = (*path, part)
        if path in counts and number < len(key) - 1:
            path = (*path, counts[path])
    return path


def _blank(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t":
        position += 1
    return position


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _key(text: str, position: int) -> tuple[tuple[str, ...], int]:
    """A dotted key and the offset behind it."""
    parts: list[str] = []
    while True:
        match = _KEY.match(text, position)
        if match is None:
            raise ValueError("no key")
        parts.append(match[1] or _unquoted(match[2]))
        position = match.end()
        if not text.startswith(".", position):
            return tuple(parts), position
        position += 1


def _unquoted(text: str) -> str:
    found = tomllib.loads(f"k = {text}")["k"]
    assert isinstance(found, str)
    return found


def _value_span(text: str, start: int) -> Span:
    """The place of the value that begins at `start`, brackets and strings understood."""
    depth, position = 0, start
    while position < len(text):
        character = text[position]
        if character in "\"'":
            match = _STRING.match(text, position)
            position = match.end() if match else len(text)
        elif character in "[{":
            depth += 1
            position += 1
        elif character in "]}":
            depth -= 1
            position += 1
        elif depth and (character in " \t\r\n,#"):
            position = max(_behind_space(text, position), position + (character == ","))
            continue
        else:
            plain = _PLAIN.match(text, position)
            position = plain.end() if plain else position + 1
        if depth <= 0:
            break
    end = position
    while end > start and text[end - 1] in " \t":
        end -= 1
    return Span(start, end)


def _behind_space(text: str, position: int) -> int:
    """Behind blanks, line breaks and comments."""
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing at least


def inner(text: str, entry: Entry) -> list[Entry]:
    """The entries of an inline table; none when the value is something else."""
    if not text.startswith("{", entry.value.start):
        return []
    found: list[Entry] = []
    position = _behind_space(text, entry.value.start + 1)
    while text[position] != "}":
        key, end = _key(text, position)
        value = _value_span(text, _blank(text, end + 1))
        found.append(Entry(entry.path + key, Span(position, end), value, entry.lines, key, entry))
        position = _behind_space(text, value.end)
        if text[position] == ",":
            position = _behind_space(text, position + 1)
    return found


def nested(text: str, entry: Entry, keys: tuple[str, ...]) -> list[Entry]:
    """The entries of the inline tables on the way to a path."""
    found = inner(text, entry)
    for one in list(found):
        if keys[: len(one.path)] == one.path:
            found += nested(text, one, keys)
    return found


def items(text: str, span: Span) -> list[Span]:
    """The places of the items of an array; none when the value is something else."""
    found: list[Span] = []
    if not text.startswith("[", span.start):
        return found
    position = _behind_space(text, span.start + 1)
    while text[position] != "]":
        found.append(_value_span(text, position))
        position = _behind_space(text, found[-1].end)
        if text[position] == ",":
            position = _behind_space(text, position + 1)
    return found


def key_text(key: str) -> str:
    """A key as TOML writes it: bare where it can be.

    >>> key_text("192.168.6.164:5000")
    '"192.168.6.164:5000"'
    """
    return key if _BARE.fullmatch(key) else quoted(key)


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def quoted(text: str) -> str:
    """A string as a basic string of TOML."""
    return '"' + "".join(_ESCAPES.get(c, c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}") for c in text) + '"'


def _is_text(key: object) -> bool:
    return isinstance(key, str)


def key_path(path: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """A path as its keys; text is read as a dotted key of TOML.

    Raises:
        ValueError: the text is no dotted key.

    >>> key_path('plugins."io.containerd.grpc.v1.cri".sandbox_image')
    ('plugins', 'io.containerd.grpc.v1.cri', 'sandbox_image')
    """
    if not isinstance(path, str):
        if not path or not all(map(_is_text, path)):
            raise ValueError(f"{path!r} is no path: it is a list of keys")
        return tuple(path)
    try:
        parts, end = _key(path, 0)
    except ValueError:
        parts, end = (), -1
    if end != len(path):
        raise ValueError(
            f"{path!r} is no path: keys are joined by dots and quoted where they hold more than A-Za-z0-9_-"
        )
    return parts
