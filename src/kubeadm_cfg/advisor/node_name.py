"""What a node should be called: the grammar of names, and why an address is a poor one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from kubeadm_cfg.addresses import parse_ip
from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.files import File
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.placing import InDocument
from kubeadm_cfg.advisor.wording import about_minor, reason

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["node_name"]

_LONGEST: Final = 253
_OTHER: Final = re.compile(r"[^a-z0-9.-]")
_KINDS: Final = ("InitConfiguration", "JoinConfiguration")


def node_name(
    *,
    name: str | None = None,
    hostname: str | None = None,
    address: str | None = None,
    kubernetes: str | None = None,
    f: File | Iterable[File] | None = None,
    host: Host | None = None,
) -> Advice:
    """The name of a node: the wanted one or the host's, in the form Kubernetes takes, and never an address.

    Args:
        name: the name that is wanted.
        hostname: the machine's own name.
        address: the machine's address.
        kubernetes: the version, as in "1.34"; None: the newest known.
        f: files that say what was not given.
        host: the machine, for what was not given.

    Raises:
        ValueError: `address` is no address, or a name is no text.

    >>> node_name(name="192.168.6.149").choice, node_name(hostname="Node_1.Example.com").choice
    ('node-192-168-6-149', 'node-1.example.com')
    """
    known = Known(f, host)
    k = known.kubernetes(kubernetes)
    wanted = {"name": _text("name", name), "hostname": _text("hostname", hostname)}
    if wanted["name"] is None:
        wanted["name"] = next(filter(None, (known.text(kind, "nodeRegistration.name") for kind in _KINDS)), None)
    if wanted["hostname"] is None:
        wanted["hostname"] = known.host.name
    at = _address(address, known)
    reasons, warnings = ["kubeadm-lower-cases"], []
    choice = given = None
    for origin, text in wanted.items():
        if text is None:
            continue
        cleaned = _cleaned(text)
        named = _as_address(text) or _as_address(cleaned)
        if named is not None:
            at = at or named
            reasons.append("seed-hostname-not-ip")
            warnings.append("ip-as-node-name")
            continue
        if cleaned:
            choice, given = cleaned, text
            reasons += ["hostname-used"] if origin == "hostname" else []
            break
    if choice is None and at is not None:
        choice = f"node-{_exploded(at)}"
        reasons.append("name-from-address")
    if given is not None and choice != given:
        reasons.append("node-name-grammar")
        warnings.append("name-changed")
    if choice is None:
        warnings.append("hostname-at-run-time")
    values = {"choice": choice, "given": given, "address": at}
    return Advice(
        function="node_name",
        choice=choice,
        reasons=tuple(reason(one, **values) for one in reasons),
        warnings=(*(reason(one, **values) for one in warnings), *about_minor(k)),
        settings={} if choice is None else {"nodeRegistration.name": choice},
        edits=() if choice is None else (InDocument(_KINDS, "nodeRegistration.name", choice),),
        about={"kubernetes": k},
    )


def _text(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is not None and value.strip() else None
    raise ValueError(f"{name} is a text, not {value!r}")


def _address(value: Any, known: Known) -> str | None:
    if value is not None:
        found = _as_address(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f"address is an IP address such as 192.168.6.149, not {value!r}")
        return found
    texts = (
        known.text("InitConfiguration", "localAPIEndpoint.advertiseAddress"),
        known.text("JoinConfiguration", "controlPlane.localAPIEndpoint.advertiseAddress"),
        *(known.host.addresses or ()),
    )
    return next((found for text in texts if text and (found := _as_address(text)) is not None), None)


def _as_address(text: str) -> str | None:
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    found = parse_ip(bare)
    return None if found is None else str(found)


def _cleaned(text: str) -> str:
    """The text as a DNS-1123 subdomain; empty when nothing of it is left."""
    labels = _OTHER.sub("-", text.strip().lower()).split(".")
    whole = ".".join(label for one in labels if (label := one.strip("-")))
    return whole[:_LONGEST].rstrip("-.")


def _exploded(address: str) -> str:
    """All digits of an address, dashes between its groups."""
    from netaddr import IPAddress, ipv6_verbose

    found = IPAddress(address)
    if found.version == 4:
        return address.replace(".", "-")
    return str(found.format(ipv6_verbose)).replace(":", "-")
