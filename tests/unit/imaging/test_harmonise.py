from __future__ import annotations

import numpy as np
from skimage import data

from inpaint_studio.imaging.harmonise import harmonised


def masks(size: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    repainted, hidden = np.zeros((2, size, size), np.uint8)
    repainted[100:300, 100:300] = 255
    hidden[140:260, 140:260] = 255
    return repainted, hidden, np.zeros_like(hidden)


def test_amounts_of_nothing_change_nothing() -> None:
    photo = data.coffee()[:400, :400]
    generated = photo // 2
    result = harmonised(photo, generated, *masks(), (0.0, 0.0), 0)
    np.testing.assert_array_equal(result, generated)


def test_half_the_amount_is_half_the_correction() -> None:
    photo = np.full((400, 400, 3), 100, np.uint8)
    half = harmonised(photo, photo - 20, *masks(), (0.5, 1.0), 0)
    assert (half[100:300, 100:300] == 90).all()
    assert (harmonised(photo, photo - 20, *masks(), (1.0, 1.0), 0)[200, 200] == 100).all()


def test_same_seed_same_pixels_and_the_arguments_stay() -> None:
    photo = data.astronaut()[:400, :400]
    generated = np.repeat(np.repeat(photo[::2, ::2], 2, 0), 2, 1)
    before = photo.copy(), generated.copy()
    first = harmonised(photo, generated, *masks(), (1.0, 1.0), 7)
    np.testing.assert_array_equal(harmonised(photo, generated, *masks(), (1.0, 1.0), 7), first)
    np.testing.assert_array_equal(photo, before[0])
    np.testing.assert_array_equal(generated, before[1])
    assert first.dtype == np.uint8
