"""Where a text falls into documents, and into the pieces kubeadm reads. Only markers are looked at, never content."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

from kubeadm_cfg.source.characters import BREAKS, pattern
from kubeadm_cfg.source.glance import may_hold_directives

__all__ = ["DocumentSpan", "Piece", "SplitError", "documents", "next_content", "pieces", "with_plain_separators"]

# A marker stands at the start of a line and ends at a blank, a break or the end. YAML has more breaks than "\n"; texts
# that use only that one, or "\r\n", are searched with the first pattern, which is several times faster.
_MARKER: Final = re.compile(f"\n(---|\\.\\.\\.)(?=[ \t{BREAKS}]|\\Z)")
_ANY_MARKER: Final = f"[{BREAKS}](---|\\.\\.\\.)(?=[ \t{BREAKS}]|\\Z)"
_FIRST_MARKER: Final = re.compile(f"(---|\\.\\.\\.)(?=[ \t{BREAKS}]|\\Z)")
_LONE_RETURN: Final = re.compile("\r(?!\n)")
_CONTENT: Final = re.compile(r"(?:[ ]*+(?:#[^\n]*+)?\n)*+[A-Za-z{]")
_BLANK: Final = re.compile(f"(?:[ \t{BREAKS}]+|#[^{BREAKS}]*)*")
_BLANK_LINE_REST: Final = re.compile(f"[ \t]*(?:[ \t]#[^{BREAKS}]*)?(?:\r\n|[{BREAKS}]|\\Z)")
_DIRECTIVE_OR_BLANK: Final = f"(?:[ \t{BREAKS}]+|#[^{BREAKS}]*|(?<![^{BREAKS}])%[^{BREAKS}]*)*"


class DocumentSpan(NamedTuple):
    """One document of a file, as a YAML parser counts documents.

    `start` and `end` hold what a parser has to read: the text behind the line of its ``---``, or from that line on
    when there is content on it, or from its directives on when it has any. `head_start` is where the document's own
    text begins, its ``---`` line and directives included; `explicit` says that it has a ``---``.
    """

    start: int
    end: int
    head_start: int
    explicit: bool


def documents(text: str) -> list[DocumentSpan]:
    r"""The documents of `text` (without byte order mark), in order.

    A text without content has none; a ``---`` always opens one, be it empty; what follows ``...`` without a ``---``
    belongs to none. A byte order mark behind the line of a ``---`` is no content, as kubeadm reads each part by itself.

    >>> [text[d.start : d.end] for text in ["a: 1\n--- # two\n---\nb: 2\n...\nlost\n"] for d in documents(text)]
    ['a: 1\n', '', 'b: 2\n']
    """
    ordinary = _ordinary(text)
    if ordinary is not None:
        return ordinary
    spans: list[DocumentSpan] = []
    segment = 0  # where the text behind the last marker's line begins
    open_at: tuple[int, int, bool] | None = None  # start, head_start, explicit of the document being read
    has_directives = may_hold_directives(text)
    ended = False  # a `...` has been read and no `---` since
    for at, marker in _markers(text):
        head = at
        if has_directives and marker == "---":
            head = _directives_start(text, segment, at, alone=open_at is None)
        if open_at is None and not ended and _has_content(text, segment, head):
            open_at = (segment, segment, False)
        if open_at is not None:
            start, head_start, explicit = open_at
            spans.append(DocumentSpan(start, max(start, head), head_start, explicit))
            open_at = None
        if marker == "...":
            ended, segment = True, at + 3
            continue
        ended = False
        rest = _BLANK_LINE_REST.match(text, at + 3)
        segment = rest.end() if rest else at + 3
        if rest and text.startswith("\ufeff", segment):
            segment += 1
        open_at = (head if head < at or not rest else segment, head, True)
    if open_at is None and not ended and _has_content(text, segment, len(text)):
        open_at = (segment, segment, False)
    if open_at is not None:
        start, head_start, explicit = open_at
        spans.append(DocumentSpan(start, len(text), head_start, explicit))
    return spans


def _ordinary(text: str) -> list[DocumentSpan] | None:
    """The documents of a text that begins with content and has nothing but bare ``---`` lines between; else None."""
    if _CONTENT.match(text) is None or "\r" in text or "\n..." in text or may_hold_directives(text):
        return None
    if not text.isascii() and any(character in text for character in "\x85\u2028\u2029\ufeff"):
        return None
    spans: list[DocumentSpan] = []
    start = head = 0
    at = text.find("\n---")
    while at >= 0:
        if not text.startswith("\n", at + 4):
            return None  # something stands on the marker's line, or it is none
        spans.append(DocumentSpan(start, at + 1, head, start > 0))
        start, head = at + 5, at + 1
        at = text.find("\n---", at + 4)
    spans.append(DocumentSpan(start, len(text), head, start > 0))
    return spans


def _markers(text: str) -> list[tuple[int, str]]:
    """Offset and text of every ``---`` and ``...`` that is a marker."""
    first = _FIRST_MARKER.match(text)
    found = [(0, first[1])] if first else []
    if "---" in text or "..." in text:
        marker = pattern(_ANY_MARKER) if _has_other_breaks(text) else _MARKER
        found += [(match.start() + 1, match[1]) for match in marker.finditer(text)]
    return found


def _has_other_breaks(text: str) -> bool:
    r"""Whether lines end in anything but ``\n`` and ``\r\n``."""
    if not text.isascii() and any(character in text for character in "\x85\u2028\u2029"):
        return True
    return "\r" in text and _LONE_RETURN.search(text) is not None


def _has_content(text: str, start: int, end: int) -> bool:
    return next_content(text, start, end) < end


def next_content(text: str, start: int, end: int) -> int:
    """The offset of what is neither blank, break nor comment between two offsets; `end` when there is nothing else."""
    blank = _BLANK.match(text, start, end)
    return blank.end() if blank else start


def _directives_start(text: str, segment: int, marker: int, *, alone: bool) -> int:
    """Where the directives above the marker begin, `marker` when it has none.

    `alone` says that no document is open there: then directives may begin right away; behind a document's content, only
    the directives directly above the marker count.
    """
    if alone:
        blank = _BLANK.match(text, segment, marker)
        first = blank.end() if blank else segment
        rest = pattern(_DIRECTIVE_OR_BLANK).match(text, segment, marker)
        if first < marker and text[first] == "%" and rest and rest.end() == marker:
            return first
    head = marker
    for line in reversed(text[segment:marker].splitlines(keepends=True)):
        if not line.startswith("%"):
            break
        head -= len(line)
    return head


# -- as kubeadm cuts ---------------------------------------------------------------------------------------------------
class Piece(NamedTuple):
    """A block of text that kubeadm takes for one document; a separator line it swallowed is part of it."""

    start: int
    end: int


class SplitError(NamedTuple):
    """A line that begins with ``---`` and goes on with `text`, which kubeadm refuses; nothing behind is read."""

    start: int
    end: int
    text: str


_SEPARATOR: Final = re.compile("\n---([^\n]*)")
_FIRST_SEPARATOR: Final = re.compile("---([^\n]*)")
_GO_SPACE: Final = " \t\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def pieces(text: str, *, bom: bool = False) -> tuple[list[Piece], SplitError | None]:
    r"""The pieces that apimachinery's YAMLReader cuts `text` into, and the separator that it stumbles over.

    A separator line that meets no text before it stays in front of the piece that follows, so the second of two in a
    row ends a piece that holds nothing but the first. `bom` says that a byte order mark stood before the text: a
    ``---`` behind it is no separator.

    >>> [text[p.start : p.end] for text in ["---\na: 1\n---\nb: 2\n"] for p in pieces(text)[0]]
    ['---\na: 1\n', 'b: 2\n']
    """
    found: list[Piece] = []
    start = 0
    first = None if bom else _FIRST_SEPARATOR.match(text)
    for match in (*([first] if first else []), *_SEPARATOR.finditer(text)):
        rest = match[1].strip(_GO_SPACE)
        at = match.start(1) - 3
        if rest and rest[0] != "#":
            return found, SplitError(at, match.end(), rest)
        if at > start:
            found.append(Piece(start, at))
            start = min(match.end() + 1, len(text))
    if start < len(text) or (bom and not text):
        found.append(Piece(start, len(text)))
    return found, None


def with_plain_separators(text: str) -> str:
    r"""The text with blanks for each comment that touches the ``---`` before it.

    Such a line cuts for kubeadm and is content to a YAML parser; with blanks both see the same documents, at the same
    places. One that does not cut stays as it is.

    >>> with_plain_separators("a: 1\n---#b\nc: 2\n")
    'a: 1\n---  \nc: 2\n'
    """
    if "\n---#" not in text:
        return text
    found = [*pieces(text, bom=text.startswith("\ufeff"))[0], Piece(len(text), len(text))]
    parts: list[str] = []
    for piece, after in pairwise(found):
        between = text[piece.end : after.start]
        if between.startswith("---#"):
            marker = between.partition("\n")[0].rstrip("\r")
            between = f"---{' ' * (len(marker) - 3)}{between[len(marker) :]}"
        parts += (text[piece.start : piece.end], between)
    return "".join(parts)
