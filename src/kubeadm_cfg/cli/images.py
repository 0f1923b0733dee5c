"""The command `images`: what a cluster will pull, and the script that copies it into a registry of one's own."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from cyclopts import Parameter

import kubeadm_cfg as kc
from kubeadm_cfg.cli.common import CLEAN, UsageError, given, not_empty, options_gone_astray
from kubeadm_cfg.deployment.mirroring import Tool

__all__ = ["images"]


def images(
    *files: Annotated[
        str,
        Parameter(name="FILE", help="Files or a directory; - is standard input.", allow_leading_hyphen=True),
    ],
    kubernetes: Annotated[
        str | None, Parameter(name=["--kubernetes", "-k"], help="The version to deploy; by default the files' own.")
    ] = None,
    containerd: Annotated[str | None, Parameter(help="The release of containerd, as in 2.2.7.")] = None,
    flannel: Annotated[str | None, Parameter(help="The release of flannel, as in v0.28.9.")] = None,
    mirror: Annotated[
        str | None, Parameter(name="--mirror", help="Print a shell script that copies the images there.")
    ] = None,
    tool: Annotated[Tool, Parameter(help="With --mirror: what copies the images.")] = "docker",
    keeps_paths: Annotated[
        bool, Parameter(help="With --mirror: keep paths such as coredns/coredns.", negative="")
    ] = False,
    plain_http: Annotated[bool, Parameter(help="With --mirror: the registry has no TLS.", negative="")] = False,
    form: Annotated[Literal["text", "json"], Parameter(name="--format", help="How the list is printed.")] = "text",
) -> int:
    """Print every image that kubeadm, containerd and flannel will pull, one a line: image, who pulls it, why.

    Without FILE: those of a cluster that changes nothing.
    """
    options_gone_astray(files)
    not_empty(files)
    if mirror is None and (keeps_paths or plain_http or tool != "docker"):
        option = "--keeps-paths" if keeps_paths else "--plain-http" if plain_http else "--tool"
        raise UsageError(f"{option} goes with --mirror")
    try:
        kc.images(
            kubernetes=kubernetes, containerd=containerd, flannel=flannel
        )  # of no file: whether this can be asked
    except kc.ConfigError as error:
        raise UsageError(str(error)) from None
    found = kc.images(*map(given, files), kubernetes=kubernetes, containerd=containerd, flannel=flannel)
    if mirror is not None:
        try:
            print(found.mirror_script(mirror, tool=tool, keeps_paths=keeps_paths, plain_http=plain_http), end="")
        except kc.ConfigError as error:
            raise UsageError(str(error)) from None
    elif form == "json":
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(found)
    return CLEAN
