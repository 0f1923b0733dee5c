"""Releases of containerd: what each one's configuration looks like, from the fact file. No text is read here."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final, NamedTuple

from kubeadm_cfg.containerd.scan import key_path
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.facts import read_facts

__all__ = ["CRI", "IMAGES", "RUNTIME", "Release", "defaults", "facts", "types"]

CRI: Final = "io.containerd.grpc.v1.cri"
IMAGES: Final = "io.containerd.cri.v1.images"
RUNTIME: Final = "io.containerd.cri.v1.runtime"

_FORM: Final = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+~].*)?")
_OLDEST: Final = (1, 5, 0)
# The last patch of a line is what a release without a patch number means.
_NEWEST_PATCH: Final = 999


class Release(NamedTuple):
    """A release as three numbers; comparisons with tuples are comparisons of releases."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, text: str) -> Release:
        """The release a text like ``2.2.7``, ``v1.7.34`` or ``2.1`` (its newest patch) names.

        Raises:
            ConfigError: it names no release, or one before 1.5.
        """
        match = _FORM.fullmatch(str(text))
        if match is None:
            raise ConfigError(f"{text!r} is no containerd release; it is written like 2.2.7 or 1.7")
        try:
            release = cls(int(match[1]), int(match[2]), int(match[3]) if match[3] else _NEWEST_PATCH)
        except ValueError:
            raise ConfigError("a containerd release has shorter numbers") from None
        if release < _OLDEST:
            raise ConfigError(f"containerd {text} is not known; 1.5 is the oldest known")
        return release

    @property
    def column(self) -> str:
        """The release run for the fact file whose configuration this one has."""
        columns = _columns()
        fitting = [known for known in columns if columns[known][:2] <= self[:2]]
        return fitting[-1] if fitting else next(iter(columns))

    @property
    def config_version(self) -> int:
        """The version of the configuration this release writes."""
        if self < (2, 0, 0):
            return 2
        return 3 if self < (2, 3, 0) else 4

    def since(self, text: str) -> bool:
        """Whether this is the release that the text names, or a later one."""
        return tuple(map(int, text.split("."))) <= self

    def has(self, change: str) -> bool:
        """Whether a change that came in the middle of release lines is in this one, and not gone again.

        >>> Release.of("1.6.20").has("https-first"), Release.of("1.6.25").has("https-first")
        (False, True)
        """
        row = _changes()[change]
        return self._reached(row["since"]) and not self._reached(row.get("until", []))

    def _reached(self, marks: list[str]) -> bool:
        """Whether the mark of this line, else that of the line before, is at or before this release."""
        due = [mark for mark in map(Release.of, marks) if mark[:2] <= self[:2]]
        return bool(due) and due[-1] <= self

    @property
    def split(self) -> bool:
        """Whether CRI is three plugins: images, runtime and server."""
        return self >= (2, 0, 0)

    @property
    def sandbox_image(self) -> str:
        """The pause image this release uses when none is set."""
        rows = facts()["sandbox_image"]["defaults"]
        return str([row["image"] for row in rows if self.since(row["since"])][-1])

    @property
    def built_in_config_path(self) -> str:
        """What `config_path` is when it is empty, before the daemon starts."""
        return _TWO_DIRECTORIES if (2, 2, 0) <= self < (2, 2, 2) else ""

    @property
    def config_path_at_start(self) -> str:
        """What an empty `config_path` becomes when the daemon starts and no mirror is configured."""
        return _TWO_DIRECTORIES if self >= (2, 2, 0) else ""


_TWO_DIRECTORIES: Final = "/etc/containerd/certs.d:/etc/docker/certs.d"


@cache
def facts() -> dict[str, Any]:
    """The fact file."""
    loaded: dict[str, Any] = read_facts("containerd.json")
    return loaded


@cache
def _changes() -> dict[str, dict[str, Any]]:
    return {row["change"]: row for row in facts()["changes_within_lines"]["rows"]}


@cache
def _columns() -> dict[str, Release]:
    names = {name for row in facts()["keys"]["rows"] for name in row["in"]}
    return {str(name): Release.of(name) for name in sorted(names, key=Release.of)}


@cache
def _rows(release: Release) -> tuple[tuple[tuple[str, ...], str, Any], ...]:
    found = []
    column = release.column
    for row in facts()["keys"]["rows"]:
        if column in row["in"] and release.since(row.get("since", "1.5.0")):
            default = row["default"] if "default" in row else row["default_per_release"][column]
            found.append((key_path(row["key"]), row["type"], default))
    return tuple(found)


@cache
def _tree(release: Release, part: int) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for row in _rows(release):
        here = tree
        for key in row[0][:-1]:
            here = here.setdefault(key, {})
        here[row[0][-1]] = row[part]
    return tree


def defaults(release: Release) -> dict[str, Any]:
    """What the release prints as its default configuration, as nested tables. Not to be changed: copy it."""
    return _tree(release, 2)


@cache
def types(release: Release) -> dict[str, Any]:
    """The types of the same keys, and of those that are decoded but not printed."""
    tree: dict[str, Any] = json.loads(json.dumps(_tree(release, 1)))
    split = release.split
    tree |= _UNPRINTED
    if release >= (1, 7, 0):
        tree["proxy_plugins"] = {
            "*": {**_PROXY, "platform": "string", "exports": {"*": "string"}, "capabilities": "list"}
        }
    for key, fields in _SERVER_SECTIONS.items():
        tree[key] = {**fields, **tree.get(key, {})}
    plugins = tree["plugins"]
    images = plugins[IMAGES] if split else plugins[CRI]
    runtime = plugins[RUNTIME] if split else plugins[CRI]
    auth = {"username": "string", "password": "string", "auth": "string", "identitytoken": "string"}
    tls = {"ca_file": "string", "cert_file": "string", "key_file": "string", "insecure_skip_verify": "bool"}
    images["registry"] |= {
        "mirrors": {"*": {"endpoint": "list", "rewrite": {"*": "string"}} if not split else {"endpoint": "list"}},
        "configs": {"*": {"auth": auth} if split else {"auth": auth, "tls": tls}},
        "auths": {"*": auth},
        "headers": {"*": "list"},
    }
    if split:
        images["runtime_platforms"] = {"*": {"platform": "string", "snapshotter": "string"}}
        images.setdefault("pinned_images", {})
        images["pinned_images"] = {"*": "string"}
    entry = {**runtime["containerd"]["runtimes"]["runc"], "options": {"*": "any"}}
    if split:
        entry["runtime_path"] = "string"
    runtime["containerd"]["runtimes"] = {"*": entry}
    for row in facts()["other_plugins"]["rows"]:
        if release.column in row["in"]:
            plugins.setdefault(row["plugin"], {"*": "any"})[row["key"]] = row["type"]
    if not split:
        runtime["containerd"] |= {"default_runtime": entry, "untrusted_workload_runtime": entry}
    return tree


_PROXY: Final = {"type": "string", "address": "string"}
_UNPRINTED: Final[dict[str, Any]] = {
    "timeouts": {"*": "string"},
    "proxy_plugins": {"*": _PROXY},
    "stream_processors": {
        "*": {"accepts": "list", "returns": "string", "path": "string", "args": "list", "env": "list"}
    },
}
# 2.3 prints these as plugins, but decodes the sections all the same.
_SERVER_SECTIONS: Final[dict[str, dict[str, str]]] = {
    "grpc": {
        "address": "string",
        "uid": "int",
        "gid": "int",
        "max_recv_message_size": "int",
        "max_send_message_size": "int",
        "tcp_address": "string",
        "tcp_tls_ca": "string",
        "tcp_tls_cert": "string",
        "tcp_tls_key": "string",
    },
    "ttrpc": {"address": "string", "uid": "int", "gid": "int"},
    "debug": {"address": "string", "uid": "int", "gid": "int", "level": "string", "format": "string"},
    "metrics": {"address": "string", "grpc_histogram": "bool"},
    "cgroup": {"path": "string"},
}
