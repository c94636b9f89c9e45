"""Rectangles of the document as shapes of the view, in logical px."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.viewport import Viewport


def around(viewport: Viewport, bounds: Bounds) -> QRectF:
    """The upright rectangle around a rectangle of the document."""
    left, top, right, bottom = viewport.to_device(bounds)
    ratio = viewport.pixel_ratio
    return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)


def outline(viewport: Viewport, bounds: Bounds) -> QPolygonF:
    """Where it lies in a view that may be turned."""
    return QPolygonF([QPointF(*corner) for corner in viewport.corners(bounds)])


def paint_box(painter: QPainter, viewport: Viewport, bounds: Bounds) -> None:
    """Draw it with the painter's pen and brush; upright lines are sharp."""
    turned = not viewport.turn.is_aligned
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, turned)
    if turned:
        painter.drawPolygon(outline(viewport, bounds))
    else:
        painter.drawRect(around(viewport, bounds))
