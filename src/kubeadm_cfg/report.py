"""Problem and Report: what is wrong, where it stands, and what to do about it. No rule lives here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

__all__ = ["Place", "Problem", "Report", "Severity", "locate", "masked", "problem_at"]

Severity = Literal["error", "warning", "info"]

_SECRETS: Final = (
    # A bootstrap token: its first six characters are its public id.
    (re.compile(r"\b([a-z0-9]{6})\.[a-z0-9]{16}\b"), r"\1.****************"),
    # certificateKey: 32 bytes in hexadecimal, but not a hash, which says so.
    (re.compile(r"(?<![0-9a-fA-F:])[0-9a-fA-F]{64}(?![0-9a-fA-F])"), "*" * 64),
    (re.compile(r"(?i)((?:psk|password|secret|private-?key)[\"']?\s*[:=]\s*[\"']?)([^\s\"',}]+)"), r"\1****"),
)


def masked(text: str) -> str:
    """`text` with bootstrap tokens, certificate keys and pre-shared keys made unreadable.

    >>> masked("token: abcdef.0123456789abcdef")
    'token: abcdef.****************'
    """
    for secret, mask in _SECRETS:
        text = secret.sub(mask, text)
    return text


def locate(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset; lines end at LF, CRLF or CR."""
    before = text[:offset]
    if "\r" in before:
        lines = re.split("\r\n|\r|\n", before)
        return len(lines), len(lines[-1]) + 1
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _line_at(text: str, offset: int) -> str:
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    found = re.compile("[^\r\n]*").match(text, start)
    return found[0] if found else ""


class Place:
    """A place in a file, with the line that stands there."""

    __slots__ = ("column", "excerpt", "file", "line", "message")

    def __init__(self, file: str, line: int, column: int, message: str = "", excerpt: str | None = None) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.excerpt = excerpt

    def to_dict(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "column": self.column, "message": self.message}


class Problem:
    """One thing that is wrong, or worth knowing. Lines and columns count from 1; a path is one for `Document.get`."""

    __slots__ = (
        "cause",
        "code",
        "column",
        "document",
        "end_column",
        "end_line",
        "excerpt",
        "field",
        "file",
        "fix",
        "kind",
        "line",
        "message",
        "minors",
        "path",
        "related",
        "remedy",
        "severity",
        "source",
        "type",
    )

    def __init__(  # noqa: PLR0913  # every part of a problem has a name
        self,
        severity: Severity,
        code: str,
        message: str,
        *,
        type: str | None = None,  # noqa: A002  # the name the contract gives it
        field: str | None = None,
        path: str | None = None,
        kind: str | None = None,
        cause: str | None = None,
        remedy: str | None = None,
        file: str | None = None,
        document: int | None = None,
        line: int | None = None,
        column: int | None = None,
        end_line: int | None = None,
        end_column: int | None = None,
        excerpt: str | None = None,
        related: Sequence[Place] = (),
        source: str | None = None,
        minors: str | None = None,
        fix: Any = None,
    ) -> None:
        self.severity = severity
        self.code = code
        self.message = message
        self.type = type
        self.field = field
        self.path = path if path is not None else field
        self.kind = kind
        self.cause = cause
        self.remedy = remedy
        self.file = file
        self.document = document
        self.line = line
        self.column = column
        self.end_line = end_line if end_line is not None else line
        self.end_column = end_column if end_column is not None else column
        self.excerpt = excerpt
        self.related = tuple(related)
        self.source = source
        self.minors = minors
        self.fix = fix

    def __repr__(self) -> str:
        return f"<Problem {self.code} {self.where}: {masked(self.message)}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.code, self.file, self.line, self.column, self.message))

    @property
    def where(self) -> str:
        """``file:line:column``, as far as known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        head = f"{self.severity}: {masked(self.message)}"
        lines = [f"{self.where}: {head}" if self.where else head]
        if self.excerpt is not None and self.line is not None:
            lines += _caret(self.excerpt, self.line, self.column or 1)
        if self.cause:
            lines.append(f"  cause: {masked(self.cause)}")
        if self.remedy:
            lines.append(f"  help: {masked(self.remedy)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain data, secrets masked; what is not known is left out."""
        data: dict[str, Any] = {}
        for name in (
            "severity",
            "code",
            "type",
            "message",
            "kind",
            "field",
            "path",
            "cause",
            "remedy",
            "file",
            "document",
        ):
            value = getattr(self, name)
            if value is not None:
                data[name] = masked(value) if isinstance(value, str) else value
        for name in ("line", "column", "end_line", "end_column", "source", "minors"):
            value = getattr(self, name)
            if value is not None:
                data[name] = value
        if self.related:
            data["related"] = [place.to_dict() for place in self.related]
        return data


def _caret(excerpt: str, line: int, column: int) -> list[str]:
    """The source line and a caret below its column; tabs stay tabs, wide characters get two blanks."""
    shown = masked(excerpt)
    number = str(line)
    if len(shown) > 160:  # a minified file: show what is near
        start = max(0, min(column - 60, len(shown) - 120))
        shown, column = shown[start : start + 120], column - start
    before = excerpt[: column - 1] if shown == excerpt else shown[: column - 1]
    pad = "".join("\t" if c == "\t" else " " * _width(c) for c in before)
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {pad}^"]


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def problem_at(
    file: str,
    text: str,
    offset: int,
    message: str,
    *,
    code: str,
    severity: Severity = "error",
    **rest: Any,
) -> Problem:
    """A problem at an offset of a file's text (byte order mark not counted), its line with it."""
    offset = min(offset, len(text))
    line, column = locate(text, offset)
    return Problem(severity, code, message, file=file, line=line, column=column, excerpt=_line_at(text, offset), **rest)


class Report:
    """The problems of one check, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem] = (), files: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        self.files = tuple(files)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return self._of("error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self._of("warning")

    @property
    def infos(self) -> tuple[Problem, ...]:
        return self._of("info")

    def _of(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == severity)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __repr__(self) -> str:
        return f"<Report: {len(self.errors)} errors, {len(self.warnings)} warnings, {len(self.infos)} infos>"

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))

    def to_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "files": list(self.files), "problems": [problem.to_dict() for problem in self.problems]}
