"""What every generated class stands on: fields, presence, equality, pickling, repr. No kind is named here.

Presence: a slot that was never filled is absent, and reading it gives None, or makes an empty list, dict or object that
stays attached. The hidden slot `_held` says of each attribute how it came to be there: SET (loaded or assigned), LAZY
(made by reading, which counts only once something is in it) or NULL (an explicit null).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, cast

from kubeadm_cfg.kinds._types import DURATIONS, SIMPLE, Type
from kubeadm_cfg.values import Duration

__all__ = ["ABSENT", "Configuration", "Field", "Fields", "Kind", "fields_of", "is_set", "place_at", "set_null", "state"]

SET: Final = True
LAZY: Final = False
NULL: Final = None

State = Literal["absent", "null", "empty", "set"]


class _Absent:
    """The default of every field, and what may be assigned to take a key away."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final[Any] = _Absent()


class Field:
    """One field of a class: `json` name, Python `attribute`, `type`, and its rank `order` in the Go struct."""

    __slots__ = ("attribute", "clear", "get", "json", "make", "order", "owner", "put", "simple", "type")

    def __init__(self, owner: type[Configuration], json: str, attribute: str, expression: str, order: int) -> None:
        self.owner = owner
        self.json = json
        self.attribute = attribute
        self.type = Type(expression)
        self.order = order
        slot = getattr(owner, f"_{attribute}" if self.type.name in DURATIONS else attribute)
        self.get: Callable[[Any], Any] = slot.__get__
        self.put: Callable[[Any, Any], None] = slot.__set__
        self.clear: Callable[[Any], None] = slot.__delete__
        # texts, booleans and whole numbers, alone or in one list or map, are plain data as they are
        self.simple = (self.type.item or self.type).name in SIMPLE
        self.make: Callable[[], Any] | None = None
        if self.type.name == "list":
            self.make = list
        elif self.type.name == "map":
            self.make = dict
        elif self.type.name == "object" and not self.type.pointer:
            self.make = self.object_class()

    def __repr__(self) -> str:
        return f"<Field {self.owner.__name__}.{self.json}: {self.type}>"

    def class_of(self, type_: Type) -> type[Configuration]:
        """The class behind the object type `type_`, which stands somewhere in this field's type."""
        found: type[Configuration] = getattr(sys.modules[self.owner.__module__], cast("str", type_.of))
        return found

    def object_class(self) -> type[Configuration] | None:
        """The class of this field's objects, be they in a list, a map or by themselves; None for scalars."""
        type_: Type | None = self.type
        while type_ is not None:
            if type_.of is not None:
                return self.class_of(type_)
            type_ = type_.item
        return None


class Fields:
    """The fields of one class, in Go's order, by JSON name and by attribute."""

    __slots__ = ("by_attribute", "by_json", "ordered", "readers")

    def __init__(self, cls: type[Configuration]) -> None:
        self.ordered = tuple(Field(cls, *entry, order) for order, entry in enumerate(cls._fields_))
        self.by_json = {field.json: field for field in self.ordered}
        self.by_attribute = {field.attribute: field for field in self.ordered}
        # attrs' __init__ fills the slots of durations under their own name
        self.by_attribute |= {f"_{f.attribute}": f for f in self.ordered if f.type.name in DURATIONS}
        self.readers: dict[str, tuple[Any, ...]] | None = None

    def __iter__(self) -> Iterator[Field]:
        return iter(self.ordered)


_TABLES: dict[type, Fields] = {}


def fields_of(cls: type[Configuration]) -> Fields:
    """The field table of a generated class, built at first use."""
    try:
        return _TABLES[cls]
    except KeyError:
        return _TABLES.setdefault(cls, Fields(cls))


def place_at(cls: type[Configuration], path: Sequence[str | int]) -> tuple[Field, Type] | None:
    """The field at a path and the type of the very value there, which may be an item of that field."""
    owner: type[Configuration] | None = cls
    field: Field | None = None
    type_: Type | None = None
    for step in path:
        if owner is not None:
            field = fields_of(owner).by_json.get(step) if isinstance(step, str) else None
            if field is None:
                return None
            type_ = field.type
        else:
            fits = type_ is not None and (type_.name == "list" if isinstance(step, int) else type_.name == "map")
            type_ = type_.item if type_ is not None and fits else None
            if type_ is None or field is None:
                return None
        owner = field.class_of(type_) if type_.of is not None else None
    return (field, type_) if field is not None and type_ is not None else None


class Configuration:
    """Base of every typed object: plain attributes that remember whether they are there.

    Assigning is explicit: `x = []` is an empty list in the file, `x = None` takes the key away. Objects compare by what
    they hold, explicit null and empty included, and are therefore unhashable.
    """

    if not TYPE_CHECKING:
        __slots__ = ("__weakref__", "_held")

    _fields_: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    _identity_: ClassVar[tuple[str, ...]] = ()
    _secret_: ClassVar[tuple[str, ...]] = ()

    def __attrs_pre_init__(self) -> None:
        object.__setattr__(self, "_held", {})

    if not TYPE_CHECKING:  # hidden, so that a misspelt attribute stays an error for type checkers

        def __getattr__(self, name):
            """Called for what no slot holds: an absent field, or no field at all."""
            if name == "_held":
                held = {}
                object.__setattr__(self, "_held", held)
                return held
            if name == "_misspelt":
                return ()
            field = fields_of(type(self)).by_attribute.get(name) if name[:2] != "__" else None
            if field is None:
                raise AttributeError(_no_attribute(type(self), name), name=name, obj=self)
            if field.make is None:
                return None
            value = field.make()
            field.put(self, value)
            self._held.setdefault(field.attribute, LAZY)
            return value

        def __setattr__(self, name, value):
            field = fields_of(type(self)).by_attribute.get(name)
            if field is None:
                kind = type(self)
                if isinstance(getattr(kind, name, None), property):
                    raise AttributeError(f"{kind.__name__}.{name} does not change", name=name, obj=self)
                raise AttributeError(_no_attribute(kind, name), name=name, obj=self)
            if value is None or value is ABSENT:
                forget(self, field)
                return
            if field.type.name in DURATIONS:
                value = Duration(value)
            field.put(self, value)
            self._held[field.attribute] = SET

        def __delattr__(self, name):
            setattr(self, name, None)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        from kubeadm_cfg.convert import unstructure

        return unstructure(self) == unstructure(other)

    __hash__ = None  # type: ignore[assignment]  # what changes has no hash

    def __repr__(self) -> str:
        return _shown(self, depth=0)

    def _repr_html_(self) -> str:
        from kubeadm_cfg.notebook import object_html

        return object_html(self)

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, bool | None]]:
        held = dict(held_of(self))
        fields = fields_of(type(self)).by_attribute
        return {
            name: fields[name].get(self) for name, mark in held.items() if has_value(self, fields[name], mark)
        }, held

    def __setstate__(self, state: tuple[dict[str, Any], dict[str, bool | None]]) -> None:
        values, held = state
        fields = fields_of(type(self)).by_attribute
        object.__setattr__(self, "_held", held)
        for name, value in values.items():
            fields[name].put(self, value)


class Kind(Configuration):
    """A configuration that is a document of its own, with apiVersion and kind."""

    if not TYPE_CHECKING:
        __slots__ = ("_misspelt",)

    API_VERSION: ClassVar[str] = ""
    KIND: ClassVar[str] = ""

    @property
    def api_version(self) -> str:
        """The document's apiVersion; it belongs to the class and does not change."""
        return self.API_VERSION

    @property
    def kind(self) -> str:
        """The document's kind; it belongs to the class and does not change."""
        return self.KIND


def _no_attribute(cls: type[Configuration], name: str) -> str:
    fields = fields_of(cls)
    meant = fields.by_json.get(name)
    if name.startswith("__"):
        return f"{cls.__name__} has no attribute {name!r}"
    from difflib import get_close_matches

    near = [meant.attribute] if meant else get_close_matches(name, [field.attribute for field in fields], n=1)
    return f"{cls.__name__} has no field {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


# -- presence ---------------------------------------------------------------------------------------------------------


def held_of(obj: Configuration) -> dict[str, bool | None]:
    """The marks of `obj`: attribute -> SET, LAZY or NULL."""
    held: dict[str, bool | None] = obj._held  # type: ignore[attr-defined]  # the slot is hidden from type checkers
    return held


def has_value(obj: Configuration, field: Field, mark: bool | None) -> bool:
    """Whether the slot is filled; only a null may be held without a value."""
    if mark is not NULL:
        return True
    try:
        field.get(obj)
    except AttributeError:
        return False
    return True


def forget(obj: Configuration, field: Field) -> None:
    """Make the field absent."""
    held = held_of(obj)
    if field.attribute in held:
        if has_value(obj, field, held[field.attribute]):
            field.clear(obj)
        del held[field.attribute]


def set_null(obj: Configuration, name: str) -> None:
    """Make the field `name` an explicit null, which is written as such and read as None or as empty.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> proxy = KubeProxyConfiguration()
    >>> set_null(proxy, "node_port_addresses")
    >>> state(proxy, "node_port_addresses"), proxy.node_port_addresses
    ('null', [])
    """
    field = _field(obj, name)
    forget(obj, field)
    held_of(obj)[field.attribute] = NULL


def state(obj: Configuration, name: str) -> State:
    """Whether the field `name` is "absent", an explicit "null", explicitly "empty" (`""`, `[]`, `{}`), or "set".

    >>> from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
    >>> obj = KubeletConfiguration(max_pods=110, cluster_dns=[])
    >>> state(obj, "max_pods"), state(obj, "cluster_dns"), state(obj, "cgroup_driver")
    ('set', 'empty', 'absent')
    """
    field = _field(obj, name)
    held = held_of(obj)
    if field.attribute not in held:
        return "absent"
    mark = held[field.attribute]
    if has_value(obj, field, mark) and holds_something(field.get(obj)):
        return "set"
    return "empty" if mark is SET else "absent" if mark is LAZY else "null"


def is_set(obj: Configuration, name: str) -> bool:
    """Whether the field `name` is in the document at all, be it null or empty: `state` is not "absent".

    >>> from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
    >>> is_set(KubeletConfiguration(max_pods=110), "max_pods")
    True
    """
    return state(obj, name) != "absent"


def holds_something(value: Any) -> bool:
    """Whether a value is more than an empty text, list, mapping or object."""
    if isinstance(value, Configuration):
        held = held_of(value)
        fields = fields_of(type(value)).by_attribute
        return any(
            mark is not LAZY or holds_something(fields[attribute].get(value)) for attribute, mark in list(held.items())
        )
    return len(value) > 0 if isinstance(value, (str, list, dict, tuple)) else True


def _field(obj: Configuration, name: str) -> Field:
    fields = fields_of(type(obj))
    field = fields.by_attribute.get(name) or fields.by_json.get(name)
    if field is None:
        raise AttributeError(_no_attribute(type(obj), name), name=name, obj=obj)
    return field


# -- repr -------------------------------------------------------------------------------------------------------------


def _shown(obj: Configuration, depth: int) -> str:
    held = held_of(obj)
    parts = []
    for field in fields_of(type(obj)):
        mark = held.get(field.attribute, LAZY)
        value = field.get(obj) if field.attribute in held and has_value(obj, field, mark) else None
        if mark is SET or (value is not None and holds_something(value)):
            shown = "***" if field.attribute in obj._secret_ else _shown_value(value, depth)
            parts.append(f"{field.attribute}={shown}")
        elif mark is NULL:
            parts.append(f"{field.attribute}=None")
    if len(parts) > 8:
        parts[8:] = ["..."]
    return f"{type(obj).__name__}({', '.join(parts)})"


def _shown_value(value: Any, depth: int) -> str:
    if isinstance(value, Configuration):
        return _shown(value, depth + 1) if depth < 3 else f"{type(value).__name__}(...)"
    if isinstance(value, list):
        items = [_shown_value(item, depth + 1) for item in value[:4]]
        return f"[{', '.join(items)}{', ...' if len(value) > 4 else ''}]"
    if isinstance(value, dict):
        entries = [f"{key!r}: {_shown_value(item, depth + 1)}" for key, item in list(value.items())[:4]]
        return f"{{{', '.join(entries)}{', ...' if len(value) > 4 else ''}}}"
    text = repr(value)
    if isinstance(value, str):
        from kubeadm_cfg.report import masked

        text = masked(text)
    return text if len(text) <= 80 else f"{text[:76]}...'"
