"""The text of new values: what is written where nothing stood before. Which layout they take is the caller's to say."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from kubeadm_cfg.source.nodes import Plain
from kubeadm_cfg.source.scalars import quoted_double, quoted_single, scalar_text
from kubeadm_cfg.source.shape import Shape

__all__ = [
    "Layout",
    "block_scalar",
    "entry_lines",
    "flow_text",
    "item_lines",
    "key_source",
    "ordered",
    "replaced_string",
    "scalar_lines",
]


@cache
def _not_in_block(*, old: bool) -> re.Pattern[str]:
    """What no literal block shows as it is; a block that is there already may keep tabs and no-break spaces.

    Compiling these classes takes milliseconds, and few edits need them.
    """
    first = "\t\x20-\x7e\xa0" if old else "\x20-\x7e\xa1"
    return re.compile(f"[^\n{first}-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Layout(NamedTuple):
    """How the text around a new value is written."""

    map_step: int = 2
    """Columns a nested mapping stands in from its key."""
    list_step: int = 0
    """Columns a list's dashes stand in from its key."""
    by_name: bool = False
    """The document lists its keys by name."""
    json: bool = False
    comma: str = ", "
    colon: str = ": "
    no_final_break: bool = False
    """The value becomes the last of a file that ends without a line break."""
    no_literals: bool = False
    """What stands below would become part of a literal."""


def ordered(data: dict[str, Plain], shape: Shape | None, layout: Layout) -> list[str]:
    """The keys of a new mapping as they are written: Go's order, by name in a sorted document, as given when free."""
    if layout.by_name:
        return sorted(data)
    if shape is None or shape.order is None:
        return list(data)
    rank, last = shape.order, len(shape.order)
    return sorted(data, key=lambda key: rank.get(key, last))


def key_source(key: str, layout: Layout, *, flow: bool) -> str:
    return scalar_text(key, flow=flow, json=layout.json)


def flow_text(value: Plain, shape: Shape | None, layout: Layout) -> str:
    """`value` on one line, in brackets where it is a collection."""
    if isinstance(value, dict):
        parts = [
            key_source(key, layout, flow=True)
            + layout.colon
            + flow_text(value[key], shape and shape.child(key), layout)
            for key in ordered(value, shape, layout)
        ]
        return "{" + layout.comma.join(parts) + "}"
    if isinstance(value, list):
        item = shape.item() if shape else None
        return "[" + layout.comma.join(flow_text(entry, item, layout) for entry in value) + "]"
    return scalar_text(value, flow=True, json=layout.json)


def block_scalar(text: str, layout: Layout) -> tuple[str, list[str]] | None:
    """Header and lines of a new literal scalar, None when the text is better quoted."""
    if layout.no_literals or "\n" not in text or text.endswith("\n\n") or _not_in_block(old=False).search(text):
        return None
    lines = text.split("\n")
    ends = lines[-1] == ""
    if ends:
        lines.pop()
        if layout.no_final_break:
            return None
    if not lines[0] or lines[0][0] == " " or any(line.endswith(" ") for line in lines):
        return None
    return ("|" if ends else "|-"), lines


def scalar_lines(value: Plain, column: int, layout: Layout) -> list[str]:
    """A scalar behind a key or dash: what stands on that line, and the lines below when it is a literal."""
    if isinstance(value, str):
        block = block_scalar(value, layout)
        if block:
            header, lines = block
            return [header, *(" " * column + line if line else "" for line in lines)]
    if isinstance(value, (dict, list)):
        return [flow_text(value, None, layout)]
    return [scalar_text(value, flow=False, json=layout.json)]


def entry_lines(key: str, value: Plain, column: int, shape: Shape | None, layout: Layout) -> list[str]:
    """The lines of ``key: value`` in block style, the key in `column`."""
    head = " " * column + key_source(key, layout, flow=False) + ":"
    below = _nested_lines(value, column, shape, layout)
    if below is not None:
        return [head, *below]
    first, *rest = scalar_lines(value, column + layout.map_step, layout)
    return [f"{head} {first}", *rest]


def _nested_lines(value: Plain, column: int, shape: Shape | None, layout: Layout) -> list[str] | None:
    """The lines below a key in `column` that holds a collection; None for a scalar and for ``{}`` and ``[]``."""
    if isinstance(value, dict) and value:
        return mapping_lines(value, column + layout.map_step, shape, layout)
    if isinstance(value, list) and value:
        return list_lines(value, column + layout.list_step, 1, shape, layout)
    return None


def mapping_lines(value: dict[str, Plain], column: int, shape: Shape | None, layout: Layout) -> list[str]:
    """The lines of a block mapping whose keys stand in `column`."""
    return [
        line
        for key in ordered(value, shape, layout)
        for line in entry_lines(key, value[key], column, shape and shape.child(key), layout)
    ]


def list_lines(value: list[Plain], column: int, gap: int, shape: Shape | None, layout: Layout) -> list[str]:
    """The lines of a block list whose dashes stand in `column`."""
    item = shape.item() if shape else None
    return [line for entry in value for line in item_lines(entry, column, gap, item, layout)]


def item_lines(value: Plain, column: int, gap: int, shape: Shape | None, layout: Layout) -> list[str]:
    """The lines of one item of a block list: the dash in `column`, `gap` blanks behind it."""
    inner = column + 1 + gap
    if isinstance(value, dict) and value:
        lines = mapping_lines(value, inner, shape, layout)
    elif isinstance(value, list) and value:
        lines = list_lines(value, inner, gap, shape, layout)
    else:
        lines = scalar_lines(value, inner, layout)
        lines[0] = " " * inner + lines[0]
    lines[0] = " " * column + "-" + " " * gap + lines[0][inner:]
    return lines


def replaced_string(value: str, style: str, *, json: bool) -> str | None:
    """A string in the quotes of the one it replaces; None when it is to be written as a new value."""
    if style == '"' or (style == "'" and json):
        return quoted_double(value, json=json)
    if style == "'":
        return quoted_single(value) or quoted_double(value, json=json)
    return None


def old_block_lines(value: str) -> tuple[str, list[str]] | None:
    """Chomping indicator and lines of a text that replaces another block scalar; None when no block can hold it."""
    if not value.strip("\n") or _not_in_block(old=True).search(value) or value[0] in " \n\t":
        return None
    body = value.rstrip("\n")
    breaks = len(value) - len(body)
    lines = body.split("\n")
    if breaks > 1:
        lines += [""] * (breaks - 1)
    return ("-", "", "+")[min(breaks, 2)], lines
