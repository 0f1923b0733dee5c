"""Which cgroup driver the kubelet and its runtime should share, and how both files get to say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, get_args

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import Version, version, word
from kubeadm_cfg.advisor.files import File
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import Edit, InDocument, set_in_toml
from kubeadm_cfg.advisor.scoring import Rules, holding, ranked
from kubeadm_cfg.advisor.wording import about_minor, reason, with_override
from kubeadm_cfg.containerd.file import ConfigToml
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["DRIVERS", "cgroup_driver"]

InitSystem = Literal["systemd", "other"]
Cgroup = Literal["v1", "v2"]
Runtime = Literal["containerd", "cri-o", "cri-dockerd"]
Driver = Literal["systemd", "cgroupfs"]

DRIVERS: Final = ("systemd", "cgroupfs")
"""The drivers in the order that breaks ties."""
_SEED: Final = "seed-kubelet"  # its cgroupDriver is cgroupfs
_ANSWERS_SINCE: Final[dict[str, Version]] = {"containerd": (2, 0, 0), "cri-o": (1, 28, 0)}
"""The first release of a runtime that tells the kubelet its driver."""
_SOCKETS: Final = {"containerd": "containerd", "crio": "cri-o", "cri-dockerd": "cri-dockerd"}


@attrs.frozen(kw_only=True)
class _Asked:
    """What was asked, every word checked."""

    minor: int
    init_system: str | None
    cgroup: str | None
    runtime: str | None
    runtime_version: Version | None
    runtime_driver: str | None

    @property
    def is_other(self) -> bool:
        return self.init_system == "other"

    @property
    def choice(self) -> str:
        return "cgroupfs" if self.is_other else "systemd"

    @property
    def answers(self) -> bool | None:
        """Whether the runtime tells the kubelet its driver; None: not known."""
        since = _ANSWERS_SINCE.get(self.runtime or "")
        return None if since is None or self.runtime_version is None else self.runtime_version >= since


_REASONS: Final[Rules[_Asked]] = {
    "kubeadm-default-1.22": lambda a: not a.is_other,
    "systemd-init": lambda a: not a.is_other,
    "cgroup-v2-systemd": lambda a: not a.is_other and a.cgroup == "v2",
    "no-systemd": lambda a: a.is_other,
    "driver-from-cri": lambda a: a.minor >= 31 and a.answers is True,
}
_WARNINGS: Final[Rules[_Asked]] = {
    "runtime-driver-differs": lambda a: a.runtime_driver is not None and a.runtime_driver != a.choice,
    "containerd-default-cgroupfs": lambda a: (
        a.runtime == "containerd" and a.runtime_driver is None and a.choice == "systemd"
    ),
    "cri-fallback-ends-1.38": lambda a: a.minor >= 34 and a.answers is False,
    "cgroup-v1-maintenance-1.31": lambda a: a.cgroup == "v1" and 31 <= a.minor <= 34,
    "cgroup-v1-refused-1.35": lambda a: a.cgroup == "v1" and a.minor >= 35,
    "cgroup-v2-systemd": lambda a: a.is_other and a.cgroup == "v2",
}


def cgroup_driver(
    *,
    kubernetes: str | None = None,
    init_system: InitSystem | None = None,
    cgroup: Cgroup | None = None,
    runtime: Runtime | None = None,
    runtime_version: str | None = None,
    runtime_driver: Driver | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The cgroup driver that the kubelet and its container runtime have to share.

    Args:
        kubernetes: the version, as in "1.34"; None: the newest known.
        init_system: "systemd" or "other"; None: taken for systemd.
        cgroup: "v1" or "v2".
        runtime: "containerd", "cri-o" or "cri-dockerd".
        runtime_version: its release, as in "2.0.1".
        runtime_driver: the driver it is set to, "systemd" or "cgroupfs".
        f: files that say what was not given.
        host: the node, for what was not given.

    Raises:
        ValueError: a word or version that is none, or Kubernetes before 1.22.

    >>> cgroup_driver(init_system="systemd").choice, cgroup_driver(init_system="other").choice
    ('systemd', 'cgroupfs')
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    asked = _Asked(
        minor=k.minor,
        init_system=word("init_system", init_system, get_args(InitSystem)),
        cgroup=word("cgroup", cgroup if cgroup is not None else known.host.cgroup, get_args(Cgroup)),
        runtime=word("runtime", runtime, get_args(Runtime)) or _runtime_in(known),
        runtime_version=version("runtime_version", runtime_version),
        runtime_driver=word("runtime_driver", runtime_driver, get_args(Driver)) or _driver_in(known),
    )
    choice = asked.choice
    values = {"kubernetes": k, "runtime": asked.runtime, "driver": asked.runtime_driver, "choice": choice}
    values |= {"version": runtime_version}
    told = tuple(reason(name, **values) for name in holding(_REASONS, asked))
    return Advice(
        function="cgroup_driver",
        choice=choice,
        ranking=ranked(DRIVERS, dict.fromkeys(DRIVERS, 1) | {choice: 5}, {}),
        reasons=told if asked.is_other else with_override(told, _SEED, "kubeadm-default-1.22"),
        warnings=(*(reason(name, **values) for name in holding(_WARNINGS, asked)), *about_minor(k)),
        settings={"cgroupDriver": choice},
        edits=(InDocument("KubeletConfiguration", "cgroupDriver", choice), _InRunc(choice == "systemd")),
        about={"kubernetes": str(k)},
    )


def _runtime_in(known: Known) -> str | None:
    """The runtime, from the host's socket, the files' criSocket, or a containerd file among them."""
    sockets = (
        known.host.cri_socket,
        *(known.text(kind, "nodeRegistration.criSocket") for kind in ("InitConfiguration", "JoinConfiguration")),
    )
    for socket in sockets:
        name = (socket or "").rpartition("/")[2].removesuffix(".sock")
        if name in _SOCKETS:
            return _SOCKETS[name]
    return "containerd" if known.config_toml() is not None else None


def _driver_in(known: Known) -> str | None:
    file = known.config_toml()
    on = file.systemd_cgroup if file is not None else None
    return None if on is None else "systemd" if on else "cgroupfs"


@attrs.frozen
class _InRunc(Edit):
    """SystemdCgroup of every runtime that is runc, where the version of a config.toml has them."""

    systemd: bool

    def fits(self, file: File) -> bool:
        return isinstance(file, ConfigToml)

    def place(self, file: File, why: str | None) -> Iterator[Problem]:
        assert isinstance(file, ConfigToml)
        written = file.runtimes if isinstance(file.runtimes, dict) else {}
        for name in file.systemd_cgroups:
            if name in written:
                path = (*ConfigToml.runtimes.path(file), name, "options", "SystemdCgroup")
                set_in_toml(file, path, self.systemd, why)
            elif self.systemd:  # without an entry runc is there with cgroupfs
                file.systemd_cgroup = True
        yield from ()
