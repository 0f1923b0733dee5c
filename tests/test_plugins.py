"""Rules of other distributions: found by their entry point, and not looked for where none can be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubeadm_cfg.checks.plugins import may_bring_rules

MODULE = """
import kubeadm_cfg as kc

@kc.rule("acme.name", kinds=["ClusterConfiguration"], severity="warning")
def name(ctx):
    yield ctx.problem(ctx.cluster, "clusterName", "has no good name")
"""
CHECK = """
import sys, kubeadm_cfg as kc
text = "apiVersion: kubeadm.k8s.io/v1beta4\\nkind: ClusterConfiguration\\nclusterName: x\\n"
print(*[problem.code for problem in kc.check_text(text, kubernetes="1.34")], "importlib.metadata" in sys.modules)
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    (tmp_path / "acme_rules.py").write_text(MODULE, encoding="utf-8")
    metadata = tmp_path / "acme_rules-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text("[kubeadm_cfg.rules]\nname = acme_rules:name\n", encoding="utf-8")
    return tmp_path


def checked(*path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run(
        [sys.executable, "-c", CHECK], env=environment, capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    return done.stdout.strip()


def test_a_rule_of_another_distribution_is_found(plugin: Path) -> None:
    assert checked(plugin) == "acme.name True"


def test_where_there_is_none_nothing_is_imported_to_look_for_it() -> None:
    assert checked() == "False"


def test_an_archive_may_bring_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "missing")])
    assert not may_bring_rules()
    (tmp_path / "rules.zip").write_bytes(b"")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "rules.zip")])
    assert may_bring_rules()
