"""How much of a mask is painted, and where: exact, at the cost of what changed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.coverage import TILE, Coverage
from inpaint_studio.geometry import EMPTY, Bounds

HEIGHT, WIDTH = 600, 530
parts = st.builds(
    Bounds,
    st.integers(0, WIDTH - 1),
    st.integers(0, HEIGHT - 1),
    st.integers(1, 300),
    st.integers(1, 300),
).map(lambda b: b.intersection(Bounds(0, 0, WIDTH, HEIGHT)))


@given(st.lists(st.tuples(parts, st.sampled_from([0, 1, 255])), max_size=6))
def test_counts_and_reaches_as_far_as_the_pixels_do(writes: list[tuple[Bounds, int]]) -> None:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    coverage = Coverage(pixels.shape)
    for part, value in writes:
        pixels[part.slices()] = value
        coverage.mark(part)
        coverage.refresh(pixels)
        rows, columns = np.nonzero(pixels)
        assert coverage.count == rows.size
        tight = EMPTY
        if rows.size:
            corners = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
            tight = Bounds.from_corners(*map(int, corners))
        assert coverage.bounds == tight


@given(parts, parts)
def test_may_hold_is_never_wrong_about_nothing(painted: Bounds, asked: Bounds) -> None:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[painted.slices()] = 7
    coverage = Coverage(pixels.shape)
    assert not coverage.may_hold(asked)
    coverage.mark(painted)
    for _ in range(2):
        assert coverage.may_hold(asked) or not pixels[asked.slices()].any()
        coverage.refresh(pixels)
    assert not coverage.may_hold(EMPTY)


def test_only_what_was_marked_is_looked_at() -> None:
    side = 16 * TILE
    pixels = np.zeros((side, side), np.uint8)
    coverage = Coverage(pixels.shape)
    pixels[...] = 255
    coverage.mark(Bounds(0, 0, side, side))
    coverage.refresh(pixels)
    assert coverage.tiles_read == 16 * 16
    pixels[TILE - 1 : TILE + 1, 5:9] = 0
    coverage.mark(Bounds(5, TILE - 1, 4, 2))
    coverage.refresh(pixels)
    coverage.refresh(pixels)
    assert coverage.tiles_read == 16 * 16 + 2
    assert coverage.count == side * side - 8
