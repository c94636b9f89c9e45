from __future__ import annotations

import numpy as np
from skimage import data

from inpaint_studio.imaging.detail import carry_detail
from inpaint_studio.imaging.resize import double, halve

INNER = (slice(94, 166), slice(84, 176))
"""The hole of `gravel` without the rim that the enlarged known pixels reach into."""


def sharpness(picture: np.ndarray, where: np.ndarray) -> float:
    luminance = picture.astype(float).mean(axis=2)
    differences = np.abs(np.diff(luminance, axis=1, append=0))
    return float(differences[where].mean())


def gravel() -> tuple[np.ndarray, np.ndarray]:
    photo = np.repeat(data.gravel()[:256, :256, None], 3, axis=2)
    hole = np.zeros((256, 256), bool)
    hole[90:170, 80:180] = True
    return photo, hole


def test_detail_comes_back_and_nothing_else_changes() -> None:
    photo, hole = gravel()
    coarse = halve(halve(photo))
    nothing = np.zeros_like(hole)
    filled = carry_detail(photo, hole, nothing, coarse, 2)
    enlarged = double(double(coarse))
    assert (filled[~hole] == photo[~hole]).all()
    assert sharpness(enlarged, hole) < 0.6 * sharpness(photo, hole)
    assert 0.8 < sharpness(filled, hole) / sharpness(photo, hole) < 1.2
    assert (carry_detail(photo, hole, nothing, coarse, 2) == filled).all()


def test_detail_is_found_where_it_was() -> None:
    rng = np.random.default_rng(3)
    tile = rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)
    picture = np.tile(tile, (4, 4, 1))
    hole = np.zeros((256, 256), bool)
    hole[96:160, 96:160] = True
    filled = carry_detail(picture, hole, np.zeros_like(hole), halve(picture), 1)
    error = np.abs(filled.astype(int) - picture)
    # The picture repeats every 64 px, so the very same detail exists elsewhere.
    assert np.median(error[hole]) <= 1


def test_detail_is_never_taken_from_what_is_kept_out() -> None:
    photo, hole = gravel()
    flat = np.full_like(photo, 120)
    flat[:, 200:] = photo[:, 200:]
    avoid = np.zeros_like(hole)
    avoid[:, 196:] = True
    filled = carry_detail(flat, hole, avoid, halve(photo), 1)
    enlarged = double(halve(photo))
    # All that may be copied is flat, so the fill stays as it was enlarged.
    assert np.abs(filled[INNER].astype(int) - enlarged[INNER]).max() <= 1
    free = carry_detail(flat, hole, np.zeros_like(hole), halve(photo), 1)
    assert sharpness(free, hole) > 1.2 * sharpness(filled, hole)


def test_without_sources_the_enlarged_fill_is_kept() -> None:
    photo, hole = gravel()
    coarse = np.full_like(halve(photo), 77)
    filled = carry_detail(photo, hole, ~hole, coarse, 1)
    assert (filled[INNER] == 77).all()
