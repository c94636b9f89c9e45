from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from skimage import data

from inpaint_studio.core.edit import EditParams, PatchFillOptions
from inpaint_studio.engine.backend import GenerateInput, OnStep
from inpaint_studio.engine.backends import patch_fill
from inpaint_studio.engine.backends.patch_fill import PatchFillBackend
from inpaint_studio.errors import EditRefusedError, JobCancelledError


@pytest.fixture(scope="module")
def backend() -> PatchFillBackend:
    return PatchFillBackend()


def fill(
    backend: PatchFillBackend,
    image: np.ndarray,
    mask: np.ndarray,
    avoid: np.ndarray | None = None,
    radius: int = 3,
    seed: int = 0,
    on_step: OnStep = lambda _fraction, _preview: None,
) -> np.ndarray:
    params = EditParams(seed=seed, options=PatchFillOptions((radius,)))
    kept_out = np.zeros_like(mask) if avoid is None else avoid
    (filled,) = backend.generate(GenerateInput(image, mask, kept_out, params, (0,)), on_step)
    return filled


def disc(shape: tuple[int, ...], y: int, x: int, radius: int) -> np.ndarray:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.where(np.hypot(rows - y, columns - x) < radius, np.uint8(255), np.uint8(0))


def striped(height: int, width: int) -> np.ndarray:
    """Blue on the left half, green on the right half, both with the same fine stripes."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 2] = 200
    image[:, width // 2 :, 1] = 200
    image[::4] //= 2
    return image


@pytest.mark.parametrize("radius", [3, 5, 7])
def test_same_request_same_pixels_and_only_the_mask_changes(
    backend: PatchFillBackend, radius: int
) -> None:
    photo = data.astronaut()[200:360, 300:460]
    mask = disc(photo.shape, 80, 80, 20)
    mask[80, 80] = 1
    photo_before, mask_before = photo.copy(), mask.copy()
    filled = fill(backend, photo, mask, radius=radius)
    assert filled.shape == photo.shape
    assert filled.dtype == np.uint8
    assert (filled[mask == 0] == photo[mask == 0]).all()
    assert (filled[mask > 0] != photo[mask > 0]).mean() > 0.5
    assert (fill(backend, photo, mask, radius=radius) == filled).all()
    assert (photo == photo_before).all()
    assert (mask == mask_before).all()


def test_another_seed_or_radius_is_another_fill(backend: PatchFillBackend) -> None:
    photo = data.coffee()[100:260, 100:260]
    mask = disc(photo.shape, 80, 80, 25)
    first = fill(backend, photo, mask)
    assert (fill(backend, photo, mask, seed=1) != first).any()
    assert (fill(backend, photo, mask, radius=7) != first).any()
    assert (fill(backend, photo, mask) == first).all()


@pytest.mark.parametrize("radius", [3, 7])
def test_a_colour_that_is_kept_out_is_never_copied(backend: PatchFillBackend, radius: int) -> None:
    image = striped(160, 160)
    mask = disc(image.shape, 80, 80, 24)
    free = fill(backend, image, mask, radius=radius)
    assert (free[mask > 0][:, 1] > 60).any()
    avoid = np.zeros_like(mask)
    avoid[:, 80:] = 255
    filled = fill(backend, image, mask, avoid, radius)
    # A fill made at half size takes the hue of its real neighbours along the rim, 2 px at most.
    copied = filled[disc(image.shape, 80, 80, 22) > 0]
    assert copied[:, 1].max() < 20
    assert copied[:, 2].min() > 60


def test_a_mask_on_what_is_kept_out_is_filled_all_the_same(backend: PatchFillBackend) -> None:
    image = striped(96, 96)
    image[:, 48:] = (255, 0, 0)
    avoid = np.zeros((96, 96), np.uint8)
    avoid[:, 48:] = 255
    filled = fill(backend, image, disc(image.shape, 48, 60, 8), avoid)
    assert filled[48, 60, 0] < 20


def test_scratch_disappears(backend: PatchFillBackend) -> None:
    photo = data.astronaut()[:128, :128]
    mask = np.zeros((128, 128), np.uint8)
    for i in range(10, 118):
        mask[i, i : i + 2] = 255
    scratched = np.where(mask[..., None] > 0, np.uint8(255), photo)
    for radius in (3, 7):
        filled = fill(backend, scratched, mask, radius=radius)
        error = np.abs(filled[mask > 0].astype(int) - photo[mask > 0]).mean()
        assert error < 0.2 * np.abs(scratched[mask > 0].astype(int) - photo[mask > 0]).mean()


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 8), (5, 200)])
def test_tiny_and_thin_pictures(backend: PatchFillBackend, size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 90, np.uint8)
    mask = np.zeros(size, np.uint8)
    mask[size[0] // 2, size[1] // 2] = 255
    if size == (1, 1):
        with pytest.raises(EditRefusedError):
            fill(backend, image, mask)
    else:
        assert fill(backend, image, mask, radius=7).shape == image.shape


def test_nothing_masked_changes_nothing(backend: PatchFillBackend) -> None:
    image = striped(20, 20)
    assert (fill(backend, image, np.zeros((20, 20), np.uint8)) == image).all()


def test_refuses_where_nothing_is_left_to_copy_from(backend: PatchFillBackend) -> None:
    image = striped(20, 20)
    with pytest.raises(EditRefusedError, match="Everything is masked"):
        fill(backend, image, np.full((20, 20), 255, np.uint8))
    mask = disc(image.shape, 10, 10, 4)
    with pytest.raises(EditRefusedError, match="nothing left to copy from"):
        fill(backend, image, mask, 255 - mask)


def test_large_holes_are_filled_small_and_stay_sharp(
    backend: PatchFillBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = np.repeat(data.gravel()[:301, :333, None], 3, axis=2)
    mask = disc(photo.shape, 150, 150, 60)
    monkeypatch.setattr(patch_fill, "COST_LIMIT", 40_000)
    sizes: list[tuple[int, ...]] = []
    inpaint = patch_fill.patchmatch.inpaint

    def counted(image: np.ndarray, mask: np.ndarray, **options: Any) -> np.ndarray:
        sizes.append(image.shape[:2])
        return inpaint(image, mask, **options)

    monkeypatch.setattr(patch_fill.patchmatch, "inpaint", counted)
    filled = fill(backend, photo, mask)
    assert sizes == [(76, 84)]
    assert (filled[mask == 0] == photo[mask == 0]).all()
    inside = mask > 0
    steps = [np.abs(np.diff(p[..., 0].astype(int), axis=1, append=0)) for p in (filled, photo)]
    assert 0.75 < steps[0][inside].mean() / steps[1][inside].mean() < 1.25


def test_is_not_halved_until_nothing_is_left_to_copy_from(
    backend: PatchFillBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch_fill, "COST_LIMIT", 1_000)
    image = striped(200, 200)
    mask = np.full((200, 200), 255, np.uint8)
    mask[1::2, 1::2] = 0
    filled = fill(backend, image, mask)
    assert (filled[1::2, 1::2] == image[1::2, 1::2]).all()


def test_a_cancel_at_a_step_passes_through(backend: PatchFillBackend) -> None:
    def cancel(_fraction: float, _preview: np.ndarray | None) -> None:
        raise JobCancelledError

    image = striped(40, 40)
    with pytest.raises(JobCancelledError):
        fill(backend, image, disc(image.shape, 20, 20, 5), on_step=cancel)


def test_identity_names_package_and_version(backend: PatchFillBackend) -> None:
    identity = backend.identity
    assert (identity.backend, identity.name) == ("patch_fill", "pypatchmatch")
    assert identity.version[0].isdigit()
