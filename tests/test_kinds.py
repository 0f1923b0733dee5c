"""Every field of the field tables is there, typed and named as the tables say; objects remember what is there."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import attrs
import pytest

from kubeadm_cfg.convert import is_set, kind_of, set_null, state, structure, unstructure
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import ABSENT, Configuration, fields_of
from kubeadm_cfg.kubeadm import AnyAPIServer, AnyClusterConfiguration, v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration, KubeProxyIPVSConfiguration
from kubeadm_cfg.values import Duration

ROOT = Path(__file__).parents[1]
TABLES = {
    name: json.loads((ROOT / "src" / "kubeadm_cfg" / "data" / f"fields-{name}.json").read_text(encoding="utf-8"))
    for name in ("kubeadm", "kubelet", "kubeproxy")
}
GROUPS = {"kubeadm": "kubeadm.k8s.io", "kubelet": "kubelet.config.k8s.io", "kubeproxy": "kubeproxy.config.k8s.io"}

# -- the tables, read on their own: nothing below looks at generated code ---------------------------------------------


class Sample(NamedTuple):
    """A plain value of a kind of field, what reads as Python, and the annotation of the attribute."""

    plain: Any
    python: Any
    annotation: str


SCALARS = {
    "string": Sample("x", "x", "str"),
    "boolean": Sample(True, True, "bool"),
    "integer": Sample(7, 7, "int"),
    "number": Sample(0.5, 0.5, "float"),
    "duration": Sample("1m30s", Duration("90s"), "Duration"),
    "quantity": Sample("500m", "500m", "str"),
    "timestamp": Sample("2030-01-02T03:04:05Z", "2030-01-02T03:04:05Z", "str"),
}
TOKEN = "abcdef.0123456789abcdef"


def kinds_of(family: str) -> dict[str, list[str]]:
    """version -> kinds, as the table spreads them."""
    table = TABLES[family]
    spread = table.get("kinds_by_api_version", {})
    found: dict[str, list[str]] = {}
    for kind, api_version in table["kinds"].items():
        for version in spread.get(kind, [api_version.split("/")[1]]):
            found.setdefault(version, []).append(kind)
    return found


def facts_of(family: str, version: str, type_name: str) -> list[dict[str, Any]]:
    """The fields of a type in one API version, in Go's order."""
    facts = TABLES[family]["types"][type_name]["fields"]
    return [
        fact | fact.get("by_api_version", {}).get(version, {})
        for fact in facts
        if version in fact.get("api_versions", [version])
    ]


def objects_in(kind: str) -> list[str]:
    return [kind.rpartition(":")[2]] if "object:" in kind else []


def types_of(family: str, version: str) -> list[str]:
    """Every type that the kinds of a version are made of."""
    left, found = list(kinds_of(family)[version]), []
    while left:
        name = left.pop()
        if name not in found:
            found.append(name)
            left += [o for fact in facts_of(family, version, name) for o in objects_in(fact["kind"])]
    return found


EVERY_TYPE = [
    pytest.param(family, version, name, id=f"{family}.{version}.{name}")
    for family in TABLES
    for version in kinds_of(family)
    for name in types_of(family, version)
]


def sample(kind: str, fact: dict[str, Any]) -> Sample:
    if fact.get("format") == "bootstrap-token":
        return Sample(TOKEN, TOKEN, "str")
    head, _, rest = kind.partition(":")
    if head == "enum":
        return SCALARS["string"]
    if head == "object":
        return Sample({}, None, rest)
    if head == "list":
        inner = sample(rest, fact)
        return Sample([inner.plain], [inner.python], f"list[{inner.annotation}]")
    if head == "map":
        inner = sample(rest, fact)
        return Sample({"k": inner.plain}, {"k": inner.python}, f"dict[str, {inner.annotation}]")
    return SCALARS[head]


def public(family: str, version: str, name: str) -> type[Configuration]:
    found: type[Configuration] = getattr(import_module(f"kubeadm_cfg.{family}.{version}"), name)
    return found


def attribute_of(cls: type[Configuration], name: str) -> str:
    return fields_of(cls).by_json[name].attribute


def hints(cls: type[Configuration]) -> dict[str, str]:
    return {a.alias or a.name: str(a.type) for a in attrs.fields(cls)}  # type: ignore[arg-type]  # an attrs class


# -- what the tables say, the classes have ----------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_a_type_has_exactly_the_fields_of_the_table_in_go_s_order(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    assert [f.json for f in fields_of(cls)] == [fact["json"] for fact in facts_of(family, version, name)]
    assert cls.__doc__
    assert issubclass(cls, Configuration)


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_an_attribute_is_the_field_s_name_in_snake_case(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    for field in fields_of(cls):
        assert field.attribute.replace("_", "") == field.json.lower()
        assert field.attribute == field.attribute.lower()
        assert field.attribute.isidentifier()


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_an_attribute_is_annotated_with_the_python_type_of_its_field(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    for fact in facts_of(family, version, name):
        expected = sample(fact["kind"], fact).annotation
        if expected == "Duration":
            expected = "Duration | str | timedelta | None"
        elif not expected.startswith(("list", "dict")) and (fact["pointer"] or "object" not in fact["kind"]):
            expected += " | None"
        assert hints(cls)[attribute_of(cls, fact["json"])] == expected, fact["json"]


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_every_annotation_resolves_in_its_module(family: str, version: str, name: str) -> None:
    assert get_type_hints(public(family, version, name))


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_every_field_is_read_from_plain_data_and_written_back(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    for fact in facts_of(family, version, name):
        plain, python, _ = sample(fact["kind"], fact)
        obj = structure(cls, {fact["json"]: plain})
        attribute = attribute_of(cls, fact["json"])
        value = getattr(obj, attribute)
        if "object:" in fact["kind"]:
            inner = value[0] if isinstance(value, list) else value["k"] if isinstance(value, dict) else value
            assert type(inner) is public(family, version, objects_in(fact["kind"])[0])
        else:
            assert value == python
            assert type(value) is type(python)
        assert unstructure(obj)[fact["json"]] == plain
        assert state(obj, attribute) == ("empty" if plain == {} else "set")


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_every_field_is_set_by_assignment_and_by_keyword(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    for fact in facts_of(family, version, name):
        attribute = attribute_of(cls, fact["json"])
        value = getattr(structure(cls, {fact["json"]: sample(fact["kind"], fact).plain}), attribute)
        assigned = cls()
        setattr(assigned, attribute, value)
        assert assigned == cls(**{attribute: value})
        assert list(unstructure(assigned))[-1] == fact["json"]
        setattr(assigned, attribute, None)
        assert assigned == cls()


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_an_absent_field_reads_as_none_or_as_empty_and_stays_absent(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    obj = cls()
    for fact in facts_of(family, version, name):
        attribute, head = attribute_of(cls, fact["json"]), fact["kind"].split(":")[0]
        value = getattr(obj, attribute)
        if head in ("list", "map"):
            assert value == ([] if head == "list" else {})
        elif head == "object" and not fact["pointer"]:
            assert type(value) is public(family, version, objects_in(fact["kind"])[0])
        else:
            assert value is None
        assert value is getattr(obj, attribute)
        assert state(obj, attribute) == "absent"
    assert obj == cls()


@pytest.mark.parametrize(("family", "version", "name"), EVERY_TYPE)
def test_every_field_may_be_an_explicit_null(family: str, version: str, name: str) -> None:
    cls = public(family, version, name)
    for fact in facts_of(family, version, name):
        attribute = attribute_of(cls, fact["json"])
        obj = cls()
        set_null(obj, attribute)
        assert state(obj, attribute) == "null"
        assert not getattr(obj, attribute) or isinstance(getattr(obj, attribute), Configuration)
        assert state(obj, attribute) == "null"
        assert unstructure(obj)[fact["json"]] is None
        assert obj != cls()


@pytest.mark.parametrize("family", TABLES)
def test_every_kind_of_the_table_is_found_by_api_version_and_name(family: str) -> None:
    expected = {(f"{GROUPS[family]}/{v}", kind) for v, kinds in kinds_of(family).items() for kind in kinds}
    assert {key for key in KINDS if key[0].startswith(f"{GROUPS[family]}/")} == expected
    for api_version, kind in expected:
        cls = kind_of(api_version, kind)
        assert cls is public(family, api_version.split("/")[1], kind)
        assert cls is not None
        obj = cls()
        assert (obj.api_version, obj.kind) == (api_version, kind)
        assert unstructure(obj) == {"apiVersion": api_version, "kind": kind}


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("kubeadm.k8s.io/v1alpha3", "ClusterConfiguration"),
        ("kubeadm.k8s.io/v1beta3", "ClusterStatus"),
        ("kubeadm.k8s.io/v1beta3", "ResetConfiguration"),
        ("v1", "ConfigMap"),
        ("", ""),
        (None, None),
    ],
)
def test_a_foreign_kind_has_no_class(api_version: str | None, kind: str | None) -> None:
    assert kind_of(api_version, kind) is None


@pytest.mark.parametrize(
    ("cls", "name", "attribute"),
    [
        (v1beta4.APIServer, "certSANs", "cert_sans"),
        (v1beta4.LocalEtcd, "serverCertSANs", "server_cert_sans"),
        (v1beta4.InitConfiguration, "localAPIEndpoint", "local_api_endpoint"),
        (v1beta4.BootstrapTokenDiscovery, "caCertHashes", "ca_cert_hashes"),
        (v1beta4.BootstrapTokenDiscovery, "unsafeSkipCAVerification", "unsafe_skip_ca_verification"),
        (v1beta4.FileDiscovery, "kubeConfigPath", "kube_config_path"),
        (v1beta4.Timeouts, "kubernetesAPICall", "kubernetes_api_call"),
        (v1beta4.Timeouts, "tlsBootstrap", "tls_bootstrap"),
        (v1beta4.UpgradeApplyConfiguration, "allowRCUpgrades", "allow_rc_upgrades"),
        (v1beta3.ClusterConfiguration, "imageRepository", "image_repository"),
        (KubeletConfiguration, "clusterDNS", "cluster_dns"),
        (KubeletConfiguration, "cpuCFSQuotaPeriod", "cpu_cfs_quota_period"),
        (KubeletConfiguration, "kubeAPIQPS", "kube_api_qps"),
        (KubeletConfiguration, "kubeAPIBurst", "kube_api_burst"),
        (KubeletConfiguration, "imageGCHighThresholdPercent", "image_gc_high_threshold_percent"),
        (KubeletConfiguration, "makeIPTablesUtilChains", "make_iptables_util_chains"),
        (KubeletConfiguration, "iptablesDropBit", "iptables_drop_bit"),
        (KubeletConfiguration, "reservedSystemCPUs", "reserved_system_cpus"),
        (KubeletConfiguration, "staticPodURLHeader", "static_pod_url_header"),
        (KubeletConfiguration, "tlsCipherSuites", "tls_cipher_suites"),
        (KubeletConfiguration, "providerID", "provider_id"),
        (KubeletConfiguration, "podCIDR", "pod_cidr"),
        (KubeletConfiguration, "failCgroupV1", "fail_cgroup_v1"),
        (KubeProxyIPVSConfiguration, "excludeCIDRs", "exclude_cidrs"),
        (KubeProxyIPVSConfiguration, "strictARP", "strict_arp"),
    ],
)
def test_runs_of_capitals_are_words(cls: type[Configuration], name: str, attribute: str) -> None:
    assert attribute_of(cls, name) == attribute


def test_a_type_that_reads_the_same_in_several_versions_is_one_class() -> None:
    assert v1beta3.Networking is v1beta4.Networking
    assert v1beta3.BootstrapToken is v1beta4.BootstrapToken
    assert issubclass(v1beta3.APIServer, AnyAPIServer)
    assert issubclass(v1beta4.APIServer, AnyAPIServer)
    assert issubclass(v1beta3.ClusterConfiguration, AnyClusterConfiguration)
    assert not issubclass(v1beta3.APIServer, v1beta4.APIServer)


def test_the_written_files_are_those_the_generator_writes() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "generate_kinds.py"), "--check"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_generator_s_check_finds_a_stale_file(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, shutil; sys.path.insert(0, sys.argv[1]); import generate_kinds as g;"
        "here = pathlib.Path(sys.argv[2]); shutil.copytree(g.SOURCE / 'data', here / 'a' / 'b' / 'data');"
        "g.SOURCE = here / 'a' / 'b'; print(g.main(['--check']), g.main([]), g.main(['--check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT / "tools"), str(tmp_path)],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.stdout.splitlines()[-1] == "1 0 0"


def test_only_the_module_of_the_kind_that_is_asked_for_is_imported() -> None:
    program = (
        "import sys; from kubeadm_cfg.convert import kind_of;"
        "before = {'attr', 'cattrs', 'attrs'} & set(sys.modules);"
        "kind_of('kubeproxy.config.k8s.io/v1alpha1', 'KubeProxyConfiguration');"
        "print(sorted(before), sorted(m for m in sys.modules if m.startswith('kubeadm_cfg.kinds.') and '._' not in m),"
        "'cattrs' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8", timeout=60
    )
    assert done.stdout.strip() == "[] ['kubeadm_cfg.kinds.kubeproxy_v1alpha1'] False"


# -- objects remember what is there -----------------------------------------------------------------------------------


def test_a_nested_object_that_was_only_read_is_not_there() -> None:
    cluster = v1beta4.ClusterConfiguration()
    assert cluster.networking.pod_subnet is None
    assert not is_set(cluster, "networking")
    cluster.networking.pod_subnet = "10.244.0.0/16"
    assert state(cluster, "networking") == "set"
    assert unstructure(cluster)["networking"] == {"podSubnet": "10.244.0.0/16"}
    cluster.networking.pod_subnet = None
    assert not is_set(cluster, "networking")


def test_a_list_that_was_only_read_is_there_once_something_is_in_it() -> None:
    cluster = v1beta4.ClusterConfiguration()
    cluster.api_server.cert_sans.append("lb.example.test")
    cluster.feature_gates["X"] = True
    assert unstructure(cluster)["apiServer"] == {"certSANs": ["lb.example.test"]}
    assert unstructure(cluster)["featureGates"] == {"X": True}
    cluster.api_server.cert_sans.clear()
    assert not is_set(cluster, "api_server")


def test_assigning_an_empty_value_is_explicit() -> None:
    init = v1beta4.InitConfiguration()
    init.node_registration.taints = []
    assert state(init.node_registration, "taints") == "empty"
    assert unstructure(init)["nodeRegistration"] == {"taints": []}
    init.node_registration = v1beta4.NodeRegistrationOptions()
    assert state(init, "node_registration") == "empty"
    assert unstructure(init)["nodeRegistration"] == {}


def test_an_explicit_null_gives_way_to_a_value_and_comes_back() -> None:
    init = v1beta4.InitConfiguration()
    set_null(init.node_registration, "taints")
    assert unstructure(init)["nodeRegistration"] == {"taints": None}
    init.node_registration.taints.append(v1beta4.Taint(key="a", effect="NoSchedule"))
    assert state(init.node_registration, "taints") == "set"
    init.node_registration.taints.clear()
    assert state(init.node_registration, "taints") == "null"
    init.node_registration.taints = ABSENT
    assert state(init.node_registration, "taints") == "absent"


@pytest.mark.parametrize("remove", [lambda o: setattr(o, "mode", None), lambda o: delattr(o, "mode")])
def test_none_and_del_take_a_key_away(remove: Callable[[Any], None]) -> None:
    proxy = KubeProxyConfiguration(mode="ipvs")
    remove(proxy)
    remove(proxy)
    assert (proxy.mode, state(proxy, "mode")) == (None, "absent")
    assert proxy == KubeProxyConfiguration()


def test_an_object_behind_a_pointer_is_none_until_it_is_assigned() -> None:
    cluster = v1beta4.ClusterConfiguration()
    assert cluster.etcd.local is None
    cluster.etcd.local = v1beta4.LocalEtcd(data_dir="/var/lib/etcd")
    assert unstructure(cluster)["etcd"] == {"local": {"dataDir": "/var/lib/etcd"}}


def test_a_duration_is_converted_on_assignment_and_nothing_else_is() -> None:
    kubelet = KubeletConfiguration(sync_frequency=timedelta(seconds=90), max_pods="many")  # type: ignore[arg-type]  # the point
    assert kubelet.sync_frequency == Duration("1m30s")
    kubelet.sync_frequency = "60s"
    assert str(kubelet.sync_frequency) == "1m0s"
    assert repr(kubelet.max_pods) == "'many'"
    with pytest.raises(ValueError, match="unknown unit"):
        kubelet.sync_frequency = "1d"
    assert kubelet.sync_frequency == Duration("1m")
    kubelet.sync_frequency = None
    assert kubelet.sync_frequency is None


def test_a_misspelt_attribute_is_an_error_that_knows_what_was_meant() -> None:
    networking: Any = v1beta4.Networking()
    with pytest.raises(AttributeError, match="did you mean 'pod_subnet'"):
        networking.pod_subnte = "10.244.0.0/16"
    with pytest.raises(AttributeError, match="did you mean 'pod_subnet'"):
        _ = networking.podSubnet
    with pytest.raises(AttributeError, match="no field 'xyz'"):
        state(networking, "xyz")
    proxy: Any = KubeProxyConfiguration()
    with pytest.raises(AttributeError, match="does not change"):
        proxy.kind = "KubeletConfiguration"
    with pytest.raises(TypeError, match="pod_subnte"):
        v1beta4.Networking(pod_subnte="x")  # type: ignore[call-arg]  # the point of the test


def test_presence_is_asked_by_attribute_or_json_name() -> None:
    proxy = KubeProxyConfiguration(cluster_cidr="10.244.0.0/16")
    assert state(proxy, "cluster_cidr") == state(proxy, "clusterCIDR") == "set"
    assert state(KubeProxyConfiguration(mode=""), "mode") == "empty"


def every_state() -> KubeProxyConfiguration:
    """An object with something set, empty, null, read, and absent."""
    proxy = KubeProxyConfiguration(mode="ipvs", feature_gates={}, config_sync_period="60s")
    proxy.ipvs.exclude_cidrs.append("10.0.0.0/8")
    set_null(proxy, "node_port_addresses")
    set_null(proxy.iptables, "sync_period")
    assert proxy.nftables.masquerade_bit is None
    assert proxy.node_port_addresses == []
    return proxy


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda obj: pickle.loads(pickle.dumps(obj))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_and_pickles_keep_presence_and_texts(duplicate: Callable[[Any], Any]) -> None:
    proxy = every_state()
    again = duplicate(proxy)
    assert again == proxy
    assert [state(again, f.attribute) for f in fields_of(type(proxy))] == [
        state(proxy, f.attribute) for f in fields_of(type(proxy))
    ]
    assert unstructure(again, canonical=False)["configSyncPeriod"] == "60s"
    again.mode = None
    assert proxy.mode == "ipvs"


def test_a_deep_copy_shares_nothing() -> None:
    proxy = every_state()
    again = copy.deepcopy(proxy)
    again.ipvs.exclude_cidrs.append("172.16.0.0/12")
    assert proxy.ipvs.exclude_cidrs == ["10.0.0.0/8"]


def test_objects_are_equal_by_class_and_content_and_have_no_hash() -> None:
    assert KubeProxyConfiguration(config_sync_period="60s") == KubeProxyConfiguration(config_sync_period="1m")
    assert KubeProxyConfiguration(feature_gates={}) != KubeProxyConfiguration()
    assert v1beta3.ClusterConfiguration() != v1beta4.ClusterConfiguration()
    assert KubeProxyConfiguration() != {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
    }
    with pytest.raises(TypeError, match="unhashable"):
        hash(KubeProxyConfiguration())


def test_repr_is_short_and_shows_no_secret() -> None:
    init = v1beta4.InitConfiguration(
        bootstrap_tokens=[v1beta4.BootstrapToken(token=TOKEN, ttl="1h")], certificate_key="0123456789abcdef" * 4
    )
    assert repr(init) == (
        "InitConfiguration(bootstrap_tokens=[BootstrapToken(token=***, ttl=Duration('1h'))], certificate_key=***)"
    )
    join = v1beta4.JoinConfiguration()
    join.discovery.tls_bootstrap_token = TOKEN
    join.discovery.bootstrap_token = v1beta4.BootstrapTokenDiscovery(token=TOKEN)
    assert TOKEN not in repr(join)
    assert repr(KubeProxyConfiguration()) == "KubeProxyConfiguration()"
    assert repr(KubeProxyConfiguration.__new__(KubeProxyConfiguration)) == "KubeProxyConfiguration()"
    assert "node_port_addresses=None" in repr(every_state())
    many = KubeletConfiguration(
        cluster_dns=[str(n) for n in range(100)], feature_gates={str(n): True for n in range(100)}
    )
    assert len(repr(many)) < 200


def test_absent_is_one_value() -> None:
    assert pickle.loads(pickle.dumps(ABSENT)) is copy.deepcopy(ABSENT) is ABSENT
    assert (repr(ABSENT), bool(ABSENT)) == ("ABSENT", False)


# -- type checkers ----------------------------------------------------------------------------------------------------

TYPED = """\
from datetime import timedelta
import kubeadm_cfg.kubeadm
from kubeadm_cfg.kubeadm import AnyClusterConfiguration, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration


def edit(cluster: AnyClusterConfiguration, kubelet: KubeletConfiguration) -> None:
    cluster.networking.pod_subnet = "10.244.0.0/16"
    cluster.api_server.cert_sans.append("lb.example.test")
    cluster.networking.pod_subnte = "10.244.0.0/16"  # error
    kubelet.sync_frequency = "30s"
    kubelet.sync_frequency = timedelta(seconds=30)
    kubelet.sync_frequency = None
    kubelet.sync_frequency = 30  # error
    kubelet.feature_gates["X"] = True
    kubelet.max_pods = "many"  # error
    kubelet.kind = "x"  # error


v1beta4.Timeouts(discovery="30s", tls_bootstrap=timedelta(minutes=5))
v1beta4.Timeouts(discovry="30s")  # error
kubeadm_cfg.kubeadm.v1beta3.ClusterConfiguration()
kubeadm_cfg.kubeadm.v1beta9  # error
"""


@pytest.mark.slow
def test_mypy_accepts_what_is_right_and_nothing_else(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api", reason="mypy belongs to the lint group")
    file = tmp_path / "typed.py"
    file.write_text(TYPED, encoding="utf-8")
    out, _, _ = api.run(["--strict", "--no-error-summary", "--follow-imports=silent", str(file)])
    wrong = {int(line.split("typed.py:")[1].split(":")[0]) for line in out.splitlines() if ": error:" in line}
    assert wrong == {n for n, line in enumerate(TYPED.splitlines(), 1) if line.endswith("# error")}, out
