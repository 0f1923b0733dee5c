"""What a check costs: in process against a typed load, as a cold process against an import, and for many files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import kubeadm_cfg as kc
from fleet import DATA, cluster

TYPICAL = DATA / "typical.yaml"
FILES = 10_000


class Many(NamedTuple):
    """`files_per_second` of CPU with one process, and how many times faster two are."""

    files_per_second: float
    two_jobs: float


def in_process(turns: int = 9, rounds: int = 60) -> dict[str, list[float]]:
    """Seconds of a check with all rules and of a typed load, the best of each turn."""
    text = TYPICAL.read_text(encoding="utf-8")

    def load() -> Any:
        return [document.obj for document in kc.loads(text).documents]

    costs: dict[str, list[float]] = {"check": [], "typed load": []}
    for turn in range(turns + 1):
        for name, run in (("check", lambda: kc.check_text(text)), ("typed load", load)):
            cost = _best(run, rounds)
            if turn:
                costs[name].append(cost)
    return costs


def _best(run: Callable[[], Any], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def cold(turns: int = 15) -> dict[str, list[float]]:
    """Seconds of CPU of whole processes, one value a turn; a first turn compiles what both import."""
    commands = {
        "check": [sys.executable, "-m", "kubeadm_cfg", "check", str(TYPICAL)],
        "attrs, cattrs": [sys.executable, "-c", "import attrs, cattrs"],
    }
    costs: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for turn in range(turns + 1):
            for name, command in commands.items():
                before = _cpu_of_children()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=DATA)
                if turn:
                    costs[name].append(_cpu_of_children() - before)
    return costs


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def many(files: int = FILES) -> Many:
    """Files that differ in names, addresses and numbers, each a cluster of its own."""
    typical = TYPICAL.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.yaml" for number in range(files)]
        for number, path in enumerate(paths):
            path.write_text(cluster(typical, number), encoding="utf-8")
        kc.check(paths[0])
        wall, cpu = _seconds(paths, jobs=1)
        return Many(files / cpu, wall / _seconds(paths, jobs=2)[0])


def _seconds(paths: list[Path], *, jobs: int) -> tuple[float, float]:
    """Wall time, and the CPU time of this process."""
    start, used = time.perf_counter(), time.process_time()
    for _, report in kc.check_many(paths, jobs=jobs):
        assert report.ok, str(report)
    return time.perf_counter() - start, time.process_time() - used
