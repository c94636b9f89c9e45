"""Why a model or an add-on can't be used for an edit, in plain words; the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from inpaint_studio.errors import shown_name
from inpaint_studio.models.families import FAMILIES, Family
from inpaint_studio.models.model_info import ModelInfo, ModelKind

MODEL_KINDS = frozenset({ModelKind.checkpoint, ModelKind.transformer})
"""What an edit can be made with."""
ADDON_KINDS = frozenset({ModelKind.lora, ModelKind.embedding})
"""What can be added to a model."""


def why_not_model(info: ModelInfo, missing: Sequence[str] = ()) -> str:
    """Why nothing can be edited with it, "" where it can. `missing`: packages not installed."""
    name = shown_name(info.path)
    if info.problem:
        return f"{name}: {info.problem}"
    if info.kind is ModelKind.lora:
        return f"{name} is a LoRA. Choose a model, then add the LoRA to it."
    if info.kind not in MODEL_KINDS or info.family is None:
        return f"{name} is no model to edit with ({info.kind.value})."
    if missing:
        return f"Models need packages that are not installed: {', '.join(missing)}."
    return ""


def why_not_lora(info: ModelInfo, model: ModelInfo | None) -> str:
    """Why a LoRA can't be used with the chosen model (None: patch fill), "" where it can."""
    return _why_not_addon(info, model, ModelKind.lora)


def why_not_embedding(info: ModelInfo, model: ModelInfo | None) -> str:
    """The same for a textual inversion."""
    return _why_not_addon(info, model, ModelKind.embedding)


def _why_not_addon(info: ModelInfo, model: ModelInfo | None, kind: ModelKind) -> str:
    name = shown_name(info.path)
    if info.problem:
        return f"{name}: {info.problem}"
    if info.kind is not kind:
        return f"{name} is no {kind.value}."
    if model is None:
        return f"{name} is a {kind.value}. Choose a model, then add the {kind.value} to it."
    if info.family is not model.family:
        made_for, chosen = family_label(info.family), family_label(model.family)
        return f"{name} is a {kind.value} for {made_for}; the chosen model is {chosen}."
    return ""


def family_label(family: Family | None) -> str:
    """What people call a family."""
    return "an unknown model" if family is None else FAMILIES[family].label
