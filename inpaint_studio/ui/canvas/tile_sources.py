"""What the canvas shows of a document: the picture, the original, and the tint of the masks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import ImageLayer, Layer, MaskKind, MaskLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.composite import paint_over
from inpaint_studio.ui.canvas.qt_image import image_over, painter_opacity
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
    """The visible masks as tints: premultiplied colour times mask value, from a table.

    What `read` returns is valid until the next `read`.
    """

    def __init__(self, read_document: ReadDocument) -> None:
        self._read_document = read_document
        self._tables: dict[MaskKind, list[int]] = {}
        self._tint_image = QImage()

    def set_style(self, kind: MaskKind, colour: QColor, opacity: float) -> None:
        """Show masks of that kind in `colour`, with `opacity` 0..1 where they are full."""
        self._tables[kind] = _tint_table(colour, opacity)

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`."""
        document = self._read_document()
        result: np.ndarray | None = None
        for layer in [] if document is None else document.layers:
            if isinstance(layer, MaskLayer) and layer.props.visible and layer.props.opacity:
                if result is not None:
                    # The next tint takes its memory.
                    result = result.copy()
                tint = self._tint(layer, bounds, level)
                result = _stacked(result, tint, layer.props.opacity)
        return result

    def _tint(self, layer: MaskLayer, bounds: Bounds, level: int) -> np.ndarray | None:
        table, raster = self._tables.get(layer.kind), layer.raster
        inside = bounds.intersection(raster.bounds)
        if table is None or inside.is_empty:
            return None
        values = raster.view(bounds) if inside == bounds else raster.read(bounds)
        if not values.any():
            return None
        if level == 1:
            # Halving one channel before it becomes four is three times faster than after.
            values = halve_mask(values)
        return self._looked_up(table, values)

    def _looked_up(self, table: list[int], values: np.ndarray) -> np.ndarray:
        """Premultiplied BGRA uint8 HxWx4 of mask values (uint8 HxW)."""
        height, width = values.shape
        indices = np.ascontiguousarray(values)
        # Two to three times faster than np.take, which makes 64-bit indices first.
        image = QImage(indices.data, width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(table)
        # Held here: the array below does not keep it alive.
        self._tint_image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        return np.frombuffer(self._tint_image.constBits(), np.uint8).reshape(height, width, 4)


def _stacked(below: np.ndarray | None, tint: np.ndarray | None, opacity: int) -> np.ndarray | None:
    if tint is None:
        return below
    if below is None and opacity == 255:
        return tint
    result = np.zeros_like(tint) if below is None else below
    paint_over(result, tint, opacity)
    return result


def _tint_table(colour: QColor, opacity: float) -> list[int]:
    """Straight ARGB for each of the 256 mask values."""
    rgb = colour.rgb() & 0xFFFFFF
    return [round(value * opacity) << 24 | rgb for value in range(256)]


def _painted(layers: Sequence[Layer], bounds: Bounds, level: int) -> np.ndarray | None:
    pixels = _flattened(layers, bounds)
    if pixels is None or level == 0:
        return pixels
    half = np.empty((bounds.height // 2, bounds.width // 2, 4), np.uint8)
    halve(pixels, half)
    return half


def _flattened(layers: Sequence[Layer], bounds: Bounds) -> np.ndarray | None:
    pieces = [
        (raster, layer.props.opacity)
        for layer in layers
        for raster in layer.rasters
        if raster.bounds.intersects(bounds)
    ]
    if not pieces:
        return None
    first, opacity = pieces[0]
    if opacity == 255 and len(pieces) == 1 and first.bounds.contains(bounds):
        return first.view(bounds)
    if opacity == 255:
        result = first.read(bounds)
        pieces = pieces[1:]
    else:
        result = np.zeros((bounds.height, bounds.width, 4), np.uint8)
    _paint(result, bounds, pieces)
    return result


def _paint(target: np.ndarray, bounds: Bounds, pieces: Iterable[tuple[Raster, int]]) -> None:
    """Paint rasters with their opacities over `target`, whose top left is that of `bounds`."""
    # The image must outlive the painter, and nothing may copy it while it is painted on.
    canvas = image_over(target)
    painter = QPainter(canvas)
    for raster, opacity in pieces:
        inside = bounds.intersection(raster.bounds)
        place, source = inside.relative_to(bounds), inside.relative_to(raster.bounds)
        painter.setOpacity(painter_opacity(opacity))
        painter.drawImage(QPoint(place.x, place.y), image_over(raster.pixels), QRect(*source))
    painter.end()
