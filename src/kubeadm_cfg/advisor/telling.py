"""Advice in words: the explanation in both languages, the comment above what is written, HTML. It decides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kubeadm_cfg.advisor.wording import Language, Reason, has_phrase, phrase

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.advice import Advice

__all__ = ["as_html", "comment_for", "explained", "headline", "reasons_for"]


def explained(advice: Advice, language: Language) -> str:
    """The choice first, then why, what else there is, what was ruled out, what to look at, and what will be written.

    Raises:
        ValueError: a language there is no wording in.
    """
    parts = (
        headline(advice, language),
        reasons_for(advice, language),
        _others(advice, language),
        _ruled_out(advice, language),
        _listed("look", (warning.in_language(language) for warning in advice.warnings), language),
        _written(advice, language),
    )
    return "\n\n".join(part for part in parts if part)


def headline(advice: Advice, language: Language) -> str:
    """The choice as one sentence, and a second one on what it is where there is one."""
    about = {"choice": advice.choice, **advice.about}
    first = f"{advice.function}.{'choice' if advice.choice is not None else 'none'}"
    sentences = [phrase(first, language, **about)] if has_phrase(first) else []
    return _joined([*sentences, *_on_choice(advice, language)], language)


def _on_choice(advice: Advice, language: Language) -> list[str]:
    """What the choice is, where it is one of several options and there is a sentence on it."""
    name = f"{advice.function}.{advice.choice}"
    return [phrase(name, language)] if advice.ranking and has_phrase(name) else []


def comment_for(advice: Advice, comment: bool | Language, objections: Sequence[Reason] = ()) -> str | None:
    """Why, in one line, if it is wanted: what speaks against the old value, what the new one is, or why it was chosen.

    Raises:
        ValueError: a language there is no wording in.
    """
    if not comment:
        return None
    language: Language = "en" if comment is True else comment
    said = [
        *(one.in_language(language) for one in objections),
        *_on_choice(advice, language),
        *(one.in_language(language) for one in _leading(advice)),
    ]
    return said[0] if said else headline(advice, language)


def _leading(advice: Advice) -> list[Reason]:
    """The reasons that rule nothing out, the weightiest first."""
    ruling_out = {why for _, why in advice.ranking if isinstance(why, str)}
    return sorted((one for one in advice.reasons if one.id not in ruling_out), key=lambda one: -one.weight)


def reasons_for(advice: Advice, language: Language) -> str:
    """Why, as one paragraph."""
    said = (one for one in _leading(advice) if advice.choice is not None or one.weight > 1)
    sentences = [one.in_language(language) for one in said]
    seed = next((one.overrides for one in advice.reasons if one.overrides), None)
    if seed is not None:
        named = phrase(f"seed.{seed}", language) if has_phrase(f"seed.{seed}") else seed
        sentences.append(phrase("override", language, seed=named))
    return phrase("why", language, sentences=_joined(sentences, language)) if sentences else ""


def _joined(sentences: Iterable[str], language: Language) -> str:
    return ("" if language == "zh" else " ").join(sentences)


def _others(advice: Advice, language: Language) -> str:
    groups: dict[int, list[str]] = {}
    for option, score in advice.ranking[1:]:
        if isinstance(score, int):
            groups.setdefault(score, []).append(option)
    comma, semicolon = ("、", "；") if language == "zh" else (", ", "; ")
    scored = (phrase("scored", language, options=comma.join(names), score=score) for score, names in groups.items())
    return phrase("others", language, options=semicolon.join(scored)) if groups else ""


def _ruled_out(advice: Advice, language: Language) -> str:
    sentences = {one.id: one.in_language(language) for one in advice.reasons}
    options: dict[str, list[str]] = {}
    for option, why in advice.ranking:
        if isinstance(why, str):
            options.setdefault(why, []).append(option)
    comma, colon = ("、", "：") if language == "zh" else (", ", ": ")
    lines = (comma.join(names) + colon + sentences[why] for why, names in options.items())
    return _listed("ruled-out", lines, language)


def _listed(name: str, lines: Iterable[str], language: Language) -> str:
    found = [f"- {line}" for line in lines]
    return "\n".join([phrase(name, language), *found]) if found else ""


def _written(advice: Advice, language: Language) -> str:
    if not advice.settings:
        return phrase("nothing-written", language)
    return _listed("written", (f"{path}: {shown(value)}" for path, value in advice.settings.items()), language)


def shown(value: Any) -> str:
    """A value as a configuration file would have it on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_html(advice: Advice) -> str:
    """The advice as a table for notebooks: the ranking, and every reason and warning with its source."""
    from html import escape

    ranking = "".join(
        f"<tr><td>{escape(option)}</td><td>{'★' * score if isinstance(score, int) else escape(score)}</td></tr>"
        for option, score in advice.ranking
    )
    facts = "".join(
        f"<li>{'⚠ ' if one in advice.warnings else ''}{escape(one.text)} <small>({escape(one.source)})</small></li>"
        for one in (*advice.reasons, *advice.warnings)
    )
    return f"<p><b>{escape(headline(advice, 'en'))}</b></p><table>{ranking}</table><ul>{facts}</ul>"
