"""YAML text into tokens: a port of go-yaml v2's scanner (scannerc.go), with which sigs.k8s.io/yaml and kubeadm read.

It keeps that scanner's every decision, odd ones included, and nothing of its buffers: regular expressions step over
what it copies character by character. Only tokens are made here; parser.py puts them together.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Final

from kubeadm_cfg.source.block_scalar import BlockScalar
from kubeadm_cfg.source.characters import (
    BLANKS,
    BLANKZ,
    BLANKZ_SET,
    BREAK,
    BREAK_SET,
    BREAKS,
    REST_OF_LINE,
    SPACES,
    over_break,
)
from kubeadm_cfg.source.problems import refuse
from kubeadm_cfg.source.scalars import fold, unquote

__all__ = ["Scanner", "Token"]


Token = tuple[str, int, int, str, str]
"""(kind, start, end, value, style); `style` is a scalar's style, a tag's suffix, or a %TAG directive's prefix."""

_IN_BLOCK: Final = f"(?:[^:{BLANKZ}]|:(?![{BLANKZ}]))"
_IN_FLOW: Final = rf"(?:[^:,?\[\]{{}}{BLANKZ}]|:(?![{BLANKZ}]))"
# One line of a plain scalar: words that no colon with a blank behind it and, but for the first, no hash begins or ends.
_PLAIN_IN_BLOCK: Final = re.compile(rf"{_IN_BLOCK}+(?:[ \t]+(?!#){_IN_BLOCK}+)*")
_PLAIN_IN_FLOW: Final = re.compile(rf"{_IN_FLOW}+(?:[ \t]+(?!#){_IN_FLOW}+)*")
_GAP: Final = re.compile(rf"[ \t]*({BREAK})((?:[ \t]*{BREAK})*)([ \t]*)")
_TAB_IN_INDENT: Final = re.compile(rf"(?<=[{BREAKS}])( *)\t")
_SINGLE: Final = re.compile(r"'(?:[^'\0]|'')*'(?!')")
_DOUBLE: Final = re.compile(r'"(?:[^"\\\0]|\\[^\0])*"', re.DOTALL)
_MARKER_IN_QUOTES: Final = re.compile(rf"[{BREAKS}](?:---|\.\.\.)[{BLANKZ}]")
_NAME: Final = re.compile("[0-9A-Za-z_-]*")
_HANDLE: Final = re.compile("![0-9A-Za-z_-]*!?")
_URI: Final = re.compile(r"(?:[0-9A-Za-z_\-;/?:@&=+$,.!~*'()\[\]]|(%))*")
_VERSION: Final = re.compile("[ \t]*([0-9]{1,2})\\.([0-9]{1,2})(?![0-9])")

_NOT_PLAIN: Final = frozenset(BLANKZ + "-?:,[]{}#&*!|>'\"%@`")
_BEHIND_ANCHOR: Final = frozenset(BLANKZ + "?:,]}%@`")

_URI_ESCAPES: Final = re.compile("(?:%[0-9a-fA-F]{2})+|%")
_TAG_DIRECTIVE: Final = re.compile("[ \t]*(![0-9A-Za-z_-]*!|!)[ \t]+")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = frozenset("0abt\tnvfre \"'\\N_LP" + BREAKS)
_HEX_DIGITS: Final[dict[str, int]] = {"x": 2, "u": 4, "U": 8}
_ALL_HEX: Final = re.compile("[0-9a-fA-F]*")


def _octets(match: re.Match[str]) -> str:
    """The characters that escapes in a tag stand for."""
    if match[0] == "%":
        raise ValueError(match[0])
    return bytes.fromhex(match[0].replace("%", "")).decode("utf-8")


class _SimpleKey:
    """A place where an implicit key may have begun."""

    __slots__ = ("column", "line", "number", "offset", "possible", "required")

    def __init__(self, number: int, offset: int, line: int, column: int) -> None:
        self.possible = False
        self.required = False
        self.number = number
        self.offset = offset
        self.line = line
        self.column = column


class Scanner:
    """The tokens of `text`, one at a time: `peek` shows the next, `skip` goes on.

    `text` may hold no forbidden character. With `lenient`, escapes of JSON that go-yaml does not know are read as well.
    """

    def __init__(self, text: str, *, lenient: bool = False) -> None:
        self.text = text + "\0\0\0\0"
        self.size = len(text)
        self.lenient = lenient
        self.at = 0
        self.line = 0  # the offset at which the current line begins; it stands for the line itself
        self.flow_level = 0
        self.indent = -1
        self.indents: list[int] = []
        self.simple_key_allowed = True
        self.simple_keys = [_SimpleKey(0, 0, 0, 0)]
        self.keys_by_token: dict[int, _SimpleKey] = {}
        self.tokens: deque[Token] = deque()
        self.parsed = 0  # tokens handed out
        self.available = False

    # -- the queue ---------------------------------------------------------------------------------------------------
    def peek(self) -> Token:
        if not self.available:
            self._fetch_more()
        return self.tokens[0]

    def skip(self) -> None:
        self.available = False
        self.parsed += 1
        self.tokens.popleft()

    def _fetch_more(self) -> None:
        while True:
            if self.tokens:
                key = self.keys_by_token.get(self.parsed)
                if key is None or not self._is_valid(key):
                    break
            self._fetch()
        self.available = True

    def _insert(self, number: int, token: Token) -> None:
        position = number - self.parsed
        # A position that has been handed out already is no place to insert at; go-yaml then appends.
        if number < 0 or position < 0:
            self.tokens.append(token)
        else:
            self.tokens.insert(position, token)

    # -- simple keys -------------------------------------------------------------------------------------------------
    def _is_valid(self, key: _SimpleKey) -> bool:
        if not key.possible:
            return False
        if key.line < self.line or key.offset + 1024 < self.at:
            if key.required:
                refuse(key.offset, "could not find expected ':'")
            key.possible = False
            return False
        return True

    def _save_key(self) -> None:
        if self.simple_key_allowed:
            column = self.at - self.line
            key = _SimpleKey(self.parsed + len(self.tokens), self.at, self.line, column)
            key.possible = True
            key.required = self.flow_level == 0 and self.indent == column
            self._remove_key()
            self.simple_keys[-1] = key
            self.keys_by_token[key.number] = key

    def _remove_key(self) -> None:
        key = self.simple_keys[-1]
        if key.possible:
            if key.required:
                refuse(key.offset, "could not find expected ':'")
            key.possible = False
            self.keys_by_token.pop(key.number, None)

    # -- indentation -------------------------------------------------------------------------------------------------
    def _roll(self, column: int, number: int, kind: str, offset: int) -> None:
        if self.flow_level == 0 and self.indent < column:
            self.indents.append(self.indent)
            self.indent = column
            self._insert(number, (kind, offset, offset, "", ""))

    def _unroll(self, column: int) -> None:
        if self.flow_level == 0:
            while self.indent > column:
                self.tokens.append(("block-end", self.at, self.at, "", ""))
                self.indent = self.indents.pop()

    # -- one more token ----------------------------------------------------------------------------------------------
    def _fetch(self) -> None:
        self._to_next_token()
        text, at = self.text, self.at
        column = at - self.line
        self._unroll(column)
        character = text[at]
        if at >= self.size:
            self._end()
            return
        if column == 0:
            if character == "%":
                self._directive()
                return
            if character in "-." and text[at + 3] in BLANKZ_SET and text.startswith(("---", "..."), at):
                self._marker("doc-start" if character == "-" else "doc-end")
                return
        fetch = _FETCH.get(character)
        if fetch is not None and fetch(self):
            return
        if (
            character not in _NOT_PLAIN
            or (character == "-" and text[at + 1] not in " \t")
            or (character in "?:" and self.flow_level == 0 and text[at + 1] not in BLANKZ_SET)
        ):
            self._plain()
            return
        refuse(at, "found character that cannot start any token")

    def _to_next_token(self) -> None:
        text = self.text
        while True:
            blanks = BLANKS if self.flow_level or not self.simple_key_allowed else SPACES
            at = blanks.match(text, self.at).end()  # type: ignore[union-attr]  # it matches everywhere
            if text[at] == "#":
                at = REST_OF_LINE.match(text, at).end()  # type: ignore[union-attr]  # it matches everywhere
            self.at = at
            if text[at] not in BREAK_SET:
                return
            self._over_break()
            if self.flow_level == 0:
                self.simple_key_allowed = True

    def _over_break(self) -> None:
        self.at = self.line = over_break(self.text, self.at)

    def _reset(self) -> None:
        """Before what ends all that is open: a directive, a document marker, the end of the text."""
        self._unroll(-1)
        self._remove_key()
        self.simple_key_allowed = False

    def _end(self) -> None:
        self.line = self.at  # a new line, so that no key of the last one is waited for
        self._reset()
        self.tokens.append(("stream-end", self.at, self.at, "", ""))

    def _marker(self, kind: str) -> None:
        self._reset()
        self.tokens.append((kind, self.at, self.at + 3, "", ""))
        self.at += 3

    # -- indicators --------------------------------------------------------------------------------------------------
    def _single(self, kind: str) -> bool:
        self.tokens.append((kind, self.at, self.at + 1, "", ""))
        self.at += 1
        return True

    def _flow_start(self) -> bool:
        self._save_key()
        column = self.at - self.line
        self.simple_keys.append(_SimpleKey(self.parsed + len(self.tokens), self.at, self.line, column))
        self.flow_level += 1
        self.simple_key_allowed = True
        return self._single("flow-seq-start" if self.text[self.at] == "[" else "flow-map-start")

    def _flow_end(self) -> bool:
        self._remove_key()
        if self.flow_level:
            self.flow_level -= 1
            # The key of the bracket itself goes with it when nothing inside could be one: go-yaml has no key `[]: x`.
            self.keys_by_token.pop(self.simple_keys.pop().number, None)
        self.simple_key_allowed = False
        return self._single("flow-seq-end" if self.text[self.at] == "]" else "flow-map-end")

    def _flow_entry(self) -> bool:
        self._remove_key()
        self.simple_key_allowed = True
        return self._single("flow-entry")

    def _block_entry(self) -> bool:
        if self.text[self.at + 1] not in BLANKZ_SET:
            return False
        if self.flow_level == 0:
            if not self.simple_key_allowed:
                refuse(self.at, "block sequence entries are not allowed in this context")
            self._roll(self.at - self.line, -1, "block-seq-start", self.at)
        self._remove_key()
        self.simple_key_allowed = True
        return self._single("block-entry")

    def _key(self) -> bool:
        if self.flow_level == 0:
            if self.text[self.at + 1] not in BLANKZ_SET:
                return False
            if not self.simple_key_allowed:
                refuse(self.at, "mapping keys are not allowed in this context")
            self._roll(self.at - self.line, -1, "block-map-start", self.at)
        self._remove_key()
        self.simple_key_allowed = self.flow_level == 0
        return self._single("key")

    def _value(self) -> bool:
        if self.flow_level == 0 and self.text[self.at + 1] not in BLANKZ_SET:
            return False
        key = self.simple_keys[-1]
        if self._is_valid(key):
            self._insert(key.number, ("key", key.offset, key.offset, "", ""))
            self._roll(key.column, key.number, "block-map-start", key.offset)
            key.possible = False
            self.keys_by_token.pop(key.number, None)
            self.simple_key_allowed = False
        else:
            if self.flow_level == 0:
                if not self.simple_key_allowed:
                    refuse(self.at, "mapping values are not allowed in this context")
                self._roll(self.at - self.line, -1, "block-map-start", self.at)
            self.simple_key_allowed = self.flow_level == 0
        return self._single("value")

    # -- properties and directives -----------------------------------------------------------------------------------
    def _anchor(self) -> bool:
        self._save_key()
        self.simple_key_allowed = False
        start = self.at
        name = _NAME.match(self.text, start + 1)[0]  # type: ignore[index]  # it matches everywhere
        end = start + 1 + len(name)
        if not name or self.text[end] not in _BEHIND_ANCHOR:
            refuse(end, "did not find expected alphabetic or numeric character", context=start)
        self.tokens.append(("anchor" if self.text[start] == "&" else "alias", start, end, name, ""))
        self.at = end
        return True

    def _tag(self) -> bool:
        self._save_key()
        self.simple_key_allowed = False
        start = self.at
        if self.text[start + 1] == "<":
            handle = ""
            suffix, end = self._uri(start + 2, start)
            if self.text[end] != ">":
                refuse(end, "did not find the expected '>'", context=start)
            end += 1
        else:
            handle = _HANDLE.match(self.text, start)[0]  # type: ignore[index]  # the text has a `!` here
            if len(handle) > 1 and handle[-1] == "!":
                suffix, end = self._uri(start + len(handle), start)
            else:
                rest, end = self._uri(start + len(handle), start, required=False)
                handle, suffix = ("!", handle[1:] + rest) if handle[1:] + rest else ("", "!")
        if self.text[end] not in BLANKZ_SET:
            refuse(end, "did not find expected whitespace or line break", context=start)
        self.tokens.append(("tag", start, end, handle, suffix))
        self.at = end
        return True

    def _uri(self, start: int, context: int, *, required: bool = True) -> tuple[str, int]:
        raw = _URI.match(self.text, start)[0]  # type: ignore[index]  # it matches everywhere
        if required and not raw:
            refuse(start, "did not find expected tag URI", context=context)
        end = start + len(raw)
        if "%" not in raw:
            return raw, end
        try:
            return _URI_ESCAPES.sub(_octets, raw), end
        except ValueError:
            refuse(start, "did not find URI escaped octet", context=context)

    def _directive(self) -> None:
        self._reset()
        start = self.at
        name = _NAME.match(self.text, start + 1)[0]  # type: ignore[index]  # it matches everywhere
        end = start + 1 + len(name)
        if name == "YAML":
            version = _VERSION.match(self.text, end)
            if not version:
                refuse(end, "did not find expected version number", context=start)
            end = version.end()
            token = ("version", start, end, f"{int(version[1])}.{int(version[2])}", "")
        elif name == "TAG":
            handle = _TAG_DIRECTIVE.match(self.text, end)
            if not handle:
                refuse(end, "did not find expected whitespace", context=start)
            prefix, end = self._uri(handle.end(), start)
            token = ("tag-directive", start, end, handle[1], prefix)
        else:
            refuse(start, "found unknown directive name" if name else "could not find expected directive name")
        end = BLANKS.match(self.text, end).end()  # type: ignore[union-attr]  # it matches everywhere
        if self.text[end] == "#" and self.text[end - 1] in " \t":
            end = REST_OF_LINE.match(self.text, end).end()  # type: ignore[union-attr]  # it matches everywhere
        if self.text[end] not in BREAK_SET and end < self.size:
            refuse(end, "did not find expected comment or line break", context=start)
        self.tokens.append(token)
        self.at = end
        if end < self.size:
            self._over_break()

    # -- scalars -----------------------------------------------------------------------------------------------------
    def _plain(self) -> None:
        self._save_key()
        self.simple_key_allowed = False
        text, start = self.text, self.at
        line_of_words = _PLAIN_IN_FLOW if self.flow_level else _PLAIN_IN_BLOCK
        words = line_of_words.match(text, start)
        assert words  # what cannot begin a word has been told apart before
        value, end = words[0], words.end()
        while True:
            gap = _GAP.match(text, end)
            if gap is None:
                self.at = BLANKS.match(text, end).end()  # type: ignore[union-attr]  # it matches everywhere
                break
            self.at = gap.end()
            self.line = gap.start(3)
            column = self.at - self.line
            self._refuse_tabs(gap, start)
            self.simple_key_allowed = True
            if self.flow_level == 0 and column <= self.indent:
                break
            if column == 0 and text.startswith(("---", "..."), self.at) and text[self.at + 3] in BLANKZ_SET:
                break
            words = None if text[self.at] == "#" else line_of_words.match(text, self.at)
            if words is None:
                break
            self.simple_key_allowed = False
            value += fold(gap[1], gap[2]) + words[0]
            end = words.end()
        self.tokens.append(("scalar", start, end, value, ""))

    def _refuse_tabs(self, gap: re.Match[str], start: int) -> None:
        """Tabs behind a break may not stand where the indentation of the text would."""
        if "\t" in gap[0]:
            for tab in _TAB_IN_INDENT.finditer(self.text, gap.start(), gap.end()):
                if len(tab[1]) <= self.indent:
                    refuse(tab.end() - 1, "found a tab character that violates indentation", context=start)

    def _quoted(self) -> bool:
        self._save_key()
        self.simple_key_allowed = False
        text, start = self.text, self.at
        quote = text[start]
        match = (_SINGLE if quote == "'" else _DOUBLE).match(text, start)
        end = match.end() if match else len(text)
        marker = _MARKER_IN_QUOTES.search(text, start, end)
        if marker:
            refuse(marker.start() + 1, "found unexpected document indicator", context=start)
        if match is None:
            refuse(start, "found unexpected end of stream")
        raw = match[0]
        if quote == '"' and "\\" in raw:
            self._refuse_escapes(start, end)
        self.tokens.append(("scalar", start, end, unquote(raw), quote))
        self._move_to(end, raw)
        return True

    def _refuse_escapes(self, start: int, end: int) -> None:
        for escape in _ESCAPE.finditer(self.text, start, end):
            letter = escape[1]
            if letter in _HEX_DIGITS:
                digits = self.text[escape.end() : escape.end() + _HEX_DIGITS[letter]]
                if len(digits) < _HEX_DIGITS[letter] or not _ALL_HEX.fullmatch(digits):
                    refuse(escape.start(), "did not find expected hexdecimal number", context=start)
                code = int(digits, 16)
                if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
                    refuse(escape.start(), "found invalid Unicode character escape code", context=start)
            elif letter not in _ESCAPES and not (letter == "/" and self.lenient):
                refuse(escape.start(), "found unknown escape character", context=start)

    def _move_to(self, end: int, raw: str) -> None:
        """Go on behind `raw`, which ends at `end` and may hold line breaks."""
        last = max(raw.rfind(character) for character in BREAKS)
        if last >= 0:
            self.line = end - len(raw) + last + 1
        self.at = end

    def _block(self) -> bool:
        if self.flow_level:
            return False
        self._remove_key()
        self.simple_key_allowed = True
        start = self.at
        scalar = BlockScalar(self.text, start, self.size, self.indent)
        self.tokens.append(("scalar", start, scalar.end, scalar.value, self.text[start]))
        self.at = scalar.at
        self.line = scalar.line if scalar.line > start else self.line
        return True


_FETCH: Final = {
    **dict.fromkeys("[{", Scanner._flow_start),
    **dict.fromkeys("]}", Scanner._flow_end),
    ",": Scanner._flow_entry,
    "-": Scanner._block_entry,
    "?": Scanner._key,
    ":": Scanner._value,
    **dict.fromkeys("*&", Scanner._anchor),
    "!": Scanner._tag,
    **dict.fromkeys("|>", Scanner._block),
    **dict.fromkeys("'\"", Scanner._quoted),
}
