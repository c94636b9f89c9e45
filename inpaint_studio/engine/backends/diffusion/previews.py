"""What the picture will look like, from what the model predicts in the middle of a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import avg_pool2d, interpolate

from inpaint_studio.engine.backends.diffusion.adapters.latents import (
    VAE_FACTOR,
    encode,
    kl_affine,
)
from inpaint_studio.models.families import Family

Decode = Callable[[torch.Tensor], torch.Tensor]
"""VAE latents (1, C, h, w) to a picture (3, H, W) of 0..1 with the same aspect."""

SHARE = 0.02
"""Previews may take this part of the time of the run."""
LONGEST_SIDE = 512
"""px."""
SAMPLES = 8
SAMPLE_SIDE = 64
_TINY_NAMES = {
    Family.sd15: "taesd",
    Family.sd2: "taesd",
    Family.sdxl: "taesdxl",
    Family.sd3: "taesd3",
    Family.flux: "taef1",
    Family.flux_fill: "taef1",
    Family.flux_kontext: "taef1",
    Family.chroma: "taef1",
    Family.z_image: "taef1",
}
"""The folder names of Ollin Boer Bohan's tiny autoencoders (MIT)."""


def tiny_autoencoder_beside(model: Path, family: Family) -> Path | None:
    """The folder of the family's tiny autoencoder in the model's folder or beside the model."""
    name = _TINY_NAMES.get(family)
    if name is None:
        return None
    folders = (model / name, model.parent / name)
    return next((folder for folder in folders if (folder / "config.json").is_file()), None)


def tiny_decode(folder: Path, pipe: Any) -> Decode:
    """Decode by a tiny autoencoder, which is loaded onto the device. Raises OSError, ValueError."""
    from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny

    tiny: Any = AutoencoderTiny.from_pretrained(folder, local_files_only=True)
    tiny.to(pipe._execution_device, pipe.vae.dtype).requires_grad_(False)
    shift, scale = (float(value) for value in kl_affine(pipe.vae))

    def decode(vae_latents: torch.Tensor) -> torch.Tensor:
        # It was trained on latents as the loop has them.
        latents = ((vae_latents - shift) * scale).to(tiny.device, tiny.dtype)
        return tiny.decode(latents).sample[0].float() / 2 + 0.5

    return decode


def linear_decode(pipe: Any) -> Decode:
    """Colours as the linear function of the latents that fits the model's own VAE best.

    Least squares over eight smooth random pictures, 64 px square: nothing to ship or download, and
    right for any VAE. One pixel per latent.
    """
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand((SAMPLES, 3, 4, 4), generator=generator)
    pictures = interpolate(coarse, SAMPLE_SIDE, mode="bicubic").clamp(0, 1)
    latents = encode(pipe, pictures * 2 - 1).float().cpu()
    colours = avg_pool2d(pictures, VAE_FACTOR)
    matrix = torch.linalg.lstsq(_rows(_with_one(latents)), _rows(colours)).solution

    def decode(vae_latents: torch.Tensor) -> torch.Tensor:
        weights = matrix.to(vae_latents.device)
        return torch.einsum("chw,cd->dhw", _with_one(vae_latents.float())[0], weights)

    return decode


def _with_one(latents: torch.Tensor) -> torch.Tensor:
    return torch.cat([latents, torch.ones_like(latents[:, :1])], dim=1)


def _rows(grid: torch.Tensor) -> torch.Tensor:
    return grid.permute(0, 2, 3, 1).flatten(0, 2)


class Previews:
    """Decides when a preview is worth its time, and makes it."""

    def __init__(self, decode: Decode, clock: Callable[[], float] = time.perf_counter) -> None:
        self._decode = decode
        self._clock = clock
        self._started = clock()
        self._spent = 0.0

    @property
    def is_due(self) -> bool:
        """True for the first step, and whenever all previews so far took less than `SHARE`."""
        return self._spent <= SHARE * (self._clock() - self._started)

    def picture(self, vae_latents: torch.Tensor, height: int, width: int) -> np.ndarray:
        """uint8 HxWx3 of the first of the latents, at most `LONGEST_SIDE` px.

        `height` and `width`: the part of the picture, from the top left, that is to be shown.
        """
        _wait_for(vae_latents.device)
        started = self._clock()
        picture = self._decode(vae_latents[:1])
        scale = picture.shape[-1] / (vae_latents.shape[-1] * VAE_FACTOR)
        picture = picture[:, : round(height * scale), : round(width * scale)]
        factor = -(-max(picture.shape[-2:]) // LONGEST_SIDE)
        small = avg_pool2d(picture[None], factor)[0] if factor > 1 else picture
        pixels = torch.nan_to_num(small).clamp(0, 1).mul(255).round().to(torch.uint8)
        array = pixels.permute(1, 2, 0).contiguous().cpu().numpy()
        self._spent += self._clock() - started
        return array


def _wait_for(device: torch.device) -> None:
    """So that the time of the step, still running on the device, is not taken for the preview's."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
