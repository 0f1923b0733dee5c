"""What an edit needs to know of a kind: its keys' order and what identifies a list item. No kind is named here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["FOREIGN", "FREE", "Shape"]


class Shape:
    """The schema's part in an edit, for one mapping or list.

    `order` ranks the keys of a struct (None: the mapping is free, as featureGates is); `identity` names the keys
    that tell one item of a list from another (empty: the item's own value does). `child` gives the shape below a key.
    """

    __slots__ = ("_child", "_item", "identity", "order")

    def __init__(
        self,
        order: Mapping[str, int] | None = None,
        child: Callable[[str], Shape | None] | None = None,
        item: Callable[[], Shape | None] | None = None,
        identity: tuple[str, ...] = (),
    ) -> None:
        self.order = order
        self.identity = identity
        self._child = child
        self._item = item

    def child(self, key: str) -> Shape | None:
        """The shape of the value at `key`, None when nothing is known of it."""
        return self._child(key) if self._child else None

    def item(self) -> Shape | None:
        """The shape of a list's items, None when nothing is known of them."""
        return self._item() if self._item else None


FREE = Shape()
"""A free mapping or a list of scalars."""

FOREIGN = Shape(order={"apiVersion": 0, "kind": 1, "metadata": 2})
"""A document of a kind this library has no table of: only what every Kubernetes object begins with has a rank."""
