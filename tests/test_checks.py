"""Checks: the verdicts of kubeadm, kubelet and kube-proxy as the corpora have them, and the rules' borders."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows

WHOLE_DOCUMENT = ("", "apiVersion/kind", "(decode)")
OUT_OF_REACH = {
    "kv-0480": "whether the file exists is known on the host alone",
    "kv-0481": "whether the file exists is known on the host alone",
    "kv-0482": "whether the file exists is known on the host alone",
}
CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
INIT = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
JOIN = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n"


def marked(name: str) -> list[Any]:
    """The cases of a corpus; those out of reach have to fail, for the reason given."""
    return [
        pytest.param(case, id=case["id"], marks=pytest.mark.xfail(strict=True, reason=OUT_OF_REACH[case["id"]]))
        if case["id"] in OUT_OF_REACH
        else pytest.param(case, id=case["id"])
        for case in rows(name)
        if not case.get("program_fault")
    ]


def errors(text: str, minor: str = "1.34", **options: Any) -> list[tuple[str | None, str | None]]:
    report = kc.check_text(text, kubernetes=minor, rules="kubernetes", **options)
    return [(problem.type, problem.field) for problem in report.errors]


@pytest.mark.corpus
@pytest.mark.parametrize("case", marked("kubeadm-validation.jsonl"))
def test_the_verdict_is_that_of_the_program(case: Case) -> None:
    options = {key: case[key] for key in ("kubernetes", "command") if case.get(key)}
    report = kc.check_text(case["yaml"], rules="kubernetes", **options)
    assert report.ok == (case["expect"] == "accept")
    if case["expect"] == "accept" and case.get("warning_expected"):
        assert report.warnings
    named = {(p.type, p.field) for p in report.errors}
    places = [place for p in report.errors for place in (p.field, p.kind) if place]
    for error in case["errors"]:
        if error["type"] in (None, "Error", "Plain"):
            assert error["field"] in WHOLE_DOCUMENT or any(place.startswith(error["field"]) for place in places)
        else:
            assert (error["type"], error["field"]) in named
    if case.get("stage") == "validation" and case["expect"] == "reject":
        assert named == {(error["type"], error["field"]) for error in case["errors"]}
    wanted = case.get("expect_config_validate")
    if wanted:
        strict = kc.check_text(case["yaml"], rules="kubernetes", kubernetes=case["kubernetes"], command="validate")
        assert strict.ok == (wanted == "accept")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("networking: {serviceSubnet: 10.0.0.0/11}", "networking.serviceSubnet"),
        ("networking: {serviceSubnet: 10.0.0.0/29}", "networking.serviceSubnet"),
        ("networking: {serviceSubnet: '10.1.0.0/16,::ffff:10.0.0.0/112'}", "networking.serviceSubnet"),
        ("networking: {podSubnet: 10.0.0.0/7}", "networking.podSubnet"),
        ("networking: {podSubnet: 10.0.0.0/25}", "networking.podSubnet"),
        ("networking: {dnsDomain: Cluster.local}", "networking.dnsDomain"),
        ("apiServer: {certSANs: [a_b]}", "apiServer.certSANs"),
        ("certificatesDir: pki", "certificatesDir"),
        ("featureGates: {NFTablesProxyMode: true}", "featureGates"),
        ("imageRepository: https://k8s.example.org", "imageRepository"),
        ("etcd: {local: {}, external: {}}", "etcd"),
        ("encryptionAlgorithm: RSA-1024", "encryptionAlgorithm"),
    ],
)
def test_a_value_past_the_border_is_refused_at_its_field(body: str, field: str) -> None:
    assert errors(f"{CLUSTER}{body}\n") == [("Invalid", field)]


@pytest.mark.parametrize(
    "body",
    [
        "networking: {serviceSubnet: 10.0.0.0/12}",
        "networking: {serviceSubnet: 10.0.0.0/28}",
        "networking: {serviceSubnet: '10.1.0.0/16,fd00::10.0.0.0/112'}",
        "networking: {podSubnet: 10.0.0.0/8}",
        "networking: {podSubnet: 10.0.0.0/24}",
        "networking: {dnsDomain: cluster.local}",
        "apiServer: {certSANs: ['*.A.b', '10.0.0.1']}",
        "certificatesDir: /pki",
        "featureGates: {RootlessControlPlane: true}",
        "imageRepository: 192.168.6.164:5000/well-known",
        "etcd: {local: {}}",
        "encryptionAlgorithm: ECDSA-P384",
    ],
)
def test_a_value_at_the_border_is_taken(body: str) -> None:
    assert errors(f"{CLUSTER}{body}\n") == []


def test_a_rule_holds_in_its_minors_alone() -> None:
    text = f"{CLUSTER}encryptionAlgorithm: ECDSA-P384\n"
    assert errors(text, "1.33") == [("Invalid", "encryptionAlgorithm")]
    assert errors(text, "1.34") == []


def test_a_problem_stands_at_the_line_of_its_value() -> None:
    text = f"{INIT}---\n{CLUSTER}networking:\n  podSubnet: 10.0.0.0/30\n"
    problem = kc.check_text(text, kubernetes="1.34").errors[0]
    assert (problem.line, problem.column, problem.document) == (7, 14, 1)


def test_a_kind_that_stands_twice_is_refused() -> None:
    problems = kc.check_text(f"{CLUSTER}---\n{CLUSTER}", kubernetes="1.34").errors
    assert [(p.code, p.line) for p in problems] == [("kubeadm.document.duplicate-kind", 5)]


@pytest.mark.parametrize(("command", "ok"), [("init", False), ("join", True), ("validate", True)])
def test_a_command_wants_its_kinds(command: str, ok: bool) -> None:
    text = f"{JOIN}discovery: {{file: {{kubeConfigPath: 'https://a/b'}}}}\n"
    assert kc.check_text(text, kubernetes="1.34", command=command, rules="kubernetes").ok is ok


def test_an_unknown_field_is_a_warning_of_init_and_an_error_of_validate() -> None:
    text = f"{CLUSTER}clusterNam: a\n"
    assert kc.check_text(text, kubernetes="1.34", command="init", rules="kubernetes").ok
    assert not kc.check_text(text, kubernetes="1.34", command="validate", rules="kubernetes").ok
    assert not kc.check_text(text, kubernetes="1.34").ok


def test_an_own_rule_is_asked_for_its_kinds_and_minors() -> None:
    @kc.rule("acme.registry", kinds=["ClusterConfiguration"], minors="1.31..", severity="warning")
    def registry(ctx: Any) -> Any:
        yield ctx.problem(ctx.cluster, "imageRepository", "not ours")

    text = f"{CLUSTER}imageRepository: example.org\n"
    found = kc.check_text(text, kubernetes="1.31", extra=[registry], select=["acme."]).problems
    assert [(p.severity, p.code, p.line) for p in found] == [("warning", "acme.registry", 3)]
    assert not kc.check_text(text, kubernetes="1.30", extra=[registry], select=["acme."]).problems
    assert not kc.check_text(JOIN, kubernetes="1.31", extra=[registry], select=["acme."]).problems


def test_a_minor_written_as_a_number_is_refused() -> None:
    with pytest.raises(TypeError):
        kc.check_text(CLUSTER, kubernetes=1.30)  # type: ignore[arg-type]  # what the test is about


def test_the_minor_comes_from_the_file() -> None:
    text = f"{CLUSTER}kubernetesVersion: v1.33.2\nencryptionAlgorithm: ECDSA-P384\n"
    assert [p.field for p in kc.check_text(text).errors] == ["encryptionAlgorithm"]
    assert [p.code for p in kc.check_text(CLUSTER).infos] == ["kubernetes.assumed"]
    assert [p.code for p in kc.check_text(CLUSTER, kubernetes="1.50").infos] == ["minor-unknown"]


def test_check_takes_files_and_directories(tmp_path: Any) -> None:
    (tmp_path / "a.yaml").write_text(f"{CLUSTER}certificatesDir: pki\n", encoding="utf-8")
    for source in (tmp_path, tmp_path / "a.yaml", kc.load(tmp_path / "a.yaml")):
        assert [p.field for p in kc.check(source, kubernetes="1.34").errors] == ["certificatesDir"]


@given(st.sampled_from([CLUSTER, INIT, JOIN, ""]), st.text(max_size=60), st.sampled_from(["init", "join", None]))
def test_no_text_makes_check_raise(head: str, text: str, command: str | None) -> None:
    assert isinstance(kc.check_text(head + text, command=command), kc.Report)


@pytest.mark.parametrize(("minor", "codes"), [("1.34", ["strict.unknown"]), ("1.35", [])])
def test_a_field_of_a_later_minor_is_unknown_before_it(minor: str, codes: list[str]) -> None:
    text = f"{CLUSTER}etcd:\n  external:\n    endpoints: ['https://a:1']\n    httpEndpoints: ['http://a:2']\n"
    assert [problem.code for problem in kc.check_text(text, kubernetes=minor, rules="kubernetes").warnings] == codes


def test_a_field_of_a_later_minor_may_hold_anything_before_it() -> None:
    text = f"{CLUSTER}etcd:\n  external:\n    endpoints: ['https://a:1']\n    httpEndpoints: http://a:2\n"
    assert errors(text, "1.34", command="init") == []
    assert errors(text, "1.34", command="validate") == [("Unknown", "etcd.external.httpEndpoints")]
    assert errors(text, "1.35", command="init") == [("Invalid", "etcd.external.httpEndpoints")]


def test_a_field_that_a_minor_lost_is_not_judged_any_more() -> None:
    text = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nudpIdleTimeout: -1s\n"
    assert errors(text, "1.25") == [("Invalid", "KubeProxyConfiguration.UDPIdleTimeout")]
    report = kc.check_text(text, kubernetes="1.37", rules="kubernetes")
    assert [(p.severity, p.code) for p in report.problems] == [("warning", "strict.unknown")]


@pytest.mark.parametrize(
    ("endpoint", "refused"),
    [("lb:6443", False), ("lb:06443", False), ("lb:", False), ("lb:+6443", True), ("lb:0", True), ("lb:65536", True)],
)
def test_the_port_of_the_endpoint_is_an_unsigned_number(endpoint: str, refused: bool) -> None:
    assert errors(f"{CLUSTER}controlPlaneEndpoint: '{endpoint}'\n") == [(None, "controlPlaneEndpoint")] * refused


def test_init_looks_at_its_own_matters_once_the_file_is_loaded() -> None:
    node = "nodeRegistration: {ignorePreflightErrors: [all, Swap]}\n"
    text = f"{INIT}{node}localAPIEndpoint: {{advertiseAddress: 169.254.1.1}}\n"
    own = [(None, "localAPIEndpoint.advertiseAddress"), ("Invalid", "ignore-preflight-errors")]
    assert errors(text, command="init") == own
    assert errors(f"{text}certificateKey: x\n", command="init") == [("Invalid", "certificateKey")]
    assert errors(text, command="validate") == []


@pytest.mark.parametrize(
    ("kind", "recommended", "other"),
    [
        ("kubelet", "clusterDNS: [10.96.0.10]", "clusterDNS: [10.96.0.10, 10.96.0.11]"),
        ("kubelet", "clusterDNS: null", "clusterDNS: []"),
        ("kubelet", "clusterDomain: ''", "clusterDomain: cluster.example"),
        ("kubelet", "readOnlyPort: 0", "readOnlyPort: 10255"),
        ("kubelet", "cgroupDriver: cgroupfs", "healthzPort: 0"),
        ("kubeproxy", "clusterCIDR: 10.244.0.0/16", "clusterCIDR: 10.0.0.0/8"),
        ("kubeproxy", "mode: nftables", "mode: ipvs"),
    ],
)
def test_init_warns_where_a_component_differs_from_what_kubeadm_would_write(
    kind: str, recommended: str, other: str
) -> None:
    heads = {
        "kubelet": "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        "kubeproxy": "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n",
    }
    for line, warned in ((recommended, False), (other, True)):
        text = f"{CLUSTER}networking: {{podSubnet: 10.244.0.0/16}}\n---\n{heads[kind]}{line}\n"
        report = kc.check_text(text, kubernetes="1.37", command="init", rules="kubernetes")
        assert report.ok
        assert bool(report.warnings) is warned


def test_errors_come_in_the_order_of_the_program() -> None:
    tokens = "bootstrapTokens:\n- {usages: [a], groups: [b], expires: '2030-01-01T00:00:00Z'}\n"
    assert errors(f"{INIT}{tokens}certificateKey: x\nlocalAPIEndpoint: {{bindPort: 70000}}\n") == [
        ("Invalid", "bootstrapTokens.0.usages"),
        ("Invalid", "bootstrapTokens.0.groups"),
        ("Invalid", "bootstrapTokens.0.groups"),
        ("Invalid", "bootstrapTokens.0"),
        ("Invalid", "localAPIEndpoint.bindPort"),
        ("Invalid", "certificateKey"),
    ]


@pytest.mark.parametrize(
    ("path", "refused"),
    [("https://a/b", False), ("/etc/a.conf", False), ("a.conf", False), ("file:///a", False), ("file://", True),
     ("''", True), ("http://a/b", True), ("10.0.0.1:80", True)],
)  # fmt: skip
def test_a_discovery_file_is_an_https_url_or_a_path(path: str, refused: bool) -> None:
    text = f"{JOIN}discovery:\n  file:\n    kubeConfigPath: {path}\n"
    assert errors(text) == [("Invalid", "discovery.file.kubeConfigPath")] * refused


def test_a_node_mask_of_any_length_is_read() -> None:
    arguments = "controllerManager:\n  extraArgs:\n  - {name: node-cidr-mask-size-ipv4, value: '%s'}\n"
    text = f"{CLUSTER}networking: {{podSubnet: 10.0.0.0/16}}\n"
    for mask, refused in (("9" * 5000, True), ("+026", False), ("33x", True), ("32", False), ("33", True)):
        assert bool(errors(text + arguments % mask)) is refused


@pytest.mark.corpus
@pytest.mark.parametrize("case", rows("grammar.jsonl"), ids=lambda case: case["id"])
def test_no_text_of_the_grammar_makes_check_raise(case: Case) -> None:
    assert isinstance(kc.check_text(case["yaml"]), kc.Report)


def test_a_single_code_may_be_given_as_a_text() -> None:
    text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPod: 3\n"
    assert [p.code for p in kc.check_text(text, select="strict.")] == ["strict.unknown"]
    assert "strict.unknown" not in [p.code for p in kc.check_text(text, ignore="strict.")]
    assert len(kc.check_text(text, select="kubelet.")) == 0
