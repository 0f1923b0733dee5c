"""What makes a problem the same problem after lines have moved: a hash for baselines and code hosts."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from kubeadm_cfg.report import masked

if TYPE_CHECKING:
    from kubeadm_cfg.report import Problem

__all__ = ["file_name", "fingerprints"]

_INDEX: Final = re.compile(r"\[[0-9]+\]")
_LENGTH: Final = 32


def fingerprints(problems: Iterable[Problem], base: Path | None = None) -> Iterator[str]:
    """A fingerprint for each problem: of its code, file, kind, path and message, and of no line number.

    Equal ones are counted, so that a second one of the same is not taken for the first. `base` is the directory that
    files are named from.
    """
    seen: Counter[str] = Counter()
    for problem in problems:
        named = _of(problem, base)
        seen[named] += 1
        yield sha256(f"{named}\0{seen[named]}".encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def file_name(file: str, base: Path | None) -> str:
    """A file's name, from `base` where it lies there."""
    if base is None:
        return PurePath(file).as_posix()
    path = Path(os.path.abspath(file))  # noqa: PTH100  # resolve() would follow links
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else PurePath(file).as_posix()


def _of(problem: Problem, base: Path | None) -> str:
    place = _INDEX.sub("[]", problem.path) if problem.path else (problem.excerpt or "").strip()
    parts = (problem.code, file_name(problem.file or "", base), problem.kind or "", place, problem.message)
    return "\0".join(map(masked, parts))
