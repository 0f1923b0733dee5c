"""Advice on a node's name, the endpoint, images and the version: both sides of each border, and what is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg.addresses import parse_ip
from kubeadm_cfg.advise import Advice
from kubeadm_cfg.checks.names import is_dns1123_subdomain

LIST = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"


def ids(reasons: Any) -> set[str]:
    return {one.id for one in reasons}


def told(advice: Advice) -> tuple[set[str], set[str]]:
    return ids(advice.reasons), ids(advice.warnings)


# -- node_name --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "choice", "reasons", "warnings"),
    [
        ({"name": "cp-1.example.test"}, "cp-1.example.test", set(), set()),
        ({"name": " CP_1. "}, "cp-1", {"node-name-grammar"}, {"name-changed"}),
        ({"name": "-a-.-b.c-"}, "a.b.c", {"node-name-grammar"}, {"name-changed"}),
        ({"name": "a..b"}, "a.b", {"node-name-grammar"}, {"name-changed"}),
        ({"name": "x" * 253}, "x" * 253, set(), set()),
        ({"name": "x" * 254}, "x" * 253, {"node-name-grammar"}, {"name-changed"}),
        ({"name": "x" * 252 + ".y"}, "x" * 252, {"node-name-grammar"}, {"name-changed"}),
        ({"name": "---", "hostname": "cp1"}, "cp1", {"hostname-used"}, set()),
        (
            {"name": "10.0.0.5", "hostname": "CP1"},
            "cp1",
            {"seed-hostname-not-ip", "hostname-used", "node-name-grammar"},
            {"ip-as-node-name", "name-changed"},
        ),
        ({"name": "10.0.0.5."}, "node-10-0-0-5", {"seed-hostname-not-ip", "name-from-address"}, {"ip-as-node-name"}),
        (
            {"hostname": "fd00::5"},
            "node-fd00-0000-0000-0000-0000-0000-0000-0005",
            {"seed-hostname-not-ip", "name-from-address"},
            {"ip-as-node-name"},
        ),
        (
            {"name": "10.0.0.5", "address": "10.0.0.6"},
            "node-10-0-0-6",
            {"seed-hostname-not-ip", "name-from-address"},
            {"ip-as-node-name"},
        ),
        ({"address": "10.0.0.5"}, "node-10-0-0-5", {"name-from-address"}, set()),
        ({"name": "10.0.0.500"}, "10.0.0.500", set(), set()),
        ({}, None, set(), {"hostname-at-run-time"}),
    ],
)
def test_a_node_is_called_by_its_name(
    arguments: dict[str, Any], choice: str | None, reasons: set[str], warnings: set[str]
) -> None:
    advice = kc.advise.node_name(**arguments)
    assert advice.choice == choice
    assert told(advice) == ({"kubeadm-lower-cases", *reasons}, warnings)


@given(st.text(max_size=300), st.text(max_size=20))
def test_a_node_name_is_a_dns_subdomain_and_no_address(name: str, hostname: str) -> None:
    choice = kc.advise.node_name(name=name, hostname=hostname).choice
    assert choice is None or (is_dns1123_subdomain(choice) and parse_ip(choice) is None)
    assert choice is None or kc.advise.node_name(name=choice).choice == choice


def test_a_node_name_goes_to_init_and_join() -> None:
    f = kc.loads(
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n---\n"
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\nnodeRegistration: {name: 10.0.0.5}  # old\n"
    )
    assert kc.advise.node_name(f=f).choice == "node-10-0-0-5"
    kc.advise.node_name(name="cp1").apply(f)
    assert f.init.node_registration.name == f.join.node_registration.name == "cp1"


# -- endpoint ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "choice", "reasons", "warnings"),
    [
        ({"name": "API.Lan"}, "api.lan:6443", {"endpoint-dns", "endpoint-port-6443"}, set()),
        ({"name": "api.lan", "port": 6443}, "api.lan:6443", {"endpoint-dns"}, set()),
        ({"name": "api.lan", "address": "10.0.0.9"}, "api.lan:6443", {"endpoint-dns", "endpoint-port-6443"}, set()),
        ({"address": "fd00::9"}, "[fd00::9]:6443", {"endpoint-address", "endpoint-port-6443"}, {"endpoint-prefer-dns"}),
        ({"name": "[FD00::9]"}, "[fd00::9]:6443", {"endpoint-address", "endpoint-port-6443"}, {"endpoint-prefer-dns"}),
        (
            {"address": "fd00::9", "node_addresses": ["fd00:0::9"]},
            "[fd00::9]:6443",
            {"endpoint-address", "endpoint-port-6443"},
            {"endpoint-prefer-dns", "endpoint-is-a-node"},
        ),
        ({"name": "api.lan", "balancer": "haproxy-local"}, "api.lan:8443", {"endpoint-dns", "haproxy-port"}, set()),
        ({"name": "api.lan", "balancer": "haproxy-local", "port": 9443}, "api.lan:9443", {"endpoint-dns"}, set()),
        (
            {"name": "api.lan", "control_planes": 2},
            "api.lan:6443",
            {"endpoint-dns", "endpoint-port-6443"},
            {"endpoint-needs-balancer"},
        ),
        (
            {"name": "api.lan", "control_planes": 2, "balancer": "kube-vip"},
            "api.lan:6443",
            {"endpoint-dns", "endpoint-port-6443"},
            set(),
        ),
        ({"name": "api.lan", "current": "api.lan:6443"}, "api.lan:6443", {"endpoint-dns", "endpoint-port-6443"}, set()),
        ({"name": "api.lan", "current": "API.lan"}, "api.lan:6443", {"endpoint-dns", "endpoint-port-6443"}, set()),
        (
            {"name": "api.lan", "current": "api.lan:8443"},
            "api.lan:6443",
            {"endpoint-dns", "endpoint-port-6443"},
            {"endpoint-change-certificates"},
        ),
        ({"control_planes": 2}, None, {"endpoint-cannot-add-later"}, {"endpoint-required"}),
        ({"current": "api.lan:6443"}, None, {"endpoint-cannot-add-later"}, {"endpoint-missing"}),
    ],
)
def test_an_endpoint_is_a_name_before_an_address(
    arguments: dict[str, Any], choice: str | None, reasons: set[str], warnings: set[str]
) -> None:
    advice = kc.advise.endpoint(**arguments)
    assert advice.choice == choice
    assert told(advice) == (reasons, warnings)


@pytest.mark.parametrize(
    "arguments", [{"name": "a b"}, {"name": "api_1"}, {"address": "api.lan"}, {"name": "a", "port": 65536}, {"port": 0}]
)
def test_what_cannot_be_an_endpoint_is_a_value_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(name|address|port) is"):
        kc.advise.endpoint(**arguments)


def test_the_endpoint_of_a_file_is_kept() -> None:
    f = kc.loads(
        LIST + "controlPlaneEndpoint: 10.0.0.9:8443\n"
        "---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
        "localAPIEndpoint: {advertiseAddress: 10.0.0.9}\n"
    )
    advice = kc.advise.endpoint(f=f)
    assert advice.choice == "10.0.0.9:8443"
    assert ids(advice.warnings) == {"endpoint-prefer-dns", "endpoint-is-a-node"}
    before = f.text
    advice.apply(f)
    assert f.text == before


# -- image_repository -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kubernetes", "reason"),
    [
        ("1.22.17", "registry-old-default"),
        ("1.23", "registry-old-default"),
        ("1.23.14", "registry-old-default"),
        ("1.23.15", "registry-default-1.25"),
        ("1.24.8", "registry-old-default"),
        ("v1.24.9", "registry-default-1.25"),
        ("1.25", "registry-default-1.25"),
        (None, "registry-default-1.25"),
    ],
)
def test_the_default_registry_is_of_a_patch(kubernetes: str | None, reason: str) -> None:
    advice = kc.advise.image_repository(kubernetes=kubernetes)
    assert advice.choice == "registry.k8s.io"
    assert told(advice) == ({reason}, set())


def test_ones_own_registry_is_cleaned_and_goes_to_containerd_too() -> None:
    advice = kc.advise.image_repository(registry=" https://reg.test/k8s// ", keeps_paths=True, plain_http=True)
    assert told(advice) == (
        {"repository-grammar-1.26", "coredns-path-kept"},
        {"sandbox-image", "plain-http-hosts-toml"},
    )
    assert advice.settings == {"imageRepository": "reg.test/k8s", "dns.imageRepository": "reg.test/k8s/coredns"}
    toml = kc.containerd.loads("version = 3\n")
    advice.apply(toml)
    assert toml.sandbox_image == advice.details["pause"] == "reg.test/k8s/pause:3.10.2"
    with pytest.raises(ValueError, match="registry is written"):
        kc.advise.image_repository(registry="https://")


def test_a_mirror_of_the_images_is_what_the_advice_makes_kubeadm_ask_for() -> None:
    for keeps_paths in (False, True):
        f = kc.loads(LIST + "kubernetesVersion: v1.34.1\n")
        script = kc.images(f).mirror_script("reg.test/k8s", keeps_paths=keeps_paths)
        kc.advise.image_repository(registry="reg.test/k8s", keeps_paths=keeps_paths).apply(f)
        assert all(f" {row.image}\n" in script for row in kc.images(f))


# -- kubernetes_version -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("current", "today", "choice", "reason", "near"),
    [
        ("1.35", "2026-11-28", "1.35", "supported-until", False),
        ("1.35", "2026-11-30", "1.35", "supported-until", False),
        ("1.35", "2026-12-01", "1.35", "supported-until", True),
        ("1.35", "2027-02-28", "1.35", "supported-until", True),
        ("1.35", "2027-03-01", "1.36", "end-of-life", False),
        ("v1.27.8", "2026-11-28", "1.35", "end-of-life", False),
        ("1.37", "2026-01-01", "1.37", "supported-until", False),
        (None, "2026-11-28", "1.35", "supported-until", False),
        ("1.37", "2030-01-01", None, "end-of-life", False),
        (None, "2020-01-01", None, "end-of-life", False),
    ],
)
def test_a_minor_is_kept_while_it_is_supported(
    current: str | None, today: str, choice: str | None, reason: str, near: bool
) -> None:
    advice = kc.advise.kubernetes_version(current=current, today=today)
    assert advice.choice == choice
    assert told(advice) == ({reason}, {"near-end-of-life"} if near else set())
    assert kc.advise.kubernetes_version(current=current, today=dt.date.fromisoformat(today)) == advice


def test_only_a_change_of_minor_is_written() -> None:
    text = LIST + "kubernetesVersion: v1.35.1  # pinned\n"
    f = kc.loads(text)
    kc.advise.kubernetes_version(f=f, today="2026-11-28").apply(f)
    kc.advise.kubernetes_version(current="1.27", today="2026-11-28").apply(f)
    assert f.text == text
    old = kc.loads(text.replace("1.35.1", "1.27.8"))
    advice = kc.advise.kubernetes_version(f=old, today="2026-11-28")
    advice.apply(old)
    assert old.text == text.replace("1.35.1", "1.35.7")
    assert advice.details == {
        "release": "2025-12-17",
        "end_of_life": "2027-02-28",
        "supported": ["1.35", "1.36", "1.37"],
    }
    with pytest.raises(ValueError, match="today is a date"):
        kc.advise.kubernetes_version(today="tomorrow")


def test_what_files_have_wrong_is_taken_for_absent() -> None:
    f = kc.loads(
        LIST + "controlPlaneEndpoint: not a host\nimageRepository: Not A Registry\nkubernetesVersion: newest\n"
    )
    assert kc.advise.endpoint(f=f).choice is None
    assert ids(kc.advise.endpoint(f=f, name="api.lan").warnings) == {"endpoint-change-certificates"}
    assert kc.advise.image_repository(f=f).choice == "registry.k8s.io"
    assert kc.advise.kubernetes_version(f=f, today="2026-11-28").choice == "1.35"


def test_an_endpoint_of_a_file_with_a_port_that_is_none_is_no_endpoint() -> None:
    f = kc.loads(LIST + "controlPlaneEndpoint: api.lan:99999\n")
    assert kc.advise.endpoint(f=f).choice is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"name": 5}, "name is a text"), ({"address": "cp-1"}, "address is an IP"), ({"address": 5}, "address is an IP")],
)
def test_what_cannot_name_a_node_is_a_value_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kc.advise.node_name(**arguments)


def test_a_moment_is_a_day() -> None:
    day = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
    assert kc.advise.kubernetes_version(today=day) == kc.advise.kubernetes_version(today="2026-11-28")


def test_the_warning_names_the_node_whose_address_it_is_also_under_a_dns_name() -> None:
    advice = kc.advise.endpoint(name="api.lan", address="10.0.0.5", node_addresses=["10.0.0.4", "10.0.0.5"])
    (warning,) = advice.warnings
    assert warning.id == "endpoint-is-a-node"
    assert "10.0.0.5" in warning.text
    assert "10.0.0.5" in warning.text_zh


@pytest.mark.parametrize("name", ["none", "choice"])
def test_a_node_may_have_the_name_of_a_sentence(name: str) -> None:
    assert kc.advise.node_name(name=name).explain().startswith(f"Call the node {name}.\n")
