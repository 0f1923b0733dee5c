"""Nodes of a document from its lines, for the block style that configuration files are written in.

The grammar has been checked before (grammar.py), so what stands here only tells apart what is legal. Whatever goes
beyond one key, dash or simple scalar on a line (anchors, tags, aliases, scalars over several lines, explicit keys,
tabs) makes `scan` give up; compose.py then builds the same nodes from the parser's events, several times slower.
"""

from __future__ import annotations

import re
from typing import Final

from kubeadm_cfg.source.glance import may_hold_odd_breaks
from kubeadm_cfg.source.nodes import KEYS, Entry, Item, Mapping, Node, Scalar, Sequence, plain_key
from kubeadm_cfg.source.scalars import ScalarError, unquote

__all__ = ["is_plain_text", "scan", "scan_lines"]

_QUOTED: Final = r'"(?:[^"\\\r\n]|\\[^\r\n])*"|' + r"'(?:[^'\r\n]|'')*'"
# A plain scalar: not begun by an indicator, ended by a blank and a hash or by the line.
_PLAIN: Final = r"(?:[^\s\"'#&*!|>%@`?,\[\]{}:-]|[-:][^\s])(?:[^\s#]|(?<=[^\s])\#|[ ]++(?=[^\s#]))*+"
_KEY: Final = r"[A-Za-z0-9_./$~][^\s:#\"'{}\[\],&*!|>%@`?]*"
_LINE: Final = re.compile(
    rf"""(?:[ ]*(?:\#[^\r\n]*)?\r?\n)*          # blank lines and comments
         ([ ]*)                                  # 1 indent
         ((?:-[ ]+)*)                            # 2 dashes with something behind them
         (?:({_KEY}|{_QUOTED})[ ]*:(?=[ \r\n]|\Z))?    # 3 key
         [ ]*
         # 4 quoted, 5 dash alone, 6 block, 7 flow, 8 plain
         (?:({_QUOTED})|(-(?=[ \r\n]|\Z))|([|>][-+]?)|([\[{{])|({_PLAIN}))?
         (?:[ ]+\#[^\r\n]*|[ ]*)(?:\r?\n|\Z)?
    """,
    re.VERBOSE,
)
# The ordinary line: a plain key, a plain value or none, perhaps a comment.
_ORDINARY: Final = re.compile(
    r"(?:[ ]*+(?:#[^\n]*+)?\n)*+([ ]*+)(-[ ]++)?(?:([A-Za-z][A-Za-z0-9_./-]*+):(?=[ \n])[ ]*+)?"
    r"(\"[^\"\\\n]*+\"|-?[A-Za-z0-9_./$~+](?:[^\s#:]++|:(?=[^\s])|[ ](?![ #\n]))*+)?[ ]*+(?:(?<=[ ])#[^\n]*+)?\n"
)
_REST: Final = re.compile(r"(?:[ ]+#[^\r\n]*|[ ]*)(?:\r?\n|\Z)")
_FLOW_TOKEN: Final = re.compile(
    rf"[ ]*(?:([\[\]{{}},])|({_QUOTED})"
    r"|([A-Za-z0-9_./$~+-][^\s:#\"'{}\[\],?]*(?:[ ]+[A-Za-z0-9_./$~+][^\s:#\"'{}\[\],?]*)*))"
)
_FLOW_COLON: Final = re.compile(r"[ ]*:(?=[ ,\]}])[ ]*|[ ]*:(?=[\"'\[{])")
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")


def is_plain_text(text: str) -> bool:
    """Whether the text has neither tabs nor other line breaks than LF."""
    return "\t" not in text and "\r" not in text and not may_hold_odd_breaks(text)


class _Unusual(Exception):
    """The line is legal, but not of the kind read here."""


def scan(text: str) -> Node | None:
    """The root node of a document whose grammar is known to be right; None when compose.py has to build it."""
    if "\t" in text or may_hold_odd_breaks(text) or ("\r" in text and _LONE_RETURN.search(text)):
        return None
    try:
        return scan_lines(text, 0, len(text))
    except ScalarError:
        return None


def scan_lines(text: str, position: int, length: int) -> Node | None:
    """The node that the lines between two offsets hold; None when compose.py has to build it.

    Raises:
        ScalarError: a key that cannot become JSON text.
    """
    try:
        return _scan(text, position, length)
    except _Unusual:
        return None


def _scan(text: str, position: int, length: int) -> Node | None:
    root: Mapping | Sequence | None = None
    keys = KEYS
    stack: list[Mapping | Sequence] = []
    top: Mapping | Sequence | None = None
    indent = -1  # of top
    pending: Entry | Item | None = None  # has no value on its own line
    match, ordinary = _LINE.match, _ORDINARY.match
    while position < length:
        found = ordinary(text, position, length)
        if found is not None:
            whole, before, dash, name, value = found.regs
            start, stop = before
            column = stop - start
            if dash[0] >= 0:
                if pending is not None and (column > indent or (column == indent and type(top) is Mapping)):
                    fresh: Mapping | Sequence = Sequence(stop, column, False)
                    pending.value = fresh
                elif root is None:
                    root = fresh = Sequence(stop, column, False)
                else:
                    while indent > column or (indent == column and type(top) is Mapping):
                        stack.pop()
                        if not stack:
                            return None
                        top = stack[-1]
                        indent = top.indent
                    if indent != column or type(top) is not Sequence:
                        return None
                    fresh = top
                if fresh is not top:
                    stack.append(fresh)
                    top = fresh
                    indent = column
                if name[0] < 0:
                    if value[0] < 0:
                        return None
                    style = '"' if text[value[0]] == '"' else ""
                    top.items.append(Item(stop, Scalar(value[0], value[1], style)))  # type: ignore[union-attr]  # of the right kind here
                    pending = None
                    position = whole[1]
                    continue
                column = name[0] - start
                fresh = Mapping(name[0], column, False)
                top.items.append(Item(stop, fresh))  # type: ignore[union-attr]  # of the right kind here
                stack.append(fresh)
                top = fresh
                indent = column
            elif name[0] < 0:
                if root is not None and value[0] < 0:
                    position = whole[1]
                    continue
                return None
            elif column == indent:
                if type(top) is not Mapping:  # the end of an indentless list
                    stack.pop()
                    if not stack:
                        return None
                    top = stack[-1]
                    indent = top.indent
                    if indent != column or type(top) is not Mapping:
                        return None
            elif column > indent:
                if pending is None and root is not None:
                    return None
                fresh = Mapping(name[0], column, False)
                if pending is not None:
                    pending.value = fresh
                else:
                    root = fresh
                top = fresh
                stack.append(fresh)
                indent = column
            else:
                while indent > column or (indent == column and type(top) is Sequence):
                    stack.pop()
                    if not stack:
                        return None
                    top = stack[-1]
                    indent = top.indent
                if indent != column:
                    return None
            start, stop = name
            raw = text[start:stop]
            key = keys.get(raw) or plain_key(raw)
            stop += 1
            if value[0] >= 0:
                start_of_value = value[0]
                style = '"' if text[start_of_value] == '"' else ""
                top.entries.append(Entry(start, key, stop, Scalar(start_of_value, value[1], style)))  # type: ignore[union-attr]  # of the right kind here
                pending = None
            else:
                pending = Entry(start, key, stop, Scalar(stop, stop, ""))
                top.entries.append(pending)  # type: ignore[union-attr]  # of the right kind here
            position = whole[1]
            continue
        if length - position < 64 and text[position:length].isspace():
            break
        found = match(text, position, length)
        if found is None:
            return None
        spans = found.regs
        position = spans[0][1]
        column = spans[1][1] - spans[1][0]
        key_start, key_end = spans[3]
        if position < length and text[position - 1] != "\n" and spans[7][0] < 0:
            return None
        has_dashes = spans[2][1] > spans[2][0]
        if key_start < 0 and not has_dashes and spans[5][0] < 0:
            if spans[0][1] == length and spans[4][0] < 0 and spans[6][0] < 0 and spans[7][0] < 0 and spans[8][0] < 0:
                break  # nothing but blank lines and comments up to the end
            return None
        # -- which collection the line belongs to
        if has_dashes or (key_start < 0 and spans[5][0] >= 0):
            if pending is not None and (column > indent or (column == indent and type(top) is Mapping)):
                top = Sequence(spans[1][1], column, False)
                pending.value = top
                stack.append(top)
                indent = column
            else:
                while stack and (indent > column or (indent == column and type(top) is Mapping)):
                    stack.pop()
                    top = stack[-1] if stack else None
                    indent = top.indent if top is not None else -1
                if top is None:
                    if root is not None:
                        return None
                    root = top = Sequence(spans[1][1], column, False)
                    stack.append(top)
                    indent = column
                elif indent != column or type(top) is not Sequence:
                    return None
            pending = None
            # -- the dashes of the line
            start = spans[1][1]
            stop = spans[2][1] if has_dashes else start
            line = start - column
            while start < stop:
                item = Item(start, Scalar(start + 1, start + 1, ""))
                top.items.append(item)
                start += 1
                while text.startswith(" ", start):
                    start += 1
                if start < stop or (key_start < 0 and spans[5][0] >= 0):
                    top = Sequence(start, start - line, False)
                    item.value = top
                    stack.append(top)
                    indent = start - line
                else:
                    pending = item
            if key_start < 0 and spans[5][0] >= 0:
                start = spans[5][0]
                item = Item(start, Scalar(start + 1, start + 1, ""))
                top.items.append(item)
                pending = item
                continue
            if key_start >= 0:
                top = Mapping(key_start, key_start - line, False)
                pending.value = top  # type: ignore[union-attr]  # the last dash left one
                stack.append(top)
                indent = key_start - line
                pending = None
        elif pending is not None and column > indent:
            top = Mapping(key_start, column, False)
            pending.value = top
            stack.append(top)
            indent = column
            pending = None
        else:
            pending = None
            while stack and (indent > column or (indent == column and type(top) is Sequence)):
                stack.pop()
                top = stack[-1] if stack else None
                indent = top.indent if top is not None else -1
            if top is None:
                if root is not None:
                    return None
                root = top = Mapping(key_start, column, False)
                stack.append(top)
                indent = column
            elif indent != column:
                return None
        # -- the entry or item itself
        if key_start >= 0:
            raw = text[key_start:key_end]
            first = raw[0]
            if first == '"' or first == "'":
                key = unquote(raw)
                node = Scalar(key_start, key_end, first, key)
            else:
                key = plain_key(raw)
                node = Scalar(key_start, key_end, "", raw)
            colon = text.index(":", key_end) + 1
            owner: Entry | Item = Entry(key_start, key, colon, _NONE, node)
            top.entries.append(owner)  # type: ignore[union-attr, arg-type]  # top is a mapping here
            if spans[8][0] >= 0:
                owner.value = Scalar(spans[8][0], spans[8][1], "")
                continue
        else:
            assert pending is not None
            owner, pending = pending, None
            colon = owner.start + 1
            if spans[8][0] >= 0:
                raw = text[spans[8][0] : spans[8][1]]
                if ": " in raw or raw[-1] == ":":
                    return None  # a key with blanks or colons in it
                owner.value = Scalar(spans[8][0], spans[8][1], "")
                continue
        if spans[4][0] >= 0:
            start, stop = spans[4]
            owner.value = Scalar(start, stop, text[start])
        elif spans[7][0] >= 0:
            owner.value, stop = _flow(text, spans[7][0], 0)
            rest = _REST.match(text, stop)
            if rest is None:
                return None
            position = rest.end()
        elif spans[6][0] >= 0:
            owner.value, position = _block(text, length, spans[6], position, indent)
        elif spans[5][0] >= 0:
            return None  # "key: -"
        else:
            owner.value = Scalar(colon, colon, "")
            pending = owner
    return root


_NONE: Final = Scalar(0, 0, "")


def _block(text: str, length: int, header: tuple[int, int], position: int, parent: int) -> tuple[Scalar, int]:
    """A block scalar whose header stands at `header` and whose lines begin at `position`."""
    start, header_end = header
    style = text[start]
    keep = header_end - start == 2 and text[start + 1]
    indent = -1
    lines: list[str] = []
    end = position  # behind the last line with content
    after = position
    while position < length:
        stop = text.find("\n", position, length)
        stop = length if stop < 0 else stop + 1
        line = text[position:stop]
        content = line.lstrip(" ")
        blank = content in ("\n", "\r\n", "")
        width = len(line) - len(content)
        if not content and width <= max(indent, 0):
            break  # blanks that end the text
        if not blank:
            if indent < 0:
                if width <= parent:
                    break
                indent = width
                if any(len(earlier) > indent for earlier in lines):
                    raise _Unusual
                lines = [""] * len(lines)
            elif width < indent:
                break
            if content.startswith("\t"):
                raise _Unusual
        elif indent >= 0 and width > indent:
            raise _Unusual  # blanks beyond the indent are content
        ended = line.rstrip("\r\n")
        lines.append(ended if indent < 0 else ended[indent:])
        position = stop
        if not blank:
            end = position
        after = position
    if style == ">" or (indent < 0 and lines):
        raise _Unusual
    while lines and not lines[-1].strip(" ") and keep != "+":
        lines.pop()
    if keep == "+":
        end = after
    value = "\n".join(lines)
    if lines and keep != "-" and (end > 0 and text[end - 1] == "\n"):
        value += "\n"
    return Scalar(start, end, style, value), after


def _flow(text: str, position: int, depth: int) -> tuple[Node, int]:
    """The flow collection that begins at `position`, on one line, and the offset behind it."""
    if depth > 32:
        raise _Unusual
    opening = text[position]
    closing = "}" if opening == "{" else "]"
    node: Mapping | Sequence = Mapping(position, 0, True) if opening == "{" else Sequence(position, 0, True)
    position += 1
    expect_item = True
    while True:
        token = _FLOW_TOKEN.match(text, position)
        if token is None:
            raise _Unusual
        spans = token.regs
        start, stop = spans[1]
        if start >= 0:
            character = text[start]
            if character == closing:
                node.end = stop
                return node, stop
            if character == ",":
                if expect_item:
                    raise _Unusual
                expect_item = True
                position = stop
                continue
            if character in "]}" or not expect_item or isinstance(node, Mapping):
                raise _Unusual
            value, position = _flow(text, start, depth + 1)
            node.items.append(Item(start, value))
            expect_item = False
            continue
        if not expect_item:
            raise _Unusual
        expect_item = False
        quoted = spans[2][0] >= 0
        start, stop = spans[2] if quoted else spans[3]
        scalar = Scalar(start, stop, text[start] if quoted else "")
        if isinstance(node, Sequence):
            if not quoted and text[start] == "-":
                raise _Unusual
            node.items.append(Item(start, scalar))
            position = stop
            if _FLOW_COLON.match(text, position) or text.startswith(":", position):
                raise _Unusual
            continue
        colon = _FLOW_COLON.match(text, stop)
        if colon is None or (not quoted and text[start] == "-"):
            raise _Unusual
        behind = text.index(":", stop) + 1
        if behind == colon.end() and not quoted:
            raise _Unusual  # "a:[": the colon needs a blank unless the key is quoted
        key = unquote(text[start:stop]) if quoted else plain_key(text[start:stop])
        entry = Entry(start, key, behind, _NONE, scalar)
        node.entries.append(entry)
        position = colon.end()
        character = text[position : position + 1]
        if character in "[{" and character:
            entry.value, position = _flow(text, position, depth + 1)
        elif character in ",}" and character:
            entry.value = Scalar(behind, behind, "")
        else:
            token = _FLOW_TOKEN.match(text, position)
            if token is None or token.regs[1][0] >= 0:
                raise _Unusual
            quoted = token.regs[2][0] >= 0
            start, stop = token.regs[2] if quoted else token.regs[3]
            if text.startswith(":", stop) or (not quoted and text[start] == "-"):
                raise _Unusual
            entry.value = Scalar(start, stop, text[start] if quoted else "")
            position = stop
