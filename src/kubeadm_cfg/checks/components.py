"""The kubelet, kube-proxy and their flags as rules: what they refuse, put where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from kubeadm_cfg.checks import component, flags, gates, kubelet, kubeproxy
from kubeadm_cfg.checks.component import Violation
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.report import Problem

__all__ = ["COMPONENTS", "FLAGS", "Batch", "batched"]

_KUBEADM: Final = ("ClusterConfiguration", "InitConfiguration", "JoinConfiguration")
_SOURCES: Final = {
    "KubeletConfiguration": "kubernetes/kubernetes:pkg/kubelet/apis/config/validation/validation.go",
    "KubeProxyConfiguration": "kubernetes/kubernetes:pkg/proxy/apis/config/validation/validation.go",
}


def _problems(ctx: Context, obj: Kind, found: Iterable[Violation]) -> Iterator[Problem]:
    for violation in found:
        yield _problem(ctx, obj, violation)


def _problem(ctx: Context, obj: Kind, violation: Violation) -> Problem:
    return ctx.problem(
        obj,
        violation.field,
        violation.message,
        path=violation.path,
        code=violation.code,
        type=violation.type,
        severity=violation.severity,
        remedy=violation.remedy,
    )


_KEPT: Final = 256
"""How many documents a batch remembers."""
_CHECKS: Final[dict[Rule, component.Check]] = {}
"""What a rule made of a component's asks; only those rules are here."""


def batched(rules: Iterable[Rule]) -> Iterator[Rule | Batch]:
    """The rules in their order, those of a component that stand side by side as one."""
    for is_own, group in groupby(rules, key=lambda rule: rule.kinds[0] if rule in _CHECKS else None):
        if is_own is None:
            yield from group
        else:
            yield Batch(is_own, list(group))


def _as_rule(own: component.Rule, kind: str) -> Rule:
    """A rule of a component, which is silent when its feature gates alone keep the component from starting."""

    def check(ctx: Context) -> Iterable[Problem]:
        subject = ctx.subject(kind)
        found = () if subject is None else tuple(own.check(subject))
        return _problems(ctx, ctx.get(kind), found) if found else ()

    check.__doc__ = own.says
    since = "" if own.since == component.OLDEST else f"1.{own.since}"
    until = "" if own.until == component.NEWEST else f"1.{own.until - 1}"
    minors = f"{since}..{until}" if since or until else ""
    made = Rule(check, own.code, [kind], minors, "error", _SOURCES[kind], own.codes)
    _CHECKS[made] = own.check
    return made


@rule(
    "kubelet.featureGates",
    kinds=["KubeletConfiguration"],
    source=gates.SOURCE,
    codes=[f"kubelet.featureGates.{name}" for name in gates.VERDICTS],
)
def kubelet_gates(ctx: Context) -> Iterator[Problem]:
    """Feature gates that keep the kubelet from starting, or that it warns of."""
    yield from _problems(ctx, ctx.kubelet, kubelet.gates_of(ctx.kubelet, ctx.minor))


@rule(
    "kube-proxy.featureGates",
    kinds=["KubeProxyConfiguration"],
    source=gates.SOURCE,
    codes=[f"kube-proxy.featureGates.{name}" for name in gates.VERDICTS],
)
def kube_proxy_gates(ctx: Context) -> Iterator[Problem]:
    """Feature gates that keep kube-proxy from starting, or that it warns of."""
    yield from _problems(ctx, ctx.kube_proxy, kubeproxy.gates_of(ctx.kube_proxy, ctx.minor))


def _arguments(ctx: Context) -> Iterator[tuple[Kind, Sequence[flags.Argument]]]:
    """The objects of the file that hold flags, with them."""
    for kind in _KUBEADM:
        given = ctx.arguments(kind)
        if given:
            yield ctx.get(kind), given


@rule("flag", kinds=_KUBEADM, source="the flag sets of the components, as each minor builds them", codes=flags.CODES)
def flags_in_extra_args(ctx: Context) -> Iterator[Problem]:
    """Flags that a component refuses, warns of, or that win over the file."""
    for obj, given in _arguments(ctx):
        yield from _problems(ctx, obj, flags.violations(given, ctx.minor, ctx.kubelet))


@rule("gates", kinds=_KUBEADM, source=gates.SOURCE, codes=flags.GATE_CODES)
def gates_in_extra_args(ctx: Context) -> Iterator[Problem]:
    """Feature gates in extraArgs that the component does not know, that are locked, or that it warns of."""
    for obj, given in _arguments(ctx):
        yield from _problems(ctx, obj, flags.gate_violations(given, ctx.minor))


@rule(
    "kubeadm.extraArgs",
    kinds=_KUBEADM,
    source="kubernetes/kubernetes:cmd/kubeadm/app/phases/controlplane/manifests.go",
    codes=flags.MANAGED_CODES,
)
def managed_flags(ctx: Context) -> Iterator[Problem]:
    """Flags in extraArgs that take the place of those kubeadm sets itself."""
    for obj, given in _arguments(ctx):
        yield from _problems(ctx, obj, flags.managed(given, ctx.minor))


class Batch:
    """The rules of one component that hold in a minor, asked one after the other without further ado.

    They look at nothing but the defaulted document, the minor and the host, and a fleet has the same document in many
    files: what they found in it is kept.
    """

    def __init__(self, kind: str, rules: Sequence[Rule]) -> None:
        self.kind = kind
        self.rules = rules
        self._found: dict[object, list[tuple[Rule, Violation]]] = {}

    def ask(self, ctx: Context) -> Iterable[Problem]:
        """What they have to say, as each of them would."""
        obj = ctx.get(self.kind)
        for own, violation in self._violations(ctx):
            ctx.rule = own
            yield _problem(ctx, obj, violation)

    def _violations(self, ctx: Context) -> list[tuple[Rule, Violation]]:
        key = ctx.minor, ctx.host, ctx.text(self.kind)
        if key not in self._found:
            subject = ctx.subject(self.kind)
            if subject is None:
                return []
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = [(own, found) for own in self.rules for found in _CHECKS[own](subject)]
        return self._found[key]


COMPONENTS: Final[tuple[Rule, ...]] = (
    kubelet_gates,
    *(_as_rule(own, "KubeletConfiguration") for own in kubelet.RULES),
    kube_proxy_gates,
    *(_as_rule(own, "KubeProxyConfiguration") for own in kubeproxy.RULES),
)
FLAGS: Final[tuple[Rule, ...]] = (flags_in_extra_args, gates_in_extra_args, managed_flags)
