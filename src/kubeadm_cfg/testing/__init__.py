"""For test suites of those who use this library: Hypothesis strategies (extra `testing`) and a check of own rules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubeadm_cfg.testing.editing import Edit, edits
    from kubeadm_cfg.testing.near_yaml import nearly_yaml
    from kubeadm_cfg.testing.rules import assert_rule
    from kubeadm_cfg.testing.strategies import documents, objects, texts
    from kubeadm_cfg.testing.writing import Style, rendered, styles

__all__ = [
    "Edit",
    "Style",
    "assert_rule",
    "documents",
    "edits",
    "nearly_yaml",
    "objects",
    "rendered",
    "styles",
    "texts",
]

_HOMES = {
    "editing": ("Edit", "edits"),
    "near_yaml": ("nearly_yaml",),
    "rules": ("assert_rule",),
    "strategies": ("documents", "objects", "texts"),
    "writing": ("Style", "rendered", "styles"),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        for home, names in _HOMES.items():
            if name in names:
                try:
                    found = getattr(import_module(f"{__name__}.{home}"), name)
                except ModuleNotFoundError as error:
                    if error.name != "hypothesis":
                        raise
                    message = f"{name} needs Hypothesis: pip install 'kubeadm-cfg[testing]'"
                    raise ModuleNotFoundError(message, name="hypothesis") from None
                globals()[name] = found
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
