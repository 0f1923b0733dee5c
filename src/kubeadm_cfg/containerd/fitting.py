"""The types a release wants the keys of config.toml to have. Where tables come from is decided elsewhere."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from kubeadm_cfg.containerd.releases import Release, types
from kubeadm_cfg.containerd.scan import key_text
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import Problem
from kubeadm_cfg.values import Duration

__all__ = ["Table", "checked", "fields", "is_duration", "refused", "typed_top", "wrong"]

Table = dict[str, Any]


def refused(reason: str, message: str, path: str | None = None, remedy: str | None = None) -> ConfigError:
    """The error for a file that containerd does not start with."""
    code = reason if reason.startswith("toml.") else f"containerd.refused.{reason}"
    return ConfigError(message, [Problem("error", code, message, path=path, remedy=remedy)])


def typed_top(table: Table, release: Release) -> Table:
    """The table of one file with the types of the top level checked; plugins are checked when their turn comes."""
    kinds = types(release)
    found = {key: value for key, value in fields(table, kinds, release) if key != "plugins"}
    top = checked(found, {**kinds, "plugins": {"*": "any"}}, release, (), None)
    plugins = _lookup(table, "plugins", release)
    if plugins is not None:
        if not isinstance(plugins, dict):
            raise wrong(("plugins",), "table")
        for key, value in plugins.items():
            if not isinstance(value, dict) and not release.split:
                raise wrong(("plugins", key), "table")
        top["plugins"] = copy.deepcopy(plugins)
    return top


def _lookup(table: Table, key: str, release: Release) -> Any:
    return next((value for found, value in fields(table, {key: ""}, release) if found == key), None)


def fields(table: Table, kinds: Mapping[str, Any], release: Release) -> Iterator[tuple[str, Any]]:
    """The keys of a table as fields of a struct. 2.x falls back to the key in lower case, 1.x to it in upper case."""
    for key, value in table.items():
        lower = key.lower()
        falls_back = release.split or (key.isupper() and lower not in table)
        yield (lower if key not in kinds and lower in kinds and falls_back else key), value


_TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "bool": bool, "int": int, "list": list, "table": dict}
_TYPES |= {"float": float, "number": (int, float), "duration": str}


def checked(
    table: Table, kinds: Mapping[str, Any], release: Release, path: tuple[str, ...], unknown: list[Any] | None
) -> Table:
    """`table` with only the keys of `kinds`, each of its type; unknown keys of a plugin are noted in `unknown`.

    Raises:
        ConfigError: a value has another type.
    """
    found: Table = {}
    # The table of a plugin is written anew in 2.x, its keys sorted, before it is read.
    ordered = dict(sorted(table.items())) if release.split and unknown is not None else table
    for key, value in fields(ordered, kinds, release):
        kind = kinds.get(key, kinds.get("*"))
        here = (*path, key)
        if kind is None:
            if unknown is not None:
                unknown.append(here)
        elif value == {} and release.split and unknown is not None:
            # A plugin's table is written anew before it is read, and then an empty table is nothing, of whatever type.
            found |= {key: {}} if isinstance(kind, dict) else {}
        elif isinstance(kind, dict):
            if not isinstance(value, dict):
                raise wrong(here, "table")
            found[key] = checked(value, kind, release, here, unknown)
        else:
            found[key] = _value(value, kind, here)
    return found


def _value(value: Any, kind: str, path: tuple[str, ...]) -> Any:
    wanted = _TYPES.get(kind)
    if wanted is None:
        return value
    if not isinstance(value, wanted) or (kind in ("int", "number") and isinstance(value, bool)):
        raise wrong(path, kind)
    if kind == "duration" and not is_duration(str(value)):
        raise wrong(path, kind)
    texts = path[-1] == "unpack_config" or not isinstance(value, list) or all(isinstance(item, str) for item in value)
    if not texts:
        raise wrong(path, "list of strings")
    return value


def is_duration(text: str) -> bool:
    """Whether Go's time.ParseDuration reads a text."""
    try:
        Duration(text)
    except ValueError:
        return False
    return True


def wrong(path: tuple[str, ...], kind: str) -> ConfigError:
    shown = ".".join(map(key_text, path))
    return refused("toml.type", f"{shown} must be a {kind}", shown)
