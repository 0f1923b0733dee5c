"""Problems and reports as a good compiler prints them, for terminals. Other formats have their own rooms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kubeadm_cfg.report import masked

if TYPE_CHECKING:
    from kubeadm_cfg.report import Problem, Report

__all__ = ["counted", "excerpt_parts", "problem_text", "report_text", "shown"]

# What would move the cursor, colour the terminal or turn the line's direction.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDEST: Final = 160  # of an excerpt; of a longer line (a minified file) only what is near the column is shown


def shown(text: str) -> str:
    """`text` as a terminal may show it: on one line, secrets masked, nothing that the terminal would act on."""
    return _UNPRINTABLE.sub(_escaped, masked(text))


def _escaped(match: re.Match[str]) -> str:
    return repr(match[0])[1:-1]


def report_text(report: Report) -> str:
    """Every problem, and how many there are."""
    return "\n".join([*map(problem_text, report.problems), counted(report)])


def counted(report: Report) -> str:
    """The closing line: ``2 errors, 1 warning in 3 files``."""
    numbers = (("error", report.errors), ("warning", report.warnings), ("info", report.infos))
    found = [f"{len(of)} {name}{'s' * (len(of) > 1)}" for name, of in numbers if of]
    files = f" in {len(report.files)} file{'s' * (len(report.files) > 1)}" if report.files else ""
    return (", ".join(found) or "no problems") + files


def problem_text(problem: Problem) -> str:
    """One problem: where, what, the line with its place underlined, why and what to do."""
    return "\n".join(_lines(problem))


def _lines(problem: Problem) -> Iterator[str]:
    head = f"{problem.severity}: {shown(problem.message)} [{shown(problem.code)}]"
    yield f"{shown(problem.where)}: {head}" if problem.where else head
    if problem.excerpt is not None and problem.line is not None:
        yield from _underlined(problem, problem.excerpt)
    for place in problem.related:
        behind = f": {shown(place.message)}" if place.message else ""
        yield f"  see: {shown(place.file)}:{place.line}:{place.column}{behind}"
    for label, text in (("cause", problem.cause), ("help", problem.remedy), ("source", problem.source)):
        if text:
            yield f"  {label}: {shown(text)}"
    fix = problem.fix
    if fix is not None:
        yield f"  fix{'' if fix.safe else ' (changes what the file means)'}: {shown(fix.description)}"
        yield from ("    " + shown(line.removesuffix("\r")) for line in fix.diff().split("\n") if line)


def excerpt_parts(problem: Problem, excerpt: str) -> tuple[str, str, str]:
    """The source line, secrets masked: before the place, the place itself (empty when it has no end), and behind it."""
    column = max(problem.column or 1, 1)
    end = column
    if problem.end_line is not None and problem.line is not None and problem.end_column is not None:
        end = len(excerpt) + 1 if problem.end_line > problem.line else problem.end_column
    line = masked(excerpt)
    before, inside, behind = line[: column - 1], line[column - 1 : max(end, column) - 1], line[max(end, column) - 1 :]
    if len(line) > _WIDEST:
        start = max(0, len(before) - _WIDEST // 2)
        before = "\u2026" * (start > 0) + before[start:]
        room = _WIDEST - len(before)
        behind = (
            "" if len(inside) > room else behind[: room - len(inside)] + "\u2026" * (len(behind) > room - len(inside))
        )
        inside = inside[:room] + "\u2026" * (len(inside) > room)
    before, inside, behind = (_UNPRINTABLE.sub("\ufffd", text) for text in (before, inside, behind))
    return before, inside, behind


def _underlined(problem: Problem, excerpt: str) -> list[str]:
    """The source line and carets below the place; tabs stay tabs, wide characters get two."""
    before, inside, behind = excerpt_parts(problem, excerpt)
    number = str(problem.line)
    pad = "".join("\t" if character == "\t" else " " * _width(character) for character in before)
    carets = "^" * max(1, sum(map(_width, inside.rstrip())))
    return [f"  {number} | {before}{inside}{behind}", f"  {' ' * len(number)} | {pad}{carets}"]


def _width(character: str) -> int:
    """The columns a character takes in a terminal."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
