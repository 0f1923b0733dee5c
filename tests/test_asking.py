"""check and check_text: files that make a cluster, what is shown and in which order; no input makes them raise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import rows
from kubeadm_cfg.checks.rules import Context
from kubeadm_cfg.report import masked

EXAMPLES = Path(__file__).parents[1] / "examples"
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.0\n"
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\n"
MANIFEST = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kube-flannel-cfg\ndata:\n  net-conf.json: |\n"
    '    {"Network": "10.244.0.0/16", "Backend": {"Type": "%s"}}\n'
)
BAD = "networking:\n  podSubnet: 10.0.0.0/30\n"
CODE = "kubeadm.networking.podSubnet"


def codes(report: kc.Report) -> list[str]:
    return [problem.code for problem in report]


def write(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


# -- files -------------------------------------------------------------------------------------------------------------
def test_the_files_of_the_example_are_one_cluster() -> None:
    report = kc.check(EXAMPLES / "wx-omega")
    assert report.ok
    assert [Path(name).name for name in report.files] == ["030-flannel.yaml", "containerd-config.toml", "kubeadm.yaml"]


def test_a_foreign_file_is_left_out_with_an_info(tmp_path: Path) -> None:
    (path,) = write(tmp_path, deployment=DEPLOYMENT)
    for source in (path, tmp_path):
        report = kc.check(source)
        assert [(p.code, p.severity, p.file) for p in report] == [("file.foreign", "info", str(path))]
    assert codes(kc.check_text(DEPLOYMENT)) == ["file.foreign"]


def test_a_program_refuses_what_it_is_given(tmp_path: Path) -> None:
    (path,) = write(tmp_path, manifest=MANIFEST % "vxlan")
    assert not kc.check(path, rules="kubernetes").ok
    assert not kc.check(path, command="init").ok
    assert kc.check(path).ok
    assert not list(kc.check(tmp_path, command="init"))


def test_flannels_and_containerds_files_are_checked_as_such(tmp_path: Path) -> None:
    write(tmp_path, cluster=CLUSTER, manifest=MANIFEST % "aws-vpc")
    (tmp_path / "config.toml").write_text("version = [\n", encoding="utf-8")
    assert codes(kc.check(tmp_path)) == ["toml.syntax", "flannel.unknown-backend"]
    assert kc.check(tmp_path, rules="kubernetes").ok


def test_the_version_of_one_file_holds_for_all(tmp_path: Path) -> None:
    write(tmp_path, a=KUBELET, b=CLUSTER)
    assert "kubernetes.assumed" not in codes(kc.check(tmp_path))
    assert "kubernetes.assumed" in codes(kc.check(tmp_path / "a.yaml"))


def test_clusters_below_are_judged_on_their_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    write(tmp_path / "one", a=CLUSTER + BAD, b=KUBELET)
    write(tmp_path / "two", a=CLUSTER.replace("1.34", "1.20"), b=KUBELET)
    report = kc.check(tmp_path)
    assert [Path(name).parent.name for name in report.files] == ["one", "one", "two", "two"]
    unknown = [Path(problem.file or "").parent.name for problem in report if problem.code == "minor-unknown"]
    assert unknown == ["two"]


def test_a_rule_of_ones_own_sees_the_whole_cluster(tmp_path: Path) -> None:
    @kc.rule("acme.dns", kinds=["ClusterConfiguration", "KubeletConfiguration"], severity="warning")
    def dns(ctx: Context) -> Iterator[kc.Problem]:
        if ctx.cluster is not None and ctx.kubelet is not None and len(ctx.files) == 2:
            yield ctx.problem(ctx.kubelet, "clusterDNS", f"is for {ctx.cluster.kubernetes_version}")

    write(tmp_path, a=CLUSTER, b=KUBELET)
    report = kc.check(tmp_path, extra=[dns])
    assert [(p.code, Path(p.file or "").name) for p in report.warnings] == [("acme.dns", "b.yaml")]


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        kc.check(tmp_path / "a.yaml")


def test_no_files_have_no_problems(tmp_path: Path) -> None:
    assert not list(kc.check())
    assert not list(kc.check(tmp_path))


# -- order -------------------------------------------------------------------------------------------------------------
def test_problems_stand_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    text = CLUSTER + "imageRepository: https://x\nnetworking:\n  podSubnet: 10.0.0.0/30\n  serviceSubnet: x\nfoo: 1\n"
    b, a = write(tmp_path, b=text, a=text)
    report = kc.check(b, a)
    places = [([str(b), str(a)].index(p.file or ""), p.line or 0, p.column or 0, p.code) for p in report]
    assert places == sorted(places)
    assert len({place[0] for place in places}) == 2
    assert kc.check(b, a).to_dict() == report.to_dict()


# -- what is not shown -------------------------------------------------------------------------------------------------
def test_a_comment_hides_a_problem_of_its_line() -> None:
    assert CODE in " ".join(codes(kc.check_text(CLUSTER + BAD)))
    hushed = CLUSTER + BAD.replace("/30", f"/30  # kubeadm-cfg: ignore {CODE}")
    assert not list(kc.check_text(hushed))


def test_a_comment_that_hides_nothing_is_an_info() -> None:
    report = kc.check_text(CLUSTER + f"# kubeadm-cfg: ignore-file {CODE}\n")
    assert [(p.code, p.severity, p.line) for p in report] == [("ignore.unused", "info", 4)]
    assert not list(kc.check_text(CLUSTER + f"# kubeadm-cfg: ignore-file {CODE}\n", rules="kubernetes"))


def test_settings_count_where_arguments_say_nothing() -> None:
    found = kc.Settings.loads(
        f'kubernetes = "1.33"\nignore = ["minor-unknown"]\n[severity]\n"{CODE}" = "info"\n"kubeadm." = "warning"\n'
        '[per-file-ignores]\n"old.yaml" = ["kubeadm."]\n'
    )
    report = kc.check_text(CLUSTER + BAD, settings=found)
    assert {p.severity for p in report if p.code.startswith(CODE)} == {"info"}
    assert not list(kc.check_text(CLUSTER + BAD, "old.yaml", settings=found))
    only = kc.Settings.loads('select = ["strict."]\n')
    assert not list(kc.check_text(CLUSTER + BAD, settings=only))
    assert codes(kc.check_text(CLUSTER + BAD, settings=only, select=["kubeadm."])) != []
    with pytest.raises(ValueError, match="no Kubernetes version"):
        kc.check_text(CLUSTER, settings=kc.Settings(kubernetes="latest"))


def test_what_cannot_be_read_is_shown_whatever_is_chosen() -> None:
    broken = CLUSTER + "networking: [\n"
    for report in (
        kc.check_text(broken, select=["kubelet."]),
        kc.check_text(broken, ignore=["yaml.", "kubernetes."]),
        kc.check_text(broken, settings=kc.Settings(severity={"yaml.": "info"}), ignore=["kubernetes."]),
        kc.check_text(broken, baseline=kc.Baseline.of(kc.check_text(broken))),
    ):
        assert [(p.code, p.severity) for p in report] == [("yaml.syntax", "error")]
    assert kc.check_text(broken, ignore=["yaml.syntax"]).ok


def test_a_baseline_leaves_out_what_was_known() -> None:
    before = kc.check_text(CLUSTER + BAD)
    known = kc.Baseline.of(before)
    assert not list(kc.check_text("# moved\n" + CLUSTER + "\n" + BAD, baseline=known))
    assert kc.check_text(CLUSTER + BAD.replace("/30", "/29"), baseline=known).errors


# -- laws --------------------------------------------------------------------------------------------------------------
SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
COMMANDS = [None, "init", "join", "reset", "upgrade", "validate", "migrate"]
OPTIONS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "kubernetes": st.none() | st.integers(20, 39).map(lambda minor: f"1.{minor}"),
        "command": st.sampled_from(COMMANDS),
        "rules": st.sampled_from(["decode", "kubernetes", "all"]),
    }
)
WORDS = [
    "apiVersion: ", "kind: ", "kubeadm.k8s.io/v1beta4", "kubelet.config.k8s.io/v1beta1", "ClusterConfiguration",
    "KubeletConfiguration", "\n", "  ", "- ", "---\n", "networking:", "podSubnet: ", "10.0.0.0/8", "null", "[", "]",
    "{", "}", "featureGates: ", "A: true", "&a ", "*a", "<<: ", "'", '"', "#", "# kubeadm-cfg: ignore ", "kubeadm.",
    ":", "\t", "\r", "é", "net-conf.json", "ConfigMap", "token: abcdef.0123456789abcdef", "1", "taints:", "extraArgs:",
    "name: ", "value: ",
]  # fmt: skip
TEXTS = [case["yaml"] for case in rows("kubeadm-validation.jsonl")[:400]]


def mutated(text: str, at: float, gone: int, come: str) -> str:
    place = int(at * len(text))
    return text[:place] + come + text[place + gone :]


MUTATED = st.builds(
    mutated, st.sampled_from(TEXTS), st.floats(0, 1), st.integers(0, 12), st.sampled_from(WORDS) | st.text(max_size=3)
)


def holds(text: str | bytes, options: dict[str, Any]) -> None:
    report = kc.check_text(text, "a.yaml", **options)
    VALIDATOR.validate(report.to_sarif())
    for shown in (
        str(report),
        report.to_github(),
        report._repr_html_(),
        json.dumps([report.to_dict(), report.to_sarif()]),
    ):
        assert masked(shown) == shown
    assert kc.check_text(text, "a.yaml", **options).to_dict() == report.to_dict()


@pytest.mark.law
@settings(max_examples=150)
@given(
    st.binary(max_size=60) | st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=25).map("".join), OPTIONS
)
def test_law_no_text_makes_check_raise(text: str | bytes, options: dict[str, Any]) -> None:
    holds(text, options)


@pytest.mark.law
@settings(max_examples=250)
@given(MUTATED, OPTIONS)
def test_law_no_damage_to_a_real_file_makes_check_raise(text: str, options: dict[str, Any]) -> None:
    holds(text, options)


@pytest.mark.law
@settings(max_examples=60)
@given(st.sampled_from(TEXTS), OPTIONS)
def test_law_a_comment_hides_what_it_names_and_nothing_else(text: str, options: dict[str, Any]) -> None:
    options["rules"] = "all"
    before = kc.check_text(text, "a.yaml", **options)
    named = sorted({p.code for p in before if not p.code.startswith("yaml.")})[:1]
    if named:
        hushed = kc.check_text(text, "a.yaml", ignore=named, **options)
        assert [p.code for p in hushed] == [p.code for p in before if not p.code.startswith(named[0])]
