"""What the kinds and their fields are, said from the field tables."""

from __future__ import annotations

import re

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import fields_of
from kubeadm_cfg.kubeadm.v1beta3 import ClusterConfiguration


def test_every_kind_is_listed_with_the_path_of_its_class() -> None:
    listed = kc.kinds()
    assert [(info.api_version, info.kind) for info in listed] == list(KINDS)
    (proxy,) = (info for info in listed if info.kind == "KubeProxyConfiguration")
    assert (proxy.since, proxy.until) == ("1.22", "1.37")
    assert "read by 1.22 to 1.26" in str(next(info for info in listed if info.api_version.endswith("v1beta2")))


@pytest.mark.parametrize(
    ("what", "facts"),
    [
        ("ClusterConfiguration.networking.serviceSubnet", {"type": "string", "default": "10.96.0.0/12"}),
        ("cluster.networking.serviceSubnet", {"default": "10.96.0.0/12"}),
        ("kubelet.maxPods", {"type": "int32", "default": "110"}),
        ("KubeletConfiguration.containerLogMaxWorkers", {"since": "1.30"}),
        ("InitConfiguration.bootstrapTokens[0].token", {"type": "bootstrap token", "attribute": "token"}),
        ("cluster.apiServer.extraArgs", {"type": "list of Arg", "attribute": "extra_args"}),
        ("kubelet.featureGates", {"type": "map of boolean"}),
        ("kubelet.logging.flushFrequency", {"type": "duration, or whole number of nanoseconds"}),
        ("kubelet.logging.sanitization", {"removed": "1.24"}),
        ("cluster.apiServer.timeoutForControlPlane", {"removed": "v1beta4"}),
        ("kubelet.shutdownGracePeriod", {"gate": "GracefulNodeShutdown"}),
        ("kubelet.failCgroupV1", {"since": "1.31", "source": "kubernetes/kubelet:config/v1beta1/types.go"}),
        ("init.nodeRegistration.imagePullPolicy", {"values": ["Always", "IfNotPresent", "Never"]}),
        ("kube-proxy.ipvs.syncPeriod", {"type": "duration"}),
    ],
)
def test_a_field_is_explained(what: str, facts: dict[str, str]) -> None:
    explained = kc.explain(what).facts
    assert explained["meaning"]
    assert {name: explained.get(name) for name in facts} == facts


def test_an_object_is_explained_with_its_fields() -> None:
    told = kc.explain("ClusterConfiguration.networking")
    assert list(told.fields) == ["serviceSubnet", "podSubnet", "dnsDomain"]
    assert "podSubnet" in str(told)
    assert "<table>" in told._repr_html_()
    assert told.to_dict()["apiVersion"] == "kubeadm.k8s.io/v1beta4"


def test_a_class_and_a_version_say_which_one_is_meant() -> None:
    assert kc.explain(ClusterConfiguration).api_version == "kubeadm.k8s.io/v1beta3"
    assert kc.explain("cluster.dns.type").api_version == "kubeadm.k8s.io/v1beta2"  # the newest that has it
    assert kc.explain("cluster", api_version="v1beta3").api_version == "kubeadm.k8s.io/v1beta3"


@pytest.mark.parametrize(("api_version", "kind"), KINDS)
def test_every_field_has_a_chinese_meaning(api_version: str, kind: str) -> None:
    cls = kind_of(api_version, kind)
    assert cls is not None
    told = kc.explain(cls, language="zh")
    assert [name for name, text in told.fields.items() if not re.search("[\u4e00-\u9fff]", text)] == []
    assert kc.explain("cluster.networking.podSubnet", language="zh").facts["meaning"].startswith("Pod 网络段")


def test_the_text_says_everything_once_and_maps_as_json() -> None:
    text = str(kc.explain("kubelet.evictionHard"))
    assert '  default: {"memory.available": "100Mi"' in text
    assert "  meaning: Thresholds by signal at which pods are evicted immediately.\n" in text
    assert str(kc.explain("UpgradeConfiguration")).splitlines()[1:3] == ["  type: object", "  read by: 1.31 to 1.37"]


@pytest.mark.parametrize(
    ("what", "hint"),
    [
        ("ClusterConfig", "did you mean ClusterConfiguration"),
        ("cluster.networking.podSubnets", "did you mean podSubnet"),
        ("cluster.clusterName.x", "there is no 'x' in it"),
        ("", "there is no kind"),
    ],
)
def test_what_is_not_there_comes_with_what_may_be_meant(what: str, hint: str) -> None:
    with pytest.raises(kc.ConfigError, match=hint):
        kc.explain(what)


@pytest.mark.parametrize(("api_version", "kind"), KINDS)
def test_every_field_of_every_kind_has_a_meaning(api_version: str, kind: str) -> None:
    cls = kind_of(api_version, kind)
    assert cls is not None
    told = kc.explain(cls)
    assert told.fields
    assert set(told.fields) == {field.json for field in fields_of(cls)}


def test_every_fact_has_a_chinese_label() -> None:
    told = [kc.explain(f"KubeletConfiguration.{name}", language="zh") for name in kc.explain("kubelet").fields]
    for one in [kc.explain("cluster", language="zh"), *told]:
        head, *lines = str(one).splitlines()
        assert head.startswith(one.path)
        labels = [line.strip().partition("：")[0] for line in lines if line[2] != " "]
        assert len(labels) == len(one.facts) + bool(one.fields)
        assert all(not label.isascii() for label in labels)
    assert "<th>含义</th>" in told[0]._repr_html_()
    assert "<th>meaning</th>" in kc.explain("kubelet.maxPods")._repr_html_()
