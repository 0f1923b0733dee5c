"""Reports as SARIF 2.1.0 logs, for code hosts and editors. Only the format lives here."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from kubeadm_cfg.formats.fingerprints import fingerprints
from kubeadm_cfg.report import masked

if TYPE_CHECKING:
    from kubeadm_cfg.checks.codes import Code
    from kubeadm_cfg.report import Problem, Report

__all__ = ["log_of"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_FINGERPRINT: Final = "kubeadmCfg/v1"
_HUNK: Final = re.compile(r"@@ -([0-9]+)(?:,([0-9]+))? \+[0-9]+(?:,[0-9]+)? @@")


def log_of(report: Report) -> dict[str, Any]:
    """The whole log, with one run."""
    from kubeadm_cfg import __version__
    from kubeadm_cfg.checks.codes import rules

    firsts: dict[str, Problem] = {}
    for problem in report.problems:
        firsts.setdefault(problem.code, problem)
    codes = sorted(firsts)
    numbers = {code: number for number, code in enumerate(codes)}
    known = {code.code: code for code in rules()}
    described = [_rule(firsts[code], known.get(code)) for code in codes]
    driver = {"name": "kubeadm-cfg", "version": __version__, "rules": described}
    files = dict.fromkeys([*report.files, *(problem.file for problem in report.problems if problem.file)])
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _location(file)} for file in files],
        "results": [
            _result(problem, numbers[problem.code], mark)
            for problem, mark in zip(report.problems, fingerprints(report.problems), strict=True)
        ],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(first: Problem, known: Code | None) -> dict[str, Any]:
    """A code: what it is about where it is one of this library, and what helped in the first problem that has it."""
    helps = " ".join(filter(None, (first.cause, first.remedy))) or first.message
    if first.source:
        helps += f" ({first.source})"
    severity = known.severity if known is not None else first.severity
    rule: dict[str, Any] = {
        "id": first.code,
        "help": {"text": masked(helps)},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }
    return rule if known is None else rule | {"shortDescription": {"text": known.about}}


def _result(problem: Problem, number: int, mark: str) -> dict[str, Any]:
    message = masked(problem.message)
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": number,
        "level": _LEVELS[problem.severity],
        "message": {"text": message},
        "partialFingerprints": {_FINGERPRINT: mark},
    }
    if problem.file:
        result["locations"] = [_place(problem)]
    if problem.related:
        result["relatedLocations"] = [
            {
                "id": identity,
                "physicalLocation": {
                    "artifactLocation": _location(place.file),
                    "region": {"startLine": place.line, "startColumn": place.column},
                },
            }
            | ({"message": {"text": masked(place.message)}} if place.message else {})
            for identity, place in enumerate(problem.related)
        ]
    if problem.fix is not None and (changes := _replacements(problem)):
        change = {"artifactLocation": _location(problem.fix.file.name), "replacements": changes}
        result["fixes"] = [{"description": {"text": masked(problem.fix.description)}, "artifactChanges": [change]}]
    known = {
        name: masked(value)
        for name in ("type", "kind", "cause", "remedy", "source", "minors")
        if (value := getattr(problem, name)) is not None
    }
    return result | ({"properties": known} if known else {})


def _place(problem: Problem) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _location(problem.file or "")}
    if problem.line is not None:
        region: dict[str, Any] = {"startLine": problem.line}
        if problem.column is not None:
            region["startColumn"] = problem.column
        end = (problem.end_line, problem.end_column)
        if None not in end and end != (problem.line, problem.column):
            region |= {"endLine": problem.end_line, "endColumn": problem.end_column}
        if problem.excerpt is not None and problem.end_line == problem.line:
            region["snippet"] = {"text": masked(problem.excerpt)}
        place["region"] = region
    location: dict[str, Any] = {"physicalLocation": place}
    if problem.path:
        location["logicalLocations"] = [{"fullyQualifiedName": masked(problem.path)}]
    return location


def _location(file: str) -> dict[str, Any]:
    """A file as a reference: relative ones stay relative, to whatever directory the reader has the files in."""
    path = PurePath(file)
    name = quote(path.as_posix(), safe="/:" if path.is_absolute() else "/", errors="surrogatepass")
    return {"uri": f"file:///{name.removeprefix('/')}" if path.is_absolute() else name}


def _replacements(problem: Problem) -> list[dict[str, Any]]:
    """The fix, from its own exact diff; nothing when that cannot be said without a secret."""
    diff: str = problem.fix._exact_diff()
    if "\r" in diff.replace("\r\n", ""):
        return []
    changes = []
    for is_change, run in groupby(_numbered(diff), key=lambda line: line.sign in "+-"):
        if is_change:
            lines = list(run)
            gone = [line.text for line in lines if line.sign == "-"]
            come = "".join(line.text for line in lines if line.sign == "+")
            if masked(come) != come:
                return []
            changes.append({"deletedRegion": _whole_lines(lines[0].number, gone), "insertedContent": {"text": come}})
    return changes


class _Line(NamedTuple):
    """A line of a unified diff, and where the old text has it or has it not."""

    sign: str
    number: int
    text: str


def _numbered(diff: str) -> list[_Line]:
    lines: list[_Line] = []
    number: int | None = None
    for text in diff.replace("\n", "\n\0").split("\0"):
        head = _HUNK.match(text)
        if head:
            # A hunk that takes no line away is named after the line before it.
            number = int(head[1]) + int(head[2] == "0")
            lines.append(_Line("@", number, ""))
        elif number is None or not text:
            continue
        elif text[0] == "\\":  # no newline at the end of the file
            lines[-1] = lines[-1]._replace(text=lines[-1].text.removesuffix("\n"))
        else:
            lines.append(_Line(text[0], number, text[1:]))
            number += text[0] != "+"
    return lines


def _whole_lines(first: int, gone: list[str]) -> dict[str, Any]:
    if gone and not gone[-1].endswith("\n"):
        last = first + len(gone) - 1
        return {"startLine": first, "startColumn": 1, "endLine": last, "endColumn": len(gone[-1]) + 1}
    return {"startLine": first, "startColumn": 1, "endLine": first + len(gone), "endColumn": 1}
