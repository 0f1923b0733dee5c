"""Which documents each kubeadm command reads, and what it says of the others: versions, kinds, repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubeadm_cfg.checks.rules import Context, located
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.document import Document
from kubeadm_cfg.kubernetes import NEWEST, OLDEST, api_versions
from kubeadm_cfg.report import Problem

__all__ = [
    "CODES",
    "COMMANDS",
    "READ_BY",
    "STRICT",
    "as_run",
    "as_said",
    "document_problems",
    "is_for_init",
    "newest_reading",
    "reads",
    "supported",
    "verifies",
]

CODES: Final = (
    *(f"kubeadm.document.{name}" for name in ("duplicate-kind", "unknown-api", "ignored")),
    *(f"kubeadm.document.{command}-kind-required" for command in ("init", "join", "reset", "upgrade")),
    *(f"kubeadm.apiVersion.{name}" for name in ("supported", "unknown", "deprecated")),
)
"""The codes of what is said of documents before they are looked into."""
KUBEADM: Final = "kubeadm.k8s.io"
# The one version of each component's group that kubeadm has a place for, and its one kind in an init file.
_COMPONENT_APIS: Final = {
    "kubelet.config.k8s.io": ("v1beta1", "KubeletConfiguration"),
    "kubeproxy.config.k8s.io": ("v1alpha1", "KubeProxyConfiguration"),
}
COMPONENTS: Final = tuple(kind for _, kind in _COMPONENT_APIS.values())
_OF_INIT: Final = ("InitConfiguration", "ClusterConfiguration")
READ_BY: Final[dict[str, tuple[str, ...]]] = {
    "init": (*_OF_INIT, *COMPONENTS),
    "join": ("JoinConfiguration",),
    "reset": ("ResetConfiguration",),
    "upgrade": ("UpgradeConfiguration",),
}
_REQUIRED: Final = {**READ_BY, "init": _OF_INIT}
_KINDS: Final = frozenset(kind for kinds in _REQUIRED.values() for kind in kinds)
COMMANDS: Final = (*READ_BY, "validate", "migrate")
STRICT: Final = ("validate", "migrate")
# What init looks at when it has loaded the file.
_AFTER_LOADING: Final = ("kubeadm.localAPIEndpoint.bind-address", "kubeadm.ignorePreflightErrors.all")
_SOURCE: Final = "kubernetes/kubernetes:cmd/kubeadm/app/util/config/common.go"
# The first minors in which: upgrade has a kind of its own; validate and migrate look at it; join names what it leaves
# out; validate warns of a deprecated version.
_UPGRADE_KIND: Final = 31
UPGRADE_VALIDATED: Final = 36
_JOIN_WARNS: Final = 33
_VALIDATE_WARNS: Final = 36


def as_run(command: str | None, minor: int) -> str | None:
    """The command whose way of reading counts: up to 1.30 `upgrade` took what `init` takes."""
    return "init" if command == "upgrade" and minor < _UPGRADE_KIND else command


def as_said(command: str | None, problems: list[Problem]) -> list[Problem]:
    """The problems that the command tells: one that refuses the file while loading it gets no further."""
    if command != "init" or all(p.severity != "error" or p.code in _AFTER_LOADING for p in problems):
        return problems
    return [problem for problem in problems if problem.code not in _AFTER_LOADING]


def is_for_init(kinds: set[str | None]) -> bool:
    """Whether the documents of a file make validate and migrate read it as `init` does, all of them at once."""
    return not kinds.isdisjoint(_OF_INIT)


def reads(command: str | None, kind: str | None) -> bool:
    """Whether a command (None: whoever is meant by the kind) reads documents of the kind."""
    return command is None or command in STRICT or kind in READ_BY[command]


def verifies(command: str | None, kind: str | None, minor: int, *, for_init: bool) -> bool:
    """Whether a command looks into a document of the kind at all, were it to find unknown fields in it."""
    if command not in STRICT or for_init:
        return reads(command, kind)
    return kind in ("JoinConfiguration", "ResetConfiguration") or (
        kind == "UpgradeConfiguration" and minor >= UPGRADE_VALIDATED
    )


def supported(api_version: str, minor: int) -> bool:
    """Whether kubeadm of that minor reads an API version; versions of other groups are not its matter."""
    group, _, version = api_version.partition("/")
    known = api_versions().get(version)
    return group != KUBEADM or (known is not None and known.is_read(minor))


def newest_reading(versions: list[str]) -> int:
    """The newest minor that reads all of these API versions."""
    for minor in range(NEWEST, OLDEST - 1, -1):
        if all(supported(version, minor) for version in versions):
            return minor
    return NEWEST


def document_problems(ctx: Context, documents: tuple[Document, ...], asked: str | None) -> Iterator[Problem]:
    """What the command says of the documents, before it looks into any of them.

    `asked` is the command by its own name, `ctx.command` the one it is run as.
    """
    named = [document for document in documents if document.kind and "/" in (document.api_version or "")]
    for_init = is_for_init({document.kind for document in named})
    seen: set[str] = set()
    for document in named:
        kind = str(document.kind)
        if kind in seen:
            message = f"{kind} is specified twice in YAML file"
            yield _problem(document, message, "kubeadm.document.duplicate-kind", path="kind")
        seen.add(kind)
        yield from _of_document(ctx, document, kind, for_init)
    wanted = _REQUIRED.get(ctx.command or "", ())
    if asked != ctx.command and not any((d.api_version or "").startswith(f"{KUBEADM}/") for d in named):
        wanted = ()  # that upgrade took component documents alone as well, and the rest from the cluster
    # What has no byte, such as the rest behind a last separator, is no part of the file to kubeadm.
    if wanted and seen.isdisjoint(wanted) and len(named) == sum(d.span.start < d.span.end for d in documents):
        kinds = " or ".join(wanted)
        yield Problem(
            "error", f"kubeadm.document.{ctx.command}-kind-required", f"no {kinds} found", file=ctx.files[0].name,
            kind=wanted[0], line=1, column=1, source=_SOURCE, remedy=f"add a document of kind {kinds}",
        )  # fmt: skip


def _of_document(ctx: Context, document: Document, kind: str, for_init: bool) -> Iterator[Problem]:
    api_version, minor, command = str(document.api_version), ctx.minor, ctx.command
    group, _, version = api_version.partition("/")
    known = api_versions().get(version) if group == KUBEADM else None
    standing = None if known is None else known.at(minor)
    # init checks the version of every document, even of those it leaves out; the others only that of their own.
    looks = command == "init" or verifies(command, kind, minor, for_init=for_init)
    if standing in ("removed", "experimental") and looks:
        hint = f"; kubeadm {known.migrate_with} can migrate it" if known is not None and known.migrate_with else ""
        message = f"kubeadm 1.{minor} does not read {api_version}{hint}"
        yield _problem(document, message, "kubeadm.apiVersion.supported", path="apiVersion")
        return
    if command in STRICT and not _is_registered(group, version, kind, standing):
        message = f"unknown configuration APIs: {api_version}, Kind={kind}"
        yield _problem(document, message, "kubeadm.document.unknown-api")
        return
    elif standing == "deprecated" and looks and (command not in STRICT or minor >= _VALIDATE_WARNS):
        message = f"{api_version} is deprecated in kubeadm 1.{minor}"
        yield _problem(document, message, "kubeadm.apiVersion.deprecated", "warning", "apiVersion")
    yield from _of_kind(ctx, document, kind, for_init, is_read=standing in ("read", "deprecated"))


def _of_kind(ctx: Context, document: Document, kind: str, for_init: bool, *, is_read: bool) -> Iterator[Problem]:
    api_version, command = str(document.api_version), ctx.command
    group, _, version = api_version.partition("/")
    known = kind_of(api_version, kind) is not None and (is_read or group != KUBEADM)
    as_init = command == "init" or (command in STRICT and for_init)
    if group in _COMPONENT_APIS and (as_init or (command is None and not known)):
        if not known or (as_init and (version, kind) != _COMPONENT_APIS[group]):
            yield _problem(document, f"kubeadm knows no {kind} of {api_version}", "kubeadm.apiVersion.unknown")
    elif not known and (kind in _wanted(command) if group == KUBEADM else kind in _REQUIRED.get(command or "", ())):
        yield _problem(document, f"there is no {kind} in {api_version}", "kubeadm.apiVersion.unknown")
    elif not known if command is None else not reads(command, kind) or not known:
        if (command == "join" and ctx.minor < _JOIN_WARNS) or (command is None and group != KUBEADM):
            return
        message = f"kubeadm {command or 'init'} ignores {kind} of {api_version}"
        yield _problem(document, message, "kubeadm.document.ignored", "warning")


def _wanted(command: str | None) -> frozenset[str] | tuple[str, ...]:
    return _KINDS if command is None or command in STRICT else _REQUIRED[command]


def _is_registered(group: str, version: str, kind: str, standing: str | None) -> bool:
    """Whether kubeadm has the kind among its types: its own of the minor, and those of the components' versions."""
    if kind_of(f"{group}/{version}", kind) is None:
        return False
    return standing is not None if group == KUBEADM else version == _COMPONENT_APIS.get(group, ("",))[0]


def _problem(document: Document, message: str, code: str, severity: Any = "error", path: str = "kind") -> Problem:
    return located(document, path, message, code=code, severity=severity, source=_SOURCE)
