"""The corpora under tests/data, read once; every case has an id. What a case has to show is its test's business."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

Case = dict[str, Any]


@cache
def rows(name: str) -> tuple[Case, ...]:
    """The cases of a file of JSON lines."""
    lines = (DATA / name).read_text(encoding="utf-8").split("\n")
    return tuple(json.loads(line) for line in lines if line.strip())


@cache
def roundtrip_files() -> tuple[Case, ...]:
    """The files under tests/data/roundtrip, each with its bytes and one edit: what is found and what replaces it."""
    folder = DATA / "roundtrip"
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return tuple({**entry, "id": entry["file"], "bytes": (folder / entry["file"]).read_bytes()} for entry in entries)


@cache
def texts() -> tuple[str, ...]:
    """Every YAML text of the edit corpora, before and after, without repetitions."""
    found = [case[key] for case in rows("edits.jsonl") for key in ("yaml", "expect") if key in case]
    found += [case["bytes"].decode("utf-8") for case in roundtrip_files()]
    return tuple(dict.fromkeys(found))
