"""How overlapping tiles are blended: weights that add up to 1, as alphas of layers over layers.

Tiles are painted row by row, each over the ones before it. Tile k with weight w_k gets the alpha
w_k / (w_1 + ... + w_k); painted in that order the alphas give exactly the weighted mean.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from inpaint_studio.geometry import Extent


class Ramps(NamedTuple):
    """px by which a tile overlaps its neighbours: left, above, and (not painted yet) right."""

    left: int = 0
    top: int = 0
    right: int = 0


NO_RAMPS = Ramps()
"""A crop that blends with no other."""


def tile_alpha(extent: Extent, ramps: Ramps) -> np.ndarray:
    """The alpha (uint8 HxW) of a tile of that extent over the tiles painted before it.

    Weights are linear ramps across each overlap. No more than two tiles may overlap along an axis.
    """
    across = _rising(extent.width, ramps.left) * _rising(extent.width, ramps.right)[::-1]
    # What the tiles of this row weigh together so far: only the next one's share is missing.
    row_so_far = _rising(extent.width, ramps.right)[::-1]
    down = _rising(extent.height, ramps.top)[:, None]
    alpha = across * down / ((1 - down) + row_so_far * down)
    return np.rint(alpha * 255).astype(np.uint8)


def _rising(length: int, ramp: int) -> np.ndarray:
    """0..1 at pixel centres over the first `ramp` px, then 1. Never quite 0."""
    weights = np.ones(length)
    weights[:ramp] = (np.arange(ramp) + 0.5) / max(ramp, 1)
    return weights
