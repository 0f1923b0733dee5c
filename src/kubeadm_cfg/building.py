"""The Python that builds an object. Nothing is run here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from kubeadm_cfg.kinds._base import Configuration, Field, fields_of, held_of, is_set, state
from kubeadm_cfg.values import Duration

__all__ = ["source_code"]

_INDENT = "    "


def source_code(obj: Configuration) -> str:
    """The Python source that builds an equal object, imports included; it ends with the object's name.

    Secrets stand in it as they are, for otherwise it would build another object.

    Args:
        obj: any object of the kinds, or one within them.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> print(source_code(KubeProxyConfiguration(mode="ipvs")), end="")
    from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    <BLANKLINE>
    obj = KubeProxyConfiguration(
        mode="ipvs",
    )
    """
    used: dict[str, set[str]] = {}
    built = _call(obj, 0, used, type(obj).__module__)
    nulls = [f"kubeadm_cfg.set_null({owner}, {name!r})" for owner, name in _nulls(obj, "obj")]
    imports = ["import kubeadm_cfg"] if nulls else []
    imports += [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(used.items())]
    return "\n".join([*imports, "", f"obj = {built}", *nulls]) + "\n"


def _call(obj: Configuration, depth: int, used: dict[str, set[str]], home: str) -> str:
    """The call that makes `obj`; its class is imported from `home`, the root's own module, where that has it."""
    cls = type(obj)
    module = home if getattr(sys.modules[home], cls.__name__, None) is cls else cls.__module__
    used.setdefault(_public(module), set()).add(cls.__name__)
    pad = _INDENT * (depth + 1)
    lines = [
        f"{pad}{field.attribute}={_literal(getattr(obj, field.attribute), depth + 1, used, home)},\n"
        for field in fields_of(cls)
        if _is_written(obj, field)
    ]
    return f"{cls.__name__}(\n{''.join(lines)}{_INDENT * depth})" if lines else f"{cls.__name__}()"


def _public(module: str) -> str:
    """The module users import from: `kubeadm_cfg.kinds.kubeadm_v1beta4` is `kubeadm_cfg.kubeadm.v1beta4`."""
    package, _, version = module.rpartition(".")[2].partition("_")
    return module if version in ("shared", "bases") else f"kubeadm_cfg.{package}.{version}"


def _is_written(obj: Configuration, field: Field) -> bool:
    """Whether the object has the field: what was only made by looking at it counts once it holds something."""
    if state(obj, field.attribute) == "null":
        return False
    return is_set(obj, field.attribute) or (
        held_of(obj).get(field.attribute, True) is False and _holds_null(getattr(obj, field.attribute))
    )


def _holds_null(value: Any) -> bool:
    return isinstance(value, Configuration) and next(_nulls(value, ""), None) is not None


def _literal(value: Any, depth: int, used: dict[str, set[str]], home: str) -> str:
    if isinstance(value, Configuration):
        return _call(value, depth, used, home)
    pad, end = _INDENT * (depth + 1), _INDENT * depth
    if isinstance(value, list):
        items = "".join(f"{pad}{_literal(item, depth + 1, used, home)},\n" for item in value)
        return f"[\n{items}{end}]" if items else "[]"
    if isinstance(value, dict):
        entries = "".join(
            f"{pad}{_text(key)}: {_literal(item, depth + 1, used, home)},\n" for key, item in value.items()
        )
        return f"{{\n{entries}{end}}}" if entries else "{}"
    if isinstance(value, Duration):
        return _text(value.written) if isinstance(value.written, str) else repr(value.written)
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    shown = repr(value)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in shown and "\\'" not in shown else shown


def _nulls(obj: Configuration, name: str) -> Iterator[tuple[str, str]]:
    """The explicit nulls in an object: the expression of what holds each, and the attribute."""
    for field in fields_of(type(obj)):
        if state(obj, field.attribute) == "null":
            yield name, field.attribute
        elif is_set(obj, field.attribute) or held_of(obj).get(field.attribute) is False:
            yield from _nulls_in(getattr(obj, field.attribute), f"{name}.{field.attribute}")


def _nulls_in(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Configuration):
        yield from _nulls(value, name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nulls_in(item, f"{name}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _nulls_in(item, f"{name}[{key!r}]")
