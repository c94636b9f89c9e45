from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.join_band import join_band


def test_the_band_lies_on_both_sides_of_the_join_only() -> None:
    new, unknown = np.zeros((3, 10), np.uint8), np.zeros((3, 10), np.uint8)
    new[:, 3:7] = 255
    unknown[:, 7:] = 255
    expected = np.zeros((3, 10), np.uint8)
    expected[:, 1:5] = 255
    np.testing.assert_array_equal(join_band(new, unknown, 2), expected)


def test_without_a_join_there_is_no_band() -> None:
    everything = np.full((4, 4), 255, np.uint8)
    assert not join_band(everything, np.zeros_like(everything), 2).any()
    assert not join_band(np.zeros_like(everything), np.zeros_like(everything), 2).any()
