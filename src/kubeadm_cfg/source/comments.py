"""Comments by path: the block directly above a key or item, and the one behind it on its line."""

from __future__ import annotations

from typing import Literal

from kubeadm_cfg.errors import EditError
from kubeadm_cfg.source.block import header_end
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.nodes import Entry, Item, Mapping, Scalar, Sequence
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.place import find
from kubeadm_cfg.source.problems import forbidden_character

__all__ = ["Where", "comment", "hashed", "set_comment"]

Where = Literal["above", "end"]


def comment(draft: Draft, steps: Steps, where: Where | None = None) -> str | None:
    """The comment of the entry or item at a path, without hashes; the block above first, unless `where` says which."""
    part, column = _part(draft, steps)
    found = None
    if where != "end":
        found = _above(draft, part, column)
    if found is None and where != "above":
        found = _behind(draft, part)
    return found


def set_comment(draft: Draft, steps: Steps, text: str | None, where: Where) -> None:
    """Write, replace or (with None or "") remove a comment.

    Raises:
        EditError: nothing stands at the path, or it shares its line, or a comment behind it would have two lines.
    """
    part, column = _part(draft, steps)
    lines = hashed(text or "")
    if where == "above":
        start = draft.line_start(part.start)
        if not draft.stands_alone(part.start):
            raise EditError(f"{render(steps)} shares its line, so no comment can stand above it")
        new = "".join(" " * column + line + draft.newline for line in lines)
        draft.splice(_above_start(draft, part, column), start, new)
        return
    if len(lines) > 1:
        raise EditError("a comment at the end of a line has one line")
    at, end = _end_of_line(draft, part)
    if draft.text[at:end].strip() and not draft.text[at:end].lstrip().startswith("#"):
        raise EditError(f"{render(steps)} shares its line with others, so no comment can stand behind it")
    old = draft.text[at:end]
    gap = old[: len(old) - len(old.lstrip())] or "  "
    draft.splice(at, end, gap + lines[0] if lines else "")


def hashed(text: str) -> list[str]:
    """The lines of a text as comments.

    Raises:
        EditError: YAML forbids one of its characters.
    """
    problem = forbidden_character(text)
    if problem is not None:
        raise EditError(f"a comment cannot hold this: {problem.message}")
    return [f"# {line}" if line else "#" for line in text.splitlines()]


def _bare(line: str) -> str:
    text = line.strip()[1:]
    return text.removeprefix(" ")


def _part(draft: Draft, steps: Steps) -> tuple[Entry | Item, int]:
    parent = find(draft.root, steps[:-1]) if steps else None
    step = steps[-1] if steps else None
    if isinstance(parent, Mapping) and isinstance(step, str):
        entry = parent.entry(step)
        if entry is not None:
            return entry, parent.indent if not parent.flow else draft_column(draft, entry.start)
    if isinstance(parent, Sequence) and isinstance(step, int) and 0 <= step < len(parent.items):
        item = parent.items[step]
        return item, parent.indent if not parent.flow else draft_column(draft, item.start)
    raise EditError(f"{render(steps) or 'the document'} is not there, so it can have no comment")


def draft_column(draft: Draft, position: int) -> int:
    return position - draft.line_start(position)


def _above_start(draft: Draft, part: Entry | Item, column: int) -> int:
    return draft.comments_above(draft.line_start(part.start), column, header=True)


def _above(draft: Draft, part: Entry | Item, column: int) -> str | None:
    if not draft.stands_alone(part.start):
        return None
    start, end = _above_start(draft, part, column), draft.line_start(part.start)
    return "\n".join(map(_bare, draft.text[start:end].splitlines())) if start < end else None


def _behind(draft: Draft, part: Entry | Item) -> str | None:
    at, end = _end_of_line(draft, part)
    rest = draft.text[at:end].lstrip(" \t")
    return _bare(rest) if rest.startswith("#") else None


def _end_of_line(draft: Draft, part: Entry | Item) -> tuple[int, int]:
    """Where the content of the entry's first line ends (a scalar's last line), and where that line does."""
    value = part.value
    first = part.colon if isinstance(part, Entry) else part.start + 1
    if isinstance(value, Scalar):
        at = header_end(draft, value) if value.style in ("|", ">") else max(value.end, first)
    elif value.end > value.start and isinstance(value, (Mapping, Sequence)) and not value.flow:
        at = first
        inner: Entry | Item = value.entries[0] if isinstance(value, Mapping) else value.items[0]
        if draft.line_start(inner.start) == draft.line_start(part.start):
            return _end_of_line(draft, inner)
    else:
        at = max(value.end, first)
    comma = draft.text[at:].lstrip(" ")
    if comma.startswith(","):
        at += len(draft.text[at:]) - len(comma) + 1
    return at, draft.line_end(at)
