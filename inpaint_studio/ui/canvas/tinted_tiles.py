"""Picture tiles with the masks' tint and its outline painted over them, kept ready to be shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.qt_image import image_over
from inpaint_studio.ui.canvas.tile_cache import TILE, Tile, Tiles, slices_in

OUTLINE_ALPHA = 235
MAX_OUTLINE = 2
"""Px of a level; below 100 % that is 1 to 2 px on the screen. At 100 % and above it is one."""


class TintedTiles(Tiles):
    """Tiles of one cache with those of a tint painted over them, where there are any.

    Painting a scaled tint over the picture in every frame would cost more than the picture.
    """

    reach = MAX_OUTLINE

    def __init__(self, picture: Tiles, tint: Tiles, budget_bytes: int) -> None:
        super().__init__(budget_bytes)
        self._picture = picture
        self._tint = tint
        self._threshold = 128

    def set_threshold(self, alpha: int) -> None:
        """The outline runs where the tint's alpha (1..255) reaches this."""
        self._threshold = max(1, alpha)
        self.clear()

    def image(self, level: int, cell: Bounds) -> QImage | None:
        """See `Tiles.image`. Where there is no tint it is the picture's image."""
        if self._tint.image(level, cell) is None:
            return self._picture.image(level, cell)
        return super().image(level, cell)

    def make(self, tile: Tile, level: int, cell: Bounds, dirty: Bounds) -> None:
        """See `Tiles.make`."""
        pixels, part = self.writable(tile), slices_in(dirty, cell, level)
        self._paint(pixels, part, level, cell)
        tint = self._tint.pixels(level, cell)
        if tint is not None:
            edge = self._edge(level, dirty)
            if edge is not None:
                _outline(pixels[part], tint[part], edge)

    def _paint(
        self, pixels: np.ndarray, part: tuple[slice, slice], level: int, cell: Bounds
    ) -> None:
        rows, columns = part
        width, height = columns.stop - columns.start, rows.stop - rows.start
        place = QRect(columns.start, rows.start, width, height)
        canvas = image_over(pixels)
        painter = QPainter(canvas)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(place, Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for tiles in (self._picture, self._tint):
            image = tiles.image(level, cell)
            if image is not None:
                painter.drawImage(place.topLeft(), image, place)
        painter.end()

    def _edge(self, level: int, part: Bounds) -> np.ndarray | None:
        """Which pixels of `part` (bool HxW) are the rim of what is masked; None for none."""
        width = 1 if level == 0 else MAX_OUTLINE
        inside = self._alpha(level, part.pad(width << level)) >= self._threshold
        if inside.all() or not inside.any():
            return None
        core = inside
        for _ in range(width):
            core = _eroded(core)
        return inside[width:-width, width:-width] & ~core

    def _alpha(self, level: int, part: Bounds) -> np.ndarray:
        """The tint's alpha (uint8 HxW) in a part that may reach into other tiles."""
        alpha = np.zeros((part.height >> level, part.width >> level), np.uint8)
        for cell in part.tiles(TILE << level):
            pixels = self._tint.pixels(level, cell)
            shared = part.intersection(cell)
            if pixels is not None:
                source = pixels[slices_in(shared, cell, level)]
                alpha[slices_in(shared, part, level)] = source[..., 3]
        return alpha


def _eroded(inside: np.ndarray) -> np.ndarray:
    """Pixels whose four neighbours are inside too. bool HxW to (H-2)x(W-2)."""
    result = inside[1:-1, 1:-1] & inside[:-2, 1:-1]
    result &= inside[2:, 1:-1]
    result &= inside[1:-1, :-2]
    result &= inside[1:-1, 2:]
    return result


def _outline(pixels: np.ndarray, tint: np.ndarray, edge: np.ndarray) -> None:
    """Paint the tint's own colours nearly opaque where `edge` is (bool HxW), in place."""
    places = np.nonzero(edge)
    colour = tint[places].astype(np.uint16)
    colour = colour * OUTLINE_ALPHA // np.maximum(colour[:, 3:], 1)
    below = pixels[places].astype(np.uint16) * (255 - OUTLINE_ALPHA) // 255
    pixels[places] = np.minimum(colour + below, 255)
