"""All advice for the files of one cluster: what it proposes, what it leaves, and the command."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg import flannel
from kubeadm_cfg.__main__ import main
from kubeadm_cfg.advise import ClusterAdvice, cluster

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ("kubeadm.yaml", "030-flannel.yaml", "containerd-config.toml")
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.2\n"


@pytest.fixture
def wx_omega(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "wx-omega", tmp_path / "wx-omega"))


def advised(folder: Path, **arguments: Any) -> ClusterAdvice:
    return cluster(*(folder / name for name in NAMES), **arguments)


def changed(found: ClusterAdvice) -> dict[str, Any]:
    return {one.advice.function: one.advice.choice for one in found.changes}


# -- what is proposed -------------------------------------------------------------------------------------------------
def test_the_example_is_advised_and_left_as_it_is_until_it_is_applied(wx_omega: Path) -> None:
    found = advised(wx_omega, host=kc.Host(name="cp-1"))
    assert changed(found) == {
        "cgroup_driver": "systemd",
        "pod_network": "10.244.0.0/16",
        "service_network": "10.96.0.0/12",
        "node_name": "cp-1",
    }
    assert all(file.diff() == "" for file in found.files)
    assert found.apply() == []
    assert "".join(file.diff() for file in found.files) == found.diff()
    kubeadm, manifest, toml = found.files
    assert isinstance(kubeadm, kc.ConfigFile)
    assert isinstance(toml, kc.containerd.ConfigToml)
    assert (kubeadm.kubelet.cgroup_driver, toml.systemd_cgroup) == ("systemd", True)
    assert kubeadm.cluster.networking.service_subnet == "10.96.0.0/12"
    assert manifest.diff() == ""


def test_nothing_is_left_to_change_in_files_that_follow_the_advice(wx_omega: Path) -> None:
    found = advised(wx_omega)
    found.apply(comment=True)
    once = [file.text for file in found.files]
    again = cluster(*found.files)
    assert (again.changes, again.diff()) == ((), "")
    again.apply()
    assert [file.text for file in found.files] == once


@pytest.mark.parametrize(
    ("networking", "function", "objection"),
    [
        ("podSubnet: 172.32.0.0/16", "pod_network", "range-public"),
        ("podSubnet: 10.96.0.0/16", "pod_network", "range-overlaps"),
        ("podSubnet: 10.0.0.0", "pod_network", "range-unreadable"),
        ("podSubnet: ten", "pod_network", "range-unreadable"),
        ("podSubnet: 172.31.0.0/16", "pod_network", None),
        ("podSubnet: 10.244.0.0/16,fd00:10:244::/56", "pod_network", None),
        ("serviceSubnet: 100.64.0.0/16", "service_network", None),
        ("serviceSubnet: 8.8.0.0/16", "service_network", "range-public"),
        ("serviceSubnet: 192.168.6.0/24", "service_network", "range-overlaps"),
    ],
)
def test_a_range_that_is_there_is_kept_unless_something_speaks_against_it(
    networking: str, function: str, objection: str | None
) -> None:
    f = kc.loads(f"{CLUSTER}networking:\n  {networking}\n")
    found = cluster(f, host=kc.Host(addresses=["192.168.6.9"]))
    (one,) = (one for one in found.proposals if one.advice.function == function)
    if objection is None:
        path, value = networking.split(": ")
        assert (one.files, one.keeps) == ((), {f"networking.{path}": value})
    else:
        assert one.files == (f.name,)
        assert objection in [each.id for each in one.objections]


def test_a_range_that_is_too_small_for_what_is_planned_is_replaced() -> None:
    f = kc.loads(f"{CLUSTER}networking:\n  podSubnet: 10.12.0.0/18\n  serviceSubnet: 10.99.0.0/24\n")
    for more in (0, 1):
        planned = {"pod_network": {"nodes": 64 + more}, "service_network": {"services": 254 + more}}
        found = changed(cluster(f, arguments=planned)).keys() & planned.keys()
        assert found == (planned.keys() if more else set())


def test_pods_move_when_flannel_has_another_range() -> None:
    kubeadm = kc.loads(f"{CLUSTER}networking:\n  podSubnet: 10.12.0.0/16\n")
    conf = flannel.loads('{"Network": "10.13.0.0/16", "Backend": {"Type": "vxlan"}}')
    found = cluster(kubeadm, conf)
    assert changed(found)["pod_network"] == "10.244.0.0/16"
    found.apply()
    assert kubeadm.cluster.networking.pod_subnet == conf.net_conf.network == "10.244.0.0/16"


def test_what_comes_later_sees_what_came_before() -> None:
    f = kc.loads(f"{CLUSTER}networking:\n  podSubnet: 10.96.0.0/12\n  serviceSubnet: 10.96.0.0/12\n")
    found = cluster(f)
    assert changed(found)["pod_network"] == "10.244.0.0/16"
    assert "service_network" not in changed(found)


def test_the_backend_in_use_says_what_network_there_is() -> None:
    conf = flannel.loads('{"Network": "10.244.0.0/16", "Backend": {"Type": "host-gw"}}')
    assert cluster(conf)["flannel_backend"].choice == "host-gw"
    told = {"flannel_backend": {"environment": "cloud"}}
    assert changed(cluster(conf, arguments=told)) == {"flannel_backend": "vxlan"}


def test_a_scheduler_is_advised_only_where_the_traffic_is_known() -> None:
    f = kc.load(EXAMPLES / "wx-omega" / "kubeadm.yaml")
    with pytest.raises(KeyError):
        cluster(f)["ipvs_scheduler"]
    found = cluster(f, arguments={"ipvs_scheduler": {"traffic": "long-lived"}})
    assert found["ipvs_scheduler"].choice == "lc"


def test_an_upgrade_is_named_and_not_written() -> None:
    f = kc.load(EXAMPLES / "wx-omega" / "kubeadm.yaml")
    found = cluster(f, arguments={"kubernetes_version": {"today": "2026-11-23"}})
    assert found["kubernetes_version"].choice != "1.27"
    found.apply()
    assert f.cluster.kubernetes_version == "v1.27.8"


def test_a_file_of_a_node_gets_no_cluster() -> None:
    join = kc.loads("apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\nnodeRegistration: {name: Node_1}\n")
    kubelet = kc.loads("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n", "kubelet.yaml")
    found = cluster(join, kubelet, kubernetes="1.34")
    assert changed(found) == {"node_name": "node-1", "cgroup_driver": "systemd"}
    found.apply()
    assert [document.kind for document in join.documents] == ["JoinConfiguration"]
    assert kubelet.kubelet.cgroup_driver == "systemd"


def test_of_several_files_the_first_gets_a_document_that_is_missing() -> None:
    init, cluster_file = (
        kc.loads(CLUSTER.replace("Cluster", "Init").replace("kubernetesVersion: v1.34.2\n", ""), "init"),
        kc.loads(CLUSTER, "cluster"),
    )
    cluster(init, cluster_file, kubernetes="1.34").apply()
    kinds = [document.kind for file in (init, cluster_file) for document in file.documents]
    assert kinds.count("KubeProxyConfiguration") == kinds.count("KubeletConfiguration") == 1


def test_files_are_known_by_their_contents(tmp_path: Path) -> None:
    (tmp_path / "net-conf").write_text('{"Network": "10.244.0.0/16", "Backend": {"Type": "udp"}}', "utf-8")
    assert changed(cluster(tmp_path / "net-conf")) == {"flannel_backend": "vxlan"}


def test_a_directory_is_the_files_in_it(wx_omega: Path) -> None:
    found = cluster(wx_omega)
    assert sorted(Path(file.name).name for file in found.files) == sorted(NAMES)
    assert found.diffs == cluster(*(wx_omega / name for name in sorted(NAMES))).diffs


def test_secrets_are_in_no_report() -> None:
    token = "abcdef.0123456789abcdef"
    init = CLUSTER.replace("Cluster", "Init").replace("kubernetesVersion: v1.34.2\n", "")
    f = kc.loads(f"{init}bootstrapTokens:\n- token: {token}\nnodeRegistration:\n  name: Node_1\n---\n{CLUSTER}")
    found = cluster(f)
    assert "node_name" in changed(found)
    assert token in found.diff()  # which is for patch
    for shown in (str(found), found._repr_html_(), json.dumps(found.to_dict())):
        assert token not in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": {}}, "'mode' gives no advice"),
        ({"proxy_mode": {"service": 3}}, "proxy_mode has no argument 'service'"),
        ({"proxy_mode": {"f": None}}, "proxy_mode has no argument 'f'"),
        ({"proxy_mode": {"environment": "prod"}}, 'environment is "production"'),
    ],
)
def test_a_wrong_argument_is_told(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cluster(kc.loads(CLUSTER), arguments=arguments)


def test_the_report_in_words_as_data_and_in_notebooks(wx_omega: Path) -> None:
    found = advised(wx_omega)
    english, chinese = found.explain("en"), found.explain("zh")
    assert str(found) == english
    assert "1. Set the cgroup driver to systemd" in english
    assert "172.32.0.0/16 is public address space" in english
    assert "建议修改：" in chinese
    with pytest.raises(ValueError, match="language"):
        found.explain("de")  # type: ignore[arg-type]  # no such wording
    data = json.loads(json.dumps(found.to_dict()))
    assert data["diffs"].keys() == {str(wx_omega / name) for name in NAMES if name != "030-flannel.yaml"}
    assert [one["function"] for one in data["advice"] if one["files"]] == list(changed(found))
    assert "<pre>" in found._repr_html_()
    assert repr(found) == "<ClusterAdvice: 10 answers, 4 of them change a file>"


# -- the command ------------------------------------------------------------------------------------------------------
def run(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    code = main(["advise", *map(str, argv)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command_explains_and_shows_what_would_change(wx_omega: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = wx_omega / "kubeadm.yaml"
    before = path.read_bytes()
    code, out, err = run(capsys, path, "-k", "1.34", "--kernel", "6.6")
    assert (code, err) == (0, "")
    assert "Run kube-proxy in nftables mode on Kubernetes 1.34." in out
    assert "\n-mode: ipvs  # 使用 ipvs 模式，性能更好\n+mode: nftables  # 使用 ipvs 模式，性能更好\n" in out
    assert path.read_bytes() == before
    assert "建议修改：" in run(capsys, path, "--lang", "zh")[1]
    assert run(capsys, path, "--diff")[1].startswith(f"--- {path}\n")
    assert json.loads(run(capsys, path, "--format", "json")[1])["advice"]


def test_the_command_is_told_what_is_known_besides(wx_omega: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ("proxy_mode.needs=debugging", "proxy_mode.needs=session-affinity", "proxy_mode.services=3000")
    arguments = [word for one in told for word in ("--with", one)]
    code, out, _ = run(capsys, *arguments, wx_omega / "kubeadm.yaml", "-k", "1.34", "--format", "json")
    assert code == 0
    mode = next(one for one in json.loads(out)["advice"] if one["function"] == "proxy_mode")
    assert mode["choice"] == "iptables"
    assert {"many-services", "session-affinity-any-mode"} <= {one["id"] for one in mode["reasons"]}


def test_the_command_writes_with_in_place_alone(wx_omega: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [wx_omega / name for name in NAMES]
    code, _, err = run(capsys, *paths, "--in-place", "--backup", "--comment", "--lang", "zh")
    assert (code, err) == (0, "")
    assert kc.load(paths[0]).kubelet.cgroup_driver == "systemd"
    assert "# 以 systemd 为 init 系统时，cgroup 由它管理" in paths[0].read_text("utf-8")
    assert kc.containerd.load(paths[2]).systemd_cgroup is True
    assert sorted(path.name for path in wx_omega.glob("*.bak")) == ["containerd-config.toml.bak", "kubeadm.yaml.bak"]
    assert run(capsys, *paths, "--diff")[1] == ""


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ((), "FILE"),
        (("-",), ""),
        (("--with", "services=3", "x.yaml"), "FUNCTION.PARAMETER=VALUE"),
        (("--with", "proxy_mode.needs=[", "x.yaml"), "no JSON list"),
        (("--with", "proxy_mode.needs=all", "x.yaml"), '"scheduler"'),
        (("-k", "1.2", "x.yaml"), "1.22"),
        (("--in-place", "-"), "standard input"),
        (("--backup", "x.yaml"), "--in-place"),
        (("--quick", "x.yaml"), "--quick"),
        (("nowhere.yaml",), "nowhere.yaml"),
    ],
)
def test_wrong_usage_is_told(
    argv: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_text(CLUSTER, "utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CLUSTER.encode())))
    code, _, err = run(capsys, *argv)
    assert message in err
    assert code == (0 if argv == ("-",) else 2)


def test_what_cannot_be_placed_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "kubeadm.yaml"
    path.write_text(
        f"{CLUSTER}---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
        "clusterDomain: &word cgroupfs\ncgroupDriver: *word\n",
        "utf-8",
    )
    assert run(capsys, path)[0] == 0
    assert run(capsys, path, "--in-place")[0] == 1
