"""Baselines: the problems a project lives with for now, kept in a JSON file, so that a check shows only new ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from kubeadm_cfg.checks.suppression import is_unreadable
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.formats.fingerprints import fingerprints
from kubeadm_cfg.report import Problem, masked, problem_at

__all__ = ["Baseline"]

_VERSION: Final = 1


class Baseline:
    """Fingerprints of known problems. They name files from the directory of the baseline, and no lines.

    >>> known = Baseline.of([Problem("warning", "strict.unknown", 'unknown field "a"', file="k.yaml", line=3)])
    >>> list(known.new([Problem("warning", "strict.unknown", 'unknown field "a"', file="k.yaml", line=9)]))
    []
    """

    def __init__(self, marks: Iterable[str] = (), base: Path | None = None) -> None:
        self.marks = frozenset(marks)
        self.base = Path.cwd() if base is None else Path(os.path.abspath(base))  # noqa: PTH100  # links stay
        self._told: list[dict[str, Any]] = []

    @classmethod
    def of(cls, problems: Iterable[Problem], base: str | os.PathLike[str] | None = None) -> Baseline:
        """A baseline of these problems but those that keep a file from being read.

        Args:
            problems: a Report, or some of its problems.
            base: the directory that files are named from, by default the current one.
        """
        known = cls((), Path(base) if base is not None else None)
        kept = [problem for problem in problems if not is_unreadable(problem)]
        marks = known._marks(kept)
        known.marks = frozenset(marks)
        known._told = [
            {
                "fingerprint": mark,
                "code": problem.code,
                "file": known._named(problem),
                "message": masked(problem.message),
            }
            for mark, problem in zip(marks, kept, strict=True)
        ]
        return known

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Baseline:
        """The baseline of a file that `save` wrote.

        Raises:
            ConfigError: it is none.
            OSError: the file cannot be read.
        """
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        try:
            data = json.loads(text)
            if not isinstance(data, dict) or data.get("version") != _VERSION:
                raise ValueError(f"it has no version {_VERSION}")
            return cls([entry["fingerprint"] + "" for entry in data["problems"]], Path(path).parent)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            offset = getattr(error, "pos", 0)
            problem = problem_at(str(path), text, offset, f"no baseline: {error}", code="baseline.unreadable")
            raise ConfigError(f"{path}: no baseline", [problem]) from None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the baseline, with code, file and message of each problem for those who review it.

        Raises:
            OSError: the file cannot be written.
        """
        from kubeadm_cfg import saving

        data = {"version": _VERSION, "problems": self._told}
        saving.write(Path(path), (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace"))

    def new(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems that are not in the baseline, in their order."""
        kept = list(problems)
        marked = zip(kept, self._marks(kept), strict=True)
        return [problem for problem, mark in marked if mark not in self.marks or is_unreadable(problem)]

    def _marks(self, problems: Sequence[Problem]) -> list[str]:
        return list(fingerprints(problems, self.base))

    def _named(self, problem: Problem) -> str | None:
        from kubeadm_cfg.formats.fingerprints import file_name

        return None if problem.file is None else file_name(problem.file, self.base)
