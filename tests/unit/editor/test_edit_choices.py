from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inpaint_studio.core.edit import DiffusionOptions, Intent, LoraChoice, PatchFillOptions
from inpaint_studio.editor.edit_choices import EditChoices, LoraUse
from inpaint_studio.models.families import FAMILIES, Family
from inpaint_studio.models.presets import PRESETS, PresetName
from tests.model_infos import embedding, lora, model

SDXL = EditChoices(model=model(), intent=Intent.fill)


def test_patch_fill_removes_and_varies_by_radius() -> None:
    params = EditChoices(patch_candidates=2, prompt="ignored", seed=7).params(99)
    assert params.intent is Intent.remove
    assert params.prompt == ""
    assert params.seed == 7
    assert params.options == PatchFillOptions((3, 5))
    assert EditChoices().intents == (Intent.remove,)


def test_a_model_gets_everything_that_was_chosen() -> None:
    use = LoraUse(lora(), 0.6)
    choices = replace(
        SDXL, prompt=" a chair ", negative_prompt=" text ", loras=(use,), candidates=3, grow=5
    )
    params = choices.params(42)
    assert (params.prompt, params.negative_prompt, params.seed) == ("a chair", "text", 42)
    assert (params.grow, params.feather) == (5, None)
    assert params.num_inference_steps == FAMILIES[Family.sdxl].default_steps
    assert params.guidance_scale == FAMILIES[Family.sdxl].default_guidance_scale
    assert params.options == DiffusionOptions(
        choices.model.path if choices.model else use.info.path,
        num_images_per_prompt=3,
        loras=(LoraChoice(use.info.path, 0.6),),
    )


@pytest.mark.parametrize("family", list(Family))
def test_every_family_can_be_asked_for_something(family: Family) -> None:
    choices = EditChoices(model=model(family))
    assert choices.intents
    assert Intent.expand not in choices.intents
    params = replace(choices, intent=choices.intents[-1], negative_prompt="x").params(0)
    assert params.num_inference_steps
    assert 0 < params.strength <= 1
    if not FAMILIES[family].has_negative_prompt:
        assert params.negative_prompt == ""


def test_removing_starts_from_noise_whatever_the_family_prefers() -> None:
    klein = EditChoices(model=model(Family.flux2_klein))
    assert klein.effective_strength == 1.0
    assert replace(klein, intent=Intent.fill).effective_strength == 0.8
    assert replace(klein, strength=0.3).effective_strength == 0.3


def test_a_family_without_strength_has_none() -> None:
    assert EditChoices(model=model(Family.flux_fill), strength=0.3).effective_strength == 1.0


def test_presets_count_steps_and_custom_uses_the_given_ones() -> None:
    usual = SDXL.effective_steps
    assert replace(SDXL, preset=PresetName.draft).effective_steps == usual // 2
    assert replace(SDXL, preset=PresetName.quality).effective_steps > usual
    custom = replace(SDXL, preset=PresetName.custom, steps=7, guidance_scale=2.5)
    assert (custom.effective_steps, custom.effective_guidance_scale) == (7, 2.5)
    assert replace(custom, preset=PresetName.balanced).effective_steps == usual
    options = replace(SDXL, preset=PresetName.draft).params(0).options
    assert isinstance(options, DiffusionOptions)
    assert options.step_cache is PRESETS[PresetName.draft].step_cache


def test_a_draft_is_made_small_and_only_once() -> None:
    draft = replace(SDXL, preset=PresetName.draft)
    most = FAMILIES[Family.sdxl].sizes.maximum_pixels
    assert draft.params(0).most_pixels == round(0.6 * most)
    assert not draft.params(0).refines
    assert replace(draft, intent=Intent.expand, can_expand=True).params(0).refines
    for preset in (PresetName.balanced, PresetName.quality, PresetName.custom):
        params = replace(SDXL, preset=preset).params(0)
        assert (params.most_pixels, params.refines) == (None, True)
    assert EditChoices(preset=PresetName.draft).params(0).most_pixels is None


def test_where_the_model_lies_and_who_lends_to_it_goes_along() -> None:
    folder = Path("companion")
    options = replace(SDXL, placement="cpu", companion=folder).params(0).options
    assert isinstance(options, DiffusionOptions)
    assert (options.placement, options.companion) == ("cpu", folder)


def test_a_few_step_model_or_lora_sets_the_defaults() -> None:
    lightning = EditChoices(model=model(speed="lightning", speed_steps=4))
    assert lightning.effective_steps == 4
    assert not lightning.has_negative_prompt
    fast = replace(SDXL, loras=(LoraUse(lora(speed="lcm")),))
    assert fast.effective_steps < SDXL.effective_steps


def test_loras_of_another_family_wait() -> None:
    choices = replace(SDXL, loras=(LoraUse(lora(Family.sd15)), LoraUse(lora(name="other"))))
    assert [use.info.name for use in choices.active_loras] == ["other"]
    options = choices.params(0).options
    assert isinstance(options, DiffusionOptions)
    assert len(options.loras) == 1


def test_words_compiling_and_matching_go_along() -> None:
    words = (embedding(), embedding(Family.sd15, "other"))
    choices = replace(SDXL, embeddings=words, compile=True, colour_match=0.5, grain_match=0.0)
    params = choices.params(0)
    assert isinstance(params.options, DiffusionOptions)
    assert params.options.embeddings == (embedding().path,)
    assert params.options.compile
    assert (params.colour_match, params.grain_match) == (0.5, 0.0)
    usual = SDXL.params(0)
    assert usual.options == DiffusionOptions(model().path, num_images_per_prompt=2)
    assert (usual.colour_match, usual.grain_match) == (1.0, 1.0)


def test_expanding_is_offered_where_the_frame_is_uncovered() -> None:
    assert EditChoices(can_expand=True).intents == (Intent.remove, Intent.expand)
    choices = EditChoices(model=model(Family.flux2_klein), can_expand=True)
    place = choices.intents.index(Intent.expand)
    assert choices.intents[place - 1] is Intent.fill
    assert replace(choices, intent=Intent.expand).effective_strength == 1.0
