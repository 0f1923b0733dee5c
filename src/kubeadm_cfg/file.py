"""ConfigFile: a file of documents, looked up by kind, edited, compared and saved. `load` and `loads` make one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final

from kubeadm_cfg.config_maps import with_inner
from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import ConfigError, DecodeError, ParseError, Span
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.lookup import ByKind, class_for, long_name
from kubeadm_cfg.report import Problem, problem_at
from kubeadm_cfg.source import grammar
from kubeadm_cfg.source.cut import documents as cut_documents
from kubeadm_cfg.source.encoding import decoded

__all__ = ["ConfigFile", "Document", "load", "loads", "save_all"]

PathName = str | os.PathLike[str]

_BOM: Final = "\ufeff"
_KEPT_NODES: Final = 64  # documents up to which the nodes of all are kept


def load(source: PathName | IO[str] | IO[bytes], *, strict: bool = False) -> ConfigFile:
    """A file of one or more YAML documents, from a path or an open file.

    With `strict` every document is decoded at once, and unknown fields are refused.

    Raises:
        ParseError: not UTF-8, not YAML, or beyond a limit; `.problems` has every broken document.
        DecodeError: with `strict`, a document that does not decode into its kind.
        OSError: the file cannot be read.

    >>> import kubeadm_cfg as kc
    >>> kc.load("examples/wx-omega/kubeadm.yaml").kubelet.max_pods
    64
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        try:
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            if "\n" in os.fspath(source):
                error.add_note("this is a text and no path: loads takes texts")
            raise
        return _opened(data, str(path), path, strict)
    if not hasattr(source, "read"):
        raise TypeError(f"load takes a path or an open file, not {type(source).__name__}; loads takes a text")
    name = getattr(source, "name", None)
    return _opened(source.read(), name if isinstance(name, str) else "<file>", None, strict)


def loads(text: str | bytes, name: str = "<string>", *, strict: bool = False) -> ConfigFile:
    r"""As `load`, from text or bytes; `name` is what messages call it.

    >>> import kubeadm_cfg as kc
    >>> f = kc.loads("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n")
    >>> f.kube_proxy.mode = "nftables"
    >>> print(f.text, end="")
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: nftables
    """
    if not isinstance(text, (str, bytes)):
        raise TypeError(
            f"loads takes text or bytes, not {type(text).__name__}; load takes a path, from_dict plain data"
        )
    return _opened(text, name, None, strict)


def _opened(data: str | bytes, name: str, path: Path | None, strict: bool) -> ConfigFile:
    if isinstance(data, str):
        bom, text = data.startswith(_BOM), data.removeprefix(_BOM)
    else:
        text, bom = decoded(data, name)
    file = ConfigFile(text, name, path, bom=bom)
    if strict:
        file._decode_all()
    return file


def save_all(files: Iterable[ConfigFile], *, force: bool = False, backup: bool = False) -> list[bool]:
    """Save several files; that all can be written is checked before the first one is.

    Raises:
        StaleFileError: one of them changed on disk; nothing has been written.
        EditError: the edits of one cannot be written; nothing has been written.

    >>> import kubeadm_cfg as kc
    >>> kc.save_all([kc.load("examples/wx-omega/kubeadm.yaml"), kc.load("examples/kube-proxy-ipvs.yaml")])
    [False, False]
    """
    files = list(files)
    for file in files:
        file._ready(None, force=force)
    return [file.save(force=force, backup=backup) for file in files]


class ConfigFile(ByKind):
    """A file of documents. Edit its objects or its documents by path; only the edited bytes change.

    Made by `load` and `loads`. One file belongs to one thread at a time.

    >>> import kubeadm_cfg as kc
    >>> f = kc.load("examples/wx-omega/kubeadm.yaml")
    >>> f.kubelet.max_pods = 110
    >>> [line for line in f.diff().splitlines() if line.startswith("+maxPods")]
    ['+maxPods: 110            # 每个节点最大Pod数']
    """

    __slots__ = (
        "__weakref__",
        "_added",
        "_bom",
        "_documents",
        "_gaps",
        "_newline",
        "_on_disk",
        "_original",
        "_typed_documents",
        "_vouched",
        "name",
        "path",
    )

    def __init__(self, text: str, name: str = "<string>", path: Path | None = None, *, bom: bool = False) -> None:
        self.name = name
        """What messages call the file."""
        self.path = path
        """Where `save` writes, None for a text."""
        self._bom = bom
        self._typed_documents: list[Document] = []
        self._added: dict[Document, tuple[str, str, Document | None]] = {}
        """New documents: the gap before each as it is and as it was, and the empty document it replaced."""
        self._vouched: tuple[str, list[int]] | None = None
        """The text as loaded and where its documents begin, when its grammar is known to be right.

        None when that was asked of each document, and for a file of very many, whose text is not kept twice.
        """
        self._cut(text)
        self._original: str | None = None
        """The text as loaded or last saved; None while no document or gap was changed."""

    def _cut(self, text: str) -> None:
        self._newline = _newline_of(text)
        gaps: list[str] = []
        found: list[Document] = []
        problems: list[Problem] = []
        position = 0
        fine = grammar.reads_at_once(text)
        self._refuse(text, grammar.exceeded(text))
        spans = cut_documents(text)
        self._refuse(text, grammar.exceeded_by(len(spans)))
        kept = fine and len(spans) <= _KEPT_NODES
        self._vouched = (text, [span.head_start for span in spans]) if kept else None
        for span in spans:
            start, end = span.start, span.end
            gaps.append(text[position:start])
            piece = text[start:end]
            problem = None if fine else grammar.check(piece)
            if problem is not None:
                problems.append(
                    problem_at(
                        self.name,
                        text,
                        start + problem.offset,
                        problem.message,
                        code=problem.code,
                        remedy=problem.remedy,
                        document=len(found),
                    )
                )
            found.append(Document(self, piece))
            position = end
        gaps.append(text[position:])
        if problems:
            raise ParseError(f"{self.name}: not YAML", problems)
        self._gaps = gaps
        self._documents = found

    def _refuse(self, text: str, limit: grammar.GrammarProblem | None) -> None:
        if limit is not None:
            problem = problem_at(self.name, text[:200], 0, limit.message, code=limit.code, remedy=limit.remedy)
            raise ParseError(f"{self.name}: {limit.message}", [problem])

    def __repr__(self) -> str:
        kinds = ", ".join(document.kind or "?" for document in self._documents[:8])
        return f"<ConfigFile {self.name}: {kinds}{', ...' if len(self._documents) > 8 else ''}>"

    def _repr_html_(self) -> str:
        from kubeadm_cfg.notebook import file_html

        return file_html(self)

    # -- adding and removing documents ---------------------------------------------------------------------------------
    def ensure(self, kind: Any) -> Any:
        """The first object of a kind; a new document at the end when there is none, in the file's own API version.

        Raises:
            ValueError: no such kind.
        """
        found = self.get(long_name(kind))
        if found is not None:
            return found
        made = class_for(kind, [document.api_version for document in with_inner(self._documents)])()
        return self.add(made)

    def add(self, obj: Kind, comment: str | None = None) -> Kind:
        """Append `obj` as a document, below a comment if one is given. From then on it is an object of the file.

        Raises:
            EditError: a value of the object cannot be written.
        """
        from kubeadm_cfg.adding import document_text

        self._flush()
        text = document_text(obj, comment, self._newline)
        self._remember()
        gap = self._gaps[-1]
        filled: Document | None = None
        if self._documents and not gap and not cut_documents(self._documents[-1]._text):
            # kubeadm refuses a `---` that only another `---` follows, so the new document takes the empty one's place
            filled = self._documents.pop()
            text = self._ended(filled._text) + text
        elif self._documents:
            self._documents[-1]._strip_open_end()
            before = self._documents[-1]._text + gap
            self._gaps[-1] = self._ended(before)[len(before) - len(gap) :] + f"---{self._newline}"
        else:
            self._gaps[-1] = self._ended(gap)
        document = Document(self, text)
        document._obj = obj
        self._typed(document)
        self._documents.append(document)
        self._gaps += [] if filled else [""]
        self._added[document] = (self._gaps[-2], gap, filled)
        return obj

    def _ended(self, text: str) -> str:
        return text if not text or text.endswith(("\n", "\r")) else text + self._newline

    def remove(self, obj: Kind) -> None:
        """Take the document of `obj` out of the file, with the marker that sets it apart.

        Raises:
            ValueError: the object is not of this file, or stands inside a ConfigMap.
        """
        index = next((i for i, document in enumerate(self._documents) if document._obj is obj), None)
        if index is None and any(document._obj is obj for document in with_inner(self._documents)):
            raise ValueError("the object is a string of another document: take its key out by path")
        if index is None:
            raise ValueError("the object is not of this file")
        self._flush()
        self._remember()
        made, gap, filled = self._added.pop(self._documents.pop(index), (None, "", None))
        before, after = self._gaps[index : index + 2]
        if index == len(self._documents) and before == made and not after:  # as it was before it was added
            self._documents += [filled] if filled else []
            self._gaps[index:] = [before, after] if filled else [gap]
        elif index:  # a document in the middle goes with its own marker, the first one with that of the next
            self._gaps[index : index + 2] = [_without_marker(before) + after]
        else:
            self._gaps[:2] = [before + _without_marker(after)]
        self._typed_documents = [document for document in self._typed_documents if document._obj is not obj]

    def _typed(self, document: Document) -> None:
        self._typed_documents.append(document)

    @property
    def _is_large(self) -> bool:
        return len(self._documents) > _KEPT_NODES

    def _decode_all(self) -> None:
        problems: list[Problem] = []
        for document in with_inner(self._documents):
            try:
                if document.obj is not None:
                    problems += document._unknown()
            except DecodeError as error:
                problems += error.problems
        if problems:
            raise DecodeError(f"{self.name}: the file does not decode", problems)

    # -- the text ------------------------------------------------------------------------------------------------------
    @property
    def text(self) -> str:
        """The text with all edits so far, its byte order mark included.

        Raises:
            EditError: an edit of an object cannot be written.
        """
        self._flush()
        for document in self._documents:
            if document._draft is not None:
                document._check_grammar()
        return self._joined()

    def __bytes__(self) -> bytes:
        return self.text.encode("utf-8")

    def _joined(self) -> str:
        parts = [_BOM] if self._bom else []
        for gap, document in zip(self._gaps, self._documents, strict=False):
            parts += (gap, document._text)
        parts.append(self._gaps[-1])
        return "".join(parts)

    def _flush(self) -> None:
        for document in self._typed_documents:
            document._flush()
        for document in self._documents:
            if document._embedded:
                document._flush()

    def _remember(self) -> None:
        """Keep the text as it was before documents come and go."""
        if self._original is None:
            self._original = self._joined_originals()

    def _joined_originals(self) -> str:
        parts = [_BOM] if self._bom else []
        for gap, document in zip(self._gaps, self._documents, strict=False):
            parts += (gap, document._original)
        parts.append(self._gaps[-1])
        return "".join(parts)

    @property
    def _baseline(self) -> str:
        return self._original if self._original is not None else self._joined_originals()

    def diff(self) -> str:
        """A unified diff against what was loaded or last saved, "" when nothing changed.

        Raises:
            EditError: an edit of an object cannot be written.
        """
        before, after = self._baseline, self.text
        if before == after:
            return ""
        from difflib import unified_diff

        lines = unified_diff(_lines(before), _lines(after), self.name, self.name)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def save(self, path: PathName | None = None, *, force: bool = False, backup: bool = False) -> bool:
        """Write the file in one step; its mode stays, and of a symlink the file it points at is replaced.

        Without `path` it goes back to where it was loaded from, and only when something changed. `force` writes over
        what another program changed meanwhile, `backup` keeps the old file as ``NAME.bak``.

        Returns:
            Whether the file was written.

        Raises:
            StaleFileError: the file on disk is not the one that was loaded.
            EditError: the edits cannot be written, or the text would not read as what was meant.
            ValueError: a text from `loads` has no path of its own.
        """
        from kubeadm_cfg import saving

        data = self._ready(path, force=force)
        own = path is None or (self.path is not None and Path(path) == self.path)
        target = self.path if own else Path(path)  # type: ignore[arg-type]  # given when it is not the own one
        assert target is not None
        if own and data == self._baseline.encode("utf-8") and not force:
            return False
        saving.write(target, data, backup=backup)
        if self.path is None:
            self.path = target
        if own or self.path == target:
            for document in self._documents:
                document._saved()
            self._original = None
        return True

    def _ready(self, path: PathName | None, *, force: bool) -> bytes:
        """The bytes to write, everything checked that can be checked before."""
        if path is None and self.path is None:
            raise ValueError("the file was loaded from a text and has no path: save(path) says where it goes")
        data = bytes(self)
        for document in self._documents:
            document._check_data()
        own = path is None or (self.path is not None and Path(path) == self.path)
        baseline = self._baseline.encode("utf-8")
        if own and self.path is not None and not force and data != baseline:
            from kubeadm_cfg import saving

            saving.check_unchanged(self.path, baseline)
        return data

    # -- places --------------------------------------------------------------------------------------------------------
    def _span_of(self, document: Document) -> Span:
        self._flush()
        if document._outer is not None:
            from kubeadm_cfg.embedding import string_of

            start, node = document._outer[0].span.start, string_of(document)
            return Span(start + node.start, start + node.end)
        position = 0
        for gap, other in zip(self._gaps, self._documents, strict=False):
            position += len(gap)
            if other is document:
                return Span(position, position + len(document._text))
            position += len(other._text)
        raise ConfigError(f"{self.name}: the document was removed from the file")

    def _problem(
        self, document: Document, message: str, offset: int, *, end: int | None = None, **rest: Any
    ) -> Problem:
        """A problem at an offset of a document; `end` is where its place ends, told when that is on the same line."""
        outer = document
        while outer._outer is not None:
            from kubeadm_cfg.embedding import offset_outside

            end = None if end is None else offset_outside(outer, end)
            outer, offset = outer._outer[0], offset_outside(outer, offset)
        number = next(i for i, other in enumerate(self._documents) if other is outer)
        position = len(self._gaps[number])
        for gap, other in zip(self._gaps[:number], self._documents, strict=False):
            position += len(gap) + len(other._text)
        text = self._joined().removeprefix(_BOM)
        found = problem_at(self.name, text, position + offset, message, document=number, kind=document.kind, **rest)
        if end is not None and text[position + offset : position + end].isprintable():
            assert found.column is not None
            found.end_column = found.column + max(0, end - offset)
        return found


def _newline_of(text: str) -> str:
    """What ends the file's first line."""
    end = text.find("\n")
    if end < 0:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if end and text[end - 1] == "\r" else "\n"


def _lines(text: str) -> list[str]:
    """The lines of a text, each with its break; a lone carriage return breaks none, so that the diff is exact."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def _without_marker(gap: str) -> str:
    """What stands between two documents without the last marker line."""
    head, marker, tail = gap.rpartition("---")
    return head if marker and (not head or head.endswith(("\n", "\r"))) and not tail.strip() else gap
