"""Paths into a document, as text (``a.b[0]["key.with.dots"]``) or as keys and indices: written and read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from kubeadm_cfg.errors import EditError

__all__ = ["PathLike", "Steps", "parse", "render"]

Steps = tuple[str | int, ...]
PathLike = str | Iterable[str | int]

_STEP: Final = re.compile(
    r'\[(?:(-?\d+)|("(?:[^"\\]|\\.)*")|([A-Za-z_][^\]\["]*))\]|(?:(?<=.)\.|\A)([^.\[\]"]+)', re.DOTALL
)
_SIMPLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_/-]*\Z")
_KEPT: dict[str, Steps] = {}


def parse(path: PathLike) -> Steps:
    """The keys (str) and indices (int) of a path.

    >>> parse("apiServer.certSANs[0]"), parse('evictionHard["memory.available"]')
    (('apiServer', 'certSANs', 0), ('evictionHard', 'memory.available'))

    Raises:
        EditError: the path is malformed.
    """
    if not isinstance(path, str):
        steps = tuple(path)
        for step in steps:
            if isinstance(step, bool) or not isinstance(step, (str, int)):
                raise EditError(f"a path consists of keys and indices, not of {step!r}")
        return steps
    kept = _KEPT.get(path)
    if kept is None:
        kept = _parsed(path)
        if len(_KEPT) < 1024:
            _KEPT[path] = kept
    return kept


def _parsed(path: str) -> Steps:
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            expected = 'a key, [index] or ["key"]'
            raise EditError(f"malformed path {path!r} at character {position + 1}: expected {expected}")
        index, quoted, name, key = match.groups()
        if index is not None:
            steps.append(int(index))
        elif quoted is not None:
            try:
                steps.append(json.loads(quoted, strict=False))
            except ValueError:
                raise EditError(f"malformed path {path!r}: {quoted} is not a JSON string") from None
        else:
            steps.append(name if name is not None else key)
        position = match.end()
    return tuple(steps)


def render(steps: Iterable[str | int]) -> str:
    """The path as text, `parse`'s opposite.

    >>> render(("evictionHard", "memory.available")), render(("a", 0, "b"))
    ('evictionHard["memory.available"]', 'a[0].b')
    """
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _SIMPLE.match(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text
