"""How a file of YAML may be written: a style, and the writer that keeps to it. What the data means is not looked at."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

__all__ = ["Style", "rendered", "styles"]

Data = dict[str, Any]


class Style(NamedTuple):
    """How a file is written; chances are out of one."""

    seed: int = 0
    map_step: int = 2
    list_step: int = 0
    newline: str = "\n"
    bom: bool = False
    final_newline: bool = True
    opening_marker: bool = False
    flow: float = 0.0
    comments: float = 0.0
    blank_lines: float = 0.0
    quotes: float = 0.0
    shuffled: bool = False


_STYLES: Final = st.builds(
    Style,
    seed=st.integers(0, 1 << 16),
    map_step=st.sampled_from([2, 2, 4, 3, 1]),
    list_step=st.sampled_from([0, 2, 4, 1]),
    newline=st.sampled_from(["\n", "\n", "\r\n"]),
    bom=st.booleans(),
    final_newline=st.sampled_from([True, True, False]),
    opening_marker=st.booleans(),
    flow=st.sampled_from([0.0, 0.0, 0.3, 0.8]),
    comments=st.sampled_from([0.0, 0.2, 0.5]),
    blank_lines=st.sampled_from([0.0, 0.2]),
    quotes=st.sampled_from([0.0, 0.3, 1.0]),
    shuffled=st.booleans(),
)


def styles() -> st.SearchStrategy[Style]:
    """All ways of writing: indents, line ends, markers, comments, quotes, flow collections, the order of keys."""
    return _STYLES


_PLAIN: Final = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z/\u4e00-\u9fff][\w./-]*\Z", re.IGNORECASE
)
_LITERAL: Final = re.compile(r"[^\s].*\n?(?:\n*[^\s].*\n?)*\Z")


class _Writer:
    """Writes plain data in a style, by rules of its own: nothing here is shared with what it tests."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.random = Random(style.seed)  # noqa: S311  # an example has to come out the same again

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def file(self, documents: list[Data]) -> str:
        parts = [self.document(data) for data in documents]
        text = "\n---\n".join(parts) + "\n"
        text = ("---\n" if self.style.opening_marker else "") + text
        if not self.style.final_newline:
            text = text.rstrip("\n")
        return ("\ufeff" if self.style.bom else "") + text.replace("\n", self.style.newline)

    def document(self, data: Data) -> str:
        lines = ["# header", "#", ""] if self.happens(self.style.comments) else []
        return "\n".join(lines + self.mapping(data, 0))

    def mapping(self, data: Data, column: int) -> list[str]:
        entries = list(data.items())
        if self.style.shuffled:
            self.random.shuffle(entries)
        lines: list[str] = []
        for key, value in entries:
            if lines and self.happens(self.style.blank_lines):
                lines.append("")
            if lines and self.happens(self.style.comments / 2):
                lines.append(" " * column + "# above")
            lines += self.entry(key, value, column)
        return lines

    def entry(self, key: str, value: Any, column: int) -> list[str]:
        head = " " * column + self.key(key) + ":"
        step = self.style.list_step if isinstance(value, list) else self.style.map_step
        return self.behind(head, value, column + step, column + self.style.map_step)

    def items(self, data: list[Any], column: int) -> list[str]:
        lines: list[str] = []
        for value in data:
            if lines and self.happens(self.style.comments / 2):
                lines.append(" " * column + "# item")
            dash = " " * column + "-"
            gap = self.random.choice([1, 1, 1, 3])
            nested = self.is_nested(value)
            if nested and not self.happens(self.style.flow):
                inner = column + 1 + gap
                below = self.mapping(value, inner) if isinstance(value, dict) else self.items(value, inner)
                lines += [dash + " " * gap + below[0].lstrip(" "), *below[1:]]
            else:
                lines += self.behind(dash, value, column + 2, column + 2, gap)
        return lines

    def behind(self, head: str, value: Any, column: int, text_column: int, gap: int = 1) -> list[str]:
        comment = "  # end" if self.happens(self.style.comments / 2) else ""
        if self.is_nested(value) and not self.happens(self.style.flow):
            below = self.mapping(value, column) if isinstance(value, dict) else self.items(value, column)
            return [head + comment, *below]
        if isinstance(value, str) and "\n" in value and _LITERAL.match(value) and not value.endswith("\n\n"):
            header = "|" if value.endswith("\n") else "|-"
            body = value.removesuffix("\n").split("\n")
            return [f"{head} {header}{comment}", *(" " * text_column + line if line else "" for line in body)]
        text = self.scalar(value) if not isinstance(value, (dict, list)) else self.flow(value)
        if value is None and self.happens(0.5):
            return [head + comment]
        return [head + " " * gap + text + comment]

    @staticmethod
    def is_nested(value: Any) -> bool:
        return isinstance(value, (dict, list)) and bool(value)

    def flow(self, value: Any) -> str:
        pad = self.random.choice(["", " "]) if value else ""
        if isinstance(value, dict):
            parts = [f"{self.key(key)}: {self.flow(item)}" for key, item in value.items()]
            return "{" + pad + ", ".join(parts) + pad + "}"
        if isinstance(value, list):
            return "[" + pad + ", ".join(self.flow(item) for item in value) + pad + "]"
        return self.scalar(value)

    def key(self, key: str) -> str:
        return key if _PLAIN.match(key) else self.quoted(key)

    def scalar(self, value: Any) -> str:
        if isinstance(value, str):
            return value if _PLAIN.match(value) and not self.happens(self.style.quotes) else self.quoted(value)
        return json.dumps(value)

    def quoted(self, text: str) -> str:
        if text.isprintable() and self.random.random() < 0.5:
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=not text.isprintable())


def rendered(documents: list[Data], style: Style) -> str:
    r"""The text of a file that holds `documents`, written in a style.

    >>> rendered([{"kind": "Note", "list": ["a", True]}], Style(list_step=2))
    'kind: Note\nlist:\n  - a\n  - true\n'
    """
    return _Writer(style).file(documents)
