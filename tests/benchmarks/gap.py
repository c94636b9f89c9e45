"""How long the window can't answer while something else goes on: jobs, files, the engine itself.

A machine that others use makes a gap longer than the window's own work does: the note says how
long the longest turn of the event loop was in this thread's processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.commands import DeleteLayer
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.files.export import ExportFormat, ExportOptions
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.ui.studio import Studio
from tests.benchmarks.canvas import close, new_studio
from tests.benchmarks.engine import open_with_blob
from tests.benchmarks.measure import Row, clock, photo_like

TICK_MS = 5
BUDGET_MS = 50.0
SIDE = 8192
PATIENCE = 60.0
"""Seconds that anything may take."""
MIB = 1 << 20
PHOTO = "photo.png"


class Watch:
    """Counts the longest time between two ticks of a timer, and the longest turn of the loop."""

    def __init__(self) -> None:
        self.gap = 0.0
        self.turn = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def run(self, is_over: Callable[[], bool], at_least: float = 0.3) -> None:
        """Let the window live until that is so, and `at_least` so many seconds."""
        started = time.perf_counter()
        while time.perf_counter() - started < at_least or not is_over():
            with clock() as spent:
                QApplication.processEvents()
            self.turn = max(self.turn, spent.cpu * 1000)
            if time.perf_counter() - started > PATIENCE:
                raise TimeoutError
            time.sleep(0.0005)

    def do(self, action: Callable[[], object]) -> None:
        """Something that the window does in one go, such as what a click leads to."""
        with clock() as spent:
            action()
        self.turn = max(self.turn, spent.cpu * 1000)

    def row(self, while_what: str) -> Row:
        """The figures so far. Times in ms, beyond the timer's own."""
        self._timer.stop()
        note = f"{self.turn:.0f} ms CPU the longest turn"
        return Row(f"window pauses: {while_what}", self.gap, "ms", BUDGET_MS, note)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gap = max(self.gap, (now - self._last) * 1000 - TICK_MS)
        self._last = now


def bench_gap(folder: Path) -> Iterator[Row]:
    studio = new_studio()
    engine_states: list[str] = []
    studio.engine.engine_state_changed.connect(engine_states.append)
    watch = Watch()
    watch.run(lambda: "ready" in engine_states, 1.5)
    yield watch.row("the engine starts")
    yield _open(studio, folder)
    yield _export(studio, folder)
    yield _crash(studio, engine_states)
    yield _fill(studio, 2048, 300)
    yield _fill(studio, SIDE, 300)
    yield _fill(studio, SIDE, 1500)
    yield _expand(studio)
    yield _spill(studio, folder)
    yield _save_settings(studio, folder)
    close(studio)


def _open(studio: Studio, folder: Path) -> Row:
    path = folder / PHOTO
    Image.fromarray(photo_like(SIDE)).save(path, compress_level=1)
    watch = Watch()
    watch.do(lambda: studio.open_path(path))
    watch.run(lambda: studio.services.session.document is not None)
    # And seen.
    watch.run(lambda: True, 1.0)
    return watch.row(f"a {SIDE}² PNG is opened")


def _export(studio: Studio, folder: Path) -> Row:
    watch = Watch()
    options = ExportOptions(ExportFormat.png)
    watch.do(lambda: studio.services.files.export(folder / "out.png", options))
    watch.run(lambda: not studio.services.files.is_exporting)
    return watch.row(f"{SIDE}² is exported as PNG")


def _crash(studio: Studio, engine_states: list[str]) -> Row:
    """The worker is killed in the middle of a job, and another one starts."""
    open_with_blob(studio, SIDE, 300)
    rest()
    worker = next(p for p in psutil.Process().children() if "resource_tracker" not in _line(p))
    watch = Watch()
    watch.do(studio.services.edits.generate)
    watch.run(lambda: "busy" in engine_states, 0.1)
    engine_states.clear()
    worker.kill()
    watch.run(lambda: "ready" in engine_states or not studio.services.edits.is_busy, 2.0)
    return watch.row("the engine crashes and starts again")


def _fill(studio: Studio, side: int, diameter: int) -> Row:
    open_with_blob(studio, side, diameter)
    rest()
    watch = Watch()
    watch.do(studio.services.edits.generate)
    watch.run(lambda: not studio.services.edits.is_busy)
    return watch.row(f"{diameter} px are filled in {side}²")


def _expand(studio: Studio) -> Row:
    side = 2048
    session = studio.services.session
    session.open(Document.from_pixels(from_rgb(photo_like(side)), Origin("bench.png")))
    studio.services.frames.set_frame(Bounds(-200, 0, side + 400, side))
    rest()
    begun: list[bool] = []
    expansions = studio.services.expansions
    expansions.busy_changed.connect(begun.append)
    watch = Watch()
    watch.do(studio.expanding.generate)
    watch.run(lambda: bool(begun) and not expansions.is_busy)
    return watch.row(f"{side}² is expanded by 200 px on two sides")


def _spill(studio: Studio, folder: Path) -> Row:
    """A layer of 256 MiB is deleted, for which the history has no memory."""
    session = studio.services.session
    session.set_history_budgets(64 * MIB, 4096 * MIB)
    studio.services.files.open_path(folder / PHOTO)
    Watch().run(lambda: not studio.services.files.is_busy, 1.0)
    document = session.document
    assert document is not None
    rest()
    picture = next(layer for layer in document.layers if layer.rasters)
    step = DeleteLayer("Delete layer", picture, document.layers.index(picture.id))
    watch = Watch()
    watch.do(lambda: session.do(step))
    watch.run(lambda: True, 2.5)
    watch.do(session.undo)
    watch.run(lambda: True, 0.5)
    return watch.row(f"{SIDE}² layer deleted, to disk and back")


def _save_settings(studio: Studio, folder: Path) -> Row:
    settings = type(studio.services.settings).load(folder / "settings.toml")
    settings.set("brush_size", 123.0)
    watch = Watch()
    watch.do(settings.save)
    watch.run(lambda: True)
    return watch.row("the settings are saved")


def rest() -> None:
    """Until everything is painted that the last action left to paint."""
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def _line(process: psutil.Process) -> str:
    return " ".join(process.cmdline())
