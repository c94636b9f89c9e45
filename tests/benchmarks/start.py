"""From nothing to a window that is painted and idle."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Row

PROGRAM = """
import os, sys, time
started = float(sys.argv[1])
from PySide6.QtCore import QTimer
from inpaint_studio import app
from inpaint_studio.ui.studio import Studio
original = Studio.start
def start(studio):
    original(studio)
    def ready():
        times = os.times()
        print(time.time() - started, times.user + times.system, "torch" in sys.modules, flush=True)
        studio.window.close()
    QTimer.singleShot(0, ready)
Studio.start = start
sys.exit(app.run(["inpaint-studio"]))
"""


def bench_start(_folder: Path) -> Iterator[Row]:
    walls, processor = [], []
    for _ in range(6):
        command = [sys.executable, "-c", PROGRAM, str(time.time())]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        wall, cpu, torch = output.split()[-3:]
        if torch == "True":
            raise RuntimeError("torch was imported into the window's process")
        walls.append(float(wall))
        processor.append(float(cpu))
    yield Row("start to a painted window, warm", statistics.median(walls[1:]), "s", 1.0)
    yield Row("the same, processor time", statistics.median(processor[1:]), "s", 0.5, "CPU")
