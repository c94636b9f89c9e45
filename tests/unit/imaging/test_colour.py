from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from inpaint_studio.imaging.colour import CELL, OUTSIDE_REACH, colour_field, ring_weights

CAST = np.array([12, -7, 4])


def square_mask(size: int, margin: int) -> np.ndarray:
    mask = np.zeros((size, size), np.uint8)
    mask[margin:-margin, margin:-margin] = 255
    return mask


def field_of(original: np.ndarray, generated: np.ndarray, weights: np.ndarray) -> np.ndarray:
    height, width = weights.shape
    return colour_field(original, generated, weights).rows(0, height, width)


def photo(size: int = 200) -> np.ndarray:
    return data.astronaut()[:size, 100 : 100 + size].clip(20, 230)


def ring(size: int = 200) -> np.ndarray:
    return square_mask(size, 30) - square_mask(size, 60)


def test_a_soft_edge_is_what_is_compared() -> None:
    hidden, repainted = square_mask(60, 20), square_mask(60, 10)
    nothing = np.zeros_like(hidden)
    weights = ring_weights(hidden, repainted, nothing)
    np.testing.assert_array_equal(weights, repainted - hidden)
    avoid = np.zeros_like(hidden)
    avoid[:30] = 255
    assert not ring_weights(hidden, repainted, avoid)[:30].any()


def test_without_a_soft_edge_the_surroundings_are_compared() -> None:
    hidden = square_mask(100, 40)
    weights = ring_weights(hidden, hidden, np.zeros_like(hidden))
    assert not weights[hidden > 0].any()
    assert weights[50, 40 - OUTSIDE_REACH] == 255
    assert weights[50, 40 - OUTSIDE_REACH - 1] == 0


def test_nothing_to_compare_changes_nothing() -> None:
    original = photo(64)
    everything = np.full((64, 64), 255, np.uint8)
    weights = ring_weights(everything, everything, np.zeros_like(everything))
    assert not weights.any()
    assert not field_of(original, original // 2, weights).any()


def test_a_cast_is_found_everywhere() -> None:
    original = photo()
    field = field_of(original, (original - CAST).astype(np.uint8), ring())
    np.testing.assert_allclose(field, np.broadcast_to(CAST, field.shape), atol=0.01)


def test_a_gradient_is_continued_through_the_middle() -> None:
    original = photo()
    slope = np.linspace(-15, 15, 200)[None, :, None] * np.array([1, 0.5, -0.5])
    generated = np.rint(original - slope).clip(0, 255).astype(np.uint8)
    error = field_of(original, generated, ring()) - slope
    assert np.abs(error)[30:170, 30:170].mean() < 0.6


def test_texture_that_moved_is_no_cast() -> None:
    original = photo()
    field = field_of(original, np.roll(original, (2, 1), (0, 1)), ring())
    assert np.abs(field[60:140, 60:140]).mean() < 2.5


def test_a_shadow_in_a_part_of_the_ring_stays_local() -> None:
    original = photo()
    generated = (original - CAST).astype(np.uint8)
    original = original.copy()
    original[30:60, 80:120] //= 3
    field = field_of(original, generated, ring())
    assert np.abs(field[100:140, 60:140] - CAST).mean() < 3


@pytest.mark.parametrize("size", [1, 7, 8, 9, 65])
def test_odd_sizes_and_bands(size: int) -> None:
    original = np.full((size, size + 3, 3), 100, np.uint8)
    weights = np.full((size, size + 3), 255, np.uint8)
    field = colour_field(original, original - 10, weights)
    whole = field.rows(0, size, size + 3)
    np.testing.assert_allclose(whole, 10, atol=1e-3)
    half = size // 2
    if half:
        parts = [field.rows(0, half, size + 3), field.rows(half, size, size + 3)]
        np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-3)


def test_bands_of_a_field_join_without_a_step() -> None:
    original = photo(192)
    generated = np.roll(original, 30, 0)
    field = colour_field(original, generated, np.full((192, 192), 255, np.uint8))
    bands = [field.rows(y, y + 4 * CELL, 192) for y in range(0, 192, 4 * CELL)]
    np.testing.assert_allclose(np.concatenate(bands), field.rows(0, 192, 192), atol=0.01)
