"""A table of rows in Chinese and English, and its forms: Markdown, HTML, rich, plain data. No contents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeAlias, TypeVar, overload

import attrs

if TYPE_CHECKING:
    from rich.table import Table as RichTable

__all__ = ["Column", "Correction", "Date", "Language", "Row", "Table", "Wording", "display_width"]

Language: TypeAlias = Literal["zh", "en"]
ShownAs: TypeAlias = Literal["text", "bold", "code", "block", "stars"]
LANGUAGES: Final = ("zh", "en")
STAR: Final = "⭐"
_BETWEEN: Final = {"zh": "；", "en": "; "}

_Default = TypeVar("_Default")


@attrs.frozen
class Wording:
    """A text in Chinese and in English; ``str`` gives the English one.

    >>> Wording("轮询", "round robin")["zh"]
    '轮询'
    """

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        if language not in LANGUAGES:
            raise ValueError(f"{language!r} is no language of the tables: 'zh' or 'en'")
        text: str = getattr(self, language)
        return text

    def __str__(self) -> str:
        return self.en


CORRECTIONS: Final = Wording("更正", "Corrections")


@attrs.frozen
class Date:
    """When something became so: the event and the version or day."""

    event: Literal[
        "alpha",
        "beta",
        "stable",
        "default",
        "changed",
        "warned",
        "gated",
        "deprecated",
        "superseded",
        "removed",
        "added",
        "checked",
        "last_release_with",
        "end_of_life",
    ]
    version: str

    def shown(self, language: Language) -> str:
        """The date as words.

        >>> Date("removed", "1.26").shown("zh")
        '1.26 移除'
        """
        return _EVENTS[self.event][language].format(self.version)


_EVENTS: Final = {
    "alpha": Wording("{} alpha", "alpha in {}"),
    "beta": Wording("{} beta", "beta in {}"),
    "stable": Wording("{} 稳定", "stable in {}"),
    "default": Wording("{} 起为默认", "default since {}"),
    "changed": Wording("{} 变更", "changed in {}"),
    "warned": Wording("{} 起告警", "warns since {}"),
    "gated": Wording("{} 起有特性门控", "behind a gate since {}"),
    "deprecated": Wording("{} 废弃", "deprecated in {}"),
    "superseded": Wording("{} 被取代", "superseded in {}"),
    "removed": Wording("{} 移除", "removed in {}"),
    "added": Wording("{} 加入", "added in {}"),
    "checked": Wording("{} 起检查", "checked since {}"),
    "last_release_with": Wording("{} 是最后支持的版本", "last in {}"),
    "end_of_life": Wording("{} 停止维护", "end of life {}"),
}


@attrs.frozen
class Row:
    """A row: what it is found by, and what has to be said of it since the table was written."""

    id: str
    corrections: tuple[Correction, ...] = attrs.field(default=(), kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the row is found by, its id first."""
        return (self.id,)

    def to_dict(self) -> dict[str, Any]:
        """The row as plain data, ready for JSON."""
        return _plain(self)

    def cells(self, columns: tuple[Column, ...], language: Language) -> list[str]:
        """The texts of the row, column by column."""
        return [column.text(self, language) for column in columns]


@attrs.frozen
class Correction(Row):
    """What is known better today about one entry: the verdict on it, the fact, its dates and where it is written.

    `applies_to` is the id of the entry.
    """

    applies_to: str
    verdict: Verdict
    fact: Wording
    since: tuple[Date, ...]
    source: tuple[str, ...]

    @property
    def judgement(self) -> Wording:
        """The verdict as words."""
        return _VERDICTS[self.verdict]

    def dates(self, language: Language) -> str:
        """The dates as words, empty where the fact has none."""
        return _text(tuple(date.shown(language) for date in self.since), language)


Verdict: TypeAlias = Literal[
    "wrong",
    "inaccurate",
    "inconsistent",
    "misleading",
    "against-default",
    "aged",
    "removed",
    "missing",
    "incomplete",
    "version-dependent",
    "true-until",
    "caution",
    "clarify",
    "advice",
    "confirmed",
]
_VERDICTS: Final[dict[Verdict, Wording]] = {
    "wrong": Wording("有误", "wrong"),
    "inaccurate": Wording("不准确", "inaccurate"),
    "inconsistent": Wording("前后不一致", "inconsistent"),
    "misleading": Wording("易误解", "misleading"),
    "against-default": Wording("与默认值相反", "against the default"),
    "aged": Wording("已过时", "aged"),
    "removed": Wording("已移除", "removed"),
    "missing": Wording("缺少", "missing"),
    "incomplete": Wording("不完整", "incomplete"),
    "version-dependent": Wording("取决于版本", "depends on the version"),
    "true-until": Wording("目前成立", "true so far"),
    "caution": Wording("注意", "caution"),
    "clarify": Wording("说明", "to be clear"),
    "advice": Wording("建议", "advice"),
    "confirmed": Wording("属实", "confirmed"),
}


@attrs.frozen
class Column:
    """A column: the attribute of the rows that it shows, its title, and how the value is shown.

    `dashes` is the length of the line below the Chinese title where the guide draws it otherwise than all its tables.
    """

    key: str
    title: Wording
    shown_as: ShownAs = "text"
    dashes: int | None = None

    def line(self, language: Language) -> str:
        """What stands below the title in Markdown."""
        drawn = self.dashes if language == "zh" else None
        return "-" * (drawn or display_width(self.title[language]) + 2)

    def text(self, row: Row, language: Language) -> str:
        """The cell of a row, without marks for bold or code."""
        value = getattr(row, self.key)
        if self.shown_as == "stars":
            return STAR * int(value)
        return _text(value, language)


R_co = TypeVar("R_co", bound=Row, covariant=True)


@attrs.frozen
class Table(Generic[R_co]):
    """Rows in their order, found by id, shown in either language.

    >>> from kubeadm_cfg.advisor.tables import PROXY_MODES
    >>> PROXY_MODES["ipvs"].recommendation
    5
    >>> [mode.id for mode in PROXY_MODES]
    ['ipvs', 'iptables', 'userspace', 'kernelspace']
    """

    id: str
    heading: Wording
    columns: tuple[Column, ...] = attrs.field(repr=False)
    rows: tuple[R_co, ...] = attrs.field(repr=False)
    intro: Wording | None = attrs.field(default=None, repr=False)
    corrections: tuple[Correction, ...] = attrs.field(default=(), repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the rows, in their order."""
        return tuple(row.id for row in self.rows)

    @property
    def all_corrections(self) -> tuple[Correction, ...]:
        """The corrections of the table and of its rows, each once."""
        found = [*self.corrections, *(correction for row in self.rows for correction in row.corrections)]
        return tuple({correction.id: correction for correction in found}.values())

    def __iter__(self) -> Iterator[R_co]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __getitem__(self, key: str) -> R_co:
        row = self.get(key)
        if row is not None:
            return row
        raise KeyError(f"{key!r} is no row of {self.id}: {', '.join(self.ids)}")

    @overload
    def get(self, key: str) -> R_co | None: ...
    @overload
    def get(self, key: str, default: _Default) -> R_co | _Default: ...
    def get(self, key: str, default: object = None) -> object:
        """The row of that id, or the default."""
        return next((row for row in self.rows if key in row.names), default)

    def to_dict(self) -> dict[str, Any]:
        """Everything the table holds as plain data, ready for JSON, both languages beside each other.

        >>> from kubeadm_cfg.advisor.tables import BACKEND_SELECTION
        >>> BACKEND_SELECTION.to_dict()["rows"][1]["reason"]
        {'zh': '性能最佳', 'en': 'Best performance'}
        """
        return _plain(self)

    def to_markdown(self, language: Language = "en") -> str:
        """The table in Markdown.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.

        >>> from kubeadm_cfg.advisor.tables import BACKEND_SELECTION
        >>> print(BACKEND_SELECTION.to_markdown("zh").splitlines()[2])
        | 云主机/跨三层网络 | vxlan | 兼容性最好，无需额外配置 |
        """
        titles = [column.title[language] for column in self.columns]
        rule = "|".join(column.line(language) for column in self.columns)
        body = [_line(map(_marked, self.columns, row.cells(self.columns, language))) for row in self.rows]
        return "\n".join([_line(titles), f"|{rule}|", *body]) + "\n"

    def to_html(self, language: Language = "en") -> str:
        """The table in HTML, its heading as the caption, its corrections folded below it.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.
        """
        head = "".join(f"<th>{escape(column.title[language])}</th>" for column in self.columns)
        body = "".join(
            f"<tr>{''.join(map(_html_cell, self.columns, row.cells(self.columns, language)))}</tr>\n"
            for row in self.rows
        )
        return (
            f'<table lang="{language}">\n<caption>{escape(self.heading[language])}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>{self._folded(language)}"
        )

    def _folded(self, language: Language) -> str:
        items = "".join(
            f"<li><code>{escape(one.id)}</code> {escape(one.fact[language])}</li>\n" for one in self.all_corrections
        )
        title = f"{CORRECTIONS[language]} ({len(self.all_corrections)})"
        return f"\n<details><summary>{title}</summary>\n<ul>\n{items}</ul>\n</details>" if items else ""

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_rich(self, language: Language = "en") -> RichTable:
        """The table for a terminal (extra `cli`), the ids of its corrections below it.

        Raises:
            ValueError: the language is neither ``"zh"`` nor ``"en"``.
            ModuleNotFoundError: rich is not installed.
        """
        try:
            from rich.table import Table as RichTable
            from rich.text import Text
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "a table for a terminal needs rich; it comes with: pip install 'kubeadm-cfg[cli]'",
                name=error.name,
            ) from error

        ids = ", ".join(correction.id for correction in self.all_corrections)
        table = RichTable(title=self.heading[language], caption=f"{CORRECTIONS[language]}: {ids}" if ids else None)
        for column in self.columns:
            table.add_column(column.title[language], style=_STYLES.get(column.shown_as, ""), overflow="fold")
        for row in self.rows:
            table.add_row(*map(Text, row.cells(self.columns, language)))
        return table


_STYLES: Final = {"bold": "bold", "code": "cyan", "block": "cyan"}
_MARKS: Final = {"bold": "**", "code": "`"}
_TAGS: Final = {"bold": "<b>{}</b>", "code": "<code>{}</code>", "block": "<pre>{}</pre>"}


def _plain(found: Row | Table[Any]) -> dict[str, Any]:
    def listed(_owner: object, _attribute: object, value: object) -> object:
        return list(value) if isinstance(value, tuple) else value

    return attrs.asdict(found, value_serializer=listed)


def display_width(text: str) -> int:
    """The columns a text takes where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _text(value: object, language: Language) -> str:
    match value:
        case None:
            return ""
        case Wording():
            return value[language]
        case tuple():
            return _BETWEEN[language].join(_text(part, language) for part in value)
        case _:
            return str(value)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"


def _marked(column: Column, cell: str) -> str:
    mark = _MARKS.get(column.shown_as, "") if cell else ""
    return f"{mark}{cell}{mark}"


def _html_cell(column: Column, cell: str) -> str:
    return f"<td>{_TAGS.get(column.shown_as, '{}').format(escape(cell)) if cell else ''}</td>"
