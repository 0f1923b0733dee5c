"""The command `http-registry`: the files containerd needs for a registry without TLS. Their text is made elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, UsageError
from kubeadm_cfg.errors import ConfigError

__all__ = ["http_registry"]


def http_registry(
    host: Annotated[str, Parameter(name="HOST:PORT", help="The registry as image names have it.")],
    /,
    *,
    containerd: Annotated[str, Parameter(help="The release of containerd on the nodes, as in 2.2.7 or 1.7.")] = "2.2.7",
    way: Annotated[
        Literal["hosts", "mirrors"],
        Parameter(help="hosts: a hosts.toml, read at each pull; mirrors: the old way in config.toml."),
    ] = "hosts",
    root: Annotated[
        Path | None,
        Parameter(help="Write the hosts.toml below this directory instead of printing; / is the node itself."),
    ] = None,
) -> int:
    """Print the files that make containerd pull from a registry over plain HTTP, each below a line with its path.

    With --root the hosts.toml is written; config.toml is the node's own and is only printed: set its keys there.
    """
    from kubeadm_cfg import saving
    from kubeadm_cfg.containerd import http_registry as files_for

    try:
        files = files_for(host, containerd, way=way)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    for number, (path, text) in enumerate(files.items()):
        if root is not None and path.endswith("/hosts.toml"):
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            saving.write(target, text.encode("utf-8"))
            continue
        print("\n" * bool(number) + f"# {path}\n{text}", end="")
    return CLEAN
