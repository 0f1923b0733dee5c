"""Every `python` block and `$ kubeadm-cfg` line of the READMEs and docs/ runs, page by page, in a copy of examples/.

In a python block the value of an expression is compared with the literal in the comment behind it; a block of `diff` or
`output` is what the block before it printed.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import io
import pkgutil
import re
import shlex
import shutil
import tokenize
from pathlib import Path
from typing import Any

import pytest

import kubeadm_cfg
from kubeadm_cfg.__main__ import main

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_snippets_of_a_page_run_in_order(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    text = page.read_text(encoding="utf-8")
    if "kc.plot" in text:
        pytest.importorskip("matplotlib")
    printed = ""
    for block in FENCE.finditer(text):
        capsys.readouterr()
        body, line = block["body"], text.count("\n", 0, block.start("body"))
        match block["info"]:
            case "python":
                run_python("\n" * line + body, str(page), namespace)
                printed = capsys.readouterr().out
            case "console":
                run_console(body, capsys)
            case "diff" | "output":
                assert normal(printed) == normal(body), f"{page.name}:{line}"


def run_python(source: str, filename: str, namespace: dict[str, Any]) -> None:
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for statement in ast.parse(source, filename).body:
        wanted = comments.get(statement.end_lineno or 0)
        if isinstance(statement, ast.Expr) and wanted is not None and is_literal(wanted):
            value = eval(compile(ast.Expression(statement.value), filename, "eval"), namespace)
            assert repr(value) == wanted, f"{filename}:{statement.lineno}"
        else:
            exec(compile(ast.Module([statement], []), filename, "exec"), namespace)


def is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return False
    return True


def run_console(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command, wanted in re.findall(r"^\$ kubeadm-cfg ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", body, re.MULTILINE):
        code = main(shlex.split(command))
        captured = capsys.readouterr()
        assert captured.err == "", command
        assert code == 0, command
        assert normal(captured.out) == normal(wanted), command


def normal(text: str) -> str:
    """Pages carry no trailing blanks."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


MODULES = [
    module.name
    for module in pkgutil.walk_packages(kubeadm_cfg.__path__, "kubeadm_cfg.")
    if not module.name.startswith("kubeadm_cfg.kinds.") and not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name: str) -> None:
    if name == "kubeadm_cfg.plot":
        pytest.importorskip("matplotlib")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_a_wrong_value_in_a_page_is_noticed() -> None:
    with pytest.raises(AssertionError):
        run_python("1 + 1  # 3\n", "page", {})


def test_the_public_pages_link_only_to_what_exists() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
