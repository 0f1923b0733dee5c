"""Plain data becomes objects as Go's decoder makes it, objects become plain data in Go's order, and both ways agree."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from kubeadm_cfg.convert import (
    Mismatch,
    converter,
    field_at,
    findings,
    kind_of,
    refusal,
    set_null,
    shape,
    state,
    structure,
    unstructure,
    update,
)
from kubeadm_cfg.kinds._base import Configuration
from kubeadm_cfg.kubeadm import AnyClusterConfiguration, v1beta2, v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.source.shape import FREE
from kubeadm_cfg.values import Duration

TOKEN = "abcdef.0123456789abcdef"
INIT, JOIN, CLUSTER = v1beta4.InitConfiguration, v1beta4.JoinConfiguration, v1beta4.ClusterConfiguration
KUBELET, PROXY = KubeletConfiguration, KubeProxyConfiguration


def nested(path: str, value: Any) -> Any:
    """`{"a": {"b": value}}` for the path `a.b`; a step `0` is the one item of a list."""
    for step in reversed(path.split(".")):
        value = [value] if step == "0" else {step: value}
    return value


def at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step) if step.isdigit() else step]
    return data


# -- one value --------------------------------------------------------------------------------------------------------

ACCEPTED: list[tuple[type[Configuration], str, Any, Any]] = [
    (KUBELET, "maxPods", 64, 64),
    (KUBELET, "maxPods", 64.0, 64),
    (KUBELET, "maxPods", -1, -1),
    (KUBELET, "maxPods", 2147483647, 2147483647),
    (KUBELET, "maxPods", None, None),
    (KUBELET, "podPidsLimit", 9223372036854775807, 9223372036854775807),
    (KUBELET, "podPidsLimit", 1e10, 10_000_000_000),
    (KUBELET, "logging.verbosity", 4294967295, 4294967295),
    (KUBELET, "failSwapOn", False, False),
    (KUBELET, "failSwapOn", None, None),
    (KUBELET, "address", "", ""),
    (KUBELET, "cgroupDriver", "nonsense", "nonsense"),
    (KUBELET, "memoryThrottlingFactor", 1e-7, 1e-7),
    (KUBELET, "memoryThrottlingFactor", 1, 1),
    (KUBELET, "memoryThrottlingFactor", 2.0, 2),
    (PROXY, "clientConnection.qps", 10.0, 10),
    (PROXY, "clientConnection.qps", 0.1, 0.1),
    (PROXY, "clientConnection.qps", 3.4e38, 3.4e38),
    (KUBELET, "syncFrequency", "1.5h", "1h30m0s"),
    (KUBELET, "syncFrequency", "0", "0s"),
    (KUBELET, "cpuCFSQuotaPeriod", None, None),
    (KUBELET, "logging.flushFrequency", "5000ms", "5s"),
    (KUBELET, "logging.flushFrequency", 5_000_000_000, 5_000_000_000),
    (KUBELET, "logging.flushFrequency", -1.0, -1),
    (KUBELET, "logging.options.json.infoBufferSize", 65536, "65536"),
    (KUBELET, "logging.options.json.infoBufferSize", "65536", "65536"),
    (KUBELET, "reservedMemory.0.limits.memory", "1.5Gi", "1536Mi"),
    (KUBELET, "reservedMemory.0.limits.memory", 1000.0, "1k"),
    (KUBELET, "reservedMemory.0.limits.memory", None, "0"),
    (KUBELET, "reservedMemory.0.limits", None, None),
    (KUBELET, "evictionHard.memory", None, ""),
    (KUBELET, "featureGates.NodeSwap", None, False),
    (KUBELET, "featureGates", {}, {}),
    (KUBELET, "clusterDNS", [], []),
    (KUBELET, "clusterDNS", None, None),
    (KUBELET, "clusterDNS.0", None, ""),
    (KUBELET, "registerWithTaints.0", None, {}),
    (KUBELET, "staticPodURLHeader.X", None, []),
    (KUBELET, "staticPodURLHeader.X", ["a"], ["a"]),
    (KUBELET, "tlsCurvePreferences.0", 1.0, 1),
    (KUBELET, "authentication", None, None),
    (KUBELET, "authentication", {}, {}),
    (v1beta3.ClusterConfiguration, "apiServer.extraArgs", {"v": "2"}, {"v": "2"}),
    (CLUSTER, "apiServer.extraArgs.0", {"name": "v", "value": "2"}, {"name": "v", "value": "2"}),
    (CLUSTER, "etcd.local", None, None),
    (CLUSTER, "etcd.local", {}, {}),
    (v1beta2.ClusterStatus, "apiEndpoints.cp-0", {"bindPort": 6443}, {"bindPort": 6443}),
    (v1beta2.ClusterStatus, "apiEndpoints.cp-0", None, {}),
    (INIT, "bootstrapTokens.0.token", TOKEN, TOKEN),
    (INIT, "bootstrapTokens.0.token", None, None),
    (INIT, "bootstrapTokens.0.expires", "2030-01-02T03:04:05+02:00", "2030-01-02T01:04:05Z"),
    (INIT, "bootstrapTokens.0.expires", None, None),
    (INIT, "bootstrapTokens.0.ttl", None, None),
    (JOIN, "discovery.bootstrapToken.token", "anything", "anything"),
]

REFUSED: list[tuple[type[Configuration], str, Any, str]] = [
    (KUBELET, "maxPods", 64.5, "decode.type"),
    (KUBELET, "maxPods", "64", "decode.type"),
    (KUBELET, "maxPods", True, "decode.type"),
    (KUBELET, "maxPods", 2147483648, "decode.range"),
    (KUBELET, "maxPods", 1e10, "decode.range"),
    (KUBELET, "maxPods", 1e300, "decode.type"),
    (KUBELET, "maxPods", [], "decode.type"),
    (KUBELET, "podPidsLimit", 9223372036854775808, "decode.range"),
    (KUBELET, "logging.verbosity", -1, "decode.range"),
    (KUBELET, "logging.verbosity", 4294967296, "decode.range"),
    (KUBELET, "failSwapOn", "true", "decode.type"),
    (KUBELET, "failSwapOn", 1, "decode.type"),
    (KUBELET, "address", 10, "decode.type"),
    (KUBELET, "address", False, "decode.type"),
    (KUBELET, "containerLogMaxSize", 10, "decode.type"),
    (KUBELET, "memoryThrottlingFactor", "0.8", "decode.type"),
    (KUBELET, "memoryThrottlingFactor", True, "decode.type"),
    (PROXY, "clientConnection.qps", 3.5e38, "decode.range"),
    (PROXY, "clientConnection.qps", float("inf"), "decode.type"),
    (KUBELET, "syncFrequency", 30, "decode.type"),
    (KUBELET, "syncFrequency", True, "decode.type"),
    (KUBELET, "syncFrequency", "1d", "decode.duration"),
    (KUBELET, "syncFrequency", "", "decode.duration"),
    (KUBELET, "syncFrequency", None, "decode.duration"),
    (KUBELET, "cpuCFSQuotaPeriod", 100000, "decode.type"),
    (KUBELET, "logging.flushFrequency", 5.5, "decode.type"),
    (KUBELET, "logging.flushFrequency", "", "decode.duration"),
    (KUBELET, "logging.flushFrequency", 1 << 63, "decode.range"),
    (KUBELET, "reservedMemory.0.limits.memory", "1KB", "decode.quantity"),
    (KUBELET, "reservedMemory.0.limits.memory", True, "decode.type"),
    (KUBELET, "evictionHard.memory", 5, "decode.type"),
    (KUBELET, "featureGates.NodeSwap", "true", "decode.type"),
    (KUBELET, "featureGates", [], "decode.type"),
    (KUBELET, "clusterDNS", {"a": "b"}, "decode.type"),
    (KUBELET, "clusterDNS", "10.96.0.10", "decode.type"),
    (KUBELET, "clusterDNS.0", 10, "decode.type"),
    (KUBELET, "registerWithTaints", {"key": "a"}, "decode.type"),
    (KUBELET, "crashLoopBackOff", [], "decode.type"),
    (KUBELET, "authentication", "none", "decode.type"),
    (CLUSTER, "apiServer.extraArgs", {"v": "2"}, "decode.type"),
    (v1beta3.ClusterConfiguration, "apiServer.extraArgs", [{"name": "v", "value": "2"}], "decode.type"),
    (INIT, "bootstrapTokens.0.token", "", "decode.token"),
    (INIT, "bootstrapTokens.0.token", 123456.1234567890123456, "decode.token"),
    (INIT, "bootstrapTokens.0.token", TOKEN.upper(), "decode.token"),
    (INIT, "bootstrapTokens.0.expires", "2030-01-02", "decode.timestamp"),
    (INIT, "bootstrapTokens.0.expires", 2030, "decode.type"),
    (JOIN, "discovery.bootstrapToken.token", 123456.1234567890123456, "decode.type"),
]


@pytest.mark.parametrize(("cls", "path", "value", "plain"), ACCEPTED)
def test_a_value_that_go_decodes_becomes_what_go_writes(
    cls: type[Configuration], path: str, value: Any, plain: Any
) -> None:
    data = nested(path, value)
    assert at(unstructure(structure(cls, data)), path) == plain
    assert findings(cls, data) == []
    assert refusal(cls, steps(path), value) is None


@pytest.mark.parametrize(("cls", "path", "value", "code"), REFUSED)
def test_a_value_that_go_refuses_is_a_mismatch_at_its_place(
    cls: type[Configuration], path: str, value: Any, code: str
) -> None:
    data = nested(path, value)
    with pytest.raises(Mismatch) as caught:
        structure(cls, data)
    (finding,) = caught.value.findings
    assert (finding.path, finding.type, finding.code) == (steps(path), "Invalid", code)
    assert [finding] == findings(cls, data)
    assert finding.message in str(caught.value)
    assert finding.message in (refusal(cls, steps(path), value) or "")
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings


def steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdigit() else step for step in path.split("."))


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_document_must_be_a_mapping(data: Any) -> None:
    with pytest.raises(Mismatch, match="must be a mapping"):
        structure(KUBELET, data)
    assert refusal(KUBELET, (), data) is not None


def test_findings_have_every_place_in_the_order_of_the_data() -> None:
    data = {
        "nodeRegistration": {"taints": [{"key": 1}, {"effect": True}], "Name": "x"},
        "bootstrapTokens": [{"ttl": 24}],
        "dryrun": True,
    }
    assert [str(finding) for finding in findings(INIT, data)] == [
        "nodeRegistration.taints[0].key: must be a text, but is the number 1",
        "nodeRegistration.taints[1].effect: must be a text, but is the boolean true",
        'unknown field "nodeRegistration.Name"',
        "bootstrapTokens[0].ttl: must be a duration, but is the number 24",
        'unknown field "dryrun"',
    ]
    with pytest.raises(Mismatch) as caught:
        structure(INIT, data)
    assert [finding.code for finding in caught.value.findings] == ["decode.type"] * 3


def test_no_finding_repeats_a_text_that_may_be_secret() -> None:
    for finding in findings(INIT, {"bootstrapTokens": [{"token": f"{TOKEN}x"}, {"usages": TOKEN}]}):
        assert TOKEN not in str(finding)


@pytest.mark.parametrize(
    ("cls", "path", "value", "remedy"),
    [
        (CLUSTER, "kubernetesVersion", 1.3, 'write it in quotes: "1.3"'),
        (KUBELET, "featureGates.X", "True", "write it without quotes"),
        (KUBELET, "maxPods", "110", "write it without quotes"),
        (KUBELET, "syncFrequency", 30, 'give it a unit: "30s" is 30 seconds'),
        (KUBELET, "clusterDNS", "10.96.0.10", "put a dash in front of it"),
        (INIT, "bootstrapTokens.0.token", 123456.1, "write the token in quotes"),
        (CLUSTER, "networking.PodSubnet", "x", 'upper and lower case matter: write "podSubnet"'),
        (CLUSTER, "networking.podSubnets", "x", 'did you mean "podSubnet"?'),
        (CLUSTER, "podSubnet", "x", '"podSubnet" belongs under "networking"'),
        (KUBELET, "Kind", "x", 'upper and lower case matter: write "kind"'),
        (KUBELET, "xyzzy", "x", None),
    ],
)
def test_a_finding_says_what_to_do(cls: type[Configuration], path: str, value: Any, remedy: str | None) -> None:
    assert [finding.remedy for finding in findings(cls, nested(path, value))] == [remedy]


def test_unknown_keys_are_left_out_and_found() -> None:
    data = {"mode": "ipvs", "Mode": "iptables", "ipvs": {"x": {"y": 1}}}
    assert unstructure(structure(PROXY, data)) == unstructure(structure(PROXY, {"mode": "ipvs", "ipvs": {}}))
    assert [f.path for f in findings(PROXY, data) if f.type == "Unknown"] == [("Mode",), ("ipvs", "x")]


def test_api_version_inside_a_nested_type_is_a_field_like_any_other() -> None:
    cls = kind_of("kubelet.config.k8s.io/v1", "CredentialProviderConfig")
    assert cls is not None
    data = {"providers": [{"name": "p", "apiVersion": "credentialprovider.kubelet.k8s.io/v1"}]}
    provider = structure(cls, data).providers[0]  # type: ignore[attr-defined]  # found by name
    assert provider.api_version == "credentialprovider.kubelet.k8s.io/v1"
    assert findings(cls, {"providers": [{"kind": "x"}]})[0].code == "strict.unknown"


# -- whole objects ----------------------------------------------------------------------------------------------------


def test_plain_data_is_in_go_s_order_with_api_version_and_kind_first() -> None:
    data = {"networking": {"dnsDomain": "a", "serviceSubnet": "b"}, "etcd": {}, "kind": "x", "clusterName": "c"}
    plain = unstructure(structure(CLUSTER, data))
    assert json.dumps(plain) == json.dumps(
        {
            "apiVersion": "kubeadm.k8s.io/v1beta4",
            "kind": "ClusterConfiguration",
            "etcd": {},
            "networking": {"serviceSubnet": "b", "dnsDomain": "a"},
            "clusterName": "c",
        }
    )


def test_free_maps_and_lists_keep_their_order() -> None:
    gates = {"B": True, "A": False}
    assert list(unstructure(structure(PROXY, {"featureGates": gates}))["featureGates"]) == ["B", "A"]


def test_values_stay_as_they_were_given_unless_the_canonical_form_is_asked_for() -> None:
    kubelet = structure(
        KUBELET,
        {
            "syncFrequency": "60s",
            "memoryThrottlingFactor": 1.0,
            "logging": {"flushFrequency": "5000ms"},
            "reservedMemory": [{"limits": {"memory": "0.5Gi"}}],
        },
    )
    given_ = unstructure(kubelet, canonical=False)
    assert (given_["syncFrequency"], unstructure(kubelet)["syncFrequency"]) == ("60s", "1m0s")
    assert (given_["logging"], unstructure(kubelet)["logging"]) == (
        {"flushFrequency": "5000ms"},
        {"flushFrequency": "5s"},
    )
    assert given_["reservedMemory"][0]["limits"] == {"memory": "0.5Gi"}
    assert unstructure(kubelet)["reservedMemory"][0]["limits"] == {"memory": "512Mi"}


def test_structure_and_unstructure_share_no_list_or_mapping_with_the_data() -> None:
    data: dict[str, Any] = {"nodePortAddresses": ["primary"], "featureGates": {"X": True}}
    proxy = structure(PROXY, data)
    proxy.node_port_addresses.append("localhost")
    proxy.feature_gates["Y"] = True
    assert data == {"nodePortAddresses": ["primary"], "featureGates": {"X": True}}
    unstructure(proxy)["nodePortAddresses"].clear()
    assert proxy.node_port_addresses == ["primary", "localhost"]


def test_what_assignment_did_not_check_is_written_as_it_is_and_found() -> None:
    proxy = PROXY(mode=3)  # type: ignore[arg-type]  # the point of the test
    proxy.ipvs.exclude_cidrs = ("10.0.0.0/8",)  # type: ignore[assignment]  # the point of the test
    proxy.feature_gates["X"] = "true"  # type: ignore[assignment]  # the point of the test
    proxy.node_port_addresses.append(Duration("1s"))  # type: ignore[arg-type]  # the point of the test
    plain = unstructure(proxy)
    assert plain["ipvs"] == {"excludeCIDRs": ["10.0.0.0/8"]}
    assert [f.path for f in findings(PROXY, plain)] == [("featureGates", "X"), ("mode",), ("nodePortAddresses", 0)]
    kubelet = KUBELET(reserved_memory=[{"limits": {"memory": "1KB"}}])  # type: ignore[list-item]  # the point of the test
    assert [f.code for f in findings(KUBELET, unstructure(kubelet))] == ["decode.quantity"]


# -- in place ---------------------------------------------------------------------------------------------------------


def test_an_update_keeps_nested_objects_lists_and_mappings() -> None:
    init = structure(
        INIT,
        {"nodeRegistration": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "b"}], "kubeletExtraArgs": []}},
    )
    registration, taints = init.node_registration, init.node_registration.taints
    arguments, first, second = registration.kubelet_extra_args, *taints
    new = {
        "nodeRegistration": {"taints": [{"key": "c"}, {"key": "b", "value": "x"}, {"key": "a", "effect": "NoSchedule"}]}
    }
    update(init, new)
    assert init == structure(INIT, new)
    assert init.node_registration is registration
    assert registration.taints is taints
    assert taints[1] is second
    assert taints[2] is first
    assert registration.kubelet_extra_args is arguments
    assert state(registration, "kubelet_extra_args") == "absent"


def test_what_an_update_takes_away_stays_attached_and_empty() -> None:
    cluster = structure(CLUSTER, {"networking": {"podSubnet": "10.244.0.0/16"}, "featureGates": {"X": True}})
    networking, gates = cluster.networking, cluster.feature_gates
    update(cluster, {})
    assert cluster == CLUSTER()
    networking.pod_subnet = "10.245.0.0/16"
    gates["Y"] = True
    assert unstructure(cluster)["networking"] == {"podSubnet": "10.245.0.0/16"}
    assert unstructure(cluster)["featureGates"] == {"Y": True}


def test_an_update_takes_away_what_is_behind_a_pointer() -> None:
    cluster = structure(CLUSTER, {"etcd": {"local": {"dataDir": "/a"}}})
    local = cluster.etcd.local
    update(cluster, {"etcd": {"local": {"dataDir": "/b"}}})
    assert cluster.etcd.local is local
    update(cluster, {"etcd": {}})
    assert cluster.etcd.local is None


def test_an_update_that_does_not_decode_changes_nothing() -> None:
    proxy = structure(PROXY, {"mode": "ipvs", "featureGates": {"X": True}})
    with pytest.raises(Mismatch):
        update(proxy, {"mode": "nftables", "featureGates": {"X": 1}})
    assert unstructure(proxy) == unstructure(structure(PROXY, {"mode": "ipvs", "featureGates": {"X": True}}))


def test_an_item_of_a_list_is_edited_in_place_when_its_identity_changes() -> None:
    cluster = structure(CLUSTER, {"apiServer": {"extraArgs": [{"name": "v", "value": "2"}]}})
    argument = cluster.api_server.extra_args[0]
    update(cluster, {"apiServer": {"extraArgs": [{"name": "vmodule", "value": "2"}]}})
    assert cluster.api_server.extra_args[0] is argument
    assert argument.name == "vmodule"


# -- what a schema knows of a place -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "path", "found"),
    [
        (CLUSTER, "networking.podSubnet", "string"),
        (CLUSTER, "apiServer.extraArgs.0.name", "string"),
        (CLUSTER, "apiServer.extraArgs.0", "list:object:Arg"),
        (v1beta3.ClusterConfiguration, "apiServer.extraArgs.v", "map:string"),
        (v1beta2.ClusterStatus, "apiEndpoints.cp-0.bindPort", "int32"),
        (KUBELET, "staticPodURLHeader.X.0", "map:list:string"),
        (CLUSTER, "etcd.local", "*object:LocalEtcd"),
        (CLUSTER, "apiServer.certSANs.x", None),
        (CLUSTER, "apiServer.0", None),
        (CLUSTER, "networking.podSubnet.x", None),
        (CLUSTER, "nothing", None),
    ],
)
def test_a_path_leads_to_its_field(cls: type[Configuration], path: str, found: str | None) -> None:
    field = field_at(cls, steps(path))
    assert (str(field.type) if field else None) == found


def test_the_root_is_no_field() -> None:
    assert field_at(CLUSTER, ()) is None


@pytest.mark.parametrize(
    ("cls", "path", "value", "why"),
    [
        (CLUSTER, "networking", {"podSubnet": 3}, "networking.podSubnet must be a text, but is the number 3"),
        (CLUSTER, "apiServer.certSANs.0", 3, "apiServer.certSANs[0] must be a text, but is the number 3"),
        (CLUSTER, "apiServer.certSANs.0", None, None),
        (CLUSTER, "networking", {"nothing": 3}, None),
        (CLUSTER, "nothing.at.all", 3, None),
    ],
)
def test_a_refusal_names_the_place_and_the_reason(
    cls: type[Configuration], path: str, value: Any, why: str | None
) -> None:
    assert refusal(cls, steps(path), value) == why


def test_a_shape_has_go_s_order_and_what_identifies_an_item() -> None:
    cluster = shape(CLUSTER)
    assert cluster is shape(CLUSTER)
    assert cluster.order is not None
    assert list(cluster.order)[:6] == ["apiVersion", "kind", "metadata", "etcd", "networking", "kubernetesVersion"]
    api_server = cluster.child("apiServer")
    assert api_server is not None
    assert api_server.order == {"extraArgs": 0, "extraVolumes": 1, "extraEnvs": 2, "certSANs": 3}
    arguments = api_server.child("extraArgs")
    assert arguments is not None
    assert (arguments.order, arguments.identity) == (None, ("name",))
    item = arguments.item()
    assert item is not None
    assert item.order == {"name": 0, "value": 1}
    assert api_server.child("certSANs") is FREE
    assert cluster.child("featureGates") is FREE
    assert cluster.child("clusterName") is None
    assert cluster.child("nothing") is None


def test_shapes_lead_through_maps_of_lists_and_of_objects() -> None:
    header = shape(KUBELET).child("staticPodURLHeader")
    assert header is not None
    assert header.order is None
    assert header.child("X") is FREE
    endpoints = shape(v1beta2.ClusterStatus).child("apiEndpoints")
    assert endpoints is not None
    assert endpoints.child("cp-0") is shape(v1beta2.APIEndpoint)
    taints = shape(KUBELET).child("registerWithTaints")
    assert taints is not None
    assert taints.identity == ("key", "effect")


# -- cattrs ------------------------------------------------------------------------------------------------------------


def test_cattrs_finds_the_version_behind_a_base_of_all_versions() -> None:
    data = {"apiVersion": "kubeadm.k8s.io/v1beta3", "kind": "ClusterConfiguration", "clusterName": "lab"}
    assert type(converter().structure(data, AnyClusterConfiguration)) is v1beta3.ClusterConfiguration


def test_an_explicit_null_is_written_by_both_ways() -> None:
    init = INIT()
    set_null(init.node_registration, "taints")
    assert converter().unstructure(init) == unstructure(init)
    assert unstructure(init)["nodeRegistration"] == {"taints": None}
