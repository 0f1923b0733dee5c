"""Typed, lossless files of kubeadm, kubelet, kube-proxy, flannel and containerd.

Public names are here, imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubeadm_cfg import advise as advise
    from kubeadm_cfg import containerd as containerd
    from kubeadm_cfg import fixing as fixing
    from kubeadm_cfg import flannel as flannel
    from kubeadm_cfg import kubernetes as kubernetes
    from kubeadm_cfg import networks as networks
    from kubeadm_cfg import plot as plot
    from kubeadm_cfg import testing as testing
    from kubeadm_cfg.arguments import args
    from kubeadm_cfg.baselines import Baseline
    from kubeadm_cfg.building import source_code
    from kubeadm_cfg.checks.asking import check, check_text
    from kubeadm_cfg.checks.codes import rules
    from kubeadm_cfg.checks.many import check_many
    from kubeadm_cfg.checks.rules import rule
    from kubeadm_cfg.comparing import diff
    from kubeadm_cfg.convert import is_set, set_null, state, to_dict
    from kubeadm_cfg.deployment.images import images
    from kubeadm_cfg.deployment.ports import ports
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.dumping import dumps, from_dict
    from kubeadm_cfg.errors import (
        ConfigError,
        DecodeError,
        EditError,
        MissingDocument,
        ParseError,
        Span,
        StaleFileError,
    )
    from kubeadm_cfg.explaining import explain, kinds
    from kubeadm_cfg.file import ConfigFile, load, loads, save_all
    from kubeadm_cfg.host import Host
    from kubeadm_cfg.report import Problem, Report
    from kubeadm_cfg.schema import json_schema
    from kubeadm_cfg.settings import Settings
    from kubeadm_cfg.values import Duration

__all__ = [
    "Baseline",
    "ConfigError",
    "ConfigFile",
    "DecodeError",
    "Document",
    "Duration",
    "EditError",
    "Host",
    "MissingDocument",
    "ParseError",
    "Problem",
    "Report",
    "Settings",
    "Span",
    "StaleFileError",
    "args",
    "check",
    "check_many",
    "check_text",
    "diff",
    "dumps",
    "explain",
    "from_dict",
    "images",
    "is_set",
    "json_schema",
    "kinds",
    "load",
    "loads",
    "ports",
    "rule",
    "rules",
    "save_all",
    "set_null",
    "source_code",
    "state",
    "to_dict",
]

__version__ = "0.1.0"

_HOMES = {
    "arguments": {"args": "args"},
    "baselines": {"Baseline": "Baseline"},
    "building": {"source_code": "source_code"},
    "checks.asking": {"check": "check", "check_text": "check_text"},
    "checks.many": {"check_many": "check_many"},
    "checks.codes": {"rules": "rules"},
    "checks.rules": {"rule": "rule"},
    "comparing": {"diff": "diff"},
    "convert": {name: name for name in ("is_set", "set_null", "state", "to_dict")},
    "document": {"Document": "Document"},
    "errors": {
        name: name
        for name in (
            "ConfigError",
            "DecodeError",
            "EditError",
            "MissingDocument",
            "ParseError",
            "Span",
            "StaleFileError",
        )
    },
    "dumping": {"dumps": "dumps", "from_dict": "from_dict"},
    "explaining": {"explain": "explain", "kinds": "kinds"},
    "file": {name: name for name in ("ConfigFile", "load", "loads", "save_all")},
    "host": {"Host": "Host"},
    "deployment.ports": {"ports": "ports"},
    "deployment.images": {"images": "images"},
    "report": {"Problem": "Problem", "Report": "Report"},
    "settings": {"Settings": "Settings"},
    "schema": {"json_schema": "json_schema"},
    "values": {"Duration": "Duration"},
}
_MODULES = (
    "advise",
    "containerd",
    "fixing",
    "flannel",
    "kubeadm",
    "kubelet",
    "kubeproxy",
    "kubernetes",
    "networks",
    "plot",
    "testing",
)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        for home, names in _HOMES.items():
            if name in names:
                found = getattr(import_module(f"{__name__}.{home}"), names[name])
                globals()[name] = found
                return found
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *_MODULES, "__version__"]
