"""Why a text is not YAML as go-yaml reads it: the problem, its wording and what helps. Nothing is parsed here."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, NoReturn

__all__ = ["GrammarError", "GrammarProblem", "forbidden_character", "refuse"]


class GrammarProblem(NamedTuple):
    """Why a text is refused: `offset` into that text, what is wrong, and what to do about it.

    `context` is the offset of what was being read (the bracket or quote that has no end), where that says more.
    """

    offset: int
    message: str
    remedy: str | None = None
    code: str = "yaml.syntax"
    context: int | None = None


class GrammarError(ValueError):
    """A text is refused."""

    def __init__(self, problem: GrammarProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem

    def __reduce__(self) -> tuple[type[GrammarError], tuple[GrammarProblem]]:
        return GrammarError, (self.problem,)


# All but these are allowed; the other way round the set would take milliseconds to compile.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_NO_TABS: Final = "indent with spaces, not with tabs"
_QUOTE_TAG: Final = "put text that begins with `!` in quotes"
# The problems are worded as go-yaml words them, so that a search for what kubeadm prints finds the same thing.
_REMEDIES: Final[dict[str, str]] = {
    "found character that cannot start any token": f"{_NO_TABS}; put text that begins with @, ` or % in quotes",
    "found a tab character that violates indentation": _NO_TABS,
    "found a tab character where an indentation space is expected": _NO_TABS,
    "could not find expected ':'": "write `key: value` with a blank behind the colon, or indent the line below its key",
    "mapping values are not allowed in this context": "put text that contains `: ` in quotes, or start a new line",
    "mapping keys are not allowed in this context": "put text that begins with `? ` in quotes",
    "block sequence entries are not allowed in this context": "start a new line for the first `- `, or use quotes",
    "found unexpected end of stream": "close the quote",
    "found unexpected document indicator": "close the quote before the `---` or `...`",
    "found unknown escape character": "double the backslash, or use single quotes",
    "found invalid Unicode character escape code": "write the character itself, or one \\U escape instead of two \\u",
    "did not find expected hexdecimal number": "write 2 hexadecimal digits behind \\x, 4 behind \\u, 8 behind \\U",
    "did not find expected alphabetic or numeric character": (
        "name anchors with letters, digits, `-` and `_`; put text that begins with `*` or `&` in quotes"
    ),
    "did not find expected comment or line break": "put the text on the next line, indented",
    "did not find expected whitespace or line break": _QUOTE_TAG,
    "did not find expected tag URI": _QUOTE_TAG,
    "did not find URI escaped octet": _QUOTE_TAG,
    "did not find the expected '>'": _QUOTE_TAG,
    "did not find expected key": "give the keys of one mapping the same indentation",
    "did not find expected '-' indicator": "give the items of one list the same indentation",
    "did not find expected ',' or ']'": "separate the items with commas and close the list with ]",
    "did not find expected ',' or '}'": "separate the entries with commas and close the mapping with }",
    "did not find expected node content": "put text that begins with an indicator in quotes",
    "found undefined tag handle": f"use `!!` for YAML's own tags; {_QUOTE_TAG}",
    "found incompatible YAML document": "remove the %YAML line",
    "found unknown directive name": "put text that begins with % in quotes",
    "could not find expected directive name": "put text that begins with % in quotes",
    "did not find expected <document start>": "remove the line that begins with %: kubeadm reads no directives",
    "control characters are not allowed": "remove the character, or write it as an escape in double quotes",
}


def refuse(
    offset: int, problem: str, *, context: int | None = None, code: str = "yaml.syntax", remedy: str | None = None
) -> NoReturn:
    """Raise the GrammarError for one of go-yaml's own problems."""
    raise GrammarError(GrammarProblem(offset, problem, remedy or _REMEDIES.get(problem), code, context))


def forbidden_character(text: str) -> GrammarProblem | None:
    """The first character that YAML forbids."""
    match = _FORBIDDEN.search(text)
    if not match:
        return None
    code = ord(match[0])
    name = "NUL" if code == 0 else f"U+{code:04X}"
    return GrammarProblem(
        match.start(),
        f"control characters are not allowed (here: {name})",
        _REMEDIES["control characters are not allowed"],
        "yaml.character",
    )
