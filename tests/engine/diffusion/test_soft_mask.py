"""Grey is strength per pixel: exact on latents, for every way in which they are laid out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import (
    FlowMatchEulerDiscreteScheduler,
)

from inpaint_studio.engine.backends.diffusion.adapters.latents import (
    Layout,
    encode,
    flux2_affine,
    levels_of,
    qwen_affine,
)
from inpaint_studio.engine.backends.diffusion.soft_mask import SoftMask
from tests.engine.diffusion.edits import Steps, decoded_latents, opened, work
from tests.engine.tiny_models import TinyModels

KL = SimpleNamespace(config=SimpleNamespace(scaling_factor=0.5, shift_factor=0.25))
QWEN = SimpleNamespace(config=SimpleNamespace(latents_mean=[1.0, 2.0], latents_std=[2.0, 4.0]))
FLUX2 = SimpleNamespace(
    config=SimpleNamespace(batch_norm_eps=0.0),
    bn=SimpleNamespace(running_mean=torch.arange(8.0), running_var=torch.arange(1.0, 9.0) ** 2),
)
LAYOUTS = {
    "plain": (Layout(), KL),
    "packed": (Layout(packed=True), KL),
    "qwen": (Layout(qwen_affine, packed=True), QWEN),
    "flux2": (Layout(flux2_affine, packed=True), FLUX2),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_latents_come_back_from_every_layout(name: str) -> None:
    layout, vae = LAYOUTS[name]
    vae_latents = torch.randn(2, 2, 4, 6)

    latents = layout.from_vae(vae, vae_latents)

    assert latents.shape == ((2, 2, 4, 6) if name == "plain" else (2, 6, 8))
    torch.testing.assert_close(layout.to_vae(vae, latents, 32, 48), vae_latents)


@pytest.mark.parametrize("name", LAYOUTS)
def test_levels_lie_where_their_latents_lie(name: str) -> None:
    layout, vae = LAYOUTS[name]
    levels = torch.rand(1, 1, 4, 6)
    # A VAE that changes nothing makes latents of levels.
    plain = SimpleNamespace(config=SimpleNamespace(scaling_factor=1.0, shift_factor=0.0))
    latents = Layout(packed=layout.packed).from_vae(plain, levels.expand(1, 2, 4, 6))

    placed = layout.like_latents(levels, layout.from_vae(vae, torch.zeros(1, 2, 4, 6)))

    assert (placed.expand_as(latents) == latents).all()


def test_the_strongest_pixel_of_a_cell_counts() -> None:
    mask = np.zeros((16, 16), np.uint8)
    mask[7, 8] = 255
    mask[15, 0] = 51

    levels = levels_of(mask)

    assert levels.tolist() == [[[[0.0, 1.0], [pytest.approx(0.2), 0.0]]]]


def run_of(scheduler: Any, steps: int) -> SimpleNamespace:
    """A pipeline whose scheduler stands before its first step."""
    scheduler.set_timesteps(steps)
    scheduler.set_begin_index(0)
    return SimpleNamespace(scheduler=scheduler, num_timesteps=steps)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("scheduler", [EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler])
def test_each_level_is_free_for_its_share_of_the_steps(scheduler: type) -> None:
    pipe = run_of(scheduler(), 4)
    levels = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0, 0.1]).view(1, 1, 1, 6)
    vae = SimpleNamespace(config=SimpleNamespace(scaling_factor=1.0))
    originals = torch.full((1, 3, 1, 6), 7.0)
    soft_mask = SoftMask(Layout(), vae, levels, originals, (0,))
    free = torch.zeros(6)

    latents = torch.zeros_like(originals)
    for index, timestep in enumerate(pipe.scheduler.timesteps):
        latents = torch.zeros_like(latents)
        pipe.scheduler.step(latents, timestep, latents)
        latents = soft_mask.hold(pipe, index, latents)
        free += (latents == 0).all(dim=1).flatten()

    # White is counted in all four, each other level one step later than it was let go.
    assert free.tolist() == [0, 1, 2, 3, 4, 0]
    assert (latents[..., 0] == 7).all()


def test_a_held_latent_has_the_noise_level_of_the_loop() -> None:
    pipe = run_of(FlowMatchEulerDiscreteScheduler(), 4)
    vae = SimpleNamespace(config=SimpleNamespace(scaling_factor=1.0))
    originals = torch.full((1, 3, 2, 2), 7.0)
    soft_mask = SoftMask(Layout(), vae, torch.zeros(1, 1, 2, 2), originals, (5,))
    noise = torch.randn(1, 3, 2, 2, generator=torch.Generator().manual_seed(5))
    pipe.scheduler.step(noise, pipe.scheduler.timesteps[0], noise)

    held = soft_mask.hold(pipe, 0, noise)

    sigma = pipe.scheduler.sigmas[1]
    torch.testing.assert_close(held, (1 - sigma) * originals + sigma * noise)


@pytest.mark.parametrize(
    "name",
    ["sd15", "sd15_inpaint", "sdxl", "sd3", "flux", "flux2_klein", "qwen_image", "z_image"],
)
def test_black_keeps_the_picture_and_grey_changes_less_than_white(
    tiny: TinyModels, name: str
) -> None:
    backend = opened(tiny(name))
    mask = np.zeros((128, 192), np.uint8)
    mask[:, 64:128] = 64
    mask[:, 128:] = 255
    asked = work(tiny(name), mask, guidance_scale=1.0)

    with decoded_latents(backend._pipe.vae) as seen:
        backend.generate(asked, Steps())

    picture = torch.from_numpy(asked.image).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.no_grad():
        change = (seen[0] - encode(backend._pipe, picture)).abs().mean(dim=(0, 1, 2))
    black, grey, white = (float(part.mean()) for part in change.split(8))
    assert black < 1e-5
    assert 1e-3 < grey < white
