"""Draws the document into the canvas from cached tiles: surround, picture, masks, frame line."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.qt_image import image_over
from inpaint_studio.ui.canvas.tile_cache import TILE, MaskTiles, TileCache, Tiles
from inpaint_studio.ui.canvas.tile_sources import (
    MaskSource,
    OriginalSource,
    PictureSource,
    ReadDocument,
)
from inpaint_studio.ui.canvas.tinted_tiles import TintedTiles
from inpaint_studio.ui.canvas.viewport import MAX_LEVEL, Viewport
from inpaint_studio.ui.theme import current

PICTURE_BUDGET = 256 * 2**20
MASK_BUDGET = 32 * 2**20
TINTED_BUDGET = 128 * 2**20
ORIGINAL_BUDGET = 128 * 2**20
CHECK = 8
"""Side of a field of the checkerboard in logical px, unless set otherwise."""


class Scene:
    """What the canvas shows below the cursor. Holds the tiles of the open document."""

    def __init__(self, read_document: ReadDocument) -> None:
        self.picture = TileCache(PictureSource(read_document), PICTURE_BUDGET)
        # Painted in this order: what will change lies over what is only not copied from.
        self.masks = {
            kind: MaskTiles(MaskSource(read_document, kind), MASK_BUDGET)
            for kind in (MaskKind.avoid, MaskKind.repaint)
        }
        self.original = TileCache(OriginalSource(read_document), ORIGINAL_BUDGET)
        self.shows_masks = True
        self._tinted = TintedTiles(self.picture, self.masks, TINTED_BUDGET)
        self._shows_original = False
        self._checkers: QBrush | None = None
        self._check = CHECK
        self._preview: tuple[Bounds, np.ndarray] | None = None

    @property
    def shows_original(self) -> bool:
        """Whether only the bottom picture is drawn."""
        return self._shows_original

    def show_original(self, on: bool) -> None:
        """Draw only the bottom picture, without masks. Its tiles are kept only while it is."""
        self._shows_original = on
        if not on:
            self.original.clear()

    def set_preview(self, preview: tuple[Bounds, np.ndarray] | None) -> None:
        """Draw a picture (premultiplied BGRA uint8 HxWx4) over a rectangle of the document."""
        self._preview = preview

    def restyle(self) -> None:
        """The theme's colours or the screen's pixel ratio are others now."""
        self._checkers = None

    def set_checkerboard(self, side: int) -> None:
        """Draw fields of that many logical px where the picture is transparent."""
        self._check = side
        self._checkers = None

    def set_outlined(self, on: bool) -> None:
        """Draw a line around masks or not."""
        self._tinted.set_outlined(on)

    def set_mask_style(
        self, kind: MaskKind, colour: QColor, opacity: float, outline: QColor
    ) -> None:
        """Show masks of that kind in `colour`, with `opacity` 0..1 where they are full."""
        rgb = colour.rgb() & 0xFFFFFF
        self.masks[kind].set_table([round(value * opacity) << 24 | rgb for value in range(256)])
        self._tinted.set_outline(kind, outline)

    def clear(self) -> None:
        """Forget everything drawn: another document is open."""
        for cache in (self.picture, *self.masks.values(), self._tinted, self.original):
            cache.clear()

    def apply(self, change: Change) -> bool:
        """Mark what a change touched. Returns whether it can be seen."""
        if ChangeKind.mask in change.kind:
            for masks in self.masks.values():
                masks.invalidate(change.dirty)
        if ChangeKind.pixels in change.kind:
            self.picture.invalidate(change.dirty)
            self.original.invalidate(change.dirty)
        self._tinted.invalidate(change.dirty)
        return ChangeKind.pixels in change.kind or self.shows_masks

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        region: QRegion,
        *,
        smooth: bool,
        patience: float,
    ) -> bool:
        """Draw a region (logical px) with the widget's painter.

        Missing tiles are made for `patience` seconds; then parts of coarser ones stand in for
        those where there are any. Returns whether none had to.
        """
        ratio = viewport.pixel_ratio
        deadline = perf_counter() + patience
        complete = True
        painter.save()
        # From here on in device px, so that tiles at 100 % are copied pixel by pixel.
        painter.scale(1 / ratio, 1 / ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for rect in _worth_painting(region):
            part = Bounds(rect.x(), rect.y(), rect.width(), rect.height()).scaled(ratio)
            complete &= self._paint_part(painter, viewport, part, deadline)
        self._paint_preview(painter, viewport)
        painter.restore()
        return complete

    def prepare(self, viewport: Viewport) -> bool:
        """Make a small part of what is missing in the view, or else just outside of it.

        Returns whether something was.
        """
        level, tiles = viewport.level, self._tiles
        side, seen = TILE << level, viewport.seen
        for area in (seen, seen.pad(side).intersection(viewport.frame)):
            for cell in area.tiles(side):
                if not tiles.has(level, cell):
                    tiles.prepare(level, cell)
                    return True
        return False

    def _paint_preview(self, painter: QPainter, viewport: Viewport) -> None:
        if self._preview is None:
            return
        bounds, pixels = self._preview
        left, top, right, bottom = viewport.to_device(bounds)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image_over(pixels))

    def _paint_part(
        self, painter: QPainter, viewport: Viewport, part: Bounds, deadline: float
    ) -> bool:
        painter.setClipRect(QRect(*part))
        frame = viewport.to_device(viewport.frame).rounded()
        if viewport.frame.is_empty or not frame.contains(part):
            painter.fillRect(QRect(*part), QColor(current().canvas))
        if viewport.frame.is_empty or not frame.pad(1).intersects(part):
            return True
        line = frame.pad(1)
        painter.setPen(QColor(current().line))
        painter.drawRect(line.x, line.y, line.width - 1, line.height - 1)
        part = part.intersection(frame)
        if part.is_empty:
            return True
        painter.setClipRect(QRect(*part))
        painter.setBrushOrigin(QPoint(frame.x, frame.y))
        below = self._checkerboard(viewport.pixel_ratio)
        return _draw_tiles(painter, viewport, part, self._tiles, below, deadline)

    @property
    def _tiles(self) -> Tiles:
        if self._shows_original:
            return self.original
        return self._tinted if self.shows_masks else self.picture

    def _checkerboard(self, pixel_ratio: float) -> QBrush:
        if self._checkers is None:
            side = max(1, round(self._check * pixel_ratio))
            image = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
            image.fill(QColor(current().checker_a))
            painter, dark = QPainter(image), QColor(current().checker_b)
            painter.fillRect(0, 0, side, side, dark)
            painter.fillRect(side, side, side, side, dark)
            painter.end()
            self._checkers = QBrush(image)
        return self._checkers


def _worth_painting(region: QRegion) -> list[QRect]:
    """The rectangles of a region; the one around them all where that is not much more."""
    # PySide's stubs don't say that a QRegion is iterable.
    rects = list(cast("Iterable[QRect]", region))
    around = region.boundingRect()
    area = sum(rect.width() * rect.height() for rect in rects)
    return [around] if 2 * area > around.width() * around.height() else rects


def needs_smoothing(scale: float) -> bool:
    """Whether tiles at this scale look better interpolated: neither one to one nor large pixels."""
    return abs(scale - 1) > 1e-9 and scale < 2


def _draw_tiles(
    painter: QPainter,
    viewport: Viewport,
    part: Bounds,
    tiles: Tiles,
    below: QBrush,
    deadline: float,
) -> bool:
    level, complete = viewport.level, True
    unscaled = abs(viewport.scale - 1) < 1e-9
    for cell in viewport.visible_in(part).tiles(TILE << level):
        left, top, right, bottom = viewport.to_device(cell)
        place = QRectF(left, top, right - left, bottom - top)
        stand_in = _stand_in(tiles, level, cell, deadline)
        image = tiles.image(level, cell) if stand_in is None else stand_in[0]
        if image is None or image.hasAlphaChannel():
            painter.fillRect(place, below)
        if stand_in is not None:
            painter.drawImage(place, *stand_in)
            complete = False
        elif image is not None and unscaled:
            painter.drawImage(QPoint(round(left), round(top)), image)
        elif image is not None:
            painter.drawImage(place, image)
    return complete


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
