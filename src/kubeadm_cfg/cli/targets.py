"""What an address names: a kubeadm document, flannel's net-conf.json, containerd's config.toml. Nothing is written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kubeadm_cfg.cli.common import locate, read

if TYPE_CHECKING:
    from kubeadm_cfg.containerd import ConfigToml
    from kubeadm_cfg.document import Document

__all__ = ["Editable", "File", "bytes_of", "config_toml", "opened"]


class Editable(Protocol):
    """What values are read from and written to by path."""

    def get(self, path: str, /) -> Any: ...
    def set(self, path: str, value: Any, /) -> None: ...
    def unset(self, path: str, /) -> None: ...
    def to_dict(self) -> Any: ...


class File(Protocol):
    """A file with edits that can be shown and saved."""

    def diff(self) -> str: ...
    def __bytes__(self) -> bytes: ...
    def save(self, *, backup: bool) -> bool: ...


def opened(address: str, name: str) -> tuple[File, Editable, str]:
    """The file of that name (`-` is standard input), what the address names in it, and the path there.

    `containerd.` and `flannel.` begin the addresses of the two files that hold no document of Kubernetes' own.
    """
    family, _, path = address.partition(".")
    if family == "containerd":
        toml = config_toml(name)
        return toml, _Toml(toml), path
    if family == "flannel":
        from kubeadm_cfg import flannel
        from kubeadm_cfg.flannel.file import net_conf_document

        file = flannel.loads(sys.stdin.buffer.read(), "<stdin>") if name == "-" else flannel.load(name)
        return file, _Json(net_conf_document(file)), path
    f = read(name)
    return f, *locate(f, address, name)


def bytes_of(name: str) -> tuple[bytes, str]:
    """What the file of that name holds, and what messages call it; `-` is standard input."""
    return (sys.stdin.buffer.read(), "<stdin>") if name == "-" else (Path(name).read_bytes(), name)


def config_toml(name: str) -> ConfigToml:
    """The config.toml of that name; `-` is standard input."""
    from kubeadm_cfg import containerd

    return containerd.loads(sys.stdin.buffer.read(), "<stdin>") if name == "-" else containerd.load(name)


class _Json:
    """net-conf.json: a document that stays JSON."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def get(self, path: str) -> Any:
        return self.document.get(path)

    def set(self, path: str, value: Any) -> None:
        from kubeadm_cfg.flannel.conf import keep_json

        self.document.set(path, value)
        keep_json(self.document)

    def unset(self, path: str) -> None:
        self.document.unset(path)

    def to_dict(self) -> Any:
        return self.document.to_dict()


class _Toml:
    """config.toml: the names of its settings, `sandbox_image`, and dotted keys of TOML."""

    def __init__(self, file: ConfigToml) -> None:
        self.file = file

    def get(self, path: str) -> Any:
        value = getattr(self.file, path) if self._is_setting(path) else self.file.get(path)
        if value is None:
            raise KeyError(path)
        return value

    def set(self, path: str, value: Any) -> None:
        if self._is_setting(path):
            setattr(self.file, path, value)
        else:
            self.file.set(path, value)

    def unset(self, path: str) -> None:
        if self._is_setting(path):
            setattr(self.file, path, None)
        elif self.file.get(path, None) is not None:
            self.file.unset(path)

    def to_dict(self) -> Any:
        return self.file.to_dict()

    def _is_setting(self, path: str) -> bool:
        return path in self.file.settings()
