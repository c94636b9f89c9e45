"""Grey mask values as strength per pixel (differential diffusion, Levin and Fried 2023).

Every latent is held at the original, noised to the level of the loop, until as many of the run's
steps are left as its mask value says. White is free from the start, black never.
"""

from __future__ import annotations

from typing import Any

import torch

from inpaint_studio.engine.backends.diffusion.adapters.latents import Layout
from inpaint_studio.engine.backends.diffusion.noise import next_timestep, noised


class SoftMask:
    """`levels`: strength 0..1 per VAE latent, (1, 1, h, w). `originals`: VAE latents (1, C, h, w).

    `seeds`: those of the batch. A held latent carries the very noise that the run started from.
    """

    def __init__(
        self,
        layout: Layout,
        vae: Any,
        levels: torch.Tensor,
        originals: torch.Tensor,
        seeds: tuple[int, ...],
    ) -> None:
        self._layout = layout
        self._levels = levels.to(originals.device)
        self._originals = layout.from_vae(vae, originals)
        shape = originals.shape
        drawn = [
            torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds
        ]
        self._noise = layout.tokens_of(torch.cat(drawn)).to(originals.device)

    def hold(self, pipe: Any, index: int, latents: torch.Tensor) -> torch.Tensor:
        """The latents after step `index` (from 0), held where their time has not come."""
        free_steps = (self._levels * pipe.num_timesteps).round()
        steps_left = pipe.num_timesteps - index - 1
        held = self._layout.like_latents(free_steps <= steps_left, latents)
        return torch.where(held, self._at_level(pipe, index, latents), latents)

    def _at_level(self, pipe: Any, index: int, latents: torch.Tensor) -> torch.Tensor:
        originals = self._originals.to(latents.dtype).expand_as(latents)
        timestep = next_timestep(pipe, index)
        if timestep is None:
            return originals
        return noised(pipe.scheduler, originals, self._noise.to(latents.dtype), timestep)
