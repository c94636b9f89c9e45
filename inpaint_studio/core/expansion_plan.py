"""The plan for what a document's frame leaves uncovered: holes first, then outward."""

from __future__ import annotations

from dataclasses import replace

from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import COPYING, Part, RedrawingContext, plan_parts
from inpaint_studio.imaging.outpaint_plan import (
    FREE_SIZE_PIXELS,
    ExpansionPlan,
    PlanSettings,
    plan_expansion,
)
from inpaint_studio.imaging.plan_fitting import fitted, hole_steps
from inpaint_studio.imaging.size_rule import SizeRule

LARGEST_HOLE = 4
"""A hole whose surroundings are larger than this many crops is filled strip by strip instead."""


def plan_for(
    area: Uncovered,
    sizes: SizeRule | None,
    free_pixels: int,
    settings: PlanSettings | None = None,
) -> ExpansionPlan | None:
    """The steps that fill an area; None where nothing is uncovered.

    `sizes`, `free_pixels`, `settings`: see `plan_expansion`. Raises EditRefusedError where the
    frame holds no picture to continue.
    """
    if area.is_empty:
        return None
    sizes = None if sizes is None else sizes.limited(free_pixels)
    most = FREE_SIZE_PIXELS if sizes is None else LARGEST_HOLE * sizes.maximum_pixels
    known, parts = _picture_and_holes(area, sizes, min(most, LARGEST_HOLE * free_pixels))
    plan = fitted(
        plan_expansion(area.frame, known, sizes, free_pixels, settings), area.tight, sizes
    )
    return replace(plan, steps=hole_steps(parts, sizes) + plan.steps)


def _picture_and_holes(
    area: Uncovered, sizes: SizeRule | None, most: int
) -> tuple[Bounds, list[Part]]:
    """What is known, the holes in it counted in, and how those are filled."""
    holes = area.holes()
    while True:
        known = area.covered_rectangle(holes)
        whole = [hole for hole in holes if known.contains(hole)]
        parts = _parts(area, whole, known, sizes)
        large = [
            hole
            for hole in whole
            if any(part.context.area > most and hole.contains(part.bounds) for part in parts)
        ]
        cut = [hole for hole in holes if hole.intersects(known) and hole not in whole]
        if not (large or cut):
            return known, parts
        holes = [hole for hole in holes if hole not in large and hole not in cut]


def _parts(
    area: Uncovered, holes: list[Bounds], known: Bounds, sizes: SizeRule | None
) -> list[Part]:
    rule = COPYING if sizes is None else RedrawingContext()
    return [part for hole in holes for part in plan_parts(area.read(hole), hole, known, rule)]
