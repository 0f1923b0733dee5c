"""Dumps of ConfigMaps as a check sees them: the documents inside, and what is wrong with them, at its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from kubeadm_cfg import reading
from kubeadm_cfg.config_maps import strings_in
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.embedding import opened, parts_of
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.report import Lines, Place, Problem, Report, problem_at
from kubeadm_cfg.source.inner import outer_offset
from kubeadm_cfg.source.nodes import Scalar
from kubeadm_cfg.source.path import Steps
from kubeadm_cfg.source.place import find

if TYPE_CHECKING:
    from kubeadm_cfg.checks.intake import Source
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.file import ConfigFile

__all__ = ["Dump"]


class Dump:
    """What a check asks of a source, answered for the documents inside its strings."""

    def __init__(self, source: Source, file: ConfigFile) -> None:
        self.name = source.name
        self.file = file
        self.decoded = source.decoded
        self.files_inside: tuple[tuple[Document, ...], ...] = ()
        """The documents of known kinds by the string they stand in; each string is a file of its own."""
        self._numbers: list[tuple[Problem, int]] = []

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents to be judged."""
        return tuple(document for file in self.files_inside for document in file)

    def reading(self) -> Report:
        """What keeps Kubernetes from reading the documents inside; each counts as one of `documents` meanwhile."""
        problems: list[Problem] = []
        for number, outer in enumerate(self.file.documents):
            for steps in strings_in(outer):
                found = list(self._of_string(outer, steps))
                self._numbers += ((problem, number) for problem in found)
                problems += found
        return Report(problems, [self.name])

    def _of_string(self, outer: Document, steps: Steps) -> Iterator[Problem]:
        node = find(outer.draft.root, steps)
        assert isinstance(node, Scalar)
        text = node.text(outer.draft.text)
        inside: dict[int, Document] = {}
        for part in parts_of(outer, steps):
            with suppress(EditError):  # no YAML, which is what reading says
                inside[part] = opened(outer, steps, part)
        known = [part for part, inner in inside.items() if kind_of(inner.api_version, inner.kind) is not None]
        numbers = {part: number for number, part in enumerate(known, len(self.documents))}
        self.files_inside += (tuple(inside[part] for part in known),)
        for problem in reading.check_text(text, self.name):
            if problem.code == "document.foreign":
                continue
            part = problem.document or 0
            problem.document = numbers.get(part)
            self._put_outside(problem, outer, node, text)
            if problem.fix is not None and part in inside:
                from kubeadm_cfg.fixing import Fix

                problem.fix = Fix(problem.fix, inside[part])
            yield problem

    def _put_outside(self, problem: Problem, outer: Document, node: Scalar, text: str) -> None:
        """Give the problem its place in the dump."""
        whole, base, inner = self.decoded.removeprefix("\ufeff"), outer.span.start, Lines(text)

        def moved(line: int | None, column: int | None) -> int:
            offset = inner.starts[(line or 1) - 1] + (column or 1) - 1
            return base + outer_offset(outer.draft.text, node, offset)

        lines = Lines(whole)
        end = lines.locate(moved(problem.end_line, problem.end_column))
        placed = problem_at(self.name, whole, moved(problem.line, problem.column), "", code=problem.code)
        problem.related = tuple(
            Place(self.name, *lines.locate(moved(place.line, place.column)), place.message, place.excerpt)
            for place in problem.related
        )
        problem.line, problem.column, problem.excerpt = placed.line, placed.column, placed.excerpt
        problem.end_line, problem.end_column = end

    def told(self, problem: Problem) -> Problem:
        """The problem as it leaves the check: its document is the one of the dump that it stands in."""
        for known, number in self._numbers:
            if known is problem:
                problem.document = number
        return problem
