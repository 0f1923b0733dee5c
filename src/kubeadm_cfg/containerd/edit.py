"""Edits of a TOML text: the bytes of one value, line or table change, and the new text is read again to be sure."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any, Final

from kubeadm_cfg.containerd.inserting import Insertion
from kubeadm_cfg.containerd.listing import listed, restyled
from kubeadm_cfg.containerd.rendering import quotes_of, rendered
from kubeadm_cfg.containerd.scan import Entry, Section, inner, nested, read, sections
from kubeadm_cfg.errors import ConfigError, EditError, Span

__all__ = ["commented", "set_value", "unset_value"]

Keys = tuple[str, ...]


def set_value(text: str, keys: Keys, value: Any) -> str:
    """`text` with the value at a path set; missing tables are created. Of a table or list only what differs changes.

    Raises:
        EditError: the value cannot be written there; nothing changed.
    """
    data = read(text)
    wanted = copy.deepcopy(data)
    here = wanted
    for key in keys[:-1]:
        here = here.setdefault(key, {})
        if not isinstance(here, dict):
            raise EditError(f"{'.'.join(keys)}: {key} is no table")
    old = here.get(keys[-1], _NOTHING)
    if _same(old, value):
        return text
    here[keys[-1]] = value
    rendered(value)  # what cannot be written is refused before anything else
    if isinstance(old, dict) and isinstance(value, dict) and old and value:
        with suppress(EditError):
            return _agreed(_table_changed(text, keys, old, value), wanted)
    found = sections(text)
    quotes = quotes_of(text, found)
    entry = _entry(text, found, keys)
    if entry is not None:
        if isinstance(old, list) and isinstance(value, (list, tuple)):
            with suppress(EditError):
                return _agreed(listed(text, entry.value, old, list(value), quotes), wanted)
        return _agreed(_spliced(text, entry.value, restyled(text, entry.value, value, quotes)), wanted)
    if _held(data, keys):
        text = unset_value(text, keys)
        found = sections(text)
    return _agreed(Insertion(text, found, quotes).at(keys, value), wanted)


_NOTHING: Final = object()


def _table_changed(text: str, keys: Keys, old: dict[str, Any], new: dict[str, Any]) -> str:
    for key in old:
        if key not in new:
            text = unset_value(text, (*keys, key))
    for key, value in new.items():
        text = set_value(text, (*keys, key), value)
    return text


def commented(text: str, keys: Keys, comment: str) -> str:
    """`text` with a comment in the lines above a key that has a line of its own; a key in an inline table gets none."""
    entry = _entry(text, sections(text), keys)
    if entry is None or entry.parent is not None:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = text[entry.lines.start : entry.key.start]
    lines = "".join(f"{indent}# {line}".rstrip() + newline for line in comment.splitlines())
    return _agreed(text[: entry.lines.start] + lines + text[entry.lines.start :], read(text))


def unset_value(text: str, keys: Keys) -> str:
    """`text` without what stands at a path: a key with its line, or a table with its sections.

    Raises:
        EditError: there is nothing, or it cannot be taken out alone.
    """
    data = read(text)
    if not _held(data, keys):
        raise EditError(f"{'.'.join(keys)} is not there")
    here: Any = data
    for key in keys[:-1]:
        here = here[key]
    del here[keys[-1]]
    found = sections(text)
    cuts = [_with_blank(text, Span(s.header.start, s.end)) for s in found if s.path and s.path[: len(keys)] == keys]
    for section in found:
        if section.path and section.path[: len(keys)] == keys:
            continue
        for entry in section.entries:
            if entry.path[: len(keys)] == keys:
                cuts.append(entry.lines)
            elif keys[: len(entry.path)] == entry.path:
                inside = nested(text, entry, keys)
                cuts += [_with_comma(text, one) for one in inside if one.path[: len(keys)] == keys]
    for cut in _merged(cuts):
        text = text[: cut.start] + text[cut.end :]
    return _agreed(text, data, pruned=True)


def _merged(cuts: list[Span]) -> list[Span]:
    """The cuts without overlaps, the last one first."""
    found: list[Span] = []
    for cut in sorted(cuts):
        if found and cut.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, cut.end))
        else:
            found.append(cut)
    return found[::-1]


def _with_blank(text: str, cut: Span) -> Span:
    """A section with the blank line before it, when another blank line or nothing follows."""
    before = text[: cut.start].rstrip(" \t\r\n")
    blank = text[len(before) : cut.start].count("\n") > 1
    if not blank or text[cut.end :].lstrip(" \t\r")[:1] not in ("\n", ""):
        return cut
    return Span(text.rfind("\n", 0, cut.start - 1) + 1, cut.end)


def _held(data: Any, keys: Keys) -> bool:
    for key in keys:
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True


def _agreed(text: str, wanted: dict[str, Any], *, pruned: bool = False) -> str:
    """The text, when it says what was meant. Removing the last key of a table that has no header removes the table."""
    try:
        got = read(text)
    except ConfigError as error:
        raise EditError(f"the value cannot be written there: {error}") from None
    if not _same(got, wanted) and not (pruned and _same(_without_empty(got), _without_empty(wanted))):
        raise EditError("the value cannot be written there: the text would say something else")
    return text


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


def _without_empty(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kept = {key: _without_empty(item) for key, item in value.items()}
    return {key: item for key, item in kept.items() if item != {}}


def _spliced(text: str, span: Span, new: str) -> str:
    return text[: span.start] + new + text[span.end :]


def _entry(text: str, found: list[Section], keys: Keys) -> Entry | None:
    """The entry whose value is at the path, in inline tables too."""
    for section in found:
        for entry in section.entries:
            if entry.path == keys:
                return entry
            if keys[: len(entry.path)] == entry.path:
                return next((one for one in nested(text, entry, keys) if one.path == keys), None)
    return None


def _with_comma(text: str, entry: Entry) -> Span:
    """An entry of an inline table with the comma before it, or behind it when it is the first."""
    assert entry.parent is not None
    siblings = inner(text, entry.parent)
    place = next(number for number, one in enumerate(siblings) if one.key == entry.key)
    if place:
        return Span(siblings[place - 1].value.end, entry.value.end)
    if len(siblings) > 1:
        return Span(entry.key.start, siblings[1].key.start)
    return Span(entry.parent.value.start + 1, entry.parent.value.end - 1)
