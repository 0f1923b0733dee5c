"""Whether a text is YAML as sigs.k8s.io/yaml (go-yaml v2) reads it, and its events. Nothing here knows what they mean.

Two parsers give the same answers: parser.py, a port of go-yaml's own, and libyaml through ``ruamel.yaml.clib``, twenty
times as fast once its import (some 13 ms) is paid for. Where the two differ, the port decides (docs/compatibility.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, NamedTuple

from kubeadm_cfg.source.glance import may_hold_directives, may_hold_indicator, may_hold_odd_breaks
from kubeadm_cfg.source.parser import LONG_TAG, Event, parse
from kubeadm_cfg.source.problems import GrammarError, GrammarProblem, forbidden_character, refuse

__all__ = [
    "LIMITS",
    "Event",
    "GrammarError",
    "GrammarProblem",
    "Limits",
    "check",
    "events",
    "exceeded",
    "exceeded_by",
    "reads_at_once",
    "use_parser",
]


class Limits(NamedTuple):
    """How much is read before a text is refused."""

    size: int = 64 * 1024 * 1024
    """Characters of a file."""
    depth: int = 256
    """Mappings and lists inside one another."""
    documents: int = 100_000
    """Documents of a file."""


LIMITS = Limits()
"""What holds where no other limits are given. A program that needs more replaces it, in this module."""


def check(text: str, *, limits: Limits | None = None, strict: bool = False) -> GrammarProblem | None:
    r"""Why the first document in `text` cannot be read, None when it can.

    What go-yaml refuses although it is YAML or JSON (``"\/"``, ``%YAML 1.2``) is a problem with `strict` only.

    >>> check("a: [1, 2").message
    "did not find expected ',' or ']'"
    """
    limits = limits or LIMITS
    if (too_large := exceeded(text, limits)) is not None:
        return too_large
    try:
        c_parser = None if _is_odd(text) else _c_parser(text)
        if c_parser is not None and not may_hold_indicator(text, "*") and not _may_be_deep(text, limits.depth):
            try:
                c_parser(text).raw_parse()
            except _c_errors():
                pass  # go-yaml reads some of what libyaml refuses, and libyaml sees what stands behind the document
            else:
                return None
        for _ in events(text, limits=limits, strict=strict):
            pass
    except GrammarError as error:
        return error.problem
    return None


_REMEDY_LIMIT: Final = "split the file, or raise kubeadm_cfg.source.grammar.LIMITS"


def exceeded(text: str, limits: Limits | None = None) -> GrammarProblem | None:
    """That a text is too large, when it is."""
    limit = (limits or LIMITS).size
    if len(text) <= limit:
        return None
    return GrammarProblem(
        0, f"the text has {len(text):,} characters, more than {limit:,}", _REMEDY_LIMIT, "yaml.limit.size"
    )


def exceeded_by(documents: int) -> GrammarProblem | None:
    """That a file has too many documents, when it has."""
    if documents <= LIMITS.documents:
        return None
    message = f"the file has {documents:,} documents, more than {LIMITS.documents:,}"
    return GrammarProblem(0, message, _REMEDY_LIMIT, "yaml.limit.documents")


def reads_at_once(text: str) -> bool:
    """Whether libyaml, asked once, vouches for every document of a text; false says nothing about any of them."""
    if len(text) > LIMITS.size or "\n..." in text or _is_odd(text):
        return False
    c_parser = _c_parser(text)
    if c_parser is None or may_hold_indicator(text, "*") or _may_be_deep(text, LIMITS.depth):
        return False
    try:
        c_parser(text).raw_parse()
    except _c_errors():
        return False
    return True


def events(text: str, *, limits: Limits | None = None, strict: bool = False) -> Iterator[Event]:
    """The events of the first document in `text`, none when it has no document.

    Raises:
        GrammarError: with the problem that `check` returns; the events before it have been given.
    """
    read = _events(text, limits or LIMITS, strict)
    return _accounted(read) if may_hold_indicator(text, "*") else read


def _events(text: str, limits: Limits, strict: bool) -> Iterator[Event]:
    c_parser = None if _is_odd(text) else _c_parser(text)
    if c_parser is not None:
        try:
            # All of them at once: where the parsers part, the port has to give its own from the first.
            return iter(list(_libyaml_events(c_parser(text), text, limits.depth)))
        except _c_errors():
            pass
    problem = forbidden_character(text)
    if problem:
        raise GrammarError(problem)
    return parse(text, depth=limits.depth, lenient=not strict)


# What libyaml 0.1.7 reads otherwise than go-yaml without refusing it: directives, an empty collection as a key, the
# escape of JSON, breaks beyond ASCII and byte order marks inside the text.
_LIST_AS_KEY: Final = re.compile(r"\][ \t]*:")
_MAPPING_AS_KEY: Final = re.compile(r"\}[ \t]*:")


def _is_odd(text: str) -> bool:
    """Whether something is in the text that only the port reads as go-yaml does."""
    return (
        may_hold_directives(text)
        or ("\\" in text and "\\/" in text)
        or ("]" in text and _LIST_AS_KEY.search(text) is not None)
        or ("}" in text and _MAPPING_AS_KEY.search(text) is not None)
        or may_hold_odd_breaks(text)
    )


_LONG_INDENT: Final = re.compile(r"\n[ ?:-]{64}")


def _may_be_deep(text: str, depth: int) -> bool:
    """Whether collections may be nested deeper than `depth`: no for all ordinary text, and at once."""
    brackets = text.count("[") + text.count("{")
    if brackets + text.count(":") + text.count("-") + text.count("?") <= depth:
        return False  # every level has an indicator of its own
    if brackets > depth:
        return True
    # A level of block collections takes a column, one more where a list is not indented below its key.
    return _LONG_INDENT.search(text) is not None or _LONG_INDENT.match("\n" + text[:64]) is not None


# -- aliases -----------------------------------------------------------------------------------------------------------
class _Open:
    """A collection whose end has not been read."""

    __slots__ = ("anchor", "at", "mapping", "nodes", "position")

    def __init__(self, anchor: str | None, at: int, *, mapping: bool) -> None:
        self.anchor = anchor
        self.at = at
        self.mapping = mapping
        self.nodes = 1  # itself and everything in it, with aliases replaced by what they stand for
        self.position = 0  # of the next child; keys are at even positions


_FEW_NODES: Final = 400_000
_MANY_NODES: Final = 4_000_000


def _accounted(read: Iterator[Event]) -> Iterator[Event]:
    """The same events; refused as go-yaml refuses aliases to nothing, to themselves, and too many of them."""
    known: dict[str, int | None] = {}  # nodes below each anchor, None while it is being read
    open_: list[_Open] = [_Open(None, 0, mapping=False)]
    decoded = copied = 0
    for event in read:
        kind, start, _, value, _, anchor, tag = event[:7]
        nodes = 0
        if kind == "map-start" or kind == "seq-start":
            if anchor is not None:
                known[anchor] = None
            open_.append(_Open(anchor, start, mapping=kind == "map-start"))
        elif kind == "map-end" or kind == "seq-end":
            closed = open_.pop()
            if closed.anchor is not None:
                known[closed.anchor] = closed.nodes
            nodes = closed.nodes
            decoded += 1
        elif kind == "scalar":
            merge = value == "<<" and open_[-1].mapping and open_[-1].position % 2 == 0 and not event[4] and tag is None
            nodes = 0 if merge else 1
            if anchor is not None:
                known[anchor] = 1
            decoded += nodes
        elif kind == "alias":
            target = known.get(value, 0)
            if target == 0:
                refuse(start, f"unknown anchor '{value}' referenced", code="yaml.alias", remedy=_REMEDY_UNKNOWN)
            if target is None:
                refuse(start, f"anchor '{value}' value contains itself", code="yaml.alias", remedy=_REMEDY_ITSELF)
            nodes = 1 + target
            copied += target
            decoded += nodes
        else:
            yield event
            continue
        open_[-1].nodes += nodes
        open_[-1].position += 1 if nodes or kind == "scalar" else 0
        if copied > 100 and decoded > 1000 and copied / decoded > _allowed_ratio(decoded):
            refuse(start, "document contains excessive aliasing", code="yaml.limit.aliases", remedy=_REMEDY_EXCESSIVE)
        yield event


_REMEDY_UNKNOWN: Final = "write `&name` at the value to repeat, before `*name`; put text that begins with * in quotes"
_REMEDY_ITSELF: Final = "let the alias stand outside the value that its anchor names"
_REMEDY_EXCESSIVE: Final = "write some of the values out"


def _allowed_ratio(decoded: int) -> float:
    """How much of a document may come from aliases (go-yaml decode.go, allowedAliasRatio)."""
    beyond = min(max(decoded - _FEW_NODES, 0), _MANY_NODES - _FEW_NODES)
    return 0.99 - 0.89 * (beyond / (_MANY_NODES - _FEW_NODES))


# -- libyaml -----------------------------------------------------------------------------------------------------------
_Choice = Literal["auto", "c", "port"]

# Importing ruamel.yaml.clib takes as long as the port needs for this many characters.
_PAYS_OFF: Final = 40_000

_choice: _Choice = "auto"
_read_by_port = 0
_libyaml: Any = None  # the CParser class, False when it is not installed, None before the first attempt


@contextmanager
def use_parser(name: _Choice) -> Iterator[None]:
    """For tests: which parser reads inside the block; ``"c"`` is libyaml at once, ``"port"`` never."""
    global _choice
    before, _choice = _choice, name
    try:
        yield
    finally:
        _choice = before


def _c_parser(text: str) -> Callable[[str], Any] | None:
    """libyaml's parser, None while the port is the better choice or when there is no other."""
    global _libyaml, _read_by_port
    if _choice == "port":
        return None
    if _libyaml is None:
        if _choice == "auto":
            _read_by_port += len(text)
            if _read_by_port < _PAYS_OFF:
                return None
        try:
            from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # passed on without saying so
        except ImportError:
            _libyaml = False
        else:
            _libyaml = CParser
    return _libyaml or None


class _TooDeepForLibyaml(Exception):
    """The depth limit is reached; the port words it."""


def _c_errors() -> tuple[type[Exception], ...]:
    """What libyaml's binding raises for a text it refuses."""
    if not _libyaml:
        return ()
    from ruamel.yaml.error import YAMLError

    return YAMLError, UnicodeEncodeError, _TooDeepForLibyaml


_GAP: Final = "(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\r\n]*)*"
_PROPERTIES: Final = re.compile(rf"(?:(?:&[0-9A-Za-z_-]+|!<[^>]*>|![^ \t\r\n]*){_GAP})*")
_INDICATORS: Final = re.compile("(?:[ \t\r\n]+|#[^\r\n]*|([,:?-]))*")


def _libyaml_events(parser: Any, text: str, depth: int) -> Iterator[Event]:
    """libyaml's events with marks as the port gives them: see `Event` for what they are."""
    from ruamel.yaml import events as kinds

    scalar, alias = kinds.ScalarEvent, kinds.AliasEvent
    map_start, map_end = kinds.MappingStartEvent, kinds.MappingEndEvent
    seq_start, seq_end = kinds.SequenceStartEvent, kinds.SequenceEndEvent
    next_event = parser.get_event
    last = 0  # where the last node or indicator ended
    opened: list[bool] = []
    while True:
        event = next_event()
        kind = type(event)
        start, end = event.start_mark.index, event.end_mark.index
        if kind is scalar:
            anchor, tag = event.anchor, _short(event.tag)
            value, style = event.value, event.style or ""
            body = start
            if anchor is not None or tag is not None:
                body = _PROPERTIES.match(text, start, end).end() if value or style else end  # type: ignore[union-attr]  # never None
            elif not value and not style:
                start = end = body = _absent(text, last, start)
            last = end
            yield ("scalar", start, end, value, style, anchor, tag, body, False)
        elif kind is map_start or kind is seq_start:
            if len(opened) >= depth:
                raise _TooDeepForLibyaml
            flow = bool(event.flow_style)
            opened.append(flow)
            anchor, tag = event.anchor, _short(event.tag)
            body = start
            if anchor is not None or tag is not None:
                indented = not flow and (kind is map_start or text.startswith("-", end))
                body = end if indented else end - 1
            last = end = end if flow else body
            yield ("map-start" if kind is map_start else "seq-start", start, end, "", "", anchor, tag, body, flow)
        elif kind is map_end or kind is seq_end:
            flow = opened.pop()
            if not flow or start == end:  # a block collection, or a pair in a flow list
                start = end = last
            last = end
            yield ("map-end" if kind is map_end else "seq-end", start, end, "", "", None, None, start, flow)
        elif kind is alias:
            last = end
            yield ("alias", start, end, event.anchor, "", None, None, start, False)
        elif kind is kinds.DocumentStartEvent:
            last = end
            yield ("doc-start", start, end, "", "", None, None, start, False)
        elif kind is kinds.DocumentEndEvent:
            yield ("doc-end", start, end, "", "", None, None, start, False)
            return
        elif kind is kinds.StreamEndEvent:
            return


def _short(tag: Any) -> str | None:
    if tag is None:
        return None
    text = str(tag)
    return "!!" + text[len(LONG_TAG) :] if text.startswith(LONG_TAG) else text


def _absent(text: str, last: int, mark: int) -> int:
    """Where an absent value stands: behind the indicator that announces it, else behind the node before it."""
    if mark == last:
        return mark
    between = _INDICATORS.match(text, last, mark)
    return between.end(1) if between and between[1] else last
