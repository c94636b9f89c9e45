from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from inpaint_studio.core.edit import DiffusionOptions, EditParams, Intent, PatchFillOptions
from inpaint_studio.engine.backend import GenerateInput
from inpaint_studio.engine.backends.patch_fill import PatchFillBackend
from inpaint_studio.engine.prefilling import prefilled
from inpaint_studio.imaging.prefill import NEUTRAL, blurred_surroundings, continued_edges


def quiet(_fraction: float, _preview: np.ndarray | None) -> None:
    pass


def work(intent: Intent, strength: float = 1.0) -> GenerateInput:
    """A photo with a magenta square under the mask."""
    image = data.coffee()[100:196, 100:196].copy()
    mask = np.zeros((96, 96), np.uint8)
    mask[30:60, 30:60] = 255
    image[mask > 0] = (255, 0, 255)
    params = EditParams(
        intent=intent, strength=strength, options=DiffusionOptions(Path("model"), 2)
    )
    return GenerateInput(image, mask, np.zeros_like(mask), params, (0, 1))


def magenta(image: np.ndarray) -> int:
    return int(((image[..., 0] > 200) & (image[..., 1] < 60) & (image[..., 2] > 200)).sum())


@pytest.mark.parametrize("intent", [Intent.remove, Intent.fill, Intent.expand])
def test_what_is_to_go_is_gone_before_the_model_looks(intent: Intent) -> None:
    asked = work(intent)
    before = asked.image.copy()
    given = prefilled(asked, quiet)
    assert magenta(given.image) == 0
    np.testing.assert_array_equal(given.image[asked.mask == 0], before[asked.mask == 0])
    np.testing.assert_array_equal(asked.image, before)
    assert (given.params, given.candidates) == (asked.params, (0, 1))


def test_each_intent_starts_from_what_suits_it() -> None:
    """Removal: patch fill's own result; fill: blurred surroundings; expansion: continued edges."""
    radius = PatchFillOptions((5,))
    for intent in (Intent.remove, Intent.fill, Intent.expand):
        asked = work(intent)
        params = EditParams(intent, seed=asked.params.seed, options=radius)
        (copied,) = PatchFillBackend().generate(
            replace(asked, params=params, candidates=(0,)), quiet
        )
        suits = {
            Intent.remove: copied,
            Intent.fill: blurred_surroundings(asked.image, asked.mask, asked.avoid),
            Intent.expand: continued_edges(asked.image, asked.mask, asked.avoid),
        }
        given = prefilled(asked, quiet).image
        for other, picture in suits.items():
            assert bool((given == picture).all()) == (other is intent)


def test_a_new_background_starts_from_grey() -> None:
    given = prefilled(work(Intent.replace_background), quiet)
    assert (given.image[30:60, 30:60] == NEUTRAL).all()


def test_instructions_and_low_strengths_start_from_what_is_there() -> None:
    for asked in (work(Intent.instruct), work(Intent.remove, 0.6), work(Intent.fill, 0.99)):
        assert prefilled(asked, quiet) is asked
    assert magenta(prefilled(work(Intent.expand, 0.6), quiet).image) == 0


def test_a_soft_mask_mixes() -> None:
    asked = work(Intent.replace_background)
    half = replace(asked, mask=(asked.mask // 2).astype(np.uint8))
    given = prefilled(half, quiet)
    assert abs(int(given.image[40, 40, 1]) - NEUTRAL // 2) <= 2


def test_removal_with_nothing_to_copy_from_is_filled_all_the_same() -> None:
    asked = work(Intent.remove)
    all_masked = replace(asked, mask=np.full_like(asked.mask, 255))
    assert (np.abs(prefilled(all_masked, quiet).image.astype(int) - NEUTRAL) <= 1).all()
