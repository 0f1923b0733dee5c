"""Fields that the programs of a minor do not know yet, or not any more: unknown there, and so without effect."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from kubeadm_cfg.facts import read_facts
from kubeadm_cfg.kinds._base import Configuration, fields_of

__all__ = ["is_past", "unknown", "without"]

Steps = tuple[str | int, ...]

_NEVER: Final = 999


class _Span(NamedTuple):
    """The first minor that has a field, the first that has not, and what is to be looked at within it.

    Of a map, `within` is what is to be looked at in each of its values.
    """

    first: int
    last: int
    within: dict[str, _Span]
    is_map: bool = False


def unknown(cls: type[Configuration], api_version: str, data: Any, minor: int) -> list[Steps]:
    """The places in plain data of `cls` that are no field at that minor (31 for 1.31)."""
    spans = _spans(cls.__module__, cls.__name__, api_version)
    return list(_in(spans, data, minor, ())) if spans and isinstance(data, dict) else []


def is_past(cls: type[Configuration], api_version: str, place: Steps, minor: int) -> bool:
    """Whether the place is a field that earlier minors had, and this one has not any more."""
    spans = _spans(cls.__module__, cls.__name__, api_version)
    for step in place:
        span = spans.get(step) if isinstance(step, str) else None
        if span is None:
            continue  # an index, or the key of a map
        if minor >= span.last:
            return True
        spans = span.within
    return False


def without(data: Any, places: Iterable[Steps]) -> Any:
    """A copy of plain data without the keys at some places; what is not on the way to them is shared."""
    for place in places:
        data = _less(data, place)
    return data


def _less(data: Any, place: Steps) -> Any:
    step, *rest = place
    copy = data.copy()
    if rest:
        copy[step] = _less(data[step], tuple(rest))
    else:
        del copy[step]
    return copy


def _in(spans: dict[str, _Span], data: dict[str, Any], minor: int, path: Steps) -> Iterator[Steps]:
    for key, value in data.items():
        span = spans.get(key)
        if span is None:
            continue
        if not span.first <= minor < span.last:
            yield (*path, key)
        elif not span.within:
            continue
        elif isinstance(value, dict) and not span.is_map:
            yield from _in(span.within, value, minor, (*path, key))
        elif isinstance(value, (dict, list)):
            for step, item in enumerate(value) if isinstance(value, list) else value.items():
                if isinstance(item, dict):
                    yield from _in(span.within, item, minor, (*path, key, step))


@cache
def _table() -> dict[str, dict[str, dict[str, list[int]]]]:
    """By apiVersion, type and field: the first minor that has it, and the first that has not; 0 where it always had."""
    table: dict[str, dict[str, dict[str, list[int]]]] = read_facts("field-minors.json")
    return table


@cache
def _spans(module: str, name: str, api_version: str) -> dict[str, _Span]:
    """What of a class is not the same in all minors; nothing of the fields that are."""
    own = _table().get(api_version, {}).get(name, {})
    found: dict[str, _Span] = {}
    for field in fields_of(getattr(sys.modules[module], name)).ordered:
        type_ = field.type.item or field.type
        inner = field.class_of(type_) if type_.of is not None else None
        within = {} if inner is None else _spans(inner.__module__, inner.__name__, api_version)
        first, last = own.get(field.json, (0, 0))
        if within or first or last:
            found[field.json] = _Span(first, last or _NEVER, within, field.type.name == "map")
    return found
