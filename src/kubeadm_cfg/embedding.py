"""A document inside a string of another one: how it is opened, where it stands, and how its edits go through."""

from __future__ import annotations

from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.source import grammar
from kubeadm_cfg.source.difference import Change
from kubeadm_cfg.source.inner import outer_offset, replace_inside
from kubeadm_cfg.source.nodes import Scalar
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.place import find

__all__ = ["offset_outside", "opened", "string_of", "write_through"]


def opened(outer: Document, steps: Steps) -> Document:
    """The document inside the string at a path of `outer`, the same one every time.

    Raises:
        EditError: no string stands at the path, or it is not YAML.
    """
    node = outer._refusable(lambda: find(outer.draft.root, steps))
    text = outer._refusable(lambda: node.resolved(outer.draft.text) if isinstance(node, Scalar) else None)
    if not isinstance(text, str):
        raise EditError(f"{outer._file.name}: {render(steps)} holds no text, so no document stands in it")
    if outer._embedded is None:
        outer._embedded = {}
    found = outer._embedded.get(steps)
    if found is None or found._text != text:
        problem = grammar.check(text)
        if problem is not None:
            raise EditError(f"{outer._file.name}: {render(steps)} holds no YAML document: {problem.message}")
        found = outer._embedded[steps] = Document(outer._file, text, (outer, steps))
    return found


def string_of(document: Document) -> Scalar:
    """The string of the outer document that `document` stands in."""
    assert document._outer is not None
    outer, steps = document._outer
    node = find(outer.draft.root, steps)
    assert isinstance(node, Scalar)
    return node


def offset_outside(document: Document, offset: int) -> int:
    """Where the character at `offset` of an inner document stands in the outer one."""
    assert document._outer is not None
    return outer_offset(document._outer[0]._text, string_of(document), offset)


def write_through(document: Document, before: str) -> None:
    """Change the string of the outer document from `before` to the text of the inner one."""
    assert document._outer is not None
    outer, steps = document._outer
    after = document.draft.text
    outer._change(lambda draft: replace_inside(draft, steps, before, after), [Change("set", steps, after)])
