"""Codes: each one is registered, has a page, a file that gives it and one that does not."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

import kubeadm_cfg as kc
from corpora import DATA, rows
from kubeadm_cfg.__main__ import main
from kubeadm_cfg.checks.codes import Example, examples, rules

TOOL = Path(__file__).parents[1] / "tools" / "write_rule_pages.py"
CODES = {code.code for code in rules()}
# What no small file shows, and what `check` itself never says of a text.
WITHOUT_EXAMPLE = {
    "decode.yaml",
    "document.unknown",
    "file.unreadable",
    "kubelet.featureGates.value",
    "yaml.limit.depth",
    "yaml.limit.documents",
    "yaml.limit.size",
}
ABOUT_THE_MINOR = ("kubernetes.assumed", "minor-unknown")  # a file that names one is asked nothing else
CORPORA = sorted(path.name for path in DATA.glob("*.jsonl") if '"yaml"' in path.read_text(encoding="utf-8")[:20000])


def checked(example: Example, text: str | bytes) -> kc.Report:
    host = kc.Host(**example.host) if example.host else None  # type: ignore[arg-type]  # the names are its own
    return kc.check_text(text, kubernetes=example.kubernetes, command=example.command, host=host)


def test_every_code_has_an_example_but_those_that_no_small_file_shows() -> None:
    assert CODES - set(examples()) == WITHOUT_EXAMPLE
    assert set(examples()) <= CODES


@pytest.mark.parametrize("code", sorted(examples()))
def test_the_bad_file_gives_exactly_that_code(code: str) -> None:
    example = examples()[code]
    bad = example.bad.encode(example.encoding) if example.encoding else example.bad
    assert {problem.code for problem in checked(example, bad)} == {code, *example.also}


@pytest.mark.parametrize("code", sorted(examples()))
def test_the_good_file_does_not(code: str) -> None:
    example = examples()[code]
    report = kc.check_text(example.good) if code in ABOUT_THE_MINOR else checked(example, example.good)
    assert code not in {problem.code for problem in report}
    assert report.ok


def test_codes_say_what_they_are_about() -> None:
    assert all(code.about.endswith((".", ":")) or code.about for code in rules())
    assert len(CODES) == len(rules())


@pytest.mark.corpus
@pytest.mark.parametrize("name", CORPORA)
def test_no_text_gives_a_code_that_is_not_registered(name: str) -> None:
    found: dict[str, Any] = {}
    for case in rows(name):
        if isinstance(case.get("yaml"), str) and len(case["yaml"]) < 5000:
            for problem in kc.check_text(case["yaml"], kubernetes=case.get("kubernetes")):
                found.setdefault(problem.code, case["id"])
    assert {code: case for code, case in found.items() if code not in CODES} == {}


def test_the_command_prints_a_page_and_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "strict.duplicate"]) == 0
    assert capsys.readouterr().out == (TOOL.parents[1] / "docs/rules/strict.duplicate.md").read_text(encoding="utf-8")
    assert main(["rule"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CODES)
    assert main(["rule", "strict.nothing"]) == 2


def test_the_pages_are_what_the_rules_say() -> None:
    spec = importlib.util.spec_from_file_location("write_rule_pages", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.main(["--check"]) == 0
