"""Documents inside the strings of ConfigMaps, as `kubectl get configmap` prints them: which strings hold one.

Alone or in a List, as YAML or JSON. How they are edited there is the business of `document` and `source.inner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.source.path import Steps

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document

__all__ = ["documents_in", "maps_in", "strings_in", "with_inner"]

_MAP: Final = "ConfigMap"
_LISTS: Final = ("List", "ConfigMapList")
_GROUPS: Final = ("kubeadm.k8s.io/", "kubelet.config.k8s.io/", "kubeproxy.config.k8s.io/")


def maps_in(document: Document) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """The ConfigMaps in a document, which is one or a list of them: where each stands, and its plain data."""
    if document.kind != _MAP and document.kind not in _LISTS:
        return
    try:
        data: Any = document._data()
    except ConfigError:
        return
    if document.kind == _MAP:
        yield (), data
        return
    items = data.get("items")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        # the items of a ConfigMapList need not say what they are
        if isinstance(item, dict) and (document.kind != "List" or item.get("kind") == _MAP):
            yield ("items", index), item


def strings_in(document: Document) -> Iterator[Steps]:
    """Where the strings stand in the ConfigMaps of a document that may hold one of ours."""
    for steps, data in maps_in(document):
        strings = data.get("data")
        for key, text in list(strings.items()) if isinstance(strings, dict) else ():
            if isinstance(text, str) and any(group in text for group in _GROUPS):
                yield (*steps, "data", key)


def documents_in(document: Document) -> Iterator[Document]:
    """The documents of known kinds inside the strings of the ConfigMaps in a document."""
    from kubeadm_cfg.embedding import opened, parts_of

    for steps in strings_in(document):
        for part in parts_of(document, steps):
            try:
                inner = opened(document, steps, part)
            except ConfigError:  # no YAML
                continue
            if kind_of(inner.api_version, inner.kind) is not None:
                yield inner


def with_inner(documents: Iterable[Document]) -> Iterator[Document]:
    """Every document, and behind it those inside its strings."""
    for document in documents:
        yield document
        yield from documents_in(document)
