"""Values that fields of each type are drawn from: odd ones that decode, and sensible ones that rules accept too."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

__all__ = ["KEYS", "SCALARS", "SENSIBLE", "SENSIBLE_SCALARS"]

# Texts that a careless writer or reader of YAML takes for something else.
_ODD_TEXTS: Final = (
    "a", "node-1", "10.244.0.0/16", "fd00::1", "registry.k8s.io", "systemd", "100Mi", "10%", "/etc/x", "a b",
    "", "yes", "n", "0x1f", "1e3", "12:30", "2030-01-02", "null", "~", "a: b", "a #b", "#", " x", "x ", "-",
    "- x", "---", "*a", "&a", "!t", "%x", "@x", "{x}", "[x]", "a,b", "a'b", "a\"b", "a\\b", "two\nlines\n",
    "two\nlines", "a\n\nb\n", " x\ny\n", "x\n\n", "t\tt", "中文", "é", "🚀", "key:", "?", "? x", "a:b", "=", "<<",
    "\u00a0", "\u0007", "\u2028",
)  # fmt: skip
_PLAIN_TEXTS: Final = (
    "a", "node-1", "10.244.0.0/16", "registry.k8s.io", "systemd", "100Mi", "/etc/x", "中文", "x-y.z", "Node",
)  # fmt: skip
KEYS: Final = ("a", "b", "Gate", "memory.available", "nodefs.inodesFree", "v", "1", "true", "a b", "x/y", "c: d", "中")
_DURATIONS: Final = ("0s", "1m30s", "24h0m0s", "10s", "1.5s", "100ms")
_TOKENS: Final = ("abcdef.0123456789abcdef", "xyzxyz.0000000000000000")

SCALARS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "string": st.sampled_from(_PLAIN_TEXTS) | st.sampled_from(_ODD_TEXTS),
    "boolean": st.booleans(),
    "int32": st.integers(-5, 70000),
    "int64": st.integers(-5, 1 << 40),
    "int": st.integers(-5, 70000),
    "uint32": st.integers(0, 70000),
    "float32": st.sampled_from([0.5, 1.25, 3]),
    "float64": st.sampled_from([0.5, 0.8, 1e-7, 2]),
    "duration": st.sampled_from(_DURATIONS),
    "flush": st.sampled_from(_DURATIONS),
    "quantity": st.sampled_from(["500m", "64Ki", "1Gi"]),
    "timestamp": st.just("2030-01-02T03:04:05Z"),
    "token": st.sampled_from(_TOKENS),
}
"""Scalar type -> what decodes into it, in the form Kubernetes writes it."""

SENSIBLE_SCALARS: Final[dict[str, st.SearchStrategy[Any]]] = SCALARS | {
    "string": st.sampled_from(["node-1", "example.test", "/etc/kubernetes/x"]),
    "int32": st.integers(0, 100),
    "int64": st.integers(0, 1000),
    "int": st.integers(0, 10),
    "uint32": st.integers(0, 10),
    "duration": st.sampled_from(["10s", "1m30s", "24h0m0s"]),
    "flush": st.just("5s"),
}
_HEX: Final = "0123456789abcdef" * 4

SENSIBLE: Final[dict[str, tuple[Any, ...]]] = {
    "podSubnet": ("10.244.0.0/16", "192.168.0.0/16", "10.244.0.0/16,fd00:10:244::/56"),
    "serviceSubnet": ("10.96.0.0/12", "10.43.0.0/16", "10.96.0.0/16,fd00:10:96::/112"),
    "dnsDomain": ("cluster.local", "example.test"),
    "controlPlaneEndpoint": ("lb.example.test:6443", "192.0.2.10:6443"),
    "imageRepository": ("registry.k8s.io", "registry.example.test/k8s"),
    "advertiseAddress": ("192.0.2.11", "192.0.2.12"),
    "bindPort": (6443, 8443),
    "criSocket": ("unix:///run/containerd/containerd.sock", "unix:///run/crio/crio.sock"),
    "certificateKey": (_HEX,),
    "usages": ("signing", "authentication"),
    "groups": ("system:bootstrappers:kubeadm:default-node-token",),
    "caCertHashes": (f"sha256:{_HEX}",),
    "apiServerEndpoint": ("192.0.2.10:6443", "lb.example.test:6443"),
    "certSANs": ("lb.example.test", "192.0.2.10"),
    "serverCertSANs": ("etcd.example.test", "192.0.2.13"),
    "peerCertSANs": ("etcd.example.test", "192.0.2.13"),
    "endpoints": ("https://etcd.example.test:2379",),
    "effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "key": ("node-role.kubernetes.io/control-plane", "dedicated"),
    "value": ("gpu", "7"),
    "pathType": ("DirectoryOrCreate", "File", ""),
    "clusterCIDR": ("10.244.0.0/16", "10.244.0.0/16,fd00:10:244::/56"),
    "clusterDNS": ("10.96.0.10", "fd00:10:96::a"),
    "clusterDomain": ("cluster.local", "example.test"),
    "bindAddress": ("0.0.0.0", "::"),
    "metricsBindAddress": ("127.0.0.1:10249", "0.0.0.0:10249"),
    "KubeProxyConfiguration.healthzBindAddress": ("0.0.0.0:10256", "[::]:10256"),
    "healthzBindAddress": ("127.0.0.1", "::1"),
    "address": ("0.0.0.0", "192.0.2.11"),
    "port": (10250,),
    "healthzPort": (10248,),
    "readOnlyPort": (0, 10255),
    "nodePortAddresses": ("192.0.2.0/24", "127.0.0.0/8"),
    "scheduler": ("rr", "wrr", "lc", "sh"),
    "excludeCIDRs": ("192.0.2.0/24",),
    "portRange": ("", "30000-32767"),
    "masqueradeBit": (14,),
    "oomScoreAdj": (-999,),
    "maxPods": (64, 110, 250),
    "imageGCHighThresholdPercent": (85, 90),
    "imageGCLowThresholdPercent": (70, 80),
    "containerRuntimeEndpoint": ("unix:///run/containerd/containerd.sock",),
    "podCIDR": ("10.244.1.0/24",),
    "reservedSystemCPUs": ("0-1", "0"),
    "format": ("text", "json"),
}
"""JSON name of a field, or Class.field -> values that Kubernetes' rules accept most of the time."""
