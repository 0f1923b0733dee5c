"""Edits by path at the borders of the grammar: given text, when edited, then text."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.source.grammar import use_parser

CASES: dict[str, tuple[str, tuple[Any, ...], str]] = {
    "a pair in brackets is a mapping of one entry, and gets braces with a second": (
        "a: [b: 1]\n",
        ("set", "a[0].c", 2),
        "a: [{b: 1, c: 2}]\n",
    ),
    "an explicit key without a value gets its line": ("? a\nb: 1\n", ("set", "a", 2), "? a\n: 2\nb: 1\n"),
    "a key alone in braces gets its colon": ("{a, b: 1}\n", ("set", "a", 2), "{a: 2, b: 1}\n"),
    "what follows an empty value in brackets does not become part of its key": (
        "a: [1, x: ]\n",
        ("append", "a", 3),
        "a: [1, x: , 3 ]\n",
    ),
    "a comment glued to a bracket is set apart from a plain value": ("a: {b: 1}# c\n", ("set", "a", 1), "a: 1 # c\n"),
    "blank lines do not become text of the literal above that keeps its breaks": (
        "a: |+\n  x\n\nb: 1\n\n\nc: 2\n",
        ("unset", "b"),
        "a: |+\n  x\n\nc: 2\n",
    ),
    "a literal does not swallow the deeper comment below": (
        "a: 1\n  # deep\nb: 2\n",
        ("set", "a", "x\ny\n"),
        'a: "x\\ny\\n"\n  # deep\nb: 2\n',
    ),
    "a literal that ends the text without a break says so once something follows": (
        "a: |\n  x",
        ("set", "b", 1),
        "a: |-\n  x\nb: 1",
    ),
}


@pytest.mark.parametrize("parser", ["c", "port"])
@pytest.mark.parametrize("name", CASES)
def test_at_the_border(name: str, parser: Any) -> None:
    before, (operation, *arguments), after = CASES[name]
    with use_parser(parser):
        f = kc.loads(before)
        getattr(f.documents[0], operation)(*arguments)
        assert f.text == after


@pytest.mark.parametrize(
    "text", ["a: [1]\n", "a: []\n", "a: [x, {name: b, value: c}]\n", "a:\n- name: b\n  image: c\n"]
)
def test_a_key_set_in_a_list_that_is_none_of_names_with_values_is_refused(text: str) -> None:
    document = kc.loads(text).documents[0]
    with pytest.raises(kc.EditError, match="a is a list, and 'foo' names a key"):
        document.set("a.foo", "v")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: [{name: b, value: c}]\n", "a: [{name: b, value: c}, {name: foo, value: v}]\n"),
        (
            "a: [{name: b, valueFrom: d}, {name: foo, value: c}]\n",
            "a: [{name: b, valueFrom: d}, {name: foo, value: v}]\n",
        ),
    ],
)
def test_a_key_set_in_a_list_of_names_with_values_is_an_item(before: str, after: str) -> None:
    f = kc.loads(before)
    f.documents[0].set("a[foo]", "v")
    assert f.text == after
