"""Numbers and ranges of ports in texts, as Go's strconv and `ParsePortRange` of apimachinery read them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MAX_PORT", "atoi", "is_port", "is_port_range"]

MAX_PORT: Final = 65535
_DECIMAL: Final = re.compile(r"([+-]?)0*([0-9]{1,19})", re.ASCII)
_INT64: Final = 2**63


def atoi(text: str) -> int | None:
    """The number as `strconv.Atoi` reads it: decimal, a sign and leading zeros are taken; None where it refuses.

    >>> atoi("+08"), atoi("0x8")
    (8, None)
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    number = int(found[1] + found[2])
    return number if -_INT64 <= number < _INT64 else None


def is_port(text: str) -> bool:
    """Whether the text is a port number from 1 to 65535."""
    number = atoi(text)
    return number is not None and 1 <= number <= MAX_PORT


def is_port_range(text: str) -> bool:
    """Whether the text is one port, two with a dash, or a port and how many follow; blanks around it do not count.

    >>> is_port_range("30000-32767"), is_port_range("30000+2767"), is_port_range("2000-1000")
    (True, True, False)
    """
    text = text.strip()
    first, sign, second = text.partition("-" if "-" in text else "+")
    low, high = atoi(first), atoi(second) if sign else 0
    if low is None or high is None or ("-" in text and "+" in text):
        return False
    last = high if sign == "-" else low + high
    return 0 <= low <= last <= MAX_PORT
