"""Typed edits as texts: given a document, when its object is edited, then this document; nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.kubeadm.v1beta4 import (
    Arg,
    ClusterConfiguration,
    Discovery,
    FileDiscovery,
    JoinConfiguration,
    LocalEtcd,
    Networking,
    Taint,
)

INIT = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
OLD_CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n"
JOIN = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n"
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

Edit = Callable[[kc.ConfigFile], object]


def edited(head: str, body: str, edit: Edit) -> str:
    """The body of a document of one kind behind an edit; the head has to stay."""
    file = kc.loads(head + body)
    edit(file)
    assert file.text.startswith(head)
    assert kc.loads(file.text).documents[0].obj == file.documents[0].obj
    return file.text[len(head) :]


def assign(path: str, value: Any) -> Edit:
    """`assign("init.node_registration.taints", [])` edits as the user's assignment would."""
    *parents, last = path.split(".")

    def edit(file: kc.ConfigFile) -> None:
        setattr(at(file, parents), last, value)

    return edit


def append(path: str, value: Any) -> Edit:
    return lambda file: at(file, path.split(".")).append(value)


def put(path: str, key: str, value: Any) -> Edit:
    return lambda file: at(file, path.split(".")).__setitem__(key, value)


def null(path: str) -> Edit:
    *parents, last = path.split(".")
    return lambda file: kc.set_null(at(file, parents), last)


def at(file: Any, names: list[str]) -> Any:
    for name in names:
        file = getattr(file, name)
    return file


# -- from absent, null, empty and set ----------------------------------------------------------------------------------
TAINT = Taint(key="a", effect="NoSchedule")
TAINTS = "nodeRegistration:\n  taints:\n  - key: a\n    effect: NoSchedule\n"
B_TAINTS = "nodeRegistration:\n  taints:\n  - key: b\n    effect: NoExecute\n"
AB_TAINTS = B_TAINTS + "  - key: a\n    effect: NoSchedule\n"
TAINTS_PATH = "init.node_registration.taints"

LISTS = [
    ("", assign(TAINTS_PATH, []), "nodeRegistration:\n  taints: []\n"),
    ("", assign(TAINTS_PATH, None), ""),
    ("", assign(TAINTS_PATH, [TAINT]), TAINTS),
    ("", append(TAINTS_PATH, TAINT), TAINTS),
    ("", null(TAINTS_PATH), "nodeRegistration:\n  taints: null\n"),
    ("nodeRegistration:\n", assign(TAINTS_PATH, []), "nodeRegistration:\n  taints: []\n"),
    ("nodeRegistration: # this node\n", append(TAINTS_PATH, TAINT), TAINTS.replace(":\n", ": # this node\n", 1)),
    ("nodeRegistration: {}\n", append(TAINTS_PATH, TAINT), TAINTS),
    ("nodeRegistration: {name: a}\n", assign(TAINTS_PATH, []), "nodeRegistration: {name: a, taints: []}\n"),
    ("nodeRegistration:\n  taints:\n", assign(TAINTS_PATH, []), "nodeRegistration:\n  taints: []\n"),
    ("nodeRegistration:\n  taints: ~\n", assign(TAINTS_PATH, []), "nodeRegistration:\n  taints: []\n"),
    ("nodeRegistration:\n  taints: null\n", assign(TAINTS_PATH, None), "nodeRegistration: {}\n"),
    ("nodeRegistration:\n  taints: null\n", append(TAINTS_PATH, TAINT), TAINTS),
    ("nodeRegistration:\n  taints: ~\n", null(TAINTS_PATH), "nodeRegistration:\n  taints: ~\n"),
    ("nodeRegistration:\n  taints: []\n", assign(TAINTS_PATH, []), "nodeRegistration:\n  taints: []\n"),
    ("nodeRegistration:\n  taints: []\n", assign(TAINTS_PATH, None), "nodeRegistration: {}\n"),
    ("nodeRegistration:\n  taints: [ ]\n", append(TAINTS_PATH, TAINT), TAINTS),
    ("nodeRegistration:\n  taints: []\n", null(TAINTS_PATH), "nodeRegistration:\n  taints: null\n"),
    (B_TAINTS, assign(TAINTS_PATH, []), "nodeRegistration:\n  taints: []\n"),
    (B_TAINTS, assign(TAINTS_PATH, None), "nodeRegistration: {}\n"),
    (B_TAINTS, append(TAINTS_PATH, TAINT), AB_TAINTS),
    (B_TAINTS, null(TAINTS_PATH), "nodeRegistration:\n  taints: null\n"),
]


@pytest.mark.parametrize(("before", "edit", "after"), LISTS)
def test_a_list_keeps_absent_null_and_empty_apart(before: str, edit: Edit, after: str) -> None:
    assert edited(INIT, before, edit) == after


MAPS = [
    ("", put("kubelet.feature_gates", "X", True), "featureGates:\n  X: true\n"),
    ("featureGates:\n", put("kubelet.feature_gates", "X", True), "featureGates:\n  X: true\n"),
    ("featureGates: {}\n", put("kubelet.feature_gates", "X", True), "featureGates:\n  X: true\n"),
    ("featureGates: {A: true}\n", put("kubelet.feature_gates", "X", True), "featureGates: {A: true, X: true}\n"),
    (
        "featureGates: # all\n  A: true\n",
        put("kubelet.feature_gates", "X", False),
        "featureGates: # all\n  A: true\n  X: false\n",
    ),
    (
        "featureGates:\n  A: true\n  Z: true\n",
        put("kubelet.feature_gates", "X", True),
        "featureGates:\n  A: true\n  X: true\n  Z: true\n",
    ),
    ("featureGates:\n  A: true # x\n", put("kubelet.feature_gates", "A", False), "featureGates:\n  A: false # x\n"),
    ("featureGates:\n  A: true\n", assign("kubelet.feature_gates", {}), "featureGates: {}\n"),
    ("featureGates:\n  A: true\n", assign("kubelet.feature_gates", None), ""),
    ("", assign("kubelet.feature_gates", {}), "featureGates: {}\n"),
    ("", lambda f: f.kubelet.feature_gates.get("X"), ""),
    (
        "evictionHard:\n  memory.available: 100Mi\n",
        put("kubelet.eviction_hard", "nodefs.available", "10%"),
        "evictionHard:\n  memory.available: 100Mi\n  nodefs.available: 10%\n",
    ),
]


@pytest.mark.parametrize(("before", "edit", "after"), MAPS)
def test_a_map_takes_items_whether_or_not_it_is_there(before: str, edit: Edit, after: str) -> None:
    assert edited(KUBELET, before, edit) == after


SCALARS = [
    ("", assign("kubelet.max_pods", 64), "maxPods: 64\n"),
    ("maxPods: 110\n", assign("kubelet.max_pods", 64), "maxPods: 64\n"),
    ("maxPods: 110 # many\n", assign("kubelet.max_pods", None), ""),
    ("maxPods: null\n", assign("kubelet.max_pods", 64), "maxPods: 64\n"),
    ("maxPods:\n", assign("kubelet.max_pods", 64), "maxPods: 64\n"),
    ("maxPods: 110\n", null("kubelet.max_pods"), "maxPods: null\n"),
    ("maxPods: 0x6e\n", assign("kubelet.max_pods", 110), "maxPods: 0x6e\n"),
    ("failSwapOn: yes\n", assign("kubelet.fail_swap_on", True), "failSwapOn: yes\n"),
    ("failSwapOn: yes\n", assign("kubelet.fail_swap_on", False), "failSwapOn: false\n"),
    ("cgroupDriver: 'cgroupfs'\n", assign("kubelet.cgroup_driver", "systemd"), "cgroupDriver: 'systemd'\n"),
    ("", assign("kubelet.cgroup_driver", ""), 'cgroupDriver: ""\n'),
    ("", assign("kubelet.cgroup_driver", "on"), 'cgroupDriver: "on"\n'),
    ("", assign("kubelet.cluster_domain", "1e3"), 'clusterDomain: "1e3"\n'),
]


@pytest.mark.parametrize(("before", "edit", "after"), SCALARS)
def test_a_scalar_changes_alone(before: str, edit: Edit, after: str) -> None:
    assert edited(KUBELET, before, edit) == after


DURATIONS = [
    ("syncFrequency: 60s # often\n", "1m", "syncFrequency: 60s # often\n"),
    ("syncFrequency: 60s\n", timedelta(minutes=1), "syncFrequency: 60s\n"),
    ("syncFrequency: 60s\n", kc.Duration("1m0s"), "syncFrequency: 60s\n"),
    ("syncFrequency: 60s\n", "90s", "syncFrequency: 90s\n"),
    ('syncFrequency: "60s"\n', timedelta(seconds=90), 'syncFrequency: "1m30s"\n'),
    ("", "90s", "syncFrequency: 90s\n"),
    ("", timedelta(seconds=90), "syncFrequency: 1m30s\n"),
    ("syncFrequency: 60s\n", None, ""),
]


@pytest.mark.parametrize(("before", "value", "after"), DURATIONS)
def test_a_duration_that_is_equal_in_value_keeps_its_text(before: str, value: Any, after: str) -> None:
    assert edited(KUBELET, before, assign("kubelet.sync_frequency", value)) == after


# -- objects -----------------------------------------------------------------------------------------------------------
NESTED = [
    ("", assign("cluster.networking.pod_subnet", "10.1.0.0/16"), "networking:\n  podSubnet: 10.1.0.0/16\n"),
    (
        "networking:\n",
        assign("cluster.networking.pod_subnet", "10.1.0.0/16"),
        "networking:\n  podSubnet: 10.1.0.0/16\n",
    ),
    (
        "networking:\n    dnsDomain: a.b\n",
        assign("cluster.networking.pod_subnet", "10.1.0.0/16"),
        "networking:\n    podSubnet: 10.1.0.0/16\n    dnsDomain: a.b\n",
    ),
    ("", assign("cluster.networking", Networking(dns_domain="x.y")), "networking:\n  dnsDomain: x.y\n"),
    ("", assign("cluster.networking", Networking()), "networking: {}\n"),
    ("", lambda f: f.cluster.networking.pod_subnet, ""),
    ("networking:\n  podSubnet: 10.1.0.0/16\n", assign("cluster.networking", None), ""),
    ("", append("cluster.api_server.cert_sans", "a.b"), "apiServer:\n  certSANs:\n  - a.b\n"),
    (
        "apiServer:\n  certSANs: # names\n    - a.b # first\n",
        append("cluster.api_server.cert_sans", "c.d"),
        "apiServer:\n  certSANs: # names\n    - a.b # first\n    - c.d\n",
    ),
    ("", assign("cluster.etcd.local", LocalEtcd(data_dir="/x")), "etcd:\n  local:\n    dataDir: /x\n"),
    ("", assign("cluster.etcd.local", LocalEtcd()), "etcd:\n  local: {}\n"),
    ("etcd:\n  local: {}\n", assign("cluster.etcd.local.data_dir", "/x"), "etcd:\n  local:\n    dataDir: /x\n"),
    ("etcd:\n  local:\n    dataDir: /x\n", assign("cluster.etcd.local", None), "etcd: {}\n"),
    ("etcd:\n  local:\n    dataDir: /x\n", null("cluster.etcd.local"), "etcd:\n  local: null\n"),
    ("etcd:\n  local:\n", assign("cluster.etcd.local", LocalEtcd(data_dir="/x")), "etcd:\n  local:\n    dataDir: /x\n"),
]


@pytest.mark.parametrize(("before", "edit", "after"), NESTED)
def test_objects_come_into_being_with_what_is_put_into_them(before: str, edit: Edit, after: str) -> None:
    assert edited(CLUSTER, before, edit) == after


def test_an_object_behind_a_pointer_is_none_until_it_is_set() -> None:
    file = kc.loads(JOIN)
    assert file.join.discovery.file is None
    file.join.discovery.file = FileDiscovery(kube_config_path="/c")
    assert file.text == JOIN + "discovery:\n  file:\n    kubeConfigPath: /c\n"
    join = file.get(JoinConfiguration)
    assert join is not None
    join.discovery = Discovery()
    assert file.text == JOIN + "discovery: {}\n"


ARGS = """\
apiServer:
  extraArgs:
  # loud
  - name: v
    value: "2"

  # modes
  - name: authorization-mode
    value: Node,RBAC   # both
  - {name: profiling, value: "false"}
"""


def arguments(file: kc.ConfigFile) -> list[Arg]:
    cluster = file.get(ClusterConfiguration)
    assert cluster is not None
    return cluster.api_server.extra_args


def argument(file: kc.ConfigFile, name: str) -> Arg:
    return next(argument for argument in arguments(file) if argument.name == name)


def test_one_item_of_a_list_of_mappings_changes_alone() -> None:
    def edit(file: kc.ConfigFile) -> None:
        argument(file, "authorization-mode").value = "Node"
        argument(file, "profiling").value = "true"

    after = ARGS.replace("Node,RBAC   #", "Node   #").replace('"false"', '"true"')
    assert edited(CLUSTER, ARGS, edit) == after


def test_an_item_put_into_the_middle_is_one_insertion() -> None:
    def edit(file: kc.ConfigFile) -> None:
        arguments(file).insert(1, Arg(name="audit-log-path", value="-"))

    after = ARGS.replace('"2"\n', '"2"\n  - name: audit-log-path\n    value: "-"\n', 1)
    assert edited(CLUSTER, ARGS, edit) == after


def test_an_item_taken_out_takes_its_comment() -> None:
    def edit(file: kc.ConfigFile) -> None:
        arguments(file).remove(argument(file, "authorization-mode"))

    assert edited(CLUSTER, ARGS, edit) == ARGS.replace(
        "  # modes\n  - name: authorization-mode\n    value: Node,RBAC   # both\n", ""
    )


def test_items_of_one_name_are_told_apart_by_place() -> None:
    body = "apiServer:\n  extraArgs:\n  - name: v\n    value: a # 1\n  - name: v\n    value: b # 2\n"

    def edit(file: kc.ConfigFile) -> None:
        arguments(file)[1].value = "c"

    assert edited(CLUSTER, body, edit) == body.replace("b #", "c #")


UNKNOWN = "networking:\n  podSubnet: 10.1.0.0/16\n  future: {x: [1, 2]} # later\n  dnsDomain: a.b\nnovelty: true\n"


def test_unknown_fields_survive_edits_of_the_object_they_stand_in() -> None:
    def edit(file: kc.ConfigFile) -> None:
        file.cluster.networking.pod_subnet = "10.2.0.0/16"
        file.cluster.networking.dns_domain = None
        file.cluster.cluster_name = "c"

    after = "networking:\n  podSubnet: 10.2.0.0/16\n  future: {x: [1, 2]} # later\nclusterName: c\nnovelty: true\n"
    assert edited(CLUSTER, UNKNOWN, edit) == after


def test_unknown_fields_of_a_list_item_survive_edits_of_the_item() -> None:
    body = "nodeRegistration:\n  taints:\n  - key: a\n    effect: NoSchedule\n    future: 1 # later\n"
    after = edited(INIT, body, lambda f: setattr(f.init.node_registration.taints[0], "value", "v"))
    assert after == body.replace("key: a\n", "key: a\n    value: v\n")


# -- what cannot be written --------------------------------------------------------------------------------------------
WRONG = [
    (KUBELET, "maxPods: 110\n", "kubelet.max_pods", "many", 110, "maxPods"),
    (KUBELET, "maxPods: 110\n", "kubelet.max_pods", 1.5, 110, "maxPods"),
    (KUBELET, "failSwapOn: true\n", "kubelet.fail_swap_on", "yes", True, "failSwapOn"),
    (KUBELET, "", "kubelet.cluster_dns", "10.96.0.10", None, "clusterDNS"),
    (KUBELET, "", "kubelet.cluster_dns", ["10.96.0.10", 7], None, "clusterDNS[1]"),
    (KUBELET, "", "kubelet.feature_gates", {"X": "true"}, None, "featureGates.X"),
    (KUBELET, "", "kubelet.feature_gates", {1: True}, None, "featureGates"),
    (CLUSTER, "networking:\n  podSubnet: a\n", "cluster.networking.pod_subnet", 10, "a", "networking.podSubnet"),
    (CLUSTER, "", "cluster.networking", "10.1.0.0/16", None, "networking"),
    (CLUSTER, "", "cluster.etcd.local", ["x"], None, "etcd.local"),
]


@pytest.mark.parametrize(("head", "body", "path", "wrong", "right", "field"), WRONG)
def test_a_value_of_the_wrong_type_is_refused_when_it_is_to_be_written(
    head: str, body: str, path: str, wrong: Any, right: Any, field: str
) -> None:
    file = kc.loads(head + body)
    assign(path, wrong)(file)
    asks: list[Callable[[], object]] = [
        lambda: file.text,
        lambda: bytes(file),
        file.diff,
        lambda: file.documents[0].get("kind"),
    ]
    for ask in asks:
        with pytest.raises(kc.EditError) as refused:
            ask()
        assert field in [problem.path for problem in refused.value.problems]
    *parents, last = path.split(".")
    assert getattr(at(file, parents), last) == wrong
    assign(path, right)(file)
    assert file.text == head + body


def test_another_edit_waits_for_the_wrong_one_to_be_set_back() -> None:
    file = kc.loads(KUBELET + "maxPods: 110\n")
    file.kubelet.max_pods = "many"  # type: ignore[assignment]  # that is the mistake
    file.kubelet.cgroup_driver = "systemd"
    with pytest.raises(kc.EditError, match="maxPods"):
        file.documents[0].set("podPidsLimit", 4)
    file.kubelet.max_pods = 64
    assert file.text == KUBELET + "cgroupDriver: systemd\nmaxPods: 64\n"


@pytest.mark.parametrize("value", ["one week", "1", "3 h", "-"])
def test_text_that_is_no_duration_is_refused_at_once(value: str) -> None:
    file = kc.loads(KUBELET)
    with pytest.raises(ValueError, match="duration"):
        file.kubelet.sync_frequency = value
    assert file.text == KUBELET


SHARED = """\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  certSANs: &names
  - a.b
  extraVolumes:
  - &disk {name: d, hostPath: /d, mountPath: /d}
scheduler:
  extraVolumes:
  - *disk
x-names: *names
"""


def test_what_an_alias_shares_is_refused_naming_both_lines_and_setting_back_clears_it() -> None:
    file = kc.loads(SHARED)
    file.cluster.scheduler.extra_volumes[0].host_path = "/e"
    with pytest.raises(kc.EditError, match="alias") as refused:
        _ = file.text
    assert [problem.line for problem in refused.value.problems] == [10]
    file.cluster.scheduler.extra_volumes[0].host_path = "/d"
    assert file.text == SHARED


def test_an_edit_by_path_may_put_a_copy_in_the_place_of_the_alias() -> None:
    file = kc.loads(SHARED)
    document = file.documents[0]
    with pytest.raises(kc.EditError):
        document.set("scheduler.extraVolumes[0].hostPath", "/e")
    document.set("scheduler.extraVolumes[0].hostPath", "/e", inline=True)
    assert file.text == SHARED.replace("  - *disk\n", "  - name: d\n    hostPath: /e\n    mountPath: /d\n")
    assert file.cluster.scheduler.extra_volumes[0].host_path == "/e"


# -- typed and by path -------------------------------------------------------------------------------------------------
def test_edits_by_path_and_of_objects_see_each_other_at_once() -> None:
    file = kc.loads(KUBELET + "maxPods: 110\nclusterDNS: [10.96.0.10]\n")
    kubelet, document = file.kubelet, file.documents[0]
    servers = kubelet.cluster_dns
    kubelet.max_pods = 64
    assert document.get("maxPods") == 64
    document.set("maxPods", 32)
    assert document.obj is kubelet
    assert kubelet.max_pods == document.get("maxPods") == 32
    document.append("clusterDNS", "10.96.0.11")
    servers.append("10.96.0.12")
    document.unset("maxPods")
    assert not kc.is_set(kubelet, "max_pods")
    assert file.text == KUBELET + "clusterDNS: [10.96.0.10, 10.96.0.11, 10.96.0.12]\n"
    assert kubelet.cluster_dns is servers


def test_an_object_keeps_its_identity_and_so_do_those_inside() -> None:
    file = kc.loads(CLUSTER + "apiServer:\n  extraArgs:\n  - name: v\n    value: '1'\n  - name: w\n    value: '2'\n")
    cluster, server = file.cluster, file.cluster.api_server
    second = arguments(file)[1]
    file.documents[0].remove("apiServer.extraArgs[0]")
    file.documents[0].set("apiServer.extraArgs[w]", "3")
    assert file.cluster is cluster
    assert cluster.api_server is server
    assert arguments(file) == [second]
    assert second.value == "3"


def test_an_undone_edit_leaves_no_trace() -> None:
    text = CLUSTER + "networking: # net\n    podSubnet:   '10.1.0.0/16'  # pods\n"
    file = kc.loads(text)
    file.cluster.networking.pod_subnet = "10.2.0.0/16"
    file.cluster.cluster_name = "c"
    assert file.diff()
    file.cluster.networking.pod_subnet = "10.1.0.0/16"
    file.cluster.cluster_name = None
    assert file.text == text
    assert file.diff() == ""


# -- arguments in map and in list form ---------------------------------------------------------------------------------
MAP_ARGS = "apiServer:\n  extraArgs:\n    authorization-mode: Node\n    v: '2'\n"
LIST_ARGS = "apiServer:\n  extraArgs:\n  - name: authorization-mode\n    value: Node\n  - name: v\n    value: '2'\n"
FORMS = pytest.mark.parametrize(("head", "body"), [(OLD_CLUSTER, MAP_ARGS), (CLUSTER, LIST_ARGS)], ids=["map", "list"])


@FORMS
def test_an_argument_is_read_and_changed_by_its_name(head: str, body: str) -> None:
    file = kc.loads(head + body)
    document = file.documents[0]
    assert document.get("apiServer.extraArgs[v]") == "2"
    assert document.get("apiServer.extraArgs[w]", None) is None
    with pytest.raises(KeyError):
        document.get("apiServer.extraArgs[w]")
    document.set("apiServer.extraArgs[v]", "4")
    assert file.text == head + body.replace("'2'", "'4'")


@FORMS
def test_an_argument_is_added_by_its_name(head: str, body: str) -> None:
    file = kc.loads(head + body)
    file.documents[0].set("apiServer.extraArgs[w]", "x")
    assert file.text == head + body + ("    w: x\n" if head is OLD_CLUSTER else "  - name: w\n    value: x\n")


@FORMS
def test_an_argument_is_taken_out_by_its_name(head: str, body: str) -> None:
    file = kc.loads(head + body)
    file.documents[0].unset("apiServer.extraArgs[w]")
    assert file.text == head + body
    file.documents[0].unset("apiServer.extraArgs[authorization-mode]")
    gone = (
        "    authorization-mode: Node\n" if head is OLD_CLUSTER else "  - name: authorization-mode\n    value: Node\n"
    )
    assert file.text == head + body.replace(gone, "")


@pytest.mark.parametrize(
    "body", ["", "apiServer:\n", "apiServer: {}\n", "apiServer:\n  extraArgs:\n", "apiServer:\n  extraArgs: []\n"]
)
def test_an_argument_by_name_makes_the_list_it_stands_in(body: str) -> None:
    file = kc.loads(CLUSTER + body)
    file.documents[0].set("apiServer.extraArgs[v]", "2")
    assert file.text == CLUSTER + 'apiServer:\n  extraArgs:\n  - name: v\n    value: "2"\n'


@pytest.mark.parametrize("body", ["", "apiServer: {}\n", "apiServer:\n  extraArgs: {}\n"])
def test_an_argument_by_name_makes_the_map_it_stands_in(body: str) -> None:
    file = kc.loads(OLD_CLUSTER + body)
    file.documents[0].set("apiServer.extraArgs[v]", "2")
    assert file.text == OLD_CLUSTER + 'apiServer:\n  extraArgs:\n    v: "2"\n'
