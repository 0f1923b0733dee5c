"""One value written in the place of another: which form it takes, and which splice that is."""

from __future__ import annotations

from typing import Final

from kubeadm_cfg.source import block
from kubeadm_cfg.source.draft import properties_end
from kubeadm_cfg.source.nodes import Alias, Entry, Item, Mapping, Node, Plain, Scalar, Sequence, plain, walk
from kubeadm_cfg.source.place import Guide, Place
from kubeadm_cfg.source.render import flow_text, old_block_lines, replaced_string, scalar_lines
from kubeadm_cfg.source.scalars import scalar_text
from kubeadm_cfg.source.shape import Shape

__all__ = ["Writer"]

_STRING_TAGS: Final = ("!!str", "tag:yaml.org,2002:str")


class Writer(Guide):
    """Writes values where others stood."""

    def expand(self, place: Place, alias: Alias) -> None:
        """Replace an alias by a copy of what it points at."""
        value = plain(alias.target, self.draft.text)
        owner = place.owner
        assert owner is not None
        self.draft.splice(alias.start, alias.end, "null")
        owner.value = Scalar(alias.start, alias.start + 4, "")
        self.write(owner, place.parent, value, place.shape)

    def write(self, owner: Entry | Item, parent: Mapping | Sequence | None, value: Plain, shape: Shape | None) -> None:
        """Write a value of another form, or another scalar, in the place of the owner's value."""
        draft, node = self.draft, owner.value
        assert parent is not None
        column = parent.indent
        if isinstance(owner, Entry) and not parent.flow and owner.colon == owner.node.end:
            self.add_colon(owner, column)
            self.rewrite(owner, value, shape)
            return
        if parent.flow:
            self.write_in_flow(owner, value, shape)
        elif isinstance(value, (dict, list)) and value:
            if isinstance(node, (Mapping, Sequence)) and not node.flow:
                block.to_scalar(draft, owner, column, "null", [])
                self.rewrite(owner, value, shape)
            else:
                block.to_block(draft, owner, column, value, shape, parent if isinstance(parent, Mapping) else None)
        elif isinstance(node, (Mapping, Sequence)) and not node.flow:
            end = draft.tail(node.end, column)
            last, swallows = end == len(draft.text), draft.would_be_swallowed(end, column)
            first, *lines = self.scalar(value, self.inner_column(owner, parent), last=last, swallows=swallows)
            block.to_scalar(draft, owner, column, first, lines)
        elif isinstance(node, Scalar) and isinstance(value, str):
            self.write_string(owner, parent, node, value)
        else:
            text = (
                flow_text(value, shape, draft.layout)
                if isinstance(value, (dict, list))
                else scalar_text(value, flow=False)
            )
            self.write_inline(owner, node, text, string=False)

    def add_colon(self, owner: Entry, column: int) -> None:
        """Give the line ``: `` to an explicit key that has none."""
        draft, end = self.draft, owner.node.end
        if draft.at_line_start(end):
            draft.splice(end, end, " " * column + ":" + draft.newline)
        else:
            end = draft.line_end(end)
            draft.splice(end, end, draft.newline + " " * column + ":")

    def rewrite(self, owner: Entry | Item, value: Plain, shape: Shape | None) -> None:
        """Write again behind a first step that has made all nodes new."""
        for node in walk(self.draft.root):  # type: ignore[arg-type]  # the document is not empty
            parts: list[Entry] | list[Item] = []
            if isinstance(node, Mapping):
                parts = node.entries
            elif isinstance(node, Sequence):
                parts = node.items
            for part in parts:
                if part.start == owner.start and type(part) is type(owner):
                    self.write(part, node, value, shape)  # type: ignore[arg-type]  # what has parts is a collection
                    return

    def inner_column(self, owner: Entry | Item, parent: Mapping | Sequence) -> int:
        """The column of the lines of a block scalar behind the owner's key or dash."""
        if isinstance(parent, Mapping):
            return parent.indent + self.draft.steps_for(parent).map_step
        assert isinstance(owner, Item)
        return parent.indent + 1 + block.dash_gap(self.draft, owner)

    def scalar(self, value: Plain, column: int, *, last: bool, swallows: bool = False) -> list[str]:
        layout = self.draft.layout._replace(no_final_break=last and self.draft.ends_open, no_literals=swallows)
        return scalar_lines(value, column, layout)

    def write_in_flow(self, owner: Entry | Item, value: Plain, shape: Shape | None) -> None:
        draft, node = self.draft, owner.value
        text = None
        if isinstance(value, str) and isinstance(node, Scalar):
            text = replaced_string(value, node.style, json=draft.layout.json)
        if text is None:
            text = flow_text(value, shape, draft.layout)
        if isinstance(owner, Entry) and owner.colon == owner.node.end:  # `{key}`: there is no colon
            gap = " " if draft.text[owner.node.start] in "!&*" else ""  # a colon may be part of a tag or name
            draft.splice(owner.colon, owner.colon, gap + draft.layout.colon + text)
            return
        self.write_inline(owner, node, text, string=isinstance(value, str))

    def write_inline(self, owner: Entry | Item, node: Node, text: str, *, string: bool) -> None:
        """Put `text` where the value stands; an anchor stays, a tag only when it is !!str and the value a string."""
        draft = self.draft
        start = properties_end(node, draft.text)
        if start > node.start and node.tag is not None and not (string and node.tag in _STRING_TAGS):
            kept = f"&{node.anchor} " if node.anchor else ""
            draft.splice(node.start, node.end, kept + text + draft.gap_before_comment(node.end))
            return
        body = node.body if node.end > node.body else start
        if node.end > body:
            end = node.end
            if isinstance(node, Scalar) and node.style in ("|", ">"):
                header = block.header_end(draft, node)
                rest = draft.text[header : draft.line_end(header)]
                draft.splice(body, end, text + rest + (draft.newline if draft.text[end - 1] in "\n\r" else ""))
                return
            draft.splice(body, end, text + draft.gap_before_comment(end))
            return
        if start > node.start:
            at = start
        else:
            at = (
                owner.colon
                if isinstance(owner, Entry)
                else owner.start + (1 if draft.text[owner.start : owner.start + 1] == "-" else 0)
            )
        draft.splice(at, at, " " + text)

    def write_string(self, owner: Entry | Item, parent: Mapping | Sequence, node: Scalar, value: str) -> None:
        draft = self.draft
        if node.style in ("|", ">"):
            if self.write_old_block(owner, parent, node, value):
                return
            self.write_inline(owner, node, replaced_string(value, '"', json=False) or "", string=True)
            return
        text = None
        if node.style == '"' or (node.style == "'" and "\n" not in value):
            text = replaced_string(value, node.style, json=draft.is_json)
        elif "\n" not in value:
            text = scalar_text(value, flow=False, json=draft.is_json)
        if text is not None:
            self.write_inline(owner, node, text, string=True)
            return
        is_last = draft.is_blank(draft.line_end(node.end), len(draft.text))
        swallows = draft.would_be_swallowed(draft.next_line(node.end), parent.indent)
        first, *lines = self.scalar(value, self.inner_column(owner, parent), last=is_last, swallows=swallows)
        if not lines:
            self.write_inline(owner, node, first, string=True)
            return
        body = node.body if node.end > node.body else properties_end(node, draft.text)
        if node.tag not in (None, *_STRING_TAGS):
            body, first = node.start, f"&{node.anchor} {first}" if node.anchor else first
        end = draft.line_end(node.end)
        rest = draft.gap_before_comment(node.end) + draft.text[node.end : end]
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
        if found is None or node.tag not in (None, *_STRING_TAGS):
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
        if digit:
            column = parent.indent + int(digit)
        body = [" " * column + line if line else "" for line in lines]
        new = draft.newline.join([style + digit + chomping + text[header:header_line_end], *body])
        if text[node.end - 1] in "\n\r":
            new += draft.newline
        draft.splice(node.body, node.end, new)
        return True
