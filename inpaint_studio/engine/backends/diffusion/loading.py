"""Loads a model: part by part, offline, safetensors only, onto the CPU.

The parts are named by the model_index.json of a diffusers folder, the model's own or a bundled
one; each comes from the folder, from a single file or from what is bundled.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from inpaint_studio.core.edit import DiffusionOptions
from inpaint_studio.engine.backend import OnLoad
from inpaint_studio.engine.backends.diffusion.clip_tokenizer import (
    END,
    OPEN_CLIP_PADDING,
    clip_tokenizer,
)
from inpaint_studio.engine.backends.diffusion.errors_in_words import told_in_words
from inpaint_studio.engine.backends.diffusion.folder_parts import load_part, weight_bytes
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.engine.backends.diffusion.schedulers import (
    apply_scheduler,
    unsuitable,
)
from inpaint_studio.engine.backends.diffusion.single_file import (
    STARTS,
    Checkpoint,
    bundled_folder,
    described_beside,
    has_configs,
    is_complete,
    load_denoiser,
)
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.companions import find_companion
from inpaint_studio.models.diffusers_folder import DENOISERS, INDEX, OPTIONAL
from inpaint_studio.models.families import Family
from inpaint_studio.models.json_files import read_json_object
from inpaint_studio.models.model_info import ModelFormat, ModelInfo
from inpaint_studio.models.roles import problem_as_model
from inpaint_studio.models.schedulers import scheduler_named

diffusers = import_module("diffusers")

PIPELINES = {
    Family.sd15: "StableDiffusionInpaintPipeline",
    Family.sd2: "StableDiffusionInpaintPipeline",
    Family.sdxl: "StableDiffusionXLInpaintPipeline",
    Family.sd3: "StableDiffusion3InpaintPipeline",
    Family.flux_fill: "FluxFillPipeline",
    Family.flux: "FluxInpaintPipeline",
    Family.flux_kontext: "FluxKontextPipeline",
    Family.flux2_klein: "Flux2KleinPipeline",
    Family.qwen_image: "QwenImageInpaintPipeline",
    Family.qwen_image_edit: "QwenImageEditPipeline",
    Family.z_image: "ZImageInpaintPipeline",
    Family.chroma: "ChromaInpaintPipeline",
}
"""What a family is loaded as; other tasks share the parts (`from_pipe`)."""

EDIT_PLUS = "QwenImageEditPlusPipeline"
PADDING = {"tokenizer": END, "tokenizer_2": OPEN_CLIP_PADDING}
WORDS = {
    "unet": "the part that paints",
    "transformer": "the part that paints",
    "vae": "the image decoder",
    "text_encoder": "the text encoder",
    "text_encoder_2": "the second text encoder",
    "text_encoder_3": "the third text encoder",
}


@dataclass(frozen=True)
class Part:
    """One part of a pipeline. `nbytes`: of its weights, for the progress."""

    name: str
    nbytes: int
    load: Callable[[], Any]


@dataclass(frozen=True)
class Plan:
    """What to load. `settings`: the pipeline's own few values."""

    class_name: str
    parts: tuple[Part, ...]
    settings: dict[str, Any]


def load_components(
    info: ModelInfo,
    options: DiffusionOptions,
    dtype: torch.dtype,
    on_load: OnLoad,
    component_folder: Path | None = None,
) -> Any:
    """Return the model as a diffusers pipeline on the CPU, with the scheduler of the options.

    LoRAs and embeddings are not applied: a wrong one must not cost the loaded model.
    `component_folder`: where a bare transformer's text encoders and VAE are; None = look near the
    file. `on_load` hears of every part. Raises FileProblemError that names the file,
    EditRefusedError for a scheduler of another kind, and whatever `on_load` raises.
    """
    problem = problem_as_model(info)
    if problem or info.family is None:
        raise FileProblemError(info.path, problem or "is of a kind that can't be used here yet.")
    if options.scheduler and scheduler_named(options.scheduler, info.family) is None:
        raise unsuitable(options.scheduler)
    with quiet_libraries():
        plan = _plan(info, info.family, dtype, component_folder)
        parts = _load_all(plan, on_load)
        with told_in_words(info.path):
            pipe = getattr(diffusers, plan.class_name)(**parts, **plan.settings)
        pipe.set_progress_bar_config(disable=True)
        apply_scheduler(pipe, options.scheduler)
    return pipe


def _load_all(plan: Plan, on_load: OnLoad) -> dict[str, Any]:
    total = max(1, sum(part.nbytes for part in plan.parts))
    done = 0
    loaded: dict[str, Any] = {}
    for part in plan.parts:
        if part.nbytes:
            on_load(done / total, f"Loading {WORDS.get(part.name, 'the model')}")
        loaded[part.name] = part.load()
        done += part.nbytes
    on_load(1.0, "Model loaded")
    return loaded


def _plan(
    info: ModelInfo, family: Family, dtype: torch.dtype, component_folder: Path | None
) -> Plan:
    if info.format is ModelFormat.folder:
        return _folder_plan(info, family, dtype)
    if is_complete(info):
        return _checkpoint_plan(info, family, dtype)
    return _denoiser_plan(info, family, dtype, component_folder)


MakePart = Callable[[str, str, str], Part]
"""(name, library, class name) -> the part, not loaded yet."""


def _plan_by_index(family: Family, folder: Path, make: MakePart) -> Plan:
    """The parts that `folder`'s index names and the pipeline takes; what it lacks becomes None."""
    index = read_json_object(folder / INDEX)
    if index is None:
        raise FileProblemError(folder, f"{INDEX} is missing or damaged. Download it again.")
    named = str(index.get("_class_name"))
    class_name = EDIT_PLUS if named == EDIT_PLUS else PIPELINES[family]
    wanted = inspect.signature(getattr(diffusers, class_name).__init__).parameters
    parts: list[Part] = []
    settings: dict[str, Any] = {name: None for name in OPTIONAL if name in wanted}
    for name in (name for name in wanted if name not in OPTIONAL):
        match index.get(name):
            case [str(library), str(class_of_part)]:
                parts.append(make(name, library, class_of_part))
            case [None, None]:
                settings[name] = None
            case str() | bool() | int() | float() as value:
                settings[name] = value
    if "requires_safety_checker" in wanted:
        settings["requires_safety_checker"] = False
    return Plan(class_name, tuple(parts), settings)


def _folder_plan(info: ModelInfo, family: Family, dtype: torch.dtype) -> Plan:
    """Everything from a diffusers folder."""

    def make(name: str, library: str, class_name: str) -> Part:
        return _from(info.path, name, library, class_name, dtype)

    return _plan_by_index(family, info.path, make)


def _from(folder: Path, name: str, library: str, class_name: str, dtype: torch.dtype) -> Part:
    """A part that lies in a diffusers folder."""
    return Part(
        name,
        weight_bytes(folder, name),
        lambda: load_part(folder, name, library, class_name, dtype),
    )


def _checkpoint_plan(info: ModelInfo, family: Family, dtype: torch.dtype) -> Plan:
    """Networks from a file that holds all of them, the rest from what describes it."""
    folder = described_beside(info.path) or bundled_folder(info)
    checkpoint = Checkpoint.open(info.path)

    def make(name: str, library: str, class_name: str) -> Part:
        if name in STARTS:
            nbytes = checkpoint.nbytes(name)
            return Part(name, nbytes, lambda: checkpoint.network(folder, name, class_name, dtype))
        if name == "scheduler":
            return Part(name, 0, lambda: _scheduler(folder, library, class_name, checkpoint))
        if (folder / name).is_dir():
            return _from(folder, name, library, class_name, dtype)
        return Part(name, 0, lambda: clip_tokenizer(PADDING[name]))

    return _plan_by_index(family, folder, make)


def _scheduler(folder: Path, library: str, class_name: str, checkpoint: Checkpoint) -> Any:
    scheduler = load_part(folder, "scheduler", library, class_name, torch.float32)
    return type(scheduler).from_config(scheduler.config, **checkpoint.scheduler_changes)


def _denoiser_plan(
    info: ModelInfo, family: Family, dtype: torch.dtype, component_folder: Path | None
) -> Plan:
    """The denoiser from the file, the rest from a diffusers folder."""
    lender = find_companion(info, component_folder)

    def make(name: str, library: str, class_name: str) -> Part:
        if name not in DENOISERS:
            return _from(lender.path, name, library, class_name, dtype)
        config = _denoiser_config(info, lender, name)
        return Part(name, info.nbytes, lambda: load_denoiser(info, class_name, config, dtype))

    return _plan_by_index(family, lender.path, make)


def _denoiser_config(info: ModelInfo, lender: ModelInfo, name: str) -> Path:
    """The lender's config if it is of the very same kind, else the bundled one."""
    is_same = (info.family, info.is_inpainting) == (lender.family, lender.is_inpainting)
    is_same &= (info.speed == "schnell") == (lender.speed == "schnell")
    has_bundled = has_configs(info)
    return lender.path / name if is_same or not has_bundled else bundled_folder(info) / name
