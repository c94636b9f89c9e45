"""The levels of a picture: the very pixels that halving it step by step gives."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.core.overview import FIRST_LEVEL, Overview
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.halving import halve


def halved(pixels: np.ndarray, level: int) -> np.ndarray:
    """Zeros beside the picture, as the canvas reads it there."""
    side = 1 << level
    height, width = pixels.shape[:2]
    result = np.pad(pixels, ((0, -height % side), (0, -width % side), (0, 0)))
    for _ in range(level):
        smaller = np.empty((result.shape[0] // 2, result.shape[1] // 2, 4), np.uint8)
        halve(result, smaller)
        result = smaller
    return result


@pytest.mark.parametrize("shape", [(700, 530), (1025, 259), (64, 64), (3, 900)])
def test_each_level_is_the_picture_halved(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (*shape, 4), dtype=np.uint8)
    overview = Overview(pixels)
    for level in range(FIRST_LEVEL, FIRST_LEVEL + 3):
        side = 1 << level
        whole = Bounds(0, 0, -(-shape[1] // side) * side, -(-shape[0] // side) * side)
        found = overview.read(whole, level)
        if found is None:
            assert max(shape) >> level < 64
        else:
            np.testing.assert_array_equal(found, halved(pixels, level))


def test_parts_may_reach_beyond_the_picture_and_are_zero_there() -> None:
    pixels = np.full((600, 400, 4), 255, np.uint8)
    overview = Overview(pixels)
    part = overview.read(Bounds(-8, 592, 32, 32), 3)
    assert part is not None
    assert part.tolist()[0][0] == [0, 0, 0, 0]
    assert part.tolist()[0][1] == [255, 255, 255, 255]
    assert not part[1:].any()


def test_what_it_does_not_have_is_none() -> None:
    overview = Overview(np.zeros((300, 300, 4), np.uint8))
    assert overview.read(Bounds(0, 0, 256, 256), 1) is None
    assert overview.read(Bounds(0, 0, 1 << 12, 1 << 12), 12) is None
    # Not on whole px of the level: the picture was moved by one.
    assert overview.read(Bounds(1, 0, 256, 256), 2) is None


def test_costs_a_twelfth_of_a_picture_and_only_large_ones_have_one() -> None:
    side = 2048
    pixels = np.zeros((side, side, 4), np.uint8)
    overview = Overview.worth_having(pixels)
    assert overview is not None
    assert pixels.nbytes / 13 < overview.nbytes < pixels.nbytes / 11
    assert Overview.worth_having(pixels[:1000, :1000]) is None
