"""What an unknown field was probably meant to be: the words for people, and the edit that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from kubeadm_cfg import fixing
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.findings import misfit, path_text, within
from kubeadm_cfg.fixing import Edit
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Configuration, Kind, fields_of, place_at
from kubeadm_cfg.source.difference import Change, applied
from kubeadm_cfg.source.path import Steps

__all__ = ["Meant", "dashed", "meant"]

_CLOSE: Final = 0.75  # what is said to be meant, as difflib measures likeness
_CERTAIN: Final = 0.8  # what is mended
_AHEAD: Final = 0.04  # of the next best
_DEEP: Final = 4

# Names of older API versions, and flags of kubeadm, that stand for a field of another name or place.
_OLD: Final[dict[str, dict[str, str]]] = {
    "ClusterConfiguration": {
        "apiServerExtraArgs": "apiServer.extraArgs",
        "controllerManagerExtraArgs": "controllerManager.extraArgs",
        "schedulerExtraArgs": "scheduler.extraArgs",
        "apiServerExtraVolumes": "apiServer.extraVolumes",
        "controllerManagerExtraVolumes": "controllerManager.extraVolumes",
        "schedulerExtraVolumes": "scheduler.extraVolumes",
        "apiServerCertSANs": "apiServer.certSANs",
        "apiserver-cert-extra-sans": "apiServer.certSANs",
        "pod-network-cidr": "networking.podSubnet",
        "podNetworkCidr": "networking.podSubnet",
        "service-cidr": "networking.serviceSubnet",
        "serviceCidr": "networking.serviceSubnet",
        "service-dns-domain": "networking.dnsDomain",
        "cert-dir": "certificatesDir",
    },
    "InitConfiguration": {
        "apiEndpoint": "localAPIEndpoint",
        "apiserver-advertise-address": "localAPIEndpoint.advertiseAddress",
        "apiserver-bind-port": "localAPIEndpoint.bindPort",
        "node-name": "nodeRegistration.name",
        "nodeName": "nodeRegistration.name",
        "cri-socket": "nodeRegistration.criSocket",
    },
    "JoinConfiguration": {
        "discoveryFile": "discovery.file.kubeConfigPath",
        "discoveryTimeout": "discovery.timeout",
        "discoveryToken": "discovery.bootstrapToken.token",
        "discoveryTokenCACertHashes": "discovery.bootstrapToken.caCertHashes",
        "discovery-token-ca-cert-hash": "discovery.bootstrapToken.caCertHashes",
        "discoveryTokenUnsafeSkipCAVerification": "discovery.bootstrapToken.unsafeSkipCAVerification",
        "node-name": "nodeRegistration.name",
        "nodeName": "nodeRegistration.name",
        "cri-socket": "nodeRegistration.criSocket",
    },
}
# Fields that an older version of kubeadm's API had elsewhere, or that it has done without since (None).
_MOVED: Final[dict[tuple[str, str], tuple[str, str] | None]] = {
    ("ClusterConfiguration", "apiServer.timeoutForControlPlane"): (
        "InitConfiguration",
        "timeouts.controlPlaneComponentHealthCheck",
    ),
    ("JoinConfiguration", "discovery.timeout"): ("JoinConfiguration", "timeouts.discovery"),
    ("ClusterConfiguration", "dns.type"): None,
    ("ClusterConfiguration", "useHyperKubeImage"): None,
}
# Whose flags stand in the extraArgs beside a key, by the path of their owner.
_COMPONENTS: Final[dict[Steps, tuple[str, str]]] = {
    ("apiServer",): ("extraArgs", "kube-apiserver"),
    ("controllerManager",): ("extraArgs", "kube-controller-manager"),
    ("scheduler",): ("extraArgs", "kube-scheduler"),
    ("etcd", "local"): ("extraArgs", "etcd"),
    ("nodeRegistration",): ("kubeletExtraArgs", "kubelet"),
}
# In which other documents the field of one may be meant to stand.
_NEIGHBOURS: Final[dict[str, tuple[str, ...]]] = {
    "ClusterConfiguration": ("InitConfiguration", "KubeletConfiguration", "KubeProxyConfiguration"),
    "InitConfiguration": ("ClusterConfiguration", "KubeletConfiguration", "KubeProxyConfiguration"),
    "JoinConfiguration": ("KubeletConfiguration",),
    "KubeletConfiguration": ("ClusterConfiguration", "InitConfiguration", "KubeProxyConfiguration"),
    "KubeProxyConfiguration": ("ClusterConfiguration", "KubeletConfiguration", "InitConfiguration"),
}
_KUBEADM: Final = "kubeadm.k8s.io/"
_NEWEST: Final = "kubeadm.k8s.io/v1beta4"


class Meant(NamedTuple):
    """What an unknown field was meant to be."""

    remedy: str
    fix: Edit | tuple[Edit, ...] | None = None
    """None where it is not certain enough, or the value does not fit there, or something stands there already."""


class _Unknown(NamedTuple):
    """An unknown key: the kind of its document, that document's plain data, the path, and the class it stands in."""

    cls: type[Configuration]
    data: Any
    path: Steps
    owner: type[Configuration]

    @property
    def key(self) -> str:
        return str(self.path[-1])

    @property
    def value(self) -> Any:
        return _at(self.data, self.path)

    def fits(self, to: Steps, cls: type[Configuration] | None = None) -> bool:
        """Whether the value can stand at another path, in this document or one of another kind."""
        if cls is None and (_at(self.data, to) is not None or not self.has_room(to)):
            return False
        return misfit(cls or self.cls, to, self.value) is None

    def has_room(self, to: Steps) -> bool:
        """Whether everything on the way to a path is of the kind that the next step wants, or not there yet."""
        wanted = [list if isinstance(step, int) else dict for step in to]
        return all(isinstance(_at(self.data, to[:depth]), wanted[depth] | None) for depth in range(1, len(to)))


def meant(cls: type[Configuration], data: Any, path: Steps) -> Meant | None:
    """What the unknown field at `path` was meant to be; None when nobody can know.

    Args:
        cls: the kind of the document.
        data: its plain data.
        path: JSON names and indices.

    >>> from kubeadm_cfg.kubeadm.v1beta4 import ClusterConfiguration
    >>> meant(ClusterConfiguration, {"podSubnet": "10.244.0.0/16"}, ("podSubnet",)).fix.value
    ['networking', 'podSubnet']
    """
    owner = _owner(cls, path[:-1])
    if owner is None or not isinstance(path[-1], str):
        return None
    unknown = _Unknown(cls, data, path, owner)
    for guess in _GUESSES:
        found = guess(unknown)
        if found is not None:
            return found._replace(fix=_with_inner(unknown, found.fix)) if isinstance(found.fix, Edit) else found
    return None


def _with_inner(unknown: _Unknown, fix: Edit) -> Edit | tuple[Edit, ...]:
    """A fix with those of the unknown fields that come to light inside of what it names or moves."""
    value = unknown.value
    if fix.kind is not None or fix.value is None or not isinstance(value, (dict, list)):
        return fix
    to = (*unknown.path[:-1], fix.value) if fix.operation == "rename" else tuple(fix.value)
    after = applied(unknown.data, Change(fix.operation, fix.steps, fix.value))
    found: list[Edit] = [fix]
    for finding in within(unknown.cls, to, _at(after, to)):
        inner = meant(unknown.cls, after, finding.path) if finding.type == "Unknown" else None
        if inner is not None and inner.fix is not None:
            found += [inner.fix] if isinstance(inner.fix, Edit) else inner.fix
    return tuple(found)


def _owner(cls: type[Configuration], path: Steps) -> type[Configuration] | None:
    if not path:
        return cls
    place = place_at(cls, path)
    return place[0].class_of(place[1]) if place is not None and place[1].of is not None else None


def _at(data: Any, path: Steps) -> Any:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _folded(name: str) -> str:
    """A name without the differences between the ways of writing it."""
    return name.replace("-", "").replace("_", "").lower()


def _names(owner: type[Configuration]) -> list[str]:
    return [field.json for field in fields_of(owner)] + (["apiVersion", "kind"] if issubclass(owner, Kind) else [])


# -- the guesses, the surest first -------------------------------------------------------------------------------------
def _other_case(unknown: _Unknown) -> Meant | None:
    same = [name for name in _names(unknown.owner) if _folded(name) == _folded(unknown.key)]
    if len(same) != 1:
        return None
    is_case = same[0].lower() == unknown.key.lower()
    return _renamed(unknown, same[0], f'{"upper and lower case matter: " if is_case else ""}write "{same[0]}"')


def _renamed(unknown: _Unknown, name: str, remedy: str) -> Meant:
    fits = unknown.fits((*unknown.path[:-1], name))
    return Meant(remedy, fixing.rename(unknown.path, name) if fits else None)


def _flag(unknown: _Unknown) -> Meant | None:
    """A flag that stands beside the extraArgs it belongs into."""
    field, component = _COMPONENTS.get(unknown.path[:-1], ("", ""))
    if field not in fields_of(unknown.owner).by_json:
        return None
    from kubeadm_cfg.flags import flags_of, normalized

    flags = flags_of(component)
    name = next((n for n in (unknown.key, dashed(unknown.key)) if normalized(component, n) in flags), None)
    if name is None:
        return None
    value, to = unknown.value, (*unknown.path[:-1], field, name)
    remedy = f'"{name}" is a flag of {component}: write it into "{field}"'
    if isinstance(value, (dict, list)) or value is None or _has_argument(unknown, field, name):
        return Meant(remedy)
    text = value if isinstance(value, str) else str(value).lower()
    is_plain = isinstance(value, str) and fields_of(unknown.owner).by_json[field].type.name == "map"
    return Meant(remedy, fixing.move(unknown.path, to) if is_plain else fixing.move(unknown.path, to, value=text))


def dashed(name: str) -> str:
    """The name of a field as a flag would have it: ``feature-gates`` of ``featureGates``."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", "-")


def _has_argument(unknown: _Unknown, field: str, name: str) -> bool:
    given = _at(unknown.data, (*unknown.path[:-1], field))
    if isinstance(given, list):
        return any(isinstance(item, dict) and item.get("name") == name for item in given)
    return isinstance(given, dict) and name in given


def _old_name(unknown: _Unknown) -> Meant | None:
    """A name of an older API version or a flag of kubeadm, at the top of a document."""
    to = _OLD.get(unknown.cls.__name__, {}).get(unknown.key) if len(unknown.path) == 1 else None
    if to is None:
        return None
    steps: Steps = tuple(to.split("."))
    remedy = f'"{unknown.key}" is written "{to}"'
    if len(steps) == 1:
        return _renamed(unknown, to, remedy)
    if unknown.fits(steps):
        return Meant(remedy, fixing.move(unknown.path, steps))
    given = unknown.value
    if steps[-1] == "extraArgs" and isinstance(given, dict) and _at(unknown.data, steps) is None:
        return Meant(remedy, fixing.move(unknown.path, steps, value=_named(given)))  # a list of names and values
    return Meant(remedy)


def _moved(unknown: _Unknown) -> Meant | None:
    """A field of an older version of kubeadm's API."""
    place = unknown.cls.__name__, path_text(unknown.path)
    if place not in _MOVED:
        return None
    found = _MOVED[place]
    if found is None:
        return Meant("kubeadm leaves no choice here any more: remove it", fixing.unset(unknown.path))
    kind, to = found
    steps: Steps = tuple(to.split("."))
    other = None if kind == unknown.cls.__name__ else kind
    cls = _kin(unknown.cls, kind)
    fits = cls is not None and unknown.fits(steps, cls if other else None)
    return Meant(f'"{place[1]}" is now "{to}" of the {kind}', fixing.move(unknown.path, steps, other) if fits else None)


def _named(arguments: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in arguments.items()]


def _other_level(unknown: _Unknown) -> Meant | None:
    """A field of the same document that belongs further down or up."""
    places = [steps for steps in _places(unknown.cls, unknown.key) if steps != unknown.path]
    below = [steps for steps in places if steps[: len(unknown.path) - 1] == unknown.path[:-1]]
    found = sorted(below or places, key=len)
    if not found or (len(found) > 1 and not below):
        return None
    where = path_text(found[0][:-1])
    remedy = f'"{unknown.key}" belongs under "{where}"' if where else f'"{unknown.key}" belongs to the document itself'
    is_sure = len(found) == 1 and unknown.fits(found[0]) and not _heads_another(unknown)
    return Meant(remedy, fixing.move(unknown.path, found[0]) if is_sure else None)


def _heads_another(unknown: _Unknown) -> bool:
    """Whether the key stands at the top of a document, where a field of another kind's top has its name."""
    neighbours = _NEIGHBOURS.get(unknown.cls.__name__, ()) if len(unknown.path) == 1 else ()
    kin = filter(None, (_kin(unknown.cls, kind) for kind in neighbours))
    return any(unknown.key in fields_of(cls).by_json for cls in kin)


def _places(cls: type[Configuration], name: str) -> list[Steps]:
    """Every path of a document, without those through lists and maps, at which a field has that name."""
    return list(_found(cls, name, ()))


def _found(cls: type[Configuration], name: str, path: Steps) -> Iterator[Steps]:
    for field in fields_of(cls):
        if field.json == name:
            yield (*path, name)
        elif field.type.of is not None and len(path) < _DEEP:
            yield from _found(field.class_of(field.type), name, (*path, field.json))


def _other_document(unknown: _Unknown) -> Meant | None:
    """A field of another kind, at the top of a document."""
    if len(unknown.path) != 1:
        return None
    neighbours = [(kind, cls) for kind in _NEIGHBOURS.get(unknown.cls.__name__, ()) if (cls := _kin(unknown.cls, kind))]
    for deep in (False, True):
        found = [
            (kind, cls, steps)
            for kind, cls in neighbours
            for steps in _places(cls, unknown.key)
            if deep or len(steps) == 1
        ]
        if len(found) == 1:
            kind, cls, steps = found[0]
            where = f' as "{path_text(steps)}"' if deep else ""
            fix = fixing.move(unknown.path, steps, kind) if unknown.fits(steps, cls) else None
            return Meant(f'"{unknown.key}" belongs into the {kind}{where}', fix)
        if found:
            return None
    return None


def _kin(cls: type[Configuration], kind: str) -> type[Kind] | None:
    """The class of another kind that goes with one: of the same API version where the group is the same."""
    own = getattr(cls, "API_VERSION", "")
    versions = [version for version, name in KINDS if name == kind]
    wanted = own if own in versions else _NEWEST if _NEWEST in versions else versions[-1]
    return kind_of(wanted, kind)


def _misspelt(unknown: _Unknown) -> Meant | None:
    from difflib import SequenceMatcher, get_close_matches

    near = get_close_matches(unknown.key, _names(unknown.owner), n=2, cutoff=_CLOSE)
    if not near:
        return None
    likeness = [SequenceMatcher(None, name, unknown.key).ratio() for name in near]
    remedy = f'did you mean "{near[0]}"?'
    if likeness[0] < _CERTAIN or (len(near) > 1 and likeness[0] - likeness[1] < _AHEAD):
        return Meant(remedy)
    return _renamed(unknown, near[0], remedy)


_GUESSES: Final[tuple[Callable[[_Unknown], Meant | None], ...]] = (
    _other_case,
    _flag,
    _old_name,
    _moved,
    _other_level,
    _misspelt,
    _other_document,
)
