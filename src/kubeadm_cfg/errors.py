"""ConfigError and its few children: what this library raises for bad input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kubeadm_cfg.report import Problem

__all__ = ["ConfigError", "DecodeError", "EditError", "MissingDocument", "ParseError", "Span", "StaleFileError"]


class Span(NamedTuple):
    """A stretch of a text: offsets in characters, the byte order mark not counted."""

    start: int
    end: int


class ConfigError(ValueError):
    r"""Input that cannot be used. `problems` has every place; the text is for people.

    >>> import kubeadm_cfg as kc
    >>> try:
    ...     kc.loads("podSubnet: [10.244.0.0/16\n")
    ... except kc.ConfigError as error:
    ...     print(type(error).__name__, [(p.code, p.line) for p in error.problems])
    ParseError [('yaml.syntax', 2)]
    """

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)

    def __str__(self) -> str:
        if not self.problems:
            return self.message
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[ConfigError], tuple[str, tuple[Problem, ...]]]:
        return (type(self), (self.message, self.problems))


class ParseError(ConfigError):
    """A text that is not YAML, not UTF-8, or beyond a limit."""


class DecodeError(ConfigError):
    """A document that cannot become its kind."""


class EditError(ConfigError):
    """A refused edit; no byte moved."""


class MissingDocument(ConfigError, LookupError):
    """The file has no document of this kind."""


class StaleFileError(ConfigError):
    """The file changed on disk since it was loaded."""
