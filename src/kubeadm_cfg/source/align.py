"""Which item of an old list is which of a new one, by what identifies an item. Plain data only."""

from __future__ import annotations

import json
from typing import NamedTuple

from kubeadm_cfg.source.nodes import Plain

__all__ = ["Plan", "align"]

_USUAL_IDENTITIES = (("name",), ("key", "effect"), ("key",), ("token",))


class Plan(NamedTuple):
    """What makes one list of the other; indices of `kept`, `inserted` (before) and `removed` count in the old list."""

    kept: list[tuple[int, int]]
    inserted: list[tuple[int, int]]
    removed: list[int]


def align(old: list[Plain], new: list[Plain], identity: tuple[str, ...]) -> Plan:
    """Pair the items of two lists.

    Equal items pair first, then those of one identity. Between them changed scalars pair by place, and mappings whose
    identity alone changed; the rest is taken out or put in.
    """
    old_whole, new_whole = [_frozen(value) for value in old], [_frozen(value) for value in new]
    old_ids = [_identity(value, identity) for value in old]
    new_ids = [_identity(value, identity) for value in new]
    pairs: list[tuple[int, int]] = []
    for a, b, c, d in _gaps(_common(old_whole, new_whole), len(old), len(new), pairs):
        inner = [(a + i, c + j) for i, j in _common(old_ids[a:b], new_ids[c:d])]
        pairs += inner
        for e, f, g, h in _gaps(inner, b, d, [], a, c):
            pairs += _by_place(old, new, (e, f, g, h), identity)
    pairs.sort()
    kept_old = {i for i, _ in pairs}
    kept_new = {j for _, j in pairs}
    inserted = []
    for j in range(len(new)):
        if j not in kept_new:
            before = next((i for i, paired in pairs if paired > j), len(old))
            inserted.append((before, j))
    changed = [(i, j) for i, j in pairs if old_whole[i] != new_whole[j]]
    return Plan(changed, inserted, [i for i in range(len(old)) if i not in kept_old])


def _by_place(
    old: list[Plain], new: list[Plain], gap: tuple[int, int, int, int], identity: tuple[str, ...]
) -> list[tuple[int, int]]:
    i, old_end, j, new_end = gap
    pairs = []
    while i < old_end and j < new_end:
        if _same_item(old[i], new[j], identity):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif old_end - i >= new_end - j:
            i += 1
        else:
            j += 1
    return pairs


def _same_item(one: Plain, other: Plain, identity: tuple[str, ...]) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        keys = identity or _usual(one)
        if not keys:
            return True
        rest = [{key: value for key, value in item.items() if key not in keys} for item in (one, other)]
        return _frozen(rest[0]) == _frozen(rest[1])
    return not isinstance(one, (dict, list)) and not isinstance(other, (dict, list))


def _usual(item: dict[str, Plain]) -> tuple[str, ...]:
    return next((keys for keys in _USUAL_IDENTITIES if all(key in item for key in keys)), ())


def _identity(value: Plain, identity: tuple[str, ...]) -> str:
    if isinstance(value, dict):
        keys = identity or _usual(value)
        if keys and any(key in value for key in keys):
            return _frozen([value.get(key) for key in keys])
    return "=" + _frozen(value)


def _frozen(value: Plain) -> str:
    return json.dumps(value, sort_keys=True)


def _gaps(
    pairs: list[tuple[int, int]], old_end: int, new_end: int, into: list[tuple[int, int]], old: int = 0, new: int = 0
) -> list[tuple[int, int, int, int]]:
    """The stretches between the pairs, which are added to `into`."""
    gaps = []
    for i, j in [*pairs, (old_end, new_end)]:
        if i > old or j > new:
            gaps.append((old, i, new, j))
        old, new = i + 1, j + 1
    into += pairs
    return gaps


def _common(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """The longest common subsequence, as index pairs."""
    start = 0
    while start < len(old) and start < len(new) and old[start] == new[start]:
        start += 1
    end = 0
    while end < len(old) - start and end < len(new) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    lengths = [[0] * (len(inner_new) + 1) for _ in range(len(inner_old) + 1)]
    for i in range(len(inner_old) - 1, -1, -1):
        for j in range(len(inner_new) - 1, -1, -1):
            if inner_old[i] == inner_new[j]:
                lengths[i][j] = lengths[i + 1][j + 1] + 1
            else:
                lengths[i][j] = max(lengths[i + 1][j], lengths[i][j + 1])
    pairs = [(i, i) for i in range(start)]
    i = j = 0
    while i < len(inner_old) and j < len(inner_new):
        if inner_old[i] == inner_new[j]:
            pairs.append((start + i, start + j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs + [(len(old) - end + k, len(new) - end + k) for k in range(end)]
