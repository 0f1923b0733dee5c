"""`python -m kubeadm_cfg` and the script `kubeadm-cfg`: starts the command line, or says what is missing for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with `argv` (default: the process's own arguments) and return its exit code."""
    try:
        from kubeadm_cfg import cli
    except ModuleNotFoundError as error:
        if error.name not in ("cyclopts", "rich"):
            raise
        print(
            f"kubeadm-cfg: the command line needs {error.name}, which is not installed.\n"
            "Install the extra `cli`:  pip install 'kubeadm-cfg[cli]'",
            file=sys.stderr,
        )
        return 2
    return cli.run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
