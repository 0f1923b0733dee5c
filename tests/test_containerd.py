"""containerd files: every case of the corpus, the shipped example, typed settings, migration, hosts.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.__main__ import main

CASES = rows("containerd.jsonl")
CONFIGS = [case for case in CASES if case["kind"] == "config"]
HOSTS = [case for case in CASES if case["kind"] == "hosts"]
EXAMPLE = Path(__file__).parents[1] / "examples" / "wx-omega" / "containerd-config.toml"
NEWEST = "2.3.4"


@pytest.mark.corpus
@pytest.mark.parametrize("case", CONFIGS, ids=lambda case: case["id"])
def test_a_config_is_read_as_the_release_reads_it(case: Case) -> None:
    files = case.get("files", {})
    report = kc.containerd.check_text(case["toml"], case["containerd"], files)
    refused = [p for p in report.errors if p.code.startswith(("toml.", "containerd.refused"))]
    assert bool(refused) == (case["expect"] == "reject"), report
    if refused:
        with pytest.raises(kc.ConfigError):
            kc.containerd.effective(case["toml"], case["containerd"], files)
        return
    if case["cri_validation"] != "not_loaded":
        broken = [p for p in report.errors if p.code.startswith("containerd.cri.")]
        assert bool(broken) == (case["cri_validation"] == "reject"), report
    found = kc.containerd.effective(case["toml"], case["containerd"], files)
    assert {key: found.get(key) for key in case["facts"]} == case["facts"]


@pytest.mark.corpus
@pytest.mark.parametrize("case", HOSTS, ids=lambda case: case["id"])
def test_hosts_are_tried_in_the_order_of_the_release(case: Case) -> None:
    if case["expect"] == "reject":
        with pytest.raises(kc.ConfigError):
            kc.containerd.resolve_hosts(case["files"], case["image_host"], case["containerd"])
        return
    found = kc.containerd.resolve_hosts(case["files"], case["image_host"], case["containerd"])
    assert len(found["tries"]) == len(case["tries"])
    for got, wanted in zip(found["tries"], case["tries"], strict=True):
        assert {key: got.get(key) for key in wanted} == wanted
    assert (found["matched_dir"], found["file_ignored"]) == (case["matched_dir"], case["file_ignored"])


def test_the_example_loads_is_edited_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(EXAMPLE.read_bytes())
    f = kc.containerd.load(path)
    assert f.version == 2
    assert f.sandbox_image == "192.168.6.164:5000/well-known/pause:3.9"
    assert f.systemd_cgroup is False
    assert f.mirrors == {"192.168.6.164:5000": {"endpoint": ["http://192.168.6.164:5000"]}}
    assert not f.save()
    f.systemd_cgroup = True
    assert f.save()
    assert path.read_bytes() == EXAMPLE.read_bytes().replace(b"SystemdCgroup = false", b"SystemdCgroup = true")
    assert f.diff() == ""


def test_a_file_changed_by_another_program_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(EXAMPLE.read_bytes())
    f = kc.containerd.load(path)
    f.snapshotter = "native"
    path.write_text("version = 3\n")
    with pytest.raises(kc.StaleFileError):
        f.save()
    assert f.save(force=True)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_settings_are_written_where_the_version_has_them(version: int) -> None:
    f = kc.containerd.loads(f"version = {version}\n")
    f.sandbox_image = "registry.example.test/pause:3.10"
    f.systemd_cgroup = True
    f.registry_config_path = "/etc/containerd/certs.d"
    f.default_runtime_name = "runc"
    f.disabled_plugins = []
    found = f.effective(NEWEST)
    assert found["sandbox_image"] == "registry.example.test/pause:3.10"
    assert found["SystemdCgroup"] is True
    assert found["config_path"] == "/etc/containerd/certs.d"
    assert kc.containerd.loads(f.text).systemd_cgroup is True


def test_an_empty_file_becomes_one_that_every_release_reads() -> None:
    f = kc.containerd.loads("")
    f.systemd_cgroup = True
    for release in ("1.6.20", "1.7.34", "2.0.11", "2.1.9", "2.2.1", "2.2.7", "2.3.4"):
        assert f.effective(release)["SystemdCgroup"] is True
        assert f.check(release).ok


@pytest.mark.parametrize("to", [3, 4])
def test_migrating_the_example_keeps_comments_and_what_is_in_force(to: int) -> None:
    f = kc.containerd.load(EXAMPLE)
    before = f.effective(NEWEST)
    assert f.migrate(to) == []
    assert f.version == to
    assert f.text.startswith("# containerd 配置（如需 HTTP 镜像仓库）\n")
    assert f.effective(NEWEST) == before
    assert f.migrate(to) == []


def test_migrating_says_what_is_gone_and_moves_comments_with_their_lines() -> None:
    f = kc.containerd.loads(
        '[plugins.cri]\n# the pause image\nsandbox_image = "p:1" # ours\nsystemd_cgroup = true\n'
        "stream_server_port = '0'\n[plugins.cri.containerd]\nsnapshotter = 'native'\n"
    )
    codes = [problem.code for problem in f.migrate()]
    assert codes == ["containerd.migrate.gone", "containerd.migrate.takes-effect"]
    assert f.sandbox_image == "p:1"
    assert f.snapshotter == "native"
    assert '# the pause image\nsandbox = "p:1" # ours\n' in f.text


# What `containerd config default` of 1.7 prints, shortened: one table with keys of three plugins, tables in tables.
PRINTED = """version = 2

[plugins]

  [plugins."io.containerd.grpc.v1.cri"]
    enable_selinux = false # as it was
    max_concurrent_downloads = 3
    sandbox_image = "p:1"
    stream_server_port = "0"

    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/opt/cni/bin"

    [plugins."io.containerd.grpc.v1.cri".containerd]
      default_runtime_name = "runc"
      # of all images
      snapshotter = "overlayfs"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes]

        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = ""
"""


def test_a_printed_default_is_split_and_joined_table_by_table() -> None:
    f = kc.containerd.loads(PRINTED)
    assert f.migrate(3) == []
    assert (
        f.text
        == """version = 3

[plugins]

  [plugins."io.containerd.cri.v1.runtime"]
    enable_selinux = false # as it was

  [plugins."io.containerd.cri.v1.images"]
    max_concurrent_downloads = 3
    # of all images
    snapshotter = "overlayfs"

  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "p:1"

  [plugins."io.containerd.grpc.v1.cri"]
    stream_server_port = "0"

    [plugins."io.containerd.cri.v1.runtime".cni]
      bin_dir = "/opt/cni/bin"

    [plugins."io.containerd.cri.v1.runtime".containerd]
      default_runtime_name = "runc"

      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes]

        [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.cri.v1.images".registry]
      config_path = ""
"""
    )


def test_a_table_in_braces_is_moved_setting_by_setting() -> None:
    f = kc.containerd.loads(
        'version = 2 # why\nplugins = {"io.containerd.grpc.v1.cri" = {sandbox_image = "p", enable_selinux = true}}\n'
    )
    assert f.migrate(3) == []
    assert (f.sandbox_image, f.version) == ("p", 3)
    assert f.text.startswith("version = 3 # why\n")


def test_version_4_has_a_list_of_cni_directories_and_takes_the_old_table_of_a_version_3_file() -> None:
    f = kc.containerd.loads(PRINTED.replace("version = 2", "version = 3"))
    before = f.effective(NEWEST)
    assert f.migrate(4) == []
    assert 'bin_dirs = ["/opt/cni/bin"]' in f.text
    assert f.effective(NEWEST) == before


@pytest.mark.parametrize(
    "case", [case for case in CONFIGS if case["containerd"] == NEWEST], ids=lambda case: case["id"]
)
def test_migrating_keeps_what_is_in_force_or_says_what_changes(case: Case) -> None:
    if case["expect"] == "reject" or case["cri_validation"] == "reject":
        return
    f = kc.containerd.loads(case["toml"])
    files = case.get("files", {})
    before = f.effective(NEWEST, files)
    if f.get("version", 0) >= 4:
        return
    if "io.containerd.cri.v1.images" in case["toml"] and "io.containerd.grpc.v1.cri" in case["toml"]:
        with pytest.raises(kc.EditError):  # both say the same setting
            f.migrate(4)
        return
    told = [problem.code for problem in f.migrate(4)]
    after = f.effective(NEWEST, files)
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"snapshotter"}
    assert not changed or told == ["containerd.migrate.takes-effect"]


@pytest.mark.parametrize(
    ("toml", "to"),
    [
        ("version = 4", 3),
        ("version = 2", 2),
        ('version = "2"', 3),
        (
            (
                'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "p"\n'
                '[plugins."io.containerd.cri.v1.images".pinned_images]\nsandbox = "q"\n'
            ),
            3,
        ),
    ],
)
def test_what_cannot_be_migrated_stays_as_it_is(toml: str, to: int) -> None:
    f = kc.containerd.loads(toml)
    with pytest.raises(kc.ConfigError):
        f.migrate(to)
    assert f.text == toml


def test_edits_by_path() -> None:
    f = kc.containerd.loads("a.b = 1 # one\n[t]\n  x = {p = [1, 2], q = 'r'} # inline\n\n[[list]]\nn = 1\n")
    f.set("a.c", 2)
    f.set("t.x.q", "s")
    f.set("t.x.new", True)
    f.unset("t.x.p")
    assert f.text == "a.b = 1 # one\na.c = 2\n[t]\n  x = {q = 's', new = true} # inline\n\n[[list]]\nn = 1\n"
    f.unset("t")
    assert f.get("t", None) is None
    with pytest.raises(KeyError):
        f.get("t")


@pytest.mark.parametrize(
    ("path", "value"), [("a.b", 1), ("", 1), ("a..b", 1), ("c", object()), ("c", None), ("c", "\ud800")]
)
def test_a_refused_edit_moves_no_byte(path: str, value: object) -> None:
    f = kc.containerd.loads("a = 1\n")
    with pytest.raises(kc.EditError):
        f.set(path, value)
    with pytest.raises(kc.EditError):
        f.unset("nothing.there")
    assert f.text == "a = 1\n"


def test_hosts_files_are_typed(tmp_path: Path) -> None:
    path = tmp_path / "hosts.toml"
    path.write_text(
        'server = "https://registry-1.docker.io" # last\n\n[host."https://mirror.test"]\n  capabilities = ["pull"]\n'
    )
    f = kc.containerd.load_hosts(path)
    assert f.server == "https://registry-1.docker.io"
    assert f.hosts["https://mirror.test"].capabilities == ["pull"]
    f.hosts["https://mirror.test"].skip_verify = True
    f.host("http://10.0.0.5:5000").capabilities = ["pull", "resolve"]
    assert f.save()
    tries = kc.containerd.resolve_hosts({"docker.io/hosts.toml": path.read_text()}, "docker.io", "2.2.7")["tries"]
    assert [one["host"] for one in tries] == ["mirror.test", "10.0.0.5:5000", "registry-1.docker.io"]
    f.server = None
    assert f.text.startswith("\n[host.")


def test_the_old_way_is_refused_where_it_fails_in_silence() -> None:
    for release in ("2.2.0", "2.2.1"):
        with pytest.raises(kc.ConfigError):
            kc.containerd.http_registry("10.0.0.5:5000", release, way="mirrors")


@pytest.mark.parametrize("host", ["http://10.0.0.5:5000", "", "a b", "10.0.0.5:0", "10.0.0.5:70000", "a/b"])
def test_what_is_no_registry_is_refused(host: str) -> None:
    with pytest.raises(kc.ConfigError):
        kc.containerd.http_registry(host, "2.2.7")


def test_a_problem_has_its_line() -> None:
    report = kc.containerd.check_text(
        'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nstream_idle_timeout = "soon"\n'
    )
    assert [(p.code, p.line) for p in report.errors] == [("containerd.cri.bad-duration", 3)]


def test_unsetting_takes_out_every_part_of_an_inline_table() -> None:
    f = kc.containerd.loads("x = { a.b = 1, a.c = 2 }\ny = {a.b = {c = 1}, d = 2} # stays\n")
    f.unset("x.a")
    f.unset("y.a")
    assert f.text == "x = {  }\ny = {d = 2} # stays\n"


def test_a_drop_in_replaces_the_plugin_table_in_1_x_and_joins_it_in_2_x() -> None:
    cri = '[plugins."io.containerd.grpc.v1.cri"'
    main = f'version = 2\nimports = ["conf.d/*.toml"]\n{cri}]\nsandbox_image = "p:1"\n'
    files = {
        "conf.d/a.toml": f'{cri}.registry]\nconfig_path = "/a"\n',
        "conf.d/b.toml": f'{cri}.registry]\nconfig_path = "/b"\n',
    }
    found = {
        release: kc.containerd.effective(main, release, files) for release in ("1.6.20", "1.7.34", "2.0.11", "2.3.4")
    }
    assert [one["sandbox_image"] for one in found.values()] == ["p:1", "registry.k8s.io/pause:3.8", "p:1", "p:1"]
    assert [one["config_path"] for one in found.values()] == ["", "/b", "/b", "/b"]


@pytest.mark.parametrize(
    ("toml", "release", "code"),
    [
        (
            'version = 3\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/a:/b"\n',
            "2.2.7",
            "config-path-list",
        ),
        ('version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd]\nsnapshotter = "native"\n', "2.2.7", "lost"),
        ('[plugins.cri]\nsandbox_image = "p:1"\n', "2.1.9", "ignored"),
        ('version = 3\n[plugins."io.containerd.cri.v1.images"]\n', "1.6.20", "ignored"),
        ('version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_imag = "p:1"\n', "2.2.7", "unknown"),
        ('version = 4\n[grpc]\naddress = "/x"\n', "2.3.4", "ignored"),
        ('version = 4\n[debug]\naddress = "/x"\n', "2.3.4", "ignored"),
        ('version = 3\n[plugins."io.containerd.cri.v1.runtime".cni]\nbin_dir = "/x"\n', "2.1.9", "deprecated"),
        ('version = 3\n[plugins."io.containerd.cri.v1.runtime"]\nenable_cdi = false\n', "2.2.7", "deprecated"),
        ('disabled_plugins = ["cri"]\n', "1.7.34", "disabled"),
        ('version = 2\nimports = ["gone.toml"]\n', "2.2.7", "import-missing"),
    ],
)
def test_what_fails_in_silence_is_a_warning(toml: str, release: str, code: str) -> None:
    report = kc.containerd.check_text(toml, release)
    assert report.ok
    assert f"containerd.{code}" in [problem.code for problem in report.warnings]


@pytest.mark.parametrize(
    ("toml", "release"),
    [
        ('version = 3\n[grpc]\naddress = "/x"\n', "2.3.4"),
        ('version = 4\n[debug]\nlevel = "debug"\n', "2.3.4"),
        ('version = 3\n[plugins."io.containerd.cri.v1.runtime".cni]\nbin_dir = "/x"\n', "2.0.11"),
        ('version = 3\n[plugins."io.containerd.cri.v1.runtime"]\nenable_cdi = false\n', "2.1.9"),
    ],
)
def test_what_the_release_before_takes_as_it_looks_is_no_warning(toml: str, release: str) -> None:
    assert not kc.containerd.check_text(toml, release).warnings


def test_a_byte_order_mark_is_read_by_1_x_alone() -> None:
    data = b"\xef\xbb\xbfversion = 2\r\n"
    assert kc.containerd.check_text(data, "1.7.34").ok
    assert [problem.code for problem in kc.containerd.check_text(data, "2.2.7").errors] == ["toml.syntax"]
    f = kc.containerd.loads(data)
    f.root = "/data"
    assert bytes(f) == b'\xef\xbb\xbfversion = 2\r\nroot = "/data"\r\n'
    hosts = {"a.test/hosts.toml": '\ufeffserver = "http://a.test"'}
    schemes = [
        kc.containerd.resolve_hosts(hosts, "a.test", release)["tries"][0]["scheme"] for release in ("1.7.34", "2.3.4")
    ]
    assert schemes == ["http", "https"]


def test_the_command_prints_the_files_and_writes_hosts_toml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["http-registry", "10.0.0.5:5000", "--containerd", "2.1", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("# /etc/containerd/config.toml\nversion = 3\n")
    written = tmp_path / "etc/containerd/certs.d/10.0.0.5:5000/hosts.toml"
    assert written.read_text() == 'server = "http://10.0.0.5:5000"\n'
    assert main(["http-registry", "http://10.0.0.5"]) == 2
    assert main(["http-registry", "10.0.0.5:5000", "--containerd", "2.2.0", "--way", "mirrors"]) == 2
    assert "2.2.0" in capsys.readouterr().err


@pytest.mark.parametrize(
    "toml", ["a = " + "[" * 9000, "a." * 3000 + "b = 1", "a = " + "[" * 150 + "]" * 150, "a = " + "9" * 5000]
)
def test_what_is_too_deep_or_too_long_is_refused(toml: str) -> None:
    with pytest.raises(kc.ParseError):
        kc.containerd.loads(toml)
    assert [problem.code for problem in kc.containerd.check_text(toml).errors] == ["toml.syntax"]


def test_a_value_that_holds_itself_is_refused() -> None:
    f = kc.containerd.loads("a = 1\n")
    value: list[object] = []
    value.append(value)
    with pytest.raises(kc.EditError):
        f.set("b", value)
    assert f.text == "a = 1\n"
