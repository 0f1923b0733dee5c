"""The commands `flannel check` and `flannel normalized`. What flanneld does is said by the library."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, FOUND, UsageError
from kubeadm_cfg.cli.edit import Files
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.flannel.facts import NEWEST, release_of

__all__ = ["check", "normalized"]

Flag = partial(Parameter, negative=(), show_default=False)
Release = Annotated[str, Parameter(help="The release of flannel, as in v0.28.9.")]


def check(
    *files: Files,
    release: Release = NEWEST,
    mode: Annotated[
        Literal["kube", "etcd"], Parameter(help="kube: subnets from the nodes, as with kubeadm; etcd: flannel's own.")
    ] = "kube",
    as_json: Annotated[bool, Flag(name="--json")] = False,
) -> int:
    """Say what flanneld of a release says to a net-conf.json, or to the one in a manifest.

    Exit code 1 when there is an error.
    """
    from kubeadm_cfg.flannel import check_text
    from kubeadm_cfg.report import Report

    _known(release)
    reports = [
        check_text(_read(name), release, mode, name="<stdin>" if name == "-" else name) for name in _named(files)
    ]
    report = Report([p for one in reports for p in one], [name for one in reports for name in one.files])
    print(json.dumps(report.to_dict(), ensure_ascii=False, indent=2) if as_json else str(report))
    return CLEAN if report.ok else FOUND


def normalized(file: Files, /, *, release: Release = NEWEST) -> int:
    """Print a net-conf.json with flanneld's defaults filled in, as JSON under Go's names."""
    from kubeadm_cfg import flannel
    from kubeadm_cfg.flannel.file import net_conf_document

    _known(release)
    text = net_conf_document(flannel.loads(_read(file), file))._text
    print(json.dumps(flannel.normalized(text, release), indent=2))
    return CLEAN


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _named(files: tuple[str, ...]) -> tuple[str, ...]:
    if not files:
        raise UsageError("name at least one FILE; - is standard input")
    return files


def _known(release: str) -> None:
    try:
        release_of(release)
    except ConfigError as error:
        raise UsageError(str(error)) from None
