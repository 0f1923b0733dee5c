"""The commands `flannel check` and `flannel normalized`. What flanneld does is said by the library."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Literal

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, UsageError, said
from kubeadm_cfg.cli.edit import Files, at_least_one
from kubeadm_cfg.cli.targets import bytes_of
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.flannel.facts import NEWEST, release_of

__all__ = ["check", "normalized"]

Flag = partial(Parameter, negative=(), show_default=False)
Form = Annotated[Literal["text", "json"], Parameter(name="--format", help="What is printed.")]
Release = Annotated[str, Parameter(help="The release of flannel, as in v0.28.9.")]


def check(
    *files: Files,
    release: Release = NEWEST,
    mode: Annotated[
        Literal["kube", "etcd"], Parameter(help="kube: subnets from the nodes, as with kubeadm; etcd: flannel's own.")
    ] = "kube",
    form: Form = "text",
) -> int:
    """Say what flanneld of a release says to a net-conf.json, or to the one in a manifest.

    Exit code 1 when there is an error.
    """
    from kubeadm_cfg.flannel import check_text

    _known(release)
    given = [bytes_of(name) for name in at_least_one(files)]
    return said((check_text(data, release, mode, name=name) for data, name in given), as_json=form == "json")


def normalized(file: Files, /, *, release: Release = NEWEST) -> int:
    """Print a net-conf.json with flanneld's defaults filled in, as JSON under Go's names."""
    from kubeadm_cfg import flannel
    from kubeadm_cfg.flannel.file import net_conf_document

    _known(release)
    text = net_conf_document(flannel.loads(*bytes_of(file)))._text
    print(json.dumps(flannel.normalized(text, release), indent=2))
    return CLEAN


def _known(release: str) -> None:
    try:
        release_of(release)
    except ConfigError as error:
        raise UsageError(str(error)) from None
