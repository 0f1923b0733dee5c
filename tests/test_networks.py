"""The address plan of a cluster as netaddr objects."""

from __future__ import annotations

from itertools import islice

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration, Networking
from kubeadm_cfg.networks import dns_address, node_networks, pod_networks, service_networks


def cluster(pods: str | None = None, services: str | None = None) -> ClusterConfiguration:
    return ClusterConfiguration(networking=Networking(pod_subnet=pods, service_subnet=services))


def test_networks_are_those_of_the_file_or_kubeadms_default() -> None:
    assert [str(network) for network in pod_networks(cluster("10.244.1.0/16, fd00::/56"))] == [
        "10.244.0.0/16",
        "fd00::/56",
    ]
    assert pod_networks(cluster()) == ()
    assert [str(network) for network in service_networks(cluster())] == ["10.96.0.0/12"]


@pytest.mark.parametrize(("services", "dns"), [(None, "10.96.0.10"), ("fd00::/112,10.0.0.0/16", "fd00::a")])
def test_dns_has_the_tenth_address(services: str | None, dns: str) -> None:
    assert str(dns_address(cluster(services=services))) == dns


def test_nodes_get_one_range_after_another() -> None:
    first, second = islice(node_networks(cluster("10.244.0.0/16,fd00::/56")), 2)
    assert [str(network) for network in first] == ["10.244.0.0/24", "fd00::/64"]
    assert [str(network) for network in second] == ["10.244.1.0/24", "fd00:0:0:1::/64"]


def test_the_mask_of_the_controller_manager_counts() -> None:
    config = cluster("10.244.0.0/16")
    kc.args(config.controller_manager)["node-cidr-mask-size"] = "20"
    assert len(list(node_networks(config))) == 16


@pytest.mark.parametrize(
    ("pods", "mask"), [("10.244.0.0", ""), ("10.244.0.0/28", ""), ("10.244.0.0/16", "x"), ("10.244.0.0/16", "33")]
)
def test_what_makes_no_plan_is_refused(pods: str, mask: str) -> None:
    config = cluster(pods)
    kc.args(config.controller_manager)["node-cidr-mask-size"] = mask
    with pytest.raises(kc.ConfigError):
        list(node_networks(config))


def test_a_range_without_a_tenth_address_has_no_dns() -> None:
    with pytest.raises(kc.ConfigError, match="no tenth address"):
        dns_address(cluster(services="10.0.0.0/30"))
