"""Noise levels of any scheduler, whatever its conventions, asked of the scheduler itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

OnOutput = Callable[[torch.Tensor, Any, torch.Tensor], None]
"""(model output, timestep, latents before the step)."""


def noised(
    scheduler: Any, originals: torch.Tensor, noise: torch.Tensor, timestep: Any
) -> torch.Tensor:
    """`originals` with as much of `noise` as the loop's latents hold at that timestep."""
    timesteps = torch.as_tensor(timestep).reshape(1)
    if hasattr(scheduler, "scale_noise"):
        return scheduler.scale_noise(originals, timesteps, noise)
    return scheduler.add_noise(originals, noise, timesteps)


def next_timestep(pipe: Any, index: int) -> Any:
    """The timestep after step `index` (from 0) of the run, None after the last.

    At a strength below 1 a run takes only the last of the scheduler's timesteps.
    """
    timesteps = pipe.scheduler.timesteps
    following = len(timesteps) - pipe.num_timesteps + index + 1
    return timesteps[following] if following < len(timesteps) else None


def predicted_original(
    scheduler: Any, output: torch.Tensor, timestep: Any, latents: torch.Tensor
) -> torch.Tensor:
    """Where the model thinks the latents are heading: the picture without noise.

    latents = signal * original + level * noise; with r = sqrt(signal² + level²) the model predicts
    noise, v = (signal * noise - level * original) / r, or, for flows, noise - original. Call it
    before `scheduler.step`, while the scheduler still stands at `timestep`.
    """
    one = torch.ones(1, device=latents.device)
    signal = noised(scheduler, one, torch.zeros_like(one), timestep)
    level = noised(scheduler, torch.zeros_like(one), one, timestep)
    latents, output = latents.float(), output.float()
    kind = getattr(scheduler.config, "prediction_type", "epsilon")
    if hasattr(scheduler, "scale_noise"):
        return latents - level * output
    if kind == "sample":
        return output
    if kind == "v_prediction":
        power = signal**2 + level**2
        return (signal * latents - level * power.sqrt() * output) / power
    return (latents - level * output) / signal


@contextmanager
def watching(scheduler: Any, on_output: OnOutput) -> Iterator[None]:
    """Let `on_output` see what the model says in each step inside the block."""
    step = scheduler.step

    # Pipelines read the signature to know which arguments the scheduler takes.
    @functools.wraps(step)
    def watched(output: torch.Tensor, timestep: Any, latents: torch.Tensor, *rest: Any, **kw: Any):
        on_output(output, timestep, latents)
        return step(output, timestep, latents, *rest, **kw)

    scheduler.step = watched
    try:
        yield
    finally:
        del scheduler.step
