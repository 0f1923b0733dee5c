"""Strategies for configuration: plain data, typed objects and texts, of any kind and minor, odd or valid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from kubeadm_cfg.checks.fields import unknown, without
from kubeadm_cfg.convert import kind_of, structure
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of
from kubeadm_cfg.kinds._types import Type
from kubeadm_cfg.schema import MINORS, kinds_read_by
from kubeadm_cfg.source.path import parse
from kubeadm_cfg.testing.values import KEYS, SCALARS, SENSIBLE, SENSIBLE_SCALARS
from kubeadm_cfg.testing.writing import rendered, styles

__all__ = ["data_of", "documents", "objects", "texts", "values_of"]

Data = dict[str, Any]
KindLike = str | type[Kind] | Iterable[str | type[Kind]] | None


# -- plain data --------------------------------------------------------------------------------------------------------
def values_of(field: Field, type_: Type, depth: int = 3, *, sensible: bool = False) -> st.SearchStrategy[Any]:
    """Plain data of one field, null excepted; empty lists, maps and objects included."""
    if type_.of is not None:
        return data_of(field.class_of(type_), depth - 1, sensible=sensible)
    if type_.item is not None:
        items = values_of(field, type_.item, depth - 1, sensible=sensible)
        if type_.name == "map":
            return st.dictionaries(st.sampled_from(KEYS), items, max_size=3)
        return st.lists(items, max_size=3)
    if not sensible:
        return SCALARS[type_.name]
    known = SENSIBLE.get(f"{field.owner.__name__}.{field.json}") or SENSIBLE.get(field.json)
    return st.sampled_from(known) if known else SENSIBLE_SCALARS[type_.name]


def data_of(cls: type[Configuration], depth: int = 3, *, sensible: bool = False) -> st.SearchStrategy[Data]:
    """Plain data that decodes into `cls`, kind or part of one: some of its fields, few of them null."""
    fields = fields_of(cls).ordered

    def drawn(draw: st.DrawFn) -> Data:
        if depth < 0 or not fields:
            return {}
        names = draw(st.lists(st.sampled_from(fields), max_size=4, unique_by=lambda field: field.json))
        data: Data = {}
        for field in names:
            is_null = not sensible and field.type.name != "duration" and draw(st.integers(0, 11)) == 0
            data[field.json] = None if is_null else draw(values_of(field, field.type, depth, sensible=sensible))
        return data

    return st.composite(drawn)()


@st.composite
def documents(
    draw: st.DrawFn,
    kind: KindLike = None,
    *,
    kubernetes: str | None = None,
    valid: bool = False,
    unknown_fields: bool = False,
) -> Data:
    """Plain data of documents that Kubernetes' decoder accepts, with apiVersion and kind.

    Args:
        draw: given by Hypothesis.
        kind: a name (`"ClusterConfiguration"`, in all versions), a class, a base of all versions, or several of these;
            every kind otherwise.
        kubernetes: only versions and fields that this minor (`"1.31"`) has; any version and field otherwise.
        valid: only what the programs of that minor, the newest that reads the document otherwise, accept as well.
        unknown_fields: sometimes with a field that nobody knows.

    Raises:
        ValueError: that minor reads none of the kinds.

    >>> import kubeadm_cfg as kc
    >>> from hypothesis import given
    >>> @given(documents("KubeletConfiguration", kubernetes="1.34", valid=True))
    ... def check(data):
    ...     assert kc.check_text(kc.dumps(kc.from_dict(data)), kubernetes="1.34", rules="kubernetes").ok
    >>> check()
    """
    api_version, name = draw(st.sampled_from(_pairs(kind, kubernetes, valid=valid)))
    cls = _class(api_version, name)
    minor = kubernetes or (_newest_reading(api_version, name) if valid else None)
    data: Data = draw(data_of(cls, sensible=valid))
    if minor is not None:
        data = without(data, unknown(cls, api_version, data, int(minor.split(".")[1])))
    named: Data = {"apiVersion": api_version, "kind": name}
    data = named | data
    if valid:
        assert minor is not None
        data = _accepted(data, minor)
    if unknown_fields and draw(st.booleans()):
        data["x-unknown"] = draw(st.sampled_from([1, "text", [1, {"a": None}], {"b": ["c", 2]}]))
    return data


def _class(api_version: str, name: str) -> type[Kind]:
    found = kind_of(api_version, name)
    assert found is not None  # it stands in KINDS
    return found


def _pairs(kind: KindLike, kubernetes: str | None, *, valid: bool) -> Sequence[tuple[str, str]]:
    wanted = (kind,) if kind is None or isinstance(kind, (str, type)) else tuple(kind)
    known = KINDS if kubernetes is None else kinds_read_by(".".join(kubernetes.removeprefix("v").split(".")[:2]))
    found = [pair for pair in known if any(_is_meant(one, pair) for one in wanted)]
    found = [pair for pair in found if not valid or _newest_reading(*pair)]
    if not found:
        raise ValueError(f"Kubernetes {kubernetes or ''} reads none of these: {kind}")
    return found


def _is_meant(kind: str | type[Kind] | None, pair: tuple[str, str]) -> bool:
    if isinstance(kind, type):
        return issubclass(_class(*pair), kind) if pair[1] == kind.__name__.removeprefix("Any") else False
    return kind is None or kind == pair[1]


def _newest_reading(api_version: str, name: str) -> str | None:
    return next((minor for minor in reversed(MINORS) if (api_version, name) in kinds_read_by(minor, [name])), None)


# -- what the programs accept ------------------------------------------------------------------------------------------
_LEAST: Final[dict[str, Data]] = {
    "JoinConfiguration": {
        "discovery": {
            "bootstrapToken": {
                "token": "abcdef.0123456789abcdef",
                "apiServerEndpoint": "192.0.2.10:6443",
                "unsafeSkipCAVerification": True,
            }
        }
    }
}
"""What a kind needs to be accepted at all; the others need nothing."""


def _accepted(data: Data, minor: str) -> Data:
    """`data` without the fields that the programs refuse, on top of what its kind needs."""
    from kubeadm_cfg.checks.asking import check_text

    meta = {name: data[name] for name in ("apiVersion", "kind")}
    least = _LEAST.get(data["kind"], {})
    rest = least | {name: value for name, value in data.items() if name not in meta}
    while rest != least:
        errors = check_text(_text(meta | rest), kubernetes=minor, rules="kubernetes").errors
        if not errors:
            break
        blamed = {step for problem in errors for step in parse(problem.path or "")[:1]}
        smaller = {name: value for name, value in rest.items() if name not in blamed}
        smaller |= {name: value for name, value in least.items() if name in blamed}
        rest = smaller if smaller != rest else least  # where no field is to blame, it is what is missing
    return meta | rest


def _text(data: Data) -> str:
    from kubeadm_cfg.dumping import dumps, from_dict

    return dumps(from_dict(data))


# -- objects and texts -------------------------------------------------------------------------------------------------
def objects(kind: KindLike = None, *, kubernetes: str | None = None, valid: bool = False) -> st.SearchStrategy[Any]:
    """Typed objects; the arguments are those of `documents`.

    >>> import kubeadm_cfg as kc
    >>> from hypothesis import given
    >>> @given(objects())
    ... def check(obj):
    ...     assert kc.from_dict(kc.to_dict(obj)) == obj
    >>> check()
    """
    return documents(kind, kubernetes=kubernetes, valid=valid).map(
        lambda data: structure(_class(data["apiVersion"], data["kind"]), data)
    )


@st.composite
def texts(
    draw: st.DrawFn,
    kind: KindLike = None,
    *,
    kubernetes: str | None = None,
    valid: bool = False,
    max_documents: int = 3,
) -> str:
    """Texts of files, written in every style that people and programs use; the arguments are those of `documents`.

    Args:
        draw: given by Hypothesis.
        kind: of which kinds the documents are.
        kubernetes: the minor that has their fields.
        valid: whether each of them, by itself, is accepted.
        max_documents: how many documents a file has at most; one at least.

    >>> import kubeadm_cfg as kc
    >>> from hypothesis import given
    >>> @given(texts("KubeProxyConfiguration"))
    ... def check(text):
    ...     assert kc.loads(text).text == text
    >>> check()
    """
    found = draw(st.lists(documents(kind, kubernetes=kubernetes, valid=valid), min_size=1, max_size=max_documents))
    return rendered(found, draw(styles()))
