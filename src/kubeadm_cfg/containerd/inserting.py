"""Where a new key or table goes in a TOML text, and how its lines look there. Values that are there are not touched."""

from __future__ import annotations

from typing import Any, NamedTuple

from kubeadm_cfg.containerd.rendering import Quotes, rendered
from kubeadm_cfg.containerd.scan import Entry, Section, inner, nested
from kubeadm_cfg.errors import Span

__all__ = ["Insertion"]

Keys = tuple[str, ...]


class Insertion(NamedTuple):
    """A text that is to get a new key."""

    text: str
    sections: list[Section]
    quotes: Quotes

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def at(self, keys: Keys, value: Any) -> str:
        """The text with a key it does not have."""
        near = self._dotted_or_inline(keys)
        if near is not None:
            return self._beside(near, keys, value)
        table = isinstance(value, dict) and bool(value)
        home = next((section for section in self.sections if section.path == keys[:-1]), None)
        if home is not None and not table and (keys[:-1] or value != {}):
            return self._line_in(home, keys[-1], value)
        path, entries = (keys, value) if isinstance(value, dict) else (keys[:-1], {keys[-1]: value})
        return self._new_section(path, entries)

    def _dotted_or_inline(self, keys: Keys) -> Entry | None:
        """What already makes the table of a new key without a header: an inline table, or dotted keys."""
        best: Entry | None = None
        for section in self.sections:
            for entry in section.entries:
                if keys[: len(entry.path)] == entry.path:
                    inside = [one for one in nested(self.text, entry, keys) if keys[: len(one.path)] == one.path]
                    return max([entry, *inside], key=lambda one: len(one.path))
                if entry.dotted and keys[: len(section.path) + 1] == entry.path[: len(section.path) + 1]:
                    best = entry
        return best

    def _beside(self, near: Entry, keys: Keys, value: Any) -> str:
        text = self.text
        if keys[: len(near.path)] == near.path:  # into the inline table
            siblings = inner(text, near)
            new = f"{self.quotes.path(keys[len(near.path) :])} = {rendered(value, self.quotes)}"
            if siblings:
                return f"{text[: siblings[-1].value.end]}, {new}{text[siblings[-1].value.end :]}"
            return f"{text[: near.value.start]}{{ {new} }}{text[near.value.end :]}"
        rest = self.quotes.path(keys[len(near.path) - len(near.relative) :])
        indent = text[near.lines.start : near.key.start]
        return self._line_at(near.lines.end, f"{indent}{rest} = {rendered(value, self.quotes)}")

    def _line_at(self, offset: int, line: str) -> str:
        text = self.text
        before = "" if offset == 0 or text[offset - 1] == "\n" else self.newline
        after = self.newline if offset < len(text) or not before else ""
        return text[:offset] + before + line + after + text[offset:]

    def _line_in(self, home: Section, key: str, value: Any) -> str:
        text = self.text
        line = f"{self.quotes.key_text(key)} = {rendered(value, self.quotes)}"
        if home.entries:
            last = home.entries[-1]
            return self._line_at(last.lines.end, text[last.lines.start : last.key.start] + line)
        if home.path:
            return self._line_at(home.end, self._child_indent(home) + line)
        if len(self.sections) == 1:
            return self._line_at(len(text), line)
        # Above the first header, and above the comment that belongs to it.
        offset = self.sections[1].header.start
        while offset:
            start = text.rfind("\n", 0, offset - 1) + 1
            if not text[start:offset].lstrip().startswith("#"):
                break
            offset = start
        return text[:offset] + line + self.newline * 2 + text[offset:]

    def _child_indent(self, home: Section) -> str:
        """The indent of the keys below a header: its own, and the step that the text takes elsewhere."""
        own = self._indent(home)
        for section in self.sections:
            if section.path and section.entries:
                entry = section.entries[0]
                deeper = self.text[entry.lines.start : entry.key.start].removeprefix(self._indent(section))
                return own + (deeper if not deeper.strip() else "")
        return own

    def _indent(self, section: Section) -> str:
        line = self.text[section.header.start : section.header.end]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _new_section(self, path: Keys, entries: dict[str, Any]) -> str:
        """A new table behind the one it is most akin to, at the end when there is none."""

        def kinship(section: Section) -> int:
            common = 0
            for mine, other in zip(path, section.path, strict=False):
                if mine != other:
                    break
                common += 1
            return common

        closest = max(map(kinship, self.sections))
        akin = [section for section in self.sections if kinship(section) == closest]
        neighbour = akin[-1] if closest > 1 else self.sections[-1]
        whole = len(self.text) if neighbour is self.sections[-1] else neighbour.end
        indent = self._indent(neighbour) if neighbour.path and closest > 1 else ""
        # A parent's children stand one step deeper in files that indent them; the step is that of its entries.
        if neighbour.path and path[: len(neighbour.path)] == neighbour.path:
            indent = self._child_indent(neighbour)
        template = Section(path, Span(0, 0), [])
        step = self._child_indent(template) if any(section.entries for section in self.sections[1:]) else "  "
        before = self.text[:whole]
        gap = "" if not before else (self.newline if before.endswith("\n") else self.newline * 2)
        lines = self._section_lines(path, entries, indent, step)
        return before + gap + self.newline.join(lines) + self.newline + self.text[whole:]

    def _section_lines(self, path: Keys, entries: dict[str, Any], indent: str, step: str) -> list[str]:
        """A table's header and keys, then the tables in it; a table of nothing but tables needs no header."""
        tables = {key: value for key, value in entries.items() if isinstance(value, dict)}
        lines = []
        if not tables or len(tables) < len(entries):
            lines.append(f"{indent}[{self.quotes.path(path)}]")
        lines += [
            f"{indent}{step}{self.quotes.key_text(key)} = {rendered(value, self.quotes)}"
            for key, value in entries.items()
            if key not in tables
        ]
        for key, table in tables.items():
            lines += [""] * bool(lines) + self._section_lines((*path, key), table, indent, step)
        return lines
