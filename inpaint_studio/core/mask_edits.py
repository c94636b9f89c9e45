"""How a shape joins a mask: added, subtracted or intersected, as an undoable patch."""

from __future__ import annotations

from enum import Enum

import numpy as np

from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds


class Combine(Enum):
    """What a new selection does to the mask that is there."""

    add = "add"
    subtract = "subtract"
    intersect = "intersect"


def combine(raster: Raster, shape: np.ndarray, bounds: Bounds, how: Combine) -> MaskPatch:
    """The patch that combines `shape` (uint8 HxW lying in `bounds`) with the mask.

    Soft values combine as brushes do: maximum to add, minimum to subtract and to intersect.
    """
    if how is Combine.intersect:
        return _intersect(raster, shape, bounds)
    return MaskPatch.replacing(raster, bounds, combined(raster.read(bounds), shape, how))


def combined(before: np.ndarray, shape: np.ndarray, how: Combine) -> np.ndarray:
    """The values of a mask (uint8 HxW) after a shape of the same size joined them."""
    if how is Combine.add:
        return np.maximum(before, shape)
    return np.minimum(before, ~shape if how is Combine.subtract else shape)


def _intersect(raster: Raster, shape: np.ndarray, bounds: Bounds) -> MaskPatch:
    """Everything masked outside the shape goes as well."""
    painted = raster.content_bounds()
    after = np.zeros((painted.height, painted.width), np.uint8)
    common = painted.intersection(bounds)
    if not common.is_empty:
        part = shape[common.relative_to(bounds).slices()]
        after[common.relative_to(painted).slices()] = np.minimum(raster.read(common), part)
    return MaskPatch.replacing(raster, painted, after)
