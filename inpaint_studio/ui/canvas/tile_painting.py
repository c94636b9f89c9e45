"""Paints cached tiles where they appear in the view: pixel by pixel at 100 %, scaled, turned."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QTransform

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.tile_cache import TILE, Tiles
from inpaint_studio.ui.canvas.viewport import MAX_LEVEL, Viewport

LAP = 1 / 64
"""Device px that tiles lap over each other where they slant."""


@dataclass(frozen=True)
class TilePainter:
    """Paints in device px; `below` is seen where tiles are transparent.

    Tiles that are missing are made until `deadline` (perf_counter seconds); then parts of coarser
    ones stand in for those where there are any.
    """

    painter: QPainter
    viewport: Viewport
    below: QBrush
    deadline: float

    def paint(self, tiles: Tiles, part: Bounds) -> bool:
        """Fill a part of the view (device px), clipped to already, with what shows in it.

        Returns whether nothing had to stand in.
        """
        if self.viewport.turn.is_plain:
            return self._paint_straight(tiles, part)
        return self._paint_turned(tiles, part)

    def _paint_straight(self, tiles: Tiles, part: Bounds) -> bool:
        painter, viewport = self.painter, self.viewport
        level, complete = viewport.level, True
        unscaled = abs(viewport.scale - 1) < 1e-9
        for cell in viewport.visible_in(part).tiles(TILE << level):
            left, top, right, bottom = viewport.to_device(cell)
            place = QRectF(left, top, right - left, bottom - top)
            stand_in = _stand_in(tiles, level, cell, self.deadline)
            image = tiles.image(level, cell) if stand_in is None else stand_in[0]
            if image is None or image.hasAlphaChannel():
                painter.fillRect(place, self.below)
            if stand_in is not None:
                painter.drawImage(place, *stand_in)
                complete = False
            elif image is not None and unscaled:
                painter.drawImage(QPoint(round(left), round(top)), image)
            elif image is not None:
                painter.drawImage(place, image)
        return complete

    def _paint_turned(self, tiles: Tiles, part: Bounds) -> bool:
        painter, level, complete = self.painter, self.viewport.level, True
        shown: list[tuple[QRectF, QImage, QRectF]] = []
        is_opaque = True
        for cell in self.viewport.cells_in(part, TILE << level):
            stand_in = _stand_in(tiles, level, cell, self.deadline)
            image = tiles.image(level, cell) if stand_in is None else stand_in[0]
            complete &= stand_in is None
            is_opaque &= image is not None and not image.hasAlphaChannel()
            if image is not None:
                source = QRectF(image.rect()) if stand_in is None else stand_in[1]
                shown.append((QRectF(*cell), image, source))
        if not is_opaque:
            # Its fields stay upright, so it is painted before the painter is turned.
            painter.fillRect(QRect(*part), self.below)
        painter.save()
        painter.setTransform(device_transform(self.viewport), True)
        # Qt rounds the slanting edges of neighbours so that now and then a pixel is in neither.
        lap = 0.0 if self.viewport.turn.is_aligned else LAP / self.viewport.zoom
        for place, image, source in shown:
            painter.drawImage(place.adjusted(-lap, -lap, lap, lap), image, source)
        painter.restore()
        return complete


def device_transform(viewport: Viewport) -> QTransform:
    """From document coordinates to device px."""
    (a, b, c, d), zoom = viewport.turn.matrix, viewport.zoom
    return QTransform(a * zoom, b * zoom, c * zoom, d * zoom, *viewport.origin)


def clip_to(painter: QPainter, viewport: Viewport, part: Bounds, area: Bounds) -> Bounds:
    """Paint from now on only where a part of the view (device px) shows an area of the document.

    Returns what is around that in device px; it may be empty. The painter works in device px.
    """
    edges = viewport.to_device(area)
    if viewport.turn.is_aligned:
        inside = part.intersection(edges.rounded())
        painter.setClipRect(QRect(*inside))
        return inside
    inside = part.intersection(edges.enclosing())
    painter.setClipRect(QRect(*inside))
    upright = painter.transform()
    painter.setTransform(device_transform(viewport), True)
    painter.setClipRect(QRectF(*area), Qt.ClipOperation.IntersectClip)
    painter.setTransform(upright)
    return inside


def _stand_in(
    tiles: Tiles, level: int, cell: Bounds, deadline: float
) -> tuple[QImage, QRectF] | None:
    """The part of a coarser tile to be shown instead of one that there is no time to make."""
    while not tiles.has(level, cell):
        if perf_counter() > deadline:
            return _coarser(tiles, level, cell)
        tiles.prepare(level, cell)
    return None


def _coarser(tiles: Tiles, level: int, cell: Bounds) -> tuple[QImage, QRectF] | None:
    for above in range(level + 1, MAX_LEVEL + 1):
        around = next(cell.tiles(TILE << above))
        image = tiles.image(above, around) if tiles.is_current(above, around) else None
        if image is not None:
            x, y = (cell.x - around.x) >> above, (cell.y - around.y) >> above
            side = TILE >> (above - level)
            return image, QRectF(x, y, side, side)
    return None
