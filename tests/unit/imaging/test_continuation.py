from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.imaging.continuation import with_gradients_continued

HEIGHT, WIDTH, SPLIT = 240, 320, 200
NOTHING = np.zeros((HEIGHT, WIDTH), bool)


def sky(noise: float = 1.0) -> np.ndarray:
    """A gradient along x with a little grain."""
    columns = np.linspace(100, 160, WIDTH)[None, :, None]
    grain = np.random.default_rng(3).normal(0, noise, (HEIGHT, WIDTH, 1))
    return np.clip(columns + grain + np.array([0, 10, 40]), 0, 255).astype(np.uint8)


def mirrored(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What copying makes of it: the gradient turns back at the join. And what is new."""
    made, new = picture.copy(), np.zeros((HEIGHT, WIDTH), bool)
    new[:, SPLIT:] = True
    made[:, SPLIT:] = picture[:, SPLIT - 1 : 2 * SPLIT - WIDTH - 1 : -1]
    return made, new


@pytest.mark.parametrize("turns", range(4))
def test_a_gradient_goes_on_whichever_side_it_comes_from(turns: int) -> None:
    truth = sky()
    made, new = mirrored(truth)
    made, new = (np.ascontiguousarray(np.rot90(a, turns)) for a in (made, new))
    result = with_gradients_continued(made, new, np.zeros_like(new))
    wanted = np.rot90(truth, turns)[new].astype(int)
    before, after = (np.abs(a[new].astype(int) - wanted).mean() for a in (made, result))
    assert before > 15
    assert after < before / 2
    np.testing.assert_array_equal(result[~new], made[~new])


def test_detail_stays() -> None:
    made, new = mirrored(sky(noise=2.0))
    result = with_gradients_continued(made, new, NOTHING)
    part = np.s_[50:200, 230:300, 0]
    fine = [np.diff(a[part].astype(float), axis=0).std() for a in (made, result)]
    assert fine[1] == pytest.approx(fine[0], rel=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_texture_is_left_alone(seed: int) -> None:
    rough = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    made, new = mirrored(rough)
    np.testing.assert_array_equal(with_gradients_continued(made, new, NOTHING), made)


def test_what_is_blocked_is_no_gradient() -> None:
    made, new = mirrored(sky())
    result = with_gradients_continued(made, new, ~new)
    np.testing.assert_array_equal(result, made)


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (40, 5)])
def test_tiny_pictures(shape: tuple[int, int]) -> None:
    made = np.full((*shape, 3), 90, np.uint8)
    new = np.zeros(shape, bool)
    new[:, shape[1] // 2 :] = True
    np.testing.assert_array_equal(with_gradients_continued(made, new, np.zeros_like(new)), made)
