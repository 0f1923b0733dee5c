"""Strategies the laws share: plain data that decodes into a kind, and files that hold it in random styles."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from kubeadm_cfg.convert import kind_of, set_null, structure
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of
from kubeadm_cfg.kinds._types import Type

Data = dict[str, Any]

STRINGS = (
    "a", "node-1", "10.244.0.0/16", "fd00::1", "registry.k8s.io", "systemd", "100Mi", "10%", "/etc/x", "a b",
    "", "yes", "n", "0x1f", "1e3", "12:30", "2030-01-02", "null", "~", "a: b", "a #b", "#", " x", "x ", "-",
    "- x", "---", "*a", "&a", "!t", "%x", "@x", "{x}", "[x]", "a,b", "a'b", "a\"b", "a\\b", "two\nlines\n",
    "two\nlines", "a\n\nb\n", " x\ny\n", "x\n\n", "t\tt", "中文", "é", "🚀", "key:", "?", "? x", "a:b", "=", "<<",
    "\u00a0", "\u0007", "\u2028",
)  # fmt: skip
PLAIN_STRINGS = (
    "a",
    "node-1",
    "10.244.0.0/16",
    "registry.k8s.io",
    "systemd",
    "100Mi",
    "/etc/x",
    "中文",
    "x-y.z",
    "Node",
)
KEYS = ("a", "b", "Gate", "memory.available", "nodefs.inodesFree", "v", "1", "true", "a b", "x/y", "c: d", "中")
DURATIONS = ("0s", "1m30s", "24h0m0s", "10s", "1.5s", "100ms")
TOKENS = ("abcdef.0123456789abcdef", "xyzxyz.0000000000000000")

scalars: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(PLAIN_STRINGS) | st.sampled_from(STRINGS),
    "boolean": st.booleans(),
    "int32": st.integers(-5, 70000),
    "int64": st.integers(-5, 1 << 40),
    "int": st.integers(-5, 70000),
    "uint32": st.integers(0, 70000),
    "float32": st.sampled_from([0.5, 1.25, 3]),
    "float64": st.sampled_from([0.5, 0.8, 1e-7, 2]),
    "duration": st.sampled_from(DURATIONS),
    "flush": st.sampled_from(DURATIONS),
    "quantity": st.sampled_from(["500m", "64Ki", "1Gi"]),
    "timestamp": st.just("2030-01-02T03:04:05Z"),
    "token": st.sampled_from(TOKENS),
}


# -- plain data --------------------------------------------------------------------------------------------------------
def values_of(field: Field, type_: Type, depth: int = 3) -> st.SearchStrategy[Any]:
    """Plain data of one field, null excepted; empty lists, maps and objects included."""
    if type_.of is not None:
        return objects_of(field.class_of(type_), depth - 1)
    if type_.item is not None:
        items = values_of(field, type_.item, depth - 1)
        if type_.name == "map":
            return st.dictionaries(st.sampled_from(KEYS), items, max_size=3)
        return st.lists(items, max_size=3)
    return scalars[type_.name]


def objects_of(cls: type[Configuration], depth: int = 3) -> st.SearchStrategy[Data]:
    """Plain data that decodes into `cls`: some of its fields, few of them null."""
    fields = fields_of(cls).ordered

    def drawn(draw: st.DrawFn) -> Data:
        if depth < 0 or not fields:
            return {}
        names = draw(st.lists(st.sampled_from(fields), max_size=4, unique_by=lambda field: field.json))
        data: Data = {}
        for field in names:
            is_null = field.type.name != "duration" and draw(st.integers(0, 11)) == 0
            data[field.json] = None if is_null else draw(values_of(field, field.type, depth))
        return data

    return st.composite(drawn)()


MAIN_KINDS = (
    ("kubeadm.k8s.io/v1beta3", "ClusterConfiguration"),
    ("kubeadm.k8s.io/v1beta4", "ClusterConfiguration"),
    ("kubeadm.k8s.io/v1beta4", "InitConfiguration"),
    ("kubeadm.k8s.io/v1beta4", "JoinConfiguration"),
    ("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration"),
    ("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration"),
)


def class_named(api_version: str, kind: str) -> type[Kind]:
    found = kind_of(api_version, kind)
    assert found is not None
    return found


@st.composite
def documents(draw: st.DrawFn) -> Data:
    """Plain data of one of the main kinds, sometimes with fields that nobody knows."""
    api_version, kind = draw(st.sampled_from(MAIN_KINDS))
    data: Data = {"apiVersion": api_version, "kind": kind} | draw(objects_of(class_named(api_version, kind)))
    if draw(st.booleans()):
        data["x-unknown"] = draw(st.sampled_from([1, "text", [1, {"a": None}], {"b": ["c", 2]}]))
    return data


# -- text --------------------------------------------------------------------------------------------------------------
class Style(NamedTuple):
    """How a file is written; chances are out of one."""

    seed: int = 0
    map_step: int = 2
    list_step: int = 0
    newline: str = "\n"
    bom: bool = False
    final_newline: bool = True
    opening_marker: bool = False
    flow: float = 0.0
    comments: float = 0.0
    blank_lines: float = 0.0
    quotes: float = 0.0
    shuffled: bool = False


styles = st.builds(
    Style,
    seed=st.integers(0, 1 << 16),
    map_step=st.sampled_from([2, 2, 4, 3, 1]),
    list_step=st.sampled_from([0, 2, 4, 1]),
    newline=st.sampled_from(["\n", "\n", "\r\n"]),
    bom=st.booleans(),
    final_newline=st.sampled_from([True, True, False]),
    opening_marker=st.booleans(),
    flow=st.sampled_from([0.0, 0.0, 0.3, 0.8]),
    comments=st.sampled_from([0.0, 0.2, 0.5]),
    blank_lines=st.sampled_from([0.0, 0.2]),
    quotes=st.sampled_from([0.0, 0.3, 1.0]),
    shuffled=st.booleans(),
)

_PLAIN = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z/\u4e00-\u9fff][\w./-]*\Z", re.IGNORECASE)
_LITERAL = re.compile(r"[^\s].*\n?(?:\n*[^\s].*\n?)*\Z")


class Writer:
    """Writes plain data in a style, by rules of its own: nothing here is shared with what it tests."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.random = Random(style.seed)

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def file(self, documents: list[Data]) -> str:
        parts = [self.document(data) for data in documents]
        text = "\n---\n".join(parts) + "\n"
        text = ("---\n" if self.style.opening_marker else "") + text
        if not self.style.final_newline:
            text = text.rstrip("\n")
        return ("\ufeff" if self.style.bom else "") + text.replace("\n", self.style.newline)

    def document(self, data: Data) -> str:
        lines = ["# header", "#", ""] if self.happens(self.style.comments) else []
        return "\n".join(lines + self.mapping(data, 0))

    def mapping(self, data: Data, column: int) -> list[str]:
        entries = list(data.items())
        if self.style.shuffled:
            self.random.shuffle(entries)
        lines: list[str] = []
        for key, value in entries:
            if lines and self.happens(self.style.blank_lines):
                lines.append("")
            if lines and self.happens(self.style.comments / 2):
                lines.append(" " * column + "# above")
            lines += self.entry(key, value, column)
        return lines

    def entry(self, key: str, value: Any, column: int) -> list[str]:
        head = " " * column + self.key(key) + ":"
        step = self.style.list_step if isinstance(value, list) else self.style.map_step
        return self.behind(head, value, column + step, column + self.style.map_step)

    def items(self, data: list[Any], column: int) -> list[str]:
        lines: list[str] = []
        for value in data:
            if lines and self.happens(self.style.comments / 2):
                lines.append(" " * column + "# item")
            dash = " " * column + "-"
            gap = self.random.choice([1, 1, 1, 3])
            nested = self.is_nested(value)
            if nested and not self.happens(self.style.flow):
                inner = column + 1 + gap
                below = self.mapping(value, inner) if isinstance(value, dict) else self.items(value, inner)
                lines += [dash + " " * gap + below[0].lstrip(" "), *below[1:]]
            else:
                lines += self.behind(dash, value, column + 2, column + 2, gap)
        return lines

    def behind(self, head: str, value: Any, column: int, text_column: int, gap: int = 1) -> list[str]:
        comment = "  # end" if self.happens(self.style.comments / 2) else ""
        if self.is_nested(value) and not self.happens(self.style.flow):
            below = self.mapping(value, column) if isinstance(value, dict) else self.items(value, column)
            return [head + comment, *below]
        if isinstance(value, str) and "\n" in value and _LITERAL.match(value) and not value.endswith("\n\n"):
            header = "|" if value.endswith("\n") else "|-"
            body = value.removesuffix("\n").split("\n")
            return [f"{head} {header}{comment}", *(" " * text_column + line if line else "" for line in body)]
        text = self.scalar(value, flow=False) if not isinstance(value, (dict, list)) else self.flow(value)
        if value is None and self.happens(0.5):
            return [head + comment]
        return [head + " " * gap + text + comment]

    @staticmethod
    def is_nested(value: Any) -> bool:
        return isinstance(value, (dict, list)) and bool(value)

    def flow(self, value: Any) -> str:
        pad = self.random.choice(["", " "]) if value else ""
        if isinstance(value, dict):
            parts = [f"{self.key(key)}: {self.flow(item)}" for key, item in value.items()]
            return "{" + pad + ", ".join(parts) + pad + "}"
        if isinstance(value, list):
            return "[" + pad + ", ".join(self.flow(item) for item in value) + pad + "]"
        return self.scalar(value, flow=True)

    def key(self, key: str) -> str:
        return key if _PLAIN.match(key) else self.quoted(key)

    def scalar(self, value: Any, *, flow: bool) -> str:
        if isinstance(value, str):
            return value if _PLAIN.match(value) and not self.happens(self.style.quotes) else self.quoted(value)
        return json.dumps(value)

    def quoted(self, text: str) -> str:
        if text.isprintable() and self.random.random() < 0.5:
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=not text.isprintable())


def written(documents: list[Data], style: Style) -> str:
    """The text of a file that holds `documents`."""
    return Writer(style).file(documents)


# -- typed edits -------------------------------------------------------------------------------------------------------
class TypedEdit(NamedTuple):
    """One edit of an object: what is done at a path of JSON names, and with which plain value.

    `operation` is "assign", "clear" or "null" for any field, "append", "insert" or "pop" for a list, "put" or "drop"
    for a map.
    """

    path: tuple[str, ...]
    operation: str
    value: Any = None
    position: int = 0
    key: str = ""


@st.composite
def typed_edits(draw: st.DrawFn, cls: type[Kind]) -> TypedEdit:
    """An edit that `cls` allows, whatever an object holds at the moment."""
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
    return TypedEdit(tuple(path), operation, value, draw(st.integers(0, 3)), draw(st.sampled_from(KEYS)))


def make(obj: Configuration, edit: TypedEdit) -> None:
    """Do what `edit` says with plain attribute access, as a user would."""
    for name in edit.path[:-1]:
        field = fields_of(type(obj)).by_json[name]
        if getattr(obj, field.attribute) is None:
            setattr(obj, field.attribute, field.class_of(field.type)())
        obj = getattr(obj, field.attribute)
    field = fields_of(type(obj)).by_json[edit.path[-1]]
    there = getattr(obj, field.attribute)
    if edit.operation == "clear":
        setattr(obj, field.attribute, None)
    elif edit.operation == "null":
        set_null(obj, field.attribute)
    elif edit.operation == "assign":
        setattr(obj, field.attribute, as_python(type(obj), field, edit.value))
    elif edit.operation in ("append", "insert"):
        (value,) = as_python(type(obj), field, [edit.value])
        there.insert(min(edit.position, len(there)) if edit.operation == "insert" else len(there), value)
    elif edit.operation == "put":
        there[edit.key] = as_python(type(obj), field, {edit.key: edit.value})[edit.key]
    elif there and edit.operation == "pop":
        there.pop(edit.position % len(there))
    elif edit.operation == "drop":
        there.pop(edit.key, None)


def as_python(owner: type[Configuration], field: Field, value: Any) -> Any:
    """The Python value of a field that holds the plain `value`."""
    return getattr(structure(owner, {field.json: value}), field.attribute)
