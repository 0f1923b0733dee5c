"""The rows of the selection tables, a class for each table, and the texts of those that have one. No contents."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

import attrs

from kubeadm_cfg.advisor.table import Language, Row, Table, Wording

__all__ = [
    "Backend",
    "CommonProblem",
    "Example",
    "Examples",
    "FieldNote",
    "NetworkNote",
    "ProxyMode",
    "RelatedFile",
    "Scheduler",
    "Selection",
    "Trait",
    "TroubleshootingCommand",
]

TRAITS: Final = Wording("特点", "Traits")
SCENARIOS: Final = Wording("适用场景", "Suited to")
PRINCIPLE: Final = Wording("原理", "Principle")
PROS: Final = Wording("优点", "Advantages")
CONS: Final = Wording("缺点", "Drawbacks")
SCENARIO: Final = Wording("适用", "Suited to")
CORRECTION: Final = Wording("更正", "Correction")
_COLON: Final = {"zh": "：", "en": ": "}


@attrs.frozen
class Trait:
    """A trait of a proxy mode, and the schedulers it names."""

    id: str
    text: Wording
    schedulers: tuple[str, ...] = ()


@attrs.frozen
class ProxyMode(Row):
    """A mode of kube-proxy: its traits, what it suits, and stars from 1 to 5."""

    heading: Wording
    labels: tuple[str, ...]
    yaml: str
    traits: tuple[Trait, ...]
    scenarios: tuple[Wording, ...]
    performance: int
    compatibility: int
    features: int
    recommendation: int
    scenario: Wording

    def to_markdown(self, language: Language = "en") -> str:
        """Everything said of the mode, its corrections at the end.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.
        """
        parts = [fenced("yaml", self.yaml), _list(TRAITS, [trait.text for trait in self.traits], language)]
        if self.scenarios:
            parts.append(_list(SCENARIOS, self.scenarios, language))
        return "\n".join([f"### {self.heading[language]}\n", *parts, noted(self, language)])


@attrs.frozen
class Scheduler(Row):
    """A scheduler of IPVS; `in_guide` says whether the guide's list names it, `since` is the first minor of kube-proxy.

    `kernel` is the first kernel that has it, where that is no kernel older than any node; it was not verified.
    """

    long: Wording
    does: Wording
    suits: Wording
    since: str
    kernel: str | None
    in_guide: bool


@attrs.frozen
class NetworkNote(Row):
    """What a range is for, which one is recommended, or what to be careful of."""

    sort: Literal["field", "recommendation", "caution"]
    heading: Wording
    path: str | None
    value: str | None
    text: Wording
    commands: tuple[str, ...] = ()


@attrs.frozen
class Backend(Row):
    """A backend of flannel: how it works, for and against it, and where it belongs."""

    heading: Wording
    labels: tuple[str, ...]
    json_text: str
    principle: Wording
    pros: tuple[Wording, ...]
    cons: tuple[Wording, ...]
    scenario: Wording

    @property
    def net_conf(self) -> dict[str, Any]:
        """The part of net-conf.json that chooses it, a new dict each time."""
        found: dict[str, Any] = json.loads(self.json_text)
        return found

    def to_markdown(self, language: Language = "en") -> str:
        """Everything said of the backend, its corrections at the end.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.
        """
        told = [(PRINCIPLE, (self.principle,)), (PROS, self.pros), (CONS, self.cons), (SCENARIO, (self.scenario,))]
        lines = [f"- {title[language]}{_COLON[language]}{text[language]}" for title, texts in told for text in texts]
        head = f"### {self.heading[language]}\n"
        return "\n".join([head, fenced("json", self.json_text), *lines, "", noted(self, language)])


@attrs.frozen
class Selection(Row):
    """The backend for one environment; the verdict is ``use``, or ``avoid`` for the backend to keep away from."""

    environment: Wording
    backend: str
    reason: Wording
    verdict: Literal["use", "avoid"]


@attrs.frozen
class FieldNote(Row):
    """A field of the guide's files: the document it stands in, its value there, and what the guide says of it."""

    document: str
    path: str
    value: str | int | tuple[str, ...] | None
    note: Wording | None
    advice_id: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The id, the id of the advice, the path: the first row that has it is meant."""
        return tuple(name for name in (self.id, self.advice_id, self.path) if name)

    @property
    def shown_value(self) -> str:
        """The value as YAML has it; empty where the guide gives none."""
        match self.value:
            case None:
                return ""
            case tuple():
                return f"[{', '.join(self.value)}]"
            case _:
                return str(self.value)


@attrs.frozen
class TroubleshootingCommand(Row):
    """A command to run when something is wrong, and what it shows; `condition` is when it makes sense."""

    group: str
    group_heading: Wording
    checks: Wording
    condition: str | None

    @property
    def command(self) -> str:
        """The command line; a row is found by it."""
        return self.id


@attrs.frozen
class CommonProblem(Row):
    """A problem that is often met, and what the guide says to do about it."""

    name: Wording
    advice: Wording


@attrs.frozen
class RelatedFile(Row):
    """A file that belongs to the cluster, found by its name."""

    text: Wording


@attrs.frozen
class Example(Row):
    """A file, document or section of the guide, word for word with its comments."""

    heading: Wording
    language: Literal["yaml", "json"]
    text: str

    def to_markdown(self, language: Language = "en") -> str:
        """The example under its heading, its corrections at the end.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.
        """
        head = f"### {self.heading[language]} (`{self.id}`)\n"
        return "\n".join([head, fenced(self.language, self.text), noted(self, language)])


@attrs.frozen
class Examples(Table[Example]):
    """Examples, shown below each other in Markdown because their texts have many lines."""

    def to_markdown(self, language: Language = "en") -> str:
        """Every example under its heading.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.
        """
        return "\n".join(row.to_markdown(language) for row in self.rows)


def fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


def noted(row: Row, language: Language) -> str:
    """The corrections of a row as quotations, each with its id and dates."""
    lines = []
    for correction in row.corrections:
        dates = correction.dates(language)
        head = f"**{CORRECTION[language]}** `{correction.id}`" + (f" ({dates})" if dates else "")
        lines.append(f"> {head}{_COLON[language]}{correction.fact[language]}\n")
    return "\n".join(lines)


def _list(title: Wording, texts: tuple[Wording, ...] | list[Wording], language: Language) -> str:
    return "\n".join([f"**{title[language]}**\n", *(f"- {text[language]}" for text in texts), ""])
