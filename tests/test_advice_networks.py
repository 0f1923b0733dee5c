"""Advice on the ranges of pods and Services and on maxPods: laws of the search, and both sides of each border."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netaddr import IPNetwork, IPSet

import kubeadm_cfg as kc
from kubeadm_cfg.advise import Advice
from kubeadm_cfg.advisor.placing import placed
from kubeadm_cfg.advisor.ranges import cluster_facts

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]


def ids(reasons: Any) -> set[str]:
    return {one.id for one in reasons}


def told(advice: Advice) -> tuple[set[str], set[str]]:
    return ids(advice.reasons), ids(advice.warnings)


# -- laws of the search -----------------------------------------------------------------------------------------------
@st.composite
def networks(draw: st.DrawFn) -> str:
    base = IPNetwork(draw(st.sampled_from([*PRIVATE, "100.64.0.0/10"])))
    prefix = draw(st.integers(base.prefixlen, 30))
    offset = draw(st.integers(0, 2 ** (prefix - base.prefixlen) - 1))
    return str(IPNetwork((base.first + (offset << (32 - prefix)), prefix)))


TAKEN = st.lists(
    networks() | st.sampled_from([*PRIVATE, "10.0.0.0/9", "172.16.0.0/13", "fd00:10:244::/48"]), max_size=8
)
CLOUDS = st.sampled_from(["aws", "azure", "gcp", None])
FAMILIES = st.sampled_from(["ipv4", "ipv6", "dual"])


def overlaps(choice: str, taken: list[str]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for one in choice.split(",")
        for other in taken
        if IPNetwork(one).version == IPNetwork(other).version and IPSet([one]) & IPSet([other])
    ]


def of_cloud(cloud: str | None) -> list[str]:
    return [text for row in cluster_facts()["clouds"] if row["cloud"] == cloud for text in row["ranges"]]


@given(TAKEN, CLOUDS, FAMILIES, st.integers(1, 70_000), st.integers(1, 300), st.integers(20, 28) | st.none())
def test_a_pod_network_overlaps_nothing_and_holds_what_was_asked_for(
    taken: list[str], cloud: Any, families: Any, nodes: int, pods: int, mask: int | None
) -> None:
    advice = kc.advise.pod_network(
        nodes=nodes, pods_per_node=pods, node_mask=mask, taken=taken, cloud=cloud, families=families
    )
    if advice.choice is None:
        assert len(advice.reasons) == 1
        return
    assert overlaps(advice.choice, [*taken, *of_cloud(cloud), "10.96.0.0/12"]) == []
    assert advice.details["nodes"] >= nodes
    for text in advice.choice.split(","):
        network = IPNetwork(text)
        assert str(network.cidr) == text
        node = advice.details["node_mask"] if network.version == 4 else 64
        assert 0 <= node - network.prefixlen <= 16
        assert 2 ** (node - network.prefixlen) >= nodes
    if mask is None and families != "ipv6":
        assert advice.details["addresses_per_node"] >= 2 * pods
        assert not ids(advice.warnings) & {"pods-do-not-fit", "pods-fit-once"}


@given(TAKEN, CLOUDS, FAMILIES, st.integers(0, 1_100_000) | st.none())
def test_a_service_network_overlaps_nothing_and_holds_what_was_asked_for(
    taken: list[str], cloud: Any, families: Any, services: int | None
) -> None:
    advice = kc.advise.service_network(services=services, taken=taken, cloud=cloud, families=families)
    if advice.choice is None:
        assert ids(advice.reasons) <= {"no-free-range", "service-range-limit"}
        assert ("service-range-limit" in ids(advice.reasons)) == ((services or 0) + 2 > 2**20)
        return
    assert overlaps(advice.choice, [*taken, *of_cloud(cloud), "10.244.0.0/16"]) == []
    first = IPNetwork(advice.choice.split(",")[0])
    assert advice.details["cluster_dns"] == str(first[10])
    assert advice.details["api_service_ip"] == str(first[1])
    if families != "ipv6":
        assert advice.details["usable_services"] == first.size - 2 >= (services or 0)
        assert 12 <= first.prefixlen <= 28


@given(TAKEN, st.integers(1, 2000))
def test_no_free_range_is_said_only_when_there_is_none(taken: list[str], nodes: int) -> None:
    advice = kc.advise.pod_network(nodes=nodes, taken=taken)
    if advice.choice is not None:
        return
    prefix = 24 - (nodes - 1).bit_length()
    left = IPSet([*PRIVATE, "100.64.0.0/10"]) - IPSet([text for text in [*taken, "10.96.0.0/12"] if ":" not in text])
    assert all(cidr.prefixlen > prefix for cidr in left.iter_cidrs())


@given(TAKEN, st.integers(1, 4000))
def test_the_pods_of_a_cluster_do_not_meet_its_services(taken: list[str], nodes: int) -> None:
    services = kc.advise.service_network(taken=taken).choice
    pods = kc.advise.pod_network(nodes=nodes, taken=taken, service_subnet=services).choice
    assert services is None or pods is None or not overlaps(services, [pods])


# -- pod_network ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "choice", "reasons", "details"),
    [
        ({}, "10.244.0.0/16", {"seed-pod-subnet", "node-mask-24", "private-range"}, (24, 256, 256)),
        ({"nodes": 256}, "10.244.0.0/16", {"seed-pod-subnet", "node-mask-24", "private-range"}, (24, 256, 256)),
        ({"nodes": 257}, "10.2.0.0/15", {"seed-pod-subnet-too-small", "node-mask-24", "private-range"}, (24, 512, 256)),
        ({"pods_per_node": 128}, "10.244.0.0/16", {"seed-pod-subnet", "node-mask-24", "private-range"}, (24, 256, 256)),
        (
            {"pods_per_node": 129},
            "10.244.0.0/16",
            {"seed-pod-subnet", "node-mask-wider", "private-range"},
            (23, 128, 512),
        ),
        (
            {"node_mask": 24, "pods_per_node": 129},
            "10.244.0.0/16",
            {"seed-pod-subnet", "node-mask-given", "private-range"},
            (24, 256, 256),
        ),
        (
            {"taken": ["10.244.0.0/16", "10.42.0.0/16"]},
            "10.1.0.0/16",
            {"seed-pod-subnet-taken", "node-mask-24", "private-range"},
            (24, 256, 256),
        ),
        (
            {"taken": ["10.0.0.0/8"]},
            "172.16.0.0/16",
            {"seed-pod-subnet-taken", "node-mask-24", "private-range"},
            (24, 256, 256),
        ),
        (
            {"taken": [*PRIVATE, "100.64.0.0/11"], "nodes": 7},
            "100.96.0.0/16",
            {"seed-pod-subnet-taken", "node-mask-24"},
            (24, 256, 256),
        ),
        (
            {
                "taken": [
                    *PRIVATE,
                    "100.64.0.0/11",
                    "100.96.0.0/12",
                    "100.112.0.0/13",
                    "100.120.0.0/14",
                    "100.124.0.0/15",
                    "100.126.0.0/16",
                    "100.127.0.0/17",
                ],
                "nodes": 7,
            },
            "100.127.128.0/21",
            {"seed-pod-subnet-taken", "node-mask-24", "narrow-range"},
            (24, 8, 256),
        ),
        (
            {"cloud": "gcp"},
            "10.42.0.0/16",
            {"seed-pod-subnet-taken", "node-mask-24", "private-range", "cloud-ranges"},
            (24, 256, 256),
        ),
        (
            {"cloud": "aws"},
            "10.244.0.0/16",
            {"seed-pod-subnet", "node-mask-24", "private-range", "cloud-ranges"},
            (24, 256, 256),
        ),
    ],
)
def test_pods_get_the_range_they_need(
    arguments: dict[str, Any], choice: str, reasons: set[str], details: tuple[int, int, int]
) -> None:
    advice = kc.advise.pod_network(**arguments)
    assert advice.choice == choice
    assert ids(advice.reasons) == reasons
    assert tuple(advice.details.values()) == details
    assert any(one.overrides for one in advice.reasons) == (choice != "10.244.0.0/16")


@pytest.mark.parametrize(
    ("nodes", "mask", "fits"),
    [
        (65536, None, True),
        (65537, None, False),
        (32768, 23, True),
        (32769, 23, False),
        (256, 16, True),
        (257, 16, False),
        (1, 8, True),
        (2, 8, False),
    ],
)
def test_more_nodes_than_kubeadm_allows_have_no_range(nodes: int, mask: int | None, fits: bool) -> None:
    advice = kc.advise.pod_network(nodes=nodes, node_mask=mask, service_subnet="fd00::/112")
    assert (ids(advice.reasons) == {"nodes-too-many"}) != fits
    assert (advice.choice is not None) == fits


@pytest.mark.parametrize(
    ("arguments", "beyond"),
    [
        ({"nodes": 5000, "pods_per_node": 30}, False),
        ({"nodes": 5001, "pods_per_node": 1}, True),
        ({"nodes": 1500, "pods_per_node": 100}, False),
        ({"nodes": 1501, "pods_per_node": 100}, True),
        ({"pods_per_node": 110}, False),
        ({"pods_per_node": 111}, True),
    ],
)
def test_what_nobody_tests_is_warned_of(arguments: dict[str, Any], beyond: bool) -> None:
    assert ("beyond-tested-size" in ids(kc.advise.pod_network(**arguments).warnings)) == beyond


@pytest.mark.parametrize(
    ("pods", "mask", "warned"),
    [
        (64, 25, set()),
        (65, 25, {"pods-fit-once"}),
        (110, 25, {"pods-fit-once"}),
        (61, 26, {"pods-fit-once"}),
        (62, 26, {"pods-do-not-fit"}),
    ],
)
def test_a_range_holds_its_pods_twice_once_or_not(pods: int, mask: int, warned: set[str]) -> None:
    assert ids(kc.advise.pod_network(pods_per_node=pods, node_mask=mask).warnings) == warned
    assert ids(kc.advise.max_pods(want=pods, node_mask=mask).warnings) == warned


ULA = "fd12:3456:789a::/48"


@pytest.mark.parametrize(
    ("arguments", "choice"),
    [
        ({}, "fd00:10:244::/56"),
        ({"nodes": 256}, "fd00:10:244::/56"),
        ({"nodes": 257}, "fd00:10:244::/55"),
        ({"nodes": 65536}, "fd00:10:244::/48"),
        ({"nodes": 65537}, None),
        ({"ula": ULA}, "fd12:3456:789a::/56"),
        ({"ula": ULA, "taken": ["fd12:3456:789a::1"]}, "fd12:3456:789a:100::/56"),
        ({"ula": ULA, "taken": ["fd12:3456::/32"]}, None),
        ({"taken": ["fd00:10:244::/64", "fd00:10:245::/64"]}, "fd00:10:246::/56"),
        ({"taken": ["::/0"]}, "fd00:10:244::/56"),
    ],
)
def test_ipv6_pods_have_64_bits_a_node(arguments: dict[str, Any], choice: str | None) -> None:
    advice = kc.advise.pod_network(families="ipv6", **arguments)
    assert advice.choice == choice
    assert all(one.overrides is None for one in advice.reasons)
    if choice is not None:
        assert told(advice)[0] == ({"private-range"} if "ula" in arguments else set())
        assert "ula-not-random" in told(advice)[1] or "ula" in arguments


# -- routes and what else is taken ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "is_taken"),
    [
        ("10.244.0.0/16 via 192.168.6.254 dev eth0", True),
        ("10.244.3.7 dev tun0 scope link", True),
        ("unicast 10.244.0.0/16 dev eth0", True),
        ("prohibit 10.244.0.0/16", True),
        ("10.244.1.0/24 proto bird nexthop via 10.0.0.1 dev eth0", True),
        ("default via 10.244.0.1 dev eth0", False),
        ("0.0.0.0/0 via 10.244.0.1 dev eth0", False),
        ("blackhole 10.244.0.0/24", False),
        ("unreachable 10.244.0.0/16", False),
        ("local 10.244.0.1 dev eth0 table local", False),
        ("broadcast 10.244.0.255 dev eth0 table local", False),
        ("10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1", False),
        ("10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink", False),
        ("10.244.1.0/24 dev flannel-wg scope link", False),
        ("10.244.0.10 dev kube-ipvs0", False),
        ("10.244.0.5 dev vethab12 scope link", False),
        ("10.244.0.0/24 dev cni01", True),
        ("        nexthop via 10.244.0.1 dev eth0 weight 1", False),
        ("RTNETLINK answers: 10.244.0.0/16", False),
        ("", False),
    ],
)
def test_a_route_takes_its_range_unless_the_cluster_made_it(line: str, is_taken: bool) -> None:
    advice = kc.advise.pod_network(routes=f"192.168.6.0/24 dev eth0\n{line}\n")
    assert (advice.choice != "10.244.0.0/16") == is_taken
    assert kc.advise.pod_network(host=kc.Host(routes=[line])).choice == advice.choice


@pytest.mark.parametrize("name", ["taken", "service_subnet"])
@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0", "010.0.0.1", "10.0.0.0/255.0.0.0", "node-1", ""])
def test_what_is_no_range_is_a_value_error(name: str, text: str) -> None:
    given_range: dict[str, Any] = {name: [text] if name == "taken" else text}
    with pytest.raises(ValueError, match=f"{name}: .* is no address"):
        kc.advise.pod_network(**given_range)


@pytest.mark.parametrize("ula", ["fd00::/32", "2001:db8::/48", "10.0.0.0/8", "fe80::/48", "x", 5])
def test_a_ula_is_a_48_of_the_unique_local_range(ula: Any) -> None:
    with pytest.raises(ValueError, match="ula is a /48"):
        kc.advise.pod_network(ula=ula)


# -- service_network --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "choice", "band", "usable"),
    [
        ({}, "10.96.0.0/12", 256, 1048574),
        ({"services": 1048574}, "10.96.0.0/12", 256, 1048574),
        ({"taken": ["10.100.0.0/16"]}, "10.96.0.0/16", 256, 65534),
        ({"taken": ["10.96.0.0/16"]}, "10.43.0.0/16", 256, 65534),
        ({"taken": ["10.96.0.0/16"], "services": 65535}, "10.2.0.0/15", 256, 131070),
        ({"taken": [*PRIVATE[:2], "192.168.0.0/17"], "services": 0}, "192.168.128.0/28", 16, 14),
        ({"taken": [*PRIVATE[:2], "192.168.0.0/17"], "services": 14}, "192.168.128.0/28", 16, 14),
        ({"taken": [*PRIVATE[:2], "192.168.0.0/17"], "services": 15}, "192.168.128.0/27", 16, 30),
        ({"taken": [*PRIVATE[:2], "192.168.0.0/17"], "services": 1000}, "192.168.128.0/22", 64, 1022),
        ({"families": "ipv6"}, "fd00:10:96::/112", 256, 65535),
        ({"families": "ipv6", "taken": ["fd00:10:96::a"]}, "fd00:10:97::/112", 256, 65535),
        ({"families": "ipv6", "ula": ULA}, "fd12:3456:789a:ffff::/112", 256, 65535),
        (
            {"families": "ipv6", "ula": ULA, "taken": ["fd12:3456:789a:ffff::a"]},
            "fd12:3456:789a:ffff::1:0/112",
            256,
            65535,
        ),
        ({"families": "dual", "ula": ULA}, "10.96.0.0/12,fd12:3456:789a:ffff::/112", 256, 1048574),
    ],
)
def test_services_get_the_range_they_need(arguments: dict[str, Any], choice: str, band: int, usable: int) -> None:
    advice = kc.advise.service_network(**arguments)
    assert advice.choice == choice
    assert (advice.details["static_band"], advice.details["usable_services"]) == (band, usable)


@pytest.mark.parametrize(("kubernetes", "can"), [("1.32", False), ("1.33", True), (None, True)])
def test_service_ranges_can_be_added_from_a_minor_on(kubernetes: str | None, can: bool) -> None:
    advice = kc.advise.service_network(kubernetes=kubernetes)
    assert ("service-cidr-extendable-1.33" in ids(advice.reasons)) == can


# -- applying ---------------------------------------------------------------------------------------------------------
MAP = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n"
LIST = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (MAP, {"extraArgs": {"node-cidr-mask-size-ipv4": "23"}}),
        (LIST, {"extraArgs": [{"name": "node-cidr-mask-size-ipv4", "value": "23"}]}),
    ],
)
def test_the_mask_of_nodes_is_written_in_the_form_of_the_version(text: str, wanted: dict[str, Any]) -> None:
    f = kc.loads(text)
    assert kc.advise.pod_network(pods_per_node=200).apply(f) == []
    assert f.documents[0].to_dict()["controllerManager"] == wanted


def test_the_default_mask_is_written_only_over_another_one() -> None:
    f = kc.loads(MAP)
    kc.advise.pod_network().apply(f)
    assert f.text == MAP + "networking:\n  podSubnet: 10.244.0.0/16\n"
    f = kc.loads(MAP + "controllerManager:\n  extraArgs: {node-cidr-mask-size-ipv4: '26'}\n")
    kc.advise.pod_network().apply(f)
    assert kc.args(f.cluster.controller_manager)["node-cidr-mask-size-ipv4"] == "24"


def test_a_mask_under_the_older_flag_is_reported() -> None:
    f = kc.loads(MAP + "controllerManager:\n  extraArgs: {node-cidr-mask-size: '25'}\n")
    (problem,) = kc.advise.pod_network(pods_per_node=200).apply(f)
    assert problem.code == "advice.node-mask"


def test_what_follows_a_subnet_follows_it_where_it_is_written() -> None:
    text = (
        MAP
        + "---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.0.0.0/16\n"
        "---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.10]\n"
    )
    f = kc.loads(text)
    kc.advise.pod_network(families="dual", ula=ULA).apply(f)
    kc.advise.service_network(taken=["10.96.0.0/12"]).apply(f)
    assert f.kube_proxy.cluster_cidr == f.cluster.networking.pod_subnet == "10.244.0.0/16,fd12:3456:789a::/56"
    assert f.kubelet.cluster_dns == ["10.43.0.10"]
    bare = kc.loads(text.replace("clusterCIDR: 10.0.0.0/16\n", "").replace("clusterDNS: [10.96.0.10]\n", ""))
    kc.advise.pod_network().apply(bare)
    kc.advise.service_network().apply(bare)
    assert "clusterCIDR" not in bare.text
    assert "clusterDNS" not in bare.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[10.96.0.10]", "[10.43.0.10]"),
        ("[10.96.0.10, 'fd00:10:96::a']", "[10.43.0.10]"),
        ("[169.254.20.10, 10.96.0.10]", "[169.254.20.10, 10.43.0.10]"),
        ("[169.254.20.10]", "[169.254.20.10]"),
        ("[]", "\n- 10.43.0.10"),
    ],
)
def test_the_dns_cache_of_a_node_stays_beside_the_dns_service(before: str, after: str) -> None:
    text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: "
    f = kc.loads(f"{text}{before}\n---\n{MAP}networking:\n  serviceSubnet: 10.96.0.0/12\n")
    kc.advise.service_network(taken=["10.96.0.0/12"]).apply(f)
    assert f.text.partition("\n---")[0] == f"{text}{after}".replace(": \n", ":\n")


@pytest.mark.parametrize(("switch", "codes"), [("", ["advice.ipv4-too"]), ('"EnableIPv4": false, ', [])])
def test_flannel_that_still_wants_ipv4_is_a_problem_where_there_is_none(switch: str, codes: list[str]) -> None:
    f = kc.flannel.loads("{" + switch + '"Backend": {"Type": "vxlan"}}')
    assert [problem.code for problem in kc.advise.pod_network(families="ipv6", ula=ULA).apply(f)] == codes
    assert f.text == (
        "{" + switch + '"Backend": {"Type": "vxlan"}, "IPv6Network": "fd12:3456:789a::/56", "EnableIPv6": true}'
    )


def test_flannel_gets_both_families() -> None:
    f = kc.flannel.loads('{"Network": "10.0.0.0/16", "Backend": {"Type": "vxlan"}}')
    kc.advise.pod_network(families="dual", ula=ULA).apply(f)
    assert f.net_conf.to_dict() == {
        "Network": "10.244.0.0/16",
        "IPv6Network": "fd12:3456:789a::/56",
        "EnableIPv6": True,
        "Backend": {"Type": "vxlan"},
    }


def test_files_and_the_host_say_what_is_taken() -> None:
    f = kc.loads(
        LIST + "controlPlaneEndpoint: 10.244.9.9:6443\nnetworking: {serviceSubnet: 10.42.0.0/16}\n"
        "controllerManager: {extraArgs: [{name: node-cidr-mask-size-ipv4, value: '25'}]}\n"
    )
    advice = kc.advise.pod_network(f=f, host=kc.Host(addresses=["10.1.0.5"]))
    assert advice.choice == "10.2.0.0/16"
    assert advice.details["node_mask"] == 25
    assert kc.advise.pod_network(f=f, taken=[], service_subnet="10.96.0.0/12").choice == "10.244.0.0/16"
    dual = kc.loads(LIST + "networking: {podSubnet: '10.9.0.0/16,fd00::/56'}\n")
    assert kc.advise.pod_network(f=dual).choice == "10.244.0.0/16,fd00:10:244::/56"
    assert kc.advise.service_network(f=kc.flannel.loads('{"Network": "10.96.0.0/16"}')).choice == "10.43.0.0/16"


# -- max_pods ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "choice", "reasons", "warnings"),
    [
        ({}, 110, {"kubelet-default-110"}, set()),
        ({"want": 110}, 110, set(), set()),
        ({"node_mask": 25}, 110, {"kubelet-default-110"}, {"pods-fit-once"}),
        ({"node_mask": 26}, 61, {"node-range-limit"}, {"pods-do-not-fit"}),
        ({"want": 253}, 253, set(), {"beyond-tested-size", "pods-fit-once"}),
        ({"want": 254}, 253, {"node-range-limit"}, {"beyond-tested-size", "pods-do-not-fit"}),
        ({"want": 1, "node_mask": 30}, 1, set(), set()),
        ({"want": 1, "node_mask": 31}, None, {"node-range-limit"}, {"pods-do-not-fit"}),
        ({"node_mask": 32}, None, {"node-range-limit"}, {"pods-do-not-fit"}),
    ],
)
def test_a_node_runs_what_its_range_holds(
    arguments: dict[str, Any], choice: int | None, reasons: set[str], warnings: set[str]
) -> None:
    advice = kc.advise.max_pods(**arguments)
    assert advice.choice == choice
    assert told(advice) == (reasons, warnings)


KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"


def test_the_default_of_maxpods_is_not_written_where_nothing_is() -> None:
    for text in (KUBELET, "", MAP):
        f = kc.loads(text)
        assert kc.advise.max_pods().apply(f) == []
        assert f.text == text
    f = kc.loads(KUBELET + "maxPods: 64   # few\n")
    kc.advise.max_pods(want=110).apply(f)
    assert f.text == KUBELET + "maxPods: 110   # few\n"
    assert kc.advise.max_pods(f=kc.loads(KUBELET + "maxPods: 64\n")).choice == 64


# -- several files ----------------------------------------------------------------------------------------------------
def test_a_mask_is_an_ipv4_prefix() -> None:
    for function in (kc.advise.pod_network, kc.advise.max_pods):
        with pytest.raises(ValueError, match="node_mask is the length"):
            function(node_mask=33)


def test_each_value_goes_to_the_file_that_has_its_place() -> None:
    cluster, kubelet = kc.loads(MAP), kc.loads(KUBELET + "maxPods: 64\n")
    assert placed(kc.advise.max_pods(want=100), [cluster, kubelet], None) == []
    assert placed(kc.advise.pod_network(pods_per_node=200), [kubelet, cluster], None) == []
    assert kubelet.text == KUBELET + "maxPods: 100\n"
    assert 'node-cidr-mask-size-ipv4: "23"' in cluster.text


def test_a_host_takes_the_routes_as_text_or_as_lines() -> None:
    text = "default via 10.0.0.1 dev eth0\n10.244.0.0/16 dev eth0\n10.42.0.0/16 dev eth1\n"
    as_text, as_lines = (kc.Host(routes=routes, addresses=["10.1.0.5"]) for routes in (text, text.splitlines()))
    assert as_text == as_lines
    assert kc.advise.pod_network(host=as_text).choice == kc.advise.pod_network(routes=text, taken=["10.1.0.5"]).choice
    assert kc.Host(addresses="10.1.0.5", modules="ip_vs ip_set") == kc.Host(
        addresses=["10.1.0.5"], modules={"ip_vs", "ip_set"}
    )
