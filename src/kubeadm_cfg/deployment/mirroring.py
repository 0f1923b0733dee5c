"""The shell script that copies images into a registry of one's own. Which images there are is not decided here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, get_args

from kubeadm_cfg.checks.grammar import is_repository
from kubeadm_cfg.errors import ConfigError

if TYPE_CHECKING:
    from kubeadm_cfg.deployment.images import Image

__all__ = ["Tool", "bare_repository", "mirror_script"]

Tool = Literal["docker", "nerdctl", "ctr", "skopeo"]

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_COPY: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "docker": (
        ('docker pull "$1"', 'docker tag "$1" "$2"', 'docker push "$2"'),
        ("# The daemon has to list the registry under insecure-registries in /etc/docker/daemon.json.",),
    ),
    "nerdctl": (
        ('nerdctl pull "$1"', 'nerdctl tag "$1" "$2"', 'nerdctl push "$2"'),
        ('nerdctl pull "$1"', 'nerdctl tag "$1" "$2"', 'nerdctl push --insecure-registry "$2"'),
    ),
    "ctr": (
        (
            'ctr -n k8s.io images pull --all-platforms "$1"',
            'ctr -n k8s.io images tag --force "$1" "$2"',
            'ctr -n k8s.io images push "$2"',
        ),
        (
            'ctr -n k8s.io images pull --all-platforms "$1"',
            'ctr -n k8s.io images tag --force "$1" "$2"',
            'ctr -n k8s.io images push --plain-http "$2"',
        ),
    ),
    "skopeo": (
        ('skopeo copy --all "docker://$1" "docker://$2"',),
        ('skopeo copy --all --dest-tls-verify=false "docker://$1" "docker://$2"',),
    ),
}
"""How each tool copies $1 to $2: with TLS, and without."""


def bare_repository(registry: str) -> str:
    """A registry as `imageRepository` takes it: without scheme, blanks and the slashes at its end.

    >>> bare_repository("https://reg.example.test/k8s/")
    'reg.example.test/k8s'
    """
    return _SCHEME.sub("", registry.strip(), count=1).rstrip("/")


def mirror_script(
    rows: Iterable[Image], registry: str, kubernetes: str, tool: Tool, *, keeps_paths: bool, plain_http: bool
) -> str:
    """As `Images.mirror_script`."""
    if tool not in get_args(Tool):
        raise ValueError(f"{tool!r} is no tool that copies images here; there are {', '.join(get_args(Tool))}")
    repository = bare_repository(registry)
    if not is_repository(repository):
        raise ConfigError(f"{registry!r} is no image repository; it is written like 192.168.6.164:5000/well-known")
    lines = [
        "#!/bin/sh",
        f"# Copies the images of Kubernetes {kubernetes} into {repository}.",
        "# Run it where the internet and the registry can be reached.",
        "set -eu",
        "",
        "copy() {",
        *(f"  {step}" for step in _steps(tool, plain_http=plain_http)),
        "}",
        "",
    ]
    after = [f"imageRepository: {repository}"]
    seen: dict[str, str] = {}
    for row in rows:
        target = _target(row, repository, keeps_paths=keeps_paths)
        source = _qualified(row.origin)
        if source.startswith(f"{repository}/"):
            lines.append(_comment(f"Not copied, for it is not known where it comes from: {row.image}"))
            continue
        if seen.setdefault(target, source) != source:
            raise ConfigError(f"{seen[target]} and {source} would both be {target}; keep their paths")
        lines.append(f"copy {shlex.quote(source)} {shlex.quote(target)}")
        after += _naming(row, target, repository, keeps_paths=keeps_paths)
    lines += ["", "# What the files have to name afterwards:", *(_comment(f"  {line}") for line in after)]
    return "\n".join(_each_once(lines)) + "\n"


def _each_once(lines: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for line in lines:
        if line not in seen or not line:
            yield line
        seen.add(line)


def _comment(text: str) -> str:
    """A comment of one line, whatever characters the files have in their texts."""
    return "# " + "".join(letter if letter.isprintable() else "?" for letter in text)


def _steps(tool: Tool, *, plain_http: bool) -> tuple[str, ...]:
    with_tls, without = _COPY[tool]
    if not plain_http:
        return with_tls
    return (*without, *with_tls) if tool == "docker" else without


def _target(row: Image, repository: str, *, keeps_paths: bool) -> str:
    """Where a row goes: below the repository under its last part, or with the path that it has at its origin."""
    if row.image.startswith(f"{repository}/"):
        return row.image.partition("@")[0]
    name = row.name
    if keeps_paths:
        path = _qualified(row.origin).partition("@")[0].partition("/")[2]
        name = path.rpartition(":")[0] or path
    return f"{repository}/{name}:{row.tag or 'latest'}"


def _naming(row: Image, target: str, repository: str, *, keeps_paths: bool) -> list[str]:
    """What has to be set so that the copy is asked for."""
    if row.image == target:
        return []
    if row.pulled_by == "containerd":
        return [f"the sandbox image of containerd: {target}"]
    if row.pulled_by == "flannel":
        return [f"image in the manifest of flannel: {target}"]
    if row.name == "coredns" and keeps_paths:
        return [f"dns.imageRepository: {repository}/coredns"]
    return []


def _qualified(image: str) -> str:
    """An image with its host and its tag; without them it is docker.io's and latest, as Docker has it and ctr not."""
    if "@" not in image and ":" not in image.rpartition("/")[2]:
        image += ":latest"
    host, slash, _ = image.partition("/")
    if slash and (re.search(r"[.:]", host) or host == "localhost"):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"
