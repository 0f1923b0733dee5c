"""Keys that get another name or another place, and repeated ones that go: values and comments stay as written."""

from __future__ import annotations

from typing import NamedTuple

from kubeadm_cfg.errors import EditError
from kubeadm_cfg.source import comments
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.edit import Editor
from kubeadm_cfg.source.nodes import Alias, Entry, Mapping, Plain, Scalar, plain, walk
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.place import Place, Refused, find, same
from kubeadm_cfg.source.render import key_source, replaced_string

__all__ = ["Carried", "carried", "drop", "move", "put", "rename"]


def rename(draft: Draft, steps: Steps, name: Plain, *, inline: bool = False) -> None:
    """Give the key at a path another name; only the key's own text changes.

    Raises:
        EditError: there is no such key, the new name is taken, or an alias or merge key shares it.
    """
    if not steps or not isinstance(steps[-1], str) or not isinstance(name, str):
        raise Refused("rename takes a key and its new name")
    editor = Editor(draft, inline)
    mapping, entry = _own_entry(editor, steps)
    if find(draft.root, (*steps[:-1], name)) is not None:
        raise Refused(f"the key {name} is there already", mapping.start)
    key = entry.node
    if not isinstance(key, Scalar) or key.style in ("|", ">") or key.tag or (key.anchor and key.body == key.end):
        raise Refused(f"the key {entry.key} is not written as a word", entry.start)
    text = replaced_string(name, key.style, json=draft.layout.json)
    draft.splice(key.body, key.end, text or key_source(name, draft.layout, flow=mapping.flow))


def drop(draft: Draft, steps: Steps, *, inline: bool = False) -> None:
    """Take out all but the last entry of a key that stands more than once with one value.

    Raises:
        EditError: the entries say different things.
    """
    editor = Editor(draft, inline)
    while True:
        place = _parent(editor, steps)
        mapping = place.node
        assert isinstance(mapping, Mapping)
        *earlier, last = (number for number, entry in enumerate(mapping.entries) if entry.key == steps[-1])
        if not earlier:
            return
        entries = mapping.entries
        value = plain(entries[last].value, draft.text)
        if any(not same(plain(entries[number].value, draft.text), value) for number in earlier):
            raise Refused(f"the key {steps[-1]} is there twice, with different values", entries[earlier[0]].start)
        editor.refuse_lost_anchor(entries[earlier[-1]].value)
        editor.cut(place, earlier[-1])


class Carried(NamedTuple):
    """An entry on its way: its value, its comments, and its lines where it has lines of its own."""

    value: Plain
    notes: list[tuple[comments.Where, str]]
    lines: str | None
    key: int
    """The offset of the key in the lines."""
    column: int


def move(draft: Draft, steps: Steps, target: Plain, *, inline: bool = False) -> None:
    """Take the entry at a path to another path, its comments and the way it is written with it.

    Raises:
        EditError: there is no such key, the new place is taken, or an alias or merge key shares it.
    """
    if not isinstance(target, list) or not target:
        raise Refused("move takes a key and the path it goes to")
    to: Steps = tuple(step for step in target if isinstance(step, (str, int)))
    if to[: len(steps)] == steps:
        raise Refused(f"{render(to)} is inside of what is to be moved")
    entry = carried(draft, steps, inline=inline)
    put(draft, to, entry, inline=inline)
    Editor(draft, inline).take(steps)


def carried(draft: Draft, steps: Steps, *, inline: bool = False) -> Carried:
    """The entry at a path, to be put elsewhere.

    Raises:
        EditError: there is no such key, or something shares it.
    """
    if not steps or not isinstance(steps[-1], str):
        raise Refused("move takes a key; a list item is taken out with remove")
    mapping, entry = _own_entry(Editor(draft, inline), steps)
    if any(isinstance(node, Alias) or node.anchor for node in walk(entry.value)):
        raise Refused(f"{render(steps)} holds an anchor or alias, which has to stay", entry.start)
    notes: list[tuple[comments.Where, str]] = [
        (where, text) for where in _WHERES if (text := comments.comment(draft, steps, where)) is not None
    ]
    value = plain(entry.value, draft.text)
    if mapping.flow or not draft.stands_alone(entry.start):
        return Carried(value, notes, None, 0, 0)
    line = draft.line_start(entry.start)
    start, end = draft.comments_above(line, mapping.indent), draft.tail(entry.end, mapping.indent)
    return Carried(value, notes, draft.text[start:end], entry.node.start - start, mapping.indent)


def put(draft: Draft, to: Steps, entry: Carried, *, inline: bool = False) -> None:
    """Put what was carried to a path: as it was written where its lines fit there, else written anew with its comments.

    Raises:
        EditError: something is there already, or an alias or merge key shares the place.
    """
    if find(draft.root, to) is not None:
        raise Refused(f"{render(to)} is there already")
    Editor(draft, inline).set(to, entry.value)
    if entry.lines is not None and _put_lines(draft, to, entry):
        return
    for where, text in entry.notes:
        try:
            comments.set_comment(draft, to, text, where)
        except EditError:
            continue  # in brackets no comment has a place


_WHERES: tuple[comments.Where, ...] = ("end", "above")


def _own_entry(editor: Editor, steps: Steps) -> tuple[Mapping, Entry]:
    """The mapping a key stands in and its entry, which nothing else shares."""
    place, count = editor.walk(steps[:-1])
    if count == len(steps) - 1 and editor.enter(place, steps[:-1]):
        place, count = editor.walk(steps[:-1])
    mapping, key = place.node, steps[-1]
    entry = mapping.entry(key) if isinstance(mapping, Mapping) and isinstance(key, str) else None
    if count < len(steps) - 1 or not isinstance(mapping, Mapping) or entry is None:
        raise Refused(f"{editor.name(steps)} is not there", mapping.start)
    merge = editor.merged(mapping, str(key))
    if merge is not None:
        raise editor.shared(f"the key {key} comes from a merge key", entry.start, merge.start)
    return mapping, entry


def _parent(editor: Editor, steps: Steps) -> Place:
    """The mapping a repeated key stands in, which `Editor.walk` would refuse to enter."""
    root = editor.draft.root
    if root is None or not steps:
        raise Refused("the document is empty: there is nothing to edit")
    place = Place(root, None, None, editor.draft.shape)
    for count, step in enumerate(steps[:-1]):
        editor.refuse_shared(place.node, steps[:count])
        following = editor.follow(place, step, steps[: count + 1])
        if following is None:
            raise Refused(f"{editor.name(steps)} is not there", place.node.start)
        place = following
    if not isinstance(place.node, Mapping) or place.node.entry(str(steps[-1])) is None:
        raise Refused(f"{editor.name(steps)} is not there", place.node.start)
    editor.refuse_shared(place.node, steps[:-1])
    return place


# -- lines that move ---------------------------------------------------------------------------------------------------
def _put_lines(draft: Draft, to: Steps, entry: Carried) -> bool:
    """Put carried lines, indented anew, in the place of what was written for them; false when they do not fit there."""
    place, _ = Editor(draft, False).walk(to)
    written, mapping = place.owner, place.parent
    if not isinstance(written, Entry) or not isinstance(mapping, Mapping) or mapping.flow:
        return False
    if not draft.stands_alone(written.start):
        return False
    start = draft.line_start(written.start)
    end = written.end if draft.text[written.end - 1] in "\n\r" else draft.next_line(written.end)
    before, root = draft.text, draft._root
    named = _renamed(entry.lines or "", entry.key, key_source(written.key, draft.layout, flow=False))
    shifted = None if named is None else _indented(named, mapping.indent - entry.column)
    if shifted is None:
        return False
    last_break = before[start:end][len(before[start:end].rstrip("\r\n")) :]
    draft.splice(start, end, shifted.rstrip("\r\n") + last_break)
    try:
        found = find(draft.root, to)
        if found is not None and same(plain(found, draft.text), entry.value):
            return True
    except ValueError:
        pass  # a line that does not stand the other indent
    draft.splice(0, len(draft.text), before)
    draft._root = root
    return False


def _renamed(lines: str, key: int, name: str) -> str | None:
    """The lines with another name for their key; None where the key is not plain text in front of a colon."""
    end = lines.find(":", key)
    old = lines[key:end]
    if end < 0 or "\n" in old or not old or old[0] in "?&!*":
        return None
    return lines[:key] + (old if old.strip("\"'") == name else name) + lines[end:]


def _indented(lines: str, by: int) -> str | None:
    """The lines further in or out; None where one does not begin with that many blanks."""
    found = []
    for line in lines.splitlines(keepends=True):
        if not line.strip():
            found.append(line)
        elif by >= 0:
            found.append(" " * by + line)
        elif line[:-by].strip():
            return None
        else:
            found.append(line[-by:])
    return "".join(found)
