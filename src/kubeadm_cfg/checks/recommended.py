"""Where kubelet and kube-proxy documents differ from what kubeadm itself would write: it warns, and takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.addresses import sloppy_cidr
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.report import Problem

__all__ = ["RULES"]

_ADDRESSES_BEFORE_DNS: Final = 10
_WARNS_OF_IPVS: Final = 37
_KUBELET: Final = "kubernetes/kubernetes:cmd/kubeadm/app/componentconfigs/kubelet.go"
_KUBE_PROXY: Final = "kubernetes/kubernetes:cmd/kubeadm/app/componentconfigs/kubeproxy.go"


def _differing(ctx: Context, kind: str, wanted: dict[str, Any]) -> Iterator[Problem]:
    data, obj = ctx.data(kind), ctx.get(kind)
    for path, value in wanted.items():
        at: Any = data
        for step in path.split("."):
            at = at.get(step) if isinstance(at, dict) else None
        if at not in (None, "", value) and value is not None:  # what is empty is filled in
            yield ctx.problem(obj, path, f"kubeadm would write {value!r} here", type="Recommended")


def _concerned(ctx: Context) -> bool:
    """Component documents count in a file for `init` alone."""
    return ctx.command in (None, "init", "validate", "migrate") and bool(ctx.cluster or ctx.init)


@rule("kubeadm.component.kubelet", kinds=["KubeletConfiguration"], severity="warning", source=_KUBELET)
def kubelet(ctx: Context) -> Iterator[Problem]:
    """What kubeadm sets in the configuration of the kubelet."""
    if not _concerned(ctx):
        return
    cluster = ctx.settled("ClusterConfiguration")
    services = sloppy_cidr(cluster["networking"]["serviceSubnet"].split(",")[0])
    dns = None
    if services is not None and services.size > _ADDRESSES_BEFORE_DNS:
        dns = [str(services.network + _ADDRESSES_BEFORE_DNS)]
    wanted = {
        "clusterDNS": dns,
        "clusterDomain": cluster["networking"]["dnsDomain"],
        "staticPodPath": "/etc/kubernetes/manifests",
        "authentication.x509.clientCAFile": f"{cluster['certificatesDir']}/ca.crt",
        "authentication.anonymous.enabled": False,
        "authentication.webhook.enabled": True,
        "authorization.mode": "Webhook",
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": 10248,
        "readOnlyPort": 0,
    }
    yield from _differing(ctx, "KubeletConfiguration", wanted)


@rule("kubeadm.component.kube-proxy", kinds=["KubeProxyConfiguration"], severity="warning", source=_KUBE_PROXY)
def kube_proxy(ctx: Context) -> Iterator[Problem]:
    """What kubeadm sets in the configuration of kube-proxy."""
    if not _concerned(ctx):
        return
    address = (ctx.settled("InitConfiguration")["localAPIEndpoint"].get("advertiseAddress")) or ""
    wanted = {
        "bindAddress": "::" if ":" in address else "0.0.0.0",  # noqa: S104  # what kubeadm writes; nobody listens here
        "clusterCIDR": ctx.settled("ClusterConfiguration")["networking"].get("podSubnet"),
        "clientConnection.kubeconfig": "/var/lib/kube-proxy/kubeconfig.conf",
    }
    yield from _differing(ctx, "KubeProxyConfiguration", wanted)
    if ctx.minor >= _WARNS_OF_IPVS and ctx.data("KubeProxyConfiguration").get("mode") == "ipvs":
        message = "ipvs is deprecated: kubeadm recommends nftables, or iptables on old kernels"
        yield ctx.problem(ctx.get("KubeProxyConfiguration"), "mode", message, type="Recommended")


RULES: Final[tuple[Rule, ...]] = (kubelet, kube_proxy)
