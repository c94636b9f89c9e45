"""What a picture means as a mask: its transparency where it has any, else its brightness."""

from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.pixels import to_rgb

_WEIGHTS = (299, 587, 114)
"""Of red, green and blue in brightness, in thousandths (ITU-R BT.601, as Pillow's "L")."""
_BAND = 256


def mask_from_picture(picture: np.ndarray) -> np.ndarray:
    """Premultiplied BGRA uint8 HxWx4 to a mask uint8 HxW. A grey keeps its exact value."""
    alpha = picture[..., 3]
    if alpha.size and alpha.min() < alpha.max():
        return alpha.copy()
    values = np.empty(picture.shape[:2], np.uint8)
    for top in range(0, len(picture), _BAND):
        rgb = to_rgb(picture[top : top + _BAND]).astype(np.uint32)
        red, green, blue = (rgb[..., i] * weight for i, weight in enumerate(_WEIGHTS))
        values[top : top + _BAND] = (red + green + blue + 500) // 1000
    return values
