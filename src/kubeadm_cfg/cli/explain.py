"""`explain` and `new`: what a kind or field is, and a fresh file to begin with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from kubeadm_cfg.cli.common import NAMES, Language, UsageError, meant
from kubeadm_cfg.errors import ConfigError

if TYPE_CHECKING:
    from kubeadm_cfg.kinds._base import Kind

__all__ = ["explain", "new"]


def explain(
    path: Annotated[
        str, Parameter(name="KIND[.FIELD...]", help="A kind or its short name, and the names of the fields in it.")
    ],
    /,
    *,
    kubernetes: Annotated[
        str | None,
        Parameter(
            name=["--kubernetes", "-k"], help="The minor whose defaults are told, as in 1.31; else the newest's."
        ),
    ] = None,
    api_version: Annotated[
        str | None, Parameter(help="The version of the kind, as in v1beta3; else the newest that has the field.")
    ] = None,
    language: Annotated[Language, Parameter(name=["--language", "--lang"], help="English or Chinese.")] = "en",
    format: Annotated[  # noqa: A002  # the option is called so in every command
        Literal["text", "json"], Parameter(help="How the answer is printed.")
    ] = "text",
) -> None:
    """Say what a kind or field is, such as ClusterConfiguration.networking.podSubnet or kubelet.maxPods."""
    from kubeadm_cfg.explaining import explain as explained

    if kubernetes is not None:
        _minor(kubernetes)
    told = explained(path, api_version=api_version, kubernetes=kubernetes, language=language)
    print(json.dumps(told.to_dict(), ensure_ascii=False, indent=2) if format == "json" else told)


def new(
    *kinds: Annotated[
        str, Parameter(name="KIND", help="Kinds or their short names, as in cluster kubelet ClusterConfiguration.")
    ],
    api_version: Annotated[
        str | None, Parameter(help="The version of kubeadm's kinds, as in v1beta3; else the newest that is read.")
    ] = None,
    kubernetes: Annotated[
        str | None, Parameter(name=["--kubernetes", "-k"], help="The minor that has to read the file, as in 1.27.")
    ] = None,
    comments: Annotated[
        Language | None, Parameter(help="Say above each key what it is for, in English or Chinese.")
    ] = None,
) -> None:
    """Print a fresh file with a document of each kind; --comments says what each key is for."""
    from kubeadm_cfg.dumping import dumps

    if not kinds:
        raise UsageError(f"name at least one KIND: {', '.join(NAMES)}, or any that kc.kinds() lists")
    objects = [_class(name, api_version, kubernetes)() for name in kinds]
    print(dumps(objects[0], *objects[1:], comments=comments), end="")


def _minor(version: str) -> str:
    from kubeadm_cfg.schema import minor_of

    try:
        return minor_of(version)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _class(name: str, api_version: str | None, kubernetes: str | None) -> type[Kind]:
    """The newest class of a kind that the minor reads, in the version asked for where kubeadm's group has it."""
    from kubeadm_cfg.convert import kind_of
    from kubeadm_cfg.kinds import KINDS
    from kubeadm_cfg.schema import kinds_read_by

    wanted = NAMES.get(name.replace("-", "_"), name)
    versions = [version for version, known in KINDS if known == wanted and version != "kubeadm.k8s.io/v1"]
    if not versions:
        raise UsageError(f"there is no kind {name!r}{meant(name, [*NAMES, *(kind for _, kind in KINDS)])}")
    if kubernetes is not None:
        minor = _minor(kubernetes)
        versions = [version for version, _ in kinds_read_by(minor, [wanted]) if version in versions]
        if not versions:
            raise UsageError(f"Kubernetes {minor} reads no {wanted}")
    if api_version is not None and versions[0].startswith("kubeadm.k8s.io/"):
        known = versions
        versions = [version for version in known if api_version in (version, version.partition("/")[2])]
        if not versions:
            raise UsageError(f"there is no {wanted} in version {api_version}; {', '.join(known)} have one")
    cls = kind_of(versions[-1], wanted)
    assert cls is not None  # it stands in KINDS
    return cls
