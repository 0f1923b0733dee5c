"""Host: what is known of the machine a file is meant for; what follows from it is for checks and advice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

__all__ = ["Host"]


def _texts(found: Iterable[str] | None) -> tuple[str, ...] | None:
    if found is None:
        return None
    return tuple(found.splitlines() if isinstance(found, str) else found)  # a text iterates over its characters


def _names(found: Iterable[str] | None) -> frozenset[str] | None:
    if found is None:
        return None
    return frozenset(found.split() if isinstance(found, str) else found)


@attrs.frozen(kw_only=True)
class Host:
    """Facts about a machine; every one is optional, and what is absent excludes nothing.

    Args:
        name: the host name.
        addresses: the addresses of its interfaces, without prefix length.
        routes: the lines of `ip route show`, or its whole text.
        interfaces: the names of its interfaces.
        kernel: the kernel release, such as ``"6.1.0-13-amd64"``.
        cri_socket: the socket of its container runtime.
        cgroup: the cgroup version.
        modules: the kernel modules that are loaded.

    >>> Host(name="cp-1", addresses=["192.168.6.10"]).addresses
    ('192.168.6.10',)
    """

    name: str | None = None
    addresses: tuple[str, ...] | None = attrs.field(default=None, converter=_texts)
    routes: tuple[str, ...] | None = attrs.field(default=None, converter=_texts)
    interfaces: tuple[str, ...] | None = attrs.field(default=None, converter=_texts)
    kernel: str | None = None
    cri_socket: str | None = None
    cgroup: Literal["v1", "v2"] | None = None
    modules: frozenset[str] | None = attrs.field(default=None, converter=_names)
