"""What a field is for, in English and Chinese, with its default, history and gate. No path is read here."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, cast

from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.facts import read_facts
from kubeadm_cfg.kinds._base import Configuration, Kind
from kubeadm_cfg.schema import json_schema, summary

__all__ = ["Language", "meaning", "properties"]

Language = Literal["en", "zh"]


def properties(kind: type[Kind], cls: type[Configuration], kubernetes: str | None = None) -> dict[str, dict[str, Any]]:
    """JSON name -> hints of each field of `cls` where it stands somewhere in `kind`, as a minor reads them."""
    definitions = _definitions(kind.API_VERSION, kind.KIND, kubernetes)
    group, _, version = kind.API_VERSION.partition("/")
    found = definitions.get(f"{group.partition('.')[0]}.{version}.{cls.__name__}", {}).get("properties", {})
    return cast("dict[str, dict[str, Any]]", found)


@cache
def _definitions(api_version: str, kind: str, kubernetes: str | None) -> dict[str, Any]:
    return cast("dict[str, Any]", json_schema(kind_of(api_version, kind), kubernetes)["$defs"])


@cache
def _chinese() -> dict[str, str]:
    return cast("dict[str, str]", read_facts("meanings-zh.json"))


def meaning(kind: type[Kind], cls: type[Configuration], name: str, language: Language) -> str | None:
    """One line on what the field is for; the English one where no Chinese one is written, None for an unknown field."""
    if language == "zh" and (told := _chinese().get(f"{cls.__name__}.{name}")):
        return told
    hints = properties(kind, cls).get(name)
    return summary(kind, cls, name) if hints is None else cast("str | None", hints.get("description"))
