"""Texts as kubeadm and Go's library read them: URLs, host and port, image repositories, durations, file paths."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kubeadm_cfg.addresses import sloppy_ip
from kubeadm_cfg.checks.names import is_dns1123_subdomain
from kubeadm_cfg.numbers import is_port

__all__ = [
    "Url",
    "UrlError",
    "host_port",
    "is_endpoint",
    "is_full_image_name",
    "is_repository",
    "is_san",
    "is_token",
    "parse_url",
]

_TOKEN: Final = re.compile(r"[a-z0-9]{6}\.[a-z0-9]{16}", re.ASCII)
_DOMAIN_PART: Final = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST: Final = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*", re.ASCII)
_MAX_NAME: Final = 255
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_USER: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*", re.ASCII)
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
# In the name of a host an escape may stand for what is not ASCII, or for the percent sign of a zone.
_BAD_HOST: Final = re.compile(r"[\x00-\x20\\^`{|}\x7f]|%(?![89A-Fa-f][0-9A-Fa-f]|25)")


class UrlError(ValueError):
    """A text that Go's `url.Parse` refuses."""


def is_token(text: str) -> bool:
    """Whether the text is a bootstrap token."""
    return _TOKEN.fullmatch(text) is not None


def is_san(text: str) -> bool:
    """Whether the text can stand in a certificate: an address, a DNS name, or one with a star as its first label."""
    if is_dns1123_subdomain(text) or sloppy_ip(text) is not None:
        return True
    return text.startswith("*.") and is_dns1123_subdomain(f"a{text[1:]}")  # the star counts as one character


def is_repository(text: str) -> bool:
    """Whether images can be named below the text, as distribution's reference grammar has it."""
    return _REPOSITORY.fullmatch(f"{text}/name") is not None


def is_full_image_name(text: str) -> bool:
    """Whether the text is an image's name that Docker's short forms would not change: with its host, without a tag.

    >>> is_full_image_name("registry.k8s.io/pause"), is_full_image_name("nginx"), is_full_image_name("a.io/b:1")
    (True, False, False)
    """
    host, slash, path = text.partition("/")
    if len(text) > _MAX_NAME or not slash or _REPOSITORY.fullmatch(text) is None:
        return False
    is_host = host == "localhost" or any(mark in host for mark in ".:") or host.lower() != host
    return is_host and host != "index.docker.io" and (host != "docker.io" or "/" in path)


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


def is_endpoint(text: str) -> bool:
    """Whether the text is a control plane endpoint: host, or host and port."""
    host, port = host_port(text) or (text, "")
    if port and (port.startswith("+") or not is_port(port)):  # read as unsigned: no sign
        return False
    return sloppy_ip(host) is not None or is_dns1123_subdomain(host)


# -- URLs, as Go's net/url takes them apart ----------------------------------------------------------------------------
class Url(NamedTuple):
    """What rules ask of a URL: its scheme in lower case, empty when it has none, and its path."""

    scheme: str
    path: str


def parse_url(text: str) -> Url:
    """The parts of a URL that rules look at.

    Raises:
        UrlError: Go's `url.Parse` refuses the text.

    >>> parse_url("https://10.0.0.1:2379").scheme, parse_url("etcd:2379").scheme, parse_url("/run/x")
    ('https', 'etcd', Url(scheme='', path='/run/x'))
    """
    if any(ord(character) < 0x20 or character == "\x7f" for character in text):
        raise UrlError("invalid control character in URL")
    text, _, fragment = text.partition("#")
    scheme, rest = _scheme_of(text)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            rest = ""  # opaque: nothing of it is looked at
        elif ":" in rest.partition("/")[0]:
            raise UrlError("first path segment in URL cannot contain colon")
    elif rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        _check_authority(authority)
        rest = slash + path
    for part in (rest, fragment):
        if _ESCAPE.search(part):
            raise UrlError("invalid URL escape")
    return Url(scheme, rest)


def _scheme_of(text: str) -> tuple[str, str]:
    if text.startswith(":"):
        raise UrlError("missing protocol scheme")
    found = _SCHEME.match(text)
    return (found[1].lower(), text[found.end() :]) if found else ("", text)


def _check_authority(authority: str) -> None:
    user, at, host = authority.rpartition("@")
    if at and (_USER.fullmatch(user) is None or _ESCAPE.search(user)):
        raise UrlError("invalid userinfo")
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            raise UrlError("missing ']' in host")
        port = host[end + 1 :]
    else:
        port = host[host.rfind(":") :] if ":" in host else ""
    if port and re.fullmatch(r":[0-9]*", port, re.ASCII) is None:
        raise UrlError(f"invalid port {port!r} after host")
    if _BAD_HOST.search(host):
        raise UrlError("invalid character in host name")
