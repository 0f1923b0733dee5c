"""Fixes: the edits that mend a problem, whether they are safe, and how they are made. What to mend, rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from kubeadm_cfg.errors import ConfigError, EditError
from kubeadm_cfg.source.path import PathLike, Steps, parse, render

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.report import Problem, Report
    from kubeadm_cfg.source.comments import Where

__all__ = ["Edit", "Fix", "Fixed", "Proposed", "drop", "fix_all", "move", "recast", "remove", "rename", "set", "unset"]

_MISSING: Final = object()
_TRIALS: Final = 100  # fixes of one check that are tried; each one costs a check. The others wait for the next one
_ROUNDS: Final = 20  # a fix may bring another problem to light, whose fix the next round makes


class Edit(NamedTuple):
    """One edit that a fix makes. Made by `set`, `unset`, `remove`, `rename`, `move` and `drop`."""

    operation: str
    steps: Steps
    value: Any = None
    kind: str | None = None
    """The kind of the document that a key moves to, None for its own."""
    instead: Any = _MISSING
    """The value a moved key gets, where its new place wants another form."""

    def __str__(self) -> str:
        form = "a list of names and values" if isinstance(self.value, list) else "a mapping"
        return _WORDS[self.operation].format(place=render(self.steps), to=self._to(), form=form)

    def _to(self) -> str:
        if self.operation == "move":
            return render(self.value) + (f" of the {self.kind}" if self.kind else "")
        import json

        return str(self.value) if self.operation == "rename" else json.dumps(self.value, ensure_ascii=False)

    def make(self, document: Document) -> None:
        """Make the edit in a document."""
        if self.kind is not None or self.instead is not _MISSING:
            _move_over(document, self)
        elif self.operation == "recast":
            _recast(document, self.steps, self.value)
        else:
            document._edit(self.operation, self.steps, self.value, inline=False)


_WORDS: Final = {
    "set": "set {place} to {to}",
    "unset": "remove {place}",
    "remove": "remove {place}",
    "rename": "rename {place} to {to}",
    "move": "move {place} to {to}",
    "recast": "write {place} as {form}",
    "drop": "remove all but the last {place}",
}


def set(path: PathLike, value: Any) -> Edit:  # noqa: A001  # as Document.set
    """Write `value` at `path`, as `Document.set` does.

    >>> str(set("networking.podSubnet", "10.244.0.0/16"))
    'set networking.podSubnet to "10.244.0.0/16"'
    """
    return Edit("set", parse(path), value)


def unset(path: PathLike) -> Edit:
    """Remove the key at `path` with its comments."""
    return Edit("unset", parse(path))


def remove(path: PathLike) -> Edit:
    """Take out the list item at `path` with its comments."""
    return Edit("remove", parse(path))


def rename(path: PathLike, name: str) -> Edit:
    """Give the key at `path` another name; value, comments and place stay."""
    return Edit("rename", parse(path), name)


def move(path: PathLike, to: PathLike, kind: str | None = None, *, value: Any = _MISSING) -> Edit:
    """Take the entry at `path` to another path with its comments, into the document of `kind` if one is given.

    `value` is what to write there, where the new place wants another form.

    >>> str(move("clientCAFile", "authentication.x509.clientCAFile"))
    'move clientCAFile to authentication.x509.clientCAFile'
    """
    return Edit("move", parse(path), list(parse(to)), kind, value)


def recast(path: PathLike, value: Any) -> Edit:
    """Write the arguments at `path` as a list where they are a mapping, or the other way, with their comments."""
    return Edit("recast", parse(path), value)


def drop(path: PathLike) -> Edit:
    """Take out all but the last entry of the key at `path`, which stands more than once with one value."""
    return Edit("drop", parse(path))


def _move_over(document: Document, edit: Edit) -> None:
    """Move an entry into the document of another kind, which is added when it is missing, or with another value."""
    from kubeadm_cfg.source import moving
    from kubeadm_cfg.source.difference import Change

    file, to = document._file, tuple(edit.value)
    entry = document._refusable(lambda: moving.carried(document.draft, edit.steps))
    there = document if edit.kind is None else next(file._of_kind(edit.kind), None)
    if there is None:
        file.ensure(edit.kind)
        there = file.documents[-1]
    if edit.instead is _MISSING:
        there._change(lambda draft: moving.put(draft, to, entry), [Change("set", to, entry.value)])
    elif there.get(to, _MISSING) is _MISSING:
        there.set(to, edit.instead)
        for where, text in entry.notes:
            there.set_comment(to, text, where)
    else:
        raise EditError(f"{file.name}: {render(to)} is there already")
    document.unset(edit.steps)


def _recast(document: Document, steps: Steps, value: Any) -> None:
    """Arguments in the other of their two forms; the comments of each go with it."""
    was_list = isinstance(document.get(steps), list)
    names = [item["name"] for item in value] if isinstance(value, list) else list(value)
    notes: list[tuple[int, str, Where, str]] = []
    for number, name in enumerate(names):
        places: tuple[tuple[Where, Steps], ...] = (
            ("above", (number,) if was_list else (name,)),
            ("end", (number, "value") if was_list else (name,)),
        )
        for where, place in places:
            text = document.comment((*steps, *place), where)
            if text is not None:
                notes.append((number, name, where, text))
    document.set(steps, value)
    for number, name, where, text in notes:
        item: Steps = (number, "value") if where == "end" else (number,)
        document.set_comment((*steps, *((name,) if was_list else item)), text, where)


class Proposed:
    """The edits that would mend a problem of a text that is not loaded as a file: they can be told, not made."""

    __slots__ = ("description", "edits")

    safe: Final = False

    def __init__(self, edits: Edit | Sequence[Edit]) -> None:
        from kubeadm_cfg.report import masked

        self.edits = (edits,) if isinstance(edits, Edit) else tuple(edits)
        self.description = masked(", ".join(map(str, self.edits)))

    @classmethod
    def of(cls, edits: Edit | Sequence[Edit] | None) -> Proposed | None:
        """The edits as a proposal, None when there are none."""
        return cls(edits) if edits else None

    @staticmethod
    def diff() -> str:
        """Nothing: there is no file to compare."""
        return ""


class Question(Protocol):
    """A check that can be asked again, with one file in another state; `minor` is the one that judged."""

    minor: int
    trials: int
    """How many of its fixes have been tried so far."""
    known: tuple[str, Counter[tuple[str | None, ...]]] | None
    """The text of a file whose fix was tried, and what the check says of it."""

    def again(self, file: ConfigFile, instead: ConfigFile) -> Report: ...


class Fix:
    """What mends a problem: one or more edits of the file that was checked.

    Attributes:
        description: what the edits do, in one line.
        file: the ConfigFile it edits: the one that was given to `check`, else the one that `check` loaded.
            Saving it is the caller's: ``fix.file.save()``.
    """

    __slots__ = ("_document", "_edits", "_problem", "_question", "_safe", "_seen", "description", "file")

    def __init__(self, proposed: Proposed, document: Document) -> None:
        self._edits = proposed.edits
        self._document = document
        self._seen = document._text
        self._problem: Problem | None = None
        self._question: Question | None = None
        self._safe: tuple[str, bool] | None = None
        self.file: ConfigFile = document._file
        self.description = proposed.description

    def __repr__(self) -> str:
        return f"<Fix {self.description}>"

    def bind(self, problem: Problem, question: Question | None = None) -> None:
        """Say which problem this mends and which check found it; without one, that of the file alone."""
        self._problem = problem
        self._question = question

    # -- making it -----------------------------------------------------------------------------------------------------
    def apply(self) -> None:
        """Edit `file`. Saving is the caller's.

        Raises:
            EditError: the place has changed since the check, or the edit is refused; no byte moved.
        """
        self.preview()  # where it is refused nothing has happened yet
        for edit in self._edits:
            edit.make(self._document)

    def diff(self) -> str:
        """The fix as a unified diff of the file as it is now, secrets masked; "" when it cannot be made any more."""
        from kubeadm_cfg.report import masked

        return masked(self._exact_diff())

    def _exact_diff(self) -> str:
        """The diff with its secrets, for programs that make the change themselves."""
        try:
            return self.preview().diff()
        except ConfigError:
            return ""

    def preview(self) -> ConfigFile:
        """A copy of the file with the fix made.

        Raises:
            EditError: as for `apply`.
        """
        from kubeadm_cfg.file import loads

        if not self._is_current():
            raise EditError(f"{self.file.name}: {self.description}: the place has changed since the check")
        copy = loads(self.file.text, self.file.name)
        document = _twin(self._document, copy)
        if self._document._obj is not None:
            document.obj  # noqa: B018  # an edit that keeps it from decoding is refused there, so here as well
        for edit in self._edits:
            edit.make(document)
        if copy.text == self.file.text:
            raise EditError(f"{self.file.name}: {self.description}: there is nothing to change")
        return copy

    def _is_current(self) -> bool:
        """Whether what the edits are about stands as it did when the file was checked."""
        self.file._flush()
        text = self._document._text
        if text is self._seen or text == self._seen:
            return True
        try:
            then, now = self._document._data_of(self._seen), self._document._data()
        except ValueError:
            return False
        return all(_value_at(then, edit.steps) == _value_at(now, edit.steps) for edit in self._edits)

    # -- whether it is safe --------------------------------------------------------------------------------------------
    @property
    def safe(self) -> bool:
        """Whether the fix removes its problem, adds none, and changes nothing that the user did not mean.

        That is so when the objects with their defaults are equal before and after at that minor, or when the problem
        is an error (the file is refused) and the fix writes no value that the file does not hold already. Each fix is
        tried on a copy that is checked again, the first hundred of a check: the others have to wait for the next one.
        """
        try:
            text = self.file.text
            if self._safe is None or self._safe[0] != text:
                self._safe = text, self._is_safe()
        except ConfigError:
            return False
        return self._safe[1]

    def _is_safe(self) -> bool:
        problem, question = self._problem, self._question
        if question is None:
            from kubeadm_cfg.checks.asking import question_of

            question = self._question = question_of(self.file)
        if problem is None or question.trials >= _TRIALS:
            return False
        question.trials += 1
        after = self.preview()
        if question.known is None or question.known[0] != self.file.text:
            question.known = self.file.text, _marks(question.again(self.file, self.file))
        found, left = question.known[1], _marks(question.again(self.file, after))
        if left[_mark(problem)] >= found[_mark(problem)] or left - found:
            return False
        if problem.severity == "error" and not said(after) - said(self.file):
            return True
        in_force = _in_force(self.file, question.minor)
        return in_force is not None and in_force == _in_force(after, question.minor)


def _twin(document: Document, copy: ConfigFile) -> Document:
    """The same document in a copy of its file."""
    if document._outer is not None:
        from kubeadm_cfg.embedding import opened

        outer, steps = document._outer
        return opened(_twin(outer, copy), steps, document._part)
    for number, other in enumerate(document._file.documents):
        if other is document:
            return copy.documents[number]
    raise EditError(f"{document._file.name}: the document was removed from the file")


def _value_at(data: Any, steps: Steps) -> Any:
    for step in steps:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return _MISSING
    return data


def _mark(problem: Problem) -> tuple[str | None, ...]:
    """What makes two problems of two checks the same one, wherever an edit has moved it."""
    import re

    place = re.sub(r"\[[0-9]+\]|\.[0-9]+(?![^.])", "[]", problem.field or "")
    return problem.file, problem.code, problem.kind, place


def _marks(report: Iterable[Problem]) -> Counter[tuple[str | None, ...]]:
    return Counter(map(_mark, report))


def said(file: ConfigFile) -> Counter[str]:
    """Every single value of a file as text, whatever its type: what its author wrote."""
    from kubeadm_cfg.config_maps import documents_in

    found: Counter[str] = Counter()
    for document in file.documents:
        found.update(_texts(document.to_dict()))
        for inner in documents_in(document):
            found.subtract(_texts(inner._text))
            found.update(_texts(inner.to_dict()))
    return found


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name != "name" or data.keys() != {"name", "value"}:  # the name of an argument is as good as a key
                yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif data is not None:
        from kubeadm_cfg.source.scalars import ScalarError, key_text, resolve_plain

        for part in data.split(",") if isinstance(data, str) else (data,):  # so are ranges, gates and names listed
            try:
                yield key_text(resolve_plain(part) if isinstance(part, str) else part)
            except ScalarError:  # what looks like null, and numbers too large for JSON
                yield str(part)


def _in_force(file: ConfigFile, minor: int) -> list[Any] | None:
    """The documents of a file with their defaults; None where one does not decode."""
    from kubeadm_cfg.config_maps import documents_in, with_inner
    from kubeadm_cfg.convert import unstructure
    from kubeadm_cfg.defaults import component, kubeadm

    found: list[Any] = []
    for document in with_inner(file.documents):
        try:
            obj = document.obj
        except ConfigError:
            return None
        if obj is None:
            found.append(None if next(documents_in(document), None) else document.to_dict())
        elif obj.kind in ("KubeletConfiguration", "KubeProxyConfiguration"):
            found.append(unstructure(component.defaulted(obj, minor)))
        else:
            found.append(kubeadm.filled(obj.kind, unstructure(obj), minor))
    return found


# -- all of them -------------------------------------------------------------------------------------------------------
class Fixed(tuple[Fix, ...]):  # noqa: SLOT001  # a tuple has no slots of its own
    """The fixes that were made, in their order.

    Attributes:
        report: what the same check says of the files as they are now.
    """

    report: Report

    @classmethod
    def of(cls, fixes: Iterable[Fix], report: Report) -> Fixed:
        """The fixes made and the report behind them."""
        made = cls(fixes)
        made.report = report
        return made


def fix_all(report: Report, question: Question, *, safe: bool = True) -> Fixed:
    """Make the fixes of a report, of each problem once; with `safe` only the safe ones. See `Report.fix`."""
    made: list[Fix] = []
    tried: Counter[tuple[str | None, ...]] = Counter()
    for _ in range(_ROUNDS):
        before = len(made)
        for problem in report.problems:
            fix = problem.fix
            if not isinstance(fix, Fix) or (tried[_mark(problem)] and not safe) or (safe and not fix.safe):
                continue
            tried[_mark(problem)] += 1
            try:
                fix.apply()
            except ConfigError:
                continue  # another fix has changed its place: the next round sees what is left
            made.append(fix)
        if len(made) == before:
            break
        report = question.again(made[-1].file, made[-1].file)
    return Fixed.of(made, report)
