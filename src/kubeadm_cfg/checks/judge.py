"""What the programs of one minor say of the files of one cluster: which rules are asked, and how reading is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kubeadm_cfg.checks import commands
from kubeadm_cfg.checks.fields import unknown, without
from kubeadm_cfg.checks.plugins import may_bring_rules
from kubeadm_cfg.checks.registry import asked
from kubeadm_cfg.checks.rules import Check, Context, installed, located
from kubeadm_cfg.convert import Mismatch, kind_of, structure
from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.findings import path_text
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.kubernetes import NEWEST, OLDEST, minor_number
from kubeadm_cfg.report import Problem, Report, Severity, problem_at
from kubeadm_cfg.source.path import parse

if TYPE_CHECKING:
    from kubeadm_cfg.checks.dumps import Dump
    from kubeadm_cfg.checks.intake import Source
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.host import Host

__all__ = ["Judge", "Rules"]

Rules = Literal["decode", "kubernetes", "all"]
_ALWAYS: Final = ("decode.empty", "decode.kind", "decode.apiVersion", "decode.mapping")
_STRICT_SINCE: Final = 28


class _Decoded(NamedTuple):
    """A document as the programs of a minor decode it, and the places in it that are no fields of that minor."""

    document: Document
    obj: Kind | None
    unknown: list[tuple[str | int, ...]]


class Judge:
    """The verdict on the files of one cluster that kubeadm's family reads."""

    def __init__(  # what a check takes, each by name
        self,
        read: Sequence[tuple[Source | Dump, Report]],
        kubernetes: str | None,
        command: str | None,
        host: Host | None,
        rules: Rules,
        extra: Sequence[Check],
    ) -> None:
        self.asked = command
        self.host = host
        self.rules = rules
        self.extra = extra
        self.read = read
        self.kubernetes = kubernetes
        self.files = [source.file for source, _ in read if source.file is not None]
        kinds = {document.kind for source, _ in read for document in source.documents}
        self.for_init = commands.is_for_init(kinds)
        self.notes: list[Problem] = []
        self.minor = self.judging()
        self.command = commands.as_run(command, self.minor)

    def problems(self) -> Iterator[tuple[Source | Dump, Problem]]:
        """Every problem, with the source it is found in."""
        decoded = [[_as_of(document, self.minor) for document in source.documents] for source, _ in self.read]
        for number, (source, report) in enumerate(self.read):
            if number == 0 and self.rules == "all":
                yield from ((source, note) for note in self.notes)
            others = [found for other in (*decoded[:number], *decoded[number + 1 :]) for found in other]
            found = list(self.of_file(source, report, decoded[number], others))
            said = commands.as_said(self.command, found) if self.rules == "kubernetes" else found
            yield from ((source, problem) for problem in said)

    def judging(self) -> int:
        """The minor whose programs judge."""
        wanted = None if self.kubernetes is None else minor_number(self.kubernetes)
        if wanted is None:
            wanted = next(filter(None, (_named_minor(source.documents) for source, _ in self.read)), None)
        if wanted is None:
            versions = [document.api_version or "" for source, _ in self.read for document in source.documents]
            wanted = commands.newest_reading(versions)
            if versions:  # of a text that cannot be read nothing is judged
                self.notes.append(self.note("kubernetes.assumed", f"judged as by Kubernetes 1.{wanted}"))
        nearest = min(max(wanted, OLDEST), NEWEST)
        if nearest != wanted:
            message = f"Kubernetes 1.{wanted} is not known here: judged as by 1.{nearest}"
            self.notes.append(self.note("minor-unknown", message))
        return nearest

    def note(self, code: str, message: str) -> Problem:
        """An info about the check as a whole, at the head of its first file."""
        first = self.read[0][0]
        return problem_at(first.name, first.decoded.removeprefix("\ufeff"), 0, message, code=code, severity="info")

    def of_file(
        self, source: Source | Dump, report: Report, decoded: Sequence[_Decoded], others: Sequence[_Decoded]
    ) -> Iterator[Problem]:
        file = source.file
        yield from filter(None, (self.judged(problem, decoded) for problem in report))
        if file is None:
            return
        ctx = self.context([file], decoded)
        for documents in source.files_inside:
            yield from commands.document_problems(ctx, documents, self.asked)
        yield from self.later_fields(decoded)
        for rule in asked(ctx.kinds, self.minor, components=self.command is None, flags=self.rules == "all"):
            yield from rule.ask(ctx)
        further = (*installed_once(), *self.extra) if self.rules == "all" else ()
        if further and others:
            # The programs read one file; these rules see the others as well, woken by what this one holds.
            own = ctx.kinds
            ctx = self.context([file, *(other for other in self.files if other is not file)], (*decoded, *others))
            ctx.kinds = own
        for check in further:
            yield from check(ctx)

    def context(self, files: Sequence[ConfigFile], decoded: Iterable[_Decoded]) -> Context:
        """What rules see of the documents that somebody reads."""
        objects = [(d.document, d.obj) for d in decoded if d.obj and commands.reads(self.command, d.document.kind)]
        return Context(files, objects, self.minor, self.command, self.host)

    def later_fields(self, decoded: Iterable[_Decoded]) -> Iterator[Problem]:
        """Fields of other minors, which the strict decoder of this one does not know."""
        severity: Severity = "error" if self.rules == "all" or self.is_strict else "warning"
        for document, obj, places in decoded:
            if obj is None or not self.verifies(document.kind):
                continue
            for place in places:
                path = path_text(place)
                message = f'unknown field "{path}": Kubernetes 1.{self.minor} does not have it'
                yield located(document, path, message, code="strict.unknown", type="Unknown", severity=severity)

    @property
    def is_strict(self) -> bool:
        """Whether the command refuses unknown and repeated fields."""
        return self.command in commands.STRICT and self.minor >= _STRICT_SINCE

    def verifies(self, kind: str | None) -> bool:
        return commands.verifies(self.command, kind, self.minor, for_init=self.for_init)

    def judged(self, problem: Problem, decoded: Sequence[_Decoded]) -> Problem | None:
        """A problem of reading, as the command takes it; None where it does not look."""
        code, kind = problem.code, problem.kind
        if code.startswith("document."):
            return problem if self.rules == "all" and code == "document.foreign" else None
        if (code.startswith("yaml.") and code != "yaml.json") or code in _ALWAYS:
            return problem
        if kind is not None and not self.verifies(kind):
            return None
        if problem.document is not None and problem.document < len(decoded):
            places, steps = decoded[problem.document].unknown, parse(problem.path) if problem.path else ()
            if any(steps[: len(place)] == place for place in places):
                return None  # the field itself is unknown, whatever it holds
        if code == "yaml.json" and self.rules == "kubernetes":
            problem.severity = "error"
        if code.startswith("strict.") and self.rules == "kubernetes":
            problem.severity = "error" if self.is_strict else "warning"
        return problem


def _as_of(document: Document, minor: int) -> _Decoded:
    """The document without the fields that the minor does not have, whatever they hold."""
    cls = kind_of(document.api_version, document.kind)
    if cls is None:
        return _Decoded(document, None, [])
    try:
        obj, data = document.obj, document._data()
    except ConfigError:
        obj, data = None, _plain(document)
    places = unknown(cls, str(document.api_version), data, minor)
    if places:
        try:
            obj = structure(cls, without(data, places))
        except Mismatch:
            obj = None
    return _Decoded(document, obj, places)


def _plain(document: Document) -> dict[str, Any]:
    try:
        return document.to_dict()
    except ConfigError:
        return {}


@cache
def installed_once() -> tuple[Check, ...]:
    """The rules of other distributions, found when first needed."""
    return tuple(installed()) if may_bring_rules() else ()


def _object(document: Document) -> Kind | None:
    try:
        return document.obj
    except ConfigError:
        return None


def _named_minor(documents: Iterable[Document]) -> int | None:
    for document in documents:
        obj = _object(document) if document.kind == "ClusterConfiguration" else None
        named = getattr(obj, "kubernetes_version", None)
        if isinstance(named, str):
            return minor_number(named)
    return None
