"""Views of an advice that its tests share. What an advice has to say is the tests' business."""

from __future__ import annotations

from typing import Any

from kubeadm_cfg.advise import Advice


def ids(reasons: Any) -> set[str]:
    return {one.id for one in reasons}


def scored(advice: Advice) -> dict[str, int]:
    return {option: score for option, score in advice.ranking if isinstance(score, int)}


def excluded(advice: Advice) -> dict[str, str]:
    return {option: why for option, why in advice.ranking if isinstance(why, str)}
