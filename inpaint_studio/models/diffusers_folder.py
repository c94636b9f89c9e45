"""Identifies a diffusers folder from its JSON files and the headers of its weights."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from inpaint_studio.models.component_files import ComponentFiles, component_files
from inpaint_studio.models.families import Family
from inpaint_studio.models.json_files import read_json_object
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind
from inpaint_studio.models.pipeline_classes import family_of_class, refusal_of_class
from inpaint_studio.models.variants import speed_in_name
from inpaint_studio.models.weights import HeaderProblemError

INDEX = "model_index.json"
LORA_FILE = "pytorch_lora_weights.safetensors"
# The editor runs without them: no part of an edit needs a check for nudity.
OPTIONAL = frozenset({"safety_checker", "feature_extractor", "image_encoder"})
DENOISERS = ("unet", "transformer")
MOST_COMPONENTS = 32
_NAME = re.compile(r"\w+")

_NO_WEIGHTS = ("Tokenizer", "TokenizerFast", "Scheduler", "Processor", "Extractor", "ProcessorPil")


def actual_folder(path: Path) -> Path:
    """The folder itself; for a folder of the Hugging Face cache the snapshot inside it."""
    if (path / INDEX).is_file() or not (path / "snapshots").is_dir():
        return path
    try:
        commit = (path / "refs" / "main").read_text("utf-8")[:64].strip()
    except (OSError, ValueError):
        commit = ""
    snapshot = path / "snapshots" / commit
    if commit and snapshot.is_dir():
        return snapshot
    return max((path / "snapshots").iterdir(), default=path, key=lambda p: p.stat().st_mtime)


def identify_folder(path: Path) -> ModelInfo:
    """What a folder with a model_index.json holds. Raises OSError."""
    blank = ModelInfo(path, format=ModelFormat.folder)
    index = read_json_object(path / INDEX)
    if index is None:
        return replace(blank, problem=_without_index(path))
    class_name = str(index.get("_class_name", ""))
    info = replace(blank, kind=ModelKind.checkpoint, pipeline_class=class_name)
    family = family_of_class(class_name)
    if family is None:
        return replace(info, problem=refusal_of_class(class_name))
    info = replace(info, **_from_configs(path, index, family))
    try:
        return replace(info, **_from_weights(_component_files(path, index)))
    except HeaderProblemError as error:
        return replace(info, problem=str(error))


def _without_index(path: Path) -> str:
    if (path / INDEX).exists():
        return f"{INDEX} is damaged. Download it again."
    if read_json_object(path / "config.json") is not None:
        return "This is only one part of a model. Choose the folder that contains it."
    return f"There is no model in this folder ({INDEX} is missing)."


def _from_configs(path: Path, index: dict[str, Any], family: Family) -> dict[str, Any]:
    """The fields of `ModelInfo` that the JSON files decide."""
    configs = (read_json_object(path / name / "config.json") for name in DENOISERS)
    denoiser = next((config for config in configs if config is not None), {})
    text_encoder = read_json_object(path / "text_encoder" / "config.json") or {}
    # Stable Diffusion 2 differs by its text encoder alone.
    if family is Family.sd15 and 1024 in (
        denoiser.get("cross_attention_dim"),
        text_encoder.get("hidden_size"),
    ):
        family = Family.sd2
    is_inpainting = family is Family.flux_fill or denoiser.get("in_channels") == 9
    speed, steps = _speed(path, index, denoiser, family)
    return {
        "family": family,
        "is_inpainting": is_inpainting,
        "speed": speed,
        "speed_steps": steps,
    }


Z_IMAGE_BASE_SHIFT = 4.0
"""Z-Image-Turbo was released with a time shift of 3, the model it was made from with 6."""


def _speed(
    path: Path, index: dict[str, Any], denoiser: dict[str, Any], family: Family
) -> tuple[str, int]:
    named = speed_in_name(_name_with_parents(path), family)
    if named[0]:
        return named
    return _speed_by_configs(path, index, denoiser, family), 0


def _speed_by_configs(
    path: Path, index: dict[str, Any], denoiser: dict[str, Any], family: Family
) -> str:
    scheduler = read_json_object(path / "scheduler" / "scheduler_config.json") or {}
    if family is Family.flux and denoiser.get("guidance_embeds") is False:
        return "schnell"
    if family is Family.flux2_klein and index.get("is_distilled") is False:
        return "klein-base"
    if family is Family.z_image and _number(scheduler.get("shift"), 6.0) < Z_IMAGE_BASE_SHIFT:
        return "z-image-turbo"
    return "lcm" if scheduler.get("_class_name") == "LCMScheduler" else ""


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _name_with_parents(path: Path) -> str:
    """The folder's name; in a Hugging Face cache the repository's."""
    return path.parents[1].name if path.parent.name == "snapshots" else path.name


def _component_files(path: Path, index: dict[str, Any]) -> dict[str, ComponentFiles]:
    names = [name for name, entry in index.items() if _has_weights(name, entry)][:MOST_COMPONENTS]
    # A name with a path in it would lead out of the folder.
    if not all(_NAME.fullmatch(name) for name in names):
        raise HeaderProblemError(f"{INDEX} is damaged. Download it again.")
    return {name: _files_of(path / name) for name in names}


def _has_weights(name: str, entry: object) -> bool:
    """Whether `entry` is [library, class] of a part with weights; [null, null] is left out."""
    match entry:
        case [str(), str(class_name)]:
            return name not in OPTIONAL and not class_name.endswith(_NO_WEIGHTS)
    return False


def _files_of(folder: Path) -> ComponentFiles:
    if not folder.is_dir():
        raise HeaderProblemError(f"{folder.name}/ is missing. The download isn't finished.")
    if not (folder / "config.json").is_file():
        raise HeaderProblemError(
            f"{folder.name}/config.json is missing. The download isn't finished."
        )
    return component_files(folder)


def _from_weights(parts: dict[str, ComponentFiles]) -> dict[str, Any]:
    """The fields of `ModelInfo` that the weights decide. Raises HeaderProblemError, OSError."""
    headers = {name: files.headers() for name, files in parts.items()}
    denoiser = next((headers[name] for name in DENOISERS if name in headers), [])
    if not denoiser:
        raise HeaderProblemError("The part that makes pictures (unet or transformer) is missing.")
    return {
        "nbytes": sum(files.nbytes for files in parts.values()),
        "dtype": denoiser[0].dtype,
        "variant": next((files.variant for files in parts.values() if files.variant), ""),
    }
