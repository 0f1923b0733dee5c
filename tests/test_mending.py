"""What mends a problem: given a file that is refused or warned of, the file that was meant, and if that is safe."""

from __future__ import annotations

import pytest

import kubeadm_cfg as kc

CLUSTER = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
OLD = CLUSTER.replace("v1beta4", "v1beta3")
INIT = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n"
KUBELET = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
PROXY = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"

SAFE = [
    (KUBELET, 'maxPods: "64"  # many\n', "maxPods: 64  # many\n"),
    (KUBELET, "failSwapOn: 'no'\n", "failSwapOn: false\n"),
    (CLUSTER, "clusterName: 007\n", 'clusterName: "007"\n'),
    (CLUSTER, "clusterName: yes\n", 'clusterName: "yes"\n'),
    (CLUSTER, "apiServer: {certSANs: [[lb]]}\n", "apiServer: {certSANs: [lb]}\n"),
    (CLUSTER, "networking: {dnsDomain: [cluster.local]}\n", "networking: {dnsDomain: cluster.local}\n"),
    (CLUSTER, "apiServer:\n  certSANs: lb.example.org\n", "apiServer:\n  certSANs:\n  - lb.example.org\n"),
    (
        CLUSTER,
        "scheduler:\n  extraArgs:\n    # how much\n    v: 4  # four\n",
        'scheduler:\n  extraArgs:\n  # how much\n  - name: v\n    value: "4"  # four\n',
    ),
    (
        OLD,
        "scheduler:\n  extraArgs:\n  # how much\n  - name: v\n    value: '4'  # four\n",
        'scheduler:\n  extraArgs:\n    # how much\n    v: "4"  # four\n',
    ),
    (OLD, "scheduler:\n  extraArgs:\n    --v: '4'\n", "scheduler:\n  extraArgs:\n    v: '4'\n"),
    (
        CLUSTER,
        'apiServer:\n  extraArgs:\n  - name: profilling\n    value: "false"\n',
        'apiServer:\n  extraArgs:\n  - name: profiling\n    value: "false"\n',
    ),
    (KUBELET, "featureGates:\n  CPUManager: false\n  NodeSwap: true\n", "featureGates:\n  NodeSwap: true\n"),
    (CLUSTER, "featureGates: {IPv6DualStack: true}\nclusterName: a\n", "featureGates: {}\nclusterName: a\n"),
    (KUBELET, "featureGates:\n  NodeSwapp: true\n", "featureGates:\n  NodeSwap: true\n"),
    (
        OLD,
        "apiServer:\n  extraArgs:\n    feature-gates: NodeSwap=true,CPUManager=false,IPv6DualStack=true\n",
        "apiServer:\n  extraArgs:\n    feature-gates: NodeSwap=true\n",
    ),
    (OLD, "scheduler: {extraArgs: {v: '4', feature-gates: CPUManager=false}}\n", "scheduler: {extraArgs: {v: '4'}}\n"),
    (OLD, "apiServer: {extraArgs: {eventTtl: 2h}}\n", "apiServer: {extraArgs: {event-ttl: 2h}}\n"),
    (KUBELET, "runOnce: true\nmaxPods: 50\n", "maxPods: 50\n"),
    (CLUSTER, "useHyperKubeImage: {a: 1}\nclusterName: a\n", "clusterName: a\n"),
    (PROXY, "udpIdleTimeout: 250ms  # old\nmode: ipvs\n", "mode: ipvs\n"),
    (
        INIT,
        "bootstrapTokens:\n- token: 4rtbxk.mo3j8xnqp2z6vc5w\n  ttl: 24h\n  expires: 2030-01-02T03:04:05Z\n",
        "bootstrapTokens:\n- token: 4rtbxk.mo3j8xnqp2z6vc5w\n  ttl: 24h\n",
    ),
    (
        INIT,
        "nodeRegistration:\n  ignorePreflightErrors: [Swap, all]\n",
        "nodeRegistration:\n  ignorePreflightErrors: [all]\n",
    ),
]  # fmt: skip
OFFERED = [
    (KUBELET, "syncFrequency: 30\n", "syncFrequency: 30s\n"),
    (KUBELET, "syncFrequency: 1d\n", "syncFrequency: 24h\n"),
    (CLUSTER, "kubernetesVersion: 'v1.32'\n", "kubernetesVersion: 'v1.32.0'\n"),
    (PROXY, "mode: IPVS\n", "mode: ipvs\n"),
    (PROXY, "nodePortAddresses: [10.0.0.1]\n", "nodePortAddresses: [10.0.0.1/32]\n"),
    (PROXY, "nodePortAddresses: ['fd00::1']\n", "nodePortAddresses: ['fd00::1/128']\n"),
    (CLUSTER, "imageRepository: https://registry.example.org/k8s/\n", "imageRepository: registry.example.org/k8s\n"),
    (CLUSTER, "controlPlaneEndpoint: https://[fd00::1]:6443/\n", 'controlPlaneEndpoint: "[fd00::1]:6443"\n'),
    (CLUSTER, "controlPlaneEndpoint: fd00:1:2:3:4:5:6:7:6443\n", 'controlPlaneEndpoint: "[fd00:1:2:3:4:5:6:7]:6443"\n'),
    (PROXY, "healthzBindAddress: 'fd00:1:2:3:4:5:6:7:10256'\n", "healthzBindAddress: '[fd00:1:2:3:4:5:6:7]:10256'\n"),
    (CLUSTER, "networking:\n  dnsDomain: Cluster.Local\n", "networking:\n  dnsDomain: cluster.local\n"),
    (CLUSTER, "encryptionAlgorithm: ecdsa-p256\n", "encryptionAlgorithm: ECDSA-P256\n"),
    (INIT, "nodeRegistration:\n  name: Master_0\n", "nodeRegistration:\n  name: master-0\n"),
    (INIT, "nodeRegistration:\n  imagePullPolicy: always\n", "nodeRegistration:\n  imagePullPolicy: Always\n"),
]


def checked(text: str) -> kc.Report:
    return kc.check_text(text, kubernetes="1.32")


@pytest.mark.parametrize(("head", "before", "after"), SAFE)
def test_a_safe_mend_is_made_by_fix(head: str, before: str, after: str) -> None:
    fixed = checked(head + before).fix()
    assert fixed
    assert fixed[0].file.text == head + after


@pytest.mark.parametrize(("head", "before", "after"), OFFERED)
def test_what_only_the_author_can_confirm_is_offered(head: str, before: str, after: str) -> None:
    report = checked(head + before)
    assert report.fix() == ()
    (problem,) = report.errors
    assert not problem.fix.safe
    problem.fix.apply()
    assert problem.fix.file.text == head + after
    assert not checked(head + after).errors


@pytest.mark.parametrize(
    ("api_version", "kind", "wanted"),
    [
        ("kubeadm.k8s.io/v1beta4", "KubeletConfiguration", "kubelet.config.k8s.io/v1beta1"),
        ("v1beta4", "ClusterConfiguration", "kubeadm.k8s.io/v1beta4"),
        ("kubeadm.k8s.io/v1beta-3", "ClusterConfiguration", "kubeadm.k8s.io/v1beta3"),
        ("kubelet.k8s.io/v1beta1", "KubeletConfiguration", "kubelet.config.k8s.io/v1beta1"),
        ("v1alpha1", "KubeProxyConfiguration", "kubeproxy.config.k8s.io/v1alpha1"),
    ],
)
def test_a_kind_gets_its_group(api_version: str, kind: str, wanted: str) -> None:
    problem = next(p for p in checked(f"apiVersion: {api_version}  # group\nkind: {kind}\n") if p.fix)
    problem.fix.apply()
    assert problem.fix.file.text == f"apiVersion: {wanted}  # group\nkind: {kind}\n"


@pytest.mark.parametrize("kind", ["ClusterConfig", "clusterConfiguration", "ClusterConfiguraton"])
def test_a_kind_gets_its_name(kind: str) -> None:
    problem = next(p for p in checked(CLUSTER.replace("ClusterConfiguration", kind)) if p.fix)
    assert not problem.fix.safe
    problem.fix.apply()
    assert problem.fix.file.text == CLUSTER


@pytest.mark.parametrize(
    "text",
    [
        CLUSTER
        + "featureGates:\n  NFTablesProxyMode: true\n",  # a gate of the components: where is for the author to say
        KUBELET + "maxPods: many\n",
        KUBELET + "syncFrequency: soon\n",
        CLUSTER + "networking:\n  podSubnet: 10.0.0.0\n",
        CLUSTER + "apiServer:\n  extraArgs:\n  - name: qwertyuiop\n    value: '1'\n",
        INIT + "nodeRegistration:\n  imagePullPolicy: sometimes\n",
        INIT + "bootstrapTokens:\n- token: 'null'\n",
        CLUSTER + "scheduler:\n  extraArgs:\n    v: [4]\n",
        OLD + "scheduler:\n  extraArgs:\n  - name: [v]\n    value: '4'\n",
        PROXY + "mode: fast\n",
    ],
)
def test_what_nobody_can_know_has_no_fix(text: str) -> None:
    problems = [problem for problem in checked(text) if problem.severity == "error"]
    assert problems
    assert [problem.fix for problem in problems] == [None] * len(problems)
