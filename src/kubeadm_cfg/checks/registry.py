"""Every built-in rule and code, and which rules are asked of a file. No rule stands here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubeadm_cfg.checks.components import Batch
    from kubeadm_cfg.checks.rules import Rule

__all__ = ["asked", "built_in", "codes"]


@cache
def built_in() -> tuple[Rule, ...]:
    """Every built-in rule, in the order in which they are asked: kubeadm's, the components', their flags'."""
    from kubeadm_cfg.checks import components

    return (*_of_kubeadm(), *components.COMPONENTS, *components.FLAGS)


@cache
def codes() -> frozenset[str]:
    """The codes of every built-in rule, and of what is said of documents."""
    from kubeadm_cfg.checks import commands

    return frozenset((*commands.CODES, *(code for rule in built_in() for code in rule.codes)))


@cache
def asked(kinds: frozenset[str], minor: int, *, components: bool, flags: bool) -> tuple[Rule | Batch, ...]:
    """The rules of a minor that have something to say of these kinds.

    Args:
        kinds: the kinds of the file.
        minor: the minor, as a number.
        components: also those of the kubelet and kube-proxy.
        flags: also those of flags in extraArgs.
    """
    rules = _of_kubeadm()
    if not components:
        return _awake(rules, kinds, minor)
    from kubeadm_cfg.checks.components import COMPONENTS, FLAGS, batched

    return tuple(batched(_awake(rules + COMPONENTS + (FLAGS if flags else ()), kinds, minor)))


def _awake(rules: tuple[Rule, ...], kinds: frozenset[str], minor: int) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.first <= minor <= rule.last and not kinds.isdisjoint(rule.kinds))


@cache
def _of_kubeadm() -> tuple[Rule, ...]:
    from kubeadm_cfg.checks import kubeadm_init, kubeadm_join, recommended

    return (*kubeadm_init.RULES, *kubeadm_join.RULES, *recommended.RULES)
