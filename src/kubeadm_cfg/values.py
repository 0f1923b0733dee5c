"""Values with a grammar of their own: Go durations, numbers, RFC 3339 times, bootstrap tokens. No kinds here."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["Duration", "bootstrap_token", "canonical_timestamp", "float32", "number_text"]

# Patterns are texts here: `re` compiles and keeps them at first use, so that importing this module stays cheap.
_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,  # micro sign
    "\u03bcs": 1_000,  # Greek mu, which Go takes as well
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_TERM: Final = r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)"
_MOST: Final = (1 << 63) - 1  # nanoseconds in the longest Go duration, about 292 years


def _nanoseconds(text: str) -> int:
    """What Go's time.ParseDuration makes of `text`, rounding included."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f'invalid duration "{text}"')
    total = position = 0
    while position < len(rest):
        term = re.match(_TERM, rest[position:])
        assert term is not None  # every part of the expression may be empty
        whole, fraction, unit = term.groups()
        if not whole and not fraction:
            raise ValueError(f'invalid duration "{text}"')
        if not unit:
            raise ValueError(f'missing unit in duration "{text}"')
        size = _UNITS.get(unit)
        if size is None:
            raise ValueError(f'unknown unit "{unit}" in duration "{text}"')
        total += int(whole or "0") * size
        if fraction:
            digits = fraction[:19]  # Go stops reading a fraction when it no longer fits 63 bits
            if int(digits) > 1 << 63:
                digits = digits[:18]
            total += int(float(int(digits)) * (size / float(10 ** len(digits))))
        if total > _MOST + (text[0] == "-"):
            raise ValueError(f'invalid duration "{text}"')
        position += term.end()
    return -total if text[0] == "-" else total


def _go_text(nanoseconds: int) -> str:
    """The text of Go's Duration.String: `1h30m0s`, `1.5s`, `100ms`, `0s`."""
    if not nanoseconds:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if rest < 1_000_000_000:
        size, unit = next(
            (size, unit) for size, unit in ((1_000_000, "ms"), (1_000, "\u00b5s"), (1, "ns")) if rest >= size
        )
        return sign + _decimal(rest, size) + unit
    seconds, below = divmod(rest, 1_000_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return sign + head + _decimal(seconds * 1_000_000_000 + below, 1_000_000_000) + "s"


def _decimal(value: int, size: int) -> str:
    whole, fraction = divmod(value, size)
    return f"{whole}.{fraction:0{len(str(size)) - 1}d}".rstrip("0") if fraction else str(whole)


class Duration:
    """A span of time as Go writes it, exact to the nanosecond; immutable.

    `value` is a Go duration text (`"1m30s"`), a timedelta, another Duration, or an integer of nanoseconds. `str()` is
    Go's canonical text; `written` is what was given (`"90s"`, or the integer), which is what a file keeps. Equality,
    order and hash go by length alone. Raises ValueError for a text that Go's time.ParseDuration refuses.

    >>> Duration("90s"), str(Duration("90s")), Duration("90s") == Duration("1m30s")
    (Duration('90s'), '1m30s', True)
    """

    __slots__ = ("nanoseconds", "written")

    nanoseconds: int
    """The length, in nanoseconds."""
    written: str | int
    """The text or the integer it was made from."""

    def __new__(cls, value: Duration | str | timedelta | int = 0) -> Duration:
        if isinstance(value, Duration):
            return value
        if isinstance(value, str):
            known = _PARSED.get(value)
            if known is None:
                known = cls._make(_nanoseconds(value), value)
                if len(_PARSED) < 4096:
                    _PARSED[value] = known
            return known
        if isinstance(value, timedelta):
            nanoseconds = (value.days * 86_400_000_000 + value.seconds * 1_000_000 + value.microseconds) * 1_000
            return cls._make(nanoseconds, _go_text(nanoseconds))
        if type(value) is not int:
            raise TypeError(f"a duration is a text such as '30s' or a timedelta, not {type(value).__name__}")
        return cls._make(value, value)

    @classmethod
    def _make(cls, nanoseconds: int, written: str | int) -> Duration:
        if not -_MOST - 1 <= nanoseconds <= _MOST:
            raise ValueError(f"duration out of range: {nanoseconds} nanoseconds")
        self = object.__new__(cls)
        object.__setattr__(self, "nanoseconds", nanoseconds)
        object.__setattr__(self, "written", written)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Duration does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Duration does not change: {name}")

    def __reduce__(self) -> tuple[type[Duration], tuple[str | int]]:
        return (Duration, (self.written,))

    def __copy__(self) -> Duration:
        return self

    def __deepcopy__(self, memo: object) -> Duration:
        return self

    def __str__(self) -> str:
        return _go_text(self.nanoseconds)

    def __repr__(self) -> str:
        return f"Duration({self.written!r})"

    def __bool__(self) -> bool:
        return self.nanoseconds != 0

    def __eq__(self, other: object) -> bool:
        length = _length(other)
        return NotImplemented if length is None else self.nanoseconds == length

    def __lt__(self, other: Duration | timedelta) -> bool:
        length = _length(other)
        return NotImplemented if length is None else self.nanoseconds < length

    def __le__(self, other: Duration | timedelta) -> bool:
        length = _length(other)
        return NotImplemented if length is None else self.nanoseconds <= length

    def __gt__(self, other: Duration | timedelta) -> bool:
        length = _length(other)
        return NotImplemented if length is None else self.nanoseconds > length

    def __ge__(self, other: Duration | timedelta) -> bool:
        length = _length(other)
        return NotImplemented if length is None else self.nanoseconds >= length

    def __hash__(self) -> int:
        # equal to a timedelta of the same length, so the same hash
        return hash(self.timedelta()) if not self.nanoseconds % 1_000 else hash(self.nanoseconds)

    def __add__(self, other: Duration | timedelta) -> Duration:
        length = _length(other)
        return NotImplemented if length is None else _of(self.nanoseconds + length)

    __radd__ = __add__

    def __sub__(self, other: Duration | timedelta) -> Duration:
        length = _length(other)
        return NotImplemented if length is None else _of(self.nanoseconds - length)

    def __rsub__(self, other: timedelta) -> Duration:
        return Duration(other) - self

    def __mul__(self, factor: int) -> Duration:
        return _of(self.nanoseconds * factor) if type(factor) is int else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Duration:
        return _of(-self.nanoseconds)

    def timedelta(self) -> timedelta:
        """The same length as a timedelta, cut to whole microseconds.

        >>> Duration("1.5h").timedelta()
        datetime.timedelta(seconds=5400)
        """
        microseconds = abs(self.nanoseconds) // 1_000
        return timedelta(microseconds=-microseconds if self.nanoseconds < 0 else microseconds)

    def total_seconds(self) -> float:
        """The length in seconds.

        >>> Duration("1m30.5s").total_seconds()
        90.5
        """
        return self.nanoseconds / 1_000_000_000


_PARSED: dict[str, Duration] = {}


def _of(nanoseconds: int) -> Duration:
    return Duration._make(nanoseconds, _go_text(nanoseconds))


def _length(value: object) -> int | None:
    if isinstance(value, Duration):
        return value.nanoseconds
    return Duration(value).nanoseconds if isinstance(value, timedelta) else None


# -- numbers as Go's encoding/json writes them ------------------------------------------------------------------------


def number_text(value: float) -> str:
    """The JSON text of a number: shortest digits, an exponent only below 1e-6 and from 1e21 on.

    >>> number_text(1000.0), number_text(1e21), number_text(5e-7)
    ('1000', '1e+21', '5e-7')
    """
    if isinstance(value, int):
        return str(value)
    mantissa, _, power = repr(value).partition("e")
    if value and not 1e-6 <= abs(value) < 1e21:
        return f"{mantissa.removesuffix('.0')}e{power[0]}{power[1:].lstrip('0')}"
    if power:  # Python already writes an exponent below 1e-4 and from 1e16 on
        sign, digits = ("-", mantissa[1:]) if value < 0 else ("", mantissa)
        digits, _, fraction = digits.partition(".")
        zeros = int(power)
        return sign + (
            digits + fraction.ljust(zeros, "0") if zeros > 0 else "0." + "0" * (-zeros - 1) + digits + fraction
        )
    return mantissa.removesuffix(".0")


def float32(value: float) -> float:
    """`value` as a Go float32 keeps and prints it; OverflowError when it is too large.

    >>> float32(0.1), float32(16777217)
    (0.1, 16777216.0)
    """
    import struct

    packed = struct.pack("<f", value)
    near: float = struct.unpack("<f", packed)[0]
    for digits in range(1, 10):
        shortest = float(f"{near:.{digits}g}")
        try:
            same = struct.pack("<f", shortest) == packed
        except OverflowError:  # rounded up past the largest one
            continue
        if same:
            return shortest
    return near


# -- timestamps and tokens --------------------------------------------------------------------------------------------

_TIMESTAMP: Final = (
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]+)?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))\Z"
)
_BOOTSTRAP: Final = r"[a-z0-9]{6}\.[a-z0-9]{16}\Z"


def canonical_timestamp(text: str) -> str:
    """A full RFC 3339 time as metav1.Time writes it, in UTC and whole seconds; ValueError when it is none.

    >>> canonical_timestamp("2030-01-02T03:04:05.5+02:00")
    '2030-01-02T01:04:05Z'
    """
    match = re.match(_TIMESTAMP, text)
    if match is None:
        raise ValueError(f"{text!r} is not a full RFC 3339 time such as 2030-01-02T03:04:05Z")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    # Go knows the years 0 and 10000, datetime does not; the calendar repeats itself after four centuries
    centuries = year - year % 400 - 2000
    try:
        moment = datetime(year - centuries, month, day, hour, minute, second, tzinfo=UTC)
        if match[7]:
            hours, minutes = int(match[8]), int(match[9])
            if hours > 24 or minutes > 60:
                raise ValueError("zone offset out of range")
            offset = timedelta(hours=hours, minutes=minutes)
            moment = moment - offset if match[7] == "+" else moment + offset
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a time: {error}") from None
    year = moment.year + centuries
    return f"{'-' if year < 0 else ''}{abs(year):04d}-{moment:%m-%dT%H:%M:%SZ}"


def bootstrap_token(text: str) -> str:
    """`text` when it has the form of a bootstrap token; otherwise a ValueError, which does not repeat the text."""
    if re.match(_BOOTSTRAP, text) is None:
        raise ValueError("a bootstrap token is six characters, a dot and sixteen characters out of a-z and 0-9")
    return text
