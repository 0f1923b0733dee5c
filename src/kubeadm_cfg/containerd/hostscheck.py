"""`check_hosts`: what a release does with a hosts.toml, and what has no effect. Where it leads is said elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.containerd.checking import placed, text_of
from kubeadm_cfg.containerd.fitting import fields
from kubeadm_cfg.containerd.hostsfile import KEYS, Directory, Host, Undecodable
from kubeadm_cfg.containerd.loading import read_as
from kubeadm_cfg.containerd.releases import Release
from kubeadm_cfg.containerd.scan import key_text
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import Problem, Report

__all__ = ["check_hosts"]

_BOM: Final = "\ufeff"
_CREDENTIALS: Final = ("auth", "username", "password")
_Found = tuple[str, str, str]  # code, path, message


def check_hosts(toml: str | bytes, release: str = "2.2.7", name: str = "hosts.toml") -> Report:
    """What a release of containerd does with a hosts.toml.

    An error is a file that is skipped: containerd says so in its log alone, and asks the registry itself over HTTPS. A
    warning is a part that has no effect, or another than it looks. Certificate files are not looked for; that is what
    `resolve_hosts` does. Bad input never raises.

    Args:
        toml: the text of hosts.toml.
        release: the containerd release, like ``"2.2.7"``.
        name: what messages call the file.

    Raises:
        ConfigError: the release is none.

    >>> [p.code for p in check_hosts('server = "http://10.0.0.5:5000"', "1.6.20").errors]
    ['hosts.skipped']
    >>> check_hosts('server = "http://10.0.0.5:5000"', "2.2.7").ok
    True
    """
    known = Release.of(release)
    try:
        text = text_of(toml, name)
        hosts = Directory({}, known).parse(text, "") if text else []
        data = read_as(text, known, name)
    except Undecodable as error:
        message = f"containerd {release} skips the file: {error}"
        remedy = 'add a table like [host."http://10.0.0.5:5000"]' if "host table" in str(error) else None
        return Report([Problem("error", "hosts.skipped", message, file=name, line=1, remedy=remedy)], [name])
    except ConfigError as error:
        return Report([*error.problems] or [Problem("error", "hosts.skipped", str(error), file=name)], [name])
    text = text.removeprefix(_BOM)
    found = [*_ignored(data, known), *_unseen(data, hosts, known)]
    warnings = (Problem("warning", f"hosts.{code}", message, path=path) for code, path, message in found)
    return Report([placed(warning, text, name) for warning in warnings], [name])


def _ignored(data: dict[str, Any], release: Release) -> Iterator[_Found]:
    """Keys that have no effect."""
    for key, value in data.items():
        if key == "hosts":
            yield "unknown", key, "the table is called host, not hosts: what is in it has no effect"
        elif key not in ("server", "host", *KEYS) and not _is_read(key, release):
            yield "unknown", key_text(key), _unknown(key)
        elif key in KEYS and not data.get("server"):
            yield "no-server", key, f"{key} at the top belongs to server, which is not there"
        else:
            yield from _too_new(key, key, value, release)
    hosts = data.get("host", {})
    for url, entry in hosts.items() if isinstance(hosts, dict) else ():
        for name, given in entry.items() if isinstance(entry, dict) else ():
            path = f"host.{key_text(url)}.{key_text(name)}"
            if name not in KEYS and not _is_read(name, release):
                yield "unknown", path, _unknown(name)
            yield from _too_new(name, path, given, release)


def _is_read(key: str, release: Release) -> bool:
    """Whether a key in another case of letters is read all the same."""
    found, _ = next(fields({key: None}, dict.fromkeys((*KEYS, "server")), release))
    return found != key


def _unknown(key: str) -> str:
    if key in _CREDENTIALS:
        return f"{key} has no effect: credentials are image pull secrets, or registry.configs of config.toml"
    return f"hosts.toml has no key {key} there; it has no effect"


def _too_new(key: str, path: str, value: Any, release: Release) -> Iterator[_Found]:
    changes = {"dial_timeout": "dial-timeout", "override_path": "override-path"}
    if value and key in changes and not release.has(changes[key]):
        yield "too-new", path, f"this release does not know {key}; it has no effect"


def _unseen(data: dict[str, Any], hosts: list[Host], release: Release) -> Iterator[_Found]:
    """Hosts that are not asked, or not as they look."""
    table = data.get("host", {})
    if hosts and len(hosts) - 1 < len(table):
        yield "not-seen", "host", '2.x sees hosts with a header of their own only: write [host."URL"]'
    urls = [*table, data.get("server", "")] if len(hosts) - 1 == len(table) else []
    for url, host in zip(urls, hosts, strict=False):
        if host.asks_https_first(release):
            path = f"host.{key_text(url)}" if host is not hosts[-1] else "server"
            message = f"{url} has a TLS setting, so that HTTPS is tried first; take skip_verify, ca and client out"
            yield "https-first", path, message
