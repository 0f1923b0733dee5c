"""Errors: what is raised for bad input tells people the place, the cause and the remedy, and survives pickling."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.errors import (
    ConfigError,
    DecodeError,
    EditError,
    MissingDocument,
    ParseError,
    Span,
    StaleFileError,
)
from kubeadm_cfg.report import Problem

ALL = [ConfigError, ParseError, DecodeError, EditError, MissingDocument, StaleFileError]
every_error = pytest.mark.parametrize("error", ALL)

PROBLEM = Problem(
    "error", "yaml.syntax", "found unexpected end of stream", file="a.yaml", line=2, column=4, excerpt="b: 'x"
)


@every_error
def test_every_error_is_a_config_error_and_a_value_error(error: type[ConfigError]) -> None:
    assert issubclass(error, ConfigError)
    assert issubclass(error, ValueError)


def test_a_missing_document_is_a_lookup_error_as_well() -> None:
    assert issubclass(MissingDocument, LookupError)


@every_error
def test_an_error_needs_no_more_than_a_message(error: type[ConfigError]) -> None:
    made = error("the file has no such document")
    assert str(made) == "the file has no such document"
    assert made.problems == ()


@every_error
def test_an_error_with_problems_shows_all_of_them(error: type[ConfigError]) -> None:
    made = error("not YAML", problems=[PROBLEM, PROBLEM])
    assert made.problems == (PROBLEM, PROBLEM)
    assert str(made) == f"{PROBLEM}\n{PROBLEM}"


@every_error
def test_errors_can_be_pickled_and_copied(error: type[ConfigError]) -> None:
    made = error("not YAML", problems=[PROBLEM])
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert type(again) is error
        assert again.problems == made.problems
        assert str(again) == str(made)
        assert again.message == "not YAML"


def test_the_message_of_a_refused_text() -> None:
    text = "kind: ClusterConfiguration\nnetworking:\n  podSubnet: '10.244.0.0/16\n"
    with pytest.raises(ParseError) as caught:
        kc.loads(text, name="kubeadm.yaml")
    assert str(caught.value) == (
        "kubeadm.yaml:3:14: error: found unexpected end of stream [yaml.syntax]\n"
        "  3 |   podSubnet: '10.244.0.0/16\n"
        "    |              ^\n"
        "  help: close the quote"
    )


def test_every_broken_document_is_named() -> None:
    with pytest.raises(ParseError) as caught:
        kc.loads("a: [\n---\nb: 1\n---\nc: }\n")
    assert [(problem.line, problem.document) for problem in caught.value.problems] == [(2, 0), (5, 2)]


def test_a_secret_is_not_shown() -> None:
    with pytest.raises(ParseError) as caught:
        kc.loads("token: abcdef.0123456789abcdef: x\n")
    assert "0123456789abcdef" not in str(caught.value)
    assert "abcdef.****************" in str(caught.value)


def test_a_span_is_a_start_and_an_end() -> None:
    assert Span(3, 5) == (3, 5)
    assert Span(start=3, end=5).end == 5


def test_errors_and_reports_do_not_import_attrs() -> None:
    code = """
import sys, kubeadm_cfg.errors, kubeadm_cfg.report
print(sorted({"attr", "attrs", "cattrs", "ruamel"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
