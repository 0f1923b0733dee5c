"""Where the shipped facts are read: JSON files of `data/`, each when it is asked for. What they say is for others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

__all__ = ["Lazily", "read_facts"]

# Not by importlib.resources, which takes longer to import than most facts to read.
_DATA: Final = Path(__file__).parent / "data"
T = TypeVar("T")


def read_facts(name: str) -> Any:
    """The content of a JSON file of `data/`.

    >>> sorted(read_facts("flags/kubelet.json")["max-pods"])[:2]
    ['config_field', 'default']
    """
    return json.loads((_DATA / name).read_bytes())


class Lazily(Mapping[str, T], Generic[T]):
    """A mapping whose values are made from facts when they are looked up, and then kept."""

    def __init__(self, facts: Mapping[str, Any], make: Callable[[str, Any], T]) -> None:
        self._facts = facts
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            self._made[name] = self._make(name, self._facts[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)
