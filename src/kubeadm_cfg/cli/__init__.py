"""The command line (extra `cli`): the commands, their errors and exit codes. Nothing is decided here.

Each command is a function in a module of this package, imported when it is asked for. The modules are thin and import
late what is costly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from kubeadm_cfg import __version__
from kubeadm_cfg.cli.common import CLEAN, FOUND, UNUSABLE, UsageError
from kubeadm_cfg.errors import ConfigError, ParseError

__all__ = ["app", "run"]

NOT_READ = 128 + 13  # as shells show the death by SIGPIPE of any other program

app = App(
    name="kubeadm-cfg",
    help="Read, check and edit the files of kubeadm, kubelet, kube-proxy, flannel and containerd, and advise on them. "
    "An edit changes only its own bytes.",
    help_epilogue="Exit code 0: done; 1: not there, not possible or not equal; 2: wrong usage or unreadable input.",
    version=__version__,
)
for name, arguments, command in (
    ("check", "FILE...", "check:check"),
    ("advise", "FILE...", "advise:advise"),
    ("get", "ADDRESS FILE...", "edit:get"),
    ("set", "ADDRESS VALUE FILE...", "edit:set_value"),
    ("unset", "ADDRESS FILE...", "edit:unset"),
    ("diff", "OLD NEW", "compare:diff"),
    ("http-registry", "HOST:PORT", "registry:http_registry"),
    ("images", "[FILE...]", "images:images"),
    ("ports", "[FILE...]", "ports:ports"),
    ("explain", "KIND[.FIELD...]", "explain:explain"),
    ("new", "KIND...", "explain:new"),
    ("rule", "[CODE]", "rules:rule"),
    ("schema", "[KIND]", "schema:schema"),
):
    app.command(f"{__name__}.{command}", name=name, usage=f"Usage: kubeadm-cfg {name} {arguments} [OPTIONS]\n")
families = {
    name: App(name=name, help=f"Check and read the files of {name} as a release of it does.")
    for name in ("containerd", "flannel")
}
for family, name, arguments in (
    ("containerd", "check", "FILE..."),
    ("containerd", "effective", "FILE"),
    ("containerd", "hosts", "FILE"),
    ("containerd", "migrate", "FILE..."),
    ("containerd", "resolve", "HOST[:PORT]"),
    ("flannel", "check", "FILE..."),
    ("flannel", "normalized", "FILE"),
):
    usage = f"Usage: kubeadm-cfg {family} {name} {arguments} [OPTIONS]\n"
    families[family].command(f"{__name__}.{family}:{name}", name=name, usage=usage)
for group in families.values():
    app.command(group)


def run(argv: Sequence[str]) -> int:
    """Run one command and return the exit code of the process; nothing is raised for bad usage or bad input."""
    if not argv or argv[0].startswith("-"):
        app.resolved_commands()  # the list of commands has what each says of itself
    elif argv[0] in families and (len(argv) == 1 or argv[1].startswith("-")):
        families[argv[0]].resolved_commands()
    try:
        outcome = app(list(argv), exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as error:
        called = " ".join(("kubeadm-cfg", *(error.command_chain or ())))
        return _fail(UNUSABLE, f"{error}\nTry: {called} --help")
    except (UsageError, ParseError) as error:
        return _fail(UNUSABLE, str(error))
    except ConfigError as error:
        return _fail(FOUND, str(error))
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_READ
    except OSError as error:
        return _fail(UNUSABLE, f"{error.filename}: {error.strerror}" if error.filename else str(error))
    return outcome if isinstance(outcome, int) else CLEAN


def _fail(code: int, message: str) -> int:
    print(f"kubeadm-cfg: {message}", file=sys.stderr)
    return code
