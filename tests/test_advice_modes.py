"""Both sides of every border of the decisions on kube-proxy's mode and the ipvs scheduler."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from advised import excluded, ids, scored
from kubeadm_cfg.advise import Advice

KERNELS: Any = ["5.4", "5.12.99", "5.13", "5.15.0-91-generic", "6.0.9", "6.1", "6.12-rc1"]
MINORS = range(22, 38)


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
        (
            INIT.replace("Init", "Join"),
            INIT.replace("Init", "Join") + f"---\n{INIT}skipPhases:\n- addon/kube-proxy\n",
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


@pytest.mark.parametrize(
    "text",
    [CLUSTER + "proxy: {disabled: true}\n", INIT + "skipPhases: [addon/kube-proxy]\n", INIT + "skipPhases: [addon]\n"],
)
def test_files_that_leave_kube_proxy_out_say_that_something_replaces_it(text: str) -> None:
    f = kc.loads(text)
    assert proxy_mode(34, f=f).choice is None
    assert proxy_mode(34, f=f, cni_replaces=False).choice == "nftables"
    assert "KubeProxyConfiguration" not in kc.advise.cluster(f).diff()


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


KUBE_PROXY = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"


@pytest.mark.parametrize("mode", ["mode: iptables\n", 'mode: ""\n', "", "mode: nftables\nipvs:\n  scheduler: lc\n"])
def test_a_scheduler_where_another_mode_runs_is_a_problem_and_not_written(mode: str) -> None:
    f = kc.loads(KUBE_PROXY + mode)
    assert [problem.code for problem in ipvs_scheduler(30).apply(f)] == ["advice.ignored"]
    assert f.diff() == ""


def test_a_scheduler_is_written_where_ipvs_runs_or_was_just_chosen() -> None:
    f = kc.loads(CLUSTER)
    assert [problem.code for problem in ipvs_scheduler(30).apply(f)] == ["advice.ignored"]
    assert f.text == CLUSTER
    assert proxy_mode(30).apply(f) == ipvs_scheduler(30).apply(f) == []
    assert f.text == f"{CLUSTER}---\n{KUBE_PROXY}mode: ipvs\nipvs:\n  scheduler: rr\n"


def test_options_of_one_score_are_told_apart_from_those_of_the_next() -> None:
    advice = ipvs_scheduler(25, traffic="long-lived")
    assert "Next best: wlc, sed (4 of 5); nq (3 of 5); rr, wrr (2 of 5); sh (1 of 5)." in advice.explain()
    assert "其次：wlc、sed（4/5）；nq（3/5）；rr、wrr（2/5）；sh（1/5）。" in advice.explain("zh")
