"""The command `advise`: what would be better in the files of a cluster, why, and on request the edits."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Annotated, Any, Literal

from cyclopts import Parameter

import kubeadm_cfg as kc
from kubeadm_cfg.cli.common import CLEAN, FOUND, Language, UsageError, given, not_empty
from kubeadm_cfg.cli.edit import at_least_one
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import masked

__all__ = ["advise"]

Flag = partial(Parameter, negative=(), show_default=False)


def advise(  # noqa: PLR0913  # one parameter for each option
    *files: Annotated[
        str,
        Parameter(
            name="FILE",
            help="kubeadm.yaml, flannel's manifest or net-conf.json, containerd's config.toml, or a directory of them; "
            "- is standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    kubernetes: Annotated[
        str | None, Parameter(name=["--kubernetes", "-k"], help="The version, as in 1.34; else the files' own.")
    ] = None,
    kernel: Annotated[str | None, Parameter(help="The kernel of the oldest node, as `uname -r` prints it.")] = None,
    known: Annotated[
        tuple[str, ...],
        Parameter(
            name="--with",
            help="What is known besides, as in proxy_mode.services=3000 or flannel_backend.environment=lan.",
            negative=(),
            show_default=False,
        ),
    ] = (),
    language: Annotated[Language, Parameter(name=["--language", "--lang"], help="English or Chinese.")] = "en",
    form: Annotated[Literal["text", "json"], Parameter(name="--format", help="How the answer is printed.")] = "text",
    diff: Annotated[bool, Flag(help="Print only what would change, as a unified diff for patch.")] = False,
    in_place: Annotated[bool, Flag(name=["--in-place", "-i"], help="Write the files as advised.")] = False,
    backup: Annotated[bool, Flag(help="With --in-place: keep the old file as FILE.bak.")] = False,
    comment: Annotated[bool, Flag(help="With --in-place: say why in a comment above what is written.")] = False,
) -> int:
    """Say what should be different in the files of one cluster and why; nothing is written without --in-place.

    Exit code 1 when --in-place could not place everything.
    """
    at_least_one(files)
    not_empty(files)
    if (backup or comment) and not in_place:
        raise UsageError(f"--{'backup' if backup else 'comment'} goes with --in-place")
    if in_place and "-" in files:
        raise UsageError("--in-place needs files; standard input has no place")
    try:
        found = kc.advise.cluster(
            *map(given, files),
            kubernetes=kubernetes,
            host=kc.Host(kernel=kernel),
            arguments=_arguments(known),
        )
    except ConfigError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None
    if form == "json":
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    elif diff:
        print(found.diff(), end="")
    else:
        print(found.explain(language))
        if found.diffs and not in_place:
            print(f"\n{masked(found.diff())}", end="")
    if not in_place:
        return CLEAN
    problems = found.apply(comment=language if comment else False)
    for file in found.files:
        file.save(backup=backup)
    return FOUND if problems else CLEAN


_PAIR = re.compile(r"([a-z_]+)\.([a-z_]+)=(.*)", re.DOTALL)


def _arguments(known: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What --with says: the arguments of each function; of one that is given several times a list."""
    found: dict[str, dict[str, Any]] = {}
    for text in known:
        pair = _PAIR.fullmatch(text)
        if pair is None:
            raise UsageError(f"{text!r} is no FUNCTION.PARAMETER=VALUE such as proxy_mode.services=3000")
        said, name, value = found.setdefault(pair[1], {}), pair[2], _value(pair[3])
        if name in said:
            said[name] = [*(said[name] if isinstance(said[name], list) else [said[name]]), value]
        else:
            said[name] = value
    return found


def _value(text: str) -> Any:
    """A whole number, true, false or a JSON list; anything else is text, as 5.4 is a version and no number."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[0-9]+", text):
        return int(text)
    if text.startswith("["):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise UsageError(f"{text!r} is no JSON list: {error}") from None
    return text
