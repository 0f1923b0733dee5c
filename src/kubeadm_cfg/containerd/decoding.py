"""What containerd makes of config.toml: imports, merging, its own migration, the defaults. Nothing is judged here."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from kubeadm_cfg.containerd.releases import CRI, IMAGES, RUNTIME, Release, defaults, types
from kubeadm_cfg.containerd.scan import read
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import Problem

__all__ = ["Decoded", "Table", "decode", "read_as", "uri_of"]

Table = dict[str, Any]

_BOM: Final = "\ufeff"

_FOLDER: Final = "/etc/containerd"  # where the main file is, for imports that are absolute

# Short plugin names of version 1 (containerd: config.go, v1MigratePluginName).
_URIS: Final = {
    "cri": CRI,
    "cgroups": "io.containerd.monitor.v1.cgroups",
    "linux": "io.containerd.runtime.v1.linux",
    "scheduler": "io.containerd.gc.v1.scheduler",
    "bolt": "io.containerd.metadata.v1.bolt",
    "task": "io.containerd.runtime.v2.task",
    "opt": "io.containerd.internal.v1.opt",
    "restart": "io.containerd.internal.v1.restart",
    "tracing": "io.containerd.internal.v1.tracing",
    "otlp": "io.containerd.tracing.processor.v1.otlp",
    **{
        name: f"io.containerd.snapshotter.v1.{name}"
        for name in ("aufs", "btrfs", "devmapper", "native", "overlayfs", "zfs", "windows", "windows-lcow")
    },
}
# Where the keys of the one CRI table of 1.x went in 2.0; all others went to the runtime plugin.
IMAGE_KEYS: Final = (
    "registry",
    "image_decryption",
    "max_concurrent_downloads",
    "image_pull_progress_timeout",
    "image_pull_with_sync_fs",
    "stats_collect_period",
)
SNAPSHOT_KEYS: Final = ("snapshotter", "disable_snapshot_annotations", "discard_unpacked_layers")
SERVER_KEYS: Final = (
    "disable_tcp_service",
    "stream_server_address",
    "stream_server_port",
    "stream_idle_timeout",
    "enable_tls_streaming",
    "x509_key_pair_streaming",
)


def uri_of(name: str) -> str:
    """The full name of a plugin that version 1 calls by a short one.

    >>> uri_of("cri")
    'io.containerd.grpc.v1.cri'
    """
    if "." in name:
        return name
    kind = "service" if name.endswith("-service") else "grpc"
    return _URIS.get(name, f"io.containerd.{kind}.v1.{name}")


@dataclass
class Decoded:
    """A configuration in force, and what a program of the release would log about it."""

    release: Release
    config: Table
    version: int
    """The version the main file declares, 0 for none."""
    unknown: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def disabled(self) -> bool:
        """Whether the CRI plugin is switched off."""
        off = self.config["disabled_plugins"]
        return CRI in off or (not self.release.split and self.version < 2 and "cri" in off)

    def plugin(self, name: str) -> Table:
        """The table of one of the three CRI plugins of 2.x, which is one table in 1.x."""
        found: Table = self.config["plugins"][name if self.release.split else CRI]
        return found


def refused(reason: str, message: str, path: str | None = None, remedy: str | None = None) -> ConfigError:
    """The error for a file that containerd does not start with."""
    code = reason if reason.startswith("toml.") else f"containerd.refused.{reason}"
    return ConfigError(message, [Problem("error", code, message, path=path, remedy=remedy)])


def read_as(text: str, release: Release, name: str) -> Table:
    """The values of a text; the reader of 2.x stumbles over a byte order mark, that of 1.x skips it.

    Raises:
        ConfigError: not TOML for this release.
    """
    if not text.startswith(_BOM):
        return read(text, name)
    if release.split:
        raise refused(
            "toml.syntax",
            f"{name} begins with a byte order mark, which containerd 2.x does not read",
            remedy="save the file as UTF-8 without it",
        )
    return read(text.removeprefix(_BOM), name)


def decode(toml: str, release: Release, files: Mapping[str, str], name: str = "config.toml") -> Decoded:
    """The configuration in force after reading `toml` and what it imports from `files` (path -> text).

    Raises:
        ConfigError: the release does not start with it.
    """
    loaded = _Loading(release, files).run(read_as(toml, release, name), name)
    decoded = _merged_1(loaded, release) if not release.split else _merged_2(loaded, release)
    _check_uris(decoded)
    _with_defaults(decoded)
    decoded.missing = loaded.missing
    return decoded


# -- reading the main file and its drop-ins -----------------------------------------------------------------------
@dataclass
class _Loading:
    release: Release
    files: Mapping[str, str]
    tables: list[Table] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def run(self, main: Table, name: str) -> _Loading:
        texts = {posixpath.normpath(path): text for path, text in self.files.items()}
        pending: list[tuple[str, Table | None]] = [(name, main)]
        seen: set[str] = set()
        while pending:
            path, table = pending.pop(0)
            if path in seen:
                continue
            seen.add(path)
            if table is None:
                table = read_as(texts[path], self.release, path)
            table = _typed_top(table, self.release)
            self.tables.append(table)
            base = "" if len(self.tables) == 1 else posixpath.dirname(path)
            pending += [(found, None) for found in self._resolved(table.get("imports", []), base, texts)]
        return self

    def _resolved(self, imports: Iterable[str], base: str, texts: Mapping[str, str]) -> Iterator[str]:
        for pattern in imports:
            wanted = posixpath.normpath(posixpath.join(base, pattern))
            forms = {wanted, posixpath.relpath(wanted, _FOLDER) if wanted.startswith("/") else f"{_FOLDER}/{wanted}"}
            if "*" in pattern:
                lost = self.release < (1, 7, 0) and not pattern.startswith("/")  # taken from the working directory
                yield from sorted(
                    path
                    for path in texts
                    if not lost
                    and any(fnmatchcase(path, form) and path.count("/") == form.count("/") for form in forms)
                )
                continue
            found = next((form for form in sorted(forms) if form in texts), None)
            if found is not None:
                yield found
            elif not self.release.split:
                raise refused("import-missing", f"the imported file {pattern!r} does not exist", "imports")
            else:
                self.missing.append(pattern)


def _typed_top(table: Table, release: Release) -> Table:
    """The table of one file with the types of the top level checked; plugins are checked when their turn comes."""
    kinds = types(release.column)
    found = {key: value for key, value in _fields(table, kinds, release) if key != "plugins"}
    checked = _checked(found, {**kinds, "plugins": {"*": "any"}}, release, (), [])
    plugins = _lookup(table, "plugins", release)
    if plugins is not None:
        if not isinstance(plugins, dict):
            raise _wrong(("plugins",), "table")
        for key, value in plugins.items():
            if not isinstance(value, dict) and not release.split:
                raise _wrong(("plugins", key), "table")
        checked["plugins"] = copy.deepcopy(plugins)
    return checked


def _lookup(table: Table, key: str, release: Release) -> Any:
    return next((value for found, value in _fields(table, {key: ""}, release) if found == key), None)


def _fields(table: Table, kinds: Mapping[str, Any], release: Release) -> Iterator[tuple[str, Any]]:
    """The keys of a table as fields of a struct: the reader of 2.x falls back to the key in lower case."""
    for key, value in table.items():
        if key not in kinds and release.split and key.lower() in kinds and key.lower() not in table:
            yield key.lower(), value
        else:
            yield key, value


_TYPES: Final = {"string": str, "bool": bool, "int": int, "list": list}


def _checked(
    table: Table, kinds: Mapping[str, Any], release: Release, path: tuple[str, ...], unknown: list[Any]
) -> Table:
    """`table` with only the keys of `kinds`, each of its type; unknown keys are noted.

    Raises:
        ConfigError: a value has another type.
    """
    found: Table = {}
    for key, value in _fields(table, kinds, release):
        kind = kinds.get(key, kinds.get("*"))
        here = (*path, key)
        if kind is None:
            unknown.append(here)
        elif isinstance(kind, dict):
            if not isinstance(value, dict):
                raise _wrong(here, "table")
            found[key] = _checked(value, kind, release, here, unknown)
        else:
            found[key] = _value(value, kind, here)
    return found


def _value(value: Any, kind: str, path: tuple[str, ...]) -> Any:
    wanted = _TYPES.get(kind)
    if wanted is None:
        return value
    if not isinstance(value, wanted) or (kind == "int" and isinstance(value, bool)):
        raise _wrong(path, kind)
    texts = path[-1] == "unpack_config" or not isinstance(value, list) or all(isinstance(item, str) for item in value)
    if not texts:
        raise _wrong(path, "list of strings")
    return value


def _wrong(path: tuple[str, ...], kind: str) -> ConfigError:
    from kubeadm_cfg.containerd.scan import key_text

    shown = ".".join(map(key_text, path))
    return refused("toml.type", f"{shown} must be a {kind}", shown)


# -- merging ------------------------------------------------------------------------------------------------------
def _merged_1(loaded: _Loading, release: Release) -> Decoded:
    """1.x: later files replace whole plugin tables; a short name is what version 1 calls a plugin, and only that."""
    config = _merge_top(loaded.tables, deep=False, unique=release >= (1, 7, 0))
    version = config.get("version", 0)
    if version > 2 and release.refuses_newer:
        raise _newer(version, release)
    own = CRI if version >= 2 else "cri"
    plugins = config.get("plugins", {})
    config["plugins"] = {key: value for key, value in plugins.items() if key not in {CRI, "cri"}}
    if version >= 2:
        config["names"] = list(plugins)
    if own in plugins:
        config["plugins"][CRI] = plugins[own]
    return Decoded(release, config, version)


def _merged_2(loaded: _Loading, release: Release) -> Decoded:
    """2.x: tables are merged key by key. Before 2.3 the merged whole is migrated, from 2.3 each file by itself."""
    root = 0
    for table in loaded.tables:
        version = table.get("version", 0)
        root = root or version
        if release < (2, 3, 0):
            continue
        if version > root:
            raise refused("dropin-version", f"an imported file has version {version}, the main file {root}", "version")
        if version < 0:
            raise refused("version", f"version {version} stops the program", "version")
        if version <= 1:
            _renamed(table)
        if version < 4:
            _migrate(table.setdefault("plugins", {}), release)
            _migrate_services(table)
    config = _merge_top(loaded.tables, deep=True, unique=True)
    version = config.get("version", 0)
    if version > release.config_version:
        raise _newer(version, release)
    if release < (2, 3, 0):
        if version <= 1:
            _renamed(config)  # and no more: what follows takes the file for one of version 3
        elif version == 2:
            _migrate(config.setdefault("plugins", {}), release)
    config.setdefault("plugins", {})
    return Decoded(release, config, loaded.tables[0].get("version", 0))


def _newer(version: int, release: Release) -> ConfigError:
    return refused(
        "version",
        f"the file has version {version}, this containerd reads versions up to {release.config_version}",
        "version",
        f"write it as version {release.config_version}",
    )


_BY_KEY: Final = ("timeouts", "proxy_plugins", "stream_processors")


def _merge_top(tables: list[Table], *, deep: bool, unique: bool) -> Table:
    config: Table = {}
    for table in tables:
        for key, value in table.items():
            if key == "plugins" or key in _BY_KEY:
                there = config.setdefault(key, {})
                _deep(there, value) if deep and key == "plugins" else there.update(value)
            elif isinstance(value, list):
                there = config.setdefault(key, [])
                there += [item for item in value if not (unique and item in there)]
            elif isinstance(value, dict):
                there = config.setdefault(key, {})
                there.update({name: item for name, item in value.items() if item or name not in there})
            elif value or key not in config:  # what is empty does not replace what is set
                config[key] = value
    return config


def _deep(there: Table, given: Table) -> None:
    for key, value in given.items():
        if isinstance(value, dict) and isinstance(there.get(key), dict):
            _deep(there[key], value)
        else:
            there[key] = value


# -- containerd's own migration -----------------------------------------------------------------------------------
def _renamed(config: Table) -> None:
    config["plugins"] = {uri_of(key): value for key, value in config.get("plugins", {}).items()}
    for key in ("disabled_plugins", "required_plugins"):
        if key in config:
            config[key] = list(dict.fromkeys(uri_of(name) for name in config[key]))


def _table(value: Any, *path: str) -> Table:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _migrate(plugins: Table, release: Release) -> None:
    """The one CRI table of 1.x to the three of 2.x."""
    old = plugins.get(CRI)
    if not isinstance(old, dict):
        return
    plugins[CRI] = {key: value for key, value in old.items() if key in SERVER_KEYS}
    images, runtime = _table(plugins, IMAGES), _table(plugins, RUNTIME)
    plugins[IMAGES], plugins[RUNTIME] = images, runtime
    if "sandbox_image" in old:
        images["pinned_images"] = {**_table(images, "pinned_images"), "sandbox": old["sandbox_image"]}
    images.update({key: old[key] for key in IMAGE_KEYS if key in old})
    inner = _table(old, "containerd")
    if isinstance(inner.get("runtimes"), dict):  # without it containerd forgets these three
        images.update({key: inner[key] for key in SNAPSHOT_KEYS if key in inner})
    taken = ("sandbox_image", "cni", "containerd", *IMAGE_KEYS, *SERVER_KEYS)
    _fill(runtime, {key: value for key, value in old.items() if key not in taken})
    if isinstance(old.get("cni"), dict):
        _migrate_cni(runtime, dict(old["cni"]), release)
    if isinstance(old.get("containerd"), dict):
        runtime["containerd"] = _table(runtime, "containerd")
        _fill(runtime["containerd"], {key: value for key, value in inner.items() if key not in SNAPSHOT_KEYS})
        for entry in _table(runtime, "containerd", "runtimes").values():
            if isinstance(entry, dict) and "sandbox_mode" in entry and "sandboxer" not in entry:
                entry["sandboxer"] = entry.pop("sandbox_mode")


def _migrate_cni(runtime: Table, old: Table, release: Release) -> None:
    new = runtime["cni"] = _table(runtime, "cni")
    if release >= (2, 1, 0) and "bin_dir" in old:
        value = old.pop("bin_dir")
        if not isinstance(value, str):
            raise _wrong(("plugins", CRI, "cni", "bin_dir"), "string")
        new.setdefault("bin_dirs", [value])
    _fill(new, old)


def _fill(there: Table, given: Table) -> None:
    for key, value in given.items():
        there.setdefault(key, value)


_SERVICES: Final = (("grpc", "address"), ("ttrpc", "address"), ("debug", "address"), ("metrics", "address"))


def _migrate_services(config: Table) -> None:
    """Sections of the top level to the plugins of version 4."""
    for section, key in _SERVICES:
        value = _table(config, section).get(key)
        name = f"io.containerd.server.v1.{section}"
        if value and name not in config["plugins"]:
            config["plugins"][name] = {key: value}


# -- checks of names, defaults ------------------------------------------------------------------------------------
def _check_uris(decoded: Decoded) -> None:
    config = decoded.config
    names = config.pop("names", [])
    if not decoded.release.split and decoded.version < 2:
        return
    fewest = 1 if decoded.release.split else 3  # dots: 1.x wants all four parts
    for key in ("disabled_plugins", "required_plugins"):
        for name in config.get(key, []):
            if name.count(".") < fewest:
                kind = "disabled" if key == "disabled_plugins" else "required"
                raise refused(
                    f"{kind}-plugin",
                    f"{key} holds {name!r}; from version 2 on it must be a full name like {uri_of(name)}",
                    key,
                    "write the full name, or take the entry out",
                )
    for name in names:
        if name.count(".") < fewest:
            raise refused(
                "plugin-key",
                f"the table plugins.{name} is not named by a full name like {CRI!r}",
                "plugins",
                "quote the name",
            )


def _with_defaults(decoded: Decoded) -> None:
    release = decoded.release
    config, kinds = decoded.config, types(release.column)
    whole = copy.deepcopy(defaults(release))
    whole["plugins"].setdefault(CRI, {})
    given = config.get("plugins", {})
    own = (CRI, IMAGES, RUNTIME) if release.split else (CRI,)
    off = set(config.get("disabled_plugins", [])) | ({CRI} if "cri" in config.get("disabled_plugins", []) else set())
    for name, value in given.items():
        if name not in kinds["plugins"] or name in off:
            continue
        if not isinstance(value, dict):
            raise _wrong(("plugins", name), "table")
        unknown: list[tuple[str, ...]] = []
        checked = _checked(value, kinds["plugins"][name], release, (), unknown)
        decoded.unknown += [(name, path) for path in unknown]
        _put(whole["plugins"][name], checked, kinds["plugins"][name], keep=release.split)
    for name in own:
        whole["plugins"].setdefault(name, {})
    images = whole["plugins"][IMAGES if release.split else CRI]
    if release.split:
        pinned = images.setdefault("pinned_images", {})
        if "sandbox" not in _table(given, IMAGES, "pinned_images"):
            pinned["sandbox"] = release.sandbox_image
    elif "sandbox_image" not in _table(given, CRI):
        images["sandbox_image"] = release.sandbox_image
    for key in ("mirrors", "configs", "auths", "headers"):
        images["registry"].setdefault(key, {})
    images["registry"]["config_path"] = images["registry"]["config_path"] or release.built_in_config_path
    top = {key: value for key, value in config.items() if key != "plugins"}
    _put(whole, top, {}, keep=True)
    whole["version"] = release.config_version
    decoded.config = whole


def _put(there: Table, given: Table, kinds: Mapping[str, Any], *, keep: bool) -> None:
    """Lay what is given over the defaults. 1.x makes maps anew (`keep` is false), 2.x keeps the entries there are."""
    for key, value in given.items():
        kind = kinds.get(key, kinds.get("*")) if kinds else None
        if isinstance(value, dict) and not (not keep and isinstance(kind, dict) and "*" in kind):
            if not isinstance(there.get(key), dict):
                there[key] = {}
            _put(there[key], value, kind if isinstance(kind, dict) else {}, keep=keep)
        else:
            there[key] = value
