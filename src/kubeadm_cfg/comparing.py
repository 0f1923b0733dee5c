"""What differs between two objects, path by path. Text is not looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from kubeadm_cfg.convert import unstructure
from kubeadm_cfg.kinds._base import Configuration
from kubeadm_cfg.report import masked
from kubeadm_cfg.source.path import render

__all__ = ["Difference", "Differences", "diff"]


class _Absent:
    """Stands where one of two objects has nothing."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


class Difference(NamedTuple):
    """One place where two objects differ; `before` or `after` is ABSENT where only the other has something."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.before is ABSENT:
            return f"+ {self.path}: {_shown(self.after)}"
        if self.after is ABSENT:
            return f"- {self.path}: {_shown(self.before)}"
        return f"~ {self.path}: {_shown(self.before)} -> {_shown(self.after)}"


class Differences(tuple[Difference, ...]):
    """All places where two objects differ, in the order of their fields; empty, and so false, when they are equal."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(str(difference) for difference in self)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Path -> {"before": ..., "after": ...}, without the side that has nothing."""
        return {
            path: {name: value for name, value in (("before", old), ("after", new)) if value is not ABSENT}
            for path, old, new in self
        }


def diff(a: Configuration, b: Configuration) -> Differences:
    """What differs between two objects, compared as plain data: lists item by item, mappings key by key.

    Args:
        a: the object before.
        b: the object after; another version of the kind is compared by JSON names.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> print(diff(KubeProxyConfiguration(mode="ipvs"), KubeProxyConfiguration(mode="nftables")))
    ~ mode: "ipvs" -> "nftables"
    """
    return Differences(_between(unstructure(a), unstructure(b), ()))


def _between(a: Any, b: Any, path: tuple[str | int, ...]) -> Iterator[Difference]:
    if isinstance(a, dict) and isinstance(b, dict):
        for key in dict.fromkeys((*a, *b)):
            yield from _between(a.get(key, ABSENT), b.get(key, ABSENT), (*path, key))
    elif isinstance(a, list) and isinstance(b, list):
        for index in range(max(len(a), len(b))):
            old, new = (items[index] if index < len(items) else ABSENT for items in (a, b))
            yield from _between(old, new, (*path, index))
    elif a is ABSENT or b is ABSENT or a != b or type(a) is not type(b):
        yield Difference(render(path), a, b)


def _shown(value: Any) -> str:
    return masked(json.dumps(value, ensure_ascii=False))
