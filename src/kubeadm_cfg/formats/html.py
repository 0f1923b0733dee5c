"""Reports as HTML for notebooks. Every text is escaped and masked; no script, no reference to anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Final

from kubeadm_cfg.formats.text import counted, excerpt_parts, shown

if TYPE_CHECKING:
    from kubeadm_cfg.report import Problem, Report

__all__ = ["report_html"]

_COLOURS: Final = {"error": "#c0392b", "warning": "#b9770e", "info": "#2471a3"}


def report_html(report: Report) -> str:
    """A heading with the numbers, and a table of the problems."""
    rows = "".join(map(_row, report.problems))
    table = f'<table style="text-align:left">{rows}</table>' if rows else ""
    return f"<div><strong>{escape(counted(report))}</strong>{table}</div>"


def _row(problem: Problem) -> str:
    severity = f'<b style="color:{_COLOURS[problem.severity]}">{problem.severity}</b>'
    return (
        f'<tr style="vertical-align:top"><td>{severity}</td><td>{_text(problem.where)}</td>'
        f'<td style="text-align:left">{"".join(_cell(problem))}</td></tr>'
    )


def _cell(problem: Problem) -> Iterator[str]:
    yield f"{_text(problem.message)} <code>{_text(problem.code)}</code>"
    if problem.excerpt is not None and problem.line is not None:
        before, inside, behind = excerpt_parts(problem, problem.excerpt)
        if not inside:
            inside, behind = behind[:1], behind[1:]
        yield f"<pre>{escape(before)}<mark>{escape(inside)}</mark>{escape(behind)}</pre>"
    for label, text in (("cause", problem.cause), ("help", problem.remedy), ("source", problem.source)):
        if text:
            yield f"<div><i>{label}:</i> {_text(text)}</div>"
    if problem.fix is not None:
        lines = "\n".join(_text(line) for line in problem.fix.diff().split("\n"))
        yield f"<div><i>fix:</i> {_text(problem.fix.description)}</div><pre>{lines}</pre>"


def _text(text: str) -> str:
    return escape(shown(text))
