"""A document inside a string of another one: how it is opened, where it stands, and how its edits go through."""

from __future__ import annotations

from kubeadm_cfg.document import Document
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.source import grammar
from kubeadm_cfg.source.cut import documents
from kubeadm_cfg.source.difference import Change
from kubeadm_cfg.source.inner import outer_offset, replace_inside
from kubeadm_cfg.source.nodes import Scalar
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.place import find

__all__ = ["offset_outside", "opened", "parts_of", "string_of", "write_through"]


def opened(outer: Document, steps: Steps, part: int = 0) -> Document:
    """The document inside the string at a path of `outer`, the same one every time; of several, one of them.

    Raises:
        EditError: no string stands at the path, or it is not YAML.
        IndexError: the string has no such part.
    """
    text = _string(outer, steps)
    start, end = _part(text, part)
    if outer._embedded is None:
        outer._embedded = {}
    place = (*steps, part) if part else steps
    found = outer._embedded.get(place)
    if found is None or found._text != text[start:end]:
        problem = grammar.check(text[start:end])
        if problem is not None:
            raise EditError(f"{outer._file.name}: {render(steps)} holds no YAML document: {problem.message}")
        found = outer._embedded[place] = Document(outer._file, text[start:end], (outer, steps))
        found._part = part
    return found


def parts_of(outer: Document, steps: Steps) -> range:
    """The numbers of the documents in the string at a path; it may hold several, set apart as in a file.

    Raises:
        EditError: no string stands at the path.
    """
    return range(max(1, len(documents(_string(outer, steps)))))


def _part(text: str, part: int) -> tuple[int, int]:
    """From where to where a document reaches in a string; one that is alone has all of it."""
    spans = documents(text)
    return (spans[part].start, spans[part].end) if part or len(spans) > 1 else (0, len(text))


def _string(outer: Document, steps: Steps) -> str:
    node = outer._refusable(lambda: find(outer.draft.root, steps))
    text = outer._refusable(lambda: node.resolved(outer.draft.text) if isinstance(node, Scalar) else None)
    if not isinstance(text, str):
        raise EditError(f"{outer._file.name}: {render(steps)} holds no text, so no document stands in it")
    return text


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
    outer, steps = document._outer
    start, _ = _part(_string(outer, steps), document._part)
    return outer_offset(outer._text, string_of(document), start + offset)


def write_through(document: Document, before: str) -> None:
    """Change the string of the outer document from what it is to one with the text of the inner document in it."""
    assert document._outer is not None
    outer, steps = document._outer
    text = _string(outer, steps)
    start, end = _part(text, document._part)
    assert text[start:end] == before
    after = text[:start] + document.draft.text + text[end:]
    outer._change(lambda draft: replace_inside(draft, steps, text, after), [Change("set", steps, after)])
