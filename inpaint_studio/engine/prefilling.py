"""Chooses what a model starts from, by what the person wants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inpaint_studio.core.edit import EditParams, Intent, PatchFillOptions
from inpaint_studio.engine.backend import GenerateInput, OnStep
from inpaint_studio.engine.backends.patch_fill import PatchFillBackend
from inpaint_studio.errors import EditRefusedError, EngineError
from inpaint_studio.imaging.blend import composite
from inpaint_studio.imaging.prefill import blurred_surroundings, continued_edges, neutral

_RADIUS = 5


def prefilled(work: GenerateInput, on_step: OnStep) -> GenerateInput:
    """The same work with something sensible under its mask.

    Below full strength the model starts from what is there, so nothing is put over it; an expansion
    has nothing there.
    """
    intent = work.params.intent
    if intent is Intent.instruct or (work.params.strength < 1 and intent is not Intent.expand):
        return work
    filled = _filled(work, intent, on_step)
    return replace(work, image=composite(work.image, filled, work.mask))


def _filled(work: GenerateInput, intent: Intent, on_step: OnStep) -> np.ndarray:
    if intent is Intent.remove:
        return _patch_filled(work, on_step)
    if intent is Intent.expand:
        return continued_edges(work.image, work.mask, work.avoid)
    if intent is Intent.replace_background:
        return neutral(work.image, work.mask)
    return blurred_surroundings(work.image, work.mask, work.avoid)


def _patch_filled(work: GenerateInput, on_step: OnStep) -> np.ndarray:
    """Patch fill's own result; the blurred surroundings where it has nothing to copy from."""
    params = EditParams(seed=work.params.seed, options=PatchFillOptions((_RADIUS,)))
    try:
        (filled,) = PatchFillBackend().generate(
            replace(work, params=params, candidates=(0,)), on_step
        )
    except (EditRefusedError, EngineError):
        return blurred_surroundings(work.image, work.mask, work.avoid)
    return filled
