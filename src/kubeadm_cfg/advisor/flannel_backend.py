"""Which backend flannel should use: the scores, what excludes a backend, and what is said of the choice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import Version, flag, text, version, word
from kubeadm_cfg.advisor.files import File
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import InNetConf
from kubeadm_cfg.advisor.scoring import Rules, excluded_by, holding, ranked, scores
from kubeadm_cfg.advisor.wording import about_minor, reason, with_override
from kubeadm_cfg.file import ConfigFile
from kubeadm_cfg.flannel.facts import NEWEST

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["BACKENDS", "flannel_backend"]

Environment = Literal["cloud", "layer3", "lan", "bare-metal", "mixed", "special", "aws"]
Platform = Literal["linux", "windows", "mixed"]
Families = Literal["ipv4", "ipv6", "dual"]

BACKENDS: Final = ("vxlan", "host-gw", "ipip", "udp", "aws-vpc", "wireguard", "ipsec")
"""The backends in the order that breaks ties."""

_BASE: Final = "vxlan5 host-gw4 ipip2 udp1 aws-vpc5 wireguard3 ipsec2"
# What an environment changes in it.
_IN: Final = {
    "lan": "host-gw5 vxlan4",
    "bare-metal": "host-gw5 vxlan4",
    "special": "ipip5 vxlan4",
    "aws": "vxlan4",  # with a release that has aws-vpc
}
_SEED: Final = {"lan": "host-gw", "bare-metal": "host-gw", "special": "ipip", "aws": "aws-vpc"}  # else vxlan
_WITHOUT_AWS_VPC: Final[Version] = (0, 20, 0)
_SEGMENT: Final = ("lan", "bare-metal")
_ENCRYPTING: Final = ("wireguard", "ipsec")


@attrs.frozen(kw_only=True)
class _Asked:
    """What was asked, every word checked."""

    release: Version
    environment: str | None
    encryption: bool
    nat: bool
    platform: str
    arch: str | None
    families: str
    vxlan: bool | None
    ipip: bool | None
    kernel: Version | None
    backend: str | None = None
    """The choice, once it is made."""

    @property
    def has_windows(self) -> bool:
        return self.platform != "linux"

    @property
    def is_ipv4(self) -> bool:
        return self.families == "ipv4"

    @property
    def has_aws_vpc(self) -> bool:
        return self.release < _WITHOUT_AWS_VPC

    @property
    def is_other_arch(self) -> bool:
        return self.arch is not None and self.arch != "amd64"

    @property
    def is_old_kernel(self) -> bool:
        return self.kernel is not None and self.kernel < (5, 6)

    @property
    def seed(self) -> str:
        """What the selection table says for the environment."""
        return _SEED.get(self.environment or "", "vxlan")


# Of each backend the first that holds.
_EXCLUDED: Final[dict[str, Rules[_Asked]]] = {
    "vxlan": {
        "vxlan-module-missing": lambda a: a.vxlan is False,
        "not-encrypting": lambda a: a.encryption,
    },
    "host-gw": {
        "host-gw-windows-ipv4-only": lambda a: a.has_windows and not a.is_ipv4,
        "host-gw-behind-nat": lambda a: a.nat,
        "layer2-unknown": lambda a: a.environment is None,
        "host-gw-needs-layer2": lambda a: a.environment not in _SEGMENT,
        "not-encrypting": lambda a: a.encryption,
    },
    "ipip": {
        "linux-only": lambda a: a.has_windows,
        "backend-ipv4-only": lambda a: not a.is_ipv4,
        "ipip-module-missing": lambda a: a.ipip is False,
        "not-encrypting": lambda a: a.encryption,
    },
    "udp": {
        "linux-only": lambda a: a.has_windows,
        "backend-ipv4-only": lambda a: not a.is_ipv4,
        "udp-amd64-only": lambda a: a.is_other_arch,
        "seed-udp-avoid": lambda a: a.vxlan is not False,
        "not-encrypting": lambda a: a.encryption,
    },
    "aws-vpc": {
        "aws-vpc-removed-0.20": lambda a: not a.has_aws_vpc,
        "aws-only": lambda a: a.environment not in ("aws", None),
        "linux-only": lambda a: a.has_windows,
        "backend-ipv4-only": lambda a: not a.is_ipv4,
        "not-encrypting": lambda a: a.encryption,
    },
    "wireguard": {
        "wireguard-since-0.16": lambda a: a.release < (0, 16, 0),
        "linux-only": lambda a: a.has_windows,
    },
    "ipsec": {
        "ipsec-since-0.11": lambda a: a.release < (0, 11, 0),
        "linux-only": lambda a: a.has_windows,
        "backend-ipv4-only": lambda a: not a.is_ipv4,
        "encryption-not-asked": lambda a: not a.encryption,
    },
}
# Each that holds when `backend` was chosen.
_REASONS: Final[Rules[_Asked]] = {
    "seed-vxlan-layer3": lambda a: a.backend == "vxlan" == a.seed,
    "seed-host-gw-lan": lambda a: a.backend == "host-gw" == a.seed,
    "seed-ipip-special": lambda a: a.backend == "ipip" == a.seed,
    "seed-aws-vpc": lambda a: a.backend == "aws-vpc" == a.seed,
    "backend-explicit": lambda _: True,
    "vxlan-direct-routing": lambda a: a.backend == "vxlan" and a.environment == "mixed" and not a.has_windows,
    "vxlan-windows-4096": lambda a: a.backend == "vxlan" and a.has_windows,
    "dual-stack-backends": lambda a: not a.is_ipv4,
    "ipip-experimental": lambda a: a.backend == "ipip",
    "udp-only-without-vxlan": lambda a: a.backend == "udp",
    "wireguard-encrypts": lambda a: a.backend == "wireguard" and a.encryption,
    "wireguard-instead-of-vxlan": lambda a: a.backend == "wireguard" and not a.encryption,
    "ipsec-experimental": lambda a: a.backend == "ipsec",
}
_WARNINGS: Final[Rules[_Asked]] = {
    "open-udp-port": lambda a: a.backend in ("vxlan", "wireguard", "udp"),
    "host-gw-one-segment": lambda a: a.backend == "host-gw",
    "ipip-protocol-4": lambda a: a.backend == "ipip",
    "udp-slow": lambda a: a.backend == "udp",
    "vxlan-extra-modules": lambda a: a.backend == "vxlan" and a.is_other_arch and a.vxlan is None,
    "wireguard-experimental": lambda a: a.backend == "wireguard" and a.release < (0, 20, 0),
    "wireguard-kernel-5.6": lambda a: a.backend == "wireguard" and a.is_old_kernel,
    "no-backend": lambda a: a.backend is None,
}
_SETS: Final[dict[str, dict[str, Any]]] = {
    "vxlan-direct-routing": {"Backend.DirectRouting": True},
    "vxlan-windows-4096": {"Backend.VNI": 4096, "Backend.Port": 4789},
}
_PORTS: Final = {"vxlan": "8472", "wireguard": "51820", "udp": "8285"}


def flannel_backend(  # noqa: PLR0913  # the contract names them; all by keyword
    *,
    release: str | None = None,
    environment: Environment | None = None,
    encryption: bool | None = None,
    nat: bool | None = None,
    platform: Platform | None = None,
    arch: str | None = None,
    families: Families | None = None,
    vxlan: bool | None = None,
    ipip: bool | None = None,
    kernel: str | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The backend of flannel; what is None is not known and rules nothing out, except host-gw without a known segment.

    Args:
        release: flannel's release, as in "v0.28.9"; None: the newest known.
        environment: "cloud", "layer3", "lan", "bare-metal", "mixed" (several segments), "special" or "aws".
        encryption: whether traffic between nodes has to be encrypted.
        nat: whether a node stands behind NAT.
        platform: the nodes are "linux" (default), "windows", or "mixed".
        arch: the nodes' architecture, as in "amd64".
        families: "ipv4" (default), "ipv6" or "dual".
        vxlan: whether the kernel module is there.
        ipip: whether the kernel module is there.
        kernel: the kernel of the oldest node.
        kubernetes: checked, and of no consequence here.
        f: files that say what was not given.
        host: the oldest node, for what was not given.

    Raises:
        ValueError: a word or version that is none.

    >>> flannel_backend(environment="lan").choice, flannel_backend(environment="aws").choice
    ('host-gw', 'vxlan')
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    release = release if release is not None else _release_in(known) or NEWEST
    kernel = kernel if kernel is not None else known.host.kernel
    asked = _Asked(
        release=version("release", release) or (0, 0, 0),
        environment=word("environment", environment, get_args(Environment)),
        encryption=bool(flag("encryption", encryption)),
        nat=bool(flag("nat", nat)),
        platform=word("platform", platform, get_args(Platform)) or "linux",
        arch=_arch(text("arch", arch)),
        families=word("families", families, get_args(Families)) or _families_in(known) or "ipv4",
        vxlan=flag("vxlan", vxlan) if vxlan is not None else "vxlan" in (known.host.modules or ()) or None,
        ipip=flag("ipip", ipip) if ipip is not None else "ipip" in (known.host.modules or ()) or None,
        kernel=version("kernel", kernel),
    )
    excluded = excluded_by(_EXCLUDED, asked)
    ranking = ranked(BACKENDS, _points(asked), excluded)
    choice = str(ranking[0][0]) if ranking[0][0] not in excluded else None
    asked = attrs.evolve(asked, backend=choice)
    values = {"kernel": kernel, "release": release, "arch": asked.arch, "port": _port(asked)}
    names = holding(_REASONS, asked)
    told = tuple(reason(name, **values) for name in (*names, *excluded.values()))
    if choice != asked.seed:
        told = with_override(told, asked.seed, excluded.get(asked.seed, ""))
    settings: dict[str, Any] = {}
    if choice is not None:
        settings["Backend.Type"] = choice
        for name in names:
            settings |= _SETS.get(name, {})
    return Advice(
        function="flannel_backend",
        choice=choice,
        ranking=ranking,
        reasons=told,
        warnings=(*(reason(name, **values) for name in holding(_WARNINGS, asked)), *about_minor(k)),
        settings=settings,
        edits=tuple(InNetConf(path, value) for path, value in settings.items()),
        about={"release": release},
    )


def _points(asked: _Asked) -> dict[str, int]:
    points = scores(_BASE)
    if asked.release < (0, 20, 0):
        points["wireguard"] = 2
    if asked.environment != "aws" or asked.has_aws_vpc:
        points |= scores(_IN.get(asked.environment or "", ""))
    if asked.vxlan is False:
        if asked.ipip:
            points["ipip"] = max(points["ipip"], 4)
        if not asked.encryption:
            if asked.kernel is None or asked.is_old_kernel:
                points |= {"udp": 3, "wireguard": min(points["wireguard"], 2)}
            else:
                points["udp"] = 2
    if asked.is_old_kernel:
        points["wireguard"] = min(points["wireguard"], 1)
    if asked.encryption:
        points["wireguard"] = 5
    return points


def _port(asked: _Asked) -> str:
    if asked.backend == "vxlan" and asked.has_windows:
        return "4789"
    if asked.backend == "wireguard" and not asked.is_ipv4:
        return "51820/51821"
    return _PORTS.get(asked.backend or "", "")


_ALIASES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


def _arch(given: str | None) -> str | None:
    if given is not None and not re.fullmatch(r"[A-Za-z0-9_]+", given):
        raise ValueError(f'arch is an architecture such as "amd64" or "arm64", not {given!r}')
    return _ALIASES.get(given, given) if given is not None else None


def _families_in(known: Known) -> str | None:
    """The families of the pods: of net-conf.json, else of podSubnet."""
    conf = known.net_conf()
    if conf is not None:
        v6, v4 = conf.enable_ipv6 is True, conf.enable_ipv4 is not False
        return "dual" if v4 and v6 else "ipv6" if v6 else "ipv4"
    ranges = (known.text("ClusterConfiguration", "networking.podSubnet") or "").split(",")
    found = {":" in one for one in ranges if one.strip()}
    return {(False,): "ipv4", (True,): "ipv6", (False, True): "dual"}.get(tuple(sorted(found)))


_IMAGE: Final = re.compile(r"flannel:(v[0-9]+\.[0-9]+\.[0-9]+)")


def _release_in(known: Known) -> str | None:
    """The release of flannel's image in a manifest."""
    sets = [d for file in known.files if isinstance(file, ConfigFile) for d in file.documents if d.kind == "DaemonSet"]
    for document in sets:
        containers = document.get("spec.template.spec.containers", None)
        for container in containers if isinstance(containers, list) else ():
            found = _IMAGE.search(str(container.get("image", ""))) if isinstance(container, dict) else None
            if found:
                return found[1]
    return None
