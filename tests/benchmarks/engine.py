"""Patch fill from click to pixels, and whether the window stays alive meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.ui.studio import Studio
from tests.benchmarks.canvas import close, new_studio
from tests.benchmarks.measure import Row, photo_like

TICK_MS = 5


def bench_fill(_folder: Path) -> Iterator[Row]:
    for side, budget in ((1024, 0.5), (8192, 0.6)):
        studio = new_studio()
        _wait_for_engine(studio)
        for candidates in (1, 3):
            studio.services.edits.settings.change(patch_candidates=candidates)
            _open_with_blob(studio, side, 64)
            what = f"remove a 64 px blob from {side}², {candidates} candidate(s)"
            yield Row(what, _remove(studio), "s", budget if candidates == 1 else None)
        close(studio)


def bench_gap(_folder: Path) -> Iterator[Row]:
    studio = new_studio()
    yield Row("longest pause of the window while the engine starts", _worst_gap(1.5), "ms", 50)
    _wait_for_engine(studio)
    _open_with_blob(studio, 2048, 300)
    studio.services.edits.generate()
    worst = _worst_gap(3.0)
    yield Row("longest pause of the window while a fill runs", worst, "ms", 50)
    close(studio)


def _open_with_blob(studio: Studio, side: int, diameter: int) -> None:
    document = Document.from_pixels(from_rgb(photo_like(side)), Origin("bench.png"))
    rows, columns = np.ogrid[:diameter, :diameter]
    middle = (diameter - 1) / 2
    disc = (rows - middle) ** 2 + (columns - middle) ** 2 <= middle**2
    spot = Bounds(side // 2, side // 2, diameter, diameter)
    document.mask(MaskKind.repaint).raster.writable(spot)[disc] = 255
    studio.services.session.open(document)
    studio.window.canvas.repaint()
    QApplication.processEvents()


def _remove(studio: Studio) -> float:
    started = time.perf_counter()
    studio.window.actions_table["generate"].trigger()
    while studio.services.edits.is_busy:
        QApplication.processEvents()
    studio.window.canvas.repaint()
    return time.perf_counter() - started


def _wait_for_engine(studio: Studio) -> None:
    states: list[str] = []
    studio.engine.engine_state_changed.connect(states.append)
    give_up = time.monotonic() + 10
    while "ready" not in states and time.monotonic() < give_up:
        QApplication.processEvents()


def _worst_gap(seconds: float) -> float:
    """Longest time in ms between two ticks of a 5 ms timer, beyond those 5 ms."""
    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(TICK_MS)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.0005)
    gaps = np.diff(ticks) * 1000
    return float(gaps.max(initial=0.0)) - TICK_MS
