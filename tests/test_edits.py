"""Golden edits by path: given a text, when these operations are applied, then exactly this text, or a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.source.grammar import use_parser

pytestmark = pytest.mark.corpus

CASES = rows("edits.jsonl")
ACCEPTED = [case for case in CASES if "expect" in case]
REFUSED = [case for case in CASES if "expect" not in case]

Parser = Literal["c", "port"]
both_parsers = pytest.mark.parametrize("parser", ["c", "port"])


def document_of(case: Case, file: kc.ConfigFile) -> kc.Document:
    document = file.documents[case.get("doc", 0)]
    return document.embedded(case["in"]) if "in" in case else document


def apply(document: kc.Document, op: Case) -> None:
    arguments = [op["path"], op["value"]] if "value" in op else [op["path"]]
    getattr(document, op["op"])(*arguments)


def apply_all(case: Case, file: kc.ConfigFile) -> None:
    document = document_of(case, file)
    for op in case["ops"]:
        apply(document, op)


@both_parsers
@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["id"])
def test_the_edit_gives_exactly_the_expected_text(case: Case, parser: Parser) -> None:
    with use_parser(parser):
        file = kc.loads(case["yaml"])
        apply_all(case, file)
        assert file.text == case["expect"]


@both_parsers
@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["id"])
def test_a_refused_edit_moves_no_byte(case: Case, parser: Parser) -> None:
    with use_parser(parser):
        file = kc.loads(case["yaml"])
        with pytest.raises((kc.EditError, IndexError)):
            apply_all(case, file)
        assert file.text == case["yaml"]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["id"])
def test_the_edited_text_passes_the_guard_of_save(case: Case, tmp_path: Path) -> None:
    file = kc.loads(case["yaml"])
    apply_all(case, file)
    file.save(tmp_path / "saved.yaml")
    assert (tmp_path / "saved.yaml").read_bytes() == case["expect"].encode()


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["id"])
def test_edits_after_each_other_read_the_same_as_edits_of_texts_read_anew(case: Case) -> None:
    text = case["yaml"]
    for op in case["ops"]:
        file = kc.loads(text)
        apply(document_of(case, file), op)
        text = file.text
    assert text == case["expect"]
