"""Objects from plain data, and fresh files from objects. Files that exist are edited elsewhere, never written anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from kubeadm_cfg.adding import document_text
from kubeadm_cfg.convert import kind_of, structure, unstructure
from kubeadm_cfg.errors import DecodeError
from kubeadm_cfg.findings import findings
from kubeadm_cfg.incoming import as_plain
from kubeadm_cfg.kinds._base import Configuration, Kind, place_at
from kubeadm_cfg.meanings import Language, meaning
from kubeadm_cfg.report import Problem
from kubeadm_cfg.source.printed import printed

__all__ = ["dumps", "from_dict"]

Order = Literal["go", "kubeadm"]


def from_dict(data: dict[str, Any], strict: bool = True) -> Kind:
    """The typed object that plain data with JSON names stands for; its apiVersion and kind say which.

    Args:
        data: a document as `to_dict` gives it; durations may be `Duration` too.
        strict: refuse fields that the kind does not have; otherwise they are dropped, as by Kubernetes' lenient reader.

    Raises:
        DecodeError: no such kind, or something does not decode; `.problems` has every place.

    >>> kind = {"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration"}
    >>> from_dict({**kind, "mode": "ipvs"}).mode
    'ipvs'
    """
    plain = as_plain(data)
    if not isinstance(plain, dict):
        raise DecodeError(f"a document is a mapping, {type(data).__name__} is not")
    named = plain.get("apiVersion"), plain.get("kind")
    cls = kind_of(*named)  # type: ignore[arg-type]  # anything but two texts is no kind
    if cls is None:
        raise DecodeError(f"apiVersion {named[0]!r}, kind {named[1]!r} is no kind this library knows")
    wrong = [finding for finding in findings(cls, plain) if strict or finding.code != "strict.unknown"]
    if not wrong:
        return structure(cls, plain)
    problems = [
        Problem("error", finding.code, str(finding), type=finding.type, kind=cls.KIND, remedy=finding.remedy)
        for finding in wrong
    ]
    raise DecodeError(f"this is no {cls.KIND} of {cls.API_VERSION}", problems=problems)


def dumps(obj: Kind, *more: Kind, order: Order = "go", comments: Language | None = None) -> str:
    """The text of a fresh file that holds the objects, one document each.

    Args:
        obj: the first object; `more` follow it, in their order.
        order: "go" writes apiVersion and kind first and then the fields as Go declares them; "kubeadm" sorts all keys
            and leaves lists unindented, as `kubeadm config` prints them.
        comments: put above each key what it is for, in English or Chinese; only with the order "go".

    Raises:
        EditError: a value does not fit its field.
        ValueError: comments with the order "kubeadm", which has none.

    >>> from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration
    >>> print(dumps(KubeProxyConfiguration(mode="ipvs")), end="")
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: ipvs
    """
    if order not in ("go", "kubeadm"):
        raise ValueError(f'order is "go" or "kubeadm", not {order!r}')
    if comments is not None and (order == "kubeadm" or comments not in ("en", "zh")):
        raise ValueError('comments are "en" or "zh", and only with the order "go"')
    texts = [document_text(each, None, "\n") for each in (obj, *more)]
    if order == "kubeadm":
        return "---\n".join(printed(unstructure(each)) for each in (obj, *more))
    if comments is not None:
        texts = [_commented(text, each, comments) for text, each in zip(texts, (obj, *more), strict=True)]
    return "---\n".join(texts)


# -- comments ----------------------------------------------------------------------------------------------------------
def _commented(text: str, obj: Kind, language: Language) -> str:
    from kubeadm_cfg.file import loads

    file = loads(text)
    (document,) = file.documents
    for path, owner, name in _fields(obj):
        told = meaning(type(obj), owner, name, language)
        if told:
            document.set_comment(path, told)
    return file.text


def _fields(obj: Kind) -> Iterator[tuple[list[str | int], type[Configuration], str]]:
    """Where each field that is written is told of, from the outside in; of a list of objects only the first is.

    The first key of such an object shares its line with the dash: it is told of above the object.
    """

    def inside(value: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], type[Configuration], str]]:
        if isinstance(value, dict):
            for number, (key, item) in enumerate(value.items()):
                behind_dash = not number and bool(path) and isinstance(path[-1], int)
                place = place_at(type(obj), [*path, key])
                if place is not None and place[0].json == key:
                    yield path if behind_dash else [*path, key], place[0].owner, key
                yield from inside(item, [*path, key])
        elif isinstance(value, list) and value:
            yield from inside(value[0], [*path, 0])

    yield from inside(unstructure(obj), [])
