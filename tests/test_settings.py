"""Settings of a project: where they are found, what they may hold, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg.settings import Settings

EVERYTHING = """\
select = ["kubeadm."]
ignore = ["strict.unknown", "ignore."]
kubernetes = "1.31"
command = "init"

[per-file-ignores]
"old/*.yaml" = ["kubeadm.apiVersion"]
"legacy.yaml" = ["decode."]

[severity]
"strict." = "warning"

[host]
addresses = ["192.168.6.10"]
cri-socket = "unix:///run/containerd/containerd.sock"
cgroup = "v2"
"""


def test_every_setting() -> None:
    settings = Settings.loads(EVERYTHING)
    assert settings.select == ("kubeadm.",)
    assert settings.ignore == ("strict.unknown", "ignore.")
    assert (settings.kubernetes, settings.command) == ("1.31", "init")
    assert settings.severity == {"strict.": "warning"}
    host = settings.host
    assert host is not None
    assert host.addresses == ("192.168.6.10",)
    assert (host.cri_socket, host.cgroup) == ("unix:///run/containerd/containerd.sock", "v2")


def test_in_a_pyproject_they_have_a_table() -> None:
    text = (
        '[project]\nname = "x"\n\n[tool.kubeadm-cfg]\nkubernetes = "1.31"\n\n[tool.kubeadm-cfg.severity]\nx = "info"\n'
    )
    settings = Settings.loads(text, name="pyproject.toml")
    assert (settings.kubernetes, settings.severity) == ("1.31", {"x": "info"})
    assert Settings.loads('[project]\nname = "x"\n', name="pyproject.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("ignroe = []\n", "ignroe is no setting", (1, 1)),
        ('\nselect = ["a", 1]\n', "select must be a list of texts", (2, 10)),
        ("kubernetes = 1.30\n", 'kubernetes must be a version in quotes, such as "1.31"', (1, 14)),
        ('kubernetes = "latest"\n', 'kubernetes must be a version in quotes, such as "1.31"', (1, 14)),
        ('command = "apply"\n', "command must be one of init, join, reset, upgrade, validate, migrate", (1, 11)),
        ('[severity]\n"strict." = "fatal"\n', 'severity.strict. must be "error", "warning" or "info"', (2, 13)),
        ('severity = {a = "info", b = 1}\n', 'severity.b must be "error", "warning" or "info"', (1, 29)),
        ("per-file-ignores = []\n", "per-file-ignores must be a table", (1, 20)),
        ('[host]\nadresses = ["::1"]\n', "host.adresses is no setting", (2, 1)),
        ("[host]\ncgroup = 2\n", 'host.cgroup must be "v1" or "v2"', (2, 10)),
        ("select = [\n", "not TOML: ", (2, 1)),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(text: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(kc.ConfigError) as caught:
        Settings.loads(text, name=".kubeadm-cfg.toml")
    problem = caught.value.problems[0]
    assert problem.message.startswith(message)
    assert (problem.file, problem.line, problem.column) == (".kubeadm-cfg.toml", *place)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(kc.ConfigError) as caught:
        Settings.loads("[tool.kubeadm-cfg]\nselekt = []\ncommand = 1\n", name="pyproject.toml")
    assert [(p.line, p.remedy) for p in caught.value.problems] == [(2, "did you mean select?"), (3, None)]


@pytest.mark.law
@given(st.text() | st.sampled_from(EVERYTHING.splitlines()).flatmap(lambda line: st.just(line.replace('"', ""))))
def test_law_any_text_is_settings_or_a_config_error(text: str) -> None:
    problems: tuple[object, ...] = ()
    try:
        assert Settings.loads(text).path is None
    except kc.ConfigError as error:
        problems = error.problems
    assert all(str(problem) for problem in problems)


@pytest.mark.parametrize(
    "text",
    [
        '[tool.kubeadm-cfg]\nkubernetes = "1.30"\n',
        '[tool."kubeadm-cfg"]\nkubernetes = "1.30"\n',
        '[tool]\nkubeadm-cfg = {kubernetes = "1.30"}\n',
        'tool.kubeadm-cfg.kubernetes = "1.30"\n',
        '["tool".kubeadm-cfg]\nkubernetes = "1.30"\n',
    ],
)
def test_however_toml_writes_the_table_it_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert Settings.find([tmp_path / "a.yaml"]).kubernetes == "1.30"


# -- finding them ------------------------------------------------------------------------------------------------------
def test_the_nearest_settings_above_the_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.kubeadm-cfg]\nkubernetes = "1.30"\n', encoding="utf-8")
    file = tmp_path / "a" / "b" / "kubeadm.yaml"
    assert Settings.find([file]).kubernetes == "1.30"
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    assert Settings.find([file]).kubernetes == "1.30"
    (tmp_path / "a" / ".kubeadm-cfg.toml").write_text('kubernetes = "1.31"\n', encoding="utf-8")
    found = Settings.find([file])
    assert (found.kubernetes, found.path) == ("1.31", tmp_path / "a" / ".kubeadm-cfg.toml")
    assert Settings.find([file, tmp_path / "other.yaml"]).kubernetes == "1.30"
    assert Settings.find([tmp_path / "a" / "b"]).kubernetes == "1.31"


def test_the_own_file_comes_before_the_shared_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.kubeadm-cfg]\nkubernetes = "1.30"\n', encoding="utf-8")
    (tmp_path / ".kubeadm-cfg.toml").write_text("", encoding="utf-8")
    assert Settings.find([tmp_path / "a.yaml"]).kubernetes is None


def test_files_have_ignores_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / ".kubeadm-cfg.toml"
    path.write_text(EVERYTHING, encoding="utf-8")
    settings = Settings.load(path)
    assert settings.ignored_in(str(tmp_path / "old" / "a.yaml")) == (*settings.ignore, "kubeadm.apiVersion")
    assert settings.ignored_in(str(tmp_path / "x" / "legacy.yaml")) == (*settings.ignore, "decode.")
    assert settings.ignored_in(str(tmp_path / "a.yaml")) == settings.ignore
