"""The field tables as types per API version: fields, type expressions, modules. No text is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

SHARED = "shared"
"""The module of types that read the same in several API versions, across which typed edits need no version."""

WORDS = {"SANs": "Sans", "CIDRs": "Cidrs", "CPUs": "Cpus", "IPTables": "Iptables", "APIQPS": "ApiQps"}
"""Runs of capitals that the rule of `snake` would cut in the wrong place."""

GO_SCALARS = {
    "VerbosityLevel": "uint32",
    "TimeOrMetaDuration": "flush",
    "*BootstrapTokenString": "*token",
    "[]int32": "list:int32",
}
PYTHON = {
    "string": "str",
    "token": "str",
    "quantity": "str",
    "timestamp": "str",
    "boolean": "bool",
    "int": "int",
    "int32": "int",
    "int64": "int",
    "uint32": "int",
    "float32": "float",
    "float64": "float",
}


def snake(name: str) -> str:
    """`certSANs` -> `cert_sans`, `kubeAPIQPS` -> `kube_api_qps`."""
    for run, word in WORDS.items():
        name = name.replace(run, word)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


@dataclass(frozen=True)
class FieldFact:
    """One field as one API version has it."""

    json: str
    type: str
    doc: str

    @property
    def attribute(self) -> str:
        return snake(self.json)

    @property
    def is_duration(self) -> bool:
        return self.type.removeprefix("*") in ("duration", "flush")

    @property
    def classes(self) -> set[str]:
        return {self.type.rpartition(":")[2]} if "object:" in self.type else set()

    def annotation(self, rename: dict[str, str] | None = None) -> str:
        return annotation(self.type, rename or {})


def annotation(expression: str, rename: dict[str, str]) -> str:
    """The Python annotation of a type expression."""
    pointer = expression.startswith("*")
    name, _, rest = expression.removeprefix("*").partition(":")
    if name == "list":
        return f"list[{annotation(rest, rename).removesuffix(' | None')}]"
    if name == "map":
        return f"dict[str, {annotation(rest, rename).removesuffix(' | None')}]"
    if name == "object":
        return rename.get(rest, rest) + (" | None" if pointer else "")
    if name in ("duration", "flush"):
        return "Duration | None"
    return f"{PYTHON[name]} | None"


@dataclass
class TypeFact:
    """One Go struct as one API version has it."""

    name: str
    fields: tuple[FieldFact, ...]
    since: str
    kind_of: str | None = None


@dataclass
class Family:
    """All API versions of one group."""

    name: str
    group: str
    title: str
    versions: list[str]
    types: dict[str, dict[str, TypeFact]]
    """version -> type name -> type"""
    kinds: dict[str, list[str]]
    """version -> its kinds"""
    homes: dict[tuple[str, str], str] = field(default_factory=dict)
    """(version, type) -> module suffix"""
    bases: dict[str, list[str]] = field(default_factory=dict)
    """type with an Any* base -> the versions that have it"""


# -- facts to types ---------------------------------------------------------------------------------------------------


def expression(fact: dict[str, Any], version: str) -> str:
    """The type expression of a field in `version`: a leading `*` is a Go pointer."""
    fact = fact | fact.get("by_api_version", {}).get(version, {})
    kind: str = fact["kind"]
    go: str = fact["go"]
    if go in GO_SCALARS:
        return GO_SCALARS[go]
    star = "*" if go.startswith("*") else ""
    if kind in {"integer", "number"}:
        return go
    if kind.startswith("enum:"):
        return f"{star}string"
    return star + kind


def docstring(fact: dict[str, Any], version: str, family: list[str]) -> str:
    """Meaning, default, allowed values, since, removed, gate, deprecation: one paragraph."""
    parts = [fact["summary"]]
    if fact.get("default_by_minor"):
        steps = [f"{value or 'none'} from {minor}" for minor, value in fact["default_by_minor"].items()]
        parts.append(f"Default {', '.join(steps)}.")
    elif fact.get("default") is not None:
        parts.append(f"Default {fact['default'] or 'empty'}.")
    if fact.get("enum"):
        parts.append(f"One of {', '.join(value or repr(value) for value in fact['enum'])}.")
    if isinstance(fact.get("api_versions"), list):
        known = [v for v in family if v in fact["api_versions"]]
        if known and known[0] != family[0]:
            parts.append(f"Since {known[0]}.")
        if known and known[-1] != family[-1]:
            parts.append(f"Removed in {family[family.index(known[-1]) + 1]}.")
        if fact.get("deprecated"):
            parts.append(f"Deprecated in {fact['deprecated']}.")
    else:
        span = (fact.get("api_versions") or {}).get(version, fact)
        parts += [f"{word} {span[key]}." for word, key in (("Since", "since"), ("Removed in", "removed")) if span[key]]
        if fact.get("deprecated"):
            parts.append(f"Deprecated since {fact['deprecated']}.")
        if fact.get("feature_gate"):
            parts.append(f"Needs the feature gate {fact['feature_gate']}.")
    return " ".join(parts)


def has_version(fact: dict[str, Any], version: str) -> bool:
    return "api_versions" not in fact or version in fact["api_versions"]


def read_family(name: str, group: str, title: str, versions: list[str], table: dict[str, Any]) -> Family:
    kinds = kinds_of_versions(table, versions)
    types: dict[str, dict[str, TypeFact]] = {}
    for version in versions:
        wanted, found = list(kinds[version]), {}
        while wanted:
            type_name = wanted.pop(0)
            if type_name in found:
                continue
            facts = [fact for fact in table["types"][type_name]["fields"] if has_version(fact, version)]
            fields = tuple(
                FieldFact(fact["json"], expression(fact, version), docstring(fact, version, versions)) for fact in facts
            )
            kind = f"{group}/{version}" if type_name in kinds[version] else None
            since = table["types"][type_name].get("since") or ""
            found[type_name] = TypeFact(type_name, fields, since, kind)
            wanted += sorted({c for f in fields for c in f.classes} - found.keys())
        order = list(table["types"])
        types[version] = dict(sorted(found.items(), key=lambda item: (not item[1].kind_of, order.index(item[0]))))
    family = Family(name, group, title, versions, types, kinds)
    settle(family)
    return family


def kinds_of_versions(table: dict[str, Any], versions: list[str]) -> dict[str, list[str]]:
    spread = table.get("kinds_by_api_version", {})
    kinds: dict[str, list[str]] = {version: [] for version in versions}
    for kind, api_version in table["kinds"].items():
        for version in spread.get(kind, [api_version.partition("/")[2]]):
            kinds[version].append(kind)
    return kinds


def settle(family: Family) -> None:
    """Decide the module of every type, and which types get an Any* base."""
    for type_name in {name for types in family.types.values() for name in types}:
        versions = [v for v in family.versions if type_name in family.types[v]]
        if any(type_name in family.kinds[v] for v in versions):
            family.homes |= {(v, type_name): v for v in versions}
            if len(versions) > 1:
                family.bases[type_name] = versions
            continue
        groups: dict[str, list[str]] = {}
        for version in versions:
            groups.setdefault(signature(family, version, type_name, set()), []).append(version)
        if len(groups) > 1:
            family.bases[type_name] = versions
        for same in groups.values():
            family.homes |= {(v, type_name): home_of(family, same) for v in same}
    family.bases = dict(sorted(family.bases.items()))


def signature(family: Family, version: str, type_name: str, seen: set[str]) -> str:
    """A text that is equal for types which are equal field for field, all the way down."""
    if type_name in seen:
        return type_name
    parts = []
    for fact in family.types[version][type_name].fields:
        inner = "".join(signature(family, version, name, seen | {type_name}) for name in sorted(fact.classes))
        parts.append(f"{fact.json}={fact.type}({inner})")
    return f"{type_name}[{';'.join(parts)}]"


def home_of(family: Family, versions: list[str]) -> str:
    """Where a type that reads the same in `versions` lives.

    kubeadm's arguments turned from maps into lists in v1beta4: what spans that break is shared, what does not lives
    with the newest version on its side (v1, which is v1beta4 again, borrows from there), so that no file of one side
    loads the other.
    """
    if len(versions) == 1:
        return versions[0]
    if family.name != "kubeadm":
        return SHARED
    new = [v for v in versions if v in ("v1beta4", "v1")]
    old = [v for v in versions if v not in new]
    return SHARED if new and old else "v1beta4" if new else old[-1]
