"""Strength for pipelines without one: the right timestep, the run's own noise, and no traces."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers.schedulers.scheduling_flow_match_euler_discrete import (
    FlowMatchEulerDiscreteScheduler,
)

from inpaint_studio.engine.backends.diffusion.late_start import late_sigmas, starting_late


class Pipeline:
    """Does what pipelines of diffusers do before their loop."""

    def __init__(self) -> None:
        self.scheduler = FlowMatchEulerDiscreteScheduler(shift=3.0)

    def prepare_latents(self, seed: int) -> tuple[torch.Tensor, None]:
        return torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(seed)), None

    def __call__(self, sigmas: list[float]) -> torch.Tensor:
        latents, _ = self.prepare_latents(4)
        self.scheduler.set_timesteps(sigmas=sigmas)
        return latents


@pytest.mark.parametrize(
    ("steps", "strength", "count"), [(20, 0.25, 5), (20, 1.0, 20), (4, 0.02, 1), (30, 0.99, 29)]
)
def test_the_last_sigmas_of_the_whole_run(steps: int, strength: float, count: int) -> None:
    found = late_sigmas(steps, strength)
    assert len(found) == count
    assert found == late_sigmas(steps, 1.0)[-count:]


def test_starts_from_the_picture_at_the_level_of_its_first_timestep() -> None:
    pipe: Any = Pipeline()
    noise, _ = pipe.prepare_latents(4)
    originals = torch.full((1, 6, 8), 7.0)
    with starting_late(pipe, originals):
        latents = pipe(late_sigmas(10, 0.3))
    sigma = pipe.scheduler.sigmas[0]
    assert sigma == pytest.approx(3 * 0.3 / (1 + 2 * 0.3))
    torch.testing.assert_close(latents, (1 - sigma) * 7 + sigma * noise)


def test_leaves_the_pipeline_as_it_was() -> None:
    pipe: Any = Pipeline()
    with pytest.raises(ZeroDivisionError), starting_late(pipe, torch.zeros(1, 6, 8)):
        raise ZeroDivisionError
    assert not {"prepare_latents", "set_timesteps"} & {*vars(pipe), *vars(pipe.scheduler)}
    torch.testing.assert_close(pipe([1.0, 0.5]), pipe.prepare_latents(4)[0])
