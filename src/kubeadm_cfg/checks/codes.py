"""Every code that `check` can give, what it is about, and an example of it. No rule stands here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from kubeadm_cfg.checks import commands
from kubeadm_cfg.kubernetes import NEWEST, OLDEST
from kubeadm_cfg.report import Severity

if TYPE_CHECKING:
    from kubeadm_cfg.checks.rules import Rule

__all__ = ["Code", "Example", "examples", "rules"]

_DECODER: Final = "sigs.k8s.io/yaml and the strict decoder of k8s.io/apimachinery"
_SPLITTER: Final = "kubernetes/kubernetes:cmd/kubeadm/app/util/marshal.go"


class Code(NamedTuple):
    """One code of `Problem.code`: what it is about, and where it holds."""

    code: str
    about: str
    """What the rule behind it looks at, in one sentence."""
    severity: Severity
    kinds: tuple[str, ...]
    """The kinds whose documents it is about; empty for all."""
    minors: str
    """As `rule` takes them: ``"1.31.."``; empty for every minor."""
    source: str | None


class Example(NamedTuple):
    """A file that gives a code, and one that does not.

    `also` has the codes that come with it in every such file, `encoding` that of the bad file's bytes, `host` what
    `Host` is made from.
    """

    bad: str
    good: str
    kubernetes: str | None = None
    command: str | None = None
    host: dict[str, str] | None = None
    also: tuple[str, ...] = ()
    encoding: str | None = None


# What is said by no rule: of texts that cannot be read, of documents, and of the check itself.
_READING: Final[dict[str, tuple[Severity, str, str | None]]] = {
    "decode.apiVersion": ("error", "The apiVersion of a document, with its group.", _DECODER),
    "decode.duration": ("error", "A duration as Go writes it: a number with a unit, such as 30s or 1h30m.", _DECODER),
    "decode.empty": ("error", "Blank lines and comments that kubeadm takes for a document.", _SPLITTER),
    "decode.key": ("error", "Keys that are no text: lists, mappings and null.", _DECODER),
    "decode.kind": ("error", "The kind of a document.", _DECODER),
    "decode.mapping": ("error", "A document is a mapping, neither a list nor a single value.", _DECODER),
    "decode.merge": ("error", "What a merge key brings in: a mapping, or a list of them.", _DECODER),
    "decode.number": ("error", "Infinity and NaN, which JSON does not have.", _DECODER),
    "decode.quantity": ("error", "A quantity as Kubernetes writes it: 500m, 1.5Gi, 64Ki.", _DECODER),
    "decode.range": ("error", "Whole numbers that do not fit their field.", _DECODER),
    "decode.tag": ("error", "Values that do not fit their YAML tag.", _DECODER),
    "decode.timestamp": ("error", "A time with date, hour and zone, as RFC 3339 has it.", _DECODER),
    "decode.token": ("error", "A bootstrap token: six characters, a dot and sixteen more.", _DECODER),
    "decode.type": ("error", "Values of another type than their field, such as a text for a number.", _DECODER),
    "decode.yaml": ("error", "A document that cannot become plain data.", _DECODER),
    "document.foreign": ("info", "Documents of other programs, which are left out.", None),
    "document.unknown": ("warning", "Kinds of a known group that this library does not read.", None),
    "file.foreign": ("info", "Files of other programs, which are left out.", None),
    "file.unreadable": ("error", "Files that cannot be opened.", None),
    "ignore.unreadable": ("warning", "A comment to this program that it does not understand.", None),
    "ignore.unused": ("info", "A comment that ignores what is not found.", None),
    "kubernetes.assumed": ("info", "The minor that judges, where nothing names one.", None),
    "minor-unknown": ("info", "A minor that this library does not know; the nearest one judges.", None),
    "strict.duplicate": ("error", "Keys that stand twice; the last one wins.", _DECODER),
    "strict.unknown": ("error", "Keys that are no field of their kind at that minor: they have no effect.", _DECODER),
    "yaml.alias": ("error", "Aliases without an anchor, or inside of what they name.", _DECODER),
    "yaml.character": ("error", "Characters that YAML forbids.", _DECODER),
    "yaml.dropped": ("warning", "Text that kubeadm drops without a word.", _SPLITTER),
    "yaml.encoding": ("error", "Bytes that are not UTF-8.", _DECODER),
    "yaml.json": ("warning", "A document that begins with a brace and is not JSON, as a reader wants it.", _DECODER),
    "yaml.limit.aliases": ("error", "Aliases that make a small text a huge one.", _DECODER),
    "yaml.limit.depth": ("error", "Values nested too deeply.", _DECODER),
    "yaml.limit.documents": ("error", "Files of too many documents.", None),
    "yaml.limit.size": ("error", "Texts that are too large.", None),
    "yaml.separator": ("error", "Lines that begin with three dashes and go on; nothing is read from there.", _SPLITTER),
    "yaml.syntax": ("error", "Texts that are not YAML as go-yaml reads it.", _DECODER),
}  # fmt: skip
_DOCUMENTS: Final[dict[str, str]] = {
    "kubeadm.apiVersion.deprecated": "Versions of kubeadm's API that it still reads, with a warning.",
    "kubeadm.apiVersion.supported": "Versions of kubeadm's API that kubeadm of that minor does not read.",
    "kubeadm.apiVersion.unknown": "Kinds and versions that never were.",
    "kubeadm.document.duplicate-kind": "Kinds that stand twice in a file.",
    "kubeadm.document.ignored": "Documents that a command does not look at.",
    "kubeadm.document.init-kind-required": "What `kubeadm init` wants: an InitConfiguration or a ClusterConfiguration.",
    "kubeadm.document.join-kind-required": "What `kubeadm join` wants: a JoinConfiguration.",
    "kubeadm.document.reset-kind-required": "What `kubeadm reset` wants: a ResetConfiguration.",
    "kubeadm.document.unknown-api": "Kinds that `kubeadm config validate` and `migrate` refuse.",
    "kubeadm.document.upgrade-kind-required": "What `kubeadm upgrade` wants: an UpgradeConfiguration.",
}
_WARNINGS: Final = ("kubeadm.apiVersion.deprecated", "kubeadm.document.ignored")


@cache
def rules() -> tuple[Code, ...]:
    """Every code that `check` can give of kubeadm's, the kubelet's and kube-proxy's files, by name.

    >>> [(code.code, code.minors) for code in rules() if code.code.startswith("kubeadm.encryption")]
    [('kubeadm.encryptionAlgorithm', '1.28..')]
    """
    from kubeadm_cfg.checks import registry

    found = [Code(code, about, severity, (), "", source) for code, (severity, about, source) in _READING.items()]
    for code in commands.CODES:
        severity: Severity = "warning" if code in _WARNINGS else "error"
        found.append(Code(code, _DOCUMENTS[code], severity, (), "", _SPLITTER))
    behind: dict[str, list[Rule]] = {}
    for rule in registry.built_in():
        for code in rule.codes:
            behind.setdefault(code, []).append(rule)
    return tuple(sorted([*found, *(_of_rules(code, those) for code, those in behind.items())]))


def _of_rules(code: str, those: list[Rule]) -> Code:
    kinds = tuple(dict.fromkeys(kind for rule in those for kind in rule.kinds))
    about = next((rule.__doc__ for rule in those if rule.__doc__), "").split("\n")[0]
    return Code(code, about, those[0].severity, kinds, _minors(those), those[0].source)


def _minors(those: Iterable[Rule]) -> str:
    first, last = min(rule.first for rule in those), max(rule.last for rule in those)
    if first <= OLDEST and last >= NEWEST:
        return ""
    return f"{f'1.{first}' if first > OLDEST else ''}..{f'1.{last}' if last < NEWEST else ''}"


@cache
def examples() -> dict[str, Example]:
    """A bad and a good file by code, for all but those that no small file can show."""
    text = files("kubeadm_cfg").joinpath("data/rule-examples.json").read_text(encoding="utf-8")
    return {
        code: Example(**{**given, "also": tuple(given.get("also", ()))}) for code, given in json.loads(text).items()
    }
