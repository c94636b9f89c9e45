from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.blend import composite, keep_only


def grey(value: int, width: int = 5) -> np.ndarray:
    return np.full((1, width, 3), value, np.uint8)


def test_keep_only_takes_whatever_is_masked_at_all() -> None:
    mask = np.array([[0, 1, 128, 255, 0]], np.uint8)
    assert keep_only(grey(10), grey(90), mask)[0, :, 0].tolist() == [10, 90, 90, 90, 10]


def test_composite_is_exact_at_both_ends_and_rounded_between() -> None:
    alpha = np.array([[0, 1, 128, 254, 255]], np.uint8)
    assert composite(grey(0), grey(255), alpha)[0, :, 0].tolist() == [0, 1, 128, 254, 255]
    assert composite(grey(255), grey(0), alpha)[0, :, 0].tolist() == [255, 254, 127, 1, 0]
    assert composite(grey(7), grey(7), alpha)[0, :, 0].tolist() == [7] * 5
