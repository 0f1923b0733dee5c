"""Fields that the programs of a minor do not know yet, or not any more: unknown there, and so without effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

from kubeadm_cfg.convert import unstructure
from kubeadm_cfg.findings import path_text
from kubeadm_cfg.kinds._base import Configuration, fields_of

__all__ = ["unknown"]

_FAMILIES: Final = {
    "kubeadm.k8s.io": "kubeadm",
    "kubelet.config.k8s.io": "kubelet",
    "kubeproxy.config.k8s.io": "kubeproxy",
}
_NEVER: Final = 999


@cache
def _spans(family: str, version: str) -> dict[str, dict[str, tuple[int, int]]]:
    """By type and field: the first minor that has it, and the first that has not."""
    table = json.loads(files("kubeadm_cfg").joinpath(f"data/fields-{family}.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for name, type_ in table["types"].items():
        for field in type_["fields"]:
            by_version = field.get("api_versions")
            span = by_version.get(version) if isinstance(by_version, dict) else field
            if span and (span.get("since") or span.get("removed")):
                numbers = (_minor(span.get("since"), 0), _minor(span.get("removed"), _NEVER))
                found.setdefault(name, {})[field["json"]] = numbers
    return found


def _minor(text: Any, otherwise: int) -> int:
    return int(str(text).split(".")[1]) if text else otherwise


def unknown(obj: Any, api_version: str, minor: int) -> Iterator[str]:
    """The paths of what is written in `obj` and is no field at that minor (31 for 1.31)."""
    group, _, version = api_version.partition("/")
    family = _FAMILIES.get(group)
    if family is not None:
        yield from _in(type(obj), unstructure(obj), _spans(family, version), minor, ())


def _in(cls: type[Configuration], data: Any, spans: Any, minor: int, path: tuple[str | int, ...]) -> Iterator[str]:
    if not isinstance(data, dict):
        return
    own, table = spans.get(cls.__name__, {}), fields_of(cls).by_json
    for key, value in data.items():
        first, last = own.get(key, (0, _NEVER))
        field = table.get(key)
        if not first <= minor < last:
            yield path_text((*path, key))
        elif field is not None and field.type.of is not None:
            yield from _in(field.class_of(field.type), value, spans, minor, (*path, key))
        elif field is not None and field.type.item is not None and field.type.item.of is not None:
            for number, item in enumerate(value if isinstance(value, list) else ()):
                yield from _in(field.class_of(field.type.item), item, spans, minor, (*path, key, number))
