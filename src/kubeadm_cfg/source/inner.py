"""A text inside a scalar, as in a ConfigMap: where it stands in the text around it, and changes of it spliced in there.

What the text says is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from typing import NamedTuple

from kubeadm_cfg.source.block import header_end
from kubeadm_cfg.source.characters import BREAK, pattern
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.edit import set_value
from kubeadm_cfg.source.nodes import Scalar
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import find
from kubeadm_cfg.source.scalars import quoted_double, quoted_pieces, quoted_single

__all__ = ["outer_offset", "replace_inside"]


_Splice = tuple[int, int, str]


class _Piece(NamedTuple):
    """A part of a scalar: from `start` to `end` in the text around it, from `at` on in its value, which is `value`."""

    start: int
    end: int
    at: int
    value: str


def outer_offset(text: str, node: Scalar, offset: int) -> int:
    """Where the character at `offset` of a scalar's value stands in the text around it.

    Of a folded block or a plain text of several lines only the start is known.
    """
    for piece in _pieces(text, node):
        if offset < piece.at + len(piece.value):
            return piece.start + min(offset - piece.at, piece.end - piece.start)
    return min(node.end, len(text)) if offset else node.body


def _pieces(text: str, node: Scalar) -> Iterator[_Piece]:
    at = 0
    if node.style in ("'", '"'):
        for start, end, value in quoted_pieces(text[node.body : node.end]):
            yield _Piece(node.body + start, node.body + end, at, value)
            at += len(value)
    elif node.style == "|":
        for start, line in _lines(text, node):
            yield _Piece(start, start + len(line), at, line + "\n")
            at += len(line) + 1
    elif not node.style and not pattern(BREAK).search(text, node.body, node.end):
        yield _Piece(node.body, node.end, 0, text[node.body : node.end])


def _lines(text: str, node: Scalar) -> Iterator[tuple[int, str]]:
    """The lines of a literal block, each with the offset behind its indent."""
    value = node.text(text).split("\n")
    starts = [match.end() for match in pattern(BREAK).finditer(text, node.body, node.end)]
    lines = [(start, text[start:end]) for start, end in pairwise([*starts, node.end])]
    bare = [(start, line.rstrip("\r\n\x85\u2028\u2029")) for start, line in lines]
    indent = next((len(line) - len(known) for (_, line), known in zip(bare, value, strict=False) if known), 0)
    for (start, _), line in zip(bare, value, strict=False):
        yield start + (indent if line else 0), line


def replace_inside(draft: Draft, steps: Steps, before: str, after: str) -> None:
    """Turn the text of the scalar at `steps` from `before` into `after`.

    Literal blocks keep every line that did not change, quoted texts everything outside the changes: indicators, escapes
    and line folds too. What can be written in neither way is written anew.
    """
    node = find(draft.root, steps)
    assert isinstance(node, Scalar)
    text = draft.text
    splices = (_in_literal if node.style == "|" else _in_quotes)(draft, node, before, after)
    for splice in reversed(splices):
        draft.splice(*splice)
    if splices and _reads_as(draft, steps, after):
        return
    draft.splice(0, len(draft.text), text)
    set_value(draft, steps, after)


def _reads_as(draft: Draft, steps: Steps, value: str) -> bool:
    try:
        node = find(draft.root, steps)
        return isinstance(node, Scalar) and node.resolved(draft.text) == value
    except ValueError:
        return False


def _hunks(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Which lines differ: from and to in the old ones, from and to in the new ones."""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [hunk for tag, *hunk in codes if tag != "equal"]  # type: ignore[misc]  # four numbers each


def _in_literal(draft: Draft, node: Scalar, before: str, after: str) -> list[_Splice]:
    """The splices that change the lines of a literal block that differ; none where they are no lines of their own."""
    if not after.strip() or before.endswith("\n") != after.endswith("\n"):
        return []
    raw_start = draft.next_line(header_end(draft, node))
    raw = draft.text[raw_start : node.end].splitlines(keepends=True)
    # The empty text behind the last break is no line of its own.
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    filled = next((index for index, line in enumerate(old) if line), None)
    if filled is None or len(old) > len(raw):
        return []
    indent = " " * (len(raw[filled].rstrip("\r\n")) - len(old[filled]))
    starts = [*accumulate(map(len, raw), initial=raw_start)]
    splices = []
    for first, last, *between in _hunks(old, new):
        start, end = starts[first], starts[last]
        text = "".join((indent + line if line else "") + draft.newline for line in new[slice(*between)])
        if end == len(draft.text) and draft.ends_open:  # the break stands in front of each line, not behind it
            text = text.removesuffix(draft.newline)
            if first == last:
                text = draft.newline + text
            elif not text and first:
                start -= len(draft.newline)
        splices.append((start, end, text))
    return splices


def _in_quotes(draft: Draft, node: Scalar, before: str, after: str) -> list[_Splice]:
    """The splices that change what differs in a quoted text; none for another style."""
    if node.style not in ("'", '"'):
        return []
    pieces = list(_pieces(draft.text, node))
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    old_starts, new_starts = ([*accumulate(map(len, lines), initial=0)] for lines in (old, new))
    splices: list[_Splice] = []
    for first, last, new_first, new_last in _hunks(old, new):
        was, now = before[old_starts[first] : old_starts[last]], after[new_starts[new_first] : new_starts[new_last]]
        same = _common(was, now)
        rest = _common(was[same:][::-1], now[same:][::-1])
        start, at = _cut_point(pieces, old_starts[first] + same, node.body + 1, up=False)
        end, behind = _cut_point(pieces, old_starts[last] - rest, node.body + 1, up=True)
        end = max(start, end)
        middle = before[at : old_starts[first] + same] + now[same : len(now) - rest]
        middle += before[old_starts[last] - rest : behind]
        written = quoted_double(middle, json=draft.is_json) if node.style == '"' else quoted_single(middle)
        if written is None:
            return []
        splices.append((start, end, written[1:-1]))
    return splices


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((count for count, (left, right) in pairs if left != right), min(len(one), len(other)))


def _cut_point(pieces: list[_Piece], at: int, empty: int, *, up: bool) -> tuple[int, int]:
    """The offset at which the value is cut at `at`, or at the nearest place where that is possible, and that place."""
    found = (empty, 0)
    for piece in pieces:
        behind = piece.at + len(piece.value)
        if behind <= at and not (up and piece.at == at):  # an escaped line break stays outside the change
            found = (piece.end, behind)
        elif piece.at < at:
            if piece.end - piece.start == len(piece.value):
                return piece.start + at - piece.at, at
            return (piece.end, behind) if up else (piece.start, piece.at)
    return found
