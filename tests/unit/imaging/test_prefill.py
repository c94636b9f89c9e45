from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.imaging.prefill import (
    NEUTRAL,
    blurred_surroundings,
    continued_edges,
    neutral,
)


def halves() -> np.ndarray:
    """Red above, blue below, 40x60."""
    image = np.zeros((40, 60, 3), np.uint8)
    image[:20, :, 0] = 200
    image[20:, :, 2] = 200
    return image


def hole() -> np.ndarray:
    mask = np.zeros((40, 60), np.uint8)
    mask[:, 40:] = 255
    return mask


NOTHING = np.zeros((40, 60), np.uint8)


@pytest.mark.parametrize("prefill", [blurred_surroundings, continued_edges])
def test_only_the_hole_changes_and_what_was_in_it_is_gone(prefill) -> None:
    image = halves()
    marked = image.copy()
    marked[:, 40:] = (0, 255, 0)
    filled = prefill(marked, hole(), NOTHING)
    np.testing.assert_array_equal(filled[:, :40], image[:, :40])
    assert filled[:, 40:, 1].max() == 0


def test_neutral_is_grey() -> None:
    filled = neutral(halves(), hole())
    assert (filled[:, 40:] == NEUTRAL).all()
    np.testing.assert_array_equal(filled[:, :40], halves()[:, :40])


def test_edges_run_straight_on() -> None:
    filled = continued_edges(halves(), hole(), NOTHING)
    assert filled[3, 50, 0] > 190
    assert filled[36, 50, 2] > 190
    assert (filled[3, 50, 2], filled[36, 50, 0]) == (0, 0)


def test_surroundings_mix_toward_the_middle_of_the_hole() -> None:
    mask = NOTHING.copy()
    mask[5:35, 15:45] = 255
    filled = blurred_surroundings(halves(), mask, NOTHING)
    assert filled[6, 30, 0] > filled[19, 30, 0] > filled[33, 30, 0]
    assert filled[19, 30].min() >= 0


@pytest.mark.parametrize("prefill", [blurred_surroundings, continued_edges])
def test_what_is_to_be_avoided_gives_no_colour(prefill) -> None:
    avoid = NOTHING.copy()
    avoid[20:] = 255
    filled = prefill(halves(), hole(), avoid)
    assert filled[:, 40:, 2].max() == 0
    assert filled[:, 40:, 0].min() > 150


@pytest.mark.parametrize("prefill", [blurred_surroundings, continued_edges])
def test_nothing_known_is_grey(prefill) -> None:
    filled = prefill(halves(), np.full_like(NOTHING, 255), NOTHING)
    assert np.abs(filled.astype(int) - NEUTRAL).max() <= 1
