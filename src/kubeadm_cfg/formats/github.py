"""Reports as GitHub's workflow commands, which become annotations of lines. Nothing else about GitHub lives here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubeadm_cfg.report import masked

if TYPE_CHECKING:
    from kubeadm_cfg.report import Problem, Report

__all__ = ["commands"]

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}
# As the runner's own toolkit escapes: the message, and properties, which end at a comma or colon.
_IN_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = {**_IN_DATA, ord(":"): "%3A", ord(","): "%2C"}


def commands(report: Report) -> str:
    """One command a line."""
    return "\n".join(map(_annotation, report.problems))


def _annotation(problem: Problem) -> str:
    one_line = problem.line == problem.end_line  # columns of different lines are refused
    properties = {
        "file": problem.file,
        "line": problem.line,
        "endLine": problem.end_line,
        "col": problem.column if one_line else None,
        "endColumn": problem.end_column if one_line and problem.end_column != problem.column else None,
        "title": problem.code,
    }
    given = ",".join(
        f"{name}={masked(str(value)).translate(_IN_PROPERTY)}"
        for name, value in properties.items()
        if value is not None
    )
    message = "\n".join(filter(None, (problem.message, problem.cause, problem.remedy)))
    return f"::{_COMMANDS[problem.severity]} {given}::{masked(message).translate(_IN_DATA)}"
