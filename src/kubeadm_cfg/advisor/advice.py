"""Advice: a choice with its ranking, reasons, warnings and what it would write. How it is decided is not known here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kubeadm_cfg.advisor.scoring import Ranking
from kubeadm_cfg.advisor.wording import Language, Reason

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.files import File
    from kubeadm_cfg.advisor.placing import Edit
    from kubeadm_cfg.report import Problem

__all__ = ["Advice"]


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple({one.id: one for one in reasons}.values())


@attrs.frozen(kw_only=True, repr=False)
class Advice:
    """One recommendation. Made by the functions of `kubeadm_cfg.advise`; it knows no file until it is applied.

    >>> from kubeadm_cfg import advise
    >>> advice = advise.proxy_mode(kubernetes="1.34", kernel="6.6")
    >>> advice.choice, advice.ranking[:3]
    ('nftables', (('nftables', 5), ('ipvs', 4), ('iptables', 3)))
    >>> advice.settings
    {'mode': 'nftables'}
    """

    function: str
    """The function that gave it, such as ``proxy_mode``."""
    choice: Any
    """The recommended value; None when nothing fits or nothing should be written."""
    ranking: Ranking = ()
    """Option and score (0 to 5), best first, then option and reason id of what is excluded."""
    reasons: tuple[Reason, ...] = attrs.field(default=(), converter=_once)
    """Every fact that led here, those that exclude an option too."""
    warnings: tuple[Reason, ...] = attrs.field(default=(), converter=_once)
    """The choice stands; look at this before using it."""
    settings: dict[str, Any] = attrs.field(factory=dict)
    """JSON path -> value: what `apply` writes."""
    details: dict[str, Any] = attrs.field(factory=dict)
    """Numbers for display."""
    edits: tuple[Edit, ...] = ()
    """Where each setting goes in which kind of file."""
    about: Mapping[str, Any] = attrs.field(factory=dict)
    """What the explanation may name: `kubernetes` and the like."""

    def __repr__(self) -> str:
        return f"<Advice {self.function}: {self.choice}>"

    def __str__(self) -> str:
        return self.explain()

    def apply(self, f: File, *, comment: bool | Language = False) -> list[Problem]:
        r"""Write the settings into a file; nothing else in it moves, and a second time nothing does.

        Args:
            f: a kubeadm.yaml, a flannel manifest or net-conf.json, or a containerd config.toml that was loaded.
            comment: whether to say why above what is written: True or "en" in English, "zh" in Chinese.

        Returns:
            What could not be placed, as problems.

        >>> import kubeadm_cfg as kc
        >>> f = kc.loads("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n")
        >>> kc.advise.proxy_mode(kubernetes="1.36", kernel="6.6").apply(f)
        []
        >>> f.kube_proxy.mode
        'nftables'
        """
        from kubeadm_cfg.advisor.placing import placed
        from kubeadm_cfg.advisor.telling import comment_for

        return placed(self, [f], comment_for(self, comment))

    def explain(self, language: Language = "en") -> str:
        """The advice as an experienced colleague would give it, in English ("en") or Chinese ("zh").

        Raises:
            ValueError: another language.
        """
        from kubeadm_cfg.advisor.telling import explained

        return explained(self, language)

    def to_dict(self) -> dict[str, Any]:
        """The advice as plain data."""
        return {
            "function": self.function,
            "choice": self.choice,
            "ranking": [list(entry) for entry in self.ranking],
            "reasons": [one.to_dict() for one in self.reasons],
            "warnings": [one.to_dict() for one in self.warnings],
            "settings": dict(self.settings),
            "details": dict(self.details),
        }

    def _repr_html_(self) -> str:
        from kubeadm_cfg.advisor.telling import as_html

        return as_html(self)
