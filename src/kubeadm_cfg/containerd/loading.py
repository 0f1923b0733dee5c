"""config.toml and the files it imports, read in the order of a release. Nothing is merged here."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from kubeadm_cfg.containerd.fitting import Table, refused, typed_top
from kubeadm_cfg.containerd.oldreader import read_old
from kubeadm_cfg.containerd.releases import Release
from kubeadm_cfg.containerd.scan import read
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.source.encoding import decoded

__all__ = ["Loading", "drop_ins", "read_as"]

_BOM: Final = "\ufeff"
_FOLDER: Final = "/etc/containerd"  # where the main file is, for imports that are absolute


def read_as(text: str, release: Release, name: str) -> Table:
    """The values of a text; the reader of 2.x stumbles over a byte order mark, that of 1.x skips it.

    Raises:
        ConfigError: not TOML for this release.
    """
    if not release.split:
        return read_old(text.removeprefix(_BOM), name)
    if text.startswith(_BOM):
        raise refused(
            "toml.syntax",
            f"{name} begins with a byte order mark, which containerd 2.x does not read",
            remedy="save the file as UTF-8 without it",
        )
    return read(text, name)


@dataclass
class Loading:
    """The tables of the main file and of what it imports, in the order they are read."""

    release: Release
    files: Mapping[str, str]
    tables: list[Table] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Imports that are not there. What would be read after the first of them is not, and names are not checked."""
    version: int = 0
    """The version the main file declares."""

    def run(self, main: Table) -> Loading:
        texts = {posixpath.normpath(path): text for path, text in self.files.items()}
        pending: list[tuple[str, Table | None]] = [(_MAIN, main)]
        seen: set[str] = set()
        while pending and not self.missing:
            path, table = pending.pop(0)
            if path in seen:
                continue
            seen.add(path)
            if table is None and path not in texts:
                self._absent(path, texts)
                continue
            table = typed_top(read_as(texts[path], self.release, path) if table is None else table, self.release)
            self.tables.append(table)
            self.version = self.tables[0].get("version", 0)
            imports = table.get("imports", [])
            pending += [(found, None) for found in self._resolved(imports, posixpath.dirname(path), texts)]
        return self

    def _resolved(self, imports: Iterable[str], base: str, texts: Mapping[str, str]) -> Iterator[str]:
        for pattern in imports:
            wanted = posixpath.normpath(posixpath.join(base, pattern))
            # Files are given by absolute paths or by paths from the main file's directory.
            forms = [wanted, posixpath.relpath(wanted, _FOLDER) if wanted.startswith("/") else f"{_FOLDER}/{wanted}"]
            if "*" in pattern:
                # Before that release it is taken from the working directory.
                lost = not self.release.has("relative-globs") and not pattern.startswith("/")
                found = self._matching(pattern, forms, texts)
                yield from [] if lost else found
                continue
            main = next((_MAIN for form in forms if form == _MAIN), None)
            yield main or next((form for form in forms if form in texts), wanted)

    def _matching(self, pattern: str, forms: list[str], texts: Mapping[str, str]) -> list[str]:
        """What a pattern matches, in name order; * and ? do not match a slash."""
        folders = {
            "/".join(parts[:number]) for path in texts if (parts := path.split("/")) for number in range(len(parts))
        }
        found = []
        for form in forms:
            try:
                regex = re.compile("/".join(map(_segment, form.split("/"))), re.DOTALL)
            except ValueError:
                raise refused("import-pattern", f"the pattern {pattern!r} cannot be read", "imports") from None
            found += [path for path in {*texts, *folders, _MAIN} if path and regex.fullmatch(path)]
        return sorted(found)

    def _absent(self, path: str, texts: Mapping[str, str]) -> None:
        if any(one.startswith(f"{path}/") for one in texts) or path == ".":
            raise refused("import-directory", f"the import {path!r} is a directory", "imports")
        if not self.release.split:
            raise refused("import-missing", f"the imported file {path!r} does not exist", "imports")
        self.missing.append(path)


def drop_ins(toml: str | bytes, path: str | os.PathLike[str]) -> dict[str, str]:
    """Path -> text of the files on disk that a config.toml at `path` imports, and of what these import in turn.

    Paths below its directory are relative to it, as `Loading` wants them. What cannot be read is left out, and what is
    not named *.toml: a file that is checked should not make the check read any other file.
    """
    try:
        text = decoded(toml, str(path))[0] if isinstance(toml, bytes) else toml.removeprefix(_BOM)
        imports = read(text).get("imports")
    except ConfigError:
        return {}
    main = Path(os.path.abspath(path))  # noqa: PTH100  # links stay, as for containerd
    found: dict[str, str] = {}
    pending = [(main.parent, pattern) for pattern in _texts(imports)]
    while pending:
        folder, pattern = pending.pop(0)
        wanted = Path(posixpath.normpath(folder / pattern))
        try:
            pattern = str(wanted.relative_to(wanted.anchor)).replace("**", "*")
            paths = sorted(islice(Path(wanted.anchor).glob(pattern), _MOST))
        except ValueError:
            continue
        for one in paths:
            name = one.relative_to(main.parent).as_posix() if one.is_relative_to(main.parent) else one.as_posix()
            if name in found or one == main or one.suffix != ".toml" or not one.is_file():
                continue
            try:
                found[name] = one.read_text(encoding="utf-8")
                inner = read(found[name]).get("imports")
            except (OSError, UnicodeDecodeError, ConfigError):
                continue
            pending += [(one.parent, pattern) for pattern in _texts(inner)]
    return found


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


_MAIN: Final = "config.toml"
_MOST: Final = 1000  # files of one pattern
_CHARACTER: Final = r"(?:\\(.)|([^\]\\-]))"
_RANGE: Final = re.compile(f"{_CHARACTER}(?:-{_CHARACTER})?", re.DOTALL)
_CLASS: Final = re.compile(rf"\[(\^?)((?:{_RANGE.pattern})+)\]", re.DOTALL)


def _segment(pattern: str) -> str:
    r"""A part of a pattern of Go's path/filepath.Match as a regular expression.

    Raises:
        ValueError: a class or an escape without an end.

    >>> _segment("[^a-c]?*.toml")
    '[^a-c][^/][^/]*\\.toml'
    """
    found, position = "", 0
    while position < len(pattern):
        character = pattern[position]
        if character == "[":
            match = _CLASS.match(pattern, position)
            if match is None:
                raise ValueError("a class without an end")
            found += _class(match[1], match[2])
            position = match.end()
            continue
        if character == "\\":
            position += 1
            if position == len(pattern):
                raise ValueError("an escape without an end")
            found += re.escape(pattern[position])
        else:
            found += {"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character))
        position += 1
    return found


def _class(negated: str, ranges: str) -> str:
    inner = ""
    for escaped, plain, last_escaped, last_plain in _RANGE.findall(ranges):
        first = escaped or plain
        last = last_escaped or last_plain or first
        inner += f"{re.escape(first)}-{re.escape(last)}" if first <= last else ""
    if not inner:
        return "[^/]" if negated else r"(?!)"
    return f"[{negated}{inner}]"
