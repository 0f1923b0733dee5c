"""What the commands share: exit codes, reading FILE... and `-`, addresses. No command lives here."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import kubeadm_cfg as kc
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.lookup import SHORT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubeadm_cfg.file import ConfigFile, Document
    from kubeadm_cfg.report import Report

__all__ = [
    "CLEAN",
    "FOUND",
    "NAMES",
    "NOTHING",
    "UNUSABLE",
    "Absent",
    "Language",
    "UsageError",
    "given",
    "locate",
    "meant",
    "not_empty",
    "options_gone_astray",
    "read",
    "said",
    "shown",
    "split",
]

CLEAN, FOUND, UNUSABLE = 0, 1, 2

NOTHING = "{}: there is no file of kubeadm, kubelet, kube-proxy, flannel or containerd in this directory"

Language = Literal["en", "zh"]

# The short names of an address; they are the attributes of a ConfigFile.
NAMES = SHORT_NAMES

_ADDRESS = re.compile(
    r"(?:(?P<name>[A-Za-z][A-Za-z_-]*)|\[(?P<index>\d+)\])(?:\.(?P<path>.+)|(?P<item>\[.+))?", re.DOTALL
)


class UsageError(Exception):
    """The arguments do not make sense together."""


class Absent(ConfigError):
    """The file has no such document, or the document no such value."""


def read(name: str) -> ConfigFile:
    """The file of that name; `-` is standard input."""
    if name == "-":
        return kc.loads(sys.stdin.buffer.read(), name="<stdin>")
    return kc.load(name)


def given(name: str) -> ConfigFile | str:
    """What a command hands on that takes paths: the path itself, and for `-` the file on standard input."""
    return read(name) if name == "-" else name


def options_gone_astray(names: Iterable[str]) -> None:
    """Refuse what begins with a hyphen among FILE..., which the parser lets through because `-` does, and `-` twice."""
    names = list(names)
    if names.count("-") > 1:
        raise UsageError("standard input can be read once; give - once")
    for name in names:
        if name.startswith("-") and name != "-":
            raise UsageError(f"unknown option: {name}; --help lists those of the command")


def not_empty(names: Iterable[str]) -> None:
    """Refuse a directory in which there is nothing to read: most likely it is another one that was meant."""
    from kubeadm_cfg.checks.intake import clusters

    for name in names:
        if Path(name).is_dir() and all(one.what == "foreign" for cluster in clusters([name]) for one in cluster):
            raise UsageError(NOTHING.format(name))


def meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean NAME?` when one of the known names is near, else nothing."""
    from difflib import get_close_matches

    names = {one.casefold(): one for one in known}
    close = get_close_matches(name.casefold(), names, n=1)
    return f"; did you mean {names[close[0]]}?" if close else ""


def split(address: str) -> tuple[str | int, str]:
    """`cluster.networking.podSubnet` -> (`ClusterConfiguration`, `networking.podSubnet`); `[2].data` -> (2, `data`).

    The first part is a short name, a kind, or the number of a document counted from 0. The path may be empty.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise UsageError(
            f"{address!r} is no address. It names a document and a path in it, as in cluster.networking.podSubnet, "
            "KubeletConfiguration.maxPods or [0].kind"
        )
    path = match["path"] or match["item"] or ""
    if match["index"] is not None:
        return int(match["index"]), path
    name = match["name"]
    return NAMES.get(name.replace("-", "_"), name), path


def locate(f: ConfigFile, address: str, file: str) -> tuple[Document, str]:
    """The document an address names in `f`, the first of its kind, be it inside a ConfigMap, and the path within it."""
    from kubeadm_cfg.config_maps import with_inner

    wanted, path = split(address)
    if isinstance(wanted, int) and 0 <= wanted < len(f.documents):
        return f.documents[wanted], path
    for document in with_inner(f.documents):
        if wanted == document.kind:
            return document, path
    kinds = list(dict.fromkeys(d.kind for d in with_inner(f.documents) if d.kind))
    what = f"document [{wanted}]" if isinstance(wanted, int) else wanted
    near = "" if isinstance(wanted, int) else meant(wanted, [*kinds, *NAMES])
    raise Absent(f"{file}: {what} is not there; the file holds {', '.join(kinds) or 'no document with a kind'}{near}")


def said(reports: Iterable[Report], *, as_json: bool) -> int:
    """Print the problems of several files, and return the exit code they make."""
    found = list(reports)
    report = kc.Report([p for one in found for p in one], [name for one in found for name in one.files])
    print(json.dumps(report.to_dict(), ensure_ascii=False, indent=2) if as_json else str(report))
    return CLEAN if report.ok else FOUND


def shown(value: Any, *, as_json: bool) -> str:
    """A scalar as plain text, everything else as JSON, which is YAML too."""
    if isinstance(value, str) and not as_json:
        return value
    return json.dumps(value, ensure_ascii=False, indent=None if as_json else 2)
