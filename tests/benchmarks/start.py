"""From nothing to a window that is painted and idle."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Row

PROGRAM = """
import os, sys, time
started = float(sys.argv.pop())
from inpaint_studio.__main__ import main, prepare
prepare()
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = True
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        times = os.times()
        cpu = times.user + times.system
        print(time.time() - started, cpu, "torch" in sys.modules, flush=True)
        self.window.close()
def execute(app):
    first_paint.seen = False
    first_paint.window = next(w for w in app.topLevelWidgets() if hasattr(w, "welcome"))
    first_paint.window.welcome.installEventFilter(first_paint)
    return original()
first_paint = FirstPaint()
original, QApplication.exec = QApplication.exec, execute
sys.exit(main())
"""


def bench_start(folder: Path) -> Iterator[Row]:
    walls, processor = [], []
    for _ in range(8):
        command = [sys.executable, "-c", PROGRAM, str(time.time())]
        done = subprocess.run(
            command, env=_environment(folder), capture_output=True, text=True, check=True
        )
        wall, cpu, torch = done.stdout.split()[-3:]
        if torch == "True":
            raise RuntimeError("torch was imported into the window's process")
        walls.append(float(wall))
        processor.append(float(cpu))
    yield Row("start to a painted window, warm: median", statistics.median(walls[1:]), "s", 1.0)
    yield Row("the same: worst", max(walls[1:]), "s", None)
    cpu = statistics.median(processor[1:])
    yield Row("the same, processor time of all threads: median", cpu, "s", 0.5, "CPU")


def _environment(folder: Path) -> dict[str, str]:
    """With compiled modules, as an installed program has them, even where nobody writes them."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
