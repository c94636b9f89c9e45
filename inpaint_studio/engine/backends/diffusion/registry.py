"""Which pipeline class does what for which model, as data."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from inpaint_studio.engine.backends.diffusion.adapters import (
    flux,
    flux2,
    qwen,
    stable_diffusion,
    z_image,
)
from inpaint_studio.engine.backends.diffusion.adapters.adapter import Adapter
from inpaint_studio.errors import EngineError
from inpaint_studio.models.families import Task


@dataclass(frozen=True)
class Row:
    """A kind of model. `names`: the `_class_name`s it is loaded as.

    `inpaint`: the adapter for masked edits; `mask_seen` the one for models whose network sees the
    mask (9-channel UNets). `instruct`: for edits of the whole picture.
    """

    names: tuple[str, ...]
    inpaint: Adapter
    mask_seen: Adapter | None = None
    instruct: Adapter | None = None


ROWS = (
    Row(
        (
            "StableDiffusionPipeline",
            "StableDiffusionInpaintPipeline",
            "StableDiffusionImg2ImgPipeline",
        ),
        inpaint=stable_diffusion.StableDiffusion(),
        mask_seen=stable_diffusion.StableDiffusionMaskSeen(),
    ),
    Row(
        (
            "StableDiffusionXLPipeline",
            "StableDiffusionXLInpaintPipeline",
            "StableDiffusionXLImg2ImgPipeline",
        ),
        inpaint=stable_diffusion.StableDiffusionXL(),
        mask_seen=stable_diffusion.StableDiffusionXLMaskSeen(),
    ),
    Row(
        (
            "StableDiffusion3Pipeline",
            "StableDiffusion3InpaintPipeline",
            "StableDiffusion3Img2ImgPipeline",
        ),
        inpaint=stable_diffusion.StableDiffusion3(),
    ),
    Row(("FluxFillPipeline",), inpaint=flux.FluxFill()),
    Row(("FluxPipeline", "FluxInpaintPipeline", "FluxImg2ImgPipeline"), inpaint=flux.Flux()),
    Row(
        ("FluxKontextPipeline", "FluxKontextInpaintPipeline"),
        inpaint=flux.FluxKontextInpaint(),
        instruct=flux.FluxKontext(),
    ),
    Row(
        ("Flux2KleinPipeline", "Flux2KleinInpaintPipeline"),
        inpaint=flux2.Flux2KleinInpaint(),
        instruct=flux2.Flux2Klein(),
    ),
    Row(
        ("QwenImagePipeline", "QwenImageInpaintPipeline", "QwenImageImg2ImgPipeline"),
        inpaint=qwen.QwenImage(),
    ),
    Row(
        ("QwenImageEditPipeline", "QwenImageEditInpaintPipeline"),
        inpaint=qwen.QwenImageEditInpaint(),
        instruct=qwen.QwenImageEdit(),
    ),
    Row(
        ("QwenImageEditPlusPipeline",),
        inpaint=qwen.QwenImageEditPlus(),
        instruct=qwen.QwenImageEditPlus(),
    ),
    Row(
        ("ZImagePipeline", "ZImageInpaintPipeline", "ZImageImg2ImgPipeline"),
        inpaint=z_image.ZImage(),
    ),
    Row(
        ("ChromaPipeline", "ChromaInpaintPipeline", "ChromaImg2ImgPipeline"),
        inpaint=flux.Chroma(),
    ),
)
_BY_NAME = {name: row for row in ROWS for name in row.names}


def adapter_for(pipe: Any, task: Task) -> Adapter:
    """How a loaded pipeline does a task. Raises EngineError if it can't."""
    row = _BY_NAME.get(type(pipe).__name__)
    if row is None:
        raise EngineError("This kind of model can't edit pictures here yet. Choose another model.")
    if task is Task.instruct and row.instruct is not None:
        return row.instruct
    if row.mask_seen is not None and pipe.unet.config.in_channels > pipe.unet.config.out_channels:
        return row.mask_seen
    return row.inpaint


def pipeline_for(pipe: Any, adapter: Adapter) -> Any:
    """The pipeline that `adapter` calls, made of the very parts of `pipe`; `pipe` if it is that.

    `from_pipe` would do the same and cast all parts to one number format.
    """
    cls = getattr(import_module("diffusers"), adapter.pipeline)
    called = pipe
    if type(pipe) is not cls:
        at_hand = dict(pipe.config) | pipe.components
        wanted = inspect.signature(cls.__init__).parameters
        called = cls(**{name: value for name, value in at_hand.items() if name in wanted})
    adapter.prepare(called)
    return called
