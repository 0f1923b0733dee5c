"""What holds for every edit by path, in every text that is YAML: the data changes as asked, or nothing does."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import texts as corpus_texts
from kubeadm_cfg.source.difference import Change, applied
from kubeadm_cfg.source.place import same
from kubeadm_cfg.testing import nearly_yaml

pytestmark = pytest.mark.law

SCALARS = st.sampled_from(
    ["v", "", "yes", "two\nlines\n", " blank", "a: b", "# c", "'", 0, -1.5, True, None, "x\n\n", "1"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "name", "no", "a b"]), inner, max_size=3)
    ),
    max_leaves=5,
)
SMALL = [text for text in corpus_texts() if len(text) < 1500]
TEXTS = nearly_yaml() | st.sampled_from(SMALL)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from places(part, (*path, step))


def change_of(draw: st.DrawFn, data: Any) -> Change:
    path, value = draw(st.sampled_from(list(places(data))))
    new = draw(VALUES)
    choices = (
        [Change("remove" if isinstance(path[-1], int) else "unset", path), Change("set", path, new)] if path else []
    )
    if isinstance(value, dict):
        choices.append(Change("set", (*path, draw(st.sampled_from(["new", "a", "kind", "y"]))), new))
    if isinstance(value, list):
        choices.append(Change("append", path, new))
        choices.append(Change("insert", (*path, draw(st.integers(0, len(value)))), new))
    assume(choices)
    return draw(st.sampled_from(choices))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.data())
def test_an_edit_by_path_changes_what_it_names_and_nothing_else_or_is_refused(text: str, data: st.DataObject) -> None:
    try:
        f = kc.loads(text)
        document = data.draw(st.sampled_from(f.documents)) if f.documents else None
        before = document.to_dict() if document else None
    except kc.ConfigError:
        assume(False)
    assume(document is not None and isinstance(before, (dict, list)))
    assert document is not None
    expected = copy.deepcopy(before)
    for _ in range(data.draw(st.integers(1, 3))):
        change = data.draw(st.composite(change_of)(expected))
        unchanged = f.text
        arguments: list[Any] = [list(change.steps)]
        if change.operation not in ("unset", "remove"):
            arguments.append(change.value)
        try:
            getattr(document, change.operation)(*arguments, inline=data.draw(st.booleans()))
        except kc.EditError:
            assert f.text == unchanged
            continue
        expected = applied(expected, change)
        assert same(document.to_dict(), expected)
        assert same(kc.loads(f.text).documents[f.documents.index(document)].to_dict(), expected)
