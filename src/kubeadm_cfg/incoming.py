"""What users hand in for a value becomes plain data. Nothing is written here."""

from __future__ import annotations

import math
from typing import Any

from kubeadm_cfg import convert
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.kinds._base import Configuration
from kubeadm_cfg.source.nodes import Plain
from kubeadm_cfg.values import Duration

__all__ = ["as_plain"]


def as_plain(value: Any) -> Plain:
    """A copy of `value` as plain data; typed objects and durations become what they are written as.

    Raises:
        EditError: something in it is no plain data.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise EditError(f"{value} cannot be written: JSON has no such number")
        return value
    if isinstance(value, Configuration):
        return convert.unstructure(value, canonical=False)
    if isinstance(value, Duration):
        return value.written
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise EditError(f"keys are text, {key!r} is not")
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    raise EditError(
        f"{type(value).__name__} is not plain data: a value is text, a number, true, false, null, a list or a mapping"
    )
