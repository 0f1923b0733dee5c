"""Edits of a document's text by path: set, unset, append, insert, remove; each moves as few bytes as it can."""

from __future__ import annotations

from kubeadm_cfg.source import block, flow
from kubeadm_cfg.source.align import align
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.nodes import Alias, Entry, Mapping, Plain, Scalar, Sequence, is_merge, merged_mappings, plain
from kubeadm_cfg.source.ordering import position_of
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import Place, Refused, called
from kubeadm_cfg.source.render import flow_text, key_source, ordered
from kubeadm_cfg.source.shape import Shape
from kubeadm_cfg.source.writing import Writer

__all__ = ["Editor", "append", "insert", "remove", "set_value", "unset"]


# -- the operations ----------------------------------------------------------------------------------------------------
def set_value(draft: Draft, steps: Steps, value: Plain, *, inline: bool = False) -> None:
    """Make the value at a path equal to `value`; parents that are missing are created.

    Raises:
        EditError: the path runs through a scalar, past a list's end, or into what an alias, merge key or anchor shares.
    """
    if not steps:
        _set_root(draft, value)
        return
    Editor(draft, inline).set(steps, value)


def unset(draft: Draft, steps: Steps, *, inline: bool = False) -> None:
    """Remove the key at a path; nothing happens when it is not there.

    Raises:
        EditError: the path names an item, or what an alias, merge key or anchor shares.
    """
    if not steps or not isinstance(steps[-1], str):
        raise Refused("unset takes a key; a list item is taken out with remove")
    Editor(draft, inline).take(steps)


def append(draft: Draft, steps: Steps, value: Plain, *, inline: bool = False) -> None:
    """Add an item at the end of the list at a path; a list that is missing is created."""
    Editor(draft, inline).append(steps, value)


def insert(draft: Draft, steps: Steps, value: Plain, *, inline: bool = False) -> None:
    """Add an item before the one the path names; the index may be the list's length."""
    if not steps or not isinstance(steps[-1], int):
        raise Refused("insert takes a path that ends with an index")
    Editor(draft, inline).insert(steps[:-1], steps[-1], value)


def remove(draft: Draft, steps: Steps, *, inline: bool = False) -> None:
    """Take out the list item at a path."""
    if not steps or not isinstance(steps[-1], int):
        raise Refused("remove takes a list item; a key is taken out with unset")
    Editor(draft, inline).take(steps)


def _set_root(draft: Draft, value: Plain) -> None:
    if not isinstance(value, dict) or not isinstance(draft.root, Mapping):
        raise Refused("a document is a mapping and stays one")
    Editor(draft, False).set((), value)


class Editor(Writer):
    """Follows a path to what may be edited there, and edits it."""

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

    # -- aliases and merge keys ----------------------------------------------------------------------------------------
    def spread(self, steps: Steps, mapping: Mapping, merge: Entry) -> None:
        """Replace a merge key by copies of the entries it supplies."""
        data: dict[str, Plain] = {}
        for merged in merged_mappings(merge.value):
            data.update(plain(merged, self.draft.text))  # type: ignore[arg-type]  # of a mapping it is a dict
        own = {entry.key for entry in mapping.entries}
        place, _ = self.walk(steps)
        assert isinstance(place.node, Mapping)
        self.cut(place, place.node.entries.index(next(e for e in place.node.entries if is_merge(e))))
        for key, value in data.items():
            if key not in own:
                self.set((*steps, key), value)

    # -- set -----------------------------------------------------------------------------------------------------------
    def set(self, steps: Steps, value: Plain) -> None:
        if self.is_supplied(steps, value):
            return
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
            if node.flow and not self.draft.text.startswith("{", node.body):
                pair = self.draft.text[node.body : node.end]
                self.draft.splice(node.body, node.end, f"{{{pair}}}")  # `[a: 1]` is a mapping of one entry, no more
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
            text = key_source(key, layout, flow=True) + layout.colon + flow_text(value, shape, layout)
            flow.insert(draft, mapping, index, text)
        elif mapping.flow:
            assert place.owner is not None
            self.write(place.owner, place.parent, {key: value}, place.shape)
        else:
            block.insert_entry(draft, mapping, index, key, value, shape)

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
            raise Refused(f"append needs a list, and {self.name(steps)} is {called(node)}", node.start)
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
            raise Refused(f"insert needs a list, and {self.name(steps)} is {called(node)}", node.start)
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
        assert isinstance(node, (Mapping, Sequence))
        assert found.owner is not None
        parts = node.entries if isinstance(node, Mapping) else node.items
        self.cut(place, parts.index(found.owner))  # type: ignore[arg-type]  # the owner is of their kind

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
        plan = align(there, value, shape.identity if shape else ())
        for old, new in plan.kept:
            self.set((*steps, old), value[new])
        for before, new in reversed(plan.inserted):
            self.insert(steps, before, value[new])
        for old in reversed(plan.removed):
            shift = sum(1 for before, _ in plan.inserted if before <= old)
            self.take((*steps, old + shift))
