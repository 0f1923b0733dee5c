"""What a JSON Schema says of data: wrong places and places with unknown fields, apart."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from kubeadm_cfg.convert import findings
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.schema import json_schema

Place = tuple[str | int, ...]


@cache
def validator(kind: Any, minor: str | None = None) -> Draft202012Validator:
    return Draft202012Validator(json_schema(kind, kubernetes=minor))


def faults(kind: Any, minor: str | None, data: Any) -> set[Place]:
    """The places of wrong values, unknown fields left aside."""
    errors = validator(kind, minor).iter_errors(data)
    return {tuple(error.absolute_path) for error in errors if error.validator != "additionalProperties"}


def unknown(kind: Any, minor: str | None, data: Any) -> set[Place]:
    """The places that hold unknown fields."""
    errors = validator(kind, minor).iter_errors(data)
    return {tuple(error.absolute_path) for error in errors if error.validator == "additionalProperties"}


def assert_same_places(kind: Any, minor: str, cls: type[Kind], data: Any) -> None:
    """The schema and the decoder find the same wrong values; what is unknown to the minor need not be looked into."""
    found, nobody = faults(kind, minor, data), unknown(kind, minor, data)
    wrong = {finding.path for finding in findings(cls, data) if finding.type == "Invalid"}
    assert found <= wrong
    assert all(any(path[:length] in nobody for length in range(len(path))) for path in wrong - found)
