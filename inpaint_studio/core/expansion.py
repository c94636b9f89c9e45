"""From a step of an expansion plan to the edit request for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    EditRequest,
    Intent,
    PatchFillOptions,
)
from inpaint_studio.core.request import copy_piece
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.join_band import join_band
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, ExpansionStep, StepKind
from inpaint_studio.imaging.tile_weights import tile_alpha

TILE_STRENGTH = 0.4
"""How far a tile may leave the layout: new detail, the same content."""
SEAM_LIMIT = 1.25
"""Seam ratio above which a join is drawn once more. Untouched pictures have 1, pasted ones 1.6."""
MENDING_STRENGTH = 0.35
"""For the second pass along a join."""
MENDING_WIDTH = (8, 48)
"""px on each side of a join: at least and at most; between them a quarter of the overlap."""


def step_request(
    document: Document, plan: ExpansionPlan, index: int, area: Uncovered, params: EditParams
) -> EditRequest | None:
    """What step `index` asks for, with the layers that are there now; None if nothing is.

    `area`: what was uncovered when the expansion began. Each step draws with a seed of its own.
    """
    step = plan.steps[index]
    mask = _new_pixels(step, area)
    if step.kind is StepKind.tile:
        extent = Extent(step.context.width, step.context.height)
        mask = np.minimum(mask, tile_alpha(extent, step.ramps))
    if not mask.any():
        return None
    seed = params.seed + index * params.num_candidates
    params = replace(params, intent=Intent.expand, seed=seed)
    if step.kind is StepKind.tile:
        # The mask is ramped already, by weights that fit its neighbours'.
        params = replace(single(params), strength=TILE_STRENGTH, feather=0, grow=0, blend=0)
    else:
        params = replace(params, strength=1.0)
    return EditRequest(params, (copy_piece(document, document.layers.painted, step.context, mask),))


def mending_request(
    document: Document, plan: ExpansionPlan, index: int, area: Uncovered, params: EditParams
) -> EditRequest | None:
    """A narrow second pass along the join of step `index`; None if it has no join.

    `params`: what the step was made with.
    """
    step = plan.steps[index]
    unknown = np.zeros((step.context.height, step.context.width), np.uint8)
    for later in plan.steps[index + 1 :]:
        if later.kind is StepKind.step and later.context.intersects(step.context):
            unknown |= _within(later.masks, step.context, area)
    least, most = MENDING_WIDTH
    width = min(max(step.overlap // 4, least), most)
    band = join_band(_new_pixels(step, area), unknown, width)
    if not band.any():
        return None
    params = replace(single(params), strength=MENDING_STRENGTH, feather=None, grow=0, blend=None)
    return EditRequest(params, (copy_piece(document, document.layers.painted, step.context, band),))


def can_mend(params: EditParams) -> bool:
    """Whether the backend redraws what is there at a strength of its own."""
    return isinstance(params.options, DiffusionOptions)


def single(params: EditParams) -> EditParams:
    """The same edit with one candidate."""
    options = params.options
    if isinstance(options, PatchFillOptions):
        return replace(params, options=replace(options, radii=options.radii[:1]))
    return replace(params, options=replace(options, num_images_per_prompt=1))


def _new_pixels(step: ExpansionStep, area: Uncovered) -> np.ndarray:
    return _within(step.masks, step.context, area)


def _within(masks: tuple[Bounds, ...], context: Bounds, area: Uncovered) -> np.ndarray:
    """Uint8 HxW of `context`: 255 where a mask lies on what was uncovered."""
    result = np.zeros((context.height, context.width), np.uint8)
    for mask in masks:
        inside = mask.intersection(context)
        if not inside.is_empty:
            result[inside.relative_to(context).slices()] = area.read(inside)
    return result
