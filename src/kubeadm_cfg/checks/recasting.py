"""Values that stand in another form than their field wants: what was meant is written as it is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg import fixing
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.findings import misfit
from kubeadm_cfg.kinds._base import place_at
from kubeadm_cfg.kinds._types import DURATIONS
from kubeadm_cfg.source.nodes import Scalar
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import find
from kubeadm_cfg.source.scalars import ScalarError, resolve_plain

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.fixing import Edit

__all__ = ["as_duration", "as_wanted"]

_DAYS: Final = re.compile(r"([0-9]{1,4})d")
_DIGITS: Final = re.compile(r"[0-9]{1,9}")


def as_wanted(document: Document, steps: Steps, value: Any) -> Edit | None:
    """The value in the form its field takes: a text in quotes, a number without them, a list, a single value."""
    cls = kind_of(document.api_version, document.kind)
    if cls is None or place_at(cls, steps) is None:
        return None
    for other in _forms(document, steps, value):
        if other not in (None, [None]) and misfit(cls, steps, other) is None:
            is_rewritten = (type(value), type(other)) in ((dict, list), (list, dict))
            return fixing.recast(steps, other) if is_rewritten else fixing.set(steps, other)
    return None


def _forms(document: Document, steps: Steps, value: Any) -> Iterator[Any]:
    """Other forms of a value, the nearest first."""
    if isinstance(value, str):
        with suppress(ScalarError):
            yield resolve_plain(value)
    elif isinstance(value, (bool, int, float)):
        yield _written(document, steps)
    elif isinstance(value, dict) and not any(isinstance(item, (dict, list)) for item in value.values()):
        yield [{"name": name, "value": _written(document, (*steps, name))} for name in value]
    elif isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict):
        yield value[0]
    elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
        names = [item.get("name") for item in value]
        if all(isinstance(name, str) for name in names) and len({*names}) == len(names):
            yield {item["name"]: item.get("value") for item in value}
    if isinstance(value, (str, bool, int, float)):
        yield [value]
        yield [_written(document, steps)]


def _written(document: Document, steps: Steps) -> str | None:
    """The characters of a single value as they stand in the file: ``1.30``, not 1.3."""
    node = find(document.draft.root, steps)
    return node.text(document.draft.text) if isinstance(node, Scalar) and node.tag is None else None


def as_duration(document: Document, steps: Steps, value: Any) -> Edit | None:
    """A bare number in seconds, and days in hours: the likeliest meaning, which the author has to confirm."""
    cls = kind_of(document.api_version, document.kind)
    place = place_at(cls, steps) if cls is not None else None
    if place is None or place[1].name not in DURATIONS or isinstance(value, bool):
        return None
    if (days := _DAYS.fullmatch(str(value))) is not None:
        return fixing.set(steps, f"{int(days[1]) * 24}h")
    return fixing.set(steps, f"{value}s") if _DIGITS.fullmatch(str(value)) else None
