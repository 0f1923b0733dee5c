"""What the laws of this project draw their documents from: the public strategies, for the kinds that matter most."""

from __future__ import annotations

from kubeadm_cfg import testing
from kubeadm_cfg.kubeadm import v1beta3, v1beta4

MAIN_KINDS = (
    v1beta3.ClusterConfiguration,
    v1beta4.ClusterConfiguration,
    v1beta4.InitConfiguration,
    v1beta4.JoinConfiguration,
    "KubeletConfiguration",
    "KubeProxyConfiguration",
)

documents = testing.documents(MAIN_KINDS, unknown_fields=True)
