"""The command line: what each command prints, what it leaves on disk, and its exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from kubeadm_cfg.__main__ import main
from kubeadm_cfg.cli.edit import plain

WX_OMEGA = Path(__file__).parents[1] / "examples" / "wx-omega" / "kubeadm.yaml"
POD_SUBNET = "cluster.networking.podSubnet"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: str | Path) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return Outcome(code, captured.out.decode(), captured.err.decode())

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "kubeadm.yaml"
    copy.write_bytes(WX_OMEGA.read_bytes())
    return copy


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


# get


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        (POD_SUBNET, "172.31.0.0/16"),
        ("ClusterConfiguration.networking.podSubnet", "172.31.0.0/16"),
        ("KubeletConfiguration.maxPods", "64"),
        ("kube_proxy.mode", "ipvs"),
        ("kube-proxy.mode", "ipvs"),
        ("[0].kind", "InitConfiguration"),
        ("[1].networking.serviceSubnet", "172.32.0.0/16"),
        ("cluster.networking", '{\n  "podSubnet": "172.31.0.0/16",\n  "serviceSubnet": "172.32.0.0/16"\n}'),
    ],
)
def test_get_prints_the_value_at_an_address(run: Run, address: str, printed: str) -> None:
    assert run("get", address, WX_OMEGA) == (0, printed + "\n", "")


def test_get_json_is_one_line_of_json(run: Run) -> None:
    assert run("get", POD_SUBNET, WX_OMEGA, "--json").out == '"172.31.0.0/16"\n'
    assert run("get", "cluster.clusterName", WX_OMEGA, "--json").out == '"wx-omega"\n'
    assert json.loads(run("get", "cluster", WX_OMEGA, "--json").out)["clusterName"] == "wx-omega"


def test_get_of_several_files_names_each(run: Run, path: Path) -> None:
    assert run("get", "kubelet.maxPods", WX_OMEGA, path).out == f"{WX_OMEGA}: 64\n{path}: 64\n"


def test_get_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, WX_OMEGA.read_bytes())
    assert run("get", "kubelet.maxPods", "-") == (0, "64\n", "")


@pytest.mark.parametrize("address", ["cluster.dns.imageTag", "join.discovery", "[9].kind", "Foreign.a"])
def test_get_of_what_is_not_there_is_exit_code_1(run: Run, address: str) -> None:
    code, out, err = run("get", address, WX_OMEGA)
    assert (code, out) == (1, "")
    assert str(WX_OMEGA) in err
    assert "is not there" in err


# set


def test_set_prints_the_whole_text_with_only_the_value_changed(run: Run, path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    outcome = run("set", POD_SUBNET, "10.244.0.0/16", path)
    assert outcome == (0, before.replace("172.31.0.0/16", "10.244.0.0/16"), "")
    assert path.read_text(encoding="utf-8") == before


def test_set_in_place_changes_the_file_and_prints_nothing(run: Run, path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    assert run("set", "kubelet.maxPods", "110", path, "--in-place") == (0, "", "")
    assert path.read_text(encoding="utf-8") == before.replace("maxPods: 64 ", "maxPods: 110 ")


def test_set_keeps_line_ends_and_byte_order_mark(run: Run, path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + b"a: 1\r\nb: 2\r\n")
    main(["set", "[0].a", "3", str(path), "-i"])
    assert path.read_bytes() == b"\xef\xbb\xbf" + b"a: 3\r\nb: 2\r\n"


def test_set_from_standard_input_prints_the_bytes_as_they_are(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"a: 1\r\n")
    assert run("set", "[0].a", "2", "-").out == "a: 2\r\n"


def test_backup_keeps_the_old_file(run: Run, path: Path) -> None:
    before = path.read_bytes()
    assert run("set", "kubelet.maxPods", "110", path, "--in-place", "--backup").code == 0
    others = [other for other in path.parent.iterdir() if other != path]
    assert [other.read_bytes() for other in others] == [before]


def test_diff_option_shows_the_change_and_leaves_the_file(run: Run, path: Path) -> None:
    before = path.read_bytes()
    out = run("set", "kubelet.maxPods", "110", path, "--diff").out
    assert "-maxPods: 64            # 每个节点最大Pod数\n+maxPods: 110            # 每个节点最大Pod数\n" in out
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "value", "options", "read_back"),
    [
        # What Kubernetes keeps as text is text, whatever it looks like.
        ("cluster.kubernetesVersion", "1.30", [], "1.30"),
        ("cluster.clusterName", "true", [], "true"),
        ("cluster.apiServer.extraArgs.v", "4", [], "4"),
        ("kubelet.syncFrequency", "90s", [], "90s"),
        # Elsewhere a value is what it looks like to YAML 1.2.
        ("kubelet.maxPods", "110", [], 110),
        ("kubelet.oomScoreAdj", "-999", [], -999),
        ("kubelet.failSwapOn", "false", [], False),
        ("kubelet.featureGates.GracefulNodeShutdown", "true", [], True),
        # Nobody knows the type of these.
        ("kubelet.unknownField", "yes", [], "yes"),
        ("kubelet.unknownField", "1.5", [], 1.5),
        ("kubelet.unknownField", "1.5", ["--string"], "1.5"),
        ("kubelet.unknownField", '{"a": [1, null]}', ["--json"], {"a": [1, None]}),
        ("cluster.apiServer.certSANs", '["a", "b"]', ["--json"], ["a", "b"]),
    ],
)
def test_what_the_value_of_set_means(
    run: Run, path: Path, address: str, value: str, options: list[str], read_back: object
) -> None:
    assert run("set", address, value, path, "--in-place", *options) == (0, "", "")
    assert json.loads(run("get", address, path, "--json").out) == read_back


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None), ("~", None), ("", ""), ("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"),
        ("yes", "yes"), ("on", "on"), ("0", 0), ("+7", 7), ("-7", -7), ("0o17", 15), ("0x1F", 31), ("017", 17),
        ("1_000", "1_000"), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("1.", 1.0), ("1:30", "1:30"), (".", "."),
        ("10.96.0.10", "10.96.0.10"), (".inf", ".inf"), ("2026-01-01", "2026-01-01"),
    ],
)  # fmt: skip
def test_a_plain_value_is_read_as_yaml_1_2(text: str, value: object) -> None:
    assert plain(text) == value
    assert type(plain(text)) is type(value)


@pytest.mark.parametrize(("address", "value"), [("kubelet.maxPods", "many"), ("cluster.clusterName.x", "1")])
def test_a_refused_edit_is_exit_code_1_and_writes_nothing(run: Run, path: Path, address: str, value: str) -> None:
    before = path.read_bytes()
    code, out, err = run("set", address, value, path, "--in-place")
    assert (code, out) == (1, "")
    assert err.startswith("kubeadm-cfg: ")
    assert "Traceback" not in err
    assert path.read_bytes() == before


def test_several_files_are_all_edited_or_none(run: Run, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("apiVersion: v1\nkind: ConfigMap\n")
    before = path.read_bytes()
    assert run("set", "kubelet.maxPods", "110", path, other, "--in-place").code == 1
    assert path.read_bytes() == before
    other.write_bytes(before)
    assert run("set", "kubelet.maxPods", "110", path, other, "--in-place") == (0, "", "")
    assert path.read_bytes() == other.read_bytes() != before


# unset


def test_unset_removes_a_key_with_its_comment(run: Run, path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    assert run("unset", "kubelet.maxPods", path, "--in-place") == (0, "", "")
    assert path.read_text(encoding="utf-8") == before.replace("maxPods: 64            # 每个节点最大Pod数\n", "")


def test_unset_of_an_absent_key_changes_nothing(run: Run, path: Path) -> None:
    before = path.read_bytes()
    assert run("unset", "cluster.dns", path, "--in-place") == (0, "", "")
    assert path.read_bytes() == before


# diff


def test_diff_of_equal_data_is_silent_whatever_the_layout(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("kind: A\napiVersion: x/v1\na: 'x'  # comment\n---\nkind: B\napiVersion: x/v1\nb: [1]\n")
    new.write_text("apiVersion: x/v1\nkind: B\nb:\n- 1\n---\n# other\napiVersion: x/v1\nkind: A\na: x\n")
    assert run("diff", old, new) == (0, "", "")


def test_diff_names_what_differs_by_address(run: Run, path: Path) -> None:
    main(["set", POD_SUBNET, "10.244.0.0/16", str(path), "-i"])
    main(["set", "kube_proxy.ipvs.scheduler", "rr", str(path), "-i"])
    main(["unset", "cluster.imageRepository", str(path), "-i"])
    code, out, _ = run("diff", WX_OMEGA, path)
    assert code == 1
    assert out == (
        '- cluster.imageRepository: "192.168.6.164:5000/well-known"\n'
        '- cluster.networking.podSubnet: "172.31.0.0/16"\n'
        '+ cluster.networking.podSubnet: "10.244.0.0/16"\n'
        '+ kube_proxy.ipvs.scheduler: "rr"\n'
    )


def test_diff_shows_an_inserted_item_as_one_line(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("kind: A\na: [b, c]\n")
    new.write_text("kind: A\na: [a, b, c]\n")
    assert run("diff", old, new).out == '+ A.a[0]: "a"\n'


# usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["get", POD_SUBNET],
        ["get", "..", "FILE"],
        ["frobnicate"],
        ["set", POD_SUBNET, "x", "FILE", "--frobnicate"],
        ["set", POD_SUBNET, "x", "FILE", "FILE"],
        ["set", POD_SUBNET, "x", "FILE", "--backup"],
        ["set", POD_SUBNET, "x", "-", "--in-place"],
        ["set", POD_SUBNET, "x", "FILE", "--string", "--json"],
        ["set", POD_SUBNET, "{", "FILE", "--json"],
        ["set", "cluster", "x", "FILE"],
        ["unset", "cluster", "FILE"],
        ["diff", "FILE"],
        ["advise", "FILE", "--frobnicate"],
        ["images", "FILE", "--frobnicate"],
        ["images", "FILE", "--tool", "ctr"],
        ["images", "FILE", "-k", "abc"],
        ["images", "FILE", "--containerd", "abc"],
        ["images", "FILE", "--flannel", "abc"],
        ["ports", "FILE", "--role", "node"],
        ["new"],
        ["new", "clusterr"],
        ["new", "cluster", "--api-version", "v1beta9"],
        ["new", "cluster", "-k", "abc"],
        ["new", "reset", "-k", "1.27"],
        ["explain", "kubelet", "-k", "abc"],
        ["rule", "kubeadm.networkin"],
        ["check", "FILE", "-k", "abc"],
        ["diff", "-", "-"],
        ["diff", "--frobnicate", "FILE"],
        ["get", POD_SUBNET, "-", "-"],
    ],
)
def test_wrong_usage_is_exit_code_2_with_one_message(run: Run, path: Path, arguments: list[str]) -> None:
    before = path.read_bytes()
    code, out, err = run(*(str(path) if argument == "FILE" else argument for argument in arguments))
    assert (code, out) == (2, "")
    assert err.startswith("kubeadm-cfg: ")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["get", "kubelet.maxPod", "FILE"], "kubelet.maxPod is not there; did you mean kubelet.maxPods?"),
        (["get", "cluster.networking.podsubnet", "FILE"], "did you mean cluster.networking.podSubnet?"),
        (["get", "kubelt.maxPods", "FILE"], "did you mean kubelet?"),
        (["explain", "maxPods"], "did you mean KubeletConfiguration.maxPods?"),
        (["new", "clusterr"], "did you mean cluster?"),
        (["rule", "kubeadm.networking.podSubnet.cdr"], "did you mean kubeadm.networking.podSubnet.cidr?"),
        (["get"], "Try: kubeadm-cfg get --help"),
        (["flannel", "check", "--mode", "x"], "Try: kubeadm-cfg flannel check --help"),
    ],
)
def test_a_message_says_what_may_be_meant(run: Run, path: Path, arguments: list[str], message: str) -> None:
    code, out, err = run(*(str(path) if argument == "FILE" else argument for argument in arguments))
    assert code in (1, 2)
    assert out == ""
    assert message in err


@pytest.mark.parametrize("command", ["advise", "check", "images", "ports"])
def test_a_directory_with_nothing_in_it_is_most_likely_another_one(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "README.md").write_text("nothing to see\n")
    code, out, err = run(command, tmp_path)
    assert (code, out) == (2, "")
    assert f"{tmp_path}: there is no file of kubeadm" in err


def test_a_fresh_file_is_one_that_the_minor_reads(run: Run) -> None:
    out = run("new", "cluster", "kubelet", "-k", "1.27").out
    assert [line for line in out.splitlines() if line.startswith("apiVersion")] == [
        "apiVersion: kubeadm.k8s.io/v1beta3",
        "apiVersion: kubelet.config.k8s.io/v1beta1",
    ]


def test_the_beginning_of_a_code_lists_the_codes(run: Run) -> None:
    lines = run("rule", "kubeadm.networking").out.splitlines()
    assert len(lines) > 3
    assert all(line.startswith("kubeadm.networking.") for line in lines)


def test_unreadable_input_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1\n")
    code, out, err = run("get", "[0].a", broken)
    assert (code, out) == (2, "")
    assert f"{broken}:" in err
    code, out, err = run("get", "[0].a", tmp_path / "missing.yaml")
    assert (code, out) == (2, "")
    assert "missing.yaml" in err


def test_help_and_version(run: Run) -> None:
    help_ = run("--help")
    assert help_.code == 0
    assert all(command in help_.out for command in ("get", "set", "unset", "diff"))
    assert run("set", "--help").code == 0
    assert run("--version").out.strip()[0].isdigit()


# as a process


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        timeout=60,
    )


def test_python_m_is_the_same_program() -> None:
    done = python("-m", "kubeadm_cfg", "get", POD_SUBNET, str(WX_OMEGA))
    assert (done.returncode, done.stdout, done.stderr) == (0, "172.31.0.0/16\n", "")
    assert python("-m", "kubeadm_cfg", "get", POD_SUBNET).returncode == 2


def test_a_reader_that_goes_away_is_no_error() -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "kubeadm_cfg", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.readline()
    program.stdout.close()
    assert program.stderr.read() == b""
    program.stderr.close()
    assert program.wait(timeout=60) == 141


def test_get_does_not_import_what_it_does_not_need() -> None:
    done = python(
        "-c",
        "import sys; from kubeadm_cfg.__main__ import main; main(sys.argv[1:]);"
        "print(*{name.partition('.')[0] for name in sys.modules}, sep='\\n')",
        "get",
        POD_SUBNET,
        str(WX_OMEGA),
    )
    loaded = set(done.stdout.split())
    assert "172.31.0.0/16" in loaded
    assert not loaded & {"netaddr", "tomlkit", "cattrs"}


def test_without_the_extra_the_program_says_what_to_install() -> None:
    done = python(
        "-c",
        "import sys; sys.modules['cyclopts'] = None\n"
        "from kubeadm_cfg.__main__ import main; sys.exit(main(['get', 'a.b', 'c']))",
    )
    assert done.returncode == 2
    assert "pip install 'kubeadm-cfg[cli]'" in done.stderr
    assert "Traceback" not in done.stderr


# documents inside ConfigMaps


def test_addresses_reach_into_a_dump_of_config_maps(run: Run, tmp_path: Path) -> None:
    dump = WX_OMEGA.parents[1] / "dumps" / "kubeadm-config.yaml"
    copy = tmp_path / "dump.yaml"
    copy.write_bytes(dump.read_bytes())
    assert run("get", POD_SUBNET, copy).out == "10.244.0.0/16\n"
    assert run("get", "ConfigMap.metadata.name", copy).out == run("get", "[0].metadata.name", copy).out
    assert run("diff", dump, copy) == Outcome(0, "", "")
    assert run("set", POD_SUBNET, "10.42.0.0/16", copy, "--in-place").code == 0
    assert copy.read_text() == dump.read_text().replace("10.244.0.0/16", "10.42.0.0/16")
    assert run("diff", dump, copy) == Outcome(
        1, f'- {POD_SUBNET}: "10.244.0.0/16"\n+ {POD_SUBNET}: "10.42.0.0/16"\n', ""
    )
    assert "the file holds ConfigMap, ClusterConfiguration" in run("get", "kubelet.maxPods", copy).err
