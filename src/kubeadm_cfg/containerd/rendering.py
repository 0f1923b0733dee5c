"""How keys and values are written as TOML, in the quotes of the text they join. Where they go is decided elsewhere."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from kubeadm_cfg.containerd.scan import Section, key_text, quoted
from kubeadm_cfg.errors import EditError

__all__ = ["DOUBLE", "Quotes", "quotes_of", "rendered"]

_UNLITERAL: Final = re.compile("['\x00-\x08\x0a-\x1f\x7f]")


class Quotes(NamedTuple):
    """The quotes of keys that are not bare, and those of strings."""

    key: str = '"'
    value: str = '"'

    def key_text(self, key: str) -> str:
        """A key as TOML writes it.

        >>> Quotes("'").key_text("io.containerd.grpc.v1.cri")
        "'io.containerd.grpc.v1.cri'"
        """
        text = key_text(key)
        return text if not text.startswith('"') else _quoted(key, self.key)

    def path(self, keys: Iterable[str]) -> str:
        """A dotted key."""
        return ".".join(map(self.key_text, keys))


DOUBLE: Final = Quotes()


def quotes_of(text: str, found: list[Section]) -> Quotes:
    r"""The quotes that a text uses most, double ones where it says nothing.

    >>> from kubeadm_cfg.containerd.scan import sections
    >>> text = "[plugins.'a.b']\nc = 'd'\n"
    >>> quotes_of(text, sections(text))
    Quotes(key="'", value="'")
    """
    keys: Counter[str] = Counter()
    values: Counter[str] = Counter()
    for section in found:
        spans = [section.key, *(entry.key for entry in section.entries)]
        keys.update(character for span in spans for character in text[span.start : span.end] if character in "\"'")
        values.update(text[entry.value.start] for entry in section.entries if text[entry.value.start] in "\"'")
    # Keys and strings lend each other their quotes where only one of the two shows any.
    return Quotes(_usual(keys or values), _usual(values or keys))


def _usual(counts: Counter[str]) -> str:
    return "'" if counts["'"] > counts['"'] else '"'


def _quoted(text: str, quote: str) -> str:
    return f"'{text}'" if quote == "'" and not _UNLITERAL.search(text) else quoted(text)


def rendered(value: Any, quotes: Quotes = DOUBLE) -> str:
    """A value as TOML writes it on one line.

    Raises:
        EditError: TOML has no such value.

    >>> rendered({"endpoint": ["http://192.168.6.164:5000"]})
    '{ endpoint = ["http://192.168.6.164:5000"] }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise EditError("a lone surrogate cannot be written")
        return _quoted(value, quotes.value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(rendered(item, quotes) for item in value)}]"
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        pairs = ", ".join(f"{quotes.key_text(key)} = {rendered(item, quotes)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    raise EditError(f"{value!r} cannot be written as TOML")
