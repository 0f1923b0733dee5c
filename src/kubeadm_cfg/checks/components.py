"""The kubelet, kube-proxy and their flags as rules: what they refuse, put where it stands in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubeadm_cfg.checks import flags, kubelet, kubeproxy
from kubeadm_cfg.checks.component import Violation
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.report import Problem

__all__ = ["COMPONENTS", "FLAGS"]

_KUBEADM: tuple[str, ...] = ("ClusterConfiguration", "InitConfiguration", "JoinConfiguration")


def _problems(ctx: Context, obj: Kind, found: Iterable[Violation]) -> Iterator[Problem]:
    for violation in found:
        yield ctx.problem(
            obj,
            violation.field,
            violation.message,
            path=violation.path,
            code=violation.code,
            type=violation.type,
            severity=violation.severity,
        )


@rule(
    "kubelet",
    kinds=["KubeletConfiguration"],
    source="pkg/kubelet/apis/config/validation/validation.go",
)
def kubelet_refuses(ctx: Context) -> Iterator[Problem]:
    """What keeps the kubelet from starting."""
    yield from _problems(ctx, ctx.kubelet, kubelet.violations(ctx.kubelet, ctx.minor))


@rule(
    "kube-proxy",
    kinds=["KubeProxyConfiguration"],
    source="pkg/proxy/apis/config/validation/validation.go",
)
def kube_proxy_refuses(ctx: Context) -> Iterator[Problem]:
    """What keeps kube-proxy from starting."""
    yield from _problems(ctx, ctx.kube_proxy, kubeproxy.violations(ctx.kube_proxy, ctx.minor))


@rule("flag", kinds=_KUBEADM, source="the flag sets of the components, as each minor builds them")
def flags_in_extra_args(ctx: Context) -> Iterator[Problem]:
    """Flags that a component refuses, warns of, or that win over the file."""
    objects = [obj for kind in (*_KUBEADM, "KubeletConfiguration") if (obj := ctx.get(kind)) is not None]
    for obj in objects:
        yield from _problems(ctx, obj, flags.violations(obj, ctx.minor, objects))


COMPONENTS: tuple[Rule, ...] = (kubelet_refuses, kube_proxy_refuses)
FLAGS: tuple[Rule, ...] = (flags_in_extra_args,)
