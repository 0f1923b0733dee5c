"""Where a path leads in a document, and why what stands there may not be edited. Nothing is changed here."""

from __future__ import annotations

from typing import Literal, NamedTuple

from kubeadm_cfg.errors import EditError
from kubeadm_cfg.source.draft import Draft
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
from kubeadm_cfg.source.shape import Shape

__all__ = ["Guide", "Place", "Refused", "called", "find", "same"]


class Refused(EditError):
    """A refused edit and where in the document's text the reason stands."""

    def __init__(self, message: str, offset: int = 0, remedy: str | None = None, other: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.remedy = remedy
        self.other = other
        """Where the text stands that the edit would change as well."""


class Place(NamedTuple):
    """A node on the way of a path and what holds it."""

    node: Node
    owner: Entry | Item | None
    parent: Mapping | Sequence | None
    shape: Shape | None


def same(one: Plain, other: Plain) -> bool:
    """Whether two pieces of plain data are equal: 1 is not true, 1 is 1.0, and NaN is NaN."""
    if isinstance(one, dict):
        if not isinstance(other, dict) or len(one) != len(other):
            return False
        return all(key in other and same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and (one == other or (one != one and other != other))


def find(root: Node | None, steps: Steps) -> Node | None:
    """The node at a path, through aliases and merge keys; None when it is not there."""
    node = root
    for step in steps:
        while isinstance(node, Alias):
            node = node.target
        if isinstance(node, Mapping) and isinstance(step, str):
            node = supplied(node, step)
        elif isinstance(node, Sequence) and isinstance(step, int) and -len(node.items) <= step < len(node.items):
            node = node.items[step].value
        else:
            return None
    return node


def supplied(mapping: Mapping, key: str) -> Node | None:
    entry = mapping.entry(key)
    if entry is not None and not is_merge(entry):
        return entry.value
    for other in mapping.entries:
        if is_merge(other):
            for merged in reversed(merged_mappings(other.value)):
                found = supplied(merged, key)
                if found is not None:
                    return found
    return None


class Guide:
    """Follows paths through a document's nodes and refuses what may not be edited."""

    def __init__(self, draft: Draft, inline: bool) -> None:
        self.draft = draft
        self.inline = inline

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
        """A refusal because the text at `offset` and that at `other` are one value."""
        return Refused(message, offset, "pass inline=True to put a copy in the place of the alias", other)

    def refuse_shared(self, node: Node, steps: Steps) -> None:
        if node.anchor and node.start in self.draft.shared:
            nodes = walk(self.draft.root)  # type: ignore[arg-type]  # what holds a node is not empty
            alias = next(n for n in nodes if isinstance(n, Alias) and n.target.start == node.start)
            raise self.shared(f"{self.name(steps)} is shared (&{node.anchor})", node.start, alias.start)

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
                raise self.shared(
                    f"the anchor &{alias.name} inside is used further down", alias.target.start, alias.start
                )

    def merged(self, mapping: Mapping, key: str) -> Entry | None:
        """The merge key that supplies `key`."""
        for entry in mapping.entries:
            if is_merge(entry) and any(supplied(found, key) is not None for found in merged_mappings(entry.value)):
                return entry
        return None

    def is_supplied(self, steps: Steps, value: Plain) -> bool:
        """Whether an alias or merge key on the path supplies this very value already."""
        if not self.draft.shared:
            return False
        node, is_shared = self.draft.root, False
        for step in steps:
            if isinstance(node, Alias):
                node, is_shared = node.target, True
            if isinstance(node, Mapping):
                if node.twice() or not isinstance(step, str):
                    return False
                entry = node.entry(step)
                is_shared |= entry is None or is_merge(entry)
            node = find(node, (step,))
        return is_shared and node is not None and not isinstance(node, Alias) and self.same_as(node, value)

    def same_as(self, node: Node, value: Plain) -> bool:
        """Whether the node holds this value already; never true for what has a key twice."""
        if isinstance(node, Mapping) != isinstance(value, dict) or isinstance(node, Sequence) != isinstance(
            value, list
        ):
            return False
        if isinstance(node, Scalar):
            return same(node.resolved(self.draft.text), value)
        if any(isinstance(inner, Mapping) and inner.twice() for inner in walk(node)):
            return False
        return same(plain(node, self.draft.text), value)


def called(node: Node) -> Literal["a mapping", "a list", "a scalar"]:
    return "a mapping" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a scalar"
