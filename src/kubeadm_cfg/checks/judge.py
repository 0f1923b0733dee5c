"""`check` and `check_text`: what the programs of one minor say of the files of one cluster; bad input never raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kubeadm_cfg import reading
from kubeadm_cfg.checks import commands
from kubeadm_cfg.checks.fields import unknown, without
from kubeadm_cfg.checks.rules import Check, Context, installed, located
from kubeadm_cfg.convert import Mismatch, kind_of, structure, unstructure
from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.file import ConfigFile, loads
from kubeadm_cfg.findings import path_text
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.kubernetes import NEWEST, OLDEST, minor_number
from kubeadm_cfg.report import Problem, Report, Severity, problem_at
from kubeadm_cfg.source.path import parse

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["check", "check_text"]

Rules = Literal["decode", "kubernetes", "all"]
_RULES: Final = ("decode", "kubernetes", "all")
_SUFFIXES: Final = (".yaml", ".yml", ".json")
_ALWAYS: Final = ("decode.empty", "decode.kind", "decode.apiVersion", "decode.mapping")
_STRICT_SINCE: Final = 28


class _Decoded(NamedTuple):
    """A document as the programs of a minor decode it, and the places in it that are no fields of that minor."""

    document: Document
    obj: Kind | None
    unknown: list[tuple[str | int, ...]]


def check_text(  # noqa: PLR0913  # the contract names them; all but two by keyword
    text: str | bytes,
    name: str = "kubeadm.yaml",
    *,
    kubernetes: str | None = None,
    command: str | None = None,
    host: Host | None = None,
    rules: Rules = "all",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extra: Sequence[Check] = (),
) -> Report:
    r"""What the programs of one Kubernetes minor say about a text; never raises for bad input.

    Args:
        text: the text or bytes of a file.
        name: what the problems call the file.
        kubernetes: the version whose programs judge, such as ``"1.31"``; by default the one the file names.
        command: ``"init"``, ``"join"``, ``"reset"``, ``"upgrade"``, ``"validate"`` or ``"migrate"`` for that command of
            kubeadm alone; None judges each document by the program that reads it.
        host: what is known of the machine.
        rules: ``"decode"``: reading alone; ``"kubernetes"``: the verdict of the programs; ``"all"``: advice as well.
        select: only codes that begin with one of these, when there are any.
        ignore: no codes that begin with one of these.
        extra: further rules.

    Raises:
        ValueError: there is no such command or set of rules, or `kubernetes` is no version.
        TypeError: `kubernetes` is a number: 1.30 and 1.3 would be the same.

    >>> text = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.0.0.0/30\n"
    >>> [(p.type, p.field, p.line) for p in check_text(text, kubernetes="1.31").errors][0]
    ('Invalid', 'networking.podSubnet', 4)
    """
    _check_arguments(kubernetes, command, rules)
    report = reading.check_text(text, name)
    if rules == "decode":
        problems = list(report)
    else:
        problems = list(_Judge([(name, text, report)], kubernetes, command, host, rules, extra))
    return Report(_chosen(problems, select, ignore), [name])


def check(
    *sources: str | PathLike[str] | ConfigFile,
    kubernetes: str | None = None,
    command: str | None = None,
    host: Host | None = None,
    rules: Rules = "all",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extra: Sequence[Check] = (),
) -> Report:
    """What the programs say about the files of one cluster; never raises for bad input.

    Args:
        sources: paths of files, paths of directories, or files that are loaded.
        kubernetes: as for `check_text`; by default the version that any of the files names.
        command: as for `check_text`.
        host: as for `check_text`.
        rules: as for `check_text`.
        select: as for `check_text`.
        ignore: as for `check_text`.
        extra: as for `check_text`.

    Raises:
        OSError: a file cannot be read.
        ValueError: there is no such command or set of rules, or `kubernetes` is no version.
        TypeError: `kubernetes` is a number.
    """
    _check_arguments(kubernetes, command, rules)
    texts = [(name, text, reading.check_text(text, name)) for name, text in _texts(sources)]
    if rules == "decode":
        problems = [problem for _, _, report in texts for problem in report]
    else:
        problems = list(_Judge(texts, kubernetes, command, host, rules, extra))
    return Report(_chosen(problems, select, ignore), [name for name, _, _ in texts])


def _check_arguments(kubernetes: Any, command: str | None, rules: str) -> None:
    if rules not in _RULES:
        raise ValueError(f"there are no rules {rules!r}")
    if command is not None and command not in commands.COMMANDS:
        raise ValueError(f"there is no command {command!r}: {', '.join(commands.COMMANDS)}")
    if kubernetes is not None and not isinstance(kubernetes, str):
        raise TypeError(f'kubernetes is a text such as "1.31", not {kubernetes!r}')
    if kubernetes is not None and minor_number(kubernetes) is None:
        raise ValueError(f"{kubernetes!r} is no Kubernetes version")


def _texts(sources: Iterable[str | PathLike[str] | ConfigFile]) -> Iterator[tuple[str, str | bytes]]:
    for source in sources:
        if isinstance(source, ConfigFile):
            yield source.name, bytes(source)
            continue
        path = Path(source)
        inside = sorted(found for found in path.iterdir() if found.suffix in _SUFFIXES) if path.is_dir() else [path]
        for found in inside:
            yield fspath(found), found.read_bytes()


def _chosen(problems: Iterable[Problem], select: Sequence[str], ignore: Sequence[str]) -> Iterator[Problem]:
    seen = set()
    for problem in problems:
        code = problem.code
        mark = (code, problem.field, problem.path, problem.message, problem.file, problem.line)
        if mark in seen or (select and not code.startswith(tuple(select))) or code.startswith(tuple(ignore)):
            continue
        seen.add(mark)
        yield problem


class _Judge:
    """One check, from what was read to the problems in order."""

    def __init__(  # what a check takes, each by name
        self,
        texts: Sequence[tuple[str, str | bytes, Report]],
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
        self.first = texts[0][:2] if texts else ("", "")
        self.read = [(_loaded(text, name), report) for name, text, report in texts]
        self.kubernetes = kubernetes
        kinds = {document.kind for file, _ in self.read if file is not None for document in file.documents}
        self.for_init = commands.is_for_init(kinds)
        self.notes: list[Problem] = []
        self.minor = self.judging()
        self.command = commands.as_run(command, self.minor)

    def __iter__(self) -> Iterator[Problem]:
        if self.rules == "all":
            yield from self.notes
        for file, report in self.read:
            yield from self.of_file(file, report)

    def judging(self) -> int:
        """The minor whose programs judge."""
        wanted = None if self.kubernetes is None else minor_number(self.kubernetes)
        if wanted is None:
            files = [file for file, _ in self.read if file is not None]
            wanted = next(filter(None, map(_named_minor, files)), None)
        if wanted is None:
            versions = [document.api_version or "" for file in files for document in file.documents]
            wanted = commands.newest_reading(versions)
            self.notes.append(self.note("kubernetes.assumed", f"judged as by Kubernetes 1.{wanted}"))
        nearest = min(max(wanted, OLDEST), NEWEST)
        if nearest != wanted:
            message = f"Kubernetes 1.{wanted} is not known here: judged as by 1.{nearest}"
            self.notes.append(self.note("minor-unknown", message))
        return nearest

    def note(self, code: str, message: str) -> Problem:
        """An info about the check as a whole, at the head of its first file."""
        name, text = self.first
        shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
        return problem_at(name, shown.removeprefix("\ufeff"), 0, message, code=code, severity="info")

    def of_file(self, file: ConfigFile | None, report: Report) -> Iterator[Problem]:
        decoded = [] if file is None else [_as_of(document, self.minor) for document in file.documents]
        yield from filter(None, (self.judged(problem, decoded) for problem in report))
        if file is None:
            return
        ctx = Context(
            [file],
            [(d.document, d.obj) for d in decoded if d.obj and commands.reads(self.command, d.document.kind)],
            self.minor,
            self.command,
            self.host,
        )
        yield from commands.document_problems(ctx, file.documents, self.asked)
        yield from self.later_fields(decoded)
        rules = _built_in()
        if self.command is None:
            rules += _components(flags=self.rules == "all")
        if self.rules == "all":
            rules += (*installed_once(), *self.extra)
        for rule in rules:
            yield from rule(ctx)

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
        obj = document.obj
        data = unstructure(obj) if obj is not None else {}
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
def _built_in() -> tuple[Check, ...]:
    from kubeadm_cfg.checks import kubeadm_init, kubeadm_join, recommended

    return (*kubeadm_init.RULES, *kubeadm_join.RULES, *recommended.RULES)


@cache
def _components(*, flags: bool) -> tuple[Check, ...]:
    from kubeadm_cfg.checks import components

    return components.COMPONENTS + (components.FLAGS if flags else ())


@cache
def installed_once() -> tuple[Check, ...]:
    """The rules of other distributions, found when first needed."""
    return tuple(installed())


def _loaded(text: str | bytes, name: str) -> ConfigFile | None:
    try:
        return loads(text, name)
    except ConfigError:
        return None


def _object(document: Document) -> Kind | None:
    try:
        return document.obj
    except ConfigError:
        return None


def _named_minor(file: ConfigFile) -> int | None:
    for document in file.documents:
        obj = _object(document) if document.kind == "ClusterConfiguration" else None
        named = getattr(obj, "kubernetes_version", None)
        if isinstance(named, str):
            return minor_number(named)
    return None
