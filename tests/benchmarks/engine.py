"""Patch fill from click to pixels."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.ui.studio import Studio
from tests.benchmarks.canvas import close, new_studio
from tests.benchmarks.measure import Row, photo_like


def bench_fill(_folder: Path) -> Iterator[Row]:
    for side, budget in ((1024, 0.5), (8192, 0.6)):
        studio = new_studio()
        _wait_for_engine(studio)
        for candidates in (1, 3):
            studio.services.edits.settings.change(patch_candidates=candidates)
            open_with_blob(studio, side, 64)
            what = f"remove a 64 px blob from {side}², {candidates} candidate(s)"
            yield Row(what, _remove(studio), "s", budget if candidates == 1 else None)
        close(studio)


def open_with_blob(studio: Studio, side: int, diameter: int) -> None:
    """Opens a square photo with a masked disc in its middle."""
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
