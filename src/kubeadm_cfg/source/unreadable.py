"""What is YAML but cannot become JSON, and where: keys, tags, numbers, merge keys. Read from events."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from kubeadm_cfg.source.grammar import Event, events
from kubeadm_cfg.source.scalars import Scalar, ScalarError, key_text, resolve

__all__ = ["Unreadable", "unreadable"]

_NO_KEY: Final = "a mapping or list cannot be a key"
_NO_MERGE: Final = "map merge requires map or sequence of maps as the value"
_NO_NUMBER: Final = "JSON has no infinity and no NaN"


class Unreadable(NamedTuple):
    """One place, as an offset into the document's text."""

    offset: int
    message: str
    code: str
    remedy: str


def unreadable(text: str) -> list[Unreadable]:
    """Everything that keeps a document whose grammar is right from becoming JSON, in the order of the text."""
    reader = _Reader()
    reader.read(events(text))
    return reader.found


class _Target(NamedTuple):
    """What an event, or the alias it is, stands for."""

    kind: str
    """One of "map", "seq" and "scalar"."""
    value: Scalar = None


class _Open:
    """A collection being read. In a mapping, `at_key` says what comes next, `merging` that it belongs to ``<<``."""

    __slots__ = ("at_key", "is_map", "merging")

    def __init__(self, *, is_map: bool, merging: bool) -> None:
        self.is_map = is_map
        self.at_key = is_map
        self.merging = merging


class _Reader:
    def __init__(self) -> None:
        self.found: list[Unreadable] = []
        self.anchors: dict[str, _Target] = {}

    def read(self, read: Iterable[Event]) -> None:
        open_ = [_Open(is_map=False, merging=False)]  # the document holds its root as a list would
        for event in read:
            kind = event[0]
            if kind == "doc-start" or kind == "doc-end":
                continue
            if kind == "map-end" or kind == "seq-end":
                open_.pop()
            else:
                target = self.target(event)
                self.node(event, target, open_[-1])
                if kind == "map-start" or kind == "seq-start":
                    parent = open_[-1]
                    merging = kind == "seq-start" and parent.is_map and parent.merging
                    open_.append(_Open(is_map=kind == "map-start", merging=merging))
                    continue
            parent = open_[-1]
            if parent.is_map:
                parent.at_key = not parent.at_key
                parent.merging = parent.merging and not parent.at_key

    def node(self, event: Event, target: _Target, parent: _Open) -> None:
        if parent.at_key:
            parent.merging = event[0] == "scalar" and event[3] == "<<" and not event[4] and event[6] is None
            if not parent.merging:
                self.key(event, target)
        elif parent.merging:
            listed = parent.is_map and target.kind == "seq" and event[0] != "alias"
            if target.kind != "map" and not listed:
                self.add(event, _NO_MERGE, "decode.merge", "merge a mapping: `<<: *name`, with `&name` at a mapping")
        elif event[0] == "scalar" and isinstance(target.value, float) and not math.isfinite(target.value):
            self.add(event, _NO_NUMBER, "decode.number", "write a number, or put the text in quotes")

    def target(self, event: Event) -> _Target:
        """What the event stands for; an anchor is remembered."""
        kind, _, _, value, style, anchor, tag = event[:7]
        if kind == "alias":
            return self.anchors[value]
        target = _Target("map" if kind == "map-start" else "seq")
        if kind == "scalar":
            try:
                target = _Target("scalar", resolve(value, style, tag))
            except ScalarError as error:
                self.add(event, str(error), "decode.tag", "remove the tag, or write a value that fits it")
                target = _Target("scalar", value)
        if anchor is not None:
            self.anchors[anchor] = target
        return target

    def key(self, event: Event, target: _Target) -> None:
        if target.kind != "scalar":
            self.add(event, _NO_KEY, "decode.key", "write the key as text")
            return
        try:
            key_text(target.value)
        except ScalarError as error:
            self.add(event, str(error), "decode.key", "put the key in quotes")

    def add(self, event: Event, message: str, code: str, remedy: str) -> None:
        self.found.append(Unreadable(event[7], message, code, remedy))
