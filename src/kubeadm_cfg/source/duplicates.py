"""Keys that stand twice in a mapping, as go-yaml counts them: by value and type, those of merge keys included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubeadm_cfg.source.nodes import Alias, Entry, Mapping, Node, Scalar, Sequence, is_merge, merged_mappings, plain
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import find, same

__all__ = ["SameValues", "duplicates"]

_Identity = tuple[str, object]


def duplicates(root: Node, text: str) -> Iterator[tuple[Steps, int, int, int]]:
    """Path, start and end of every key that stands a second time, and where it stood first."""
    if "<<" in text or _may_repeat(root):
        yield from _found(root, text)


def _may_repeat(root: Node) -> bool:
    """Whether some mapping has one key twice; most documents have none, and nothing more is asked of them."""
    pending: list[Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            entries = node.entries
            if len({entry.key for entry in entries}) != len(entries):
                return True
            pending += [entry.value for entry in entries if not isinstance(entry.value, Scalar)]
        elif isinstance(node, Sequence):
            pending += [item.value for item in node.items if not isinstance(item.value, Scalar)]
    return False


def _found(root: Node, text: str) -> Iterator[tuple[Steps, int, int, int]]:
    pending: list[tuple[Steps, Node]] = [((), root)]
    while pending:
        steps, node = pending.pop()
        if isinstance(node, Mapping):
            yield from _in_mapping(steps, node, text)
            pending += [((*steps, entry.key), entry.value) for entry in reversed(node.entries)]
        elif isinstance(node, Sequence):
            items = list(enumerate(node.items))
            pending += [((*steps, index), item.value) for index, item in reversed(items)]


def _in_mapping(steps: Steps, mapping: Mapping, text: str) -> Iterator[tuple[Steps, int, int, int]]:
    keys = {entry.key for entry in mapping.entries}
    if len(keys) == len(mapping.entries) and not any(is_merge(entry) for entry in mapping.entries):
        return
    seen: dict[_Identity, int] = {}
    for entry in mapping.entries:
        start, end = entry.node.start, entry.node.end
        for identity, key in _keys_of(entry, text):
            if identity in seen:
                yield (*steps, key), start, end, seen[identity]
            else:
                seen[identity] = start


def _keys_of(entry: Entry, text: str) -> Iterator[tuple[_Identity, str]]:
    """The key of an entry; those it brings in when it is a merge key."""
    if not is_merge(entry):
        yield _identity(entry, text), entry.key
        return
    for merged in merged_mappings(entry.value):
        own: dict[_Identity, str] = {}
        for inner in merged.entries:
            own.update(_keys_of(inner, text))
        yield from own.items()


def _identity(entry: Entry, text: str) -> _Identity:
    node = entry.node.target if isinstance(entry.node, Alias) else entry.node
    value = node.resolved(text) if isinstance(node, Scalar) else entry.key
    return type(value).__name__, value


_FEW: Final = 10


class SameValues:
    """Whether the entries of a key that stands more than once, but not often, have one value.

    Each mapping is gone through once.
    """

    def __init__(self, root: Node, text: str) -> None:
        self.root = root
        self.text = text
        self.known: dict[Steps, dict[str, bool]] = {}

    def at(self, steps: Steps) -> bool:
        parent = steps[:-1]
        if parent not in self.known:
            self.known[parent] = self.of_mapping(find(self.root, parent))
        return self.known[parent].get(str(steps[-1]), False)

    def of_mapping(self, mapping: Node | None) -> dict[str, bool]:
        entries: dict[str, list[Entry]] = {}
        for entry in mapping.entries if isinstance(mapping, Mapping) else ():
            entries.setdefault(entry.key, []).append(entry)
        return {key: self.have_one_value(found) for key, found in entries.items() if 1 < len(found) <= _FEW}

    def have_one_value(self, entries: list[Entry]) -> bool:
        first = plain(entries[0].value, self.text)
        return all(same(plain(entry.value, self.text), first) for entry in entries[1:])
