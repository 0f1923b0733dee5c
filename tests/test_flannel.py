"""flannel's net-conf.json: what flanneld says to it, and edits that change one place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg import flannel
from kubeadm_cfg.flannel.conf import BACKEND_CLASSES
from kubeadm_cfg.flannel.reader import JsonError, parse

CASES = rows("flannel.jsonl")
MANIFEST = Path(__file__).parents[1] / "examples" / "wx-omega" / "030-flannel.yaml"
PLAIN = '{\n  "Network": "10.244.0.0/16",\n  "Backend": {\n    "Type": "vxlan"\n  }\n}\n'

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_verdict_is_that_of_flanneld(case: Case) -> None:
    text = case["json"]
    assert flannel.check_text(text, mode="kube").ok == (case["expect_kube"] == "accept")
    assert flannel.check_text(text, mode="etcd").ok == (case["expect"] == "accept")
    for release, older in case.get("older", {}).items():
        assert flannel.check_text(text, release=release, mode="etcd").ok == (older["verdict"] == "accept")
    if "normalized" in case and case["expect"] == "accept":
        assert flannel.normalized(text).items() >= case["normalized"].items()


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_error_has_the_class_that_flanneld_gives(case: Case) -> None:
    codes = {problem.code for problem in flannel.check_text(case["json"], mode="etcd").errors}
    assert ("flannel." + case["error_class"] in codes) if "error_class" in case else not codes


@given(json_values, st.sampled_from([None, 1, "\t"]))
def test_what_is_json_is_read_as_such(value: Any, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    assert parse(text).end == len(text)


@given(st.text(alphabet='{}[]",: \\0123456789.eE-+tfnul\n', max_size=20))
def test_what_is_no_json_is_refused(text: str) -> None:
    try:
        json.loads(text, parse_constant=parse)
    except ValueError:
        with pytest.raises(JsonError):
            parse(text)
    else:
        assert parse(text).start >= 0


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode()))
def test_any_bytes_give_a_result_or_a_config_error(data: bytes) -> None:
    assert isinstance(flannel.check_text(data), kc.Report)
    try:
        file = flannel.loads(data)
        assert bytes(file) == data
        file.net_conf.to_dict()
    except kc.ConfigError:
        pass


@pytest.mark.parametrize("text", [PLAIN, PLAIN.replace("\n", "\r\n"), "\ufeff" + PLAIN, ' { "Network" :"10.1.0.0/16"}'])
def test_an_unmodified_text_comes_back(text: str) -> None:
    assert bytes(flannel.loads(text.encode())) == text.encode()
    assert flannel.loads(text).diff() == ""


def test_one_edit_changes_one_place() -> None:
    file = flannel.loads(PLAIN)
    file.net_conf.network = "10.20.0.0/16"
    file.net_conf.backend.vni = 7
    assert file.text == PLAIN.replace("10.244", "10.20").replace('"vxlan"', '"vxlan",\n    "VNI": 7')
    file.net_conf.network = "10.244.0.0/16"
    file.net_conf.backend.vni = None
    assert file.text == PLAIN


def test_keys_are_found_in_any_case_and_stay_as_written() -> None:
    file = flannel.loads('{"network": "10.1.0.0/16", "BACKEND": {"type": "VXLAN"}}')
    file.net_conf.network = "10.2.0.0/16"
    assert isinstance(file.net_conf.backend, flannel.Vxlan)
    file.net_conf.backend.mtu = 1400
    assert file.text == '{"network": "10.2.0.0/16", "BACKEND": {"type": "VXLAN", "MTU": 1400}}'


def test_an_empty_object_stays_json() -> None:
    file = flannel.loads("{}\n")
    file.net_conf.backend = flannel.Wireguard(mtu=1400)
    assert json.loads(file.text) == {"Backend": {"Type": "wireguard", "MTU": 1400}}


def test_the_last_duplicate_is_the_value() -> None:
    assert flannel.loads('{"Network": "10.1.0.0/16", "network": "10.2.0.0/16"}').net_conf.network == "10.2.0.0/16"


def test_a_manifest_is_edited_inside_its_config_map(tmp_path: Path) -> None:
    text = MANIFEST.read_bytes().decode()
    path = tmp_path / "flannel.yaml"
    path.write_bytes(text.encode())
    file = kc.load(path)
    assert file.flannel.network == "10.244.0.0/16"
    file.flannel.network = "10.20.0.0/16"
    assert file.save()
    assert path.read_bytes().decode() == text.replace("10.244.0.0/16", "10.20.0.0/16")


def test_a_manifest_is_checked_at_the_line_of_the_fault() -> None:
    text = MANIFEST.read_bytes().decode().replace('"vxlan"', '"aws-vpc"')
    (problem,) = flannel.check_text(text).errors
    assert problem.code == "flannel.unknown-backend"
    assert text.splitlines()[(problem.line or 0) - 1][(problem.column or 0) - 1 :] == '"aws-vpc"'


def test_a_file_without_flannel_says_so() -> None:
    with pytest.raises(kc.MissingDocument):
        _ = kc.loads("kind: Note\n").flannel


@pytest.mark.parametrize("name", BACKEND_CLASSES)
def test_every_backend_has_its_class(name: str) -> None:
    backend = flannel.loads(json.dumps({"Backend": {"Type": name}})).net_conf.backend
    assert type(backend) is BACKEND_CLASSES[name]
    assert backend.type == name


@pytest.mark.parametrize(("release", "known"), [("v0.19.2", True), ("v0.20.0", False)])
def test_a_backend_ends_with_its_release(release: str, known: bool) -> None:
    text = '{"Network": "10.244.0.0/16", "Backend": {"Type": "gce"}}'
    assert flannel.check_text(text, release=release).ok is known


def test_ignored_keys_are_warnings() -> None:
    text = '{"Network": "10.1.0.0/16", "Network": "10.2.0.0/16", "MTU": 1, "Backend": {"Type": "vxlan", "x": 1}}'
    report = flannel.check_text(text)
    assert [problem.code for problem in report.warnings] == [
        "flannel.duplicate-key",
        "flannel.unknown-key",
        "flannel.unknown-key",
    ]
    assert report.ok


def test_a_pre_shared_key_is_not_shown() -> None:
    conf = flannel.loads('{"Backend": {"Type": "wireguard", "psk": "hidden-key"}}').net_conf
    assert "hidden-key" not in repr(conf) + repr(conf.backend)


def test_subnets_and_capacity() -> None:
    conf = flannel.normalized('{"Network": "10.5.0.0/24", "SubnetLen": 26}')
    assert [str(subnet) for subnet in flannel.subnets(conf)] == ["10.5.0.64/26", "10.5.0.128/26", "10.5.0.192/26"]
    assert flannel.capacity(conf) == 3


@settings(deadline=None)
@given(*[st.sampled_from(["", " ", "\n", "\r\n", "\n\t", "  \n    "])] * 4, st.booleans())
def test_one_edit_changes_one_place_in_any_layout(a: str, b: str, c: str, d: str, marked: bool) -> None:
    text = f'{{{a}"Network"{b}:{c}"10.1.0.0/16"{d},{a}"x":[1,{b}2.50],"Backend":{{{c}"Type":"udp"{d}}}{a}}}{d}'
    text = "\ufeff" * marked + text
    try:
        file = flannel.loads(text)
    except kc.ParseError:
        return
    assert file.text == text
    file.net_conf.network = "10.2.0.0/16"
    assert file.text == text.replace("10.1.0.0", "10.2.0.0")
    file.net_conf.backend.type = "vxlan"
    assert file.text == text.replace("10.1.0.0", "10.2.0.0").replace("udp", "vxlan")
    file.net_conf.backend.mtu = 1400
    assert parse(file.text.removeprefix("\ufeff")).kind == "object"


def test_a_manifest_in_one_line_is_checked_too() -> None:
    text = 'kind: ConfigMap\nmetadata: {name: kube-flannel-cfg}\ndata: {net-conf.json: "{\\"Network\\": 1}"}\n'
    (problem,) = flannel.check_text(text).errors
    assert (problem.code, problem.line) == ("flannel.bad-cidr", 3)


@pytest.mark.parametrize(
    ("release", "policy"), [("v0.11.0", False), ("v0.12.0", True), ("v0.18.1", True), ("v0.19.0", False)]
)
def test_a_manifest_has_the_shape_of_its_release(release: str, policy: bool) -> None:
    assert flannel.manifest(release)["pod_security_policy"] is policy


def test_no_manifest_is_known_of_the_first_releases() -> None:
    with pytest.raises(kc.ConfigError):
        flannel.manifest("v0.6.0")


def test_a_release_pulls_its_own_images() -> None:
    assert flannel.manifest("v0.27.3")["images"] == [
        "ghcr.io/flannel-io/flannel:v0.27.3",
        "ghcr.io/flannel-io/flannel-cni-plugin:v1.7.1-flannel1",
    ]


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ('{"Network": "10.244.0.0/016"}', "Network", "10.244.0.0/16"),
        ('{"Network": "10.0.0.0/8", "IPv6Network": "::ffff:10.0.0.0/104"}', "IPv6Network", "10.0.0.0/104"),
        ('{"Network": "10.0.0.0/8", "IPv6Network": "10.0.0.0/8"}', "IPv6Network", "10.0.0.0/8"),
        ('{"Network": "10.0.0.0/8", "IPv6SubnetMin": "::"}', "IPv6SubnetMin", "::"),
        ('{"Network": "10.0.0.0/8", "IPv6SubnetMin": null}', "IPv6SubnetMin", None),
        ('{"Network": "10.0.0.0/8", "SubnetMin": "0.0.0.0"}', "SubnetMin", "10.0.1.0"),
    ],
)
def test_addresses_are_shown_as_flannel_shows_them(text: str, key: str, value: str | None) -> None:
    assert kc.flannel.normalized(text)[key] == value


@pytest.mark.parametrize("name", ["IPIP", "\u0130pip"])
def test_a_backends_name_is_lowered_as_go_lowers_it(name: str) -> None:
    text = json.dumps({"Network": "10.0.0.0/8", "Backend": {"Type": name}})
    assert kc.flannel.check_text(text).ok
    assert isinstance(kc.flannel.loads(text).net_conf.backend, kc.flannel.Ipip)


DUAL = '{"Network": "10.244.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00::/48", "Backend": {"Type": "vxlan"}}'


@pytest.mark.parametrize(
    ("pod_cidrs", "release", "codes"),
    [
        (["10.244.3.0/24", "fd00:0:0:3::/64"], "v0.28.9", []),
        (["10.244.0.0/16"], "v0.28.9", []),
        (["10.244.0.0/15"], "v0.28.9", ["pod-cidr-outside"]),
        (["10.245.0.0/24"], "v0.18.0", ["pod-cidr-outside"]),
        (["10.245.0.0/24"], "v0.17.0", []),
        (["10.244.3.0/24", "fd01::/64"], "v0.28.9", ["pod-cidr-outside"]),
        (["10.244.3.0"], "v0.28.9", ["pod-cidr-outside"]),
        ([], "v0.28.9", ["pod-cidr-missing"]),
        (["10.244.1.0/24", "10.244.2.0/24", "fd00::/64"], "v0.28.9", ["pod-cidrs-many"]),
    ],
)
def test_a_node_gets_its_lease_where_its_pod_cidr_lies_inside(
    pod_cidrs: list[str], release: str, codes: list[str]
) -> None:
    manifest = f"kind: ConfigMap\nmetadata: {{name: kube-flannel-cfg}}\ndata:\n  net-conf.json: |\n    {DUAL}\n"
    for text in (DUAL, manifest):
        found = flannel.check_node(text, pod_cidrs, release).errors
        assert [problem.code for problem in found] == [f"flannel.{code}" for code in codes]


def test_a_family_that_is_off_is_not_looked_at() -> None:
    assert flannel.check_node(
        '{"Network": "10.0.0.0/8", "Backend": {"Type": "vxlan"}}', ["10.1.0.0/24", "fd00::/64"]
    ).ok
    assert [p.code for p in flannel.check_node("{", ["10.1.0.0/24"]).errors] == ["flannel.json-syntax"]


def test_a_network_with_the_length_of_another_family_holds_no_pod_cidr() -> None:
    text = '{"Network": "::ffff:10.0.0.0/104", "Backend": {"Type": "vxlan"}}'
    assert [p.code for p in flannel.check_node(text, ["10.1.0.0/24"]).errors] == ["flannel.pod-cidr-outside"]


def test_subnets_of_both_families() -> None:
    conf = flannel.normalized(DUAL)
    assert [str(one) for one in flannel.subnets(conf, 2, ipv6=True)] == ["fd00:0:0:1::/64", "fd00:0:0:2::/64"]
    assert (flannel.capacity(conf), flannel.capacity(conf, ipv6=True)) == (255, 65535)
    assert flannel.capacity(flannel.normalized('{"Network": "10.0.0.0/8"}'), ipv6=True) == 0


def test_the_facts_of_every_key_say_the_type_that_it_is_read_with() -> None:
    from kubeadm_cfg.flannel.conf import Key
    from kubeadm_cfg.flannel.facts import BACKENDS

    for name, (since, removed, options) in BACKENDS.items():
        fact = BACKEND_CLASSES[name].fact()
        assert fact["since"] == f"v{'.'.join(map(str, since))}"
        assert fact.get("removed") == (f"v{'.'.join(map(str, removed))}" if removed else None)
        keys = {key.json: key for key in vars(BACKEND_CLASSES[name]).values() if isinstance(key, Key)}
        assert set(keys) == set(options)
        for key, (kind, first) in options.items():
            fact = keys[key].fact
            assert fact["since"].startswith(f"v{'.'.join(map(str, first))}")
            assert kind in ("windows", "any") or fact["type"].startswith(kind)


@pytest.mark.parametrize(
    ("minor", "oldest"), [("1.15", "v0.7.0"), ("1.16", "v0.12.0"), ("1.24", "v0.14.0"), ("1.25", "v0.19.0")]
)
def test_a_minor_takes_manifests_from_a_release_on(minor: str, oldest: str) -> None:
    assert flannel.oldest_manifest(minor) == oldest


def test_what_is_no_version_has_no_manifest() -> None:
    with pytest.raises(kc.ConfigError):
        flannel.oldest_manifest("new")
