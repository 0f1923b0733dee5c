"""Which fields of an object may no longer be what they were read as: a quick look before the exact difference."""

from __future__ import annotations

from typing import Any, Final

from kubeadm_cfg.kinds._base import LAZY, NULL, SET, Configuration, fields_of, has_value, held_of, holds_something
from kubeadm_cfg.values import Duration

__all__ = ["only", "touched"]

_SCALARS: Final = frozenset({str, int, float})


def touched(obj: Configuration, data: dict[str, Any]) -> list[str]:
    """The JSON names of the fields of `obj` that may differ from the plain data it was read from.

    Never too few; a value of another form but of equal meaning may be among them.
    """
    fields, held = fields_of(type(obj)), held_of(obj)
    by_attribute = fields.by_attribute
    found: list[str] = []
    for attribute, mark in held.items():
        field = by_attribute[attribute]
        name = field.json
        if name in data:
            was = data[name]
            if mark is SET:
                now = field.get(obj)
                if now is was or _equal(now, was):
                    continue
            elif mark is NULL and was is None and not (has_value(obj, field, mark) and holds_something(field.get(obj))):
                continue
            found.append(name)
        elif mark is not LAZY or holds_something(field.get(obj)):
            found.append(name)
    by_json = fields.by_json
    found += [name for name in data if name in by_json and by_json[name].attribute not in held]
    return found


def _equal(now: Any, was: Any) -> bool:
    kind = now.__class__
    if kind in _SCALARS:
        return kind is was.__class__ and bool(now == was)
    if isinstance(now, Configuration):
        return was.__class__ is dict and not touched(now, was)
    if kind is list:
        if was.__class__ is not list or len(now) != len(was):
            return False
        return all(a is b or _equal(a, b) for a, b in zip(now, was, strict=True))
    if kind is dict:
        if was.__class__ is not dict or now.keys() != was.keys():
            return False
        return all(value is was[key] or _equal(value, was[key]) for key, value in now.items())
    return isinstance(now, Duration) and now.written == was


def only(obj: Configuration, names: list[str]) -> Configuration:
    """An object of the same class that shares those fields with `obj` and has no others."""
    fields, held = fields_of(type(obj)), held_of(obj)
    part = type(obj).__new__(type(obj))
    kept = held_of(part)
    for name in names:
        field = fields.by_json[name]
        mark = held.get(field.attribute, LAZY)
        if field.attribute in held:
            if has_value(obj, field, mark):
                field.put(part, field.get(obj))
            kept[field.attribute] = mark
    return part
