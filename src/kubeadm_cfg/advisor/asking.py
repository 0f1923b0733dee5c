"""The arguments of advice: allowed words, numbers, versions and the Kubernetes minor. No table of advice lives here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from kubeadm_cfg.kubernetes import NEWEST, OLDEST

__all__ = ["Kubernetes", "Version", "count", "flag", "kubernetes", "text", "version", "word", "words"]

Version = tuple[int, int, int]

_VERSION: Final = re.compile(r"\s*v?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?", re.ASCII)
_KUBERNETES: Final = re.compile(r"\s*v?1\.([0-9]{1,3})(?:\.([0-9]{1,4}))?(?![0-9])", re.ASCII)


def word(name: str, value: Any, allowed: Sequence[str]) -> Any:
    """One of the allowed words, or None when it was not given.

    Raises:
        ValueError: any other word.
    """
    if value is None or (isinstance(value, str) and value in allowed):
        return value
    raise ValueError(f"{name} is {_listed(allowed, 'or')}, not {value!r}")


def words(name: str, values: Any, allowed: Sequence[str]) -> frozenset[str]:
    """Any iterable of the allowed words, or a single one.

    Raises:
        ValueError: one of them is another word.
    """
    found = (values,) if isinstance(values, str) else values
    if not isinstance(found, Iterable):
        raise ValueError(f"{name} is a list of words ({_listed(allowed, 'and')}), not {values!r}")
    return frozenset(str(word(name, value, allowed)) for value in found)


def _listed(allowed: Sequence[str], last: str) -> str:
    quoted = [f'"{one}"' for one in allowed]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def flag(name: str, value: Any) -> bool | None:
    """True, False or None.

    Raises:
        ValueError: anything else.
    """
    if value is None or isinstance(value, bool):
        return value
    raise ValueError(f"{name} is True, False or None, not {value!r}")


def count(name: str, value: Any, least: int = 0) -> int | None:
    """A whole number that is not below `least`, or None.

    Raises:
        ValueError: anything else.
    """
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= least):
        return value
    raise ValueError(f"{name} is a whole number from {least} on, not {value!r}")


def text(name: str, value: Any) -> str | None:
    """A text that is not empty, blanks around it taken off, or None.

    Raises:
        ValueError: anything else.
    """
    if value is None or (isinstance(value, str) and value.strip()):
        return value.strip() if value is not None else None
    raise ValueError(f"{name} is a text that is not empty, not {value!r}")


def version(name: str, value: Any) -> Version | None:
    """The leading three numbers of a version, or None when it was not given.

    Raises:
        ValueError: it does not begin with a number.

    >>> version("kernel", "5.14.0-427.13.1.el9_4.x86_64")
    (5, 14, 0)
    """
    if value is None:
        return None
    found = _VERSION.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{name} is a version such as "6.1" or "6.1.0-13-amd64", not {value!r}')
    major, minor, patch = (int(number or 0) for number in found.groups())
    return major, minor, patch


class Kubernetes(NamedTuple):
    """The minor that advice is given for: never above the newest one known."""

    minor: int
    patch: int | None = None
    unknown: str | None = None
    """The version that was asked for, when it is newer than any that is known."""

    def __str__(self) -> str:
        return f"1.{self.minor}"


def kubernetes(value: Any) -> Kubernetes:
    """The minor of `"1.34"` or `"v1.34.2"`; the newest known one of None and of anything above it.

    Raises:
        ValueError: no such version, or one before 1.22.

    >>> str(kubernetes("v1.34.2")), str(kubernetes("1.40"))
    ('1.34', '1.37')
    """
    if value is None:
        return Kubernetes(NEWEST)
    found = _KUBERNETES.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'kubernetes is a text such as "1.34" or "v1.34.2", not {value!r}')
    minor = int(found[1])
    if minor < OLDEST:
        raise ValueError(f"Kubernetes 1.{minor} is older than 1.{OLDEST}, the oldest that advice is given for")
    if minor > NEWEST:
        return Kubernetes(NEWEST, None, value.strip())
    return Kubernetes(minor, int(found[2]) if found[2] else None)
