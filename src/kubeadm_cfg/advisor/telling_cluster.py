"""All advice for some files in words and as HTML: what would change and why, what may stay, what else to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubeadm_cfg.advisor.telling import headline, reasons_for
from kubeadm_cfg.advisor.wording import Language, phrase
from kubeadm_cfg.report import masked

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.cluster import ClusterAdvice, Proposal

__all__ = ["as_html", "explained"]


def explained(found: ClusterAdvice, language: Language) -> str:
    """The changes with their reasons, then what may stay, then what is not for these files to say.

    Raises:
        ValueError: a language there is no wording in.
    """
    changes = [_change(number, one, language) for number, one in enumerate(found.changes, 1)]
    quiet = [one for one in found.proposals if not one.files]
    parts = [
        phrase("cluster.files", language, files=", ".join(file.name for file in found.files)),
        "\n\n".join([phrase("cluster.changes", language), *changes]) if changes else phrase("cluster.none", language),
        _list("cluster.stays", [one for one in quiet if _is_said(one)], language),
        _list("cluster.besides", [one for one in quiet if not _is_said(one)], language),
    ]
    return "\n\n".join(part for part in parts if part)


def _is_said(one: Proposal) -> bool:
    """Whether the files say already what is advised, or may go on saying what they do."""
    return bool(one.keeps) or (one.is_written and not one.problems)


def _change(number: int, one: Proposal, language: Language) -> str:
    lines = [f"{number}. {headline(one.advice, language)}"]
    lines += [f"   {each.in_language(language)}" for each in one.objections]
    lines += [f"   {text}" for text in (reasons_for(one.advice, language),) if text]
    return "\n".join([*lines, *_remarks(one, language)])


def _list(name: str, proposals: list[Proposal], language: Language) -> str:
    lines = [phrase(name, language)]
    for one in proposals:
        if one.keeps:
            lines += [f"- {path}: {value}" for path, value in one.keeps.items()]
            continue
        lines.append(f"- {headline(one.advice, language)}")
        if not _is_said(one):
            lines += [f"   {each.in_language(language)}" for each in (*one.objections, *one.advice.reasons)]
        lines += _remarks(one, language)
    return "\n".join(lines) if proposals else ""


def _remarks(one: Proposal, language: Language) -> Iterator[str]:
    yield from (f"   - {warning.in_language(language)}" for warning in one.advice.warnings)
    yield from (f"   - {problem.message}" for problem in one.problems)


def as_html(found: ClusterAdvice) -> str:
    """The explanation and the differences for notebooks."""
    from html import escape

    text, diff = escape(explained(found, "en")), escape(masked(found.diff()))
    return f'<div style="white-space:pre-wrap">{text}</div>' + (f"<pre>{diff}</pre>" if diff else "")
