"""Which lines of a document an edit may not touch, told from its data before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubeadm_cfg.source.compose import compose
from kubeadm_cfg.source.nodes import Alias, Entry, Item, Mapping, Node, Scalar, Sequence

Path = tuple[str | int, ...]


def edited_paths(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, bool]]:
    """The paths at which two pieces of plain data differ, and whether something came or went there."""
    if isinstance(before, dict) and isinstance(after, dict) and before and after:
        for key in before.keys() | after.keys():
            if key not in before or key not in after:
                yield (*path, key), True
            else:
                yield from edited_paths(before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        start = 0
        while start < min(len(before), len(after)) and same(before[start], after[start]):
            start += 1
        end = 0
        while end < min(len(before), len(after)) - start and same(before[-1 - end], after[-1 - end]):
            end += 1
        for index in range(start, len(before) - end):
            yield (*path, index), True
        if start == len(before) - end < len(after) - end:
            yield (*path, -1), True
    elif not same(before, after):
        yield path, False


def same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def untouched_lines(text: str, before: Any, after: Any) -> list[str]:
    """The lines of `text` that hold entries and items which are not edited, with the comments above them, in order."""
    root = compose(text)
    if root is None or (isinstance(root, (Mapping, Sequence)) and root.flow):
        return []
    edited = list(edited_paths(before, after))
    kept: set[int] = set()
    lost: set[int] = set()
    for path, part in leaves(root, ()):
        first, last = text.count("\n", 0, part.start), text.count("\n", 0, max(part.end - 1, part.start))
        touched = any(near(path, place, moves) for place, moves in edited)
        (lost if touched else kept).update(range(first, last + 1))
        column = part.start - text.rfind("\n", 0, part.start) - 1
        if not touched and not text[part.start - column : part.start].strip():
            kept.update(comments_above(text.split("\n"), first, column))
    lines = text.split("\n")
    return [lines[number].rstrip("\r") for number in sorted(kept - lost)]


def near(path: Path, edited: Path, moves: bool) -> bool:
    """Whether an entry at `path` may change by an edit at `edited`, which `moves` what shares its dash."""
    shorter = min(len(path), len(edited))
    if path[:shorter] == edited[:shorter]:
        return True
    return moves and len(edited) > 1 and isinstance(edited[-2], int) and path[: len(edited) - 1] == edited[:-1]


def leaves(node: Node, path: Path) -> Iterator[tuple[Path, Entry | Item]]:
    """The entries and items that hold a scalar, an alias or something in brackets."""
    parts: list[tuple[str | int, Entry | Item]] = []
    if isinstance(node, Mapping):
        parts = [(entry.key, entry) for entry in node.entries]
    elif isinstance(node, Sequence):
        parts = list(enumerate(node.items))
    for step, part in parts:
        value = part.value
        if isinstance(value, (Scalar, Alias)) or value.flow:
            yield (*path, step), part
        else:
            yield from leaves(value, (*path, step))


def comments_above(lines: list[str], number: int, column: int) -> Iterator[int]:
    """The numbers of the comment lines directly above, the file's header excepted."""
    found = []
    while number > 0 and lines[number - 1].startswith(" " * column + "#"):
        number -= 1
        found.append(number)
    if number > 0:
        yield from found


def is_subsequence(wanted: list[str], lines: list[str]) -> bool:
    rest = iter(lines)
    return all(any(line == other for other in rest) for line in wanted)
