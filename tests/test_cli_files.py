"""The commands on flannel's and containerd's files: given files, when a command runs, then this output and code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubeadm_cfg.__main__ import main

EXAMPLES = Path(__file__).parents[1] / "examples" / "wx-omega"
TOML = EXAMPLES / "containerd-config.toml"
MANIFEST = EXAMPLES / "030-flannel.yaml"


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(TOML.read_bytes())
    return path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "flannel.yaml"
    path.write_bytes(MANIFEST.read_bytes())
    return path


def test_a_setting_or_a_dotted_key_of_toml_is_an_address(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = 'containerd.plugins."io.containerd.grpc.v1.cri".sandbox_image'
    assert main(["set", "containerd.sandbox_image", "p:1", str(toml), "-i"]) == 0
    assert main(["get", key, str(toml)]) == 0
    assert capsys.readouterr().out == "p:1\n"
    assert main(["unset", key, str(toml), "-i"]) == 0
    assert main(["unset", key, str(toml), "-i"]) == 0
    assert main(["get", "containerd.sandbox_image", str(toml)]) == 1
    assert main(["set", "containerd.sandbox_image", "3", str(toml), "-i"]) == 0
    assert main(["set", "containerd.max_concurrent_downloads", "many", str(toml)]) == 1


def test_diff_names_what_differs_by_address(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(TOML), str(toml)]) == 0
    assert main(["set", "containerd.systemd_cgroup", "true", str(toml), "-i"]) == 0
    assert main(["diff", str(TOML), str(toml)]) == 1
    address = 'containerd.plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options.SystemdCgroup'
    assert capsys.readouterr().out == f"- {address}: false\n+ {address}: true\n"
    assert main(["get", address, str(toml)]) == 0


def test_migrate_writes_and_says_what_is_gone(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml.write_text(
        'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsystemd_cgroup = true\nsandbox_image = "p:1"\n'
    )
    assert main(["containerd", "migrate", str(toml), "--in-place", "--backup"]) == 0
    assert "containerd.migrate.gone" in capsys.readouterr().err
    assert toml.read_text().startswith("version = 3\n")
    assert toml.with_name("config.toml.bak").read_text().startswith("version = 2\n")
    assert main(["containerd", "migrate", str(toml), "--to", "2"]) == 1


def test_check_reads_what_is_imported(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml.write_text('version = 3\nimports = ["conf.d/*.toml", "gone.toml"]\n')
    (toml.parent / "conf.d").mkdir()
    drop_in = toml.parent / "conf.d" / "registry.toml"
    drop_in.write_text('[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/certs.d"\n')
    assert main(["containerd", "effective", str(toml)]) == 0
    assert json.loads(capsys.readouterr().out)["config_path"] == "/etc/certs.d"
    assert main(["containerd", "check", str(toml)]) == 0
    assert "containerd.import-missing" in capsys.readouterr().out
    drop_in.write_text("imports = 3\n")
    assert main(["containerd", "check", str(toml), "--format", "json"]) == 1
    assert "toml.type" in capsys.readouterr().out


def test_resolve_prints_where_an_image_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "10.0.0.5:5000"
    folder.mkdir()
    (folder / "hosts.toml").write_text('server = "http://10.0.0.5:5000"\n')
    command = ["containerd", "resolve", "10.0.0.5:5000", "--certs", str(tmp_path), "--release"]
    assert main([*command, "2.3.4"]) == 0
    assert capsys.readouterr().out == "http://10.0.0.5:5000/v2 (pull, resolve, push)\n"
    assert main([*command, "1.6.20"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("https://")
    assert "skipped" in captured.err


def test_flannels_configuration_is_edited_in_its_manifest(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "flannel.Backend.Type", "host-gw", str(manifest), "-i"]) == 0
    assert manifest.read_bytes() == MANIFEST.read_bytes().replace(b'"vxlan"', b'"host-gw"')
    assert main(["flannel", "check", str(manifest)]) == 0
    assert main(["flannel", "normalized", str(manifest)]) == 0
    assert '"BackendType": "host-gw"' in capsys.readouterr().out
    assert main(["set", "flannel.Backend.Type", "aws-vpc", str(manifest), "-i"]) == 0
    assert main(["flannel", "check", str(manifest)]) == 1
    assert main(["flannel", "check", str(manifest), "--release", "v0.19.2"]) == 0


@pytest.mark.parametrize(
    "command",
    [
        ["containerd", "check"],
        ["containerd", "check", str(TOML), "--release", "1.2"],
        ["containerd", "effective", str(MANIFEST)],
        ["containerd", "migrate", "-", "-i"],
        ["flannel", "check", str(MANIFEST), "--release", "new"],
        ["flannel", "check", "no-such-file"],
        ["set", "containerd.", "x", str(TOML)],
    ],
)
def test_wrong_usage_and_unreadable_files_exit_with_2(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(command) == 2
    assert capsys.readouterr().err.startswith("kubeadm-cfg: ")


def test_hosts_writes_the_files_of_the_mirrors(toml: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["containerd", "hosts", str(toml)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# /etc/containerd/certs.d/192.168.6.164:5000/hosts.toml\nserver = ")
    assert 'config_path = "/etc/containerd/certs.d"' in out
    assert main(["containerd", "hosts", str(toml), "--root", str(tmp_path), "--in-place"]) == 0
    written = tmp_path / "etc/containerd/certs.d/192.168.6.164:5000/hosts.toml"
    assert written.read_text() == 'server = "http://192.168.6.164:5000"\n'
    assert "mirrors" not in toml.read_text()
