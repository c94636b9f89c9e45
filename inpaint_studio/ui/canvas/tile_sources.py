"""What the canvas shows of a document: the picture, the original, and the masks' values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskKind, MaskLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import multiply_255
from inpaint_studio.ui.canvas.qt_image import composition_mode, image_over, painter_opacity
from inpaint_studio.ui.canvas.tile_cache import halve, halve_mask

ReadDocument = Callable[[], Document | None]


class PictureSource:
    """The visible layers together; gives the same bytes as `core.flatten`."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._read_document = read_document

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`."""
        document = self._read_document()
        return _painted([] if document is None else document.layers.painted, bounds, level)


class OriginalSource:
    """The bottom picture alone, for before and after."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._read_document = read_document

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`."""
        document = self._read_document()
        layers = [] if document is None else document.layers
        bottom = [layer for layer in layers if isinstance(layer, ImageLayer)][:1]
        return _painted(bottom, bounds, level)


class MaskSource:
    """The values of the visible masks of one kind together."""

    def __init__(self, read_document: ReadDocument, kind: MaskKind) -> None:
        self._read_document = read_document
        self._kind = kind

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`. uint8 HxW."""
        document = self._read_document()
        result: np.ndarray | None = None
        for mask in [] if document is None else document.layers.masks(self._kind):
            values = _values(mask, bounds)
            if values is not None:
                result = values if result is None else np.maximum(result, values)
        return result if result is None or level == 0 else halve_mask(result)


def _values(mask: MaskLayer, bounds: Bounds) -> np.ndarray | None:
    """What a mask adds to the tint; None for nothing."""
    inside = bounds.intersection(mask.raster.bounds)
    if inside.is_empty or not mask.props.visible or not mask.props.opacity:
        return None
    values = mask.raster.view(bounds) if inside == bounds else mask.raster.read(bounds)
    if not values.any():
        return None
    return values if mask.props.opacity == 255 else multiply_255(values, mask.props.opacity)


def _painted(layers: Sequence[Layer], bounds: Bounds, level: int) -> np.ndarray | None:
    pixels = _flattened(layers, bounds)
    if pixels is None or level == 0:
        return pixels
    half = np.empty((bounds.height // 2, bounds.width // 2, 4), np.uint8)
    halve(pixels, half)
    return half


def _flattened(layers: Sequence[Layer], bounds: Bounds) -> np.ndarray | None:
    pieces = [
        (raster, layer.props)
        for layer in layers
        for raster in layer.rasters
        if raster.bounds.intersects(bounds)
    ]
    if not pieces:
        return None
    first, props = pieces[0]
    # Whatever the mode: over nothing a layer looks as it is.
    if props.opacity == 255 and len(pieces) == 1 and first.bounds.contains(bounds):
        return first.view(bounds)
    if props.opacity == 255:
        result = first.read(bounds)
        pieces = pieces[1:]
    else:
        result = np.zeros((bounds.height, bounds.width, 4), np.uint8)
    _paint(result, bounds, pieces)
    return result


def _paint(target: np.ndarray, bounds: Bounds, pieces: Iterable[tuple[Raster, LayerProps]]) -> None:
    """Paint rasters as their layers ask over `target`, whose top left is that of `bounds`."""
    # The image must outlive the painter, and nothing may copy it while it is painted on.
    canvas = image_over(target)
    painter = QPainter(canvas)
    for raster, props in pieces:
        inside = bounds.intersection(raster.bounds)
        place, source = inside.relative_to(bounds), inside.relative_to(raster.bounds)
        painter.setOpacity(painter_opacity(props.opacity))
        painter.setCompositionMode(composition_mode(props.blend_mode))
        painter.drawImage(QPoint(place.x, place.y), image_over(raster.pixels), QRect(*source))
    painter.end()
