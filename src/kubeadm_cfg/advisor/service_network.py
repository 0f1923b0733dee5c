"""Which range Services should have: how large it has to be, and what is written. The search is in `ranges`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import count
from kubeadm_cfg.advisor.files import File
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.networks import (
    CLUSTER,
    DEFAULT_PREFIX,
    Asked,
    Cloud,
    Families,
    Picked,
    asked_for,
    candidate,
    counted_up,
    no_range,
    ranges_in,
    reasons_for,
    warnings_on,
)
from kubeadm_cfg.advisor.placing import InDocument, set_in_document
from kubeadm_cfg.advisor.ranges import Range, bits, first_free, read_ranges
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["service_network"]

_SERVICES: Final = ("10.96.0.0/12", "10.96.0.0/16", "10.43.0.0/16")
_PODS: Final = "10.244.0.0/16"
_FIRST_ULA: Final = 0x96
# kubeadm: at most 20 bits; below 16 addresses there is no band for addresses that are named
_WIDEST: Final = 12
_NARROWEST: Final = 28
_PREFIX_V6: Final = 112
_SUBNET_V6: Final = 0xFFFF
_DNS: Final = 10
_LINK_LOCAL: Final = ("169.254.0.0/16", "fe80::/10")


def service_network(  # noqa: PLR0913  # the contract names them; all by keyword
    *,
    services: int | None = None,
    pod_subnet: str | None = None,
    taken: Iterable[str] | None = None,
    routes: str | None = None,
    cloud: Cloud | None = None,
    families: Families | None = None,
    ula: str | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The range Services should have: large enough, and overlapping nothing that is taken.

    Args:
        services: how many Services the cluster may grow to.
        pod_subnet: the range of pods, ``"10.244.0.0/16"`` by default.
        taken: as for `pod_network`.
        routes: as for `pod_network`.
        cloud: as for `pod_network`.
        families: as for `pod_network`.
        ula: as for `pod_network`.
        kubernetes: the version, as in "1.34"; None: the newest known.
        f: files that say what was not given.
        host: a node, for what was not given.

    Raises:
        ValueError: a word, number, address or version that is none.

    >>> service_network(taken=["10.100.0.0/16"]).choice
    '10.96.0.0/16'
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    number = count("services", services)
    other = read_ranges("pod_subnet", pod_subnet) or ranges_in(known, "networking.podSubnet") or _of_flannel(known)
    other = other or read_ranges("pod_subnet", _PODS)
    asked = asked_for(known, families, cloud, ula, taken, routes, other, "networking.serviceSubnet")
    values = {"services": number, "cloud": asked.cloud}
    prefix = DEFAULT_PREFIX if number is None else min(_NARROWEST, 32 - bits(number + 2))
    if prefix < _WIDEST:
        return no_range("service_network", "service-range-limit", asked, (), values, about_minor(k))
    picked = Picked(
        candidate(_SERVICES, prefix, asked.taken) if asked.wants_ipv4 else None,
        _services_v6(asked) if asked.wants_ipv6 else None,
    )
    if picked.lacks(asked):
        return no_range("service_network", "no-free-range", asked, (), values, about_minor(k))
    is_seed = picked.v4 is not None and str(picked.v4.range) == _SERVICES[0]
    on_seed = "seed-service-subnet" if is_seed else "seed-service-subnet-taken"
    more = ("service-cidr-extendable-1.33",) if k.minor >= 33 else ()
    details = _details(picked.ranges[0])
    return Advice(
        function="service_network",
        choice=str(picked),
        reasons=reasons_for(picked, asked, _SERVICES[0], on_seed, more, values),
        warnings=(*(reason(name, **values) for name in warnings_on(picked, asked)), *about_minor(k)),
        settings={"networking.serviceSubnet": str(picked)},
        details=details,
        edits=(
            InDocument(CLUSTER, "networking.serviceSubnet", str(picked)),
            _ClusterDNS("KubeletConfiguration", "clusterDNS", [details["cluster_dns"]], creates="nothing"),
        ),
        about={"kubernetes": k, **details},
    )


class _ClusterDNS(InDocument):
    """The address of the cluster's DNS service; a cache on the node itself, at a link-local address, stays."""

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        for document in self._documents(file):
            there = document.get(self.path)
            servers = there if isinstance(there, list) else []
            (address,) = self.value
            wanted = dict.fromkeys(one if _is_link_local(one) else address for one in servers)
            set_in_document(document, self.path, list(wanted) or self.value, why)
        yield from ()


def _is_link_local(address: Any) -> bool:
    here = Range.of(address) if isinstance(address, str) else None
    return here is not None and any(here.overlaps(one) for one in read_ranges("link-local", _LINK_LOCAL))


def _of_flannel(known: Known) -> tuple[Range, ...]:
    conf = known.net_conf()
    texts = () if conf is None else (conf.network, conf.ipv6_network if conf.enable_ipv6 else None)
    return tuple(one for text in texts if isinstance(text, str) and (one := Range.of(text)) is not None)


def _services_v6(asked: Asked) -> Range | None:
    if asked.ula is None:
        return counted_up(_FIRST_ULA, _PREFIX_V6, asked.taken)
    subnet = Range(6, asked.ula.first + (_SUBNET_V6 << 64), 64)
    return first_free([subnet], _PREFIX_V6, asked.taken)


def _details(network: Range) -> dict[str, Any]:
    """KEP-3070 keeps a band of the lowest addresses for Services that name their address."""
    return {
        "cluster_dns": network.address(_DNS),
        "api_service_ip": network.address(1),
        "static_band": min(max(16, network.size // 16), 256),
        "usable_services": network.size - (2 if network.version == 4 else 1),
    }
