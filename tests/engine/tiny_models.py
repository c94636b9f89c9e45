"""Random models of a few hundred kilobytes with the shape of the real ones, for every family.

Channel counts, key names and cross-attention widths are the real ones, so that detection, LoRA
checks and conversions see what they will see; depth and width are the least that runs. Nothing is
downloaded. Built on demand, once per test session: `tiny("sdxl_inpaint")` is a diffusers folder;
the names with a dot are the files of `tiny_files`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.engine.backends.diffusion.text_processors import QwenImageTextProcessor
from tests.engine.tiny_parts import (
    clip_text_model,
    clip_tokenizer,
    kl_autoencoder,
    qwen3_config,
    qwen_text_model,
    qwen_tokenizer,
    sd_unet,
    sdxl_unet,
    t5_text_model,
    t5_tokenizer,
)

# Both fill themselves in lazily, which type checkers can't follow.
diffusers = import_module("diffusers")
transformers = import_module("transformers")

Components = dict[str, Any]

FLOW_SHIFTING = {
    "shift": 3.0,
    "use_dynamic_shifting": True,
    "base_shift": 0.5,
    "max_shift": 1.15,
    "base_image_seq_len": 256,
    "max_image_seq_len": 4096,
}
SD_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def sd(in_channels: int, text_width: int) -> Components:
    """SD1.5 and SD2."""
    tokenizer = clip_tokenizer()
    return {
        "vae": kl_autoencoder(4, 0.18215),
        "text_encoder": clip_text_model(tokenizer, text_width),
        "tokenizer": tokenizer,
        "unet": sd_unet(in_channels, text_width),
        "scheduler": diffusers.PNDMScheduler(
            skip_prk_steps=True, steps_offset=1, set_alpha_to_one=False, **SD_BETAS
        ),
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }


def sdxl(in_channels: int) -> Components:
    """SDXL."""
    tokenizer = clip_tokenizer()
    return {
        "vae": kl_autoencoder(4, 0.13025),
        "text_encoder": clip_text_model(tokenizer, 768),
        "text_encoder_2": clip_text_model(tokenizer, 1280, projection=True),
        "tokenizer": tokenizer,
        "tokenizer_2": clip_tokenizer(),
        "unet": sdxl_unet(in_channels),
        "scheduler": diffusers.EulerDiscreteScheduler(steps_offset=1, **SD_BETAS),
    }


def sd3() -> Components:
    """SD3: two CLIP encoders and T5."""
    clip, t5 = clip_tokenizer(), t5_tokenizer()
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        "vae": kl_autoencoder(16, 1.5305, 0.0609),
        "text_encoder": clip_text_model(clip, 16, projection=True),
        "tokenizer": clip,
        "text_encoder_2": clip_text_model(clip, 16, projection=True),
        "tokenizer_2": clip_tokenizer(),
        "text_encoder_3": t5_text_model(t5, 32),
        "tokenizer_3": t5,
        "transformer": diffusers.SD3Transformer2DModel(
            sample_size=32,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=4,
            joint_attention_dim=32,
            caption_projection_dim=32,
            pooled_projection_dim=32,
        ),
    }


def flux(in_channels: int = 64, *, guidance: bool = True) -> Components:
    """FLUX.1: 64 channels in, 384 for Fill; schnell is the one without guidance."""
    clip, t5 = clip_tokenizer(), t5_tokenizer()
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(**FLOW_SHIFTING)
        if guidance
        else diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0),
        "vae": kl_autoencoder(16, 0.3611, 0.1159),
        "text_encoder": clip_text_model(clip, 16),
        "tokenizer": clip,
        "text_encoder_2": t5_text_model(t5, 32),
        "tokenizer_2": t5,
        "transformer": diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=in_channels,
            out_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=16,
            guidance_embeds=guidance,
            axes_dims_rope=(4, 4, 8),
        ),
    }


def flux2_klein() -> Components:
    """FLUX.2 klein; its text encoder needs 28 layers, of which 9, 18 and 27 are read."""
    tokenizer = qwen_tokenizer()
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(**FLOW_SHIFTING),
        "vae": diffusers.AutoencoderKLFlux2(
            block_out_channels=(8, 8, 8, 8), layers_per_block=1, norm_num_groups=4
        ),
        "text_encoder": transformers.Qwen3ForCausalLM(qwen3_config(tokenizer, 28)).eval(),
        "tokenizer": tokenizer,
        "transformer": diffusers.Flux2Transformer2DModel(
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=48,
            timestep_guidance_channels=32,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        ),
        "is_distilled": True,
    }


def z_image() -> Components:
    """Z-Image."""
    tokenizer = qwen_tokenizer()
    transformer = diffusers.ZImageTransformer2DModel(
        dim=32,
        n_layers=2,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=16,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 64, 64],
    )
    # Its padding tokens are made with torch.empty, and real checkpoints fill them.
    for name, parameter in transformer.named_parameters():
        if name.endswith("pad_token"):
            torch.nn.init.normal_(parameter, std=0.02)
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        "vae": kl_autoencoder(16, 0.3611, 0.1159),
        "text_encoder": transformers.Qwen3Model(qwen3_config(tokenizer, 2)).eval(),
        "tokenizer": tokenizer,
        "transformer": transformer,
    }


def qwen_image() -> Components:
    """Qwen-Image."""
    tokenizer = qwen_tokenizer()
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(**FLOW_SHIFTING),
        "vae": diffusers.AutoencoderKLQwenImage(
            base_dim=8,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
        ),
        "text_encoder": qwen_text_model(tokenizer),
        "tokenizer": tokenizer,
        "transformer": diffusers.QwenImageTransformer2DModel(
            num_layers=2,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            axes_dims_rope=(4, 4, 8),
        ),
    }


def qwen_image_edit() -> Components:
    """Qwen-Image-Edit and Plus; pictures are cut to at most 16 tokens for the text encoder."""
    components = qwen_image()
    pictures = transformers.Qwen2VLImageProcessor(
        patch_size=14,
        merge_size=2,
        temporal_patch_size=2,
        size={"shortest_edge": 28 * 28, "longest_edge": 28 * 28 * 16},
    )
    processor = QwenImageTextProcessor(pictures, components["tokenizer"])
    return components | {"processor": processor}


def chroma() -> Components:
    """Chroma: FLUX without CLIP."""
    tokenizer = t5_tokenizer()
    return {
        "scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0),
        "vae": kl_autoencoder(16, 0.3611, 0.1159),
        "text_encoder": t5_text_model(tokenizer, 32),
        "tokenizer": tokenizer,
        "transformer": diffusers.ChromaTransformer2DModel(
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            axes_dims_rope=(4, 4, 8),
            approximator_num_channels=32,
            approximator_hidden_dim=32,
            approximator_layers=1,
        ),
        "image_encoder": None,
        "feature_extractor": None,
    }


FOLDERS: dict[str, tuple[str, Callable[[], Components]]] = {
    "sd15": ("StableDiffusionPipeline", lambda: sd(4, 768)),
    "sd15_inpaint": ("StableDiffusionInpaintPipeline", lambda: sd(9, 768)),
    "sd2": ("StableDiffusionPipeline", lambda: sd(4, 1024)),
    "sd2_inpaint": ("StableDiffusionInpaintPipeline", lambda: sd(9, 1024)),
    "sdxl": ("StableDiffusionXLPipeline", lambda: sdxl(4)),
    "sdxl_inpaint": ("StableDiffusionXLInpaintPipeline", lambda: sdxl(9)),
    "sd3": ("StableDiffusion3Pipeline", sd3),
    "flux_fill": ("FluxFillPipeline", lambda: flux(384)),
    "flux": ("FluxPipeline", flux),
    "flux_schnell": ("FluxPipeline", lambda: flux(guidance=False)),
    "flux_kontext": ("FluxKontextPipeline", flux),
    "flux2_klein": ("Flux2KleinPipeline", flux2_klein),
    "qwen_image": ("QwenImagePipeline", qwen_image),
    "qwen_image_edit": ("QwenImageEditPipeline", qwen_image_edit),
    "qwen_image_edit_plus": ("QwenImageEditPlusPipeline", qwen_image_edit),
    "z_image": ("ZImagePipeline", z_image),
    "chroma": ("ChromaPipeline", chroma),
}
"""Name -> the class its model_index.json names, and the function that makes the parts."""


def write_folder(name: str, folder: Path) -> None:
    """Write the diffusers folder `name`."""
    class_name, components = FOLDERS[name]
    torch.manual_seed(0)
    with quiet_libraries():
        pipe = getattr(diffusers, class_name)(**components())
        pipe.save_pretrained(folder)
    if "processor" in pipe.components:
        name_real_processor(folder)


def name_real_processor(folder: Path) -> None:
    """Write `processor/` as published folders have it; our class only stands in when it is read."""
    index = folder / "model_index.json"
    parts = json.loads(index.read_text())
    index.write_text(json.dumps(parts | {"processor": ["transformers", "Qwen2VLProcessor"]}))
    written = folder / "processor" / "processor_config.json"
    settings = json.loads(written.read_text())["image_processor"]
    published = folder / "processor" / "preprocessor_config.json"
    published.write_text(json.dumps(settings | {"processor_class": "Qwen2VLProcessor"}))
    written.unlink()


class TinyModels:
    """Builds what a test asks for, once, below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, name: str) -> Path:
        """The folder or file of that name, a key of `FOLDERS` or of `tiny_files.FILES`."""
        from tests.engine.tiny_files import FILES

        path = self._root / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            if name in FOLDERS:
                write_folder(name, path)
            else:
                FILES[name](path, self)
        return path
