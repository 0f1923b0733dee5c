"""`resolve_hosts`: where a release of containerd asks for an image, from hosts.toml files or config.toml mirrors."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kubeadm_cfg.containerd.checking import effective
from kubeadm_cfg.containerd.fitting import Table
from kubeadm_cfg.containerd.loading import read_as
from kubeadm_cfg.containerd.releases import Release
from kubeadm_cfg.containerd.scan import sections
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import Problem
from kubeadm_cfg.values import Duration

__all__ = ["CERTS_D", "CONFIG", "resolve_hosts"]

CONFIG: Final = "/etc/containerd/config.toml"
CERTS_D: Final = "/etc/containerd/certs.d"

_ALL: Final = ("pull", "resolve", "push")
_URL: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<host>[^/?#]*))?(?P<path>[^?#]*)(?:\?[^#]*)?(?:#.*)?", re.DOTALL
)
_HOST: Final = re.compile(r"(?:[^@]*@)?(?P<host>(?:\[[0-9A-Fa-f:.%]*\]|[^\[\]:\s<>\"\\^`{|}]*)(?::\d*)?)")


class _Undecodable(Exception):
    """A hosts.toml that containerd skips with a line in its log."""


@dataclass(slots=True)
class _Host:
    scheme: str = ""
    host: str = ""
    path: str = ""
    capabilities: list[str] = field(default_factory=lambda: list(_ALL))
    ca: list[str] | None = None
    client: list[tuple[str, str]] | None = None
    skip_verify: bool | None = None
    header: dict[str, list[str]] = field(default_factory=dict)
    dial_timeout: str | None = None

    @property
    def port(self) -> str:
        return _port(self.host)

    def to_dict(self) -> dict[str, Any]:
        explicit = self.ca is not None or self.client is not None or self.skip_verify is not None
        fallback = self.scheme == "http" and explicit and self.port != "80"
        found: dict[str, Any] = {
            "scheme": "https" if fallback else self.scheme,
            "host": self.host,
            "path": self.path,
            "capabilities": self.capabilities,
            "skip_verify": bool(self.skip_verify),
            "client_certs": len(self.client or ()),
        }
        found |= {"https_first_then_http": True} if fallback else {}
        found |= {"header": self.header} if self.header else {}
        found |= {"ca": self.ca} if self.ca else {}
        return found | ({"dial_timeout": self.dial_timeout} if self.dial_timeout else {})


def resolve_hosts(files: Mapping[str, str], image_host: str, release: str = "2.2.7") -> dict[str, Any]:
    """The endpoints containerd asks for images of a registry, in order.

    Args:
        files: path -> text; paths are relative to the `config_path` directory (``10.0.0.5:5000/hosts.toml``) or
            absolute. An absolute ``/etc/containerd/config.toml`` says which mirrors or which `config_path` holds.
        image_host: the registry as image names have it, with its port.
        release: the containerd release.

    Returns:
        `tries`: the endpoints, each with `scheme`, `host`, `path`, `capabilities`, `skip_verify`, `client_certs`, and
        where it applies `https_first_then_http`, `header`, `ca`, `dial_timeout`; `matched_dir`: the directory that was
        read, or None; `file_ignored`: whether its hosts.toml could not be decoded and was skipped.

    Raises:
        ConfigError: every pull fails, for instance as a `ca` file is not among `files`; or config.toml is refused.

    The rules are containerd's core/remotes/docker/config/hosts.go and its documentation of hosts.toml.

    >>> found = resolve_hosts({"10.0.0.5:5000/hosts.toml": 'server = "http://10.0.0.5:5000"'}, "10.0.0.5:5000", "2.2.7")
    >>> [(one["scheme"], one["host"]) for one in found["tries"]]
    [('http', '10.0.0.5:5000')]
    """
    if not image_host or "/" in str(image_host):
        raise ConfigError(
            f"{image_host!r} is no registry host; it is written like registry.example.com or 10.0.0.5:5000"
        )
    known = Release.of(release)
    roots = [""]
    if any(path.startswith("/") for path in files):
        roots = [CERTS_D]
    if CONFIG in files:
        facts = effective(files[CONFIG], release, {path: text for path, text in files.items() if path != CONFIG})
        if facts.get("mirrors"):
            return {"tries": _mirrors(facts["mirrors"], image_host), "matched_dir": None, "file_ignored": False}
        where = facts.get("config_path_at_start", facts.get("config_path", ""))
        one = known >= (2, 1, 0) and not facts.get("use_local_image_pull_effective")
        roots = [where] if one else where.split(":")
    return _Directory(files, known).resolve(roots, image_host)


# -- mirrors, the old way -----------------------------------------------------------------------------------------
def _mirrors(mirrors: Mapping[str, list[str]], image_host: str) -> list[dict[str, Any]]:
    """The endpoints of `registry.mirrors`; the registry's own host is the last unless an endpoint is the same host."""
    found: list[dict[str, Any]] = []
    for endpoint in mirrors.get(image_host, mirrors.get("*", [])):
        scheme = "" if "://" in endpoint else ("http://" if _is_localhost(endpoint) else "https://")
        try:
            host = _parsed(scheme + endpoint)
        except _Undecodable as error:
            raise ConfigError(f"the endpoint {endpoint!r} of {image_host} cannot be read: {error}") from None
        host.path = posixpath.join(posixpath.normpath(host.path or "/"), "v2")
        found.append(_Host(host.scheme, host.host, host.path, list(_ALL[:2])).to_dict())
    own = "registry-1.docker.io" if image_host == "docker.io" else image_host
    if not any(one["host"] == own for one in found):
        scheme = "http" if _is_localhost(own) else "https"
        found.append(_Host(scheme, own, "/v2", list(_ALL[:2])).to_dict())
    return found


# -- hosts.toml ---------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Directory:
    files: Mapping[str, str]
    release: Release

    def resolve(self, roots: list[str], image_host: str) -> dict[str, Any]:
        name = self._matching(roots, image_host)
        hosts, ignored = [_Host()], False
        if name is not None:
            hosts, ignored = self._loaded(name)
        if not hosts[-1].host:
            _own(hosts[-1], image_host)
        for host in hosts:
            self._check_files(host)
        matched = posixpath.basename(name) if name is not None else None
        return {"tries": [host.to_dict() for host in hosts], "matched_dir": matched, "file_ignored": ignored}

    def _matching(self, roots: list[str], image_host: str) -> str | None:
        """The first directory that is there; nothing is merged."""
        head, colon, port = image_host.rpartition(":")
        names = [f"{head}_{port}_"] if colon and head else []
        for root in roots:
            for name in [*names, image_host, "_default"]:
                path = posixpath.join(root, name)
                if any(file.startswith(f"{path}/") for file in self.files):
                    return path
        return None

    def _loaded(self, folder: str) -> tuple[list[_Host], bool]:
        text = self.files.get(f"{folder}/hosts.toml", "")
        if text:
            try:
                return self._parse(text, folder), False
            except _Undecodable:
                return [self._docker_layout(folder)], True
        return [self._docker_layout(folder)], False

    def _docker_layout(self, folder: str) -> _Host:
        """What Docker's own layout of a directory says: *.crt, and *.cert with *.key."""
        names = sorted(path for path in self.files if posixpath.dirname(path) == folder)
        found = _Host()
        found.ca = [name for name in names if name.endswith(".crt")] or None
        keys = {name: name.removesuffix(".cert") + ".key" for name in names if name.endswith(".cert")}
        found.client = [(name, key if key in self.files else "") for name, key in keys.items()] or None
        return found

    def _parse(self, text: str, folder: str) -> list[_Host]:
        try:
            data = read_as(text, self.release, "hosts.toml")
        except ConfigError as error:
            raise _Undecodable(str(error)) from None
        table = _of_type(data.get("host", {}), dict, "host")
        entries = {name: _of_type(value, dict, name) for name, value in table.items()}
        for entry in entries.values():
            _check_types(entry, self.release)
        _check_types(data, self.release)
        found = [self._host(name, entries.get(name, {}), folder) for name in self._order(text, table)]
        return [*found, self._host(_of_type(data.get("server", ""), str, "server"), data, folder)]

    def _order(self, text: str, table: Table) -> Iterator[str]:
        """Hosts in file order. 2.x looks at header lines alone, so that it misses inline tables."""
        if not self.release.split:
            yield from table
            return
        last = None
        for section in sections(text.removeprefix("\ufeff")):
            if len(section.path) > 1 and section.path[0] == "host" and section.path[1] != last and not section.array:
                last = str(section.path[1])
                yield last

    def _host(self, server: str, entry: Table, folder: str) -> _Host:
        override = entry.get("override_path", False)
        host = _Host()
        if server:
            host = _parsed(server if server.startswith("http") else f"https://{server}")
            if host.path:
                host.path = _clean(host.path)
                host.path += "" if override or host.path.endswith("/v2") else "/v2"
            elif not override:
                host.path = "/v2"
        host.skip_verify = entry.get("skip_verify")
        host.capabilities = _capabilities(entry.get("capabilities", []), self.release)
        host.ca = _paths(entry["ca"], folder) if "ca" in entry else None
        host.client = _pairs(entry["client"], folder) if "client" in entry else None
        host.header = {key: _strings(value) for key, value in entry.get("header", {}).items()}
        if _knows_dial_timeout(self.release) and entry.get("dial_timeout"):
            host.dial_timeout = entry["dial_timeout"]
            try:
                Duration(entry["dial_timeout"])
            except ValueError as error:
                raise _Undecodable(str(error)) from None
        return host

    def _check_files(self, host: _Host) -> None:
        """The certificate files a host names have to be there, or every pull fails."""
        wanted = [("ca", path) for path in host.ca or ()]
        wanted += [("client", path) for pair in host.client or () for path in pair if path]
        for key, path in wanted:
            text = self.files.get(path)
            if text is None or (key == "ca" and not _holds_certificate(text)):
                what = "is not there" if text is None else "holds no certificate"
                message = f"the {key} file {path} {what}; every pull from {host.host} fails"
                raise ConfigError(message, [Problem("error", f"hosts.{key}", message, path=key)])


_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def _holds_certificate(text: str) -> bool:
    """Whether a PEM text has a block that can be a certificate: base64 of a DER sequence."""
    from base64 import b64decode

    for match in _PEM.finditer(text):
        try:
            data = b64decode("".join(match[1].split()), validate=True)
        except ValueError:
            continue
        if data.startswith(b"0"):
            return True
    return False


def _knows_dial_timeout(release: Release) -> bool:
    return release >= (2, 1, 0) or (2, 0, 7) <= release < (2, 1, 0)


def _of_type(value: Any, kind: type, key: str) -> Any:
    if not isinstance(value, kind):
        raise _Undecodable(f"{key} is no {kind.__name__}")
    return value


_KINDS: Final = {"capabilities": list, "skip_verify": bool, "header": dict, "override_path": bool, "dial_timeout": str}


def _check_types(entry: Table, release: Release) -> None:
    for key, kind in _KINDS.items():
        if key in entry and (key != "dial_timeout" or _knows_dial_timeout(release)):
            _of_type(entry[key], kind, key)


def _capabilities(words: list[Any], release: Release) -> list[str]:
    known = [*_ALL, *(["referrers"] if release >= (2, 2, 0) else [])]
    found = {_of_type(word, str, "capabilities").lower() for word in words}
    if not found <= set(known):
        raise _Undecodable(f"unknown capability {min(found - set(known))}")
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
            raise _Undecodable("a client pair has two entries")
        # An empty key path is the directory itself, as for containerd, unless nothing was written.
        found.append((_paths(pair[0], folder)[0], _paths(pair[1], folder)[0] if pair[1] else ""))
    return found


# -- hosts and URLs as Go reads them ------------------------------------------------------------------------------
def _parsed(url: str) -> _Host:
    if any(character < " " or character == "\x7f" for character in url):
        raise _Undecodable("a URL holds no control characters")
    match = _URL.fullmatch(url)
    assert match is not None
    host = _HOST.fullmatch(match["host"] or "")
    if host is None or re.search(r"%(?![0-9A-Fa-f]{2})", match["path"]):
        raise _Undecodable(f"{url!r} is no URL")
    path = match["path"] if match["host"] is not None or not match["scheme"] or match["path"].startswith("/") else ""
    return _Host((match["scheme"] or "").lower(), host["host"], path)


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path)
    return "/" + cleaned.lstrip("/") if path.startswith("/") else cleaned


def _port(host: str) -> str:
    """The port as net.SplitHostPort finds it: none when there is none, or when a bare IPv6 address hides it."""
    match = re.fullmatch(r"(?:\[[^\[\]]*\]|[^:\[\]]*):([^:]*)", host)
    return match[1] if match else ""


def _is_localhost(host: str) -> bool:
    from netaddr import AddrFormatError, IPAddress

    match = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^:\[\]]*)):[^:]*", host)
    name = (match[1] or match[2] or "") if match else host
    if name == "localhost":
        return True
    if not re.fullmatch(r"\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", name):
        return False
    try:
        return bool(IPAddress(name).is_loopback())
    except (AddrFormatError, ValueError):
        return False


def _own(host: _Host, image_host: str) -> None:
    """Fill in the registry's own host, the last try of every list without `server`."""
    host.host, host.scheme, host.path, host.capabilities = image_host, "https", "/v2", list(_ALL)
    if image_host == "docker.io":
        host.host = "registry-1.docker.io"
    elif _is_localhost(image_host):
        host.scheme = "https" if host.port in ("", "443") else "http"
        if host.port != "80":
            host.skip_verify = True
