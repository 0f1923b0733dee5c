"""Edits of typed objects, as users make them: drawn for a kind, whatever its object holds at the moment."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from kubeadm_cfg.convert import set_null, structure
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of
from kubeadm_cfg.testing.strategies import values_of
from kubeadm_cfg.testing.values import KEYS

__all__ = ["Edit", "edits"]


class Edit(NamedTuple):
    """One edit of an object: what is done at a path of JSON names, and with which plain value.

    `operation` is "assign", "clear" or "null" for any field, "append", "insert" or "pop" for a list, "put" or "drop"
    for a map.
    """

    path: tuple[str, ...]
    operation: str
    value: Any = None
    position: int = 0
    key: str = ""

    def make(self, obj: Configuration) -> None:
        """Do it, with plain attribute access; parents that are not there are made."""
        for name in self.path[:-1]:
            field = fields_of(type(obj)).by_json[name]
            if getattr(obj, field.attribute) is None:
                setattr(obj, field.attribute, field.class_of(field.type)())
            obj = getattr(obj, field.attribute)
        field = fields_of(type(obj)).by_json[self.path[-1]]
        there = getattr(obj, field.attribute)
        if self.operation == "clear":
            setattr(obj, field.attribute, None)
        elif self.operation == "null":
            set_null(obj, field.attribute)
        elif self.operation == "assign":
            setattr(obj, field.attribute, _as_python(obj, field, self.value))
        elif self.operation in ("append", "insert"):
            (value,) = _as_python(obj, field, [self.value])
            there.insert(min(self.position, len(there)) if self.operation == "insert" else len(there), value)
        elif self.operation == "put":
            there[self.key] = _as_python(obj, field, {self.key: self.value})[self.key]
        elif there and self.operation == "pop":
            there.pop(self.position % len(there))
        elif self.operation == "drop":
            there.pop(self.key, None)


def _as_python(owner: Configuration, field: Field, value: Any) -> Any:
    """The Python value of a field that holds the plain `value`."""
    return getattr(structure(type(owner), {field.json: value}), field.attribute)


@st.composite
def edits(draw: st.DrawFn, cls: type[Kind]) -> Edit:
    """Edits that objects of `cls` allow, whatever they hold at the moment.

    Args:
        draw: given by Hypothesis.
        cls: the class of the objects.

    >>> import kubeadm_cfg as kc
    >>> from hypothesis import given
    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> @given(edits(KubeProxyConfiguration))
    ... def check(edit):
    ...     f = kc.loads(kc.dumps(KubeProxyConfiguration(mode="ipvs")))
    ...     edit.make(f.kube_proxy)
    ...     assert kc.loads(f.text).kube_proxy == f.kube_proxy
    >>> check()
    """
    owner: type[Configuration] = cls
    path: list[str] = []
    while True:
        field = draw(st.sampled_from(fields_of(owner).ordered))
        path.append(field.json)
        if field.type.of is None or not fields_of(field.class_of(field.type)).ordered or draw(st.integers(0, 3)) == 0:
            break
        owner = field.class_of(field.type)
    operations = ["assign", "assign", "clear"]
    if field.type.name != "duration" or field.type.pointer:
        operations.append("null")
    if field.type.name == "list":
        operations += ["append", "append", "insert", "pop"]
    elif field.type.name == "map":
        operations += ["put", "put", "drop"]
    operation = draw(st.sampled_from(operations))
    whole = operation in ("assign", "clear", "null") or field.type.item is None
    value = draw(values_of(field, field.type if whole or field.type.item is None else field.type.item, 1))
    return Edit(tuple(path), operation, value, draw(st.integers(0, 3)), draw(st.sampled_from(KEYS)))
