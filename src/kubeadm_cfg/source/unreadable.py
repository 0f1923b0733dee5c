"""What is YAML but cannot become JSON, and where: keys, tags, numbers, merge keys. Read from events."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from kubeadm_cfg.source.grammar import Event, events
from kubeadm_cfg.source.scalars import Scalar, ScalarError, key_text, resolve

__all__ = ["unreadable"]

_NO_KEY: Final = "a mapping or list cannot be a key"
_NO_MERGE: Final = "map merge requires map or sequence of maps as the value"
_NO_NUMBER: Final = "JSON has no infinity and no NaN"


def unreadable(text: str) -> list[tuple[int, str, str, str]]:
    """Offset, message, code and remedy of everything that keeps a document from becoming JSON."""
    reader = _Reader()
    reader.document(event for event in events(text) if event[0] not in ("doc-start", "doc-end"))
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: list[tuple[int, str, str, str]] = []
        self.anchors: dict[str, str | Scalar] = {}
        """What each anchor names: the kind of a collection, or a scalar's value in a tuple of one."""

    def document(self, read: Iterator[Event]) -> None:
        # A stack instead of recursion: each collection with what its next child is, and whether that is merged in.
        open_: list[list[object]] = []
        for event in read:
            kind = event[0]
            if kind in ("map-end", "seq-end"):
                open_.pop()
                self._child_read(open_)
                continue
            parent = open_[-1] if open_ else ["document", "value", False]
            merged = bool(parent[2]) and (parent[0] == "seq" or parent[1] == "value")
            target = self._target(event)
            if parent[0] == "map" and parent[1] == "key":
                parent[2] = kind == "scalar" and event[3] == "<<" and not event[4] and event[6] is None
                if not parent[2]:
                    self._key(event, target)
            elif merged:
                if target != "map" and not (target == "seq" and parent[0] == "map" and kind != "alias"):
                    self._add(
                        event, _NO_MERGE, "decode.merge", "merge a mapping: `<<: *name`, with `&name` at a mapping"
                    )
            elif kind == "scalar":
                self._value(event, target)
            if kind in ("map-start", "seq-start"):
                inner = "map" if kind == "map-start" else "seq"
                open_.append([inner, "key" if inner == "map" else "value", merged and inner == "seq"])
            else:
                self._child_read(open_)

    def _child_read(self, open_: list[list[object]]) -> None:
        if open_ and open_[-1][0] == "map":
            open_[-1][1] = "value" if open_[-1][1] == "key" else "key"

    def _target(self, event: Event) -> object:
        """ "map", "seq", or a scalar's value in a tuple of one; an anchor is remembered on the way."""
        kind, _, _, value, style, anchor, tag = event[:7]
        target: object
        if kind == "alias":
            return self.anchors.get(value)
        if kind == "scalar":
            try:
                target = (resolve(value, style, tag),)
            except ScalarError as error:
                self._add(event, str(error), "decode.tag", "remove the tag, or write a value that fits it")
                target = ("",)
        else:
            target = kind.removesuffix("-start")
        if anchor is not None:
            self.anchors[anchor] = target  # type: ignore[assignment]  # one of the three
        return target

    def _key(self, event: Event, target: object) -> None:
        if not isinstance(target, tuple):
            self._add(event, _NO_KEY, "decode.key", "write the key as text")
            return
        try:
            key_text(target[0])
        except ScalarError as error:
            self._add(event, str(error), "decode.key", "put the key in quotes")

    def _value(self, event: Event, target: object) -> None:
        value = target[0] if isinstance(target, tuple) else None
        if isinstance(value, float) and not math.isfinite(value):
            self._add(event, _NO_NUMBER, "decode.number", "write a number, or put the text in quotes")

    def _add(self, event: Event, message: str, code: str, remedy: str) -> None:
        self.found.append((event[7], message, code, remedy))
