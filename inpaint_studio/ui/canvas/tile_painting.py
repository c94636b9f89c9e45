"""Paints cached tiles where they appear in the view: pixel by pixel at 100 %, scaled, turned."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter, thread_time
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.tile_cache import TILE, Tiles
from inpaint_studio.ui.canvas.viewport import MAX_LEVEL, Viewport
from inpaint_studio.ui.theme import current

LAP = 1 / 64
"""Device px that tiles lap over each other where they slant."""
LEAST_WORK = 0.03
"""Seconds of processor time that a frame takes for tiles before it leaves one away, unless the one
before did so too: what is not large is drawn whole at once, on a busy machine too."""


class Effort:
    """How long a frame makes tiles that are missing: for `patience` seconds if something may stand
    in for them, else for `least` seconds of processor time in any case."""

    def __init__(self, patience: float, least: float) -> None:
        self._deadline = perf_counter() + patience
        self._least_until = thread_time() + least

    @property
    def is_late(self) -> bool:
        """Whether coarser tiles are to stand in from now on."""
        return perf_counter() > self._deadline

    @property
    def is_spent(self) -> bool:
        """Whether a tile that takes long to make is left away."""
        return self.is_late and thread_time() > self._least_until


class _Shown(NamedTuple):
    """What is drawn in the place of a tile: an image or a part of one, None for nothing."""

    image: QImage | None
    source: QRectF | None = None
    is_final: bool = True


_Placed = tuple[QRectF, QImage, QRectF]
"""Where in the document, what, and which part of that."""


@dataclass(frozen=True)
class TilePainter:
    """Paints in device px; `below` is seen where tiles are transparent.

    For tiles that there is no time to make parts of coarser ones stand in; where there are none,
    those that take long are left away for now.
    """

    painter: QPainter
    viewport: Viewport
    below: QBrush
    effort: Effort

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
            image, source, is_final = self._shown(tiles, level, cell)
            complete &= is_final
            if image is None and not is_final:
                painter.fillRect(place, QColor(current().canvas))
            elif image is None or image.hasAlphaChannel():
                painter.fillRect(place, self.below)
            if image is not None and source is not None:
                painter.drawImage(place, image, source)
            elif image is not None and unscaled:
                painter.drawImage(QPoint(round(left), round(top)), image)
            elif image is not None:
                painter.drawImage(place, image)
        return complete

    def _paint_turned(self, tiles: Tiles, part: Bounds) -> bool:
        painter, level, complete = self.painter, self.viewport.level, True
        shown: list[_Placed] = []
        is_opaque = True
        for cell in self.viewport.cells_in(part, TILE << level):
            image, source, is_final = self._shown(tiles, level, cell)
            complete &= is_final
            is_opaque &= image is not None and not image.hasAlphaChannel()
            if image is not None:
                shown.append((QRectF(*cell), image, source or QRectF(image.rect())))
        if not is_opaque:
            # Its fields stay upright, so it is painted before the painter is turned.
            painter.fillRect(QRect(*part), self.below)
        if is_opaque or self.viewport.turn.is_aligned:
            self._draw_turned(painter, shown)
        else:
            self._draw_apart(part, shown)
        return complete

    def _draw_apart(self, part: Bounds, shown: list[_Placed]) -> None:
        """Draw translucent tiles so that where they lap only one counts: both would hide more."""
        sheet = QImage(part.width, part.height, QImage.Format.Format_ARGB32_Premultiplied)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        painter.setRenderHints(self.painter.renderHints())
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.translate(-part.x, -part.y)
        self._draw_turned(painter, shown)
        painter.end()
        self.painter.drawImage(QPoint(part.x, part.y), sheet)

    def _draw_turned(self, painter: QPainter, shown: list[_Placed]) -> None:
        """Draw images where they lie in the document with a painter of device px."""
        painter.save()
        painter.setTransform(device_transform(self.viewport), True)
        # Qt rounds the slanting edges of neighbours so that now and then a pixel is in neither.
        lap = 0.0 if self.viewport.turn.is_aligned else LAP / self.viewport.zoom
        for place, image, source in shown:
            painter.drawImage(place.adjusted(-lap, -lap, lap, lap), image, source)
        painter.restore()

    def _shown(self, tiles: Tiles, level: int, cell: Bounds) -> _Shown:
        effort = self.effort
        while not tiles.has(level, cell):
            if effort.is_late:
                stand_in = _coarser(tiles, level, cell)
                if stand_in is not None:
                    return stand_in
                if effort.is_spent and not tiles.is_quick(level, cell):
                    return _Shown(None, is_final=False)
            tiles.prepare(level, cell)
        return _Shown(tiles.image(level, cell))


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


def _coarser(tiles: Tiles, level: int, cell: Bounds) -> _Shown | None:
    """The part of a coarser tile to be shown instead of one that there is no time to make."""
    for above in range(level + 1, MAX_LEVEL + 1):
        around = next(cell.tiles(TILE << above))
        image = tiles.image(above, around) if tiles.is_current(above, around) else None
        if image is not None:
            x, y = (cell.x - around.x) >> above, (cell.y - around.y) >> above
            side = TILE >> (above - level)
            return _Shown(image, QRectF(x, y, side, side), is_final=False)
    return None
