"""Fixes: given a text with a problem, when its fix is applied, then the text; and what is refused moves no byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg import fixing

CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
OLD = CLUSTER.replace("v1beta4", "v1beta3")
INIT = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
JOIN = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n"
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
PROXY = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"


def fixes(text: str, minor: str = "1.34") -> list[fixing.Fix]:
    return [problem.fix for problem in kc.check_text(text, kubernetes=minor) if problem.fix is not None]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            CLUSTER + "apiServer:\n  # for the outside\n  CertSANs: [a]  # one\n",
            CLUSTER + "apiServer:\n  # for the outside\n  certSANs: [a]  # one\n",
            id="letter case",
        ),
        pytest.param(CLUSTER + '"ClusterName": one\n', CLUSTER + '"clusterName": one\n', id="letter case in quotes"),
        pytest.param(
            CLUSTER + "networkng: {podsubnet: 10.0.0.0/16}\n",
            CLUSTER + "networking: {podSubnet: 10.0.0.0/16}\n",
            id="spelling, and what comes to light below it",
        ),
        pytest.param(
            CLUSTER + "feature-gates: {NodeLocalCRISocket: true}\n",
            CLUSTER + "featureGates: {NodeLocalCRISocket: true}\n",
            id="written like a flag",
        ),
        pytest.param(
            CLUSTER + "# of pods\npodSubnet: 10.0.0.0/16  # wide\nclusterName: one\n",
            CLUSTER + "networking:\n  # of pods\n  podSubnet: 10.0.0.0/16  # wide\nclusterName: one\n",
            id="belongs further down, with its comments",
        ),
        pytest.param(
            CLUSTER + "networking:\n  dnsDomain: a.b\n\n  # one\n  clusterName: one\nimageRepository: r.io\n",
            CLUSTER + "networking:\n  dnsDomain: a.b\n\nimageRepository: r.io\n# one\nclusterName: one\n",
            id="belongs further up",
        ),
        pytest.param(
            KUBELET + "clientCAFile: /ca.crt\n",
            KUBELET + "authentication:\n  x509:\n    clientCAFile: /ca.crt\n",
            id="belongs two levels down",
        ),
        pytest.param(
            OLD + "apiServer:\n  request-timeout: 500s\n",
            OLD + "apiServer:\n  extraArgs:\n    request-timeout: 500s\n",
            id="a flag beside the map of flags",
        ),
        pytest.param(
            CLUSTER + "apiServer:\n  profiling: false\n",
            CLUSTER + 'apiServer:\n  extraArgs:\n  - name: profiling\n    value: "false"\n',
            id="a flag beside the list of flags",
        ),
        pytest.param(
            OLD + "apiServerExtraArgs: {v: '4'}\n",
            OLD + "apiServer:\n  extraArgs: {v: '4'}\n",
            id="the name of an older version",
        ),
        pytest.param(
            CLUSTER + "# driver\ncgroupDriver: systemd  # as containerd\n---\n" + KUBELET,
            CLUSTER + "---\n" + KUBELET + "# driver\ncgroupDriver: systemd  # as containerd\n",
            id="belongs into another document",
        ),
        pytest.param(
            INIT + "podSubnet: 10.0.0.0/16\n---\n" + CLUSTER,
            INIT + "---\n" + CLUSTER + "networking:\n  podSubnet: 10.0.0.0/16\n",
            id="belongs into another document, further down",
        ),
        pytest.param(
            CLUSTER + "apiServer:\n  # slow disks\n  timeoutForControlPlane: 8m\n  certSANs: [a]\n---\n" + INIT,
            CLUSTER
            + "apiServer:\n  certSANs: [a]\n---\n"
            + INIT
            + "timeouts:\n  # slow disks\n  controlPlaneComponentHealthCheck: 8m\n",
            id="was elsewhere in an older version",
        ),
        pytest.param(
            CLUSTER + "useHyperKubeImage: [true]\nclusterName: a\n", CLUSTER + "clusterName: a\n", id="is gone"
        ),
        pytest.param(
            CLUSTER + "dns:\n  type: CoreDNS\n  imageTag: v1.11.3\n",
            CLUSTER + "dns:\n  imageTag: v1.11.3\n",
            id="is no choice any more",
        ),
        pytest.param(
            CLUSTER + "clusterName: a\n# again\nclusterName: a\n",
            CLUSTER + "# again\nclusterName: a\n",
            id="twice the same",
        ),
    ],
)
def test_a_safe_fix_gives_the_text(before: str, after: str) -> None:
    fixed = kc.check_text(before, kubernetes="1.32").fix()
    assert fixed[-1].file.text == after
    assert all(fix.file is fixed[0].file for fix in fixed)
    assert fixed.report.ok


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (CLUSTER + "fetureGate: {}\nfeatureGates: {}\n", "fetureGate"),  # the field is there
        (CLUSTER + "podSubnet: [10.0.0.0/16]\n", "podSubnet"),  # a list does not fit there
        (CLUSTER + "extraArgs: []\n", "extraArgs"),  # of which component?
        (CLUSTER + "something: else\n", "something"),
        (KUBELET + "mode: ipvs\n", "mode"),  # kube-proxy's, or that of authorization?
        (CLUSTER + "clusterName: a\nclusterName: b\n", "clusterName"),
    ],
)
def test_what_is_not_certain_has_no_fix(text: str, path: str) -> None:
    assert [(p.path, p.fix) for p in kc.check_text(text, kubernetes="1.34").errors] == [(path, None)]


def test_a_document_that_has_to_be_added_makes_a_fix_unsafe() -> None:
    (fix,) = fixes(CLUSTER + "maxPods: 50\n")
    assert not fix.safe
    fix.apply()
    assert fix.file.text == CLUSTER + "---\n" + KUBELET + "maxPods: 50\n"


def test_a_fix_edits_the_file_that_was_checked() -> None:
    file = kc.loads(CLUSTER + "ClusterName: one\n")
    fix = kc.check(file, kubernetes="1.34").errors[0].fix
    assert fix.file is file
    assert fix.description == "rename ClusterName to clusterName"
    assert fix.diff().splitlines()[-2:] == ["-ClusterName: one", "+clusterName: one"]
    assert file.text == CLUSTER + "ClusterName: one\n"
    fix.apply()
    assert file.cluster.cluster_name == "one"


def test_the_file_of_a_path_is_saved_by_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "kubeadm.yaml"
    path.write_text(CLUSTER + "ClusterName: one\n", encoding="utf-8")
    (fix,) = kc.check(path, kubernetes="1.34").fix()
    assert "ClusterName" in path.read_text(encoding="utf-8")
    assert fix.file.save()
    assert path.read_text(encoding="utf-8") == CLUSTER + "clusterName: one\n"


@pytest.mark.parametrize(
    "edit",
    [
        lambda file: file.documents[0].unset("ClusterName"),
        lambda file: file.documents[0].set("ClusterName", "two"),
        lambda file: file.documents[0].set("clusterName", "two"),
    ],
)
def test_a_fix_whose_place_has_changed_is_refused_and_moves_no_byte(edit: object) -> None:
    file = kc.loads(CLUSTER + "ClusterName: one\n")
    fix = kc.check(file, kubernetes="1.34").errors[0].fix
    edit(file)  # type: ignore[operator]  # a parameter, typed as object
    before = file.text
    with pytest.raises(kc.EditError):
        fix.apply()
    assert file.text == before
    assert (fix.diff(), fix.safe) == ("", False)


def test_an_edit_elsewhere_does_not_hinder_a_fix() -> None:
    file = kc.loads(CLUSTER + "ClusterName: one\n")
    fix = kc.check(file, kubernetes="1.34").errors[0].fix
    file.cluster.networking.dns_domain = "a.b"
    fix.apply()
    assert file.text == CLUSTER + "networking:\n  dnsDomain: a.b\nclusterName: one\n"


def test_a_file_that_cannot_be_loaded_has_no_fixes() -> None:
    report = kc.check_text(f"{CLUSTER}ClusterName: one\n---\na: [\n", kubernetes="1.34")
    assert [problem.fix for problem in report.errors] == [None, None]
    assert report.fix() == ()


def test_secrets_stay_out_of_a_diff() -> None:
    (fix,) = fixes(INIT + "BootstrapTokens:\n- token: abcdef.0123456789abcdef\n")
    assert "abcdef.****************" in fix.diff()
    assert "0123456789abcdef" not in fix.diff() + repr(fix)
    fix.apply()
    assert fix.file.init.bootstrap_tokens[0].token == "abcdef.0123456789abcdef"


def test_a_fix_edits_the_document_inside_of_a_dump() -> None:
    inside = CLUSTER + "# pods\npodSubnet: 10.0.0.0/16  # wide\nclusterName: 007\n"
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kubeadm-config\ndata:\n  ClusterConfiguration: |\n"
    text = head + "".join(f"    {line}\n" for line in inside.splitlines())
    fixed = kc.check_text(text, kubernetes="1.34").fix()
    assert {fix.description for fix in fixed} == {
        "move podSubnet to networking.podSubnet",
        'set clusterName to "007"',
    }
    wanted = CLUSTER + "networking:\n  # pods\n  podSubnet: 10.0.0.0/16  # wide\n"
    wanted += 'clusterName: "007"\n'
    assert fixed[0].file.text == head + "".join(f"    {line}\n" for line in wanted.splitlines())
    assert fixed.report.ok


def test_a_strict_load_says_what_was_meant() -> None:
    with pytest.raises(kc.DecodeError) as caught:
        kc.loads(CLUSTER + "podSubnet: 10.0.0.0/16\n", strict=True)
    (problem,) = caught.value.problems
    assert problem.fix is not None
    assert problem.fix.safe
    problem.fix.apply()
    assert problem.fix.file.cluster.networking.pod_subnet == "10.0.0.0/16"


def test_a_list_is_no_place_for_a_key() -> None:
    report = kc.check_text(JOIN + "discovery: [{a: 1}]\nbootstrapToken: {caCertHashes: [a]}\n", kubernetes="1.34")
    assert [problem.fix for problem in report if problem.code == "strict.unknown"] == [None]


def test_secrets_stay_out_of_a_description() -> None:
    text = INIT + "bootstrapTokens:\n- token: [abcdef.0123456789abcdef]\n"
    (problem,) = kc.check_text(text, kubernetes="1.34").errors
    assert problem.fix.description == 'set bootstrapTokens[0].token to "abcdef.****************"'
    assert "0123456789abcdef" not in str(problem.to_dict()) + str(problem) + repr(problem.fix)
    problem.fix.apply()
    assert problem.fix.file.init.bootstrap_tokens[0].token == "abcdef.0123456789abcdef"


def test_a_rule_gives_its_edits() -> None:
    @kc.rule("acme.registry", kinds=["ClusterConfiguration"], severity="warning")
    def registry(ctx: Any) -> Any:
        edits = fixing.set("imageRepository", "registry.acme.example"), fixing.unset("clusterName")
        yield ctx.problem(ctx.cluster, "imageRepository", "not ours", fix=edits)

    file = kc.loads(CLUSTER + "clusterName: a  # b\nimageRepository: r.io  # why\n")
    (problem,) = kc.check(file, kubernetes="1.34", extra=[registry], select=["acme."])
    assert problem.fix.description == 'set imageRepository to "registry.acme.example", remove clusterName'
    assert not problem.fix.safe
    problem.fix.apply()
    assert file.text == CLUSTER + "imageRepository: registry.acme.example  # why\n"


def test_unsafe_fixes_are_made_when_asked_for_and_each_once() -> None:
    @kc.rule("acme.round", kinds=["ClusterConfiguration"], severity="warning")
    def endless(ctx: Any) -> Any:
        other = {"a": "b", "b": "a"}[ctx.cluster.cluster_name]
        yield ctx.problem(ctx.cluster, "clusterName", "no", fix=fixing.set("clusterName", other))

    file = kc.loads(CLUSTER + "clusterName: a\n")
    report = kc.check(file, kubernetes="1.34", extra=[endless], select=["acme."])
    assert report.fix() == ()
    assert len(report.fix(safe=False)) == 1
    assert file.cluster.cluster_name == "b"


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("kind: Note\n? a\n: 1\n", fixing.rename("a", "b"), "kind: Note\n? b\n: 1\n"),
        ("kind: Note\n'a': 1\n", fixing.rename("a", "b c"), "kind: Note\n'b c': 1\n"),
        ('{"kind": "Note", "a": 1}\n', fixing.rename("a", "yes"), '{"kind": "Note", "yes": 1}\n'),
        ("kind: Note\na: 1\n", fixing.rename("a", "yes"), 'kind: Note\n"yes": 1\n'),
        ("kind: Note\na: |\n  x\n\n  y\nb: {}\n", fixing.move("a", "b.c"), "kind: Note\nb:\n  c: |\n    x\n\n    y\n"),
        ("kind: Note\na: {b: 1, c: 2}\n", fixing.move("a.b", "b"), "kind: Note\na: {c: 2}\nb: 1\n"),
        (
            "kind: Note\na:\n    b:\n        c: 1 # x\n",
            fixing.move("a.b.c", "c"),
            "kind: Note\na:\n    b: {}\nc: 1 # x\n",
        ),
        ("kind: Note\r\na: 1\r\nb:\r\n  c: 2", fixing.move("a", "b.d"), "kind: Note\r\nb:\r\n  c: 2\r\n  d: 1"),
        ("a: {b: 1, b: 1}\na: {b: 1, b: 1}\n", fixing.drop("a"), "a: {b: 1, b: 1}\n"),
        ("a:\n  b: 1\n  # twice\n  b: 1\n", fixing.drop("a.b"), "a:\n  # twice\n  b: 1\n"),
        ("a: [1, 2, 3]\n", fixing.remove("a[1]"), "a: [1, 3]\n"),
    ],
)
def test_an_edit_moves_what_it_names_and_nothing_else(before: str, edit: fixing.Edit, after: str) -> None:
    file = kc.loads(before)
    edit.make(file.documents[0])
    assert file.text == after


def test_a_field_has_no_place_below_a_value_of_the_wrong_type() -> None:
    text = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\netcd: -1\nlocal: {}\n"
    assert {problem.code for problem in kc.check_text(text, kubernetes="1.34").errors} == {
        "decode.type",
        "strict.unknown",
    }


def test_keys_that_stand_twice_inside_of_one_that_does_go_one_by_one() -> None:
    inside = "localAPIEndpoint:\n  bindPort: 6443\n  bindPort: 6443\n"
    fixed = kc.check_text(INIT + inside + inside, kubernetes="1.34").fix()
    assert fixed[0].file.text == INIT + "localAPIEndpoint:\n  bindPort: 6443\n"
    assert fixed.report.ok
