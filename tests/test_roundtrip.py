"""Real files in every style: unmodified they are given back byte for byte, and one edit changes one value."""

from __future__ import annotations

from typing import Literal

import pytest

import kubeadm_cfg as kc
from corpora import Case, roundtrip_files
from kubeadm_cfg.source.grammar import use_parser

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.parametrize("parser", ["c", "port"]),
    pytest.mark.parametrize("case", roundtrip_files(), ids=lambda case: case["id"]),
]

Parser = Literal["c", "port"]


def test_an_unmodified_file_is_given_back_byte_for_byte(case: Case, parser: Parser) -> None:
    with use_parser(parser):
        file = kc.loads(case["bytes"])
        for document in file.documents:
            document.to_dict()
        assert bytes(file) == case["bytes"]
        assert file.diff() == ""


def test_one_edit_changes_the_bytes_of_one_value(case: Case, parser: Parser) -> None:
    with use_parser(parser):
        file = kc.loads(case["bytes"])
        file.documents[case["doc"]].set(case["path"], case["value"])
        assert bytes(file) == case["bytes"].replace(case["find"].encode(), case["replace"].encode())


def test_the_edit_undone_gives_the_original_bytes(case: Case, parser: Parser) -> None:
    with use_parser(parser):
        file = kc.loads(case["bytes"])
        document = file.documents[case["doc"]]
        before = document.get(case["path"])
        document.set(case["path"], case["value"])
        document.set(case["path"], before)
        assert bytes(file) == case["bytes"]
