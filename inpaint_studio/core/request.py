"""Makes an edit request: a copy of the masked islands of a document with their surroundings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    EditPiece,
    EditRequest,
    EditResult,
    Intent,
)
from inpaint_studio.core.flatten import Paintable, flatten
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import (
    COPYING,
    ContextRule,
    Part,
    RedrawingContext,
    plan_parts,
)
from inpaint_studio.imaging.pixels import to_rgb

OPAQUE_ENOUGH = 128
"""Pixels with less alpha than this hold no colour worth copying from."""


def context_rule(params: EditParams) -> ContextRule:
    """How much of its surroundings an edit with these params looks at."""
    if isinstance(params.options, DiffusionOptions):
        return RedrawingContext(params.strength, params.feather, params.grow)
    return COPYING


def request_from_document(document: Document, params: EditParams) -> EditRequest:
    """What the mask and the visible layers ask for.

    An instruction may come without a mask: then it is about the whole picture, and the piece's
    mask is empty. Raises EditRefusedError where nothing is masked or no layer is visible.
    """
    layers = document.layers.painted
    if not layers:
        raise EditRefusedError("All layers are hidden. Show the picture first.")
    raster = document.mask(MaskKind.repaint).raster
    painted = raster.content_bounds().intersection(document.frame)
    if not painted.is_empty:
        rule = context_rule(params)
        parts = plan_parts(raster.view(painted), painted, document.frame, rule)
    elif params.intent is Intent.instruct:
        parts = [Part(document.frame, document.frame)]
    else:
        raise EditRefusedError("Nothing is masked yet. Paint over what should change.")
    pieces = (_masked_piece(document, layers, part) for part in parts)
    return EditRequest(params, tuple(pieces))


def request_again(
    document: Document, below: Sequence[Paintable], result: EditResult, params: EditParams
) -> EditRequest:
    """The request of an earlier result once more, on the layers that lie below it."""
    pieces = []
    for piece in result.pieces:
        others = np.zeros_like(piece.mask)
        for other in result.pieces:
            shared = other.context.intersection(piece.context)
            if other is not piece and not shared.is_empty:
                theirs = other.mask[shared.relative_to(other.context).slices()]
                ours = others[shared.relative_to(piece.context).slices()]
                np.maximum(ours, theirs, out=ours)
        pieces.append(copy_piece(document, below, piece.context, piece.mask, others))
    return EditRequest(params, tuple(pieces))


def _masked_piece(document: Document, layers: Sequence[Paintable], part: Part) -> EditPiece:
    """The piece of a part: what else is masked in its context belongs to other parts."""
    others = document.mask(MaskKind.repaint).raster.read(part.context)
    own = part.bounds.relative_to(part.context).slices()
    mask = np.zeros_like(others)
    mask[own] = others[own]
    others[own] = 0
    return copy_piece(document, layers, part.context, mask, others)


def copy_piece(
    document: Document,
    layers: Sequence[Paintable],
    context: Bounds,
    mask: np.ndarray,
    others: np.ndarray | None = None,
) -> EditPiece:
    """A copy of what the layers show in `context`, to be repainted where `mask` (uint8 HxW) says.

    `others`: what other pieces repaint, uint8 HxW, which is not to be copied from either.
    """
    picture = flatten(layers, context)
    avoid = document.mask(MaskKind.avoid).raster.read(context)
    avoid[picture[..., 3] < OPAQUE_ENOUGH] = 255
    if others is not None:
        avoid[others > 0] = 255
    return EditPiece(context, to_rgb(picture), mask, avoid)
