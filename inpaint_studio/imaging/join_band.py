"""The narrow band along a join that is drawn once more to hide it. Masks uint8 HxW."""

from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.mask_ops import grow, invert


def join_band(new: np.ndarray, unknown: np.ndarray, width: int) -> np.ndarray:
    """255 within about `width` px of where `new` meets what is known, on both sides.

    `new` and `unknown` are 255 where they apply; the rest is known. Where `new` ends at unknown
    pixels or at the crop's edge there is no join, and unknown pixels are never in the band.
    """
    known = invert(np.maximum(new, unknown))
    return np.minimum(grow(new, width), grow(known, width)) & invert(unknown)
