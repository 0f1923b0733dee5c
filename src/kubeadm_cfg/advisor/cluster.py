"""All advice for the files of one cluster: what is asked in which order, what it would change. No rule lives here."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from kubeadm_cfg.advisor.advice import Advice
from kubeadm_cfg.advisor.files import File, as_file, documents_of, takes_documents
from kubeadm_cfg.advisor.known import Known
from kubeadm_cfg.advisor.objections import Objections, objections_for
from kubeadm_cfg.advisor.placing import InDocument, has_place, placed
from kubeadm_cfg.advisor.telling import comment_for
from kubeadm_cfg.advisor.wording import Language, Reason
from kubeadm_cfg.containerd.file import ConfigToml
from kubeadm_cfg.deployment.files import cluster_files
from kubeadm_cfg.report import Problem

if TYPE_CHECKING:
    from kubeadm_cfg.host import Host

__all__ = ["ClusterAdvice", "Proposal", "cluster"]

# In this order: what comes later sees the files as what came before would leave them.
_FUNCTIONS: Final = (
    "kubernetes_version", "proxy_mode", "ipvs_scheduler", "cgroup_driver", "pod_network", "service_network",
    "max_pods", "flannel_backend", "node_name", "endpoint", "image_repository",
)  # fmt: skip
_NEVER_WRITTEN: Final = ("kubernetes_version",)  # an upgrade is more than a number in a file
_NEVER_ADDED: Final = ("image_repository",)  # it is kubeadm's default where the files name none
_ONLY_WHEN_ASKED: Final = ("ipvs_scheduler",)  # nothing in the files says what the traffic is
# What the backend in use says of the nodes.
_ENVIRONMENTS: Final = {"host-gw": "lan", "ipip": "special", "aws-vpc": "aws"}


@attrs.frozen(kw_only=True)
class Proposal:
    """One advice, and what it would do to the files."""

    advice: Advice
    files: tuple[str, ...] = ()
    """The names of the files it would change."""
    objections: tuple[Reason, ...] = ()
    """What speaks against what the files say now."""
    keeps: dict[str, str] = attrs.field(factory=dict)
    """JSON path -> what the files say there and may go on saying, although the advice would choose otherwise."""
    problems: tuple[Problem, ...] = ()
    """What could not be placed."""

    @property
    def is_written(self) -> bool:
        """Whether the files get to say what was chosen."""
        return self.advice.function not in _NEVER_WRITTEN and bool(self.advice.edits) and not self.keeps

    def to_dict(self) -> dict[str, Any]:
        """The proposal as plain data."""
        return self.advice.to_dict() | {
            "files": list(self.files),
            "objections": [one.to_dict() for one in self.objections],
            "keeps": self.keeps,
            "problems": [problem.to_dict() for problem in self.problems],
        }


class ClusterAdvice:
    """All advice for some files; they are as they were until `apply`. Made by `kubeadm_cfg.advise.cluster`."""

    def __init__(self, files: Sequence[File], proposals: Iterable[Proposal], diffs: Mapping[str, str]) -> None:
        self.files = tuple(files)
        """The files, in the order they were given."""
        self.proposals = tuple(proposals)
        """Every advice that concerns them."""
        self.diffs = dict(diffs)
        """File name -> what `apply` would change, as a unified diff."""

    @property
    def changes(self) -> tuple[Proposal, ...]:
        """The proposals that would change a file."""
        return tuple(one for one in self.proposals if one.files)

    def __getitem__(self, function: str) -> Advice:
        """The advice of a function, such as ``proxy_mode``.

        Raises:
            KeyError: it does not concern these files.
        """
        for one in self.proposals:
            if one.advice.function == function:
                return one.advice
        raise KeyError(function)

    def __repr__(self) -> str:
        return f"<ClusterAdvice: {len(self.proposals)} answers, {len(self.changes)} of them change a file>"

    def __str__(self) -> str:
        return self.explain()

    def diff(self) -> str:
        """What `apply` would change in all files, "" when they are as they should be."""
        return "".join(self.diffs.values())

    def apply(self, *, comment: bool | Language = False) -> list[Problem]:
        """Write what is proposed into the files; saving them is left to you.

        Args:
            comment: as for `Advice.apply`.

        Returns:
            What could not be placed.
        """
        problems: list[Problem] = []
        for one in self.proposals:
            if one.is_written:
                problems += placed(one.advice, self.files, comment_for(one.advice, comment, one.objections))
        return problems

    def explain(self, language: Language = "en") -> str:
        """Everything in words, in English ("en") or Chinese ("zh"): what would change and why, then what may stay.

        Raises:
            ValueError: another language.
        """
        from kubeadm_cfg.advisor.telling_cluster import explained

        return explained(self, language)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, secrets masked."""
        from kubeadm_cfg.report import masked

        diffs = {name: masked(diff) for name, diff in self.diffs.items()}
        return {"advice": [one.to_dict() for one in self.proposals], "diffs": diffs}

    def _repr_html_(self) -> str:
        from kubeadm_cfg.advisor.telling_cluster import as_html

        return as_html(self)


def cluster(
    *files: File | str | PathLike[str],
    kubernetes: str | None = None,
    host: Host | None = None,
    arguments: Mapping[str, Mapping[str, Any]] | None = None,
) -> ClusterAdvice:
    r"""All advice for the files of one cluster; nothing is changed before `.apply()`.

    Args:
        files: a kubeadm.yaml, flannel's manifest or net-conf.json, containerd's config.toml: loaded, or their paths, or
            the path of a directory that holds them.
        kubernetes: the version, as in "1.34"; None: that of the files, else the newest known.
        host: a node, for what the files do not say.
        arguments: what is known besides: function name -> its arguments, as in ``{"proxy_mode": {"services": 3000}}``.

    Raises:
        ValueError: no file, or an argument that its function refuses.
        OSError: a path cannot be read.

    >>> import kubeadm_cfg as kc
    >>> f = kc.loads("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: cgroupfs\n")
    >>> advice = cluster(f, kubernetes="1.34")
    >>> advice["cgroup_driver"].choice, f.kubelet.cgroup_driver
    ('systemd', 'cgroupfs')
    """
    from kubeadm_cfg import advise

    given = {name: dict(values) for name, values in (arguments or {}).items()}
    for name, values in given.items():
        _check_names(name, values)
    loaded = cluster_files(file if isinstance(file, (str, PathLike)) else as_file(file) for file in files)
    drafts = [_copy(file) for file in loaded]
    proposals: list[Proposal] = []
    for name in _FUNCTIONS:
        function = getattr(advise, name)
        if name in _ONLY_WHEN_ASKED and name not in given:
            continue
        said = {"kubernetes": kubernetes, **_guessed(name, drafts), **given.get(name, {})}
        if name == "kubernetes_version":
            said.pop("kubernetes")  # it advises on nothing else
        advice = function(**said, f=drafts, host=host)
        proposals += _proposed(advice, drafts, objections_for(name, Known(drafts, host), given.get(name, {})))
    diffs: dict[str, str] = {}
    for draft in drafts:
        if diff := draft.diff():
            diffs[draft.name] = diffs.get(draft.name, "") + diff
    return ClusterAdvice(loaded, proposals, diffs)


def _check_names(function: str, arguments: Mapping[str, Any]) -> None:
    from kubeadm_cfg import advise

    if function not in _FUNCTIONS:
        raise ValueError(f"{function!r} gives no advice; what does: {', '.join(_FUNCTIONS)}")
    known = [name for name in inspect.signature(getattr(advise, function)).parameters if name not in ("f", "host")]
    for name in arguments:
        if name not in known:
            raise ValueError(f"{function} has no argument {name!r}; it has {', '.join(known)}")


def _guessed(name: str, files: Sequence[File]) -> dict[str, Any]:
    conf = Known(files, None).net_conf() if name == "flannel_backend" else None
    backend = conf.backend.type if conf is not None else None
    found = _ENVIRONMENTS.get(backend.lower()) if isinstance(backend, str) else None
    return {"environment": found} if found else {}


def _proposed(advice: Advice, drafts: Sequence[File], against: Objections | None) -> Iterator[Proposal]:
    """The proposal, carried out in the drafts; none when the advice does not concern them."""
    advice = _within(advice, drafts)
    if not (has_place(advice, drafts) if advice.edits else any(map(takes_documents, drafts))):
        return
    if advice.function in _NEVER_WRITTEN:
        yield Proposal(advice=advice)
        return
    if against is not None and not against.found:
        yield Proposal(advice=advice, keeps={against.path: against.now})
        return
    before = [draft.text for draft in drafts]
    problems = placed(advice, drafts, None)
    changed = tuple(draft.name for draft, text in zip(drafts, before, strict=True) if draft.text != text)
    yield Proposal(
        advice=advice,
        files=changed,
        objections=against.found if against else (),
        problems=tuple(problems),
    )


def _within(advice: Advice, drafts: Sequence[File]) -> Advice:
    """The advice without what nobody would add to these files, such as a ClusterConfiguration for a node that joins."""
    is_whole = any(next(documents_of(file, "ClusterConfiguration"), None) is not None for file in drafts)
    creates: Literal["key", "nothing"] = "nothing" if advice.function in _NEVER_ADDED else "key"
    if is_whole and creates == "key":
        return advice
    edits = (
        attrs.evolve(edit, creates=creates) if isinstance(edit, InDocument) and edit.creates == "document" else edit
        for edit in advice.edits
    )
    return attrs.evolve(advice, edits=tuple(edit for edit in edits if any(map(edit.stands_in, drafts))))


def _copy(file: File) -> File:
    if isinstance(file, ConfigToml):
        return ConfigToml(file.text, file.name)
    return type(file)(file.text.removeprefix("\ufeff"), file.name)
