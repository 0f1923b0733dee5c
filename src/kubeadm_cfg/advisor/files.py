"""Where in a file a setting stands: its documents, those inside ConfigMap dumps, net-conf.json, config.toml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from kubeadm_cfg import convert
from kubeadm_cfg.config_maps import with_inner
from kubeadm_cfg.containerd.file import ConfigToml
from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import ConfigError, MissingDocument
from kubeadm_cfg.file import ConfigFile
from kubeadm_cfg.flannel.file import FlannelFile, net_conf_document

__all__ = ["File", "as_file", "documents_of", "net_conf_in", "takes_documents"]

File: TypeAlias = ConfigFile | ConfigToml


def as_file(value: Any) -> File:
    """The value, when it is a file.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, (ConfigFile, ConfigToml)):
        return value
    raise ValueError(f"f is a file from kubeadm_cfg.load, .flannel.load or .containerd.load, not {value!r}")


def documents_of(file: File, kind: str) -> Iterator[Document]:
    """The documents of a kind, in file order, those inside ConfigMaps too."""
    for document in with_inner(file.documents) if isinstance(file, ConfigFile) else ():
        if document.kind == kind and convert.kind_of(document.api_version, kind) is not None:
            yield document


def takes_documents(file: File) -> bool:
    """Whether a document may be appended: to an empty file, or beside documents of kinds that are known."""
    if isinstance(file, (ConfigToml, FlannelFile)):
        return False
    known = [convert.kind_of(document.api_version, document.kind) for document in file.documents if document.kind]
    return any(known) if known else not any(map(_holds_something, file.documents))


def _holds_something(document: Document) -> bool:
    try:
        return document.get([]) is not None
    except ConfigError:
        return True


def net_conf_in(file: File) -> Document | None:
    """The document that is flannel's net-conf.json, alone or inside its ConfigMap."""
    if isinstance(file, ConfigToml):
        return None
    try:
        return net_conf_document(file)
    except MissingDocument:
        return None
