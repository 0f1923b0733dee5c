"""Tokens into events: a port of go-yaml v2's parser (parserc.go), for one document of a text. No value is looked at.

What stands behind the document (`...` or text that the document does not reach) is not looked at: go-yaml drops it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kubeadm_cfg.source.problems import refuse
from kubeadm_cfg.source.tokens import Scanner, Token

__all__ = ["LONG_TAG", "Event", "parse"]

Event = tuple[str, int, int, str, str, str | None, str | None, int, bool]
"""(kind, start, end, value, style, anchor, tag, body, flow).

`kind` is one of "scalar", "alias", "map-start", "map-end", "seq-start", "seq-end", "doc-start", "doc-end". `start` is
where the node's properties (anchor, tag) begin, `body` where what stands behind them does; an absent value is empty and
stands right behind the indicator that announces it, else behind the node before it. A block collection ends where its
last node does, a flow collection behind its bracket; the start of a collection is an empty range at its first node or
covers its bracket. `value` is a scalar's text or an alias's name, `style` is "" for plain, `flow` is true for a
collection in brackets; a tag is "!!x" for YAML's own, else what its handle resolves to.
"""

LONG_TAG: Final = "tag:yaml.org,2002:"
_ENDS_MAPPING_SIDE: Final = frozenset({"key", "value", "block-end"})
_ENDS_ITEM: Final = frozenset({"block-entry", "block-end"})
_ENDS_INDENTLESS_ITEM: Final = frozenset({"block-entry", "key", "value", "block-end"})
_NO_CONTENT: Final = frozenset({"version", "tag-directive", "doc-start", "doc-end", "stream-end"})
_ENDS_FLOW_KEY: Final = frozenset({"value", "flow-entry", "flow-map-end"})
_ENDS_FLOW_VALUE: Final = frozenset({"flow-entry", "flow-map-end"})
_ENDS_PAIR_KEY: Final = frozenset({"value", "flow-entry", "flow-seq-end"})
_ENDS_PAIR_VALUE: Final = frozenset({"flow-entry", "flow-seq-end"})


def parse(text: str, *, depth: int, lenient: bool = False) -> Iterator[Event]:
    """The events of the first document in `text`; none when there is no document.

    Raises:
        GrammarError: where go-yaml gives up, or `depth` is exceeded.
    """
    return _Parser(text, depth, lenient).events()


class _Parser:
    """The states of go-yaml's parser as methods: each gives one event and says which state is next."""

    def __init__(self, text: str, depth: int, lenient: bool) -> None:
        self.scanner = Scanner(text, lenient=lenient)
        self.lenient = lenient
        self.limit = depth
        self.states: list[Callable[[], Event]] = []
        self.state: Callable[[], Event] | None = None
        self.opened: list[int] = []  # where the collections that are open began
        self.last = 0  # where the last node or indicator ended
        self.handles: dict[str, str] = {}

    def events(self) -> Iterator[Event]:
        event = self._document_start()
        if event is None:
            return
        yield event
        while self.state is not None:
            yield self.state()

    def _take(self) -> Token:
        """The next token, consumed."""
        token = self.scanner.peek()
        self.scanner.skip()
        self.last = token[2]
        return token

    # -- documents -----------------------------------------------------------------------------------------------------
    def _document_start(self) -> Event | None:
        token = self.scanner.peek()
        if token[0] == "stream-end":
            return None
        start = token[1]
        self.states.append(self._document_end)
        if token[0] not in ("version", "tag-directive", "doc-start"):
            self.handles = {"!": "!", "!!": LONG_TAG}
            self.state = self._block_node
            return ("doc-start", start, start, "", "", None, None, start, False)
        self._directives()
        token = self.scanner.peek()
        if token[0] != "doc-start":
            refuse(start, "did not find expected <document start>")
        self._take()
        self.state = self._document_content
        return ("doc-start", start, token[2], "", "", None, None, token[1], False)

    def _directives(self) -> None:
        version = False
        while (token := self.scanner.peek())[0] in ("version", "tag-directive"):
            if token[0] == "version":
                if version:
                    refuse(token[1], "found duplicate %YAML directive")
                if token[3] != "1.1" and not (self.lenient and token[3].startswith("1.")):
                    refuse(token[1], "found incompatible YAML document")
                version = True
            elif token[3] in self.handles:
                refuse(token[1], "found duplicate %TAG directive")
            else:
                self.handles[token[3]] = token[4]
            self._take()
        self.handles = {"!": "!", "!!": LONG_TAG, **self.handles}

    def _document_content(self) -> Event:
        token = self.scanner.peek()
        if token[0] in _NO_CONTENT:
            self.state = self.states.pop()
            return self._absent(self.last)
        return self._node(block=True)

    def _document_end(self) -> Event:
        token = self.scanner.peek()
        self.state = None
        start = token[1]
        return ("doc-end", start, token[2] if token[0] == "doc-end" else start, "", "", None, None, start, False)

    # -- nodes ---------------------------------------------------------------------------------------------------------
    def _block_node(self) -> Event:
        return self._node(block=True)

    def _absent(self, at: int) -> Event:
        return ("scalar", at, at, "", "", None, None, at, False)

    def _node(self, *, block: bool = False, indentless: bool = False) -> Event:
        scanner = self.scanner
        token = scanner.peek()
        kind = token[0]
        if kind == "alias":
            self._take()
            self.state = self.states.pop()
            return ("alias", token[1], token[2], token[3], "", None, None, token[1], False)
        start = token[1]
        anchor = tag = None
        while (kind == "anchor" and anchor is None) or (kind == "tag" and tag is None):
            if kind == "anchor":
                anchor = token[3]
            else:
                tag = self._resolved(token)
            self._take()
            token = scanner.peek()
            kind = token[0]
        body = token[1]
        if kind == "scalar":
            self._take()
            self.state = self.states.pop()
            return ("scalar", start, token[2], token[3], token[4], anchor, tag, body, False)
        if indentless and kind == "block-entry":
            self._open(body)
            self.state = self._indentless_entry
            return ("seq-start", start, body, "", "", anchor, tag, body, False)
        if kind == "flow-seq-start" or kind == "flow-map-start":
            self._open(body)
            self._take()
            sequence = kind == "flow-seq-start"
            self.state = self._flow_sequence_first if sequence else self._flow_mapping_first
            return ("seq-start" if sequence else "map-start", start, token[2], "", "", anchor, tag, body, True)
        if block and (kind == "block-seq-start" or kind == "block-map-start"):
            self._open(body)
            scanner.skip()
            sequence = kind == "block-seq-start"
            self.state = self._block_entry if sequence else self._block_key
            return ("seq-start" if sequence else "map-start", start, body, "", "", anchor, tag, body, False)
        if anchor is None and tag is None:
            refuse(body, "did not find expected node content")
        self.state = self.states.pop()
        return ("scalar", start, self.last, "", "", anchor, tag, self.last, False)

    def _resolved(self, token: Token) -> str:
        handle, suffix = token[3], token[4]
        prefix = self.handles.get(handle, "") if handle else ""
        if handle and (handle not in self.handles or not prefix + suffix):
            refuse(token[1], "found undefined tag handle")
        tag = prefix + suffix
        return "!!" + tag[len(LONG_TAG) :] if tag.startswith(LONG_TAG) else tag

    def _open(self, at: int) -> None:
        if len(self.opened) >= self.limit:
            refuse(
                at,
                f"mappings and lists are nested more than {self.limit} deep",
                remedy="flatten the document, or raise kubeadm_cfg.source.grammar.LIMITS",
                code="yaml.limit.depth",
            )
        self.opened.append(at)

    def _close(self, kind: str, end: int, *, flow: bool = False) -> Event:
        self.opened.pop()
        self.state = self.states.pop()
        return (kind, end - 1 if flow else end, end, "", "", None, None, end - 1 if flow else end, flow)

    # -- block collections ---------------------------------------------------------------------------------------------
    def _block_entry(self) -> Event:
        end = self.last
        token = self.scanner.peek()
        if token[0] == "block-entry":
            self._take()
            if self.scanner.peek()[0] in _ENDS_ITEM:
                self.state = self._block_entry
                return self._absent(self.last)
            self.states.append(self._block_entry)
            return self._node(block=True)
        if token[0] != "block-end":
            refuse(token[1], "did not find expected '-' indicator", context=self.opened[-1])
        self.scanner.skip()
        return self._close("seq-end", end)

    def _indentless_entry(self) -> Event:
        if self.scanner.peek()[0] != "block-entry":
            return self._close("seq-end", self.last)
        self._take()
        if self.scanner.peek()[0] in _ENDS_INDENTLESS_ITEM:
            self.state = self._indentless_entry
            return self._absent(self.last)
        self.states.append(self._indentless_entry)
        return self._node(block=True)

    def _block_key(self) -> Event:
        token = self.scanner.peek()
        if token[0] == "key":
            self._take()
            if self.scanner.peek()[0] in _ENDS_MAPPING_SIDE:
                self.state = self._block_value
                return self._absent(self.last)
            self.states.append(self._block_value)
            return self._node(block=True, indentless=True)
        if token[0] != "block-end":
            refuse(token[1], "did not find expected key", context=self.opened[-1])
        self.scanner.skip()
        return self._close("map-end", self.last)

    def _block_value(self) -> Event:
        if self.scanner.peek()[0] != "value":
            self.state = self._block_key
            return self._absent(self.last)
        self._take()
        if self.scanner.peek()[0] in _ENDS_MAPPING_SIDE:
            self.state = self._block_key
            return self._absent(self.last)
        self.states.append(self._block_key)
        return self._node(block=True, indentless=True)

    # -- flow collections ----------------------------------------------------------------------------------------------
    def _flow_sequence_first(self) -> Event:
        return self._flow_sequence_entry(first=True)

    def _flow_sequence_entry(self, *, first: bool = False) -> Event:
        token = self.scanner.peek()
        if token[0] != "flow-seq-end":
            if not first:
                if token[0] != "flow-entry":
                    refuse(token[1], "did not find expected ',' or ']'", context=self.opened[-1])
                self._take()
                token = self.scanner.peek()
            if token[0] == "key":
                self._open(token[1])
                self._take()
                self.state = self._pair_key
                return ("map-start", token[1], token[2], "", "", None, None, token[1], True)
            if token[0] != "flow-seq-end":
                self.states.append(self._flow_sequence_entry)
                return self._node()
        self._take()
        return self._close("seq-end", self.last, flow=True)

    def _pair_key(self) -> Event:
        token = self.scanner.peek()
        if token[0] not in _ENDS_PAIR_KEY:
            self.states.append(self._pair_value)
            return self._node()
        # go-yaml skips a token here, whatever it is; only then does it look for the value.
        self._take()
        self.state = self._pair_value
        return self._absent(token[2])

    def _pair_value(self) -> Event:
        if self.scanner.peek()[0] == "value":
            self._take()
            if self.scanner.peek()[0] not in _ENDS_PAIR_VALUE:
                self.states.append(self._pair_end)
                return self._node()
        self.state = self._pair_end
        return self._absent(self.last)

    def _pair_end(self) -> Event:
        self.opened.pop()
        self.state = self._flow_sequence_entry
        return ("map-end", self.last, self.last, "", "", None, None, self.last, True)

    def _flow_mapping_first(self) -> Event:
        return self._flow_mapping_key(first=True)

    def _flow_mapping_key(self, *, first: bool = False) -> Event:
        token = self.scanner.peek()
        if token[0] != "flow-map-end":
            if not first:
                if token[0] != "flow-entry":
                    refuse(token[1], "did not find expected ',' or '}'", context=self.opened[-1])
                self._take()
                token = self.scanner.peek()
            if token[0] == "key":
                self._take()
                if self.scanner.peek()[0] in _ENDS_FLOW_KEY:
                    self.state = self._flow_mapping_value
                    return self._absent(self.last)
                self.states.append(self._flow_mapping_value)
                return self._node()
            if token[0] != "flow-map-end":
                self.states.append(self._flow_mapping_no_value)
                return self._node()
        self._take()
        return self._close("map-end", self.last, flow=True)

    def _flow_mapping_value(self) -> Event:
        if self.scanner.peek()[0] == "value":
            self._take()
            if self.scanner.peek()[0] not in _ENDS_FLOW_VALUE:
                self.states.append(self._flow_mapping_key)
                return self._node()
        return self._flow_mapping_no_value()

    def _flow_mapping_no_value(self) -> Event:
        self.state = self._flow_mapping_key
        return self._absent(self.last)
