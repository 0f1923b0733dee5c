"""The character classes of YAML as go-yaml has them. A NUL stands for the end of the text."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

__all__ = [
    "BLANKS",
    "BLANKZ",
    "BLANKZ_SET",
    "BREAK",
    "BREAKS",
    "BREAK_SET",
    "LINE_END",
    "REST_OF_LINE",
    "SPACES",
    "over_break",
    "pattern",
]

BREAKS: Final = "\r\n\x85\u2028\u2029"
BREAK: Final = "(?:\r\n|[\r\n\x85\u2028\u2029])"
BLANKZ: Final = f" \t{BREAKS}\0"

BREAK_SET: Final = frozenset(BREAKS)
BLANKZ_SET: Final = frozenset(BLANKZ)

SPACES: Final = re.compile(" *")
BLANKS: Final = re.compile("[ \t]*")
REST_OF_LINE: Final = re.compile(f"[^{BREAKS}\0]*")
LINE_END: Final = re.compile(BREAK)


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """A regular expression that few texts need: compiled when first asked for, so that importing stays quick."""
    return re.compile(expression)


def over_break(text: str, at: int) -> int:
    r"""The offset behind the line break at `at`; ``\r\n`` is one."""
    return at + 2 if text.startswith("\r\n", at) else at + 1
