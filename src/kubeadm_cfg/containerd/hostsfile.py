"""A directory of hosts.toml or certificates as the hosts it names, by the rules of a release. Nothing is looked up."""

from __future__ import annotations

import posixpath
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kubeadm_cfg.containerd import urls
from kubeadm_cfg.containerd.fitting import Table, fields
from kubeadm_cfg.containerd.loading import read_as
from kubeadm_cfg.containerd.releases import Release
from kubeadm_cfg.containerd.scan import sections
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import Problem
from kubeadm_cfg.values import Duration

__all__ = ["KEYS", "PULLS", "Directory", "Host", "Undecodable"]

PULLS: Final = ("pull", "resolve")
_ALL: Final = (*PULLS, "push")


KEYS: Final = ("capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout")
"""The keys of a host, and of the top level for the host of `server`."""


_FIELDS: Final[dict[str, None]] = dict.fromkeys((*KEYS, "server", "host"))


class Undecodable(Exception):
    """A hosts.toml that containerd skips with a line in its log."""


@dataclass(slots=True)
class Host:
    """One endpoint; the certificate settings are None where nothing is said."""

    scheme: str = ""
    host: str = ""
    path: str = ""
    capabilities: list[str] = field(default_factory=lambda: list(_ALL))
    ca: list[str] | None = None
    client: list[tuple[str, str]] | None = None
    skip_verify: bool | None = None
    header: dict[str, list[str]] = field(default_factory=dict)
    dial_timeout: str | None = None

    def asks_https_first(self, release: Release) -> bool:
        """Whether a TLS setting makes containerd ask an http host over https before."""
        tls = self.ca is not None or self.client is not None or self.skip_verify is not None
        tls = tls or (self.dial_timeout is not None and release.has("dial-timeout-is-tls"))
        port = urls.port_of(self.host)
        spared = ("80", "") if release.has("https-first-needs-port") else ("80",)
        return self.scheme == "http" and tls and port not in spared and release.has("https-first")

    def to_dict(self, release: Release) -> dict[str, Any]:
        """What is asked, as plain data."""
        first = self.asks_https_first(release)
        found: dict[str, Any] = {
            "scheme": "https" if first else self.scheme,
            "host": self.host,
            "path": self.path,
            "capabilities": self.capabilities,
            "skip_verify": bool(self.skip_verify),
            "client_certs": len(self.client or ()),
        }
        found |= {"https_first_then_http": True} if first else {}
        found |= {"header": self.header} if self.header else {}
        found |= {"ca": self.ca} if self.ca else {}
        return found | ({"dial_timeout": self.dial_timeout} if self.dial_timeout else {})


@dataclass(slots=True)
class Directory:
    """The files of one or more registries, and the release that reads them."""

    files: Mapping[str, str]
    release: Release

    def load(self, folder: str) -> tuple[list[Host], bool]:
        """The hosts of a directory, and whether its hosts.toml is skipped as it cannot be decoded.

        The last of them has no name where it stands for the registry itself.
        """
        text = self.files.get(f"{folder}/hosts.toml", "")
        if text:
            try:
                return self.parse(text, folder), False
            except Undecodable:
                return [self._docker_layout(folder)], True
        return [self._docker_layout(folder)], False

    def _docker_layout(self, folder: str) -> Host:
        """What Docker's own layout of a directory says: *.crt, and *.cert with *.key."""
        names = sorted(path for path in self.files if posixpath.dirname(path) == folder)
        found = Host()
        found.ca = [name for name in names if name.endswith(".crt")] or None
        keys = {name: name.removesuffix(".cert") + ".key" for name in names if name.endswith(".cert")}
        found.client = [(name, key if key in self.files else "") for name, key in keys.items()] or None
        return found

    def parse(self, text: str, folder: str) -> list[Host]:
        """The hosts of a hosts.toml, the one of `server` last.

        Raises:
            Undecodable: this release skips the file.
        """
        try:
            written = read_as(text, self.release, "hosts.toml")
        except ConfigError as error:
            raise Undecodable(str(error)) from None
        if "host" not in written and not self.release.has("server-alone"):
            raise Undecodable("there is no host table")
        data = dict(fields(written, _FIELDS, self.release))
        table = _of_type(data.get("host", {}), dict, "host")
        entries = {
            name: dict(fields(_of_type(value, dict, name), _FIELDS, self.release)) for name, value in table.items()
        }
        for entry in (*entries.values(), data):
            _check_types(entry, self.release)
        names = self._order(text, _of_type(written.get("host", {}), dict, "host"))
        found = [self._host(name, entries.get(name, {}), folder) for name in names]
        return [*found, self._host(_of_type(data.get("server", ""), str, "server"), data, folder)]

    def _order(self, text: str, table: Table) -> Iterator[str]:
        """Hosts in file order. 2.x looks at header lines alone, so that it misses inline tables."""
        if not self.release.split:
            yield from table
            return
        last = ""
        for section in sections(text.removeprefix("\ufeff")):
            if len(section.path) > 1 and section.path[0] == "host" and section.path[1] != last and not section.array:
                last = str(section.path[1])
                yield last

    def _host(self, server: str, entry: Table, folder: str) -> Host:
        host = Host()
        if server:
            try:
                url = urls.parse(server if server.startswith("http") else f"https://{server}")
            except ValueError as error:
                raise Undecodable(str(error)) from None
            host = Host(url.scheme, url.host, urls.clean(url.path) if url.path else "")
            as_is = entry.get("override_path", False) and self.release.has("override-path")
            host.path += "" if as_is or host.path.endswith("/v2") else "/v2"
        host.skip_verify = entry.get("skip_verify")
        host.capabilities = _capabilities(entry.get("capabilities", []), self.release)
        host.ca = _paths(entry["ca"], folder) if "ca" in entry else None
        host.client = _pairs(entry["client"], folder) if "client" in entry else None
        host.header = {key: _strings(value) for key, value in entry.get("header", {}).items()}
        if self.release.has("dial-timeout") and entry.get("dial_timeout"):
            host.dial_timeout = entry["dial_timeout"]
            try:
                Duration(entry["dial_timeout"])
            except ValueError as error:
                raise Undecodable(str(error)) from None
        return host

    def check(self, host: Host) -> None:
        """The certificate files a host names have to be there and hold what they should, or every pull fails.

        Raises:
            ConfigError: one of them does not.
        """
        wanted = [("ca", path, _holds_certificate) for path in host.ca or ()]
        for certificate, key in host.client or ():
            wanted += [("client", certificate, _holds_certificate), ("client", key or certificate, _holds_key)]
        for name, path, holds in wanted:
            text = self.files.get(path)
            if text is None or not holds(text):
                what = "is not there" if text is None else "does not hold what it should"
                message = f"the {name} file {path} {what}; every pull from {host.host} fails"
                raise ConfigError(message, [Problem("error", f"hosts.{name}", message, path=name)])


_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def _holds_certificate(text: str) -> bool:
    """Whether a PEM text has a block that can be a certificate: base64 of a DER sequence."""
    for match in _PEM.finditer(text):
        try:
            data = b64decode("".join(match[1].split()), validate=True)
        except ValueError:
            continue
        if data.startswith(b"0"):
            return True
    return False


def _holds_key(text: str) -> bool:
    return re.search(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----", text) is not None


def _of_type(value: Any, kind: type, key: str) -> Any:
    if not isinstance(value, kind):
        raise Undecodable(f"{key} is no {kind.__name__}")
    return value


_KINDS: Final = {"capabilities": list, "skip_verify": bool, "header": dict, "override_path": bool, "dial_timeout": str}


def _check_types(entry: Table, release: Release) -> None:
    for key, kind in _KINDS.items():
        if key in entry and (key != "dial_timeout" or release.has("dial-timeout")):
            _of_type(entry[key], kind, key)


def _capabilities(words: list[Any], release: Release) -> list[str]:
    known = [*_ALL, *(["referrers"] if release.has("referrers") else [])]
    found = {_of_type(word, str, "capabilities").lower() for word in words}
    if not found <= set(known):
        raise Undecodable(f"unknown capability {min(found - set(known))}")
    return [word for word in _ALL if word in found or not found]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [_of_type(item, str, "item") for item in _of_type(value, list, "value")]


def _paths(value: Any, folder: str) -> list[str]:
    return [posixpath.normpath(posixpath.join(folder, path)) for path in _strings(value)]


def _pairs(value: Any, folder: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for item in [value] if isinstance(value, str) else _of_type(value, list, "client"):
        if isinstance(item, str):
            found.append((_paths(item, folder)[0], ""))
            continue
        pair = _strings(item)
        if len(pair) != 2:
            raise Undecodable("a client pair has two entries")
        # An empty key path is the directory itself, as for containerd, unless nothing was written.
        found.append((_paths(pair[0], folder)[0], _paths(pair[1], folder)[0] if pair[1] else ""))
    return found
