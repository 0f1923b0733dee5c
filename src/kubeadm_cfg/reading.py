"""Whether Kubernetes can read a text: cut into documents, parsed and decoded as by kubeadm's strict decoder.

Only reading is judged here; what the values mean is for others to check.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg import convert, fixing
from kubeadm_cfg.document import type_meta
from kubeadm_cfg.errors import ParseError
from kubeadm_cfg.findings import path_text
from kubeadm_cfg.fixing import Proposed
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.report import Lines, Place, Problem, Report, problem_at
from kubeadm_cfg.source import grammar
from kubeadm_cfg.source.compose import root_of
from kubeadm_cfg.source.cut import Piece, SplitError, documents, next_content, pieces
from kubeadm_cfg.source.duplicates import SameValues, duplicates
from kubeadm_cfg.source.encoding import decoded
from kubeadm_cfg.source.nodes import Alias, Entry, Mapping, Node, Sequence, is_merge, merged_mappings, plain
from kubeadm_cfg.source.path import Steps, render
from kubeadm_cfg.source.scalars import ScalarError
from kubeadm_cfg.source.unreadable import unreadable

if TYPE_CHECKING:
    from kubeadm_cfg.file import ConfigFile

__all__ = ["check_text"]

_BOM: Final = "\ufeff"
_GROUPS: Final = ("kubeadm.k8s.io", "kubelet.config.k8s.io", "kubeproxy.config.k8s.io")
# Only these words become numbers that JSON has not; the walk that finds them is for texts that hold one.
_NO_JSON_NUMBER: Final = re.compile(r"\.(?:inf|Inf|INF|nan|NaN|NAN)(?![^\s,\]}#:])")
# A line that cuts for kubeadm alone: to YAML, it is content.
_CUTS_FOR_KUBEADM: Final = re.compile("\n---[^ \t\r\n]")
_MARKER_REMEDY: Final = "leave nothing but a comment behind `---`; write no line of four dashes"
_EMPTY_REMEDY: Final = "remove the `---` that sets it apart; kubeadm takes comments alone for a document"


def check_text(
    text: str | bytes, name: str = "kubeadm.yaml", *, rules: str = "decode", file: ConfigFile | None = None
) -> Report:
    r"""What keeps Kubernetes from reading `text`, document by document; never raises for bad input.

    Args:
        text: the text or bytes of a file.
        name: what the problems call the file.
        rules: ``"decode"``: reading alone.
        file: what the text was loaded as, which is given what is read here.

    Raises:
        ValueError: there are no such rules.

    >>> report = check_text("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: many\n")
    >>> [(p.code, p.path, p.line, p.column) for p in report.errors]
    [('decode.type', 'maxPods', 3, 10)]
    """
    if rules != "decode":
        raise ValueError(f"there are no rules {rules!r}")
    if isinstance(text, str):
        bom, text = text.startswith(_BOM), text.removeprefix(_BOM)
    else:
        try:
            text, bom = decoded(text, name)
        except ParseError as error:
            return Report(error.problems, [name])
    return Report(_Reading(text, name, file).problems(bom=bom), [name])


class _Reading:
    """One text being read."""

    def __init__(self, text: str, name: str, file: ConfigFile | None) -> None:
        self.text = text
        self.lines = Lines(text)
        self.name = name
        vouched, heads = (file._vouched if file is not None else None) or ("", [])
        is_known = bool(vouched) and vouched == text
        self.is_vouched = is_known and _CUTS_FOR_KUBEADM.search(text) is None
        """Whether the grammar of every document has been found right."""
        self.starts = heads if is_known else [span.head_start for span in documents(text)]
        self.loaded = file.documents if file is not None and len(file.documents) == len(self.starts) else None

    def problems(self, *, bom: bool) -> list[Problem]:
        limit = grammar.exceeded(self.text)
        found, broken = ([], None) if limit else pieces(self.text, bom=bom)
        limit = limit or grammar.exceeded_by(len(found))
        if limit is not None:
            return [self.problem(0, limit.message, limit.code, remedy=limit.remedy)]
        problems = [problem for piece in found for problem in sorted(self.of_piece(piece), key=_by_place)]
        if broken is not None:
            problems.append(self.split(broken))
        return problems

    def split(self, broken: SplitError) -> Problem:
        message = f"a line that begins with --- goes on with {broken.text[:40]!r}: nothing from here on is read"
        return self.problem(broken.start, message, "yaml.separator", end=broken.end, remedy=_MARKER_REMEDY)

    def of_piece(self, piece: Piece) -> Iterator[Problem]:
        if self.text.startswith(_BOM, piece.start) and piece.start:
            piece = piece._replace(start=piece.start + 1)
        inside = self.text[piece.start : piece.end]
        span = next(iter(documents(inside)), None)
        if span is None:
            yield self.problem(
                piece.start, "the document is empty", "decode.empty", type="Required", remedy=_EMPTY_REMEDY
            )
            return
        head = piece.start + span.head_start
        number = bisect_right(self.starts, head) - 1
        yield from _Document(self, inside[span.start : span.end], piece.start + span.start, head, number).problems()
        dropped = next_content(inside, span.end + len("..."), len(inside))
        if dropped < len(inside):
            yield self.problem(
                piece.start + dropped,
                "kubeadm drops what stands behind `...`",
                "yaml.dropped",
                severity="warning",
                remedy="write `---` for `...` when a document follows",
            )

    def problem(
        self,
        offset: int,
        message: str,
        code: str,
        *,
        end: int | None = None,
        related: int | None = None,
        why: str = "",
        **rest: Any,
    ) -> Problem:
        """A problem at an offset; `related` is another place that has to do with it, `why` says how."""
        if end is not None:
            rest["end_line"], rest["end_column"] = self.lines.locate(end)
        if related is not None:
            rest["related"] = [Place(self.name, *self.lines.locate(related), why)]
        return problem_at(self.name, self.lines, offset, message, code=code, **rest)


def _by_place(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0


class _Document:
    """One document being read. Offsets are into its own text, which begins at `start` of the file's.

    Its marker stands at `head`; `number` is its place among the documents of the file,
    negative where a YAML parser sees none.
    """

    def __init__(self, reading: _Reading, text: str, start: int, head: int, number: int) -> None:
        self.reading = reading
        self.text = text
        self.start = start
        self.head = head
        self.number = number
        self.kind: str | None = None

    def problems(self) -> Iterator[Problem]:
        problem = None if self.reading.is_vouched else grammar.check(self.text, strict=True)
        if problem is not None:
            context = None if problem.context is None else self.start + problem.context
            yield self.problem(
                problem.offset, problem.message, problem.code, remedy=problem.remedy, related=context, why="begun here"
            )
            return
        try:
            root = root_of(self.text)
            data = None if root is None else plain(root, self.text)
            # Only such texts can hold what the plain data does not show.
            broken = "<<" in self.text or _NO_JSON_NUMBER.search(self.text) is not None
        except ScalarError:
            root = data = None
            broken = True
        if broken:
            found = [self.problem(*place) for place in unreadable(self.text)]
            yield from found
            if found:
                return
        yield from self.decoded(root, data)
        dropped = len(self.text) if root is None else next_content(self.text, root.end, len(self.text))
        if dropped < len(self.text):
            yield self.problem(
                dropped,
                "the document ends here: kubeadm drops what follows",
                "yaml.dropped",
                severity="warning",
                remedy="give all keys of the document the indentation of its first",
            )

    def decoded(self, root: Node | None, data: Any) -> Iterator[Problem]:
        if root is None or data is None:
            at = self.head - self.start if root is None else root.start
            yield self.problem(at, "the document is empty", "decode.empty", type="Required", remedy=_EMPTY_REMEDY)
            return
        if not isinstance(data, dict):
            message = (
                f"the document must be a mapping, but is {'a list' if isinstance(data, list) else 'a single value'}"
            )
            yield self.problem(root.start, message, "decode.mapping", type="Invalid")
            return
        api_version, kind = type_meta(data)
        if self.reading.loaded is not None and self.number >= 0:
            self.reading.loaded[self.number]._take(self.text, root, data, (api_version, kind))
        yield from self.repeated(root)
        yield from self.no_json()
        self.kind = kind
        missing = self.without_kind(root, api_version)
        if missing is not None:
            yield missing
            return
        cls = convert.kind_of(api_version, self.kind)
        if cls is None:
            yield self.foreign(root, str(api_version))
            return
        for finding in convert.findings(cls, data):
            place = _place(root, finding.path, of_key=finding.type == "Unknown")
            yield self.problem(
                place[0],
                finding.sentence,
                finding.code,
                end=place[1],
                remedy=finding.remedy,
                type=finding.type,
                path=finding.path,
                fix=Proposed.of(finding.fix),
            )

    def without_kind(self, root: Node, api_version: str | None) -> Problem | None:
        """The problem of a document that does not say what it is; None when it does."""
        group, _, version = (api_version or "").partition("/")
        if api_version and "/" in version:
            at = _place(root, ("apiVersion",), of_key=False)[0]
            return self.problem(
                at, f"unexpected GroupVersion string: {api_version}", "decode.apiVersion", type="Invalid"
            )
        if self.kind and group and version:
            return None
        missing = "apiVersion" if self.kind else "kind"
        message = "kind and an apiVersion with a group must both be set"
        remedy = (
            f"add {missing}" if not (missing == "apiVersion" and api_version) else "write apiVersion as group/version"
        )
        return self.problem(root.start, message, f"decode.{missing}", type="Required", remedy=remedy)

    def foreign(self, root: Node, api_version: str) -> Problem:
        ours = api_version.partition("/")[0] in _GROUPS
        versions = [version for version, kind in KINDS if kind == self.kind]
        message = f"{self.kind} of {api_version} is not a kind this library reads"
        return self.problem(
            _place(root, ("kind",), of_key=False)[0],
            message if ours else f"{message}: the document is left out",
            "document.unknown" if ours else "document.foreign",
            severity="warning" if ours else "info",
            type="NotSupported",
            remedy=f"{self.kind} is known in {', '.join(versions)}" if versions else None,
        )

    def no_json(self) -> Iterator[Problem]:
        """A document that begins with a brace is read as JSON as well, by kubeadm's lenient reader."""
        if not self.text.lstrip().startswith("{"):
            return
        import json

        try:
            json.loads(self.text)
        except ValueError as error:
            offset = getattr(error, "pos", 0)
            yield self.problem(
                offset,
                "a document that begins with { should be JSON: one of kubeadm's two readers takes it as such",
                "yaml.json",
                severity="warning",
                remedy="write it as JSON (double quotes, no trailing comma, no comment), or in block style",
            )

    def repeated(self, root: Node) -> Iterator[Problem]:
        """Keys that stand twice, of which the last wins."""
        same_values = SameValues(root, self.text)
        for steps, offset, end, first in duplicates(root, self.text):
            yield self.problem(
                offset,
                f'key "{steps[-1]}" already set in map',
                "strict.duplicate",
                end=end,
                path=steps,
                type="Duplicate",
                remedy="remove one of the two; the last one wins",
                related=self.start + first,
                why="first set here",
                fix=Proposed(fixing.drop(steps)) if same_values.at(steps) else None,
            )

    def problem(
        self,
        offset: int,
        message: str,
        code: str,
        remedy: str | None = None,
        *,
        path: Steps | None = None,
        end: int | None = None,
        **rest: Any,
    ) -> Problem:
        if path:
            rest["field"], rest["path"] = path_text(path), render(path)
        return self.reading.problem(
            self.start + offset,
            message,
            code,
            end=None if end is None else self.start + end,
            remedy=remedy,
            kind=self.kind,
            document=self.number if self.number >= 0 else None,
            **rest,
        )


def _place(root: Node, steps: Steps, *, of_key: bool) -> tuple[int, int]:
    """Where the value at a path stands, or its key; as deep as the path goes."""
    node: Node | None = root
    place = (root.start, root.start)
    for depth, step in enumerate(steps):
        target = node.target if isinstance(node, Alias) else node
        if isinstance(target, Mapping) and isinstance(step, str):
            entry = _entry(target, step)
            if entry is None:
                break
            last = depth == len(steps) - 1
            node = entry.value
            place = (entry.node.start, entry.node.end) if of_key and last else _span(node, entry.node.start)
        elif isinstance(target, Sequence) and isinstance(step, int):
            node = target.items[step].value
            place = _span(node, target.items[step].start)
        else:
            break
    return place


def _entry(mapping: Mapping, key: str) -> Entry | None:
    """The entry of a key, also where a merge key takes it from."""
    found = mapping.entry(key)
    if found is None:
        for merging in filter(is_merge, mapping.entries):
            for merged in merged_mappings(merging.value):
                found = merged.entry(key) or found
    return found


def _span(node: Node, before: int) -> tuple[int, int]:
    """The node, or what stands before it when it is empty."""
    return (node.start, node.end) if node.end > node.start else (before, before)
