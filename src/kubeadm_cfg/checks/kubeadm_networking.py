"""What kubeadm refuses in `networking` of the ClusterConfiguration: the domain, the subnets and their sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.addresses import family_of, sloppy_cidr
from kubeadm_cfg.checks import shared
from kubeadm_cfg.checks.names import is_dns1123_subdomain
from kubeadm_cfg.checks.rules import Context, Rule, rule
from kubeadm_cfg.numbers import atoi
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from netaddr import IPNetwork

__all__ = ["RULES"]

_CLUSTER: Final = ["ClusterConfiguration"]
_LOG2_SERVICES: Final = 20
_NODE_DIFFERENCE: Final = 16
_LEAST: Final = {"networking.serviceSubnet": 10, "networking.podSubnet": 14}


@rule("kubeadm.networking.dnsDomain.dns1123", kinds=_CLUSTER, source=shared.VALIDATION)
def dns_domain(ctx: Context) -> Iterator[Problem]:
    """The domain of the services."""
    domain = ctx.settled("ClusterConfiguration")["networking"]["dnsDomain"]
    if not is_dns1123_subdomain(domain):
        message = f'Invalid value: "{domain}": must be a lowercase RFC 1123 subdomain'
        yield ctx.problem(ctx.cluster, "networking.dnsDomain", message, type="Invalid")


def _networks(text: str) -> list[IPNetwork] | None:
    found = [sloppy_cidr(part) for part in text.split(",")]
    return None if None in found else [network for network in found if network is not None]


def _size(network: IPNetwork) -> int:
    """The number of addresses as `RangeSize` counts them: none where it does not fit its integer."""
    bits, ones = 128 if network.version == 6 else 32, int(network.prefixlen)
    if bits == 32 and (bits - ones >= 31 or bits - ones < 0):
        return 0
    if bits == 128 and (bits - ones >= 127 or bits - ones < 0):
        return 0
    room: int = 2 ** min(bits - ones, 62)
    return room


def _subnet(ctx: Context, field: str, text: str) -> Iterator[Problem]:
    """A subnet of each family, or of one, that holds enough addresses."""
    networks = _networks(text)
    if networks is None:
        message = f'Invalid value: "{text}": couldn\'t parse subnet'
        yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.cidr")
        return
    families = [family_of(network) for network in networks]
    if len(networks) > 2 or len(set(families)) != len(families):
        message = f'Invalid value: "{text}": expected one (IPv4 or IPv6) CIDR or two CIDRs from each family'
        yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.dual-stack")
    for network in networks:
        if _size(network) < _LEAST[field]:
            message = f'Invalid value: "{network.cidr}": subnet is too small'
            yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.min-addresses")


def _subnet_codes(field: str, *more: str) -> tuple[str, ...]:
    return tuple(f"kubeadm.{field}.{rule}" for rule in ("cidr", "dual-stack", "min-addresses", *more))


@rule(
    "kubeadm.networking.serviceSubnet",
    kinds=_CLUSTER,
    source=shared.VALIDATION,
    codes=_subnet_codes("networking.serviceSubnet", "max-size"),
)
def service_subnet(ctx: Context) -> Iterator[Problem]:
    """The addresses of services: at most 20 bits of them."""
    field = "networking.serviceSubnet"
    text = ctx.settled("ClusterConfiguration")["networking"]["serviceSubnet"]
    yield from _subnet(ctx, field, text)
    for network in _networks(text) or ():
        width = 128 if network.version == 6 else 32
        if width - network.prefixlen > _LOG2_SERVICES:
            least = width - _LOG2_SERVICES
            message = (
                f'Invalid value: "{network.cidr}": the service subnet is too large: its mask must be /{least} or longer'
            )
            yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=f"kubeadm.{field}.max-size")


@rule(
    "kubeadm.networking.podSubnet",
    kinds=_CLUSTER,
    source=shared.VALIDATION,
    codes=_subnet_codes("networking.podSubnet", "node-mask", "max-difference", "node-mask-args"),
)
def pod_subnet(ctx: Context) -> Iterator[Problem]:
    """The addresses of pods: room for the subnets of nodes, and not for more than 65536 of them."""
    field, data = "networking.podSubnet", ctx.settled("ClusterConfiguration")
    text = data["networking"].get("podSubnet")
    if not text:
        return
    yield from _subnet(ctx, field, text)
    given = _arguments(data.get("controllerManager"))
    if given.get("allocate-node-cidrs") == "false":
        return
    for network in _networks(text) or ():
        family = family_of(network)
        mask = given.get(f"node-cidr-mask-size-ipv{family}") or ("64" if family == 6 else "24")
        code, wrong, bits = f"kubeadm.{field}.node-mask-args", "", atoi(mask)
        if bits is None:
            wrong = f"the node mask {mask[:40]!r} is no number"
        elif bits < network.prefixlen:
            code, wrong = f"kubeadm.{field}.node-mask", f"the pod subnet is smaller than the node subnet, /{bits}"
        elif bits - network.prefixlen > _NODE_DIFFERENCE:
            code = f"kubeadm.{field}.max-difference"
            wrong = f"the pod subnet mask and the node mask /{bits} differ by more than {_NODE_DIFFERENCE}"
        if wrong:
            message = f'Invalid value: "{network.cidr}": {wrong}'
            yield ctx.problem(ctx.cluster, field, message, type="Invalid", code=code)


def _arguments(component: dict[str, Any] | None) -> dict[str, str]:
    """Extra arguments by name; of repeated ones the last counts."""
    given = (component or {}).get("extraArgs") or {}
    if isinstance(given, dict):
        return {name: value or "" for name, value in given.items()}
    return {item.get("name") or "": item.get("value") or "" for item in given if item}


@rule("kubeadm.networking.podSubnet.site-local-warning", kinds=_CLUSTER, severity="warning", source=shared.VALIDATION)
def site_local(ctx: Context) -> Iterator[Problem]:
    """Ranges of fec0::/10, which are deprecated."""
    deprecated = _networks("fec0::/10") or []
    for name in ("serviceSubnet", "podSubnet"):
        text = ctx.settled("ClusterConfiguration")["networking"].get(name) or ""
        for network in _networks(text) or ():
            if any(network.version == 6 and (network in other or other in network) for other in deprecated):
                message = f"{network.cidr} is of the deprecated site-local range fec0::/10"
                yield ctx.problem(ctx.cluster, f"networking.{name}", message)


RULES: Final[tuple[Rule, ...]] = (dns_domain, service_subnet, pod_subnet, site_local)
