"""The field tables, read on their own: nothing here looks at generated code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from kubeadm_cfg.values import Duration

ROOT = Path(__file__).parents[1]
TABLES = {
    name: json.loads((ROOT / "src" / "kubeadm_cfg" / "data" / f"fields-{name}.json").read_text(encoding="utf-8"))
    for name in ("kubeadm", "kubelet", "kubeproxy")
}
GROUPS = {"kubeadm": "kubeadm.k8s.io", "kubelet": "kubelet.config.k8s.io", "kubeproxy": "kubeproxy.config.k8s.io"}


class Sample(NamedTuple):
    """A plain value of a kind of field, what reads as Python, and the annotation of the attribute."""

    plain: Any
    python: Any
    annotation: str


SCALARS = {
    "string": Sample("x", "x", "str"),
    "boolean": Sample(True, True, "bool"),
    "integer": Sample(7, 7, "int"),
    "number": Sample(0.5, 0.5, "float"),
    "duration": Sample("1m30s", Duration("90s"), "Duration"),
    "quantity": Sample("500m", "500m", "str"),
    "timestamp": Sample("2030-01-02T03:04:05Z", "2030-01-02T03:04:05Z", "str"),
}
TOKEN = "abcdef.0123456789abcdef"


def kinds_of(family: str) -> dict[str, list[str]]:
    """version -> kinds, as the table spreads them."""
    table = TABLES[family]
    spread = table.get("kinds_by_api_version", {})
    found: dict[str, list[str]] = {}
    for kind, api_version in table["kinds"].items():
        for version in spread.get(kind, [api_version.split("/")[1]]):
            found.setdefault(version, []).append(kind)
    return found


def facts_of(family: str, version: str, type_name: str) -> list[dict[str, Any]]:
    """The fields of a type in one API version, in Go's order."""
    facts = TABLES[family]["types"][type_name]["fields"]
    return [
        fact | fact.get("by_api_version", {}).get(version, {})
        for fact in facts
        if version in fact.get("api_versions", [version])
    ]


def objects_in(kind: str) -> list[str]:
    return [kind.rpartition(":")[2]] if "object:" in kind else []


def types_of(family: str, version: str) -> list[str]:
    """Every type that the kinds of a version are made of."""
    left, found = list(kinds_of(family)[version]), []
    while left:
        name = left.pop()
        if name not in found:
            found.append(name)
            left += [o for fact in facts_of(family, version, name) for o in objects_in(fact["kind"])]
    return found


def sample(kind: str, fact: dict[str, Any]) -> Sample:
    if fact.get("format") == "bootstrap-token":
        return Sample(TOKEN, TOKEN, "str")
    head, _, rest = kind.partition(":")
    if head == "enum":
        return SCALARS["string"]
    if head == "object":
        return Sample({}, None, rest)
    if head == "list":
        inner = sample(rest, fact)
        return Sample([inner.plain], [inner.python], f"list[{inner.annotation}]")
    if head == "map":
        inner = sample(rest, fact)
        return Sample({"k": inner.plain}, {"k": inner.python}, f"dict[str, {inner.annotation}]")
    return SCALARS[head]
