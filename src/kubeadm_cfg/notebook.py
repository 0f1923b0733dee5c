"""Objects, documents and files as HTML for notebooks. Every text is escaped, secrets are masked; nothing is edited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.kinds._base import Configuration, Field, Kind, fields_of, holds_something, is_set, state
from kubeadm_cfg.report import masked
from kubeadm_cfg.values import Duration

if TYPE_CHECKING:
    from kubeadm_cfg.document import Document
    from kubeadm_cfg.file import ConfigFile

__all__ = ["document_html", "file_html", "object_html"]


def object_html(obj: Configuration) -> str:
    """A table of what is set: the path of each field, its value, and what it is for when one points at it."""
    rows = "".join(
        f'<tr><th style="text-align:left" title="{escape(_meaning(obj, owner, field))}">{escape(path)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for path, owner, field, value in _rows(obj, "")
    )
    version = f" ({escape(obj.API_VERSION)})" if isinstance(obj, Kind) else ""
    return f"<table><caption>{escape(type(obj).__name__)}{version}</caption>{rows}</table>"


def _meaning(root: Configuration, owner: type[Configuration], field: Field) -> str:
    from kubeadm_cfg.meanings import meaning

    return (meaning(type(root), owner, field.json, "en") or "") if isinstance(root, Kind) else ""


def _rows(obj: Configuration, path: str) -> Iterator[tuple[str, type[Configuration], Field, str]]:
    for field in fields_of(type(obj)):
        if is_set(obj, field.attribute):
            here = f"{path}.{field.json}" if path else field.json
            if state(obj, field.attribute) == "null":
                yield here, type(obj), field, "null"
            elif field.attribute in obj._secret_:
                yield here, type(obj), field, "***"
            else:
                yield from _rows_of(getattr(obj, field.attribute), here, type(obj), field)


def _rows_of(
    value: Any, path: str, owner: type[Configuration], field: Field
) -> Iterator[tuple[str, type[Configuration], Field, str]]:
    if isinstance(value, Configuration) and holds_something(value):
        yield from _rows(value, path)
    elif isinstance(value, list) and value and isinstance(value[0], Configuration):
        for index, item in enumerate(value):
            yield from _rows_of(item, f"{path}[{index}]", owner, field)
    elif isinstance(value, dict) and any(isinstance(item, Configuration) for item in value.values()):
        for key, item in value.items():
            yield from _rows_of(item, f"{path}[{json.dumps(key, ensure_ascii=False)}]", owner, field)
    else:
        yield path, owner, field, masked(_shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, Configuration):
        return "{}"
    if isinstance(value, (str, Duration)) and value != "":
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def document_html(document: Document) -> str:
    """The document's text, all edits so far included."""
    return f"<pre>{escape(masked(document._text.strip()))}</pre>"


def file_html(file: ConfigFile) -> str:
    """The file's name and its documents, each to be folded away."""
    try:
        file._flush()
    except ConfigError as error:
        refused = f"<div>{escape(masked(str(error)))}</div>"
    else:
        refused = ""
    parts = "".join(
        f"<details open><summary>{escape(document.kind or 'no kind')} ({escape(document.api_version or '?')})</summary>"
        f"{document_html(document)}</details>"
        for document in file.documents
    )
    return f"<div><strong>{escape(file.name)}</strong>{refused}{parts}</div>"
