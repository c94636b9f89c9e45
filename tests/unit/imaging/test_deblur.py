from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from inpaint_studio.imaging.deblur import (
    REACH,
    deblurred,
    detail_steps,
    grey,
    missing_detail,
    softened,
)


def test_grey_is_the_mean() -> None:
    picture = np.array([[[0, 1, 2], [255, 255, 255]]], np.uint8)
    np.testing.assert_array_equal(grey(picture), np.array([[1, 255]], np.float32))
    assert grey(picture).dtype == np.float32


def test_softened_is_a_binomial() -> None:
    dot = np.zeros((9, 9), np.float32)
    dot[4, 4] = 256
    row = np.array([1, 4, 6, 4, 1])
    np.testing.assert_allclose(softened(dot)[2:7, 2:7], np.outer(row, row))


@pytest.mark.parametrize(("sigma", "left"), [(0.5, 0.7), (0.8, 0.7), (1.1, 0.8), (1.5, 0.9)])
def test_brings_back_what_a_blur_took(sigma: float, left: float) -> None:
    photo = data.coffee()
    soft = np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(sigma)))
    sharp = deblurred(soft.astype(np.float32), sigma**2)

    def distance(picture: np.ndarray) -> float:
        return float(np.sqrt(((picture - photo.astype(float)) ** 2).mean()))

    assert distance(sharp) < left * distance(soft)


def test_the_rounding_of_a_smooth_picture_is_not_amplified() -> None:
    slope = np.linspace(60, 180, 200)[None, :, None] + np.zeros((100, 200, 3))
    rounded = np.rint(slope).astype(np.float32)
    assert np.abs(deblurred(rounded, 1.5) - rounded).max() < 0.5


def test_looks_no_further_than_it_says() -> None:
    rng = np.random.default_rng(0)
    near = rng.uniform(0, 255, (60, 60, 3)).astype(np.float32)
    far = near.copy()
    far[30:] = 0
    same = slice(0, 30 - REACH)
    np.testing.assert_array_equal(deblurred(near, 2.0)[same], deblurred(far, 2.0)[same])
    assert (deblurred(near, 2.0)[30 - REACH] != deblurred(far, 2.0)[30 - REACH]).any()


def test_half_the_amount_and_colours_alone() -> None:
    photo = data.astronaut()[:80, :80].astype(np.float32)
    whole, half = deblurred(photo, 1.0) - photo, deblurred(photo, 1.0, 0.5) - photo
    np.testing.assert_allclose(half, whole / 2, atol=1e-4)
    np.testing.assert_allclose(whole[..., 0], whole[..., 2], atol=1e-4)


def test_no_blur_lacks_nothing() -> None:
    steps = detail_steps(grey(data.astronaut()[:40, :40]))
    assert not missing_detail(steps, 0.0).any()
