"""Loads the networks of a single file, described by bundled configs or by a diffusers folder.

A file of SD1.5 or SDXL holds everything but the tokenizer, which is bundled. Other files give the
denoiser alone; text encoders, tokenizers and VAE come from a diffusers folder (`companions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm
from safetensors.torch import load_file

from inpaint_studio.engine.backends.diffusion.errors_in_words import refuse_missing, told_in_words
from inpaint_studio.engine.backends.diffusion.gguf import quantisation
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.diffusers_folder import INDEX
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind
from inpaint_studio.resources import resource

diffusers = import_module("diffusers")
transformers = import_module("transformers")

BUNDLED: dict[tuple[Family | None, bool], str] = {
    (Family.sd15, False): "sd15",
    (Family.sd15, True): "sd15_inpaint",
    (Family.sdxl, False): "sdxl",
    (Family.sdxl, True): "sdxl_inpaint",
    (Family.flux, False): "flux",
    (Family.flux_kontext, False): "flux",
    (Family.flux_fill, True): "flux_fill",
    (Family.z_image, False): "z_image",
    (Family.chroma, False): "chroma",
    (Family.qwen_image, False): "qwen_image",
}
"""(family, trained for inpainting) -> folder below resources/pipelines. The VAE and the encoders
are described only where a single file has them."""

STARTS = {
    "unet": ("model.diffusion_model.",),
    "vae": ("first_stage_model.",),
    "text_encoder": ("cond_stage_model.", "conditioner.embedders.0."),
    "text_encoder_2": ("conditioner.embedders.1.",),
}
"""Part -> how the names of its weights begin in files of SD1.5 and SDXL."""

SCALED_MARKS = ("scaled_fp8", ".scale_weight", ".weight_scale")
V_PREDICTION_MARK, ZERO_SNR_MARK = "v_pred", "ztsnr"


def has_configs(info: ModelInfo) -> bool:
    """Whether configs for such a file come with the program."""
    return (info.family, info.is_inpainting) in BUNDLED


def bundled_folder(info: ModelInfo) -> Path:
    """The configs for a file that come with the program. Raises KeyError: see `has_configs`."""
    name = BUNDLED[(info.family, info.is_inpainting)]
    name = "flux_schnell" if name == "flux" and info.speed == "schnell" else name
    return resource("pipelines", name)


def described_beside(path: Path) -> Path | None:
    """`name/` beside `name.safetensors` if it is a diffusers folder: then it describes the file."""
    folder = path.with_suffix("")
    return folder if folder != path and (folder / INDEX).is_file() else None


def is_complete(info: ModelInfo) -> bool:
    """Whether the file and the bundled data are all that is needed."""
    return info.kind is ModelKind.checkpoint and info.family in (Family.sd15, Family.sdxl)


@dataclass(frozen=True)
class Checkpoint:
    """A whole model in one file. `weights` are mapped from the disk, not read yet."""

    path: Path
    weights: dict[str, torch.Tensor]

    @staticmethod
    def open(path: Path) -> Checkpoint:
        """Raises FileProblemError."""
        with told_in_words(path):
            return Checkpoint(path, load_file(path))

    def network(self, config: Path, name: str, class_name: str, dtype: torch.dtype) -> Any:
        """The part `name`, described by `config`/`name`. Raises FileProblemError."""
        with told_in_words(self.path):
            if class_name.startswith("CLIPText"):
                network = create_diffusers_clip_model_from_ldm(
                    getattr(transformers, class_name),
                    checkpoint=self.weights,
                    subfolder=name,
                    config=str(config),
                    torch_dtype=dtype,
                    local_files_only=True,
                )
            else:
                network = from_single_file(
                    getattr(diffusers, class_name), dict(self.weights), config, name, dtype
                )
        return _complete(self.path, network)

    def nbytes(self, name: str) -> int:
        """Bytes of the weights of a part."""
        starts = STARTS[name]
        found = (value for key, value in self.weights.items() if key.startswith(starts))
        return sum(value.nbytes for value in found)

    @property
    def scheduler_changes(self) -> dict[str, Any]:
        """What the file says about its noise schedule, by two empty tensors some trainers add."""
        changes: dict[str, Any] = {}
        if V_PREDICTION_MARK in self.weights:
            changes["prediction_type"] = "v_prediction"
        if ZERO_SNR_MARK in self.weights:
            changes |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return changes


def load_denoiser(info: ModelInfo, class_name: str, config: Path, dtype: torch.dtype) -> Any:
    """The U-Net or transformer of a file; `config`: its own folder with a config.json.

    Raises FileProblemError.
    """
    with told_in_words(info.path):
        cls = getattr(diffusers, class_name)
        if info.format is ModelFormat.gguf:
            source = str(info.path)
            settings = {"quantization_config": quantisation(info.path, dtype)}
        else:
            source, settings = _plain_weights(info.path), {}
        network = from_single_file(cls, source, config.parent, config.name, dtype, **settings)
    return _complete(info.path, network)


def _plain_weights(path: Path) -> dict[str, torch.Tensor]:
    weights = load_file(path)
    if any(name.endswith(SCALED_MARKS) for name in weights):
        raise FileProblemError(
            path,
            "has scaled 8-bit weights, which can't be used here yet. Get the GGUF or BF16 file.",
        )
    return weights


def from_single_file(
    cls: Any, source: Any, config: Path, name: str, dtype: torch.dtype, **settings: Any
) -> Any:
    """diffusers' conversion of original names, with a config from the disk."""
    return cls.from_single_file(
        source, config=str(config), subfolder=name, dtype=dtype, local_files_only=True, **settings
    )


def _complete(path: Path, network: Any) -> Any:
    """Raises FileProblemError where weights stayed without values."""
    refuse_missing(path, [name for name, value in network.named_parameters() if value.is_meta])
    return network.eval()
