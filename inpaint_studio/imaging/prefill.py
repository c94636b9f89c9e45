"""What a model starts from where it shall draw. Pictures uint8 HxWx3, masks uint8 HxW, 255 = hole.

A model looks at what lies under its mask more than its name suggests; what is put there decides
what it will think of.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from inpaint_studio.imaging.smooth_field import spread

NEUTRAL = 127
_EXPAND_BLUR = 6
"""px of blur on continued edges: streaks would come back as streaks."""


def neutral(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grey in the hole, for something new that owes nothing to what was there."""
    return np.where(mask[..., None] > 0, np.uint8(NEUTRAL), image)


def blurred_surroundings(image: np.ndarray, mask: np.ndarray, avoid: np.ndarray) -> np.ndarray:
    """The surroundings, ever more blurred toward the hole's middle.

    `avoid`: 255 where the picture holds no colour to use. Grey where nothing is known.
    """
    known = ((mask == 0) & (avoid < 128)).astype(np.float32)
    if not known.any():
        return neutral(image, mask)
    smooth = spread(image.astype(np.float32), known)
    filled = np.rint(smooth.clip(0, 255)).astype(np.uint8)
    return np.where(mask[..., None] > 0, filled, image)


def continued_edges(image: np.ndarray, mask: np.ndarray, avoid: np.ndarray) -> np.ndarray:
    """The picture's edge carried straight on into the hole, then blurred a little.

    Pixels with nothing known in their row or column get the blurred surroundings.
    """
    known = (mask == 0) & (avoid < 128)
    filled = blurred_surroundings(image, mask, avoid)
    distance, source = _nearest_along_rows(known)
    below, source_down = (a.T for a in _nearest_along_rows(known.T))
    rows, columns = np.indices(known.shape, sparse=True)
    across, down = image[rows, source], image[source_down, columns]
    straight = np.where((distance <= below)[..., None], across, down)
    reached = np.minimum(distance, below) < max(known.shape)
    continued = np.where((~known & reached)[..., None], straight, filled)
    soft = np.asarray(Image.fromarray(continued).filter(ImageFilter.GaussianBlur(_EXPAND_BLUR)))
    return np.where(mask[..., None] > 0, soft, image)


def _nearest_along_rows(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the nearest known pixel of the same row, and its column.

    Where a row has none the distance is at least the longer side.
    """
    width = known.shape[1]
    far = 4 * max(known.shape)
    columns = np.arange(width)
    left = np.maximum.accumulate(np.where(known, columns, -far), axis=1)
    right = np.minimum.accumulate(np.where(known, columns, far)[:, ::-1], axis=1)[:, ::-1]
    nearer_left = columns - left <= right - columns
    source = np.where(nearer_left, left, right)
    return np.abs(source - columns), source.clip(0, width - 1)
