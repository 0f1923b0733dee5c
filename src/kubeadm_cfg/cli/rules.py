"""`rule`: what a code of a check is about."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from kubeadm_cfg.cli.common import UsageError, meant

__all__ = ["rule"]


def rule(
    code: Annotated[
        str | None,
        Parameter(name="CODE", help="A code as it stands behind a message; its beginning lists all that begin so."),
    ] = None,
    /,
) -> None:
    """Say what a code of a check is about, with a file that gives it and one that does not; without one list them."""
    from kubeadm_cfg.checks.codes import rules
    from kubeadm_cfg.checks.pages import page

    found = None if code is None else page(code)
    if found is not None:
        print(found, end="")
        return
    listed = [known for known in rules() if code is None or known.code.startswith(f"{code.rstrip('.')}.")]
    if code is not None and not listed:
        near = meant(code, [known.code for known in rules()])
        raise UsageError(f"there is no code {code!r}{near or '; kubeadm-cfg rule lists them'}")
    for known in listed:
        print(f"{known.code}: {known.about}")
