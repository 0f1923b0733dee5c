"""Writes docs/rules/<CODE>.md, a page per code, from the rules and their examples. `--check` exits 1 when stale."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kubeadm_cfg.checks.codes import rules
from kubeadm_cfg.checks.pages import page

PAGES = Path(__file__).resolve().parent.parent / "docs" / "rules"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page would change")
    options = parser.parse_args(arguments)
    wanted = {f"{code.code}.md": page(code.code) or "" for code in rules()}
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    if options.check:
        for name in stale:
            print(f"docs/rules/{name} is not what its rule says: run tools/write_rule_pages.py", file=sys.stderr)
        return 1 if stale else 0
    PAGES.mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (PAGES / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (PAGES / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
