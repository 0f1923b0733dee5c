"""The root mapping of a document, the values below its keys still unread: enough for an edit by path in a long file.

The same nodes as scan.py's; a nested value is scanned when it is first looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.source.glance import may_hold_indicator
from kubeadm_cfg.source.nodes import KEYS, Entry, Mapping, Node, Scalar, plain_key
from kubeadm_cfg.source.scalars import ScalarError
from kubeadm_cfg.source.scan import is_plain_text, scan_lines

__all__ = ["outline"]

# Blank lines and comments, then what belongs to the entry before, then a key at the start of a line with its simple
# value, if that is all there is on the line.
_ENTRY: Final = re.compile(
    r"(?:[ ]*+(?:#[^\n]*+)?\n)*+((?:(?:[ #][^\n]*+|-(?:[ ][^\n]*+)?)?\n)*+)([A-Za-z][A-Za-z0-9_./-]*+):(?=[ \n])"
    r"(?:[ ]*+(\"[^\"\\\n]*+\"|-?[A-Za-z0-9_./$~+](?:[^\s#:]++|:(?=[^\s])|[ ](?![ #\n]))*+)"
    r"[ ]*+(?:(?<=[ ])#[^\n]*+)?\n|[^\n]*+\n)"
)
_REST: Final = re.compile(r"(?:[ ]*+(?:#[^\n]*+)?\n)*+((?:(?:[ #][^\n]*+|-(?:[ ][^\n]*+)?)?\n)*+)\Z")
# A text all of whose quotes and brackets certainly end on the line where they begin: what goes on over the next line
# could look like a key there. Comments are passed over; a quote or bracket inside a word is left to the parser.
_CLOSED: Final = re.compile(
    r"""(?:[^"'\[{\#]++|\#[^\n]*+
    |(?<![^ \n\[{,:])(?:"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'[^'\n]*+'
        |\[(?:[^\[\]\n"'\#]++|"[^"\\\n]*+"|'[^'\n]*+')*+\]
        |\{(?:[^{}\n"'\#]++|"[^"\\\n]*+"|'[^'\n]*+')*+\})
    )*+\Z
    """,
    re.VERBOSE,
)


class _Unread(Entry):
    """An entry whose value has not been read: `Entry.value` holds the text and where the entry's lines end."""

    __slots__ = ()

    if not TYPE_CHECKING:  # for type checkers it is the attribute of Entry

        @property
        def value(self) -> Node:
            text, end = _stored(self)
            self.__class__ = Entry  # the slots are the same
            self.value = _read(text, self.start, end)
            return self.value


_SLOT: Final[Any] = vars(Entry)["value"]
_stored, _store = _SLOT.__get__, _SLOT.__set__


def _read(text: str, start: int, end: int) -> Node:
    try:
        found = scan_lines(text, start, end)
    except ScalarError:
        found = None
    if found is None:
        from kubeadm_cfg.source.compose import compose

        found = compose(text)
        assert isinstance(found, Mapping)  # the outline has seen its keys
        return next(entry.value for entry in found.entries if entry.start == start)
    assert isinstance(found, Mapping)
    return found.entries[0].value


def outline(text: str) -> Mapping | None:
    """The root mapping of a document whose grammar is known to be right; None for what only `root_of` reads."""
    if not is_plain_text(text) or not text.endswith("\n") or may_hold_indicator(text, "&*!"):
        return None
    if _CLOSED.match(text) is None:
        return None
    root: Mapping | None = None
    match = _ENTRY.match
    position, length = 0, len(text)
    last: Entry | None = None
    while position < length:
        found = match(text, position)
        if found is None:
            break
        whole, between, name, value = found.regs
        if root is None:
            if between[0] != between[1]:
                return None
            root = Mapping(name[0], 0, False)
        elif type(last) is _Unread:
            _store(last, (text, name[0]))
        elif between[0] != between[1]:
            return None  # a plain scalar that goes on below
        start, stop = name
        raw = text[start:stop]
        try:
            key = KEYS.get(raw) or plain_key(raw)
        except ScalarError:
            return None
        at = value[0]
        if at >= 0:
            style = '"' if text[at] == '"' else ""
            last = Entry(start, key, stop + 1, Scalar(at, value[1], style))
        else:
            last = _Unread.__new__(_Unread)
            last.start = start
            last.key = key
            last.colon = stop + 1
            last._node = None
        root.entries.append(last)
        position = whole[1]
    rest = _REST.match(text, position)
    if rest is None or root is None:
        return None
    if type(last) is _Unread:
        _store(last, (text, length))
    elif rest[1]:
        return None
    return root
