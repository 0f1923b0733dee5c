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


def test_cni_of_the_old_table_and_of_the_new_one() -> None:
    old, new = f'[{CRI}.cni]\nbin_dir = "/a"\n', '[plugins."io.containerd.cri.v1.runtime".cni]\nconf_dir = "/c"\n'
    assert effective(f"version = 2\n{old}{new}", "2.0.11", "cni") == {"bin_dir": "/opt/cni/bin", "conf_dir": "/c"}
    joined = {"bin_dir": "", "bin_dirs": ["/a"], "conf_dir": "/c"}
    assert effective(f'version = 2\n{old}{new}bin_dirs = ["/b"]\n', "2.1.0", "cni") == joined


def test_2_3_wants_periods_to_be_durations() -> None:
    toml = 'version = 3\n[plugins."io.containerd.cri.v1.runtime"]\nstats_retention_period = "x"\n'
    assert codes(toml, "2.2.7") == []
    assert codes(toml, "2.3.0") == ["containerd.cri.bad-duration"]


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


def test_a_problem_of_bytes_has_its_line() -> None:
    report = kc.containerd.check_text(b"version = 2\n\nroot = 1\n", "2.2.7")
    assert [(problem.code, problem.line) for problem in report.errors] == [("toml.type", 3)]


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


def tries(files: dict[str, str], image_host: str, release: str) -> list[tuple[str, str, str]]:
    found = kc.containerd.resolve_hosts(files, image_host, release)["tries"]
    return [(one["scheme"] + "+http" * ("https_first_then_http" in one), one["host"], one["path"]) for one in found]


HOST = "10.0.0.5:5000"
HTTP, HTTPS = ("http", HOST, "/v2"), ("https", HOST, "/v2")


@pytest.mark.parametrize(
    ("text", "before", "after", "old", "new"),
    [
        # a file without a host table is skipped in silence
        (f'server = "http://{HOST}"', "1.7.31", "1.7.32", [HTTPS], [HTTP]),
        (f'server = "http://{HOST}"', "1.6.38", "2.0.0", [HTTPS], [HTTP]),
        # a TLS setting makes https the first try
        (
            f'[host."http://{HOST}"]\nskip_verify = true',
            "1.6.24",
            "1.6.25",
            [HTTP, HTTPS],
            [("https+http", HOST, "/v2"), HTTPS],
        ),
        (
            '[host."http://a.test"]\nskip_verify = true',
            "1.7.23",
            "1.7.24",
            [("http", "a.test", "/v2"), HTTPS],
            [("https+http", "a.test", "/v2"), HTTPS],
        ),
        (
            f'[host."http://{HOST}"]\ndial_timeout = "1s"',
            "2.0.6",
            "2.0.7",
            [HTTP, HTTPS],
            [("https+http", HOST, "/v2"), HTTPS],
        ),
        (
            f'[host."http://{HOST}"]\ndial_timeout = "1s"',
            "2.0.13",
            "2.1.0",
            [("https+http", HOST, "/v2"), HTTPS],
            [HTTP, HTTPS],
        ),
        (
            '[host."http://a.test/x"]\noverride_path = true',
            "1.5.18",
            "1.6.0",
            [("http", "a.test", "/x/v2"), HTTPS],
            [("http", "a.test", "/x"), HTTPS],
        ),
        # brackets in a header, a table in braces: 1.x and 2.x read them differently
        ('[host."http://[fd00::1]"]', "1.7.34", "2.0.0", [HTTPS], [("http", "[fd00::1]", "/v2"), HTTPS]),
        # keys in another case of letters
        (
            f'[host."http://{HOST}"]\nSKIP_VERIFY = true',
            "1.6.24",
            "2.3.4",
            [HTTP, HTTPS],
            [("https+http", HOST, "/v2"), HTTPS],
        ),
        ('Server = "http://a.test"\n[host]', "1.7.34", "2.0.0", [HTTPS], [("http", "a.test", "/v2")]),
        ('host = {"http://a.test" = {}}', "2.0.0", "1.7.34", [HTTPS], [("http", "a.test", "/v2"), HTTPS]),
        ('host = {"http://a.test" = {\n}}', "2.0.0", "1.7.34", [HTTPS], [("http", "a.test", "/v2"), HTTPS]),
    ],
)
def test_hosts_toml_on_both_sides_of_a_border(text: str, before: str, after: str, old: Any, new: Any) -> None:
    files = {f"{HOST}/hosts.toml": text}
    assert (tries(files, HOST, before), tries(files, HOST, after)) == (old, new)


@pytest.mark.parametrize(
    ("image_host", "release", "expected"),
    [
        ("localhost", "1.6.8", "https"),
        ("localhost", "1.6.9", "http"),
        ("localhost", "1.6.25", "https"),
        ("localhost:5000", "1.7.34", "https+http"),
        ("localhost:80", "1.7.34", "http"),
        ("127.0.0.1:443", "2.3.4", "https"),
        ("[::1]:5000", "2.3.4", "https+http"),
    ],
)
def test_the_node_itself_without_a_file(image_host: str, release: str, expected: str) -> None:
    assert tries({}, image_host, release) == [(expected, image_host, "/v2")]


def test_the_directory_default_is_read_from_1_6_17_on() -> None:
    files = {"_default/hosts.toml": '[host."http://m.test"]'}
    read = {release: len(tries(files, "a.test", release)) for release in ("1.6.16", "1.6.17", "1.7.0")}
    assert read == {"1.6.16": 1, "1.6.17": 2, "1.7.0": 2}


def test_a_mirror_keeps_its_path_and_the_registry_itself_comes_last() -> None:
    endpoints = '["https://m.test/proxy", "localhost:5000", "registry-1.docker.io"]'
    table = f'[{CRI}.registry.mirrors."docker.io"]\nendpoint = {endpoints}'
    files = {"/etc/containerd/config.toml": f"version = 2\n{table}"}
    assert tries(files, "docker.io", "1.7.34") == [
        ("https", "m.test", "/proxy"),
        ("http", "localhost:5000", "/v2"),
        ("https", "registry-1.docker.io", "/v2"),
        ("https", "registry-1.docker.io", "/v2"),
    ]
    assert tries(files, "other.test", "1.7.34") == [("https", "other.test", "/v2")]


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://a.test/%41/../b/", "a.test", "/b/v2"),
        ("https://user:pw@a.test:5000", "a.test:5000", "/v2"),
        ("a.test/v2", "a.test", "/v2"),
        ("https://a.test/v2?x=1#y", "a.test", "/v2"),
        ("http", "", "http/v2"),
    ],
)
def test_urls_are_read_as_go_reads_them(url: str, host: str, path: str) -> None:
    files = {f"{HOST}/hosts.toml": f'[host."{url}"]'}
    assert tries(files, HOST, "2.3.4")[0][1:] == (host, path)


@pytest.mark.parametrize(
    "url", ["https://%41.test", "https://a.test:x", "https://[::1", "https://a b.test", "https://a.test/%4"]
)
def test_a_file_with_what_is_no_url_is_skipped(url: str) -> None:
    found = kc.containerd.resolve_hosts({f"{HOST}/hosts.toml": f'[host."{url}"]'}, HOST, "2.3.4")
    assert found["file_ignored"]


@pytest.mark.parametrize("release", ["1.6.20", "1.7.34"])
def test_1_x_tolerates_what_toml_does_not(release: str) -> None:
    lax = f'version = 2 # \x01\n[{CRI}]\nregistry = {{\n  config_path = "\\/etc\\/certs.d"\n}}\n'
    assert effective(lax, release, "config_path") == "/etc/certs.d"
    assert codes(lax, release) == []
    assert codes(f'{lax}stream_idle_timeout = "soon"\n', release) == ["containerd.cri.bad-duration"]
    assert codes(lax, "2.0.11") == ["toml.syntax"]
    assert codes("version = 2\nroot = 'a\n", release) == ["toml.syntax"]


@pytest.mark.parametrize(
    ("toml", "old", "new"),
    [
        ('version = 2\nRoot = "/data"\n', "/var/lib/containerd", "/data"),
        ('version = 2\nroot = "/a"\nRoot = "/data"\n', "/a", "/data"),
        ('version = 2\nRoot = "/data"\nroot = "/a"\n', "/a", "/a"),
        ('version = 2\nROOT = "/data"\n', "/data", "/data"),
    ],
)
def test_2_x_reads_fields_in_another_case_of_letters(toml: str, old: str, new: str) -> None:
    assert (effective(toml, "1.7.34", "root"), effective(toml, "2.2.7", "root")) == (old, new)


@pytest.mark.parametrize(
    ("toml", "release", "code", "line"),
    [
        ("server = 'http://a.test'\n", "1.7.31", "skipped", 1),
        ("[host.'http://a.test']\ncapabilities = ['fetch']\n", "2.3.4", "skipped", 1),
        ("server = \n", "2.3.4", "skipped", 1),
        ("[hosts.'http://a.test']\n", "2.3.4", "unknown", 1),
        ("[host.'http://a.test']\nserver = 'x'\n", "2.3.4", "unknown", 2),
        ("server = 'https://a.test'\nauth = 'x'\n", "2.3.4", "unknown", 2),
        ("capabilities = ['pull']\n[host.'https://a.test']\n", "2.3.4", "no-server", 1),
        ("[host.'https://a.test']\ndial_timeout = '1s'\n", "1.7.34", "too-new", 2),
        ("[host.'http://a.test:5000']\nskip_verify = true\n", "2.3.4", "https-first", 1),
        ("server = 'http://a.test:5000'\nskip_verify = true\n", "2.3.4", "https-first", 1),
        ("[host]\n'http://a.test' = {}\n", "2.3.4", "not-seen", 1),
    ],
)
def test_a_hosts_toml_is_judged_by_the_release(toml: str, release: str, code: str, line: int) -> None:
    report = (
        kc.containerd.loads_hosts(toml).check(release)
        if code != "skipped"
        else kc.containerd.check_hosts(toml, release)
    )
    assert [(problem.code, problem.line) for problem in report] == [(f"hosts.{code}", line)]
    assert report.ok == (code != "skipped")


def test_a_sound_hosts_toml_has_no_problems() -> None:
    text = (
        "server = 'https://a.test' # last\ncapabilities = ['pull']\n\n[host.'http://m.test:80']\noverride_path = true\n"
    )
    f = kc.containerd.loads_hosts(text)
    assert [*f.check("2.3.4")] == []
    f.skip_verify = True
    assert (f.capabilities, f.skip_verify, f.hosts["http://m.test:80"].override_path) == (["pull"], True, True)
    f.skip_verify = None
    assert f.text == text
    assert [*kc.containerd.check_hosts("", "1.5.0")] == []


@pytest.mark.parametrize(
    ("key", "accepts", "refuses"),
    [
        ('plugins."io.containerd.gc.v1.scheduler".startup_delay = "100ms"', "2.2.7", None),
        ('plugins."io.containerd.gc.v1.scheduler".startup_delay = "soon"', None, "2.2.7"),
        ('plugins."io.containerd.gc.v1.scheduler".pause_threshold = 1', "2.0.11", "1.7.34"),
        ('plugins."io.containerd.snapshotter.v1.overlayfs".root_path = 1', None, "2.3.4"),
        ('plugins."io.containerd.snapshotter.v1.overlayfs".of_another_release = 1', "2.3.4", None),
        ("oom_score = {}", None, "2.3.4"),
    ],
)
def test_keys_of_other_plugins_have_their_types_too(key: str, accepts: str | None, refuses: str | None) -> None:
    toml = f"version = 2\n{key}\n"
    assert accepts is None or codes(toml, accepts) == []
    assert refuses is None or codes(toml, refuses) == ["toml.type"]
