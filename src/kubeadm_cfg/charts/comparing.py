"""What the comparison charts show: the guide's stars and the advice of today, option by option. Nothing is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from kubeadm_cfg.advisor.table import Wording
from kubeadm_cfg.kubernetes import NEWEST, minors

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.advice import Advice

__all__ = ["Cell", "Comparison", "Heading", "of_backends", "of_modes", "of_modes_by_minor"]

MODES: Final = ("ipvs", "iptables", "nftables", "userspace", "kernelspace")
BACKENDS: Final = ("vxlan", "host-gw", "ipip", "udp", "aws-vpc", "wireguard", "ipsec")

_GUIDE: Final = Wording("指南", "the guide")
_PRODUCTION: Final = Wording("生产环境", "production")
_DEVELOPMENT: Final = Wording("开发测试", "development")
_WINDOWS: Final = Wording("Windows 节点", "Windows nodes")
# Reasons that name one minor, said of all of them.
_OF_ALL_MINORS: Final = {
    "nftables-unavailable": Wording("1.29 之前没有该模式。", "There is no such mode before 1.29."),
}
# What is asked for each column of modes, and what the guide answers.
_ASKED_OF_MODES: Final[tuple[tuple[Wording, dict[str, Any], str], ...]] = (
    (_PRODUCTION, {}, "ipvs"),
    (_DEVELOPMENT, {"environment": "development"}, "iptables"),
    (_WINDOWS, {"platform": "windows"}, "kernelspace"),
)
# The environments of backends, and the row of the guide's selection table that is meant.
_Environment: TypeAlias = Literal["cloud", "layer3", "mixed", "lan", "bare-metal", "special", "aws"]
_ENVIRONMENTS: Final[dict[_Environment, tuple[Wording, str]]] = {
    "cloud": (Wording("云主机", "cloud"), "vxlan"),
    "layer3": (Wording("跨三层网络", "layer 3"), "vxlan"),
    "mixed": (Wording("多个网段", "several segments"), "vxlan"),
    "lan": (Wording("同一局域网", "one LAN"), "host-gw"),
    "bare-metal": (Wording("物理机", "bare metal"), "host-gw"),
    "special": (Wording("特殊网络", "special"), "ipip"),
    "aws": (Wording("AWS", "AWS"), "aws-vpc"),
}


@attrs.frozen
class Heading:
    """The head of a column: its title, and the group it belongs to."""

    title: Wording
    group: Wording


@attrs.frozen
class Cell:
    """An option in one column.

    Args:
        score: 0 to 5; None when it is excluded or unknown there.
        note: the number of the note that says why it is excluded.
        is_choice: whether the advice chooses it.
        in_guide: whether the guide chooses it.
    """

    score: int | None = None
    note: int | None = None
    is_choice: bool = False
    in_guide: bool = False


@attrs.frozen
class Comparison:
    """A comparison: options by rows, `cells[row][column]`, and the notes, counted from 1."""

    heading: Wording
    options: tuple[str, ...]
    columns: tuple[Heading, ...]
    cells: tuple[tuple[Cell, ...], ...]
    notes: tuple[Wording, ...]

    def cell(self, option: str, column: int) -> Cell:
        """The cell of an option."""
        return self.cells[self.options.index(option)][column]


def of_modes(kubernetes: str | None) -> Comparison:
    """The modes of kube-proxy: the guide's stars, then what is advised in that minor.

    Raises:
        ValueError: no minor that is known.
    """
    from kubeadm_cfg.advisor.proxy_mode import proxy_mode
    from kubeadm_cfg.advisor.tables import PROXY_MODES

    version = kubernetes or f"1.{NEWEST}"
    group = Wording(f"Kubernetes {version}", f"Kubernetes {version}")
    rated = [column for column in PROXY_MODES.columns if column.shown_as == "stars"]
    stars = [
        (
            Heading(column.title, _GUIDE),
            [Cell(getattr(PROXY_MODES[mode], column.key)) if mode in PROXY_MODES else Cell() for mode in MODES],
        )
        for column in rated
    ]
    asked = [
        (Heading(title, group), proxy_mode(kubernetes=version, **more), guide) for title, more, guide in _ASKED_OF_MODES
    ]
    heading = Wording(f"kube-proxy 模式对比（Kubernetes {version}）", f"kube-proxy modes, Kubernetes {version}")
    return _compared(heading, MODES, stars, asked)


def of_modes_by_minor(environment: Literal["production", "development"]) -> Comparison:
    """The modes of kube-proxy: what is advised on Linux in every minor that is known.

    Raises:
        ValueError: another environment.
    """
    from kubeadm_cfg.advisor.proxy_mode import proxy_mode

    group = Wording("Kubernetes", "Kubernetes")
    guide = "iptables" if environment == "development" else "ipvs"
    asked = [
        (
            Heading(Wording(str(minor), str(minor)), group),
            proxy_mode(kubernetes=str(minor), environment=environment),
            guide,
        )
        for minor in minors()
    ]
    title = {"production": _PRODUCTION, "development": _DEVELOPMENT}[environment]
    heading = Wording(f"各版本的 kube-proxy 模式（{title.zh}）", f"kube-proxy modes by minor, {title.en}")
    return _compared(heading, MODES, [], asked, _OF_ALL_MINORS)


def of_backends(release: str | None) -> Comparison:
    """The backends of flannel: what is advised in each environment with that release.

    Raises:
        ValueError: no release.
    """
    from kubeadm_cfg.advisor.flannel_backend import flannel_backend
    from kubeadm_cfg.flannel.facts import NEWEST as NEWEST_RELEASE

    version = release or NEWEST_RELEASE
    group = Wording(f"flannel {version}", f"flannel {version}")
    asked = [
        (Heading(title, group), flannel_backend(release=version, environment=environment), guide)
        for environment, (title, guide) in _ENVIRONMENTS.items()
    ]
    return _compared(Wording(f"flannel Backend 对比（{version}）", f"flannel backends, {version}"), BACKENDS, [], asked)


def _compared(
    heading: Wording,
    options: tuple[str, ...],
    stars: Sequence[tuple[Heading, Sequence[Cell]]],
    asked: Sequence[tuple[Heading, Advice, str]],
    said: Mapping[str, Wording] = MappingProxyType({}),
) -> Comparison:
    """The columns of stars, then one for each advice; the same reason is one note."""
    notes: dict[str, Wording] = {}
    columns = list(stars)
    for head, advice, guide in asked:
        ranking, reasons = dict(advice.ranking), {reason.id: reason for reason in advice.reasons}
        cells = []
        for option in options:
            place = ranking[option]
            chosen, told = advice.choice == option, guide == option
            if isinstance(place, str):
                reason = reasons[place]
                notes.setdefault(place, said.get(place, Wording(reason.text_zh, reason.text)))
                cells.append(Cell(None, list(notes).index(place) + 1, chosen, told))
            else:
                cells.append(Cell(place, None, chosen, told))
        columns.append((head, cells))
    rows = tuple(zip(*(cells for _, cells in columns), strict=True))
    return Comparison(heading, options, tuple(head for head, _ in columns), rows, tuple(notes.values()))
