"""`check_many`: many clusters, checked by several processes. What a check says of one is decided elsewhere."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from os import PathLike, fspath
from typing import Any, Final, NamedTuple, TypeAlias

from kubeadm_cfg.errors import EditError
from kubeadm_cfg.report import Problem, Report, masked

__all__ = ["Group", "check_many"]

Group: TypeAlias = str | PathLike[str] | Sequence[str | PathLike[str]]
Progress: TypeAlias = Callable[[int, int | None], None]
"""Is told how many groups are done, and of how many where that is known."""

_CHUNK: Final = 32  # groups a process takes at a time: some 30 ms of work, against 0.2 ms to hand them over
_GARBAGE: Final = 10_000  # objects before Python looks for cycles: one check makes a few thousand and keeps none
_AHEAD: Final = 3  # chunks per process that wait, so that none runs dry


def check_many(
    groups: Iterable[Group], jobs: int | None = None, progress: Progress | None = None, **options: Any
) -> Iterator[tuple[Group, Report]]:
    """What `check` says of each of many clusters, in their order; `groups` is read as the work goes on.

    A file that cannot be read is a problem of its report. Reports that come from another process tell what their fixes
    are but cannot make them.

    Args:
        groups: for each cluster a path, or the paths of its files.
        jobs: how many processes; by default as many as there are processors, 1 for none but this one.
        progress: called with the number of groups done, and of how many (None: not known).
        options: as for `check`.

    Raises:
        ValueError: `jobs` is less than 1, or as for `check`.

    >>> for paths, report in check_many([["examples/wx-omega/kubeadm.yaml"]], jobs=1):
    ...     print(paths, report.ok)
    ['examples/wx-omega/kubeadm.yaml'] True
    """
    jobs = _processors() if jobs is None else jobs
    if jobs < 1:
        raise ValueError(f"jobs is at least 1, not {jobs}")
    total = len(groups) if isinstance(groups, Sequence) else None
    done: Iterator[tuple[Group, Report]]
    if jobs == 1 or (total is not None and total <= 1):
        done = _by_this_process(groups, options)
    else:
        done = _by_processes(groups, jobs, total, options)
    return _told_of(done, total, progress) if progress is not None else done


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _told_of(
    done: Iterable[tuple[Group, Report]], total: int | None, progress: Progress
) -> Iterator[tuple[Group, Report]]:
    progress(0, total)
    for number, one in enumerate(done, 1):
        progress(number, total)
        yield one


def _by_this_process(groups: Iterable[Group], options: dict[str, Any]) -> Iterator[tuple[Group, Report]]:
    with _rare_collections():
        for group in groups:
            yield group, _report(group, options)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Python's own pace of looking for cycles would take a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(_GARBAGE, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _by_processes(
    groups: Iterable[Group], jobs: int, total: int | None, options: dict[str, Any]
) -> Iterator[tuple[Group, Report]]:
    from concurrent.futures import Future, ProcessPoolExecutor

    from kubeadm_cfg.checks import asking  # noqa: F401  # before the fork, so that it is imported once

    size = _CHUNK if total is None else max(1, min(_CHUNK, total // (jobs * _AHEAD)))
    waiting: deque[tuple[list[Group], Future[list[Report]]]] = deque()
    source = iter(groups)
    with ProcessPoolExecutor(jobs) as pool:
        try:
            while True:
                while len(waiting) < jobs * _AHEAD and (chunk := list(islice(source, size))):
                    waiting.append((chunk, pool.submit(_reports, chunk, options)))
                if not waiting:
                    return
                chunk, future = waiting.popleft()
                yield from zip(chunk, future.result(), strict=True)
        finally:  # also when nobody wants the rest
            for _, future in waiting:
                future.cancel()


def _reports(chunk: Sequence[Group], options: dict[str, Any]) -> list[Report]:
    with _rare_collections():
        return [_for_sending(_report(group, options)) for group in chunk]


def _report(group: Group, options: dict[str, Any]) -> Report:
    from kubeadm_cfg.checks.asking import check

    paths = [group] if isinstance(group, (str, PathLike)) else list(group)
    try:
        return check(*paths, **options)
    except OSError as error:
        file = fspath(error.filename) if isinstance(error.filename, (str, PathLike)) else fspath(paths[0])
        message = f"the file cannot be read: {error.strerror or error}"
        return Report([Problem("error", "file.unreadable", message, file=file)], [fspath(path) for path in paths])


class _Named(NamedTuple):
    """The file of such a fix."""

    name: str


class _Told:
    """What is known of a fix in the process that did not find it."""

    def __init__(self, fix: Any) -> None:
        self.description: str = fix.description
        self.safe: bool = fix.safe
        self.file = _Named(fix.file.name)
        self._exact: str = fix._exact_diff()

    def diff(self) -> str:
        return masked(self._exact)

    def _exact_diff(self) -> str:
        return self._exact

    def apply(self) -> None:
        raise EditError(f"{self.description}: this was found by another process; check the file here to mend it")


def _for_sending(report: Report) -> Report:
    for problem in report.problems:
        if problem.fix is not None:
            problem.fix = _Told(problem.fix)
    return Report(report.problems, report.files)
