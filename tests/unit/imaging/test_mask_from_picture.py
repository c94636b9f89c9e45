from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.imaging.mask_from_picture import mask_from_picture
from inpaint_studio.imaging.pixels import from_rgb


def test_transparency_that_varies_is_the_mask() -> None:
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    alpha = rng.integers(0, 256, (20, 30), dtype=np.uint8)
    np.testing.assert_array_equal(mask_from_picture(from_rgb(rgb, alpha)), alpha)


@pytest.mark.parametrize("alpha", [255, 100])
def test_even_transparency_leaves_brightness(alpha: int) -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = from_rgb(np.stack([grey] * 3, -1), np.full((16, 16), 255, np.uint8))
    np.testing.assert_array_equal(mask_from_picture(picture), grey)
    even = from_rgb(np.full((4, 4, 3), 255, np.uint8), np.full((4, 4), alpha, np.uint8))
    assert (mask_from_picture(even) == 255).all()


def test_colours_count_as_bright_as_they_are_seen() -> None:
    rgb = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert mask_from_picture(from_rgb(rgb)).tolist() == [[76, 150, 29]]


def test_rows_beyond_a_band_are_read_too() -> None:
    rgb = np.zeros((700, 3, 3), np.uint8)
    rgb[650:] = 255
    assert mask_from_picture(from_rgb(rgb))[:, 0].sum(dtype=int) == 50 * 255
