"""Makes an edit request: a copy of the masked islands of a document with their surroundings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, EditPiece, EditRequest, EditResult
from inpaint_studio.core.flatten import Paintable, flatten
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import plan_context, split_islands
from inpaint_studio.imaging.pixels import to_rgb

OPAQUE_ENOUGH = 128
"""Pixels with less alpha than this hold no colour worth copying from."""


def request_from_document(document: Document, params: EditParams) -> EditRequest:
    """What the mask and the visible layers ask for.

    Raises EditRefusedError where nothing is masked or no layer is visible.
    """
    layers = document.layers.painted
    if not layers:
        raise EditRefusedError("All layers are hidden. Show the picture first.")
    raster = document.mask(MaskKind.repaint).raster
    painted = raster.content_bounds().intersection(document.frame)
    if painted.is_empty:
        raise EditRefusedError("Nothing is masked yet. Paint over what should change.")
    islands = split_islands(raster.view(painted), painted, document.frame)
    contexts = [plan_context(island, document.frame) for island in islands]
    pieces = (_piece(document, layers, c, raster.read(c)) for c in contexts)
    return EditRequest(params, tuple(pieces))


def request_again(
    document: Document, below: Sequence[Paintable], result: EditResult, params: EditParams
) -> EditRequest:
    """The request of an earlier result once more, on the layers that lie below it."""
    pieces = (_piece(document, below, piece.context, piece.mask) for piece in result.pieces)
    return EditRequest(params, tuple(pieces))


def _piece(
    document: Document, layers: Sequence[Paintable], context: Bounds, mask: np.ndarray
) -> EditPiece:
    picture = flatten(layers, context)
    avoid = document.mask(MaskKind.avoid).raster.read(context)
    avoid[picture[..., 3] < OPAQUE_ENOUGH] = 255
    return EditPiece(context, to_rgb(picture), mask, avoid)
