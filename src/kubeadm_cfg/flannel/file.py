"""A net-conf.json as a file with the editing contract of every other, and its place in a manifest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from kubeadm_cfg.config_maps import maps_in
from kubeadm_cfg.errors import EditError, MissingDocument
from kubeadm_cfg.file import ConfigFile
from kubeadm_cfg.flannel.conf import NetConf
from kubeadm_cfg.lookup import ByKind
from kubeadm_cfg.source.encoding import decoded

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document

__all__ = ["FlannelFile", "load", "loads", "net_conf_document", "net_conf_of"]

_BOM: Final = "\ufeff"
_CONFIG_MAP: Final = "kube-flannel-cfg"
_KEY: Final = "net-conf.json"


class FlannelFile(ConfigFile):
    """A net-conf.json, or a manifest that holds one. Only the bytes of what is edited change."""

    __slots__ = ()

    @property
    def net_conf(self) -> NetConf:
        """The configuration, edited by attribute.

        Raises:
            MissingDocument: the file has none.
        """
        return net_conf_of(self)


def load(source: str | os.PathLike[str] | IO[str] | IO[bytes]) -> FlannelFile:
    """A net-conf.json or a manifest, from a path or an open file.

    Raises:
        ParseError: not UTF-8, or neither JSON nor YAML.
        OSError: the file cannot be read.
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        return _opened(path.read_bytes(), str(path), path)
    name = getattr(source, "name", None)
    return _opened(source.read(), name if isinstance(name, str) else "<file>", None)


def loads(text: str | bytes, name: str = "net-conf.json") -> FlannelFile:
    r"""As `load`, from text or bytes.

    >>> f = loads('{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}\n')
    >>> f.net_conf.backend.mtu = 1400
    >>> print(f.text, end="")
    {"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan", "MTU": 1400}}
    """
    return _opened(text, name, None)


def _opened(data: str | bytes, name: str, path: Path | None) -> FlannelFile:
    if isinstance(data, str):
        bom, text = data.startswith(_BOM), data.removeprefix(_BOM)
    else:
        text, bom = decoded(data, name)
    return FlannelFile(text, name, path, bom=bom)


def net_conf_of(file: ByKind) -> NetConf:
    """The NetConf of a file: of its ConfigMap kube-flannel-cfg, or of the file itself when it is a net-conf.json.

    Raises:
        MissingDocument: the file has none.
    """
    net_conf_document(file)
    return NetConf._at(lambda: net_conf_document(file))


def net_conf_document(file: ByKind) -> Document:
    """The document that is the net-conf.json.

    Raises:
        MissingDocument: the file has none.
    """
    maps = [(document, *found) for document in file.documents for found in maps_in(document)]
    maps.sort(key=lambda found: _inside(found[2], "metadata", "name") != _CONFIG_MAP)
    for document, steps, data in maps:
        if isinstance(_inside(data, "data", _KEY), str):
            try:
                return document.embedded([*steps, "data", _KEY])
            except EditError as error:
                raise MissingDocument(f"{file.name}: net-conf.json cannot be read: {error}") from None
    if len(file.documents) == 1 and file.documents[0].kind is None and isinstance(file, FlannelFile):
        return file.documents[0]
    raise MissingDocument(f"{file.name}: the file has no net-conf.json and no ConfigMap {_CONFIG_MAP}")


def _inside(data: dict[str, Any], outer: str, key: str) -> Any:
    inner = data.get(outer)
    return inner.get(key) if isinstance(inner, dict) else None
