"""The picture that the visible layers give together, for exports, requests and thumbnails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inpaint_studio.core.layer import LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import blend_over


class Paintable(Protocol):
    """What is needed of a layer to paint it."""

    @property
    def props(self) -> LayerProps:
        """Opacity and blend mode are read."""
        ...

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """Premultiplied BGRA pieces, bottom first."""
        ...


@dataclass(frozen=True)
class LayerSnapshot:
    """How a layer looked at one moment, safe to paint on another thread."""

    props: LayerProps
    rasters: tuple[Raster, ...]


def snapshot(layers: Iterable[Paintable]) -> list[LayerSnapshot]:
    """The layers as they are now. No pixels are copied: painted layers are never written to."""
    return [LayerSnapshot(layer.props, layer.rasters) for layer in layers]


def flatten(layers: Sequence[Paintable], bounds: Bounds) -> np.ndarray:
    """Premultiplied BGRA uint8 HxWx4 of the given layers (bottom first) inside `bounds`.

    Gives the same bytes as the canvas shows at 100 %.
    """
    picture: np.ndarray | None = None
    for layer in layers:
        for raster in layer.rasters:
            if picture is None and layer.props.opacity == 255:
                picture = raster.read(bounds)
                continue
            inside = bounds.intersection(raster.bounds)
            if inside.is_empty:
                continue
            if picture is None:
                picture = np.zeros((bounds.height, bounds.width, 4), np.uint8)
            below = picture[inside.relative_to(bounds).slices()]
            blend_over(below, raster.view(inside), layer.props.blend_mode, layer.props.opacity)
    return np.zeros((bounds.height, bounds.width, 4), np.uint8) if picture is None else picture
