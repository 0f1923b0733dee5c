"""How many pods a node should run: what its range of addresses holds, and what is said of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import count
from kubeadm_cfg.advisor.files import File, documents_of
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.node_range import DEFAULT_MASK, fit_warnings, mask_of, node_mask_in, room_of
from kubeadm_cfg.advisor.placing import Edit, InDocument
from kubeadm_cfg.advisor.ranges import cluster_facts
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["max_pods"]

KIND: Final = "KubeletConfiguration"
_DEFAULT: Final = 110


def max_pods(
    *,
    want: int | None = None,
    node_mask: int | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The number of pods a node may run: what is wanted, as far as the node's range of addresses goes.

    Args:
        want: the number that is wanted, 110 by default.
        node_mask: the prefix length of a node's range, 24 by default.
        kubernetes: the version, as in "1.34"; None: the newest known.
        f: files that say what was not given.
        host: not asked; every function takes it.

    Raises:
        ValueError: a number or version that is none.

    >>> max_pods(node_mask=26).choice
    61
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    want = want if want is not None else known.number(KIND, "maxPods")
    wanted = count("want", want, 1) or _DEFAULT
    mask = mask_of(node_mask if node_mask is not None else node_mask_in(known)) or DEFAULT_MASK
    addresses, usable = room_of(mask)
    choice = min(wanted, usable) or None
    fits = wanted <= usable
    values = {"pods": wanted, "mask": mask, "usable": usable, "addresses": addresses, "choice": choice}
    warnings = [] if fits else ["pods-do-not-fit"]
    if fits and choice is not None:
        warnings += fit_warnings(choice, mask)
    if (choice or 0) > cluster_facts()["tested"]["pods_per_node"]:
        warnings.append("beyond-tested-size")
    told = ["kubelet-default-110"] if want is None and fits else [] if fits else ["node-range-limit"]
    return Advice(
        function="max_pods",
        choice=choice,
        reasons=tuple(reason(name, **values) for name in told),
        warnings=(*(reason(name, **values) for name in warnings), *about_minor(k)),
        settings={} if choice is None else {"maxPods": choice},
        details={"addresses_per_node": addresses, "usable_per_node": usable},
        edits=() if choice is None else (_MaxPods(choice),),
        about={"kubernetes": k, "mask": mask},
    )


@attrs.frozen
class _MaxPods(Edit):
    """KubeletConfiguration.maxPods; the default is not written where the field is absent, which says the same."""

    value: int

    def _edit(self) -> InDocument:
        return InDocument(KIND, "maxPods", self.value)

    def fits(self, file: File) -> bool:
        """Whether the field has a place there."""
        return self._edit().fits(file)

    def stands_in(self, file: File) -> bool:
        """Whether the place is there."""
        return self._edit().stands_in(file)

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        """Set the field."""
        there: Any = next(documents_of(file, KIND), None)
        if self.value == _DEFAULT and (there is None or there.get("maxPods", None) is None):
            return
        yield from self._edit().place(file, why)
