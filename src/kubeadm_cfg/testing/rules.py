"""Tests of rules: what a rule says of texts that are wrong, and that it is silent on those that are right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kubeadm_cfg.kubernetes import NEWEST
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.checks.rules import Check, Context
    from kubeadm_cfg.host import Host
    from kubeadm_cfg.report import Report

__all__ = ["assert_rule"]

Texts = str | Sequence[str]
_READING = ("yaml.", "decode.")


def assert_rule(
    rule: Check,
    *,
    bad: Texts,
    good: Texts = (),
    kubernetes: str | None = None,
    host: Host | None = None,
) -> list[Problem]:
    r"""Assert that a rule finds something in each `bad` text and nothing in each `good` one, and that its fixes help.

    Args:
        rule: a function decorated with `rule`, or any function that takes a context and yields problems.
        bad: one file as text, or several such files, each of which is wrong.
        good: one file as text, or several, each of which is right.
        kubernetes: the version whose programs judge, such as ``"1.31"``; by default the newest one of the rule.
        host: what is known of the machine.

    Returns:
        What the rule said of the bad texts, in order.

    Raises:
        AssertionError: a bad text passes, a good one does not, a text cannot be read, or a fix leaves its problem.

    >>> import kubeadm_cfg as kc
    >>> @kc.rule("acme.cluster-name", kinds=["ClusterConfiguration"], severity="warning")
    ... def cluster_name(ctx):
    ...     '''Clusters have a name of their own.'''
    ...     if ctx.cluster.cluster_name in (None, "kubernetes"):
    ...         yield ctx.problem(ctx.cluster, "clusterName", "every cluster would have this name")
    >>> head = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
    >>> assert_rule(cluster_name, bad=head, good=head + "clusterName: blue\n")
    [<Problem acme.cluster-name bad.yaml:1:1: every cluster would have this name>]
    """
    version = kubernetes or f"1.{min(getattr(rule, 'last', NEWEST), NEWEST)}"
    said: list[Problem] = []
    for text in _each(bad):
        found, report = _asked(rule, text, "bad.yaml", version, host)
        assert found, f"{_name(rule)} finds nothing in this text:\n{text}\n{report}"
        for problem in found:
            _assert_mended(rule, problem, version, host)
        said += found
    for text in _each(good):
        found, _ = _asked(rule, text, "good.yaml", version, host)
        assert not found, f"{_name(rule)} finds something in a good text:\n{_shown(found)}"
    return said


def _each(texts: Texts) -> Sequence[str]:
    return [texts] if isinstance(texts, str) else texts


def _name(rule: Check) -> str:
    return str(getattr(rule, "code", None) or getattr(rule, "__name__", rule))


def _shown(problems: Sequence[Problem]) -> str:
    return "\n".join(map(str, problems))


def _asked(rule: Check, text: str, name: str, version: str, host: Host | None) -> tuple[list[Problem], Report]:
    """What the rule itself says of a text, and the whole report."""
    from kubeadm_cfg.checks.asking import check_text

    found: list[Problem] = []

    def recorded(ctx: Context) -> Iterator[Problem]:
        for problem in rule(ctx):
            found.append(problem)
            yield problem

    report = check_text(text, name, kubernetes=version, host=host, extra=[recorded])
    unread = [problem for problem in report.errors if problem.code.startswith(_READING)]
    assert not unread, f"the text cannot be read:\n{_shown(unread)}"
    return list(found), report  # what a fix is tried with asks again


def _assert_mended(rule: Check, problem: Problem, version: str, host: Host | None) -> None:
    """A fix that is made on a copy takes its problem away."""
    if problem.fix is None:
        return
    after = problem.fix.preview()
    left, _ = _asked(rule, after.text, "bad.yaml", version, host)
    marks = [(other.code, other.field, other.message) for other in left]
    assert (problem.code, problem.field, problem.message) not in marks, (
        f"the fix of {_name(rule)} ({problem.fix.description}) leaves its problem:\n{problem}"
    )
