"""Which documents each command of kubeadm reads, refuses and leaves out; by kind, version, group and minor."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc

JOIN_BODY = "discovery: {file: {kubeConfigPath: 'https://a/b'}}\n"
BODIES = {"JoinConfiguration": JOIN_BODY}


def file(*documents: tuple[str, str] | tuple[str, str, str]) -> str:
    """Documents of (kind, apiVersion[, body]); a version alone is one of kubeadm's."""
    texts = []
    for kind, version, *body in documents:
        api_version = version if "/" in version else f"kubeadm.k8s.io/{version}"
        texts.append(f"apiVersion: {api_version}\nkind: {kind}\n{body[0] if body else BODIES.get(kind, '')}")
    return "---\n".join(texts)


def codes(text: str, minor: str, command: str | None) -> list[tuple[str, str]]:
    report = kc.check_text(text, kubernetes=minor, command=command, rules="kubernetes")
    return [(problem.severity, problem.code.removeprefix("kubeadm.")) for problem in report.problems]


OLD = ("error", "apiVersion.supported")
DEPRECATED = ("warning", "apiVersion.deprecated")
IGNORED = ("warning", "document.ignored")
UNKNOWN_API = ("error", "document.unknown-api")
UNKNOWN = ("error", "apiVersion.unknown")


@pytest.mark.parametrize(
    ("version", "minor", "found"),
    [
        ("v1beta1", "1.22", [OLD]),
        ("v1beta2", "1.23", []),
        ("v1beta2", "1.24", [DEPRECATED]),
        ("v1beta2", "1.26", [DEPRECATED]),
        ("v1beta2", "1.27", [OLD]),
        ("v1beta3", "1.30", []),
        ("v1beta3", "1.31", [DEPRECATED]),
        ("v1beta3", "1.36", [DEPRECATED]),
        ("v1beta3", "1.37", [OLD]),
        ("v1beta4", "1.28", [OLD]),
        ("v1beta4", "1.30", [OLD]),
        ("v1beta4", "1.31", []),
        ("v1beta4", "1.37", []),
        ("v1", "1.36", [UNKNOWN]),
        ("v1", "1.37", [OLD]),
        ("v1beta9", "1.36", [UNKNOWN]),
    ],
)
def test_an_api_version_has_its_minors(version: str, minor: str, found: list[tuple[str, str]]) -> None:
    assert codes(file(("ClusterConfiguration", version)), minor, "init") == found
    assert codes(file(("ClusterConfiguration", version)), minor, None) == found


def test_validate_warns_of_a_deprecated_version_from_1_36_on() -> None:
    text = file(("ClusterConfiguration", "v1beta3"))
    assert codes(text, "1.35", "validate") == []
    assert codes(text, "1.36", "validate") == [DEPRECATED]


def test_an_old_version_is_refused_where_the_command_looks() -> None:
    old_init = file(("InitConfiguration", "v1beta2"), ("JoinConfiguration", "v1beta4"))
    assert codes(old_init, "1.34", "join") == [IGNORED]
    assert codes(old_init, "1.32", "join") == []
    assert codes(old_init, "1.34", "init") == [OLD, IGNORED]
    old_join = file(("ClusterConfiguration", "v1beta4"), ("JoinConfiguration", "v1beta2"))
    assert codes(old_join, "1.34", "init") == [OLD]
    assert codes(old_join, "1.34", "validate") == [OLD]
    old_reset = file(("ResetConfiguration", "v1beta4"), ("InitConfiguration", "v1beta2"))
    assert codes(old_reset, "1.34", "reset") == [IGNORED]


@pytest.mark.parametrize("command", ["validate", "migrate"])
def test_the_strict_commands_refuse_apis_they_do_not_know(command: str) -> None:
    for foreign in (
        ("Thing", "example.com/v1"),
        ("MasterConfiguration", "v1beta4"),
        ("KubeletConfiguration", "v1beta4"),
        ("CredentialProviderConfig", "kubelet.config.k8s.io/v1"),
        ("KubeletConfiguration", "kubelet.config.k8s.io/v1alpha1"),
    ):
        assert UNKNOWN_API in codes(file(("ResetConfiguration", "v1beta4"), foreign), "1.34", command)


def test_init_has_one_place_for_each_component() -> None:
    cluster = ("ClusterConfiguration", "v1beta4")
    for kind, version, found in (
        ("KubeletConfiguration", "kubelet.config.k8s.io/v1beta1", []),
        ("KubeletConfiguration", "kubelet.config.k8s.io/v1alpha1", [UNKNOWN]),
        ("CredentialProviderConfig", "kubelet.config.k8s.io/v1", [UNKNOWN]),
        ("KubeProxyConfiguration", "kubeproxy.config.k8s.io/v1", [UNKNOWN]),
        ("Thing", "example.com/v1", [IGNORED]),
        ("KubeletConfiguration", "v1beta4", [IGNORED]),
        ("initConfiguration", "v1beta4", [IGNORED]),
        ("InitConfiguration", "example.com/v1", [UNKNOWN]),
    ):
        assert codes(file(cluster, (kind, version)), "1.34", "init") == found


def test_without_a_command_each_document_is_judged_by_its_own_reader() -> None:
    text = file(
        ("JoinConfiguration", "v1beta4"), ("UpgradeConfiguration", "v1beta4"), ("ResetConfiguration", "v1beta4"),
        ("CredentialProviderConfig", "kubelet.config.k8s.io/v1", "providers: []\n"), ("Thing", "example.com/v1"),
    )  # fmt: skip
    assert codes(text, "1.34", None) == []


@pytest.mark.parametrize("command", ["join", "reset", "upgrade"])
def test_a_command_misses_its_kind(command: str) -> None:
    kind = f"{command.capitalize()}Configuration"
    text = file(("ClusterConfiguration", "v1beta4"))
    missing = ("error", f"document.{command}-kind-required")
    assert missing in codes(text, "1.34", command)
    assert missing in codes(f"---\n{text}---\n", "1.34", command)
    assert codes(file((kind, "v1beta4")), "1.34", command) == []
    assert codes(f"---\n{file((kind, 'v1beta4'))}---\n", "1.34", command) == []


def test_upgrade_took_what_init_takes_up_to_1_30() -> None:
    text = file(("ClusterConfiguration", "v1beta3", "networking: {podSubnet: 10.0.0.0/30}\n"))
    assert ("error", "networking.podSubnet.min-addresses") in codes(text, "1.30", "upgrade")
    assert codes(file(("KubeProxyConfiguration", "kubeproxy.config.k8s.io/v1alpha1")), "1.30", "upgrade") == []


def test_the_strict_commands_look_at_an_upgrade_configuration_from_1_36_on() -> None:
    alone = file(("UpgradeConfiguration", "v1beta4", "a: 1\napply: {imagePullPolicy: x}\n"))
    assert codes(alone, "1.35", "validate") == []
    assert codes(alone, "1.36", "validate") == [("error", "strict.unknown"), ("error", "upgrade.imagePullPolicy")]
    with_cluster = file(("ClusterConfiguration", "v1beta4"), ("UpgradeConfiguration", "v1beta4", "a: 1\n"))
    assert codes(with_cluster, "1.35", "validate") == [("error", "strict.unknown")]


def test_component_documents_alone_are_not_looked_into() -> None:
    text = file(("KubeletConfiguration", "kubelet.config.k8s.io/v1beta1", "maxPods: many\nmaxPod: 1\n"))
    assert codes(text, "1.34", "validate") == []
    assert codes(file(("ClusterConfiguration", "v1beta4")) + "---\n" + text, "1.34", "validate") == [
        ("error", "decode.type"),
        ("error", "strict.unknown"),
    ]


def test_unknown_fields_warn_before_1_28_and_refuse_from_then_on() -> None:
    text = file(("ClusterConfiguration", "v1beta3", "clusterNam: a\n"))
    assert codes(text, "1.27", "migrate") == [("warning", "strict.unknown")]
    assert codes(text, "1.28", "migrate") == [("error", "strict.unknown")]


@pytest.mark.parametrize("marker", ["", "---\n", "--- # two\n"])
def test_a_byte_order_mark_may_stand_before_any_document(marker: str) -> None:
    cluster, init = (
        file(("ClusterConfiguration", "v1beta4")),
        file(("InitConfiguration", "v1beta4", "certificateKey: x\n")),
    )
    text = f"{cluster}{marker}\ufeff{init}" if marker else f"\ufeff{init}"
    assert codes(text, "1.34", "init") == [("error", "certificateKey")]
    loaded = kc.loads(text)
    loaded.documents[-1].unset("certificateKey")
    assert loaded.text == text.replace("certificateKey: x\n", "")


@pytest.mark.parametrize("head", ["...\n---#c\n", "...\n---\xa0\n", "---\xa0\n---#c\n\t\n- a\n---\r\n---\n"])
@pytest.mark.parametrize("rules", ["all", "kubernetes"])
def test_parts_that_a_yaml_parser_does_not_see_are_judged_too(head: str, rules: Any) -> None:
    for command in ("init", "validate", None):
        assert not kc.check_text(head + file(("ClusterConfiguration", "v1beta4")), command=command, rules=rules).ok


def test_a_comment_may_touch_the_separator_before_it() -> None:
    cluster, init = (
        file(("ClusterConfiguration", "v1beta4")),
        file(("InitConfiguration", "v1beta4", "certificateKey: x\n")),
    )
    for text in (f"{cluster}---#two\n{init}", f"{cluster}---#two\r\n{init}".encode()):
        report = kc.check_text(text, kubernetes="1.34", command="init", rules="kubernetes")
        assert [(p.field, p.line, p.fix) for p in report.errors] == [("certificateKey", 6, None)]
    assert codes(f"{cluster}---#two\n{cluster}", "1.34", "init") == [("error", "document.duplicate-kind")]
    assert codes(f"{cluster}---\n---#two\n{init}", "1.34", "validate") == [("error", "yaml.syntax")]
    assert codes(f"{cluster}---#two\n{init}----\n", "1.34", "validate")[0] == ("error", "yaml.separator")
