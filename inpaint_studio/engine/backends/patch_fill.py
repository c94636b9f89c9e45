"""Patch fill: fills a hole by copying patches of the picture around it. No model, no download.

PatchMatch (Barnes et al., SIGGRAPH 2009) by the pypatchmatch package. Large holes, and large patch
radii, are filled at a reduced size and get the picture's own detail back (imaging/detail.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import patchmatch

from inpaint_studio.core.edit import Intent, ModelIdentity, PatchFillOptions
from inpaint_studio.engine.backend import Capabilities, GenerateInput, OnStep, RunFacts
from inpaint_studio.errors import EditRefusedError, EngineError
from inpaint_studio.imaging.continuation import with_gradients_continued
from inpaint_studio.imaging.detail import carry_detail
from inpaint_studio.imaging.resize import halve, halve_mask, pad_to_multiple

PACKAGE = "pypatchmatch"
AVOID_LEVEL = 128
HOLE_PIXEL_COST = 25
"""What a hole pixel costs in pixels of the crop: 36 µs against 1.4 µs, fitted on 192² to 768² crops
at radius 3. Radius 5 costs 1.3 times as much, radius 7 almost 3 times."""
COST_LIMIT = 1_200_000
"""About 1.2 s of one core at radius 3. Above it the picture is halved before it is filled."""
FINE_RADIUS = 4
"""Larger radii run halved at every size: an eighth of the time, and the eye saw no difference."""
SMALLEST_SIDE = 48
"""px. Crops are not halved below this: a patch needs room beside the hole."""


class PatchFillBackend:
    """The built-in engine. One candidate per patch radius."""

    def __init__(self) -> None:
        if not patchmatch.patchmatch_available:
            raise EngineError(
                "Patch fill can't start: its library does not load on this computer. "
                "Reinstall Inpaint Studio."
            )

    @property
    def identity(self) -> ModelIdentity:
        """The package and its version."""
        return ModelIdentity("patch_fill", PACKAGE, version(PACKAGE))

    @property
    def capabilities(self) -> Capabilities:
        """Any size; real texture, which needs nothing done around it."""
        return Capabilities(has_strength=False)

    @property
    def notices(self) -> tuple[str, ...]:
        """None: it always does what it is asked."""
        return ()

    @property
    def facts(self) -> RunFacts:
        """No steps, nothing to place."""
        return RunFacts()

    def close(self) -> None:
        """It holds nothing between edits."""

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        """Fill where `work.mask` is not 0 (see `Backend.generate`). Same arguments, same pixels.

        Raises EditRefusedError where nothing is left to copy from.
        """
        hole, blocked = work.mask > 0, work.avoid >= AVOID_LEVEL
        if not hole.any():
            return [work.image.copy() for _ in work.candidates]
        if (hole | blocked).all():
            raise EditRefusedError(_nothing_to_copy(hole))
        options = work.params.options
        radii = options.radii if isinstance(options, PatchFillOptions) else PatchFillOptions().radii
        filled = []
        for done, candidate in enumerate(work.candidates):
            on_step(done / len(work.candidates), None)
            made = _fill(work.image, hole, blocked, radii[candidate], work.params.seed)
            if work.params.intent is Intent.expand:
                made = with_gradients_continued(made, hole, blocked)
            filled.append(made)
            on_step((done + 1) / len(work.candidates), None)
        return filled


def _nothing_to_copy(hole: np.ndarray) -> str:
    if hole.all():
        return "Everything is masked, so there is nothing to copy from. Leave some picture free."
    return "There is nothing left to copy from around the mask. Unmark some of what is kept out."


def _fill(
    image: np.ndarray, hole: np.ndarray, blocked: np.ndarray, radius: int, seed: int
) -> np.ndarray:
    height, width = hole.shape
    wanted = _wanted_halvings(hole, radius)
    image, hole, blocked = (pad_to_multiple(a, 2**wanted) for a in (image, hole, blocked))
    small = _Picture(image, hole, blocked & ~hole)
    levels = 0
    while levels < wanted and (smaller := small.halved()).can_be_filled:
        small, levels = smaller, levels + 1
    if levels and radius > FINE_RADIUS:
        radius = (radius + 1) // 2
    filled = small.filled(radius, seed)
    if levels:
        filled = carry_detail(image, hole, blocked, filled, levels)
    return filled[:height, :width]


def _wanted_halvings(hole: np.ndarray, radius: int) -> int:
    cost = hole.size + HOLE_PIXEL_COST * int(hole.sum())
    halvings = int(radius > FINE_RADIUS)
    while cost > COST_LIMIT:
        cost /= 4
        halvings += 1
    return halvings


@dataclass(frozen=True)
class _Picture:
    """A picture with what is to be filled (`hole`) and what is kept out (`blocked`, both bool)."""

    image: np.ndarray
    hole: np.ndarray
    blocked: np.ndarray

    def halved(self) -> _Picture:
        """The same at half size."""
        hole = halve_mask(self.hole)
        return _Picture(halve(self.image), hole, halve_mask(self.blocked) & ~hole)

    @property
    def can_be_filled(self) -> bool:
        """Whether something is left to copy from, and room for a patch beside the hole."""
        enough = min(self.hole.shape) >= SMALLEST_SIDE
        return enough and not (self.hole | self.blocked).all()

    def filled(self, radius: int, seed: int) -> np.ndarray:
        """The picture with its hole filled; all other pixels as they were."""
        # The seed is global in the package, and every fill starts anew from it.
        patchmatch.set_random_seed(seed)
        return patchmatch.inpaint(
            self.image, self.hole, global_mask=self.blocked, patch_size=radius
        )
