"""Items of a list by their name: ``extraArgs[v]`` means the same in map and in list form. Paths in, paths out."""

from __future__ import annotations

from kubeadm_cfg.source.difference import Change
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.nodes import Mapping, Node, Scalar, Sequence
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import find
from kubeadm_cfg.source.shape import Shape

__all__ = ["indexed", "indexed_change"]


def indexed(draft: Draft, steps: Steps) -> Steps | None:
    """The path with names of list items replaced by index and ``value``; None when an item is missing."""
    return _walked(draft, steps)[0]


def _walked(draft: Draft, steps: Steps) -> tuple[Steps | None, Node | None]:
    """The path in terms of indices and what stands there; no path when an item of a list is missing."""
    node: Node | None = draft.root
    found: list[str | int] = []
    last = len(steps) - 1
    for position, step in enumerate(steps):
        if isinstance(node, Sequence) and isinstance(step, str):
            index = _index_of(node, step, draft.text)
            if index is None:
                return None, None
            found.append(index)
            node = node.items[index].value
            if position == last:
                found.append("value")
                node = find(node, ("value",))
            continue
        found.append(step)
        node = find(node, (step,)) if node is not None else None
    return tuple(found), node


def indexed_change(draft: Draft, change: Change) -> Change | None:
    """The change in terms of indices: one in a list is set, added or removed as an item; None: nothing to do."""
    steps = change.steps
    if len(steps) < 2 or not isinstance(steps[-1], str):
        return change._replace(steps=indexed(draft, steps) or steps)
    parent, node = _walked(draft, steps[:-1])
    if parent is None:
        return change
    name = steps[-1]
    index = _index_of(node, name, draft.text) if isinstance(node, Sequence) else None
    if change.operation == "rename" and isinstance(node, Sequence) and isinstance(change.value, str):
        return change if index is None else Change("set", (*parent, index, "name"), change.value)
    if change.operation == "unset" and isinstance(node, Sequence):
        return None if index is None else Change("remove", (*parent, index))
    if isinstance(node, Mapping) or change.operation != "set" or not _is_named_list(draft, node, parent):
        return change if parent == steps[:-1] else change._replace(steps=(*parent, name))
    if index is not None:
        return Change("set", (*parent, index, "value"), change.value)
    return Change("append", parent, {"name": name, "value": change.value})


def _index_of(node: Sequence, name: str, text: str) -> int | None:
    """The index of the last item of that name: of two equal flags the last one counts."""
    for index in range(len(node.items) - 1, -1, -1):
        item = find(node, (index, "name"))
        if isinstance(item, Scalar) and item.resolved(text) == name:
            return index
    return None


def _is_named_list(draft: Draft, node: Node | None, steps: Steps) -> bool:
    """Whether a list of names with values stands at the path, or would be created there."""
    if isinstance(node, Sequence) and node.items:
        items = range(len(node.items))
        has_names = all(find(node, (index, "name")) is not None for index in items)
        return has_names and any(find(node, (index, "value")) is not None for index in items)
    is_empty = node is None or isinstance(node, Sequence) or _is_null(node, draft)
    shape: Shape | None = draft.shape if is_empty else None
    for step in steps:
        if shape is None:
            return False
        shape = shape.item() if isinstance(step, int) else shape.child(step)
    item = shape.item() if shape is not None and shape.identity == ("name",) else None
    return item is not None and "value" in (item.order or ())


def _is_null(node: Node, draft: Draft) -> bool:
    return isinstance(node, Scalar) and node.resolved(draft.text) is None
