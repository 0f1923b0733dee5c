"""Objects of a file by their kind: as attributes, by name or class; and the class of a new one. Nothing is edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from kubeadm_cfg import convert
from kubeadm_cfg.config_maps import with_inner
from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import MissingDocument
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Kind

if TYPE_CHECKING:
    from kubeadm_cfg.flannel.conf import NetConf
    from kubeadm_cfg.kinds.kubeadm_bases import (
        AnyClusterConfiguration,
        AnyInitConfiguration,
        AnyJoinConfiguration,
        AnyResetConfiguration,
        AnyUpgradeConfiguration,
    )
    from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
    from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration

__all__ = ["SHORT_NAMES", "ByKind", "class_for", "long_name"]

K = TypeVar("K")
T = TypeVar("T")

SHORT_NAMES: Final = {
    "init": "InitConfiguration",
    "cluster": "ClusterConfiguration",
    "join": "JoinConfiguration",
    "reset": "ResetConfiguration",
    "upgrade": "UpgradeConfiguration",
    "kubelet": "KubeletConfiguration",
    "kube_proxy": "KubeProxyConfiguration",
}
_KUBEADM: Final = "kubeadm.k8s.io/"
_NEWEST: Final = "v1beta4"  # what kubeadm 1.31 and later write


def long_name(kind: Any) -> Any:
    """The kind that a short name stands for; anything else as it is.

    >>> long_name("kubelet")
    'KubeletConfiguration'
    """
    return SHORT_NAMES.get(kind, kind) if isinstance(kind, str) else kind


def class_for(kind: Any, there: Sequence[str | None]) -> type[Kind]:
    """The class of a new object of a kind, in a version that is there already, else in the one kubeadm writes.

    Raises:
        ValueError: no such kind.
    """
    if isinstance(kind, type) and issubclass(kind, Kind) and getattr(kind, "API_VERSION", None):
        return kind
    name = long_name(kind) if isinstance(kind, str) else kind.__name__.removeprefix("Any")
    versions = [api_version for api_version, known in KINDS if known == name]
    if not versions:
        raise ValueError(f"{name!r} is not a kind this library knows")
    newest = _KUBEADM + _NEWEST if versions[0].startswith(_KUBEADM) else versions[-1]
    found = convert.kind_of(next((version for version in versions if version in there), newest), name)
    assert found is not None
    return found


class ByKind:
    """What has documents, and so objects of kinds. Inside a ConfigMap's string they count as well."""

    __slots__ = ()

    name: str
    _documents: list[Document]

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every document, foreign and empty ones included, as a YAML parser counts them."""
        return tuple(self._documents)

    @property
    def init(self) -> AnyInitConfiguration:
        """The InitConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: AnyInitConfiguration = self._first("InitConfiguration")
        return found

    @property
    def cluster(self) -> AnyClusterConfiguration:
        """The ClusterConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: AnyClusterConfiguration = self._first("ClusterConfiguration")
        return found

    @property
    def join(self) -> AnyJoinConfiguration:
        """The JoinConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: AnyJoinConfiguration = self._first("JoinConfiguration")
        return found

    @property
    def reset(self) -> AnyResetConfiguration:
        """The ResetConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: AnyResetConfiguration = self._first("ResetConfiguration")
        return found

    @property
    def upgrade(self) -> AnyUpgradeConfiguration:
        """The UpgradeConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: AnyUpgradeConfiguration = self._first("UpgradeConfiguration")
        return found

    @property
    def kubelet(self) -> KubeletConfiguration:
        """The KubeletConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: KubeletConfiguration = self._first("KubeletConfiguration")
        return found

    @property
    def kube_proxy(self) -> KubeProxyConfiguration:
        """The KubeProxyConfiguration. Raises MissingDocument, and DecodeError when it does not decode."""
        found: KubeProxyConfiguration = self._first("KubeProxyConfiguration")
        return found

    @property
    def flannel(self) -> NetConf:
        """flannel's configuration in the ConfigMap kube-flannel-cfg. Raises MissingDocument."""
        from kubeadm_cfg.flannel.file import net_conf_of

        return net_conf_of(self)

    def _first(self, kind: str) -> Any:
        for document in self._of_kind(kind):
            return document.obj
        there = ", ".join(dict.fromkeys(document.kind for document in with_inner(self._documents) if document.kind))
        raise MissingDocument(
            f"{self.name}: the file has no {kind}"
            + (f"; it has {there}" if there else "; it has no document with a kind")
        )

    def _of_kind(self, kind: str | type) -> Iterator[Document]:
        name = kind if isinstance(kind, str) else None
        for document in with_inner(self._documents):
            cls_name = document.kind
            if cls_name is None or (name is not None and cls_name != name):
                continue
            cls = convert.kind_of(document.api_version, cls_name)
            if cls is not None and (name is not None or issubclass(cls, kind)):  # type: ignore[arg-type]  # a type here
                yield document

    @overload
    def get(self, kind: type[K]) -> K | None: ...
    @overload
    def get(self, kind: type[K], default: T) -> K | T: ...
    @overload
    def get(self, kind: str, default: Any = None) -> Any: ...
    def get(self, kind: Any, default: Any = None) -> Any:
        """The first object of a kind, given by name, class, or base of all versions; `default` when there is none.

        Also one inside a ConfigMap, as `kubectl get configmap kubeadm-config -o yaml` prints it.

        Raises:
            DecodeError: the document does not decode into its kind.
        """
        for document in self._of_kind(kind):
            return document.obj
        return default

    @overload
    def all(self, kind: type[K]) -> list[K]: ...
    @overload
    def all(self, kind: str) -> list[Any]: ...
    def all(self, kind: Any) -> list[Any]:
        """Every object of a kind, in the order of the file."""
        return [document.obj for document in self._of_kind(kind)]

    def __contains__(self, kind: object) -> bool:
        kind = long_name(kind)
        return isinstance(kind, (str, type)) and next(self._of_kind(kind), None) is not None
