"""From a step of an expansion plan to the edit request for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inpaint_studio.core.compose import Paintable
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    EditRequest,
    EditResult,
    Intent,
    PatchFillOptions,
)
from inpaint_studio.core.flatten import flatten, snapshot
from inpaint_studio.core.request import avoid_in, piece_of
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.join_band import join_band
from inpaint_studio.imaging.mask_ops import invert, threshold
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, ExpansionStep, StepKind
from inpaint_studio.imaging.tile_weights import tile_alpha

TILE_STRENGTH = 0.4
"""How far a tile may leave the layout: new detail, the same content."""
SEAM_LIMIT = 1.25
"""Seam ratio above which a join is drawn once more. Untouched pictures have 1, pasted ones 1.6."""
MENDING_STRENGTH = 0.35
"""For the second pass along a join."""
MENDING_WIDTH = (8, 48)
"""px on each side of a join: at least and at most; between them a 16th of the crop's short side."""


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What a step is drawn on, as it was at one moment: safe to be read on any thread.

    `avoid` (uint8 HxW of `context`): what is not to be copied from.
    """

    context: Bounds
    layers: Sequence[Paintable]
    avoid: np.ndarray

    @classmethod
    def of(
        cls, document: Document, context: Bounds, layers: Sequence[Paintable] | None = None
    ) -> Backdrop:
        """What `layers` show there; those that are painted now, without any."""
        shown = document.layers.painted if layers is None else layers
        return cls(context, snapshot(shown), avoid_in(document, context))

    def request(self, params: EditParams, mask: np.ndarray) -> EditRequest:
        """An edit of what `mask` (uint8 HxW) says."""
        piece = piece_of(self.layers, self.context, mask, self.avoid.copy())
        return EditRequest(params, (piece,))


def step_request(
    backdrop: Backdrop, plan: ExpansionPlan, index: int, area: Uncovered, params: EditParams
) -> EditRequest | None:
    """What step `index` asks for on its backdrop; None if nothing is.

    `area`: what was uncovered when the expansion began. Each step draws with a seed of its own.
    """
    step = plan.steps[index]
    mask = _new_pixels(step, area)
    if step.kind is StepKind.tile:
        mask = np.minimum(mask, tile_alpha(step.context.extent, step.ramps))
    if not mask.any():
        return None
    seed = params.seed + index * params.num_candidates
    params = replace(params, intent=Intent.expand, seed=seed, most_pixels=step.size.area)
    if step.kind is StepKind.tile:
        # The mask is ramped already, by weights that fit its neighbours'.
        params = replace(single(params), strength=TILE_STRENGTH, feather=0, grow=0, blend=0)
    else:
        # What is laid out coarsely gets its detail from the tiles.
        params = replace(params, strength=1.0, refines=step.kind is not StepKind.coarse)
    return backdrop.request(params, mask)


def request_anew(backdrop: Backdrop, result: EditResult) -> EditRequest:
    """The request of a step once more, with the seeds after its own."""
    (made,) = result.pieces
    # Candidate k of an edit is made with its seed + k.
    params = replace(result.params, seed=result.params.seed + result.params.num_candidates)
    return backdrop.request(params, made.mask)


def mending_request(backdrop: Backdrop, result: EditResult) -> EditRequest | None:
    """A narrow second pass along the join of a step; None if it has no join.

    `backdrop`: with the step's own layer on it; pixels that it leaves less than opaque are made by
    later steps. `result`: what the step came to.
    """
    (made,) = result.pieces
    shown = flatten(backdrop.layers, backdrop.context)[..., 3]
    unknown = np.where(shown < 255, np.uint8(255), np.uint8(0))
    least, most = MENDING_WIDTH
    width = min(max(min(backdrop.context.extent) // 16, least), most)
    new = threshold(made.mask, 1)
    band = join_band(new, unknown & invert(new), width)
    if not band.any():
        return None
    params = replace(
        single(result.params), strength=MENDING_STRENGTH, feather=None, grow=0, blend=None
    )
    return backdrop.request(params, band)


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
    """Uint8 HxW of the step's context: 255 where one of its masks lies on what was uncovered."""
    result = np.zeros((step.context.height, step.context.width), np.uint8)
    for mask in step.masks:
        result[mask.relative_to(step.context).slices()] = area.read(mask)
    return result
