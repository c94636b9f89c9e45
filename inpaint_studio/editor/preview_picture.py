"""What an edit that runs shows of its result so far."""

from __future__ import annotations

import numpy as np

from inpaint_studio.core.edit import EditRequest
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.imaging.resize import resize


def cut_out(request: EditRequest, context: Bounds, picture: np.ndarray) -> np.ndarray:
    """A picture of a piece (uint8 HxWx3, any size), transparent where nothing is masked.

    As premultiplied BGRA uint8 HxWx4 of the same size.
    """
    piece = next((p for p in request.pieces if p.context == context), None)
    if piece is None or not piece.mask.any():
        return from_rgb(picture)
    height, width = picture.shape[:2]
    return from_rgb(picture, resize(piece.mask, Extent(width, height)))
