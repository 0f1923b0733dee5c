"""Edits of containerd files: given a text, when a setting is assigned, then that alone is written, in its own hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import kubeadm_cfg as kc

RUNTIME_3 = "plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes"
RUNTIME_2 = 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes'


def edited(text: str, edit: Callable[[Any], object]) -> str:
    f = kc.containerd.loads(text)
    edit(f)
    changed = f.text
    edit(f)
    assert f.text == changed, "the same edit again changes nothing"
    return changed


def systemd(f: Any) -> None:
    f.set_systemd_cgroups(True)


SANDBOX = [
    # a replaced value keeps its quotes and its comment
    (
        "version = 3\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'p:1' # ours\n",
        "version = 3\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'p:2' # ours\n",
    ),
    (
        'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image="""p:1"""\n',
        'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image="p:2"\n',
    ),
    # dotted keys, and a table inside the braces of another
    (
        'version = 2\nplugins."io.containerd.grpc.v1.cri".sandbox_image = "p:1"\n',
        'version = 2\nplugins."io.containerd.grpc.v1.cri".sandbox_image = "p:2"\n',
    ),
    (
        "version = 2\n[plugins]\n'io.containerd.grpc.v1.cri' = { sandbox_image = 'p:1', enable_selinux = true }\n",
        "version = 2\n[plugins]\n'io.containerd.grpc.v1.cri' = { sandbox_image = 'p:2', enable_selinux = true }\n",
    ),
    (
        'version = 2\nplugins = {"io.containerd.grpc.v1.cri" = {}}\n',
        'version = 2\nplugins = {"io.containerd.grpc.v1.cri" = { sandbox_image = "p:2" }}\n',
    ),
    (
        'version = 2\n\n[plugins]\n\n  [plugins."io.containerd.grpc.v1.cri"]\n    stream_server_port = "0"\n',
        (
            'version = 2\n\n[plugins]\n\n  [plugins."io.containerd.grpc.v1.cri"]\n    stream_server_port = "0"\n'
            '    sandbox_image = "p:2"\n'
        ),
    ),
    # a table that is missing is written in the quotes of the file
    (
        "version = 3\nroot = '/data'\n",
        "version = 3\nroot = '/data'\n\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'p:2'\n",
    ),
    (
        "version = 3\n[plugins]\n  [plugins.'io.containerd.cri.v1.images']\n    snapshotter = 'native'\n",
        (
            "version = 3\n[plugins]\n  [plugins.'io.containerd.cri.v1.images']\n    snapshotter = 'native'\n\n"
            "    [plugins.'io.containerd.cri.v1.images'.pinned_images]\n      sandbox = 'p:2'\n"
        ),
    ),
    # version 1, said or not
    ('[plugins.cri]\n  sandbox_image = "p:1"\n', '[plugins.cri]\n  sandbox_image = "p:2"\n'),
    ('version = 1\n[plugins."cri"]\n', 'version = 1\n[plugins."cri"]\nsandbox_image = "p:2"\n'),
    (
        "version = 4\n[plugins.'io.containerd.cri.v1.images']\n",
        (
            "version = 4\n[plugins.'io.containerd.cri.v1.images']\n\n"
            "[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'p:2'\n"
        ),
    ),
]


@pytest.mark.parametrize(("before", "after"), SANDBOX)
def test_the_pause_image_is_written_in_the_files_own_hand(before: str, after: str) -> None:
    assert edited(before, lambda f: setattr(f, "sandbox_image", "p:2")) == after
    crlf = edited(before.replace("\n", "\r\n"), lambda f: setattr(f, "sandbox_image", "p:2"))
    assert crlf == after.replace("\n", "\r\n")


CGROUPS = [
    # every runtime that is runc, and no other
    (
        (
            f"version = 3\n[{RUNTIME_3}.runc]\nruntime_type = 'io.containerd.runc.v2'\n"
            f"[{RUNTIME_3}.runc.options]\nSystemdCgroup = false\n"
            f"[{RUNTIME_3}.nvidia]\nruntime_type = 'io.containerd.runc.v2'\n"
            f"[{RUNTIME_3}.nvidia.options]\nBinaryName = '/usr/bin/nvidia-container-runtime'\n"
            f"[{RUNTIME_3}.kata]\nruntime_type = 'io.containerd.kata.v2'\n"
        ),
        (
            f"version = 3\n[{RUNTIME_3}.runc]\nruntime_type = 'io.containerd.runc.v2'\n"
            f"[{RUNTIME_3}.runc.options]\nSystemdCgroup = true\n"
            f"[{RUNTIME_3}.nvidia]\nruntime_type = 'io.containerd.runc.v2'\n"
            f"[{RUNTIME_3}.nvidia.options]\nBinaryName = '/usr/bin/nvidia-container-runtime'\nSystemdCgroup = true\n"
            f"[{RUNTIME_3}.kata]\nruntime_type = 'io.containerd.kata.v2'\n"
        ),
    ),
    # options that are missing, written or as a table in braces
    (
        f'version = 2\n[{RUNTIME_2}]\n  [{RUNTIME_2}.runc]\n    runtime_type = "io.containerd.runc.v2"\n',
        (
            f'version = 2\n[{RUNTIME_2}]\n  [{RUNTIME_2}.runc]\n    runtime_type = "io.containerd.runc.v2"\n\n'
            f"    [{RUNTIME_2}.runc.options]\n      SystemdCgroup = true\n"
        ),
    ),
    (
        f'version = 2\n[{RUNTIME_2}]\nrunc = {{ runtime_type = "io.containerd.runc.v2" }}\n',
        (
            f'version = 2\n[{RUNTIME_2}]\nrunc = {{ runtime_type = "io.containerd.runc.v2", '
            "options.SystemdCgroup = true }\n"
        ),
    ),
    (
        f"version = 2\n[{RUNTIME_2}.runc]\nruntime_type = 'io.containerd.runc.v2'\noptions.BinaryName = 'runc'\n",
        (
            f"version = 2\n[{RUNTIME_2}.runc]\nruntime_type = 'io.containerd.runc.v2'\noptions.BinaryName = 'runc'\n"
            "options.SystemdCgroup = true\n"
        ),
    ),
    # no runtime at all: 1.x needs the type as well
    (
        "version = 2\n",
        (
            f'version = 2\n\n[{RUNTIME_2}.runc]\n  runtime_type = "io.containerd.runc.v2"\n\n'
            f"  [{RUNTIME_2}.runc.options]\n    SystemdCgroup = true\n"
        ),
    ),
]


@pytest.mark.parametrize(("before", "after"), CGROUPS)
def test_the_cgroup_driver_is_that_of_every_runc_runtime(before: str, after: str) -> None:
    assert edited(before, systemd) == after
    f = kc.containerd.loads(after)
    assert all(f.systemd_cgroups.values())
    assert f.check("2.2.7").ok


LISTS = [
    ('a = ["x"]\n', ["x", "y"], 'a = ["x", "y"]\n'),
    ("a = ['x']\n", ["y", "x"], "a = ['y', 'x']\n"),
    ('a = ["x", "y"] # why\n', ["y"], 'a = ["y"] # why\n'),
    ("a = [1, 2, 3,]\n", [1, 3], "a = [1, 3,]\n"),
    ("a = [1, 2]\n", [1], "a = [1]\n"),
    ("a = [1, 2]\n", [], "a = []\n"),
    ("a = []\n", ["x"], 'a = ["x"]\n'),
    ('a = [\n  "x", # one\n  "y", # two\n]\n', ["y"], 'a = [\n  "y", # two\n]\n'),
    ('a = [\n  "x", # one\n  "y" # two\n]\n', ["x"], 'a = [\n  "x", # one\n]\n'),
    ('a = [\n  "x", # one\n  "y" # two\n]\n', ["x", "y", "z"], 'a = [\n  "x", # one\n  "y", # two\n  "z"\n]\n'),
    ('a = [\n  "x", # one\n]\n', ["w", "x", "z"], 'a = [\n  "w",\n  "x", # one\n  "z",\n]\n'),
    ('a = [\n  "x", # one\n  # of two\n  "y",\n]\n', ["x", "z"], 'a = [\n  "x", # one\n  # of two\n  "z",\n]\n'),
    ('a = [ "x" ,"y" ]\n', ["x", "z"], 'a = [ "x" ,"z" ]\n'),
]


@pytest.mark.parametrize(("before", "value", "after"), LISTS)
def test_items_of_a_list_that_stay_keep_their_text(before: str, value: list[Any], after: str) -> None:
    assert edited(before, lambda f: f.set("a", value)) == after


def test_of_a_table_only_what_differs_is_written() -> None:
    text = (
        'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry.mirrors]\n'
        '  # the hub\n  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\n'
        '    endpoint = ["https://registry-1.docker.io"] # slow\n'
    )
    near = {"endpoint": ["http://192.168.6.164:5000"]}
    f = kc.containerd.loads(text)
    assert f.mirrors is not None
    f.mirrors = {**f.mirrors, "192.168.6.164:5000": near}
    assert f.text == text + (
        '\n  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."192.168.6.164:5000"]\n'
        '    endpoint = ["http://192.168.6.164:5000"]\n'
    )
    f.mirrors = {"docker.io": {"endpoint": ["https://mirror.test", "https://registry-1.docker.io"]}}
    assert f.text == text.replace('["https', '["https://mirror.test", "https')


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sandbox_image", 3),
        ("disabled_plugins", "cri"),
        ("disabled_plugins", [1]),
        ("max_concurrent_downloads", True),
        ("mirrors", []),
        ("systemd_cgroup", "true"),
    ],
)
def test_a_setting_of_another_type_is_refused(name: str, value: Any) -> None:
    f = kc.containerd.loads("version = 2\n")
    with pytest.raises(kc.EditError, match=name):
        setattr(f, name, value)
    assert f.text == "version = 2\n"


def test_a_setting_below_what_is_no_table_is_refused() -> None:
    f = kc.containerd.loads("version = 2\nplugins = 3\n")
    assert (f.sandbox_image, f.systemd_cgroup, f.systemd_cgroups) == (None, None, {"runc": None})
    for edit in (systemd, lambda g: setattr(g, "sandbox_image", "p:2")):
        with pytest.raises(kc.EditError):
            edit(f)
    assert f.text == "version = 2\nplugins = 3\n"


def test_tls_settings_of_a_mirror_move_with_it_and_credentials_stay() -> None:
    f = kc.containerd.loads("version = 2\n")
    f.mirrors = {"r.test": {"endpoint": ["https://m.test"]}}
    tls = {"ca_file": "/ca.crt", "cert_file": "/c.pem", "key_file": "/k.pem", "insecure_skip_verify": True}
    f.registry_configs = {"m.test": {"tls": tls, "auth": {"username": "u"}}, "n.test": {"tls": {"ca_file": "/n"}}}
    (text,) = f.mirrors_to_hosts("1.7.34").values()
    host = kc.containerd.loads_hosts(text).hosts["https://m.test"]
    assert (host.ca, host.client, host.skip_verify) == ("/ca.crt", [["/c.pem", "/k.pem"]], True)
    assert f.registry_configs == {"m.test": {"auth": {"username": "u"}}}
    assert f.check("1.7.34").ok


@pytest.mark.parametrize(
    "mirrors",
    [{"r.test": {"endpoint": ["https://a b"]}}, {"../../x": {"endpoint": []}}, {"r.test": {"endpoint": "a"}}, {"r": 1}],
)
def test_what_is_no_mirror_is_refused(mirrors: dict[str, Any]) -> None:
    f = kc.containerd.loads("version = 2\n")
    f.mirrors = mirrors
    before = f.text
    with pytest.raises(kc.EditError):
        f.mirrors_to_hosts()
    assert f.text == before


@pytest.mark.parametrize("text", ["version = 3\n", "", "plugins = 3\n", "[plugins.cri]\n"])
def test_taking_out_what_is_not_there_changes_nothing(text: str) -> None:
    f = kc.containerd.loads(text)
    for name in f.settings():
        setattr(f, name, None)
    assert f.text == text


def test_a_file_without_mirrors_gets_the_directory_alone() -> None:
    f = kc.containerd.loads("version = 3\n")
    assert f.mirrors_to_hosts() == {}
    assert f.registry_config_path == "/etc/containerd/certs.d"
