"""The files of a check: what each one is, by its content, and which of them make one cluster. Nothing is judged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from kubeadm_cfg import reading
from kubeadm_cfg.config_maps import strings_in
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.file import ConfigFile, loads
from kubeadm_cfg.source.cut import with_plain_separators
from kubeadm_cfg.source.scalars import ScalarError

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.report import Problem, Report

__all__ = ["Source", "What", "clusters"]

What = Literal["kubeadm", "dump", "flannel", "containerd", "foreign"]

_YAML: Final = (".yaml", ".yml", ".json")
_CONF: Final = ".conf"  # a name of kubeadm's files in old guides, and of much else
_TOML: Final = ".toml"
_OWN: Final = ".kubeadm-cfg.toml"
_GROUPS: Final = ("kubeadm.k8s.io", "kubelet.config.k8s.io", "kubeproxy.config.k8s.io")
_KINDS: Final = "(?:Init|Cluster|Join|Reset|Upgrade|Kubelet|KubeProxy)Configuration"
_AT_HEAD: Final = re.compile(
    r"^[\"']?(?:apiVersion[\"']?[ \t]*:[ \t]*[\"']?(?:kubeadm|kubelet\.config|kubeproxy\.config)\.k8s\.io/"
    rf"|kind[\"']?[ \t]*:[ \t]*[\"']?{_KINDS}\b)",
    re.MULTILINE,
)
_INSIDE: Final = re.compile(rf"\b(?:kubeadm|kubelet\.config|kubeproxy\.config)\.k8s\.io/|\b{_KINDS}\b")
_CLUSTER: Final = re.compile(r"^[ \t{]*[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?ClusterConfiguration\b", re.MULTILINE)
_NET_CONF: Final = re.compile(r"\ufeff?\s*\{[^\[]*?\"Backend\"\s*:\s*\{")
_CONTAINERD: Final = re.compile(
    r"^[ \t]*(?:\[{1,2}[ \t]*(?:plugins|proxy_plugins|stream_processors|grpc|ttrpc|debug|metrics|cgroup|timeouts)\b"
    r"|(?:version|imports|disabled_plugins|required_plugins|oom_score|root|state|temp|plugins)\b[^=\n]*=)",
    re.MULTILINE,
)
_NOT_CONTAINERD: Final = re.compile(
    r"^[ \t]*\[+[ \t]*(?:project|tool|build-system|package|workspace|host)\b", re.MULTILINE
)


class Source:
    """One text being checked, what it is, and the file it makes, where it can be loaded.

    `is_given`: it was named itself, and not found in a directory. `is_whole`: `text` is all of it, and may be written.
    """

    def __init__(
        self,
        name: str,
        text: str | bytes,
        path: Path | None = None,
        file: ConfigFile | None = None,
        *,
        is_given: bool = True,
    ) -> None:
        self.name = name
        self.text = text if file is not None else _as_cut(text)
        self.is_whole = self.text == text
        self.is_given = is_given
        self._path = path
        self._file = file
        self._is_loaded = file is not None

    @classmethod
    def of(cls, file: ConfigFile) -> Source:
        """A file as it is now."""
        return cls(file.name, bytes(file), file=file)

    def is_of(self, file: ConfigFile) -> bool:
        """Whether this is the text of that file."""
        return self._file is file

    def now(self, instead: ConfigFile | None = None) -> Source:
        """The same source as its file is now, or with another one in its place."""
        file = instead or self._file
        return self if file is None else Source(self.name, bytes(file), self._path, file, is_given=self.is_given)

    @classmethod
    def read(cls, path: Path, *, is_given: bool) -> Source:
        """The file at a path."""
        return cls(fspath(path), path.read_bytes(), path, is_given=is_given)

    @cached_property
    def what(self) -> What:
        """What the text is. One that was given is meant to be kubeadm's, unless it says that it is something else."""
        return _what(self.decoded, self.name, is_given=self.is_given)

    @cached_property
    def decoded(self) -> str:
        """The text, whatever its bytes are."""
        return self.text if isinstance(self.text, str) else self.text.decode("utf-8", "replace")

    @property
    def file(self) -> ConfigFile | None:
        """The file that was given, else the one that the text makes; None when it makes none."""
        if not self._is_loaded:
            self._is_loaded = True
            try:
                self._file = loads(self.text, self.name)
                self._file.path = self._path
            except ConfigError:
                self._file = None
        return self._file

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents to be judged."""
        return self.file.documents if self.file is not None else ()

    @property
    def files_inside(self) -> tuple[tuple[Document, ...], ...]:
        """The documents by the file that a program reads them from."""
        return (self.documents,)

    def reading(self) -> Report:
        """What keeps Kubernetes from reading it."""
        return reading.check_text(self.text, self.name, file=self.file)

    def told(self, problem: Problem) -> Problem:
        """The problem as it leaves the check."""
        return problem


def clusters(sources: Iterable[str | PathLike[str] | ConfigFile]) -> list[list[Source]]:
    """The files of each cluster: what is given is one; a directory below with a ClusterConfiguration is another.

    Raises:
        OSError: a file cannot be read.
    """
    given: list[Source] = []
    others: dict[Path, list[Source]] = {}
    for source in sources:
        if isinstance(source, ConfigFile):
            given.append(Source.of(source))
        elif (path := Path(source)).is_dir():
            for directory, found in _below(path):
                if directory == path:
                    given += found
                else:
                    others[directory] = found
        else:
            given.append(Source.read(path, is_given=True))
    return [cluster for cluster in (given, *others.values()) if cluster]


def _as_cut(text: str | bytes) -> str | bytes:
    """The text with separators that YAML sees as kubeadm does."""
    if isinstance(text, str):
        return with_plain_separators(text)
    if b"\n---#" not in text:
        return text
    try:
        return with_plain_separators(text.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return text


def _below(top: Path) -> Iterator[tuple[Path, list[Source]]]:
    """The clusters of a directory, its own first; what is below belongs to the nearest one above."""
    found: dict[Path, list[Source]] = {top: []}
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(folder)
        own = [
            Source.read(here / name, is_given=False)
            for name in sorted(names)
            if name.endswith((*_YAML, _TOML, _CONF)) and name != _OWN and (here / name).is_file()
        ]
        own = [source for source in own if source.what != "foreign" or not source.name.endswith(_CONF)]
        if here != top and any(source.what == "kubeadm" and _CLUSTER.search(source.decoded) for source in own):
            found[here] = []
        nearest = next(above for above in (here, *here.parents) if above in found)
        found[nearest] += own
    yield from found.items()


def _what(text: str, name: str, *, is_given: bool) -> What:
    if name.endswith(_TOML):
        is_containerd = _CONTAINERD.search(text) is not None and _NOT_CONTAINERD.search(text) is None
        return "containerd" if is_containerd else "foreign"
    if _AT_HEAD.search(text) is not None:
        return "kubeadm"
    if _is_net_conf(text):
        return "flannel"
    other: What = "flannel" if "net-conf.json" in text and "ConfigMap" in text else "foreign"
    if not is_given and _INSIDE.search(text) is None:
        return other
    try:
        documents = [document for document in loads(text).documents if document._root() is not None]
    except (ConfigError, ScalarError):
        return "kubeadm" if is_given else other
    if any(map(_is_of_family, documents)):
        return "kubeadm"
    if documents and all(next(strings_in(document), None) for document in documents):
        return "dump"
    says_what_it_is = bool(documents) and all(document.api_version and document.kind for document in documents)
    return "kubeadm" if is_given and not says_what_it_is else other


def _is_net_conf(text: str) -> bool:
    """Whether a text is a net-conf.json, or one with a slip in it."""
    if _NET_CONF.match(text) is None or '"kind"' in text:
        return False
    import json

    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return True
    backend = data.get("Backend")
    return isinstance(data.get("Network", data.get("IPv6Network", "")), str) and isinstance(backend, dict)


def _is_of_family(document: Document) -> bool:
    group = (document.api_version or "").partition("/")[0]
    return group in _GROUPS or re.fullmatch(_KINDS, document.kind or "") is not None
