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
    "brackets over several lines that begin an item go with it": (
        "a:\n- b: {\n    c: 1\n  }\n  d: 2\n- e\n",
        ("set", "a[0]", []),
        "a:\n- []\n- e\n",
    ),
    "a quoted text over several lines that begins an item goes with it": (
        "a:\n- b: 'x\n    y'\n  c: 2\n- d\n",
        ("set", "a[0]", None),
        "a:\n- null\n- d\n",
    ),
    "an anchor inside of an item is no part of what replaces the item": (
        "a:\n- b: &x # c\n    d: 1\n- e\n",
        ("set", "a[0]", None),
        "a:\n- null # c\n- e\n",
    ),
    "an explicit key inside of an item leaves nothing behind": (
        "a:\n- ? b # c\n  : 1\n- d\n",
        ("set", "a[0]", "x"),
        "a:\n- x # c\n- d\n",
    ),
    "a comma before the next item goes with the item before it": (
        "a: [\n  x\n  , y\n]\n",
        ("remove", "a[0]"),
        "a: [\n  y\n]\n",
    ),
    "a comma before the last item goes with it": ("a: [\n  x\n  , y\n]\n", ("remove", "a[1]"), "a: [\n  x\n]\n"),
    "the last item on a line with the bracket goes with its line break": (
        "a: [x,\n  y]\n",
        ("remove", "a[1]"),
        "a: [x]\n",
    ),
    "the own comment of an item on the line of the bracket goes with it": (
        "a: [x, # own\n  y] # a\n",
        ("remove", "a[0]"),
        "a: [y] # a\n",
    ),
    "a comma on a line of its own goes with the item before it": (
        "a: [\n  x # X\n  ,\n  y # Y\n]\n",
        ("remove", "a[0]"),
        "a: [\n  y # Y\n]\n",
    ),
    "a comma on a line of its own goes with the last item": (
        "a: [\n  x # X\n  ,\n  y # Y\n]\n",
        ("remove", "a[1]"),
        "a: [\n  x # X\n]\n",
    ),
    "a comma behind a comment goes with the item before it": (
        "a: [\n  x # X\n  , y\n]\n",
        ("remove", "a[0]"),
        "a: [\n  y\n]\n",
    ),
    "a new item stands before a comma that has a line of its own": (
        "a: [\n  x # X\n  ,\n  y\n]\n",
        ("insert", "a[1]", "z"),
        "a: [\n  x, # X\n  z\n  ,\n  y\n]\n",
    ),
    "a JSON document keeps the blank before its colons": (
        '{"a" : 1, "b" : 2}\n',
        ("set", "c", {"d": 3}),
        '{"a" : 1, "b" : 2, "c" : {"d" : 3}}\n',
    ),
    "the comment of the only key goes with it, the header stays": (
        "# header\n\n# own\na: 1\n",
        ("unset", "a"),
        "# header\n\n{}\n",
    ),
    "the comment on the line of a key stays when the value below it becomes a block": (
        "a: # key\n  x # value\n",
        ("set", "a", {"b": 1}),
        "a: # key\n  # value\n  b: 1\n",
    ),
    "the comment on the line of a dash stays when the value below it becomes a block": (
        "a:\n- # dash\n  x\n",
        ("set", "a[0]", {"b": 1}),
        "a:\n- # dash\n  b: 1\n",
    ),
    "a JSON document whose keys stand by name, as a dump's do, takes new ones by name": (
        '{"a": 1, "apiVersion": "v1", "kind": "Note", "x": {"c": 1}}\n',
        ("set", "x.b", {"z": 1, "y": 2}),
        '{"a": 1, "apiVersion": "v1", "kind": "Note", "x": {"b": {"y": 2, "z": 1}, "c": 1}}\n',
    ),
    "an item that is a name alone is renamed in place": (
        "a:\n- name: b # why\n",
        ("set", "a", [{"name": "c"}]),
        "a:\n- name: c # why\n",
    ),
    "what a merge key supplies already is not written": (
        "a: &x\n  k: 1\nb:\n  <<: *x\n",
        ("set", "b.k", 1),
        "a: &x\n  k: 1\nb:\n  <<: *x\n",
    ),
    "a mapping with a merge key is set to what it holds but for its own key": (
        "a: &x\n  k: 1\nb:\n  <<: *x\n  j: 2\n",
        ("set", "b", {"k": 1, "j": 3}),
        "a: &x\n  k: 1\nb:\n  <<: *x\n  j: 3\n",
    ),
    "what stands behind an alias already is not written": (
        "a: &x {k: 1}\nb: *x\n",
        ("set", "b.k", 1),
        "a: &x {k: 1}\nb: *x\n",
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
