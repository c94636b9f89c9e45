from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.geometry import EMPTY, Bounds
from inpaint_studio.imaging.mask_ops import (
    PATCH_FILL_SHAPING,
    Shaping,
    bounds_of,
    compositing_mask,
    default_shaping,
    denoise_mask,
    distance_within,
    feather,
    fill_holes,
    grow,
    invert,
    islands,
    shrink,
    threshold,
)


def dot(size: int, value: int = 255) -> np.ndarray:
    mask = np.zeros((size, size), np.uint8)
    mask[size // 2, size // 2] = value
    return mask


def drawn(*rows: str) -> np.ndarray:
    return np.array([[255 if c == "#" else 0 for c in row] for row in rows], np.uint8)


def test_bounds_of_encloses_all_that_is_set() -> None:
    mask = drawn(".....", "..#..", "....#", ".....")
    assert bounds_of(mask) == Bounds(2, 1, 3, 2)
    assert bounds_of(mask > 0) == Bounds(2, 1, 3, 2)
    assert bounds_of(np.zeros((3, 4), np.uint8)) == EMPTY


def test_threshold_and_invert() -> None:
    mask = np.array([[0, 127, 128, 255]], np.uint8)
    assert threshold(mask).tolist() == [[0, 0, 255, 255]]
    assert threshold(mask, 1).tolist() == [[0, 255, 255, 255]]
    assert invert(mask).tolist() == [[255, 128, 127, 0]]


def test_grow_is_round() -> None:
    assert (grow(dot(5), 0) == dot(5)).all()
    assert (grow(dot(5), 1) == drawn(".....", "..#..", ".###.", "..#..", ".....")).all()
    assert (grow(dot(5), 2) == drawn(".###.", "#####", "#####", "#####", ".###.")).all()
    five = drawn(
        "...#####...",
        "..#######..",
        ".#########.",
        "###########",
        "###########",
        "###########",
        "###########",
        "###########",
        ".#########.",
        "..#######..",
        "...#####...",
    )
    assert (grow(dot(11), 5) == five).all()


@pytest.mark.parametrize("radius", [5, 8, 13, 25, 40])
def test_grow_reaches_its_radius_in_every_direction(radius: int) -> None:
    size = 2 * radius + 5
    grown = grow(dot(size), radius) > 0
    y, x = np.nonzero(~grown)
    nearest_outside = np.hypot(y - size // 2, x - size // 2).min()
    y, x = np.nonzero(grown)
    farthest_inside = np.hypot(y - size // 2, x - size // 2).max()
    assert grown[size // 2, size // 2 + radius]
    assert not grown[size // 2, size // 2 + radius + 1]
    assert nearest_outside > radius * 0.92 - 0.5
    # A regular octagon's corners lie 8 % further out than its sides.
    assert farthest_inside < radius * 1.09 + 1


def test_grow_keeps_grey_values_and_the_brighter_wins() -> None:
    mask = np.zeros((1, 7), np.uint8)
    mask[0, 1], mask[0, 4] = 100, 200
    assert grow(mask, 1).tolist() == [[100, 100, 100, 200, 200, 200, 0]]


def test_shrink_undoes_grow_and_treats_the_outside_as_masked() -> None:
    square = np.zeros((15, 15), np.uint8)
    square[5:10, 5:10] = 255
    assert (shrink(grow(square, 3), 3) == square).all()
    assert (shrink(np.full((4, 4), 255, np.uint8), 2) == 255).all()


@given(st.integers(0, 9), st.integers(1, 9))
def test_growing_more_never_covers_less(radius: int, more: int) -> None:
    mask = np.random.default_rng(radius).integers(0, 256, (12, 9)).astype(np.uint8)
    assert (grow(mask, radius + more) >= grow(mask, radius)).all()


def test_feather_is_a_linear_ramp_around_the_edge() -> None:
    edge = np.zeros((5, 12), np.uint8)
    edge[:, 6:] = 255
    ramp = feather(edge, 4)[2].astype(int)
    assert ramp[:4].max() == 0
    assert ramp[8:].min() == 255
    assert np.allclose(ramp[4:8], [32, 96, 159, 223], atol=1)
    assert (feather(edge, 0) == edge).all()


def test_fill_holes_fills_only_what_is_enclosed() -> None:
    ring = drawn("#####..", "#...#..", "#.#.#.#", "#...#..", "#####..")
    filled = drawn("#####..", "#####..", "#####.#", "#####..", "#####..")
    assert (fill_holes(ring) == filled).all()
    open_ring = drawn("#####", "#...#", "#..#.", "#####")
    assert (fill_holes(open_ring)[1, 1:4] == 255).all()
    assert (fill_holes(drawn("##.##", "#...#", "#####")) == drawn("##.##", "#...#", "#####")).all()


def test_fill_holes_follows_a_spiral_out() -> None:
    spiral = drawn("#######", "#.....#", "#.###.#", "#.#.#.#", "#.#...#", "#.#####", "#......")
    assert (fill_holes(spiral) == spiral).all()


def test_distance_is_exact_up_to_its_limit() -> None:
    distance = distance_within(dot(9), 4)
    y, x = np.mgrid[:9, :9]
    assert np.allclose(distance, np.minimum(np.hypot(y - 4, x - 4), 4))
    assert (distance_within(np.zeros((3, 3), np.uint8), 5) == 5).all()


@given(st.integers(0, 1000), st.integers(1, 8))
def test_distance_equals_the_slow_way(seed: int, limit: int) -> None:
    mask = np.random.default_rng(seed).random((7, 11)) < 0.1
    y, x = np.mgrid[:7, :11]
    slow = np.full(mask.shape, float(limit))
    for my, mx in np.argwhere(mask):
        slow = np.minimum(slow, np.hypot(y - my, x - mx))
    assert np.allclose(distance_within(mask, limit), slow)


def test_islands_are_split_by_the_gap() -> None:
    mask = np.zeros((100, 200), np.uint8)
    mask[2:5, 3:6] = 255
    mask[8, 9] = 1
    mask[90:95, 180:190] = 255
    assert islands(mask, 16) == [Bounds(3, 2, 7, 7), Bounds(180, 90, 10, 5)]
    assert islands(np.zeros((10, 10), np.uint8), 16) == []


def test_islands_may_wind_around_each_other() -> None:
    rows = [
        "#.####.#",
        "#.#..#.#",
        "#.#....#",
        "#.######",
        "........",
        "##.#....",
        "..#..#.#",
        "......#.",
    ]
    mask = np.array([[255 * (cell == "#") for cell in row] for row in rows], np.uint8)
    assert islands(mask, 1) == [
        Bounds(0, 0, 1, 4),
        Bounds(2, 0, 6, 4),
        Bounds(0, 5, 4, 2),
        Bounds(5, 6, 3, 2),
    ]


@given(st.lists(st.tuples(st.integers(0, 59), st.integers(0, 79)), min_size=1, max_size=8))
def test_islands_cover_every_pixel(points: list[tuple[int, int]]) -> None:
    mask = np.zeros((60, 80), np.uint8)
    for y, x in points:
        mask[y, x] = 255
    found = islands(mask, 8)
    covered = np.zeros_like(mask)
    for part in found:
        assert bounds_of(mask[part.slices()]).extent == part.extent
        covered[part.slices()] = 255
    assert (covered >= mask).all()


def test_default_shaping_follows_size_and_strength() -> None:
    assert default_shaping(1000, 1.0) == Shaping(feather=100, grow=54, blend=25)
    assert default_shaping(100, 1.0) == Shaping(feather=32, grow=20, blend=25)
    assert default_shaping(100, 0.25) == Shaping(feather=8, grow=8, blend=12)


def test_shaping_is_overridden_value_by_value() -> None:
    base = Shaping(feather=8, grow=6, blend=5)
    assert base.overridden(None, None, None) == base
    assert base.overridden(None, 2, 1) == Shaping(8, 2, 1)
    assert base.overridden(0, None, None) == Shaping(0, 0, 0)
    assert base.overridden(0, None, 4) == Shaping(0, 0, 4)


def test_masks_are_full_where_painted_fully_and_nothing_is_seen_unrepainted() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[25:35, 20:40] = 255
    for shaping in (PATCH_FILL_SHAPING, default_shaping(23, 0.2), Shaping(0, 0, 0)):
        for keep_soft in (True, False):
            denoise = denoise_mask(mask, shaping)
            alpha = compositing_mask(mask, denoise, shaping, keep_soft=keep_soft)
            assert (denoise[mask == 255] == 255).all()
            assert (alpha[mask == 255] == 255).all()
            assert (alpha[denoise == 0] == 0).all()


def test_patch_fill_ramps_over_the_grown_rim() -> None:
    mask = np.zeros((1, 20), np.uint8)
    mask[0, :8] = 255
    denoise = denoise_mask(mask, PATCH_FILL_SHAPING)
    alpha = compositing_mask(mask, denoise, PATCH_FILL_SHAPING, keep_soft=True)
    assert denoise[0].tolist() == [255] * 11 + [0] * 9
    assert alpha[0].tolist() == [255] * 9 + [170, 85] + [0] * 9


def test_soft_paint_is_alpha_or_strength() -> None:
    mask = np.full((9, 9), 100, np.uint8)
    mask[4, 4] = 0
    hard = Shaping(0, 0, 0)
    denoise = denoise_mask(mask, hard)
    assert (compositing_mask(mask, denoise, hard, keep_soft=True) == mask).all()
    assert (compositing_mask(mask, denoise, hard, keep_soft=False) == threshold(mask, 1)).all()


def test_arguments_are_not_changed() -> None:
    mask = np.random.default_rng(0).integers(0, 256, (16, 16)).astype(np.uint8)
    before = mask.copy()
    denoise = denoise_mask(mask, default_shaping(math.hypot(16, 16), 0.1))
    compositing_mask(mask, denoise, PATCH_FILL_SHAPING, keep_soft=True)
    fill_holes(mask)
    distance_within(mask, 3)
    assert (mask == before).all()
