"""What kubeadm refuses in `etcd` of the ClusterConfiguration: the one it runs itself, or one outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.checks import shared
from kubeadm_cfg.checks.grammar import UrlError, parse_url
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.report import Problem

__all__ = ["RULES"]

_ETCD_FIRST_REQUIRED: Final = 35  # the minor that wants an endpoint, and that has endpoints for http
_EXTERNAL_RULES: Final = (
    "cert-key-pair", "ca-required", "endpoints-required", "url-parse", "https-required", "scheme-required",
    "httpEndpoints", "absolute-files",
)  # fmt: skip


@rule(
    "kubeadm.etcd",
    kinds=["ClusterConfiguration"],
    source=shared.VALIDATION,
    codes=(
        "kubeadm.etcd.exclusive",
        *(f"kubeadm.etcd.local.{name}" for name in ("dataDir", "serverCertSANs", "peerCertSANs", "imageRepository")),
        shared.ARGUMENT_NAME,
        *(f"kubeadm.etcd.external.{name}" for name in _EXTERNAL_RULES),
    ),
)
def etcd(ctx: Context) -> Iterator[Problem]:
    """Either the etcd that kubeadm runs, or one outside."""
    data = ctx.settled("ClusterConfiguration")["etcd"]
    local, external = data.get("local"), data.get("external")
    if local is not None and external is not None:
        message = 'Invalid value: "": .Etcd.Local and .Etcd.External are mutually exclusive'
        yield ctx.problem(ctx.cluster, "etcd", message, type="Invalid", code="kubeadm.etcd.exclusive")
    elif local is not None:
        field = "etcd.local.dataDir"
        yield from shared.absolute(ctx, ctx.cluster, field, local["dataDir"], f"kubeadm.{field}")
        for field in ("etcd.local.serverCertSANs", "etcd.local.peerCertSANs"):
            yield from shared.sans(ctx, field, local.get(field.rpartition(".")[2]), f"kubeadm.{field}")
        if ctx.minor >= shared.REPOSITORIES:
            yield from shared.repository(ctx, "etcd.local.imageRepository", local.get("imageRepository"))
        yield from shared.arguments(ctx, ctx.cluster, "etcd.local.extraArgs", local.get("extraArgs"))
    elif external is not None:
        yield from _external(ctx, external)


def _external(ctx: Context, external: dict[str, Any]) -> Iterator[Problem]:
    files = {name: external.get(name) for name in ("caFile", "certFile", "keyFile")}
    ca, cert, key = (bool(files[name]) for name in ("caFile", "certFile", "keyFile"))
    if cert != key:
        message = 'Invalid value: "": either both or none of certFile and keyFile must be set'
        yield ctx.problem(
            ctx.cluster, "etcd.external", message, type="Invalid", code="kubeadm.etcd.external.cert-key-pair"
        )
    if cert and key and not ca:
        message = 'Invalid value: "": setting .CertFile and .KeyFile requires .CAFile'
        yield ctx.problem(
            ctx.cluster, "etcd.external", message, type="Invalid", code="kubeadm.etcd.external.ca-required"
        )
    endpoints = external.get("endpoints") or []
    if not endpoints and ctx.minor >= _ETCD_FIRST_REQUIRED:
        message = 'Invalid value: "": at least one endpoint must be given'
        code = "kubeadm.etcd.external.endpoints-required"
        yield ctx.problem(ctx.cluster, "etcd.external.endpoints", message, type="Invalid", code=code)
    yield from _urls(ctx, "etcd.external.endpoints", endpoints, https=ca or cert or key)
    if ctx.minor >= _ETCD_FIRST_REQUIRED:
        yield from _urls(ctx, "etcd.external.httpEndpoints", external.get("httpEndpoints") or [], https=False)
    for name, value in files.items():
        if value:
            code = "kubeadm.etcd.external.absolute-files"
            yield from shared.absolute(ctx, ctx.cluster, f"etcd.external.{name}", value, code)


def _urls(ctx: Context, field: str, urls: list[str], *, https: bool) -> Iterator[Problem]:
    for number, url in enumerate(urls):
        wrong: list[tuple[str, str]] = []
        try:
            scheme = parse_url(url or "").scheme
        except UrlError as error:
            wrong = [("url-parse", str(error))]
        else:
            if https and scheme != "https":
                wrong.append(("https-required", "the URL must be using the HTTPS scheme"))
            if not scheme:
                wrong.append(("scheme-required", "the URL without a scheme is not allowed"))
        for name, reason in wrong:
            message = f'Invalid value: "{url}": {reason}'
            code = f"kubeadm.etcd.external.{'httpEndpoints' if field.endswith('httpEndpoints') else name}"
            yield ctx.problem(ctx.cluster, field, message, path=f"{field}[{number}]", type="Invalid", code=code)


RULES: Final[tuple[Rule, ...]] = (etcd,)
