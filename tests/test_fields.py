"""Every field of the field tables, wherever it stands below a kind: read from YAML, written to YAML, in its minors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

import kubeadm_cfg as kc
from field_tables import GROUPS, TABLES, Sample, facts_of, kinds_of, objects_in, sample
from kubeadm_cfg.kinds._base import Configuration

Fact = dict[str, Any]


class Place(NamedTuple):
    """A field below a kind: the facts on the way to it, itself last."""

    facts: tuple[Fact, ...]

    @property
    def sample(self) -> Sample:
        return sample(self.facts[-1]["kind"], self.facts[-1])

    def data(self, value: Any) -> dict[str, Any]:
        """The document's own keys, down to the field with that value."""
        for fact in reversed(self.facts):
            shape = fact["kind"].split(":")[0]
            if fact is not self.facts[-1]:
                value = [value] if shape == "list" else {"k": value} if shape == "map" else value
            value = {fact["json"]: value}
        return dict(value)


def places(family: str, version: str, type_name: str, above: tuple[Fact, ...] = ()) -> Iterator[Place]:
    for fact in facts_of(family, version, type_name):
        yield Place((*above, fact))
        for inner in objects_in(fact["kind"]):
            if fact not in above:
                yield from places(family, version, inner, (*above, fact))


EVERY_KIND = [
    pytest.param(family, version, kind, id=f"{family}.{version}.{kind}")
    for family in TABLES
    for version, kinds in kinds_of(family).items()
    for kind in kinds
]


def header(family: str, version: str, kind: str) -> dict[str, Any]:
    return {"apiVersion": f"{GROUPS[family]}/{version}", "kind": kind}


def text_of(data: dict[str, Any]) -> str:
    return str(yaml.safe_dump(data, sort_keys=False))


def attribute(obj: Configuration, json: str) -> str:
    """The attribute that is the JSON name in snake case."""
    (found,) = [name for name in dir(type(obj)) if name.replace("_", "") == json.lower() and not name.startswith("_")]
    return found


def holder(obj: Any, place: Place) -> Any:
    """The object that has the field, made on the way where it is not there."""
    for fact in place.facts[:-1]:
        name, shape = attribute(obj, fact["json"]), fact["kind"].split(":")[0]
        inner = getattr(obj, name)
        if shape in ("list", "map"):
            assert inner
            obj = inner[0] if shape == "list" else inner["k"]
        else:
            obj = inner
    return obj


def same(value: Any, sample: Sample) -> bool:
    """Whether a value is the sample as Python has it, an object of the right class included."""
    if sample.python is None:
        return type(value).__name__ == sample.annotation
    if sample.python in ([None], {"k": None}):
        inner = value[0] if isinstance(value, list) else value["k"]
        return type(inner).__name__ in sample.annotation
    return bool(value == sample.python) and type(value) is type(sample.python)


@pytest.mark.parametrize(("family", "version", "kind"), EVERY_KIND)
def test_every_field_is_read_from_yaml(family: str, version: str, kind: str) -> None:
    for place in places(family, version, kind):
        data = header(family, version, kind) | place.data(place.sample.plain)
        f = kc.loads(text_of(data), strict=True)
        obj: Any = f.documents[0].obj
        owner = holder(obj, place)
        name = attribute(owner, place.facts[-1]["json"])
        assert same(getattr(owner, name), place.sample), place.facts[-1]
        assert kc.state(owner, name) == ("empty" if place.sample.plain == {} else "set")
        assert kc.to_dict(obj) == data


def empty(fact: Fact) -> Any:
    """What stands at a field that objects with no fields of their own are in."""
    shape = fact["kind"].split(":")[0]
    return [{}] if shape == "list" else {"k": {}} if shape == "map" else {}


@pytest.mark.parametrize(("family", "version", "kind"), EVERY_KIND)
def test_every_field_is_written_to_yaml_and_taken_out_again(family: str, version: str, kind: str) -> None:
    for place in places(family, version, kind):
        full = header(family, version, kind) | place.data(place.sample.plain)
        made: Any = holder(kc.loads(text_of(full)).documents[0].obj, place)
        name = attribute(made, place.facts[-1]["json"])
        above = place.facts[:-1]
        bare = header(family, version, kind) | (Place(above).data(empty(above[-1])) if above else {})
        f = kc.loads(text_of(bare))
        owner = holder(f.documents[0].obj, place)
        setattr(owner, name, getattr(made, name))
        assert yaml.safe_load(f.text) == full, place.facts[-1]
        setattr(owner, name, None)
        assert f.text == text_of(bare)


@pytest.mark.parametrize(("family", "version", "kind"), EVERY_KIND)
def test_fields_are_written_in_go_s_order(family: str, version: str, kind: str) -> None:
    data = {fact["json"]: sample(fact["kind"], fact).plain for fact in reversed(facts_of(family, version, kind))}
    obj = kc.from_dict(header(family, version, kind) | data)
    assert list(yaml.safe_load(kc.dumps(obj))) == ["apiVersion", "kind", *reversed(data)]
    assert list(kc.to_dict(obj)) == ["apiVersion", "kind", *reversed(data)]


# -- minors ------------------------------------------------------------------------------------------------------------
def number(minor: str | None, otherwise: int) -> int:
    return int(minor.split(".")[1]) if minor else otherwise


def minors_of(place: Place, version: str) -> range:
    """The minors that have a field and all that it stands in."""
    first, last = 0, 999
    for fact in place.facts:
        by_version = fact.get("api_versions")
        span = by_version[version] if isinstance(by_version, dict) else fact
        first = max(first, number(span.get("since"), 0))
        last = min(last, number(span.get("removed"), 999))
    return range(first, last)


OF_SOME_MINORS = [
    pytest.param(family, version, kind, place, id=f"{version}.{kind}.{'.'.join(fact['json'] for fact in place.facts)}")
    for family, version, kind in (param.values for param in EVERY_KIND)
    for place in places(str(family), str(version), str(kind))
    if version != "v1" or family != "kubeadm"  # which no released minor reads
    if minors_of(place, str(version)) != range(999)
]


@pytest.mark.parametrize(("family", "version", "kind", "place"), OF_SOME_MINORS)
def test_a_field_is_known_in_its_minors_alone(family: str, version: str, kind: str, place: Place) -> None:
    having = minors_of(place, version)
    text = text_of(header(family, version, kind) | place.data(place.sample.plain))
    borders = {22, 37, having.start - 1, having.start, having.stop - 1, having.stop}
    for minor in sorted(borders & set(range(22, 38))):
        report = kc.check_text(text, kubernetes=f"1.{minor}", rules="all")
        unknown = [problem.path for problem in report if problem.code == "strict.unknown"]
        assert bool(unknown) == (minor not in having), (minor, unknown)
