"""Where images should come from: the default registry of each release, and what one's own registry asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.asking import flag, text
from kubeadm_cfg.advisor.files import File
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import InConfigToml, InDocument
from kubeadm_cfg.advisor.wording import about_minor, reason
from kubeadm_cfg.checks.grammar import is_repository
from kubeadm_cfg.deployment.image_facts import DEFAULT_REPOSITORY, Version, default_repository, listed, newest
from kubeadm_cfg.deployment.mirroring import bare_repository

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["image_repository"]

CLUSTER: Final = "ClusterConfiguration"


def image_repository(
    *,
    registry: str | None = None,
    keeps_paths: bool | None = None,
    plain_http: bool | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """What imageRepository should be, and the pause image that goes with it.

    Args:
        registry: one's own, as in ``"192.168.6.164:5000/well-known"``; a scheme is dropped. None: the default one.
        keeps_paths: whether the copy there kept the two-level path ``coredns/coredns``.
        plain_http: whether the registry has no TLS.
        kubernetes: the version, as in "1.34" or "1.24.9"; None: the newest known.
        f: files that say what was not given.
        host: not asked; every function takes it.

    Raises:
        ValueError: no image can be named below `registry`.

    >>> image_repository(registry="https://reg.example.test/k8s/", kubernetes="1.34").choice
    'reg.example.test/k8s'
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    given = text("registry", registry)
    if given is not None and not is_repository(bare_repository(given)):
        raise ValueError(f"registry is written like 192.168.6.164:5000/well-known, not {registry!r}")
    in_files = known.text(CLUSTER, "imageRepository") if given is None else None
    if in_files is not None and is_repository(bare_repository(in_files)):
        given = in_files
    choice = bare_repository(given) if given is not None else DEFAULT_REPOSITORY
    is_own = choice != DEFAULT_REPOSITORY
    keeps = bool(flag("keeps_paths", keeps_paths)) and is_own
    version = Version(k.minor, k.patch if k.patch is not None else 0)
    pause = f"{choice}/pause:{listed(version if k.patch is not None else newest(k.minor)).pause}"
    reasons = ["repository-grammar-1.26"] if given not in (None, choice) else []
    if is_own:
        reasons.append("coredns-path-kept" if keeps else "coredns-path-dropped")
    else:
        is_new = default_repository(version) == DEFAULT_REPOSITORY
        reasons.append("registry-default-1.25" if is_new else "registry-old-default")
    warnings = ["sandbox-image"] if is_own else []
    if flag("plain_http", plain_http) and is_own:
        warnings.append("plain-http-hosts-toml")
    settings: dict[str, Any] = {"imageRepository": choice}
    if keeps:
        settings["dns.imageRepository"] = f"{choice}/coredns"
    values = {"choice": choice, "given": given, "kubernetes": k, "pause": pause}
    return Advice(
        function="image_repository",
        choice=choice,
        reasons=tuple(reason(one, **values) for one in reasons),
        warnings=(*(reason(one, **values) for one in warnings), *about_minor(k)),
        settings=settings,
        details={"pause": pause},
        edits=(
            *(InDocument(CLUSTER, path, value) for path, value in settings.items()),
            InConfigToml("sandbox_image", pause),
        ),
        about={"kubernetes": k, "pause": pause},
    )
