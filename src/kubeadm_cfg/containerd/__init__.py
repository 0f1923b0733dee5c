"""containerd's config.toml and hosts.toml: typed and lossless, checked and resolved as each release reads them."""

from __future__ import annotations

from kubeadm_cfg.containerd.checking import check_text, effective
from kubeadm_cfg.containerd.file import ConfigToml, TomlFile, load, loads
from kubeadm_cfg.containerd.hosts import resolve_hosts
from kubeadm_cfg.containerd.hostscheck import check_hosts
from kubeadm_cfg.containerd.hoststoml import HostEntry, HostsToml, load_hosts, loads_hosts
from kubeadm_cfg.containerd.registry import http_registry

__all__ = [
    "ConfigToml",
    "HostEntry",
    "HostsToml",
    "TomlFile",
    "check_hosts",
    "check_text",
    "effective",
    "http_registry",
    "load",
    "load_hosts",
    "loads",
    "loads_hosts",
    "resolve_hosts",
]
