"""Strength for pipelines that know none: start at a later timestep, from the noised picture."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from inpaint_studio.engine.backends.diffusion.noise import noised


def late_sigmas(steps: int, strength: float) -> list[float]:
    """The last sigmas of a run of `steps`, as many as other pipelines take at that strength.

    Before the scheduler's shift, which moves each on its own.
    """
    real = max(1, int(steps * strength))
    return np.linspace(1.0, 1 / steps, steps)[-real:].tolist()


@contextmanager
def starting_late(pipe: Any, originals: torch.Tensor) -> Iterator[None]:
    """Make the runs inside the block start from `originals` (the picture as the loop's latents, of
    batch 1), noised to the level of their first timestep by the run's own noise.
    """
    prepare, set_timesteps = pipe.prepare_latents, pipe.scheduler.set_timesteps
    noise: list[torch.Tensor] = []

    @functools.wraps(prepare)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        made = prepare(*args, **kwargs)
        noise[:] = [made[0]]
        return made

    # Pipelines read the signature to know whether the scheduler takes sigmas.
    @functools.wraps(set_timesteps)
    def started(*args: Any, **kwargs: Any) -> None:
        set_timesteps(*args, **kwargs)
        # The loop goes on with this very tensor, and its level is known only now.
        (latents,) = noise
        clean = originals.to(latents).expand_as(latents)
        latents.copy_(noised(pipe.scheduler, clean, latents.clone(), pipe.scheduler.timesteps[0]))

    pipe.prepare_latents, pipe.scheduler.set_timesteps = prepared, started
    try:
        yield
    finally:
        del pipe.prepare_latents, pipe.scheduler.set_timesteps
