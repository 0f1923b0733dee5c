"""`make bench`: one run of everything measured, printed as the table of docs/performance.md with its targets.

--check exits with 1 when a target is missed, --write puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import bench_check
from memory_and_import import import_cost, median_ratio, peak_memory

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
EDITS = ("typical, maxPods", "typical, podSubnet", "large, maxPods")
Times = dict[tuple[str, str, str], list[float]]


class Row(NamedTuple):
    what: str
    ours: str
    theirs: str
    ratio: float
    bound: float | None = None
    faster: bool = False  # the ratio says how many times faster, and the bound is the least
    unit: str = "x faster"

    @property
    def holds(self) -> bool | None:
        if self.bound is None:
            return None
        return self.ratio >= self.bound if self.faster else self.ratio <= self.bound

    def markdown(self) -> str:
        target = "" if self.bound is None else f"{'≥' if self.faster else '≤'} {self.bound:g}"
        verdict = {None: "", True: "yes", False: "**no**"}[self.holds]
        ratio = f"{self.ratio:.{1 if self.ratio < 200 else 0}f} {self.unit}" if self.faster else f"{self.ratio:.2f}"
        return f"| {self.what} | {self.ours} | {self.theirs} | {ratio} | {target} | {verdict} |"


def timed() -> Times:
    """The best time of each task in each turn, from one run of pytest-benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-o",
                    "addopts=",
                    "-o",
                    "filterwarnings=",
                    "-p",
                    "no:cacheprovider",
                ),
                *("-o", "python_files=bench_*.py", "-o", "python_functions=bench_*", str(HERE / "bench_speed.py")),
                *("--benchmark-quiet", "--benchmark-json", str(report), "--no-header", "--no-summary"),
            ],
            check=True,
            stdout=sys.stderr,
        )
        measured = json.loads(report.read_text(encoding="utf-8"))["benchmarks"]
    times: Times = defaultdict(list)
    for one in sorted(measured, key=lambda one: one["extra_info"]["turn"]):
        info = one["extra_info"]
        times[info["task"], info["input"], info["engine"]].append(one["stats"]["min"])
    return times


def rows(times: Times) -> list[Row]:
    def row(ours: str, theirs: tuple[str, str], what: str, bound: float | None, *, faster: bool = False) -> Row:
        a, b = times[ours, what, "kubeadm_cfg"], times[theirs[0], what, theirs[1]]
        ratio = median_ratio(b, a) if faster else median_ratio(a, b)
        return Row(f"{ours}: {what}", shown(a), f"{theirs[1]} {shown(b)}", ratio, bound, faster)

    table = [row("typed load", ("plain load", "PyYAML"), what, 1.3) for what in ("typical", "large", "fleet")]
    table += [
        row("typed load + to_dict", ("plain load", "PyYAML"), what, 1.8) for what in ("typical", "large", "fleet")
    ]
    bounds = dict(zip(EDITS, (1.0, 1.0, 1.3), strict=True))
    table += [row("edit by path", ("edit", "yaml-edit"), what, bound) for what, bound in bounds.items()]
    table += [row("typed edit", ("edit", "yaml-edit"), what, 2.5) for what in EDITS]
    table += [row("edit by path", ("edit", "ruamel.yaml"), what, 25, faster=True) for what in EDITS]
    table += [row("typed edit", ("edit", "ruamel.yaml"), what, None, faster=True) for what in EDITS]
    table.append(row("save()", ("write", "yaml-edit"), EDITS[0], None))

    memory = peak_memory()
    theirs = memory["CSafeLoader, results kept"]
    for name, bound in (("loads", 2.0), ("loads, every object built", None)):
        what = f"peak memory, fleet: {name}"
        ours = memory[name]
        table.append(Row(what, f"{ours / 1024:.0f} MiB", f"PyYAML {theirs / 1024:.0f} MiB", ours / theirs, bound))

    costs = import_cost()
    ours_s, theirs_s = costs["kubeadm_cfg"], costs["attrs, cattrs"]
    ratio = median_ratio(ours_s, theirs_s)
    table.append(Row("`import kubeadm_cfg`", shown(ours_s), f"`import attrs, cattrs` {shown(theirs_s)}", ratio, 0.4))
    return table + check_rows()


def check_rows() -> list[Row]:
    here, cold = bench_check.in_process(), bench_check.cold()
    many = bench_check.many()
    ours, theirs = here["check"], here["typed load"]
    process, imports = cold["check"], cold["attrs, cattrs"]
    files = f"check_many: {bench_check.FILES:,} files"
    return [
        Row("check, all rules: typical", shown(ours), f"typed load {shown(theirs)}", median_ratio(ours, theirs), 3),
        Row(
            "`kubeadm-cfg check typical.yaml`, a cold process", shown(process),
            f"`import attrs, cattrs` {shown(imports)}", median_ratio(process, imports), 4,
        ),
        Row(f"{files}, one process", "", "", many.files_per_second, 900, faster=True, unit="files/s of CPU"),
        Row(f"{files}, `jobs=2`", "", "one process", many.two_jobs, 1.7, faster=True),
    ]  # fmt: skip


def shown(seconds: list[float]) -> str:
    middle = statistics.median(seconds)
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if middle * factor >= 1:
            return f"{middle * factor:.3g} {unit}"
    return f"{middle * 1e6:.0f} µs"


def markdown(table: list[Row]) -> str:
    compared = ("PyYAML", "yaml-edit", "ruamel.yaml", "ruamel.yaml.clib", "attrs", "cattrs")
    head = [
        f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}; "
        + ", ".join(f"{name} {version(name)}" for name in compared),
        "",
        "| task: input | kubeadm_cfg | compared with | ratio | target | holds |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(row.markdown() for row in table)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    options = parser.parse_args()
    table = rows(timed())
    text = markdown(table)
    print(text)
    missed = [row.what for row in table if row.holds is False]
    print(
        f"\n{sum(row.holds is True for row in table)} targets hold, {len(missed)} do not"
        + "".join(f"\n  {x}" for x in missed)
    )
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        between = re.compile(r"(?<=<!-- table -->\n).*?(?=\n<!-- end of table -->)", re.DOTALL)
        PAGE.write_text(between.sub(lambda _: text, page), encoding="utf-8")
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
