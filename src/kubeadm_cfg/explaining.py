"""What the kinds and their fields are: listed and explained, from the field tables. No file is looked at."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of
from kubeadm_cfg.kinds._types import Type
from kubeadm_cfg.lookup import SHORT_NAMES
from kubeadm_cfg.meanings import Language, meaning, properties
from kubeadm_cfg.schema import MINORS, json_schema, summary

__all__ = ["Explanation", "KindInfo", "explain", "kinds"]


class KindInfo(NamedTuple):
    """One kind in one version: its names, the class, and the minors that read it."""

    api_version: str
    kind: str
    cls: str
    since: str | None
    until: str | None

    def __str__(self) -> str:
        span = f"{self.since} to {self.until}" if self.since else "no released minor"
        return f"{self.kind} ({self.api_version}): {self.cls}, read by {span}"


def kinds() -> tuple[KindInfo, ...]:
    """Every kind in every version: apiVersion, kind, the path of its class, and the first and last minor that reads it.

    >>> [info.cls for info in kinds() if info.kind == "KubeProxyConfiguration"]
    ['kubeadm_cfg.kubeproxy.v1alpha1.KubeProxyConfiguration']
    """
    return tuple(_info(api_version, kind) for api_version, kind in KINDS)


def _info(api_version: str, kind: str) -> KindInfo:
    cls = kind_of(api_version, kind)
    assert cls is not None  # it stands in KINDS
    reading = [minor for minor in MINORS if not json_schema(cls, minor).get("x-kubernetes-unread")]
    package, _, version = cls.__module__.rpartition(".")[2].partition("_")
    path = f"kubeadm_cfg.{package}.{version}.{kind}"
    return KindInfo(api_version, kind, path, reading[0] if reading else None, reading[-1] if reading else None)


class Explanation:
    """What is known of one kind or field: `str()` for people, `to_dict()` for programs, HTML in Jupyter."""

    __slots__ = ("api_version", "facts", "fields", "language", "path")

    def __init__(
        self, path: str, api_version: str, facts: dict[str, Any], fields: dict[str, str], language: Language
    ) -> None:
        self.path = path
        self.api_version = api_version
        self.facts = facts
        self.fields = fields
        self.language = language

    def to_dict(self) -> dict[str, Any]:
        """`path`, `apiVersion`, what is known (`type`, `default`, `since`, `gate`, `meaning` ...), `fields`."""
        return {"path": self.path, "apiVersion": self.api_version, **self.facts, "fields": dict(self.fields)}

    def __str__(self) -> str:
        lines = [f"{self.path}  ({self.api_version})", *("  " + self._said(*fact) for fact in self.facts.items())]
        if self.fields:
            width = max(map(len, self.fields))
            lines.append("  " + self._said("fields"))
            lines += (f"    {name:{width}}  {told}".rstrip() for name, told in self.fields.items())
        return "\n".join(lines)

    def _said(self, name: str, value: Any = None) -> str:
        if self.language == "zh":
            return f"{_LABELS[name]}：{'' if value is None else _shown(value)}"
        return f"{name}:" if value is None else f"{name}: {_shown(value)}"

    def __repr__(self) -> str:
        return f"<Explanation of {self.path}>"

    def _repr_html_(self) -> str:
        labels = _LABELS if self.language == "zh" else {name: name for name in self.facts}
        rows = [*((labels[name], _shown(value)) for name, value in self.facts.items()), *self.fields.items()]
        cells = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(told)}</td></tr>" for name, told in rows)
        head = f"{html.escape(self.path)} ({html.escape(self.api_version)})"
        return f"<table><caption>{head}</caption>{cells}</table>"


_LABELS: Final = {
    "type": "类型",
    "attribute": "属性",
    "read by": "支持的版本",
    "default": "默认值",
    "values": "取值",
    "since": "引入版本",
    "removed": "移除版本",
    "deprecated": "弃用",
    "gate": "特性门控",
    "meaning": "含义",
    "source": "来源",
    "fields": "字段",
}
"""What the facts are called in Chinese."""


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) or '""' for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def explain(
    what: str | type[Kind], *, api_version: str | None = None, kubernetes: str | None = None, language: Language = "en"
) -> Explanation:
    """What a kind or field is: type, default, since and removed, feature gate, meaning, and the fields within it.

    Args:
        what: ``"ClusterConfiguration.networking.podSubnet"``, ``"kubelet.maxPods"``, a kind alone, or a class.
        api_version: the version to look at (``"v1beta3"`` or whole); the newest one that has the path otherwise.
        kubernetes: the minor whose defaults and fields are told, the newest that reads it otherwise.
        language: "en", or "zh" where a Chinese meaning is written.

    Raises:
        ConfigError: there is no such kind or field; the message says what may be meant.

    >>> explain("ClusterConfiguration.networking.serviceSubnet").facts["default"]
    '10.96.0.0/12'
    """
    steps = _steps(what if isinstance(what, str) else what.KIND)
    name = SHORT_NAMES.get(steps[0].replace("-", "_"), steps[0])
    classes = [what] if isinstance(what, type) else _classes(name, api_version)
    missing: ConfigError | None = None
    for cls in classes:
        try:
            return _explained(cls, steps[1:], kubernetes, language)
        except ConfigError as error:
            missing = missing or error
    assert missing is not None  # there is one class at least
    raise missing


def _steps(what: str) -> list[str]:
    """`a.b[0].c` by its names; indices and brackets say nothing about a type."""
    names = [step.partition("[")[0] for step in what.split(".")]
    return [name for name in names if name] or [what]


def _classes(name: str, api_version: str | None) -> list[type[Kind]]:
    """The classes of a kind, the stable of them first and newest of those."""
    versions = [version for version, kind in KINDS if kind == name]
    if not versions:
        known = {kind.casefold(): kind for _, kind in KINDS} | {short: short for short in SHORT_NAMES}
        close = [known[match] for match in get_close_matches(name.casefold(), known, n=1)]
        close = close or [f"{kind}.{name}" for kind in _kinds_with(name)]
        raise ConfigError(f"there is no kind {name!r}" + (f"; did you mean {' or '.join(close)}?" if close else ""))
    if api_version is not None:
        versions = [version for version in versions if api_version in (version, version.partition("/")[2])]
        if not versions:
            raise ConfigError(f"{name} has no version {api_version!r}")
    read = [version for version in versions if version != "kubeadm.k8s.io/v1"]  # no released minor reads v1
    ordered = [*reversed(read), *(version for version in versions if version not in read)]
    return [cls for version in ordered if (cls := kind_of(version, name)) is not None]


def _kinds_with(name: str) -> list[str]:
    """The kinds of a kubeadm file that have a field of that name, for who left the kind away."""
    found = {SHORT_NAMES[short]: _classes(SHORT_NAMES[short], None)[0] for short in SHORT_NAMES}
    return [kind for kind, cls in found.items() if name in fields_of(cls).by_json]


def _explained(cls: type[Kind], steps: list[str], kubernetes: str | None, language: Language) -> Explanation:
    owner: type[Configuration] | None = cls
    field: Field | None = None
    type_: Type | None = None
    path = cls.KIND
    for step in steps:
        if owner is None:
            if type_ is not None and type_.item is not None:
                type_ = type_.item  # a key of a map
                path += f".{step}"
                continue
            raise ConfigError(f"{path} is {type_}: there is no {step!r} in it")
        found = fields_of(owner).by_json.get(step)
        if found is None:
            close = get_close_matches(step, fields_of(owner).by_json, n=1)
            raise ConfigError(f"{path} has no field {step!r}" + (f"; did you mean {close[0]}?" if close else ""))
        field, type_, path = found, found.type, f"{path}.{step}"
        owner = field.object_class()
    facts: dict[str, Any] = {"type": "object" if type_ is None else _worded(type_)}
    if field is None:
        info = _info(cls.API_VERSION, cls.KIND)
        facts["read by"] = f"{info.since} to {info.until}" if info.since else "no released minor"
    else:
        facts |= {"attribute": field.attribute, **_facts(cls, field, kubernetes, language)}
    facts["source"] = _SOURCES[cls.API_VERSION.partition(".")[0]].format(version=cls.API_VERSION.partition("/")[2])
    fields = {} if owner is None else dict(_fields(cls, owner, language))
    return Explanation(path, cls.API_VERSION, facts, fields, language)


_HINTS: Final = {
    "default": "x-kubernetes-default",
    "values": "x-kubernetes-enum",
    "since": "x-kubernetes-since",
    "removed": "x-kubernetes-removed",
    "deprecated": "x-kubernetes-deprecated",
    "gate": "x-kubernetes-feature-gate",
}


_WORDS: Final = {"token": "bootstrap token", "flush": "duration, or whole number of nanoseconds"}
_SOURCES: Final = {
    "kubeadm": "kubernetes/kubernetes:cmd/kubeadm/app/apis/kubeadm/{version}/types.go",
    "kubelet": "kubernetes/kubelet:config/{version}/types.go",
    "kubeproxy": "kubernetes/kube-proxy:config/{version}/types.go",
}


def _worded(type_: Type) -> str:
    """A type in words: `list of Taint`, `map of boolean`."""
    if type_.item is not None:
        return f"{type_.name} of {_worded(type_.item)}"
    return type_.of or _WORDS.get(type_.name, type_.name)


def _facts(cls: type[Kind], field: Field, kubernetes: str | None, language: Language) -> dict[str, Any]:
    hints = _hints(cls, field, kubernetes)
    told = {name: hints[key] for name, key in _HINTS.items() if hints.get(key) not in (None, "")}
    written = meaning(cls, field.owner, field.json, language) if language == "zh" else None
    return told | {"meaning": written or summary(cls, field.owner, field.json) or ""}


def _hints(cls: type[Kind], field: Field, kubernetes: str | None) -> dict[str, Any]:
    """The hints at a minor; where that has not got the field, those of the newest minor that has."""
    for minor in (kubernetes, *reversed(MINORS)):
        found = properties(cls, field.owner, minor).get(field.json)
        if found is not None:
            return found
    return {}


def _fields(cls: type[Kind], owner: type[Configuration], language: Language) -> Iterator[tuple[str, str]]:
    for field in fields_of(owner):
        yield field.json, meaning(cls, owner, field.json, language) or ""
