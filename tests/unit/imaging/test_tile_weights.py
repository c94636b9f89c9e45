from __future__ import annotations

import numpy as np

from inpaint_studio.geometry import Extent
from inpaint_studio.imaging.tile_weights import Ramps, tile_alpha


def test_a_tile_alone_is_opaque() -> None:
    np.testing.assert_array_equal(tile_alpha(Extent(5, 3), Ramps()), np.full((3, 5), 255))


def test_a_ramp_rises_from_the_neighbour_and_stays_opaque_over_nothing() -> None:
    alpha = tile_alpha(Extent(6, 1), Ramps(left=4, right=2))
    np.testing.assert_array_equal(alpha, [[32, 96, 159, 223, 255, 255]])


def test_painted_in_order_tiles_mix_by_weights_that_add_up_to_one() -> None:
    """3 x 2 tiles of 20 x 16 px overlapping by 6: layers over layers give the weighted mean."""
    side, height, overlap = 20, 16, 6
    starts_x, starts_y = (0, 14, 28), (0, 10)
    values = np.arange(6).reshape(2, 3) * 50.0
    painted = np.full((26, 48), np.nan)
    weighted = np.zeros_like(painted)
    total = np.zeros_like(painted)
    for row, y in enumerate(starts_y):
        for column, x in enumerate(starts_x):
            ramps = Ramps(overlap if column else 0, overlap if row else 0, overlap * (column < 2))
            area = (slice(y, y + height), slice(x, x + side))
            alpha = tile_alpha(Extent(side, height), ramps) / 255
            below = np.nan_to_num(painted[area], nan=-1000.0)
            painted[area] = below * (1 - alpha) + values[row, column] * alpha
            weight = np.outer(
                trapezoid(height, row > 0, row < 1), trapezoid(side, column > 0, column < 2)
            )
            weighted[area] += weight * values[row, column]
            total[area] += weight
    np.testing.assert_allclose(total, 1)
    assert abs(painted - weighted).max() < 1.5


def trapezoid(length: int, rises: bool, falls: bool, ramp: int = 6) -> np.ndarray:
    weight = np.ones(length)
    slope = (np.arange(ramp) + 0.5) / ramp
    if rises:
        weight[:ramp] = slope
    if falls:
        weight[-ramp:] = slope[::-1]
    return weight
