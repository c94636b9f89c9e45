"""Draws the document into the canvas from cached tiles: surround, picture, masks, frame line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.tile_cache import TILE, TileCache, Tiles
from inpaint_studio.ui.canvas.tile_sources import (
    MaskSource,
    OriginalSource,
    PictureSource,
    ReadDocument,
)
from inpaint_studio.ui.canvas.tinted_tiles import TintedTiles
from inpaint_studio.ui.canvas.viewport import Viewport
from inpaint_studio.ui.theme import current

PICTURE_BUDGET = 256 * 2**20
MASK_BUDGET = 128 * 2**20
TINTED_BUDGET = 128 * 2**20
ORIGINAL_BUDGET = 128 * 2**20
CHECK = 8
"""Side of a field of the checkerboard in logical px."""


class Scene:
    """What the canvas shows below the cursor. Holds the tiles of the open document."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._mask_source = MaskSource(read_document)
        self.picture = TileCache(PictureSource(read_document), PICTURE_BUDGET)
        self.masks = TileCache(self._mask_source, MASK_BUDGET)
        self.original = TileCache(OriginalSource(read_document), ORIGINAL_BUDGET)
        self.shows_masks = True
        self._tinted = TintedTiles(self.picture, self.masks, TINTED_BUDGET)
        self._shows_original = False
        self._checkers: QBrush | None = None

    @property
    def shows_original(self) -> bool:
        """Whether only the bottom picture is drawn."""
        return self._shows_original

    def show_original(self, on: bool) -> None:
        """Draw only the bottom picture, without masks. Its tiles are kept only while it is."""
        self._shows_original = on
        if not on:
            self.original.clear()

    def restyle(self) -> None:
        """The theme's colours or the screen's pixel ratio are others now."""
        self._checkers = None

    def set_mask_style(self, kind: MaskKind, colour: QColor, opacity: float) -> None:
        """Show masks of that kind in `colour`, with `opacity` 0..1 where they are full."""
        self._mask_source.set_style(kind, colour, opacity)
        self.masks.clear()
        self._tinted.set_threshold(round(opacity * 128))

    def clear(self) -> None:
        """Forget everything drawn: another document is open."""
        for cache in (self.picture, self.masks, self._tinted, self.original):
            cache.clear()

    def apply(self, change: Change) -> bool:
        """Mark what a change touched. Returns whether it can be seen."""
        if ChangeKind.mask in change.kind:
            self.masks.invalidate(change.dirty)
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
    ) -> None:
        """Draw a region (logical px) with the widget's painter."""
        ratio = viewport.pixel_ratio
        painter.save()
        # From here on in device px, so that tiles at 100 % are copied pixel by pixel.
        painter.scale(1 / ratio, 1 / ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for rect in _worth_painting(region):
            part = Bounds(rect.x(), rect.y(), rect.width(), rect.height()).scaled(ratio)
            self._paint_part(painter, viewport, part)
        painter.restore()

    def _paint_part(self, painter: QPainter, viewport: Viewport, part: Bounds) -> None:
        painter.setClipRect(QRect(*part))
        frame = viewport.to_device(viewport.frame).rounded()
        if viewport.frame.is_empty or not frame.contains(part):
            painter.fillRect(QRect(*part), QColor(current().canvas))
        if viewport.frame.is_empty or not frame.pad(1).intersects(part):
            return
        line = frame.pad(1)
        painter.setPen(QColor(current().line))
        painter.drawRect(line.x, line.y, line.width - 1, line.height - 1)
        part = part.intersection(frame)
        if part.is_empty:
            return
        painter.setClipRect(QRect(*part))
        painter.setBrushOrigin(QPoint(frame.x, frame.y))
        _draw_tiles(painter, viewport, part, self._tiles, self._checkerboard(viewport.pixel_ratio))

    @property
    def _tiles(self) -> Tiles:
        if self._shows_original:
            return self.original
        return self._tinted if self.shows_masks else self.picture

    def _checkerboard(self, pixel_ratio: float) -> QBrush:
        if self._checkers is None:
            side = max(1, round(CHECK * pixel_ratio))
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
    painter: QPainter, viewport: Viewport, part: Bounds, tiles: Tiles, below: QBrush
) -> None:
    level = viewport.level
    unscaled = abs(viewport.scale - 1) < 1e-9
    for cell in viewport.visible_in(part).tiles(TILE << level):
        image = tiles.image(level, cell)
        left, top, right, bottom = viewport.to_device(cell)
        if image is None or image.hasAlphaChannel():
            painter.fillRect(QRectF(left, top, right - left, bottom - top), below)
        if image is None:
            continue
        if unscaled:
            painter.drawImage(QPoint(round(left), round(top)), image)
        else:
            painter.drawImage(QRectF(left, top, right - left, bottom - top), image)
