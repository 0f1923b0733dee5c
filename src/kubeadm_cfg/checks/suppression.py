"""Which problems are not shown: by comments in the file, by code, by settings. An unreadable file always is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kubeadm_cfg.report import Problem

__all__ = ["Comments", "is_hidden", "is_unreadable", "within"]

_MARK: Final = "kubeadm-cfg:"
_COMMENT: Final = re.compile(r"(?:^|(?<=[ \t]))#[ \t]*kubeadm-cfg:[ \t]*(?P<rest>[^#]*)")
_ORDER: Final = re.compile(r"(ignore|ignore-file)[ \t]+([A-Za-z0-9_.-]+(?:[ \t]*,[ \t]*[A-Za-z0-9_.-]+)*)")
_LINE: Final = re.compile(r"\r\n|\r|\n")
_REMEDY: Final = "write `# kubeadm-cfg: ignore CODE`, with codes apart by commas, or ignore-file for the whole file"
# A file with one of these was not read, or not to its end: nothing else that is said of it is complete.
_UNREADABLE: Final = ("yaml.", "file.unreadable", "toml.", "containerd.refused", "flannel.json-syntax")


def is_unreadable(problem: Problem) -> bool:
    """Whether the problem is that a file cannot be read."""
    return problem.severity == "error" and problem.code.startswith(_UNREADABLE)


def within(problem: Problem, codes: Sequence[str]) -> bool:
    """Whether one of the codes names the problem: its own or the beginning of it."""
    if is_unreadable(problem):
        return problem.code in codes
    return problem.code.startswith(tuple(codes))


def is_hidden(problem: Problem, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether a problem is not asked for."""
    if select and not is_unreadable(problem) and not problem.code.startswith(tuple(select)):
        return True
    return bool(ignore) and within(problem, ignore)


class _Order(NamedTuple):
    """One code that a comment ignores, in a line (None: the file)."""

    code: str
    line: int | None
    place: tuple[int, int, str]


class Comments:
    """The comments of one file that ignore problems."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.orders: list[_Order] = []
        self.odd: list[tuple[int, int, str]] = []
        self.used: set[_Order] = set()
        if _MARK in text:
            self._read(_LINE.split(text))

    def _read(self, lines: list[str]) -> None:
        for number, line in enumerate(lines, 1):
            found = _COMMENT.search(line) if _MARK in line else None
            if found is None:
                continue
            place = number, found.start() + 1, line
            order = _ORDER.match(found["rest"])
            if order is None:
                self.odd.append(place)
                continue
            target = None if order[1] == "ignore-file" else number
            if target is not None and not line[: found.start()].strip():
                target = _next_content(lines, number)
            self.orders += [_Order(code.strip(), target, place) for code in order[2].split(",")]

    def hide(self, problem: Problem) -> bool:
        """Whether a comment ignores the problem."""
        hidden = False
        for order in self.orders:
            if order.line in (None, problem.line) and within(problem, (order.code,)):
                self.used.add(order)
                hidden = True
        return hidden

    def remarks(self) -> Iterator[Problem]:
        """Comments that ignore nothing, or that cannot be read."""
        for place in self.odd:
            yield self._remark("ignore.unreadable", "the comment says nothing that a check understands", place, _REMEDY)
        for order in self.orders:
            if order not in self.used:
                message = f"the comment ignores {order.code}, which is not found here"
                yield self._remark("ignore.unused", message, order.place, "remove it")

    def _remark(self, code: str, message: str, place: tuple[int, int, str], remedy: str) -> Problem:
        line, column, excerpt = place
        return Problem(
            "info" if code == "ignore.unused" else "warning", code, message, remedy=remedy,
            file=self.name, line=line, column=column, end_column=len(excerpt) + 1, excerpt=excerpt,
        )  # fmt: skip


def _next_content(lines: Sequence[str], number: int) -> int:
    """The number of the next line that is not blank and no comment; `number` counts from 1, as lines do."""
    for later in range(number, len(lines)):
        text = lines[later].strip()
        if text and not text.startswith("#"):
            return later + 1
    return number
