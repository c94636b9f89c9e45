"""A canvas with a document, and hands to work on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QInputDevice, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from inpaint_studio.ui.canvas.catching_up import REST_MS
from tests.pointer import move

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def pixels_of(image: QImage) -> np.ndarray:
    """A grab as uint8 HxWx3, blue green red."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8)
    return rows.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), :3].copy()


def flat_document(width: int, height: int, value: int = 128) -> Document:
    """A picture of one grey."""
    rgb = np.full((height, width, 3), value, np.uint8)
    return Document.from_pixels(from_rgb(rgb), Origin("flat.png"))


@dataclass
class Bench:
    """A canvas of 400x300 logical px with what it works on."""

    session: EditorSession
    toolbox: ToolBox
    canvas: CanvasView

    @property
    def document(self) -> Document:
        document = self.session.document
        assert document is not None
        return document

    def mask(self, kind: MaskKind = MaskKind.repaint) -> np.ndarray:
        return self.document.mask(kind).raster.read(self.document.frame)

    def open(self, document: Document, zoom: float = 1.0) -> None:
        self.session.open(document)
        self.canvas.zoom_to(zoom)
        self.settle()

    def settle(self) -> None:
        """Until everything that a move of the view asked for is drawn or made in advance."""
        QApplication.processEvents()
        while not self.canvas.is_settled:
            QApplication.processEvents()
        # A view that came to rest has asked for its last repaint only now.
        QApplication.processEvents()

    def rest(self) -> None:
        """Wait until the view counts as not moving, and is drawn in full quality."""
        QTest.qWait(2 * REST_MS)

    def leave(self) -> None:
        """Take the pointer, and with it the brush circle, off the canvas."""
        QApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))

    def grab(self) -> np.ndarray:
        return pixels_of(self.canvas.grab().toImage())

    def on_screen(self) -> np.ndarray:
        """What the window holds after the repaints so far, which may have been partial."""
        self.settle()
        return pixels_of(self.canvas.screen().grabWindow(self.canvas.winId()).toImage())

    def shown(self) -> np.ndarray:
        """The frame's part of a grab at 100 %."""
        area = self.canvas.to_view(self.document.frame).toRect()
        top, left = area.top(), area.left()
        return self.grab()[top : top + area.height(), left : left + area.width()]

    def at(self, x: float, y: float) -> QPoint:
        """The widget's pixel at a place in the document, in a view that is not turned."""
        origin = self.canvas.to_document(Point(0, 0))
        factor = self.canvas.zoom / self.canvas.devicePixelRatioF()
        return QPoint(round((x - origin.x) * factor), round((y - origin.y) * factor))

    def seen_at(self, x: float, y: float) -> QPoint:
        """The same in any view."""
        middle = self.canvas.to_view(Bounds(0, 0, 0, 0)).center()
        origin = self.canvas.to_document(Point(middle.x(), middle.y()))
        across, down = (
            self.canvas.to_document(Point(middle.x() + dx, middle.y() + dy))
            for dx, dy in ((1, 0), (0, 1))
        )
        columns = np.array([across, down]) - origin
        found = np.linalg.solve(columns.T, np.array([x, y]) - origin)
        return QPoint(round(middle.x() + found[0]), round(middle.y() + found[1]))

    def document_at(self, x: float, y: float) -> Point:
        """The place in the document below a place of the widget."""
        return self.canvas.to_document(Point(x, y))

    def drag_to(self, place: QPoint, keys: Qt.KeyboardModifier) -> None:
        """Move the mouse with its button down and keys held: QTest.mouseMove knows no keys."""
        move(self.canvas, place, keys)
        self.settle()

    def press(self, x: float, y: float, button: Qt.MouseButton = LEFT, keys=NO_KEYS) -> None:
        QTest.mousePress(self.canvas, button, keys, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.canvas, self.at(x, y))
        self.settle()

    def release(self, x: float, y: float, button: Qt.MouseButton = LEFT, keys=NO_KEYS) -> None:
        QTest.mouseRelease(self.canvas, button, keys, self.at(x, y))

    def stroke(self, *points: tuple[float, float]) -> None:
        self.press(*points[0])
        for point in points[1:]:
            self.move(*point)
        self.release(*points[-1])

    def pen(
        self,
        kind: QEvent.Type,
        x: float,
        y: float,
        pressure: float,
        pointer: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen,
    ) -> bool:
        """Send a pen event; returns whether it was accepted."""
        device = QPointingDevice(
            "pen",
            1,
            QInputDevice.DeviceType.Stylus,
            pointer,
            QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
            1,
            2,
        )
        place = QPointF(self.at(x, y))
        down = kind != QEvent.Type.TabletRelease
        event = QTabletEvent(
            kind,
            device,
            place,
            QPointF(self.canvas.mapToGlobal(place.toPoint())),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            NO_KEYS,
            LEFT,
            LEFT if down else Qt.MouseButton.NoButton,
        )
        QApplication.sendEvent(self.canvas, event)
        return event.isAccepted()

    def pen_stroke(self, *points: tuple[float, float, float], eraser: bool = False) -> None:
        """A stroke through (x, y, pressure)."""
        kind = QPointingDevice.PointerType
        pointer = kind.Eraser if eraser else kind.Pen
        self.pen(QEvent.Type.TabletPress, *points[0], pointer)
        for point in points[1:]:
            self.pen(QEvent.Type.TabletMove, *point, pointer)
        self.pen(QEvent.Type.TabletRelease, *points[-1], pointer)

    def wheel(
        self,
        place: QPoint,
        angle: int = 120,
        *,
        pixels: QPoint | None = None,
        keys: Qt.KeyboardModifier = NO_KEYS,
        phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
    ) -> None:
        event = QWheelEvent(
            QPointF(place),
            QPointF(self.canvas.mapToGlobal(place)),
            pixels or QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            keys,
            phase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)
