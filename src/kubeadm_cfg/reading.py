"""check_text: what Kubernetes' own decoder says of a text, document by document. Reading only; what values mean is not judged."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Literal

from kubeadm_cfg import convert
from kubeadm_cfg.document import type_meta
from kubeadm_cfg.errors import ParseError
from kubeadm_cfg.report import Place, Problem, Report, locate, problem_at
from kubeadm_cfg.source import grammar
from kubeadm_cfg.source.compose import compose
from kubeadm_cfg.source.cut import Piece, pieces
from kubeadm_cfg.source.edit import find
from kubeadm_cfg.source.encoding import decoded
from kubeadm_cfg.source.nodes import Alias, Entry, Mapping, Node, Scalar, is_merge, merged_mappings, plain, walk
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.scalars import ScalarError
from kubeadm_cfg.source.scan import scan

__all__ = ["check_text"]

_BOM = "\ufeff"


def check_text(text: str | bytes, name: str = "<string>", *, rules: Literal["decode"] = "decode") -> Report:
    """Every reason for which kubeadm could not read `text`, with its place; bad input never raises.

    Codes begin with ``yaml.`` (not YAML, wrongly cut), ``decode.`` (does not fit its kind) or ``strict.`` (unknown and
    repeated fields, which a strict reader refuses).

    Args:
        text: a whole file.
        name: what the problems call it.
        rules: "decode", reading only.

    Source: the strict decoder of k8s.io/apimachinery with sigs.k8s.io/yaml.

    >>> import kubeadm_cfg as kc
    >>> [p.code for p in kc.check_text("apiVersion: kubelet.config.k8s.io/v1beta1\\nkind: KubeletConfiguration\\nmaxpods: 1\\n")]
    ['strict.unknown']
    """
    if rules != "decode":
        raise ValueError(f"rules={rules!r} is not known; there is 'decode'")
    try:
        whole, bom = decoded(text, name) if isinstance(text, bytes) else (text.removeprefix(_BOM), text.startswith(_BOM))
    except ParseError as error:
        return Report(error.problems, [name])
    found: list[Problem] = []
    cut, split = pieces(whole, bom=bom)
    for number, piece in enumerate(cut):
        found += _Reader(whole, name, piece, number).problems()
    if split is not None:
        found.append(
            problem_at(
                name,
                whole,
                split.start,
                f"{split.text!r} stands behind ---: kubeadm reads neither the document above nor anything below",
                code="yaml.separator",
                document=len(cut),
                remedy="leave only blanks or a comment behind the three dashes",
            )
        )
    return Report(found, [name])


class _Reader:
    """One piece of a file, as kubeadm cuts it."""

    def __init__(self, whole: str, name: str, piece: Piece, number: int) -> None:
        self.whole = whole
        self.name = name
        self.start = piece.start
        self.number = number
        self.text = whole[piece.start : piece.end]
        self.kind: str | None = None

    def problem(self, offset: int, message: str, code: str, **rest: Any) -> Problem:
        return problem_at(
            self.name,
            self.whole,
            self.start + offset,
            message,
            code=code,
            document=self.number,
            kind=self.kind,
            **rest,
        )

    def problems(self) -> Iterator[Problem]:
        wrong = grammar.check(self.text, strict=True)
        if wrong is not None:
            yield self.problem(wrong.offset, wrong.message, wrong.code, remedy=wrong.remedy)
            return
        try:
            root = scan(self.text) or compose(self.text)
            data = plain(root, self.text) if root is not None else None
        except ScalarError as error:
            yield self.problem(_unreadable(error), f"{error}", "yaml.scalar")
            return
        if root is not None:
            endless = next(_not_finite(root, self.text), None)
            if endless is not None:
                yield self.problem(endless.start, "JSON has no infinity and no NaN, so Kubernetes cannot read them", "yaml.scalar")
                return
        yield from self.decoded(root, data)

    def decoded(self, root: Node | None, data: Any) -> Iterator[Problem]:
        """The problems of a piece that is YAML."""
        if data is not None and not isinstance(data, dict):
            offset = root.start if root is not None else 0
            yield self.problem(offset, "a document has to be a mapping with apiVersion and kind", "decode.document")
            return
        api_version, kind = type_meta(data)
        self.kind = kind
        refused = _no_group(api_version, kind)
        if refused is not None:
            message, remedy = refused
            if data is None:
                message = "the document is empty, and kubeadm refuses it: apiVersion and kind must both be set"
                remedy = "remove the document and one of the --- around it"
            yield self.problem(self.first_content(root), message, "decode.kind", remedy=remedy)
            return
        cls = convert.kind_of(api_version, kind)
        assert root is not None  # it has a kind
        if cls is None:
            known = [version for version, name in convert.KINDS if name == kind]
            yield self.problem(
                self.first_content(root),
                f"{kind} of {api_version} is not a kind this library reads",
                "document.foreign",
                severity="info",
                remedy=f"{kind} is known in {', '.join(known)}" if known else None,
            )
            return
        yield from self.repeated(root)
        yield from self.no_json(root)
        for finding in convert.findings(cls, data):
            yield self.problem(
                self.offset_of(root, finding.path, key=finding.code == "strict.unknown"),
                finding.message,
                finding.code,
                type=finding.type,
                field=_printed(finding.path),
                path=render(finding.path),
                remedy=finding.remedy,
            )

    def first_content(self, root: Node | None) -> int:
        if root is not None:
            return root.start
        return len(self.text) - len(self.text.lstrip()) if self.text.strip() else 0

    def offset_of(self, root: Node, path: Steps, *, key: bool) -> int:
        """Where the value at a path stands, its key when that is asked for or when it has no text of its own."""
        parent = find(root, path[:-1]) if path else None
        while isinstance(parent, Alias):
            parent = parent.target
        entry = parent.entry(path[-1]) if isinstance(parent, Mapping) and isinstance(path[-1], str) else None
        node = find(root, path)
        if entry is not None and (key or node is None or node.end == node.body):
            return entry.start
        return node.body if node is not None else root.start

    def repeated(self, root: Node) -> Iterator[Problem]:
        """A problem for every key that a mapping has twice, through merge keys as well."""
        for node in walk(root):
            if not isinstance(node, Mapping):
                continue
            seen: dict[tuple[type, Any], int] = {}
            for entry, at in _keys(node):
                value = entry.node.resolved(self.text) if isinstance(entry.node, Scalar) else entry.key
                identity = (type(value), value)
                if identity in seen:
                    line, column = locate(self.whole, self.start + seen[identity])
                    yield self.problem(
                        at,
                        f'key "{entry.key}" already set in map',
                        "strict.duplicate",
                        type="Duplicate",
                        field=entry.key,
                        related=[Place(self.name, line, column, "the same key")],
                        cause=None if at == entry.start else "a merge key (<<) brings it in a second time",
                        remedy=f"remove one of the two; line {line} has the other",
                    )
                seen.setdefault(identity, entry.start if at == entry.start else at)

    def no_json(self, root: Node) -> Iterator[Problem]:
        """A document that begins with a brace is read as JSON as well."""
        if not self.text.lstrip().startswith("{") or not isinstance(root, Mapping):
            return
        try:
            json.loads(self.text, parse_constant=_refused_constant, strict=True)
        except ValueError as error:
            offset = getattr(error, "pos", 0)
            yield self.problem(
                offset,
                "a document that begins with { has to be JSON: one of kubeadm's two readers takes it as such",
                "strict.json",
                remedy="write it as JSON (double quotes, no trailing comma), or in block style",
            )


def _refused_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _keys(mapping: Mapping) -> Iterator[tuple[Entry, int]]:
    """The entries a mapping is filled with, in go-yaml's order, and the place in it that each comes from."""
    for entry in mapping.entries:
        if is_merge(entry):
            for merged in merged_mappings(entry.value):
                for inner, _ in _keys(merged):
                    yield inner, entry.start
        else:
            yield entry, entry.start


def _not_finite(root: Node, text: str) -> Iterator[Node]:
    """The scalars that stand for infinity or NaN."""
    lowered = text.lower()
    if ".inf" not in lowered and ".nan" not in lowered:
        return
    for node in walk(root):
        if isinstance(node, Scalar):
            value = node.resolved(text)
            if isinstance(value, float) and not math.isfinite(value):
                yield node


def _unreadable(error: ScalarError) -> int:
    offset = getattr(error, "offset", 0)
    return offset if isinstance(offset, int) else 0


def _no_group(api_version: str | None, kind: str | None) -> tuple[str, str | None] | None:
    """Why apiVersion and kind do not name a kind of a group, with a remedy."""
    parts = (api_version or "").split("/")
    if len(parts) > 2:
        return f"{api_version!r} is no apiVersion: it has the form group/version", None
    if not kind or len(parts) < 2 or not all(parts):
        missing = "kind" if not kind else "a grouped apiVersion"
        return f"kind and a grouped apiVersion must both be set; {missing} is missing", None
    return None


def _printed(path: Steps) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
