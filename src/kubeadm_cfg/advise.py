"""The namespace `kubeadm_cfg.advise`: every function that gives advice, and the selection tables. No rule is here."""

from __future__ import annotations

from kubeadm_cfg.advisor import tables
from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.cgroup_driver import cgroup_driver
from kubeadm_cfg.advisor.flannel_backend import flannel_backend
from kubeadm_cfg.advisor.ipvs_scheduler import ipvs_scheduler
from kubeadm_cfg.advisor.proxy_mode import proxy_mode
from kubeadm_cfg.advisor.wording import Reason

__all__ = ["Advice", "Reason", "cgroup_driver", "flannel_backend", "ipvs_scheduler", "proxy_mode", "tables"]
