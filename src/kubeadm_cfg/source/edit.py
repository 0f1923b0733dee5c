"""The operations on a document's text by path: set, unset, append, insert, remove. Each moves as few bytes as it can, or none."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from kubeadm_cfg.errors import EditError
from kubeadm_cfg.source import block, flow
from kubeadm_cfg.source.align import align
from kubeadm_cfg.source.draft import Draft, properties_end
from kubeadm_cfg.source.nodes import (
    Alias,
    Entry,
    Item,
    Mapping,
    Node,
    Plain,
    Scalar,
    Sequence,
    is_merge,
    merged_mappings,
    plain,
    walk,
)
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.render import flow_text, key_source, old_block_lines, ordered, replaced_string, scalar_lines
from kubeadm_cfg.source.scalars import scalar_text
from kubeadm_cfg.source.shape import Shape

__all__ = ["Refused", "append", "find", "insert", "remove", "same", "set_value", "unset"]


class Refused(EditError):
    """A refused edit and where in the document's text the reason stands."""

    def __init__(self, message: str, offset: int = 0, remedy: str | None = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.remedy = remedy


class Place(NamedTuple):
    """A node on the way of a path and what holds it."""

    node: Node
    owner: block.Owner
    parent: Mapping | Sequence | None
    shape: Shape | None


def same(one: Plain, other: Plain) -> bool:
    """Whether two pieces of plain data are equal: 1 is not true, 1 is 1.0."""
    if isinstance(one, dict):
        if not isinstance(other, dict) or len(one) != len(other):
            return False
        return all(key in other and same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def find(root: Node | None, steps: Steps) -> Node | None:
    """The node at a path, through aliases and merge keys; None when it is not there."""
    node = root
    for step in steps:
        while isinstance(node, Alias):
            node = node.target
        if isinstance(node, Mapping) and isinstance(step, str):
            node = _supplied(node, step)
        elif isinstance(node, Sequence) and isinstance(step, int) and -len(node.items) <= step < len(node.items):
            node = node.items[step].value
        else:
            return None
    return node


def _supplied(mapping: Mapping, key: str) -> Node | None:
    entry = mapping.entry(key)
    if entry is not None and not is_merge(entry):
        return entry.value
    for other in mapping.entries:
        if is_merge(other):
            for merged in reversed(merged_mappings(other.value)):
                found = _supplied(merged, key)
                if found is not None:
                    return found
    return None


# -- the operations ----------------------------------------------------------------------------------------------------
def set_value(draft: Draft, steps: Steps, value: Plain, *, inline: bool = False) -> None:
    """Make the value at a path equal to `value`; parents that are missing are created.

    Raises:
        EditError: the path runs through a scalar, past a list's end, or into what an alias, merge key or anchor shares.
    """
    if not steps:
        _set_root(draft, value)
        return
    _Editor(draft, inline).set(steps, value)


def unset(draft: Draft, steps: Steps, *, inline: bool = False) -> None:
    """Remove the key at a path; nothing happens when it is not there.

    Raises:
        EditError: the path names an item, or what an alias, merge key or anchor shares.
    """
    if not steps or not isinstance(steps[-1], str):
        raise Refused("unset takes a key; a list item is taken out with remove")
    _Editor(draft, inline).take(steps)


def append(draft: Draft, steps: Steps, value: Plain, *, inline: bool = False) -> None:
    """Add an item at the end of the list at a path; a list that is missing is created."""
    _Editor(draft, inline).append(steps, value)


def insert(draft: Draft, steps: Steps, value: Plain, *, inline: bool = False) -> None:
    """Add an item before the one the path names; the index may be the list's length."""
    if not steps or not isinstance(steps[-1], int):
        raise Refused("insert takes a path that ends with an index")
    _Editor(draft, inline).insert(steps[:-1], steps[-1], value)


def remove(draft: Draft, steps: Steps, *, inline: bool = False) -> None:
    """Take out the list item at a path."""
    if not steps or not isinstance(steps[-1], int):
        raise Refused("remove takes a list item; a key is taken out with unset")
    _Editor(draft, inline).take(steps)


def _set_root(draft: Draft, value: Plain) -> None:
    if not isinstance(value, dict) or not isinstance(draft.root, Mapping):
        raise Refused("a document is a mapping and stays one")
    _Editor(draft, False).set((), value)


class _Editor:
    def __init__(self, draft: Draft, inline: bool) -> None:
        self.draft = draft
        self.inline = inline

    # -- walking -------------------------------------------------------------------------------------------------------
    def walk(self, steps: Steps) -> tuple[Place, int]:
        """The deepest place of the path that exists, and how many steps lead there."""
        root = self.draft.root
        if root is None:
            raise Refused("the document is empty: there is nothing to edit")
        place = Place(root, None, None, self.draft.shape)
        for count, step in enumerate(steps):
            if self.enter(place, steps[:count]):
                return self.walk(steps)
            following = self.follow(place, step, steps[: count + 1])
            if following is None:
                return place, count
            place = following
        return place, len(steps)

    def enter(self, place: Place, steps: Steps) -> bool:
        """Refuse what may not be edited inside `place`; true when it has been made editable and all nodes are new."""
        node = place.node
        if isinstance(node, Alias):
            if not self.inline:
                raise self.shared(f"{self.name(steps)} is an alias (*{node.name})", node.start, node.target.start)
            self.expand(place, node)
            return True
        if isinstance(node, Mapping) and (twice := node.twice()) is not None:
            raise Refused(f"the key {twice.key} is there twice", twice.start, "remove one of the two first")
        self.refuse_shared(node, steps)
        return False

    def refuse_shared(self, node: Node, steps: Steps) -> None:
        if node.anchor and node.start in self.draft.shared:
            alias = next(n for n in walk(self.draft.root) if isinstance(n, Alias) and n.target.start == node.start)  # type: ignore[arg-type]
            raise self.shared(f"{self.name(steps)} is shared (&{node.anchor})", node.start, alias.start)

    def follow(self, place: Place, step: str | int, steps: Steps) -> Place | None:
        """The place one step further, None when it does not exist."""
        node, shape = place.node, place.shape
        if isinstance(node, Mapping):
            if not isinstance(step, str):
                raise Refused(f"{self.name(steps[:-1])} is a mapping, and [{step}] names a list item", node.start)
            entry = node.entry(step)
            if entry is None or is_merge(entry):
                return None
            return Place(entry.value, entry, node, self.child(shape, step))
        if isinstance(node, Sequence):
            if not isinstance(step, int):
                raise Refused(f"{self.name(steps[:-1])} is a list, and {step!r} names a key", node.start)
            if not 0 <= step < len(node.items):
                raise Refused(f"{self.name(steps[:-1])} has {len(node.items)} items, there is no [{step}]", node.start)
            return Place(node.items[step].value, node.items[step], node, shape.item() if shape else None)
        if isinstance(node, Scalar) and node.resolved(self.draft.text) is None:
            return None
        raise Refused(f"{self.name(steps[:-1])} is a scalar, the path goes on below it", node.start)

    @staticmethod
    def child(shape: Shape | None, key: str) -> Shape | None:
        return shape.child(key) if shape else None

    @staticmethod
    def name(steps: Steps) -> str:
        return render(steps) or "the document"

    def shared(self, message: str, offset: int, other: int) -> Refused:
        line = self.draft.text.count("\n", 0, other) - self.draft.text.count("\n", 0, offset)
        where = f"{abs(line)} lines {'further down' if line > 0 else 'further up'}" if line else "on the same line"
        return Refused(
            f"{message}: an edit here would change what stands {where} as well",
            offset,
            "edit there, or pass inline=True to put a copy in the place of the alias",
        )

    # -- aliases and merge keys ----------------------------------------------------------------------------------------
    def expand(self, place: Place, alias: Alias) -> None:
        """Replace an alias by a copy of what it points at."""
        value = plain(alias.target, self.draft.text)
        owner = place.owner
        assert owner is not None
        self.draft.splice(alias.start, alias.end, "null")
        owner.value = Scalar(alias.start, alias.start + 4, "")
        self.write(owner, place.parent, value, place.shape)

    def merged(self, mapping: Mapping, key: str) -> Entry | None:
        """The merge key that supplies `key`."""
        for entry in mapping.entries:
            if is_merge(entry) and any(_supplied(found, key) is not None for found in merged_mappings(entry.value)):
                return entry
        return None

    def spread(self, steps: Steps, mapping: Mapping, merge: Entry) -> None:
        """Replace a merge key by copies of the entries it supplies."""
        data: dict[str, Plain] = {}
        for merged in merged_mappings(merge.value):
            data.update(plain(merged, self.draft.text))  # type: ignore[arg-type]
        own = {entry.key for entry in mapping.entries}
        place, _ = self.walk(steps)
        assert isinstance(place.node, Mapping)
        self.cut(place, place.node.entries.index(next(e for e in place.node.entries if is_merge(e))))
        for key, value in data.items():
            if key not in own:
                self.set((*steps, key), value)

    # -- set -----------------------------------------------------------------------------------------------------------
    def set(self, steps: Steps, value: Plain) -> None:
        place, count = self.walk(steps)
        if count < len(steps):
            for step in reversed(steps[count + 1 :]):
                if isinstance(step, int):
                    if step:
                        raise Refused(f"{self.name(steps)}: the list is not there, only [0] can be set")
                    value = [value]
                else:
                    value = {step: value}
            self.create(place, steps[:count], steps[count], value)
            return
        node = place.node
        if isinstance(node, Alias):
            if self.same_as(node.target, value):
                return
            self.enter(place, steps)
            self.set(steps, value)
            return
        if self.same_as(node, value):
            self.refuse_hidden(place)
            return
        self.refuse_hidden(place)
        self.refuse_shared(node, steps)
        if isinstance(node, Mapping) and isinstance(value, dict):
            self.enter(place, steps)
            self.merge_mapping(steps, node, value, place.shape)
        elif isinstance(node, Sequence) and isinstance(value, list):
            self.merge_list(steps, node, value, place.shape)
        elif place.owner is None:
            raise Refused("a document is a mapping and stays one")
        else:
            self.refuse_lost_anchor(node)
            self.write(place.owner, place.parent, value, place.shape)

    def same_as(self, node: Node, value: Plain) -> bool:
        """Whether the node holds this value already; never true for what has a key twice."""
        if isinstance(node, Mapping) != isinstance(value, dict) or isinstance(node, Sequence) != isinstance(value, list):
            return False
        if isinstance(node, Scalar):
            return same(node.resolved(self.draft.text), value)
        if any(isinstance(inner, Mapping) and inner.twice() for inner in walk(node)):
            return False
        return same(plain(node, self.draft.text), value)

    def refuse_hidden(self, place: Place) -> None:
        """A merge key behind the entry wins over it: the entry has no effect."""
        owner, parent = place.owner, place.parent
        if isinstance(parent, Mapping) and isinstance(owner, Entry):
            merge = self.merged(parent, owner.key)
            if merge is not None and merge.start > owner.start:
                raise self.shared(f"the key {owner.key} comes from a merge key", owner.start, merge.start)

    def refuse_lost_anchor(self, node: Node) -> None:
        """Refuse to drop an anchor that something outside of `node` refers to."""
        draft = self.draft
        if not draft.shared or draft.root is None:
            return
        inside = {inner.start for inner in walk(node) if inner.anchor}
        for alias in walk(draft.root):
            if isinstance(alias, Alias) and alias.target.start in inside and not node.start <= alias.start < node.end:
                raise self.shared(f"the anchor &{alias.name} inside is used further down", alias.target.start, alias.start)

    def write(self, owner: Entry | Item, parent: Mapping | Sequence | None, value: Plain, shape: Shape | None) -> None:
        """Write a value of another form, or another scalar, in the place of the owner's value."""
        draft, node = self.draft, owner.value
        assert parent is not None
        column = parent.indent
        if parent.flow:
            self.write_in_flow(owner, parent, value, shape)
        elif isinstance(value, (dict, list)) and value:
            if isinstance(node, (Mapping, Sequence)) and not node.flow:
                block.to_scalar(draft, owner, column, "null", [])
                self.rewrite(owner, parent, value, shape)
            else:
                block.to_block(draft, owner, column, value, shape, parent if isinstance(parent, Mapping) else None)
        elif isinstance(node, (Mapping, Sequence)) and not node.flow:
            first, *lines = self.scalar(value, self.inner_column(owner, parent), last=node.end >= len(draft.text.rstrip()))
            block.to_scalar(draft, owner, column, first, lines)
        elif isinstance(node, Scalar) and isinstance(value, str):
            self.write_string(owner, parent, node, value)
        else:
            text = flow_text(value, shape, draft.layout) if isinstance(value, (dict, list)) else scalar_text(value, flow=False)
            self.write_inline(owner, node, text, string=False)

    def rewrite(self, owner: Entry | Item, parent: Mapping | Sequence, value: Plain, shape: Shape | None) -> None:
        """Write again behind a first step that has made all nodes new."""
        for node in walk(self.draft.root):  # type: ignore[arg-type]  # the document is not empty
            parts: list[Entry] | list[Item] = []
            if isinstance(node, Mapping):
                parts = node.entries
            elif isinstance(node, Sequence):
                parts = node.items
            for part in parts:
                if part.start == owner.start and type(part) is type(owner):
                    self.write(part, node, value, shape)  # type: ignore[arg-type]
                    return

    def inner_column(self, owner: Entry | Item, parent: Mapping | Sequence) -> int:
        """The column of the lines of a block scalar behind the owner's key or dash."""
        if isinstance(parent, Mapping):
            return parent.indent + self.draft.steps_for(parent).map_step
        assert isinstance(owner, Item)
        return parent.indent + 1 + block.dash_gap(self.draft, owner)

    def scalar(self, value: Plain, column: int, *, last: bool) -> list[str]:
        layout = self.draft.layout
        return scalar_lines(value, column, layout._replace(no_final_break=last and self.draft.ends_open))

    def write_in_flow(self, owner: Entry | Item, parent: Mapping | Sequence, value: Plain, shape: Shape | None) -> None:
        draft, node = self.draft, owner.value
        text = None
        if isinstance(value, str) and isinstance(node, Scalar):
            text = replaced_string(value, node.style, flow=True, json=draft.layout.json)
        if text is None:
            text = flow_text(value, shape, draft.layout)
        if isinstance(owner, Entry) and draft.text[owner.colon - 1 : owner.colon] != ":":
            draft.splice(owner.colon, owner.colon, draft.layout.colon + text)
            return
        self.write_inline(owner, node, text, string=isinstance(value, str))

    def write_inline(self, owner: Entry | Item, node: Node, text: str, *, string: bool) -> None:
        """Put `text` where the value stands; an anchor stays, a tag only when it is ``!!str`` and the value a string."""
        draft = self.draft
        start = properties_end(node, draft.text)
        if start > node.start and node.tag is not None and not (string and node.tag in ("!!str", "tag:yaml.org,2002:str")):
            kept = f"&{node.anchor} " if node.anchor else ""
            draft.splice(node.start, node.end, kept + text)
            return
        body = node.body if node.end > node.body else start
        if node.end > body:
            end = node.end
            if isinstance(node, Scalar) and node.style in ("|", ">"):
                header = block.header_end(draft, node)
                rest = draft.text[header : draft.line_end(header)]
                draft.splice(body, end, text + rest + (draft.newline if draft.text[end - 1] in "\n\r" else ""))
                return
            draft.splice(body, end, text)
            return
        if start > node.start:
            at = start
        else:
            at = owner.colon if isinstance(owner, Entry) else owner.start + (1 if draft.text[owner.start : owner.start + 1] == "-" else 0)
        draft.splice(at, at, " " + text)

    def write_string(self, owner: Entry | Item, parent: Mapping | Sequence, node: Scalar, value: str) -> None:
        draft = self.draft
        if node.style in ("|", ">"):
            if self.write_old_block(owner, parent, node, value):
                return
            self.write_inline(owner, node, replaced_string(value, '"', flow=False, json=False) or "", string=True)
            return
        text = None
        if node.style == '"' or (node.style == "'" and "\n" not in value):
            text = replaced_string(value, node.style, flow=False, json=draft.is_json)
        elif "\n" not in value:
            text = scalar_text(value, flow=False, json=draft.is_json)
        if text is not None:
            self.write_inline(owner, node, text, string=True)
            return
        is_last = draft.is_blank(draft.line_end(node.end), len(draft.text))
        first, *lines = self.scalar(value, self.inner_column(owner, parent), last=is_last)
        if not lines:
            self.write_inline(owner, node, first, string=True)
            return
        body = node.body if node.end > node.body else properties_end(node, draft.text)
        end = draft.line_end(node.end)
        rest = draft.text[node.end : end]
        new = draft.newline.join([first + rest, *lines])
        if node.end > node.body:
            draft.splice(body, end, new)
        else:
            at = body if body > node.start else (owner.colon if isinstance(owner, Entry) else owner.start + 1)
            draft.splice(at, end, " " + new)

    def write_old_block(self, owner: Entry | Item, parent: Mapping | Sequence, node: Scalar, value: str) -> bool:
        """Replace the lines of a block scalar; false when no block can hold the new text."""
        draft = self.draft
        found = old_block_lines(value)
        if found is None:
            return False
        chomping, lines = found
        text = draft.text
        header = block.header_end(draft, node)
        header_line_end = draft.line_end(header)
        first_line = draft.next_line(header)
        if chomping == "+" and "+" not in text[node.body : header] and draft.blank_below(node.end) > node.end:
            return False  # the blank lines below would become part of the text
        if chomping != "-" and node.end == len(text) and draft.ends_open:
            return False
        column = self.inner_column(owner, parent)
        for line in text[first_line : node.end].splitlines():
            if line.strip():
                column = len(line) - len(line.lstrip(" "))
                break
        digit = "".join(character for character in text[node.body + 1 : header] if character.isdigit())
        style = ">" if node.style == ">" and len(lines) == 1 else "|"
        if digit and not lines[0].startswith(" "):
            column = max(column, 1)
        body = [" " * column + line if line else "" for line in lines]
        new = draft.newline.join([style + digit + chomping + text[header:header_line_end], *body])
        if text[node.end - 1] in "\n\r":
            new += draft.newline
        draft.splice(node.body, node.end, new)
        return True

    # -- new entries ---------------------------------------------------------------------------------------------------
    def create(self, place: Place, steps: Steps, step: str | int, value: Plain) -> None:
        """Add `step` to what stands at `place`."""
        node = place.node
        if isinstance(node, Mapping):
            assert isinstance(step, str)
            if self.enter(place, steps):
                self.set((*steps, step), value)
                return
            merge = self.merged(node, step)
            if merge is not None:
                if not self.inline:
                    raise self.shared(f"the key {step} comes from a merge key", node.start, merge.start)
                self.spread(steps, node, merge)
                self.set((*steps, step), value)
                return
            self.insert_entry(place, node, step, value)
            return
        if isinstance(step, int) and step:
            raise Refused(f"{self.name(steps)} is null, only [0] can be set")
        self.refuse_shared(node, steps)
        self.refuse_hidden(place)
        if place.owner is None:
            raise Refused("the document is empty: there is nothing to edit")
        whole: Plain = [value] if isinstance(step, int) else {step: value}
        self.write(place.owner, place.parent, whole, place.shape)

    def insert_entry(self, place: Place, mapping: Mapping, key: str, value: Plain) -> None:
        draft = self.draft
        shape = self.child(place.shape, key)
        index = position_of(mapping, key, place.shape, draft.layout.by_name, is_root=place.owner is None)
        if mapping.flow and not (place.owner is not None and self.may_become_block(place) and not mapping.entries):
            layout = draft.layout
            text = key_source(key, layout, flow=True) + self.colon(mapping) + flow_text(value, shape, layout)
            flow.insert(draft, mapping, index, text)
        elif mapping.flow:
            assert place.owner is not None
            self.write(place.owner, place.parent, {key: value}, place.shape)
        else:
            block.insert_entry(draft, mapping, index, key, value, shape)

    def colon(self, mapping: Mapping) -> str:
        return self.draft.layout.colon

    def may_become_block(self, place: Place) -> bool:
        return place.parent is not None and not place.parent.flow

    # -- lists ---------------------------------------------------------------------------------------------------------
    def append(self, steps: Steps, value: Plain) -> None:
        place, count = self.walk(steps)
        node = place.node
        if count < len(steps) or (isinstance(node, Scalar) and node.resolved(self.draft.text) is None):
            self.set(steps, [value])
            return
        if isinstance(node, Alias):
            self.enter(place, steps)
            self.append(steps, value)
            return
        if not isinstance(node, Sequence):
            raise Refused(f"append needs a list, and {self.name(steps)} is {_called(node)}", node.start)
        self.refuse_hidden(place)
        self.insert(steps, len(node.items), value)

    def insert(self, steps: Steps, index: int, value: Plain) -> None:
        place, count = self.walk(steps)
        node = place.node
        if count < len(steps) or (isinstance(node, Scalar) and node.resolved(self.draft.text) is None):
            if index:
                raise Refused(f"{self.name(steps)} is not there, so there is no [{index}]")
            self.set(steps, [value])
            return
        if isinstance(node, Alias):
            self.enter(place, steps)
            self.insert(steps, index, value)
            return
        if not isinstance(node, Sequence):
            raise Refused(f"insert needs a list, and {self.name(steps)} is {_called(node)}", node.start)
        if not 0 <= index <= len(node.items):
            raise Refused(f"{self.name(steps)} has {len(node.items)} items, there is no [{index}]", node.start)
        self.refuse_shared(node, steps)
        shape = place.shape.item() if place.shape else None
        if not node.items and self.may_become_block(place) and place.owner is not None:
            self.write(place.owner, place.parent, [value], place.shape)
        elif node.flow:
            flow.insert(self.draft, node, index, flow_text(value, shape, self.draft.layout))
        else:
            block.insert_item(self.draft, node, index, value, shape)

    # -- taking out ----------------------------------------------------------------------------------------------------
    def take(self, steps: Steps) -> None:
        """Remove an entry (a key that is not there is no error) or an item."""
        place, count = self.walk(steps[:-1])
        step = steps[-1]
        node = place.node
        if count < len(steps) - 1 or (isinstance(node, Scalar) and node.resolved(self.draft.text) is None):
            if isinstance(step, int):
                raise Refused(f"{self.name(steps)} is not there")
            return
        if self.enter(place, steps[:-1]):
            self.take(steps)
            return
        if isinstance(node, Mapping) and isinstance(step, str):
            merge = self.merged(node, step)
            if merge is not None:
                if not self.inline:
                    entry = node.entry(step)
                    why = "comes from a merge key" if entry is None else "would be supplied by a merge key again"
                    raise self.shared(f"the key {step} {why}", entry.start if entry else node.start, merge.start)
                self.spread(steps[:-1], node, merge)
                self.take(steps)
                return
        found = self.follow(place, step, steps)
        if found is None:
            return
        self.refuse_lost_anchor(found.node)
        assert isinstance(node, (Mapping, Sequence)) and found.owner is not None
        self.cut(place, (node.entries if isinstance(node, Mapping) else node.items).index(found.owner))  # type: ignore[arg-type]

    def cut(self, place: Place, index: int) -> None:
        node = place.node
        assert isinstance(node, (Mapping, Sequence))
        if node.flow:
            flow.remove(self.draft, node, index)
        else:
            block.remove_part(self.draft, place.owner, node, index)

    # -- whole values --------------------------------------------------------------------------------------------------
    def merge_mapping(self, steps: Steps, node: Mapping, value: dict[str, Plain], shape: Shape | None) -> None:
        """Make a mapping equal to `value`: what is new or changed first, then what is gone, last first."""
        there = plain(node, self.draft.text)
        assert isinstance(there, dict)
        for key in ordered(value, shape, self.draft.layout):
            self.set((*steps, key), value[key])
        for key in reversed([key for key in there if key not in value]):
            self.take((*steps, key))

    def merge_list(self, steps: Steps, node: Sequence, value: list[Plain], shape: Shape | None) -> None:
        """Make a list equal to `value`; its items pair by what identifies them."""
        there = plain(node, self.draft.text)
        assert isinstance(there, list)
        plan = align(there, value, shape.item() if shape else None, shape.identity if shape else ())
        for old, new in plan.kept:
            self.set((*steps, old), value[new])
        for before, new in reversed(plan.inserted):
            self.insert(steps, before, value[new])
        for old in reversed(plan.removed):
            shift = sum(1 for before, _ in plan.inserted if before <= old)
            self.take((*steps, old + shift))


def _called(node: Node) -> Literal["a mapping", "a list", "a scalar"]:
    return "a mapping" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a scalar"


_META: Final = {"apiVersion": -3, "kind": -2, "metadata": -1}


def position_of(mapping: Mapping, key: str, shape: Shape | None, by_name: bool, *, is_root: bool) -> int:
    """Where a new key goes: where the fewest siblings end up on the wrong side of the kind's order."""
    keys = [entry.key for entry in mapping.entries]
    order = shape.order if shape else None
    if by_name or (shape is not None and order is None):
        if not by_name and (len(keys) < 2 or keys != sorted(keys)):
            return len(keys)
        return _fewest_wrong([*keys], key)
    ranks = dict(order or {})
    if is_root:
        ranks.update(_META)
    if key not in ranks:
        return len(keys)
    return _fewest_wrong([ranks.get(name) for name in keys], ranks[key])


def _fewest_wrong(siblings: list[str | int | None], new: str | int) -> int:
    smaller = [rank is not None and rank < new for rank in siblings]  # type: ignore[operator]  # all of one type
    larger = [rank is not None and rank > new for rank in siblings]  # type: ignore[operator]
    costs = [sum(larger[:index]) + sum(smaller[index:]) for index in range(len(siblings) + 1)]
    least = min(costs)
    best = [index for index, cost in enumerate(costs) if cost == least]
    return next((index for index in best if index and smaller[index - 1]), best[0])
