"""Where a new key goes among its siblings: the kind's order, or by name. Keys only."""

from __future__ import annotations

from typing import Final

from kubeadm_cfg.source.nodes import Mapping
from kubeadm_cfg.source.shape import Shape

__all__ = ["position_of"]

_META: Final = {"apiVersion": -3, "kind": -2, "metadata": -1}


def position_of(mapping: Mapping, key: str, shape: Shape | None, by_name: bool, *, is_root: bool) -> int:
    """Where a new key goes: where the fewest siblings end up on the wrong side of the kind's order."""
    keys = [entry.key for entry in mapping.entries]
    order = shape.order if shape else None
    if by_name or (shape is not None and order is None):
        if not by_name and (len(keys) < 2 or keys != sorted(keys)):
            return len(keys)
        return _fewest_wrong([*keys], key)
    ranks = dict(order or {})
    if is_root:
        ranks.update(_META)
    if key not in ranks:
        return len(keys)
    return _fewest_wrong([ranks.get(name) for name in keys], ranks[key])


def _fewest_wrong(siblings: list[str | int | None], new: str | int) -> int:
    smaller = [rank is not None and rank < new for rank in siblings]  # type: ignore[operator]  # all of one type
    larger = [rank is not None and rank > new for rank in siblings]  # type: ignore[operator]  # likewise
    costs = [sum(larger[:index]) + sum(smaller[index:]) for index in range(len(siblings) + 1)]
    least = min(costs)
    best = [index for index, cost in enumerate(costs) if cost == least]
    return next((index for index in best if index and smaller[index - 1]), best[0])
