"""An axis of addresses on which /24 and /8 are both seen: in order, stretched piece by piece. Nothing is drawn here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from netaddr import IPNetwork

__all__ = ["Axis", "axis_of"]

_BLOCK: Final = {4: 24, 6: 64}  # an address alone is shown in its block
_GAP: Final = 0.45
_PER_BIT: Final = 0.13


@attrs.frozen
class Axis:
    """Addresses, ascending, and where each lies; between two of them positions grow evenly.

    >>> axis = Axis((0, 256, 1024), (0.0, 2.0, 3.0), (False, True))
    >>> axis.at(128), axis.at(256), axis.at(640)
    (1.0, 2.0, 2.5)
    """

    addresses: tuple[int, ...]
    positions: tuple[float, ...]
    is_gap: tuple[bool, ...]
    """Of each piece, whether no range covers it."""

    def at(self, address: int) -> float:
        """The position of an address."""
        piece = min(max(bisect_right(self.addresses, address) - 1, 0), len(self.addresses) - 2)
        start, end = self.addresses[piece], self.addresses[piece + 1]
        low, high = self.positions[piece], self.positions[piece + 1]
        return low + (high - low) * ((address - start) / (end - start))

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """Start and end of the pieces that no range covers."""
        return [ends for ends, gap in zip(pairwise(self.positions), self.is_gap, strict=True) if gap]


def axis_of(networks: Iterable[IPNetwork]) -> Axis:
    """The axis on which these ranges are seen; a piece grows with the logarithm of its size.

    >>> from netaddr import IPNetwork
    >>> axis = axis_of([IPNetwork("10.244.0.0/16"), IPNetwork("10.96.0.0/12")])
    >>> len(axis.addresses), axis.is_gap
    (4, (False, True, False))
    """
    blocks = [_block(network) for network in networks]
    addresses = sorted({int(edge) for block in blocks for edge in (block.first, block.last + 1)})
    covered = [any(block.first <= start <= block.last for block in blocks) for start in addresses[:-1]]
    positions = [0.0]
    for (start, end), seen in zip(pairwise(addresses), covered, strict=True):
        positions.append(positions[-1] + (1 + _PER_BIT * log2(end - start) if seen else _GAP))
    return Axis(tuple(addresses), tuple(positions), tuple(not seen for seen in covered))


def _block(network: IPNetwork) -> IPNetwork:
    if network.size > 1:
        return network
    return network.supernet(_BLOCK[network.version])[0]
