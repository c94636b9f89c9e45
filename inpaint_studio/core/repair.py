"""A second, narrow pass along the edge of a result, where the edge shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditRequest, EditResult, ResultPiece
from inpaint_studio.core.expansion import (
    MENDING_STRENGTH,
    MENDING_WIDTH,
    SEAM_LIMIT,
    can_mend,
    single,
)
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.core.placement import HOME
from inpaint_studio.core.request import copy_piece
from inpaint_studio.imaging.join_band import join_band
from inpaint_studio.imaging.mask_ops import threshold


def shows_its_edge(layer: ResultLayer) -> bool:
    """Whether the shown candidate's seam is above the limit and a second pass can hide it.

    Steps of an expansion are mended by themselves; what was moved lies on another picture now.
    """
    result = layer.result
    is_bad = result.seam_ratio(layer.candidate) > SEAM_LIMIT
    is_at_home = layer.placement == HOME and result.place is None
    return is_bad and is_at_home and can_mend(result.params)


def repair_request(document: Document, layer: ResultLayer) -> EditRequest | None:
    """The pass along the edges of a result, on what is seen up to it; None if it has no edge."""
    seen = [*document.layers.painted_below(layer.id), layer]
    bands = [(piece, _band(piece)) for piece in layer.result.pieces]
    pieces = tuple(
        copy_piece(document, seen, piece.context, band) for piece, band in bands if band.any()
    )
    params = replace(
        single(layer.result.params), strength=MENDING_STRENGTH, feather=None, grow=0, blend=None
    )
    return EditRequest(params, pieces) if pieces else None


def is_repair(result: EditResult) -> bool:
    """Whether a result without masks of the document is such a pass."""
    params = result.params
    return (params.strength, params.grow) == (MENDING_STRENGTH, 0) and result.place is None


def _band(piece: ResultPiece) -> np.ndarray:
    """Uint8 HxW: 255 on both sides of where the alpha passes one half."""
    least, most = MENDING_WIDTH
    inside = threshold(piece.alpha)
    across = min(piece.context.extent)
    width = min(max(across // 16, least), most)
    return join_band(inside, np.zeros_like(inside), width)
