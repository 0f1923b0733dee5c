"""Entries of block mappings and items of block lists: put in, taken out, and values that change their form."""

from __future__ import annotations

from kubeadm_cfg.source.draft import Draft, properties_end
from kubeadm_cfg.source.nodes import Alias, Entry, Item, Mapping, Plain, Scalar, Sequence, walk
from kubeadm_cfg.source.render import entry_lines, item_lines, list_lines, mapping_lines
from kubeadm_cfg.source.shape import Shape

__all__ = [
    "Owner",
    "header_end",
    "insert_entry",
    "insert_item",
    "remove_part",
    "strip_open_end",
    "to_block",
    "to_scalar",
]

Owner = Entry | Item | None
"""What holds a collection: an entry, an item, or nothing for the document's root."""


def insert_entry(draft: Draft, mapping: Mapping, index: int, key: str, value: Plain, shape: Shape | None) -> None:
    """Put a new entry in before the one at `index`."""
    column = mapping.indent
    layout = draft.steps_for(mapping)
    if index:
        at = draft.tail(mapping.entries[index - 1].end, column)
        if at == len(draft.text) and draft.ends_open:
            layout = layout._replace(no_final_break=True)
        if draft.would_be_swallowed(at, column):
            layout = layout._replace(no_literals=True)
        _insert_lines(draft, at, entry_lines(key, value, column, shape, layout))
        return
    lines = entry_lines(key, value, column, shape, layout)
    first = mapping.entries[0]
    if draft.stands_alone(first.start):
        _insert_lines(draft, draft.comments_above(draft.line_start(first.start), column), lines)
        return
    text = draft.newline.join(lines)[column:]
    draft.splice(first.start, first.start, text + draft.newline + " " * column)


def insert_item(draft: Draft, sequence: Sequence, index: int, value: Plain, shape: Shape | None) -> None:
    """Put a new item in before the one at `index`."""
    column, items = sequence.indent, sequence.items
    layout = draft.layout
    neighbour = items[index - 1] if index else items[0]
    gap = dash_gap(draft, neighbour)
    if index:
        at = draft.tail(neighbour.end, column)
        if at == len(draft.text) and draft.ends_open:
            layout = layout._replace(no_final_break=True)
        if draft.would_be_swallowed(at, column):
            layout = layout._replace(no_literals=True)
        _insert_lines(draft, at, item_lines(value, column, gap, shape, layout))
        return
    lines = item_lines(value, column, gap, shape, layout)
    if draft.stands_alone(neighbour.start):
        _insert_lines(draft, draft.comments_above(draft.line_start(neighbour.start), column), lines)
        return
    text = draft.newline.join(lines)[column:]
    draft.splice(neighbour.start, neighbour.start, text + draft.newline + " " * column)


def dash_gap(draft: Draft, item: Item) -> int:
    """The blanks between an item's dash and its value; one where the value stands elsewhere."""
    value = item.value
    gap = draft.text[item.start + 1 : value.start]
    return len(gap) if gap and value.end > value.start and not gap.strip(" ") else 1


def _insert_lines(draft: Draft, at: int, lines: list[str]) -> None:
    text = draft.newline.join(lines)
    if at == len(draft.text) and at and draft.ends_open:
        stripped = strip_open_end(draft)
        at += stripped
        draft.splice(at, at, draft.newline + text)
    else:
        draft.splice(at, at, text + draft.newline)


def strip_open_end(draft: Draft) -> int:
    """Before a line break goes behind a block scalar that ends the text without one: keep the break out of its value.

    Returns how many characters longer the text is then.
    """
    node = draft.root
    while isinstance(node, (Mapping, Sequence)) and not node.flow:
        node = node.entries[-1].value if isinstance(node, Mapping) else node.items[-1].value
    if (
        not draft.ends_open
        or not isinstance(node, Scalar)
        or node.style not in ("|", ">")
        or node.end < len(draft.text)
    ):
        return 0
    end = header_end(draft, node)
    header = draft.text[node.body : end]
    if "-" in header:
        return 0
    draft.splice(node.body, end, header.replace("+", "") + "-")
    return 0 if "+" in header else 1


# -- taking out --------------------------------------------------------------------------------------------------------
def remove_part(draft: Draft, owner: Owner, node: Mapping | Sequence, index: int) -> None:
    """Take an entry or item out, with its trailing comment, the comments directly above and the deeper ones below."""
    parts: list[Entry] | list[Item] = node.entries if isinstance(node, Mapping) else node.items
    part = parts[index]
    alone = draft.stands_alone(part.start)
    if len(parts) == 1:
        _remove_last(draft, owner, node, part, alone)
    elif alone:
        start = draft.comments_above(draft.line_start(part.start), node.indent)
        end = draft.tail(part.end, node.indent)
        floor = parts[index - 1].end if index else _owner_offset(owner)
        start, end = _with_blank_lines(draft, start, end, floor, below_owner=index == 0 and owner is not None)
        _cut(draft, start, end, floor)
    else:
        _move_up(draft, node, part, parts[index + 1])


def _owner_offset(owner: Owner) -> int:
    if owner is None:
        return 0
    return owner.colon if isinstance(owner, Entry) else owner.start + 1


def _with_blank_lines(draft: Draft, start: int, end: int, floor: int, *, below_owner: bool) -> tuple[int, int]:
    """The lines to remove, with the blank lines that would otherwise be left over."""
    above = draft.blank_above(start, floor)
    opens = start == 0
    if below_owner and start and draft.line_start(start - 1) <= floor < start:
        opens = True
    if above < start or opens:
        end = draft.blank_below(end)
    if start == floor and (header := _header_of_block_before(draft, start)) is not None and "+" in header:
        end = draft.blank_below(end)  # they would become part of the text above
    if draft.is_blank(end, len(draft.text)):
        start = above
    return start, end


def _cut(draft: Draft, start: int, end: int, floor: int) -> None:
    """Remove whole lines; a file that ended without a line break goes on doing so."""
    text = draft.text
    if end == len(text) and draft.ends_open and start > 0 and not _needs_break(draft, floor, start):
        start -= 1
        if start and text[start - 1 : start + 1] == "\r\n":
            start -= 1
    draft.splice(start, end, "")


def _needs_break(draft: Draft, floor: int, start: int) -> bool:
    """Whether the break before `start` belongs to a block scalar's text that ends there."""
    header = _header_of_block_before(draft, start) if floor == start else None
    return header is not None and "-" not in header


def _header_of_block_before(draft: Draft, position: int) -> str | None:
    """The header of the block scalar that ends at `position`."""
    for node in walk(draft.root) if draft.root is not None else ():
        if isinstance(node, Scalar) and node.end == position and node.style in ("|", ">"):
            return draft.text[node.body : header_end(draft, node)]
    return None


def _move_up(draft: Draft, node: Mapping | Sequence, part: Entry | Item, follower: Entry | Item) -> None:
    """Remove what shares its line with the dash before it."""
    after = draft.blank_below(draft.tail(part.end, node.indent))
    if draft.line_start(follower.start) == after:
        draft.splice(part.start, follower.start, "")
        return
    behind_dash = len(draft.text[: part.start].rstrip(" \t"))
    draft.splice(behind_dash, after, draft.newline)


def _remove_last(draft: Draft, owner: Owner, node: Mapping | Sequence, part: Entry | Item, alone: bool) -> None:
    """Remove the only entry or item: ``{}`` or ``[]`` takes the collection's place."""
    empty = "{}" if isinstance(node, Mapping) else "[]"
    end = draft.tail(part.end, node.indent)
    if not alone or owner is None:
        start = (
            draft.comments_above(part.start, node.indent) if alone and draft.at_line_start(part.start) else part.start
        )
        if draft.text[end - 1 : end] in ("\n", "\r"):
            end -= 2 if draft.text[end - 2 : end] == "\r\n" else 1
        draft.splice(start, end, empty)
        return
    start = draft.comments_above(draft.line_start(part.start), node.indent)
    floor = _owner_offset(owner)
    start, end = _with_blank_lines(draft, start, end, floor, below_owner=False)
    at = properties_end(node, draft.text) if node.start < node.body else floor
    _cut(draft, start, end, floor)
    draft.splice(at, at, " " + empty)


# -- values that change their form -------------------------------------------------------------------------------------
def to_block(
    draft: Draft, owner: Entry | Item, column: int, value: Plain, shape: Shape | None, parent: Mapping | None
) -> None:
    """A scalar, null or empty collection becomes a block; its trailing comment stays on the line of the key or dash."""
    node = owner.value
    at = _owner_offset(owner)
    anchor = f" &{node.anchor}" if node.anchor else ""  # a tag goes: it was the old value's
    end = max(node.end, properties_end(node, draft.text))
    rest_start = end
    if isinstance(node, Scalar) and node.style in ("|", ">"):
        rest_start = header_end(draft, node)
        end = end - 1 if draft.text[end - 1 : end] in ("\n", "\r") else end
        end = end - 1 if draft.text[end - 1 : end] == "\r" and draft.text[end : end + 1] == "\n" else end
        rest = draft.text[rest_start : draft.line_end(rest_start)]
    else:
        rest_start = max(rest_start, at)
        rest = draft.gap_before_comment(rest_start) + draft.text[rest_start : draft.line_end(rest_start)]
        end = draft.line_end(max(end, at))
    layout = draft.steps_for(parent) if parent is not None else draft.layout
    if end == len(draft.text) and draft.ends_open:
        layout = layout._replace(no_final_break=True)
    if draft.would_be_swallowed(draft.next_line(end), column):
        layout = layout._replace(no_literals=True)
    gap = dash_gap(draft, owner) if isinstance(owner, Item) and not node.anchor else 1
    if isinstance(owner, Item):
        first, *lines = item_lines(value, column, gap, shape, layout)
        if node.anchor:
            first, lines = anchor, [" " * (column + 1 + gap) + first[column + 1 + gap :], *lines]
        else:
            first = first[column + 1 :]
    else:
        first = anchor
        if isinstance(value, dict):
            lines = mapping_lines(value, column + layout.map_step, shape, layout)
        else:
            assert isinstance(value, list)
            lines = list_lines(value, column + layout.list_step, 1, shape, layout)
    between = draft.text[at : max(at, node.start)]
    if "#" in between:  # the line of the key or dash has a comment of its own: the old value's comes below
        if isinstance(owner, Item) and not node.anchor:
            first, lines = "", [" " * (column + 1 + gap) + first.lstrip(), *lines]
        if rest.strip():
            lines.insert(0, lines[0][: -len(lines[0].lstrip(" "))] + rest.strip())
        rest = between.splitlines()[0].rstrip()
    draft.splice(at, end, draft.newline.join([first + rest, *lines]))


def to_scalar(draft: Draft, owner: Entry | Item, column: int, first: str, lines: list[str]) -> None:
    """A block collection becomes a scalar; the comment on the line of its key or dash stays, those inside go."""
    node = owner.value
    assert isinstance(node, (Mapping, Sequence))
    end = draft.tail(node.end, column)
    text = draft.text
    part: Entry | Item = node.entries[0] if isinstance(node, Mapping) else node.items[0]
    at = _owner_offset(owner)
    if draft.line_start(part.start) == draft.line_start(_owner_offset(owner)):
        at = part.start
        rest_start = _line_content_end(draft, part)
        first_text = first
    else:
        rest_start = max(at, properties_end(node, text)) if node.start < draft.line_end(at) else at
        first_text = f" &{node.anchor} {first}" if node.anchor else f" {first}"  # a tag goes: it was the collection's
    rest = text[rest_start : draft.line_end(rest_start)]
    new = draft.newline.join([first_text + rest, *lines])
    if text[end - 1 : end] in ("\n", "\r"):
        new += draft.newline
    draft.splice(at, end, new)


def _line_content_end(draft: Draft, part: Entry | Item) -> int:
    """Where the content of the line ends on which `part` begins; what follows there is a comment at most."""
    limit = draft.line_end(part.start)
    end = part.start + 1
    stack: list[Entry | Item] = [part]
    while stack:
        at = stack.pop()
        if at.start > limit:
            continue
        value = at.value
        if isinstance(at, Entry):
            end = max(end, at.colon if at.colon <= limit else at.node.end)
        else:
            end = max(end, at.start + 1)
        if value.start <= limit:
            end = max(end, properties_end(value, draft.text))
        if isinstance(value, Scalar) and value.style in ("|", ">") and value.start <= limit:
            return header_end(draft, value)
        if value.end <= limit:
            end = max(end, value.end)
        elif value.start < limit and (isinstance(value, Scalar) or (not isinstance(value, Alias) and value.flow)):
            return limit
        elif isinstance(value, Mapping):
            stack += value.entries
        elif isinstance(value, Sequence):
            stack += value.items
    return end


def header_end(draft: Draft, node: Scalar) -> int:
    """The offset behind a block scalar's ``|`` or ``>`` and its indicators."""
    at = node.body + 1
    while draft.text[at : at + 1] in ("+", "-") or draft.text[at : at + 1].isdigit():
        at += 1
    return at
