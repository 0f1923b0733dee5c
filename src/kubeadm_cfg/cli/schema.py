"""The command `schema`: the JSON Schema of a kind, for editors and validators."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, Absent, UsageError
from kubeadm_cfg.errors import ConfigError

__all__ = ["schema"]


def schema(
    kind: Annotated[str, Parameter(help="A kind or its short name, as in ClusterConfiguration or cluster.")] = "all",
    /,
    *,
    kubernetes: Annotated[
        str | None,
        Parameter(name=["--kubernetes", "-k"], help="The minor that reads it, as in 1.31; else the newest that does."),
    ] = None,
) -> int:
    """Print the JSON Schema (draft 2020-12) of a kind; without KIND that of any document of a kubeadm file.

    Exit code 1 when that minor does not read KIND.
    """
    from kubeadm_cfg.schema import json_schema

    try:
        found = json_schema(kind, kubernetes=kubernetes)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    if "x-kubernetes-unread" in found:
        raise Absent(found["description"])
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return CLEAN
