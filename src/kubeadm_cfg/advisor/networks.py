"""What advice on the ranges of pods and of Services has in common: what is taken, candidates, what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import word
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.ranges import Found, Range, cloud_ranges, read_ranges, route_ranges, searched
from kubeadm_cfg.advisor.wording import Reason, reason, with_override
from kubeadm_cfg.checks.grammar import host_port

__all__ = [
    "CLUSTER",
    "DEFAULT_PREFIX",
    "SEED",
    "Asked",
    "Cloud",
    "Families",
    "Picked",
    "asked_for",
    "candidate",
    "counted_up",
    "no_range",
    "ranges_in",
    "reasons_for",
    "taken_in",
    "warnings_on",
]

Families = Literal["ipv4", "ipv6", "dual"]
Cloud = Literal["aws", "azure", "gcp"]
_FAMILIES: Final = ("ipv4", "ipv6", "dual")
_CLOUDS: Final = ("aws", "azure", "gcp")

CLUSTER: Final = "ClusterConfiguration"
SEED: Final = "recommended-subnets"
DEFAULT_PREFIX: Final = 16
# Without a ula of one's own: the group that counts up while a range is taken.
_ULA: Final = "fd00:10:{:x}::/{}"
_LAST_ULA: Final = 0xFFFF


@attrs.frozen(kw_only=True)
class Asked:
    """What both functions are asked, every word checked, and what is taken."""

    families: str
    cloud: str | None
    ula: Range | None
    taken: tuple[Range, ...]

    @property
    def wants_ipv4(self) -> bool:
        return self.families != "ipv6"

    @property
    def wants_ipv6(self) -> bool:
        return self.families != "ipv4"


def asked_for(
    known: Known, families: Any, cloud: Any, ula: Any, taken: Any, routes: Any, other: tuple[Range, ...], own: str
) -> Asked:
    """What was asked, and what is taken by others.

    Args:
        other: the subnet of the cluster that is not asked about.
        own: the path of the one that is, whose families hold when none were given.

    Raises:
        ValueError: a word or a range that is none.
    """
    checked = word("cloud", cloud, _CLOUDS)
    return Asked(
        families=word("families", families, _FAMILIES) or _families_in(known, own),
        cloud=checked,
        ula=_ula(ula),
        taken=(
            *(read_ranges("taken", taken) if taken is not None else taken_in(known)),
            *route_ranges(known.host.routes if routes is None else routes),
            *other,
            *cloud_ranges(checked),
        ),
    )


def _ula(text: Any) -> Range | None:
    if text is None:
        return None
    found = Range.of(text.strip()) if isinstance(text, str) else None
    if found is None or found.version == 4 or found.prefix != 48 or found.first >> 121 != 0b1111110:
        raise ValueError(f"ula is a /48 of fc00::/7 such as fd12:3456:789a::/48, not {text!r}")
    return found


def _families_in(known: Known, own: str) -> str:
    """The families of the subnet that the files have, IPv4 where they have none."""
    there = {one.version for one in ranges_in(known, own)}
    return {frozenset({6}): "ipv6", frozenset({4, 6}): "dual"}.get(frozenset(there), "ipv4")


def ranges_in(known: Known, path: str) -> tuple[Range, ...]:
    """The ranges at a path of ClusterConfiguration; what is none is left out."""
    entries = (known.text(CLUSTER, path) or "").split(",")
    return tuple(one for entry in entries if (one := Range.of(entry.strip())) is not None)


def taken_in(known: Known) -> tuple[Range, ...]:
    """The addresses of machines that the files and the host name."""
    texts = [
        known.text("InitConfiguration", "localAPIEndpoint.advertiseAddress"),
        known.text("JoinConfiguration", "controlPlane.localAPIEndpoint.advertiseAddress"),
        _host_in(known.text(CLUSTER, "controlPlaneEndpoint")),
        _host_in((known.text(CLUSTER, "imageRepository") or "").partition("/")[0]),
        *(known.host.addresses or ()),
    ]
    return tuple(one for text in texts if text and (one := Range.of(text)) is not None)


def _host_in(text: str | None) -> str:
    found = host_port(text or "")
    return (text or "").strip("[]") if found is None else found[0]


def candidate(well_known: Iterable[str], prefix: int, taken: tuple[Range, ...]) -> Found | None:
    """The first well-known range that is free and large enough, else a searched one."""
    for text in well_known:
        one = Range.of(text)
        if one is not None and one.prefix <= prefix and one.is_free(taken):
            return Found(one, is_narrow=False, is_common=False, is_shared=False)
    return searched(prefix, taken)


def counted_up(first: int, prefix: int, taken: tuple[Range, ...]) -> Range | None:
    """The first range of that size in fd00:10:NNN::, counted up from a number, that overlaps nothing taken."""
    candidates = (Range.of(_ULA.format(number, prefix)) for number in range(first, _LAST_ULA + 1))
    return next((one for one in candidates if one is not None and one.is_free(taken)), None)


@attrs.frozen
class Picked:
    """The ranges of a subnet by family; as text what the file's field takes."""

    v4: Found | None
    v6: Range | None

    def __str__(self) -> str:
        return ",".join(map(str, self.ranges))

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The ranges, IPv4 first."""
        return tuple(one for one in (self.v4 and self.v4.range, self.v6) if one is not None)

    def lacks(self, asked: Asked) -> bool:
        """Whether there is none for a family that was asked for."""
        return (asked.wants_ipv4 and self.v4 is None) or (asked.wants_ipv6 and self.v6 is None)


def reasons_for(
    picked: Picked, asked: Asked, seed: str, on_seed: str, more: Iterable[str], values: Mapping[str, Any]
) -> tuple[Reason, ...]:
    """Why these ranges; what is said of the guide's range, `seed`, has the id `on_seed` and comes first."""
    v4 = picked.v4
    told = {
        on_seed: v4 is not None,
        "narrow-range": v4 is not None and v4.is_narrow,
        "private-range": (v4 is not None and not v4.is_shared) or (asked.wants_ipv6 and asked.ula is not None),
        "cloud-ranges": asked.cloud is not None,
    }
    names = [*(name for name, holds in told.items() if holds), *more]
    reasons = tuple(reason(name, **values) for name in names)
    return with_override(reasons, SEED, on_seed) if v4 is not None and str(v4.range) != seed else reasons


def warnings_on(picked: Picked, asked: Asked) -> Iterator[str]:
    """The ids of what to look at before these ranges are used."""
    if picked.v4 is not None and picked.v4.is_common:
        yield "common-default-range"
    if picked.v4 is not None and picked.v4.is_shared:
        yield "shared-address-range"
    if asked.wants_ipv6 and asked.ula is None:
        yield "ula-not-random"


def no_range(
    function: str, why: str, asked: Asked, warnings: Iterable[str], values: Mapping[str, Any], more: tuple[Reason, ...]
) -> Advice:
    """Advice without a choice, which has its one reason."""
    told = (reason(why, **values),)
    return Advice(
        function=function,
        choice=None,
        reasons=with_override(told, SEED) if asked.wants_ipv4 else told,
        warnings=(*(reason(name, **values) for name in warnings), *more),
    )
