"""What JSON Schema says of each scalar type: exactly what Go's decoder takes. No kind and no field is named here."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["SCALAR_SCHEMAS"]

Schema = dict[str, Any]

# Patterns end in `$(?!\n)` because in some dialects of regular expressions `$` also stands before a last line break.


def _above(limit: int) -> str:
    """A pattern for the decimal digits of every whole number above `limit`."""
    digits = str(limit)
    parts = [f"[1-9][0-9]{{{len(digits)},}}"]
    for place, digit in enumerate(digits):
        if digit != "9":
            parts.append(f"{digits[:place]}[{int(digit) + 1}-9][0-9]{{{len(digits) - place - 1}}}")
    return f"0*(?:{'|'.join(parts)})"


_UNITS: Final = {
    "ns": 1,
    "(?:us|\u00b5s|\u03bcs)": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m(?!s)": 60 * 10**9,
    "h": 3600 * 10**9,
}
_TOO_LONG: Final = "|".join(rf"{_above((1 << 63) // size)}(?:\.[0-9]*)?{unit}" for unit, size in _UNITS.items())
_DURATION: Final = {
    "pattern": "^[-+]?(?:0|(?:(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$(?!\\n)",
    "patternErrorMessage": "A duration is numbers with the units h, m, s, ms, us or ns, such as 1h30m",
    # one number of more than 64 bits of nanoseconds, about 292 years; sums of several are not looked into
    "not": {"type": "string", "pattern": f"(?:^|[^0-9.])(?:{_TOO_LONG})"},
}
_SPACE: Final = (
    "[ \x85\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]*"  # what Go trims off a JSON text; line breaks are escapes there
)
_EXPONENT: Final = f"(?!{_above((1 << 63) - 1)}(?![0-9]))[0-9]+"
# Kubernetes takes a missing number for 0, except in front of Pi, Ei and exponents below nano.
_QUANTITY: Final = {
    "pattern": (
        rf"^{_SPACE}(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE][-+]?{_EXPONENT})?"
        rf"|(?=[^ ])[-+]?\.?(?:[numkMGTPE]|[KMGT]i|[eE](?:\+?{_EXPONENT}|-0*[0-9]))?){_SPACE}$(?!\n)"
    ),
    "patternErrorMessage": "A quantity is a number with a suffix such as m, k, M, Ki, Mi or Gi, or with none",
}
_TIMESTAMP: Final = {
    "pattern": (
        r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9]){2}(?:[.,][0-9]+)?"
        r"(?:Z|[-+](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60))$(?!\n)"
    ),
    "patternErrorMessage": "A time is written in full, such as 2030-01-02T03:04:05Z",
}
_TOKEN: Final = {
    "pattern": r"^[a-z0-9]{6}\.[a-z0-9]{16}$(?!\n)",
    "patternErrorMessage": "A bootstrap token is six characters, a dot and sixteen characters out of a-z and 0-9",
}


def _whole(low: int, high: int) -> Schema:
    return {"type": ["integer", "null"], "minimum": low, "maximum": high}


_INT64: Final = _whole(-(1 << 63), (1 << 63) - 1)
_FLOAT32: Final = 3.4028235677973366e38  # from here on a 32-bit float rounds up to infinity
_FLOAT64: Final = 1.7976931348623157e308

SCALAR_SCHEMAS: Final[dict[str, Schema]] = {
    "string": {"type": ["string", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "int32": _whole(-(1 << 31), (1 << 31) - 1),
    "int64": _INT64,
    "int": _INT64,
    "uint32": _whole(0, (1 << 32) - 1),
    "float32": {"type": ["number", "null"], "exclusiveMinimum": -_FLOAT32, "exclusiveMaximum": _FLOAT32},
    "float64": {"type": ["number", "null"], "minimum": -_FLOAT64, "maximum": _FLOAT64},
    "duration": {"type": ["string", "null"], **_DURATION},
    "flush": {**_INT64, "type": ["string", "integer", "null"], **_DURATION},
    "quantity": {"type": ["string", "number", "null"], **_QUANTITY},
    "timestamp": {"type": ["string", "null"], **_TIMESTAMP},
    "token": {"type": ["string", "null"], **_TOKEN},
}
"""What Go's decoder takes for each scalar type; null is its zero value."""
