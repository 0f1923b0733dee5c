"""Objects remember what is there: absent, null, empty or set; in copies, pickles and comparisons too."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kubeadm_cfg.convert import is_set, set_null, state, structure, unstructure
from kubeadm_cfg.kinds._base import ABSENT, fields_of
from kubeadm_cfg.kubeadm import v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.values import Duration

TOKEN = "abcdef.0123456789abcdef"


def test_a_nested_object_that_was_only_read_is_not_there() -> None:
    cluster = v1beta4.ClusterConfiguration()
    assert cluster.networking.pod_subnet is None
    assert not is_set(cluster, "networking")
    cluster.networking.pod_subnet = "10.244.0.0/16"
    assert state(cluster, "networking") == "set"
    assert unstructure(cluster)["networking"] == {"podSubnet": "10.244.0.0/16"}
    cluster.networking.pod_subnet = None
    assert not is_set(cluster, "networking")


def test_a_list_that_was_only_read_is_there_once_something_is_in_it() -> None:
    cluster = v1beta4.ClusterConfiguration()
    cluster.api_server.cert_sans.append("lb.example.test")
    cluster.feature_gates["X"] = True
    assert unstructure(cluster)["apiServer"] == {"certSANs": ["lb.example.test"]}
    assert unstructure(cluster)["featureGates"] == {"X": True}
    cluster.api_server.cert_sans.clear()
    assert not is_set(cluster, "api_server")


def test_assigning_an_empty_value_is_explicit() -> None:
    init = v1beta4.InitConfiguration()
    init.node_registration.taints = []
    assert state(init.node_registration, "taints") == "empty"
    assert unstructure(init)["nodeRegistration"] == {"taints": []}
    init.node_registration = v1beta4.NodeRegistrationOptions()
    assert state(init, "node_registration") == "empty"
    assert unstructure(init)["nodeRegistration"] == {}


def test_an_explicit_null_gives_way_to_a_value_and_comes_back() -> None:
    init = v1beta4.InitConfiguration()
    set_null(init.node_registration, "taints")
    assert unstructure(init)["nodeRegistration"] == {"taints": None}
    init.node_registration.taints.append(v1beta4.Taint(key="a", effect="NoSchedule"))
    assert state(init.node_registration, "taints") == "set"
    init.node_registration.taints.clear()
    assert state(init.node_registration, "taints") == "null"
    init.node_registration.taints = ABSENT
    assert state(init.node_registration, "taints") == "absent"


@pytest.mark.parametrize("remove", [lambda o: setattr(o, "mode", None), lambda o: delattr(o, "mode")])
def test_none_and_del_take_a_key_away(remove: Callable[[Any], None]) -> None:
    proxy = KubeProxyConfiguration(mode="ipvs")
    remove(proxy)
    remove(proxy)
    assert (proxy.mode, state(proxy, "mode")) == (None, "absent")
    assert proxy == KubeProxyConfiguration()


def test_an_object_behind_a_pointer_is_none_until_it_is_assigned() -> None:
    cluster = v1beta4.ClusterConfiguration()
    assert cluster.etcd.local is None
    cluster.etcd.local = v1beta4.LocalEtcd(data_dir="/var/lib/etcd")
    assert unstructure(cluster)["etcd"] == {"local": {"dataDir": "/var/lib/etcd"}}


def test_a_duration_is_converted_on_assignment_and_nothing_else_is() -> None:
    kubelet = KubeletConfiguration(sync_frequency=timedelta(seconds=90), max_pods="many")  # type: ignore[arg-type]  # the point
    assert kubelet.sync_frequency == Duration("1m30s")
    kubelet.sync_frequency = "60s"
    assert str(kubelet.sync_frequency) == "1m0s"
    assert repr(kubelet.max_pods) == "'many'"
    with pytest.raises(ValueError, match="unknown unit"):
        kubelet.sync_frequency = "1d"
    assert kubelet.sync_frequency == Duration("1m")
    kubelet.sync_frequency = None
    assert kubelet.sync_frequency is None


def test_a_misspelt_attribute_is_an_error_that_knows_what_was_meant() -> None:
    networking: Any = v1beta4.Networking()
    with pytest.raises(AttributeError, match="did you mean 'pod_subnet'"):
        networking.pod_subnte = "10.244.0.0/16"
    with pytest.raises(AttributeError, match="did you mean 'pod_subnet'"):
        _ = networking.podSubnet
    with pytest.raises(AttributeError, match="no field 'xyz'"):
        state(networking, "xyz")
    proxy: Any = KubeProxyConfiguration()
    with pytest.raises(AttributeError, match="does not change"):
        proxy.kind = "KubeletConfiguration"
    with pytest.raises(TypeError, match="pod_subnte"):
        v1beta4.Networking(pod_subnte="x")  # type: ignore[call-arg]  # the point of the test


def test_presence_is_asked_by_attribute_or_json_name() -> None:
    proxy = KubeProxyConfiguration(cluster_cidr="10.244.0.0/16")
    assert state(proxy, "cluster_cidr") == state(proxy, "clusterCIDR") == "set"
    assert state(KubeProxyConfiguration(mode=""), "mode") == "empty"


def every_state() -> KubeProxyConfiguration:
    """An object with something set, empty, null, read, and absent."""
    proxy = KubeProxyConfiguration(mode="ipvs", feature_gates={}, config_sync_period="60s")
    proxy.ipvs.exclude_cidrs.append("10.0.0.0/8")
    set_null(proxy, "node_port_addresses")
    set_null(proxy.iptables, "sync_period")
    assert proxy.nftables.masquerade_bit is None
    assert proxy.node_port_addresses == []
    return proxy


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda obj: pickle.loads(pickle.dumps(obj))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_and_pickles_keep_presence_and_texts(duplicate: Callable[[Any], Any]) -> None:
    proxy = every_state()
    again = duplicate(proxy)
    assert again == proxy
    assert [state(again, f.attribute) for f in fields_of(type(proxy))] == [
        state(proxy, f.attribute) for f in fields_of(type(proxy))
    ]
    assert unstructure(again, canonical=False)["configSyncPeriod"] == "60s"
    again.mode = None
    assert proxy.mode == "ipvs"


def test_a_deep_copy_shares_nothing() -> None:
    proxy = every_state()
    again = copy.deepcopy(proxy)
    again.ipvs.exclude_cidrs.append("172.16.0.0/12")
    assert proxy.ipvs.exclude_cidrs == ["10.0.0.0/8"]


def test_objects_are_equal_by_class_and_content_and_have_no_hash() -> None:
    assert KubeProxyConfiguration(config_sync_period="60s") == KubeProxyConfiguration(config_sync_period="1m")
    assert KubeProxyConfiguration(feature_gates={}) != KubeProxyConfiguration()
    assert v1beta3.ClusterConfiguration() != v1beta4.ClusterConfiguration()
    assert KubeProxyConfiguration() != {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
    }
    with pytest.raises(TypeError, match="unhashable"):
        hash(KubeProxyConfiguration())


def test_repr_is_short_and_shows_no_secret() -> None:
    init = v1beta4.InitConfiguration(
        bootstrap_tokens=[v1beta4.BootstrapToken(token=TOKEN, ttl="1h")], certificate_key="0123456789abcdef" * 4
    )
    assert repr(init) == (
        "InitConfiguration(bootstrap_tokens=[BootstrapToken(token=***, ttl=Duration('1h'))], certificate_key=***)"
    )
    join = v1beta4.JoinConfiguration()
    join.discovery.tls_bootstrap_token = TOKEN
    join.discovery.bootstrap_token = v1beta4.BootstrapTokenDiscovery(token=TOKEN)
    assert TOKEN not in repr(join)
    assert repr(KubeProxyConfiguration()) == "KubeProxyConfiguration()"
    assert repr(KubeProxyConfiguration.__new__(KubeProxyConfiguration)) == "KubeProxyConfiguration()"
    assert "node_port_addresses=None" in repr(every_state())
    many = KubeletConfiguration(
        cluster_dns=[str(n) for n in range(100)], feature_gates={str(n): True for n in range(100)}
    )
    assert len(repr(many)) < 200


def test_absent_is_one_value() -> None:
    assert pickle.loads(pickle.dumps(ABSENT)) is copy.deepcopy(ABSENT) is ABSENT
    assert (repr(ABSENT), bool(ABSENT)) == ("ABSENT", False)


def test_a_null_that_was_never_read_is_forgotten_too() -> None:
    proxy = structure(KubeProxyConfiguration, {"mode": None, "ipvs": None})
    assert pickle.loads(pickle.dumps(proxy)) == proxy
    proxy.mode = None
    del proxy.ipvs
    assert proxy == KubeProxyConfiguration()


def test_a_long_text_is_cut_in_repr() -> None:
    assert len(repr(KubeProxyConfiguration(mode="x" * 1000))) < 130


def test_asking_for_a_special_method_that_is_not_there_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="no attribute '__nothing__'"):
        KubeProxyConfiguration().__nothing__  # type: ignore[attr-defined]  # noqa: B018 - the point of the test
