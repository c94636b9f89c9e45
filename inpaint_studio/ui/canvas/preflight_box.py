"""The box that an edit will look at, with what it will cost."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.painting import label_rect, paint_label
from inpaint_studio.ui.canvas.view_shapes import around, paint_box
from inpaint_studio.ui.canvas.viewport import Viewport
from inpaint_studio.ui.theme import current


class PreflightBox:
    """A dashed rectangle with one label above its top left. `bounds` (document) None: nothing."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.bounds: Bounds | None = None
        self.label = ""

    def rect(self, view: QRect, font: QFont) -> QRect:
        """All pixels that it may touch."""
        if self.bounds is None:
            return QRect()
        box = around(self._viewport, self.bounds)
        touched = box.united(label_rect(box, self.label, view, font))
        return touched.toAlignedRect().adjusted(-2, -2, 2, 2)

    def paint(self, painter: QPainter, view: QRect) -> None:
        """Draw it; the label stays inside the view."""
        if self.bounds is None:
            return
        pen = QPen(QColor(current().accent), 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paint_box(painter, self._viewport, self.bounds)
        if self.label:
            paint_label(painter, around(self._viewport, self.bounds), self.label, view)
