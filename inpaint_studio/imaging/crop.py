"""Decides which part of a picture an edit looks at. Everything is in document coordinates."""

from __future__ import annotations

import math

import numpy as np

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.mask_ops import islands

MINIMUM_MARGIN = 64
"""px. Enough to copy from around a speck, and room for the grown mask."""
FULL_MARGIN = 512
"""px. Up to here the surroundings are as wide as the mask; beyond, they grow a third as fast, so
that memory and time of a very large mask stay in bounds."""


def plan_context(mask_bounds: Bounds, frame: Bounds) -> Bounds:
    """The mask's bounds with surroundings to fill it from, inside `frame`.

    The margin is the mask's mean side (the geometric one, so that a scratch does not ask for as
    much as a square of its length), at least 64 px. At the frame's edge the box slides inward
    instead of shrinking. `mask_bounds` must lie in `frame`.
    """
    side = math.sqrt(mask_bounds.area)
    margin = max(MINIMUM_MARGIN, min(side, FULL_MARGIN), side / 3)
    return mask_bounds.pad(round(margin)).slid_into(frame)


def split_islands(mask: np.ndarray, mask_bounds: Bounds, frame: Bounds) -> list[Bounds]:
    """Bounds of the masked parts that are edited apart, because their contexts don't meet.

    `mask` uint8 HxW covers `mask_bounds`, which lies in `frame`. Sorted from top to bottom, then
    left to right; empty if nothing is masked.
    """
    found = islands(mask, MINIMUM_MARGIN)
    parts = [part.translated(mask_bounds.x, mask_bounds.y) for part in found]
    while (merged := _merge_once(parts, frame)) != parts:
        parts = merged
    return sorted(parts, key=lambda part: (part.y, part.x))


def _merge_once(parts: list[Bounds], frame: Bounds) -> list[Bounds]:
    """Join every part with the first earlier one whose context meets its own."""
    joined: list[Bounds] = []
    contexts: list[Bounds] = []
    for part in parts:
        context = plan_context(part, frame)
        near = next((i for i, other in enumerate(contexts) if other.intersects(context)), None)
        if near is None:
            joined.append(part)
            contexts.append(context)
        else:
            joined[near] = joined[near].union(part)
            contexts[near] = plan_context(joined[near], frame)
    return joined
