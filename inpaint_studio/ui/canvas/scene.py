"""Draws the document into the canvas from cached tiles: surround, picture, masks, frame line; the
original instead of it or beside it; the preview of a running edit; the pixel grid."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF, QRegion

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.lifted_layers import LiftedLayers
from inpaint_studio.ui.canvas.mask_tints import MaskTints, TintStyle
from inpaint_studio.ui.canvas.picture_source import OriginalSource, PictureSource
from inpaint_studio.ui.canvas.pixel_grid import paint_pixel_grid
from inpaint_studio.ui.canvas.qt_image import image_over
from inpaint_studio.ui.canvas.tile_cache import TILE, ReadDocument, TileCache, Tiles
from inpaint_studio.ui.canvas.tile_painting import (
    Effort,
    TilePainter,
    clip_to,
    device_transform,
)
from inpaint_studio.ui.canvas.tinted_tiles import MAX_OUTLINE, TintedTiles
from inpaint_studio.ui.canvas.viewport import Viewport
from inpaint_studio.ui.theme import current

PICTURE_BUDGET = 256 * 2**20
TINTED_BUDGET = 128 * 2**20
ORIGINAL_BUDGET = 128 * 2**20
SLANTING_LINE = 1.5
"""Device px."""
Preview = tuple[Bounds, np.ndarray]
"""A picture (premultiplied BGRA uint8 HxWx4, any size) drawn over a rectangle of the document. The
masks' tints, which would colour it, are left away there."""
MASK_OPACITY = 0.45
CHECK = 8
"""Side of a field of the checkerboard in logical px, unless set otherwise."""


class Scene:
    """What the canvas shows below the cursor. Holds the tiles of the open document."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._source = PictureSource(read_document)
        self.picture = TileCache(self._source, PICTURE_BUDGET, self._source.reduced)
        self.masks = MaskTints(read_document)
        original = OriginalSource(read_document)
        self.original = TileCache(original, ORIGINAL_BUDGET, original.reduced)
        self.shows_masks = True
        self.is_redressed = False
        """Whether with the last change masks may be seen in other colours anywhere."""
        self._tinted = TintedTiles(self.picture, self.masks, TINTED_BUDGET)
        self._shows_original = False
        self._compared_at: float | None = None
        self.shows_grid = True
        self._checkers: QBrush | None = None
        self._check = CHECK
        self.preview: Preview | None = None
        self.lifted: LiftedLayers | None = None
        self.set_mask_style(MaskKind.repaint, QColor(current().mask), MASK_OPACITY)
        self.set_mask_style(MaskKind.avoid, QColor(current().accent), MASK_OPACITY)

    @property
    def shows_original(self) -> bool:
        """Whether only the bottom picture is drawn."""
        return self._shows_original

    def show_original(self, on: bool) -> None:
        """Draw only the bottom picture, without masks. Its tiles are kept only while it is seen."""
        self._shows_original = on
        self._forget_original()

    def compare_at(self, x: float | None) -> None:
        """Draw the original left of `x` (logical px of the view), or nowhere with None."""
        self._compared_at = x
        self._forget_original()

    def _forget_original(self) -> None:
        if not self._shows_original and self._compared_at is None:
            self.original.clear()

    def lift(self, lifted: LiftedLayers | None) -> None:
        """Draw layers where they are dragged, or with None where the document has them."""
        if lifted is self.lifted:
            return
        before, after = (known.left_out if known else () for known in (self.lifted, lifted))
        self.lifted, self._source.left_out = lifted, after
        for layer in (*before, *after):
            self.picture.invalidate(layer.bounds)
            self._tinted.invalidate(layer.bounds)

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

    def set_tinted(self, on: bool) -> None:
        """Tint what is masked, or draw nothing but a line around it."""
        self._tinted.set_tinted(on)

    def set_mask_style(self, kind: MaskKind, colour: QColor, opacity: float) -> None:
        """Show masks of that kind in `colour`, with `opacity` 0..1 where they are full."""
        is_own = colour == QColor(current().mask)
        outline = QColor(current().mask_outline) if is_own else colour
        self.masks.set_style(kind, TintStyle(colour, opacity, outline))
        self._tinted.clear()

    def clear(self) -> None:
        """Forget everything drawn: another document is open."""
        self.masks.refresh()
        for cache in (self.picture, self.masks, self._tinted, self.original):
            cache.clear()

    def apply(self, change: Change) -> bool:
        """Mark what a change touched. Returns whether it can be seen."""
        self.is_redressed = ChangeKind.layers in change.kind and self.masks.refresh()
        if self.is_redressed:
            self._tinted.clear()
        if ChangeKind.mask in change.kind:
            for masks in self.masks.values():
                masks.invalidate(change.dirty)
        if ChangeKind.pixels in change.kind:
            self.picture.invalidate(change.dirty)
            self.original.invalidate(change.dirty)
        self._tinted.invalidate(change.dirty)
        return ChangeKind.pixels in change.kind or self.shows_masks

    def reach(self, viewport: Viewport) -> int:
        """Logical px around a change that may look different too: interpolation and outlines
        reach beyond it."""
        return 2 + MAX_OUTLINE * math.ceil(max(1.0, viewport.zoom))

    def paint(
        self,
        painter: QPainter,
        viewport: Viewport,
        region: QRegion,
        *,
        smooth: bool,
        effort: Effort,
    ) -> bool:
        """Draw a region (logical px) with the widget's painter.

        `effort`: how long missing tiles are made. Then parts of coarser ones stand in, or nothing.
        Returns whether all is as it should be.
        """
        ratio = viewport.pixel_ratio
        complete = True
        painter.save()
        # From here on in device px, so that tiles at 100 % are copied pixel by pixel.
        painter.scale(1 / ratio, 1 / ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        below = self._checkerboard(ratio)
        tile_painter = TilePainter(painter, viewport, below, effort)
        for rect in _worth_painting(region):
            part = Bounds(rect.x(), rect.y(), rect.width(), rect.height()).scaled(ratio)
            complete &= self._paint_part(tile_painter, part)
        painter.restore()
        return complete

    def prepare(self, viewport: Viewport) -> bool:
        """Make a small part of what is missing in the view, or else just outside of it.

        Returns whether something was.
        """
        level, side = viewport.level, TILE << viewport.level
        margin = math.ceil(side * viewport.zoom)
        for beyond in (0, margin):
            for tiles, part in self._shares(viewport, viewport.device.pad(beyond)):
                for cell in viewport.cells_in(part, side):
                    if not tiles.has(level, cell):
                        tiles.prepare(level, cell)
                        return True
        return False

    def _paint_part(self, tile_painter: TilePainter, part: Bounds) -> bool:
        painter, viewport = tile_painter.painter, tile_painter.viewport
        painter.setClipRect(QRect(*part))
        frame = viewport.to_device(viewport.frame).rounded()
        covered = viewport.turn.is_aligned and frame.contains(part)
        if viewport.frame.is_empty or not covered:
            painter.fillRect(QRect(*part), QColor(current().canvas))
        if viewport.frame.is_empty or not frame.pad(1).intersects(part):
            return True
        if viewport.turn.is_aligned:
            _paint_frame_line(painter, viewport)
        complete = True
        for tiles, share in self._shares(viewport, part):
            inside = clip_to(painter, viewport, share, viewport.frame)
            if not inside.is_empty:
                painter.setBrushOrigin(QPoint(frame.x, frame.y))
                complete &= tile_painter.paint(tiles, inside)
                if self.lifted is not None and tiles is not self.original:
                    masks = self.masks.values() if self.shows_masks else ()
                    self.lifted.paint(tile_painter, inside, masks)
                    clip_to(painter, viewport, share, viewport.frame)
                if self.preview is not None and tiles is not self.original:
                    self._paint_preview(tile_painter, self.preview, inside)
                    clip_to(painter, viewport, share, viewport.frame)
                if self.shows_grid:
                    paint_pixel_grid(painter, viewport, inside)
        if not viewport.turn.is_aligned:
            # It smooths the picture's slanting edges.
            painter.setClipRect(QRect(*part))
            _paint_slanting_line(painter, viewport)
        return complete

    def _paint_preview(self, tile_painter: TilePainter, preview: Preview, part: Bounds) -> None:
        painter, viewport, (bounds, pixels) = tile_painter.painter, tile_painter.viewport, preview
        inside = clip_to(painter, viewport, part, bounds.intersection(viewport.frame))
        if inside.is_empty:
            return
        tile_painter.paint(self.picture, inside)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(device_transform(viewport), True)
        painter.drawImage(QRectF(*bounds), image_over(pixels))
        painter.restore()

    def _shares(self, viewport: Viewport, part: Bounds) -> list[tuple[Tiles, Bounds]]:
        """Which tiles are drawn where in a part of the view (device px)."""
        if self._shows_original:
            return [(self.original, part)]
        if self._compared_at is None:
            return [(self._tiles, part)]
        x = min(max(round(self._compared_at * viewport.pixel_ratio), part.x), part.right)
        before = Bounds.from_corners(part.x, part.y, x, part.bottom)
        after = Bounds.from_corners(x, part.y, part.right, part.bottom)
        shares: list[tuple[Tiles, Bounds]] = [(self.original, before), (self._tiles, after)]
        return [(tiles, share) for tiles, share in shares if not share.is_empty]

    @property
    def _tiles(self) -> Tiles:
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


def needs_smoothing(viewport: Viewport) -> bool:
    """Whether tiles look better interpolated: not where their pixels are large, or one to one."""
    is_copied = abs(viewport.scale - 1) < 1e-9 and viewport.turn.is_aligned
    return viewport.scale < 2 and not is_copied


def _paint_frame_line(painter: QPainter, viewport: Viewport) -> None:
    """The picture, which is painted over it later, leaves one px all around."""
    line = viewport.to_device(viewport.frame).rounded().pad(1)
    painter.setPen(QColor(current().line))
    painter.drawRect(line.x, line.y, line.width - 1, line.height - 1)


def _paint_slanting_line(painter: QPainter, viewport: Viewport) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(current().line), SLANTING_LINE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ratio = viewport.pixel_ratio
    painter.drawPolygon(
        QPolygonF([QPointF(p.x * ratio, p.y * ratio) for p in viewport.corners(viewport.frame)])
    )
    painter.restore()
