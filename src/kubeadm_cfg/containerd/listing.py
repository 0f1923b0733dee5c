"""A new list in the place of an old one: items that stay keep their text, lines and comments. No table is edited."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from kubeadm_cfg.containerd.rendering import Quotes, rendered
from kubeadm_cfg.containerd.scan import items
from kubeadm_cfg.errors import Span

__all__ = ["listed", "restyled"]


def restyled(text: str, span: Span, value: Any, quotes: Quotes) -> str:
    """A value in the quotes of the string it takes the place of."""
    first = text[span.start]
    return rendered(value, quotes._replace(value=first) if first in "\"'" else quotes)


def listed(text: str, span: Span, old: list[Any], new: list[Any], quotes: Quotes) -> str:
    """`text` with the list at `span` turned from `old` into `new`, item by item."""
    spans = items(text, span)
    if not new or len(spans) != len(old) or not spans:
        inner = spans[0] if spans else span
        return text[: span.start] + restyled(text, inner, new, quotes) + text[span.end :]
    steps = SequenceMatcher(None, [repr(item) for item in old], [repr(item) for item in new], autojunk=False)
    for kind, start, stop, low, high in reversed(steps.get_opcodes()):
        if kind == "equal":
            continue
        both = min(stop - start, high - low)
        spare, added = range(start + both, stop), new[low + both : high]
        if added:
            text = _with_items(text, spans, start + both, added, quotes)
        elif spare:
            text = _without(text, spans, spare)
        for number in reversed(range(both)):
            place = spans[start + number]
            text = text[: place.start] + restyled(text, place, new[low + number], quotes) + text[place.end :]
    return text


def _own_line(text: str, item: Span) -> Span | None:
    """The line of an item, when nothing but its comma and a comment share it."""
    start = text.rfind("\n", 0, item.start) + 1
    end = text.find("\n", item.end)
    if end < 0 or text[start : item.start].strip() or "\n" in text[item.start : item.end]:
        return None
    behind = text[item.end : end].strip().removeprefix(",").strip()
    return Span(start, end + 1) if not behind or behind.startswith("#") else None


def _comma(text: str, item: Span) -> int:
    """Behind the comma of an item, or 0 when it has none before its line ends."""
    end = item.end
    while text[end] in " \t":
        end += 1
    return end + 1 if text[end] == "," else 0


def _with_items(text: str, spans: list[Span], place: int, added: list[Any], quotes: Quotes) -> str:
    near = spans[place - 1] if place else spans[0]
    texts = [restyled(text, near, item, quotes) for item in added]
    line = _own_line(text, near)
    if line is None:
        joined = ", ".join(texts)
        return (
            f"{text[: near.end]}, {joined}{text[near.end :]}"
            if place
            else f"{text[: near.start]}{joined}, {text[near.start :]}"
        )
    indent = text[line.start : near.start]
    newline = "\r\n" if text[: line.end].endswith("\r\n") else "\n"
    if not place:
        return text[: line.start] + "".join(f"{indent}{item},{newline}" for item in texts) + text[line.start :]
    comma = _comma(text, near)
    # The last item of a list that ends without a comma gets one, and the new last item has none.
    last = "," if comma else ""
    new = [f"{indent}{item}," for item in texts[:-1]] + [f"{indent}{texts[-1]}{last}"]
    head = text[: comma or near.end] + ("" if comma else ",")
    return head + text[comma or near.end : line.end] + "".join(f"{item}{newline}" for item in new) + text[line.end :]


def _without(text: str, spans: list[Span], spare: range) -> str:
    first, last = spare[0], spare[-1]
    lines = [_own_line(text, spans[number]) for number in spare]
    if all(lines) and lines[0] and lines[-1]:
        cut = Span(lines[0].start, lines[-1].end)
    elif first:
        cut = Span(spans[first - 1].end, spans[last].end)
    else:
        cut = Span(spans[first].start, spans[last + 1].start)
    return text[: cut.start] + text[cut.end :]
