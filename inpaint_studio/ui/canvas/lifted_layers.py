"""Layers drawn where the move tool drags them, before the document has them there.

Quick instead of exact: scaled by QPainter from halved copies, other layers as tiles that are there
already. When the drag ends, the document's own pixels take their place.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QImage, QPainter, QTransform

from inpaint_studio.core.compose import Paintable, PaintedGroup
from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import PlacedLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.tools.layer_drags import Lifted
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.affine import Affine
from inpaint_studio.ui.canvas.picture_source import at_level
from inpaint_studio.ui.canvas.qt_image import composition_mode, image_over, painter_opacity
from inpaint_studio.ui.canvas.tile_cache import TileCache, Tiles, halve
from inpaint_studio.ui.canvas.tile_painting import TilePainter, clip_to, device_transform

ABOVE_BUDGET = 64 * 2**20
MOST_HALVINGS = 6
LARGE_AREA = 6 << 20
"""px. More are not looked at for a copy."""
FARTHEST_UP = 1.3
"""As much a copy of a large picture may be enlarged."""
LARGE_PIXELS = 2.0
"""From this scale on pixels are drawn as squares, as the canvas does with tiles."""


class LiftedLayers:
    """What is drawn of some layers of a document while they are lifted."""

    def __init__(
        self, document: Document, lifted: Lifted, before: LiftedLayers | None = None
    ) -> None:
        self.lifted = lifted
        self._document = document
        known = {} if before is None else before._pictures
        self._pictures = {layer: known.get(layer) or _Picture(layer) for layer in lifted.places}
        layers = tuple(lifted.places)
        self._above = TileCache(_Above(document, layers), ABOVE_BUDGET)

    def is_of(self, document: Document, lifted: Lifted) -> bool:
        """Whether the same layers are lifted, so that only their places may be others."""
        are_same = self._pictures.keys() == lifted.places.keys()
        is_same_kind = self.lifted.is_copy == lifted.is_copy
        return self._document is document and are_same and is_same_kind

    @property
    def left_out(self) -> tuple[PlacedLayer, ...]:
        """The layers that are not to be drawn where the document has them."""
        return () if self.lifted.is_copy else tuple(self.lifted.places)

    @property
    def bounds(self) -> Bounds:
        """Where they are seen now."""
        return Bounds.union_of(
            placement.bounds_of(layer.home, layer.home)
            for layer, placement in self.lifted.places.items()
        )

    def paint(self, tiles: TilePainter, part: Bounds, masks: Sequence[Tiles]) -> None:
        """Draw them in a part of the view (device px), what lies above them, and masks."""
        frame = tiles.viewport.frame
        for layer, placement in self.lifted.places.items():
            self._pictures[layer].paint(tiles, placement)
        inside = clip_to(tiles.painter, tiles.viewport, part, self.bounds.intersection(frame))
        if not inside.is_empty:
            see_through = replace(tiles, below=QBrush())
            for above in (self._above, *masks):
                see_through.paint(above, inside)


class _Above:
    """What is painted over the lifted layers. Its blend modes are left out of account."""

    def __init__(self, document: Document, layers: Collection[Paintable]) -> None:
        self._document = document
        self._layers = layers

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`."""
        painted = self._document.layers.painted
        places = [i for i, layer in enumerate(painted) if _holds(layer, self._layers)]
        return at_level(painted[places[-1] + 1 :] if places else [], bounds, level)


class _Picture:
    """A layer's own pixels, and copies of them of half the size, a quarter, ..., when needed."""

    def __init__(self, layer: PlacedLayer) -> None:
        self._layer = layer
        self._rasters = layer.own_rasters()
        self._images: dict[tuple[int, int], tuple[QImage, QRectF]] = {}

    def paint(self, tiles: TilePainter, placement: Placement) -> None:
        """Draw it as placed, clipped as the painter is, which works in device px."""
        painter, viewport, layer = tiles.painter, tiles.viewport, self._layer
        map_ = placement.map_of(layer.home)
        scale = max(*map_.lengths, 1e-6) * viewport.zoom
        halvings = self._halvings(scale)
        painter.save()
        painter.setTransform(_transform(map_) * device_transform(viewport), True)
        is_smooth = scale < LARGE_PIXELS or not placement.is_whole_move
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.setOpacity(painter_opacity(layer.props.opacity))
        painter.setCompositionMode(composition_mode(layer.props.blend_mode))
        for index, raster in enumerate(self._rasters):
            image, place = self._image(index, raster, halvings)
            painter.drawImage(place, image)
        painter.restore()

    def _halvings(self, scale: float) -> int:
        """How often to halve for a scale. A large picture is either taken as it is or looked at
        sparsely: it must not take long until it follows the pointer."""
        halvings = min(max(math.floor(-math.log2(scale)), 0), MOST_HALVINGS)
        largest = max((raster.bounds.area for raster in self._rasters), default=0)
        if largest < LARGE_AREA or halvings == 0:
            return halvings
        sparse = next(k for k in range(1, 30) if largest >> 2 * (k - 1) < LARGE_AREA)
        return max(halvings, sparse) if scale * (1 << sparse) <= FARTHEST_UP else 0

    def _image(self, index: int, raster: Raster, halvings: int) -> tuple[QImage, QRectF]:
        known = self._images.get((index, halvings))
        if known is None:
            known = self._images[index, halvings] = _halved(raster, halvings)
        return known


def _halved(raster: Raster, times: int) -> tuple[QImage, QRectF]:
    """A raster's image of a fraction of its size, and the part of the document that it shows.

    Each of its pixels is the mean of four, evenly spread over those that it stands for.
    """
    x, y, width, height = raster.bounds
    side = 1 << times
    columns, rows = width // side, height // side
    if times == 0 or not columns or not rows:
        return image_over(raster.pixels), QRectF(x, y, width, height)
    step = side // 2
    whole = raster.pixels.view(np.uint32)[..., 0]
    sparse = np.ascontiguousarray(whole[: rows * side : step, : columns * side : step])
    small = np.empty((rows, columns, 4), np.uint8)
    halve(sparse.view(np.uint8).reshape(2 * rows, 2 * columns, 4), small)
    return image_over(small), QRectF(x, y, columns * side, rows * side)


def _holds(layer: Paintable, wanted: Collection[Paintable]) -> bool:
    if isinstance(layer, PaintedGroup):
        return any(_holds(member, wanted) for member in layer.members)
    return layer in wanted


def _transform(map_: Affine) -> QTransform:
    return QTransform(map_.xx, map_.yx, map_.xy, map_.yy, map_.x0, map_.y0)
