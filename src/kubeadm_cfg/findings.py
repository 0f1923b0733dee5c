"""What of plain data does not decode into a kind, place by place: the slow, complete counterpart of `structure`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of, place_at
from kubeadm_cfg.kinds._types import SCALARS, Refusal, Type, described

if TYPE_CHECKING:
    from kubeadm_cfg.fixing import Edit

__all__ = ["Finding", "findings", "misfit", "path_text", "refusal", "within"]

Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """One place that does not decode, or that no field knows."""

    path: Path
    """JSON names and indices, from the document's root."""
    type: Literal["Invalid", "Unknown"]
    code: str
    """`decode.type`, `decode.range`, `decode.duration`, `decode.quantity`, `decode.timestamp`, `decode.token` or
    `strict.unknown`.
    """
    message: str
    remedy: str | None = None
    fix: Edit | tuple[Edit, ...] | None = None

    @property
    def sentence(self) -> str:
        """The message with its field as the subject: `ipvs.syncPeriod must be a duration`."""
        return self.message if self.type == "Unknown" or not self.path else f"{path_text(self.path)} {self.message}"

    def __str__(self) -> str:
        named = not self.path or self.type == "Unknown"  # its message names the place, as strict decoding does
        return self.message if named else f"{path_text(self.path)}: {self.message}"


def path_text(path: Sequence[str | int]) -> str:
    """A path as strict decoding prints it: `a.b[0].c`."""
    text: str = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def findings(cls: type[Configuration], data: Any) -> list[Finding]:
    """Everything in `data` that does not decode into `cls` or is unknown there, in the order of `data`.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> [str(finding) for finding in findings(KubeProxyConfiguration, {"ipvs": {"syncPeriod": 30}, "Mode": "ipvs"})]
    ['ipvs.syncPeriod: must be a duration, but is the number 30', 'unknown field "Mode"']
    """
    return [_explained(cls, data, finding) for finding in _in_object(cls, data, ())]


def _explained(cls: type[Configuration], data: Any, finding: Finding) -> Finding:
    """An unknown field with what was probably meant."""
    if finding.type != "Unknown":
        return finding
    from kubeadm_cfg.meant import meant

    found = meant(cls, data, finding.path)
    return finding if found is None else finding._replace(remedy=found.remedy, fix=found.fix)


def _in_object(cls: type[Configuration], data: Any, path: Path) -> Iterator[Finding]:
    if not isinstance(data, dict):
        yield Finding(path, "Invalid", "decode.type", f"must be a mapping, but is {described(data)}")
        return
    table = fields_of(cls)
    meta = ("apiVersion", "kind") if issubclass(cls, Kind) else ()
    for key, value in data.items():
        field = table.by_json.get(key)
        if field is not None:
            yield from _in_value(field, field.type, value, (*path, key), inside=False)
        elif key not in meta:
            place = (*path, key)
            if meta and key.lower() in ("apiversion", "kind") and not isinstance(value, (str, NoneType)):
                yield Finding(place, "Invalid", "decode.type", f"must be a text, but is {described(value)}")
            yield Finding(place, "Unknown", "strict.unknown", f'unknown field "{path_text(place)}"')


def _in_value(field: Field, type_: Type, value: Any, path: Path, *, inside: bool) -> Iterator[Finding]:
    if value is None:
        if type_.name == "duration" and not type_.pointer and not inside:
            remedy = "take the key away, or write 0s"
            yield Finding(path, "Invalid", "decode.duration", "must be a duration, but is null", remedy)
        return
    if type_.of is not None:
        yield from _in_object(field.class_of(type_), value, path)
    elif type_.item is not None:
        if not isinstance(value, list if type_.name == "list" else dict):
            yield Finding(path, "Invalid", "decode.type", *_wrong_shape(type_, value))
            return
        entries: Iterable[tuple[str | int, Any]] = enumerate(value) if isinstance(value, list) else value.items()
        for step, item in entries:
            if isinstance(value, dict) and not isinstance(step, str):
                yield Finding(path, "Invalid", "decode.type", f"takes text for keys, but has {described(step)}")
                return
            yield from _in_value(field, type_.item, item, (*path, step), inside=True)
    else:
        refused = _refused(type_, value)
        if refused is not None:
            yield Finding(path, "Invalid", refused.code, refused.message, refused.remedy)


def _wrong_shape(type_: Type, value: Any) -> tuple[str, str | None]:
    if type_.name == "map":
        return f"must be a mapping, but is {described(value)}", None
    remedy = None if isinstance(value, dict) else "put a dash in front of it"
    return f"must be a list, but is {described(value)}", remedy


def _refused(type_: Type, value: Any) -> Refusal | None:
    scalar = SCALARS[type_.name]
    if type(value) is not scalar.exact:
        try:
            scalar.read(value)
        except Refusal as refused:
            return refused
    return None


def refusal(cls: type[Configuration], path: Sequence[str | int], value: Any) -> str | None:
    """Why plain `value` cannot be written at `path` in a document of `cls`; None when it can or nothing is known there.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> refusal(KubeProxyConfiguration, ["ipvs", "strictARP"], "yes")
    'ipvs.strictARP must be true or false, but is a text'
    """
    wrong = misfit(cls, path, value)
    return f"{path_text(wrong.path) or 'the document'} {wrong.message}" if wrong is not None else None


def misfit(cls: type[Configuration], path: Sequence[str | int], value: Any) -> Finding | None:
    """The first place in plain `value` that does not decode at `path` in a document of `cls`."""
    return next((finding for finding in within(cls, path, value) if finding.type != "Unknown"), None)


def within(cls: type[Configuration], path: Sequence[str | int], value: Any) -> Iterator[Finding]:
    """What in plain `value` does not decode, or is unknown, at `path` in a document of `cls`."""
    if not path:
        return _in_object(cls, value, ())
    place = place_at(cls, path)
    if place is None:
        return iter(())
    inside = len(path) > 1 and place[0].type is not place[1]
    return _in_value(place[0], place[1], value, tuple(path), inside=inside)
