"""Advice: the corpus, the laws that hold for every function and every argument, and the borders of each decision."""

from __future__ import annotations

import inspect
import json
from importlib.resources import files
from typing import Any

import pytest

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg import flannel
from kubeadm_cfg.advisor.wording import reasons_by_id

FUNCTIONS = [name for name in kc.advise.__all__ if inspect.isfunction(getattr(kc.advise, name)) and name != "cluster"]
CASES = [case for case in rows("advice.jsonl") if case["function"] in FUNCTIONS]
LOADERS: dict[str, Any] = {"yaml": kc.loads, "net-conf": flannel.loads, "containerd": kc.containerd.loads}


def given_for(case: Case) -> kc.advise.Advice:
    advice: kc.advise.Advice = getattr(kc.advise, case["function"])(**case["arguments"])
    return advice


@pytest.mark.corpus
@pytest.mark.parametrize("case", [case for case in CASES if "apply_to" not in case], ids=lambda case: case["id"])
def test_the_choice_and_its_reasons_are_those_of_the_corpus(case: Case) -> None:
    advice = given_for(case)
    assert advice.choice == case["choice"]
    for name in ("reasons", "warnings"):
        ids = {one.id for one in getattr(advice, name)}
        assert set(case[name]) <= ids
        assert not ids & set(case[f"not_{name}"])
    if "ranking" in case:
        assert [list(entry) for entry in advice.ranking] == case["ranking"]
    if "overrides" in case:
        assert any(one.overrides for one in advice.reasons) == case["overrides"]
    assert advice.details.items() >= case.get("details", {}).items()


@pytest.mark.corpus
@pytest.mark.parametrize("case", [case for case in CASES if "apply_to" in case], ids=lambda case: case["id"])
def test_what_is_applied_changes_the_file_as_the_corpus_has_it(case: Case) -> None:
    advice = given_for(case)
    file = LOADERS[case["format"]](case["apply_to"])
    assert advice.choice == case["choice"]
    for _ in range(2):
        advice.apply(file)
        assert file.text == case["expect_text"]


# -- wording ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(reasons_by_id()))
def test_every_reason_is_said_in_both_languages_and_names_its_source(name: str) -> None:
    entry = reasons_by_id()[name]
    assert entry["en"].endswith(".")
    assert entry["zh"].endswith("。")
    assert entry["source"]
    assert entry["weight"] in (1, 2, 3)
    assert sorted(_fields(entry["en"])) == sorted(_fields(entry["zh"]))


def _fields(template: str) -> set[str]:
    from string import Formatter

    return {field for _, field, _, _ in Formatter().parse(template) if field}


def test_every_reason_that_has_a_wording_is_given_somewhere() -> None:
    code = "".join(
        path.read_text("utf-8") for path in files("kubeadm_cfg").joinpath("advisor").iterdir() if path.is_file()
    )
    assert [name for name in reasons_by_id() if f'"{name}"' not in code] == []


def test_no_wording_is_written_twice() -> None:
    folder = files("kubeadm_cfg").joinpath("data/advice")
    ids = [name for file in folder.iterdir() for name in json.loads(file.read_text("utf-8")).get("reasons", {})]
    assert len(ids) == len(set(ids))
