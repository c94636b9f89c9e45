"""Turns the arguments of `edit` into an edit, or says in one sentence why it can't be one."""

from __future__ import annotations

import argparse
from pathlib import Path

from inpaint_studio.commandline.arguments import LoraArgument
from inpaint_studio.core.edit import EditParams, Intent
from inpaint_studio.editor.edit_choices import EditChoices, LoraUse, intents_of
from inpaint_studio.editor.machine import install_command, missing_packages
from inpaint_studio.editor.model_reasons import why_not_embedding, why_not_lora, why_not_model
from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.models.companions import find_companion
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import FAMILIES, FamilyInfo
from inpaint_studio.models.model_info import ModelInfo, ModelKind
from inpaint_studio.models.presets import PresetName
from inpaint_studio.models.schedulers import scheduler_named, schedulers_for


def params_from(options: argparse.Namespace) -> EditParams:
    """The edit that was asked for. Raises InpaintStudioError where the model can't do it."""
    model = _model_at(options.model)
    assert model.family is not None
    family = FAMILIES[model.family]
    intent = Intent(options.intent)
    _check_intent(intent, family, options)
    _check_values(family, options)
    by_hand = options.steps is not None or options.guidance_scale is not None
    choices = EditChoices(
        model=model,
        intent=intent,
        prompt=options.prompt,
        negative_prompt=options.negative_prompt,
        strength=options.strength,
        steps=options.steps,
        guidance_scale=options.guidance_scale,
        preset=PresetName.custom if by_hand else PresetName(options.preset),
        scheduler=options.scheduler.strip().lower(),
        loras=tuple(_lora(argument, model) for argument in options.lora),
        embeddings=tuple(_embedding(path, model) for path in options.embedding),
        candidates=options.candidates,
        placement=options.placement,
        compile=options.compile,
        colour_match=options.colour_match,
        grain_match=options.grain_match,
        companion=_companion(options.companion, model),
    )
    if options.negative_prompt and not choices.has_negative_prompt:
        guidance = f" at guidance {choices.effective_guidance_scale:g}"
        raise InpaintStudioError(
            f"{family.label} has no use for a negative prompt"
            f"{guidance if family.has_negative_prompt else ''}: leave --negative-prompt away."
        )
    return choices.params(options.seed)


def choices_for_expanding(options: argparse.Namespace) -> EditChoices:
    """What `expand` was asked for. Raises InpaintStudioError where the model can't do it."""
    if options.model is None:
        for name in ("prompt", "steps", "companion"):
            if getattr(options, name):
                raise InpaintStudioError(
                    f"Without --model texture is copied: --{name} means nothing."
                )
        return EditChoices(patch_candidates=options.candidates, seed=options.seed)
    model = _model_at(options.model)
    assert model.family is not None
    family = FAMILIES[model.family]
    if Intent.fill not in intents_of(family):
        raise InpaintStudioError(f"{family.label} can't expand a picture.")
    return EditChoices(
        model=model,
        intent=Intent.expand,
        can_expand=True,
        prompt=options.prompt,
        steps=options.steps,
        preset=PresetName.balanced if options.steps is None else PresetName.custom,
        candidates=options.candidates,
        seed=options.seed,
        companion=_companion(options.companion, model),
    )


def _companion(folder: Path | None, model: ModelInfo) -> Path | None:
    if folder is None:
        return None
    _must_exist(folder)
    if model.kind is not ModelKind.transformer:
        raise InpaintStudioError(f"{model.path.name} is complete: leave --companion away.")
    return find_companion(model, folder).path


def _model_at(path: Path) -> ModelInfo:
    _must_exist(path)
    model = identify(path)
    missing = missing_packages()
    reason = why_not_model(model, missing)
    if reason and missing and model.is_usable:
        reason += f" Install them with: {install_command()}"
    if reason:
        raise InpaintStudioError(reason)
    return model


def _lora(argument: LoraArgument, model: ModelInfo) -> LoraUse:
    _must_exist(argument.path)
    info = identify(argument.path)
    reason = why_not_lora(info, model)
    if reason:
        raise InpaintStudioError(reason)
    return LoraUse(info, argument.weight)


def _embedding(path: Path, model: ModelInfo) -> ModelInfo:
    _must_exist(path)
    info = identify(path)
    reason = why_not_embedding(info, model)
    if reason:
        raise InpaintStudioError(reason)
    return info


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise InpaintStudioError(f"{path}: there is no such file or folder.")


def _check_intent(intent: Intent, family: FamilyInfo, options: argparse.Namespace) -> None:
    known = intents_of(family)
    if intent not in known and not (intent is Intent.expand and Intent.fill in known):
        able = ", ".join(i.value for i in known)
        raise InpaintStudioError(f"{family.label} can't {intent.value}; it knows: {able}.")
    if options.mask is None and intent is not Intent.instruct:
        raise InpaintStudioError(f"The intent {intent.value} needs --mask: white = change.")
    if intent is Intent.instruct and not options.prompt.strip():
        raise InpaintStudioError("Say what should change with --prompt.")


def _check_values(family: FamilyInfo, options: argparse.Namespace) -> None:
    if options.strength is not None and not family.has_strength:
        raise InpaintStudioError(f"{family.label} always starts from noise: leave --strength away.")
    if options.scheduler and scheduler_named(options.scheduler, family.family) is None:
        names = ", ".join(choice.name for choice in schedulers_for(family.family))
        raise InpaintStudioError(
            f"{family.label} knows no scheduler {options.scheduler}; it knows: {names}."
        )
