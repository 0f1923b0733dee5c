"""NetConf and a class for every backend: attributes that read and edit JSON in place. Verdicts are not given here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, overload

from kubeadm_cfg.errors import DecodeError
from kubeadm_cfg.flannel.facts import facts
from kubeadm_cfg.flannel.reader import JsonError, Value, fold, lowered, parse
from kubeadm_cfg.report import problem_at

if TYPE_CHECKING:
    from typing import Self

    from kubeadm_cfg.document import Document

__all__ = [
    "BACKEND_CLASSES",
    "AliVpc",
    "Alloc",
    "AwsVpc",
    "Backend",
    "Extension",
    "Gce",
    "HostGw",
    "Ipip",
    "Ipsec",
    "NetConf",
    "TencentVpc",
    "Udp",
    "Vxlan",
    "Wireguard",
    "keep_json",
]

T = TypeVar("T")
_SECRETS: Final = frozenset({"PSK", "AccessKeySecret"})


class Key(Generic[T]):
    """One key of an object; None while it is absent or null, and assigning None takes it away."""

    def __init__(self, json_name: str) -> None:
        self.json = json_name
        self.backend = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.backend = getattr(owner, "TYPE", "")

    @property
    def fact(self) -> dict[str, Any]:
        """What is known of the key: `type`, `default`, `since` and, where there is more to say, `rule` and `note`.

        >>> Vxlan.mtu.fact["default"], Vxlan.mtu.fact["since"], NetConf.enable_ipv6.fact["default"]
        ('MTU of the external interface', 'v0.21.3', False)
        """
        rows = _backend_fact(self.backend)["options"] if self.backend else facts()["net_conf_keys"]
        return next((dict(row) for row in rows if row["key"] == self.json), {})

    @overload
    def __get__(self, obj: None, owner: type) -> Self: ...
    @overload
    def __get__(self, obj: Options, owner: type) -> T | None: ...
    def __get__(self, obj: Options | None, owner: type) -> Any:
        return self if obj is None else obj._members().get(fold(self.json), (self.json, None))[1]

    def __set__(self, obj: Options, value: T | None) -> None:
        obj._put(self.json, value)


class Options:
    """An object of a JSON text, or one that stands alone until it is assigned to a NetConf."""

    __slots__ = ("_data", "_document", "_steps")

    def __init__(self, **values: Any) -> None:
        self._data: dict[str, Any] = {}
        self._document: Callable[[], Document] | None = None
        self._steps: tuple[str, ...] = ()
        for name, value in values.items():
            if not isinstance(getattr(type(self), name, None), (Key, property)):
                raise TypeError(f"{type(self).__name__} has no field {name!r}")
            setattr(self, name, value)

    @classmethod
    def _at(cls, document: Callable[[], Document], steps: tuple[str, ...] = ()) -> Self:
        made = cls.__new__(cls)
        made._data, made._document, made._steps = {}, document, steps
        return made

    def _members(self) -> dict[str, tuple[str, Any]]:
        """Folded key -> the key as written and its value; of duplicates the last one, as Go has it."""
        if self._document is None:
            return {fold(key): (key, value) for key, value in self._data.items()}
        value: Value | None = _root(self._document())
        for step in self._steps:
            found = [member.value for member in value.named(step)] if value is not None else []
            value = found[-1] if found else None
        return {fold(member.key): (member.key, _plain(member.value)) for member in value.members} if value else {}

    def _put(self, name: str, value: Any) -> None:
        name = self._members().get(fold(name), (name, None))[0]
        if self._document is None:
            self._data.pop(name, None)
            self._data |= {} if value is None else {name: value}
            return
        document = self._document()
        steps = [*self._written_steps(document), name]
        if value is None:
            document.unset(steps)
            return
        document.set(steps, value)
        keep_json(document)

    def _written_steps(self, document: Document) -> list[str]:
        value: Value | None = _root(document)
        steps = []
        for step in self._steps:
            found = list(value.named(step)) if value is not None else []
            steps.append(found[-1].key if found else step)
            value = found[-1].value if found else None
        return steps

    def to_dict(self) -> dict[str, Any]:
        """The object as plain data, unknown keys included."""
        return dict(self._members().values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Options) and type(other) is type(self) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # what changes has no hash

    def __repr__(self) -> str:
        shown = (f"{key}={'***' if key in _SECRETS else repr(value)}" for key, value in _unsecret(self.to_dict()))
        return f"{type(self).__name__}({', '.join(shown)})"


def _unsecret(data: dict[str, Any]) -> list[tuple[str, Any]]:
    secret = {fold(name) for name in _SECRETS}
    return [
        (key, "***" if fold(key) in secret else dict(_unsecret(value)) if isinstance(value, dict) else value)
        for key, value in data.items()
    ]


def _root(document: Document) -> Value:
    text = document._text
    try:
        root = parse(text)
    except JsonError as error:
        problem = problem_at("net-conf.json", text, error.offset, error.message, code="decode.json")
        raise DecodeError("net-conf.json is not JSON", [problem]) from None
    if root.kind not in ("object", "null"):
        raise DecodeError("net-conf.json holds no object")
    return root


def _plain(value: Value) -> Any:
    """A value as plain data; floats as Python has them."""
    if value.kind == "object":
        return {member.key: _plain(member.value) for member in value.members}
    if value.kind == "array":
        return [_plain(item) for item in value.items]
    if value.kind == "number":
        return float(value.raw) if set(value.raw) & set(".eE") or len(value.raw) > 40 else int(value.raw)
    return value.scalar


def keep_json(document: Document) -> None:
    """An empty object shows no quotes to go by, and is filled as YAML would be; it was JSON and stays so."""
    try:
        parse(document._text)
    except JsonError:
        text = json.dumps(document.get([]), ensure_ascii=False)
        tail = document._text[len(document._text.rstrip()) :]
        document._change(lambda draft: draft.splice(0, len(draft.text), text + tail), [])


def _backend_fact(backend: str) -> dict[str, Any]:
    return next(row for row in facts()["backends"] if row["type"] == backend)


class Backend(Options):
    """What all backends have: `type`, the name in any case of letters."""

    __slots__ = ()
    TYPE: ClassVar[str] = ""
    type = Key[str]("Type")

    @classmethod
    def fact(cls) -> dict[str, Any]:
        """What is known of the backend: `since`, `removed`, `status`, `layer`, `ports`, `kernel`, `mtu_overhead_bytes`.

        >>> AwsVpc.fact()["removed"], Wireguard.fact()["mtu_overhead_bytes"]
        ('v0.20.0', 80)
        """
        return dict(_backend_fact(cls.TYPE)) if cls.TYPE else {}


class Vxlan(Backend):
    """vxlan: needs only IP between the nodes. MTU is the outer one in bytes; pods get 50 less."""

    __slots__ = ()
    TYPE = "vxlan"
    vni = Key[int]("VNI")
    port = Key[int]("Port")
    mtu = Key[int]("MTU")
    gbp = Key[bool]("GBP")
    learning = Key[bool]("Learning")
    direct_routing = Key[bool]("DirectRouting")
    mac_prefix = Key[str]("MacPrefix")
    name = Key[str]("Name")


class HostGw(Backend):
    """host-gw: plain routes, all nodes on one link. The options are for Windows."""

    __slots__ = ()
    TYPE = "host-gw"
    name = Key[str]("Name")
    dns_server_list = Key[str]("DNSServerList")


class Udp(Backend):
    """udp: for debugging; what flannel takes when Backend is absent."""

    __slots__ = ()
    TYPE = "udp"
    port = Key[int]("Port")


class Ipip(Backend):
    """ipip: IPv4 in IPv4."""

    __slots__ = ()
    TYPE = "ipip"
    direct_routing = Key[bool]("DirectRouting")


class Wireguard(Backend):
    """wireguard: encrypted, from v0.16.0. The keepalive interval is in seconds; pods get 80 bytes less than MTU."""

    __slots__ = ()
    TYPE = "wireguard"
    listen_port = Key[int]("ListenPort")
    listen_port_v6 = Key[int]("ListenPortV6")
    mtu = Key[int]("MTU")
    psk = Key[str]("PSK")
    persistent_keepalive_interval = Key[int]("PersistentKeepaliveInterval")
    mode = Key[str]("Mode")


class Ipsec(Backend):
    """ipsec: encrypted by strongSwan; the pre-shared key has at least 96 characters."""

    __slots__ = ()
    TYPE = "ipsec"
    psk = Key[str]("PSK")
    udp_encap = Key[bool]("UDPEncap")
    esp_proposal = Key[str]("ESPProposal")


class Extension(Backend):
    """extension: commands of one's own, split on blanks and run without a shell."""

    __slots__ = ()
    TYPE = "extension"
    pre_startup_command = Key[str]("PreStartupCommand")
    post_startup_command = Key[str]("PostStartupCommand")
    subnet_add_command = Key[str]("SubnetAddCommand")
    subnet_remove_command = Key[str]("SubnetRemoveCommand")


class Alloc(Backend):
    """alloc: gives out subnets and forwards nothing."""

    __slots__ = ()
    TYPE = "alloc"


class TencentVpc(Backend):
    """tencent-vpc: routes in the cloud's table, from v0.14.0."""

    __slots__ = ()
    TYPE = "tencent-vpc"
    access_key_id = Key[str]("AccessKeyID")
    access_key_secret = Key[str]("AccessKeySecret")


class AwsVpc(Backend):
    """aws-vpc: removed in v0.20.0."""

    __slots__ = ()
    TYPE = "aws-vpc"
    route_table_id = Key["str | list[str]"]("RouteTableID")


class AliVpc(Backend):
    """ali-vpc: removed in v0.20.0."""

    __slots__ = ()
    TYPE = "ali-vpc"
    access_key_id = Key[str]("AccessKeyID")
    access_key_secret = Key[str]("AccessKeySecret")


class Gce(Backend):
    """gce: removed in v0.20.0."""

    __slots__ = ()
    TYPE = "gce"


BACKEND_CLASSES: Final[dict[str, type[Backend]]] = {
    cls.TYPE: cls
    for cls in (Vxlan, HostGw, Udp, Ipip, Wireguard, Ipsec, Extension, Alloc, TencentVpc, AwsVpc, AliVpc, Gce)
}
"""The class of every backend, by the value of Type in lower case."""


class NetConf(Options):
    """flannel's configuration. Absent keys are None; `backend` is an object of the class that its Type names."""

    __slots__ = ()
    network = Key[str]("Network")
    ipv6_network = Key[str]("IPv6Network")
    enable_ipv4 = Key[bool]("EnableIPv4")
    enable_ipv6 = Key[bool]("EnableIPv6")
    enable_nftables = Key[bool]("EnableNFTables")
    subnet_len = Key[int]("SubnetLen")
    subnet_min = Key[str]("SubnetMin")
    subnet_max = Key[str]("SubnetMax")
    ipv6_subnet_len = Key[int]("IPv6SubnetLen")
    ipv6_subnet_min = Key[str]("IPv6SubnetMin")
    ipv6_subnet_max = Key[str]("IPv6SubnetMax")

    @property
    def backend(self) -> Any:
        """The backend's options. Without a Backend it is a `Udp`, and assigning its `type` makes the key."""
        written = self._members().get("backend", ("Backend", None))[1]
        members = {fold(key): value for key, value in written.items()} if isinstance(written, dict) else {}
        name = members.get("type", "" if written is not None else "udp")
        cls = BACKEND_CLASSES.get(lowered(name), Backend) if isinstance(name, str) else Backend
        if self._document is not None:
            return cls._at(self._document, ("Backend",))
        made = cls()
        made._data = self._data.setdefault("Backend", {})
        return made

    @backend.setter
    def backend(self, value: Backend | None) -> None:
        if value is None:
            self._put("Backend", None)
            return
        data = value.to_dict()
        self._put("Backend", ({"Type": value.TYPE} if value.TYPE and "Type" not in data else {}) | data)
