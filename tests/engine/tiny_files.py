"""Files in the layouts that people download, written from the tiny folders.

The single checkpoints have the original authors' names (LDM, OpenCLIP) with the weights of the
folder of the same stem, so a loaded file must equal the folder bit by bit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

import gguf
import torch
from safetensors.torch import load_file, save_file

# Fills itself in lazily, which type checkers can't follow.
diffusers = import_module("diffusers")

Weights = dict[str, torch.Tensor]
GetTiny = Callable[[str], Path]

LAYERS_PER_BLOCK = 1
VAE_LEVELS = 4
RANK = 4
RESNET_NAMES = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
UNET_NAMES = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
VAE_ATTENTION_NAMES = {
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}
OPEN_CLIP_NAMES = {
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
    "text_model.final_layer_norm": "ln_final",
    "text_model.encoder.layers": "transformer.resblocks",
    "self_attn": "attn",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}


def part(folder: Path, name: str) -> Weights:
    """All weights of one component of a diffusers folder."""
    (file,) = (folder / name).glob("*.safetensors")
    return load_file(file)


def renamed(key: str, names: dict[str, str]) -> str:
    """`key` with each of `names` replaced."""
    for ours, theirs in names.items():
        key = key.replace(ours, theirs)
    return key


def ldm_unet_key(key: str, keys: Iterable[str], layers_per_block: int = LAYERS_PER_BLOCK) -> str:
    """Diffusers' name of a U-Net weight -> LDM's; `keys`: all of diffusers'."""
    match = re.match(r"(down|up)_blocks\.(\d+)\.(\w+)\.(\d+)\.(.*)", key)
    if match:
        side, kind, rest = match[1], match[3], match[5]
        block, layer = int(match[2]), int(match[4])
        place = block * (layers_per_block + 1) + layer
        if kind == "downsamplers":
            return f"input_blocks.{1 + place + layers_per_block}.0.{rest.replace('conv', 'op')}"
        if kind == "upsamplers":
            has_attention = any(k.startswith(f"up_blocks.{block}.attentions") for k in keys)
            place += layers_per_block
            return f"output_blocks.{place}.{2 if has_attention else 1}.{rest}"
        outer = f"input_blocks.{1 + place}" if side == "down" else f"output_blocks.{place}"
        return (
            f"{outer}.0.{renamed(rest, RESNET_NAMES)}" if kind == "resnets" else f"{outer}.1.{rest}"
        )
    match = re.match(r"mid_block\.(\w+)\.(\d+)\.(.*)", key)
    if not match:
        return renamed(key, UNET_NAMES)
    if match[1] == "attentions":
        return f"middle_block.1.{match[3]}"
    return f"middle_block.{2 * int(match[2])}.{renamed(match[3], RESNET_NAMES)}"


def ldm_vae(weights: Weights) -> Weights:
    """Diffusers' VAE -> LDM's: counted from the other end when decoding, attention as 1x1 conv."""
    result: Weights = {}
    for key, value in weights.items():
        name = key.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
        name = re.sub(r"up_blocks\.(\d)", lambda m: f"up.{VAE_LEVELS - 1 - int(m[1])}", name)
        name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
        name = name.replace("down_blocks", "down").replace("resnets", "block")
        name = name.replace("downsamplers.0", "downsample").replace("upsamplers.0", "upsample")
        if "attentions" in key:
            name = name.replace("mid_block.attentions.0", "mid.attn_1")
            name = renamed(name, VAE_ATTENTION_NAMES)
        is_matrix = "attentions" in key and value.ndim == 2
        result[name] = value[:, :, None, None] if is_matrix else value
    return result


def clip_weights(weights: Weights) -> Weights:
    """CLIP's text encoder with the `text_model.` that older files have in front."""
    return {
        key if key.startswith(("text_model.", "text_projection")) else f"text_model.{key}": value
        for key, value in weights.items()
    }


def open_clip(weights: Weights) -> Weights:
    """CLIP's text encoder as OpenCLIP names it: query, key and value in one."""
    result: Weights = {}
    for key, value in clip_weights(weights).items():
        if key == "text_projection.weight":
            result["text_projection"] = value.T.contiguous()
            continue
        name = renamed(key, OPEN_CLIP_NAMES)
        match = re.match(r"(.*attn\.)([qkv])_proj\.(\w+)", name)
        if not match:
            result[name] = value
        elif match[2] == "q":
            same = [weights_of(weights, key.replace("q_proj", f"{c}_proj")) for c in "qkv"]
            result[f"{match[1]}in_proj_{match[3]}"] = torch.cat(same)
    return result


def weights_of(weights: Weights, key: str) -> torch.Tensor:
    """`weights[key]`, with or without `text_model.` in front."""
    return weights[key] if key in weights else weights[key.removeprefix("text_model.")]


def prefixed(prefix: str, weights: Weights) -> Weights:
    """The same weights, each name with `prefix` in front."""
    return {prefix + key: value for key, value in weights.items()}


def write_checkpoint(path: Path, tiny: GetTiny) -> None:
    """A whole SD1.5 or SDXL model in one file."""
    folder = tiny(path.stem)
    unet = part(folder, "unet")
    weights = {ldm_unet_key(key, unet): value for key, value in unet.items()}
    weights = prefixed("model.diffusion_model.", weights)
    weights |= prefixed("first_stage_model.", ldm_vae(part(folder, "vae")))
    first = clip_weights(part(folder, "text_encoder"))
    if (folder / "text_encoder_2").exists():
        second = open_clip(part(folder, "text_encoder_2"))
        weights |= prefixed("conditioner.embedders.0.transformer.", first)
        weights |= prefixed("conditioner.embedders.1.model.", second)
    else:
        weights |= prefixed("cond_stage_model.transformer.", first)
    save_file(weights, path)


def write_flux_transformer(path: Path, tiny: GetTiny) -> None:
    """FLUX's transformer alone, in diffusers' names: the original's are split at 3072 in code."""
    save_file(part(tiny(path.stem), "transformer"), path)


def original_z_image(weights: Weights) -> Weights:
    """Z-Image's transformer in the original names: query, key and value in one."""
    result: Weights = {}
    for key, value in weights.items():
        name = key.replace("all_final_layer.2-1.", "final_layer.")
        name = name.replace("all_x_embedder.2-1.", "x_embedder.").replace("to_out.0", "out")
        name = name.replace("norm_q", "q_norm").replace("norm_k", "k_norm")
        if ".to_q." in name:
            same = [weights[key.replace("to_q", f"to_{c}")] for c in "qkv"]
            result[name.replace("to_q", "qkv")] = torch.cat(same)
        elif ".to_k." not in name and ".to_v." not in name:
            result[name] = value
    return result


def write_z_image_transformer(path: Path, tiny: GetTiny) -> None:
    """Z-Image's transformer alone, in the original names."""
    weights = original_z_image(part(tiny(path.stem), "transformer"))
    save_file(prefixed("model.diffusion_model.", weights), path)


def write_gguf(path: Path, architecture: str, weights: Weights) -> None:
    """Matrices as Q8_0 where whole blocks of 32 fit, the rest as float32."""
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in weights.items():
        array = value.float().numpy()
        if array.ndim == 2 and array.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(key, gguf.quants.quantize(array, kind), raw_dtype=kind)
        else:
            writer.add_tensor(key, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_flux_gguf(path: Path, tiny: GetTiny) -> None:
    """FLUX's transformer, quantised."""
    write_gguf(path, "flux", part(tiny(path.stem), "transformer"))


def write_z_image_gguf(path: Path, tiny: GetTiny) -> None:
    """Z-Image's transformer, quantised, in the original names."""
    weights = part(tiny(path.stem), "transformer")
    write_gguf(path, "lumina2", original_z_image(weights))


def lora_targets(folder: Path) -> tuple[str, Weights]:
    """ "unet" or "transformer", and the attention matrices that LoRAs change."""
    name = "unet" if (folder / "unet").exists() else "transformer"
    ends = (".to_q.weight", ".to_k.weight", ".to_v.weight", ".to_out.0.weight")
    return name, {key: value for key, value in part(folder, name).items() if key.endswith(ends)}


def low_rank(weight: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """The two factors of a change to `weight`, strong enough to be seen in a picture."""
    outputs, inputs = weight.shape
    down = torch.randn((RANK, inputs), generator=generator) * 0.5
    return down, torch.randn((outputs, RANK), generator=generator) * 0.5


def write_diffusers_lora(path: Path, tiny: GetTiny) -> None:
    """A LoRA as diffusers writes it."""
    name, targets = lora_targets(tiny(path.stem.removesuffix("_lora")))
    generator = torch.Generator().manual_seed(1)
    weights: Weights = {}
    for key, value in targets.items():
        down, up = low_rank(value, generator)
        stem = f"{name}.{key.removesuffix('.weight')}"
        weights |= {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up}
    save_file(weights, path)


def kohya_targets(folder: Path) -> Weights:
    """What kohya's scripts change, by their names: attention of the U-Net, all of the encoders."""
    _, unet = lora_targets(folder)
    targets = {f"lora_unet_{key}": value for key, value in unet.items()}
    has_two = (folder / "text_encoder_2").exists()
    first = "lora_te1" if has_two else "lora_te"
    for name, stem in (("text_encoder", first), ("text_encoder_2", "lora_te2")):
        if not (folder / name).exists():
            continue
        for key, value in clip_weights(part(folder, name)).items():
            if "encoder.layers" in key and value.ndim == 2:
                targets[f"{stem}_{key}"] = value
    return {key.removesuffix(".weight").replace(".", "_"): v for key, v in targets.items()}


def write_kohya_lora(path: Path, tiny: GetTiny) -> None:
    """A LoRA as kohya's scripts write it, with their description in the header."""
    generator = torch.Generator().manual_seed(2)
    weights: Weights = {}
    for stem, value in kohya_targets(tiny(path.stem.removesuffix("_kohya_lora"))).items():
        down, up = low_rank(value, generator)
        weights |= {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up}
        weights[f"{stem}.alpha"] = torch.tensor(float(RANK))
    base = {"ss_base_model_version": "sdxl_base_v1-0" if "sdxl" in path.stem else "sd_v1"}
    tags = {"ss_tag_frequency": json.dumps({"10_cat": {"tiny cat": 10}})}
    save_file(weights, path, metadata=base | tags)


def write_kohya_flux_lora(path: Path, tiny: GetTiny) -> None:
    """A LoRA of FLUX's double blocks as kohya's scripts write it."""
    _, targets = lora_targets(tiny("flux"))
    width = next(iter(targets.values())).shape[0]
    generator = torch.Generator().manual_seed(3)
    weights: Weights = {}
    for target, rows in (("img_attn_qkv", 3 * width), ("img_attn_proj", width)):
        down, up = low_rank(torch.empty(rows, width), generator)
        stem = f"lora_unet_double_blocks_0_{target}"
        weights |= {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up}
        weights[f"{stem}.alpha"] = torch.tensor(float(RANK))
    save_file(weights, path, metadata={"ss_base_model_version": "flux1"})


def write_sd15_embedding(path: Path, tiny: GetTiny) -> None:
    """A textual inversion of two vectors for SD1.5."""
    generator = torch.Generator().manual_seed(4)
    save_file({"emb_params": torch.randn((2, 768), generator=generator)}, path)


def write_sdxl_embedding(path: Path, tiny: GetTiny) -> None:
    """A textual inversion of two vectors for both of SDXL's encoders."""
    generator = torch.Generator().manual_seed(5)
    widths = {"clip_l": 768, "clip_g": 1280}
    save_file({k: torch.randn((2, w), generator=generator) for k, w in widths.items()}, path)


def write_autoencoder_tiny(folder: Path, latent_channels: int) -> None:
    """A small decoder for previews, as a diffusers folder."""
    torch.manual_seed(0)
    diffusers.AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
        latent_channels=latent_channels,
    ).save_pretrained(folder)


FILES: dict[str, Callable[[Path, GetTiny], None]] = {
    "sd15.safetensors": write_checkpoint,
    "sd15_inpaint.safetensors": write_checkpoint,
    "sdxl.safetensors": write_checkpoint,
    "sdxl_inpaint.safetensors": write_checkpoint,
    "flux.safetensors": write_flux_transformer,
    "flux_fill.safetensors": write_flux_transformer,
    "z_image.safetensors": write_z_image_transformer,
    "flux.gguf": write_flux_gguf,
    "z_image.gguf": write_z_image_gguf,
    "sd15_lora.safetensors": write_diffusers_lora,
    "sdxl_lora.safetensors": write_diffusers_lora,
    "flux_lora.safetensors": write_diffusers_lora,
    "sd15_kohya_lora.safetensors": write_kohya_lora,
    "sdxl_kohya_lora.safetensors": write_kohya_lora,
    "flux_kohya_lora.safetensors": write_kohya_flux_lora,
    "sd15_embedding.safetensors": write_sd15_embedding,
    "sdxl_embedding.safetensors": write_sdxl_embedding,
    "taesd": lambda folder, _: write_autoencoder_tiny(folder, 4),
    "taef1": lambda folder, _: write_autoencoder_tiny(folder, 16),
}
"""Name -> what writes it. `taesd` and `taef1` are folders."""
