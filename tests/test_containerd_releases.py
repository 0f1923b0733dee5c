"""What changed between releases of containerd, each rule on both sides of its border."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc

CRI = 'plugins."io.containerd.grpc.v1.cri"'
TWO = "/etc/containerd/certs.d:/etc/docker/certs.d"


def codes(toml: str, release: str, files: dict[str, str] | None = None) -> list[str]:
    return [problem.code for problem in kc.containerd.check_text(toml, release, files).errors]


def effective(toml: str, release: str, key: str, files: dict[str, str] | None = None) -> Any:
    return kc.containerd.effective(toml, release, files)[key]


@pytest.mark.parametrize(
    ("toml", "accepts", "refuses", "code"),
    [
        ("version = 3", "1.6.31", "1.6.32", "version"),
        ("version = 3", "1.7.16", "1.7.17", "version"),
        ("version = 4", "2.3.0", "2.2.9", "version"),
        ("version = -1", "2.2.7", "2.3.4", "version"),
        ('version = 2\ndisabled_plugins = ["a.b.c.d"]', "1.6.38", "1.7.0", "disabled-plugin"),
        ('version = 2\ndisabled_plugins = ["a.b"]', "2.0.0", "1.7.34", "disabled-plugin"),
        ('version = 2\nrequired_plugins = ["cri"]', None, "2.3.4", "required-plugin"),
        ('[proxy_plugins.x]\ntype = "diff"', "1.7.0", "1.6.20", "proxy-type"),
        ('[proxy_plugins.x]\ntype = "sandbox"', "2.0.0", "1.7.34", "proxy-type"),
        ('imports = ["conf.d/[a*.toml"]', None, "2.3.4", "import-pattern"),
    ],
)
def test_what_a_release_refuses(toml: str, accepts: str | None, refuses: str, code: str) -> None:
    assert codes(toml, refuses) == [f"containerd.refused.{code}"]
    assert accepts is None or codes(toml, accepts) == []


@pytest.mark.parametrize(
    ("toml", "release", "key", "value"),
    [
        # what is empty leaves the default there is
        ('root = ""\n[grpc]\naddress = ""', "2.2.7", "root", "/var/lib/containerd"),
        ('[grpc]\naddress = ""', "1.7.34", "grpc_address", "/run/containerd/containerd.sock"),
        # an empty table is nothing to the reader of 2.x, whatever the type
        (f"version = 2\n[{CRI}]\nenable_unprivileged_ports = {{}}", "2.2.7", "enable_unprivileged_ports", True),
        # a version below 0 is not version 1: plugins have their full names
        (f'version = -1\n[{CRI}]\nsandbox_image = "p:1"', "1.7.34", "sandbox_image", "p:1"),
        (f'version = -1\n[{CRI}]\nsandbox_image = "p:1"', "2.2.7", "sandbox_image", "p:1"),
        ('version = -1\n[plugins.cri]\nsandbox_image = "p:1"', "1.7.34", "sandbox_image", "registry.k8s.io/pause:3.8"),
        # version 1 switches plugins off by their short names, in 1.x
        ('disabled_plugins = ["io.containerd.grpc.v1.cri"]', "1.7.34", "cri_plugin_present", True),
        ('disabled_plugins = ["io.containerd.grpc.v1.cri"]', "2.2.7", "cri_plugin_present", False),
        ('disabled_plugins = ["cri"]', "1.7.34", "cri_plugin_present", False),
        # an empty config_path is no config_path, unless it stands at the new place
        (f'version = 2\n[{CRI}.registry]\nconfig_path = ""', "2.2.1", "config_path", TWO),
        ('version = 3\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = ""', "2.2.1", "config_path", ""),
        ("version = 3", "2.2.2", "config_path", ""),
        ("version = 3", "2.2.2", "config_path_at_start", TWO),
    ],
)
def test_what_is_in_force(toml: str, release: str, key: str, value: Any) -> None:
    assert effective(toml, release, key) == value


def test_2_x_keeps_one_of_each_in_a_list_and_1_x_every_one() -> None:
    plugin = "io.containerd.snapshotter.v1.btrfs"
    toml = f'version = 2\nimports = ["a.toml"]\ndisabled_plugins = ["{plugin}"]'
    files = {"a.toml": f'version = 2\ndisabled_plugins = ["{plugin}"]'}
    assert effective(toml, "1.7.34", "disabled_plugins", files) == [plugin, plugin]
    assert effective(toml, "2.0.11", "disabled_plugins", files) == [plugin]


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("conf.d/*.toml", ["a", "b"]),
        ("./conf.d/[^a]*.toml", ["b"]),
        ("conf.d/../conf.d/?*.toml", ["a", "b"]),
        ("*/a.toml", ["a"]),
        ("*.toml", []),
        ("conf.d/[b-a]*.toml", []),
        ("conf.d/a.toml", ["a"]),
    ],
)
def test_imports_are_patterns_of_go_taken_from_the_files_own_directory(pattern: str, read: list[str]) -> None:
    head = 'version = 3\n[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.'
    files = {f"conf.d/{name}.toml": f'{head}{name}]\nruntime_type = "x"' for name in "ab"}
    runtimes = effective(f'version = 3\nimports = ["{pattern}"]', "2.3.4", "runtimes", files)
    assert sorted(runtimes) == [*read, "runc"]


def test_a_relative_pattern_matches_from_1_6_30_and_1_7_16_on() -> None:
    files = {"conf.d/a.toml": f'version = 2\n[{CRI}]\nsandbox_image = "p:1"'}
    read = {
        release: effective('version = 2\nimports = ["conf.d/*.toml"]', release, "sandbox_image", files) == "p:1"
        for release in ("1.6.28", "1.6.30", "1.7.15", "1.7.16", "2.0.0")
    }
    assert read == {"1.6.28": False, "1.6.30": True, "1.7.15": False, "1.7.16": True, "2.0.0": True}


def test_imports_may_go_in_circles_and_a_directory_is_refused() -> None:
    files = {"a.toml": 'imports = ["config.toml", "a.toml"]', "conf.d/b.toml": ""}
    assert codes('imports = ["a.toml"]', "2.3.4", files) == []
    assert codes('imports = ["conf.d"]', "2.3.4", files) == ["containerd.refused.import-directory"]


def test_behind_an_import_that_is_missing_2_x_reads_no_other() -> None:
    files = {"a.toml": f'version = 2\n[{CRI}]\nsandbox_image = "p:1"'}
    after = 'version = 2\nimports = ["nosuch.toml", "a.toml"]'
    before = 'version = 2\nimports = ["a.toml", "nosuch.toml"]'
    assert effective(after, "2.1.9", "sandbox_image", files) == "registry.k8s.io/pause:3.10"
    assert effective(before, "2.1.9", "sandbox_image", files) == "p:1"
    assert codes(before, "1.7.34", files) == ["containerd.refused.import-missing"]
