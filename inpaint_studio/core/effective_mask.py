"""Masks as edits and the canvas see them: grown and softened as set, several of them as one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.mask_ops import feather, grow


def effective_values(mask: MaskLayer, bounds: Bounds) -> np.ndarray | None:
    """What a mask says in `bounds` (uint8 HxW), None where it says nothing there.

    May be a view of living pixels: to be looked at, not to be kept or written. Costs as much as
    `bounds` with the mask's reach around them, however large the mask is.
    """
    settings, raster = mask.settings, mask.raster
    around = bounds.pad(settings.reach) if settings.reach else bounds
    inside = around.intersection(raster.bounds)
    if inside.is_empty or not raster.view(inside).any():
        return None
    if settings.reach == 0:
        return raster.view(bounds) if inside == bounds else raster.read(bounds)
    if inside == around and raster.view(around).min() == 255:
        return np.full((bounds.height, bounds.width), 255, np.uint8)
    # With the reach around them, no value in `bounds` depends on where the array ends.
    shaped = feather(grow(raster.read(around), settings.grow), settings.feather)
    return shaped[bounds.relative_to(around).slices()]


class MaskUnion:
    """Masks as one: their maximum. Reads the layers as they are when it is asked."""

    def __init__(self, masks: Iterable[MaskLayer]) -> None:
        self.masks = tuple(masks)

    @classmethod
    def used(cls, document: Document, kind: MaskKind) -> MaskUnion:
        """The masks of a kind that edits look at."""
        return cls(mask for mask in document.layers.masks(kind) if mask.settings.is_used)

    @property
    def bounds(self) -> Bounds:
        """Where anything may be masked. Exact unless a mask is grown or feathered."""
        return Bounds.union_of(mask.spread(mask.raster.content_bounds()) for mask in self.masks)

    def view(self, bounds: Bounds) -> np.ndarray:
        """The values in `bounds`, uint8 HxW: to be looked at, not to be kept or written."""
        found = [effective_values(mask, bounds) for mask in self.masks]
        values = [value for value in found if value is not None]
        if not values:
            return np.zeros((bounds.height, bounds.width), np.uint8)
        result = values[0]
        for value in values[1:]:
            result = np.maximum(result, value)
        return result

    def read(self, bounds: Bounds) -> np.ndarray:
        """A copy of the values in `bounds`, uint8 HxW."""
        values = self.view(bounds)
        return values if values.flags.owndata else values.copy()
