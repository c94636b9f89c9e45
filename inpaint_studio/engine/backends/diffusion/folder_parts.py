"""Loads one part of a diffusers folder: a network, a scheduler, a tokenizer, a processor."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from inpaint_studio.engine.backends.diffusion.errors_in_words import refuse_missing, told_in_words
from inpaint_studio.engine.backends.diffusion.text_processors import QwenImageTextProcessor
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.component_files import component_files
from inpaint_studio.models.weights import HeaderProblemError

# Fill themselves in lazily, which type checkers can't follow.
diffusers = import_module("diffusers")
transformers = import_module("transformers")

LIBRARIES = {"diffusers": diffusers, "transformers": transformers}
QWEN_PROCESSORS = ("Qwen2VLProcessor", "Qwen2_5_VLProcessor")


def part_class(folder: Path, library: str, class_name: str) -> Any:
    """The class that a model_index.json names. Raises FileProblemError for a foreign one."""
    found = getattr(LIBRARIES.get(library), class_name, None)
    if found is None:
        raise FileProblemError(
            folder, f"needs a part that isn't known here ({class_name}). Update Inpaint Studio."
        )
    return found


def weight_bytes(folder: Path, name: str) -> int:
    """Bytes of a part's weights; 0 for a part without any."""
    try:
        return component_files(folder / name).nbytes
    except (HeaderProblemError, OSError):
        return 0


def load_part(folder: Path, name: str, library: str, class_name: str, dtype: torch.dtype) -> Any:
    """The part `name` of the model in `folder`. Raises FileProblemError in the user's words."""
    if not (folder / name).is_dir():
        raise FileProblemError(folder, f"{name}/ is missing. The download isn't finished.")
    if class_name in QWEN_PROCESSORS:
        return _qwen_processor(folder, name)
    cls = part_class(folder, library, class_name)
    if isinstance(cls, type) and issubclass(cls, torch.nn.Module):
        return _network(cls, folder, name, dtype)
    with told_in_words(folder / name):
        return cls.from_pretrained(folder, subfolder=name, local_files_only=True)


def _network(cls: Any, folder: Path, name: str, dtype: torch.dtype) -> Any:
    try:
        files = component_files(folder / name)
    except HeaderProblemError as error:
        raise FileProblemError(folder, str(error)) from error
    with told_in_words(files.paths[0]):
        network, report = cls.from_pretrained(
            folder,
            subfolder=name,
            dtype=dtype,
            variant=files.variant or None,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
        refuse_missing(files.paths[0], list(report["missing_keys"]))
    return network.eval()


def _qwen_processor(folder: Path, name: str) -> QwenImageTextProcessor:
    with told_in_words(folder / name):
        from_folder = {"subfolder": name, "local_files_only": True}
        return QwenImageTextProcessor(
            transformers.Qwen2VLImageProcessor.from_pretrained(folder, **from_folder),
            transformers.Qwen2Tokenizer.from_pretrained(folder, **from_folder),
        )
