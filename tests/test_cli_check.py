"""The command `check`: exit codes, formats, settings, baselines, standard input, many files."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from test_cli import Outcome, Run, run

__all__ = ["run"]

CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.0\n"
BAD = CLUSTER + "networking:\n  podSubnet: 10.0.0.0/30\n"
DEPRECATED = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.0\n"
CODE = "kubeadm.networking.podSubnet"
SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", CLUSTER), ("bad", BAD), ("old", DEPRECATED), ("broken", CLUSTER + "a: [\n")):
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good.yaml"], 0),
        (["bad.yaml"], 1),
        (["broken.yaml"], 1),
        (["old.yaml"], 0),
        (["old.yaml", "--fail-on", "warning"], 1),
        (["good.yaml", "--fail-on", "info"], 0),
        (["bad.yaml", "--ignore", "kubeadm."], 0),
        (["bad.yaml", "--ignore", "x,kubeadm.networking"], 0),
        (["bad.yaml", "--select", "strict.", "--select", "decode."], 0),
        (["broken.yaml", "--select", "kubelet."], 1),
        (["good.yaml", "-k", "1.22"], 1),
        (["good.yaml", "--kubernetes", "latest"], 2),
        (["missing.yaml"], 2),
        (["--each", "good.yaml", "missing.yaml"], 2),
        (["--each", "good.yaml", "--jobs", "0"], 2),
        (["good.yaml", "--command", "apply"], 2),
        (["good.yaml", "--wrong"], 2),
        (["-", "good.yaml"], 2),
        ([], 2),
    ],
)
def test_exit_codes(run: Run, arguments: list[str], code: int) -> None:
    outcome = run("check", *arguments)
    assert outcome.code == code
    assert bool(outcome.err) == (code == 2 and "--each" not in arguments) or "--jobs" in arguments


def test_the_report_is_for_people(run: Run) -> None:
    outcome = run("check", "bad.yaml")
    assert outcome.out.startswith("bad.yaml:5:14: error: ")
    assert outcome.out.endswith("in 1 file\n")


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, BAD)
    outcome = run("check", "-")
    assert outcome.code == 1
    assert outcome.out.startswith("<stdin>:5:14: error: ")


def printed(outcome: Outcome) -> dict[str, object]:
    data = json.loads(outcome.out)
    assert isinstance(data, dict)
    return data


def test_formats_for_programs(run: Run) -> None:
    data = printed(run("check", "bad.yaml", "--format", "json"))
    assert (data["ok"], data["files"]) == (False, ["bad.yaml"])
    log = printed(run("check", "bad.yaml", "good.yaml", "--format", "sarif"))
    jsonschema.Draft7Validator(SCHEMA).validate(log)
    assert run("check", "bad.yaml", "--format", "github").out.startswith(
        "::error file=bad.yaml,line=5,endLine=5,col=14,"
    )
    assert run("check", "good.yaml", "--format", "github").out == ""


def test_settings_above_the_files_are_used(run: Run) -> None:
    Path(".kubeadm-cfg.toml").write_text(f'ignore = ["{CODE}"]\n', encoding="utf-8")
    assert run("check", "bad.yaml").code == 0
    Path(".kubeadm-cfg.toml").write_text('kubernetes = "1.22"\n', encoding="utf-8")
    assert run("check", "good.yaml").code == 1
    assert run("check", "good.yaml", "-k", "1.34").code == 0
    Path(".kubeadm-cfg.toml").write_text("\nignroe = []\n", encoding="utf-8")
    outcome = run("check", "bad.yaml")
    assert outcome.code == 2
    assert ".kubeadm-cfg.toml:2:1: error: ignroe is no setting" in outcome.err


def test_a_baseline_hides_what_was_there(run: Run) -> None:
    assert run("check", "bad.yaml", "--write-baseline", "known.json") == (0, "", "")
    assert run("check", "bad.yaml", "--baseline", "known.json").code == 0
    Path("bad.yaml").write_text("# moved\n" + BAD + "foo: 1\n", encoding="utf-8")
    outcome = run("check", "bad.yaml", "--baseline", "known.json")
    assert outcome.code == 1
    assert "foo" in outcome.out
    assert "podSubnet" not in outcome.out
    Path("known.json").write_text("[]", encoding="utf-8")
    assert run("check", "bad.yaml", "--baseline", "known.json").code == 2


def test_files_are_one_cluster_or_each_one_of_its_own(run: Run) -> None:
    kubelet = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    Path("kubelet.yaml").write_text(kubelet, encoding="utf-8")
    assert "kubernetes.assumed" not in run("check", "good.yaml", "kubelet.yaml").out
    assert "kubernetes.assumed" in run("check", "--each", "good.yaml", "kubelet.yaml").out


def test_many_files_by_several_processes_have_the_same_report(run: Run) -> None:
    Path("fleet").mkdir()
    for number in range(70):
        Path(f"fleet/{number:02}.yaml").write_text(BAD if number % 7 == 0 else CLUSTER, encoding="utf-8")
    Path("fleet/app.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n", encoding="utf-8")
    one, two = (run("check", "--each", "fleet", "--jobs", jobs) for jobs in ("1", "2"))
    assert one == two
    assert one.code == 1
    assert one.out.endswith("20 errors in 70 files\n")
    assert one.err == ""


MISSPELT = CLUSTER + "clustername: abc  # of the lab\n"


def test_fixes_are_made_written_and_shown(run: Run) -> None:
    Path("a.yaml").write_text(MISSPELT, encoding="utf-8")
    outcome = run("check", "a.yaml", "--fix")
    assert outcome.code == 0
    assert "-clustername: abc  # of the lab\n+clusterName: abc  # of the lab\n" in outcome.out
    assert outcome.out.endswith("no problems in 1 file\n")
    assert Path("a.yaml").read_text(encoding="utf-8") == MISSPELT.replace("clustern", "clusterN")
    assert run("check", "a.yaml", "--fix").out == "no problems in 1 file\n"


def test_fixes_are_made_in_every_cluster_and_what_is_left_is_told(run: Run) -> None:
    for folder in ("one", "two"):
        Path(folder).mkdir()
        Path(folder, "a.yaml").write_text(MISSPELT + "networking:\n  podSubnet: 10.0.0.0/30\n", encoding="utf-8")
    outcome = run("check", "one", "two", "--fix", "--format", "json")
    assert outcome.code == 1
    assert outcome.err.count("+clusterName") == 2
    assert {problem["path"] for problem in json.loads(outcome.out)["problems"]} == {"networking.podSubnet"}
    Path("one/a.yaml").write_text(MISSPELT, encoding="utf-8")
    Path("two/a.yaml").write_text(MISSPELT, encoding="utf-8")
    assert run("check", ".", "--fix", "--select", "strict.unknown", "--ignore", "yaml.syntax").code == 0
    assert run("check", "--each", "one", "two", "--fix").out == "no problems in 2 files\n"


def test_standard_input_has_no_place_for_fixes(run: Run) -> None:
    assert run("check", "-", "--fix").code == 2


def test_files_of_other_programs_can_be_skipped(run: Run) -> None:
    Path("values.yaml").write_text("replicas: 1\n", encoding="utf-8")
    assert run("check", "values.yaml", "good.yaml").code == 1
    assert run("check", "--each", "--skip-foreign", "values.yaml", "good.yaml") == (0, "no problems in 1 file\n", "")
    assert run("check", "--skip-foreign", "values.yaml").out == "no problems\n"


def test_a_bar_on_a_terminal_leaves_the_report_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run("check", "--each", *["good.yaml"] * 30)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    outcome = run("check", "--each", *["good.yaml"] * 30)
    assert (outcome.code, outcome.out) == (before.code, before.out)
    assert "30/30" in outcome.err


def test_the_hook_of_pre_commit_runs_a_command_that_there_is(run: Run) -> None:
    hooks = yaml.safe_load((Path(__file__).parents[1] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        assert run(*hook["entry"].split()[1:], "good.yaml").code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_file_whose_name_is_no_text_is_told_of_all_the_same(run: Run, form: str) -> None:
    name = os.fsdecode(b"bad\xff.yaml")
    Path(name).write_text(BAD, encoding="utf-8")
    outcome = run("check", name, "--format", form)
    assert outcome.code == 1
    assert ("\\udcff" in outcome.out) or form == "sarif"
    if form in ("json", "sarif"):
        assert printed(outcome)


def test_a_cold_check_imports_only_what_it_needs() -> None:
    code = (
        "import sys; from kubeadm_cfg.__main__ import main; main(['check', 'good.yaml', '--rules', 'all']);"
        "print(*sys.modules, sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "kubeadm_cfg.checks.judge" in loaded
    costly = {"cattrs", "tomlkit", "rich", "importlib.metadata", "concurrent.futures"}
    others = {"kubeadm_cfg.containerd", "kubeadm_cfg.flannel", "kubeadm_cfg.advisor", "kubeadm_cfg.cli.edit"}
    assert not loaded & (costly | others)
