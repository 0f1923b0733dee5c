"""Field types: what a type expression such as `list:object:Taint` means, and how one scalar is read. No kind is named here.

The rules of reading are those of Go's encoding/json over what sigs.k8s.io/yaml makes of a document: nothing is coerced,
64.0 fits an integer, durations are texts, quantities are texts or numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kubeadm_cfg.quantities import canonical_quantity
from kubeadm_cfg.values import Duration, bootstrap_token, canonical_timestamp, float32, number_text

__all__ = ["DURATIONS", "SCALARS", "SIMPLE", "Refusal", "Scalar", "Type", "described"]


class Refusal(ValueError):
    """One value does not fit its type; says why, but not where."""

    def __init__(self, code: str, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


class Type:
    """A parsed type expression.

    `name` is a key of SCALARS, "object", "list" or "map"; `pointer` tells Go pointers, which know null, from values;
    `item` is the type inside a list or map; `of` the class name behind "object".
    """

    __slots__ = ("item", "name", "of", "pointer")

    def __init__(self, expression: str) -> None:
        self.pointer = expression.startswith("*")
        self.name, _, rest = expression.removeprefix("*").partition(":")
        self.item: Type | None = None
        self.of: str | None = None
        if self.name == "object":
            self.of = rest
        elif rest:
            self.item = Type(rest)

    def __str__(self) -> str:
        inner = self.of or (str(self.item) if self.item else "")
        return f"{'*' if self.pointer else ''}{self.name}{':' if inner else ''}{inner}"

    def __repr__(self) -> str:
        return f"Type({str(self)!r})"


def described(value: Any) -> str:
    """What `value` is, in the words of a YAML reader: `the number 30`, `a list`. Texts are not repeated."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {number_text(value)}" if math.isfinite(value) else "infinity or not a number"
    if isinstance(value, (str, Duration)):
        return "a text"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a mapping" if isinstance(value, dict) else f"a Python {type(value).__name__}"


# -- reading: each takes what is neither null nor of the scalar's exact Python type, and gives it or raises Refusal -------


def _string(value: Any) -> str:
    remedy = (
        f'write it in quotes: "{number_text(value)}"' if type(value) in (int, float) and math.isfinite(value) else None
    )
    if type(value) is bool:
        remedy = f'write it in quotes: "{str(value).lower()}"'
    raise Refusal("decode.type", f"must be a text, but is {described(value)}", remedy)


def _boolean(value: Any) -> bool:
    remedy = "write it without quotes" if isinstance(value, str) and value.lower() in ("true", "false") else None
    raise Refusal("decode.type", f"must be true or false, but is {described(value)}", remedy)


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is int and low <= value <= high:
            return value
        if type(value) is float and value.is_integer() and abs(value) < 1e21:
            text = number_text(value)  # Go reads the number's JSON text, which has no fraction, but may have a sign
            value = None if text == "-0" and low == 0 else int(text)
        if type(value) is not int:
            quoted = isinstance(value, str) and value.strip().lstrip("+-").isdecimal()
            remedy = "write it without quotes" if quoted else None
            raise Refusal("decode.type", f"must be a whole number, but is {described(value)}", remedy)
        if not low <= value <= high:
            raise Refusal("decode.range", f"must be a whole number from {low} to {high}, but is {value}")
        return value

    return read


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Refusal("decode.type", f"must be a number, but is {described(value)}")
    number: float = value
    return number


def _number32(value: Any) -> float:
    number = _number(value)
    try:
        float32(number)
    except OverflowError:
        raise Refusal("decode.range", f"is too large for a 32-bit float: {number_text(number)}") from None
    return number


def _duration(value: Any) -> Duration:
    if type(value) is Duration:
        return value
    if type(value) is not str:
        if type(value) is int:
            raise Refusal(
                "decode.type",
                f"must be a duration, but is {described(value)}",
                f'give it a unit: "{value}s" is {value} seconds',
            )
        raise Refusal("decode.type", f"must be a duration such as 30s, but is {described(value)}")
    try:
        return Duration(value)
    except ValueError as error:
        raise Refusal(
            "decode.duration", str(error), "a duration is numbers with the units h, m, s, ms, us or ns, such as 1h30m"
        ) from None


def _flush(value: Any) -> Duration:
    if type(value) is float:
        value = _integer(-(1 << 63), (1 << 63) - 1)(value)
    if type(value) is int:
        if not -(1 << 63) <= value < 1 << 63:
            raise Refusal("decode.range", f"must fit 64 bits of nanoseconds, but is {value}")
        return Duration(value)
    return _duration(value)


def _quantity(value: Any) -> str:
    if type(value) not in (str, int, float) or (type(value) is float and not math.isfinite(value)):
        raise Refusal("decode.type", f"must be a quantity such as 500m or 1Gi, but is {described(value)}")
    try:
        canonical_quantity(value)
    except ValueError as error:
        raise Refusal("decode.quantity", str(error)) from None
    return value if type(value) is str else number_text(value)


def _timestamp(value: Any) -> str:
    if type(value) is not str:
        raise Refusal("decode.type", f"must be a time such as 2030-01-02T03:04:05Z, but is {described(value)}")
    try:
        canonical_timestamp(value)
    except ValueError as error:
        raise Refusal("decode.timestamp", str(error)) from None
    return value


def _token(value: Any) -> str:
    if type(value) is not str:
        raise Refusal(
            "decode.token", f"must be a bootstrap token, but is {described(value)}", "write the token in quotes"
        )
    try:
        return bootstrap_token(value)
    except ValueError as error:
        raise Refusal("decode.token", str(error), "kubeadm token generate prints a new one") from None


# -- writing: canonical plain data -----------------------------------------------------------------------------------


def _plain_duration(value: Any) -> Any:
    return str(value) if type(value) is Duration else value


def _plain_flush(value: Any) -> Any:
    if type(value) is Duration:
        return value.written if type(value.written) is int else str(value)
    return value


def _plain_quantity(value: Any) -> Any:
    return _canonical(canonical_quantity, value)


def _plain_timestamp(value: Any) -> Any:
    text = _canonical(canonical_timestamp, value)
    return None if text == _NO_TIME else text


def _plain_number(value: Any) -> Any:
    if type(value) not in (int, float) or abs(value) >= 1e21 or not float(value).is_integer():
        return value
    return int(number_text(float(value)))


def _plain_number32(value: Any) -> Any:
    if type(value) not in (int, float):
        return value
    try:
        return _plain_number(float32(value))
    except OverflowError:
        return value


_NO_TIME: Final = "0001-01-01T00:00:00Z"  # Go's zero time, which is written as null


def _canonical(canonical: Callable[[Any], str], value: Any) -> Any:
    try:
        return canonical(value)
    except (ValueError, TypeError):
        return value  # not checked on assignment: whoever writes it finds it with `findings`


class Scalar(NamedTuple):
    """How one scalar type behaves."""

    exact: type | None
    """Values of exactly this Python type are taken as they are; None: `read` sees every value."""
    read: Callable[[Any], Any]
    """Gives the Python value, raises Refusal."""
    zero: Any
    """What null means inside a list or a map."""
    write: Callable[[Any], Any] | None = None
    """Canonical plain data; None: the value itself."""


_INT64: Final = _integer(-(1 << 63), (1 << 63) - 1)

SCALARS: Final[dict[str, Scalar]] = {
    "string": Scalar(str, _string, ""),
    "boolean": Scalar(bool, _boolean, zero=False),
    "int32": Scalar(None, _integer(-(1 << 31), (1 << 31) - 1), 0),
    "int64": Scalar(None, _INT64, 0),
    "int": Scalar(None, _INT64, 0),
    "uint32": Scalar(None, _integer(0, (1 << 32) - 1), 0),
    "float32": Scalar(None, _number32, 0, _plain_number32),
    "float64": Scalar(None, _number, 0, _plain_number),
    "duration": Scalar(Duration, _duration, Duration(0), _plain_duration),
    "flush": Scalar(Duration, _flush, Duration(0), _plain_flush),
    "quantity": Scalar(None, _quantity, "0", _plain_quantity),
    "timestamp": Scalar(None, _timestamp, "", _plain_timestamp),
    "token": Scalar(None, _token, ""),
}
DURATIONS: Final = ("duration", "flush")
SIMPLE: Final = frozenset({"string", "boolean", "int32", "int64", "int", "uint32", "token"})
"""Types whose values are plain data as they are."""
