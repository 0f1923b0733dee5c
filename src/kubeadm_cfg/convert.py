"""Plain data to typed objects and back. Knows every kind through its field table, and nothing of text.

`structure` and `unstructure` are the fast way; `findings` explains what `structure` refuses. cattrs is built on the
same functions (`converter`) and imported only there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kubeadm_cfg.findings import Finding, findings, refusal
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import (
    LAZY,
    NULL,
    SET,
    Configuration,
    Field,
    Kind,
    fields_of,
    held_of,
    holds_something,
    is_set,
    place_at,
    set_null,
    state,
)
from kubeadm_cfg.kinds._types import SCALARS, Refusal, Type, described
from kubeadm_cfg.values import Duration

if TYPE_CHECKING:
    import cattrs

    from kubeadm_cfg.source.shape import Shape

__all__ = [
    "Field",
    "Finding",
    "Mismatch",
    "converter",
    "field_at",
    "findings",
    "is_set",
    "kind_of",
    "refusal",
    "set_null",
    "shape",
    "state",
    "structure",
    "to_dict",
    "unstructure",
    "update",
    "whole",
]

C = TypeVar("C", bound=Configuration)
Reader = Callable[[Any], Any]


class Mismatch(ValueError):
    """Plain data that does not decode into its kind; `findings` has every place and reason."""

    def __init__(self, findings: Sequence[Finding] = ()) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings) or "the data does not decode")

    def __reduce__(self) -> tuple[type[Mismatch], tuple[tuple[Finding, ...]]]:
        return (Mismatch, (self.findings,))


# -- kinds ------------------------------------------------------------------------------------------------------------


def kind_of(api_version: str | None, kind: str | None) -> type[Kind] | None:
    """The class of a kind, its module imported when first asked for; None for a foreign one.

    >>> kind_of("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration").__name__
    'KubeProxyConfiguration'
    """
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    module = KINDS.get((api_version, kind))
    if module is None:
        return None
    found: type[Kind] = getattr(sys.modules.get(module) or import_module(module), kind)
    return found


# -- plain data to objects --------------------------------------------------------------------------------------------


def structure(cls: type[C], data: Any) -> C:
    """An object of `cls` from plain data with JSON names; unknown keys are ignored. Raises Mismatch.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> structure(KubeProxyConfiguration, {"mode": "ipvs", "ipvs": {"syncPeriod": "90s"}}).ipvs.sync_period
    Duration('90s')
    """
    try:
        if data.__class__ is dict:
            return _build(cls, data)
    except Refusal:
        pass
    raise _mismatch(cls, data)


def _mismatch(cls: type[Configuration], data: Any) -> Mismatch:
    return Mismatch([finding for finding in findings(cls, data) if finding.code != "strict.unknown"])


K = TypeVar("K", bound=Kind)
_META: Final = {"apiversion": "apiVersion", "kind": "kind"}


def whole(cls: type[K], data: Any) -> K:
    """`structure` of a document that was read: with `apiVersion` and `kind`, in whatever letters. Raises Mismatch."""
    obj = structure(cls, data)
    odd = [key for key in data if key.lower() in _META and key not in ("apiVersion", "kind")]
    if odd:
        if any(not isinstance(data[key], (str, NoneType)) for key in odd):
            raise _mismatch(cls, data)
        object.__setattr__(obj, "_misspelt", tuple(name for name in _META.values() if name not in data))
    return obj


def _build(cls: type[C], data: dict[str, Any]) -> C:
    fields = fields_of(cls)
    readers = fields.readers
    if readers is None:
        readers = fields.readers = {field.json: _entry(field) for field in fields.ordered}
    self = cls.__new__(cls)
    held: dict[str, bool | None] = {}
    _put_held(self, held)
    for key, value in data.items():
        if key in readers:
            attribute, put, exact, read, knows_null = readers[key]
            if value.__class__ is exact:
                put(self, value)
                held[attribute] = SET
            elif value is not None:
                put(self, read(value))
                held[attribute] = SET
            elif knows_null:
                held[attribute] = NULL
            else:
                read(None)
    return self


_put_held: Callable[[Any, dict[str, bool | None]], None] = Configuration._held.__set__  # type: ignore[attr-defined]  # a slot


def _entry(field: Field) -> tuple[str, Callable[[Any, Any], None], type | None, Reader, bool]:
    """What `_build` needs of a field: attribute, setter, the type taken as it is, the reader, whether null is fine."""
    scalar = SCALARS.get(field.type.name)
    exact = scalar.exact if scalar else None
    knows_null = field.type.pointer or field.type.name != "duration"
    return field.attribute, field.put, exact, _reader(field, field.type), knows_null


def _reader(field: Field, type_: Type) -> Reader:
    """A function that reads one value of `type_`, null excepted; it raises Refusal."""
    if type_.name == "object":
        return _object_reader(field.class_of(type_))
    if type_.name == "list":
        return _list_reader(field, _inside(type_))
    if type_.name == "map":
        return _map_reader(field, _inside(type_))
    return SCALARS[type_.name].read


def _object_reader(cls: type[Configuration]) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not dict:
            raise Refusal("decode.type", f"must be a mapping, but is {described(value)}")
        return _build(cls, value)

    return read


def _list_reader(field: Field, item: Type) -> Reader:
    read_item, exact = _item_reader(field, item)

    def read(value: Any) -> Any:
        if value.__class__ is not list:
            raise Refusal("decode.type", f"must be a list, but is {described(value)}")
        return [v if v.__class__ is exact else read_item(v) for v in value]

    return read


def _map_reader(field: Field, item: Type) -> Reader:
    read_item, exact = _item_reader(field, item)

    def read(value: Any) -> Any:
        if value.__class__ is not dict:
            raise Refusal("decode.type", f"must be a mapping, but is {described(value)}")
        return {k: v if v.__class__ is exact else read_item(v) for k, v in value.items()}

    return read


def _item_reader(field: Field, item: Type) -> tuple[Reader, type | None]:
    """A reader of values inside a list or map, where null is the zero value, and the type that needs no reading."""
    read = _reader(field, item)
    scalar = SCALARS.get(item.name)
    zero = _zero(field, item)

    def read_item(value: Any) -> Any:
        return zero() if value is None else read(value)

    return read_item, scalar.exact if scalar else None


def _zero(field: Field, item: Type) -> Callable[[], Any]:
    if item.name == "object":
        cls = field.class_of(item)
        return lambda: _build(cls, {})
    if item.name in {"list", "map"}:
        return list if item.name == "list" else dict
    value = SCALARS[item.name].zero
    return lambda: value


def _inside(type_: Type) -> Type:
    assert type_.item is not None  # lists and maps have one
    return type_.item


# -- objects to plain data --------------------------------------------------------------------------------------------


def unstructure(obj: Configuration, *, canonical: bool = True) -> dict[str, Any]:
    """Plain data of `obj` in Go's order, apiVersion and kind first; what is explicitly null or empty stays.

    `canonical` writes durations, quantities and times as Go does; without it they stay as they were given (`"60s"`).

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> unstructure(KubeProxyConfiguration(config_sync_period="90s"), canonical=False)["configSyncPeriod"]
    '90s'
    """
    data: dict[str, Any] = {}
    if isinstance(obj, Kind):
        data["apiVersion"] = obj.API_VERSION
        data["kind"] = obj.KIND
    held = held_of(obj)
    for field in fields_of(type(obj)).ordered:
        attribute = field.attribute
        if attribute in held:
            mark = held[attribute]
            if mark is not SET:
                value = _made(obj, field)
                if value is None or not holds_something(value):
                    if mark is NULL:
                        data[field.json] = None
                    continue
            else:
                value = field.get(obj)
            data[field.json] = (
                value if value.__class__ in _AS_IT_IS and field.simple else _plain(value, field, canonical)
            )
    return data


def to_dict(obj: Configuration) -> dict[str, Any]:
    """Plain data of `obj` as Kubernetes would write it: in Go's order, canonical values, and only what is set.

    Of a loaded document that spells `apiVersion` or `kind` in other letters (`Kind`), that key is left out: Kubernetes
    finds the kind by it, and then drops it as an unknown field.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> to_dict(KubeProxyConfiguration(config_sync_period="90s"))["configSyncPeriod"]
    '1m30s'
    """
    if not isinstance(obj, Configuration):
        raise TypeError(f"to_dict takes an object such as f.cluster, not {type(obj).__name__}")
    data = unstructure(obj)
    if isinstance(obj, Kind):
        for name in obj._misspelt:  # type: ignore[attr-defined]  # the slot is hidden from type checkers
            del data[name]
    return data


_AS_IT_IS: Final = frozenset({str, int, bool})


def _made(obj: Configuration, field: Field) -> Any:
    try:
        return field.get(obj)
    except AttributeError:
        return None


def _plain(value: Any, field: Field, canonical: bool) -> Any:
    if value.__class__ is list and field.simple:
        return value.copy()
    if value.__class__ is dict and field.simple:
        return value.copy()
    return _plain_of(value, field.type, canonical)


def _plain_of(value: Any, type_: Type, canonical: bool) -> Any:
    """`value` as plain data; what is of the wrong type is passed on as it is, for `findings` to see."""
    if isinstance(value, Configuration):
        return unstructure(value, canonical=canonical)
    item = type_.item
    if isinstance(value, (list, tuple)):
        return [_plain_of(v, item or type_, canonical) for v in value]
    if isinstance(value, dict):
        return {k: _plain_of(v, item or type_, canonical) for k, v in value.items()}
    if isinstance(value, Duration) and not canonical:
        return value.written
    scalar = SCALARS.get(type_.name)
    return scalar.write(value) if canonical and scalar is not None and scalar.write is not None else value


# -- objects in place -------------------------------------------------------------------------------------------------


def update(obj: Configuration, data: dict[str, Any]) -> None:
    """Make `obj` equal to `structure(type(obj), data)` in place. Raises Mismatch, and then `obj` is as it was.

    Nested objects, lists and mappings that stay keep their identity; the items of a list are recognised by what
    identifies them (a taint by key and effect), then by place.
    """
    _absorb(obj, structure(type(obj), data))


def _absorb(old: Configuration, new: Configuration) -> None:
    old_held, new_held = held_of(old), held_of(new)
    for field in fields_of(type(old)).ordered:
        attribute = field.attribute
        if attribute not in new_held and attribute not in old_held:
            continue
        mark = new_held.get(attribute, LAZY)
        was = _made(old, field) if attribute in old_held else None
        now = field.get(new) if mark is SET else None
        if now is None and was is not None and field.make is not None:
            now = field.make()  # somebody may hold what was there: it stays attached, and empty
        if now is not None:
            field.put(old, _absorbed(was, now))
        elif was is not None:
            field.clear(old)
        if attribute in new_held or now is not None:
            old_held[attribute] = mark
        else:
            del old_held[attribute]


def _absorb_map(old: dict[str, Any], new: dict[str, Any]) -> None:
    merged = {key: _absorbed(old[key], value) if key in old else value for key, value in new.items()}
    old.clear()
    old.update(merged)


def _absorb_list(old: list[Any], new: list[Any]) -> None:
    if not any(isinstance(item, (Configuration, list, dict)) for item in new):
        old[:] = new
        return
    left = list(old)
    pairs: list[Any] = [None] * len(new)
    for same in (_same_identity, _same_class):
        for place, item in enumerate(new):
            if pairs[place] is None:
                pairs[place] = next((left.pop(i) for i, known in enumerate(left) if same(known, item)), None)
    old[:] = [item if known is None else _absorbed(known, item) for known, item in zip(pairs, new, strict=True)]


def _same_class(old: Any, new: Any) -> bool:
    return type(old) is type(new) and isinstance(old, (Configuration, list, dict))


def _same_identity(old: Any, new: Any) -> bool:
    if not isinstance(new, Configuration) or type(old) is not type(new) or not new._identity_:
        return False
    table = fields_of(type(new)).by_json
    return all(getattr(old, table[n].attribute) == getattr(new, table[n].attribute) for n in new._identity_)


def _absorbed(old: Any, new: Any) -> Any:
    """`old` made equal to `new` when it can be, else `new`."""
    if type(old) is not type(new):
        return new
    if isinstance(old, Configuration):
        _absorb(old, new)
    elif isinstance(old, list):
        _absorb_list(old, new)
    elif isinstance(old, dict):
        _absorb_map(old, new)
    else:
        return new
    return old


# -- what a schema knows of a place -----------------------------------------------------------------------------------


def field_at(cls: type[Configuration], path: Sequence[str | int]) -> Field | None:
    """The field at a path of JSON names and indices, through lists and maps; None where nothing is known.

    A path that ends inside a list or map gives the field that holds it.
    """
    place = place_at(cls, path)
    return place[0] if place else None


_SHAPES: dict[type[Configuration], Shape] = {}


def shape(cls: type[Configuration]) -> Shape:
    """What an edit needs to know of `cls`: Go's order, free maps, what identifies an item. Built once per class."""
    found = _SHAPES.get(cls)
    if found is None:
        from kubeadm_cfg.source.shape import Shape

        table = fields_of(cls)
        first = ["apiVersion", "kind", "metadata"] if issubclass(cls, Kind) else []
        names = first + [field.json for field in table if field.json not in first]
        children: dict[str, Shape | None] = {}

        def child(key: str) -> Shape | None:
            if key not in children:
                field = table.by_json.get(key)
                children[key] = None if field is None else _shape_of(field, field.type)
            return children[key]

        found = _SHAPES[cls] = Shape({name: rank for rank, name in enumerate(names)}, child=child)
    return found


def _shape_of(field: Field, type_: Type) -> Shape | None:
    from kubeadm_cfg.source.shape import FREE, Shape

    if type_.of is not None:
        return shape(field.class_of(type_))
    item = type_.item
    if item is None:
        return None
    if item.item is None and item.of is None:
        return FREE
    if type_.name == "map":
        return Shape(child=lambda _: _shape_of(field, item))
    identity = field.class_of(item)._identity_ if item.of is not None else ()
    return Shape(item=lambda: _shape_of(field, item), identity=identity)


# -- cattrs -----------------------------------------------------------------------------------------------------------


def converter() -> cattrs.Converter:
    """A cattrs converter that reads and writes every kind exactly as `structure` and `unstructure` do.

    The place to hook in types of your own that hold kinds.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> converter().structure({"mode": "nftables"}, KubeProxyConfiguration).mode
    'nftables'
    """
    import cattrs

    made = cattrs.Converter()
    made.register_structure_hook_func(_is_configuration, lambda data, cls: structure(_class_for(cls, data), data))
    made.register_unstructure_hook_func(_is_configuration, unstructure)
    made.register_structure_hook(Duration, lambda data, _: Duration(data))
    made.register_unstructure_hook(Duration, str)
    return made


def _is_configuration(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Configuration)


def _class_for(cls: type[Configuration], data: Any) -> type[Configuration]:
    """`cls` itself, or the version of it that `data` names when `cls` is a base of all versions."""
    if cls._fields_ or not isinstance(data, dict):
        return cls
    named = kind_of(data.get("apiVersion"), data.get("kind"))
    return named if named is not None and issubclass(named, cls) else cls
