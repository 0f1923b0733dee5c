"""The project as a whole: what an import costs, that every public name is there, that its papers agree."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import kubeadm_cfg as kc

ROOT = Path(__file__).parents[1]


def test_importing_the_package_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, kubeadm_cfg; print(*{name.partition('.')[0] for name in sys.modules})"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
    )
    loaded = set(done.stdout.split())
    assert "kubeadm_cfg" in loaded
    assert not loaded & {"attr", "attrs", "cattrs", "ruamel", "_ruamel_yaml", "netaddr", "tomlkit", "rich", "cyclopts"}


def test_every_public_name_is_there_and_documented() -> None:
    assert set(kc.__all__) <= set(dir(kc))
    for name in kc.__all__:
        assert getattr(kc, name).__doc__, name


def test_a_misspelt_name_is_an_attribute_error() -> None:
    assert not hasattr(kc, "laod")


def test_the_reference_page_lists_every_public_name() -> None:
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert [name for name in kc.__all__ if f"kubeadm_cfg.{name}\n" not in page] == []


def test_the_changelog_has_a_section_for_the_version_or_for_what_is_to_come() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog or f"## [{kc.__version__}]" in changelog


def test_the_containerd_example_is_toml() -> None:
    path = ROOT / "examples" / "wx-omega" / "containerd-config.toml"
    config = tomllib.loads(path.read_text(encoding="utf-8"))
    cri = config["plugins"]["io.containerd.grpc.v1.cri"]
    assert cri["registry"]["mirrors"] == {"192.168.6.164:5000": {"endpoint": ["http://192.168.6.164:5000"]}}
