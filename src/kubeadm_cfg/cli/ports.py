"""The command `ports`: who must reach whom, as a table, as data, or as rules for a firewall."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from cyclopts import Parameter

import kubeadm_cfg as kc
from kubeadm_cfg.cli.common import CLEAN, UsageError, given, not_empty, options_gone_astray
from kubeadm_cfg.deployment.firewalls import Role

__all__ = ["ports"]

Form = Literal["text", "markdown", "json", "nft", "iptables", "ip6tables"]


def ports(
    *files: Annotated[
        str,
        Parameter(name="FILE", help="Files or a directory; - is standard input.", allow_leading_hyphen=True),
    ],
    role: Annotated[Role | None, Parameter(help="For nft and iptables: the machine's; by default both.")] = None,
    node: Annotated[
        list[str] | None,
        Parameter(help="For nft and iptables: an address or range of the nodes; repeat it.", negative=""),
    ] = None,
    control_plane: Annotated[
        list[str] | None, Parameter(help="Likewise of the control planes, if they are no nodes.", negative="")
    ] = None,
    form: Annotated[Form, Parameter(name="--format", help="How the connections are printed.")] = "text",
) -> int:
    """Print who must reach whom on which port, "node to node connectivity", from the files of a cluster.

    Without FILE: those of a cluster that changes nothing. nft and iptables print rules that change nothing until the
    host's own chains jump to them.
    """
    options_gone_astray(files)
    not_empty(files)
    if form in ("text", "markdown", "json") and (role or node or control_plane):
        option = "--role" if role else "--node" if node else "--control-plane"
        raise UsageError(f"{option} goes with --format nft, iptables or ip6tables")
    found = kc.ports(*map(given, files))
    nodes, control_planes = node or [], control_plane or []
    try:
        match form:
            case "json":
                print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
            case "markdown":
                print(found.to_markdown())
            case "nft":
                print(found.to_nft(role=role, nodes=nodes, control_planes=control_planes), end="")
            case "iptables" | "ip6tables":
                family: Literal["ipv4", "ipv6"] = "ipv4" if form == "iptables" else "ipv6"
                print(found.to_iptables(role=role, nodes=nodes, control_planes=control_planes, family=family), end="")
            case _:
                print(found)
    except kc.ConfigError as error:
        raise UsageError(str(error)) from None
    return CLEAN
