"""SDXL-inpaint and FLUX-Fill in their full size with random weights, from configs alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from inpaint_studio.models.families import Family
from inpaint_studio.resources import resource
from tests.engine.tiny_models import FLOW_SHIFTING, clip_tokenizer, t5_tokenizer
from tests.gpu.measuring import Subject

# At run time: pyright does not see the names that they fill in lazily.
diffusers: Any = import_module("diffusers")
transformers: Any = import_module("transformers")

FLUX_VAE: dict[str, Any] = {
    "block_out_channels": (128, 256, 512, 512),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "latent_channels": 16,
    "sample_size": 1024,
    "scaling_factor": 0.3611,
    "shift_factor": 0.1159,
    "use_quant_conv": False,
    "use_post_quant_conv": False,
}
CLIP_L: dict[str, Any] = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "projection_dim": 768,
}
T5_XXL: dict[str, Any] = {
    "d_model": 4096,
    "d_kv": 64,
    "d_ff": 10240,
    "num_layers": 24,
    "num_heads": 64,
    "feed_forward_proj": "gated-gelu",
}


def sdxl_inpaint(folder: Path, device: torch.device, dtype: torch.dtype) -> Subject:
    """2.6 billion weights in the UNet."""
    tokenizer = clip_tokenizer()
    with made_on(device, dtype):
        pipe = diffusers.StableDiffusionXLInpaintPipeline(
            vae=_model(diffusers.AutoencoderKL, "sdxl_inpaint", "vae"),
            text_encoder=_clip(transformers.CLIPTextModel, "text_encoder"),
            text_encoder_2=_clip(transformers.CLIPTextModelWithProjection, "text_encoder_2"),
            tokenizer=tokenizer,
            tokenizer_2=clip_tokenizer(),
            unet=_model(diffusers.UNet2DConditionModel, "sdxl_inpaint", "unet"),
            scheduler=diffusers.EulerDiscreteScheduler.from_config(
                _config("sdxl_inpaint", "scheduler")
            ),
        )
    return _subject("SDXL inpaint", Family.sdxl, pipe, folder)


def flux_fill(folder: Path, device: torch.device, dtype: torch.dtype) -> Subject:
    """11.9 billion weights in the transformer, 4.7 in the text encoder."""
    clip, t5 = clip_tokenizer(), t5_tokenizer()
    with made_on(device, dtype):
        pipe = diffusers.FluxFillPipeline(
            scheduler=diffusers.FlowMatchEulerDiscreteScheduler(**FLOW_SHIFTING),
            vae=diffusers.AutoencoderKL(**FLUX_VAE),
            text_encoder=transformers.CLIPTextModel(
                transformers.CLIPTextConfig(vocab_size=len(clip), **_ends(clip), **CLIP_L)
            ).eval(),
            tokenizer=clip,
            text_encoder_2=transformers.T5EncoderModel(
                transformers.T5Config(vocab_size=len(t5), **T5_XXL)
            ).eval(),
            tokenizer_2=t5,
            transformer=_model(diffusers.FluxTransformer2DModel, "flux_fill", "transformer"),
        )
    return _subject("FLUX Fill", Family.flux_fill, pipe, folder)


@contextmanager
def made_on(device: torch.device, dtype: torch.dtype) -> Iterator[None]:
    """New networks get their random weights there, in that format."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with device:
            yield
    finally:
        torch.set_default_dtype(before)


def _subject(name: str, family: Family, pipe: Any, folder: Path) -> Subject:
    if pipe.device.type != "meta":
        pipe.to("cpu", silence_dtype_warnings=True)
    pipe.set_progress_bar_config(disable=True)
    return Subject(name, family, pipe, side=1024, steps=20, folder=folder)


def _config(pipeline: str, part: str) -> dict[str, Any]:
    name = "scheduler_config.json" if part == "scheduler" else "config.json"
    return json.loads(resource("pipelines", pipeline, part, name).read_text())


def _model(cls: Any, pipeline: str, part: str) -> Any:
    return cls.from_config(_config(pipeline, part)).eval()


def _clip(cls: Any, part: str) -> Any:
    config = transformers.CLIPTextConfig(**_config("sdxl_inpaint", part))
    return cls(config).eval()


def _ends(tokenizer: Any) -> dict[str, int]:
    names = ("bos_token_id", "eos_token_id", "pad_token_id")
    return {name: getattr(tokenizer, name) for name in names}
