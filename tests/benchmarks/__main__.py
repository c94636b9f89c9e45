"""Prints what this machine needs beside the budgets: `inpaint-studio-cli bench [NAME ...]`.

Each benchmark runs in a process of its own, so that none inherits another's memory and caches.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.benchmarks.canvas import bench_brush, bench_huge, bench_pan, bench_undo
from tests.benchmarks.diffusion import bench_diffusion
from tests.benchmarks.engine import bench_fill
from tests.benchmarks.expand import bench_expand
from tests.benchmarks.files import bench_export, bench_open
from tests.benchmarks.gap import bench_gap
from tests.benchmarks.measure import Row
from tests.benchmarks.start import bench_start

BENCHMARKS = {
    "start": bench_start,
    "open": bench_open,
    "brush": bench_brush,
    "pan": bench_pan,
    "undo": bench_undo,
    "huge": bench_huge,
    "fill": bench_fill,
    "gap": bench_gap,
    "expand": bench_expand,
    "export": bench_export,
    "diffusion": bench_diffusion,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No benchmark called {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        return 1
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"{os.cpu_count()} cores, load {load:.1f}. CPU = this thread's processor time.\n")
    print(f"{'what':58} {'measured':>12} {'budget':>12}", flush=True)
    codes = [subprocess.run(_command(name), check=False).returncode for name in names or BENCHMARKS]
    return max(codes)


def _command(name: str) -> list[str]:
    return [sys.executable, "-c", f"from tests.benchmarks.__main__ import run; run({name!r})"]


def run(name: str) -> None:
    """Run one benchmark here and print its rows."""
    with tempfile.TemporaryDirectory() as folder:
        for row in BENCHMARKS[name](Path(folder)):
            print(line_of(row), flush=True)


def line_of(row: Row) -> str:
    budget = "" if row.budget is None else f"{row.budget:g} {row.unit}"
    measured = f"{row.value:.3g} {row.unit}"
    return f"{row.what:58} {measured:>12} {budget:>12}  {row.verdict} {row.note}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
