"""What the tests of placement, ladder and guard share: tiny pipelines and a pretended card."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import torch
import tqdm
from PIL import Image

from inpaint_studio.engine.backends.diffusion.devices import Device, DeviceKind
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from tests.engine.tiny_models import TinyModels

# At run time: pyright does not see the names that they fill in lazily.
diffusers: Any = import_module("diffusers")

# Even a hidden bar starts tqdm's watching thread.
tqdm.tqdm.monitor_interval = 0

PIPELINES: dict[str, Any] = {
    "sd15_inpaint": diffusers.StableDiffusionInpaintPipeline,
    "sdxl_inpaint": diffusers.StableDiffusionXLInpaintPipeline,
    "sd3": diffusers.StableDiffusion3InpaintPipeline,
    "flux_fill": diffusers.FluxFillPipeline,
    "flux2_klein": diffusers.Flux2KleinInpaintPipeline,
    "qwen_image": diffusers.QwenImageInpaintPipeline,
    "z_image": diffusers.ZImageInpaintPipeline,
}


@dataclass(frozen=True)
class PretendedCard(Device):
    """A graphics card with `free` bytes, whose computing the processor does."""

    free: int = 0

    @property
    def torch_device(self) -> torch.device:
        return torch.device("cpu")

    @property
    def has_streams(self) -> bool:
        return False

    def free_bytes(self) -> int:
        return self.free

    def empty_cache(self) -> None:
        pass


def card(free: int = 2**40) -> PretendedCard:
    return PretendedCard(DeviceKind.cuda, "Pretended 3000", 2**40, "float32", free=free)


def pipeline(tiny: TinyModels, name: str) -> Any:
    with quiet_libraries():
        pipe = PIPELINES[name].from_pretrained(tiny(name), local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def picture(pipe: Any, side: int = 64, **kwargs: Any) -> np.ndarray:
    """Two steps with a fixed seed: int HxWx3."""
    image = Image.new("RGB", (side, side), (200, 120, 40))
    mask = Image.new("L", (side, side), 0)
    mask.paste(255, (side // 4, side // 4, side * 3 // 4, side * 3 // 4))
    words = {
        "prompt": "a cat",
        "num_inference_steps": 2,
        "generator": torch.Generator().manual_seed(3),
    }
    sizes = {"height": side, "width": side}
    with quiet_libraries(), warnings.catch_warnings():
        # Euler's scheduler hands torch to numpy in a way that numpy 2 means to drop.
        warnings.filterwarnings("ignore", message="__array__ implementation")
        images = pipe(image=image, mask_image=mask, **sizes, **words, **kwargs).images
    return np.asarray(images[0], dtype=int)


def assert_same(picture: np.ndarray, other: np.ndarray) -> None:
    """Equal up to the last bit: weights that were moved lie at other addresses."""
    assert np.abs(picture - other).max() <= 1
    assert np.mean(picture != other) < 0.01
