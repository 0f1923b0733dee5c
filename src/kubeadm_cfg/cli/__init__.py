"""The command line (extra `cli`): the table of commands, their errors and exit codes. Nothing is decided here.

Each command is a function in a module of this package, named in `COMMANDS` and imported only when it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from kubeadm_cfg.errors import ConfigError, ParseError

__all__ = ["COMMANDS", "app", "run"]

CLEAN, FOUND, UNUSABLE = 0, 1, 2

COMMANDS = {
    "get": "kubeadm_cfg.cli.edit:get",
    "set": "kubeadm_cfg.cli.edit:set_value",
    "unset": "kubeadm_cfg.cli.edit:unset",
    "diff": "kubeadm_cfg.cli.compare:diff",
}


def _version() -> str:
    from importlib.metadata import version

    return version("kubeadm-cfg")


app = App(
    name="kubeadm-cfg",
    help="Read, edit and compare kubeadm, kubelet and kube-proxy files. An edit changes only its own bytes.",
    help_epilogue="Exit code 0: done; 1: not there, not possible or not equal; 2: wrong usage or unreadable input.",
    version=_version,
)
for name, place in COMMANDS.items():
    app.command(place, name=name)


def run(argv: Sequence[str]) -> int:
    """Run one command and return the exit code of the process; nothing is raised for bad usage or bad input."""
    try:
        outcome = app(list(argv), exit_on_error=False, print_error=False, result_action="return_value")
        return outcome if isinstance(outcome, int) else CLEAN
    except CycloptsError as error:
        return _fail(UNUSABLE, f"{error}\nTry: kubeadm-cfg --help")
    except UsageError as error:
        return _fail(UNUSABLE, str(error))
    except ParseError as error:
        return _fail(UNUSABLE, str(error))
    except ConfigError as error:
        return _fail(FOUND, str(error))
    except OSError as error:
        return _fail(UNUSABLE, f"{error.filename}: {error.strerror}" if error.filename else str(error))


class UsageError(Exception):
    """The arguments do not make sense together."""


def _fail(code: int, message: str) -> int:
    print(f"kubeadm-cfg: {message}", file=sys.stderr)
    return code
