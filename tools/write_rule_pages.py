"""Writes docs/rules/<CODE>.md, a page per code, from the rules and their examples. `--check` exits 1 when stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import kubeadm_cfg as kc
from kubeadm_cfg.checks.codes import Code, Example, examples, rules
from kubeadm_cfg.kubernetes import NEWEST, OLDEST

PAGES = Path(__file__).resolve().parent.parent / "docs" / "rules"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page would change")
    options = parser.parse_args(arguments)
    wanted = {f"{code.code}.md": page(code, examples().get(code.code)) for code in rules()}
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    if options.check:
        for name in stale:
            print(f"docs/rules/{name} is not what its rule says: run tools/write_rule_pages.py", file=sys.stderr)
        return 1 if stale else 0
    PAGES.mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (PAGES / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (PAGES / name).unlink()
    return 0


def page(code: Code, example: Example | None) -> str:
    """The whole page of a code."""
    found = problem_of(code, example) if example is not None else None
    lines = [f"# {code.code}", "", code.about, "", *facts(code, found)]
    if example is not None and found is not None:
        lines += ["", f"## A file that gives it{asked(example)}", "", *fenced("yaml", example.bad), ""]
        if example.encoding:
            lines += [f"These bytes are written in {example.encoding.upper()}.", ""]
        lines += fenced("text", str(found))
        if example.also:
            lines += ["", f"With it comes {', '.join(map(link, example.also))}."]
        lines += ["", "## A file that does not", "", *fenced("yaml", example.good)]
    return "\n".join(lines) + "\n"


def problem_of(code: Code, example: Example) -> kc.Problem:
    """What the check says of the bad file under this code."""
    bad = example.bad.encode(example.encoding) if example.encoding else example.bad
    host = kc.Host(**example.host) if example.host else None  # type: ignore[arg-type]  # the names are its own
    report = kc.check_text(bad, kubernetes=example.kubernetes, command=example.command, host=host)
    return next(problem for problem in report if problem.code == code.code)


def facts(code: Code, found: kc.Problem | None) -> Iterator[str]:
    """The table of what is known of a code."""
    yield from ("| | |", "|---|---|")
    yield f"| severity | {found.severity if found else code.severity} |"
    if found is not None and found.type:
        yield f"| type | {found.type} |"
    if code.kinds:
        yield f"| kinds | {', '.join(code.kinds)} |"
    yield f"| Kubernetes | {spread(code.minors)} |"
    if code.source:
        yield f"| source | {code.source} |"
    if found is not None and found.fix is not None:
        yield f"| fix | {'safe' if found.fix.safe else 'offered, but not safe: it changes what the file means'} |"


def spread(minors: str) -> str:
    """The minors in words."""
    first, _, last = minors.partition("..")
    return f"{first or f'1.{OLDEST}'} to {last or f'1.{NEWEST}'}"


def asked(example: Example) -> str:
    """How the bad file is checked."""
    said = [f"Kubernetes {example.kubernetes}"] if example.kubernetes else []
    said += [f"`kubeadm {example.command}`"] if example.command else []
    said += [f"a host with {name} {value}" for name, value in (example.host or {}).items()]
    return f" ({', '.join(said)})" if said else ""


def fenced(language: str, text: str) -> list[str]:
    """A code block; what no editor shows is written as an escape."""
    shown = "".join(c if c == "\n" or c.isprintable() else repr(c)[1:-1] for c in text.removesuffix("\n"))
    return [f"```{language}", shown, "```"]


def link(code: str) -> str:
    return f"[{code}]({code}.md)"


if __name__ == "__main__":
    sys.exit(main())
