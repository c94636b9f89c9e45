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
from inpaint_studio.core.effective_mask import MaskUnion
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

BAND = 128
"""Rows that are copied together: they stay in the processor's cache, which halves the time."""
OPAQUE_ENOUGH = 128
"""Pixels with less alpha than this hold no colour worth copying from."""


def context_rule(params: EditParams) -> ContextRule:
    """How much of its surroundings an edit with these params looks at."""
    if isinstance(params.options, DiffusionOptions):
        return RedrawingContext(params.strength, params.feather, params.grow)
    return COPYING


def request_from_document(
    document: Document, params: EditParams, masks: MaskUnion | None = None
) -> EditRequest:
    """What the used masks (or `masks` in their place) and the visible layers ask for.

    An instruction may come without a mask: then it is about the whole picture, and the piece's
    mask is empty. Raises EditRefusedError where nothing is masked or no layer is visible.
    """
    layers = document.layers.painted
    if not layers:
        raise EditRefusedError("All layers are hidden. Show the picture first.")
    masks = masks or MaskUnion.used(document, MaskKind.repaint)
    parts = masked_parts(document, masks, context_rule(params))
    if not parts and params.intent is Intent.instruct:
        parts = [Part(document.frame, document.frame)]
    if not parts:
        raise EditRefusedError(why_nothing_is_masked(document))
    pieces = (_masked_piece(document, layers, masks, part) for part in parts)
    return EditRequest(params, tuple(pieces))


def masked_parts(document: Document, masks: MaskUnion, rule: ContextRule) -> list[Part]:
    """The parts of the frame that an edit of the masks would be made of; none if all is free."""
    painted = masks.bounds.intersection(document.frame)
    if painted.is_empty:
        return []
    return plan_parts(masks.view(painted), painted, document.frame, rule)


def why_nothing_is_masked(document: Document) -> str:
    """What to do before an edit has something to work on, in the user's words."""
    every = MaskUnion(document.layers.masks(MaskKind.repaint))
    if every.bounds.intersects(document.frame):
        return "What is masked is not used by edits. Tick “Used by edits” for it in Layers."
    return "Nothing is masked yet. Paint over what should change."


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


def _masked_piece(
    document: Document, layers: Sequence[Paintable], masks: MaskUnion, part: Part
) -> EditPiece:
    """The piece of a part: what else is masked in its context belongs to other parts."""
    others = masks.read(part.context)
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
    return piece_of(layers, context, mask, avoid_in(document, context), others)


def avoid_in(document: Document, context: Bounds) -> np.ndarray:
    """What is not to be copied from, uint8 HxW of `context`; a copy."""
    return MaskUnion.used(document, MaskKind.avoid).read(context)


def piece_of(
    layers: Sequence[Paintable],
    context: Bounds,
    mask: np.ndarray,
    avoid: np.ndarray,
    others: np.ndarray | None = None,
) -> EditPiece:
    """The same without a document, for other threads. `avoid` (see `avoid_in`) is written to."""
    picture = np.empty((context.height, context.width, 3), np.uint8)
    for top in range(0, context.height, BAND):
        rows = slice(top, min(top + BAND, context.height))
        height = rows.stop - top
        band = flatten(layers, Bounds(context.x, context.y + top, context.width, height))
        alpha = band[..., 3]
        # Most pictures are opaque, and looking is much faster than writing to places.
        if alpha.min() < OPAQUE_ENOUGH:
            avoid[rows][alpha < OPAQUE_ENOUGH] = 255
        picture[rows] = to_rgb(band)
    if others is not None and others.any():
        avoid[others > 0] = 255
    return EditPiece(context, picture, mask, avoid)
