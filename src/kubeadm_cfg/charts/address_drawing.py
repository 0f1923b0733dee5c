"""How an address plan is drawn: a lane for each user of addresses, overlaps in red. It decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.advisor.table import Language, Wording
from kubeadm_cfg.charts.axis import Axis, axis_of
from kubeadm_cfg.charts.chart import Chart, canvas, drawn_in

if TYPE_CHECKING:
    from kubeadm_cfg.charts.ranges import AddressPlan, AddressRange, FamilyPlan, Role

__all__ = ["drawn"]

RED: Final = "#d62728"
_COLOURS: Final[dict[Role, str]] = {"hosts": "#7f8c9b", "services": "#3b75c4", "pods": "#2e9d57", "flannel": "#159a9c"}
_FIRST_NODE: Final = "#8fd3a5"
_INK: Final = "#333333"
_LANE: Final = 0.62  # of the height between two lanes

_ROLES: Final[dict[Role, Wording]] = {
    "hosts": Wording("主机网络", "hosts"),
    "services": Wording("Service", "services"),
    "pods": Wording("Pod", "pods"),
    "flannel": Wording("flannel", "flannel"),
}
_TITLE: Final = Wording("{} 的地址规划：{}", "Address plan of {}: {}")
_OVERLAPS: Final = (
    Wording("没有重叠", "no overlap"),
    Wording("1 处重叠", "1 overlap"),
    Wording("{} 处重叠", "{} overlaps"),
)
_OVERLAP: Final = Wording("重叠：{} 与 {}", "overlap: {} and {}")
_OUTSIDE: Final = Wording("flannel 的网段不包含 {}", "flannel's network does not hold {}")
_FIRST: Final = Wording("第一个节点 {}", "first node {}")
_SERVICES: Final = Wording("{} 个 Service", "{} services")
_CAPACITY: Final = Wording(
    "{nodes} 个节点，各 /{prefix}\n每节点 {each} 个 Pod（maxPods {wanted}，地址 {addresses}）\n共 {pods} 个 Pod",
    "{nodes} nodes, /{prefix} each\n{each} pods a node (maxPods {wanted}, addresses {addresses})\n{pods} pods in all",
)
_CHARACTERS: Final = 110  # that fit on the axis in the size of a label
_LARGE: Final = 10**9  # larger counts are powers of two
_LISTED: Final = 6  # addresses by name; of more their number


def drawn(plan: AddressPlan, name: str, language: Language) -> Chart[AddressPlan]:
    """The chart of a plan, an axis for each family."""
    language, fonts = drawn_in(language)
    heights = [_height(family) for family in plan.families]
    with canvas(11.5, sum(heights) + 0.4, fonts) as figure:
        all_axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        for axes, family in zip(all_axes, plan.families, strict=True):
            _draw_family(axes, family, language)
        count = len(plan.overlaps)
        verdict = _OVERLAPS[min(count, 2)][language].format(count)
        figure.suptitle(_TITLE[language].format(name, verdict), color=RED if count else _INK, fontsize=11)
    return Chart(figure, plan, language)


def _roles(family: FamilyPlan) -> list[Role]:
    there = {span.role for span in family.spans}
    return [role for role in _ROLES if role in there]


def _height(family: FamilyPlan) -> float:
    """Inches: the lanes, the labels of the axis, a line for each note."""
    return 0.55 * len(_roles(family)) + 1.1 + 0.19 * len(_notes(family, "en"))


def _draw_family(axes: Any, family: FamilyPlan, language: Language) -> None:
    axis = axis_of(span.network for span in family.spans)
    roles = _roles(family)
    lanes: dict[Role, float] = {role: float(len(roles) - 1 - number) for number, role in enumerate(roles)}
    for low, high in axis.gaps:
        axes.axvspan(low, high, color="#f2f2f2", lw=0)
        axes.text((low + high) / 2, -0.52, "\u22ef", ha="center", va="center", color="#999999")
    for span in family.spans:
        _draw_span(axes, axis, span, lanes[span.role])
    if family.first_node is not None and "pods" in lanes:
        start, end = _ends(axis, family.first_node)
        bottom = lanes["pods"] - _LANE / 2
        axes.add_patch(_box(start, end, bottom, 0.16, _FIRST_NODE, edge=_FIRST_NODE, gid="first-node"))
        axes.text(start, bottom - 0.03, _FIRST[language].format(family.first_node), va="top", fontsize=6.5, color=_INK)
    for number, overlap in enumerate(family.overlaps, 1):
        start, end = _ends(axis, overlap.network)
        axes.axvspan(start, end, color=RED, alpha=0.22, lw=0, gid=f"overlap-{family.version}-{number}")
        for role in (overlap.one.role, overlap.other.role):
            axes.add_patch(_box(start, end, lanes[role] - _LANE / 2, _LANE, "none", edge=RED, hatch="////"))
    _label(axes, axis, family, lanes, language)


def _draw_span(axes: Any, axis: Axis, span: AddressRange, lane: float) -> None:
    colour = _COLOURS[span.role]
    start, end = _ends(axis, span.network)
    gid = f"span-{span.role}"
    if span.is_address:
        axes.plot(
            [(start + end) / 2], [lane], marker="D", ms=5, color=_INK, mec="white", gid=gid, zorder=4, clip_on=False
        )
        return
    axes.add_patch(_box(start, end, lane - _LANE / 2, _LANE, colour, gid=gid))
    label = {"ha": "center", "va": "center", "color": "white", "fontsize": 7.5, "zorder": 5}
    back = {"fc": colour, "ec": "none", "pad": 1}  # so that red lines do not cross the text
    room = int((end - start) / axis.positions[-1] * _CHARACTERS)
    texts = (str(span.network), f"/{span.network.prefixlen}")
    text = next((text for text in texts if len(text) <= room), None)
    if text is not None:
        axes.text((start + end) / 2, lane + 0.13, text, bbox=back, **label)


def _ends(axis: Axis, network: Any) -> tuple[float, float]:
    return axis.at(int(network.first)), axis.at(int(network.last) + 1)


def _box(start: float, end: float, bottom: float, height: float, colour: str, **more: Any) -> Any:
    from matplotlib.patches import Rectangle

    edge, hatch, gid = more.get("edge", "white"), more.get("hatch"), more.get("gid")
    return Rectangle(
        (start, bottom), end - start, height, fc=colour, ec=edge, hatch=hatch, lw=0.8, gid=gid, zorder=3 if hatch else 2
    )


def _label(axes: Any, axis: Axis, family: FamilyPlan, lanes: dict[Role, float], language: Language) -> None:
    """What stands around the lanes: users, addresses, what fits, notes."""
    from netaddr import IPAddress

    axes.set_xlim(axis.positions[0], axis.positions[-1])
    axes.set_ylim(-0.62, len(lanes) - 0.45)
    axes.set_yticks(list(lanes.values()), [_ROLES[role][language] for role in lanes])
    starts = [
        (position, str(IPAddress(address, family.version)))
        for position, address, gap in zip(axis.positions, axis.addresses, axis.is_gap, strict=False)
        if not gap
    ]
    axes.set_xticks(
        *map(list, zip(*starts, strict=True)), rotation=28, ha="right", fontsize=6.5, rotation_mode="anchor"
    )
    axes.tick_params(length=0, axis="y")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    for role, text in _fits(family, language).items():
        axes.text(1.01, lanes[role], text, transform=axes.get_yaxis_transform(), va="center", fontsize=7.5, color=_INK)
    below = {4: -38, 6: -54}[family.version]  # points; under the labels of the axis
    for number, (text, is_fault) in enumerate(_notes(family, language)):
        place = {"xy": (0, 0), "xycoords": "axes fraction", "xytext": (0, below - 13 * number)}
        axes.annotate(text, **place, textcoords="offset points", fontsize=7.5, color=RED if is_fault else _INK)


def _fits(family: FamilyPlan, language: Language) -> dict[Role, str]:
    found: dict[Role, str] = {}
    if family.services is not None:
        found["services"] = _SERVICES[language].format(_number(family.services))
    if family.capacity is not None:
        fits = family.capacity
        found["pods"] = _CAPACITY[language].format(
            nodes=_number(fits.nodes),
            prefix=fits.prefix,
            each=_number(fits.pods_per_node),
            wanted=fits.wanted,
            addresses=_number(fits.addresses),
            pods=_number(fits.pods),
        )
    return found


def _number(value: int) -> str:
    return f"{value:,}" if value < _LARGE else f"2^{value.bit_length() - (value.bit_count() == 1)}"


def _notes(family: FamilyPlan, language: Language) -> list[tuple[str, bool]]:
    """The lines below the axis, and whether each is a fault."""
    addresses = [str(span) for span in family.spans if span.is_address]
    more = [f"+{len(addresses) - _LISTED}"] if len(addresses) > _LISTED else []
    found = [(_OVERLAP[language].format(overlap.one, overlap.other), True) for overlap in family.overlaps]
    found += [(_OUTSIDE[language].format(span), True) for span in family.outside]
    return found + ([("\u25c6 " + "   ".join(addresses[:_LISTED] + more), False)] if addresses else [])
