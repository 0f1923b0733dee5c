"""What every reason and warning says in both languages, with its source, read from data/advice. No rule lives here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import attrs

from kubeadm_cfg.advisor.table import LANGUAGES, Language

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.asking import Kubernetes

__all__ = ["Language", "Reason", "about_minor", "has_phrase", "phrase", "reason", "reasons_by_id", "with_override"]


@attrs.frozen
class Reason:
    """One fact that speaks for the choice, rules an option out, or wants a look.

    >>> reason("kernelspace-default-1.26").text
    'kernelspace is the default on Windows since 1.26, and the only mode there is.'
    """

    id: str
    """Public and stable, such as ``nftables-ga-1.33``."""
    text: str
    """The fact as an English sentence."""
    source: str
    """Where the fact is written down upstream."""
    weight: int = 2
    """3: it decides or rules out; 2: it counts; 1: good to know."""
    overrides: str | None = None
    """The entry of the selection tables that this newer fact corrects."""
    text_zh: str = ""
    """The same sentence in Chinese."""

    def __str__(self) -> str:
        return self.text

    def in_language(self, language: Language) -> str:
        """The sentence in English ("en") or Chinese ("zh").

        Raises:
            ValueError: another language.
        """
        _check(language)
        return self.text_zh if language == "zh" else self.text

    def to_dict(self) -> dict[str, Any]:
        """The reason as plain data; `overrides` only where there is one."""
        data = {"id": self.id, "text": self.text, "text_zh": self.text_zh, "source": self.source, "weight": self.weight}
        return data | ({"overrides": self.overrides} if self.overrides else {})


@cache
def _tables() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"reasons": {}, "phrases": {}}
    folder = files("kubeadm_cfg").joinpath("data/advice")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for section, entries in json.loads(file.read_text("utf-8")).items():
            if section in found:
                found[section] |= entries
    return found


def reasons_by_id() -> Mapping[str, Mapping[str, Any]]:
    """Every id with its wording in both languages, its source and its weight."""
    return _tables()["reasons"]


def reason(name: str, **values: Any) -> Reason:
    """The reason of that id, its sentences filled with `values`."""
    entry = reasons_by_id()[name]
    return Reason(
        id=name,
        text=entry["en"].format(**values),
        source=entry["source"],
        weight=entry["weight"],
        text_zh=entry["zh"].format(**values),
    )


def about_minor(kubernetes: Kubernetes) -> tuple[Reason, ...]:
    """The warning that a minor newer than any known was asked for, when it was."""
    if kubernetes.unknown is None:
        return ()
    return (reason("minor-unknown", asked=kubernetes.unknown, newest=kubernetes),)


def with_override(reasons: tuple[Reason, ...], seed: str, *preferred: str) -> tuple[Reason, ...]:
    """The reasons, one of them marked as what overrides the entry `seed` of the selection tables.

    It is the first of `preferred` that is there, else the one of most weight.
    """
    order = {name: place for place, name in enumerate(preferred)}
    chosen = min(reasons, key=lambda one: (order.get(one.id, len(order)), -one.weight))
    return tuple(attrs.evolve(one, overrides=seed) if one.id == chosen.id else one for one in reasons)


def has_phrase(name: str) -> bool:
    """Whether there is a sentence of that name."""
    return name in _tables()["phrases"]


def phrase(name: str, language: Language, **values: Any) -> str:
    """A sentence of an explanation by its name, such as ``proxy_mode.choice``.

    Raises:
        ValueError: a language there is no wording in.
    """
    _check(language)
    text: str = _tables()["phrases"][name][language]
    return text.format(**values)


def _check(language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f'the language is "en" or "zh", not {language!r}')
