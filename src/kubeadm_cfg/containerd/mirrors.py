"""The old way to name registries, mirrors in config.toml, turned into the new one, hosts.toml. Nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.containerd import urls
from kubeadm_cfg.containerd.hosts import CERTS_D, registry_of
from kubeadm_cfg.containerd.registry import is_registry, table_text
from kubeadm_cfg.containerd.releases import Release
from kubeadm_cfg.containerd.rendering import rendered
from kubeadm_cfg.errors import EditError

if TYPE_CHECKING:
    from kubeadm_cfg.containerd.file import ConfigToml

__all__ = ["hosts_of_mirrors"]

_ANY: Final = "*"
_PULLS: Final = ["pull", "resolve"]  # what containerd asks a mirror for


def hosts_of_mirrors(file: ConfigToml, release: str) -> dict[str, str]:
    """Path -> text of the hosts.toml files that say what the mirrors of a config.toml say; the file names them instead.

    Raises:
        ConfigError: the release is none.
        EditError: an endpoint is no URL, or the mirrors are no tables; no byte moved.
    """
    known = Release.of(release)
    mirrors, configs = (value if isinstance(value, dict) else {} for value in (file.mirrors, file.registry_configs))
    endpoints = {host: _endpoints(host, mirror) for host, mirror in mirrors.items()}
    for host in {_parsed(url, _ANY).host for url in map(_with_scheme, endpoints.get(_ANY, []))} - set(endpoints):
        endpoints[host] = endpoints[_ANY]  # a registry that is a mirror of all others is asked for its own as it says
    found = {
        f"{CERTS_D}/{'_default' if host == _ANY else host}/hosts.toml": _hosts_toml(host, given, configs, known)
        for host, given in sorted(endpoints.items())
    }
    before = file._text
    try:
        file.mirrors = None
        file.registry_config_path = CERTS_D
        if any("tls" in config for config in configs.values() if isinstance(config, dict)):
            file.registry_configs = {host: rest for host, config in configs.items() if (rest := _without_tls(config))}
    except EditError:
        file._text = before
        raise
    return found


def _without_tls(config: Any) -> Any:
    return {key: value for key, value in config.items() if key != "tls"} if isinstance(config, dict) else config


def _endpoints(host: str, mirror: Any) -> list[str]:
    if host != _ANY and not is_registry(host):  # it names a directory
        raise EditError(f"{host!r} is no registry; it is written like 192.168.6.164:5000")
    found = mirror.get("endpoint", []) if isinstance(mirror, dict) else None
    if not isinstance(found, list) or not all(isinstance(endpoint, str) for endpoint in found):
        raise EditError(f"the mirror of {host} has no list of endpoints")
    return list(dict.fromkeys(found))


def _with_scheme(endpoint: str) -> str:
    return endpoint if "://" in endpoint else f"{'http' if urls.is_localhost(endpoint) else 'https'}://{endpoint}"


def _parsed(url: str, image_host: str) -> urls.Url:
    try:
        return urls.parse(url)
    except ValueError as error:
        raise EditError(f"the endpoint {url!r} of {image_host} cannot be read: {error}") from None


def _hosts_toml(image_host: str, endpoints: list[str], configs: Mapping[str, Any], release: Release) -> str:
    tables: dict[str, list[str]] = {}
    own = None
    for url in map(_with_scheme, endpoints):
        parsed = _parsed(url, image_host)
        lines = [] if parsed.host == image_host else [f"capabilities = {rendered(_PULLS)}"]
        # A mirror's path is taken as it is, where hosts.toml would put /v2 behind it.
        lines += ["override_path = true"] if parsed.path else []
        tables[url] = lines + _tls(configs.get(parsed.host), parsed.scheme)
        own = url if parsed.host == image_host else own
    head = ""
    if own is not None:
        # The registry itself is asked as the mirror says, and not over HTTPS once more.
        head = "".join(f"{line}\n" for line in [f"server = {rendered(own)}", *tables[own]])
        if own == [*tables][-1] and (len(tables) > 1 or release.has("server-alone")):
            del tables[own]
    elif not tables and image_host != _ANY:
        itself = f"https://{registry_of(image_host)}"
        tables = {} if release.has("server-alone") else {itself: []}
        head = f"server = {rendered(itself)}\n"
    return "\n".join([*([head] if head else []), *(table_text("host", *one, release) for one in tables.items())])


def _tls(config: Any, scheme: str) -> list[str]:
    """The TLS settings that 1.x has in config.toml; on an http host they would make HTTPS the first try."""
    tls = config.get("tls") if isinstance(config, dict) else None
    if not isinstance(tls, dict) or scheme != "https":
        return []
    lines = [f"ca = {rendered(tls['ca_file'])}"] if tls.get("ca_file") else []
    if tls.get("cert_file"):
        lines.append(f"client = {rendered([[tls['cert_file'], tls.get('key_file', '')]])}")
    return lines + (["skip_verify = true"] if tls.get("insecure_skip_verify") else [])
