"""Document: one document of a file, edited by path or as a typed object. Here text and types meet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from kubeadm_cfg import convert
from kubeadm_cfg.errors import ConfigError, DecodeError, EditError, Span
from kubeadm_cfg.findings import Finding, misfit
from kubeadm_cfg.incoming import as_plain
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.naming import indexed, indexed_change
from kubeadm_cfg.report import Place, Problem
from kubeadm_cfg.source import difference, grammar
from kubeadm_cfg.source.compose import root_of
from kubeadm_cfg.source.difference import Change
from kubeadm_cfg.source.draft import Draft
from kubeadm_cfg.source.nodes import Mapping, Node, Plain, Scalar, plain
from kubeadm_cfg.source.path import PathLike, Steps, parse, render
from kubeadm_cfg.source.place import Refused, find, same
from kubeadm_cfg.source.scalars import ScalarError, key_text
from kubeadm_cfg.source.shape import FOREIGN
from kubeadm_cfg.touched import only, touched

if TYPE_CHECKING:
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.source.comments import Where

__all__ = ["Document", "type_meta"]

T = TypeVar("T")

_MISSING: Final = object()
# The keys of a block mapping's root, which is what nearly every document is; they spare the parse that `kind` needs.
_ROOT_META: Final = re.compile(
    r"""^(apiVersion|kind):[ ]+
        (?:"([A-Za-z0-9./]+)"|'([A-Za-z0-9./]+)'|([A-Za-z][A-Za-z0-9./]*))[ ]*(?:[ ]\#.*)?\r?$""",
    re.MULTILINE | re.VERBOSE,
)
_META: Final = ("apiVersion", "kind")
_META_LENGTHS: Final = tuple(map(len, _META))
_FIRST_LINE: Final = re.compile(r"(?:[ ]*(?:#[^\n]*)?\r?\n)*[A-Za-z]+:[ \r\n]")


def type_meta(data: Any) -> tuple[str | None, str | None]:
    """The apiVersion and kind of plain data, looked up as Kubernetes does: in any case of the keys, numbers as text."""
    found: dict[str, str | None] = {"apiversion": None, "kind": None}
    if isinstance(data, dict):
        for key, value in sorted(data.items()):  # the decoder gets them by name, so `kind` beats `Kind`
            name = key.lower()
            if name in found and value is not None:
                found[name] = _meta_text(value)
    return found["apiversion"], found["kind"]


def _meta_text(value: Any) -> str | None:
    if isinstance(value, (dict, list)):
        return None
    return str(value) if type(value) in (str, int) else key_text(value)


class Document:
    """One document of a `ConfigFile`, in the order and count of a YAML parser.

    Edits by path and edits of `obj` may be mixed freely; each sees the other's at once.

    >>> import kubeadm_cfg as kc
    >>> document = kc.load("examples/wx-omega/kubeadm.yaml").documents[1]
    >>> document.set("networking.podSubnet", "10.244.0.0/16")
    >>> document.obj.networking.pod_subnet, document.get("clusterName")
    ('10.244.0.0/16', 'wx-omega')
    """

    __slots__ = ("_changes", "_draft", "_embedded", "_file", "_meta", "_obj", "_original", "_outer", "_part", "_read")

    def __init__(self, file: ConfigFile, text: str, outer: tuple[Document, Steps] | None = None) -> None:
        self._file = file
        self._outer = outer
        self._part = 0
        """Which one it is of the documents in the string of `_outer`."""
        self._original = text
        """The text as loaded or last saved."""
        self._draft: Draft | None = None
        self._obj: Kind | None = None
        self._meta: tuple[str | None, str | None] | None = None
        self._changes: list[Change] = []
        self._embedded: dict[Steps, Document] | None = None
        self._read: tuple[str, Plain] | None = None

    def __repr__(self) -> str:
        return f"<Document {self.kind or 'without a kind'} of {self._file.name}>"

    def _repr_html_(self) -> str:
        from kubeadm_cfg.notebook import document_html

        self._flush()
        return document_html(self)

    # -- what it is ----------------------------------------------------------------------------------------------------
    @property
    def api_version(self) -> str | None:
        """The apiVersion as written, None when there is none."""
        return self._type_meta()[0]

    @property
    def kind(self) -> str | None:
        """The kind as written, None when there is none."""
        return self._type_meta()[1]

    @property
    def span(self) -> Span:
        """Where the document stands in the file's text, in characters."""
        return self._file._span_of(self)

    @property
    def obj(self) -> Kind | None:
        """The typed object, the same one every time; None for a foreign or empty document.

        Raises:
            DecodeError: the document does not decode into its kind.
        """
        if self._obj is None:
            cls = convert.kind_of(*self._type_meta())
            if cls is not None:
                self._obj = self._structured(cls)
                self._file._typed(self)
        return self._obj

    def to_dict(self) -> dict[str, Any]:
        """The document as plain data, unknown fields included; empty when the document is.

        Raises:
            DecodeError: a scalar or key that cannot become JSON.
        """
        self._flush()
        data = self._readable(lambda: self._data_of(self._text))
        return data if isinstance(data, dict) else {}

    def _type_meta(self) -> tuple[str | None, str | None]:
        if self._meta is None:
            self._meta = (None, None)  # while it is looked for: what is wrong meanwhile is a problem of no kind
            try:
                self._meta = self._meta_of_root() or self._quick_meta() or type_meta(self._data())
            except (ScalarError, ConfigError):
                self._meta = (None, None)
            if self._draft is not None:
                self._reshape()
        return self._meta

    def _meta_of_root(self) -> tuple[str, str] | None:
        """From the nodes, when they are there and hold both keys, once and as plain text."""
        root = self._draft.root if self._draft is not None else None
        if not isinstance(root, Mapping):
            return None
        found: dict[str, str] = {}
        for entry in root.entries:
            if entry.key in _META or (len(entry.key) in _META_LENGTHS and _is_meta(entry.key)):
                value = entry.value.resolved(self._text) if isinstance(entry.value, Scalar) else None
                if not isinstance(value, str) or entry.key in found:
                    return None
                found[entry.key] = value
        return (found["apiVersion"], found["kind"]) if found.keys() == {"apiVersion", "kind"} else None

    def _quick_meta(self) -> tuple[str, str] | None:
        text = self._text
        if not _FIRST_LINE.match(text):
            return None
        found = _ROOT_META.findall(text)
        if len(found) != 2 or found[0][0] == found[1][0]:
            return None
        values = {name: double or single or bare for name, double, single, bare in found}
        if "." not in values["apiVersion"] or "/" not in values["apiVersion"]:
            return None
        return values["apiVersion"], values["kind"]

    # -- by path -------------------------------------------------------------------------------------------------------
    @overload
    def get(self, path: PathLike) -> Any: ...
    @overload
    def get(self, path: PathLike, default: T) -> Any | T: ...
    def get(self, path: PathLike, default: Any = _MISSING) -> Any:
        r"""A plain copy of the value at `path`, JSON names; `default`, else KeyError, when nothing is there.

        Raises:
            KeyError: nothing stands at the path and no default was given.
            EditError: the path is malformed.

        >>> import kubeadm_cfg as kc
        >>> kc.loads("kind: Note\nspec: {a: [1, 2]}\n").documents[0].get("spec.a[1]")
        2
        """
        self._flush()
        found = self._readable(lambda: self._found(parse(path)))
        if found is _MISSING:
            if default is _MISSING:
                raise KeyError(path if isinstance(path, str) else render(parse(path)))
            return default
        return found

    def _found(self, steps: Steps) -> Any:
        indices = indexed(self.draft, steps)
        node = find(self.draft.root, indices) if indices is not None else None
        return _MISSING if node is None else plain(node, self.draft.text)

    def set(self, path: PathLike, value: Any, *, inline: bool = False) -> None:
        """Make the value at `path` equal to `value`; missing parents are created, an equal value moves no byte.

        Raises:
            EditError: the edit is refused; text and objects stay as they were.
        """
        self._edit("set", path, value, inline=inline)

    def unset(self, path: PathLike, *, inline: bool = False) -> None:
        """Remove the key at `path` with its own comments; nothing happens when it is not there.

        Raises:
            EditError: the edit is refused; text and objects stay as they were.
        """
        self._edit("unset", path, inline=inline)

    def append(self, path: PathLike, value: Any, *, inline: bool = False) -> None:
        """Add an item at the end of the list at `path`; a missing list is created.

        Raises:
            EditError: the edit is refused; text and objects stay as they were.
        """
        self._edit("append", path, value, inline=inline)

    def insert(self, path: PathLike, value: Any, *, inline: bool = False) -> None:
        """Put an item into a list; `path` ends with the index it gets, which may be the list's length.

        Raises:
            EditError: the edit is refused; text and objects stay as they were.
        """
        self._edit("insert", path, value, inline=inline)

    def remove(self, path: PathLike, *, inline: bool = False) -> None:
        """Take out the list item at `path` with its own comments.

        Raises:
            EditError: the edit is refused; text and objects stay as they were.
        """
        self._edit("remove", path, inline=inline)

    def comment(self, path: PathLike, where: Where | None = None) -> str | None:
        """The comment above the key or item at `path`, else the one behind it, without hashes; None when it has none.

        `where` ("above" or "end") asks for one of the two.
        """
        from kubeadm_cfg.source import comments

        self._flush()
        steps = parse(path)
        return self._refusable(lambda: comments.comment(self.draft, indexed(self.draft, steps) or (), where))

    def set_comment(self, path: PathLike, text: str | None, where: Where = "above") -> None:
        """Write, replace or (None) remove the comment above the key or item at `path` or behind it (``end``).

        Raises:
            EditError: nothing stands at the path, or it shares its line.
        """
        from kubeadm_cfg.source import comments

        self._flush()
        steps = parse(path)

        def make(draft: Draft) -> None:
            comments.set_comment(draft, indexed(draft, steps) or (), text, where)

        self._change(make, [Change("comment", steps)])

    def embedded(self, path: PathLike) -> Document:
        """The document inside the string at `path`, as in a ConfigMap; its edits go through to this text.

        Of several documents in one string it is the first; `ConfigFile.get` and `ConfigFile.all` find the others.

        Raises:
            EditError: no string stands at the path, or it is not YAML.
        """
        from kubeadm_cfg.embedding import opened

        self._flush()
        return opened(self, parse(path))

    # -- the text ------------------------------------------------------------------------------------------------------
    @property
    def draft(self) -> Draft:
        if self._draft is None:
            self._draft = Draft(self._original, self._newline, None)
            self._reshape()
        return self._draft

    @property
    def _text(self) -> str:
        return self._original if self._draft is None else self._draft.text

    @property
    def _newline(self) -> str:
        return self._file._newline if self._outer is None else "\n"

    @property
    def _is_changed(self) -> bool:
        return self._draft is not None and self._draft.text != self._original

    def _data(self) -> Plain:
        """The plain data of the text, shared: not to be changed or handed out."""

        def read() -> Plain:
            root = self._root()
            return None if root is None else plain(root, self._text)

        if self._read is None or self._read[0] is not self._text:
            data = self._readable(read)
            if self._file._is_large:
                return data
            self._read = (self._text, data)
        return self._read[1]

    def _root(self) -> Node | None:
        if self._draft is None and self._file._is_large:
            return root_of(self._original)  # nodes are larger than data: of many documents they are not kept
        if self._draft is None:
            self._draft = Draft(self._original, self._newline, None)
            self._draft.whole_root()
            self._reshape()
        return self._draft.whole_root()

    def _take(self, text: str, root: Node, data: Plain, meta: tuple[str | None, str | None]) -> None:
        """What somebody else has read of the document's text, so that it is not read again."""
        if self._draft is None and self._original == text and not self._file._is_large:
            self._draft = Draft(self._original, self._newline, None)
            self._draft._root = root
            self._read = (self._original, data)
            if self._meta is None:
                self._meta = meta
            self._reshape()

    def _reshape(self) -> None:
        assert self._draft is not None
        cls = convert.kind_of(*self._type_meta())
        self._draft.shape = convert.shape(cls) if cls is not None else FOREIGN

    def _readable(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (ScalarError, grammar.GrammarError) as error:
            raise DecodeError(
                f"{self._file.name}: {error}", [self._problem(str(error), 0, code="decode.yaml")]
            ) from None

    # -- typed objects -------------------------------------------------------------------------------------------------
    def _structured(self, cls: type[Kind]) -> Kind:
        try:
            return convert.whole(cls, self._data())
        except convert.Mismatch as mismatch:
            problems = [self._located(f) for f in mismatch.findings]
            raise DecodeError(f"{self._file.name}: {cls.KIND} does not decode", problems) from None

    def _unknown(self) -> list[Problem]:
        """A problem for every unknown field, for strict loading."""
        cls = convert.kind_of(*self._type_meta())
        if cls is None:
            return []
        found = convert.findings(cls, self._data())
        return [self._located(f) for f in found if f.code == "strict.unknown"]

    def _flush(self) -> None:
        """Write what was changed in the object into the text.

        Raises:
            EditError: a value of the wrong type, or one that an alias shares; text and object stay as they are.
        """
        if self._embedded:
            for inner in self._embedded.values():
                inner._flush()
        obj = self._obj
        if obj is None:
            return
        data = self._data()
        assert isinstance(data, dict)  # it has become an object
        names = touched(obj, data)
        if not names:
            return
        before = convert.unstructure(convert.structure(type(obj), {name: data[name] for name in names if name in data}))
        part = only(obj, names)
        after, given = convert.unstructure(part), convert.unstructure(part, canonical=False)
        todo = difference.changes(before, after, given, self.draft.shape)
        for change in todo:
            self._refuse_wrong_type(change)

        def make(draft: Draft) -> None:
            for change in todo:
                difference.apply(draft, change)

        self._change(make, todo, keep_object=True)

    # -- editing -------------------------------------------------------------------------------------------------------
    def _edit(self, operation: str, path: PathLike, value: Any = None, *, inline: bool) -> None:
        self._flush()
        steps = parse(path)
        if operation in ("set", "append", "insert"):
            value = as_plain(value)
        change = self._refusable(lambda: indexed_change(self.draft, Change(operation, steps, value)))
        if change is None:
            return
        self._refuse_wrong_type(change)
        self._change(lambda draft: difference.apply(draft, change, inline=inline), [change])

    def _change(self, make: Callable[[Draft], object], changes: list[Change], *, keep_object: bool = False) -> None:
        """Let `make` edit the draft; everything is as before when it or what follows from it is refused."""
        draft = self.draft
        before = draft.text, draft._root
        refreshed = False
        try:
            self._refusable(lambda: make(draft))
            if draft.text == before[0]:
                return
            if any(not change.steps or _is_meta(change.steps[0]) for change in changes):
                self._meta = None
            is_undone = bool(self._changes) and difference.may_undo(changes, self._changes) and self._reads_as_loaded()
            if is_undone:
                draft.splice(0, len(draft.text), self._original)
            if self._obj is not None and not keep_object:
                refreshed = True
                self._refresh()
            if self._outer is not None:
                from kubeadm_cfg.embedding import write_through

                write_through(self, before[0])
        except BaseException:
            draft.text = before[0]
            draft.splice(0, 0, "")
            draft._root = before[1]
            self._meta = None
            if refreshed:
                self._refresh()
            raise
        self._changes = [] if is_undone else self._changes + changes
        if self._meta is None:
            self._reshape()

    def _reads_as_loaded(self) -> bool:
        """Whether all edits together changed no data: then the loaded text is the one to go back to."""
        try:
            return same(self._data_of(self._original), self._data())
        except (ScalarError, ConfigError):
            return False  # something in it, which no edit has touched, has no JSON

    def _refusable(self, make: Callable[[], T]) -> T:
        try:
            return make()
        except Refused as refused:
            raise EditError(f"{self._file.name}: {refused}", [self._refusal(refused)]) from None
        except (ScalarError, grammar.GrammarError) as error:
            raise EditError(f"{self._file.name}: {error}") from None

    def _refusal(self, refused: Refused) -> Problem:
        problem = self._problem(refused.message, refused.offset, code="edit.refused", remedy=refused.remedy)
        if refused.other is not None:
            there = self._problem("", refused.other, code="edit.refused")
            problem.message += f": an edit here would change line {there.line} as well"
            problem.related = (Place(self._file.name, there.line or 1, there.column or 1, "shared", there.excerpt),)
        return problem

    def _refresh(self) -> None:
        obj = self._obj
        assert obj is not None
        if convert.kind_of(*self._type_meta()) is not type(obj):
            self._obj = None  # the edit made another kind of it
            return
        try:
            convert.update(obj, self._data())  # type: ignore[arg-type]  # the document is a mapping
        except convert.Mismatch as mismatch:
            raise EditError(f"{self._file.name}: {mismatch}") from None

    def _refuse_wrong_type(self, change: Change) -> None:
        if change.operation not in ("set", "append", "insert"):
            return
        cls = convert.kind_of(*self._type_meta())
        if cls is None:
            return
        steps = (*change.steps, 0) if change.operation == "append" else change.steps
        wrong = misfit(cls, steps, change.value)
        if wrong is not None:
            why = f"{render(wrong.path) or 'the document'} {wrong.message}"
            problem = self._located(wrong._replace(message=why, code="edit.type"))
            raise EditError(f"{self._file.name}: {why}", [problem])

    def _strip_open_end(self) -> None:
        """Before another document follows: the line break between them is no part of this one's last text."""
        if not self._text.endswith(("\n", "\r")) and ("|" in self._text or ">" in self._text):
            from kubeadm_cfg.source.block import strip_open_end

            self._change(strip_open_end, [])

    # -- places and guards ---------------------------------------------------------------------------------------------
    def _problem(self, message: str, offset: int, *, code: str, **rest: Any) -> Problem:
        return self._file._problem(self, message, offset, code=code, **rest)

    def _located(self, finding: Finding) -> Problem:
        """A problem at the path of a finding, or at the deepest place of it that the text has."""
        offset, end, path = 0, None, finding.path
        try:
            node = self.draft.root
            for count in range(len(path) + 1):
                here = find(node, path[:count])
                if here is None:
                    break
                offset, end = (here.body, here.end) if here.end > here.body else (_key_offset(node, path[:count]), None)
                if finding.type == "Unknown" and count == len(path):
                    offset = _key_offset(node, path)
                    end = offset + len(str(path[-1]))
        except (ScalarError, grammar.GrammarError):
            offset, end = 0, None
        problem = self._problem(
            finding.sentence,
            offset,
            end=end,
            code=finding.code,
            type=finding.type,
            remedy=finding.remedy,
            field=render(path),
        )
        if finding.fix is not None:
            from kubeadm_cfg.fixing import Fix, Proposed

            problem.fix = Fix(Proposed(finding.fix), self)
            problem.fix.bind(problem)
        return problem

    def _check_grammar(self) -> None:
        """The first half of the guard: the edited text is YAML."""
        if self._is_changed:
            problem = grammar.check(self._text)
            if problem is not None:
                raise EditError(f"{self._file.name}: the edits would make the file unreadable: {problem.message}")

    def _check_data(self) -> None:
        """The second half: the edited text says what the edits meant."""
        if not self._is_changed:
            return
        try:
            expected = self._data_of(self._original)
        except ScalarError:
            return  # it had no data before; that it is YAML is all there is to check
        for change in self._changes:
            expected = difference.applied(expected, change)
        if not same(self._refusable(lambda: self._data_of(self._text)), expected):
            raise EditError(f"{self._file.name}: the edited text does not read as what was meant; nothing was written")

    @staticmethod
    def _data_of(text: str) -> Any:
        root = root_of(text)
        return None if root is None else plain(root, text)

    def _saved(self) -> None:
        self._original = self._text
        self._changes = []


def _is_meta(step: str | int) -> bool:
    return isinstance(step, str) and step.lower() in ("apiversion", "kind")


def _key_offset(root: Node | None, path: Steps) -> int:
    parent = find(root, path[:-1]) if path else None
    if isinstance(parent, Mapping) and isinstance(path[-1], str):
        entry = parent.entry(path[-1])
        if entry is not None:
            return entry.start
    node = find(root, path)
    return node.start if node is not None else 0
