"""`http_registry`: the files that make containerd speak plain HTTP to a registry. `hosts` resolves them."""

from __future__ import annotations

import re
from typing import Final, Literal

from kubeadm_cfg.containerd.hosts import CERTS_D, CONFIG
from kubeadm_cfg.containerd.releases import CRI, IMAGES, Release
from kubeadm_cfg.errors import ConfigError

__all__ = ["http_registry", "is_registry", "table_text"]

_HOST: Final = re.compile(
    r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
)

_LAST_PORT: Final = 65535


def http_registry(host: str, release: str, *, way: Literal["hosts", "mirrors"] = "hosts") -> dict[str, str]:
    """The files a registry without TLS needs, in the form that works in a release of containerd.

    Args:
        host: the registry as image names have it, ``"192.168.6.164:5000"``.
        release: the containerd release, like ``"2.2.7"`` or ``"1.7"``.
        way: ``"hosts"``, the new way: a hosts.toml that is read at each pull (1.5 and later), with `server`, so that
            HTTPS is never tried; before 1.7.32 with a `host` table too, without which the file is skipped in silence.
            ``"mirrors"``, the old way: an entry in config.toml; changes need a restart.

    Returns:
        path -> text. The config.toml has only what belongs to the registry: set the same keys in the node's own file.

    Raises:
        ConfigError: no host and port; or the way does not work in the release: 2.2.0 and 2.2.1 refuse every mirror.

    Source: containerd's docs/hosts.md, and what the releases do with these files.

    >>> list(http_registry("192.168.6.164:5000", "2.2.7"))
    ['/etc/containerd/config.toml', '/etc/containerd/certs.d/192.168.6.164:5000/hosts.toml']
    """
    known = Release.of(release)
    if not is_registry(str(host)):
        raise ConfigError(f"{host!r} is no registry; it is written like 192.168.6.164:5000, without http://")
    version, plugin = (3, IMAGES) if known.split else (2, CRI)
    registry = f'plugins."{plugin}".registry'
    if way == "hosts":
        config = f'version = {version}\n\n[{registry}]\n  config_path = "{CERTS_D}"\n'
        server = f'server = "http://{host}"\n'
        if not known.has("server-alone"):
            server += "\n" + table_text("host", f"http://{host}", ['capabilities = ["pull", "resolve"]'], known)
        return {CONFIG: config, f"{CERTS_D}/{host}/hosts.toml": server}
    if way != "mirrors":
        raise ConfigError(f"{way!r} is no way to configure a registry; there are hosts and mirrors")
    if known.built_in_config_path:
        raise ConfigError(
            f"containerd {release} refuses every mirror, since it sets config_path by itself; write hosts.toml"
        )
    mirror = table_text(f"{registry}.mirrors", str(host), [f'endpoint = ["http://{host}"]'], known)
    return {CONFIG: f"version = {version}\n\n{mirror}"}


def is_registry(host: str) -> bool:
    """Whether a text is a host, with its port or without, as image names have it."""
    match = _HOST.fullmatch(host)
    return match is not None and 1 <= int(match["port"] or 80) <= _LAST_PORT


def table_text(parent: str, name: str, lines: list[str], release: Release) -> str:
    """A table of a quoted name; 1.x reads no brackets in a header, so that there it stands in braces."""
    if "[" in name and not release.split:
        return f'[{parent}]\n  "{name}" = {{ {", ".join(lines)} }}\n'
    return f'[{parent}."{name}"]\n' + "".join(f"  {line}\n" for line in lines)
