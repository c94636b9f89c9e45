"""Says what a file or folder is, in milliseconds and without loading weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from inpaint_studio.models.addon_signatures import recognise_addon, recognise_part
from inpaint_studio.models.component_files import PICKLES, UNFINISHED
from inpaint_studio.models.denoiser_signatures import recognise_denoiser
from inpaint_studio.models.diffusers_folder import (
    INDEX,
    LORA_FILE,
    actual_folder,
    identify_folder,
)
from inpaint_studio.models.gguf_header import ARCHITECTURE, LANGUAGE_MODELS, MAGIC, read_gguf_header
from inpaint_studio.models.lora_signatures import recognise_lora
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind
from inpaint_studio.models.recognised import Recognised, refused
from inpaint_studio.models.safetensors_header import read_safetensors_header
from inpaint_studio.models.variants import speed_in_name
from inpaint_studio.models.weights import HeaderProblemError, WeightsHeader

__all__ = ["ModelInfo", "ModelKind", "identify"]

UNSAFE = (
    "This format can run programs hidden in the file, so it is never opened. "
    "Get the model as .safetensors, or convert it with a tool you trust."
)
UNKNOWN = "What this file holds isn't known here."
HEAD_BYTES = 512
_ZIP = b"PK\x03\x04"
_PICKLE_PROTOCOLS = tuple(bytes([0x80, version]) for version in range(1, 6))


def identify(path: Path) -> ModelInfo:
    """What a diffusers folder, .safetensors or .gguf file is.

    Reads headers and JSON files only. Never raises for bad input: `problem` then says in the user's
    words what is wrong. The path in the answer is the one to load, which for a folder of the
    Hugging Face cache is the snapshot inside it.
    """
    try:
        return _identify_folder(path) if path.is_dir() else _identify_file(path)
    except FileNotFoundError:
        return ModelInfo(path, problem="This isn't there any more.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not allowed"
        return ModelInfo(path, problem=f"This can't be read: {reason}.")


def _identify_folder(path: Path) -> ModelInfo:
    folder = actual_folder(path)
    if not (folder / INDEX).exists() and (folder / LORA_FILE).is_file():
        return _identify_file(folder / LORA_FILE)
    return identify_folder(folder)


def _identify_file(path: Path) -> ModelInfo:
    blank = ModelInfo(path, nbytes=path.stat().st_size)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    problem = _problem_at_a_glance(path, head)
    if problem:
        return replace(blank, problem=problem)
    is_gguf = head.startswith(MAGIC)
    blank = replace(blank, format=ModelFormat.gguf if is_gguf else ModelFormat.safetensors)
    try:
        header = read_gguf_header(path) if is_gguf else read_safetensors_header(path)
    except HeaderProblemError as error:
        return replace(blank, problem=str(error))
    return _from_header(blank, header)


def _problem_at_a_glance(path: Path, head: bytes) -> str:
    suffix = path.suffix.lower()
    if suffix in UNFINISHED or path.with_name(path.name + ".aria2").exists():
        return "This download isn't finished."
    if not head:
        return "The file is empty. Download it again."
    if suffix in PICKLES or head.startswith((_ZIP, *_PICKLE_PROTOCOLS)):
        return UNSAFE
    if not head.strip(b"\0"):
        return "The file holds nothing but zeros: the download isn't finished."
    return _problem_of_text(head.lstrip().lower())


def _problem_of_text(head: bytes) -> str:
    if head.startswith(b"version https://git-lfs"):
        return "This is only a note where the model lies (git LFS). Download the model itself."
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "This is a web page, not a model. The download page was saved instead of the file."
    # A safetensors file starts with a length whose upper bytes are zeros; text has none.
    return "" if b"\0" in head[:8] or head.startswith(b"gguf") else "This is not a model file."


def _from_header(blank: ModelInfo, header: WeightsHeader) -> ModelInfo:
    notes = header.metadata
    title = notes.get("modelspec.title", notes.get("general.name", ""))
    architecture = notes.get("modelspec.architecture", "")
    hint = f"{blank.path.stem} {title} {architecture}".lower()
    found = _recognise(header, hint)
    named, steps = speed_in_name(f"{blank.path.stem} {title}", found.family)
    licence = notes.get("modelspec.license", notes.get("general.license", ""))
    return replace(
        blank,
        kind=found.kind,
        family=found.family,
        is_inpainting=found.is_inpainting,
        problem=found.problem,
        dtype=header.dtype,
        speed=found.speed or named,
        speed_steps=steps,
        title=title,
        licence=licence,
        trigger_words=_trigger_words(blank.path, header, found.kind),
    )


def _recognise(header: WeightsHeader, hint: str) -> Recognised:
    if header.metadata.get(ARCHITECTURE) in LANGUAGE_MODELS:
        return Recognised(ModelKind.text_encoder)
    return (
        recognise_lora(header)
        or recognise_addon(header)
        or recognise_denoiser(header, hint)
        or recognise_part(header)
        or refused(UNKNOWN)
    )


def _trigger_words(path: Path, header: WeightsHeader, kind: ModelKind) -> tuple[str, ...]:
    if kind is ModelKind.embedding:
        name = next(iter(header.tensors))
        return (name if name.startswith("<") else path.stem,)
    phrase = header.metadata.get("modelspec.trigger_phrase", "").strip()
    return (phrase,) if phrase and kind is ModelKind.lora else ()
