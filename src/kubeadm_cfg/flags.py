"""Flags of the control plane, kubelet, kube-proxy and etcd per minor, and what their values may be. No rule."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from kubeadm_cfg.facts import Lazily, read_facts
from kubeadm_cfg.flag_values import reader_of

__all__ = ["FIRST_READ", "LAST_READ", "Flag", "flags_of", "normalized", "parse"]

FIRST_READ: Final = 23
LAST_READ: Final = 36


class Flag:
    """One flag of one component. Minors are numbers (31 for 1.31); None means outside what was read."""

    __slots__ = (
        "config_field",
        "deprecated",
        "gist",
        "kubeadm_sets",
        "name",
        "removed",
        "repeatable",
        "since",
        "type",
        "types",
        "undeprecated",
    )

    def __init__(self, name: str, facts: Mapping[str, Any]) -> None:
        self.name = name
        self.type: str = facts["type"]
        self.types = [(_minor(change, "from") or 0, change["type"]) for change in facts.get("types", ())]
        self.since = _minor(facts, "since")
        self.removed = _minor(facts, "removed")
        self.deprecated = _minor(facts, "deprecated")
        self.undeprecated = _minor(facts, "undeprecated")
        self.repeatable: bool = facts.get("repeatable", False)
        self.gist: str | None = facts["deprecated_gist"]
        self.kubeadm_sets: str | None = facts["kubeadm_sets"]
        field = facts["config_field"]
        self.config_field: str | None = field.partition(".")[2] if field else None

    def __repr__(self) -> str:
        return f"<Flag --{self.name}>"

    def type_at(self, minor: int) -> str:
        """The Go type of the flag in a minor."""
        types = [type_ for since, type_ in self.types if since <= minor]
        return types[-1] if types else self.type

    def is_known(self, minor: int) -> bool:
        """Whether the component of that minor takes the flag."""
        return (self.since is None or self.since <= minor) and (self.removed is None or minor < self.removed)

    def is_deprecated(self, minor: int) -> bool:
        """Whether the component of that minor warns of the flag."""
        if self.deprecated is None or minor < self.deprecated:
            return False
        return self.undeprecated is None or minor < self.undeprecated


def _minor(facts: Mapping[str, Any], name: str) -> int | None:
    """A minor of Kubernetes; etcd's flags name the minor whose kubeadm brings their release."""
    text = facts.get(f"{name}_kubernetes") or facts.get(name)
    return int(text.split(".")[1]) if text else None


@cache
def flags_of(component: str) -> Mapping[str, Flag]:
    """Every flag of a component (`kube-apiserver`, `kubelet`, `etcd` ...) in any minor, by name.

    >>> flags_of("kubelet")["max-pods"].config_field
    'maxPods'
    """
    return Lazily(read_facts(f"flags/{component}.json"), Flag)


def normalized(component: str, name: str) -> str:
    """The name as the component looks it up: all but etcd take underscores for dashes."""
    return name if component == "etcd" else name.replace("_", "-")


def parse(flag: Flag, text: str, minor: int = LAST_READ) -> Any:
    """The value a flag's text stands for at a minor, as plain data or `Duration`.

    Types that take any text give it back; None stands for an empty text that changes nothing.

    Raises:
        ValueError: the flag's type cannot read the text, so that the component does not start.
    """
    read = reader_of(flag.name, flag.type_at(minor), minor)
    return text if read is None else read(text)
