"""Rows as aligned text, Markdown and HTML, and a sequence of rows that shows itself so. Their meaning is elsewhere."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar, overload

import attrs

__all__ = ["Rows", "as_html", "as_markdown", "as_text"]

Row = Sequence[str]
T = TypeVar("T")


@attrs.frozen
class Rows(Sequence[T], Generic[T]):
    """An immutable sequence of rows that is a table in Markdown and in notebooks."""

    HEADERS: ClassVar[tuple[str, ...]] = ()

    rows: tuple[T, ...]

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def cells(self) -> list[tuple[str, ...]]:
        """The texts of each row, one for each header."""
        raise NotImplementedError

    def to_markdown(self) -> str:
        """A table of Markdown."""
        return as_markdown(self.cells(), self.HEADERS)

    def _repr_html_(self) -> str:
        return as_html(self.cells(), self.HEADERS)


def as_text(rows: Sequence[Row], headers: Row = ()) -> str:
    """Columns side by side, two blanks between them; the last one is as wide as it is.

    >>> print(as_text([["a", "1"], ["bcd", "22"]]))
    a    1
    bcd  22
    """
    lines = [headers, *rows] if headers else list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (zip(line, widths, strict=True) for line in lines)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in padded)


def as_markdown(rows: Sequence[Row], headers: Row) -> str:
    r"""A table of GitHub's Markdown.

    >>> print(as_markdown([["a|b", "1"]], ["x", "y"]))
    | x | y |
    |---|---|
    | a\|b | 1 |
    """
    lines = [headers, ["---"] * len(headers), *rows]
    shown = ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines]
    return "\n".join([shown[0], shown[1].replace(" ", ""), *shown[2:]])


def as_html(rows: Sequence[Row], headers: Row) -> str:
    """A table of HTML, every cell escaped.

    >>> as_html([["<b>"]], ["x"])
    '<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
    """

    def line(tag: str, cells: Row) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', headers)}</thead><tbody>{body}</tbody></table>"
