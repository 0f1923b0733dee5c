"""What only a process of its own can tell: peak memory of a loaded fleet, and what an import costs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from fleet import fleet

# VmHWM is the peak of the process itself. ru_maxrss is not: Linux hands it down from the parent.
PEAK = """
def peak():
    try:
        for line in open("/proc/self/status"):
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    import resource, sys
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
import sys
"""
LOADS = {
    "interpreter": "",
    "CSafeLoader, results kept": """
import yaml
kept = list(yaml.load_all(open(sys.argv[1], encoding="utf-8").read(), Loader=yaml.CSafeLoader))
assert len(kept) == 10_000
""",
    "loads": """
import kubeadm_cfg
kept = kubeadm_cfg.loads(open(sys.argv[1], encoding="utf-8").read())
assert len(kept.documents) == 10_000
""",
    "loads, every object built": """
import kubeadm_cfg
kept = kubeadm_cfg.loads(open(sys.argv[1], encoding="utf-8").read())
assert all(document.obj is not None for document in kept.documents)
""",
}
IMPORTS = ("kubeadm_cfg", "attrs, cattrs")


def _python(code: str, *arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True)
    return float(done.stdout)


def peak_memory(turns: int = 3) -> dict[str, float]:
    """KiB above the bare interpreter, the least of several runs."""
    peaks: dict[str, list[float]] = {name: [] for name in LOADS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yaml"
        path.write_text(fleet(), encoding="utf-8")
        for _ in range(turns):
            for name, code in LOADS.items():
                peaks[name].append(_python(f"{PEAK}{code}print(peak())", str(path)))
    bare = min(peaks.pop("interpreter"))
    return {name: min(values) - bare for name, values in peaks.items()}


def import_cost(turns: int = 25) -> dict[str, list[float]]:
    """Seconds of CPU each import takes in a fresh interpreter, one value a turn; a first turn only warms the caches."""
    costs: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for turn in range(turns + 1):
        for name in IMPORTS:
            code = f"import time; start = time.process_time(); import {name}; print(time.process_time() - start)"
            cost = _python(code)
            if turn:
                costs[name].append(cost)
    return costs


def median_ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
