"""Arguments in extraArgs as one mapping over both forms: the map up to v1beta3, the list from v1beta4 on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from kubeadm_cfg.kinds._base import Configuration, fields_of

__all__ = ["Arguments", "args"]

_FIELDS = ("extra_args", "kubelet_extra_args")


class Arguments(MutableMapping[str, str]):
    """The arguments of one component, by flag name; changes go to the object, and from there to its file."""

    __slots__ = ("_attribute", "_owner")

    def __init__(self, owner: Configuration, attribute: str) -> None:
        self._owner = owner
        self._attribute = attribute

    def __repr__(self) -> str:
        from kubeadm_cfg.report import masked

        return masked(f"Arguments({dict(self)!r})")

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    @property
    def _held(self) -> Any:
        return getattr(self._owner, self._attribute)

    def _pairs(self) -> list[tuple[str, str]]:
        held = self._held
        if isinstance(held, dict):
            return [(name, value or "") for name, value in held.items()]
        return [(item.name or "", item.value or "") for item in held]

    def __getitem__(self, name: str) -> str:
        return self.getlist(name)[-1]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for name, _ in self._pairs()))

    def __len__(self) -> int:
        return len({name for name, _ in self._pairs()})

    def __setitem__(self, name: str, value: str) -> None:
        self.setlist(name, [value])

    def __delitem__(self, name: str) -> None:
        self.getlist(name)
        self.setlist(name, [])

    def getlist(self, name: str) -> list[str]:
        """Every value of a flag, in order; the list form may name a flag several times.

        Raises:
            KeyError: the flag is not there.
        """
        found = [value for known, value in self._pairs() if known == name]
        if not found:
            raise KeyError(name)
        return found

    def setlist(self, name: str, values: Iterable[str]) -> None:
        """Give a flag these values, the first in the places it has; no values take it away.

        Raises:
            ValueError: several values, where the map form has room for one.
        """
        wanted = list(values)
        held = self._held
        if isinstance(held, dict):
            self._set_in_map(held, name, wanted)
            return
        places = [index for index, item in enumerate(held) if item.name == name]
        for index, value in zip(places, wanted, strict=False):
            held[index].value = value
        for index in reversed(places[len(wanted) :]):
            del held[index]
        make: Any = fields_of(type(self._owner)).by_attribute[self._attribute].object_class()
        at = places[-1] + 1 if places else len(held)
        held[at:at] = [make(name=name, value=value) for value in wanted[len(places) :]]

    def _set_in_map(self, held: dict[str, str], name: str, values: list[str]) -> None:
        if len(values) > 1:
            raise ValueError(f"{name}: before v1beta4 a flag has one value, not {len(values)}")
        if values:
            held[name] = values[0]
        else:
            held.pop(name, None)


def args(obj: Configuration) -> Arguments:
    """The extra arguments of a component as one mapping of flag names to values, whatever the API version.

    Args:
        obj: what holds them: `f.cluster.api_server`, `.controller_manager`, `.scheduler`, `.etcd.local`, or
            `f.init.node_registration` for the kubelet's.

    Raises:
        TypeError: the object holds no arguments.

    >>> from kubeadm_cfg.kubeadm.v1beta4 import APIServer
    >>> server = APIServer()
    >>> args(server)["audit-log-maxage"] = "7"
    >>> server.extra_args
    [Arg(name='audit-log-maxage', value='7')]
    """
    known = fields_of(type(obj)).by_attribute
    for attribute in _FIELDS:
        if attribute in known:
            return Arguments(obj, attribute)
    raise TypeError(f"{type(obj).__name__} holds no extra arguments")
