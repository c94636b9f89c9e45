from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from inpaint_studio.imaging.deblur import REACH
from inpaint_studio.imaging.grain import NO_GRAIN_MATCH, GrainMatch, grain_match

EVERYWHERE = np.full((160, 160), 255, np.uint8)


def smooth() -> np.ndarray:
    slope = np.linspace(60, 180, 160)[None, :, None] + np.zeros((160, 160, 3))
    return slope.astype(np.float32)


def grainy(sigma: float, shared: bool = False) -> np.ndarray:
    rng = np.random.default_rng(3)
    noise = rng.normal(0, sigma, (160, 160, 1 if shared else 3))
    return np.rint(smooth() + noise).clip(0, 255).astype(np.uint8)


def as_bytes(picture: np.ndarray) -> np.ndarray:
    return np.rint(picture).clip(0, 255).astype(np.uint8)


def applied(match: GrainMatch, picture: np.ndarray, seed: int = 0) -> np.ndarray:
    rows = np.pad(picture, ((REACH, REACH), (0, 0), (0, 0)), mode="edge").astype(np.float32)
    return match.applied(rows, 1.0, np.random.default_rng(seed))


@pytest.mark.parametrize("sigma", [1.5, 4.0, 8.0])
def test_grain_of_the_pictures_own_strength_is_added(sigma: float) -> None:
    clean = as_bytes(smooth())
    match = grain_match(grainy(sigma), clean, EVERYWHERE)
    assert match.blur == 0
    added = applied(match, clean) - clean
    assert added.std() == pytest.approx(sigma, rel=0.15)
    assert abs(added.mean()) < 0.2


def test_grey_grain_stays_grey() -> None:
    clean = as_bytes(smooth())
    added = applied(grain_match(grainy(5, shared=True), clean, EVERYWHERE), clean) - clean
    assert np.corrcoef(added[..., 0].ravel(), added[..., 2].ravel())[0, 1] > 0.9


def test_what_is_missing_only_is_added() -> None:
    half = applied(GrainMatch(0, np.eye(3, dtype=np.float32) * 3), as_bytes(smooth()))
    added = applied(grain_match(grainy(5), as_bytes(half), EVERYWHERE), half) - half
    assert added.std() == pytest.approx(4, rel=0.2)


def test_same_seed_same_grain() -> None:
    clean = as_bytes(smooth())
    match = grain_match(grainy(4), clean, EVERYWHERE)
    np.testing.assert_array_equal(applied(match, clean, 1), applied(match, clean, 1))
    assert (applied(match, clean, 1) != applied(match, clean, 2)).any()


def test_a_soft_picture_is_sharpened_toward_its_surroundings() -> None:
    photo = data.coffee()[200:360, 200:360]
    soft = np.asarray(Image.fromarray(photo).filter(ImageFilter.GaussianBlur(0.8)))
    match = grain_match(photo, soft, EVERYWHERE)
    assert 0.3 < match.blur < 1.5

    def energy(picture: np.ndarray) -> float:
        return float(np.abs(np.diff(picture.astype(float), n=2, axis=0)).mean())

    assert energy(soft) < 0.6 * energy(photo)
    assert 0.7 < energy(applied(match, soft)) / energy(photo) < 1.2


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_what_is_as_sharp_is_left_alone(name: str) -> None:
    photo = getattr(data, name)()[100:260, 100:260]
    assert grain_match(photo, photo, EVERYWHERE) is NO_GRAIN_MATCH
    assert grain_match(photo, np.roll(photo, 1, 0), EVERYWHERE) is NO_GRAIN_MATCH


def test_flat_art_gets_no_grain() -> None:
    art = np.full((160, 160, 3), 200, np.uint8)
    art[40:80, 40:120] = (30, 90, 160)
    soft = np.asarray(Image.fromarray(art).filter(ImageFilter.GaussianBlur(2)))
    assert grain_match(art, soft, EVERYWHERE) is NO_GRAIN_MATCH


def test_too_little_to_compare_changes_nothing() -> None:
    few = np.zeros_like(EVERYWHERE)
    assert grain_match(grainy(5), as_bytes(smooth()), few) is NO_GRAIN_MATCH
    few[50:60, 50:60] = 255
    assert grain_match(grainy(5), as_bytes(smooth()), few) is NO_GRAIN_MATCH
