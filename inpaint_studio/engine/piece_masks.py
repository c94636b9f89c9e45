"""The masks of one piece of an edit, uint8 HxW each, 255 = repaint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inpaint_studio.core.edit import EditParams, EditPiece, Intent
from inpaint_studio.engine.backend import Capabilities, GenerateInput
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import CropPlan
from inpaint_studio.imaging.mask_ops import (
    PATCH_FILL_SHAPING,
    bounds_of,
    compositing_mask,
    default_shaping,
    denoise_mask,
    threshold,
)


@dataclass(frozen=True, eq=False)
class PieceMasks:
    """What becomes of a painted mask.

    `painted`: soft values kept; `denoise`: grown and feathered; `told`: what the backend gets of
    it; `alpha`: what is seen of the new picture; `hidden`: 255 where it says nothing about the old
    one; `avoid`: where the old one holds nothing to copy or to compare. `is_soft`: grey values of
    `told` mean something to the backend.
    """

    painted: np.ndarray
    denoise: np.ndarray
    told: np.ndarray
    alpha: np.ndarray
    hidden: np.ndarray
    avoid: np.ndarray
    is_soft: bool

    def work(
        self,
        picture: np.ndarray,
        area: Bounds,
        plan: CropPlan,
        params: EditParams,
        candidates: tuple[int, ...],
    ) -> GenerateInput:
        """What the backend gets of `picture` (uint8 HxWx3), which is that area of the crop."""
        told = plan.mask_to_model(self.told[area.slices()])
        return GenerateInput(
            plan.picture_to_model(picture),
            told if self.is_soft else threshold(told, 1),
            plan.mask_to_model(self.avoid[area.slices()]),
            params,
            candidates,
        )


def piece_masks(piece: EditPiece, params: EditParams, takes: Capabilities) -> PieceMasks:
    """The masks for a backend that takes that.

    An instruction without a mask is about everything.
    """
    painted = piece.mask
    if params.intent is Intent.instruct and not painted.any():
        painted = np.full_like(painted, 255)
    base = PATCH_FILL_SHAPING
    if takes.redraws:
        base = default_shaping(bounds_of(painted).diagonal, params.strength)
    shaping = base.overridden(params.feather, params.grow, params.blend)
    denoise = denoise_mask(painted, shaping)
    alpha = compositing_mask(painted, denoise, shaping, keep_soft=not takes.soft_mask)
    if takes.soft_mask:
        return PieceMasks(painted, denoise, denoise, alpha, painted, piece.avoid, True)
    # A mask that is cut at one half would put the edge of what was drawn in plain view; told to
    # draw all of it, the backend leaves the whole ramp to the alpha.
    return PieceMasks(painted, denoise, threshold(denoise, 1), alpha, alpha, piece.avoid, False)
