"""Charts: what they show as plain objects, and how that is drawn. `kubeadm_cfg.plot` has the public names."""
