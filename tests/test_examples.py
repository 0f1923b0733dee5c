"""The files and programs under examples/ do what the documentation says of them."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kubeadm_cfg as kc

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_demo_shows_edits_and_advice_and_verifies_them() -> None:
    before = {path: path.read_bytes() for path in EXAMPLES.rglob("*.yaml")}
    done = subprocess.run(
        [sys.executable, EXAMPLES / "demo.py"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        timeout=60,
    )
    assert done.stderr == ""
    assert '-  podSubnet: "172.31.0.0/16"      # Pod 网络段' in done.stdout
    assert '+  podSubnet: "10.244.0.0/16"      # Pod 网络段' in done.stdout
    assert "+cgroupDriver: systemd  # 建议与容器运行时保持一致" in done.stdout
    assert "+mode: nftables  # 使用 ipvs 模式，性能更好" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Verified: the advised files decode")
    assert before == {path: path.read_bytes() for path in EXAMPLES.rglob("*.yaml")}


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.name)
def test_an_example_loads_and_is_given_back_unchanged(path: Path) -> None:
    f = kc.load(path)
    assert bytes(f) == path.read_bytes()
    assert f.diff() == ""


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.name)
def test_every_known_document_of_an_example_becomes_its_object(path: Path) -> None:
    for document in kc.load(path, strict=True).documents:
        assert document.kind == "ConfigMap" or document.obj is not None


def test_wx_omega_edited_as_the_readme_does(tmp_path: Path) -> None:
    path = tmp_path / "kubeadm.yaml"
    original = (EXAMPLES / "wx-omega" / "kubeadm.yaml").read_text(encoding="utf-8")
    path.write_text(original, encoding="utf-8")

    f = kc.load(path)
    assert f.cluster.networking.pod_subnet == "172.31.0.0/16"
    f.cluster.networking.pod_subnet = "10.244.0.0/16"
    f.kubelet.cgroup_driver = "systemd"
    f.kube_proxy.ipvs.scheduler = "rr"
    f.cluster.api_server.cert_sans.append("api.example.test")
    assert f.save()

    expected = (
        original.replace('podSubnet: "172.31.0.0/16"', 'podSubnet: "10.244.0.0/16"')
        .replace("cgroupDriver: cgroupfs", "cgroupDriver: systemd")
        .replace(
            "mode: ipvs  # 使用 ipvs 模式，性能更好\n",
            "mode: ipvs  # 使用 ipvs 模式，性能更好\nipvs:\n  scheduler: rr\n",
        )
        .replace(
            "# 控制平面端点\n",
            "# 控制平面端点\napiServer:\n  certSANs:\n  - api.example.test\n",
        )
    )
    assert path.read_text(encoding="utf-8") == expected


def test_the_cells_of_the_notebook_run_and_show_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((EXAMPLES / "advice.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        *statements, last = ast.parse("".join(cell["source"])).body
        exec(compile(ast.Module(statements, []), "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
    rich = [value for value in shown if hasattr(value, "_repr_html_") or hasattr(value, "_repr_png_")]
    assert len(rich) == 7
    for value in rich:
        if hasattr(value, "_repr_png_"):
            assert value._repr_png_().startswith(b"\x89PNG")
        else:
            assert value._repr_html_().startswith("<")
    assert "+mode: nftables" in capsys.readouterr().out
