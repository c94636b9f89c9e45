"""What is drawn over the picture, in logical px: the brush circle, and labels of boxes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from inpaint_studio.geometry import Point
from inpaint_studio.ui.theme import current, with_alpha

LABEL_PADDING = 8
LABEL_HEIGHT = 20
SMALLEST_RING = 3.0
"""Radius in logical px below which the brush circle is drawn as a cross."""


@dataclass(frozen=True)
class BrushCircle:
    """The brush cursor: middle and radius in logical px, hardness 0..1."""

    center: Point
    radius: float
    hardness: float

    def rect(self) -> QRect:
        """All pixels it may touch."""
        half = max(self.radius, 6.0) + 3
        left, top = self.center.x - half, self.center.y - half
        return QRectF(left, top, 2 * half, 2 * half).toAlignedRect()

    @property
    def shows_inner(self) -> bool:
        """Whether the circle of hardness is apart from the outer one and large enough to see."""
        inner = self.radius * self.hardness
        return self.radius - inner > 3 and inner > SMALLEST_RING

    def paint(self, painter: QPainter) -> None:
        """Draw light between dark lines, which can be seen on any picture."""
        # Qt draws thin ellipses several times faster inside a clip that it was told of.
        painter.setClipRect(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.radius < SMALLEST_RING:
            self._paint_cross(painter)
            return
        _paint_rings(painter, self.center, self.radius, 1.0)
        if self.shows_inner:
            _paint_rings(painter, self.center, self.radius * self.hardness, 0.5)

    def _paint_cross(self, painter: QPainter) -> None:
        middle = QPointF(*self.center)
        for colour, width in ((current().cursor_dark, 3), (current().cursor_light, 1)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLine(middle - QPointF(5, 0), middle + QPointF(5, 0))
            painter.drawLine(middle - QPointF(0, 5), middle + QPointF(0, 5))


def _paint_rings(painter: QPainter, center: Point, radius: float, alpha: float) -> None:
    """A light ring between two dark ones; dashed where `alpha` is below 1.

    Of cosmetic pens, one device px each: Qt draws those 25 times faster than wide strokes, which
    cost 3 ms for a large brush.
    """
    thick = max(1, round(painter.device().devicePixelRatio()))
    dark = with_alpha(current().cursor_dark, 0.6 * alpha)
    light = with_alpha(current().cursor_light, 0.95 * alpha)
    for step, colour in enumerate([dark] * thick + [light] * thick + [dark] * thick):
        pen = QPen(colour, 1)
        pen.setCosmetic(True)
        if alpha < 1:
            pen.setDashPattern([4 * thick, 3 * thick])
        painter.setPen(pen)
        ring = radius + (step + 0.5) / thick - 1.5
        painter.drawEllipse(QPointF(*center), ring, ring)


def paint_label(painter: QPainter, box: QRectF, label: str, view: QRect) -> None:
    """A filled label above the top left of a box, kept inside the view."""
    tag = label_rect(box, label, view, painter.font())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(current().accent_fill))
    painter.drawRoundedRect(tag, 5, 5)
    painter.setPen(QColor(current().on_accent))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, label)


def label_rect(box: QRectF, label: str, view: QRect, font: QFont) -> QRectF:
    """Where the label of a box lies."""
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(label) + 2 * LABEL_PADDING
    height = max(LABEL_HEIGHT, metrics.height() + 4)
    left = min(max(box.left(), view.left()), max(view.left(), view.right() + 1 - width))
    top = min(max(box.top() - height - 2, view.top()), view.bottom() + 1 - height)
    return QRectF(left, top, width, height)
