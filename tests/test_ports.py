"""Who must reach whom: each port follows its own field, and the rules for firewalls open what the table says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg.__main__ import main
from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration, ExternalEtcd

EXAMPLE = Path(__file__).parents[1] / "examples" / "wx-omega"
KUBEADM = "apiVersion: kubeadm.k8s.io/v1beta4\n"


def cluster(text: str) -> kc.ConfigFile:
    return kc.loads(f"{KUBEADM}kind: ClusterConfiguration\n{text}")


def with_argument(component: str, name: str, value: str) -> kc.ConfigFile:
    return cluster(f"{component}: {{extraArgs: [{{name: {name}, value: '{value}'}}]}}\n")


def init(text: str) -> kc.ConfigFile:
    return kc.loads(f"{KUBEADM}kind: InitConfiguration\n{text}")


def kubelet(text: str) -> kc.ConfigFile:
    return kc.loads(f"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n{text}")


def kube_proxy(text: str) -> kc.ConfigFile:
    return kc.loads(f"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n{text}")


def backend(text: str, more: str = "") -> kc.ConfigFile:
    return kc.flannel.loads(f'{{"Network": "10.244.0.0/16", {more}"Backend": {text}}}')


def rows(*files: Any, name: str | None = None) -> list[tuple[str, str, str, str]]:
    """Target, protocol, port and sources."""
    return [
        (row.target, row.protocol, row.port, " ".join(row.sources))
        for row in kc.ports(*files)
        if name is None or row.name.startswith(name)
    ]


def test_a_cluster_that_changes_nothing_needs_the_well_known_ports() -> None:
    assert rows() == [
        ("control planes", "tcp", "6443", "nodes pods clients"),
        ("control planes", "tcp", "2379", "control planes"),
        ("control planes", "tcp", "2380", "control planes"),
        ("control planes", "tcp", "10257", "itself"),
        ("control planes", "tcp", "10259", "itself"),
        ("nodes", "tcp", "10250", "control planes pods"),
        ("nodes", "tcp", "10256", "load balancers"),
        ("nodes", "tcp", "30000-32767", "clients"),
        ("nodes", "udp", "30000-32767", "clients"),
    ]


@pytest.mark.parametrize(
    ("files", "name", "wanted"),
    [
        ([init("localAPIEndpoint: {bindPort: 7443}\n")], "kube-apiserver", [("control planes", "7443")]),
        (
            [kc.loads(f"{KUBEADM}kind: JoinConfiguration\ncontrolPlane: {{localAPIEndpoint: {{bindPort: 8443}}}}\n")],
            "kube-apiserver",
            [("control planes", "8443")],
        ),
        (
            [with_argument("apiServer", "secure-port", "443"), init("localAPIEndpoint: {bindPort: 7443}\n")],
            "kube-apiserver",
            [("control planes", "443")],
        ),
        (
            [cluster("controlPlaneEndpoint: lb.test:8443\n")],
            "kube-apiserver",
            [("control planes", "6443"), ("lb.test", "8443")],
        ),
        (
            [cluster("controlPlaneEndpoint: lb.test\n"), init("localAPIEndpoint: {bindPort: 7443}\n")],
            "kube-apiserver",
            [("control planes", "7443"), ("lb.test", "7443")],
        ),
        (
            [cluster("controlPlaneEndpoint: '[fd00::1]:6443'\n")],
            "kube-apiserver",
            [("control planes", "6443"), ("fd00::1", "6443")],
        ),
        (
            [cluster("etcd: {external: {endpoints: ['https://e1:2379', 'https://[fd00::2]:4001', 'http://e3']}}\n")],
            "etcd",
            [("e1", "2379"), ("fd00::2", "4001"), ("e3", "2379")],
        ),
        (
            [
                cluster(
                    "etcd: {local: {extraArgs: [{name: listen-client-urls, "
                    "value: 'https://127.0.0.1:2379,https://10.0.0.1:4001'}]}}\n"
                )
            ],
            "etcd",
            [("control planes", "4001"), ("control planes", "2380")],
        ),
        ([with_argument("scheduler", "secure-port", "0")], "kube-scheduler", []),
        ([with_argument("scheduler", "secure-port", "11259")], "kube-scheduler", [("control planes", "11259")]),
        ([kubelet("port: 11250\n")], "kubelet", [("nodes", "11250")]),
        ([kubelet("readOnlyPort: 10255\n")], "kubelet", [("nodes", "10250"), ("nodes", "10255")]),
        ([kubelet("healthzBindAddress: 0.0.0.0\n")], "kubelet", [("nodes", "10250"), ("nodes", "10248")]),
        ([kubelet("healthzBindAddress: 127.0.0.1\nhealthzPort: 1\n")], "kubelet", [("nodes", "10250")]),
        (
            [kubelet("port: 11250\n"), init("nodeRegistration: {kubeletExtraArgs: [{name: port, value: '12250'}]}\n")],
            "kubelet",
            [("nodes", "12250")],
        ),
        ([kube_proxy("healthzBindAddress: 0.0.0.0:11256\n")], "kube-proxy", [("nodes", "11256")]),
        ([kube_proxy("healthzBindAddress: '::'\n")], "kube-proxy", [("nodes", "10256")]),
        ([kube_proxy("healthzBindAddress: 127.0.0.1:11256\n")], "kube-proxy", [("nodes", "11256")]),
        ([kube_proxy("healthzBindAddress: 0.0.0.0:0\n")], "kube-proxy", []),
        ([kube_proxy("metricsBindAddress: '[::]:10249'\n")], "kube-proxy", [("nodes", "10256"), ("nodes", "10249")]),
        ([cluster("proxy: {disabled: true}\n")], "kube-proxy", []),
        ([init("skipPhases: [addon/kube-proxy]\n")], "kube-proxy", []),
        (
            [with_argument("apiServer", "service-node-port-range", "80-90")],
            "NodePort",
            [("nodes", "80-90"), ("nodes", "80-90")],
        ),
        (
            [with_argument("apiServer", "service-node-port-range", "80+10")],
            "NodePort",
            [("nodes", "80-90"), ("nodes", "80-90")],
        ),
    ],
)
def test_a_port_follows_its_field(files: list[kc.ConfigFile], name: str, wanted: list[tuple[str, str]]) -> None:
    assert [(target, port) for target, _, port, _ in rows(*files, name=name)] == wanted


@pytest.mark.parametrize(
    ("net_conf", "wanted"),
    [
        (backend('{"Type": "vxlan"}'), [("udp", "8472")]),
        (backend('{"Type": "VXLAN", "Port": 4789}'), [("udp", "4789")]),
        (backend('{"Type": "host-gw"}'), [("none", "")]),
        (backend('{"Type": "udp"}'), [("udp", "8285")]),
        (backend('{"Type": "udp", "Port": 9000}'), [("udp", "9000")]),
        (kc.flannel.loads('{"Network": "10.244.0.0/16"}'), [("udp", "8285")]),
        (backend('{"Type": "ipip"}'), [("ipip", "")]),
        (backend('{"Type": "wireguard"}'), [("udp", "51820")]),
        (
            backend('{"Type": "wireguard", "ListenPort": 51900}', '"EnableIPv6": true, '),
            [("udp", "51900"), ("udp", "51821")],
        ),
        (backend('{"Type": "wireguard", "Mode": "auto"}', '"EnableIPv6": true, '), [("udp", "51820")]),
        (backend('{"Type": "ipsec", "PSK": "secret"}'), [("udp", "500"), ("udp", "4500"), ("esp", "")]),
        (backend('{"Type": "ipsec", "UDPEncap": true}'), [("udp", "500"), ("udp", "4500")]),
    ],
)
def test_a_backend_of_flannel_needs_its_own(net_conf: kc.ConfigFile, wanted: list[tuple[str, str]]) -> None:
    found = [row for row in kc.ports(net_conf) if row.name.startswith("flannel")]
    assert [(row.protocol, row.port) for row in found] == wanted
    assert all((row.target, row.sources) == ("nodes", ("nodes",)) for row in found)
    assert "secret" not in str(kc.ports(net_conf)) + json.dumps(kc.ports(net_conf).to_dict())


def test_windows_nodes_need_the_port_of_windows_as_well() -> None:
    text = (EXAMPLE / "030-flannel.yaml").read_text(encoding="utf-8")
    text += "---\nkind: DaemonSet\napiVersion: apps/v1\nmetadata: {name: kube-flannel-ds-windows-amd64}\n"
    assert [row[2] for row in rows(kc.loads(text), name="flannel")] == ["8472", "4789"]


@pytest.mark.parametrize(
    "file",
    [
        init("localAPIEndpoint: {bindPort: 70000}\n"),
        cluster("controlPlaneEndpoint: lb.test:http\n"),
        with_argument("apiServer", "service-node-port-range", "90-80"),
        with_argument("apiServer", "service-node-port-range", "all"),
        kube_proxy("healthzBindAddress: 0.0.0.0:http\n"),
        backend('{"Type": "udp", "Port": 70000}'),
    ],
)
def test_what_is_no_port_is_refused(file: kc.ConfigFile) -> None:
    with pytest.raises(kc.ConfigError, match=r"no port|no range"):
        kc.ports(file)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("imageRepository: reg.test:5000/k8s\n", [("reg.test", "5000")]),
        ("imageRepository: reg.test\n", [("reg.test", "443")]),
        ("imageRepository: '[fd00::1]:5000/k8s'\n", [("fd00::1", "5000")]),
        ("imageRepository: library/k8s\n", []),
        ("imageRepository: a.test\ndns: {imageRepository: a.test/dns}\n", [("a.test", "443")]),
        ("imageRepository: a.test\ndns: {imageRepository: b.test}\n", [("a.test", "443"), ("b.test", "443")]),
        ("etcd: {local: {imageRepository: 'c.test:80'}}\n", [("c.test", "80")]),
    ],
)
def test_nodes_reach_the_registry_they_pull_from(text: str, wanted: list[tuple[str, str]]) -> None:
    found = rows(cluster(text), name="image registry")
    assert [(target, port) for target, _, port, _ in found] == wanted
    assert all(sources == "nodes" for *_, sources in found)


def test_a_node_that_joins_reaches_the_endpoint_it_joins_by() -> None:
    join = kc.loads(
        f"{KUBEADM}kind: JoinConfiguration\n"
        "discovery: {bootstrapToken: {apiServerEndpoint: 'lb.test:6443', token: abcdef.0123456789abcdef}}\n"
    )
    assert [row[:3] for row in rows(join, name="kube-apiserver")][1:] == [("lb.test", "tcp", "6443")]
    assert "abcdef" not in str(kc.ports(join)) + str(kc.ports(join).to_dict())
    both = kc.ports(join, cluster("controlPlaneEndpoint: lb.test:6443\n"))
    assert [row.why for row in both if row.target == "lb.test"] == ["controlPlaneEndpoint"]


FILES = [kc.load(path) for path in sorted(EXAMPLE.glob("*.yaml"))]


def test_the_rules_of_a_node_leave_out_those_of_control_planes() -> None:
    opened = {
        role: re.findall(r"dport (\S+)", kc.ports(*FILES).to_nft(role=role)) for role in ("node", "control-plane")
    }
    assert opened["node"] == ["10250", "10256", "30000-32767", "30000-32767", "8472"]
    assert opened["control-plane"] == ["6443", "2379", "2380", *opened["node"]]


def test_what_only_nodes_need_is_open_to_them_alone() -> None:
    text = kc.ports(*FILES).to_nft(nodes=["192.168.6.0/24", "192.168.6.7", "fd00::7"])
    assert 'ip saddr 192.168.6.0/24 udp dport 8472 accept comment "flannel vxlan"' in text
    assert 'ip6 saddr fd00::7 udp dport 8472 accept comment "flannel vxlan"' in text
    assert "ip saddr { 10.244.0.0/16, 172.31.0.0/16, 192.168.6.0/24 } tcp dport 10250" in text
    assert '\t\ttcp dport 6443 accept comment "kube-apiserver"' in text
    assert "# On 192.168.6.159: tcp 6443 from nodes, clients (kube-apiserver)" in text


def test_control_planes_alone_shut_no_node_out() -> None:
    text = kc.ports(*FILES).to_nft(control_planes=["192.168.6.149"])
    assert "ip saddr 192.168.6.149 tcp dport 2380" in text
    assert '\t\tudp dport 8472 accept comment "flannel vxlan"' in text
    assert "\t\ttcp dport 10250 accept" in text


def test_loopback_and_backends_without_a_port_open_nothing() -> None:
    text = kc.ports(backend('{"Type": "host-gw"}')).to_nft()
    assert "10257" not in text
    assert "host-gw" not in text


def test_protocols_without_ports_are_opened_by_number() -> None:
    assert '\t\tmeta l4proto 4 accept comment "flannel ipip"' in kc.ports(backend('{"Type": "ipip"}')).to_nft()
    iptables = kc.ports(backend('{"Type": "ipsec"}')).to_iptables(nodes=["10.0.0.0/24"])
    assert '-A KUBERNETES -s 10.0.0.0/24 -p 50 -m comment --comment "flannel ipsec" -j ACCEPT' in iptables


def test_pods_are_forwarded() -> None:
    text = kc.ports(cluster("networking: {podSubnet: '10.1.0.0/16,fd00:1::/56'}\n")).to_nft()
    assert "\t\tip saddr 10.1.0.0/16 accept" in text
    assert "\t\tip6 daddr fd00:1::/56 accept" in text


def test_iptables_has_the_addresses_of_one_family() -> None:
    found = kc.ports(cluster("networking: {podSubnet: '10.1.0.0/16,fd00:1::/56'}\n"))
    given: dict[str, Any] = {"nodes": ["10.0.0.0/24", "fd00::/64"]}
    four, six = (found.to_iptables(family=family, **given) for family in ("ipv4", "ipv6"))
    assert "-s 10.0.0.0/24 -p tcp --dport 2379" in four
    assert "-s fd00::/64 -p tcp --dport 2379" in six
    assert "fd00" not in four
    assert "10.0.0.0" not in six
    assert four.count("COMMIT") == 1
    assert "-A KUBERNETES -p tcp --dport 30000:32767 -m comment" in four


def test_what_is_no_address_role_or_family_is_refused() -> None:
    found = kc.ports()
    with pytest.raises(kc.ConfigError, match="no address"):
        found.to_nft(nodes=["node-1"])
    with pytest.raises(ValueError, match="no role"):
        found.to_nft(role="worker")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(ValueError, match="no family"):
        found.to_iptables(family="inet")  # type: ignore[arg-type]  # that is the point


RULE = re.compile(
    r"(?:ip6? saddr (?:[0-9a-f.:/]+|\{ [0-9a-f.:/, ]+ \}) )?"
    r'(?:(?:tcp|udp) dport [0-9-]+|meta l4proto [0-9]+) accept comment "[^"\n]+"'
    r'|ip6? [sd]addr [0-9a-f.:/]+ accept comment "pods"'
)


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_no_text_of_a_file_becomes_a_rule(endpoint: str, network: str, url: str) -> None:
    file = cluster("")
    configuration = file.ensure(ClusterConfiguration)
    configuration.control_plane_endpoint = endpoint
    configuration.networking.pod_subnet = network
    configuration.etcd.external = ExternalEtcd(endpoints=[url])
    try:
        text = kc.ports(file).to_nft()
    except kc.ConfigError:
        return
    inside = [line.strip() for line in text.split("\n") if line.startswith("\t\t")]
    assert inside
    assert all(RULE.fullmatch(line) for line in inside)
    outside = [line for line in text.split("\n") if line and not line.startswith(("\t", "#"))]
    assert set(outside) <= {
        "table inet filter {",
        "}",
        "flush chain inet filter kubernetes",
        "flush chain inet filter kubernetes_forward",
    }


def test_the_table_is_text_markdown_html_and_data() -> None:
    found = kc.ports(*FILES)
    assert str(found).splitlines()[0].split() == ["to", "protocol", "port", "from", "what", "why"]
    assert found.to_markdown().splitlines()[2].startswith("| control planes | tcp | 6443 |")
    assert "<td>flannel vxlan</td>" in found._repr_html_()
    assert found.to_dict()["podRanges"] == ["172.31.0.0/16", "10.244.0.0/16"]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("text", "nodes           udp       8472         nodes                 flannel vxlan            default"),
        ("markdown", "| nodes | udp | 8472 | nodes | flannel vxlan | default |"),
        ("json", '      "name": "flannel vxlan",'),
        ("nft", '\t\tip saddr 10.0.0.0/24 udp dport 8472 accept comment "flannel vxlan"'),
        ("iptables", '-A KUBERNETES -s 10.0.0.0/24 -p udp --dport 8472 -m comment --comment "flannel vxlan" -j ACCEPT'),
        ("ip6tables", "# Load with ip6tables-restore --noflush, then once: ip6tables -I INPUT -j KUBERNETES"),
    ],
)
def test_the_command_prints_each_form(form: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in sorted(EXAMPLE.glob("*.yaml"))]
    nodes = [] if form in ("text", "markdown", "json") else ["--node", "10.0.0.0/24"]
    assert main(["ports", *files, "--format", form, *nodes]) == 0
    assert line in capsys.readouterr().out.splitlines()


def test_the_command_refuses_what_is_no_address() -> None:
    assert main(["ports", "--format", "nft", "--node", "x"]) == 2


def test_ipip_is_of_ipv4_alone() -> None:
    found = kc.ports(backend('{"Type": "ipip"}'))
    assert "-p 4 " in found.to_iptables()
    assert "-p 4 " not in found.to_iptables(family="ipv6")
