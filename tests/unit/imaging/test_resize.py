from __future__ import annotations

import numpy as np

from inpaint_studio.geometry import Extent
from inpaint_studio.imaging.resize import (
    double,
    halve,
    halve_mask,
    pad_to_multiple,
    resize,
    resize_sharp,
)


def ramp(height: int, width: int) -> np.ndarray:
    values = np.add.outer(np.arange(height), np.arange(width)) * 4
    return np.repeat(values[..., None], 3, axis=2).astype(np.uint8)


def test_pad_repeats_the_last_row_and_column() -> None:
    padded = pad_to_multiple(np.array([[1, 2, 3]], np.uint8), 2)
    assert padded.tolist() == [[1, 2, 3, 3], [1, 2, 3, 3]]
    assert pad_to_multiple(ramp(5, 8), 4).shape == (8, 8, 3)
    assert (pad_to_multiple(ramp(4, 8), 4) == ramp(4, 8)).all()


def test_halve_is_the_mean_of_four() -> None:
    small = halve(ramp(4, 6))
    assert small.shape == (2, 3, 3)
    assert small[..., 0].tolist() == [[4, 12, 20], [12, 20, 28]]


def test_double_keeps_pixel_centres_in_place() -> None:
    large = double(ramp(4, 6))[..., 0].astype(int)
    assert large.shape == (8, 12)
    assert large[3, 3:7].tolist() == [10, 12, 14, 16]
    assert (halve(double(ramp(4, 6)))[1:-1, 1:-1] == ramp(4, 6)[1:-1, 1:-1]).all()


def test_resize_makes_that_extent_of_pictures_and_masks() -> None:
    assert resize(ramp(4, 6), Extent(3, 2)).shape == (2, 3, 3)
    assert resize(ramp(4, 6)[..., 0], Extent(12, 8)).shape == (8, 12)


def test_halve_mask_is_set_by_any_of_four() -> None:
    mask = np.zeros((4, 6), bool)
    mask[1, 1] = mask[2, 5] = True
    assert halve_mask(mask).tolist() == [[True, False, False], [False, False, True]]


def test_the_sharp_resize_keeps_detail_and_leaves_the_right_size_alone() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    assert resize_sharp(photo, Extent(48, 64)) is photo
    there = resize_sharp(photo, Extent(96, 128))
    assert there.shape == (128, 96, 3)
    sharp = np.abs(resize_sharp(there, Extent(48, 64)).astype(int) - photo).mean()
    soft = np.abs(resize(resize(photo, Extent(96, 128)), Extent(48, 64)).astype(int) - photo)
    assert sharp < 0.5 * soft.mean()
