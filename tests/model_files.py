"""Model files with true headers and hollow weights, for what only reads headers."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path

Shapes = Mapping[str, tuple[int, ...]]
GGUF_Q8_0 = 8

UNET = {
    "time_embed.0.weight": (1280, 320),
    "input_blocks.0.0.weight": (320, 4, 3, 3),
    "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, 768),
}
VAE = {"first_stage_model.decoder.conv_in.weight": (512, 4, 3, 3)}


def under(prefix: str, shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """The same tensors with a prefix."""
    return {prefix + name: shape for name, shape in shapes.items()}


def ldm(text_encoder: str, unet: Shapes) -> dict[str, tuple[int, ...]]:
    """A whole checkpoint in the first release's layout."""
    return {**under("model.diffusion_model.", unet), **VAE, text_encoder + "weight": (4, 4)}


SD15 = ldm("cond_stage_model.transformer.text_model.", UNET)
SD15_INPAINT = ldm(
    "cond_stage_model.transformer.text_model.",
    UNET | {"input_blocks.0.0.weight": (320, 9, 3, 3)},
)
SD2 = ldm("cond_stage_model.model.", UNET)
SDXL_UNET = UNET | {"label_emb.0.0.weight": (1280, 2816)}
SDXL = ldm("conditioner.embedders.0.transformer.text_model.", SDXL_UNET)
SDXL_INPAINT = ldm(
    "conditioner.embedders.0.transformer.text_model.",
    SDXL_UNET | {"input_blocks.0.0.weight": (320, 9, 3, 3)},
)
SDXL_DIFFUSERS_UNET = {
    "conv_in.weight": (320, 4, 3, 3),
    "down_blocks.0.resnets.0.conv1.weight": (320, 320, 3, 3),
    "add_embedding.linear_1.weight": (1280, 2816),
}
FLUX = {
    "double_blocks.0.img_attn.norm.key_norm.scale": (128,),
    "img_in.weight": (3072, 64),
    "final_layer.linear.weight": (64, 3072),
    "guidance_in.in_layer.weight": (3072, 256),
}
FLUX_SCHNELL = {name: shape for name, shape in FLUX.items() if "guidance" not in name}
FLUX_FILL = FLUX | {"img_in.weight": (3072, 384)}
FLUX_DEPTH = FLUX | {"img_in.weight": (3072, 128)}
FLUX_DIFFUSERS = {
    "single_transformer_blocks.0.proj_mlp.weight": (12288, 3072),
    "x_embedder.weight": (3072, 64),
    "proj_out.weight": (64, 3072),
    "time_text_embed.guidance_embedder.linear_1.weight": (3072, 256),
}
FLUX2_KLEIN = {"single_stream_modulation.lin.weight": (9216, 3072), "img_in.weight": (3072, 128)}
FLUX2_DEV = {"single_stream_modulation.lin.weight": (18432, 6144), "img_in.weight": (6144, 128)}
CHROMA = FLUX_SCHNELL | {"distilled_guidance_layer.in_proj.weight": (5120, 64)}
QWEN_IMAGE = {"transformer_blocks.0.img_mod.1.weight": (18432, 3072), "img_in.weight": (3072, 64)}
Z_IMAGE = {"layers.0.adaLN_modulation.0.weight": (15360, 256), "cap_embedder.0.weight": (2560,)}
SD3 = {
    "joint_blocks.0.context_block.adaLN_modulation.1.weight": (9216, 1536),
    "context_embedder.weight": (1536, 4096),
}
WAN = {"head.modulation": (1, 2, 1536), "patch_embedding.weight": (1536, 16, 1, 2, 2)}

_ATTENTION = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k."


def kohya_lora(text_width: int) -> dict[str, tuple[int, ...]]:
    """A Stable Diffusion LoRA as kohya's trainer writes it."""
    return {
        _ATTENTION + "lora_down.weight": (8, text_width),
        _ATTENTION + "lora_up.weight": (640, 8),
        _ATTENTION + "alpha": (),
    }


def peft_lora(layer: str, rows: int, columns: int) -> dict[str, tuple[int, ...]]:
    """One layer of a LoRA as diffusers writes it."""
    return {layer + ".lora_A.weight": (8, columns), layer + ".lora_B.weight": (rows, 8)}


def write_safetensors(
    path: Path, shapes: Shapes, metadata: Mapping[str, str] | None = None, dtype: str = "F16"
) -> Path:
    """A complete file; its weights are a hole that takes no room on the disk."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}
    raw = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(len(raw).to_bytes(8, "little") + raw)
        stream.truncate(8 + len(raw) + end)
    return path


def write_gguf(
    path: Path, shapes: Shapes, metadata: Mapping[str, str], kind: int = GGUF_Q8_0
) -> Path:
    """A complete GGUF file of version 3, all weights of one kind (Q8_0), as a hole."""
    raw = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(metadata))
    for name, text in metadata.items():
        raw += _gguf_string(name) + struct.pack("<I", 8) + _gguf_string(text)
    end = 0
    for name, shape in shapes.items():
        sides = tuple(reversed(shape))
        raw += _gguf_string(name) + struct.pack(f"<I{len(sides)}Q", len(sides), *sides)
        raw += struct.pack("<IQ", kind, end)
        end += math.prod(shape) // 32 * 34
    with path.open("wb") as stream:
        stream.write(raw)
        stream.truncate(-(-len(raw) // 32) * 32 + end)
    return path


def _gguf_string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def write_json(path: Path, value: object) -> Path:
    """A JSON file, with the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
    return path


def write_folder(
    folder: Path,
    class_name: str = "StableDiffusionPipeline",
    denoiser: str = "unet",
    config: Mapping[str, object] | None = None,
    **index: object,
) -> Path:
    """A diffusers folder with a denoiser, a VAE, a text encoder and a scheduler."""
    parts = {
        denoiser: ("diffusion_pytorch_model", config or {"in_channels": 4}),
        "vae": ("diffusion_pytorch_model", {"latent_channels": 4}),
        "text_encoder": ("model", {"hidden_size": 768}),
    }
    entries = {name: ["diffusers", "SomeModel"] for name in parts}
    write_json(
        folder / "model_index.json",
        {
            "_class_name": class_name,
            "scheduler": ["diffusers", "EulerDiscreteScheduler"],
            "safety_checker": [None, None],
            **entries,
            **index,
        },
    )
    for name, (stem, part_config) in parts.items():
        write_json(folder / name / "config.json", part_config)
        write_safetensors(folder / name / f"{stem}.safetensors", {"weight": (8, 8)})
    write_json(folder / "scheduler" / "scheduler_config.json", {"_class_name": "Euler"})
    return folder
