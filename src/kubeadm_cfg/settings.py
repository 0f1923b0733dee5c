"""Settings of a project: `[tool.kubeadm-cfg]` in pyproject.toml, or `.kubeadm-cfg.toml`. What they do is for checks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import attrs

from kubeadm_cfg.checks.commands import COMMANDS
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.host import Host
from kubeadm_cfg.kubernetes import minor_number
from kubeadm_cfg.report import Problem, Severity, problem_at

if TYPE_CHECKING:
    from kubeadm_cfg.errors import Span

__all__ = ["Settings"]

_OWN: Final = ".kubeadm-cfg.toml"
_SHARED: Final = "pyproject.toml"
_TABLE: Final = ("tool", "kubeadm-cfg")
_MAY_HOLD_THEM: Final = re.compile(r"tool\s*[.\"']+\s*[\"']?kubeadm-cfg|^\s*\[\s*[\"']?tool[\"']?\s*\]", re.MULTILINE)
Keys = tuple[str, ...]


@attrs.frozen(kw_only=True)
class Settings:
    r"""What a project has settled for its checks; what is given to a check itself comes first.

    Args:
        select: only problems whose code begins with one of these, when there are any.
        ignore: no problems whose code begins with one of these.
        per_file_ignores: glob of files, by name or seen from the directory of the settings -> what to ignore there.
        severity: beginning of codes -> the severity they get.
        kubernetes: the version whose programs judge, such as ``"1.31"``.
        command: the kubeadm command that reads the files.
        host: what is known of the machines.
        path: the file the settings come from.

    >>> Settings.loads('ignore = ["kubernetes.assumed"]\n[severity]\n"strict." = "warning"\n').severity
    {'strict.': 'warning'}
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    severity: Mapping[str, Severity] = attrs.field(factory=dict)
    kubernetes: str | None = None
    command: str | None = None
    host: Host | None = None
    path: Path | None = None

    @classmethod
    def find(cls, paths: Iterable[str | os.PathLike[str]]) -> Settings:
        """The settings nearest to the files, upwards from the directory they have in common; empty when there are none.

        Raises:
            ConfigError: a key that is unknown or has the wrong type, or a file that is not TOML.
        """
        given = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100  # resolve() would follow links
        places = [path if path.is_dir() else path.parent for path in given] or [Path.cwd()]
        common = Path(os.path.commonpath(places)) if len({place.anchor for place in places}) == 1 else places[0]
        for directory in (common, *common.parents):
            for name in (_OWN, _SHARED):
                path = directory / name
                if path.is_file():
                    text = path.read_text(encoding="utf-8", errors="replace")
                    if name == _OWN or _MAY_HOLD_THEM.search(text) is not None:
                        found = cls._loaded(text, path, path.name)
                        if found is not None:
                            return found
        return cls()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Settings:
        """The settings of a file; of a pyproject.toml those of its table.

        Raises:
            ConfigError: a key that is unknown or has the wrong type, or a file that is not TOML.
            OSError: the file cannot be read.
        """
        return (
            cls._loaded(Path(path).read_text(encoding="utf-8", errors="replace"), Path(path), Path(path).name) or cls()
        )

    @classmethod
    def loads(cls, text: str, name: str = _OWN) -> Settings:
        """As `load`, from text; `name` is what messages call it.

        Raises:
            ConfigError: a key that is unknown or has the wrong type, or no TOML.
        """
        return cls._loaded(text, None, name) or cls()

    @classmethod
    def _loaded(cls, text: str, path: Path | None, kind: str) -> Settings | None:
        from kubeadm_cfg.containerd.scan import read

        name = str(path) if path is not None else kind
        data = read(text, name)
        prefix: Keys = _TABLE if kind == _SHARED else ()
        for key in prefix:
            inner = data.get(key)
            if not isinstance(inner, dict):
                return None
            data = inner
        reader = _Reader(text, name, prefix)
        values = reader.table(data, _FIELDS, ())
        if reader.problems:
            raise ConfigError(f"{name}: settings that cannot be used", reader.problems)
        if "host" in values:
            values["host"] = Host(**values["host"])
        return cls(**values, path=path)

    def ignored_in(self, file: str) -> tuple[str, ...]:
        """The codes that are ignored in a file."""
        if not self.per_file_ignores:
            return self.ignore
        from fnmatch import fnmatchcase

        here = Path(os.path.abspath(file))  # noqa: PTH100  # as in `find`
        base = Path(os.path.abspath(self.path)).parent if self.path is not None else Path.cwd()  # noqa: PTH100  # likewise
        name = (here.relative_to(base) if here.is_relative_to(base) else here).as_posix()
        found = list(self.ignore)
        for glob, codes in self.per_file_ignores.items():
            if fnmatchcase(name, glob) or fnmatchcase(here.name, glob):
                found += codes
        return tuple(found)


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _version(value: Any) -> str | None:
    return value if isinstance(value, str) and minor_number(value) is not None else None


def _one_of(*words: str) -> Callable[[Any], str | None]:
    return lambda value: value if isinstance(value, str) and value in words else None


class _Table:
    """A table of any keys, each with such a value."""

    def __init__(self, take: Callable[[Any], Any], wanted: str) -> None:
        self.take = take
        self.wanted = wanted


_LIST: Final = "a list of texts"
_HOST: Final[dict[str, Any]] = {
    **dict.fromkeys(("name", "kernel", "cri_socket"), (_text, "a text")),
    **dict.fromkeys(("addresses", "routes", "interfaces", "modules"), (_texts, _LIST)),
    "cgroup": (_one_of("v1", "v2"), '"v1" or "v2"'),
}
# Key -> what takes its value (None: it does not) and what it has to be, a table of such keys, or one of any keys.
_FIELDS: Final[dict[str, Any]] = {
    "select": (_texts, _LIST),
    "ignore": (_texts, _LIST),
    "per-file-ignores": _Table(_texts, _LIST),
    "severity": _Table(_one_of(*get_args(Severity)), '"error", "warning" or "info"'),
    "kubernetes": (_version, 'a version in quotes, such as "1.31"'),
    "command": (_one_of(*COMMANDS), f"one of {', '.join(COMMANDS)}"),
    "host": _HOST,
}


class _Reader:
    """Values taken key by key; what is wrong is kept with its place."""

    def __init__(self, text: str, name: str, prefix: Keys) -> None:
        self.text = text
        self.name = name
        self.prefix = prefix
        self.problems: list[Problem] = []

    def table(self, data: Mapping[str, Any], fields: Any, path: Keys) -> dict[str, Any]:
        """The values of a table under the names of attributes."""
        values: dict[str, Any] = {}
        for key, value in data.items():
            here = (*path, key)
            if isinstance(fields, _Table):
                self.take(values, key, value, (fields.take, fields.wanted), here)
                continue
            field = fields.get(key, fields.get(key.replace("-", "_")) if path else None)
            name = key.replace("-", "_")
            if field is None:
                self.unknown(key, fields, here)
            elif isinstance(field, tuple):
                self.take(values, name, value, field, here)
            elif isinstance(value, dict):
                values[name] = self.table(value, field, here)
            else:
                self.wrong(here, "must be a table")
        return values

    def take(self, values: dict[str, Any], name: str, value: Any, field: Any, path: Keys) -> None:
        taken = field[0](value)
        if taken is None:
            self.wrong(path, f"must be {field[1]}")
        values[name] = taken

    def unknown(self, key: str, fields: Mapping[str, Any], path: Keys) -> None:
        from difflib import get_close_matches

        near = get_close_matches(key, fields, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(fields)}"
        self.add(path, f"{'.'.join(path)} is no setting", "settings.unknown", remedy, of_key=True)

    def wrong(self, path: Keys, message: str) -> None:
        self.add(path, f"{'.'.join(path)} {message}", "settings.type")

    def add(self, path: Keys, message: str, code: str, remedy: str | None = None, *, of_key: bool = False) -> None:
        key, value = next(iter(_places(self.text, (*self.prefix, *path))), (None, None))
        place = key if of_key else value
        offset = place.start if place is not None else 0
        self.problems.append(problem_at(self.name, self.text, offset, message, code=code, remedy=remedy))


def _places(text: str, path: Keys) -> Iterator[tuple[Span, Span]]:
    """Where the key at a path stands, and its value."""
    from kubeadm_cfg.containerd.scan import inner, sections

    for section in sections(text):
        if section.path[: len(path)] == path:
            yield section.key, section.key
        entries = list(section.entries)
        for entry in entries:
            if entry.path[: len(path)] == path:
                yield entry.key, entry.value
            entries += inner(text, entry)
