"""The IPv4 range of one node: its mask, and how many pods it holds. Nothing is recommended here."""

from __future__ import annotations

from typing import Any, Final

from kubeadm_cfg.advisor.asking import count
from kubeadm_cfg.advisor.known import Known

__all__ = ["DEFAULT_MASK", "MASK_FLAG", "fit_warnings", "mask_of", "node_mask_in", "room_of"]

MASK_FLAG: Final = "node-cidr-mask-size-ipv4"
DEFAULT_MASK: Final = 24
_KEPT: Final = 3  # network, broadcast, and the gateway cni0


def mask_of(value: Any) -> int | None:
    """The length of an IPv4 prefix, or None.

    Raises:
        ValueError: anything else.
    """
    found = count("node_mask", value, 1)
    if found is not None and found > 32:
        raise ValueError(f"node_mask is the length of an IPv4 prefix, 1 to 32, not {value!r}")
    return found


def node_mask_in(known: Known) -> int | None:
    """The prefix length of a node's IPv4 range in the files, when it is one."""
    for flag in (MASK_FLAG, "node-cidr-mask-size"):
        text = str(known.value("ClusterConfiguration", f"controllerManager.extraArgs[{flag}]"))
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 32:
            return int(text)
    return None


def room_of(mask: int) -> tuple[int, int]:
    """The addresses of a node's range, and how many of them are left for pods."""
    addresses = 1 << (32 - mask)
    return addresses, max(0, addresses - _KEPT)


def fit_warnings(pods: int, mask: int) -> tuple[str, ...]:
    """Whether so many pods find addresses in the range of a node, now and while they are replaced."""
    addresses, usable = room_of(mask)
    if pods > usable:
        return ("pods-do-not-fit",)
    return ("pods-fit-once",) if 2 * pods > addresses else ()
