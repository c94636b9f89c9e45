"""Small pictures of layers and candidates, cheap however large the document is.

Of a layer only as many pixels are read as three times the thumbnail's sides ask for; Qt then scales
them smoothly. An 8192 x 8192 layer costs what a small one costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

from inpaint_studio.core.edit import EditResult, ResultPiece
from inpaint_studio.core.flatten import LayerSnapshot, Paintable, PaintedGroup, flatten
from inpaint_studio.core.layer import ImageLayer, Layer, MaskLayer, ResultLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import EMPTY, Bounds
from inpaint_studio.imaging.affine import Affine
from inpaint_studio.imaging.blend_modes import BlendMode, blend_over
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.imaging.pixels import from_rgb, multiply_255
from inpaint_studio.ui.canvas.qt_image import image_over
from inpaint_studio.ui.theme import Colors, current, theme, with_alpha

OVERSAMPLING = 3
"""Samples per thumbnail pixel and axis: thin strokes and edges survive the reduction."""
COVERS_UP_TO = 1.3
"""A picture up to so much longer or flatter than its tile fills it and loses its ends; others
are shown whole."""
RADIUS = 4
"""Of a tile's corners, in logical pixels."""
CHECKER_SIDE = 4
OUTLINE_ALPHA = 0.14


@dataclass(frozen=True)
class TileView:
    """What a tile shows: `area` of the document, in `size` logical pixels of `ratio` each."""

    area: Bounds
    size: QSize
    ratio: float

    @property
    def device_size(self) -> QSize:
        """The tile in device pixels."""
        return QSize(round(self.size.width() * self.ratio), round(self.size.height() * self.ratio))


@dataclass(frozen=True)
class Grid:
    """The rows and columns of a document that are sampled (int64, document coordinates)."""

    rows: np.ndarray
    columns: np.ndarray

    @classmethod
    def over(cls, area: Bounds, size: QSize) -> Grid:
        """`OVERSAMPLING` samples a pixel for `size` device pixels, evenly over `area`."""
        height, width = size.height() * OVERSAMPLING, size.width() * OVERSAMPLING
        return cls(
            area.y + (np.arange(height) * 2 + 1) * area.height // (2 * height),
            area.x + (np.arange(width) * 2 + 1) * area.width // (2 * width),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return self.rows.size, self.columns.size

    def sample(self, pixels: np.ndarray, bounds: Bounds) -> np.ndarray:
        """The pixels of an array that lies at `bounds`; zero where the grid leaves it."""
        result = np.zeros((*self.shape, *pixels.shape[2:]), np.uint8)
        rows = np.flatnonzero((self.rows >= bounds.y) & (self.rows < bounds.bottom))
        columns = np.flatnonzero((self.columns >= bounds.x) & (self.columns < bounds.right))
        picked = np.ix_(self.rows[rows] - bounds.y, self.columns[columns] - bounds.x)
        result[np.ix_(rows, columns)] = pixels[picked]
        return result

    def sample_under(self, map_: Affine, pixels: np.ndarray, bounds: Bounds) -> np.ndarray:
        """The same of an array that a map takes from `bounds` to where it is seen."""
        back = map_.inverse()
        across, down = self.columns + 0.5, (self.rows + 0.5)[:, None]
        x = np.floor(back.xx * across + back.xy * down + back.x0).astype(int) - bounds.x
        y = np.floor(back.yx * across + back.yy * down + back.y0).astype(int) - bounds.y
        inside = (x >= 0) & (y >= 0) & (x < bounds.width) & (y < bounds.height)
        result = np.zeros((*self.shape, *pixels.shape[2:]), np.uint8)
        result[inside] = pixels[y[inside], x[inside]]
        return result


def layer_tile(layer: Layer, view: TileView) -> QImage:
    """The tile of any layer. A result shows the whole crop that was generated, not `view.area`."""
    area = layer.result.bounds if isinstance(layer, ResultLayer) else view.area
    area, shown = _fitted(area, view.device_size)
    grid = Grid.over(area, shown)
    if isinstance(layer, MaskLayer):
        pixels = _mask_samples(layer.raster, grid)
    elif isinstance(layer, ResultLayer):
        pixels = _result_samples(layer.result, layer.candidate, grid)
    else:
        pixels = _painted_samples([layer], grid)
    return _tile(pixels, shown, view)


def candidate_tile(
    result: EditResult, candidate: int, below: Sequence[Paintable], view: TileView
) -> QImage:
    """The tile of a candidate as it sits in the picture, over the layers `below`."""
    area, shown = _fitted(view.area, view.device_size)
    grid = Grid.over(area, shown)
    pixels = _painted_samples(below, grid)
    for piece in result.pieces:
        blend_over(pixels, _piece_samples(piece, candidate, grid, cut_out=True), BlendMode.normal)
    return _tile(pixels, shown, view)


def focus_of(result: EditResult, frame: Bounds, size: QSize) -> Bounds:
    """The part of the document that shows what a result changed, with some of what is around it.

    Has the proportions of `size` where the frame has room for it.
    """
    changed = Bounds.union_of(_changed_bounds(result))
    if changed.is_empty:
        changed = result.bounds
    area = changed.pad(max(changed.extent.long_side // 6, 8)).at_least(size.toTuple())
    wide, high = size.toTuple()
    width, height = area.extent
    area = area.at_least((-(-height * wide // high), -(-width * high // wide)))
    return area.slid_into(frame)


class ThumbnailCache:
    """Keeps the last tile of each layer until the layer, the frame or the theme looks different.

    Pictures are never written to and results are replaced as a whole, so both are compared by
    identity; `revision` is to be raised when a mask was painted on.
    """

    def __init__(self) -> None:
        self._tiles: dict[int, tuple[tuple[object, ...], QImage]] = {}

    def tile(self, layer: Layer, view: TileView, revision: int) -> QImage:
        """The layer's tile, from the cache where that is still true."""
        key = (_state_of(layer, revision), view, theme().is_dark)
        known = self._tiles.get(layer.id)
        if known is None or known[0] != key:
            known = (key, layer_tile(layer, view))
            self._tiles[layer.id] = known
        return known[1]

    def keep_only(self, layer_ids: set[int]) -> None:
        """Forget all other layers, and with them the results that their tiles showed."""
        for layer_id in self._tiles.keys() - layer_ids:
            del self._tiles[layer_id]


def _state_of(layer: Layer, revision: int) -> tuple[object, ...]:
    if isinstance(layer, MaskLayer):
        return (revision,)
    if isinstance(layer, ResultLayer):
        return (layer.result, layer.candidate)
    return (layer.raster, layer.placement) if isinstance(layer, ImageLayer) else ()


def _changed_bounds(result: EditResult) -> Iterator[Bounds]:
    for piece in result.pieces:
        yield bounds_of(piece.alpha).translated(piece.context.x, piece.context.y)


def _mask_samples(raster: Raster, grid: Grid) -> np.ndarray:
    """White on black, in tones that look like it in both themes."""
    black, white = _mask_colors(current())
    pixels = np.empty((*grid.shape, 4), np.uint8)
    pixels[...] = _bgra(black)
    level = grid.sample(raster.pixels, raster.bounds)
    blend_over(pixels, multiply_255(_bgra(white), level[..., None]), BlendMode.normal)
    return pixels


def _mask_colors(colors: Colors) -> tuple[str, str]:
    if theme().is_dark:
        return colors.canvas, colors.text
    return colors.text, colors.raised


def _bgra(color: str) -> np.ndarray:
    value = QColor(color)
    return np.array([value.blue(), value.green(), value.red(), 255], np.uint8)


def _painted_samples(layers: Sequence[Paintable], grid: Grid) -> np.ndarray:
    rows, columns = grid.shape
    return flatten(_sampled(layers, grid), Bounds(0, 0, columns, rows))


def _sampled(layers: Sequence[Paintable], grid: Grid) -> list[Paintable]:
    """The layers as if the document had only the grid's pixels."""
    return [_sampled_layer(layer, grid) for layer in layers]


def _sampled_layer(layer: Paintable, grid: Grid) -> Paintable:
    if isinstance(layer, PaintedGroup):
        return PaintedGroup(layer.props, tuple(_sampled(layer.members, grid)))
    if isinstance(layer, ImageLayer) and not layer.is_painted:
        # It may take long to make what is painted, and a glance is enough here.
        map_, raster = layer.placement.map_of(layer.home), layer.raster
        seen = grid.sample_under(map_, raster.pixels, raster.bounds)
        return LayerSnapshot(layer.props, (Raster(seen),))
    samples = (Raster(grid.sample(raster.pixels, raster.bounds)) for raster in layer.rasters)
    return LayerSnapshot(layer.props, tuple(samples))


def _result_samples(result: EditResult, candidate: int, grid: Grid) -> np.ndarray:
    pixels = np.zeros((*grid.shape, 4), np.uint8)
    for piece in result.pieces:
        blend_over(pixels, _piece_samples(piece, candidate, grid, cut_out=False), BlendMode.normal)
    return pixels


def _piece_samples(piece: ResultPiece, candidate: int, grid: Grid, *, cut_out: bool) -> np.ndarray:
    rgb = grid.sample(piece.candidates[candidate], piece.context)
    whole = np.broadcast_to(np.uint8(255), piece.alpha.shape)
    return from_rgb(rgb, grid.sample(piece.alpha if cut_out else whole, piece.context))


def _fitted(area: Bounds, tile: QSize) -> tuple[Bounds, QSize]:
    """What of `area` is shown in a tile, and how large (both in device pixels)."""
    if area.is_empty:
        return EMPTY, tile
    wide, high = tile.toTuple()
    longer = area.width * high / (area.height * wide)
    if 1 / COVERS_UP_TO <= longer <= COVERS_UP_TO:
        scale = max(wide / area.width, high / area.height)
        width, height = round(wide / scale), round(high / scale)
        left, top = (area.width - width) // 2, (area.height - height) // 2
        return Bounds(area.x + left, area.y + top, max(width, 1), max(height, 1)), tile
    scale = min(wide / area.width, high / area.height)
    return area, QSize(max(1, round(area.width * scale)), max(1, round(area.height * scale)))


def _tile(pixels: np.ndarray, shown: QSize, view: TileView) -> QImage:
    """Sampled pixels as a tile with round corners; what they leave free is the canvas."""
    smooth = Qt.TransformationMode.SmoothTransformation
    picture = image_over(pixels).scaled(shown, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    square = QImage(view.device_size, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(QColor(current().canvas))
    free = square.size() - shown
    corner = QPoint(free.width() // 2, free.height() // 2)
    painter = QPainter(square)
    painter.fillRect(QRect(corner, shown), _checker(view.ratio))
    painter.drawImage(corner, picture)
    painter.end()
    return _rounded(square, view.ratio)


def _checker(ratio: float) -> QBrush:
    colors = current()
    cells = QImage(2, 2, QImage.Format.Format_RGB32)
    for x, y in ((0, 0), (0, 1), (1, 0), (1, 1)):
        cells.setPixelColor(x, y, QColor(colors.checker_b if x == y else colors.checker_a))
    brush = QBrush(cells)
    brush.setTransform(QTransform.fromScale(CHECKER_SIDE * ratio, CHECKER_SIDE * ratio))
    return brush


def _rounded(square: QImage, ratio: float) -> QImage:
    result = QImage(square.size(), QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Filled with a brush and not clipped: a clip would leave jagged corners.
    painter.setBrush(QBrush(square))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(result.rect(), RADIUS * ratio, RADIUS * ratio)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(with_alpha(current().text, OUTLINE_ALPHA), ratio))
    inset = ratio / 2
    line = QRectF(result.rect()).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(line, (RADIUS - 0.5) * ratio, (RADIUS - 0.5) * ratio)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result
