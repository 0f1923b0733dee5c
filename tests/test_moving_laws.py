"""What holds for keys that are renamed and moved, in every text that is YAML: all else stays, or nothing moves."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import texts as corpus_texts
from kubeadm_cfg.fixing import drop, move, rename
from kubeadm_cfg.source.difference import Change, applied
from kubeadm_cfg.source.place import same
from kubeadm_cfg.testing import nearly_yaml

pytestmark = pytest.mark.law

SMALL = [text for text in corpus_texts() if len(text) < 1500]
TEXTS = nearly_yaml() | st.sampled_from(SMALL)
NAMES = st.sampled_from(["new", "yes", "a b", "12", "x-y", "", "#"])


def keys(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every key."""
    for step, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(step, str):
            yield (*path, step)
        yield from keys(part, (*path, step))


def drawn(text: str, data: st.DataObject) -> tuple[kc.ConfigFile, kc.Document, Any, tuple[str | int, ...]]:
    """A file, one of its documents, its data, and the path of one of its keys."""
    try:
        file = kc.loads(text)
        assume(file.documents)
        document = data.draw(st.sampled_from(file.documents))
        before = copy.deepcopy(document.to_dict())
    except kc.ConfigError:
        assume(False)
    paths = list(keys(before))
    assume(paths)
    return file, document, before, data.draw(st.sampled_from(paths))


def reads_as(file: kc.ConfigFile, document: kc.Document, expected: Any) -> bool:
    number = file.documents.index(document)
    return same(document.to_dict(), expected) and same(kc.loads(file.text).documents[number].to_dict(), expected)


def common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@settings(max_examples=300)
@given(TEXTS, NAMES, st.data())
def test_a_key_that_is_renamed_is_all_that_changes(text: str, name: str, data: st.DataObject) -> None:
    file, document, before, path = drawn(text, data)
    unchanged = file.text
    try:
        rename(path, name).make(document)
    except kc.EditError:
        assert file.text == unchanged
        return
    assert reads_as(file, document, applied(before, Change("rename", path, name)))
    old, new = unchanged, file.text
    start = common(old, new)
    end = common(old[start:][::-1], new[start:][::-1])
    assert len(new) - start - end <= len(name) + 2


@settings(max_examples=300)
@given(TEXTS, NAMES, st.data())
def test_an_entry_that_is_moved_keeps_its_value_and_so_does_all_else(text: str, name: str, data: st.DataObject) -> None:
    file, document, before, path = drawn(text, data)
    parents = [(), *[other for other in keys(before) if isinstance(at(before, other), dict)]]
    target = (*data.draw(st.sampled_from(parents)), *data.draw(st.sampled_from([(), ("deeper",)])), name)
    unchanged = file.text
    try:
        move(path, target).make(document)
    except kc.EditError:
        assert file.text == unchanged
        return
    assert reads_as(file, document, applied(before, Change("move", path, list(target))))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


BLOCKS = st.recursive(
    st.sampled_from(["1", "a b", "'q'", "{x: 1}", "[1, 2]", "|\n{pad}  text\n{pad}\n{pad}   more"]),
    lambda inner: st.lists(st.tuples(st.booleans(), inner), min_size=1, max_size=3),
    max_leaves=5,
)


def block(entries: Any, pad: str) -> Iterator[str]:
    """A block mapping whose entries have comments above and behind, as lines."""
    for number, (has_comment, value) in enumerate(entries):
        if has_comment:
            yield f"{pad}# above {number}\n"
        if isinstance(value, list):
            yield f"{pad}k{number}:  # behind\n"
            yield from block(value, pad + "  ")
        elif value.startswith("|"):
            yield f"{pad}k{number}: {value.format(pad=pad)}\n"
        else:
            yield f"{pad}k{number}: {value}  # behind\n"


@settings(max_examples=150)
@given(st.lists(st.tuples(st.booleans(), BLOCKS), min_size=2, max_size=4), st.data())
def test_comments_of_a_block_move_with_it(entries: Any, data: st.DataObject) -> None:
    text = "kind: Note\n" + "".join(block(entries, ""))
    file = kc.loads(text)
    (document,) = file.documents
    paths = list(keys(document.to_dict()))
    path = data.draw(st.sampled_from([path for path in paths if path != ("kind",)]))
    move(path, ("new", "place")).make(document)
    hashes = sorted(line.strip().partition("#")[2] for line in text.splitlines() if "#" in line)
    assert sorted(line.strip().partition("#")[2] for line in file.text.splitlines() if "#" in line) == hashes


@given(st.lists(st.sampled_from(["a: 1", "a: 1  # again", "a: 0x1", "b: 2", "# note"]), min_size=2, max_size=6))
def test_of_equal_entries_the_last_stays(lines: list[str]) -> None:
    text = "kind: Note\n" + "".join(f"{line}\n" for line in lines)
    file = kc.loads(text)
    (document,) = file.documents
    before = document.to_dict()
    assume("a" in before and sum(line.startswith("b") for line in lines) < 2)
    drop("a").make(document)
    assert same(document.to_dict(), before)
    kept = file.text.splitlines()
    assert sum(line.startswith("a") for line in kept) == 1
    assert next(line for line in kept if line.startswith("a")) == [line for line in lines if line.startswith("a")][-1]
