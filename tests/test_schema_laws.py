"""JSON Schemas decide as the strict decoder does: the corpora, and laws over objects right and wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.convert import findings, kind_of
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Kind, fields_of
from kubeadm_cfg.kinds._types import SCALARS, Refusal
from kubeadm_cfg.schema import FILE_KINDS, MINORS, json_schema, kinds_read_by
from kubeadm_cfg.schema_scalars import SCALAR_SCHEMAS
from kubeadm_cfg.testing.strategies import Data, data_of
from schema_faults import assert_same_places, faults, unknown, validator

NEWEST = MINORS[-1]
CLASSES = [cls for pair in KINDS if (cls := kind_of(*pair))]


# -- the corpora -------------------------------------------------------------------------------------------------------
def single(case: Case) -> type[Kind] | None:
    """The class of a case that is one document of a known kind."""
    verdicts = case["docs"]
    return kind_of(verdicts[0].get("apiVersion"), verdicts[0].get("kind")) if len(verdicts) == 1 else None


def is_yaml(case: Case) -> bool:
    """Whether data comes out of the text at all."""
    return "yaml:" not in (case["docs"][0]["error"] or "")


DECODE = [case for case in rows("decode.jsonl") if single(case) and is_yaml(case)]


@pytest.mark.corpus
@pytest.mark.parametrize("case", DECODE, ids=lambda case: case["id"])
def test_a_schema_decides_as_the_strict_decoder_does(case: Case) -> None:
    verdict = case["docs"][0]
    data = kc.loads(case["yaml"]).documents[0].to_dict()
    cls: Any = single(case)
    if verdict["stage"] == "decode":
        assert faults(cls, NEWEST, data)
    else:  # of the strict errors, a key that is there twice is no longer seen in data
        is_unknown = any("unknown field" in error for error in verdict["strict_errors"])
        assert validator(cls, NEWEST).is_valid(data) == (not is_unknown)


VALIDATION = [*rows("kubeadm-validation.jsonl"), *rows("component-validation.jsonl")]


@pytest.mark.corpus
@pytest.mark.parametrize("case", VALIDATION, ids=lambda case: case["id"])
def test_a_schema_refuses_wrong_types_and_leaves_later_rules_alone(case: Case) -> None:
    minor = case["kubernetes"]
    try:
        documents = [document.to_dict() for document in kc.loads(case["yaml"]).documents]
    except kc.ConfigError:
        assert case["expect"] == "reject"
        return
    read = kinds_read_by(minor, FILE_KINDS)
    refused = False
    for data in filter(None, documents):
        pair = (data.get("apiVersion"), data.get("kind"))
        found = faults(None, minor, data)
        refused = refused or bool(found)
        cls = kind_of(*pair) if pair in read else None
        if cls is not None:
            assert_same_places(None, minor, cls, data)
        elif case["expect"] == "accept" and case.get("expect_config_validate") != "reject":
            assert not found
    if case.get("phase"):
        assert refused == (case["phase"] == "decode")
    elif case["expect"] == "accept" and case.get("expect_config_validate") != "reject":
        assert not refused


def test_the_corpora_hold_both_sides() -> None:
    assert sum(case["docs"][0]["stage"] == "decode" for case in DECODE) > 50
    assert sum(case["docs"][0]["stage"] == "done" for case in DECODE) > 200
    assert len(VALIDATION) > 1000


# -- laws --------------------------------------------------------------------------------------------------------------
classes = st.sampled_from(CLASSES)
wrong_values = st.sampled_from(
    [None, True, 0, -1, 7.5, 64.0, 1 << 31, 1 << 40, 1 << 64, 1e300, "", "x", "5", "30s", "0", "1.5Gi", "true", "-1h"]
) | st.sampled_from([[], {}, [1], ["x"], [None], {"a": 1}, {"a": "x"}, {"name": "x"}, [{"name": 1}], [[]]])


def of_class(cls: type[Kind], data: Data) -> Data:
    return {"apiVersion": cls.API_VERSION, "kind": cls.KIND, **data}


@st.composite
def spoilt(draw: st.DrawFn, data: Any) -> Any:
    """`data` with one value somewhere in it replaced, or a key added."""
    if isinstance(data, dict) and data and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(data)))
        return {**data, key: draw(spoilt(data[key]))}
    if isinstance(data, dict) and draw(st.booleans()):
        return {**data, draw(st.sampled_from(["nobody", "Kind"])): draw(wrong_values)}
    if isinstance(data, list) and data and draw(st.integers(0, 4)):
        place = draw(st.integers(0, len(data) - 1))
        return [*data[:place], draw(spoilt(data[place])), *data[place + 1 :]]
    return draw(wrong_values)


@pytest.mark.law
@given(st.data())
def test_law_every_object_that_decodes_is_valid(data: st.DataObject) -> None:
    cls = data.draw(classes)
    document = of_class(cls, data.draw(data_of(cls)))
    assert not faults(cls, NEWEST, document)


@pytest.mark.law
@given(st.data())
def test_law_a_schema_and_the_decoder_find_the_same_wrong_places(data: st.DataObject) -> None:
    cls = data.draw(classes)
    document = of_class(cls, data.draw(data_of(cls).flatmap(spoilt).filter(lambda d: isinstance(d, dict))))
    assert_same_places(cls, NEWEST, cls, document)
    nobody = {finding.path[:-1] for finding in findings(cls, document) if finding.type == "Unknown"}
    assert nobody <= unknown(cls, NEWEST, document)


@pytest.mark.law
@given(st.data(), st.sampled_from(MINORS))
def test_law_a_field_is_unknown_only_where_its_minor_says_so(data: st.DataObject, minor: str) -> None:
    cls = data.draw(classes)
    document = of_class(cls, {field.json: None for field in fields_of(cls) if field.type.name != "duration"})
    known = json_schema(cls, kubernetes=minor)["$defs"]
    own = next(definition for definition in known.values() if definition["title"] == cls.KIND)
    left = set(document) - set(own["properties"])
    assert unknown(cls, minor, document) == ({()} if left else set())


# -- scalars -----------------------------------------------------------------------------------------------------------
FORMS = {
    "duration": r"[-+]?([0-9]{0,11}(\.[0-9]{0,3})?(ns|us|µs|μs|ms|s|m|h|d|)){0,3}\n?",
    "flush": r"[-+]?[0-9]{0,20}(ns|us|ms|s|m|h)?",
    "quantity": r" ?[-+]?[0-9]{0,3}(\.[0-9]{0,3})?([eE][-+]?[0-9]{0,4}|[numkKMGTPEi]{0,2})[ \n]?",
    "timestamp": (
        r"20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2]?[0-9]:[0-6][0-9]:[0-6][0-9]([.,][0-9]{0,2})?"
        r"(Z|z|[-+][0-2][0-9]:?[0-6][0-9])\n?"
    ),
    "token": r"[a-zA-Z0-9]{5,7}\.[a-z0-9]{15,17}\n?",
}
numbers = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-3, 3).map(lambda n: (1 << 63) + n)
)


def decodes(name: str, value: Any) -> bool:
    scalar = SCALARS[name]
    try:
        return type(value) is scalar.exact or scalar.read(value) is not None
    except Refusal:
        return False


@pytest.mark.law
@given(st.data(), st.sampled_from(sorted(SCALARS)))
def test_law_a_scalar_is_valid_when_go_decodes_it(data: st.DataObject, name: str) -> None:
    texts = st.from_regex(FORMS[name], fullmatch=True) if name in FORMS else st.text(max_size=4)
    value = data.draw(texts | texts | numbers | st.booleans() | st.none())
    is_valid = Draft202012Validator(SCALAR_SCHEMAS[name]).is_valid(value)
    if value is None or decodes(name, value):
        assert is_valid
    elif is_valid:  # what a pattern cannot see
        assert isinstance(value, str)
        assert name in ("timestamp", "duration", "flush")
        assert is_beyond_a_pattern(name, value)


def is_beyond_a_pattern(name: str, text: str) -> bool:
    """A day that its month does not have, or a sum of terms which all fit 64 bits alone."""
    if name == "timestamp":
        return text[8:10] in ("29", "30", "31")
    terms = re.findall(r"[0-9.]+[^0-9.]+", text)
    return len(terms) > 1 and all(decodes(name, term) for term in terms)
