"""The commands `containerd check|effective|hosts|migrate|resolve`. What containerd does is said by the library."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, FOUND, UsageError, said
from kubeadm_cfg.cli.edit import Backup, Diff, Files, InPlace, at_least_one, written
from kubeadm_cfg.cli.targets import bytes_of, config_toml
from kubeadm_cfg.errors import ConfigError

__all__ = ["check", "effective", "hosts", "migrate", "resolve"]

Flag = partial(Parameter, negative=(), show_default=False)
Form = Annotated[Literal["text", "json"], Parameter(name="--format", help="What is printed.")]
Release = Annotated[str, Parameter(help="The release of containerd, as in 2.2.7 or 1.7.")]


def check(*files: Files, release: Release = "2.2.7", form: Form = "text") -> int:
    """Say whether a release starts with a config.toml and loads its CRI plugin, and what fails in silence.

    What the file imports is read from disk. Exit code 1 when there is an error.
    """
    from kubeadm_cfg.containerd import check_text
    from kubeadm_cfg.containerd.loading import drop_ins

    _known(release)
    given = [bytes_of(name) for name in at_least_one(files)]
    return said((check_text(data, release, drop_ins(data, name), name) for data, name in given), as_json=form == "json")


def effective(file: Files, /, *, release: Release = "2.2.7") -> int:
    """Print the values in force once a release has read a config.toml, its imports and its own defaults, as JSON."""
    _known(release)
    print(json.dumps(config_toml(file).effective(release), ensure_ascii=False, indent=2))
    return CLEAN


def migrate(
    *files: Files,
    to: Annotated[int, Parameter(help="The version of the file: 3 for containerd 2.x, 4 for 2.3 and later.")] = 3,
    in_place: InPlace = False,
    backup: Backup = False,
    diff: Diff = False,
) -> int:
    """Rewrite a config.toml in a newer version: lines move to their new tables with their comments.

    What 2.x no longer has, and what takes effect only now, is said on standard error. Without --in-place the new text
    of the one FILE is printed.
    """
    changed: list[Any] = []
    for name in at_least_one(files):
        f = config_toml(name)
        for problem in f.migrate(to):
            print(f"{name}: {problem.severity}: {problem.message} [{problem.code}]", file=sys.stderr)
        changed.append(f)
    return written(changed, files, in_place=in_place, backup=backup, diff=diff)


def hosts(
    file: Files,
    /,
    *,
    release: Release = "2.2.7",
    root: Annotated[
        Path | None,
        Flag(help="Write the hosts.toml files below this directory instead of printing; / is the node itself."),
    ] = None,
    in_place: InPlace = False,
    backup: Backup = False,
    diff: Diff = False,
) -> int:
    """Turn the mirrors of a config.toml, the old way, into hosts.toml files, the new one.

    Prints the files, each below a line with its path, and what becomes of config.toml.
    """
    from kubeadm_cfg import saving

    _known(release)
    f = config_toml(file)
    for path, text in f.mirrors_to_hosts(release).items():
        if root is None:
            print(f"# {path}\n{text}")
            continue
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        saving.write(target, text.encode("utf-8"))
    if not (diff or in_place):
        print(f"# {file}", flush=True)
    return written([f], (file,), in_place=in_place, backup=backup, diff=diff)


def resolve(
    host: Annotated[str, Parameter(name="HOST[:PORT]", help="The registry as image names have it.")],
    /,
    *,
    release: Release = "2.2.7",
    certs: Annotated[Path, Parameter(help="The directory of the hosts.toml files, as config_path names it.")] = Path(
        "/etc/containerd/certs.d"
    ),
) -> int:
    """Print the endpoints containerd asks for images of a registry, in order, one a line."""
    from kubeadm_cfg.containerd import resolve_hosts

    _known(release)
    if not certs.is_dir():
        print(f"kubeadm-cfg: {certs} is no directory: this is what containerd does without one", file=sys.stderr)
    files = {
        path.relative_to(certs).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for folder, _, names in os.walk(certs)
        for path in (Path(folder) / name for name in names)
    }
    found = resolve_hosts(files, host, release)
    for one in found["tries"]:
        first = ", https first" if one.get("https_first_then_http") else ""
        verify = ", any certificate" if one["skip_verify"] else ""
        scheme = "http" if first else one["scheme"]
        print(f"{scheme}://{one['host']}{one['path']} ({', '.join(one['capabilities'])}{first}{verify})")
    if found["file_ignored"]:
        print(f"kubeadm-cfg: {found['matched_dir']}/hosts.toml cannot be decoded: it is skipped", file=sys.stderr)
        return FOUND
    return CLEAN


def _known(release: str) -> None:
    from kubeadm_cfg.containerd.releases import Release as Known

    try:
        Known.of(release)
    except ConfigError as error:
        raise UsageError(str(error)) from None
