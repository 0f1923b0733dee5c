"""TOML as files: text, edits by path, saving; config.toml with its typed settings. Edits of texts are in `edit`."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar, overload

from kubeadm_cfg import saving
from kubeadm_cfg.containerd import edit
from kubeadm_cfg.containerd.releases import CRI, IMAGES, RUNTIME
from kubeadm_cfg.containerd.scan import key_path, read
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.report import Problem, Report
from kubeadm_cfg.source.encoding import decoded

__all__ = ["ConfigToml", "Setting", "TomlFile", "load", "loads"]

PathName: TypeAlias = str | os.PathLike[str]
Where: TypeAlias = str | list[str] | tuple[str, ...]

_BOM: Final = "\ufeff"
_MISSING: Final = object()  # no default was given
_ABSENT: Final = object()
_RUNC: Final = "io.containerd.runc."
T = TypeVar("T")


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

    def set_comment(self, path: Where, text: str) -> None:
        """Add a comment above the key at a path; in an inline table there is no room for one.

        Raises:
            EditError: the comment cannot be written; no byte moved.
        """
        self._text = edit.commented(self._text, _keys(path), text)

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
class Setting(Generic[T]):
    """A key of config.toml at its place in the file's version. None is "not there"; assigning None removes it."""

    def __init__(
        self, kind: type[T], new: Sequence[str], old: Sequence[str] | None = None, doc: str = "", *, of: type = object
    ) -> None:
        self.kind = kind
        self.of = of
        self.new, self.old = tuple(new), tuple(old) if old is not None else None
        self.name = ""
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def path(self, file: ConfigToml) -> tuple[str, ...]:
        """Where the file's version has the key."""
        if self.old is None:
            return self.new
        if file.version >= 3:
            return ("plugins", *self.new)
        return ("plugins", "cri" if file.version < 2 else CRI, *self.old)

    @overload
    def __get__(self, file: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, file: ConfigToml, owner: type) -> T | None: ...
    def __get__(self, file: ConfigToml | None, owner: type) -> Any:
        return self if file is None else file.get(self.path(file), None)

    def __set__(self, file: ConfigToml, value: T | None) -> None:
        items = value if isinstance(value, (list, tuple)) else ()
        right = isinstance(value, self.kind) and not (self.kind is int and isinstance(value, bool))
        if value is not None and not (right and all(isinstance(item, self.of) for item in items)):
            raise EditError(f"{self.name} is a {self.kind.__name__}, not {value!r}")
        file._prepare(value)
        file._put(self.path(file), value)


class ConfigToml(TomlFile):
    """A config.toml of any version. Settings are attributes, read and written where the file's version has them."""

    disabled_plugins = Setting[list[str]](
        list, ["disabled_plugins"], doc="Plugins switched off, by full name from version 2 on.", of=str
    )
    imports = Setting[list[str]](
        list, ["imports"], doc="Files whose settings replace those of this one; globs are allowed.", of=str
    )
    root = Setting(str, ["root"], doc="Where containerd keeps images and containers.")
    state = Setting(str, ["state"], doc="Where containerd keeps what a reboot may lose.")
    sandbox_image = Setting(str, [IMAGES, "pinned_images", "sandbox"], ["sandbox_image"], "The pause image.")
    snapshotter = Setting(str, [IMAGES, "snapshotter"], ["containerd", "snapshotter"], "The snapshotter of images.")
    registry_config_path = Setting(
        str, [IMAGES, "registry", "config_path"], ["registry", "config_path"], "The directory of the hosts.toml files."
    )
    mirrors = Setting[dict[str, Any]](
        dict, [IMAGES, "registry", "mirrors"], ["registry", "mirrors"], "Registry host -> {endpoint: [...]}."
    )
    registry_configs = Setting[dict[str, Any]](
        dict, [IMAGES, "registry", "configs"], ["registry", "configs"], "Credentials by host."
    )
    max_concurrent_downloads = Setting(
        int, [IMAGES, "max_concurrent_downloads"], ["max_concurrent_downloads"], "Layers pulled at the same time."
    )
    default_runtime_name = Setting(
        str,
        [RUNTIME, "containerd", "default_runtime_name"],
        ["containerd", "default_runtime_name"],
        "The runtime of most pods.",
    )
    runtimes = Setting[dict[str, Any]](
        dict, [RUNTIME, "containerd", "runtimes"], ["containerd", "runtimes"], "Runtime name -> its table."
    )
    cni_conf_dir = Setting(str, [RUNTIME, "cni", "conf_dir"], ["cni", "conf_dir"], "Where CNI configuration is read.")
    max_container_log_line_size = Setting(
        int,
        [RUNTIME, "max_container_log_line_size"],
        ["max_container_log_line_size"],
        "Bytes; longer lines are broken.",
    )

    @classmethod
    def settings(cls) -> tuple[str, ...]:
        """The names of the settings that are attributes.

        >>> ConfigToml.settings()[:3]
        ('disabled_plugins', 'imports', 'root')
        """
        return (*(name for name, value in vars(ConfigToml).items() if isinstance(value, Setting)), "systemd_cgroup")

    def imported(self) -> dict[str, str]:
        """Path -> text of the files that `imports` names and that are on disk, in it and in what it imports.

        Relative paths are taken from the file's directory. Files that cannot be read are left out: `check` names them.
        """
        if self.path is None:
            return {}
        from kubeadm_cfg.containerd.loading import drop_ins

        return drop_ins(self._text, self.path)

    @property
    def version(self) -> int:
        """The version the file declares; 1 without one."""
        found = self.get("version", 1)
        return found if isinstance(found, int) and found > 0 else 1

    @property
    def systemd_cgroup(self) -> bool | None:
        """SystemdCgroup of the default runtime; true goes with ``cgroupDriver: systemd``. None: not there."""
        found = self.get(self._cgroup_path(self._default_runtime), None)
        return found if isinstance(found, bool) else None

    @systemd_cgroup.setter
    def systemd_cgroup(self, value: bool | None) -> None:
        self._prepare(value)
        self._set_cgroup(self._default_runtime, value)

    @property
    def systemd_cgroups(self) -> dict[str, bool | None]:
        """Runtime name -> SystemdCgroup, of every runtime that is runc; the default one is there by itself.

        >>> loads("version = 3").systemd_cgroups
        {'runc': None}
        """
        found = {}
        for name in self._runc_runtimes():
            value = self.get(self._cgroup_path(name), None)
            found[name] = value if isinstance(value, bool) else None
        return found

    def set_systemd_cgroups(self, value: bool) -> None:
        """Set SystemdCgroup of every runtime that is runc, as the cgroup driver is one per node.

        Raises:
            EditError: it cannot be written there; no byte moved.
        """
        before = self._text
        try:
            self._prepare(value)
            for name in self._runc_runtimes():
                self._set_cgroup(name, value)
        except EditError:
            self._text = before
            raise

    def _runc_runtimes(self) -> list[str]:
        """The runtimes whose shim is that of runc; one without a type is the built-in runc, if it has its name."""
        tables = self.runtimes
        written = tables if isinstance(tables, dict) else {}
        types = {name: table.get("runtime_type") for name, table in written.items() if isinstance(table, dict)}
        found = [
            name
            for name, kind in types.items()
            if (isinstance(kind, str) and kind.startswith(_RUNC)) or (not kind and name == "runc")
        ]
        default = self._default_runtime
        return found if default in types or default != "runc" else [*found, default]

    @property
    def _default_runtime(self) -> str:
        name = self.default_runtime_name
        return name if isinstance(name, str) and name else "runc"

    def _cgroup_path(self, runtime: str) -> tuple[str, ...]:
        return (*ConfigToml.runtimes.path(self), runtime, "options", "SystemdCgroup")

    def _set_cgroup(self, runtime: str, value: bool | None) -> None:
        if value is not None and not isinstance(value, bool):
            raise EditError(f"systemd_cgroup is a bool, not {value!r}")
        path = self._cgroup_path(runtime)
        if value and runtime == "runc" and self.version < 3 and self.get([*path[:-2], "runtime_type"], None) is None:
            # 1.x drops the built-in entry as soon as the file names the runtime, so its type has to be there too.
            self._put((*path[:-2], "runtime_type"), f"{_RUNC}v2")
        self._put(path, value)

    def _prepare(self, value: Any) -> None:
        """An empty file that is to hold a value becomes one of version 2, which every release reads."""
        if value is not None and not self.to_dict():
            self.set("version", 2)

    def _put(self, path: tuple[str, ...], value: Any) -> None:
        if value is not None:
            self.set(path, value)
        elif self.get(path, _ABSENT) is not _ABSENT:
            self.unset(path)

    def check(self, release: str = "2.2.7", files: dict[str, str] | None = None) -> Report:
        """As `kubeadm_cfg.containerd.check_text` of this file; without `files` what it imports is read from disk."""
        from kubeadm_cfg.containerd.checking import check_text

        return check_text(bytes(self), release, self.imported() if files is None else files, self.name)

    def effective(self, release: str, files: dict[str, str] | None = None) -> dict[str, Any]:
        """As `kubeadm_cfg.containerd.effective` of this file; without `files` what it imports is read from disk."""
        from kubeadm_cfg.containerd.checking import effective

        return effective(bytes(self), release, self.imported() if files is None else files)

    def mirrors_to_hosts(self, release: str = "2.2.7") -> dict[str, str]:
        """Turn registry.mirrors, the old way, into hosts.toml: the mirrors go out, `registry_config_path` comes in.

        Returns:
            path -> text of the files to write. Images are then asked for at the same endpoints, and credentials stay.

        Raises:
            EditError: an endpoint is no URL; no byte moved.
            ConfigError: the release is none.

        >>> f = loads("version = 3")
        >>> f.mirrors = {"a.test": {"endpoint": ["b.test"]}}
        >>> print(*f.mirrors_to_hosts().values(), end="")
        [host."https://b.test"]
          capabilities = ["pull", "resolve"]
        """
        from kubeadm_cfg.containerd.mirrors import hosts_of_mirrors

        return hosts_of_mirrors(self, release)

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
