from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.imaging.smooth_field import enlarged, membrane, spread


def ramp(height: int, width: int) -> np.ndarray:
    across = np.linspace(-10, 10, width, dtype=np.float32)[None, :, None]
    return np.broadcast_to(across, (height, width, 3)).astype(np.float32).copy()


def test_spread_keeps_what_is_known() -> None:
    values = np.random.default_rng(0).uniform(0, 255, (13, 22, 3)).astype(np.float32)
    weights = np.ones((13, 22), np.float32)
    weights[4:8, 5:15] = 0
    filled = spread(values, weights)
    np.testing.assert_array_equal(filled[weights == 1], values[weights == 1])
    hole = filled[weights == 0]
    assert values.min() <= hole.min() <= hole.max() <= values.max()


def test_spread_of_one_colour_is_that_colour() -> None:
    weights = np.zeros((40, 30), np.float32)
    weights[3, 4] = 1
    filled = spread(np.full((40, 30, 3), 77, np.float32), weights)
    np.testing.assert_allclose(filled, 77, atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 1), (40, 30, 3)])
def test_nothing_known_gives_nothing(shape: tuple[int, ...]) -> None:
    unknown = np.zeros(shape[:2], np.float32)
    values = np.full(shape, 9, np.float32)
    assert not spread(values, unknown).any()
    assert not membrane(values, unknown, 1.0).any()


def test_membrane_runs_straight_between_its_edges() -> None:
    values = ramp(48, 64)
    weights = np.zeros((48, 64), np.float32)
    weights[:4], weights[-4:], weights[:, :4], weights[:, -4:] = 1, 1, 1, 1
    field = membrane(values, weights, 1.0)
    assert np.abs(field - values).max() < 0.7
    assert np.abs(field - values).mean() < 0.15


def test_membrane_smooths_what_is_noisy() -> None:
    noise = np.random.default_rng(1).normal(5, 10, (64, 64, 1)).astype(np.float32)
    field = membrane(noise, np.ones((64, 64), np.float32), 20.0)
    assert field.std() < 2
    assert abs(field.mean() - noise.mean()) < 0.2


def test_enlarged_keeps_ramps_in_place() -> None:
    np.testing.assert_allclose(
        enlarged(ramp(4, 32), (8, 64, 3))[:, 1:-1],
        ramp(4, 32).repeat(2, 0).repeat(2, 1)[:, 1:-1],
        atol=0.4,
    )
