"""Block scalars (``|`` and ``>``), from their indicator to the end of their lines, as go-yaml's scanner reads them."""

from __future__ import annotations

import re
from typing import Final

from kubeadm_cfg.source.characters import BLANKS, BREAK_SET, REST_OF_LINE, SPACES, over_break
from kubeadm_cfg.source.problems import refuse
from kubeadm_cfg.source.scalars import normal_break

__all__ = ["BlockScalar"]

_HEADER: Final = re.compile("(?:([+-])([0-9])?|([0-9])([+-])?)?")


class BlockScalar:
    """The block scalar whose indicator stands at `start`; `parent` is the indentation of the collection around it.

    Once read, `value` is its text, `end` where its last line ends, `at` and `line` where reading goes on and where that
    line begins. The text ends in NULs behind `size`.
    """

    def __init__(self, text: str, start: int, size: int, parent: int) -> None:
        self.text = text
        self.start = start
        self.size = size
        self.parent = parent
        self.at = self.line = start
        indent, chomping = self._header()
        self.value, self.end = self._content(indent, chomping, literal=text[start] == "|")

    def _header(self) -> tuple[int, str]:
        """The indentation that the header gives, 0 for none, and its chomping; reading goes on behind its line."""
        text = self.text
        header = _HEADER.match(text, self.start + 1)
        assert header  # it matches everywhere
        digit = header[2] or header[3] or ""
        if digit == "0":
            refuse(self.start + 1, "found an indentation indicator equal to 0", context=self.start)
        at = BLANKS.match(text, header.end()).end()  # type: ignore[union-attr]  # it matches everywhere
        if text[at] == "#":
            at = REST_OF_LINE.match(text, at).end()  # type: ignore[union-attr]  # it matches everywhere
        if text[at] not in BREAK_SET and at < self.size:
            refuse(at, "did not find expected comment or line break", context=self.start)
        self.at = at
        if at < self.size:
            self._over_break()
        return max(self.parent, 0) + int(digit) if digit else 0, header[1] or header[4] or ""

    def _content(self, indent: int, chomping: str, *, literal: bool) -> tuple[str, int]:
        text = self.text
        parts: list[str] = []
        break_before = ""
        blank_before = False
        indent, breaks, end = self._blank_lines(indent)
        while self.at - self.line == indent and self.at < self.size:
            blank = text[self.at] in " \t"
            folds = not literal and not blank_before and not blank and break_before == "\n"
            parts += (break_before if not folds else "" if breaks else " ", breaks)
            blank_before = blank
            line = REST_OF_LINE.match(text, self.at)
            assert line  # it matches everywhere
            parts.append(line[0])
            self.at = line.end()
            break_before = ""
            if self.at < self.size:
                break_before = normal_break(text[self.at])
                self._over_break()
            indent, breaks, end = self._blank_lines(indent)
        if chomping != "-":
            parts.append(break_before)
        if chomping == "+":
            parts.append(breaks)
        return "".join(parts), end

    def _blank_lines(self, indent: int) -> tuple[int, str, int]:
        """Over blank lines and the next line's indentation: the scalar's indentation, their breaks, where they end.

        An `indent` of 0 is yet to be found: the longest blank line or the first other line decides.
        """
        text = self.text
        end = self.at
        breaks = ""
        deepest = 0
        while True:
            spaces = SPACES.match(text, self.at, self.line + indent if indent else self.size)
            self.at = spaces.end() if spaces else self.at
            column = self.at - self.line
            deepest = max(deepest, column)
            if text[self.at] == "\t" and (not indent or column < indent):
                refuse(self.at, "found a tab character where an indentation space is expected", context=self.start)
            if text[self.at] not in BREAK_SET:
                break
            breaks += normal_break(text[self.at])
            self._over_break()
            end = self.at
        return indent or max(deepest, self.parent + 1, 1), breaks, end

    def _over_break(self) -> None:
        self.at = self.line = over_break(self.text, self.at)
