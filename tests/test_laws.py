"""What holds for every file and every sequence of edits, whatever the style it is written in."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import kubeadm_cfg as kc
from corpora import rows
from kubeadm_cfg.convert import kind_of, structure, unstructure
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of
from kubeadm_cfg.source.compose import compose
from kubeadm_cfg.source.cut import documents as cut_documents
from kubeadm_cfg.source.grammar import check
from kubeadm_cfg.source.nodes import Alias, Mapping, Node, Scalar, Sequence
from kubeadm_cfg.source.outline import outline
from kubeadm_cfg.source.scan import scan
from kubeadm_cfg.testing import Edit, edits, nearly_yaml, rendered, styles
from kubeadm_cfg.testing.strategies import Data, values_of
from lines import is_subsequence, untouched_lines
from strategies import documents

pytestmark = pytest.mark.law

FEW = settings(max_examples=60, deadline=None)
SOME = settings(max_examples=150, deadline=None)


def tree(node: Node | None, text: str) -> Any:
    """Everything a node says, as plain data."""
    if node is None or isinstance(node, Alias):
        return node and (node.start, node.end, node.name)
    if isinstance(node, Scalar):
        return node.start, node.body, node.end, node.style, node.text(text), node.tag
    head = node.start, node.body, node.end, node.flow, node.flow or node.indent
    if isinstance(node, Mapping):
        return head, [(e.start, e.key, e.colon, tree(e.node, text), tree(e.value, text)) for e in node.entries]
    assert isinstance(node, Sequence)
    return head, [(item.start, tree(item.value, text)) for item in node.items]


def same_nodes(text: str) -> None:
    """The quick readers give the nodes the parser's events give, or none."""
    if check(text) is not None:
        return
    for read in (scan, outline):
        with contextlib.suppress(ValueError):
            found = read(text)
            if found is not None:
                assert tree(found, text) == tree(compose(text), text)


# -- reading -----------------------------------------------------------------------------------------------------------
@SOME
@given(nearly_yaml())
def test_any_text_that_loads_is_given_back_unchanged(text: str) -> None:
    with contextlib.suppress(kc.ConfigError):
        f = kc.loads(text)
        assert f.text == text
        assert f.diff() == ""


@SOME
@given(st.binary(max_size=80) | nearly_yaml().map(str.encode))
def test_any_bytes_give_a_file_or_a_config_error(raw: bytes) -> None:
    with contextlib.suppress(kc.ConfigError):
        f = kc.loads(raw)
        assert bytes(f) == raw
        for document in f.documents:
            with contextlib.suppress(kc.ConfigError):
                assert document.obj is None or isinstance(document.obj, Configuration)


@SOME
@given(nearly_yaml())
def test_the_quick_readers_see_the_nodes_of_the_parser(text: str) -> None:
    same_nodes(text)


@SOME
@given(documents, styles())
def test_they_do_in_every_style(data: Data, style: Any) -> None:
    text = rendered([data], style)
    for span in cut_documents(text.removeprefix("\ufeff")):
        same_nodes(text.removeprefix("\ufeff")[span.start : span.end])


def test_they_do_in_every_corpus() -> None:
    for name in ("decode.jsonl", "edits.jsonl"):
        for case in rows(name):
            text = case["yaml"].removeprefix("\ufeff")
            for span in cut_documents(text):
                same_nodes(text[span.start : span.end])


# -- editing -----------------------------------------------------------------------------------------------------------
@st.composite
def edited_files(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A file of one document and edits of its object."""
    data = draw(documents)
    cls = kind_of(data["apiVersion"], data["kind"])
    assert cls is not None
    return rendered([data], draw(styles())), draw(st.lists(edits(cls), min_size=1, max_size=4))


def object_of(f: kc.ConfigFile) -> Kind:
    obj = f.documents[0].obj
    assert obj is not None
    return obj


@SOME
@given(edited_files())
def test_what_is_written_reads_as_the_edited_object_and_other_lines_stay(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    f = kc.loads(text)
    obj, before = object_of(f), f.documents[0].to_dict()
    for edit in edits:
        edit.make(obj)
    after_text = f.text
    assert object_of(kc.loads(after_text)) == obj
    span = cut_documents(text.removeprefix("\ufeff"))[0]
    body = text.removeprefix("\ufeff")[span.start : span.end]
    kept = untouched_lines(body, before, kc.loads(after_text).documents[0].to_dict())
    if not body.endswith(("\n", "\r")):  # a block scalar that ends without a break says so once something follows: `|-`
        kept = [line for line in kept if not line.endswith(("|", ">"))]
    assert is_subsequence(kept, [line.rstrip("\r") for line in after_text.removeprefix("\ufeff").split("\n")])


def are_apart_and_add(edits: list[Edit]) -> bool:
    """Whether no edit touches what another one wrote, or takes away a block whose indents a later one would copy."""
    paths = [edit.path for edit in edits]
    adds = all(edit.operation == "assign" and isinstance(edit.value, (str, int, float)) for edit in edits)
    return adds and len(set(paths)) == len(paths)


@SOME
@given(edited_files())
def test_one_save_of_many_edits_is_the_same_as_saving_after_each(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    at_once, one_by_one = kc.loads(text), kc.loads(text)
    for edit in edits:
        edit.make(object_of(at_once))
        edit.make(object_of(one_by_one))
        assert one_by_one.text is not None
    if are_apart_and_add(edits):
        assert at_once.text == one_by_one.text
    assert object_of(kc.loads(at_once.text)) == object_of(kc.loads(one_by_one.text))


@SOME
@given(edited_files())
def test_edits_undone_give_the_loaded_text(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    f = kc.loads(text)
    document = f.documents[0]
    before = document.to_dict()
    for edit in edits:
        edit.make(object_of(f))
    assert f.text is not None
    document.set((), before)
    assert f.text == text


class MixedEdits(RuleBasedStateMachine):
    """Typed edits and edits by path in any order; the model is plain data."""

    @initialize(data=documents, style=styles())
    def load(self, data: Data, style: Any) -> None:
        self.file = kc.loads(rendered([data], style))
        self.document = self.file.documents[0]
        self.obj = object_of(self.file)
        self.model = self.document.to_dict()

    @rule(draw=st.data())
    def typed(self, draw: st.DataObject) -> None:
        edit = draw.draw(edits(type(self.obj)))
        expected = copy.deepcopy(self.obj)
        edit.make(expected)
        edit.make(self.obj)
        known = {field.json for field in fields_of(type(self.obj))} | {"apiVersion", "kind"}
        rest = {key: value for key, value in self.model.items() if key not in known}
        assert self.document.obj is self.obj
        self.model = self.document.to_dict()
        assert {key: value for key, value in self.model.items() if key not in known} == rest
        assert self.obj == expected

    @rule(draw=st.data())
    def by_path(self, draw: st.DataObject) -> None:
        field = draw.draw(st.sampled_from(fields_of(type(self.obj)).ordered))
        value = draw.draw(values_of(field, field.type))
        self.document.set([field.json], value)
        self.model = {**self.model, field.json: value}

    @rule(draw=st.data())
    def by_path_removed(self, draw: st.DataObject) -> None:
        key = draw.draw(st.sampled_from(sorted(self.model.keys() - {"apiVersion", "kind"}) or ["x"]))
        self.document.unset([key])
        self.model = {name: value for name, value in self.model.items() if name != key}

    @invariant()
    def the_text_reads_as_the_model(self) -> None:
        reread = kc.loads(self.file.text).documents[0]
        assert reread.to_dict() == self.model
        assert reread.obj == self.obj


TestMixedEdits = MixedEdits.TestCase
TestMixedEdits.settings = settings(max_examples=40, stateful_step_count=8, deadline=None)


# -- every field -------------------------------------------------------------------------------------------------------
FIELDS = [
    (api_version, kind, field)
    for api_version, kind in KINDS
    for field in fields_of(kind_of(api_version, kind)).ordered  # type: ignore[arg-type]  # KINDS has no foreign one
]


@pytest.mark.parametrize(("api_version", "kind", "field"), FIELDS, ids=lambda value: getattr(value, "json", str(value)))
@settings(max_examples=2, deadline=None)
@given(draw=st.data())
def test_every_field_is_read_and_written_by_its_attribute(
    api_version: str, kind: str, field: Field, draw: st.DataObject
) -> None:
    cls = kind_of(api_version, kind)
    assert cls is not None
    first, second = (draw.draw(values_of(field, field.type)) for _ in range(2))
    style = draw.draw(styles())._replace(final_newline=True)  # a literal at an open end would lose its last break
    f = kc.loads(rendered([{"apiVersion": api_version, "kind": kind, field.json: first}], style))
    obj = object_of(f)
    assert unstructure(obj) == unstructure(structure(cls, {field.json: first}))
    setattr(obj, field.attribute, getattr(structure(cls, {field.json: second}), field.attribute))
    assert unstructure(object_of(kc.loads(f.text))) == unstructure(structure(cls, {field.json: second}))
