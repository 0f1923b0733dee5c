"""Chart: a drawn figure with what it shows; how matplotlib is asked for, and the fonts. No chart is drawn here."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kubeadm_cfg.advisor.table import Language

__all__ = ["Chart", "canvas", "drawn_in"]

T = TypeVar("T")

_LATIN: Final = "DejaVu Sans"  # comes with matplotlib
_CHINESE: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Arial Unicode MS",
)
# Text stays text in SVG, and the same chart is the same file.
_SETTINGS: Final[dict[str, Any]] = {"svg.fonttype": "none", "svg.hashsalt": "kubeadm_cfg"}
_UNDATED: Final[dict[str, dict[str, Any]]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}
_DPI: Final = 144


@attrs.frozen(eq=False)
class Chart(Generic[T]):
    """A chart: it shows in Jupyter, `savefig` writes it as SVG, PNG or PDF.

    Args:
        figure: the figure of matplotlib, for changes of your own.
        data: what is drawn, as plain objects.
        language: the language of its texts: ``"en"`` where no font with Chinese characters is installed.
    """

    figure: Figure = attrs.field(repr=False)
    data: T = attrs.field(repr=False)
    language: Language

    def savefig(self, target: str | os.PathLike[str] | IO[bytes], *, format: str | None = None) -> None:  # noqa: A002  # the name matplotlib gives it
        """Write the chart; the same chart gives the same bytes.

        Args:
            target: a path, whose suffix says the format, or an open binary file.
            format: ``"svg"``, ``"png"`` or ``"pdf"``; by default the suffix of the path, else PNG.

        Raises:
            ValueError: matplotlib does not know the format.
            OSError: the file cannot be written.
        """
        matplotlib = _matplotlib()
        suffix = Path(target).suffix.removeprefix(".") if isinstance(target, (str, os.PathLike)) else ""
        chosen = (format or suffix or "png").lower()
        with matplotlib.rc_context(_SETTINGS):
            self.figure.savefig(target, format=chosen, dpi=_DPI, metadata=_UNDATED.get(chosen))

    def _repr_png_(self) -> bytes:
        written = io.BytesIO()
        self.savefig(written, format="png")
        return written.getvalue()


def drawn_in(language: Language) -> tuple[Language, list[str]]:
    """The language a chart can have, and its fonts: English without a font that has Chinese characters.

    Raises:
        ValueError: the language is neither ``"zh"`` nor ``"en"``.
    """
    if language == "en":
        return "en", [_LATIN]
    if language != "zh":
        raise ValueError(f"{language!r} is no language of the charts: 'zh' or 'en'")
    _matplotlib()
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    chinese = next((name for name in _CHINESE if name in installed), None)
    return ("en", [_LATIN]) if chinese is None else ("zh", [_LATIN, chinese])


@contextmanager
def canvas(width: float, height: float, fonts: list[str]) -> Iterator[Figure]:
    """An empty figure of that many inches to draw on, in matplotlib's own style whatever the user's is."""
    matplotlib = _matplotlib()
    from matplotlib.figure import Figure

    with matplotlib.style.context("default"), matplotlib.rc_context({"font.family": fonts, "font.size": 9}):
        yield Figure(figsize=(width, height), layout="constrained")


def _matplotlib() -> Any:
    try:
        import matplotlib as mpl
        import matplotlib.style
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "charts need matplotlib, which is not installed; it comes with: pip install 'kubeadm-cfg[plot]'",
            name=error.name,
        ) from error
    return mpl
