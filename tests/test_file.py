"""A file as a whole: looking up, adding and taking out documents, comments, documents inside strings, places."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.kubeadm import AnyClusterConfiguration, v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
from kubeadm_cfg.source.comments import Where

CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
OLD_CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n"
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
PROXY = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
FOREIGN = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n"
INIT = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"


def joined(*documents: str) -> str:
    return "---\n".join(documents)


# -- looking up --------------------------------------------------------------------------------------------------------
def test_documents_are_counted_as_a_yaml_parser_counts_them() -> None:
    file = kc.loads(joined(KUBELET, FOREIGN, "# nothing\n", "a: 1\n"))
    assert [document.kind for document in file.documents] == ["KubeletConfiguration", "ConfigMap", None, None]
    assert [document.obj is None for document in file.documents] == [False, True, True, True]
    assert file.documents[2].to_dict() == {}
    assert file.documents[3].to_dict() == {"a": 1}


@pytest.mark.parametrize(("text", "count"), [("", 0), ("\n# only\n", 0), ("---\n", 1), ("a: 1\n...\n# lost\n", 1)])
def test_a_text_may_have_no_document(text: str, count: int) -> None:
    file = kc.loads(text)
    assert len(file.documents) == count
    assert file.text == text


def test_an_object_is_found_by_name_class_and_base_of_all_versions() -> None:
    file = kc.loads(joined(FOREIGN, OLD_CLUSTER, KUBELET))
    assert file.cluster is file.get("ClusterConfiguration")
    assert file.cluster is file.get(AnyClusterConfiguration)
    assert file.cluster is file.get(v1beta3.ClusterConfiguration)
    assert file.get(v1beta4.ClusterConfiguration) is None
    assert file.get(v1beta4.ClusterConfiguration, "none") == "none"
    assert file.kubelet is file.get(KubeletConfiguration)


def test_a_kind_is_asked_for_by_short_name_name_and_class() -> None:
    file = kc.loads(KUBELET)
    assert "kubelet" in file
    assert "KubeletConfiguration" in file
    assert KubeletConfiguration in file
    assert "kube_proxy" not in file
    assert KubeProxyConfiguration not in file


def test_the_first_of_several_is_the_one_and_all_gives_the_others_too() -> None:
    file = kc.loads(joined(CLUSTER + "clusterName: a\n", KUBELET, OLD_CLUSTER + "clusterName: b\n"))
    assert file.cluster.cluster_name == "a"
    assert [cluster.cluster_name for cluster in file.all(AnyClusterConfiguration)] == ["a", "b"]
    assert [cluster.cluster_name for cluster in file.all(v1beta3.ClusterConfiguration)] == ["b"]
    assert file.all("JoinConfiguration") == []


@pytest.mark.parametrize("name", ["init", "cluster", "join", "reset", "upgrade", "kube_proxy"])
def test_a_missing_document_is_named_with_what_is_there(name: str) -> None:
    with pytest.raises(kc.MissingDocument, match="KubeletConfiguration") as missing:
        getattr(kc.loads(KUBELET, name="n.yaml"), name)
    assert "n.yaml" in str(missing.value)
    assert isinstance(missing.value, (kc.ConfigError, LookupError))


def test_an_object_is_the_same_one_every_time() -> None:
    file = kc.loads(KUBELET)
    assert file.kubelet is file.kubelet is file.documents[0].obj


def test_a_document_that_does_not_decode_is_still_edited_by_path() -> None:
    file = kc.loads(KUBELET + "maxPods: many\n", name="n.yaml")
    with pytest.raises(kc.DecodeError) as refused:
        _ = file.kubelet
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.column, problem.path) == ("n.yaml", 3, 10, "maxPods")
    file.documents[0].set("maxPods", 64)
    assert file.kubelet.max_pods == 64


def test_strict_loading_refuses_unknown_fields_and_wrong_types_at_once() -> None:
    text = joined(KUBELET + "maxPods: many\n", PROXY + "Mode: ipvs\n")
    with pytest.raises(kc.DecodeError) as refused:
        kc.loads(text, strict=True)
    assert [(problem.path, problem.line) for problem in refused.value.problems] == [("maxPods", 3), ("Mode", 7)]


def test_every_broken_document_is_reported() -> None:
    with pytest.raises(kc.ParseError) as refused:
        kc.loads("a: [\n---\nb: 1\n---\nc: }\n", name="n.yaml")
    assert [(problem.document, problem.line) for problem in refused.value.problems] == [(0, 2), (2, 5)]
    assert pickle.loads(pickle.dumps(refused.value)).problems == refused.value.problems


def test_an_open_file_is_read_as_text_or_bytes(tmp_path: Path) -> None:
    (tmp_path / "k.yaml").write_bytes(b"\xef\xbb\xbf" + KUBELET.replace("\n", "\r\n").encode())
    with (tmp_path / "k.yaml").open("rb") as binary, (tmp_path / "k.yaml").open(encoding="utf-8", newline="") as text:
        assert bytes(kc.load(binary)) == bytes(kc.load(text)) == (tmp_path / "k.yaml").read_bytes()
    assert kc.load(io.StringIO(KUBELET)).text == KUBELET


def test_a_span_is_where_the_document_stands_in_the_text() -> None:
    text = "# head\n---\n" + joined(KUBELET, PROXY)
    file = kc.loads(text)
    assert [text[slice(*document.span)] for document in file.documents] == [KUBELET, PROXY]
    file.kubelet.max_pods = 64
    start, end = file.documents[1].span
    assert file.text[start:end] == PROXY


# -- documents come and go ---------------------------------------------------------------------------------------------
ADDED = [
    ("", INIT),
    ("# only\n", "# only\n" + INIT),
    (KUBELET, joined(KUBELET, INIT)),
    (KUBELET.rstrip("\n"), joined(KUBELET, INIT)),
    (KUBELET + "...\n", KUBELET + "...\n---\n" + INIT),
    (KUBELET + "---\n", joined(KUBELET, INIT)),
    (KUBELET + "---\n# to do\n", joined(KUBELET, "# to do\n" + INIT)),
    (KUBELET + "# tail\n", joined(KUBELET + "# tail\n", INIT)),
    ("\ufeff" + KUBELET, "\ufeff" + joined(KUBELET, INIT)),
    (KUBELET.replace("\n", "\r\n"), joined(KUBELET, INIT).replace("\n", "\r\n")),
]


@pytest.mark.parametrize(("before", "after"), ADDED)
def test_a_document_is_added_at_the_end_and_gone_without_a_trace_when_removed(before: str, after: str) -> None:
    file = kc.loads(before)
    added = v1beta4.InitConfiguration()
    file.add(added)
    assert file.text == after
    assert file.init is added
    assert kc.loads(after).init == added
    file.remove(added)
    assert file.text == before
    assert file.diff() == ""
    assert "init" not in file


def test_a_document_is_added_below_a_comment_and_edited_like_any_other() -> None:
    file = kc.loads(KUBELET)
    proxy = KubeProxyConfiguration(mode="ipvs")
    file.add(proxy, comment="services\n\nof this cluster")
    proxy.mode = "nftables"
    file.documents[1].set("ipvs.scheduler", "rr")
    proxy_text = PROXY + "mode: nftables\nipvs:\n  scheduler: rr\n"
    assert file.text == joined(KUBELET, "# services\n#\n# of this cluster\n" + proxy_text)
    assert file.kube_proxy is proxy
    assert proxy.ipvs.scheduler == "rr"


def test_a_document_that_cannot_be_written_is_not_added() -> None:
    file = kc.loads(KUBELET)
    with pytest.raises(kc.EditError, match="certificateKey"):
        file.add(v1beta4.InitConfiguration(certificate_key=7))  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(kc.EditError, match="control"):
        file.add(v1beta4.InitConfiguration(), comment="\x00")
    assert len(file.documents) == 1
    assert file.text == KUBELET


def test_ensure_gives_what_is_there_or_adds_it_in_the_version_of_the_file() -> None:
    file = kc.loads(OLD_CLUSTER)
    assert file.ensure("ClusterConfiguration") is file.cluster
    init = file.ensure("init")
    assert isinstance(init, v1beta3.InitConfiguration)
    assert file.ensure("kubelet") is file.ensure(KubeletConfiguration) is file.kubelet
    assert file.text == joined(OLD_CLUSTER, INIT.replace("v1beta4", "v1beta3"), KUBELET)
    with pytest.raises(ValueError, match="ClusterConfig"):
        file.ensure("ClusterConfig")


REMOVED = [
    (joined(KUBELET, CLUSTER), CLUSTER),
    (joined(CLUSTER, KUBELET), CLUSTER),
    (joined(CLUSTER, KUBELET, PROXY), joined(CLUSTER, PROXY)),
    ("# head\n---\n" + joined(KUBELET, CLUSTER), "# head\n---\n" + CLUSTER),
    (KUBELET, ""),
]


@pytest.mark.parametrize(("before", "after"), REMOVED)
def test_a_document_goes_with_the_marker_that_sets_it_apart(before: str, after: str) -> None:
    file = kc.loads(before)
    file.remove(file.kubelet)
    assert file.text == after
    assert bytes(kc.loads(after)) == after.encode()


def test_only_objects_of_the_file_are_removed_from_it() -> None:
    file = kc.loads(KUBELET)
    with pytest.raises(ValueError, match="not of this file"):
        file.remove(KubeletConfiguration())
    assert file.text == KUBELET


# -- comments ----------------------------------------------------------------------------------------------------------
COMMENTED = """\
kind: Note
# first
#
#   second
a: 1 # behind
b: |  # header
  text
c:
  # item
  - x  # x
  - y
d: [1, 2]  # both
e: {f: 1}
"""


@pytest.mark.parametrize(
    ("path", "where", "comment"),
    [
        ("a", None, "first\n\n  second"),
        ("a", "above", "first\n\n  second"),
        ("a", "end", "behind"),
        ("b", None, "header"),
        ("b", "above", None),
        ("c", None, None),
        ("c[0]", None, "item"),
        ("c[0]", "end", "x"),
        ("c[1]", None, None),
        ("d", None, "both"),
        ("e", None, None),
        ("kind", None, None),
    ],
)
def test_a_comment_is_read(path: str, where: Where | None, comment: str | None) -> None:
    assert kc.loads(COMMENTED).documents[0].comment(path, where) == comment


@pytest.mark.parametrize(
    ("path", "text", "where", "old", "new"),
    [
        ("a", "new", "above", "# first\n#\n#   second\n", "# new\n"),
        ("a", None, "above", "# first\n#\n#   second\n", ""),
        ("a", "new", "end", "1 # behind", "1 # new"),
        ("a", None, "end", "1 # behind", "1"),
        ("c", "list\n\nof all", "above", "c:\n", "# list\n#\n# of all\nc:\n"),
        ("c", "list", "end", "c:\n", "c:  # list\n"),
        ("c[1]", "why", "above", "  - y\n", "  # why\n  - y\n"),
        ("c[1]", "why", "end", "  - y\n", "  - y  # why\n"),
        ("b", "new", "end", "|  # header", "|  # new"),
        ("e", "map", "end", "{f: 1}\n", "{f: 1}  # map\n"),
        ("kind", "what", "above", "kind: Note\n", "# what\nkind: Note\n"),
    ],
)
def test_a_comment_is_written(path: str, text: str | None, where: Where, old: str, new: str) -> None:
    file = kc.loads(COMMENTED)
    document = file.documents[0]
    data = document.to_dict()
    document.set_comment(path, text, where)
    assert file.text == COMMENTED.replace(old, new)
    assert document.comment(path, where) == text
    assert document.to_dict() == data


@pytest.mark.parametrize(
    ("path", "text", "where"),
    [("x", "t", "above"), ("e.f", "t", "above"), ("e.f", "t", "end"), ("a", "t\nu", "end"), ("a", "\x07", "above")],
)
def test_a_comment_without_a_place_is_refused(path: str, text: str, where: Where) -> None:
    file = kc.loads(COMMENTED)
    with pytest.raises(kc.EditError):
        file.documents[0].set_comment(path, text, where)
    assert file.text == COMMENTED


# -- a document inside a string ----------------------------------------------------------------------------------------
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
data:
  ClusterConfiguration: |
    apiVersion: kubeadm.k8s.io/v1beta4
    clusterName: a   # name
    kind: ClusterConfiguration

    networking:
      podSubnet: 10.1.0.0/16
  other: text
"""


def test_the_document_inside_a_config_map_is_edited_in_its_block_scalar() -> None:
    file = kc.loads(CONFIG_MAP)
    inner = file.documents[0].embedded("data.ClusterConfiguration")
    assert inner.kind == "ClusterConfiguration"
    inner.set("networking.podSubnet", "10.2.0.0/16")
    inner.set("clusterName", "b")
    assert file.text == CONFIG_MAP.replace("10.1.", "10.2.").replace("clusterName: a ", "clusterName: b ")
    assert file.documents[0].embedded("data.ClusterConfiguration") is inner


def test_the_typed_object_inside_a_config_map_is_edited_too() -> None:
    file = kc.loads(CONFIG_MAP)
    cluster = file.documents[0].embedded("data.ClusterConfiguration").obj
    assert isinstance(cluster, AnyClusterConfiguration)
    cluster.networking.pod_subnet = "10.2.0.0/16"
    assert file.text == CONFIG_MAP.replace("10.1.", "10.2.")
    assert "10.2.0.0/16" in file.documents[0].get("data.ClusterConfiguration")


def test_edits_of_the_outer_and_of_the_inner_document_may_alternate() -> None:
    file = kc.loads(CONFIG_MAP)
    outer = file.documents[0]
    outer.embedded("data.ClusterConfiguration").set("clusterName", "b")
    outer.set("data.first", "1")
    outer.embedded("data.ClusterConfiguration").set("clusterName", "c")
    outer.unset("data.first")
    outer.embedded("data.ClusterConfiguration").set("clusterName", "a")
    assert file.text == CONFIG_MAP


@pytest.mark.parametrize("path", ["data", "data.none", "kind[0]"])
def test_where_no_text_stands_no_document_is_embedded(path: str) -> None:
    with pytest.raises(kc.EditError):
        kc.loads(CONFIG_MAP).documents[0].embedded(path)


def test_text_that_is_no_yaml_holds_no_document() -> None:
    file = kc.loads("data:\n  x: 'a: ['\n")
    with pytest.raises(kc.EditError, match="YAML"):
        file.documents[0].embedded("data.x")


@pytest.mark.parametrize("wrong", [None, 5, {"kind": "ClusterConfiguration"}])
def test_what_is_no_file_and_no_object_is_a_type_error(wrong: Any) -> None:
    for call in (kc.load, kc.loads, kc.to_dict, kc.dumps, kc.loads("a: 1\n").add):
        with pytest.raises(TypeError, match=f"not {type(wrong).__name__}"):
            call(wrong)


def test_a_place_that_cannot_be_written_is_named_by_its_own_name(tmp_path: Path) -> None:
    place = tmp_path / "missing" / "kubeadm.yaml"
    with pytest.raises(FileNotFoundError) as caught:
        kc.loads("a: 1\n").save(place)
    assert caught.value.filename == str(place)


def test_a_text_given_for_a_path_is_told_apart() -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        kc.load(CLUSTER)
    assert caught.value.__notes__ == ["this is a text and no path: loads takes texts"]


def test_what_does_not_decode_is_named_and_underlined() -> None:
    with pytest.raises(kc.DecodeError) as refused:
        kc.loads(KUBELET + 'maxPods: "110"\nmaxPod: 3\n', "kubelet.yaml").kubelet  # noqa: B018  # looking is what raises
    assert str(refused.value).splitlines()[:3] == [
        "kubelet.yaml:3:10: error: maxPods must be a whole number, but is a text [decode.type]",
        '  3 | maxPods: "110"',
        "    |          ^^^^^",
    ]
    with pytest.raises(kc.DecodeError) as refused:
        kc.loads(KUBELET + "maxPod: 3\n", "kubelet.yaml", strict=True)
    assert str(refused.value).splitlines()[2] == "    | ^^^^^^"
