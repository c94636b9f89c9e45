"""Whether something identified fits the role it was chosen for, and if not, why."""

from __future__ import annotations

from inpaint_studio.models.families import FAMILIES, Family
from inpaint_studio.models.lora_signatures import lora_fits
from inpaint_studio.models.model_info import ModelInfo, ModelKind

MODELS = frozenset({ModelKind.checkpoint, ModelKind.transformer})

_PLACES = {
    ModelKind.lora: "Add it under LoRAs.",
    ModelKind.embedding: "Add it under embeddings.",
}


def problem_as_model(info: ModelInfo) -> str:
    """Why this can't be the model of an edit, "" if it can."""
    if info.problem or info.kind in MODELS:
        return info.problem
    return f"This is {_described(info)}, not a model. {_PLACES.get(info.kind, '')}".strip()


def problem_as_lora(info: ModelInfo, model: Family | None) -> str:
    """Why this can't be used as a LoRA with a model of that family, "" if it can."""
    return _problem_as(info, ModelKind.lora, model)


def problem_as_embedding(info: ModelInfo, model: Family | None) -> str:
    """Why this can't be used as a textual inversion with a model of that family, or ""."""
    return _problem_as(info, ModelKind.embedding, model)


def _problem_as(info: ModelInfo, kind: ModelKind, model: Family | None) -> str:
    if info.problem:
        return info.problem
    if info.kind is not kind:
        return f"This is {_described(info)}, not {_with_article(kind)}."
    if lora_fits(info.family, model) or model is None:
        return ""
    return f"This is {_described(info)}. It doesn't fit {FAMILIES[model].label}."


def _described(info: ModelInfo) -> str:
    family = f" for {FAMILIES[info.family].label}" if info.family else ""
    return _with_article(info.kind) + family


def _with_article(kind: ModelKind) -> str:
    starts_with_vowel = kind.value[0] in "aeiouAEIOU"
    return f"{'an' if starts_with_vowel else 'a'} {kind.value}"
