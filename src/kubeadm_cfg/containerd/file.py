"""config.toml and hosts.toml as files: text, edits by path, typed settings, saving. Edits of texts are in `edit`."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from kubeadm_cfg import saving
from kubeadm_cfg.containerd import edit
from kubeadm_cfg.containerd.releases import CRI, IMAGES, RUNTIME
from kubeadm_cfg.containerd.scan import key_path, read
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.report import Problem, Report
from kubeadm_cfg.source.encoding import decoded

__all__ = ["ConfigToml", "HostsToml", "TomlFile", "load", "load_hosts", "loads", "loads_hosts"]

PathName: TypeAlias = str | os.PathLike[str]
Where: TypeAlias = str | list[str] | tuple[str, ...]

_BOM: Final = "\ufeff"
_MISSING: Final = object()


class TomlFile:
    """A TOML file that is edited by path; only the edited bytes change. Made by `load` and its kin."""

    def __init__(self, data: str | bytes, name: str = "<string>", path: Path | None = None) -> None:
        if isinstance(data, str):
            text, self._bom = data.removeprefix(_BOM), data.startswith(_BOM)
        else:
            text, self._bom = decoded(data, name)
        read(text, name)
        self.name = name
        """What messages call the file."""
        self.path = path
        """Where `save` writes, None for a text."""
        self._text = text
        self._saved = text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def text(self) -> str:
        """The text with all edits so far, without a byte order mark."""
        return self._text

    def __bytes__(self) -> bytes:
        return self._bytes(self._text)

    def _bytes(self, text: str) -> bytes:
        return ((_BOM if self._bom else "") + text).encode("utf-8")

    def to_dict(self) -> dict[str, Any]:
        """The whole file as plain data."""
        return read(self._text, self.name)

    def get(self, path: Where, default: Any = _MISSING) -> Any:
        """A plain copy of the value at a path, a dotted key of TOML or a list of keys.

        Raises:
            KeyError: there is none, and no default.
            EditError: the path cannot be read.
        """
        here: Any = self.to_dict()
        for key in _keys(path):
            if not isinstance(here, dict) or key not in here:
                if default is _MISSING:
                    raise KeyError(path)
                return default
            here = here[key]
        return here

    def set(self, path: Where, value: Any) -> None:
        """Set the value at a path; tables that are missing are created.

        Raises:
            EditError: it cannot be written there; no byte moved.
        """
        try:
            self._text = edit.set_value(self._text, _keys(path), copy.deepcopy(value))
        except RecursionError:
            raise EditError("the value is nested too deep, or holds itself") from None

    def unset(self, path: Where) -> None:
        """Take out a key with its line, or a table with all that is in it.

        Raises:
            EditError: there is nothing; no byte moved.
        """
        self._text = edit.unset_value(self._text, _keys(path))

    def diff(self) -> str:
        """A unified diff against what was loaded or last saved, "" when nothing changed."""
        if self._text == self._saved:
            return ""
        from difflib import unified_diff

        before, after = (text.splitlines(keepends=True) for text in (self._saved, self._text))
        lines = unified_diff(before, after, self.name, self.name)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def save(self, path: PathName | None = None, *, force: bool = False, backup: bool = False) -> bool:
        """Write the file in one step; without `path` to where it was loaded from, and only when something changed.

        Returns:
            Whether the file was written.

        Raises:
            StaleFileError: the file on disk is not the one that was loaded.
            ValueError: a text has no path of its own.
        """
        own = path is None or (self.path is not None and Path(path) == self.path)
        target = self.path if own else Path(path or "")
        if target is None:
            raise ValueError("the file was loaded from a text and has no path: save(path) says where it goes")
        if own and not force:
            if self._text == self._saved:
                return False
            saving.check_unchanged(target, self._bytes(self._saved))
        saving.write(target, bytes(self), backup=backup)
        self.path = self.path or target
        if self.path == target:
            self._saved = self._text
        return True


def _keys(path: Where) -> tuple[str, ...]:
    try:
        return key_path(path)
    except ValueError as error:
        raise EditError(str(error)) from None


# -- typed settings -----------------------------------------------------------------------------------------------
class _Setting:
    """A key of config.toml at its place in the file's version. None is "not there"; assigning None removes it."""

    def __init__(self, new: Sequence[str], old: Sequence[str] | None = None, doc: str = "") -> None:
        self.new, self.old = tuple(new), tuple(old) if old is not None else None
        self.__doc__ = doc

    def path(self, file: ConfigToml) -> tuple[str, ...]:
        if self.old is None:
            return self.new
        if file.version >= 3:
            return ("plugins", *self.new)
        return ("plugins", "cri" if file.version < 2 else CRI, *self.old)

    def __get__(self, file: ConfigToml | None, owner: type | None = None) -> Any:
        return self if file is None else file.get(self.path(file), None)

    def __set__(self, file: ConfigToml, value: Any) -> None:
        file._prepare()
        file._put(self.path(file), value)


class ConfigToml(TomlFile):
    """A config.toml of any version. Settings are attributes, read and written where the file's version has them."""

    disabled_plugins = _Setting(["disabled_plugins"], doc="Plugins switched off, by full name from version 2 on.")
    imports = _Setting(["imports"], doc="Files whose settings replace those of this one; globs are allowed.")
    root = _Setting(["root"], doc="Where containerd keeps images and containers.")
    state = _Setting(["state"], doc="Where containerd keeps what a reboot may lose.")
    sandbox_image = _Setting([IMAGES, "pinned_images", "sandbox"], ["sandbox_image"], "The pause image.")
    snapshotter = _Setting([IMAGES, "snapshotter"], ["containerd", "snapshotter"], "The snapshotter of images.")
    registry_config_path = _Setting(
        [IMAGES, "registry", "config_path"], ["registry", "config_path"], "The directory of the hosts.toml files."
    )
    mirrors = _Setting([IMAGES, "registry", "mirrors"], ["registry", "mirrors"], "Registry host -> {endpoint: [...]}.")
    registry_configs = _Setting([IMAGES, "registry", "configs"], ["registry", "configs"], "Credentials by host.")
    max_concurrent_downloads = _Setting(
        [IMAGES, "max_concurrent_downloads"], ["max_concurrent_downloads"], "Layers pulled at the same time."
    )
    default_runtime_name = _Setting(
        [RUNTIME, "containerd", "default_runtime_name"],
        ["containerd", "default_runtime_name"],
        "The runtime of most pods.",
    )
    runtimes = _Setting([RUNTIME, "containerd", "runtimes"], ["containerd", "runtimes"], "Runtime name -> its table.")
    cni_conf_dir = _Setting([RUNTIME, "cni", "conf_dir"], ["cni", "conf_dir"], "Where CNI configuration is read.")
    max_container_log_line_size = _Setting(
        [RUNTIME, "max_container_log_line_size"], ["max_container_log_line_size"], "Bytes; longer lines are broken."
    )

    @property
    def version(self) -> int:
        """The version the file declares; 1 without one."""
        found = self.get("version", 1)
        return found if isinstance(found, int) and found > 0 else 1

    @property
    def systemd_cgroup(self) -> bool | None:
        """SystemdCgroup of the default runtime; true goes with ``cgroupDriver: systemd``. None: not there."""
        found = self.get(self._cgroup_path(), None)
        return found if isinstance(found, bool) else None

    @systemd_cgroup.setter
    def systemd_cgroup(self, value: bool | None) -> None:
        self._prepare()
        path = self._cgroup_path()
        runtime = path[-3]
        if value and runtime == "runc" and self.version < 3 and self.get([*path[:-2], "runtime_type"], None) is None:
            # 1.x drops the built-in entry as soon as the file names the runtime, so its type has to be there too.
            self._put((*path[:-2], "runtime_type"), "io.containerd.runc.v2")
        self._put(path, value)

    def _cgroup_path(self) -> tuple[str, ...]:
        name = self.default_runtime_name
        runtimes = type(self).__dict__.get("runtimes", ConfigToml.__dict__["runtimes"]).path(self)
        return (*runtimes, name if isinstance(name, str) and name else "runc", "options", "SystemdCgroup")

    def _prepare(self) -> None:
        """An empty file becomes one of version 2, which every release reads."""
        if not self.to_dict():
            self.set("version", 2)

    def _put(self, path: tuple[str, ...], value: Any) -> None:
        if value is not None:
            self.set(path, value)
        elif self.get(path, _MISSING_VALUE) is not _MISSING_VALUE:
            self.unset(path)

    def check(self, release: str = "2.2.7", files: dict[str, str] | None = None) -> Report:
        """As `kubeadm_cfg.containerd.check_text` of this file."""
        from kubeadm_cfg.containerd.checking import check_text

        return check_text(bytes(self), release, files, self.name)

    def effective(self, release: str, files: dict[str, str] | None = None) -> dict[str, Any]:
        """As `kubeadm_cfg.containerd.effective` of this file."""
        from kubeadm_cfg.containerd.checking import effective

        return effective(bytes(self), release, files)

    def migrate(self, to: int = 3) -> list[Problem]:
        """Rewrite the file in version 3 or 4, comments and layout kept; only what the file says moves.

        Returns:
            What 2.x no longer has, as warnings: those lines stay where the runtime plugin ignores them. And what 2.x
            ignored in the old version and takes now.

        Raises:
            EditError: a value cannot be moved; no byte moved.
            ConfigError: `to` is no version to migrate to.
        """
        from kubeadm_cfg.containerd.migration import migrated

        self._text, problems = migrated(self._text, to)
        return problems


_MISSING_VALUE: Final = object()


class HostsToml(TomlFile):
    """A hosts.toml: `server` is the last host that is asked, those of `hosts` come before it in file order."""

    @property
    def server(self) -> str | None:
        """The URL asked last; None: the registry itself over HTTPS."""
        found = self.get("server", None)
        return found if isinstance(found, str) else None

    @server.setter
    def server(self, value: str | None) -> None:
        if value is not None:
            self.set("server", value)
        elif self.server is not None:
            self.unset("server")

    @property
    def hosts(self) -> dict[str, HostEntry]:
        """URL -> its settings, in file order."""
        table = self.get("host", {})
        return {url: HostEntry(self, url) for url in table} if isinstance(table, dict) else {}

    def host(self, url: str) -> HostEntry:
        """The settings of a host, which is added with the first of them."""
        return HostEntry(self, url)


class _HostSetting:
    def __init__(self, doc: str) -> None:
        self.__doc__ = doc
        self.key = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    def __get__(self, entry: HostEntry | None, owner: type | None = None) -> Any:
        return self if entry is None else entry.file.get(["host", entry.url, self.key], None)

    def __set__(self, entry: HostEntry, value: Any) -> None:
        path = ["host", entry.url, self.key]
        if value is not None:
            entry.file.set(path, value)
        elif entry.file.get(path, None) is not None:
            entry.file.unset(path)


class HostEntry:
    """One host of a hosts.toml. None is "not there"; assigning None removes the key."""

    __slots__ = ("file", "url")

    def __init__(self, file: HostsToml, url: str) -> None:
        self.file = file
        self.url = url

    capabilities = _HostSetting("pull, resolve, push, and referrers from 2.2.0 on; all when absent or empty.")
    ca = _HostSetting("Certificate authority files, relative to the directory of the file.")
    client = _HostSetting("Client certificates: a file, a list of files, or of [certificate, key] pairs.")
    skip_verify = _HostSetting("Whether any certificate will do. Not for an http URL: HTTPS is then tried first.")
    header = _HostSetting("Headers to send: name -> text or list of texts.")
    override_path = _HostSetting("Whether the URL's path is used as it is, without /v2.")
    dial_timeout = _HostSetting("How long connecting may take, like 5s; known from 2.0.7 and 2.1.0 on.")


def load(path: PathName) -> ConfigToml:
    """A config.toml from disk.

    Raises:
        ParseError: not UTF-8 or not TOML; the problem has line and column.
        OSError: the file cannot be read.
    """
    return ConfigToml(Path(path).read_bytes(), str(path), Path(path))


def loads(toml: str | bytes, name: str = "config.toml") -> ConfigToml:
    r"""As `load`, from text or bytes.

    >>> f = loads("version = 2\n")
    >>> f.sandbox_image = "registry.k8s.io/pause:3.10"
    >>> print(f.text, end="")
    version = 2
    <BLANKLINE>
    [plugins."io.containerd.grpc.v1.cri"]
      sandbox_image = "registry.k8s.io/pause:3.10"
    """
    return ConfigToml(toml, name)


def load_hosts(path: PathName) -> HostsToml:
    """A hosts.toml from disk; errors are those of `load`."""
    return HostsToml(Path(path).read_bytes(), str(path), Path(path))


def loads_hosts(toml: str | bytes, name: str = "hosts.toml") -> HostsToml:
    """As `load_hosts`, from text or bytes."""
    return HostsToml(toml, name)
