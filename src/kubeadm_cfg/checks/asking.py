"""`check` and `check_text`: what is asked of which files, and which answers are shown. Bad input never raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kubeadm_cfg.checks import commands
from kubeadm_cfg.checks.dumps import Dump
from kubeadm_cfg.checks.intake import Source, clusters
from kubeadm_cfg.checks.judge import Judge, Rules
from kubeadm_cfg.checks.rules import Check
from kubeadm_cfg.checks.suppression import Comments, is_hidden, within
from kubeadm_cfg.config_maps import documents_in
from kubeadm_cfg.kubernetes import NEWEST, minor_number
from kubeadm_cfg.report import Problem, Report

if TYPE_CHECKING:
    from kubeadm_cfg.baselines import Baseline
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.fixing import Question
    from kubeadm_cfg.host import Host
    from kubeadm_cfg.settings import Settings

__all__ = ["check", "check_text", "question_of"]

_RULES: Final = ("decode", "kubernetes", "all")


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
    settings: Settings | None = None,
    baseline: Baseline | None = None,
) -> Report:
    r"""What the programs of one Kubernetes minor say about a text; never raises for bad input.

    A comment ``# kubeadm-cfg: ignore CODE`` in the text hides what it names in its line, or in the next one when it
    stands alone; ``ignore-file`` in all of them. What keeps the text from being read is hidden by its exact code alone.

    Args:
        text: the text or bytes of a file.
        name: what the problems call the file.
        kubernetes: the version whose programs judge, such as ``"1.31"``; by default the one the file names.
        command: ``"init"``, ``"join"``, ``"reset"``, ``"upgrade"``, ``"validate"`` or ``"migrate"`` for that command of
            kubeadm alone; None judges each document by the program that reads it.
        host: what is known of the machine.
        rules: ``"decode"``: reading alone; ``"kubernetes"``: the verdict of the programs; ``"all"``: advice as well,
            and flannel's and containerd's files.
        select: only codes that begin with one of these, when there are any; a single one may be given as a text.
        ignore: no codes that begin with one of these; likewise.
        extra: further rules.
        settings: what to take where these arguments say nothing; see `Settings.find`.
        baseline: known problems, which are left out.

    Raises:
        ValueError: there is no such command or set of rules, or `kubernetes` is no version.
        TypeError: `kubernetes` is a number: 1.30 and 1.3 would be the same.

    >>> text = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.0.0.0/30\n"
    >>> [(p.type, p.field, p.line) for p in check_text(text, kubernetes="1.31").errors][0]
    ('Invalid', 'networking.podSubnet', 4)
    """
    asked = _Asked(kubernetes, command, host, rules, select, ignore, extra, settings, baseline).settled()
    return _Check([Source(name, text)], asked).report()


def check(  # noqa: PLR0913  # as above
    *sources: str | PathLike[str] | ConfigFile,
    kubernetes: str | None = None,
    command: str | None = None,
    host: Host | None = None,
    rules: Rules = "all",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extra: Sequence[Check] = (),
    settings: Settings | None = None,
    baseline: Baseline | None = None,
) -> Report:
    """What the programs say about the files of one cluster; never raises for bad input.

    Files are known by what they hold: flannel's manifest and containerd's config.toml are checked as such, and what
    belongs to none of these programs is left out with an info. In a directory these are the files ending in ``.yaml``,
    ``.yml``, ``.json``, ``.toml`` and ``.conf``; a directory below it with a ClusterConfiguration is another cluster.

    Args:
        sources: paths of files, paths of directories, or files that are loaded.
        kubernetes: as for `check_text`; by default the version that any of the files names.
        command: as for `check_text`.
        host: as for `check_text`.
        rules: as for `check_text`.
        select: as for `check_text`.
        ignore: as for `check_text`.
        extra: as for `check_text`; such a rule sees the documents of all files of the cluster.
        settings: as for `check_text`.
        baseline: as for `check_text`.

    Raises:
        OSError: a file cannot be read.
        EditError: an edit of a loaded file cannot be written.
        ValueError: there is no such command or set of rules, or `kubernetes` is no version.
        TypeError: `kubernetes` is a number.

    >>> report = check("examples/wx-omega", kubernetes="1.27")
    >>> [(p.severity, p.code, p.line) for p in report.problems]
    [('warning', 'containerd.deprecated', 7)]
    """
    asked = _Asked(kubernetes, command, host, rules, select, ignore, extra, settings, baseline).settled()
    checks = [_Check(cluster, asked) for cluster in clusters(sources)]
    return checks[0].report() if len(checks) == 1 else _Checks(checks).report()


def question_of(file: ConfigFile) -> Question:
    """What `check` asks of one file when it is told nothing else."""
    return _Check([Source.of(file)], _Asked(None, None, None, "all", (), (), (), None, None))


class _Asked(NamedTuple):
    """What `check` is asked."""

    kubernetes: str | None
    command: str | None
    host: Host | None
    rules: Rules
    select: Sequence[str]
    ignore: Sequence[str]
    extra: Sequence[Check]
    settings: Settings | None
    baseline: Baseline | None

    def settled(self) -> _Asked:
        """With the settings taken in. Raises ValueError or TypeError for what cannot be asked."""
        asked, settings = self, self.settings
        if settings is not None:
            asked = self._replace(
                kubernetes=settings.kubernetes if self.kubernetes is None else self.kubernetes,
                command=self.command or settings.command,
                host=self.host or settings.host,
                select=self.select or settings.select,
            )
        _check_arguments(asked.kubernetes, asked.command, asked.rules)
        return asked._replace(select=_listed(asked.select), ignore=_listed(asked.ignore))

    @property
    def is_about_all(self) -> bool:
        """Whether everything is looked at, and not what one program says."""
        return self.rules == "all" and self.command is None


def _listed(codes: str | Sequence[str]) -> Sequence[str]:
    """A single code is a list of one, and not of its letters."""
    return (codes,) if isinstance(codes, str) else codes


def _check_arguments(kubernetes: Any, command: str | None, rules: str) -> None:
    if rules not in _RULES:
        raise ValueError(f"there are no rules {rules!r}: {', '.join(_RULES)}")
    if command is not None and command not in commands.COMMANDS:
        raise ValueError(f"there is no command {command!r}: {', '.join(commands.COMMANDS)}")
    if kubernetes is not None and not isinstance(kubernetes, str):
        raise TypeError(f'kubernetes is a text such as "1.31", not {kubernetes!r}')
    if kubernetes is not None and minor_number(kubernetes) is None:
        raise ValueError(f"{kubernetes!r} is no Kubernetes version such as 1.31 or v1.31.4")


class _Check:
    """What was asked of the files of one cluster."""

    def __init__(self, sources: Sequence[Source], asked: _Asked) -> None:
        self.sources = tuple(sources)
        self.asked = asked
        self.minor = NEWEST
        self.trials = 0
        self.known: tuple[str, Counter[tuple[str | None, ...]]] | None = None

    def report(self) -> Report:
        """The problems that are shown, in order."""
        shown = list(self.shown(self.found()))
        if self.asked.rules != "kubernetes":  # there, they stand as the programs print them
            numbers = {source.name: number for number, source in reversed([*enumerate(self.sources)])}
            shown.sort(key=lambda p: (numbers.get(p.file or "", -1), p.line or 0, p.column or 0, p.code))
        if self.asked.baseline is not None:
            shown = self.asked.baseline.new(shown)
        return Report(list(map(self.mendable, shown)), [source.name for source in self.sources], self)

    def again(self, file: ConfigFile, instead: ConfigFile) -> Report:
        """The same check of the files as they are now, one of them in another state."""
        return _Check(
            [source.now(instead if source.is_of(file) else None) for source in self.sources], self.asked
        ).report()

    def mendable(self, problem: Problem) -> Problem:
        """The problem with a fix that can be made, where it has one and its file can be edited."""
        from kubeadm_cfg.checks.mending import mend
        from kubeadm_cfg.fixing import Fix, Proposed

        given: Fix | Proposed | None = problem.fix
        fix = given if isinstance(given, Fix) else None
        document = self.document_of(problem) if fix is None else None
        if document is not None and not isinstance(given, Fix):
            proposed = given or Proposed.of(mend(problem, document, self.minor))
            fix = Fix(proposed, document) if proposed is not None else None
        if fix is not None:
            fix.bind(problem, self)
        problem.fix = fix
        return problem

    def document_of(self, problem: Problem) -> Document | None:
        """The document that a problem is in, where its file can be loaded: of a dump the one inside its string."""
        file = next((s.file for s in self.sources if s.name == problem.file and s.is_whole), None)
        if file is None or problem.document is None:
            return None
        document = file.documents[problem.document]
        inside = documents_in(document) if problem.kind not in (None, document.kind) else ()
        return next((inner for inner in inside if inner.kind == problem.kind), document)

    def found(self) -> Iterator[Problem]:
        asked = self.asked
        ours: list[Source | Dump] = [
            Dump(source, source.file) if asked.is_about_all and source.what == "dump" and source.file else source
            for source in self.sources
            if not asked.is_about_all or source.what in ("kubeadm", "dump")
        ]
        if not asked.is_about_all:  # a program refuses what it is given, whatever that may be
            ours = [source for source in self.sources if source.is_given or source.what == "kubeadm"]
        read = [(source, source.reading()) for source in ours]
        if asked.rules == "decode":
            yield from (problem for _, report in read for problem in report)
        elif read:
            judge = Judge(read, asked.kubernetes, asked.command, asked.host, asked.rules, asked.extra)
            self.minor = judge.minor
            yield from (source.told(problem) for source, problem in judge.problems())
        if asked.is_about_all:
            yield from (problem for source in self.sources for problem in _of_other(source))

    def shown(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """What is asked for and not ignored, each once, with the severity the settings give it."""
        asked, settings, seen = self.asked, self.asked.settings, set()
        comments = {source.name: Comments(source.decoded, source.name) for source in self.sources}
        ignored = {name: self.ignored_in(name) for name in comments}

        def is_shown(problem: Problem) -> bool:
            if is_hidden(problem, asked.select, ignored.get(problem.file or "", asked.ignore)):
                return False
            if settings is not None and settings.severity:
                fitting = [code for code in settings.severity if within(problem, (code,))]
                if fitting:
                    problem.severity = settings.severity[max(fitting, key=len)]
            return True

        for problem in problems:
            mark = problem.code, problem.field, problem.path, problem.message, problem.file, problem.line
            if mark in seen:
                continue
            seen.add(mark)
            said = comments.get(problem.file or "")
            if (said is None or not said.orders or not said.hide(problem)) and is_shown(problem):
                yield problem
        if asked.is_about_all:
            yield from (remark for said in comments.values() for remark in said.remarks() if is_shown(remark))

    def ignored_in(self, file: str) -> tuple[str, ...]:
        settings = self.asked.settings
        return (*self.asked.ignore, *(settings.ignored_in(file) if settings is not None else ()))


class _Checks:
    """The same asked of several clusters. The fixes of a problem are bound to the check of its own cluster."""

    def __init__(self, checks: Iterable[_Check]) -> None:
        self.checks = tuple(checks)
        self.minor = NEWEST
        self.trials = 0
        self.known: tuple[str, Counter[tuple[str | None, ...]]] | None = None

    def report(self) -> Report:
        return self.merged(check.report() for check in self.checks)

    def again(self, file: ConfigFile, instead: ConfigFile) -> Report:
        return self.merged(check.again(file, instead) for check in self.checks)

    def merged(self, reports: Iterable[Report]) -> Report:
        found = list(reports)
        problems = [problem for report in found for problem in report]
        return Report(problems, [file for report in found for file in report.files], self)


def _of_other(source: Source) -> Iterator[Problem]:
    """What is to be said of a file that kubeadm's family does not read."""
    if source.what == "flannel":
        from kubeadm_cfg.flannel import check_text as of_flannel

        yield from of_flannel(source.text, name=source.name)
    elif source.what == "containerd":
        from kubeadm_cfg.containerd import check_text as of_containerd
        from kubeadm_cfg.containerd.loading import drop_ins

        yield from of_containerd(source.text, files=drop_ins(source.text, source.name), name=source.name)
    elif source.what == "foreign":
        message = "no program of kubeadm's family reads this file: it is left out"
        yield Problem("info", "file.foreign", message, file=source.name)
