"""Objects from plain data, fresh files, differences, and the Python that builds an object."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.kubeadm.v1beta3 import ClusterConfiguration as Older
from kubeadm_cfg.kubeadm.v1beta4 import BootstrapToken, ClusterConfiguration, InitConfiguration, Networking
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.testing.strategies import Data
from strategies import documents

PROXY = {"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration"}
SOME = settings(max_examples=100, deadline=None)


# -- from plain data ---------------------------------------------------------------------------------------------------
def test_an_unknown_field_is_refused_unless_lenient() -> None:
    data = {**PROXY, "mode": "ipvs", "modes": 1}
    with pytest.raises(kc.DecodeError, match="modes") as refused:
        kc.from_dict(data)
    assert [problem.code for problem in refused.value.problems] == ["strict.unknown"]
    assert kc.from_dict(data, strict=False) == KubeProxyConfiguration(mode="ipvs")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        None,
        {"kind": "KubeProxyConfiguration"},
        {**PROXY, "kind": "Pod"},
        {**PROXY, "mode": 1},
        {**PROXY, "mode": object()},
    ],
)
def test_what_is_no_kind_or_does_not_decode_is_refused(data: Any, strict: bool) -> None:
    with pytest.raises(kc.ConfigError):
        kc.from_dict(data, strict=strict)


@pytest.mark.law
@SOME
@given(documents)
def test_data_there_and_back_gives_an_equal_object(data: Data) -> None:
    obj = kc.from_dict(data, strict=False)
    assert kc.from_dict(kc.to_dict(obj)) == obj


# -- fresh files -------------------------------------------------------------------------------------------------------
CLUSTER = ClusterConfiguration(networking=Networking(pod_subnet="10.244.0.0/16"), kubernetes_version="v1.34.1")


def test_a_fresh_file_is_in_gos_order_with_a_document_each() -> None:
    assert kc.dumps(CLUSTER, KubeletConfiguration(max_pods=64, cluster_dns=["10.96.0.10"])) == (
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.244.0.0/16\n"
        "kubernetesVersion: v1.34.1\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
        "clusterDNS:\n- 10.96.0.10\nmaxPods: 64\n"
    )


def test_kubeadm_sorts_keys_leaves_lists_unindented_and_quotes_what_reads_as_something_else() -> None:
    config = KubeletConfiguration(cluster_dns=["10.96.0.10"], node_status_report_frequency="1m", cluster_domain="yes")
    assert kc.dumps(config, order="kubeadm") == (
        'apiVersion: kubelet.config.k8s.io/v1beta1\nclusterDNS:\n- 10.96.0.10\nclusterDomain: "yes"\n'
        "kind: KubeletConfiguration\nnodeStatusReportFrequency: 1m0s\n"
    )


@pytest.mark.parametrize(
    ("language", "told"), [("en", "# Pod IP range; a comma-separated pair for dual stack."), ("zh", "# Pod 网络段")]
)
def test_comments_say_what_each_key_is_for(language: Any, told: str) -> None:
    text = kc.dumps(CLUSTER, comments=language)
    assert f"  {told}" in text
    assert kc.loads(text).cluster == CLUSTER


@pytest.mark.parametrize("arguments", [{"order": "other"}, {"order": "kubeadm", "comments": "en"}, {"comments": "fr"}])
def test_what_cannot_be_asked_for_is_refused(arguments: Any) -> None:
    with pytest.raises(ValueError, match=r"order|comments"):
        kc.dumps(CLUSTER, **arguments)


@pytest.mark.law
@SOME
@given(documents, st.sampled_from(["go", "kubeadm", "en", "zh"]))
def test_a_fresh_file_reads_as_the_object(data: Data, manner: Any) -> None:
    obj = kc.from_dict(data, strict=False)
    text = kc.dumps(obj, order=manner) if manner in ("go", "kubeadm") else kc.dumps(obj, comments=manner)
    (document,) = kc.loads(text).documents
    assert document.obj == obj


@pytest.mark.law
@SOME
@given(documents)
def test_other_yaml_readers_read_what_kubeadm_order_writes(data: Data) -> None:
    read = yaml.load(kc.dumps(kc.from_dict(data, strict=False), order="kubeadm"), Loader=yaml.BaseLoader)
    assert list(read) == sorted(read)


# -- differences -------------------------------------------------------------------------------------------------------
def test_differences_are_told_path_by_path() -> None:
    a = KubeletConfiguration(max_pods=64, cluster_dns=["10.96.0.10"])
    b = KubeletConfiguration(max_pods=110, cluster_dns=["10.96.0.10", "fd00::a"], feature_gates={"A": True})
    found = kc.diff(a, b)
    assert str(found) == '+ clusterDNS[1]: "fd00::a"\n~ maxPods: 64 -> 110\n+ featureGates: {"A": true}'
    assert found.to_dict()["maxPods"] == {"before": 64, "after": 110}
    assert not kc.diff(a, a)


def test_differences_between_versions_and_without_secrets() -> None:
    assert [d.path for d in kc.diff(Older(cluster_name="x"), ClusterConfiguration(cluster_name="x"))] == ["apiVersion"]
    one, other = (InitConfiguration(bootstrap_tokens=[BootstrapToken(token=f"abcdef.{c * 16}")]) for c in "01")
    assert "0000" not in str(kc.diff(one, other))


# -- source code -------------------------------------------------------------------------------------------------------
def test_source_code_imports_what_users_import() -> None:
    assert kc.source_code(CLUSTER) == (
        "from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration, Networking\n\n"
        "obj = ClusterConfiguration(\n"
        "    networking=Networking(\n"
        '        pod_subnet="10.244.0.0/16",\n'
        "    ),\n"
        '    kubernetes_version="v1.34.1",\n'
        ")\n"
    )


@pytest.mark.law
@SOME
@given(documents)
def test_source_code_builds_an_equal_object(data: Data) -> None:
    obj = kc.from_dict(data, strict=False)
    names: dict[str, Any] = {}
    exec(kc.source_code(obj), names)
    built = names["obj"]
    assert isinstance(built, Kind)
    assert built == obj


def test_what_the_first_key_of_an_item_is_for_stands_above_the_item() -> None:
    obj = kc.from_dict(
        {
            "apiVersion": "kubeadm.k8s.io/v1beta4",
            "kind": "InitConfiguration",
            "nodeRegistration": {"taints": [{"key": "x", "effect": "NoSchedule"}, {"key": "dedicated"}]},
        }
    )
    text = kc.dumps(obj, comments="en")
    assert "  # Taint key.\n  - key: x\n    # What happens" in text
    assert text.endswith("\n  - key: dedicated\n")
    assert kc.loads(text).init == obj
