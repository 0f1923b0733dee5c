"""Laws that hold for every kind and any data that decodes into it: round trips, updates, cattrs, findings."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubeadm_cfg.convert import Mismatch, converter, findings, kind_of, structure, unstructure, update
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of
from kubeadm_cfg.kinds._types import Type

TOKEN = "abcdef.0123456789abcdef"

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=5),
    "boolean": st.booleans(),
    "int32": st.integers(-(1 << 31), (1 << 31) - 1),
    "int64": st.integers(-(1 << 63), (1 << 63) - 1),
    "int": st.integers(-(1 << 63), (1 << 63) - 1),
    "uint32": st.integers(0, (1 << 32) - 1),
    "float32": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
    "duration": st.sampled_from(["0", "60s", "1h30m", "1.5s", "-3us", "90m"]),
    "flush": st.sampled_from(["60s", "5s"]) | st.integers(-(1 << 63), (1 << 63) - 1),
    "quantity": st.sampled_from(["0", "1.5Gi", "500m", "1e3", "64Ki"]) | st.integers(0, 1 << 40),
    "timestamp": st.sampled_from(["2030-01-02T03:04:05Z", "2030-01-02T03:04:05.5+02:00"]),
    "token": st.just(TOKEN),
}


PLAIN: dict[type[Configuration], st.SearchStrategy[dict[str, Any]]] = {}


def plain_objects(cls: type[Configuration]) -> st.SearchStrategy[dict[str, Any]]:
    """Plain data that decodes into `cls`, nulls and empties included."""
    if cls not in PLAIN:
        PLAIN[cls] = new_plain_objects(cls)
    return PLAIN[cls]


def new_plain_objects(cls: type[Configuration]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {field.json: plain_values(field, field.type) for field in fields_of(cls)}
    some = st.sets(st.sampled_from(sorted(fields)), max_size=4)
    return some.flatmap(lambda names: st.fixed_dictionaries({name: fields[name] for name in sorted(names)}))


def plain_values(field: Field, type_: Type) -> st.SearchStrategy[Any]:
    values: st.SearchStrategy[Any]
    if type_.of is not None:
        values = plain_objects(field.class_of(type_))
    elif type_.name == "list":
        assert type_.item is not None
        values = st.lists(plain_values(field, type_.item), max_size=3)
    elif type_.name == "map":
        assert type_.item is not None
        values = st.dictionaries(st.text(max_size=4), plain_values(field, type_.item), max_size=3)
    else:
        values = SCALARS[type_.name]
    return values if type_.name == "duration" and not type_.pointer else values | st.none()


@st.composite
def kinds_with_data(draw: st.DrawFn, times: int = 1) -> tuple[Any, ...]:
    cls = kind_of(*draw(st.sampled_from(sorted(KINDS))))
    assert cls is not None
    return (cls, *(draw(plain_objects(cls)) for _ in range(times)))


LAW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.law
@LAW
@given(kinds_with_data())
def test_an_object_comes_back_from_its_plain_data(case: tuple[type[Kind], dict[str, Any]]) -> None:
    cls, data = case
    obj = structure(cls, data)
    assert structure(cls, unstructure(obj)) == obj
    assert structure(cls, unstructure(obj, canonical=False)) == obj


@pytest.mark.law
@LAW
@given(kinds_with_data())
def test_canonical_data_is_its_own_canonical_data(case: tuple[type[Kind], dict[str, Any]]) -> None:
    cls, data = case
    plain = unstructure(structure(cls, data))
    assert json.dumps(unstructure(structure(cls, plain))) == json.dumps(plain)


@pytest.mark.law
@LAW
@given(kinds_with_data())
def test_plain_data_has_the_keys_that_were_there_and_no_others(case: tuple[type[Kind], dict[str, Any]]) -> None:
    cls, data = case
    plain = unstructure(structure(cls, data))
    assert set(plain) == {"apiVersion", "kind", *data}
    assert all((plain[key] is None) == (value is None) for key, value in data.items())


@pytest.mark.law
@LAW
@given(kinds_with_data(times=2))
def test_an_update_gives_the_same_object_as_reading_anew(
    case: tuple[type[Kind], dict[str, Any], dict[str, Any]],
) -> None:
    cls, before, after = case
    obj = structure(cls, before)
    kept = {f.attribute: getattr(obj, f.attribute) for f in fields_of(cls) if f.make is not None}
    update(obj, after)
    assert obj == structure(cls, after)
    assert unstructure(obj, canonical=False) == unstructure(structure(cls, after), canonical=False)
    assert all(getattr(obj, attribute) is value for attribute, value in kept.items())
    update(obj, before)
    assert obj == structure(cls, before)


@pytest.mark.law
@LAW
@given(kinds_with_data())
def test_reading_an_object_changes_nothing(case: tuple[type[Kind], dict[str, Any]]) -> None:
    cls, data = case
    obj = structure(cls, data)

    def read(value: Any) -> None:
        if isinstance(value, Configuration):
            for field in fields_of(type(value)):
                read(getattr(value, field.attribute))
        elif isinstance(value, (list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                read(item)

    read(obj)
    assert repr(obj)
    assert obj == structure(cls, data)
    assert pickle.loads(pickle.dumps(obj)) == obj


@pytest.mark.law
@LAW
@given(kinds_with_data())
def test_cattrs_gives_the_same_results(case: tuple[type[Kind], dict[str, Any]]) -> None:
    cls, data = case
    with_cattrs = converter()
    obj = with_cattrs.structure(data, cls)
    assert obj == structure(cls, data)
    assert with_cattrs.unstructure(obj) == unstructure(obj)


@pytest.mark.law
@LAW
@given(
    st.sampled_from(sorted(KINDS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
    st.data(),
)
def test_structure_refuses_exactly_what_findings_explain(key: tuple[str, str], value: Any, data: st.DataObject) -> None:
    cls = kind_of(*key)
    assert cls is not None
    name = data.draw(st.sampled_from([field.json for field in fields_of(cls)]))
    found = [finding for finding in findings(cls, {name: value}) if finding.type == "Invalid"]
    if found:
        with pytest.raises(Mismatch) as caught:
            structure(cls, {name: value})
        assert list(caught.value.findings) == found
    else:
        structure(cls, {name: value})
