"""Picture tiles with the masks' tints and outlines painted over them, kept ready to be shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.mask_tints import MaskTints
from inpaint_studio.ui.canvas.qt_image import image_over
from inpaint_studio.ui.canvas.tile_cache import TILE, MaskTiles, Tile, Tiles, slices_in

OUTLINE_ALPHA = 235
MAX_OUTLINE = 2
"""Px of a level; below 100 % that is 1 to 2 px on the screen. At 100 % and above it is one beside
a tint."""
MASKED = 128
"""The outline runs where the mask reaches this value."""


class TintedTiles(Tiles):
    """Tiles of one cache with the tints of masks over them, where there are any.

    Painting a scaled tint over the picture in every frame would cost more than the picture.
    `masks` are painted in their order.
    """

    reach = MAX_OUTLINE

    def __init__(self, picture: Tiles, masks: MaskTints, budget_bytes: int) -> None:
        super().__init__(budget_bytes)
        self._picture = picture
        self._masks = masks
        self._is_outlined = True
        self._is_tinted = True

    def set_outlined(self, on: bool) -> None:
        """Draw the rims of masks or not."""
        self._is_outlined = on
        self.clear()

    def set_tinted(self, on: bool) -> None:
        """Draw masks as tints, or as nothing but their rims."""
        self._is_tinted = on
        self.clear()

    def image(self, level: int, cell: Bounds) -> QImage | None:
        """See `Tiles.image`. Where there is no mask it is the picture's image."""
        if not super().is_current(level, cell):
            # For loops, here and below: this is asked for every tile of every frame.
            for masks in self._masks.values():
                if masks.image(level, cell) is not None:
                    break
            else:
                return self._picture.image(level, cell)
        return super().image(level, cell)

    def has(self, level: int, cell: Bounds) -> bool:
        """See `Tiles.has`."""
        if super().has(level, cell):
            return True
        for masks in self._masks.values():
            if not masks.has(level, cell) or not masks.is_blank(level, cell):
                return False
        return self._picture.has(level, cell)

    def is_current(self, level: int, cell: Bounds) -> bool:
        """See `Tiles.is_current`."""
        masks = self._masks.values()
        parts = (self._picture, *masks)
        if not all(tiles.is_current(level, cell) for tiles in parts):
            return False
        return super().is_current(level, cell) or all(m.is_blank(level, cell) for m in masks)

    def is_quick(self, level: int, cell: Bounds) -> bool:
        """See `Tiles.is_quick`."""
        parts = (self._picture, *self._masks.values())
        return all(tiles.has(level, cell) or tiles.is_quick(level, cell) for tiles in parts)

    def prepare(self, level: int, cell: Bounds) -> None:
        """See `Tiles.prepare`."""
        for tiles in (*self._masks.values(), self._picture):
            if not tiles.has(level, cell):
                return tiles.prepare(level, cell)
        self.image(level, cell)
        return None

    def make(self, tile: Tile, level: int, cell: Bounds, dirty: Bounds) -> None:
        """See `Tiles.make`."""
        pixels, part = self.writable(tile), slices_in(dirty, cell, level)
        picture = self._picture.pixels(level, cell)
        pixels[part] = 0 if picture is None else picture[part]
        is_outlined = self._is_outlined or not self._is_tinted
        for tint, masks in self._masks.items():
            image, values = masks.image(level, cell), masks.pixels(level, cell)
            if image is not None and values is not None and values[part].any():
                if self._is_tinted:
                    _tint(pixels, image, part)
                edge = self._edge(masks, level, dirty) if is_outlined else None
                if edge is not None:
                    _outline(pixels[part], edge, self._masks.outline(tint))

    def _edge(self, masks: MaskTiles, level: int, part: Bounds) -> np.ndarray | None:
        """Which pixels of `part` (bool HxW) are the rim of what is masked; None for none."""
        # Without a tint the line alone has to be seen.
        width = 1 if level == 0 and self._is_tinted else MAX_OUTLINE
        inside = _around(masks, level, part.pad(width << level)) >= MASKED
        if inside.all() or not inside.any():
            return None
        core = inside
        for _ in range(width):
            core = _eroded(core)
        return inside[width:-width, width:-width] & ~core


def _around(masks: MaskTiles, level: int, part: Bounds) -> np.ndarray:
    """Mask values (uint8 HxW) of a part that may reach into other tiles."""
    result = np.zeros((part.height >> level, part.width >> level), np.uint8)
    for cell in part.tiles(TILE << level):
        values = masks.pixels(level, cell)
        if values is not None:
            shared = part.intersection(cell)
            result[slices_in(shared, part, level)] = values[slices_in(shared, cell, level)]
    return result


def _tint(pixels: np.ndarray, image: QImage, part: tuple[slice, slice]) -> None:
    """Paint a part of an image over the same part of a tile (uint8 HxWx4)."""
    rows, columns = part
    width, height = columns.stop - columns.start, rows.stop - rows.start
    place = QRect(columns.start, rows.start, width, height)
    # Drawing indexed colours takes twice as long as looking them up first.
    tint = image.copy(place).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    canvas = image_over(pixels)
    painter = QPainter(canvas)
    painter.drawImage(place.topLeft(), tint)
    painter.end()


def _eroded(inside: np.ndarray) -> np.ndarray:
    """Pixels whose four neighbours are inside too. bool HxW to (H-2)x(W-2)."""
    result = inside[1:-1, 1:-1] & inside[:-2, 1:-1]
    result &= inside[2:, 1:-1]
    result &= inside[1:-1, :-2]
    result &= inside[1:-1, 2:]
    return result


def _outline(pixels: np.ndarray, edge: np.ndarray, colour: QColor) -> None:
    """Paint a colour where `edge` is (bool HxW), in place."""
    bgr = (colour.blue(), colour.green(), colour.red())
    over = np.array([*(c * OUTLINE_ALPHA // 255 for c in bgr), OUTLINE_ALPHA])
    places = np.nonzero(edge)
    below = pixels[places].astype(np.uint16) * (255 - OUTLINE_ALPHA) // 255
    pixels[places] = over + below
