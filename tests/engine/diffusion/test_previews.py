"""What is predicted, what it costs, and what it looks like."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import (
    FlowMatchEulerDiscreteScheduler,
)
from torch.nn.functional import avg_pool2d

from inpaint_studio.engine.backends.diffusion.noise import (
    next_timestep,
    noised,
    predicted_original,
    watching,
)
from inpaint_studio.engine.backends.diffusion.previews import (
    LONGEST_SIDE,
    Previews,
    linear_decode,
    tiny_autoencoder_beside,
)
from inpaint_studio.models.families import Family
from tests.engine.diffusion.edits import SIZE, Steps, opened, work
from tests.engine.tiny_models import TinyModels

NOISE_SCHEDULERS = [
    "DDIMScheduler",
    "DPMSolverMultistepScheduler",
    "EulerDiscreteScheduler",
    "EulerAncestralDiscreteScheduler",
    "HeunDiscreteScheduler",
    "LCMScheduler",
    "UniPCMultistepScheduler",
]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", NOISE_SCHEDULERS)
def test_the_original_is_found_again_from_a_perfect_prediction(name: str, prediction: str) -> None:
    scheduler: Any = getattr(import_module("diffusers"), name)(prediction_type=prediction)
    scheduler.set_timesteps(8)
    timestep = scheduler.timesteps[4]
    original, noise = torch.randn(2, 1, 4, 8, 8).unbind()
    latents = noised(scheduler, original, noise, timestep)
    one, zero = torch.ones(1), torch.zeros(1)
    signal = noised(scheduler, one, zero, timestep)
    level = noised(scheduler, zero, one, timestep)
    power = (signal**2 + level**2).sqrt()
    said = noise if prediction == "epsilon" else (signal * noise - level * original) / power

    found = predicted_original(scheduler, said, timestep, latents)

    torch.testing.assert_close(found, original, atol=2e-3, rtol=1e-3)


def test_flows_predict_the_way_from_the_picture_to_the_noise() -> None:
    scheduler: Any = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(8)
    original, noise = torch.randn(2, 1, 4, 8, 8).unbind()
    timestep = scheduler.timesteps[3]
    latents = noised(scheduler, original, noise, timestep)

    found = predicted_original(scheduler, noise - original, timestep, latents)

    torch.testing.assert_close(found, original, atol=1e-5, rtol=1e-4)


def test_the_following_timestep_of_a_shortened_run() -> None:
    scheduler = SimpleNamespace(timesteps=torch.tensor([9, 7, 5, 3, 1]))
    pipe = SimpleNamespace(scheduler=scheduler, num_timesteps=3)

    assert [next_timestep(pipe, index) for index in range(3)] == [3, 1, None]


def test_watching_ends_with_its_block() -> None:
    scheduler = DDIMScheduler()
    scheduler.set_timesteps(2)
    seen: list[Any] = []
    zeros = torch.zeros(1, 4, 8, 8)

    with watching(scheduler, lambda *said: seen.append(said)):
        scheduler.step(zeros, 1, zeros, eta=0.5, generator=torch.Generator())
    scheduler.step(zeros, 1, zeros)

    assert len(seen) == 1
    assert "step" not in vars(scheduler)


class AveragingVae:
    """Three latents per 8x8 px: their mean colour, in another order and range."""

    dtype = torch.float32
    config = SimpleNamespace()

    def encode(self, images: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(latents=avg_pool2d(images, 8).flip(1) * 3 + 5)


def test_a_linear_vae_is_fitted_exactly() -> None:
    pipe = SimpleNamespace(vae=AveragingVae(), _execution_device="cpu")
    picture = torch.rand(1, 3, 8, 16).repeat_interleave(8, 2).repeat_interleave(8, 3)

    decoded = linear_decode(pipe)(AveragingVae().encode(picture * 2 - 1).latents)

    torch.testing.assert_close(decoded, avg_pool2d(picture, 8)[0], atol=1e-3, rtol=1e-3)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_previews_take_at_most_their_share_of_the_time() -> None:
    clock = Clock()

    def decode(latents: torch.Tensor) -> torch.Tensor:
        clock.now += 0.05
        return latents[0, :3]

    previews = Previews(decode, clock)
    made = []
    for step in range(20):
        clock.now += 1.0
        if previews.is_due:
            previews.picture(torch.zeros(1, 3, 2, 2), 16, 16)
            made.append(step)

    assert made == [0, 2, 4, 7, 9, 12, 14, 17, 19]


def test_a_preview_shows_the_asked_part_within_a_size() -> None:
    latents = torch.zeros(2, 3, 10, 20)
    latents[0] = 1.0
    previews = Previews(
        lambda vae_latents: vae_latents[0].repeat_interleave(64, 1).repeat_interleave(64, 2)
    )

    picture = previews.picture(latents, 72, 160)

    assert picture.dtype == np.uint8
    assert picture.shape == (192, 426, 3)
    assert max(picture.shape) <= LONGEST_SIDE
    assert (picture == 255).all()


def test_broken_predictions_show_as_black() -> None:
    previews = Previews(lambda vae_latents: vae_latents[0])

    assert (previews.picture(torch.full((1, 3, 2, 2), torch.nan), 16, 16) == 0).all()


def test_a_tiny_autoencoder_beside_the_model_is_used(tiny: TinyModels, tmp_path: Any) -> None:
    model = tmp_path / "sdxl"
    model.symlink_to(tiny("sdxl"), target_is_directory=True)
    autoencoder = AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
    )
    autoencoder.save_pretrained(tmp_path / "taesdxl")
    steps = Steps()

    opened(model).generate(work(model), steps)

    assert tiny_autoencoder_beside(model, Family.sdxl) == tmp_path / "taesdxl"
    assert tiny_autoencoder_beside(model, Family.qwen_image) is None
    assert steps.previews[0].shape == (*SIZE, 3)
