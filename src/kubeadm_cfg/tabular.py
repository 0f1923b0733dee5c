"""Rows as aligned text, Markdown and HTML. What the rows mean is for those who bring them."""

from __future__ import annotations

import html
from collections.abc import Sequence

__all__ = ["as_html", "as_markdown", "as_text"]

Row = Sequence[str]


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
