"""One document's text while it is edited: its nodes, its lines, and the one way to change it, a splice."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from kubeadm_cfg.source.compose import root_of
from kubeadm_cfg.source.glance import may_hold_indicator, may_hold_odd_breaks
from kubeadm_cfg.source.nodes import Alias, Entry, Item, Mapping, Node, Scalar, Sequence, walk
from kubeadm_cfg.source.outline import outline
from kubeadm_cfg.source.render import Layout
from kubeadm_cfg.source.shape import Shape

__all__ = ["Draft", "properties_end"]

_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*)(?:[ \t]+[&!][^\s,\[\]{}]*)*")
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BLANKS: Final = " \t\n\r\x85\u2028\u2029\ufeff"
_UNKNOWN: Final[list[int]] = []


def properties_end(node: Node, text: str) -> int:
    """The offset behind the anchor and tag of a node, its start when it has neither."""
    if node.anchor is None and node.tag is None:
        return node.start
    match = _PROPERTIES.match(text, node.start)
    return match.end() if match else node.start


class Draft:
    """The text of one document and what is known about it.

    `newline` is what ends its lines, `shape` what its kind knows about keys. Offsets count from the start of `text`.
    """

    __slots__ = ("_layout", "_root", "_shared", "_starts", "newline", "shape", "text")

    def __init__(self, text: str, newline: str, shape: Shape | None) -> None:
        self.text = text
        self.newline = newline
        self.shape = shape
        self._root: Node | None = None
        self._layout: Layout | None = None
        self._shared: set[int] | None = None
        self._starts: list[int] | None = _UNKNOWN

    @property
    def root(self) -> Node | None:
        """The root node, None for an empty document."""
        if self._root is None:
            self._root = outline(self.text)
            self._shared = set() if self._root is not None else None  # an outlined document has no anchors
            if self._root is None:
                self._root = root_of(self.text)
        return self._root

    def whole_root(self) -> Node | None:
        """As `root`, every value read at once: faster when all of them are looked at."""
        if self._root is None:
            self._root = root_of(self.text)
        return self._root

    def splice(self, start: int, end: int, text: str) -> None:
        """Replace the text between two offsets. Every node is new afterwards."""
        self.text = self.text[:start] + text + self.text[end:]
        self._root = None
        self._layout = None
        self._shared = None
        self._starts = _UNKNOWN

    # -- lines ---------------------------------------------------------------------------------------------------------
    def line_start(self, position: int) -> int:
        starts = self._line_starts()
        if starts is not None:
            return starts[bisect_right(starts, position) - 1]
        return self.text.rfind("\n", 0, position) + 1

    def line_end(self, position: int) -> int:
        """The offset of the break that ends the line, the end of the text on the last one."""
        text = self.text
        starts = self._line_starts()
        if starts is not None:
            index = bisect_right(starts, position)
            if index == len(starts):
                return len(text)
            end = starts[index] - 1
            return end - 1 if end > position and text[end - 1 : end + 1] == "\r\n" else end
        end = text.find("\n", position)
        if end > position and text[end - 1] == "\r":
            end -= 1
        return len(text) if end < 0 else end

    def next_line(self, position: int) -> int:
        """The offset behind the line's break."""
        starts = self._line_starts()
        if starts is not None:
            index = bisect_right(starts, position)
            return starts[index] if index < len(starts) else len(self.text)
        end = self.text.find("\n", position)
        return len(self.text) if end < 0 else end + 1

    def _line_starts(self) -> list[int] | None:
        """Where the lines begin; None for a text whose lines all end in a line feed, which needs no list."""
        if self._starts is _UNKNOWN:
            text = self.text
            odd = may_hold_odd_breaks(text) or ("\r" in text and text.count("\r") != text.count("\r\n"))
            self._starts = [0, *(match.end() for match in _BREAK.finditer(text))] if odd else None
        return self._starts

    @property
    def ends_open(self) -> bool:
        """Whether the text ends without a line break."""
        return not self.text.endswith(("\n", "\r"))

    def at_line_start(self, position: int) -> bool:
        return position == 0 or self.text[position - 1] in "\n\r"

    def is_blank(self, start: int, end: int) -> bool:
        return not self.text[start:end].strip(_BLANKS)

    def stands_alone(self, position: int) -> bool:
        """Whether nothing but blanks stands before `position` on its line."""
        return self.is_blank(self.line_start(position), position)

    def tail(self, end: int, column: int) -> int:
        """The start of the line behind what ends at `end` and the comments below that stand deeper than `column`."""
        text = self.text
        stop = position = end if end and text[end - 1] in "\n\r" else self.next_line(end)
        while position < len(text):
            after = self.next_line(position)
            line = text[position:after]
            content = line.lstrip(" \t")
            if content.startswith("#"):
                if len(line) - len(content) <= column:
                    break
                stop = after
            elif content.strip():
                break
            position = after
        return stop

    def gap_before_comment(self, end: int) -> str:
        """A blank where a comment follows without one, which only quotes and brackets allow."""
        return " " if self.text[end : end + 1] == "#" else ""

    def would_be_swallowed(self, position: int, column: int) -> bool:
        """Whether a literal above `position`, its key or dash in `column`, would take the line there for text."""
        while position < len(self.text):
            after = self.next_line(position)
            line = self.text[position:after].rstrip("\r\n")
            content = line.lstrip(" ")
            if content or len(line) > column:
                return len(line) - len(content) > column and content[:1] in ("", "#", "\t")
            position = after
        return False

    def comments_above(self, start: int, column: int, *, header: bool = False) -> int:
        """The start of the comment block directly above the line at `start`, in the same column.

        A block that opens the document is the file's header and belongs to nothing below it, unless `header` says so.
        """
        text, found = self.text, start
        while found > 0:
            line = self.line_start(found - 1)
            content = text[line:found].lstrip(" \t")
            if not content.startswith("#") or found - line - len(content) != column:
                return found
            found = line
        return found if header else start

    def blank_below(self, position: int) -> int:
        """The offset behind the blank lines that begin at `position`."""
        while position < len(self.text):
            after = self.next_line(position)
            if not self.is_blank(position, after):
                break
            position = after
        return position

    def blank_above(self, position: int, floor: int) -> int:
        """The start of the blank lines directly above `position`, none of them before `floor`."""
        while position > floor:
            line = self.line_start(position - 1)
            if line < floor or not self.is_blank(line, position):
                break
            position = line
        return position

    # -- what the document looks like ----------------------------------------------------------------------------------
    @property
    def is_json(self) -> bool:
        """Whether the document is JSON: in brackets, with quoted keys."""
        root = self.root
        return (
            isinstance(root, Mapping)
            and root.flow
            and bool(root.entries)
            and all(_is_json_key(entry.node) for entry in root.entries)
        )

    @property
    def layout(self) -> Layout:
        """The indents and separators new text takes from the document as a whole."""
        if self._layout is None:
            self._layout = self._measured()
        return self._layout

    def _measured(self) -> Layout:
        root = self.root
        map_step, list_step = 2, 0
        by_name = False
        if isinstance(root, Mapping):
            by_name = _is_sorted(root)
            if self.is_json:
                colon, comma = self._separators(root)
                return Layout(by_name=by_name, json=True, colon=colon, comma=comma)
            map_step, list_step = first_steps(root, map_step, list_step)
        return Layout(map_step, list_step, by_name)

    def _separators(self, root: Mapping) -> tuple[str, str]:
        """What stands behind the colons and commas of a JSON document."""
        first = root.entries[0]
        before, behind = self.text[first.node.end : first.colon - 1], self.text[first.colon : first.value.start]
        colon = f"{before if not before.strip(' ') else ''}:{behind if not behind.strip(' ') else ' '}"
        if len(root.entries) > 1:
            between = self.text[first.end : root.entries[1].start]
            if between.strip(" ") == "," and "\n" not in between:
                return colon, between
            return colon, ", "
        return colon, "," if not behind else ", "

    def steps_for(self, mapping: Mapping) -> Layout:
        """The layout for a new value in `mapping`: as its other values are, else as the document is."""
        layout = self.layout
        map_step = list_step = None
        for entry in mapping.entries:
            value = entry.value
            if isinstance(value, Mapping) and not value.flow and map_step is None:
                map_step = value.indent - mapping.indent
            elif isinstance(value, Sequence) and not value.flow and list_step is None:
                list_step = value.indent - mapping.indent
        if map_step is not None and map_step > 0:
            layout = layout._replace(map_step=map_step)
        if list_step is not None and list_step >= 0:
            layout = layout._replace(list_step=list_step)
        return layout

    # -- anchors -------------------------------------------------------------------------------------------------------
    @property
    def shared(self) -> set[int]:
        """The start offsets of the nodes that an alias points at."""
        if self._shared is None:
            self._shared = set()
            if self.root is not None and may_hold_indicator(self.text, "*"):
                self._shared = {node.target.start for node in walk(self.root) if isinstance(node, Alias)}
        return self._shared


def first_steps(root: Mapping, map_step: int, list_step: int) -> tuple[int, int]:
    """The indents of the first nested block mapping and list of a document, the given ones where there is none."""
    found_map = found_list = False
    stack: list[tuple[Mapping, Entry] | Item] = [(root, entry) for entry in reversed(root.entries)]
    while stack and not (found_map and found_list):
        part = stack.pop()
        if isinstance(part, Item):
            value, column = part.value, None
        else:
            mapping, entry = part
            value, column = entry.value, mapping.indent
        if isinstance(value, Mapping) and not value.flow:
            if column is not None and not found_map and value.indent > column:
                map_step, found_map = value.indent - column, True
            stack += [(value, entry) for entry in reversed(value.entries)]
        elif isinstance(value, Sequence) and not value.flow:
            if column is not None and not found_list and value.indent >= column:
                list_step, found_list = value.indent - column, True
            stack += reversed(value.items)
    return map_step, list_step


def _is_sorted(root: Mapping) -> bool:
    """Whether the keys stand by name, a field before ``kind`` among them: a dump or what `config print` writes."""
    keys = [entry.key for entry in root.entries]
    if "kind" not in keys or keys != sorted(keys):
        return False
    return any(key != "apiVersion" for key in keys[: keys.index("kind")])


def _is_json_key(node: Node) -> bool:
    return isinstance(node, Scalar) and node.style == '"'
