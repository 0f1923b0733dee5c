"""Which images each release of kubeadm asks for, and what a kubernetesVersion means, as data. No file is looked at."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, NamedTuple

from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.facts import read_facts

__all__ = ["DEFAULT_REPOSITORY", "Listed", "Version", "default_repository", "etcd_tag", "listed", "newest", "resolved"]

DEFAULT_REPOSITORY: Final = "registry.k8s.io"
CI_REPOSITORY: Final = "gcr.io/k8s-staging-ci-images"
_OLD_REPOSITORY: Final = "k8s.gcr.io"
# minor: the first patch whose kubeadm has the new default; None: no patch has it (kubernetes/kubernetes 113393)
_OLD_DEFAULT_UNTIL: Final[dict[int, int | None]] = {22: None, 23: 15, 24: 9}
# (kubeadm's minor, that of kubernetesVersion): the etcd tag kubeadm was seen to list for the earlier minor
_ETCD_OF_EARLIER: Final = {(31, 29): "3.5.15-0", (31, 30): "3.5.15-0", (34, 33): "3.5.24-0", (36, 35): "3.6.8-0"}

# cmd/kubeadm/app/util/version.go: an exact version, or a label, either behind release/ or ci/
_EXACT: Final = re.compile(r"v?(1)\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,3})([-+][-0-9A-Za-z_.+]*)?", re.ASCII)
_LABEL: Final = re.compile(r"(stable|latest)(?:-1(?:\.([1-9][0-9]?))?)?", re.ASCII)
_MINOR: Final = re.compile(r"v?1\.([1-9][0-9]?)", re.ASCII)


class Version(NamedTuple):
    """An exact release of Kubernetes; `suffix` is what follows the three numbers, as in -rc.0 or +k3s1."""

    minor: int
    patch: int
    suffix: str = ""

    def __str__(self) -> str:
        return f"v1.{self.minor}.{self.patch}{self.suffix}"

    @property
    def tag(self) -> str:
        """The version as an image tag, where + is not allowed.

        >>> Version(34, 1, "+build.7").tag
        'v1.34.1_build.7'
        """
        return re.sub(r"[^-\w.]", "_", str(self), flags=re.ASCII)


class Listed(NamedTuple):
    """The tags of the images that do not bear the version of Kubernetes, and who says so."""

    pause: str
    coredns: str
    etcd: str
    source: str


class Resolved(NamedTuple):
    """What a text says the version is; a label is looked up online by kubeadm, here among what is known."""

    version: Version
    is_label: bool = False
    is_ci: bool = False


@cache
def _table() -> dict[int, list[dict[str, Any]]]:
    rows = read_facts("kubeadm-api.json")["images"]["per_minor"]
    for row in rows:
        sources = row["source"] if isinstance(row["source"], list) else [row["source"]]
        for patches in row["by_patch"]:
            patches["source"] = sources[0]
            patches["from"], patches["to"] = _exact(patches["from"]), _exact(patches["to"])
    return {int(row["minor"].removeprefix("1.")): row["by_patch"] for row in rows}


def _exact(text: str) -> Version | None:
    match = _EXACT.fullmatch(text)
    return Version(int(match[2]), int(match[3]), match[4] or "") if match else None


def newest(minor: int | None = None, *, released: bool = True) -> Version:
    """The newest release of a minor that is known, or of all; a minor of which only pre-releases are known gives one.

    Raises:
        ConfigError: the minor is not known.

    >>> str(newest(27))
    'v1.27.16'
    """
    if minor is None:
        lasts: list[Version] = [rows[-1]["to"] for rows in _table().values()]
        return max(last for last in lasts if not (released and last.suffix))
    last: Version = _rows(minor)[-1]["to"]
    return last


def _rows(minor: int) -> list[dict[str, Any]]:
    known = _table()
    if minor not in known:
        raise ConfigError(
            f"the images of Kubernetes 1.{minor} are not known; 1.{min(known)} to 1.{max(known)} are, and "
            "`kubeadm config images list` prints those of any other"
        )
    return known[minor]


def listed(version: Version) -> Listed:
    """The tags kubeadm of that release lists for its own version; a patch newer than those known has the newest's.

    Raises:
        ConfigError: the minor is not known.

    >>> listed(Version(34, 2)).etcd
    '3.6.5-0'
    """
    rows = _rows(version.minor)
    fitting = [row for row in rows if row["from"].patch <= version.patch] or rows[:1]
    return Listed(**fitting[-1]["images"], source=fitting[-1]["source"])


def etcd_tag(kubeadm: Version, kubernetes: Version) -> str:
    """The etcd tag kubeadm of one release lists for a version it deploys: only etcd follows the latter.

    >>> etcd_tag(Version(36, 3), Version(35, 6))
    '3.6.8-0'
    """
    if kubernetes.minor >= kubeadm.minor:
        return listed(kubeadm).etcd
    seen = _ETCD_OF_EARLIER.get((kubeadm.minor, kubernetes.minor))
    return seen or listed(newest(kubernetes.minor)).etcd


def default_repository(version: Version) -> str:
    """The imageRepository of kubeadm of that release when the file names none.

    >>> default_repository(Version(24, 8)), default_repository(Version(24, 9))
    ('k8s.gcr.io', 'registry.k8s.io')
    """
    if version.minor not in _OLD_DEFAULT_UNTIL:
        return DEFAULT_REPOSITORY
    since = _OLD_DEFAULT_UNTIL[version.minor]
    return DEFAULT_REPOSITORY if since is not None and version.patch >= since else _OLD_REPOSITORY


def resolved(text: str | None, kubeadm: Version | None = None) -> Resolved:
    """What `kubernetesVersion` means: an exact version, or a label such as stable-1 (also when there is none).

    Args:
        text: as the file has it.
        kubeadm: the program, which takes no label of a newer minor than its own.

    Raises:
        ConfigError: neither; kubeadm refuses it, too.

    >>> str(resolved("1.27.8").version), str(resolved("stable-1.27").version)
    ('v1.27.8', 'v1.27.16')
    """
    wanted = text or "stable-1"
    is_ci = wanted.startswith("ci/")
    bare = wanted.removeprefix("ci/") if is_ci else wanted.removeprefix("release/")
    exact = _exact(bare)
    if exact is not None:
        return Resolved(exact, is_ci=is_ci)
    label = _LABEL.fullmatch(bare)
    if label is None:
        minor = _MINOR.fullmatch(bare)
        remedy = f"write a patch release such as {newest(_known(minor))}, or the label stable-1.{_known(minor)}"
        raise ConfigError(f"kubernetesVersion: {wanted!r} is no version with three numbers and no label; {remedy}")
    minor_wanted = int(label[2]) if label[2] else None
    if kubeadm is not None and (minor_wanted is None or minor_wanted > kubeadm.minor):
        minor_wanted = kubeadm.minor
    return Resolved(newest(minor_wanted, released=label[1] == "stable"), is_label=True, is_ci=is_ci)


def _known(minor: re.Match[str] | None) -> int:
    return int(minor[1]) if minor and int(minor[1]) in _table() else newest().minor
