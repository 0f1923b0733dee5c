"""What containerd makes of config.toml: imports, merging, its own migration, the defaults. Nothing is judged here."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kubeadm_cfg.containerd.fitting import Table, checked, refused, wrong
from kubeadm_cfg.containerd.loading import Loading, read_as
from kubeadm_cfg.containerd.releases import CRI, IMAGES, RUNTIME, Release, defaults, types
from kubeadm_cfg.containerd.scan import key_text
from kubeadm_cfg.errors import ConfigError

__all__ = ["Decoded", "decode", "uri_of"]

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
        own = "cri" if not self.release.split and self.version in (0, 1) else CRI
        return own in self.config["disabled_plugins"]

    def plugin(self, name: str) -> Table:
        """The table of one of the three CRI plugins of 2.x, which is one table in 1.x."""
        found: Table = self.config["plugins"][name if self.release.split else CRI]
        return found


def decode(toml: str, release: Release, files: Mapping[str, str], name: str = "config.toml") -> Decoded:
    """The configuration in force after reading `toml` and what it imports from `files` (path -> text).

    Raises:
        ConfigError: the release does not start with it.
    """
    loaded = Loading(release, files).run(read_as(toml, release, name))
    decoded = _merged_1(loaded, release) if not release.split else _merged_2(loaded, release)
    decoded.missing = loaded.missing
    _check_uris(decoded)
    _check_proxies(decoded)
    _with_defaults(decoded)
    return decoded


# -- merging ------------------------------------------------------------------------------------------------------
def _merged_1(loaded: Loading, release: Release) -> Decoded:
    """1.x: later files replace whole plugin tables. Version 1 calls a plugin by its short name, every other by all."""
    config = _merge_top(loaded.tables, deep=False)
    version = config.get("version", 0)
    if version > 2 and release.has("newer-version-refused"):
        raise _newer(version, release)
    plugins = config.get("plugins", {})
    names = {uri: uri if version not in (0, 1) else uri.rpartition(".")[2] for uri in types(release)["plugins"]}
    config["plugins"] = {uri: plugins[name] for uri, name in names.items() if name in plugins}
    config["names"] = list(plugins)
    return Decoded(release, config, version)


def _merged_2(loaded: Loading, release: Release) -> Decoded:
    """2.x: tables are merged key by key. Before 2.3 the merged whole is migrated, from 2.3 each file by itself."""
    migrate = _migrated_each if release >= (2, 3, 0) else _lifted
    migrate(loaded.tables, release)
    config = _merge_top(loaded.tables, deep=True)
    version = config.get("version", 0)
    if version > release.config_version and not loaded.missing:
        raise _newer(version, release)
    config.setdefault("plugins", {})
    if version < release.config_version and release < (2, 3, 0):
        _migrate(config["plugins"], release)
    return Decoded(release, config, loaded.version)


def _lifted(tables: list[Table], release: Release) -> None:
    """Files of version 1 get full plugin names and no more: what follows takes them for files of the newest version."""
    newest = release.config_version
    for table in tables:
        if table.get("version", 0) in (0, 1):
            _renamed(table)
            table["version"] = newest
        newest = table["version"]


def _migrated_each(tables: list[Table], release: Release) -> None:
    root = 0
    for table in tables:
        version = table.get("version", 0)
        root = root or version
        if version > root:
            raise refused("dropin-version", f"an imported file has version {version}, the main file {root}", "version")
        if version < 0:
            raise refused("version", f"version {version} stops the program", "version")
        if version <= 1:
            _renamed(table)
        if version < 4:
            _migrate(table.setdefault("plugins", {}), release)
            _migrate_services(table)


def _newer(version: int, release: Release) -> ConfigError:
    return refused(
        "version",
        f"the file has version {version}, this containerd reads versions up to {release.config_version}",
        "version",
        f"write it as version {release.config_version}",
    )


_BY_KEY: Final = ("timeouts", "proxy_plugins", "stream_processors")


def _merge_top(tables: list[Table], *, deep: bool) -> Table:
    """Later files win; lists grow, in 2.x (`deep`) by what they do not hold yet."""
    config: Table = {}
    for table in tables:
        for key, value in table.items():
            if key == "plugins" or key in _BY_KEY:
                there = config.setdefault(key, {})
                _deep(there, value) if deep and key == "plugins" else there.update(value)
            elif isinstance(value, list):
                there = config.setdefault(key, [])
                there += value
                config[key] = list(dict.fromkeys(there)) if deep else there
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
    if _table(images, "registry").get("config_path") == "":
        images["registry"] = {key: value for key, value in images["registry"].items() if key != "config_path"}
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
    """bin_dir becomes bin_dirs from 2.1 on, even where the new table has bin_dirs of its own."""
    if release < (2, 1, 0):
        runtime.setdefault("cni", old)
        return
    new = runtime["cni"] = _table(runtime, "cni")
    if "bin_dir" in old:
        value = old.pop("bin_dir")
        if not isinstance(value, str):
            raise wrong(("plugins", CRI, "cni", "bin_dir"), "string")
        new["bin_dirs"] = [value]
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
    config, release = decoded.config, decoded.release
    names = config.pop("names", [])
    if decoded.missing or (not release.split and decoded.version < 2):
        return
    for key in ("disabled_plugins", "required_plugins"):
        for name in config.get(key, []):
            if not _is_uri(name, release):
                kind = "disabled" if key == "disabled_plugins" else "required"
                raise refused(
                    f"{kind}-plugin",
                    f"{key} holds {name!r}; from version 2 on it must be a full name like {uri_of(name)}",
                    key,
                    "write the full name, or take the entry out",
                )
    for name in names:
        if not _is_uri(name, release):
            raise refused(
                "plugin-key",
                f"the table plugins.{name} is not named by a full name like {CRI!r}",
                "plugins",
                "quote the name",
            )


def _is_uri(name: str, release: Release) -> bool:
    """Whether a release takes a plugin's name for a full one: 1.x wants its four parts, 2.x a dot."""
    if release.split:
        return "." in name
    return name.count(".") >= 3 and (name.startswith("io.containerd.") or not release.has("plugin-uri-prefix"))


# What a proxy plugin can be, by its short name and its full one, and the first release that knows it.
_PROXIES: Final = {
    "snapshot": ("io.containerd.snapshotter.v1", "1.0.0"),
    "content": ("io.containerd.content.v1", "1.0.0"),
    "diff": ("io.containerd.differ.v1", "1.7.0"),
    "sandbox": ("io.containerd.sandbox.controller.v1", "2.0.0"),
}


def _check_proxies(decoded: Decoded) -> None:
    """A proxy plugin of a type that the release does not know stops it with a panic."""
    known = [kind for kind, (_, since) in _PROXIES.items() if decoded.release.since(since)]
    for name, proxy in decoded.config.get("proxy_plugins", {}).items():
        kind = proxy.get("type", "")
        if kind not in known and kind not in {_PROXIES[one][0] for one in known}:
            raise refused(
                "proxy-type",
                f"the proxy plugin {name!r} has the type {kind!r}; this containerd knows {', '.join(known)}",
                f"proxy_plugins.{key_text(name)}",
            )


def _with_defaults(decoded: Decoded) -> None:
    release = decoded.release
    config, kinds = decoded.config, types(release)
    whole = copy.deepcopy(defaults(release))
    whole["plugins"].setdefault(CRI, {})
    given = config.get("plugins", {})
    own = (CRI, IMAGES, RUNTIME) if release.split else (CRI,)
    off = set(config.get("disabled_plugins", [])) | ({CRI} if "cri" in config.get("disabled_plugins", []) else set())
    read: Table = {}
    for name, value in given.items():
        if name not in kinds["plugins"] or name in off:
            continue
        if not isinstance(value, dict):
            raise wrong(("plugins", name), "table")
        unknown: list[tuple[str, ...]] = []
        read[name] = checked(value, kinds["plugins"][name], release, (), unknown)
        decoded.unknown += [(name, path) for path in unknown]
        _put(whole["plugins"].setdefault(name, {}), read[name], kinds["plugins"][name], keep=release.split)
    for name in own:
        whole["plugins"].setdefault(name, {})
    images = whole["plugins"][IMAGES if release.split else CRI]
    if release.split:
        pinned = images.setdefault("pinned_images", {})
        if "sandbox" not in _table(read, IMAGES, "pinned_images"):
            pinned["sandbox"] = release.sandbox_image
    elif "sandbox_image" not in _table(read, CRI):
        images["sandbox_image"] = release.sandbox_image
    for key in ("mirrors", "configs", "auths", "headers"):
        images["registry"].setdefault(key, {})
    if "config_path" not in _table(read, IMAGES, "registry"):
        images["registry"]["config_path"] = images["registry"]["config_path"] or release.built_in_config_path
    top = _without_empty({key: value for key, value in config.items() if key != "plugins"})
    _put(whole, top, {}, keep=True)
    whole["version"] = release.config_version
    decoded.config = whole


def _without_empty(table: Table) -> Table:
    """What is set at the top level: an empty value leaves the default there is."""
    kept = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in kept.items() if value}


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
