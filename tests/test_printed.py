"""Plain data comes out byte for byte as go-yaml v2 prints it; the corpus holds what sigs.k8s.io/yaml 1.6 gave."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg import testing
from kubeadm_cfg.source.printed import printed


@pytest.mark.corpus
@pytest.mark.parametrize("case", rows("printed.jsonl"), ids=lambda case: case["id"])
def test_data_is_printed_as_kubernetes_prints_it(case: Case) -> None:
    assert printed(case["data"]) == case["text"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2030-01-02", '"2030-01-02"'),
        ("12:30:45", '"12:30:45"'),
        ("1e3", '"1e3"'),
        ("tRue", "tRue"),
        ("=", "="),
        ("a #b", "'a #b'"),
        ("it's", "it's"),
        ("'", "''''"),
        ("t\tt", '"t\\tt"'),
        ("🚀", '"\\U0001F680"'),
        ("two\nlines\n", "|\n  two\n  lines"),
        ("x\n\n", "|+\n  x\n"),
        (" x\ny", "|2-\n   x\n  y"),
        (1e-7, "1e-07"),
        (1234567.5, "1.2345675e+06"),
        (0.8, "0.8"),
        (None, "null"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_a_value_is_printed_in_the_style_go_yaml_chooses(value: Any, text: str) -> None:
    assert printed({"k": value}) == f"k: {text}\n"


@pytest.mark.law
@given(testing.documents())
def test_what_is_printed_reads_back(data: dict[str, Any]) -> None:
    document = kc.loads(printed(data)).documents[0]
    assert document.to_dict() == data


@pytest.mark.law
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\r\x85\u2028\u2029"), max_size=200))
def test_another_reader_reads_any_text_that_is_printed(text: str) -> None:
    assert yaml.safe_load(printed({"k": [text]})) == {"k": [text]}
