"""Writes docs/explanation-selection*.md from the selection tables and the advice. `--check` exits 1 when stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from kubeadm_cfg.advise import tables
from kubeadm_cfg.advisor.table import Language, Wording
from kubeadm_cfg.charts.comparing import Comparison, of_backends, of_modes_by_minor
from kubeadm_cfg.deployment.tabular import as_markdown

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES: dict[Language, str] = {"en": "explanation-selection.md", "zh": "explanation-selection.zh.md"}

TITLE = Wording("选型表，以及事实如何更正它", "The selection tables, and how facts correct them")
OPENING = Wording(
    """\
`kc.advise.tables` 把一份 kubeadm 配置指南的全部选型表保存为数据，中文一字不改，旁边是英文。指南写成之后，Kubernetes 和
flannel 都变了，所以每一行旁边都有带日期和来源的更正；`kc.advise` 的建议以指南的星级为起点，再由这些事实改写。
本页由这些数据生成。""",
    """\
`kc.advise.tables` holds every selection table of a kubeadm guide as data, its Chinese word for word with English
beside it. Kubernetes and flannel have changed since the guide was written, so each row carries its corrections, with
dates and sources. The advice of `kc.advise` begins with the guide's stars and lets those facts overrule them. This page
is made from that data.""",
)
BY_MINOR = Wording("每个版本的建议", "What is advised in each minor")
BY_MINOR_TEXT = Wording(
    "`kc.advise.proxy_mode` 在 Linux 上给出的分数，没有其他条件。粗体是建议的模式，`–` 表示不可用。",
    "The scores that `kc.advise.proxy_mode` gives on Linux when nothing else is known. Bold is what it chooses, `–`\n"
    "is not available.",
)
BY_ENVIRONMENT = Wording("每种环境的建议", "What is advised in each environment")
BY_ENVIRONMENT_TEXT = Wording(
    "`kc.advise.flannel_backend` 给出的分数。粗体是建议的 Backend，`–` 表示不可用或不适合。",
    "The scores that `kc.advise.flannel_backend` gives. Bold is what it chooses, `–` is not available or does not fit.",
)
PICTURE = Wording("同样的内容可以画成图：", "The same as a picture:")
RELEASES = ("v0.19.2", "v0.28.9")
SCHEDULERS = Wording(
    "`kc.advise.ipvs_scheduler` 从中选择；前十个是指南列出的，其余从 1.27 起可用。",
    "`kc.advise.ipvs_scheduler` chooses among them. The guide names the first ten; the others are taken since 1.27.",
)
SOURCES = Wording("更正的日期和来源", "Dates and sources of the corrections")
DATE = Wording("日期", "date")
MINOR, ENVIRONMENT = Wording("版本", "minor"), Wording("环境", "environment")


def page(language: Language) -> str:
    """The whole page."""
    return "\n".join(part.rstrip("\n") + "\n" for part in parts(language) if part)


def parts(language: Language) -> Iterator[str]:
    """The page piece by piece."""
    yield f"# {TITLE[language]}"
    yield OPENING[language]
    yield from modes(language)
    yield from networks(language)
    yield from backends(language)
    yield from rest(language)


def modes(language: Language) -> Iterator[str]:
    """kube-proxy: the guide's table, its rows, what is advised by minor, the schedulers."""
    yield f"## {tables.PROXY_MODES.heading[language]}"
    yield tables.PROXY_MODES.to_markdown(language)
    yield noted(tables.PROXY_MODES.corrections, language)
    for mode in tables.PROXY_MODES:
        yield mode.to_markdown(language)
    yield f"## {BY_MINOR[language]}"
    yield BY_MINOR_TEXT[language]
    for environment in ("production", "development"):
        found = of_modes_by_minor(environment)  # type: ignore[arg-type]  # one of its words
        yield f"**{found.heading[language]}**"
        yield scores(found, MINOR[language], language, without=("kernelspace",))
    yield picture("modes_by_minor", language)
    yield f"## {tables.IPVS_SCHEDULERS.heading[language]}"
    yield SCHEDULERS[language]
    yield tables.IPVS_SCHEDULERS.to_markdown(language)
    yield noted(tables.IPVS_SCHEDULERS.corrections, language)


def networks(language: Language) -> Iterator[str]:
    """The ranges: what the guide says of them, and what has to be said of it."""
    yield f"## {tables.NETWORKS.heading[language]}"
    yield tables.NETWORKS.to_markdown(language)
    yield noted(tables.NETWORKS.all_corrections, language)


def backends(language: Language) -> Iterator[str]:
    """flannel: the guide's table, its rows, what is advised by environment."""
    yield f"## {tables.BACKEND_SELECTION.heading[language]}"
    yield tables.BACKEND_SELECTION.to_markdown(language)
    yield noted((*tables.BACKEND_SELECTION.corrections, *tables.FLANNEL_BACKENDS.corrections), language)
    for backend in tables.FLANNEL_BACKENDS:
        yield backend.to_markdown(language)
    yield f"## {BY_ENVIRONMENT[language]}"
    yield BY_ENVIRONMENT_TEXT[language]
    for release in RELEASES:
        found = of_backends(release)
        yield f"**{found.heading[language]}**"
        yield scores(found, ENVIRONMENT[language], language)
    yield picture("backends", language)


def rest(language: Language) -> Iterator[str]:
    """The tables of fields, commands, problems, files; then the dates and sources of the corrections."""
    for table in (tables.FIELD_NOTES, tables.TROUBLESHOOTING, tables.COMMON_PROBLEMS, tables.RELATED_FILES):
        yield f"## {table.heading[language]}"
        yield table.to_markdown(language)
        more = tables.EXAMPLES.all_corrections if table is tables.FIELD_NOTES else ()
        yield noted((*table.all_corrections, *more), language)
    yield f"## {SOURCES[language]}"
    name, about, _, _, source = (column.title[language] for column in tables.CORRECTIONS.columns)
    rows = [
        [f"`{note.id}`", f"`{note.applies_to}`", note.dates(language), "; ".join(note.source)]
        for note in tables.CORRECTIONS
    ]
    yield as_markdown(rows, [name, about, DATE[language], source])


def noted(corrections: Iterable[tables.Correction], language: Language) -> str:
    """Corrections as a list, each once."""
    once = {note.id: note for note in corrections}
    return "\n".join(f"- `{note.id}` ({note.judgement[language]}): {note.fact[language]}" for note in once.values())


def scores(found: Comparison, corner: str, language: Language, without: tuple[str, ...] = ()) -> str:
    """A table of scores by column of the comparison; columns beside each other that are alike are one line."""
    options = [option for option in found.options if option not in without]

    def line(column: int) -> list[str]:
        cells = [found.cell(option, column) for option in options]
        texts = ["–" if cell.score is None else str(cell.score) for cell in cells]
        return [f"**{text}**" if cell.is_choice else text for cell, text in zip(cells, texts, strict=True)]

    rows = []
    for cells, members in groupby(range(len(found.columns)), key=line):
        titles = [found.columns[column].title[language] for column in members]
        by_number = titles[0][0].isdigit()
        rows.append([f"{titles[0]}–{titles[-1]}" if by_number and len(titles) > 1 else ", ".join(titles), *cells])
    return as_markdown(rows, [corner, *options])


def picture(function: str, language: Language) -> str:
    """The call that draws it, and what it draws."""
    arguments = 'language="zh"' if language == "zh" else ""
    code = f"```python\nimport kubeadm_cfg as kc\n\nkc.plot.{function}({arguments})\n```"
    name = function.replace("_", "-") + (".zh" if language == "zh" else "")
    return f"{PICTURE[language]}\n\n{code}\n\n![kc.plot.{function}](images/{name}.png)"


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    check = parser.parse_args(arguments).check
    stale = []
    for language, name in PAGES.items():
        target, text = DOCS / name, page(language)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                target.write_text(text, encoding="utf-8")
    print("\n".join(f"{'stale' if check else 'written'}: docs/{name}" for name in stale) or "current")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
