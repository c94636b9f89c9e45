from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.blend import composite
from inpaint_studio.imaging.tile_plan import plan_tiles
from inpaint_studio.imaging.tile_weights import tile_alpha


def test_what_fits_is_one_tile() -> None:
    ((bounds, ramps),) = plan_tiles(Bounds(5, -3, 60, 40), Extent(64, 64), 8)
    assert bounds == Bounds(5, -3, 60, 40)
    assert ramps == (0, 0, 0)


@given(st.integers(1, 700), st.integers(1, 700), st.integers(40, 200), st.integers(0, 19))
def test_tiles_cover_the_area_and_no_three_meet(
    width: int, height: int, side: int, overlap: int
) -> None:
    area = Bounds(-7, 11, width, height)
    tiles = plan_tiles(area, Extent(side, side), overlap)
    counts = np.zeros((height, width), int)
    for bounds, _ramps in tiles:
        assert area.contains(bounds)
        assert max(bounds.width, bounds.height) <= side
        counts[bounds.relative_to(area).slices()] += 1
    assert counts.min() >= 1
    assert counts.max() <= 4


def test_painted_one_over_the_other_they_leave_no_joint() -> None:
    area = Bounds(0, 0, 300, 210)
    picture = np.zeros((210, 300, 3), np.uint8)
    for index, (bounds, ramps) in enumerate(plan_tiles(area, Extent(128, 128), 16)):
        made = np.full((bounds.height, bounds.width, 3), 100 + 10 * (index % 2), np.uint8)
        part = picture[bounds.slices()]
        alpha = tile_alpha(Extent(bounds.width, bounds.height), ramps)
        picture[bounds.slices()] = composite(part, made, alpha)
    assert picture.min() >= 99
    steps = np.abs(np.diff(picture[..., 0].astype(int), axis=1)).max()
    assert steps <= 2
