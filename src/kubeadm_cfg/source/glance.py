"""What a text certainly does not hold, found out without reading it. An answer may be a false alarm, never a miss."""

from __future__ import annotations

__all__ = ["may_hold_directives", "may_hold_indicator", "may_hold_odd_breaks"]

_BEFORE_INDICATOR = frozenset(" \t\r\n\x85\u2028\u2029[{,:?-")
_BREAKS = frozenset("\r\n\x85\u2028\u2029\ufeff")


def may_hold_indicator(text: str, indicators: str) -> bool:
    """Whether one of the characters stands where an alias, anchor or tag may begin, not inside a word or quotes."""
    for indicator in indicators:
        at = text.find(indicator)
        while at >= 0:
            if at == 0 or text[at - 1] in _BEFORE_INDICATOR:
                return True
            at = text.find(indicator, at + 1)
    return False


def may_hold_directives(text: str) -> bool:
    """Whether a line begins with ``%``."""
    at = text.find("%")
    while at >= 0:
        if at == 0 or text[at - 1] in _BREAKS:
            return True
        at = text.find("%", at + 1)
    return False


def may_hold_odd_breaks(text: str) -> bool:
    """Whether there are line breaks that only YAML knows, or a byte order mark."""
    return not text.isascii() and any(character in text for character in "\x85\u2028\u2029\ufeff")
