"""Decision tables: scores as they write them, rules that hold or do not, and the ranking that follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

__all__ = ["Ranking", "Rules", "excluded_by", "holding", "ranked", "scores"]

C = TypeVar("C")

Ranking = tuple[tuple[str, int | str], ...]
Rules = Mapping[str, Callable[[C], bool]]
"""Reason id -> whether it applies to what was asked."""


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


def holding(rules: Rules[C], asked: C) -> list[str]:
    """The ids of the rules that hold, in the order of the table."""
    return [name for name, holds in rules.items() if holds(asked)]


def excluded_by(rules: Mapping[str, Rules[C]], asked: C) -> dict[str, str]:
    """Each option that is excluded, with the id of its first rule that holds."""
    found = ((option, holding(of_option, asked)) for option, of_option in rules.items())
    return {option: names[0] for option, names in found if names}


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
