"""JSON Schemas (draft 2020-12) of the kinds as one Kubernetes minor reads them. No text is read or judged here.

A schema says what Kubernetes' strict decoder says: what it takes is valid, an unknown field or a wrong type is not.
Rules that come after decoding (enums, ranges, addresses) are hints for editors and refuse nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from kubeadm_cfg.convert import Field, kind_of
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, Kind, fields_of
from kubeadm_cfg.kinds._types import SCALARS, Refusal, Type
from kubeadm_cfg.schema_scalars import SCALAR_SCHEMAS

__all__ = ["MINORS", "json_schema", "kinds_read_by", "minor_of"]

Schema = dict[str, Any]
Fact = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
MINORS: Final = tuple(f"1.{number}" for number in range(22, 38))
"""The Kubernetes minors whose fields are known, oldest first."""

FILE_KINDS: Final = (
    "InitConfiguration",
    "ClusterConfiguration",
    "JoinConfiguration",
    "ResetConfiguration",
    "UpgradeConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
)
"""The kinds that kubeadm reads out of its file of many documents, in the order an editor offers them."""


# -- the public function -----------------------------------------------------------------------------------------------


def json_schema(kind: type[Configuration] | str | None = None, kubernetes: str | None = None) -> Schema:
    """The JSON Schema (draft 2020-12) of `kind` as the given Kubernetes minor reads it.

    `kind` is a class, which is taken at its word whether or not that minor reads its apiVersion; the name of a kind
    ("ClusterConfiguration" or "cluster"), for all apiVersions that minor reads (a schema that nothing fits when there
    is none); or None or "all", for any document of a kubeadm file. `kubernetes` is a version such as "1.31" or
    "v1.31.4", outside 1.22 to 1.37 the nearest known minor; None is the newest minor that reads `kind`. The result is a
    new dict of plain data.

    Valid is what Kubernetes' strict decoder takes. Values that only later rules refuse are valid too: the allowed
    values of a field are its `examples` and `x-kubernetes-enum`. Further hints are `x-kubernetes-since`, `-removed`,
    `-feature-gate`, `-default` and `-deprecated`. Sources: the Go types of each minor, apimachinery's strict decoder.

    Raises ConfigError for an unknown kind or a version that is none, and TypeError for a version that is no text.

    >>> schema = json_schema("KubeletConfiguration", kubernetes="1.31")
    >>> schema["$defs"]["kubelet.v1beta1.KubeletConfiguration"]["properties"]["failCgroupV1"]["x-kubernetes-since"]
    '1.31'
    """
    minor = None if kubernetes is None else minor_of(kubernetes)
    if isinstance(kind, type) and issubclass(kind, Kind) and kind._fields_:
        return _of_class(kind, minor)
    if isinstance(kind, type):
        kind = kind.__name__.removeprefix("Any")  # the base of all versions of a kind
    if kind is None or kind == "all":
        return _of_file(minor or MINORS[-1])
    return _of_name(kind, minor)


def kinds_read_by(minor: str, names: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The (apiVersion, kind) pairs that Kubernetes `minor` ("1.31") reads, all of them or those of the given names.

    >>> kinds_read_by("1.31", ["ResetConfiguration"])
    (('kubeadm.k8s.io/v1beta4', 'ResetConfiguration'),)
    """
    wanted = frozenset(names)
    return tuple(pair for pair in KINDS if (not wanted or pair[1] in wanted) and minor in _minors_reading(*pair))


def minor_of(version: str) -> str:
    """The known minor nearest to a version such as "1.31" or "v1.31.4".

    Raises:
        ConfigError: it is no version of Kubernetes 1.
        TypeError: it is no text.

    >>> minor_of("v1.31.4")
    '1.31'
    """
    if not isinstance(version, str):
        raise TypeError(f"a Kubernetes version is a text such as '1.31', not {type(version).__name__} {version!r}")
    match = re.fullmatch(r"v?1\.([0-9]{1,4})(?:\.[0-9].*)?", version.strip())
    if match is None:
        raise ConfigError(f"{version!r} is no Kubernetes version such as 1.31 or v1.31.4")
    oldest, newest = _number(MINORS[0]), _number(MINORS[-1])
    return f"1.{min(max(int(match[1]), oldest), newest)}"


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])


# -- what is read by whom ----------------------------------------------------------------------------------------------


class Spoken(NamedTuple):
    """One apiVersion, taken apart: `family` is "kubeadm", "kubelet" or "kubeproxy"."""

    family: str
    group: str
    version: str


def _spoken(api_version: str) -> Spoken:
    group, _, version = api_version.partition("/")
    return Spoken(group.partition(".")[0], group, version)


@cache
def _data(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / "data" / name
    return cast("dict[str, Any]", json.loads(path.read_text("utf-8")))


@cache
def _facts(family: str) -> dict[str, dict[str, Fact]]:
    """Type name -> JSON name -> the fact about that field."""
    types = _data(f"fields-{family}.json")["types"]
    return {name: {fact["json"]: fact for fact in facts["fields"]} for name, facts in types.items()}


def summary(cls: type[Kind], owner: type[Configuration], name: str) -> str | None:
    """What a field of `owner`, which stands somewhere in `cls`, is for, in one sentence and whatever the minor."""
    fact = _facts(_spoken(cls.API_VERSION).family).get(owner.__name__, {}).get(name)
    return None if fact is None else cast("str", fact["summary"])


@cache
def _minors_reading(api_version: str, kind: str) -> tuple[str, ...]:
    spoken = _spoken(api_version)
    if spoken.family == "kubeadm":
        return tuple(minor for minor in MINORS if spoken.version in _of_kubeadm(minor)["reads"])
    since = _number(_since(spoken, kind))
    return tuple(minor for minor in MINORS if _number(minor) >= since)


@cache
def _of_kubeadm(minor: str) -> Fact:
    """What kubeadm of that minor makes of each apiVersion of its group."""
    table = _data("kubeadm-api.json")["api_versions"]["per_minor"]
    return next(cast("Fact", entry) for entry in table if entry["minor"] == minor)


def _since(spoken: Spoken, kind: str) -> str:
    """The first known minor that has this kind in this version at all, be it experimental."""
    if spoken.family == "kubeadm":
        having = [m for m in MINORS if spoken.version in (*_of_kubeadm(m)["reads"], *_of_kubeadm(m)["experimental"])]
        return having[0] if having else MINORS[0]
    table = _data(f"fields-{spoken.family}.json")
    span = table.get("kinds_by_api_version", {}).get(kind, {}).get(spoken.version) or table["types"][kind]
    return span["since"] or MINORS[0]


# -- whole schemas -----------------------------------------------------------------------------------------------------


def _of_class(cls: type[Kind], minor: str | None) -> Schema:
    readers = _minors_reading(cls.API_VERSION, cls.KIND)
    minor = minor or (readers or MINORS)[-1]
    definitions = Definitions(minor)
    root = definitions.add(cls)
    schema = _head(f"{cls.KIND} ({cls.API_VERSION})", _what_reads(cls, minor), minor)
    if minor not in readers:
        schema["x-kubernetes-unread"] = True
    return schema | {"$ref": root, "$defs": definitions.sorted()}


def _what_reads(cls: type[Kind], minor: str) -> str:
    readers = _minors_reading(cls.API_VERSION, cls.KIND)
    if minor in readers:
        return f"{cls.KIND} of {cls.API_VERSION} as Kubernetes {minor} reads it."
    span = f"; {readers[0]} to {readers[-1]} do" if readers else ""
    return f"{cls.KIND} of {cls.API_VERSION}, which Kubernetes {minor} does not read{span}."


def _of_name(name: str, minor: str | None) -> Schema:
    from kubeadm_cfg.lookup import SHORT_NAMES

    name = SHORT_NAMES.get(str(name).replace("-", "_"), name)
    versions = [api_version for api_version, kind in KINDS if kind == name]
    if not versions:
        near = get_close_matches(str(name), [*SHORT_NAMES, *{kind for _, kind in KINDS}], n=1)
        raise ConfigError(f"{name!r} is no kind that is known here" + (f"; did you mean {near[0]}?" if near else ""))
    readers = {m for version in versions for m in _minors_reading(version, name)}
    minor = minor or max(readers, key=_number, default=MINORS[-1])
    pairs = kinds_read_by(minor, [name])
    if not pairs:
        others = sorted(readers, key=_number)
        span = f"; {others[0]} to {others[-1]} do" if others else ""
        text = f"Kubernetes {minor} reads no {name}{span}."
        return _head(name, text, minor) | {"x-kubernetes-unread": True, "not": {}}
    text = f"{name} as Kubernetes {minor} reads it, in {' or '.join(version for version, _ in pairs)}."
    return _any_of(pairs, _head(f"{name} (Kubernetes {minor})", text, minor))


def _of_file(minor: str) -> Schema:
    pairs = sorted(kinds_read_by(minor, FILE_KINDS), key=lambda pair: FILE_KINDS.index(pair[1]))
    text = (
        f"Any document of a kubeadm file as Kubernetes {minor} reads it. Kinds of other groups are not looked into; "
        "kubeadm passes over them."
    )
    schema = _any_of(pairs, _head(f"kubeadm file (Kubernetes {minor})", text, minor))
    # kubeadm wants a group: version v1 alone, as of a ConfigMap, is an error
    foreign: dict[str, Schema] = {"apiVersion": {"pattern": "^[^/]+/[^/]+$"}, "kind": {"minLength": 1}}
    for name, limits in foreign.items():
        known = schema["properties"][name].pop("enum")
        schema["properties"][name] |= {"type": "string", **limits, "examples": known}
    schema["allOf"] += _rules_of_groups(pairs)
    return schema


def _rules_of_groups(pairs: Sequence[tuple[str, str]]) -> list[Schema]:
    """The groups of kubeadm's file have no other versions and kinds; kubeadm's own kinds are in no other group."""
    groups: dict[str, dict[str, list[str]]] = {}
    for api_version, kind in pairs:
        groups.setdefault(api_version.partition("/")[0], {}).setdefault(api_version, []).append(kind)
    rules = []
    for group, versions in groups.items():
        of_group = {"type": "string", "pattern": f"^{re.escape(group)}/"}
        only_these = {"properties": {"apiVersion": _one_of(versions)}}
        rules.append(_rule({"apiVersion": of_group}, only_these))
        rules += [
            _rule({"apiVersion": {"const": version}}, {"properties": {"kind": _one_of(kinds)}})
            for version, kinds in versions.items()
        ]
        if _spoken(group).family == "kubeadm":
            kinds = _one_of(kind for of_version in versions.values() for kind in of_version)
            rules.append(_rule({"kind": kinds, "apiVersion": {"type": "string", "not": of_group}}, only_these))
    return rules


def _any_of(pairs: Sequence[tuple[str, str]], schema: Schema) -> Schema:
    """`schema` for documents of these kinds; an error in one of them is reported as its own, not as "none of many"."""
    definitions = Definitions(schema["x-kubernetes-minor"])
    rules = [
        _rule({"apiVersion": {"const": v}, "kind": {"const": k}}, {"$ref": definitions.add(_class(v, k))})
        for v, k in pairs
    ]
    versions, kinds = _one_of(v for v, _ in pairs), _one_of(k for _, k in pairs)
    return schema | {
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"description": "Group and version of this document.", **versions},
            "kind": {"description": "What this document configures.", **kinds},
        },
        "allOf": rules,
        "$defs": definitions.sorted(),
    }


def _head(title: str, text: str, minor: str) -> Schema:
    return {"$schema": DIALECT, "title": title, "description": text, "x-kubernetes-minor": minor}


def _rule(properties: Schema, then: Schema) -> Schema:
    return {"if": {"properties": properties, "required": list(properties)}, "then": then}


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _one_of(values: Iterable[str]) -> Schema:
    return {"enum": _once(values)}


def _class(api_version: str, kind: str) -> type[Kind]:
    found = kind_of(api_version, kind)
    assert found is not None  # it comes from the table of kinds
    return found


# -- types -------------------------------------------------------------------------------------------------------------


class Definitions:
    """The `$defs` of one schema: every type that was added, with all that it is made of."""

    def __init__(self, minor: str) -> None:
        self.minor = minor
        self.found: dict[str, Schema] = {}

    def sorted(self) -> dict[str, Schema]:
        return dict(sorted(self.found.items()))

    def add(self, cls: type[Kind]) -> str:
        """Define a kind, and give the reference to it."""
        spoken = _spoken(cls.API_VERSION)
        at = max(self.minor, _since(spoken, cls.KIND), key=_number)  # an older minor has no fields of it at all
        reference = self._object(cls, spoken, at)
        schema = self.found[reference.rpartition("/")[2]]
        schema["type"] = "object"  # a document is never null
        schema["required"] = ["apiVersion", "kind"]
        schema["x-kubernetes-group-version-kind"] = [
            {"group": spoken.group, "version": spoken.version, "kind": cls.KIND}
        ]
        fixed = {"apiVersion": {"const": cls.API_VERSION}, "kind": {"const": cls.KIND}}
        schema["properties"] = fixed | schema["properties"]
        if spoken.family == "kubeadm" and spoken.version in _of_kubeadm(self.minor)["reads_with_deprecation_warning"]:
            told = f"Kubernetes {self.minor} warns that {cls.API_VERSION} is deprecated."
            schema |= {"deprecated": True, "description": f"{schema['description']} {told}"}
            schema["properties"]["apiVersion"]["deprecated"] = True
        return reference

    def _object(self, cls: type[Configuration], spoken: Spoken, at: str) -> str:
        name = f"{spoken.family}.{spoken.version}.{cls.__name__}"
        if name not in self.found:
            schema = self.found[name] = {
                "title": cls.__name__,
                "description": f"{cls.__name__} of {spoken.group}/{spoken.version}.",
                "type": ["object", "null"],
                "additionalProperties": False,
            }
            facts = _facts(spoken.family)[cls.__name__]
            schema["properties"] = {
                field.json: self._field(field, facts[field.json], spoken, at)
                for field in fields_of(cls)
                if _is_there(facts[field.json], spoken, at)
            }
        return f"#/$defs/{name}"

    def _field(self, field: Field, fact: Fact, spoken: Spoken, at: str) -> Schema:
        type_ = Type("int64") if _at(fact.get("go_by_minor"), at, {}).get("go") == "time.Duration" else field.type
        shape = self._type(field, type_, spoken, at)
        if type_.name == "duration" and not type_.pointer:
            shape["type"] = "string"  # the one type that does not know null
        hints = _hints(field, type_, fact, spoken, at)
        allowed = hints.pop("allowed", None)
        if allowed:
            told = shape["items"] if type_.name == "list" else shape
            told |= {"examples": [*allowed], "x-kubernetes-enum": [*allowed]}
        return {"title": field.json, "description": hints.pop("description")} | shape | hints

    def _type(self, field: Field, type_: Type, spoken: Spoken, at: str) -> Schema:
        if type_.of is not None:
            return {"$ref": self._object(field.class_of(type_), spoken, at)}
        if type_.item is not None:
            inside = self._type(field, type_.item, spoken, at)
            if type_.name == "list":
                return {"type": ["array", "null"], "items": inside}
            return {"type": ["object", "null"], "additionalProperties": inside}
        scalar = deepcopy(SCALAR_SCHEMAS[type_.name])
        if "pattern" not in scalar:
            return scalar
        self.found[type_.name] = {"title": type_.name, **scalar}
        return {"$ref": f"#/$defs/{type_.name}"}


def _is_there(fact: Fact, spoken: Spoken, at: str) -> bool:
    span = _span(fact, spoken)
    since, removed = span.get("since"), span.get("removed")
    return (not since or _number(since) <= _number(at)) and (not removed or _number(at) < _number(removed))


def _span(fact: Fact, spoken: Spoken) -> Fact:
    """Where `since` and `removed` of a field stand: by apiVersion, or for all of them."""
    by_version = fact.get("api_versions")
    return cast("Fact", by_version[spoken.version]) if isinstance(by_version, dict) else fact


def _at(by_minor: dict[str, Any] | None, at: str, otherwise: Any) -> Any:
    """The entry of a table of changes that holds at a minor."""
    if not by_minor:
        return otherwise
    past = [value for minor, value in by_minor.items() if _number(minor) <= _number(at)]
    return past[-1] if past else next(iter(by_minor.values()))


# -- hints -------------------------------------------------------------------------------------------------------------


def _hints(field: Field, type_: Type, fact: Fact, spoken: Spoken, at: str) -> Schema:
    """What an editor shows of a field; nothing here refuses a value. `allowed` belongs to the value or the items."""
    default = _at(fact.get("default_by_minor"), at, fact.get("default"))
    allowed = _at(fact.get("enum_by_minor"), at, fact.get("enum"))
    gate = _at(fact.get("feature_gate_by_minor"), at, fact.get("feature_gate"))
    deprecated = _deprecated(fact, spoken, at)
    since, removed = _history(fact, spoken)
    sentences = (
        (fact["summary"], True),
        (f"Default {default if isinstance(default, str) else json.dumps(default)}.", default not in (None, "")),
        (f"One of {', '.join(value or '(empty)' for value in allowed or ())}.", allowed),
        (f"Since {since}.", since),
        (f"Removed in {removed}.", removed),
        (f"Deprecated since {deprecated}.", deprecated),
        (f"Needs the feature gate {gate}.", gate),
    )
    hints = {
        "description": " ".join(text for text, is_told in sentences if is_told),
        "allowed": allowed,
        "default": _literal(default, type_, allowed),
        "deprecated": True if deprecated else None,
        "x-kubernetes-default": deepcopy(default),
        "x-kubernetes-since": since,
        "x-kubernetes-removed": removed,
        "x-kubernetes-deprecated": deprecated,
        "x-kubernetes-feature-gate": gate,
        "x-kubernetes-required": True if fact.get("required") else None,
        "x-kubernetes-secret": True if field.attribute in field.owner._secret_ else None,
    }
    return {name: value for name, value in hints.items() if value is not None}


def _history(fact: Fact, spoken: Spoken) -> tuple[str | None, str | None]:
    """Since when a field is there and when it goes: minors, or versions of the API where kubeadm counts by those."""
    span = _span(fact, spoken)
    if not isinstance(fact.get("api_versions"), list):
        return span.get("since"), span.get("removed")
    known = _data("fields-kubeadm.json")["api_versions"]
    having = [version for version in known if version in fact["api_versions"]]
    since = fact.get("since") or (having[0] if having[0] != known[0] else None)
    removed = known[known.index(having[-1]) + 1] if having[-1] != known[-1] else None
    return since, removed


def _deprecated(fact: Fact, spoken: Spoken, at: str) -> str | None:
    told: str | None = fact.get("deprecated")
    if not told:
        return None
    if spoken.family == "kubeadm":
        known = _data("fields-kubeadm.json")["api_versions"]
        return told if known.index(told) <= known.index(spoken.version) else None
    return told if _number(told) <= _number(at) else None


def _literal(default: Any, type_: Type, allowed: list[str] | None) -> Any:
    """The default as a value of the field; None when the fact is prose."""
    if not isinstance(default, str):
        return deepcopy(default)
    if type_.item is not None:
        return json.loads(default) if default.startswith("[") else None
    if allowed:
        return next((value for value in allowed if value.casefold() == default.casefold()), None)
    if type_.name == "string":
        names_a_field = default.partition(".")[0] in _facts("kubeadm")["JoinConfiguration"]
        return default if default and " " not in default and not names_a_field else None
    value = default if type_.name in _TEXTS else json.loads(default) if _NUMBER.fullmatch(default) else None
    return value if value is not None and _reads(type_, value) else None


_TEXTS: Final = ("duration", "flush", "quantity", "timestamp", "token")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?|true|false")


def _reads(type_: Type, value: Any) -> bool:
    scalar = SCALARS[type_.name]
    try:
        return type(value) is scalar.exact or scalar.read(value) is not None
    except Refusal:
        return False
