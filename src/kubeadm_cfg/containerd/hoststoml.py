"""hosts.toml as a file: its server and hosts, with their settings as attributes. What they lead to is in `hosts`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from kubeadm_cfg.containerd.file import PathName, TomlFile
from kubeadm_cfg.report import Report

__all__ = ["HostEntry", "HostsToml", "load_hosts", "loads_hosts"]

T = TypeVar("T")


class _HostSetting(Generic[T]):
    """A key of a host; None is "not there", assigning None takes it out."""

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc
        self.key = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    @overload
    def __get__(self, entry: None, owner: type) -> _HostSetting[T]: ...
    @overload
    def __get__(self, entry: _HostKeys, owner: type) -> T | None: ...
    def __get__(self, entry: _HostKeys | None, owner: type) -> Any:
        return self if entry is None else entry._file.get([*entry._path, self.key], None)

    def __set__(self, entry: _HostKeys, value: T | None) -> None:
        path = [*entry._path, self.key]
        if value is not None:
            entry._file.set(path, value)
        elif entry._file.get(path, None) is not None:
            entry._file.unset(path)


class _HostKeys:
    """The keys of one host of a hosts.toml, and of its top level for the host of `server`."""

    __slots__ = ()

    @property
    def _file(self) -> TomlFile:
        raise NotImplementedError

    @property
    def _path(self) -> list[str]:
        raise NotImplementedError

    capabilities = _HostSetting[list[str]](
        "pull, resolve, push, and referrers from 2.2.0 on; all when absent or empty."
    )
    ca = _HostSetting[str | list[str]]("Certificate authority files, relative to the directory of the file.")
    client = _HostSetting[Any]("Client certificates: a file, a list of files, or of [certificate, key] pairs.")
    skip_verify = _HostSetting[bool]("Whether any certificate will do. Not for an http URL: HTTPS is then tried first.")
    header = _HostSetting[dict[str, Any]]("Headers to send: name -> text or list of texts.")
    override_path = _HostSetting[bool]("Whether the URL's path is used as it is, without /v2; from 1.6.0 on.")
    dial_timeout = _HostSetting[str]("How long connecting may take, like 5s; known from 2.0.7 and 2.1.0 on.")


class HostsToml(_HostKeys, TomlFile):
    """A hosts.toml: `server` is the last host that is asked, those of `hosts` come before it in file order.

    The settings of a host stand at the top level for the one of `server`.
    """

    @property
    def _file(self) -> TomlFile:
        return self

    @property
    def _path(self) -> list[str]:
        return []

    def check(self, release: str = "2.2.7") -> Report:
        """As `kubeadm_cfg.containerd.check_hosts` of this file."""
        from kubeadm_cfg.containerd.hostscheck import check_hosts

        return check_hosts(bytes(self), release, self.name)

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


class HostEntry(_HostKeys):
    """One host of a hosts.toml. None is "not there"; assigning None removes the key."""

    __slots__ = ("file", "url")

    def __init__(self, file: HostsToml, url: str) -> None:
        self.file = file
        self.url = url

    @property
    def _file(self) -> TomlFile:
        return self.file

    @property
    def _path(self) -> list[str]:
        return ["host", self.url]


def load_hosts(path: PathName) -> HostsToml:
    """A hosts.toml from disk; errors are those of `load`."""
    return HostsToml(Path(path).read_bytes(), str(path), Path(path))


def loads_hosts(toml: str | bytes, name: str = "hosts.toml") -> HostsToml:
    """As `load_hosts`, from text or bytes."""
    return HostsToml(toml, name)
