"""Texts as kubeadm and Go's library read them: URLs, host and port, image repositories, durations, file paths."""

from __future__ import annotations

import re
from typing import Final

from kubeadm_cfg.checks.component import sloppy_ip
from kubeadm_cfg.checks.names import is_dns1123_subdomain

__all__ = ["UrlError", "host_port", "is_endpoint", "is_port", "is_repository", "is_san", "is_token", "url_scheme"]

_TOKEN: Final = re.compile(r"[a-z0-9]{6}\.[a-z0-9]{16}", re.ASCII)
_DOMAIN_PART: Final = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST: Final = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*", re.ASCII)
_MAX_REFERENCE: Final = 255
_MAX_PORT: Final = 65535
_BAD_HOST: Final = re.compile(r"[\x00-\x20\"<>\\^`{|}\x7f]")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class UrlError(ValueError):
    """A text that Go's `url.Parse` refuses."""


def is_token(text: str) -> bool:
    """Whether the text is a bootstrap token."""
    return _TOKEN.fullmatch(text) is not None


def is_san(text: str) -> bool:
    """Whether the text can stand in a certificate: an address, a DNS name, or one with a star as its first label."""
    if is_dns1123_subdomain(text) or sloppy_ip(text) is not None:
        return True
    return text.startswith("*.") and is_dns1123_subdomain(text[2:])


def is_repository(text: str) -> bool:
    """Whether images can be named below the text, as distribution's reference grammar has it."""
    named = f"{text}/name"
    return len(named) <= _MAX_REFERENCE and _REPOSITORY.fullmatch(named) is not None


def host_port(text: str) -> tuple[str, str] | None:
    """Host and port as `net.SplitHostPort` cuts them; None where it refuses.

    >>> host_port("[fd00::1]:6443"), host_port("fd00::1")
    (('fd00::1', '6443'), None)
    """
    before, colon, port = text.rpartition(":")
    if not colon:
        return None
    if before.startswith("["):
        end = before.find("]")
        if end != len(before) - 1:
            return None
        host = before[1:end]
    else:
        host = before
        if ":" in host:
            return None
    if "[" in host or "]" in host or "[" in port or "]" in port:
        return None
    return host, port


def is_port(text: str) -> bool:
    """Whether the text is a port number from 1 to 65535."""
    return re.fullmatch(r"\+?[0-9]{1,9}", text, re.ASCII) is not None and 1 <= int(text) <= _MAX_PORT


def is_endpoint(text: str) -> bool:
    """Whether the text is a control plane endpoint: host, or host and port."""
    cut = host_port(text)
    if cut is None:
        host = text
        if host.count(":") == 1:
            host = host.rstrip(":")
    else:
        host, port = cut
        if port and not is_port(port):
            return False
    return sloppy_ip(host) is not None or is_dns1123_subdomain(host)


def url_scheme(text: str) -> str:
    """The scheme of a URL in lower case, empty when it has none.

    Raises:
        UrlError: Go's `url.Parse` refuses the text.

    >>> url_scheme("https://10.0.0.1:2379"), url_scheme("etcd:2379"), url_scheme("/run/x")
    ('https', 'etcd', '')
    """
    if any(ord(character) < 0x20 or character == "\x7f" for character in text):
        raise UrlError("invalid control character in URL")
    text = text.partition("#")[0]
    scheme, rest = _scheme_of(text)
    if rest.startswith("//") and not rest.startswith("///"):
        authority, slash, path = rest[2:].partition("/")
        authority = authority.partition("?")[0] if not slash else authority
        _check_authority(authority)
        rest = slash + path
    elif not scheme and not rest.startswith("/") and ":" in rest.partition("/")[0].partition("?")[0]:
        raise UrlError("first path segment in URL cannot contain colon")
    elif scheme and not rest.startswith("/"):
        return scheme  # opaque
    if _ESCAPE.search(rest.partition("?")[0]):
        raise UrlError("invalid URL escape")
    return scheme


def _scheme_of(text: str) -> tuple[str, str]:
    for position, character in enumerate(text):
        if character == ":":
            if position == 0:
                raise UrlError("missing protocol scheme")
            return text[:position].lower(), text[position + 1 :]
        if character.isascii() and character.isalpha():
            continue
        if position and character in "0123456789+-.":
            continue
        break
    return "", text


def _check_authority(authority: str) -> None:
    host = authority.rpartition("@")[2]
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            raise UrlError("missing ']' in host")
        port = host[end + 1 :]
    else:
        port = host[host.rfind(":") :] if ":" in host else ""
        if _BAD_HOST.search(host) or _ESCAPE.search(host):
            raise UrlError("invalid character in host name")
    if port and re.fullmatch(r":[0-9]*", port, re.ASCII) is None:
        raise UrlError(f"invalid port {port!r} after host")
