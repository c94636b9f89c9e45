"""Run by test_canvas_picture in a process of its own: the scale of a screen is fixed at start."""

from __future__ import annotations

import sys

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from tests.documents import noise_document
from tests.gui.canvas.bench import pixels_of


def main(scale: float) -> None:
    QApplication(sys.argv)
    session = EditorSession(2**20)
    toolbox = ToolBox(session)
    window = QWidget()
    window.resize(500, 400)
    canvas = CanvasView(session, toolbox, window)
    # An odd place is no whole device px at 150 %.
    canvas.setGeometry(37, 41, 401, 301)
    window.show()
    document = noise_document(200, 150)
    session.open(document)
    canvas.zoom_to(1.0)
    QApplication.processEvents()
    assert canvas.devicePixelRatioF() == scale
    expected = flatten(document.layers.painted, document.frame)[..., :3]
    assert holds(pixels_of(canvas.grab().toImage()), expected), "100 % is not pixel by pixel"
    assert holds(pixels_of(window.grab().toImage()), expected), "not pixel by pixel in a window"
    area = canvas.to_view(Bounds(0, 0, 200, 150))
    assert area.width() == 200 / scale
    middle = QPoint(round(area.center().x()), round(area.center().y()))
    toolbox.set_brush(size=20, hardness=1.0)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    painted = document.mask(MaskKind.repaint).raster.content_bounds()
    at = canvas.to_document(Point(middle.x(), middle.y()))
    assert abs(painted.center.x - at.x) <= 1
    assert abs(painted.width - 21) <= 3


def holds(shown: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the expected pixels appear somewhere in a grab."""
    first = expected[0, 0]
    height, width = expected.shape[:2]
    for y, x in zip(*np.nonzero((shown == first).all(axis=-1)), strict=True):
        if np.array_equal(shown[y : y + height, x : x + width], expected):
            return True
    return False


if __name__ == "__main__":
    main(float(sys.argv[1]))
