"""Which files a check looks at, what each one is, and which of them make one cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.checks.intake import Source, clusters

EXAMPLES = Path(__file__).parents[1] / "examples"
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
KUBELET = "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-flannel-cfg}\ndata:\n  net-conf.json: '{}'\n"


def what(text: str, name: str = "a.yaml", *, given: bool = True, folder: Path | None = None) -> str:
    assert folder is not None
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Source.read(path, is_given=given).what


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CLUSTER, "kubeadm"),
        (KUBELET, "kubeadm"),
        (DEPLOYMENT + "---\n" + CLUSTER, "kubeadm"),
        ('{"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration"}', "kubeadm"),
        ('{apiVersion: kubeadm.k8s.io/v1beta4, kind: "ClusterConfiguration"}', "kubeadm"),
        ("apiVersion: kubeadm/v1\nkind: ClusterConfiguration\n", "kubeadm"),
        (CLUSTER + "networking: [\n", "kubeadm"),
        (DEPLOYMENT, "foreign"),
        (DEPLOYMENT + "---\n", "foreign"),
        (DEPLOYMENT + "text: |\n  " + CLUSTER.replace("\n", "\n  "), "foreign"),
        (DEPLOYMENT + "# like kubeadm.k8s.io/v1beta4\n", "foreign"),
        (CONFIG_MAP, "flannel"),
        ("---\n" + DEPLOYMENT + "---\n" + CONFIG_MAP, "flannel"),
        ('{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}', "flannel"),
    ],
)
def test_a_file_is_what_it_holds(text: str, expected: str, given: bool, tmp_path: Path) -> None:
    assert what(text, given=given, folder=tmp_path) == expected


@pytest.mark.parametrize("text", ["", "a: 1\n", "a: [\n", "kind: Deployment\n", "- a\n", "# nothing\n"])
def test_a_file_that_does_not_say_what_it_is_counts_when_it_is_named(text: str, tmp_path: Path) -> None:
    assert what(text, given=True, folder=tmp_path) == "kubeadm"
    assert what(text, given=False, folder=tmp_path) == "foreign"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version = 3\n", "containerd"),
        ('[plugins."io.containerd.grpc.v1.cri"]\n', "containerd"),
        ("disabled_plugins = [", "containerd"),
        ('[project]\nversion = "1"\n', "foreign"),
        ('[host."http://192.0.2.1:5000"]\n', "foreign"),
        ("", "foreign"),
    ],
)
def test_toml_is_containerds_or_foreign(text: str, expected: str, tmp_path: Path) -> None:
    assert what(text, "config.toml", folder=tmp_path) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan",}}', "flannel"),
        ('{"EnableIPv6": true, "Backend": {}}', "flannel"),
        ('{"keys": {"Network": {}, "Backend": {"Type": {}}}}', "foreign"),
        ('{"Network": {"type": "string"}, "Backend": {"type": "object"}}', "foreign"),
    ],
)
def test_a_net_conf_is_known_by_its_keys(text: str, expected: str, tmp_path: Path) -> None:
    assert what(text, "net-conf.json", given=False, folder=tmp_path) == expected


def names(*sources: str | Path) -> list[list[tuple[str, str]]]:
    return [[(Path(source.name).name, source.what) for source in cluster] for cluster in clusters(sources)]


def test_a_directory_is_one_cluster() -> None:
    assert names(EXAMPLES / "wx-omega") == [
        [("030-flannel.yaml", "flannel"), ("containerd-config.toml", "containerd"), ("kubeadm.yaml", "kubeadm")]
    ]


def test_a_directory_below_with_a_cluster_is_one_of_its_own(tmp_path: Path) -> None:
    for name, text in {
        "cluster.yaml": CLUSTER,
        "nodes/kubelet.yml": KUBELET,
        "other/cluster.yaml": CLUSTER,
        "other/nodes/kubelet.yaml": KUBELET,
        "other/nodes/app.yaml": DEPLOYMENT,
        ".git/cluster.yaml": CLUSTER,
        ".kubeadm-cfg.toml": "",
        "kubeadm.conf": CLUSTER,
        "sshd.conf": "Port 22\n",
        "README.md": CLUSTER,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert names(tmp_path) == [
        [("cluster.yaml", "kubeadm"), ("kubeadm.conf", "kubeadm"), ("kubelet.yml", "kubeadm")],
        [("cluster.yaml", "kubeadm"), ("app.yaml", "foreign"), ("kubelet.yaml", "kubeadm")],
    ]
    assert names(tmp_path / "cluster.yaml", tmp_path / "other")[0][0] == ("cluster.yaml", "kubeadm")
    assert len(names(tmp_path / "cluster.yaml", tmp_path / "other")) == 1


def test_a_loaded_file_is_the_one_that_is_checked() -> None:
    f = kc.loads(CLUSTER)
    assert clusters([f])[0][0].file is f


def test_what_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        clusters([tmp_path / "a.yaml"])
