"""Both sides of every border of the decisions on flannel's backend and the cgroup driver."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from advised import excluded, ids, scored
from kubeadm_cfg.advise import Advice

MINORS = range(22, 38)


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
