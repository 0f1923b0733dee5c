"""Every field of the field tables is there, typed and named as the tables say; objects remember what is there."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import attrs
import pytest

from field_tables import GROUPS, ROOT, TABLES, facts_of, kinds_of, objects_in, sample, types_of
from kubeadm_cfg.convert import kind_of, set_null, state, structure, unstructure
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, fields_of
from kubeadm_cfg.kubeadm import AnyAPIServer, AnyClusterConfiguration, v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyIPVSConfiguration

EVERY_TYPE = [
    pytest.param(family, version, name, id=f"{family}.{version}.{name}")
    for family in TABLES
    for version in kinds_of(family)
    for name in types_of(family, version)
]


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
