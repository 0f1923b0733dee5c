"""The namespace `kubeadm_cfg.advise`: every function that gives advice, and the selection tables. No rule is here."""

from __future__ import annotations

from kubeadm_cfg.advisor import tables
from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.proxy_mode import proxy_mode
from kubeadm_cfg.advisor.wording import Reason

__all__ = ["Advice", "Reason", "proxy_mode", "tables"]
