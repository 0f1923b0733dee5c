"""Version 1 and 2 files as version 3 or 4: lines move to the new tables with their comments, all else stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from kubeadm_cfg.containerd import edit
from kubeadm_cfg.containerd.decoding import IMAGE_KEYS, SERVER_KEYS, SNAPSHOT_KEYS, uri_of
from kubeadm_cfg.containerd.releases import CRI, IMAGES, RUNTIME, facts
from kubeadm_cfg.containerd.scan import Path, Section, inner, key_path, key_text, read, sections
from kubeadm_cfg.errors import ConfigError, EditError
from kubeadm_cfg.report import Problem

__all__ = ["migrated"]

Keys = tuple[str, ...]

_SERVERS: Final = {
    key_path(row["old"]): key_path(row["new"])
    for row in facts()["migration_table"]["rows"]
    if row["new"] and row.get("note") == "version 3 -> 4 (2.3)"
}
_GONE: Final = {
    key_path(row["old"])[2:]: row["note"]
    for row in facts()["migration_table"]["rows"]
    if row["new"] is None and "<" not in row["old"]
}


def migrated(text: str, to: int) -> tuple[str, list[Problem]]:
    """The text in version `to`, and what was lost on the way.

    Raises:
        ConfigError: no such version, or the file is newer.
        EditError: a line cannot be moved.
    """
    if isinstance(to, bool) or to not in (3, 4):
        raise ConfigError(f"{to!r} is no version to migrate to; there are 3 and 4")
    data = read(text)
    version = data.get("version", 0)
    if not isinstance(version, int) or version > to:
        raise ConfigError(f"the file has version {version!r}, which cannot become {to}")
    if version == to:
        return text, []
    leaves = list(_leaves(data))
    moves = [(keys, _moved(keys, version, to), value) for keys, value in leaves if keys != ("version",)]
    moves = [(old, new, [value] if _is_listed(old, new) else value) for old, new, value in moves]
    twice = [new for new, count in Counter(new for _, new, _ in moves).items() if count > 1]
    if twice:
        raise EditError(f"{'.'.join(map(key_text, twice[0]))} is set at its old place and at its new one: take one out")
    for keys in _LISTS:
        if version < 2 and keys[0] in data:
            text = edit.set_value(text, keys, _renamed(data[keys[0]]))
            moves = [(old, new, _renamed(value) if old == keys else value) for old, new, value in moves]
    wanted: dict[str, Any] = {"version": to}
    for _, new, value in moves:
        _put(wanted, new, value)
    text = _agreeing(text, version, to, wanted, moves)
    gone = [(keys, _GONE[keys[2:]]) for keys, _ in leaves if keys[:1] == ("plugins",) and keys[2:] in _GONE]
    problems = [
        Problem(
            "warning", "containerd.migrate.gone", f"{'.'.join(keys[2:])}: {note}", path=".".join(map(key_text, keys))
        )
        for keys, note in gone
    ]
    return text, problems + _taking_effect(data, version)


def _agreeing(text: str, version: int, to: int, wanted: dict[str, Any], moves: list[tuple[Keys, Keys, Any]]) -> str:
    """The text moved line by line or, where lines hold several settings, setting by setting; it says what is wanted.

    Raises:
        EditError: neither does.
    """
    ways: tuple[Callable[[], str], ...] = (
        lambda: _lines_moved(text, version, to),
        lambda: _settings_moved(text, moves),
    )
    for way in ways:
        with suppress(ConfigError):
            moved = edit.set_value(way(), ("version",), to)
            if _full(read(moved)) == _full(wanted):
                return moved
    raise EditError("the file cannot be migrated: write dotted keys and tables in braces as tables")


def _settings_moved(text: str, moves: list[tuple[Keys, Keys, Any]]) -> str:
    moved = [(old, new, value) for old, new, value in moves if old != new]
    for old, _, _ in moved:
        text = edit.unset_value(text, old)
    for _, new, value in moved:
        text = edit.set_value(text, new, value)
    return text


def _taking_effect(data: dict[str, Any], version: int) -> list[Problem]:
    """The settings 2.x forgets when it migrates a file without a runtimes table by itself."""
    plugins = data.get("plugins")
    for name, table in plugins.items() if isinstance(plugins, dict) and version < 3 else ():
        inner_table = table.get("containerd") if isinstance(table, dict) else None
        if uri_of(name) == CRI and isinstance(inner_table, dict) and "runtimes" not in inner_table:
            return [
                Problem(
                    "warning",
                    "containerd.migrate.takes-effect",
                    f"{key}: 2.x ignored it in the old version, as the file has no runtimes table, and takes it now",
                    path=f"plugins.{key_text(IMAGES)}.{key}",
                )
                for key in SNAPSHOT_KEYS
                if key in inner_table
            ]
    return []


_LISTS: Final = (("disabled_plugins",), ("required_plugins",))


def _is_listed(old: Keys, new: Keys) -> bool:
    """Whether a directory becomes a list of directories: cni.bin_dir is cni.bin_dirs from 2.1 on."""
    return new[-2:] == ("cni", "bin_dirs") and old[-1] == "bin_dir"


def _renamed(value: Any) -> Any:
    return [uri_of(item) if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


def _leaves(value: Any, path: Keys = ()) -> list[tuple[Keys, Any]]:
    if not isinstance(value, dict):
        return [(path, value)]
    return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]


def _put(table: dict[str, Any], keys: Keys, value: Any) -> None:
    for key in keys[:-1]:
        table = table.setdefault(key, {})
    table[keys[-1]] = value


def _full(value: Any) -> Any:
    """A table without empty tables, which a move may leave or take away."""
    if not isinstance(value, dict):
        return value
    kept = {key: _full(item) for key, item in value.items()}
    return {key: item for key, item in kept.items() if item != {}}


def _moved(keys: Keys, version: int, to: int) -> Keys:
    """Where a key of a file of `version` is in version `to`."""
    # A file of version 3 may still have the table of 1.x: 2.3, which reads version 4, takes it, and 2.0 to 2.2 do not.
    if keys[:1] == ("plugins",) and len(keys) > 1 and (version < 3 or keys[1] == CRI):
        plugin = uri_of(keys[1]) if version < 2 else keys[1]
        rest = keys[2:]
        if plugin == CRI and rest:
            return ("plugins", *_cri(rest, to))
        return ("plugins", plugin, *rest)
    return _SERVERS.get(keys, keys) if to >= 4 else keys


def _cri(rest: Keys, to: int) -> Keys:
    if rest == ("cni", "bin_dir") and to >= 4:  # which only 2.3 and later read
        return (RUNTIME, "cni", "bin_dirs")
    if rest == ("sandbox_image",):
        return (IMAGES, "pinned_images", "sandbox")
    if rest[0] in SERVER_KEYS:
        return (CRI, *rest)
    if rest[0] in IMAGE_KEYS:
        return (IMAGES, *rest)
    if rest[0] == "containerd" and len(rest) == 2 and rest[1] in SNAPSHOT_KEYS:
        return (IMAGES, rest[1])
    if rest[:2] == ("containerd", "runtimes") and rest[3:] == ("sandbox_mode",):
        return (RUNTIME, *rest[:3], "sandboxer")
    return (RUNTIME, *rest)


def _lines_moved(text: str, version: int, to: int) -> str:
    """Each section with its lines under the header its keys move to: split where they move to several, joined where
    several move to one.
    """
    found = sections(text)
    root = text[: found[1].header.start] if len(found) > 1 else text
    pieces = [_root_moved(root, found[0], version, to)]
    places: dict[Keys, int] = {}
    stops = [*(section.header.start for section in found[2:]), len(text)]
    for section, stop in zip(found[1:], stops, strict=False):
        for target, header, body in _section_moved(text, section, version, to):
            if section.array or target not in places:
                places[target] = len(pieces)
                pieces.append(header + body)
            elif body:
                pieces[places[target]] = _joined(pieces[places[target]], body)
        pieces[-1] += text[section.end : stop]
    return "".join(pieces)


def _joined(piece: str, body: str) -> str:
    """A table with more lines below its last one, in its indent; blank lines at its end stay there."""
    kept = piece.rstrip(" \t\r\n")
    newline = "\r\n" if "\r\n" in piece else "\n"
    blank = piece[len(kept) :].removeprefix(newline)
    last = kept.rfind("\n") + 1
    indent = kept[last:][: len(kept[last:]) - len(kept[last:].lstrip(" \t"))]
    own = body[: len(body) - len(body.lstrip(" \t"))]
    lines = body.splitlines(keepends=True)
    if all(line.startswith(own) or not line.strip() for line in lines) and '"""' not in body and "'''" not in body:
        body = "".join(indent + line.removeprefix(own) if line.strip() else line for line in lines)
    return kept + newline + body + ("" if body.endswith("\n") else newline) + blank


def _text_keys(path: Path) -> Keys:
    return tuple(str(part) for part in path)


def _root_moved(piece: str, section: Section, version: int, to: int) -> str:
    for entry in reversed(section.entries):
        new = _moved(_text_keys(entry.path), version, to)
        if new != entry.path and not inner(piece, entry):
            piece = piece[: entry.key.start] + ".".join(map(key_text, new)) + " " + piece[entry.key.end :]
    return piece


def _section_moved(text: str, section: Section, version: int, to: int) -> Iterator[tuple[Keys, str, str]]:
    """The tables a section becomes, in the order of their first lines: path, header and lines."""
    header = text[section.header.start : section.header.end]
    key_start, key_end = (offset - section.header.start for offset in section.key)
    path = _text_keys(section.path)
    groups: dict[Keys, list[str]] = {}
    position = section.header.end
    for entry in section.entries:
        new = _moved(_text_keys(entry.path), version, to)
        keep = len(entry.relative)
        line = text[position : entry.key.start] + ".".join(map(key_text, new[-keep:]))
        line += (" " if text[entry.key.end - 1] in " \t" else "") + text[entry.key.end : entry.value.start]
        value = text[entry.value.start : entry.value.end]
        line += f"[{value}]" if _is_listed(_text_keys(entry.path), new) else value
        line += text[entry.value.end : entry.lines.end]
        groups.setdefault(new[:-keep], []).append(line)
        position = entry.lines.end
    if not groups:
        groups[_header_moved(path, version, to)] = []
    newline = "\r\n" if header.endswith("\r\n") else "\n"
    for number, (target, lines) in enumerate(groups.items()):
        own = header if not number else header.split("#")[0].rstrip() + newline
        if target != path and not section.array:
            own = own[:key_start] + ".".join(map(key_text, target)) + own[key_end:]
        body = "".join(lines)
        last = number == len(groups) - 1
        # A table that was set off by a blank line becomes tables that are.
        own = (newline if number and _is_set_off(text, section) else "") + own
        yield target, own, body + ("" if body.endswith("\n") or not body or last else newline)


def _is_set_off(text: str, section: Section) -> bool:
    before = text[: section.header.start].rstrip(" \t")
    return before.endswith(("\n\n", "\n\r\n"))


def _header_moved(path: Keys, version: int, to: int) -> Keys:
    """Where a header without keys goes: with what it holds, or away from what the new version reads."""
    new = _moved((*path, "-"), version, to)
    return new[:-1] if new[-1] == "-" else path
