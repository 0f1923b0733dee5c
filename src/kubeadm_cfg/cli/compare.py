"""The command `diff`: what two files say differently, address by address. Layout does not count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from cyclopts import Parameter

from kubeadm_cfg.cli.common import CLEAN, FOUND, NAMES, options_gone_astray, read, shown
from kubeadm_cfg.cli.targets import config_toml

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.file import ConfigFile

__all__ = ["diff"]


def diff(
    old: Annotated[str, Parameter(name="OLD", help="A file; - is standard input.", allow_leading_hyphen=True)],
    new: Annotated[str, Parameter(name="NEW", help="Another one.", allow_leading_hyphen=True)],
    /,
) -> int:
    """Print what two files say differently, one address a line. Exit code 1 when something differs.

    Values are compared as data: comments, the order of keys, quotes and layout do not count. The order of a list does.
    """
    options_gone_astray((old, new))
    before, after = (list(_leaves_of(name)) for name in (old, new))
    matcher = SequenceMatcher(
        None, [leaf.compared for leaf in before], [leaf.compared for leaf in after], autojunk=False
    )
    code = CLEAN
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        code = FOUND
        for sign, leaf in [("-", leaf) for leaf in before[a:b]] + [("+", leaf) for leaf in after[c:d]]:
            print(f"{sign} {leaf.address}: {leaf.value}")
    return code


class Leaf(NamedTuple):
    address: str
    value: str
    compared: tuple[str, str]  # the address without list indices, and the value: a shifted item is the same item


_BARE = re.compile(r"[\w-]+")


def _leaves_of(name: str) -> Iterator[Leaf]:
    if name.endswith(".toml"):
        yield from _walk(config_toml(name).to_dict(), "containerd", "containerd", _in_toml)
    else:
        yield from _leaves(read(name))


def _leaves(f: ConfigFile) -> Iterator[Leaf]:
    """Every scalar and every empty map or list of the file, documents and keys in an order of their own.

    A document inside a ConfigMap counts as one of its own, and its string as none.
    """
    from kubeadm_cfg.config_maps import documents_in

    short = {kind: name for name, kind in NAMES.items()}
    seen: Counter[str] = Counter()
    documents = []
    for number, document in enumerate(f.documents):
        data = document.to_dict()
        inside = list(documents_in(document))
        for inner in inside:
            _take_out(data, inner)
        for each in (document, *inside):
            kind = each.kind or ""
            name = short.get(kind, kind) if kind and not seen[kind] else f"[{number}]"
            documents.append((kind, seen[kind], name, data if each is document else each.to_dict()))
            seen[kind] += 1
    for kind, occurrence, name, data in sorted(documents, key=lambda d: d[:2]):
        yield from _walk(data, name, f"{kind}#{occurrence}")


def _take_out(data: Any, inner: Document) -> None:
    """Leave out of the plain data of a document the string that `inner` stands in."""
    assert inner._outer is not None
    *steps, key = inner._outer[1]
    for step in steps:
        data = data[step]
    data.pop(key, None)  # gone already where the string holds several documents


def _in_yaml(key: str) -> str:
    return f".{key}" if _BARE.fullmatch(key) else f"[{json.dumps(key, ensure_ascii=False)}]"


def _in_toml(key: str) -> str:
    from kubeadm_cfg.containerd.scan import key_text

    return f".{key_text(key)}"


def _walk(value: Any, address: str, compared: str, step: Callable[[str], str] = _in_yaml) -> Iterator[Leaf]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _walk(value[key], address + step(key), compared + step(key), step)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _walk(item, f"{address}[{index}]", f"{compared}[]", step)
    else:
        text = shown(value, as_json=True)
        yield Leaf(address, text, (compared, text))
