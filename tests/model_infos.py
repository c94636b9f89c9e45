"""What detection would say of models that are not there, for tests of choices and panels."""

from __future__ import annotations

from pathlib import Path

from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind

FOLDER = Path("/models")


def model(family: Family = Family.sdxl, name: str = "painter", **fields: object) -> ModelInfo:
    """A usable model of 7 GB."""
    info = {"kind": ModelKind.checkpoint, "format": ModelFormat.safetensors, "nbytes": 7 << 30}
    path = FOLDER / f"{name}.safetensors"
    return ModelInfo(path, family=family, **(info | fields))  # pyright: ignore[reportArgumentType]


def lora(family: Family = Family.sdxl, name: str = "style", **fields: object) -> ModelInfo:
    """A usable LoRA."""
    return model(family, name, **({"kind": ModelKind.lora, "nbytes": 1 << 20} | fields))


def embedding(family: Family = Family.sdxl, name: str = "word", **fields: object) -> ModelInfo:
    """A usable textual inversion that listens to its name."""
    usual = {"kind": ModelKind.embedding, "nbytes": 1 << 12, "trigger_words": (name,)}
    return model(family, name, **(usual | fields))
