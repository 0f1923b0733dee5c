"""Edits: how a setting gets into a file, through the lossless layer alone. What to write is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import attrs

from kubeadm_cfg.advisor.files import File, as_file, documents_of, net_conf_in, takes_documents
from kubeadm_cfg.containerd.file import ConfigToml
from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import ConfigError, EditError
from kubeadm_cfg.file import ConfigFile
from kubeadm_cfg.flannel.conf import Key, Options
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.advice import Advice

__all__ = [
    "Edit",
    "InConfigToml",
    "InDocument",
    "InNetConf",
    "has_place",
    "placed",
    "problem",
    "set_in_document",
    "set_in_toml",
]

_MISSING: Final = object()


class Edit(Protocol):
    """One value that advice writes, wherever the file has room for it."""

    def fits(self, file: File) -> bool:
        """Whether the file has the place, or may get it."""
        ...

    def stands_in(self, file: File) -> bool:
        """Whether the file has the place already."""
        return self.fits(file)

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Write the value, below `why` as a comment if there is one, and say what is wrong with that."""
        ...


def placed(advice: Advice, files: Sequence[File], why: str | None) -> list[Problem]:
    """What could not be placed after the advice was written into the files, as far as it could be, below `why`.

    A value goes to every file that has its place already, else to the first that may get it.

    Raises:
        ValueError: one of them is no file.
    """
    files = [as_file(file) for file in files]
    if advice.edits and not has_place(advice, files):
        remedy = f"apply it to the file that holds {' and '.join(advice.settings)}"
        message = f"the advice on {advice.function} has no place in this file"
        return [problem(file, "advice.no-place", message, remedy=remedy) for file in files]
    problems: list[Problem] = []
    for edit in advice.edits:
        for file in _targets(edit, files):
            try:
                problems += edit.place(file, why)
            except ConfigError as error:
                problems.append(problem(file, "advice.refused", f"the advice cannot be written: {error}"))
    return problems


def has_place(advice: Advice, files: Sequence[File]) -> bool:
    """Whether one of the files has a place for one of the edits, or may get it."""
    return any(edit.fits(file) for edit in advice.edits for file in files)


def _targets(edit: Edit, files: Sequence[File]) -> list[File]:
    fitting = [file for file in files if edit.fits(file)]
    if len(fitting) > 1:
        return [file for file in fitting if edit.stands_in(file)] or fitting[:1]
    return fitting


def problem(file: File, code: str, message: str, **rest: Any) -> Problem:
    """A warning about an edit of a file."""
    return Problem("warning", code, message, file=file.name, **rest)


@attrs.frozen
class InDocument(Edit):
    """A value at a path in the first document of a kind; of several kinds, in each that the file has.

    Args:
        kind: the kind, or several.
        path: as for `Document.set`.
        value: plain data.
        creates: what is created where it is missing: the whole "document" (the first kind), the "key" in documents that
            are there, or "nothing": then a value that is there is replaced.
    """

    kind: str | tuple[str, ...]
    path: str
    value: Any
    creates: Literal["document", "key", "nothing"] = "document"

    @property
    def _kinds(self) -> tuple[str, ...]:
        return (self.kind,) if isinstance(self.kind, str) else self.kind

    def _documents(self, file: File) -> list[Document]:
        found = (next(documents_of(file, kind), None) for kind in self._kinds)
        there = [document for document in found if document is not None]
        if self.creates == "nothing":
            return [document for document in there if document.get(self.path, None) is not None]
        return there

    def fits(self, file: File) -> bool:
        """Whether such a document is there or may be appended."""
        return bool(self._documents(file)) or (self.creates == "document" and takes_documents(file))

    def stands_in(self, file: File) -> bool:
        """Whether such a document is there."""
        return bool(self._documents(file))

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Set the value in each of the documents; one of an unknown version is left, and none is put beside it."""
        found = self._documents(file)
        if not found and isinstance(file, ConfigFile):
            kind = self._kinds[0]
            unknown = next((one.api_version for one in file.documents if one.kind == kind), None)
            if unknown is not None:
                message = f"the {kind} is of {unknown}, which is not known here"
                yield problem(file, "advice.refused", message, kind=kind, path=self.path)
                return
            file.ensure(kind)
            found = self._documents(file)
        for document in found:
            set_in_document(document, self.path, self.value, why)


def set_in_document(document: Document, path: str | list[str], value: Any, why: str | None) -> None:
    """Set a value that is not there yet, and put `why` below the comment that stands above it.

    Raises:
        EditError: the edit is refused; no byte moved.
    """
    here = document.get(path, _MISSING)
    if here == value and type(here) is type(value):
        return
    document.set(path, value)
    if why:
        _add_comment(document, path, why)


def _add_comment(document: Document, path: str | list[str], why: str) -> None:
    above = document.comment(path, "above")
    if above is not None and why in above:
        return
    try:
        document.set_comment(path, why if above is None else f"{above}\n{why}")
    except EditError:
        return  # it shares its line with others, where no comment can stand


@attrs.frozen
class InNetConf(Edit):
    """A value in flannel's net-conf.json by its JSON path, as in ``Backend.Type``; keys are found in any case."""

    path: str
    value: Any

    def fits(self, file: File) -> bool:
        """Whether the file is or holds a net-conf.json."""
        return net_conf_in(file) is not None

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Set the value; JSON has no comments, so `why` goes above the key of the ConfigMap that holds it."""
        assert isinstance(file, ConfigFile)
        *parents, name = self.path.split(".")
        owner: Any = file.flannel
        for parent in parents:
            owner = getattr(owner, _attribute(owner, parent))
        attribute = _attribute(owner, name)
        if getattr(owner, attribute) == self.value:
            return
        setattr(owner, attribute, self.value)
        outer = document._outer if (document := net_conf_in(file)) is not None else None
        if why and outer is not None:
            _add_comment(outer[0], ["data", "net-conf.json"], why)
        yield from ()


def _attribute(owner: Options, json_name: str) -> str:
    if json_name == "Backend":
        return "backend"
    for cls in type(owner).__mro__:
        for attribute, key in vars(cls).items():
            if isinstance(key, Key) and key.json == json_name:
                return attribute
    raise EditError(f"net-conf.json: {type(owner).__name__} has no {json_name}")


@attrs.frozen
class InConfigToml(Edit):
    """A typed setting of containerd's config.toml, as in ``sandbox_image``, at the place the file's version has it."""

    attribute: str
    value: Any

    def fits(self, file: File) -> bool:
        """Whether the file is a config.toml."""
        return isinstance(file, ConfigToml)

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Set the value."""
        assert isinstance(file, ConfigToml)
        if getattr(file, self.attribute) != self.value:
            setattr(file, self.attribute, self.value)
            if why:
                file.set_comment(getattr(type(file), self.attribute).path(file), why)
        yield from ()


def set_in_toml(file: ConfigToml, path: tuple[str, ...], value: Any, why: str | None) -> None:
    """Set a value that is not there yet, below `why` as a comment.

    Raises:
        EditError: the edit is refused; no byte moved.
    """
    here = file.get(path, _MISSING)
    if here == value and type(here) is type(value):
        return
    file.set(path, value)
    if why:
        file.set_comment(path, why)
