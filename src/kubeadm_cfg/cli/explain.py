"""`explain` and `new`: what a kind or field is, and a fresh file to begin with."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from cyclopts import Parameter

from kubeadm_cfg.cli.common import NAMES, UsageError

__all__ = ["explain", "new"]


def explain(
    path: str,
    /,
    *,
    kubernetes: Annotated[str | None, Parameter(name=["--kubernetes", "-k"])] = None,
    api_version: str | None = None,
    language: Literal["en", "zh"] = "en",
    format: Literal["text", "json"] = "text",  # noqa: A002  # the option is called so in every command
) -> None:
    """Say what a kind or field is, such as ClusterConfiguration.networking.podSubnet or kubelet.maxPods."""
    from kubeadm_cfg.explaining import explain as explained

    told = explained(path, api_version=api_version, kubernetes=kubernetes, language=language)
    print(json.dumps(told.to_dict(), ensure_ascii=False, indent=2) if format == "json" else told)


def new(
    kind: str,
    /,
    *kinds: str,
    api_version: str | None = None,
    comments: Literal["en", "zh"] | None = None,
) -> None:
    """Print a fresh file with a document of each kind; --comments says what each key is for."""
    from kubeadm_cfg.convert import kind_of
    from kubeadm_cfg.dumping import dumps
    from kubeadm_cfg.kinds import KINDS

    objects = []
    for name in (kind, *kinds):
        wanted = NAMES.get(name.replace("-", "_"), name)
        versions = [version for version, known in KINDS if known == wanted and version != "kubeadm.k8s.io/v1"]
        chosen = [version for version in versions if api_version in (version, version.partition("/")[2])] or versions
        cls = kind_of(chosen[-1], wanted) if chosen else None
        if cls is None:
            raise UsageError(f"there is no kind {name!r}")
        objects.append(cls())
    print(dumps(objects[0], *objects[1:], comments=comments), end="")
