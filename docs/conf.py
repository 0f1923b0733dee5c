"""Sphinx configuration: MyST pages, the furo theme, autodoc of the public names."""

from __future__ import annotations

import kubeadm_cfg

project = "kubeadm_cfg"
author = "the kubeadm_cfg authors"
copyright = "the kubeadm_cfg authors"  # noqa: A001 - the name Sphinx asks for
release = version = kubeadm_cfg.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}

html_theme = "furo"
html_title = f"kubeadm_cfg {release}"
