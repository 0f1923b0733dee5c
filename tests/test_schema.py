"""JSON Schemas: their form, the versions and fields of each minor, the hints, whole files, the command and the tool."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import kubeadm_cfg as kc
from kubeadm_cfg.__main__ import main
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kubeadm import AnyClusterConfiguration, v1beta1, v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.schema import FILE_KINDS, MINORS, json_schema, kinds_read_by
from schema_faults import unknown, validator

ROOT = Path(__file__).parents[1]
NEWEST = MINORS[-1]
CLASSES = [cls for pair in KINDS if (cls := kind_of(*pair))]
NAMES = sorted({kind for _, kind in KINDS})
ADDRESS = "apiVersion: {0}\nkind: {1}\n"


def schemas(minor: str) -> Iterator[dict[str, Any]]:
    yield json_schema(None, kubernetes=minor)
    yield from (json_schema(name, kubernetes=minor) for name in NAMES)
    yield from (json_schema(cls, kubernetes=minor) for cls in CLASSES)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a schema, itself included."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for definition in schema["$defs"].values():
        yield from definition.get("properties", {}).items()


# -- the form ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("minor", MINORS)
def test_every_schema_is_valid_against_the_metaschema(minor: str) -> None:
    seen = set()
    for schema in schemas(minor):
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["x-kubernetes-minor"] == minor
        for name, definition in schema.get("$defs", {}).items():
            seen.add((name, json.dumps(definition)))
        Draft202012Validator.check_schema({key: value for key, value in schema.items() if key != "$defs"})
    Draft202012Validator.check_schema({"$defs": {f"{n}": json.loads(text) for n, (_, text) in enumerate(seen)}})


@pytest.mark.parametrize("minor", MINORS)
def test_every_reference_resolves_and_everything_has_a_title_and_is_used(minor: str) -> None:
    for schema in schemas(minor):
        assert schema["title"]
        assert schema["description"]
        definitions = schema.get("$defs", {})
        used = {node["$ref"] for node in nodes(schema) if "$ref" in node}
        assert used == {f"#/$defs/{name}" for name in definitions}
        assert all(definition["title"] for definition in definitions.values())


@pytest.mark.parametrize("minor", [MINORS[0], "1.31", NEWEST])
def test_every_field_is_described_and_its_default_fits(minor: str) -> None:
    schema = json_schema(None, kubernetes=minor)
    defaults = 0
    for name, field in properties(schema):
        if "const" in field:
            continue
        assert field["title"] == name
        assert field["description"].endswith("."), name
        for value in [field["default"]] if "default" in field else []:
            Draft202012Validator({**field, "$defs": schema["$defs"]}).validate(value)
            defaults += 1
    assert defaults > 90


def test_the_result_belongs_to_the_caller() -> None:
    first = json_schema(None, kubernetes="1.31")
    kept = copy.deepcopy(first)
    for node in list(nodes(first)):
        for value in node.values():
            if isinstance(value, list):
                value.clear()
    assert json_schema(None, kubernetes="1.31") == kept


# -- which versions ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("minor", "versions"),
    [
        ("1.22", ["v1beta2", "v1beta3"]),
        ("1.26", ["v1beta2", "v1beta3"]),
        ("1.27", ["v1beta3"]),
        ("1.30", ["v1beta3"]),
        ("1.31", ["v1beta3", "v1beta4"]),
        ("1.36", ["v1beta3", "v1beta4"]),
        ("1.37", ["v1beta4"]),
    ],
)
def test_a_name_stands_for_the_versions_that_the_minor_reads(minor: str, versions: list[str]) -> None:
    schema = json_schema("ClusterConfiguration", kubernetes=minor)
    assert schema["properties"]["apiVersion"]["enum"] == [f"kubeadm.k8s.io/{version}" for version in versions]
    for version in ("v1beta1", "v1beta2", "v1beta3", "v1beta4", "v1"):
        data = {"apiVersion": f"kubeadm.k8s.io/{version}", "kind": "ClusterConfiguration"}
        for kind in ("ClusterConfiguration", None):
            assert validator(kind, minor).is_valid(data) == (version in versions), (kind, version)


def test_a_kind_that_a_minor_does_not_read_fits_nothing() -> None:
    schema = json_schema("ResetConfiguration", kubernetes="1.30")
    assert schema["x-kubernetes-unread"] is True
    assert schema["description"] == "Kubernetes 1.30 reads no ResetConfiguration; 1.31 to 1.37 do."
    data = {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ResetConfiguration"}
    assert not Draft202012Validator(schema).is_valid(data)
    assert validator("ResetConfiguration", "1.31").is_valid(data)


def test_a_class_is_taken_at_its_word() -> None:
    data = {"apiVersion": "kubeadm.k8s.io/v1beta1", "kind": "ClusterConfiguration", "useHyperKubeImage": True}
    schema = json_schema(v1beta1.ClusterConfiguration, kubernetes="1.31")
    assert Draft202012Validator(schema).is_valid(data)
    assert schema["x-kubernetes-unread"] is True
    assert "which Kubernetes 1.31 does not read." in schema["description"]
    assert "x-kubernetes-unread" not in json_schema(v1beta3.ClusterConfiguration, kubernetes="1.31")


def test_the_base_of_all_versions_stands_for_the_kind() -> None:
    assert json_schema(AnyClusterConfiguration, kubernetes="1.31") == json_schema(
        "ClusterConfiguration", kubernetes="1.31"
    )


@pytest.mark.parametrize(
    ("kind", "minor"),
    [
        (None, NEWEST),
        ("ClusterConfiguration", NEWEST),
        (v1beta4.ClusterConfiguration, NEWEST),
        (v1beta3.ClusterConfiguration, "1.36"),
        (v1beta1.ClusterConfiguration, NEWEST),
        ("ClusterStatus", "1.26"),
    ],
)
def test_without_a_version_it_is_the_newest_that_reads_the_kind(kind: Any, minor: str) -> None:
    assert json_schema(kind) == json_schema(kind, kubernetes=minor)


@pytest.mark.parametrize(
    ("version", "minor"),
    [("v1.31.4", "1.31"), ("1.31.0-rc.1", "1.31"), ("1.9", "1.22"), ("1.21", "1.22"), ("1.99", "1.37")],
)
def test_a_version_is_that_of_its_minor_or_the_nearest_known_one(version: str, minor: str) -> None:
    assert json_schema("KubeletConfiguration", kubernetes=version)["x-kubernetes-minor"] == minor


def test_what_is_no_version_or_no_kind_is_said() -> None:
    with pytest.raises(TypeError, match="float"):
        json_schema("KubeletConfiguration", kubernetes=1.31)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(kc.ConfigError, match="no Kubernetes version"):
        json_schema("KubeletConfiguration", kubernetes="latest")
    with pytest.raises(kc.ConfigError, match="did you mean KubeletConfiguration"):
        json_schema("KubeletConfig")
    for nothing in (v1beta4.Networking, str, "", 5, v1beta4.ClusterConfiguration()):
        with pytest.raises(kc.ConfigError, match="no kind"):
            json_schema(nothing)  # type: ignore[arg-type]  # what is tested


# -- fields ------------------------------------------------------------------------------------------------------------
@cache
def table(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / f"src/kubeadm_cfg/data/fields-{name}.json").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("minor", MINORS)
def test_the_fields_are_those_of_the_minor(minor: str) -> None:
    number = int(minor[2:])
    checked = 0
    for api_version, kind in kinds_read_by(minor):
        family, version = api_version.partition(".")[0], api_version.partition("/")[2]
        schema = json_schema(kind_of(api_version, kind), kubernetes=minor)
        for name, definition in schema["$defs"].items():
            if "properties" not in definition:
                continue
            there = []
            for fact in table(family)["types"][name.rpartition(".")[2]]["fields"]:
                versions = fact.get("api_versions", [version])
                if version in versions:
                    span = versions[version] if isinstance(versions, dict) else fact
                    since, removed = (int((span.get(key) or "1.0")[2:]) for key in ("since", "removed"))
                    if since <= number and (not removed or number < removed):
                        there.append(fact["json"])
            meta = ["apiVersion", "kind"] if definition["title"] == kind else []
            assert list(definition["properties"]) == meta + there
            assert definition["additionalProperties"] is False
            checked += len(there)
    assert checked > 200


@pytest.mark.parametrize(
    ("kind", "path", "first", "last"),
    [
        ("KubeletConfiguration", "failCgroupV1", "1.31", NEWEST),
        ("KubeProxyConfiguration", "udpIdleTimeout", "1.22", "1.25"),
        ("KubeProxyConfiguration", "nftables", "1.29", NEWEST),
        ("ClusterConfiguration", "certificateValidityPeriod", "1.31", NEWEST),
        ("ClusterConfiguration", "apiServer.timeoutForControlPlane", "1.22", "1.36"),
        ("ClusterConfiguration", "etcd.external.httpEndpoints", "1.35", NEWEST),
        ("UpgradeConfiguration", "plan.etcdUpgrade", "1.33", NEWEST),
    ],
)
def test_since_and_until_when_a_field_is_there(kind: str, path: str, first: str, last: str) -> None:
    for minor in MINORS[MINORS.index("1.31") if kind == "UpgradeConfiguration" else 0 :]:
        found = []
        for version, _ in kinds_read_by(minor, [kind]):
            data: Any = {"apiVersion": version, "kind": kind}
            inside = data
            *parents, name = path.split(".")
            for parent in parents:
                inside = inside.setdefault(parent, {})
            inside[name] = None
            found.append(not unknown(kind, minor, data))
        assert any(found) == (int(first[2:]) <= int(minor[2:]) <= int(last[2:])), minor


def field(kind: str, name: str, minor: str, definition: str | None = None) -> dict[str, Any]:
    schema = json_schema(kind, kubernetes=minor)
    version = next(name for name in reversed(schema["$defs"]) if name.endswith(f".{definition or kind}"))
    found: dict[str, Any] = schema["$defs"][version]["properties"][name]
    return found


def test_hints_follow_the_minor() -> None:
    mode = field("KubeProxyConfiguration", "mode", "1.25")
    assert mode["examples"] == mode["x-kubernetes-enum"] == ["userspace", "iptables", "ipvs", "kernelspace"]
    assert "userspace" not in field("KubeProxyConfiguration", "mode", "1.26")["examples"]
    assert field("KubeletConfiguration", "eventBurst", "1.26")["default"] == 10
    assert field("KubeletConfiguration", "eventBurst", "1.27")["default"] == 100
    assert "deprecated" not in field("KubeletConfiguration", "iptablesDropBit", "1.27")
    assert field("KubeletConfiguration", "iptablesDropBit", "1.28")["deprecated"] is True
    assert field("KubeletConfiguration", "tracing", "1.33")["x-kubernetes-feature-gate"] == "KubeletTracing"
    assert "x-kubernetes-feature-gate" not in field("KubeletConfiguration", "tracing", "1.34")
    assert "ECDSA-P384" not in field("ClusterConfiguration", "encryptionAlgorithm", "1.33")["examples"]
    assert "ECDSA-P384" in field("ClusterConfiguration", "encryptionAlgorithm", "1.34")["examples"]
    assert field("ClusterConfiguration", "proxy", "1.31")["x-kubernetes-since"] == "v1beta4"
    assert field("KubeletConfiguration", "enforceNodeAllocatable", "1.31")["items"]["examples"][0] == "none"


def test_defaults_are_values_and_prose_is_a_hint() -> None:
    assert field("ClusterConfiguration", "clusterName", "1.31")["default"] == "kubernetes"
    assert field("KubeletConfiguration", "memoryManagerPolicy", "1.31")["default"] == "None"
    assert field("KubeletConfiguration", "enforceNodeAllocatable", "1.31")["default"] == ["pods"]
    assert field("KubeletConfiguration", "evictionHard", "1.31")["default"]["memory.available"] == "100Mi"
    prose = field("JoinConfiguration", "tlsBootstrapToken", "1.31", "Discovery")
    assert "default" not in prose
    assert prose["x-kubernetes-default"] == "discovery.bootstrapToken.token"


def test_an_api_version_that_warns_is_deprecated() -> None:
    definitions = json_schema("ClusterConfiguration", kubernetes="1.31")["$defs"]
    old = definitions["kubeadm.v1beta3.ClusterConfiguration"]
    assert old["deprecated"] is old["properties"]["apiVersion"]["deprecated"] is True
    assert old["description"].endswith("Kubernetes 1.31 warns that kubeadm.k8s.io/v1beta3 is deprecated.")
    assert "deprecated" not in definitions["kubeadm.v1beta4.ClusterConfiguration"]


def test_flush_frequency_was_a_number_of_nanoseconds() -> None:
    data = ADDRESS.format("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration") + "logging: {flushFrequency: %s}\n"
    for value, minor, fits in [
        ("5s", "1.27", 0),
        ("5", "1.27", 1),
        ("5s", "1.28", 1),
        ("5", "1.28", 1),
        ("5x", "1.28", 0),
    ]:
        document = kc.loads(data % value).documents[0].to_dict()
        assert validator("KubeletConfiguration", minor).is_valid(document) == bool(fits), (value, minor)


# -- whole files -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("kubeadm.yaml")), ids=lambda path: path.name)
def test_the_documents_of_the_examples_are_valid(path: Path) -> None:
    for document in kc.load(path).documents:
        validator("all", "1.27").validate(document.to_dict())


@pytest.mark.parametrize(
    ("api_version", "kind", "path"),
    [
        ("apps.openshift.io/v1", "Deployment", None),
        ("example.test/v1", "KubeletConfiguration", None),
        ("v1", "ConfigMap", "apiVersion"),
        ("kubeadm.k8s.io/v1beta2", "ClusterConfiguration", "apiVersion"),
        ("kubeadm.k8s.io/v1beta3", "ResetConfiguration", "kind"),
        ("kubeadm.k8s.io/v1beta4", "clusterConfiguration", "kind"),
        ("kubeadm.k8s.i0/v1beta4", "ClusterConfiguration", "apiVersion"),
        ("kubelet.config.k8s.io/v1", "CredentialProviderConfig", "apiVersion"),
        ("kubelet.config.k8s.io/v1beta1", "CredentialProviderConfig", "kind"),
    ],
)
def test_what_a_kubeadm_file_may_hold(api_version: str, kind: str, path: str | None) -> None:
    data = {"apiVersion": api_version, "kind": kind}
    assert [error.absolute_path[-1] for error in validator(None, "1.31").iter_errors(data)] == ([path] if path else [])


@pytest.mark.parametrize("data", [None, {}, [], "text", {"kind": "KubeletConfiguration"}, {"apiVersion": "a/b"}])
def test_a_document_says_what_it_is(data: Any) -> None:
    assert not validator(None, "1.31").is_valid(data)
    assert not validator("KubeletConfiguration", "1.31").is_valid(data)
    assert not validator(KubeletConfiguration, "1.31").is_valid(data)


def test_a_version_still_to_be_written_has_one_fault_only() -> None:
    data = {"apiVersion": None, "kind": "ClusterConfiguration"}
    assert [error.validator for error in validator(None, "1.31").iter_errors(data)] == ["type"]


def test_the_kinds_of_a_file_are_all_known() -> None:
    assert set(FILE_KINDS) <= set(NAMES)


# -- the tools ---------------------------------------------------------------------------------------------------------
def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, kind in [
        ([], None),
        (["all"], None),
        (["cluster"], "ClusterConfiguration"),
        (["kube-proxy"], "KubeProxyConfiguration"),
        (["KubeletConfiguration"], "KubeletConfiguration"),
    ]:
        assert main(["schema", *arguments, "-k", "v1.31.2"]) == 0
        assert json.loads(capsys.readouterr().out) == json_schema(kind, kubernetes="1.31")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["reset", "-k", "1.30"], 1, "Kubernetes 1.30 reads no ResetConfiguration; 1.31 to 1.37 do."),
        (["KubeletConfig"], 2, "did you mean KubeletConfiguration?"),
        (["cluster", "--kubernetes", "new"], 2, "'new' is no Kubernetes version such as 1.31 or v1.31.4"),
    ],
)
def test_the_command_says_what_is_not_there(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", *arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


def test_the_tool_writes_a_file_per_kind_and_one_for_all(tmp_path: Path) -> None:
    tool = ROOT / "tools" / "write_schemas.py"
    done = subprocess.run(
        [sys.executable, tool, tmp_path / "schemas", "--minor", "1.30"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    names = {path.stem for path in (tmp_path / "schemas" / "1.30").iterdir()}
    assert names == {"all"} | {kind for _, kind in kinds_read_by("1.30")}
    for name in names:
        text = (tmp_path / "schemas" / "1.30" / f"{name}.json").read_text("utf-8")
        assert json.loads(text) == json_schema(name, kubernetes="1.30")


@pytest.mark.parametrize("short", ["cluster", "kube_proxy", "kube-proxy"])
def test_short_names_are_those_of_everywhere(short: str) -> None:
    kind = {"cluster": "ClusterConfiguration"}.get(short, "KubeProxyConfiguration")
    assert kc.json_schema(short, kubernetes="1.31") == kc.json_schema(kind, kubernetes="1.31")
