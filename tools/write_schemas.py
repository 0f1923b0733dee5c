"""Write every JSON Schema into a folder: FOLDER/1.31/all.json, FOLDER/1.31/ClusterConfiguration.json ..."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kubeadm_cfg.schema import MINORS, json_schema, kinds_read_by


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="made when it is not there")
    parser.add_argument("--minor", choices=MINORS, action="append", help="only this one; may be repeated")
    options = parser.parse_args(arguments)
    count = 0
    for minor in options.minor or MINORS:
        folder = options.folder / minor
        folder.mkdir(parents=True, exist_ok=True)
        for name in ["all", *dict.fromkeys(kind for _, kind in kinds_read_by(minor))]:
            text = json.dumps(json_schema(name, kubernetes=minor), ensure_ascii=False, indent=1) + "\n"
            (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
            count += 1
    print(f"{count} schemas in {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
