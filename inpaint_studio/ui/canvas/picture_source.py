"""What the canvas shows of the layers: QPainter puts together what `core.compose` orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter

from inpaint_studio.core.compose import (
    Paintable,
    PaintedGroup,
    Piece,
    compose,
    pieces_of,
    put_together,
)
from inpaint_studio.core.flatten import LayerSnapshot, put_over
from inpaint_studio.core.layer import ImageLayer
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.qt_image import composition_mode, image_over, painter_opacity
from inpaint_studio.ui.canvas.tile_cache import ReadDocument, halve


class PictureSource:
    """The visible layers together; gives the same bytes as `core.flatten`.

    `left_out`: layers that are not shown, because something else draws them for now.
    """

    def __init__(self, read_document: ReadDocument) -> None:
        self._read_document = read_document
        self.left_out: Collection[Paintable] = ()

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`."""
        return at_level(self._shown(), bounds, level)

    def reduced(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `ReadReduced`."""
        return _reduced(self._shown(), bounds, level)

    def _shown(self) -> list[Paintable]:
        document = self._read_document()
        return [] if document is None else without(document.layers.painted, self.left_out)


class OriginalSource:
    """The bottom picture alone as it was opened, wherever it is now, for before and after."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._read_document = read_document

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`."""
        return at_level(self._bottom(), bounds, level)

    def reduced(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `ReadReduced`."""
        return _reduced(self._bottom(), bounds, level)

    def _bottom(self) -> list[Paintable]:
        document = self._read_document()
        layers = [] if document is None else document.layers
        pictures = [layer for layer in layers if isinstance(layer, ImageLayer)]
        return [LayerSnapshot(layer.props, layer.own_rasters()) for layer in pictures[:1]]


def without(layers: Sequence[Paintable], left_out: Collection[Paintable]) -> list[Paintable]:
    """The layers but for some, in groups or not."""
    if not left_out:
        return list(layers)
    return [
        replace(layer, members=tuple(without(layer.members, left_out)))
        if isinstance(layer, PaintedGroup)
        else layer
        for layer in layers
        if layer not in left_out
    ]


def painted(layers: Sequence[Paintable], bounds: Bounds) -> np.ndarray | None:
    """Premultiplied BGRA uint8 HxWx4 of layers (bottom first) inside `bounds`; None for nothing.

    May be a view of a layer's own pixels.
    """
    if any(isinstance(layer, PaintedGroup) for layer in layers):
        return compose(layers, bounds, _paint)
    pieces = [piece for layer in layers for piece in pieces_of(layer, bounds)]
    if len(pieces) == 1 and pieces[0].opacity == 255 and pieces[0].raster.bounds.contains(bounds):
        return pieces[0].raster.view(bounds)
    return put_together(pieces, bounds, _paint)


def at_level(layers: Sequence[Paintable], bounds: Bounds, level: int) -> np.ndarray | None:
    """What layers (bottom first) show in `bounds`: see `TileSource.read`."""
    pixels = painted(layers, bounds)
    if pixels is None or level == 0:
        return pixels
    half = np.empty((bounds.height // 2, bounds.width // 2, 4), np.uint8)
    halve(pixels, half)
    return half


def _reduced(layers: Sequence[Paintable], bounds: Bounds, level: int) -> np.ndarray | None:
    """The same where it is only a part of one picture that comes with its levels."""
    if any(isinstance(layer, PaintedGroup) for layer in layers):
        return None
    pieces = [piece for layer in layers for piece in pieces_of(layer, bounds)]
    overview = pieces[0].raster.overview if len(pieces) == 1 else None
    if overview is None or pieces[0].opacity != 255:
        return None
    return overview.read(bounds.relative_to(pieces[0].raster.bounds), level)


def _paint(target: np.ndarray, bounds: Bounds, pieces: Sequence[Piece]) -> None:
    """Put pieces over `target`, whose top left is that of `bounds`."""
    # The image must outlive the painter, and nothing may copy it while it is painted on.
    canvas = image_over(target)
    painter = QPainter(canvas)
    for piece in pieces:
        raster = piece.raster
        inside = bounds.intersection(raster.bounds)
        if inside.area == 1:
            # QPainter fills with a single pixel's colour instead, which rounds differently.
            put_over(target, bounds, [piece])
            continue
        place, source = inside.relative_to(bounds), inside.relative_to(raster.bounds)
        painter.setOpacity(painter_opacity(piece.opacity))
        painter.setCompositionMode(_mode_of(piece))
        painter.drawImage(QPoint(place.x, place.y), image_over(raster.pixels), QRect(*source))
    painter.end()


def _mode_of(piece: Piece) -> QPainter.CompositionMode:
    if piece.mode is None:
        return QPainter.CompositionMode.CompositionMode_Source
    return composition_mode(piece.mode)
