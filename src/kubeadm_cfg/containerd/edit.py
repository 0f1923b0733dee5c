"""Edits of a TOML text: the bytes of one value, line or table change, and the new text is read again to be sure."""

from __future__ import annotations

import copy
import datetime as dt
import math
from typing import Any

from kubeadm_cfg.containerd.scan import Entry, Section, inner, key_text, quoted, read, sections
from kubeadm_cfg.errors import ConfigError, EditError, Span

__all__ = ["rendered", "set_value", "unset_value"]

Keys = tuple[str, ...]


def rendered(value: Any) -> str:
    """A value as TOML writes it on one line.

    Raises:
        EditError: TOML has no such value.

    >>> rendered({"endpoint": ["http://192.168.6.164:5000"]})
    '{ endpoint = ["http://192.168.6.164:5000"] }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise EditError("a lone surrogate cannot be written")
        return quoted(value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(rendered, value))}]"
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        pairs = ", ".join(f"{key_text(key)} = {rendered(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    raise EditError(f"{value!r} cannot be written as TOML")


def set_value(text: str, keys: Keys, value: Any) -> str:
    """`text` with the value at a path set; missing tables are created.

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
    if keys[-1] in here and here[keys[-1]] == value and type(here[keys[-1]]) is type(value):
        return text
    here[keys[-1]] = value
    found = sections(text)
    entry = _entry(text, found, keys)
    if entry is not None:
        return _agreed(_spliced(text, entry.value, rendered(value)), wanted)
    if _held(data, keys):
        text = unset_value(text, keys)
        found = sections(text)
    return _agreed(_inserted(text, found, keys, value), wanted)


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
                nested = _nested(text, entry, keys)
                cuts += [_with_comma(text, one) for one in nested if one.path[: len(keys)] == keys]
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
                return next((one for one in _nested(text, entry, keys) if one.path == keys), None)
    return None


def _nested(text: str, entry: Entry, keys: Keys) -> list[Entry]:
    """The entries of the inline tables on the way to a path."""
    found = inner(text, entry)
    for one in list(found):
        if keys[: len(one.path)] == one.path:
            found += _nested(text, one, keys)
    return found


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


# -- new keys -----------------------------------------------------------------------------------------------------
def _inserted(text: str, found: list[Section], keys: Keys, value: Any) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    near = _dotted_or_inline(text, found, keys)
    if near is not None:
        return _beside(text, near, keys, value, newline)
    home = next((section for section in found if section.path == keys[:-1]), None)
    if home is not None and (keys[:-1] or not isinstance(value, dict)):
        return _line_in(text, found, home, keys[-1], value, newline)
    path, entries = (keys, value) if isinstance(value, dict) else (keys[:-1], {keys[-1]: value})
    return _new_section(text, found, path, entries, newline)


def _dotted_or_inline(text: str, found: list[Section], keys: Keys) -> Entry | None:
    """What already makes the table of a new key without a header: an inline table, or dotted keys."""
    best: Entry | None = None
    for section in found:
        for entry in section.entries:
            if keys[: len(entry.path)] == entry.path:
                inside = [one for one in _nested(text, entry, keys) if keys[: len(one.path)] == one.path]
                return max([entry, *inside], key=lambda one: len(one.path))
            if entry.dotted and keys[: len(section.path) + 1] == entry.path[: len(section.path) + 1]:
                best = entry
    return best


def _beside(text: str, near: Entry, keys: Keys, value: Any, newline: str) -> str:
    if keys[: len(near.path)] == near.path:  # into the inline table
        rest = ".".join(map(key_text, keys[len(near.path) :]))
        siblings = inner(text, near)
        new = f"{rest} = {rendered(value)}"
        if siblings:
            return _spliced(text, Span(siblings[-1].value.end, siblings[-1].value.end), f", {new}")
        return _spliced(text, near.value, f"{{ {new} }}")
    rest = ".".join(map(key_text, keys[len(near.path) - len(near.relative) :]))
    indent = text[near.lines.start : near.key.start]
    return _line_at(text, near.lines.end, f"{indent}{rest} = {rendered(value)}", newline)


def _line_at(text: str, offset: int, line: str, newline: str) -> str:
    before = "" if offset == 0 or text[offset - 1] == "\n" else newline
    after = newline if offset < len(text) or not before else ""
    return text[:offset] + before + line + after + text[offset:]


def _line_in(text: str, found: list[Section], home: Section, key: str, value: Any, newline: str) -> str:
    line = f"{key_text(key)} = {rendered(value)}"
    if home.entries:
        last = home.entries[-1]
        return _line_at(text, last.lines.end, text[last.lines.start : last.key.start] + line, newline)
    if home.path:
        return _line_at(text, home.end, _child_indent(text, found, home) + line, newline)
    if len(found) == 1:
        return _line_at(text, len(text), line, newline)
    # Above the first header, and above the comment that belongs to it.
    offset = found[1].header.start
    while offset:
        start = text.rfind("\n", 0, offset - 1) + 1
        if not text[start:offset].lstrip().startswith("#"):
            break
        offset = start
    return text[:offset] + line + newline * 2 + text[offset:]


def _child_indent(text: str, found: list[Section], home: Section) -> str:
    own = _indent(text, home)
    for section in found:
        if section.path and section.entries:
            entry = section.entries[0]
            deeper = text[entry.lines.start : entry.key.start].removeprefix(_indent(text, section))
            return own + (deeper if not deeper.strip() else "")
    return own


def _indent(text: str, section: Section) -> str:
    line = text[section.header.start : section.header.end]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _new_section(text: str, found: list[Section], path: Keys, entries: dict[str, Any], newline: str) -> str:
    """A new table behind the one it is most akin to, at the end when there is none."""

    def kinship(section: Section) -> int:
        common = 0
        for mine, other in zip(path, section.path, strict=False):
            if mine != other:
                break
            common += 1
        return common

    closest = max(map(kinship, found))
    akin = [section for section in found if kinship(section) == closest]
    neighbour = akin[-1] if closest > 1 else found[-1]
    whole = len(text) if neighbour is found[-1] else neighbour.end
    indent = _indent(text, neighbour) if neighbour.path and closest > 1 else ""
    # A parent's children stand one step deeper in files that indent them; the step is that of its entries.
    if neighbour.path and path[: len(neighbour.path)] == neighbour.path:
        indent = _child_indent(text, found, neighbour)
    template = Section(path, Span(0, 0), [])
    step = _child_indent(text, found, template) if any(section.entries for section in found[1:]) else "  "
    lines = [f"{indent}[{'.'.join(map(key_text, path))}]"]
    lines += [f"{indent}{step}{key_text(key)} = {rendered(value)}" for key, value in entries.items()]
    before = text[:whole]
    gap = "" if not before else (newline if before.endswith("\n") else newline * 2)
    return before + gap + newline.join(lines) + newline + text[whole:]
