"""The commands `get`, `set` and `unset`: one value by its address, in one file or many."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, Absent, UsageError, meant, options_gone_astray, shown, split
from kubeadm_cfg.cli.targets import Editable, File, opened
from kubeadm_cfg.errors import EditError

__all__ = ["at_least_one", "get", "set_value", "unset", "written"]

Flag = partial(Parameter, negative=(), show_default=False)
Address = Annotated[
    str, Parameter(help="For example cluster.networking.podSubnet, flannel.Backend.Type or containerd.sandbox_image.")
]
Files = Annotated[str, Parameter(name="FILE", help="Files to work on; - is standard input.", allow_leading_hyphen=True)]
InPlace = Annotated[bool, Flag(name=["--in-place", "-i"], help="Write the files; print nothing.")]
Backup = Annotated[bool, Flag(help="With --in-place: keep the old file as FILE.bak.")]
Diff = Annotated[bool, Flag(help="Print a unified diff instead of the whole text.")]


def get(
    address: Address,
    /,
    *files: Files,
    as_json: Annotated[bool, Flag(name="--json", help="Print every value as JSON on one line.")] = False,
) -> int:
    """Print the value at an address.

    Strings are printed as they are, everything else as JSON. With several files each line begins with its file's name.
    Exit code 1 when the value is not there.
    """
    for name in at_least_one(files):
        _, target, path = opened(address, name)
        try:
            value = target.get(path) if path else target.to_dict()
        except KeyError:
            raise Absent(f"{name}: {address} is not there{_near(target, address, path)}") from None
        text = shown(value, as_json=as_json)
        print(f"{name}: {text}" if len(files) > 1 else text)
    return CLEAN


def _near(target: Editable, address: str, path: str) -> str:
    """What may be meant by an address whose last key is not there: a key beside it, or a field of the kind."""
    parent, _, key = path.rpartition(".")
    try:
        beside = target.get(parent) if parent else target.to_dict()
    except KeyError:
        return ""
    near = meant(key, beside if isinstance(beside, dict) else ())
    return near.replace("mean ", f"mean {address.removesuffix(key)}")


def set_value(
    address: Address,
    value: Annotated[str, Parameter(help="The new value.", allow_leading_hyphen=True)],
    /,
    *files: Files,
    string: Annotated[bool, Flag(help="VALUE is text, whatever it looks like.")] = False,
    as_json: Annotated[bool, Flag(name="--json", help="VALUE is JSON: a list, a map, null ...")] = False,
    in_place: InPlace = False,
    backup: Backup = False,
    diff: Diff = False,
) -> int:
    """Set the value at an address, with its parents where they are missing.

    VALUE is read as a plain YAML 1.2 scalar: true, false, null and numbers are what they look like, anything else is
    text. Where Kubernetes takes only text, a number or boolean is text as well: kubernetesVersion 1.30 becomes "1.30".
    Without --in-place the new text of the one FILE is printed.
    """
    if string and as_json:
        raise UsageError("--string and --json exclude each other")

    def apply(target: Editable, path: str) -> None:
        if as_json:
            target.set(path, _from_json(value))
        elif string:
            target.set(path, value)
        else:
            _set_plain(target, path, value)

    return _edit(address, files, apply, in_place=in_place, backup=backup, diff=diff)


def unset(
    address: Address, /, *files: Files, in_place: InPlace = False, backup: Backup = False, diff: Diff = False
) -> int:
    """Remove a key, with its own comments. A key that is not there is no error.

    Without --in-place the new text of the one FILE is printed.
    """
    return _edit(address, files, lambda target, path: target.unset(path), in_place=in_place, backup=backup, diff=diff)


def _edit(
    address: str,
    names: tuple[str, ...],
    apply: Callable[[Editable, str], None],
    *,
    in_place: bool,
    backup: bool,
    diff: bool,
) -> int:
    """Edit every file, then write: one refused edit leaves all files as they were."""
    if not split(address)[1]:
        raise UsageError(f"{address} names a whole document; an edit needs a path in it, as in {address}.networking")
    _refuse_odd(names, in_place=in_place, backup=backup, diff=diff)
    files: list[File] = []
    for name in names:
        f, target, path = opened(address, name)
        apply(target, path)
        files.append(f)
    return written(files, names, in_place=in_place, backup=backup, diff=diff)


def written(files: list[File], names: tuple[str, ...], *, in_place: bool, backup: bool, diff: bool) -> int:
    """Write edited files, or print their texts or what changed."""
    _refuse_odd(names, in_place=in_place, backup=backup, diff=diff)
    for f in files:
        if diff:
            _write(f.diff().encode())
        if in_place:
            f.save(backup=backup)
        elif not diff:
            _write(bytes(f))
    return CLEAN


def _refuse_odd(names: tuple[str, ...], *, in_place: bool, backup: bool, diff: bool) -> None:
    at_least_one(names)
    if in_place and "-" in names:
        raise UsageError("--in-place needs a file; standard input has no place")
    if backup and not in_place:
        raise UsageError("--backup goes with --in-place")
    if len(names) > 1 and not (in_place or diff):
        raise UsageError("several files need --in-place or --diff")


def _set_plain(target: Editable, path: str, text: str) -> None:
    """Set what `text` looks like or, where the field refuses that, the text itself. A refused edit moves no byte."""
    value = plain(text)
    try:
        target.set(path, value)
    except EditError:
        if isinstance(value, str):
            raise
        try:
            target.set(path, text)
            return
        except EditError:
            pass
        raise


def _write(data: bytes) -> None:
    """The bytes themselves: line ends and a byte order mark are the file's own."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def at_least_one(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names themselves, which are none of options."""
    if not names:
        raise UsageError("name at least one FILE; - is standard input")
    options_gone_astray(names)
    return names


# The core schema of YAML 1.2. To Kubernetes' own reader of files `yes` is a boolean and `0777` octal, surprises that
# a value typed in a shell should not have.
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.title(), word.upper())
}


def plain(text: str) -> str | int | float | bool | None:
    """A plain YAML 1.2 scalar; the empty text stays text."""
    if text in _WORDS:
        word: bool | None = _WORDS[text]
        return word
    if _INTEGER.fullmatch(text):
        return int(text) if text.lstrip("+-").isdigit() else int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"VALUE is not JSON: {error}") from None
