"""The nodes of one document: what stands where in its text. They hold offsets, never text, and know no schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, Literal

from kubeadm_cfg.source.scalars import ScalarError, key_text, resolve, resolve_plain, unquote

__all__ = ["MERGE", "Alias", "Entry", "Item", "Mapping", "Node", "Plain", "Scalar", "Sequence", "plain", "walk"]

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
Style = Literal["", "'", '"', "|", ">"]

MERGE: Final = "<<"


class Scalar:
    """A scalar. `start` is where its properties (anchor, tag) begin, `body` where its own text does."""

    __slots__ = ("end", "start", "style", "value")

    anchor: str | None = None
    tag: str | None = None

    def __init__(self, start: int, end: int, style: str, value: str | None = None) -> None:
        self.start = start
        self.end = end
        self.style = style
        self.value = value
        """The text it stands for, None while that is still to be read off the source."""

    @property
    def body(self) -> int:
        return self.start

    def text(self, source: str) -> str:
        """The text the scalar stands for, before any meaning is given to it."""
        if self.value is None:
            raw = source[self.body : self.end]
            self.value = unquote(raw) if self.style else raw
        return self.value

    def resolved(self, source: str) -> str | int | float | bool | None:
        """The value sigs.k8s.io/yaml reads.

        Raises:
            ScalarError: the text does not fit the tag.
        """
        if self.style == "" and self.tag is None:
            return resolve_plain(source[self.start : self.end] if self.value is None else self.value)
        if self.tag is None:
            return self.text(source)
        return resolve(self.text(source), self.style, self.tag)


class PropertyScalar(Scalar):
    """A scalar with an anchor or a tag."""

    __slots__ = ("_body", "anchor", "tag")

    def __init__(
        self, start: int, end: int, style: str, value: str | None, body: int, anchor: str | None, tag: str | None
    ) -> None:
        super().__init__(start, end, style, value)
        self._body = body
        self.anchor = anchor
        self.tag = tag

    @property
    def body(self) -> int:
        return self._body


class Alias:
    """``*name``: the node it points at stands elsewhere."""

    __slots__ = ("end", "name", "start", "target")

    anchor: ClassVar[None] = None
    tag: ClassVar[None] = None

    def __init__(self, start: int, end: int, name: str, target: Node) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.target = target

    @property
    def body(self) -> int:
        return self.start


class Entry:
    """A key and its value. `key` is the JSON text of the key, `colon` the offset behind the colon (or the key)."""

    __slots__ = ("_node", "colon", "key", "start", "value")

    def __init__(self, start: int, key: str, colon: int, value: Node, node: Node | None = None) -> None:
        self.start = start
        self.key = key
        self.colon = colon
        self.value = value
        self._node = node

    @property
    def node(self) -> Node:
        """The key's own node; one that is not given is plain and ends at its colon."""
        if self._node is None:
            self._node = Scalar(self.start, self.colon - 1, "")
        return self._node

    @property
    def end(self) -> int:
        return max(self.value.end, self.colon)


class Item:
    """One item of a list. `start` is the dash in block style, the value in flow style."""

    __slots__ = ("start", "value")

    def __init__(self, start: int, value: Node) -> None:
        self.start = start
        self.value = value

    @property
    def end(self) -> int:
        return max(self.value.end, self.start + 1)


class _Collection:
    __slots__ = ("_end", "anchor", "body", "flow", "indent", "start", "tag")

    def __init__(self, start: int, indent: int, flow: bool) -> None:
        self.start = start
        self.body = start
        self.indent = indent
        """The column of the keys or dashes; of no meaning in flow style."""
        self.flow = flow
        self.anchor: str | None = None
        self.tag: str | None = None
        self._end = start


class Mapping(_Collection):
    """A mapping in block or flow style."""

    __slots__ = ("entries",)

    def __init__(self, start: int, indent: int, flow: bool) -> None:
        super().__init__(start, indent, flow)
        self.entries: list[Entry] = []

    @property
    def end(self) -> int:
        return self._end if self.flow else self.entries[-1].end

    @end.setter
    def end(self, value: int) -> None:
        self._end = value

    def entry(self, key: str) -> Entry | None:
        """The entry with this key, the last of them when it is there twice."""
        for entry in reversed(self.entries):
            if entry.key == key:
                return entry
        return None

    def twice(self) -> Entry | None:
        """The first entry that repeats a key."""
        if len({entry.key for entry in self.entries}) == len(self.entries):
            return None
        seen: set[str] = set()
        for entry in self.entries:
            if entry.key in seen:
                return entry
            seen.add(entry.key)
        return None


class Sequence(_Collection):
    """A list in block or flow style."""

    __slots__ = ("items",)

    def __init__(self, start: int, indent: int, flow: bool) -> None:
        super().__init__(start, indent, flow)
        self.items: list[Item] = []

    @property
    def end(self) -> int:
        return self._end if self.flow else self.items[-1].end

    @end.setter
    def end(self, value: int) -> None:
        self._end = value


Node = Scalar | Mapping | Sequence | Alias


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree in the order of the text; what an alias points at is not entered."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Mapping):
            for entry in reversed(node.entries):
                stack += (entry.value, entry.node)
        elif isinstance(node, Sequence):
            stack += [item.value for item in reversed(node.items)]


def plain(node: Node, source: str) -> Plain:
    """The plain data of a node, as sigs.k8s.io/yaml hands it to the JSON decoder; the last of two equal keys wins.

    Raises:
        ScalarError: a scalar or key that cannot become JSON.
    """
    if isinstance(node, Scalar):
        return node.resolved(source)
    if isinstance(node, Mapping):
        data: dict[str, Plain] = {}
        for entry in node.entries:
            value = entry.value
            key = entry.key
            if type(value) is Scalar and value.style == "" and key != MERGE:  # the ordinary entry, without a call
                text = value.value
                data[key] = resolve_plain(source[value.start : value.end] if text is None else text)
            elif is_merge(entry):
                for merged in merged_mappings(value):
                    data.update(plain(merged, source))  # type: ignore[arg-type]  # a mapping's data is a dict
            else:
                data[entry.key] = plain(value, source)
        return data
    if isinstance(node, Sequence):
        return [plain(item.value, source) for item in node.items]
    return plain(node.target, source)


def is_merge(entry: Entry) -> bool:
    """Whether the entry is a merge key: a plain ``<<``."""
    return entry.key == MERGE and isinstance(entry.node, Scalar) and entry.node.style == "" and entry.node.tag is None


def merged_mappings(value: Node) -> list[Mapping]:
    """The mappings a merge key brings in, the strongest last (go-yaml lets the first of a list win).

    Raises:
        ScalarError: it names something else than a mapping or a list of mappings.
    """
    target = value.target if isinstance(value, Alias) else value
    if isinstance(target, Mapping):
        return [target]
    if isinstance(target, Sequence):
        found = [item.value.target if isinstance(item.value, Alias) else item.value for item in target.items]
        if all(isinstance(item, Mapping) for item in found):
            return found[::-1]  # type: ignore[return-value]  # all of them are mappings
    raise ScalarError("a merge key << takes a mapping or a list of mappings")


KEYS: dict[str, str] = {}


def plain_key(raw: str) -> str:
    """The JSON text of a plain key. Keys repeat, so their texts are kept.

    Raises:
        ScalarError: the key is null or otherwise no key.
    """
    key = KEYS.get(raw)
    if key is None:
        key = key_text(resolve_plain(raw))
        if len(KEYS) < 4096:
            KEYS[raw] = key
    return key
