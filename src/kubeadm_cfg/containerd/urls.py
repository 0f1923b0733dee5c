"""URLs and host names as Go's net/url and net read them. What is asked at them is decided elsewhere."""

from __future__ import annotations

import posixpath
import re
from typing import Final, NamedTuple
from urllib.parse import unquote

__all__ = ["Url", "clean", "is_localhost", "parse", "port_of"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Escapes of a host stand for bytes beyond ASCII, or for the percent sign itself.
_HOST_ESCAPE: Final = re.compile(r"%(?!25|[89A-Fa-f][0-9A-Fa-f])")
_HOST: Final = re.compile(r"""(?:[A-Za-z0-9._~!$&'()*+,;=:\[\]<>"%-]|[^\x00-\x7f])*""")
_USER: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_PORT: Final = re.compile(r"(?::[0-9]*)?", re.ASCII)


class Url(NamedTuple):
    """What url.Parse finds of a URL; the path without escapes."""

    scheme: str
    host: str
    path: str


def parse(text: str) -> Url:
    """The parts of a URL.

    Raises:
        ValueError: net/url does not parse it.

    >>> parse("https://mirror.test:5000/proxy/%41?x=1")
    Url(scheme='https', host='mirror.test:5000', path='/proxy/A')
    """
    rest = text.partition("#")[0]
    if any(character < " " or character == "\x7f" for character in rest):
        raise ValueError("a URL holds no control characters")
    match = _SCHEME.fullmatch(rest)
    scheme = match[1].lower() if match else ""
    rest = (match[2] if match else rest).partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, "", "")  # opaque
        if ":" in rest.partition("/")[0]:
            raise ValueError(f"{text!r}: no colon in the first part of a path")
    host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        host, rest = _host(authority, text), slash + rest
    if _ESCAPE.search(rest):
        raise ValueError(f"{text!r}: a percent sign without two digits")
    return Url(scheme, host, unquote(rest))


def _host(authority: str, text: str) -> str:
    user, _, host = authority.rpartition("@")
    start = host.rfind("]") + 1 if host.startswith("[") else max(host.rfind(":"), 0)
    port = host[start:] if host.startswith("[") or ":" in host else ""
    opened = host.startswith("[") and "]" not in host
    if opened or not _PORT.fullmatch(port) or not _HOST.fullmatch(host) or not _USER.fullmatch(user):
        raise ValueError(f"{text!r}: no host and port")
    if _HOST_ESCAPE.search(host):
        raise ValueError(f"{text!r}: an escape that a host may not hold")
    return unquote(host)


def clean(path: str) -> str:
    """A path as Go's path.Clean leaves it.

    >>> clean("//a/../b/")
    '/b'
    """
    cleaned = posixpath.normpath(path)
    return "/" + cleaned.lstrip("/") if path.startswith("/") else cleaned


def port_of(host: str) -> str:
    """The port as net.SplitHostPort finds it: none when there is none, or when a bare IPv6 address hides it."""
    match = re.fullmatch(r"(?:\[[^\[\]]*\]|[^:\[\]]*):([^:]*)", host)
    return match[1] if match else ""


def is_localhost(host: str) -> bool:
    """Whether containerd takes a host, with its port or without, for the node itself."""
    from kubeadm_cfg.addresses import parse_ip

    match = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^:\[\]]*)):[^:]*", host)
    name = (match[1] or match[2] or "") if match else host
    address = parse_ip(name)
    return name == "localhost" or (address is not None and bool(address.is_loopback()))
