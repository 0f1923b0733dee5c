"""The advisor: decision tables, and the advice that is read off them. `kubeadm_cfg.advise` has the public names."""
