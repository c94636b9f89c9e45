"""Lines between the pixels of a picture that is seen much enlarged."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QLineF, QRect
from PySide6.QtGui import QColor, QPainter, QPen

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.tile_painting import device_transform
from inpaint_studio.ui.canvas.viewport import Viewport
from inpaint_studio.ui.theme import current

LEAST_ZOOM = 8.0


def paint_pixel_grid(painter: QPainter, viewport: Viewport, part: Bounds) -> None:
    """Draw it over a part of the view (device px), clipped to already, if zoomed in enough."""
    if viewport.zoom < LEAST_ZOOM:
        return
    painter.save()
    # The difference to a dim grey is seen on dark, middle and light pixels alike.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    seen = viewport.visible_in(part)
    if viewport.turn.is_aligned:
        for line in _upright_lines(viewport, seen, part):
            painter.fillRect(line, QColor(current().pixel_grid))
    else:
        pen = QPen(QColor(current().pixel_grid), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(device_transform(viewport), True)
        painter.drawLines(list(_lines(seen)))
    painter.restore()


def _upright_lines(viewport: Viewport, seen: Bounds, part: Bounds) -> Iterator[QRect]:
    """The first row or column of device px of each pixel, where one ends and the next begins."""
    box, frame, zoom = viewport.to_device(seen), viewport.to_device(viewport.frame), viewport.zoom
    for x in _steps(box.left, box.right, zoom):
        if round(frame.left) < x < round(frame.right):
            yield QRect(x, part.y, 1, part.height)
    for y in _steps(box.top, box.bottom, zoom):
        if round(frame.top) < y < round(frame.bottom):
            yield QRect(part.x, y, part.width, 1)


def _steps(start: float, end: float, step: float) -> Iterator[int]:
    return (math.floor(start + i * step + 0.5) for i in range(round((end - start) / step) + 1))


def _lines(seen: Bounds) -> Iterator[QLineF]:
    for x in range(seen.x, seen.right + 1):
        yield QLineF(x, seen.y, x, seen.bottom)
    for y in range(seen.y, seen.bottom + 1):
        yield QLineF(seen.x, y, seen.right, y)
