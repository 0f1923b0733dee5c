"""The smallest set of edits that makes one piece of plain data another. Plain data only; edit.py applies them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from kubeadm_cfg.source import edit, moving
from kubeadm_cfg.source.align import align
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.nodes import Plain
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import same
from kubeadm_cfg.source.shape import Shape

__all__ = ["Change", "applied", "apply", "changes", "may_undo"]


class Change(NamedTuple):
    """One edit: "set", "unset", "append", "insert", "remove", "rename", "move", or one that leaves the data alone.

    `value` is the new value, the new name, or the path to move to. "comment" and "drop" leave the data alone.
    """

    operation: str
    steps: Steps
    value: Plain = None


def changes(before: Plain, after: Plain, given: Plain, shape: Shape | None, steps: Steps = ()) -> list[Change]:
    """The edits that lead from `before` to `after`; `given` is `after` as it is to be written (60s, not 1m0s)."""
    if isinstance(before, dict) and isinstance(after, dict) and isinstance(given, dict):
        found: list[Change] = []
        for key, value in after.items():
            place = (*steps, key)
            if key not in before:
                found.append(Change("set", place, given[key]))
            elif not same(before[key], value):
                found += changes(before[key], value, given[key], shape.child(key) if shape else None, place)
        return found + [Change("unset", (*steps, key)) for key in reversed(before) if key not in after]
    if isinstance(before, list) and isinstance(after, list) and isinstance(given, list):
        return _list_changes(before, after, given, shape, steps)
    return [Change("set", steps, given)]


def _list_changes(
    before: list[Plain], after: list[Plain], given: list[Plain], shape: Shape | None, steps: Steps
) -> list[Change]:
    item = shape.item() if shape else None
    plan = align(before, after, shape.identity if shape else ())
    found: list[Change] = []
    for old, new in plan.kept:
        found += changes(before[old], after[new], given[new], item, (*steps, old))
    found += [Change("insert", (*steps, place), given[new]) for place, new in reversed(plan.inserted)]
    for old in reversed(plan.removed):
        shift = sum(1 for place, _ in plan.inserted if place <= old)
        found.append(Change("remove", (*steps, old + shift)))
    return found


_OPERATIONS: dict[str, Callable[..., None]] = {
    "set": edit.set_value,
    "unset": edit.unset,
    "append": edit.append,
    "insert": edit.insert,
    "remove": edit.remove,
    "rename": moving.rename,
    "move": moving.move,
    "drop": moving.drop,
}
_WITHOUT_VALUE = ("unset", "remove", "drop")
_WITHOUT_DATA = ("comment", "drop")


def apply(draft: Draft, change: Change, *, inline: bool = False) -> None:
    """Make one change in a document's text."""
    if change.operation in _WITHOUT_VALUE:
        _OPERATIONS[change.operation](draft, change.steps, inline=inline)
    else:
        _OPERATIONS[change.operation](draft, change.steps, change.value, inline=inline)


def applied(data: Any, change: Change) -> Any:
    """Plain data as one change leaves it: what the text has to read as afterwards."""
    operation, steps, value = change
    if operation in _WITHOUT_DATA:
        return data
    if operation == "rename":
        return _replaced(data, steps[:-1], lambda old: {value if key == steps[-1] else key: old[key] for key in old})
    if operation == "move":
        assert isinstance(value, list)
        to: Steps = tuple(step for step in value if isinstance(step, (str, int)))
        return applied(applied(data, Change("set", to, _at(data, steps))), Change("unset", steps))
    if operation == "append":
        return _replaced(data, steps, lambda old: [*(old or []), value])
    last = steps[-1] if steps else None
    if operation == "set":
        return _replaced(data, steps, lambda _: value)
    if operation == "insert":
        assert isinstance(last, int)
        return _replaced(data, steps[:-1], lambda old: [*(old or [])[:last], value, *(old or [])[last:]])
    if operation == "remove":
        assert isinstance(last, int)
        return _replaced(data, steps[:-1], lambda old: [*old[:last], *old[last + 1 :]])
    if not _is_there(data, steps):
        return data
    return _replaced(data, steps[:-1], lambda old: {key: item for key, item in old.items() if key != last})


def _at(data: Any, steps: Steps) -> Any:
    for step in steps:
        data = data[step]
    return data


def _is_there(data: Any, steps: Steps) -> bool:
    for step in steps:
        if isinstance(data, list) and isinstance(step, int) and step < len(data):  # noqa: SIM114  # for type checkers
            data = data[step]
        elif isinstance(data, dict) and step in data:
            data = data[step]
        else:
            return False
    return True


def _replaced(data: Any, steps: Steps, change: Callable[[Any], Any]) -> Any:
    if not steps:
        return change(data)
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        old = list(data or [])
        if step < len(old):
            old[step] = _replaced(old[step], rest, change)
        else:
            old.append(_replaced(None, rest, change))
        return old
    return {**(data or {}), step: _replaced((data or {}).get(step), rest, change)}


def may_undo(changes: list[Change], earlier: list[Change]) -> bool:
    """Whether `changes` come back to where `earlier` ones were, so that all together may have changed nothing."""
    if not earlier or any(change.operation in _WITHOUT_DATA for change in (*changes, *earlier)):
        return False
    places = {_place(change) for change in earlier}
    return any(_place(change)[:count] in places for change in changes for count in range(len(change.steps) + 1)) or any(
        place[: len(_place(change))] == _place(change) for change in changes for place in places
    )


def _place(change: Change) -> Steps:
    """The list that an item comes into or leaves, else the place itself."""
    return change.steps[:-1] if change.operation in ("insert", "remove") else change.steps
