"""Which documents each kubeadm command reads, and what it says of the others: versions, kinds, repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from kubeadm_cfg.checks.rules import NEWEST, OLDEST, Context
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.document import Document
from kubeadm_cfg.report import Problem

__all__ = ["COMMANDS", "READ_BY", "deprecated", "document_problems", "reads", "supported"]

KUBEADM: Final = "kubeadm.k8s.io"
_COMPONENTS: Final = ("KubeletConfiguration", "KubeProxyConfiguration")
_COMPONENT_GROUPS: Final = ("kubelet.config.k8s.io", "kubeproxy.config.k8s.io")
READ_BY: Final[dict[str, tuple[str, ...]]] = {
    "init": ("InitConfiguration", "ClusterConfiguration", *_COMPONENTS),
    "join": ("JoinConfiguration",),
    "reset": ("ResetConfiguration",),
    "upgrade": ("UpgradeConfiguration",),
}
_REQUIRED: Final = {**READ_BY, "init": ("InitConfiguration", "ClusterConfiguration")}
COMMANDS: Final = (*READ_BY, "validate", "migrate")
STRICT: Final = ("validate", "migrate")
_SOURCE: Final = "kubernetes/kubernetes:cmd/kubeadm/app/util/config/common.go"
_UPGRADE_VALIDATED: Final = 36
_JOIN_WARNS: Final = 33
_VALIDATE_WARNS: Final = 36


class _Version(NamedTuple):
    """The minors that read a version: from `first` on, deprecated from `deprecated`, no longer from `until`."""

    first: int
    deprecated: int
    until: int


_VERSIONS: Final = {
    "v1beta1": _Version(13, 17, 22),
    "v1beta2": _Version(15, 24, 27),
    "v1beta3": _Version(22, 31, 37),
    "v1beta4": _Version(31, 99, 99),
    "v1": _Version(99, 99, 99),
}


def reads(command: str | None, kind: str | None) -> bool:
    """Whether a command (None: whoever is meant by the kind) reads documents of the kind."""
    return command is None or command in STRICT or kind in READ_BY[command]


def supported(api_version: str, minor: int) -> bool:
    """Whether kubeadm of that minor reads an API version."""
    group, _, version = api_version.partition("/")
    known = _VERSIONS.get(version)
    return group != KUBEADM or (known is not None and known.first <= minor < known.until)


def deprecated(api_version: str, minor: int) -> bool:
    """Whether kubeadm of that minor reads an API version and wishes it did not."""
    known = _VERSIONS.get(api_version.partition("/")[2])
    return known is not None and supported(api_version, minor) and known.deprecated <= minor


def newest_reading(api_versions: list[str]) -> int:
    """The newest minor that reads all of these API versions."""
    for minor in range(NEWEST, OLDEST - 1, -1):
        if all(supported(version, minor) for version in api_versions):
            return minor
    return NEWEST


def document_problems(ctx: Context, documents: tuple[Document, ...]) -> Iterator[Problem]:
    """What the command says of the documents, before it looks into any of them."""
    named = [document for document in documents if document.kind and "/" in (document.api_version or "")]
    seen: set[str] = set()
    for document in named:
        kind = str(document.kind)
        if kind in seen:
            message = f"{kind} is specified twice in YAML file"
            yield _problem(document, message, "kubeadm.document.duplicate-kind", path="kind")
        seen.add(kind)
        yield from _of_document(ctx, document, kind, str(document.api_version))
    if ctx.command in _REQUIRED and len(named) == len(documents) and not seen & set(_REQUIRED[ctx.command]):
        kinds = " or ".join(_REQUIRED[ctx.command])
        yield Problem(
            "error", f"kubeadm.document.{ctx.command}-kind-required", f"no {kinds} found",
            file=ctx.files[0].name, kind=_REQUIRED[ctx.command][0], line=1, column=1, source=_SOURCE,
        )  # fmt: skip


def _of_document(ctx: Context, document: Document, kind: str, api_version: str) -> Iterator[Problem]:
    group, minor, command = api_version.partition("/")[0], ctx.minor, ctx.command
    known = kind_of(api_version, kind) is not None
    if group == KUBEADM and not supported(api_version, minor):
        old = command not in ("reset", "upgrade") or reads(command, kind)
        message = f"kubeadm 1.{minor} does not read {api_version}"
        yield _problem(document, message, "kubeadm.apiVersion.supported", "error" if old else "warning", "apiVersion")
        return
    if group == KUBEADM and deprecated(api_version, minor) and (command not in STRICT or minor >= _VALIDATE_WARNS):
        message = f"{api_version} is deprecated: kubeadm config migrate writes a newer one"
        yield _problem(document, message, "kubeadm.apiVersion.deprecated", "warning", "apiVersion")
    ours = group == KUBEADM or group in _COMPONENT_GROUPS
    of_component = group in _COMPONENT_GROUPS and (command == "init" or (command is None and not known))
    if command in STRICT:
        if not known:
            message = f"unknown configuration APIs: {api_version}, Kind={kind}"
            yield _problem(document, message, "kubeadm.document.unknown-api")
    elif of_component and not (known and kind in _COMPONENTS):
        yield _problem(document, f"kubeadm knows no {kind} of {api_version}", "kubeadm.apiVersion.unknown")
    elif not known and (_wanted(command, kind) if group == KUBEADM else kind in _REQUIRED.get(command or "", ())):
        yield _problem(document, f"there is no {kind} in {api_version}", "kubeadm.apiVersion.unknown")
    elif (not known and (ours or command is not None)) or (command is not None and not reads(command, kind)):
        if command == "join" and minor < _JOIN_WARNS:
            return
        message = f"kubeadm {command or 'init'} ignores {kind} of {api_version}"
        yield _problem(document, message, "kubeadm.document.ignored", "warning")


def _wanted(command: str | None, kind: str) -> bool:
    wanted = [kind for kinds in READ_BY.values() for kind in kinds] if command is None else READ_BY[command]
    return kind in wanted


def _problem(document: Document, message: str, code: str, severity: Any = "error", path: str = "kind") -> Problem:
    from kubeadm_cfg.checks.rules import offset_of

    offset = offset_of(document, path)
    return document._file._problem(
        document, message, offset, code=code, severity=severity, path=path, field=path, source=_SOURCE
    )
