"""Quantities: which texts are one, and the text in which Kubernetes writes them back. No other values here."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from kubeadm_cfg.values import number_text

__all__ = ["canonical_quantity"]

Format = Literal["decimal", "exponent", "binary"]

# apimachinery pkg/api/resource/quantity.go, parseQuantityString: any part may be missing. "", "-", "." and "Ki" are 0.
_FORM: Final = r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)\Z"
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_SUFFIX_OF_TEN: Final = {power: suffix for suffix, power in _DECIMAL.items()}
_SUFFIX_OF_TWO: Final = {power: suffix for suffix, power in _BINARY.items()}
_EXPONENT: Final = r"[eE]([-+]?[0-9]+)\Z"
_NANO: Final = -9
_TINY: Final = -5000  # a power of ten that makes less than a nano of every number that can be written
_DIGITS: Final = 18  # what surely fits an int64
_MOST: Final = (1 << 63) - 1
_SPACE: Final = " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What Go trims off; tabs and line breaks it sees as escapes, which are no space."""


class _Parts(NamedTuple):
    """A quantity taken apart: `digits` in front of the point, without leading zeros, and behind it `fraction`."""

    sign: int
    digits: str
    fraction: str
    power: int
    format: Format


@lru_cache(maxsize=1024, typed=True)
def canonical_quantity(value: str | float) -> str:
    """The text of a Kubernetes quantity as Quantity.String writes it; ValueError when it is none.

    A text that Kubernetes takes for canonical stays as it is (`1.500`), others become a whole number with the largest
    suffix that needs no fraction. What is finer than a nano is rounded away from zero.

    >>> canonical_quantity("1.5Gi"), canonical_quantity(0.5), canonical_quantity("1000m")
    ('1536Mi', '500m', '1')
    """
    text = value.strip(_SPACE) if isinstance(value, str) else number_text(value)
    parts = _parts(text)
    return _short(text, parts) or _exact(parts)


def _parts(text: str) -> _Parts:
    match = re.match(_FORM, text)
    if match is None or not text:
        raise ValueError(f"{text!r} is not a quantity such as 500m, 1.5Gi or 64Ki")
    sign, digits, fraction, suffix = match.groups()
    style, power = _suffix(text, suffix)
    parts = _Parts(-1 if sign == "-" else 1, digits, fraction or "", power, style)
    if not any(map(str.isdigit, text[: match.start(4)])) and not _is_quick(parts):
        raise ValueError(f"{text!r} is no quantity: it has no number in front of its suffix")
    return parts


def _suffix(text: str, suffix: str) -> tuple[Format, int]:
    if suffix in _BINARY:
        return "binary", _BINARY[suffix]
    if suffix in _DECIMAL:
        return "decimal", _DECIMAL[suffix]
    exponent = re.match(_EXPONENT, suffix)
    if exponent is None or not -_MOST - 1 <= int(exponent[1]) <= _MOST:
        raise ValueError(f"{text!r} does not end in a quantity suffix such as m, k, M, Ki, Mi or Gi")
    return "exponent", (int(exponent[1]) + (1 << 31)) % (1 << 32) - (1 << 31)  # kept as an int32


def _is_quick(parts: _Parts) -> bool:
    """Whether Kubernetes reads it without big numbers: few digits, nothing finer than a nano."""
    digits = len(parts.digits or "0") + len(parts.fraction)
    if parts.format == "binary":
        return not parts.fraction and digits <= 14 - parts.power * 3 // 10
    return digits <= _DIGITS and parts.power - len(parts.fraction) >= _NANO


def _short(text: str, parts: _Parts) -> str | None:
    """The text itself, where Kubernetes' quick way takes it for canonical."""
    if not _is_quick(parts):
        return None
    digits = (parts.digits or "0") + parts.fraction
    if parts.format == "binary":
        return text if int(digits) & 7 else None
    whole = not (parts.power - len(parts.fraction)) % 3
    return text if whole and digits[0] != "0" and not digits.endswith("000") else None


def _exact(parts: _Parts) -> str:
    number = int((parts.digits or "0") + parts.fraction)
    if not number:
        return "0"
    power, style = -len(parts.fraction), parts.format
    if style == "binary":
        number <<= parts.power
    else:
        power += parts.power
    if power < _NANO:  # rounded up to the next nano: of a little, there is some
        number, power = (1 if power < _TINY else -(-number // 10 ** (_NANO - power))), _NANO
    if style == "binary":
        number, power, style = _of_two(number, power)
    return f"{'-' if parts.sign < 0 else ''}{_text(number, power, style)}"


def _of_two(number: int, power: int) -> tuple[int, int, Format]:
    """A binary quantity as number and power of 1024, or of ten where it is below 1024 or no whole number."""
    whole, below = divmod(number, 10**-power)
    if whole > _MOST or (whole == _MOST and below):
        whole, below = _MOST, 0
        number, power = whole, 0
    if whole < 1024 or below:
        return number, power, "decimal"
    power = 0
    while not whole % 1024:
        whole, power = whole // 1024, power + 10
    return whole, power, "binary"


def _text(number: int, power: int, style: Format) -> str:
    if style == "binary":
        return f"{number}{_SUFFIX_OF_TWO.get(power, '')}"
    while not number % 10:
        number, power = number // 10, power + 1
    number, power = number * 10 ** (power % 3), power - power % 3
    if style == "exponent":
        return f"{number}e{power}" if power else str(number)
    return f"{number}{_SUFFIX_OF_TEN.get(power, '')}"  # Kubernetes too drops what is beyond its suffixes
