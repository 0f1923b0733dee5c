"""Both sides of every border of the decisions on mode, scheduler, backend and cgroup driver."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.advise import Advice

KERNELS: Any = ["5.4", "5.12.99", "5.13", "5.15.0-91-generic", "6.0.9", "6.1", "6.12-rc1"]
MINORS = range(22, 38)


def ids(reasons: Any) -> set[str]:
    return {one.id for one in reasons}


def scored(advice: Advice) -> dict[str, int]:
    return {option: score for option, score in advice.ranking if isinstance(score, int)}


def excluded(advice: Advice) -> dict[str, str]:
    return {option: why for option, why in advice.ranking if isinstance(why, str)}


def proxy_mode(minor: int, **arguments: Any) -> Advice:
    return kc.advise.proxy_mode(kubernetes=f"1.{minor}", **arguments)


# -- proxy_mode -------------------------------------------------------------------------------------------------------
DEMANDING = {
    range(22, 26): {"ipvs": 5, "iptables": 4, "userspace": 1},
    range(26, 31): {"ipvs": 5, "iptables": 4},
    range(31, 33): {"ipvs": 5, "iptables": 4, "nftables": 3},
    range(33, 35): {"nftables": 5, "ipvs": 4, "iptables": 3},
    range(35, 37): {"nftables": 5, "iptables": 4, "ipvs": 2},
    range(37, 38): {"nftables": 5, "iptables": 4, "ipvs": 1},
}
PLAIN = {
    range(22, 26): {"iptables": 5, "ipvs": 4, "userspace": 1},
    range(26, 31): {"iptables": 5, "ipvs": 4},
    range(31, 33): {"iptables": 5, "ipvs": 4, "nftables": 3},
    range(33, 35): {"iptables": 5, "nftables": 4, "ipvs": 3},
    range(35, 37): {"iptables": 5, "nftables": 4, "ipvs": 2},
    range(37, 38): {"iptables": 5, "nftables": 4, "ipvs": 1},
}


def column(table: dict[range, dict[str, int]], minor: int) -> dict[str, int]:
    return next(row for minors, row in table.items() if minor in minors)


@pytest.mark.parametrize("minor", MINORS)
def test_a_demanding_cluster_ranks_the_modes_as_its_minor_has_them(minor: int) -> None:
    for arguments in ({}, {"environment": "development", "services": 1001}, {"needs": ["high-concurrency"]}):
        assert list(scored(proxy_mode(minor, **arguments)).items()) == list(column(DEMANDING, minor).items())


@pytest.mark.parametrize("minor", MINORS)
def test_a_plain_cluster_ranks_the_modes_as_its_minor_has_them(minor: int) -> None:
    for arguments in (
        {"environment": "development"},
        {"environment": "development", "services": 1000},
        {"needs": ["debugging"], "services": 20000},
        {"needs": ["compatibility", "scheduler", "high-concurrency"]},
    ):
        assert list(scored(proxy_mode(minor, **arguments)).items()) == list(column(PLAIN, minor).items())


@pytest.mark.parametrize("minor", MINORS)
def test_a_scheduler_keeps_ipvs_first_as_long_as_it_is_not_deprecated(minor: int) -> None:
    advice = proxy_mode(minor, needs=["scheduler"], environment="development")
    if minor in (33, 34):
        assert list(scored(advice).items()) == [("ipvs", 5), ("nftables", 4), ("iptables", 3)]
    else:
        assert scored(advice) == column(DEMANDING, minor)
    assert (advice.choice == "ipvs") == (minor <= 34)
    assert ("scheduler-needs-ipvs" in ids(advice.warnings)) == (minor >= 35)


@pytest.mark.parametrize("minor", [*MINORS, 38, 99])
def test_what_a_minor_says_of_the_modes(minor: int) -> None:
    advice = proxy_mode(minor)
    told = ids(advice.reasons)
    assert ("nftables-unavailable" in told) == (minor <= 28)
    assert ("nftables-alpha-1.29" in told) == (minor in (29, 30))
    assert ("nftables-beta-1.31" in told) == (minor in (31, 32))
    assert ("nftables-ga-1.33" in told) == (minor >= 33)
    assert ("userspace-deprecated-1.23" in told) == (23 <= minor <= 25)
    assert ("userspace-removed-1.26" in told) == (minor >= 26)
    assert ("ipvs-deprecated-1.35" in told) == (minor >= 35)
    assert ({"ipvs-gate-1.37", "mode-explicit-1.37"} <= told) == (minor >= 37)
    assert ("ipvs-deprecation-ahead" in ids(advice.warnings)) == (31 <= minor <= 32)
    assert ("minor-unknown" in ids(advice.warnings)) == (minor >= 38)
    assert ("seed-ipvs-production" in told) == (advice.choice == "ipvs") == (minor <= 32)
    assert any(one.overrides for one in advice.reasons) == (minor >= 33)


@pytest.mark.parametrize("kernel", KERNELS)
def test_nftables_needs_kernel_5_13_and_warns_below_6_1(kernel: str) -> None:
    advice = proxy_mode(34, kernel=kernel)
    assert (excluded(advice).get("nftables") == "nftables-kernel-5.13") == (kernel in ("5.4", "5.12.99"))
    assert ("nftables-kernel-conntrack" in ids(advice.warnings)) == (kernel in ("5.13", "5.15.0-91-generic", "6.0.9"))
    assert "nftables-kernel-unknown" not in ids(advice.warnings)
    assert "nftables-kernel-unknown" in ids(proxy_mode(34).warnings)


@pytest.mark.parametrize(
    ("nft", "usable"),
    [(None, True), (True, True), (False, False), ("1.0.0", False), ("1.0.1", True), ("v1.1.3", True), ("0.9.8", False)],
)
def test_nftables_needs_nft_1_0_1(nft: Any, usable: bool) -> None:
    assert excluded(proxy_mode(33, nft=nft)).get("nftables") == (None if usable else "nftables-tools-missing")


def test_of_what_excludes_nftables_the_first_is_told() -> None:
    everything: dict[str, Any] = {"nft": False, "needs": ["cni-iptables", "localhost-nodeports"]}
    assert excluded(proxy_mode(33, kernel="5.4", **everything))["nftables"] == "nftables-kernel-5.13"
    assert excluded(proxy_mode(33, **everything))["nftables"] == "nftables-tools-missing"
    assert excluded(proxy_mode(33, needs=everything["needs"]))["nftables"] == "nftables-cni-conflict"
    assert excluded(proxy_mode(33, needs=["localhost-nodeports"]))["nftables"] == "no-localhost-nodeports"
    assert excluded(proxy_mode(30, kernel="5.4", **everything))["nftables"] == "nftables-alpha-1.29"
    assert excluded(proxy_mode(33, ipvs=False, **everything))["ipvs"] == "ipvs-modules-missing"
    assert excluded(proxy_mode(33, **everything))["ipvs"] == "no-localhost-nodeports"


@pytest.mark.parametrize(("services", "reason"), [(None, None), (0, "few"), (1000, "few"), (1001, "many")])
def test_1000_services_are_not_many(services: int | None, reason: str | None) -> None:
    told = ids(proxy_mode(34, services=services).reasons) & {"few-services", "many-services"}
    assert told == ({f"{reason}-services"} if reason else set())


@pytest.mark.parametrize("current", [None, *kc.advise.tables.PROXY_MODES.ids, "nftables"])
def test_a_change_of_mode_leaves_rules_behind_between_ipvs_and_iptables_only(current: Any) -> None:
    to_ipvs, to_iptables = proxy_mode(28, current=current), proxy_mode(28, current=current, ipvs=False)
    assert ("leftover-rules" in ids(to_ipvs.warnings)) == (current == "iptables")
    assert ("leftover-rules" in ids(to_iptables.warnings)) == (current == "ipvs")
    to_nftables = proxy_mode(34, current=current)
    assert ("nodeports-primary-only" in ids(to_nftables.warnings)) == (current in ("ipvs", "iptables"))
    assert "leftover-rules" not in ids(to_nftables.warnings)


@pytest.mark.parametrize("minor", MINORS)
def test_windows_nodes_have_kernelspace(minor: int) -> None:
    advice = proxy_mode(minor, platform="windows", needs=["dsr", "sctp", "scheduler", "metallb-l2"], services=9)
    assert advice.choice == "kernelspace"
    assert scored(advice) == {"kernelspace": 5} | ({"userspace": 1} if minor <= 25 else {})
    assert {excluded(advice)[mode] for mode in ("ipvs", "iptables", "nftables")} == {"linux-only"}
    assert ("kernelspace-default-1.26" in ids(advice.reasons)) == (minor >= 26)
    assert advice.settings == {"mode": "kernelspace", "winkernel.enableDSR": True} | (
        {"featureGates.WinDSR": True} if minor <= 32 else {}
    )
    assert ids(advice.warnings) == {"kernelspace-no-sctp"}
    assert not any(one.overrides for one in advice.reasons)
    assert not ids(advice.reasons) & {"few-services", "nftables-ga-1.33", "ipvs-deprecated-1.35", "windows-only"}


def test_strict_arp_is_for_metallb_under_ipvs() -> None:
    ipvs, nftables = (proxy_mode(minor, needs={"metallb-l2"}) for minor in (28, 34))
    assert ipvs.settings == {"mode": "ipvs", "ipvs.strictARP": True}
    assert "strict-arp-metallb" in ids(ipvs.reasons)
    assert nftables.settings == {"mode": "nftables"}
    assert "strict-arp-not-needed" in ids(nftables.reasons)


@pytest.mark.parametrize("minor", MINORS)
def test_a_fact_that_excludes_two_modes_overrides_the_seed_as_well(minor: int) -> None:
    advice = proxy_mode(minor, needs=["localhost-nodeports"], ipvs=True)
    assert advice.choice == "iptables"
    assert {one.overrides for one in advice.reasons} == {None, "ipvs"}
    plain = proxy_mode(minor, needs=["localhost-nodeports", "debugging"], ipvs=True)
    assert (plain.choice, {one.overrides for one in plain.reasons}) == ("iptables", {None})


def test_a_network_plugin_that_replaces_kube_proxy_leaves_nothing_to_choose() -> None:
    advice = proxy_mode(34, cni_replaces=True, needs=["dsr"], current="ipvs")
    assert (advice.choice, advice.ranking, ids(advice.reasons)) == (None, (), {"cni-replaces-kube-proxy"})
    assert advice.reasons[0].overrides == "ipvs"
    assert advice.warnings == ()


INIT = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\n"
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (INIT, INIT + "skipPhases:\n- addon/kube-proxy\n"),
        (INIT + "skipPhases: [addon/coredns]\n", INIT + "skipPhases: [addon/coredns, addon/kube-proxy]\n"),
        (INIT + "skipPhases: [addon/kube-proxy]\n", INIT + "skipPhases: [addon/kube-proxy]\n"),
        (
            INIT.replace("Init", "Cluster"),
            INIT.replace("Init", "Cluster") + f"---\n{INIT}skipPhases:\n- addon/kube-proxy\n",
        ),
        (CLUSTER, CLUSTER + "proxy:\n  disabled: true\n"),
        (
            CLUSTER.replace("Cluster", "Init"),
            CLUSTER.replace("Cluster", "Init") + f"---\n{CLUSTER}proxy:\n  disabled: true\n",
        ),
        ("", f"{CLUSTER}proxy:\n  disabled: true\n"),
    ],
)
def test_kube_proxy_is_left_out_as_the_version_of_the_file_has_it(before: str, after: str) -> None:
    f = kc.loads(before)
    advice = proxy_mode(34, cni_replaces=True)
    assert advice.apply(f) == []
    assert f.text == after
    advice.apply(f)
    assert f.text == after


def test_a_version_without_a_place_for_it_is_a_problem() -> None:
    f = kc.loads(INIT.replace("v1beta3", "v1beta2"))
    assert [problem.code for problem in proxy_mode(22, cni_replaces=True).apply(f)] == ["advice.refused"]
    assert f.diff() == ""


# -- ipvs_scheduler ---------------------------------------------------------------------------------------------------
FIRST = {"short": "rr", "long-lived": "lc", "few-heavy": "nq"}


def ipvs_scheduler(minor: int, **arguments: Any) -> Advice:
    return kc.advise.ipvs_scheduler(kubernetes=f"1.{minor}", **arguments)


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("traffic", FIRST)
def test_the_traffic_chooses_the_scheduler(traffic: Any, minor: int) -> None:
    advice = ipvs_scheduler(minor, traffic=traffic)
    assert advice.choice == FIRST[traffic]
    assert advice.settings == {"ipvs.scheduler": advice.choice}
    assert ("seed-scheduler-rr" in ids(advice.reasons)) == (traffic == "short")
    assert ("scheduler-names-until-1.26" in ids(advice.reasons)) == (minor <= 26)
    assert ("scheduler-module-1.27" in ids(advice.reasons)) == (minor >= 27)
    assert ("ipvs-deprecated-1.35" in ids(advice.warnings)) == (minor >= 35)
    assert {"weights-all-one", "scheduler-per-node"} <= ids(advice.reasons)


def test_the_scores_of_each_traffic() -> None:
    assert scored(ipvs_scheduler(30)) == {
        "rr": 5, "wrr": 4, "lc": 3, "wlc": 3, "sed": 3, "nq": 3, "twos": 3, "sh": 2, "mh": 2,
    }  # fmt: skip
    assert scored(ipvs_scheduler(30, traffic="long-lived")) == {
        "lc": 5, "wlc": 4, "sed": 4, "twos": 4, "nq": 3, "rr": 2, "wrr": 2, "sh": 1, "mh": 1,
    }  # fmt: skip
    assert scored(ipvs_scheduler(30, traffic="few-heavy")) == {
        "nq": 5, "lc": 4, "sed": 4, "wlc": 3, "twos": 3, "rr": 2, "wrr": 2, "sh": 1, "mh": 1,
    }  # fmt: skip
    rest = dict.fromkeys(("rr", "wrr", "lc", "wlc", "sed", "nq", "twos"), 1)
    assert scored(ipvs_scheduler(30, needs=["client-stickiness"])) == {"sh": 5, "mh": 4, **rest}
    assert scored(ipvs_scheduler(30, needs=["consistent-entry"])) == {"mh": 5, "sh": 3, **rest}


def test_a_consistent_entry_beats_stickiness_and_traffic() -> None:
    advice = ipvs_scheduler(30, traffic="long-lived", needs=["client-stickiness", "consistent-entry"])
    assert advice.choice == "mh"
    assert ids(advice.warnings) == {"prefer-session-affinity"}


@pytest.mark.parametrize("kernel", [None, "4.17.9", "4.18", "5.11", "5.12.0"])
@pytest.mark.parametrize("minor", [26, 27])
def test_a_scheduler_needs_a_minor_that_takes_it_and_a_kernel_that_has_it(minor: int, kernel: str | None) -> None:
    advice = ipvs_scheduler(minor, kernel=kernel, needs=["consistent-entry"])
    out = excluded(advice)
    assert {name: out[name] for name in ("lblc", "lblcr", "dh")} == dict.fromkeys(
        ("lblc", "lblcr", "dh"), "scheduler-pointless"
    )
    if minor == 26:
        assert {out[name] for name in ("mh", "fo", "ovf", "twos")} == {"scheduler-since-1.27"}
        assert advice.choice == "sh"
        return
    assert {out["fo"], out["ovf"]} == {"scheduler-pointless"}
    assert out.get("mh") == ("scheduler-kernel" if kernel == "4.17.9" else None)
    assert out.get("twos") == ("scheduler-kernel" if kernel in ("4.17.9", "4.18", "5.11") else None)
    assert advice.choice == ("sh" if kernel == "4.17.9" else "mh")


@pytest.mark.parametrize("mode", ["ipvs", "iptables", "", None])
def test_a_scheduler_where_another_mode_runs_is_a_problem(mode: str | None) -> None:
    text = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
    f = kc.loads(text + (f'mode: "{mode}"\n' if mode is not None else ""))
    problems = ipvs_scheduler(30).apply(f)
    assert [problem.code for problem in problems] == ([] if mode == "ipvs" else ["advice.ignored"])
    assert f.kube_proxy.ipvs.scheduler == "rr"


# -- flannel_backend --------------------------------------------------------------------------------------------------
def flannel_backend(environment: Any = None, **arguments: Any) -> Advice:
    return kc.advise.flannel_backend(environment=environment, **arguments)


SEED = {
    None: "vxlan", "cloud": "vxlan", "layer3": "vxlan", "mixed": "vxlan", "lan": "host-gw", "bare-metal": "host-gw",
    "special": "ipip", "aws": "aws-vpc",
}  # fmt: skip


@pytest.mark.parametrize("environment", SEED)
@pytest.mark.parametrize("release", [None, "v0.20.0", "v0.19.2"])
def test_the_environment_chooses_the_backend(environment: Any, release: str | None) -> None:
    advice = flannel_backend(environment, release=release)
    gone = environment == "aws" and release != "v0.19.2"
    assert advice.choice == ("vxlan" if gone else SEED[environment])
    assert advice.settings["Backend.Type"] == advice.choice
    assert [one.overrides for one in advice.reasons if one.overrides] == (["aws-vpc"] if gone else [])
    assert ("aws-vpc-removed-0.20" in ids(advice.reasons)) == (release != "v0.19.2")
    assert scored(advice)["wireguard"] == (2 if release == "v0.19.2" else 3)
    assert "backend-explicit" in ids(advice.reasons)


@pytest.mark.parametrize("environment", [*SEED][1:])
def test_the_scores_of_each_environment(environment: Any) -> None:
    found = scored(flannel_backend(environment, release="v0.19.2"))
    base = {"vxlan": 5, "ipip": 2, "wireguard": 2}
    assert found == {
        "lan": base | {"host-gw": 5, "vxlan": 4},
        "bare-metal": base | {"host-gw": 5, "vxlan": 4},
        "special": base | {"ipip": 5, "vxlan": 4},
        "aws": base | {"aws-vpc": 5, "vxlan": 4},
    }.get(environment, base)


def test_an_unknown_environment_rules_out_host_gw_and_nothing_else() -> None:
    assert excluded(flannel_backend())["host-gw"] == "layer2-unknown"
    assert excluded(flannel_backend("cloud"))["host-gw"] == "host-gw-needs-layer2"
    assert scored(flannel_backend(release="v0.19.2"))["aws-vpc"] == 5
    assert excluded(flannel_backend("cloud", release="v0.19.2"))["aws-vpc"] == "aws-only"


def test_host_gw_is_ruled_out_by_windows_without_ipv4_by_nat_and_by_the_segment_in_this_order() -> None:
    everything: dict[str, Any] = {"platform": "windows", "families": "dual", "nat": True, "encryption": True}
    assert excluded(flannel_backend("cloud", **everything))["host-gw"] == "host-gw-windows-ipv4-only"
    assert excluded(flannel_backend("cloud", **everything | {"families": "ipv4"}))["host-gw"] == "host-gw-behind-nat"
    assert excluded(flannel_backend("cloud", encryption=True))["host-gw"] == "host-gw-needs-layer2"
    assert excluded(flannel_backend("lan", encryption=True))["host-gw"] == "not-encrypting"


def test_windows_nodes_leave_vxlan_and_host_gw() -> None:
    for platform in ("windows", "mixed"):
        advice = flannel_backend("mixed", platform=platform, release="v0.19.2")
        assert {excluded(advice)[name] for name in ("ipip", "udp", "wireguard", "ipsec")} == {"linux-only"}
        assert excluded(advice)["aws-vpc"] == "aws-only"
        assert advice.settings == {"Backend.Type": "vxlan", "Backend.VNI": 4096, "Backend.Port": 4789}
        assert "vxlan-direct-routing" not in ids(advice.reasons)
        assert flannel_backend("lan", platform=platform).choice == "host-gw"


def test_direct_routing_is_for_vxlan_over_several_segments() -> None:
    assert flannel_backend("mixed").settings == {"Backend.Type": "vxlan", "Backend.DirectRouting": True}
    assert flannel_backend("cloud").settings == {"Backend.Type": "vxlan"}
    assert flannel_backend("mixed", encryption=True).settings == {"Backend.Type": "wireguard"}


def test_ipv6_leaves_vxlan_wireguard_and_host_gw() -> None:
    for families in ("ipv6", "dual"):
        advice = flannel_backend("aws", families=families, release="v0.19.2", encryption=False)
        assert excluded(advice) == {
            "host-gw": "host-gw-needs-layer2", "ipip": "backend-ipv4-only", "udp": "backend-ipv4-only",
            "aws-vpc": "backend-ipv4-only", "ipsec": "backend-ipv4-only",
        }  # fmt: skip
        assert "dual-stack-backends" in ids(advice.reasons)
        assert flannel_backend("lan", families=families).choice == "host-gw"
    assert "dual-stack-backends" not in ids(flannel_backend("lan", families="ipv4").reasons)


@pytest.mark.parametrize(
    ("release", "backend", "out"),
    [
        ("v0.10.0", None, {"wireguard": "wireguard-since-0.16", "ipsec": "ipsec-since-0.11"}),
        ("v0.11.0", "ipsec", {"wireguard": "wireguard-since-0.16"}),
        ("v0.15.1", "ipsec", {"wireguard": "wireguard-since-0.16"}),
        ("v0.16.0", "wireguard", {}),
        ("v0.28.9", "wireguard", {}),
    ],
)
def test_encryption_needs_a_release_that_has_it(release: str, backend: str | None, out: dict[str, str]) -> None:
    advice = flannel_backend("cloud", release=release, encryption=True)
    assert advice.choice == backend
    assert {name: why for name, why in excluded(advice).items() if name in ("wireguard", "ipsec")} == out
    assert excluded(advice)["vxlan"] == excluded(advice)["ipip"] == "not-encrypting"
    assert ("no-backend" in ids(advice.warnings)) == (backend is None)
    assert ("wireguard-experimental" in ids(advice.warnings)) == (release == "v0.16.0")
    assert (advice.settings == {}) == (backend is None)
    if backend == "wireguard":
        assert scored(advice) == {"wireguard": 5, "ipsec": 2}


@pytest.mark.parametrize("kernel", [None, "5.5.19", "5.6.0"])
def test_wireguard_is_in_the_kernel_from_5_6_on(kernel: str | None) -> None:
    plain, encrypted = flannel_backend("cloud", kernel=kernel), flannel_backend("cloud", kernel=kernel, encryption=True)
    assert scored(plain)["wireguard"] == (1 if kernel == "5.5.19" else 3)
    assert scored(encrypted)["wireguard"] == 5
    assert ("wireguard-kernel-5.6" in ids(encrypted.warnings)) == (kernel == "5.5.19")


@pytest.mark.parametrize(
    ("arguments", "ranking"),
    [
        ({}, {"udp": 3, "ipip": 2, "wireguard": 2}),
        ({"kernel": "5.5"}, {"udp": 3, "ipip": 2, "wireguard": 1}),
        ({"kernel": "5.6"}, {"wireguard": 3, "ipip": 2, "udp": 2}),
        ({"kernel": "5.6", "release": "v0.19.2", "environment": "layer3"}, {"ipip": 2, "udp": 2, "wireguard": 2}),
        ({"ipip": True}, {"ipip": 4, "udp": 3, "wireguard": 2}),
        ({"ipip": False}, {"udp": 3, "wireguard": 2}),
        ({"ipip": True, "environment": "special"}, {"ipip": 5, "udp": 3, "wireguard": 2}),
        ({"arch": "arm64"}, {"ipip": 2, "wireguard": 2}),
        ({"encryption": True}, {"wireguard": 5, "ipsec": 2}),
        ({"families": "ipv6"}, {"wireguard": 2}),
        ({"environment": "bare-metal"}, {"host-gw": 5, "udp": 3, "ipip": 2, "wireguard": 2}),
    ],
)
def test_without_the_vxlan_module_the_rest_is_ranked_anew(arguments: Any, ranking: dict[str, int]) -> None:
    advice = flannel_backend(**{"environment": "cloud", **arguments}, vxlan=False)
    assert list(scored(advice).items()) == list(ranking.items())
    assert excluded(advice)["vxlan"] == "vxlan-module-missing"


def test_udp_is_for_amd64_without_vxlan() -> None:
    assert excluded(flannel_backend("cloud"))["udp"] == "seed-udp-avoid"
    assert excluded(flannel_backend("cloud", vxlan=True, arch="x86_64"))["udp"] == "seed-udp-avoid"
    assert excluded(flannel_backend("cloud", vxlan=False, arch="aarch64"))["udp"] == "udp-amd64-only"
    assert excluded(flannel_backend("cloud", vxlan=False, encryption=True))["udp"] == "not-encrypting"


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        ({"environment": "cloud"}, {"open-udp-port"}),
        ({"environment": "cloud", "arch": "arm64"}, {"open-udp-port", "vxlan-extra-modules"}),
        ({"environment": "cloud", "arch": "arm64", "vxlan": True}, {"open-udp-port"}),
        ({"environment": "lan", "arch": "arm64"}, {"host-gw-one-segment"}),
        ({"environment": "special"}, {"ipip-protocol-4"}),
        ({"environment": "cloud", "vxlan": False}, {"open-udp-port", "udp-slow"}),
        ({"environment": "cloud", "encryption": True}, {"open-udp-port"}),
        ({"environment": "cloud", "encryption": True, "release": "v0.15.0"}, set()),
    ],
)
def test_each_backend_has_its_own_warnings(arguments: Any, warnings: set[str]) -> None:
    assert ids(flannel_backend(**arguments).warnings) == warnings


def test_ports_are_those_of_the_backend() -> None:
    def port(**arguments: Any) -> str:
        return next(one.text for one in flannel_backend("cloud", **arguments).warnings if one.id == "open-udp-port")

    assert "8472" in port()
    assert "4789" in port(platform="windows")
    assert "51820" in port(encryption=True)
    assert "51821" in port(encryption=True, families="dual")
    assert "8285" in port(vxlan=False)


def test_no_backend_changes_no_file() -> None:
    f = kc.loads("kind: ConfigMap\nmetadata: {name: kube-flannel-cfg}\ndata:\n  net-conf.json: '{}'\n")
    assert flannel_backend("cloud", encryption=True, platform="windows").apply(f) == []
    assert f.diff() == ""


# -- cgroup_driver ----------------------------------------------------------------------------------------------------
def cgroup_driver(minor: int, **arguments: Any) -> Advice:
    return kc.advise.cgroup_driver(kubernetes=f"1.{minor}", **arguments)


def test_systemd_unless_another_init_system_runs() -> None:
    for init_system in (None, "systemd"):
        advice = kc.advise.cgroup_driver(init_system=init_system)
        assert (advice.choice, advice.ranking) == ("systemd", (("systemd", 5), ("cgroupfs", 1)))
        assert ids(advice.reasons) == {"systemd-init", "kubeadm-default-1.22"}
        assert [one.id for one in advice.reasons if one.overrides == "seed-kubelet"] == ["kubeadm-default-1.22"]
    other = kc.advise.cgroup_driver(init_system="other")
    assert (other.choice, other.ranking) == ("cgroupfs", (("cgroupfs", 5), ("systemd", 1)))
    assert ids(other.reasons) == {"no-systemd"}
    assert not any(one.overrides for one in other.reasons)


def test_cgroup_v2_speaks_for_systemd_and_warns_against_anything_else() -> None:
    systemd, other = cgroup_driver(30, cgroup="v2"), cgroup_driver(30, cgroup="v2", init_system="other")
    assert "cgroup-v2-systemd" in ids(systemd.reasons) - ids(systemd.warnings)
    assert "cgroup-v2-systemd" in ids(other.warnings) - ids(other.reasons)


@pytest.mark.parametrize("minor", MINORS)
def test_cgroup_v1_is_maintained_from_1_31_and_refused_from_1_35(minor: int) -> None:
    told = ids(cgroup_driver(minor, cgroup="v1").warnings)
    assert ("cgroup-v1-maintenance-1.31" in told) == (31 <= minor <= 34)
    assert ("cgroup-v1-refused-1.35" in told) == (minor >= 35)
    assert cgroup_driver(minor, cgroup="v2").warnings == ()


@pytest.mark.parametrize(
    ("runtime", "version", "answers"),
    [
        ("containerd", "1.7.29", False),
        ("containerd", "2.0.0", True),
        ("containerd", "v2.1.3", True),
        ("containerd", None, None),
        ("cri-o", "1.27.9", False),
        ("cri-o", "1.28.0", True),
        ("cri-dockerd", "0.3.4", None),
        (None, "1.7.0", None),
    ],
)
@pytest.mark.parametrize("minor", [30, 31, 33, 34, 37])
def test_a_runtime_that_tells_its_driver_wins_from_1_31_on(
    runtime: Any, version: str | None, answers: bool | None, minor: int
) -> None:
    advice = cgroup_driver(minor, runtime=runtime, runtime_version=version)
    assert ("driver-from-cri" in ids(advice.reasons)) == (minor >= 31 and answers is True)
    assert ("cri-fallback-ends-1.38" in ids(advice.warnings)) == (minor >= 34 and answers is False)


@pytest.mark.parametrize("driver", [None, "systemd", "cgroupfs"])
def test_the_runtime_has_to_agree(driver: Any) -> None:
    systemd = cgroup_driver(30, runtime="containerd", runtime_driver=driver)
    assert ("runtime-driver-differs" in ids(systemd.warnings)) == (driver == "cgroupfs")
    assert ("containerd-default-cgroupfs" in ids(systemd.warnings)) == (driver is None)
    other = cgroup_driver(30, runtime="containerd", runtime_driver=driver, init_system="other")
    assert ids(other.warnings) == ({"runtime-driver-differs"} if driver == "systemd" else set())


V2 = 'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{name}]\n  runtime_type = "{type}"\n'


def test_every_runc_runtime_of_a_config_toml_gets_the_driver() -> None:
    kata = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]\n  runtime_type = "io.containerd.kata.v2"\n'
    slow = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.slow]\n  runtime_type = "io.containerd.runc.v2"\n'
    f = kc.containerd.loads(V2.format(name="runc", type="io.containerd.runc.v2") + kata + slow)
    assert cgroup_driver(30).apply(f) == []
    assert f.systemd_cgroups == {"runc": True, "slow": True}
    assert f.get(["plugins", "io.containerd.grpc.v1.cri", "containerd", "runtimes", "kata"]) == {
        "runtime_type": "io.containerd.kata.v2"
    }
    assert cgroup_driver(30, init_system="other").apply(f) == []
    assert f.systemd_cgroups == {"runc": False, "slow": False}


def test_a_config_toml_without_runtimes_gets_one_only_for_systemd() -> None:
    f = kc.containerd.loads("version = 3\n")
    cgroup_driver(34, init_system="other").apply(f)
    assert f.diff() == ""  # cgroupfs is what containerd does by itself
    cgroup_driver(34).apply(f)
    assert f.systemd_cgroup is True
