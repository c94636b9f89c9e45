"""Fits a plan to what of the frame is really empty: ragged edges, notches, holes in the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import Part, plan_crop
from inpaint_studio.imaging.outpaint_plan import (
    LEAST_COPIED,
    ExpansionPlan,
    ExpansionStep,
    StepKind,
)
from inpaint_studio.imaging.size_rule import SizeRule

WORTH_CUTTING = 0.75
"""A crop is only cut to what its new pixels need if this share of it is enough."""


def fitted(
    plan: ExpansionPlan, tight: Callable[[Bounds], Bounds], sizes: SizeRule | None
) -> ExpansionPlan:
    """The plan with masks drawn tight, steps without any left out, and crops cut to match.

    `tight(bounds)`: the smallest rectangle around what is empty in `bounds`, maybe none. `sizes`:
    what the plan was made for. No crop gets larger, so that none sees what is not there yet.
    """
    steps: list[ExpansionStep] = []
    for step in plan.steps:
        masks = tuple(mask for mask in map(tight, step.masks) if not mask.is_empty)
        if not masks:
            continue
        tighter = replace(step, masks=masks)
        both = _joined(steps[-1], tighter, sizes) if steps else None
        steps[-1:] = [*steps[-1:], tighter] if both is None else [both]
    return replace(plan, steps=tuple(_cut(step, sizes) for step in steps))


def hole_steps(parts: Sequence[Part], sizes: SizeRule | None) -> tuple[ExpansionStep, ...]:
    """A step for each hole inside the picture, whose surroundings are all there."""
    return tuple(
        ExpansionStep(
            StepKind.step, plan_crop(part.context, sizes), (part.bounds,), _margin_of(part)
        )
        for part in parts
    )


def _joined(
    first: ExpansionStep, second: ExpansionStep, sizes: SizeRule | None
) -> ExpansionStep | None:
    """Neighbours along a side as one step, where one crop holds what is new in both."""
    if sizes is None or not (first.kind is second.kind is StepKind.step):
        return None
    one, other = first.context, second.context
    in_row = (one.y, one.height) == (other.y, other.height)
    in_column = (one.x, one.width) == (other.x, other.width)
    whole = one.union(other)
    if not (in_row or in_column) or not one.intersects(other):
        return None
    new = Bounds.union_of((*first.masks, *second.masks))
    both = ExpansionStep(
        StepKind.step, plan_crop(whole, sizes), (new,), min(first.overlap, second.overlap)
    )
    wanted = _wanted(both, sizes)
    fits = wanted.area <= sizes.maximum_pixels and max(wanted.extent) <= sizes.maximum_side
    return both if fits else None


def _cut(step: ExpansionStep, sizes: SizeRule | None) -> ExpansionStep:
    if step.kind is not StepKind.step:
        return step
    context = _wanted(step, sizes)
    is_joined = sizes is not None and step.context.area > sizes.maximum_pixels
    if context.area > WORTH_CUTTING * step.context.area and not is_joined:
        return step
    overlap = min(step.overlap, _margin(step))
    return replace(step, crop=plan_crop(context, sizes), overlap=overlap)


def _margin(step: ExpansionStep) -> int:
    """As much to look at on each side as there is to make, as where a whole strip is new."""
    return max(LEAST_COPIED, min(Bounds.union_of(step.masks).extent))


def _wanted(step: ExpansionStep, sizes: SizeRule | None) -> Bounds:
    """What of a step's crop its new pixels need."""
    wanted = Bounds.union_of(step.masks).pad(_margin(step))
    if sizes is not None:
        side = math.isqrt(min(sizes.maximum_pixels, step.size.area))
        wanted = wanted.at_least((side, side))
    return wanted.slid_into(step.context)


def _margin_of(part: Part) -> int:
    """px between a hole and the nearest edge of what is looked at, where there are any."""
    (hole, context) = part
    margins = (
        hole.x - context.x,
        hole.y - context.y,
        context.right - hole.right,
        context.bottom - hole.bottom,
    )
    return min((margin for margin in margins if margin > 0), default=1)
