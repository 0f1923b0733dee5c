"""What is known of a code as a page of Markdown: what it is about, where it holds, a file with it, one without."""

from __future__ import annotations

from collections.abc import Iterator

from kubeadm_cfg.checks.asking import check_text
from kubeadm_cfg.checks.codes import Code, Example, examples, rules
from kubeadm_cfg.host import Host
from kubeadm_cfg.kubernetes import NEWEST, OLDEST
from kubeadm_cfg.report import Problem

__all__ = ["page"]


def page(name: str) -> str | None:
    """The page of a code, None when there is no such code."""
    code = next((code for code in rules() if code.code == name), None)
    if code is None:
        return None
    example = examples().get(name)
    found = _problem_of(code, example) if example is not None else None
    lines = [f"# {code.code}", "", code.about, "", *_facts(code, found)]
    if example is not None and found is not None:
        lines += ["", f"## A file that gives it{_asked(example)}", "", *_fenced("yaml", example.bad), ""]
        if example.encoding:
            lines += [f"These bytes are written in {example.encoding.upper()}.", ""]
        lines += _fenced("text", str(found))
        if example.also:
            lines += ["", f"With it comes {', '.join(map(_link, example.also))}."]
        lines += ["", "## A file that does not", "", *_fenced("yaml", example.good)]
    return "\n".join(lines) + "\n"


def _problem_of(code: Code, example: Example) -> Problem:
    """What the check says of the bad file under this code."""
    bad = example.bad.encode(example.encoding) if example.encoding else example.bad
    host = Host(**example.host) if example.host else None  # type: ignore[arg-type]  # the names are its own
    report = check_text(bad, kubernetes=example.kubernetes, command=example.command, host=host)
    return next(problem for problem in report if problem.code == code.code)


def _facts(code: Code, found: Problem | None) -> Iterator[str]:
    """The table of what is known of a code."""
    yield from ("| | |", "|---|---|")
    yield f"| severity | {found.severity if found else code.severity} |"
    if found is not None and found.type:
        yield f"| type | {found.type} |"
    if code.kinds:
        yield f"| kinds | {', '.join(code.kinds)} |"
    yield f"| Kubernetes | {_spread(code.minors)} |"
    if code.source:
        yield f"| source | {code.source} |"
    if found is not None and found.fix is not None:
        yield f"| fix | {'safe' if found.fix.safe else 'offered, but not safe: it changes what the file means'} |"


def _spread(minors: str) -> str:
    """The minors in words."""
    first, _, last = minors.partition("..")
    return f"{first or f'1.{OLDEST}'} to {last or f'1.{NEWEST}'}"


def _asked(example: Example) -> str:
    """How the bad file is checked."""
    said = [f"Kubernetes {example.kubernetes}"] if example.kubernetes else []
    said += [f"`kubeadm {example.command}`"] if example.command else []
    said += [f"a host with {name} {value}" for name, value in (example.host or {}).items()]
    return f" ({', '.join(said)})" if said else ""


def _fenced(language: str, text: str) -> list[str]:
    """A code block; what no editor shows is written as an escape."""
    shown = "".join(c if c == "\n" or c.isprintable() else repr(c)[1:-1] for c in text.removesuffix("\n"))
    return [f"```{language}", shown, "```"]


def _link(code: str) -> str:
    return f"[{code}]({code}.md)"
