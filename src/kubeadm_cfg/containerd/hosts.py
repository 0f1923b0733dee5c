"""`resolve_hosts`: where a release of containerd asks for an image, from hosts.toml files or config.toml mirrors."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kubeadm_cfg.containerd import urls
from kubeadm_cfg.containerd.checking import effective
from kubeadm_cfg.containerd.hostsfile import PULLS, Directory, Host
from kubeadm_cfg.containerd.releases import Release
from kubeadm_cfg.errors import ConfigError

__all__ = ["CERTS_D", "CONFIG", "registry_of", "resolve_hosts"]

CONFIG: Final = "/etc/containerd/config.toml"
CERTS_D: Final = "/etc/containerd/certs.d"


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
    roots = [CERTS_D if any(path.startswith("/") for path in files) else ""]
    if CONFIG in files:
        facts = effective(files[CONFIG], release, {path: text for path, text in files.items() if path != CONFIG})
        where = facts.get("config_path_at_start", facts.get("config_path", ""))
        transfer = known >= (2, 1, 0) and not facts.get("use_local_image_pull_effective")
        if not transfer and not where:
            return _result(_mirrored(facts.get("mirrors", {}), image_host), known)
        roots = [where] if transfer else where.split(":")
    return _resolved(Directory(files, known), roots if any(roots) or CONFIG not in files else [], image_host)


def _result(hosts: list[Host], release: Release, folder: str | None = None, *, ignored: bool = False) -> dict[str, Any]:
    matched = posixpath.basename(folder) if folder is not None else None
    return {"tries": [host.to_dict(release) for host in hosts], "matched_dir": matched, "file_ignored": ignored}


def _resolved(directory: Directory, roots: Iterable[str], image_host: str) -> dict[str, Any]:
    release = directory.release
    folder = _matching(directory.files, _names(image_host, release), roots)
    hosts, ignored = directory.load(folder) if folder is not None else ([Host()], False)
    if not hosts[-1].host:
        _fill_in(hosts[-1], image_host, release)
    for host in hosts:
        directory.check(host)
    return _result(hosts, release, folder, ignored=ignored)


def _names(image_host: str, release: Release) -> list[str]:
    """The directories that may be those of a registry; the first that is there is read, and nothing is merged."""
    head, colon, port = image_host.rpartition(":")
    names = [f"{head}_{port}_"] if colon and head else []
    return [*names, image_host, *(["_default"] if release.has("default-directory") else [])]


def _matching(files: Mapping[str, str], names: list[str], roots: Iterable[str]) -> str | None:
    paths = (posixpath.join(root, name) for root in roots for name in names)
    return next((path for path in paths if any(file.startswith(f"{path}/") for file in files)), None)


def _fill_in(host: Host, image_host: str, release: Release) -> None:
    """The registry itself, the last of every list without `server`."""
    own = Host("https", registry_of(image_host), "/v2")
    if image_host != "docker.io" and urls.is_localhost(image_host) and release.has("localhost-http"):
        port, knows_443 = urls.port_of(image_host), release.has("localhost-https-443")
        own.scheme = "https" if knows_443 and port in ("", "443") else "http"
        own.skip_verify = True if port != "80" or not knows_443 else None
    host.scheme, host.host, host.path, host.capabilities = own.scheme, own.host, own.path, own.capabilities
    host.skip_verify = own.skip_verify if own.skip_verify is not None else host.skip_verify


def registry_of(image_host: str) -> str:
    """The host that images of a registry are asked for at."""
    return "registry-1.docker.io" if image_host == "docker.io" else image_host


# -- mirrors, the old way -----------------------------------------------------------------------------------------
def _mirrored(mirrors: Mapping[str, list[str]], image_host: str) -> list[Host]:
    """The endpoints of `registry.mirrors`; the registry itself is the last unless an endpoint has the image's host.

    Source: containerd's `registryHosts` and `registryEndpoints` in image_pull.go.
    """
    found: list[Host] = []
    for endpoint in mirrors.get(image_host, mirrors.get("*", [])):
        try:
            scheme = "" if "://" in endpoint else f"{_usual_scheme(urls.parse(f'dummy://{endpoint}').host)}://"
            url = urls.parse(scheme + endpoint)
        except ValueError as error:
            raise ConfigError(f"the endpoint {endpoint!r} of {image_host} cannot be read: {error}") from None
        found.append(Host(url.scheme, url.host, url.path or "/v2"))
    if not any(one.host == image_host for one in found):
        own = registry_of(image_host)
        found.append(Host(_usual_scheme(own), own, "/v2"))
    for one in found:
        one.capabilities = list(PULLS)
    return found


def _usual_scheme(host: str) -> str:
    return "http" if urls.is_localhost(host) else "https"
