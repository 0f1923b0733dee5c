"""Nodes of a document from the parser's events: any legal document. scan.py reads the ordinary ones faster."""

from __future__ import annotations

import re
from typing import Final

from kubeadm_cfg.source.grammar import Event, events
from kubeadm_cfg.source.nodes import Alias, Entry, Item, Mapping, Node, PropertyScalar, Scalar, Sequence
from kubeadm_cfg.source.scalars import ScalarError, key_text
from kubeadm_cfg.source.scan import scan

__all__ = ["compose", "root_of"]

_BREAKS: Final = "\r\n\x85\u2028\u2029"
_GAP: Final = re.compile(f"(?:[ \t\ufeff{_BREAKS}]+|#[^{_BREAKS}]*)*")
_BLANK_TAIL: Final = re.compile(r"(?:(?<=\n)[ \t]*\r?\n|(?<=\n)[ \t]+\Z)+\Z")


def root_of(text: str) -> Node | None:
    """The root node of one document's text, whose grammar has been checked; None when the document is empty.

    Raises:
        ScalarError: a key that cannot become JSON text.
    """
    return scan(text) or compose(text)


def compose(text: str) -> Node | None:
    """As `root_of`, from the parser's events alone."""
    return _Composer(text).document()


class _Composer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.events = iter(events(text))
        self.anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        for event in self.events:
            kind = event[0]
            if kind == "doc-end":
                return None
            if kind != "doc-start":
                node = self.node(event)
                if isinstance(node, Scalar) and node.start == node.end:
                    return None
                return node
        return None

    def node(self, event: Event) -> Node:
        kind, start, end, value, style, anchor, tag, body, flow = event
        node: Node
        if kind == "alias":
            return Alias(start, end, value, self.anchors[value])
        if kind == "scalar":
            if style in ("|", ">"):
                end = self.block_end(body, end, value)
            if anchor or tag:
                node = PropertyScalar(start, end, style, value, body, anchor, tag)
            else:
                node = Scalar(start, end, style, value)
            if anchor:
                self.anchors[anchor] = node
            return node
        collection = Mapping(start, 0, flow) if kind == "map-start" else Sequence(start, 0, flow)
        collection.body = body
        collection.anchor = anchor
        collection.tag = tag
        if anchor:
            self.anchors[anchor] = collection
        if isinstance(collection, Mapping):
            self.entries(collection)
        else:
            self.items(collection)
        return collection

    def entries(self, mapping: Mapping) -> None:
        text = self.text
        floor = mapping.body
        for event in self.events:
            if event[0] == "map-end":
                mapping.end = event[2]
                break
            key = self.node(event)
            value = self.node(next(self.events))
            colon = key.end
            if not (isinstance(key, Scalar) and key.style in ("|", ">")):
                colon = self.behind(key.end)
            if colon < len(text) and text[colon] == ":":
                colon += 1
            else:
                colon = key.end
            mapping.entries.append(Entry(self.explicit(floor, key.start), self.key_of(key), colon, value, key))
            floor = max(value.end, colon)
        if mapping.entries:
            mapping.indent = self.column(mapping.entries[0].start)
            if not mapping.flow and mapping.body == mapping.start:
                mapping.start = mapping.body = mapping.entries[0].start
            elif not mapping.flow:
                mapping.body = mapping.entries[0].start

    def items(self, sequence: Sequence) -> None:
        position = sequence.body
        for event in self.events:
            if event[0] == "seq-end":
                sequence.end = event[2]
                break
            value = self.node(event)
            start = value.start
            if not sequence.flow:
                start = self.behind(position)
            elif isinstance(value, Mapping) and value.flow and self.text[value.body : value.body + 1] != "{":
                start = self.explicit(position, value.start)  # a pair without braces
            sequence.items.append(Item(start, value))
            position = max(value.end, start + 1)
        if sequence.items and not sequence.flow:
            first = sequence.items[0].start
            sequence.indent = self.column(first)
            if sequence.body == sequence.start:
                sequence.start = first
            sequence.body = first

    def key_of(self, key: Node) -> str:
        node = key.target if isinstance(key, Alias) else key
        if not isinstance(node, Scalar):
            raise ScalarError("a mapping or list cannot be a key")
        return key_text(node.resolved(self.text))

    def behind(self, position: int) -> int:
        """The offset of the next character that is neither blank, break nor comment."""
        gap = _GAP.match(self.text, position)
        return gap.end() if gap else position

    def explicit(self, floor: int, start: int) -> int:
        """Where the entry begins: at the key, or at the ``?`` behind the entry before, which ends at `floor`."""
        position = self.behind(floor)
        while position < start and self.text[position] in ",{[":
            position = self.behind(position + 1)
        return position if position < start and self.text[position] == "?" else start

    def column(self, position: int) -> int:
        text = self.text
        line = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position))
        return position - line - 1

    def block_end(self, body: int, end: int, value: str) -> int:
        """Where a block scalar's lines end: blank lines behind them count only when they are kept (``|+``)."""
        text = self.text
        header_end = min((at for at in (text.find("\n", body), text.find("\r", body)) if at >= 0), default=len(text))
        if end <= header_end:
            return end
        last = value.rstrip("\n").rpartition("\n")[2]
        has_blank_content = bool(last) and not last.strip(" \t")  # blanks beyond the indent are content
        line = text.rfind("\n", 0, end) + 1
        if line > body and not text[line:end].strip(" \t") and not (has_blank_content and value.endswith(last)):
            end = line  # the mark stands in the indent of the next line, or behind blanks that end the text
        if has_blank_content:
            return end
        if "+" in text[body : body + 3].split("#")[0]:
            return end
        tail = _BLANK_TAIL.search(text, header_end, end)
        return tail.start() if tail else end
