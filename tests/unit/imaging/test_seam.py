from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from inpaint_studio.imaging.seam import SeamReport, seam_report

PHOTOS = {"astronaut": data.astronaut, "coffee": data.coffee, "rocket": data.rocket}


def disc(shape: tuple[int, ...], radius: int) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    inside = np.hypot(y - shape[0] // 2, x - shape[1] // 3) < radius
    return np.where(inside, np.uint8(255), np.uint8(0))


def pasted(photo: np.ndarray, alpha: np.ndarray, offset: int) -> np.ndarray:
    changed = np.clip(photo.astype(int) + offset, 0, 255).astype(np.uint8)
    return np.where(alpha[..., None] > 0, changed, photo)


@pytest.mark.parametrize("name", PHOTOS)
def test_untouched_photo_has_no_seam(name: str) -> None:
    photo = PHOTOS[name]()
    report = seam_report(photo, photo, disc(photo.shape, 60))
    assert report.max_change_outside == 0
    assert 0.8 < report.seam_ratio < 1.25
    assert 0.5 < report.noise_ratio < 2


@pytest.mark.parametrize("name", PHOTOS)
def test_hard_paste_shows(name: str) -> None:
    photo = PHOTOS[name]()
    alpha = disc(photo.shape, 60)
    before = seam_report(photo, photo, alpha)
    after = seam_report(photo, pasted(photo, alpha, 20), alpha)
    assert after.seam_ratio > before.seam_ratio + 0.3
    assert after.sharpness_ratio == pytest.approx(before.sharpness_ratio, rel=0.1)


def test_colour_step_is_the_difference_of_the_two_sides() -> None:
    grey = np.full((64, 64, 3), 118, np.uint8)
    alpha = disc(grey.shape, 15)
    # 118 -> 143 is L* 49.6 -> 59.4; colourless, so delta E is the difference of L*.
    report = seam_report(grey, pasted(grey, alpha, 25), alpha)
    assert report.colour_step == pytest.approx(9.8, abs=0.3)
    assert seam_report(grey, grey, alpha).colour_step == pytest.approx(0, abs=1e-4)


def test_opposite_steps_do_not_cancel() -> None:
    grey = np.full((64, 64, 3), 118, np.uint8)
    alpha = disc(grey.shape, 15)
    result = pasted(grey, alpha, 25)
    result[32:] = pasted(grey, alpha, -25)[32:]
    assert seam_report(grey, result, alpha).colour_step > 7


def test_blur_lowers_the_sharpness() -> None:
    photo = data.astronaut()
    alpha = disc(photo.shape, 80)
    blurred = np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(2)))
    result = np.where(alpha[..., None] > 0, blurred, photo)
    before, after = seam_report(photo, photo, alpha), seam_report(photo, result, alpha)
    assert after.sharpness_ratio < 0.7 * before.sharpness_ratio


@pytest.mark.parametrize(("inside", "outside"), [(12, 6), (6, 12), (6, 6), (8, 0), (0, 8)])
def test_the_noise_ratio_is_that_of_the_sigmas(inside: float, outside: float) -> None:
    alpha = disc((240, 240, 3), 60)
    # A slope and a straight edge are no noise.
    ramp = np.linspace(90, 140, 240)[None, :, None] + 30 * (np.arange(240) > 100)[:, None, None]
    sigma = np.where(alpha > 0, inside, outside)[..., None]
    # Grey noise, so that its sigma is that of the luminance.
    noise = np.random.default_rng(1).standard_normal((240, 240, 1)) * sigma
    noisy = np.rint((ramp + noise).clip(0, 255)).astype(np.uint8).repeat(3, axis=2)
    wanted = (inside + 0.5) / (outside + 0.5)
    found = seam_report(noisy, noisy, alpha).noise_ratio
    # Rounding to 8 bits is noise of 0.29.
    assert found == pytest.approx(wanted, rel=0.06 if inside and outside else 0.35)


def test_noise_and_sharpness_are_told_apart() -> None:
    """Edges in the patch make it sharper, not noisier; grain makes it both."""
    flat = np.full((200, 200, 3), 120, np.uint8)
    alpha = disc(flat.shape, 50)
    grain = np.random.default_rng(2).integers(-9, 10, (200, 200, 1))
    grainy = (flat + grain).astype(np.uint8)
    stripes = grainy.copy()
    stripes[::12] += 60
    edged = seam_report(grainy, np.where(alpha[..., None] > 0, stripes, grainy), alpha)
    assert edged.sharpness_ratio > 1.5
    assert edged.noise_ratio == pytest.approx(1, abs=0.1)
    smooth = seam_report(grainy, np.where(alpha[..., None] > 0, flat, grainy), alpha)
    assert smooth.noise_ratio < 0.2
    assert smooth.sharpness_ratio < 0.2


def test_blur_takes_the_noise_of_a_photo_away() -> None:
    photo = data.coffee()
    alpha = disc(photo.shape, 80)
    blurred = np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(2)))
    result = np.where(alpha[..., None] > 0, blurred, photo)
    before, after = seam_report(photo, photo, alpha), seam_report(photo, result, alpha)
    assert after.noise_ratio < 0.7 * before.noise_ratio


def test_a_change_outside_is_found_wherever_it_is() -> None:
    photo = data.coffee()
    result = photo.copy()
    result[0, 0, 1] ^= 16
    assert seam_report(photo, result, disc(photo.shape, 20)).max_change_outside == 16


@pytest.mark.parametrize("value", [0, 255])
def test_without_an_edge_there_is_no_seam(value: int) -> None:
    photo = data.coffee()[:20, :20]
    alpha = np.full(photo.shape[:2], value, np.uint8)
    assert seam_report(photo, photo, alpha) == SeamReport(0, 1.0, 0.0, 1.0)


def test_a_flat_picture_has_a_ratio_of_one() -> None:
    flat = np.full((40, 40, 3), 90, np.uint8)
    report = seam_report(flat, flat, disc(flat.shape, 8))
    assert report.seam_ratio == pytest.approx(1)
    assert report.sharpness_ratio == pytest.approx(1)
    assert report.noise_ratio == pytest.approx(1)
