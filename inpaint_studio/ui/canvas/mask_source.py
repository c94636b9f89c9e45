"""The masks' values as the canvas tints them: grown, softened and faded as set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from inpaint_studio.core.effective_mask import effective_values
from inpaint_studio.core.layer import MaskLayer
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import multiply_255
from inpaint_studio.ui.canvas.tile_cache import halve_mask

ReadMasks = Callable[[], Sequence[MaskLayer]]


class MaskSource:
    """The values of some masks together, of those that are visible."""

    def __init__(self, read_masks: ReadMasks) -> None:
        self._read_masks = read_masks

    def is_blank(self, bounds: Bounds) -> bool:
        """See `MaskValues.is_blank`."""
        return all(
            not mask.props.visible or mask.raster.is_blank(bounds.pad(mask.settings.reach))
            for mask in self._read_masks()
        )

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """See `TileSource.read`. uint8 HxW."""
        result: np.ndarray | None = None
        for mask in self._read_masks():
            values = _values(mask, bounds)
            if values is not None:
                result = values if result is None else np.maximum(result, values)
        return result if result is None or level == 0 else halve_mask(result)


def _values(mask: MaskLayer, bounds: Bounds) -> np.ndarray | None:
    """What a mask adds to the tint; None for nothing."""
    if not mask.props.visible or not mask.props.opacity:
        return None
    values = effective_values(mask, bounds)
    if values is None or mask.props.opacity == 255:
        return values
    return multiply_255(values, mask.props.opacity)
