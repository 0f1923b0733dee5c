"""Dumps of ConfigMaps: the documents inside are found as objects and edited in their strings, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.kubeadm import AnyClusterConfiguration
from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration
from kubeadm_cfg.testing import edits, rendered, styles
from kubeadm_cfg.testing.strategies import Data
from strategies import documents

CLUSTER = """\
apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
clusterName: kubernetes   # by <hand>
kind: ClusterConfiguration
kubernetesVersion: v1.34.1
networking:
  podSubnet: 10.244.0.0/16
"""
KUBELET = """\
apiVersion: kubelet.config.k8s.io/v1beta1
clusterDNS:
- 10.96.0.10
kind: KubeletConfiguration
maxPods: 110
"""


def indented(text: str, column: int) -> str:
    return "".join(" " * column + line if line.strip() else line for line in text.splitlines(keepends=True))


def in_map(scalar: str, *, key: str = "ClusterConfiguration") -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: kubeadm-config}}\ndata:\n  {key}: {scalar}"


def as_json(text: str, **how: Any) -> str:
    data = {"apiVersion": "v1", "data": {"ClusterConfiguration": text}, "kind": "ConfigMap"}
    # kubectl escapes what a browser could take for markup
    return json.dumps(data, ensure_ascii=False, **how).replace("<", "\\u003c").replace(">", "\\u003e") + "\n"


DUMPS = {
    "literal": in_map("|\n" + indented(CLUSTER, 4) + "  other: a\n"),
    "stripped": in_map("|-\n" + indented(CLUSTER, 4)),
    "stripped, without a last break": in_map("|-\n" + indented(CLUSTER, 8).rstrip("\n")),
    "kept": in_map("|+  # kept\n" + indented(CLUSTER, 4) + "\n\n  other: a\n"),
    "with an indicator": in_map("|2-\n" + indented(CLUSTER, 4)),
    "quoted": in_map(json.dumps(CLUSTER) + "\n"),
    "quoted and folded": in_map(json.dumps(CLUSTER).replace("\\n  pod", "\\n\\\n    \\  pod") + "  # end\n"),
    "in single quotes": in_map(
        """'{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "clusterName": "kubernetes","""
        """ "kubernetesVersion": "v1.34.1", "networking": {"podSubnet": "10.244.0.0/16"},"""
        """ "dns": {"imageTag": "it''s"}}'\n"""
    ),
    "JSON": as_json(CLUSTER, indent=4),
    "JSON on one line": as_json(CLUSTER),
    "List": "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n- apiVersion: v1\n  kind: ConfigMap\n  data:\n"
    "    ClusterConfiguration: |\n" + indented(CLUSTER, 6),
    "ConfigMapList": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- data:\n    ClusterConfiguration: |\n"
    + indented(CLUSTER, 6),
    "JSON List": json.dumps({"kind": "List", "items": [{"kind": "ConfigMap", "data": {"x": CLUSTER}}]}),
    "CRLF": in_map("|\n" + indented(CLUSTER, 4)).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("name", DUMPS)
def test_the_document_inside_is_found_as_its_typed_object(name: str) -> None:
    f = kc.loads(DUMPS[name])
    assert f.cluster.kubernetes_version == "v1.34.1"
    assert "cluster" in f
    assert "kubelet" not in f
    assert f.get("ClusterConfiguration") is f.get(AnyClusterConfiguration) is f.get(ClusterConfiguration) is f.cluster
    assert f.all("ClusterConfiguration") == [f.cluster]
    assert f.ensure("cluster") is f.cluster
    assert f.diff() == ""


@pytest.mark.parametrize("name", DUMPS)
def test_an_edit_changes_nothing_but_its_place_and_can_be_undone(name: str) -> None:
    text = DUMPS[name]
    f = kc.loads(text)
    f.cluster.networking.pod_subnet = "10.42.0.0/16"
    f.cluster.kubernetes_version = "v1.34.2"
    assert f.text == text.replace("10.244.0.0/16", "10.42.0.0/16").replace("v1.34.1", "v1.34.2")
    f.cluster.networking.pod_subnet = "10.244.0.0/16"
    f.cluster.kubernetes_version = "v1.34.1"
    assert f.diff() == ""


@pytest.mark.parametrize("name", DUMPS)
def test_new_keys_and_texts_that_need_escapes_read_back(name: str) -> None:
    f = kc.loads(DUMPS[name])
    f.cluster.networking.service_subnet = "10.43.0.0/16"
    f.cluster.cluster_name = "a \"b\" \\ <c>: 'd' é"
    kc.args(f.cluster.api_server)["audit-log-path"] = "-"
    again = kc.loads(f.text)
    assert again.cluster == f.cluster
    assert {"ClusterConfiguration"} <= {d.kind for document in f.documents for d in [document.embedded(PLACES[name])]}
    if "JSON" in name:
        assert json.loads(f.text)


PLACES = dict.fromkeys(DUMPS, "data.ClusterConfiguration") | {
    "List": "items[1].data.ClusterConfiguration",
    "ConfigMapList": "items[0].data.ClusterConfiguration",
    "JSON List": "items[0].data.x",
}


def test_what_a_folded_block_holds_is_read_and_rewritten_as_a_literal_one() -> None:
    f = kc.loads(
        in_map("> # as one wrote it\n" + indented(KUBELET.rstrip("\n").replace("\n", "\n\n"), 4), key="kubelet") + "\n"
    )
    f.kubelet.max_pods = 64
    assert f.text == in_map("| # as one wrote it\n" + indented(KUBELET.replace("110", "64"), 4), key="kubelet")


def test_several_documents_in_one_dump_are_edited_side_by_side() -> None:
    f = kc.loads(in_map("|\n" + indented(CLUSTER, 4) + "  kubelet: |-\n" + indented(KUBELET, 4) + "---\n" + KUBELET))
    assert len(f.all("KubeletConfiguration")) == 2
    f.kubelet.cluster_dns.append("fd00::a")
    f.cluster.networking.pod_subnet = "10.42.0.0/16"
    f.all("KubeletConfiguration")[1].max_pods = 64
    changed = [line for line in f.diff().splitlines()[2:] if line[0] in "+-"]
    assert changed == [
        "-      podSubnet: 10.244.0.0/16",
        "+      podSubnet: 10.42.0.0/16",
        "+    - fd00::a",
        "-maxPods: 110",
        "+maxPods: 64",
    ]


@pytest.mark.parametrize("value", ["just text", "a: [", "apiVersion: v1\nkind: Config\n", "kubeadm.k8s.io/v1beta4: ["])
def test_a_string_that_holds_no_document_of_ours_is_left_alone(value: str) -> None:
    f = kc.loads(in_map(json.dumps(value)))
    assert f.get("ClusterConfiguration") is None
    with pytest.raises(kc.MissingDocument, match="it has ConfigMap"):
        _ = f.cluster


def test_a_document_inside_that_does_not_decode_says_where_in_the_dump() -> None:
    f = kc.loads(in_map("|\n" + indented(KUBELET.replace("110", "many"), 4), key="kubelet"))
    with pytest.raises(kc.DecodeError) as caught:
        _ = f.kubelet
    assert [(p.line, p.column, p.field) for p in caught.value.problems] == [(10, 14, "maxPods")]
    with pytest.raises(kc.DecodeError):
        kc.loads(f.text, strict=True)


@pytest.mark.parametrize("name", ["literal", "with an indicator", "quoted", "quoted and folded", "JSON", "JSON List"])
def test_a_refused_edit_names_its_place_and_moves_no_byte(name: str) -> None:
    f = kc.loads(DUMPS[name])
    f.cluster.networking.pod_subnet = 5  # type: ignore[assignment]  # that is the point
    with pytest.raises(kc.EditError) as caught:
        _ = f.text
    problem = caught.value.problems[0]
    line = DUMPS[name].splitlines()[(problem.line or 0) - 1]
    assert line[(problem.column or 0) - 1 :].startswith("10.244.0.0/16")
    f.cluster.networking.pod_subnet = "10.244.0.0/16"
    assert f.text == DUMPS[name]


def test_the_span_of_a_document_inside_is_that_of_its_string() -> None:
    f = kc.loads("# dump\n" + DUMPS["quoted"])
    span = f.documents[0].embedded("data.ClusterConfiguration").span
    assert json.loads(f.text[span.start : span.end]) == CLUSTER


def test_flannel_s_configuration_is_found_in_a_list_as_well() -> None:
    conf = json.dumps({"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}})
    named = {"kind": "ConfigMap", "metadata": {"name": "kube-flannel-cfg"}, "data": {"net-conf.json": conf}}
    other = {"kind": "ConfigMap", "metadata": None, "data": {"net-conf.json": "{}"}}
    f = kc.loads(json.dumps({"kind": "List", "items": [other, {"kind": "ConfigMap"}, named]}))
    f.flannel.network = "10.42.0.0/16"
    assert json.loads(f.text)["items"][2]["data"]["net-conf.json"] == conf.replace("10.244", "10.42")


# -- the law -----------------------------------------------------------------------------------------------------------
def wrapped(text: str, style: str) -> str:
    """A dump that holds `text`, in one of the ways kubectl and people write it."""
    if style == "json":
        return (
            json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": text}}, indent=4, ensure_ascii=False)
            + "\n"
        )
    if style == "quoted":
        return f"kind: ConfigMap\ndata:\n  k: {json.dumps(text, ensure_ascii=False)}\n  l: x\n"
    chomping = "" if text.endswith("\n") and not text.endswith("\n\n") else "+" if text.endswith("\n") else "-"
    lines = "".join(f"    {line}\n" if line else "\n" for line in text.removesuffix("\n").split("\n"))
    return f"kind: ConfigMap\ndata:\n  k: |2{chomping}\n{lines}  l: x\n"


@st.composite
def dumps(draw: st.DrawFn) -> tuple[str, Data]:
    data = draw(documents)
    text = rendered([data], draw(styles())._replace(newline="\n", bom=False))
    return wrapped(text, draw(st.sampled_from(["json", "quoted", "literal"]))), data


@pytest.mark.law
@given(dumps(), st.data())
def test_what_is_edited_inside_a_dump_reads_back_and_is_undone(case: tuple[str, Data], data: st.DataObject) -> None:
    text, inner = case
    cls = kind_of(inner["apiVersion"], inner["kind"])
    assert cls is not None
    f = kc.loads(text)
    document = f.documents[0].embedded("data.k")
    obj: Any = document.obj
    for edit in data.draw(st.lists(edits(cls), min_size=1, max_size=3)):
        edit.make(obj)
    again = kc.loads(f.text).documents[0]
    assert again.embedded("data.k").obj == obj
    assert {**again.to_dict(), "data": None} == {**kc.loads(text).documents[0].to_dict(), "data": None}
    document.set((), inner)
    assert f.text == text


SEVERAL = "# both\n" + CLUSTER + "---  # two\n" + KUBELET


@pytest.mark.parametrize("scalar", ["|\n" + indented(SEVERAL, 4), json.dumps(SEVERAL) + "\n"], ids=["block", "quoted"])
def test_one_string_may_hold_several_documents(scalar: str) -> None:
    text = in_map(scalar, key="kubeadm.yaml")
    f = kc.loads(text)
    f.kubelet.max_pods = 64
    f.cluster.networking.pod_subnet = "10.42.0.0/16"
    f.kubelet.cluster_dns[0] = "10.43.0.10"
    wanted = text.replace("110", "64").replace("10.244.0.0/16", "10.42.0.0/16").replace("10.96.0.10", "10.43.0.10")
    assert f.text == wanted
    assert kc.loads(f.text).kubelet == f.kubelet
    bad = kc.loads(text.replace("110", "-5").replace("clusterDNS", "clusterDN"))
    report = kc.check(bad)
    assert [p.code for p in report.errors] == ["strict.unknown", "kubelet.maxPods.nonnegative"]
    assert report.errors[0].excerpt is not None
    assert report.errors[0].excerpt[(report.errors[0].column or 0) - 1 :].startswith("clusterDN")
    report.errors[0].fix.apply()
    assert bad.text == text.replace("110", "-5")


def test_a_document_inside_is_taken_out_by_the_path_of_its_string() -> None:
    f = kc.loads(DUMPS["kept"])
    with pytest.raises(ValueError, match="take its key out by path"):
        f.remove(f.cluster)
    f.documents[0].unset("data.ClusterConfiguration")
    assert "cluster" not in f
    assert f.text == in_map("", key="other").replace("other: ", "other: a\n")


# -- checking ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", DUMPS)
def test_a_check_judges_what_is_inside_at_its_place_in_the_dump(name: str) -> None:
    text = DUMPS[name].replace("10.244.0.0/16", "10.244.0.0/30").replace("kubernetesVersion", "kubernetesVersio")
    report = kc.check_text(text, kubernetes="1.34")
    lines = text.splitlines()
    found = {p.code: lines[(p.line or 0) - 1][(p.column or 0) - 1 :] for p in report.errors}
    assert found["strict.unknown"].lstrip("\"'").startswith("kubernetesVersio")
    assert found["kubeadm.networking.podSubnet.min-addresses"].lstrip("\"'").startswith("10.244.0.0/30")
    assert {(p.kind, p.document) for p in report.errors} == {("ClusterConfiguration", 0)}
    assert not [p for p in report if p.code in ("decode.apiVersion", "file.foreign", "document.foreign")]


@pytest.mark.parametrize("name", DUMPS)
def test_a_fix_is_made_inside_the_string(name: str) -> None:
    f = kc.loads(DUMPS[name].replace("kubernetesVersion", "kubernetesVersio"))
    (problem,) = [p for p in kc.check(f, kubernetes="1.34").problems if p.code == "strict.unknown"]
    assert problem.fix.description == "rename kubernetesVersio to kubernetesVersion"
    problem.fix.apply()
    assert f.text == DUMPS[name]


def test_the_minor_is_the_one_that_a_document_inside_names() -> None:
    report = kc.check_text(DUMPS["literal"])
    assert report.ok
    assert not [problem for problem in report if problem.code == "kubernetes.assumed"]


def test_each_string_of_a_dump_is_judged_and_other_texts_are_not() -> None:
    text = (
        in_map("|\n" + indented(CLUSTER, 4))
        + "  kubelet: |\n"
        + indented(KUBELET.replace("110", "-5"), 4)
        + "  kubeconfig.conf: |\n    apiVersion: v1\n    kind: Config\n---\n"
        + in_map("|\n" + indented(KUBELET.replace("maxPods", "maxPod"), 4), key="x")
    )
    report = kc.check_text(text)
    assert [(p.code, p.line, p.document) for p in report.errors] == [
        ("kubelet.maxPods.nonnegative", 18, 0),
        ("strict.unknown", 32, 1),
    ]


def test_a_string_that_is_no_yaml_but_should_hold_a_document_is_an_error() -> None:
    report = kc.check_text(in_map("|\n" + indented(CLUSTER.replace("apiServer: {}", "apiServer: {"), 4)))
    assert [(p.code, p.line, p.column, p.related[0].line) for p in report.errors] == [("yaml.syntax", 8, 16, 6)]


@pytest.mark.parametrize("asked", [{"rules": "kubernetes"}, {"rules": "decode"}, {"command": "init"}], ids=str)
def test_the_programs_themselves_refuse_a_dump(asked: Any) -> None:
    assert "decode.apiVersion" in {problem.code for problem in kc.check_text(DUMPS["literal"], **asked).errors}


def test_a_config_map_beside_kubeadm_s_own_documents_is_what_kubeadm_refuses() -> None:
    report = kc.check_text(CLUSTER + "---\n" + DUMPS["literal"])
    assert [problem.code for problem in report.errors] == ["decode.apiVersion"]


def test_a_string_is_a_file_of_its_own_and_has_each_kind_once() -> None:
    apart = in_map("|\n" + indented(KUBELET, 4)) + "  other: |\n" + indented(KUBELET, 4)
    assert kc.check_text(apart).ok
    together = in_map("|\n" + indented(f"{KUBELET}---\n{KUBELET}", 4))
    assert [problem.code for problem in kc.check_text(together).errors] == ["kubeadm.document.duplicate-kind"]
