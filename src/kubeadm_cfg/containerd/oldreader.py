"""TOML as the reader of containerd 1.x takes it: stricter and laxer than TOML 1.0 in a few places, and nothing else."""

from __future__ import annotations

import re
from typing import Any, Final

from kubeadm_cfg.containerd.scan import read, sections
from kubeadm_cfg.errors import ConfigError, ParseError
from kubeadm_cfg.report import problem_at

__all__ = ["read_old"]

_TOKEN: Final = re.compile(
    r"""
      \x22{3}(?:[^\x22\\]|\\.|\x22(?!\x22\x22))*\x22{3}
    | \x27{3}.*?\x27{3}
    | (?P<basic>\x22(?:[^\x22\\\n]|\\.)*\x22)
    | \x27[^\x27\n]*\x27
    | (?P<comment>\#[^\n]*)
    | (?P<open>[\[{])
    | (?P<close>[\]}])
    | (?P<newline>\r?\n)
    """,
    re.DOTALL | re.VERBOSE,
)


def read_old(text: str, name: str) -> dict[str, Any]:
    """The values of a text without a byte order mark.

    Source: pelletier/go-toml v1.9, lexer.go.

    Raises:
        ParseError: containerd 1.x does not read it.
    """
    try:
        data = read(text, name)
    except ParseError:
        return _read_modern(text, name)
    for section in sections(text):
        quoted = text[section.key.start : section.key.end]
        place = re.search(r"[\[\]]", quoted)
        if place is not None:
            problem = problem_at(
                name,
                text,
                section.key.start + place.start(),
                "containerd 1.x reads no brackets in the name of a table, not even in quotes",
                code="toml.syntax",
                remedy="write it as a key with a table in braces",
            )
            raise ParseError(f"{name}: not TOML for containerd 1.x", [problem])
    return data


def _read_modern(text: str, name: str) -> dict[str, Any]:
    """What the text says in TOML 1.0, if only what 1.x tolerates keeps it from being TOML.

    Raises:
        ParseError: the one for the text as it is.
    """
    try:
        return read(_modern(text), name)
    except ConfigError:
        return read(text, name)


def _modern(text: str) -> str:
    """The text without comments and escaped slashes, and with every table in braces on one line."""
    found, position, open_ = [], 0, [""]
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if match["open"]:
            open_.append(piece)
        elif match["close"] and len(open_) > 1:
            open_.pop()
        elif match["comment"]:
            piece = ""
        elif match["newline"] and open_[-1] == "{":
            piece = " "
        elif match["basic"]:
            piece = re.sub(r"\\(.)", lambda escape: "/" if escape[1] == "/" else escape[0], piece)
        found += [text[position : match.start()], piece]
        position = match.end()
    return "".join([*found, text[position:]])
