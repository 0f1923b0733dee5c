"""Bytes to text, as Kubernetes reads a file: UTF-8, with or without a byte order mark."""

from __future__ import annotations

from kubeadm_cfg.errors import ParseError
from kubeadm_cfg.report import problem_at

__all__ = ["decoded"]

_BOM = b"\xef\xbb\xbf"
_OTHER = (b"\xff\xfe", b"\xfe\xff")


def decoded(raw: bytes, name: str) -> tuple[str, bool]:
    """The text of a file without its byte order mark, and whether it had one.

    Raises:
        ParseError: the bytes are not UTF-8; the problem has the line and column of the first that is not.
    """
    bom = raw.startswith(_BOM)
    if bom:
        raw = raw[3:]
    try:
        return raw.decode("utf-8"), bom
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        shown = before + raw[error.start : error.start + 80].decode("utf-8", "replace").split("\n")[0]
        remedy = "save the file as UTF-8"
        if raw.startswith(_OTHER):
            remedy = "the file looks like UTF-16: save it as UTF-8"
        elif _is_gbk(raw):
            remedy = "the file looks like GBK: save it as UTF-8"
        problem = problem_at(
            name,
            shown,
            len(before),
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            code="yaml.encoding",
            remedy=remedy,
        )
        raise ParseError(f"{name}: not UTF-8", [problem]) from None


def _is_gbk(raw: bytes) -> bool:
    """Whether the bytes read as GBK with Chinese characters, the usual other encoding of Chinese editors."""
    try:
        text = raw.decode("gbk")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= character <= "\u9fff" for character in text)
