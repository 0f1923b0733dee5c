"""The command `check`: what the programs would say of files, in the format asked for. Nothing is judged here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TextIO

from cyclopts import Parameter

import kubeadm_cfg as kc
from kubeadm_cfg.cli.common import CLEAN, FOUND, NOTHING, UNUSABLE, UsageError, options_gone_astray

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["check"]

Flag = partial(Parameter, negative=(), show_default=False)
Given = partial(Parameter, negative=(), show_default=False)
Level = Literal["error", "warning", "info"]

_STDIN: Final = "-"
_LEVELS: Final = ("error", "warning", "info")
_BAR_FROM: Final = 20  # clusters; fewer are done before a bar could be read
_MANY: Final = 64  # clusters from which on further processes pay


def check(  # noqa: PLR0913  # every option has a name
    *files: Annotated[
        str, Parameter(name="FILE", help="Files and directories; - is standard input.", allow_leading_hyphen=True)
    ],
    kubernetes: Annotated[
        str | None, Parameter(name=["--kubernetes", "-k"], help="The version whose programs judge, as in 1.31.")
    ] = None,
    command: Annotated[
        Literal["init", "join", "reset", "upgrade", "validate", "migrate"] | None,
        Parameter(help="What this command of kubeadm says, and nobody else."),
    ] = None,
    rules: Annotated[
        Literal["decode", "kubernetes", "all"],
        Parameter(help="decode: reading alone; kubernetes: what the programs say; all: advice as well."),
    ] = "all",
    each: Annotated[bool, Flag(help="Every file is a cluster of its own; otherwise the FILEs are one.")] = False,
    skip_foreign: Annotated[bool, Flag(help="Look only at files that say that kubeadm's family reads them.")] = False,
    select: Annotated[tuple[str, ...], Given(help="Only codes that begin so; several by commas.")] = (),
    ignore: Annotated[tuple[str, ...], Given(help="No codes that begin so; several by commas.")] = (),
    baseline: Annotated[Path | None, Given(help="Leave out the problems that this file knows.")] = None,
    write_baseline: Annotated[Path | None, Given(help="Write all problems to this file instead of printing.")] = None,
    fix: Annotated[bool, Flag(help="Make the safe fixes, write the files and print what changed.")] = False,
    format: Annotated[  # noqa: A002  # the option is called so in every command
        Literal["text", "json", "sarif", "github"], Parameter(help="What is printed.")
    ] = "text",
    fail_on: Annotated[Level, Parameter(help="The least severity that makes the exit code 1.")] = "error",
    jobs: Annotated[
        int | None, Given(help="Processes, with --each; by default as many as there are processors.")
    ] = None,
) -> int:
    """Say what kubeadm, kubelet and kube-proxy would say of files, with line numbers.

    The FILEs are one cluster, flannel's manifest and containerd's config.toml among them. Settings are taken from
    .kubeadm-cfg.toml or pyproject.toml above the files. Exit code 0: no problem of the --fail-on severity; 1: there is
    one; 2: wrong usage, or a file that is not there.
    """
    _refuse_odd(files, jobs, fix=fix)
    try:
        options: dict[str, Any] = {
            "kubernetes": kubernetes,
            "command": command,
            "rules": rules,
            "select": _codes(select),
            "ignore": _codes(ignore),
            "settings": kc.Settings.find(name for name in files if name != _STDIN),
            "baseline": None if baseline is None or write_baseline is not None else kc.Baseline.load(baseline),
        }
        kc.check(**options)  # of no file: whether this can be asked
    except ValueError as error:  # settings, a baseline or a version that are none
        raise UsageError(str(error)) from None
    if skip_foreign:
        files = tuple(name for name in files if name == _STDIN or Path(name).is_dir() or _says_what_it_is(name))
    reports = [*_reports(files, options, each=each, jobs=1 if fix else jobs)]
    if fix:
        reports = [_fixed(report, sys.stdout if format == "text" else sys.stderr) for report in reports]
    report = kc.Report([p for one in reports for p in one], [name for one in reports for name in one.files])
    if files and not report.files and not skip_foreign:
        raise UsageError(NOTHING.format(", ".join(files)))
    if write_baseline is not None:
        kc.Baseline.of(report, write_baseline.parent).save(write_baseline)
        return CLEAN
    _print(report, format)
    if any(problem.code == "file.unreadable" for problem in report):
        return UNUSABLE
    failing = _LEVELS[: _LEVELS.index(fail_on) + 1]
    return FOUND if any(problem.severity in failing for problem in report) else CLEAN


def _refuse_odd(files: tuple[str, ...], jobs: int | None, *, fix: bool) -> None:
    if not files:
        raise UsageError("name at least one FILE or directory; - is standard input")
    options_gone_astray(files)
    if _STDIN in files and len(files) > 1:
        raise UsageError("standard input goes alone")
    if _STDIN in files and fix:
        raise UsageError("--fix needs files; standard input has no place")
    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs is at least 1, not {jobs}")


def _codes(given: tuple[str, ...]) -> list[str]:
    return [code.strip() for text in given for code in text.split(",") if code.strip()]


def _reports(files: tuple[str, ...], options: dict[str, Any], *, each: bool, jobs: int | None) -> Iterator[kc.Report]:
    if files == (_STDIN,):
        yield kc.check_text(sys.stdin.buffer.read(), "<stdin>", **options)
    elif not each:
        yield kc.check(*files, **options)
    else:
        groups = [*_apart(files)]
        jobs = 1 if jobs is None and len(groups) < _MANY else jobs
        with _bar(len(groups)) as progress:
            yield from (report for _, report in kc.check_many(groups, jobs, progress, **options))


def _apart(files: Iterable[str]) -> Iterator[str]:
    """The files, and of directories those that somebody reads."""
    from kubeadm_cfg.checks.intake import clusters

    for name in files:
        if Path(name).is_dir():
            yield from (source.name for cluster in clusters([name]) for source in cluster if source.what != "foreign")
        else:
            yield name


def _says_what_it_is(name: str) -> bool:
    from kubeadm_cfg.checks.intake import Source

    return Source.read(Path(name), is_given=False).what != "foreign"


def _bar(total: int) -> AbstractContextManager[Callable[[int, int | None], None] | None]:
    """A bar on a terminal, when there is something to wait for."""
    return _rich_bar() if total >= _BAR_FROM and sys.stderr.isatty() else nullcontext()


@contextmanager
def _rich_bar() -> Iterator[Callable[[int, int | None], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(bar_width=None), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("check", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _fixed(report: kc.Report, stream: TextIO) -> kc.Report:
    """Make the safe fixes, show and write the files; what is left over."""
    from kubeadm_cfg.report import masked

    fixed = report.fix(safe=True)
    files = list(dict.fromkeys(fix.file for fix in fixed))
    for file in files:
        print(masked(file.diff()), end="", file=stream)
    kc.save_all(files)
    return fixed.report


def _print(report: kc.Report, form: str) -> None:
    """Print the report; what the terminal cannot show, or a file's name that is no text, is escaped."""
    if form in ("json", "sarif"):
        data = report.to_dict() if form == "json" else report.to_sarif()
        text, encoding = json.dumps(data, ensure_ascii=False, indent=2), "utf-8"
    else:
        text, encoding = report.to_github() if form == "github" else str(report), sys.stdout.encoding
    if text:
        sys.stdout.flush()
        sys.stdout.buffer.write(f"{text}\n".encode(encoding, "backslashreplace"))
        sys.stdout.buffer.flush()
