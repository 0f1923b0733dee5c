"""The names Kubernetes knows: labels, subdomains, qualified names (`k8s.io/apimachinery/pkg/util/validation`)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_dns1123_label", "is_dns1123_subdomain", "is_label_value", "is_qualified_name"]

_LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?", re.ASCII)


def is_dns1123_label(text: str) -> bool:
    """Whether the text is a DNS label: at most 63 lower case letters, digits and dashes."""
    return len(text) <= 63 and _LABEL.fullmatch(text) is not None


def is_dns1123_subdomain(text: str) -> bool:
    """Whether the text is a DNS subdomain: labels with dots between, at most 253 characters."""
    return len(text) <= 253 and all(_LABEL.fullmatch(part) is not None for part in text.split("."))


def is_label_value(text: str) -> bool:
    """Whether the text can be the value of a label; an empty one can."""
    return not text or (len(text) <= 63 and _NAME.fullmatch(text) is not None)


def is_qualified_name(text: str) -> bool:
    """Whether the text is a name with an optional DNS subdomain and slash before it, as keys of labels are."""
    prefix, slash, name = text.rpartition("/")
    if slash and not is_dns1123_subdomain(prefix):
        return False
    return len(name) <= 63 and _NAME.fullmatch(name) is not None
