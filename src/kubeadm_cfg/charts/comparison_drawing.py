"""How a comparison is drawn: a grid of stars, what is excluded in grey with the number of its note."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.advisor.table import Language, Wording, display_width
from kubeadm_cfg.charts.chart import Chart, canvas, drawn_in

if TYPE_CHECKING:
    from kubeadm_cfg.charts.comparing import Cell, Comparison

__all__ = ["drawn"]

COLOURS: Final = ("#f6d5cf", "#f9ddcb", "#fbeccb", "#e6f0cd", "#c0e2b9", "#86ca96")
"""By score, 0 to 5."""
EXCLUDED: Final = "#ececec"
_CHOSEN: Final = "#17692f"
_INK: Final = "#2b2b2b"
_PALE: Final = "#8a8a8a"
_STAR, _CROSS, _DOT = "\u2605", "\u2715", "\u25cf"
_LEGEND: Final = Wording(
    f"粗框：建议的选择   {_DOT} 指南的选择   {_CROSS} 不可用或不合适，见编号",
    f"thick frame: what is advised   {_DOT} what the guide says   {_CROSS} ruled out, see the number",
)
_LINE: Final = 126  # columns of a note; a Chinese character takes two


def drawn(comparison: Comparison, language: Language) -> Chart[Comparison]:
    """The chart of a comparison."""
    language, fonts = drawn_in(language)
    notes = [
        line
        for number, note in enumerate(comparison.notes, 1)
        for line in _lines(f"{_CROSS}{number}  {note[language]}")
    ]
    rows, columns = len(comparison.options), len(comparison.columns)
    wide = max(0.62 if columns > 10 else 1.05, 7.0 / columns)
    with canvas(1.2 + wide * columns, 1.3 + 0.42 * rows + 0.2 * len(notes), fonts) as figure:
        axes = figure.subplots()
        for row, cells in enumerate(comparison.cells):
            for column, cell in enumerate(cells):
                _draw(axes, cell, column, rows - 1 - row, small=columns > 10)
        _label(axes, comparison, language)
        for number, line in enumerate([_LEGEND[language], *notes]):
            place: dict[str, Any] = {"xy": (0, 0), "xycoords": "axes fraction", "xytext": (0, -18 - 14 * number)}
            axes.annotate(line, **place, textcoords="offset points", fontsize=7.5, color=_INK if number else _PALE)
        figure.suptitle(comparison.heading[language], fontsize=11, color=_INK)
    return Chart(figure, comparison, language)


def _lines(note: str) -> list[str]:
    """The note as lines that fit below the grid."""
    wide = display_width(note)
    return textwrap.wrap(note, _LINE * len(note) // wide if wide > _LINE else wide, subsequent_indent="      ")


def _draw(axes: Any, cell: Cell, column: int, row: int, *, small: bool) -> None:
    from matplotlib.patches import Rectangle

    colour = EXCLUDED if cell.score is None else COLOURS[cell.score]
    axes.add_patch(Rectangle((column, row), 1, 1, fc=colour, ec="white", lw=1.5, gid="cell"))
    if cell.is_choice:
        frame = Rectangle((column + 0.03, row + 0.05), 0.94, 0.9, fc="none", ec=_CHOSEN, lw=1.8, gid="choice", zorder=3)
        axes.add_patch(frame)
    text, ink = (_STAR * cell.score or "0", _INK) if cell.score is not None else ("", _PALE)
    if cell.note is not None:
        text = f"{_CROSS}{cell.note}"
    size = (5.2 if small else 8) if cell.score else 8
    axes.text(column + 0.5, row + 0.47, text, ha="center", va="center", fontsize=size, color=ink)
    if cell.in_guide:
        axes.text(column + 0.1, row + 0.8, _DOT, ha="center", va="center", fontsize=5, color=_INK, gid="guide")


def _label(axes: Any, comparison: Comparison, language: Language) -> None:
    rows, columns = len(comparison.options), len(comparison.columns)
    axes.set_xlim(0, columns)
    axes.set_ylim(0, rows)
    axes.set_yticks([rows - 0.5 - row for row in range(rows)], comparison.options)
    titles = [column.title[language] for column in comparison.columns]
    axes.set_xticks([column + 0.5 for column in range(columns)], titles, fontsize=7.5)
    axes.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    groups = [(group, len(list(members))) for group, members in groupby(comparison.columns, lambda head: head.group)]
    start = 0
    for group, count in groups if len(groups) > 1 else ():
        end = start + count
        place: dict[str, Any] = {
            "xy": ((start + end) / 2, 1),
            "xycoords": axes.get_xaxis_transform(),
            "xytext": (0, 20),
        }
        axes.annotate(group[language], **place, textcoords="offset points", ha="center", fontsize=8, color=_PALE)
        if start:
            axes.axvline(start, color=_PALE, lw=1.2)
        start = end
