"""flannel's net-conf.json, alone or in its manifest: typed, lossless, and checked as flanneld of each release does."""

from __future__ import annotations

from kubeadm_cfg.flannel.arithmetic import capacity, pod_mtu, subnets
from kubeadm_cfg.flannel.checking import check_text, normalized
from kubeadm_cfg.flannel.conf import (
    AliVpc,
    Alloc,
    AwsVpc,
    Backend,
    Extension,
    Gce,
    HostGw,
    Ipip,
    Ipsec,
    NetConf,
    TencentVpc,
    Udp,
    Vxlan,
    Wireguard,
)
from kubeadm_cfg.flannel.facts import facts, manifest, oldest_manifest
from kubeadm_cfg.flannel.file import FlannelFile, load, loads
from kubeadm_cfg.flannel.nodes import check_node

__all__ = [
    "AliVpc",
    "Alloc",
    "AwsVpc",
    "Backend",
    "Extension",
    "FlannelFile",
    "Gce",
    "HostGw",
    "Ipip",
    "Ipsec",
    "NetConf",
    "TencentVpc",
    "Udp",
    "Vxlan",
    "Wireguard",
    "capacity",
    "check_node",
    "check_text",
    "facts",
    "load",
    "loads",
    "manifest",
    "normalized",
    "oldest_manifest",
    "pod_mtu",
    "subnets",
]
