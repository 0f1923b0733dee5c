"""The text of a document that is new in a file. Where it goes is the file's business."""

from __future__ import annotations

from kubeadm_cfg import convert
from kubeadm_cfg.errors import EditError
from kubeadm_cfg.findings import misfit, path_text
from kubeadm_cfg.incoming import as_plain
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.source.comments import hashed
from kubeadm_cfg.source.render import Layout, mapping_lines

__all__ = ["document_text"]


def document_text(obj: Kind, comment: str | None, newline: str) -> str:
    """The lines of a document that holds `obj`, below a comment if one is given.

    Raises:
        EditError: a value does not fit its field, or the comment holds control characters.
    """
    if not isinstance(obj, Kind):
        raise TypeError(f"a document is an object of a kind such as ClusterConfiguration, not {type(obj).__name__}")
    data = as_plain(obj)
    assert isinstance(data, dict)  # an object is a mapping
    wrong = misfit(type(obj), (), data)
    if wrong is not None:
        raise EditError(f"{obj.KIND}: {path_text(wrong.path)} {wrong.message}")
    lines = hashed(comment or "") + mapping_lines(data, 0, convert.shape(type(obj)), Layout())
    return newline.join(lines) + newline
