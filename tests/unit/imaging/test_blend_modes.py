from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.imaging.blend_modes import BlendMode, blend_over
from inpaint_studio.imaging.pixels import from_rgb


def pixel(*rgb: int, alpha: int = 255) -> np.ndarray:
    return from_rgb(np.array([[rgb]], np.uint8), np.array([[alpha]], np.uint8))


def rgb_of(bgra: np.ndarray) -> tuple[int, ...]:
    return tuple(int(value) for value in bgra[0, 0, 2::-1])


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (BlendMode.normal, (100, 200, 50)),
        (BlendMode.multiply, (78, 39, 0)),
        (BlendMode.screen, (222, 211, 50)),
        (BlendMode.overlay, (188, 78, 0)),
        (BlendMode.darken, (100, 50, 0)),
        (BlendMode.lighten, (200, 200, 50)),
        (BlendMode.hard_light, (157, 167, 0)),
        (BlendMode.difference, (100, 150, 50)),
        (BlendMode.plus, (255, 250, 50)),
    ],
)
def test_opaque_colours_follow_the_formulas(mode: BlendMode, expected: tuple[int, ...]) -> None:
    below = pixel(200, 50, 0)
    blend_over(below, pixel(100, 200, 50), mode)
    assert rgb_of(below) == expected
    assert below[0, 0, 3] == 255


@pytest.mark.parametrize("mode", list(BlendMode))
def test_nothing_above_changes_nothing(mode: BlendMode) -> None:
    below = pixel(200, 50, 9, alpha=130)
    before = below.copy()
    blend_over(below, np.zeros((1, 1, 4), np.uint8), mode)
    blend_over(below, pixel(1, 2, 3), mode, opacity=0)
    np.testing.assert_array_equal(below, before)


@pytest.mark.parametrize("mode", list(BlendMode))
def test_over_nothing_the_layer_is_itself(mode: BlendMode) -> None:
    below = np.zeros((1, 1, 4), np.uint8)
    above = pixel(120, 30, 250, alpha=90)
    blend_over(below, above, mode)
    np.testing.assert_array_equal(below, above)


def test_half_opacity_meets_in_the_middle() -> None:
    below = pixel(200, 200, 200)
    blend_over(below, pixel(100, 100, 100), BlendMode.normal, opacity=128)
    assert rgb_of(below) == (150, 150, 150)
