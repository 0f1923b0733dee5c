"""How a rule is written: the decorator, what a rule sees, and where rules are kept. No rule stands here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.checks.remedies import remedy_of
from kubeadm_cfg.convert import unstructure
from kubeadm_cfg.defaults.kubeadm import fill
from kubeadm_cfg.kubernetes import NEWEST, OLDEST, minor_number
from kubeadm_cfg.report import Problem, Severity

if TYPE_CHECKING:
    from kubeadm_cfg.checks.component import Subject
    from kubeadm_cfg.checks.flags import Argument
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.host import Host
    from kubeadm_cfg.kinds._base import Kind

__all__ = ["NEWEST", "OLDEST", "Check", "Context", "Rule", "installed", "located", "minor_number", "rule"]

_MINORS: Final = re.compile(r"(?:1\.([0-9]+))?(?:\.\.(?:1\.([0-9]+))?)?")
_INDEX: Final = re.compile(r"\.([0-9]+)(?=\.|$)")

Check = Callable[["Context"], Iterable[Problem]]


class Rule:
    """A check with its code, the kinds that wake it, the minors it holds in and the source that says so."""

    def __init__(  # what the decorator takes
        self,
        check: Check,
        code: str,
        kinds: Sequence[str],
        minors: str,
        severity: Severity,
        source: str | None,
        codes: Sequence[str] = (),
    ) -> None:
        spread = _MINORS.fullmatch(minors)
        if spread is None:
            raise ValueError(f"minors are written 1.31, 1.31.., ..1.33 or 1.31..1.33, not {minors!r}")
        self.__wrapped__ = check
        self.__name__ = getattr(check, "__name__", code)
        self.__doc__ = check.__doc__
        self.code = code
        self.codes = tuple(codes) or (code,)
        self.kinds = tuple(kinds)
        self.minors = minors or None
        self.first = int(spread[1] or 0)
        self.last = int(spread[2]) if spread[2] else 999 if ".." in minors or not minors else self.first
        self.severity: Severity = severity
        self.source = source

    def __repr__(self) -> str:
        return f"<Rule {self.code}>"

    def __call__(self, ctx: Context) -> Iterator[Problem]:
        """What the rule has to say of one cluster; nothing where it does not apply."""
        if not self.first <= ctx.minor <= self.last:
            return
        if self.kinds and not any(kind in ctx.kinds for kind in self.kinds):
            return
        yield from self.ask(ctx)

    def ask(self, ctx: Context) -> Iterable[Problem]:
        """What the rule has to say of a cluster that it is known to apply to."""
        ctx.rule = self
        return self.__wrapped__(ctx)


def rule(
    code: str,
    *,
    kinds: Sequence[str] = (),
    minors: str = "",
    severity: Severity = "error",
    source: str | None = None,
    codes: Sequence[str] = (),
) -> Callable[[Check], Rule]:
    """Make a rule of a function that yields `ctx.problem(...)`.

    Args:
        code: the code of its problems, stable.
        kinds: the rule is asked when the file holds one of them; always when empty.
        minors: ``"1.31.."``, ``"..1.30"``, ``"1.24..1.30"`` or ``"1.31"``; every minor when empty.
        severity: of its problems, unless they say otherwise.
        source: the file or document that says so.
        codes: the codes of its problems, when they have several, each given to `ctx.problem`.

    >>> @rule("acme.registry", kinds=["ClusterConfiguration"], minors="1.31..", severity="warning")
    ... def registry(ctx):
    ...     if ctx.cluster.image_repository is None:
    ...         yield ctx.problem(ctx.cluster, "imageRepository", "images come from the internet")
    >>> registry
    <Rule acme.registry>
    """
    return lambda check: Rule(check, code, kinds, minors, severity, source, codes)


def installed() -> list[Check]:
    """The rules that other distributions bring by the entry point group `kubeadm_cfg.rules`."""
    from importlib.metadata import entry_points

    found: list[Check] = []
    for point in entry_points(group="kubeadm_cfg.rules"):
        loaded = point.load()
        found += loaded if isinstance(loaded, (list, tuple)) else [loaded]
    return found


class Context:
    """What a rule sees: the objects of one file that decode, the minor, the command and the host.

    The objects are those of the documents, but for a document with fields that the minor does not have: of that one
    there is a copy without them, as its programs read it.

    Attributes:
        files: the files of the cluster.
        minor: the minor whose programs judge (31 for 1.31).
        command: the kubeadm command, None when every document is judged by the program that reads it.
        host: what is known of the machine, None when nothing is.
        kinds: the kinds that decode and that somebody reads.
    """

    __slots__ = (
        "_arguments", "_documents", "_settled", "_subjects", "command", "files", "host", "kinds", "minor", "rule",
    )  # fmt: skip

    def __init__(
        self,
        files: Sequence[ConfigFile],
        documents: Sequence[tuple[Document, Kind]],
        minor: int,
        command: str | None,
        host: Host | None,
    ) -> None:
        self.files = tuple(files)
        self.minor = minor
        self.command = command
        self.host = host
        self.rule: Rule | None = None
        self._documents: dict[str, tuple[Document, Kind]] = {}
        for document, obj in documents:
            self._documents.setdefault(str(document.kind), (document, obj))
        self.kinds = frozenset(self._documents)
        self._settled: dict[str, dict[str, Any]] = {}
        self._arguments: dict[str, tuple[Argument, ...]] = {}
        self._subjects: dict[str, Subject | None] = {}

    def get(self, kind: str) -> Any:
        """The object of that kind, None when there is none."""
        found = self._documents.get(kind)
        return None if found is None else found[1]

    def api_version(self, kind: str) -> str:
        """The apiVersion of the document of that kind, empty when there is none."""
        found = self._documents.get(kind)
        return "" if found is None else found[0].api_version or ""

    @property
    def init(self) -> Any:
        return self.get("InitConfiguration")

    @property
    def cluster(self) -> Any:
        return self.get("ClusterConfiguration")

    @property
    def join(self) -> Any:
        return self.get("JoinConfiguration")

    @property
    def reset(self) -> Any:
        return self.get("ResetConfiguration")

    @property
    def upgrade(self) -> Any:
        return self.get("UpgradeConfiguration")

    @property
    def kubelet(self) -> Any:
        return self.get("KubeletConfiguration")

    @property
    def kube_proxy(self) -> Any:
        return self.get("KubeProxyConfiguration")

    def data(self, kind: str) -> dict[str, Any]:
        """The plain data of the document of that kind as it is written, not to be changed; empty when there is none."""
        found = self._documents.get(kind)
        data = None if found is None else found[0]._data()
        return data if isinstance(data, dict) else {}

    def text(self, kind: str) -> str:
        """The text of the document of that kind; empty when there is none."""
        found = self._documents.get(kind)
        return "" if found is None else found[0]._text

    def subject(self, kind: str) -> Subject | None:
        """What the rules of the kubelet or kube-proxy look at; None when feature gates alone keep it from starting."""
        if kind not in self._subjects:
            from kubeadm_cfg.checks import kubelet, kubeproxy

            obj = self.get(kind)
            of = kubelet.subject_of if kind == "KubeletConfiguration" else kubeproxy.subject_of
            self._subjects[kind] = of(obj, self.minor, self.host)
        return self._subjects[kind]

    def arguments(self, kind: str) -> tuple[Argument, ...]:
        """The flags that the object of that kind gives to its components; none when there is no such object."""
        if kind not in self._arguments:
            from kubeadm_cfg.checks.flags import arguments

            self._arguments[kind] = tuple(arguments(kind, self.settled(kind))) if kind in self._documents else ()
        return self._arguments[kind]

    def settled(self, kind: str) -> dict[str, Any]:
        """The plain data of the document of that kind, with the defaults kubeadm fills in before it validates."""
        if kind not in self._settled:
            obj = self.get(kind)
            self._settled[kind] = fill(kind, {} if obj is None else unstructure(obj), self.minor)
        return self._settled[kind]

    def problem(self, obj: Any, field: str, message: str, *, path: str | None = None, **rest: Any) -> Problem:
        """A problem at a field of an object of the file; `field` is as the program prints it, by JSON names.

        `fix` is an edit that mends it, or several: what `fixing.set`, `unset`, `rename` and the others make.
        """
        rule = self.rule
        code = rest.pop("code", rule.code if rule else "rule")
        severity = rest.pop("severity", rule.severity if rule else "error")
        rest.setdefault("source", rule.source if rule else None)
        rest.setdefault("minors", rule.minors if rule else None)
        where = _INDEX.sub(r"[\1]", field) if path is None else path
        for document, own in self._documents.values():
            if own is obj:
                return located(document, where, message, code=code, severity=severity, field=field, **rest)
        return Problem(severity, code, message, field=field, path=where, **rest)


def located(document: Document, path: str, message: str, **rest: Any) -> Problem:
    """A problem at a path of a document, or at what is nearest above it."""
    rest.setdefault("field", path)
    if rest.get("remedy") is None:
        rest["remedy"] = remedy_of(rest["code"])
    if rest.get("fix") is not None:
        from kubeadm_cfg.fixing import Fix, Proposed

        rest["fix"] = Fix(Proposed(rest["fix"]), document)
    start, end = _span_of(document, path, of_key=rest.get("type") == "Unknown")
    return document._file._problem(document, message, start, end=end, path=path, **rest)


def _span_of(document: Document, path: str, *, of_key: bool) -> tuple[int, int]:
    """Where the value at a path stands in its document and ends, or its key, or what is nearest above it."""
    from kubeadm_cfg.errors import ConfigError
    from kubeadm_cfg.reading import _place
    from kubeadm_cfg.source.path import parse

    try:
        root = document._root()
    except ValueError:  # a key or scalar that has no JSON, which reading reports
        return 0, 0
    if root is None:
        return 0, 0
    try:
        steps = parse(path) if path else ()
        return _place(root, steps, of_key=of_key)
    except (ConfigError, IndexError):
        return root.start, root.start
