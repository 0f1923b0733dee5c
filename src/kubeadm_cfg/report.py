"""Problem and Report: what is wrong, where it stands, and what to do about it. No rule lives here, and no format."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from kubeadm_cfg.fixing import Fixed, Question

__all__ = ["Lines", "Place", "Problem", "Report", "Severity", "locate", "masked", "problem_at"]

Severity = Literal["error", "warning", "info"]

# What stands before a secret, then the secret itself. Masks keep the length, so that columns stay right.
_SECRETS: Final = (
    # A bootstrap token: its first six characters are its public id.
    re.compile(r"(?<![A-Za-z0-9.])([a-z0-9]{6}\.)([a-z0-9]{16})(?![A-Za-z0-9.])"),
    # certificateKey: 32 bytes in hexadecimal; a hash has its name and a colon before it.
    re.compile(r"(?<![0-9a-fA-F:])()([0-9a-fA-F]{64})(?![0-9a-fA-F])"),
    # The same with a slip in them: nearly a secret is one.
    re.compile(r"(?i)(token[\"']?\s*[:=]\s*[\"']?[a-z0-9]*\.)([a-z0-9]{8,})"),
    re.compile(r"(?i)(certificate-?key[\"']?\s*[:=]\s*[\"']?)([0-9a-f]{16,})"),
    re.compile(r"(?i)((?:psk|password|secret|private-?key)[\"']?\s*[:=]\s*[\"']?)([^\s\"',}]+)"),
)
_BREAK: Final = re.compile("\r\n|\r|\n")


def masked(text: str) -> str:
    """`text` with bootstrap tokens, certificate keys and pre-shared keys made unreadable, at the same length.

    >>> masked("token: abcdef.0123456789abcdef")
    'token: abcdef.****************'
    """
    for secret in _SECRETS:
        text = secret.sub(_hidden, text)
    return text


def _hidden(match: re.Match[str]) -> str:
    return match[1] + "*" * len(match[2])


def locate(text: str, offset: int) -> tuple[int, int]:
    r"""Line and column, both from 1, of an offset; lines end at ``\n``, ``\r\n`` or ``\r``.

    >>> locate("a: 1\r\nb: 2\r\n", 9)
    (2, 4)
    """
    if offset and text.startswith("\r\n", offset - 1):
        offset -= 1  # between the two halves of one line break
        line, column = locate(text, offset)
        return line, column + 1
    lines = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    if "\r" in text:
        lines += text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
        start = max(start, text.rfind("\r", 0, offset) + 1)
    return lines + 1, offset - start + 1


def _line_at(text: str, offset: int) -> str:
    if offset and text.startswith("\r\n", offset - 1):
        offset -= 1
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    end = _BREAK.search(text, offset)
    return text[start : end.start() if end else len(text)]


class Lines:
    """The lines of a text, for many places in it: as `locate`, but the text is gone through once."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []

    @property
    def starts(self) -> list[int]:
        """Where the lines begin, found when it is first asked."""
        if not self._starts:
            self._starts += (0, *(match.end() for match in _BREAK.finditer(self.text)))
        return self._starts

    def locate(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        starts = self.starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1


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
        return {"file": self.file, "line": self.line, "column": self.column, "message": masked(self.message)}


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
        self.severity: Severity = severity
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
        from kubeadm_cfg.formats.text import problem_text

        return problem_text(self)

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
        if self.fix is not None:
            description, diff = masked(self.fix.description), masked(self.fix.diff())
            data["fix"] = {"description": description, "safe": self.fix.safe, "diff": diff}
        return data


def problem_at(
    file: str,
    text: str | Lines,
    offset: int,
    message: str,
    *,
    code: str,
    severity: Severity = "error",
    **rest: Any,
) -> Problem:
    """A problem at an offset of a file's text (byte order mark not counted), its line with it."""
    whole = text if isinstance(text, str) else text.text
    offset = min(offset, len(whole))
    line, column = locate(text, offset) if isinstance(text, str) else text.locate(offset)
    excerpt = _line_at(whole, offset)
    return Problem(severity, code, message, file=file, line=line, column=column, excerpt=excerpt, **rest)


class Report:
    r"""The problems of one check, in the order of files and lines; `str()` shows each with its place.

    >>> import kubeadm_cfg as kc
    >>> report = kc.check_text("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPod: 9\n")
    >>> [(p.severity, p.code, p.line, p.remedy) for p in report.errors]
    [('error', 'strict.unknown', 3, 'did you mean "maxPods"?')]
    >>> report.fix().report.ok
    True
    """

    def __init__(
        self, problems: Iterable[Problem] = (), files: Sequence[str] = (), question: Question | None = None
    ) -> None:
        self.problems = tuple(problems)
        self.files = tuple(files)
        self._question = question

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What the files are refused for, or what keeps their cluster from coming up."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What runs, but not as written, or is deprecated."""
        return self._of("warning")

    @property
    def infos(self) -> tuple[Problem, ...]:
        """Advice, and what a check assumed."""
        return self._of("info")

    def _of(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == severity)

    def fix(self, *, safe: bool = True) -> Fixed:
        r"""Make the fixes of all problems; saving the files is the caller's. The result is checked again.

        A fix whose place another one has changed is left out; what is left over gets its turn from the new check.

        Args:
            safe: only the safe ones: those that remove their problem, add none, and either leave what is in force
                equal or mend an error without a value that the file does not hold already.

        Returns:
            The fixes that were made; its `.report` is what the check says now.

        >>> import kubeadm_cfg as kc
        >>> f = kc.loads("apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nclustername: one\n")
        >>> fixed = kc.check(f, kubernetes="1.34").fix()
        >>> [fix.description for fix in fixed], fixed.report.ok
        (['rename clustername to clusterName'], True)
        >>> f.cluster.cluster_name
        'one'
        """
        from kubeadm_cfg import fixing

        if self._question is None:
            return fixing.Fixed.of((), self)
        return fixing.fix_all(self, self._question, safe=safe)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __repr__(self) -> str:
        return f"<Report: {len(self.errors)} errors, {len(self.warnings)} warnings, {len(self.infos)} infos>"

    def __str__(self) -> str:
        from kubeadm_cfg.formats.text import report_text

        return report_text(self)

    def _repr_html_(self) -> str:
        from kubeadm_cfg.formats.html import report_html

        return report_html(self)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, secrets masked."""
        return {"ok": self.ok, "files": list(self.files), "problems": [problem.to_dict() for problem in self.problems]}

    def to_sarif(self) -> dict[str, Any]:
        """The report as a SARIF 2.1.0 log, secrets masked: what code hosts and editors show beside the lines.

        >>> log = Report([Problem("error", "decode.type", "must be a number", file="a.yaml", line=3)]).to_sarif()
        >>> log["runs"][0]["results"][0]["ruleId"]
        'decode.type'
        """
        from kubeadm_cfg.formats.sarif import log_of

        return log_of(self)

    def to_github(self) -> str:
        """The report as workflow commands, which GitHub shows as annotations of the lines.

        >>> print(Report([Problem("error", "decode.type", "must be a number", file="a.yaml", line=3)]).to_github())
        ::error file=a.yaml,line=3,endLine=3,title=decode.type::must be a number
        """
        from kubeadm_cfg.formats.github import commands

        return commands(self)
