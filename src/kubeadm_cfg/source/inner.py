"""A text inside a block scalar: only the lines that changed are spliced into the text around it."""

from __future__ import annotations

from kubeadm_cfg.source.block import header_end
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.edit import set_value
from kubeadm_cfg.source.nodes import Scalar
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import find

__all__ = ["replace_inside"]


def replace_inside(draft: Draft, steps: Steps, before: str, after: str) -> None:
    """Turn the text of the scalar at `steps` from `before` into `after`.

    A literal block keeps every line that did not change, whatever its blanks; another scalar is written anew.
    """
    node = find(draft.root, steps)
    assert isinstance(node, Scalar)
    if (
        node.style != "|"
        or any(character.isdigit() for character in draft.text[node.body : header_end(draft, node)])
        or not after.strip()
        or before.endswith("\n") != after.endswith("\n")
    ):
        set_value(draft, steps, after)
        return
    header = header_end(draft, node)
    raw_start = draft.next_line(header)
    raw = draft.text[raw_start : node.end].splitlines(keepends=True)
    # The empty text behind the last break is no line of its own.
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    indents = [len(line) - len(line.lstrip(" ")) for line in raw if line.strip()]
    ends_open = bool(raw) and not raw[-1].endswith(("\n", "\r"))
    if not indents or len(old) > len(raw) or any(line[:1] == " " for line in old[:1]):
        set_value(draft, steps, after)
        return
    indent = min(indents)
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    start = raw_start + sum(map(len, raw[:first]))
    end = raw_start + sum(map(len, raw[: len(old) - last]))
    lines = [" " * indent + line if line else "" for line in new[first : len(new) - last]]
    text = "".join(line + draft.newline for line in lines)
    if end == len(draft.text) and ends_open and text:
        text = text[: -len(draft.newline)]
    if not lines and end == len(draft.text) and ends_open and first:
        start -= len(draft.newline)
    draft.splice(start, end, text)
