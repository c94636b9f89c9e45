"""Performs one real edit through the real window, by mouse events, and keeps pictures of it.

Used where there is no display, and to make the screenshots of the README.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.files.export import ExportOptions, export_image
from inpaint_studio.files.image_io import open_image
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.resources import resource
from inpaint_studio.ui.studio import Studio

PATIENCE_SECONDS = 90.0
SAMPLE = ("samples", "dandelions.jpg")
SAMPLE_MASK = ("samples", "dandelions-mask.png")


class Demo:
    """Opens a photo, paints over part of it, removes it, and writes what was seen to a folder."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self._studio = studio
        self._folder = folder
        self._problem = ""
        studio.services.files.failed.connect(self._note_problem)
        studio.services.edits.failed.connect(self._note_problem)
        studio.services.edits.refused.connect(self._note_problem)

    def open(self, photo: Path | None) -> Document:
        """Open the photo, or the sample picture."""
        session = self._studio.services.session
        self._studio.services.files.open_path(photo or resource(*SAMPLE))
        self.wait_until(lambda: session.document is not None)
        settle()
        document = session.document
        assert document is not None
        return document

    def mask_of(self, document: Document, photo: Path | None) -> np.ndarray:
        """What to remove, bool HxW: the sample's own object, or an oval in the middle."""
        if photo is None:
            return open_image(resource(*SAMPLE_MASK)).pixels[..., 0] > 127
        frame = document.frame
        rows, columns = np.ogrid[: frame.height, : frame.width]
        across = (columns - frame.width / 2) / (frame.width / 12)
        down = (rows - frame.height / 2) / (frame.height / 10)
        return across**2 + down**2 < 1

    def paint(self, mask: np.ndarray) -> None:
        """Paint over the mask with the brush, as a hand would: line by line."""
        box = bounds_of(mask.astype(np.uint8))
        size = max(8.0, min(box.width, box.height) / 2.5)
        self._studio.services.toolbox.set_brush(size=size, hardness=0.9)
        for start, end in strokes_over(mask, box, size):
            self._drag(start, end)
        settle()

    def remove(self) -> None:
        """Press Remove and wait for the result."""
        edits = self._studio.services.edits
        self._studio.window.actions_table["generate"].trigger()
        self.wait_until(lambda: not edits.is_busy)
        settle()

    def save(self, name: str) -> None:
        """Write the picture as it is now."""
        document = self._studio.services.session.document
        assert document is not None
        pixels = flatten(document.layers.painted, document.frame)
        export_image(self._folder / name, pixels, ExportOptions())

    def screenshot(self, name: str) -> None:
        """Write the window as it is now."""
        settle()
        self._studio.window.grab().save(str(self._folder / name))

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Let the program run until then. Raises InpaintStudioError if it takes too long."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            if self._problem or time.monotonic() > give_up:
                raise InpaintStudioError(self._problem or "The demo took too long.")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if self._problem:
            raise InpaintStudioError(self._problem)

    def _drag(self, start: Point, end: Point) -> None:
        steps = 12
        self._send(QEvent.Type.MouseButtonPress, start)
        for i in range(1, steps + 1):
            t = i / steps
            x, y = start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t
            self._send(QEvent.Type.MouseMove, Point(x, y))
        self._send(QEvent.Type.MouseButtonRelease, end)

    def _send(self, kind: QEvent.Type, point: Point) -> None:
        canvas = self._studio.window.canvas
        box = canvas.to_view(Bounds(round(point.x), round(point.y), 1, 1))
        local = QPointF(box.center())
        released = kind is QEvent.Type.MouseButtonRelease
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            kind,
            local,
            QPointF(canvas.mapToGlobal(local)),
            Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else left,
            Qt.MouseButton.NoButton if released else left,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(canvas, event)

    def _note_problem(self, message: str, *_details: str) -> None:
        self._problem = message


def strokes_over(mask: np.ndarray, box: Bounds, size: float) -> list[tuple[Point, Point]]:
    """Horizontal strokes of a brush of that diameter that together cover the mask (bool HxW)."""
    strokes = []
    step = size * 0.6
    for i in range(max(1, int(np.ceil(box.height / step)))):
        y = min(box.y + (i + 0.5) * step, box.bottom - 1)
        columns = np.flatnonzero(mask[int(y)])
        if columns.size:
            strokes.append((Point(float(columns[0]), y), Point(float(columns[-1]), y)))
    return strokes


def settle() -> None:
    """Let everything that waits in the event loop happen, layouts and repaints included."""
    for _ in range(5):
        QApplication.processEvents()


def run_demo(studio: Studio, folder: Path, photo: Path | None) -> int:
    """The whole demo; returns the exit code. Writes before, after and window pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    demo = Demo(studio, folder)
    try:
        document = demo.open(photo)
        demo.save("before.png")
        demo.paint(demo.mask_of(document, photo))
        demo.screenshot("window-masked.png")
        demo.remove()
        demo.save("after.png")
        demo.screenshot("window.png")
    except InpaintStudioError as error:
        print(f"The demo stopped: {error}")
        return 1
    finally:
        studio.shut_down()
    print(f"Wrote before.png, after.png, window-masked.png and window.png to {folder}/")
    return 0
