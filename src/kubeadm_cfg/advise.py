"""The namespace `kubeadm_cfg.advise`: every function that gives advice, and the selection tables. No rule is here."""

from __future__ import annotations

from kubeadm_cfg.advisor import tables
from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.cgroup_driver import cgroup_driver
from kubeadm_cfg.advisor.cluster import ClusterAdvice, Proposal, cluster
from kubeadm_cfg.advisor.endpoint import endpoint
from kubeadm_cfg.advisor.flannel_backend import flannel_backend
from kubeadm_cfg.advisor.image_repository import image_repository
from kubeadm_cfg.advisor.ipvs_scheduler import ipvs_scheduler
from kubeadm_cfg.advisor.kubernetes_version import kubernetes_version
from kubeadm_cfg.advisor.max_pods import max_pods
from kubeadm_cfg.advisor.node_name import node_name
from kubeadm_cfg.advisor.pod_network import pod_network
from kubeadm_cfg.advisor.proxy_mode import proxy_mode
from kubeadm_cfg.advisor.service_network import service_network
from kubeadm_cfg.advisor.wording import Reason

__all__ = [
    "Advice",
    "ClusterAdvice",
    "Proposal",
    "Reason",
    "cgroup_driver",
    "cluster",
    "endpoint",
    "flannel_backend",
    "image_repository",
    "ipvs_scheduler",
    "kubernetes_version",
    "max_pods",
    "node_name",
    "pod_network",
    "proxy_mode",
    "service_network",
    "tables",
]
