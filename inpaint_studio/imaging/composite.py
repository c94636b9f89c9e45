"""Painting premultiplied BGRA over premultiplied BGRA, with Qt's rounding.

The canvas draws with QPainter, exports and edit requests go through here; both give the same
bytes, so the file shows what the screen showed.
"""

from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.pixels import multiply_255


def paint_over(below: np.ndarray, above: np.ndarray, opacity: int = 255) -> None:
    """Paint `above` over `below` in place. Both premultiplied BGRA uint8 HxWx4, opacity 0..255."""
    if opacity == 0:
        return
    source = above if opacity == 255 else multiply_255(above, opacity)
    below[...] = source + multiply_255(below, 255 - source[..., 3:])
