"""Whether another distribution may bring rules, told by a glance: importlib.metadata costs more than a whole check."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from pathlib import Path

__all__ = ["may_bring_rules"]

_GROUP = b"kubeadm_cfg.rules"
_METADATA = (".dist-info", ".egg-info")


def may_bring_rules() -> bool:
    """Whether the entry point group `kubeadm_cfg.rules` has to be looked up. May be a false alarm, never a miss."""
    finders = (finder for finder in sys.meta_path if finder is not PathFinder)
    return any(hasattr(finder, "find_distributions") for finder in finders) or any(map(_names_it, sys.path))


def _names_it(place: str) -> bool:
    try:
        inside = [path for path in Path(place).iterdir() if path.name.endswith(_METADATA)]
    except NotADirectoryError:
        return True  # an archive
    except OSError:
        return False
    return any(map(_holds_it, inside))


def _holds_it(metadata: Path) -> bool:
    try:
        return _GROUP in (metadata / "entry_points.txt").read_bytes()
    except OSError:
        return False
