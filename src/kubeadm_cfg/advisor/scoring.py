"""Scores as decision tables write them, and the ranking that follows from scores and exclusions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["Ranking", "ranked", "scores"]

Ranking = tuple[tuple[str, int | str], ...]


def scores(row: str) -> dict[str, int]:
    """A row of a table: each number is the score of the names before it.

    >>> scores("rr5 wrr4 lc wlc3")
    {'rr': 5, 'wrr': 4, 'lc': 3, 'wlc': 3}
    """
    found: dict[str, int] = {}
    waiting: list[str] = []
    for part in row.split():
        name, score = re.fullmatch(r"([a-z-]+?)([0-9]?)", part).groups()  # type: ignore[union-attr]  # a table of ours
        waiting.append(name)
        if score:
            found |= dict.fromkeys(waiting, int(score))
            waiting = []
    return found


def ranked(options: Sequence[str], points: Mapping[str, int], excluded: Mapping[str, str]) -> Ranking:
    """The options that are left, best first, then those excluded with the id of the reason.

    Of equal scores the earlier option wins.

    >>> ranked(["ipvs", "iptables", "userspace"], {"ipvs": 4, "iptables": 5}, {"userspace": "userspace-removed-1.26"})
    (('iptables', 5), ('ipvs', 4), ('userspace', 'userspace-removed-1.26'))
    """
    left = sorted((option for option in options if option not in excluded), key=lambda option: -points[option])
    return (
        *((option, points[option]) for option in left),
        *((option, excluded[option]) for option in options if option in excluded),
    )
