"""The picture that the visible layers give together, for exports, requests and thumbnails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from inpaint_studio.core.compose import Paintable, PaintedGroup, Piece, compose
from inpaint_studio.core.layer import LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import blend_over, fade_to


@dataclass(frozen=True)
class LayerSnapshot:
    """How a layer looked at one moment, safe to paint on another thread."""

    props: LayerProps
    rasters: tuple[Raster, ...]


def snapshot(layers: Iterable[Paintable]) -> list[Paintable]:
    """The layers as they are now. No pixels are copied: painted layers are never written to."""
    return [_snapshot_of(layer) for layer in layers]


def flatten(layers: Sequence[Paintable], bounds: Bounds) -> np.ndarray:
    """Premultiplied BGRA uint8 HxWx4 of the given layers (bottom first) inside `bounds`.

    Gives the same bytes as the canvas shows at 100 %.
    """
    picture = compose(layers, bounds, put_over)
    return np.zeros((bounds.height, bounds.width, 4), np.uint8) if picture is None else picture


def _snapshot_of(layer: Paintable) -> Paintable:
    if isinstance(layer, PaintedGroup):
        return PaintedGroup(layer.props, tuple(snapshot(layer.members)))
    return LayerSnapshot(layer.props, layer.rasters)


def put_over(target: np.ndarray, bounds: Bounds, pieces: Sequence[Piece]) -> None:
    """See `compose.Paint`."""
    for piece in pieces:
        inside = bounds.intersection(piece.raster.bounds)
        below, above = target[inside.relative_to(bounds).slices()], piece.raster.view(inside)
        if piece.mode is None:
            fade_to(below, above, piece.opacity)
        else:
            blend_over(below, above, piece.mode, piece.opacity)
