"""The second pass of a large crop: generated at the model's own size, refined at the picture's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from inpaint_studio.core.edit import EditParams
from inpaint_studio.engine.backend import Backend, Capabilities, OnStep
from inpaint_studio.engine.piece_masks import PieceMasks
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.blend import composite, keep_only
from inpaint_studio.imaging.crop import CropPlan, plan_crop
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.imaging.size_rule import SizeRule
from inpaint_studio.imaging.tile_plan import PlannedTile, plan_tiles
from inpaint_studio.imaging.tile_weights import tile_alpha

STRENGTH = 0.4
WORTH_REFINING = 0.8
"""Model pixels per picture pixel. Above it, sharpening alone makes up for the difference."""
MOST_TILES = 16
"""For one candidate. Larger areas are refined at less than full size."""
_SURROUNDINGS = 64


def refine_tiles(plan: CropPlan, masks: PieceMasks, takes: Capabilities) -> list[PlannedTile]:
    """The tiles of the second pass, counted from the crop's top left; none if it is not needed."""
    if takes.sizes is None or not takes.has_strength or plan.scale >= WORTH_REFINING:
        return []
    full = Bounds(0, 0, plan.context.width, plan.context.height)
    native = side = _native_side(takes.sizes)
    while len(tiles := _tiles_over(masks.told, full, side)) > MOST_TILES:
        side = side * 5 // 4
    return tiles if side * plan.scale < WORTH_REFINING * native else []


def refine_params(params: EditParams) -> EditParams:
    """The same edit at the strength of the second pass."""
    return replace(params, strength=min(STRENGTH, params.strength))


def refine_share(tiles: list[PlannedTile]) -> float:
    """The second pass's share of the time, 0..1: tiles take the steps that its strength asks."""
    cost = STRENGTH * len(tiles)
    return cost / (1 + cost)


def refine(
    tiles: list[PlannedTile],
    original: np.ndarray,
    coarse: np.ndarray,
    masks: PieceMasks,
    generate: Callable[[np.ndarray, Bounds, int], np.ndarray],
) -> np.ndarray:
    """The coarse picture with every tile generated again, each seeing the ones before it.

    `original`, `coarse` uint8 HxWx3. `generate(picture, bounds, index)` returns a tile of that size
    made from that picture.
    """
    result = keep_only(original, coarse, masks.told)
    for index, (bounds, ramps) in enumerate(tiles):
        area = bounds.slices()
        made = generate(result[area], bounds, index)
        mixed = composite(result[area], made, tile_alpha(_extent(bounds), ramps))
        result[area] = keep_only(original[area], mixed, masks.told[area])
    return result


def generate_tile(
    picture: np.ndarray,
    bounds: Bounds,
    masks: PieceMasks,
    backend: Backend,
    params: EditParams,
    candidate: int,
    on_step: OnStep,
) -> np.ndarray:
    """One tile (uint8 HxWx3, at `bounds` of the crop) once more, with `refine_params`."""
    plan = plan_crop(bounds, backend.capabilities.sizes)
    work = masks.work(picture, bounds, plan, params, (candidate,))
    (made,) = backend.generate(work, on_step)
    return plan.picture_from_model(made)


def _native_side(rule: SizeRule) -> int:
    side = min(math.isqrt(rule.maximum_pixels), rule.maximum_side)
    return side // rule.multiple * rule.multiple


def _tiles_over(told: np.ndarray, full: Bounds, side: int) -> list[PlannedTile]:
    area = bounds_of(told).pad(_SURROUNDINGS).at_least((side, side)).slid_into(full)
    tiles = plan_tiles(area, Extent(side, side), side // 8)
    return [tile for tile in tiles if told[tile.bounds.slices()].any()]


def _extent(bounds: Bounds) -> Extent:
    return Extent(bounds.width, bounds.height)
