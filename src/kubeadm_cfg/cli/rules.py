"""`rule`: what a code of a check is about."""

from __future__ import annotations

from kubeadm_cfg.cli.common import UsageError

__all__ = ["rule"]


def rule(code: str | None = None, /) -> None:
    """Say what a code of a check is about, with a file that gives it and one that does not; without one list them."""
    if code is None:
        from kubeadm_cfg.checks.codes import rules

        for known in rules():
            print(f"{known.code}: {known.about}")
        return
    from kubeadm_cfg.checks.pages import page

    found = page(code)
    if found is None:
        raise UsageError(f"there is no code {code!r}; kubeadm-cfg rule lists them")
    print(found, end="")
