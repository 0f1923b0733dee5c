"""What files and a host say about parameters that were not given. Nothing is recommended here."""

from __future__ import annotations

import re
from typing import Any, Final

from kubeadm_cfg.advisor.asking import Kubernetes, kubernetes
from kubeadm_cfg.advisor.files import File, as_file, documents_of, net_conf_in
from kubeadm_cfg.containerd.file import ConfigToml
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.flannel.conf import NetConf
from kubeadm_cfg.host import Host

__all__ = ["Known"]

_LABEL: Final = re.compile(r"(?:ci/)?(?:stable|latest)-(1\.[0-9]+)")


class Known:
    """The files and the host of one cluster, asked for single values; what they do not say is None.

    Raises:
        ValueError: `f` is no file and no list of files, or `host` is no Host.
    """

    def __init__(self, f: Any, host: Host | None) -> None:
        given = () if f is None else f if isinstance(f, (list, tuple)) else (f,)
        self.files: tuple[File, ...] = tuple(map(as_file, given))
        if host is not None and not isinstance(host, Host):
            raise ValueError(f"host is a kubeadm_cfg.Host, not {host!r}")
        self.host = host if host is not None else Host()

    def value(self, kind: str, path: str) -> Any:
        """The value at a path in the first document of a kind that has one."""
        for file in self.files:
            for document in documents_of(file, kind):
                try:
                    found = document.get(path, None)
                except ConfigError:
                    continue
                if found is not None:
                    return found
        return None

    def text(self, kind: str, path: str) -> str | None:
        """The text at a path that is not empty, blanks around it taken off."""
        found = self.value(kind, path)
        return found.strip() or None if isinstance(found, str) else None

    def number(self, kind: str, path: str) -> int | None:
        """The whole number above 0 at a path."""
        found = self.value(kind, path)
        return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None

    def kubernetes(self, given: Any) -> Kubernetes:
        """The minor that was given, else that of the files, else the newest one known.

        Raises:
            ValueError: no version, or one before 1.22.
        """
        if given is None:
            named = self.text("ClusterConfiguration", "kubernetesVersion") or ""
            label = _LABEL.match(named)
            named = label[1] if label else named
            given = named if re.match(r"v?1\.[0-9]", named) else None
        return kubernetes(given)

    def net_conf(self) -> NetConf | None:
        """flannel's configuration, where a file has it."""
        for file in self.files:
            if net_conf_in(file) is not None and not isinstance(file, ConfigToml):
                return file.flannel
        return None

    def config_toml(self) -> ConfigToml | None:
        """containerd's configuration, where it is among the files."""
        return next((file for file in self.files if isinstance(file, ConfigToml)), None)
