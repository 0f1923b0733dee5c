"""Entries of collections in brackets: put in and taken out, on one line or on lines of their own."""

from __future__ import annotations

from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.nodes import Entry, Item, Mapping, Sequence

__all__ = ["insert", "remove"]

Collection = Mapping | Sequence


def _parts(node: Collection) -> list[Entry] | list[Item]:
    return node.entries if isinstance(node, Mapping) else node.items


def _comma(draft: Draft, start: int, end: int) -> int:
    """The offset of the comma between two offsets outside of any item, -1 when there is none."""
    text = draft.text
    while start < end:
        character = text[start]
        if character == ",":
            return start
        if character == "#":
            start = draft.line_end(start)
        start += 1
    return -1


def _has_own_line(draft: Draft, part: Entry | Item, limit: int) -> bool:
    if not draft.stands_alone(part.start):
        return False
    rest = draft.text[part.end : min(draft.line_end(part.end), limit)].lstrip(" \t")
    rest = rest[1:].lstrip(" \t") if rest.startswith(",") else rest
    return (not rest or rest.startswith("#")) and draft.line_end(part.end) <= limit


def _leads_with_comma(draft: Draft, before: Entry | Item, part: Entry | Item) -> bool:
    """Whether the comma before a part stands on the part's line and not on that of the one before."""
    comma = _comma(draft, before.end, part.start)
    return comma >= 0 and "\n" in draft.text[before.end : comma] and "\n" not in draft.text[comma : part.start]


def _cut_comma(draft: Draft, comma: int, follower: int) -> None:
    """Take a comma out: its line when it stands alone there, else the blanks before the `follower` on its line too."""
    line, below = draft.line_start(comma), draft.next_line(comma)
    if draft.is_blank(line, comma) and draft.is_blank(comma + 1, below):
        draft.splice(line, below, "")
    else:
        end = follower if draft.is_blank(comma + 1, follower) and follower < below else comma + 1
        draft.splice(comma, end, draft.gap_before_comment(end))


def _separator(draft: Draft, node: Collection, index: int) -> str:
    """What stands between two items: copied from the neighbours, else the document's own."""
    parts = _parts(node)
    for at in (index - 1, index, 0):
        if 0 < at < len(parts):
            between = draft.text[parts[at - 1].end : parts[at].start]
            if between.strip(" \t") == ",":
                return between
    return draft.layout.comma


def _seal(draft: Draft, part: Entry | Item) -> str:
    """A blank behind a colon, tag or anchor that ends a part: what follows would become part of it."""
    value = part.value
    has_bare_properties = value.end == value.body and (value.tag is not None or value.anchor is not None)
    return " " if has_bare_properties or draft.text[part.end - 1] == ":" else ""


def insert(draft: Draft, node: Collection, index: int, new: str) -> None:
    """Put the text of one entry or item in before the one at `index`."""
    parts = _parts(node)
    opening, closing = "{}" if isinstance(node, Mapping) else "[]"
    if not parts:
        draft.splice(node.body, node.end, opening + new + closing)
        return
    before = parts[index - 1] if index else None
    neighbour = before or parts[0]
    if not _has_own_line(draft, neighbour, node.end - 1):
        separator = _separator(draft, node, index)
        if before:
            sealed = _seal(draft, before) + separator + new + draft.gap_before_comment(before.end)
            draft.splice(before.end, before.end, sealed)
        else:
            draft.splice(parts[0].start, parts[0].start, new + separator)
        return
    start = draft.line_start(neighbour.start)
    pad = draft.text[start : neighbour.start]
    if before is None:
        above = draft.comments_above(start, len(pad))
        draft.splice(above, above, pad + new + "," + draft.newline)
        return
    follower = parts[index].start if index < len(parts) else node.end - 1
    line = draft.next_line(before.end)
    has_comma = 0 <= _comma(draft, before.end, follower) < line  # one further down then is the new item's
    draft.splice(line, line, pad + new + ("," if has_comma else "") + draft.newline)
    if not has_comma:
        draft.splice(before.end, before.end, _seal(draft, before) + ",")


def remove(draft: Draft, node: Collection, index: int) -> None:
    """Take the entry or item at `index` out, its comma, own comment and own lines with it."""
    parts = _parts(node)
    if len(parts) == 1:
        draft.splice(node.body, node.end, "{}" if isinstance(node, Mapping) else "[]")
        return
    part = parts[index]
    before = parts[index - 1] if index else None
    is_last = index == len(parts) - 1
    follower = node.end - 1 if is_last else parts[index + 1].start
    comma = _comma(draft, part.end, follower)
    text = draft.text
    if comma >= 0 and not is_last and "\n" in text[part.end : comma] and "#" not in text[part.end : comma]:
        draft.splice(part.start, follower, "")  # the comma stands before the next item
        return
    if before and "#" not in text[before.end : part.start] and _leads_with_comma(draft, before, part):
        draft.splice(before.end, part.end, _seal(draft, before))
        return
    if _has_own_line(draft, part, node.end - 1):
        line = draft.line_start(part.start)
        start, end = draft.comments_above(line, part.start - line), draft.next_line(part.end)
        if comma >= end:
            _cut_comma(draft, comma, follower)
    elif before and (is_last or "\n" not in text[before.end : part.start]) and "#" not in text[before.end : part.start]:
        draft.splice(before.end, part.end, _seal(draft, before) or draft.gap_before_comment(part.end))
        return
    elif before is None and "#" not in text[part.end : follower]:
        draft.splice(part.start, follower, "")
        return
    else:
        start, end = part.start, part.end if comma < 0 else comma + 1
        while end < len(text) and text[end] == " " and comma >= 0:
            end += 1
        if before is None and text.startswith("#", end):  # the item's own comment, on the line of the bracket
            line_end = draft.line_end(end)
            end = follower if draft.is_blank(line_end, follower) else line_end
    last_comma = _comma(draft, before.end, start) if before and is_last and comma < 0 else -1
    draft.splice(start, end, "")
    if last_comma >= 0:
        _cut_comma(draft, last_comma, last_comma + 1)
