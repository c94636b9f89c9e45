from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.edit import Intent
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.models.presets import PresetName
from inpaint_studio.settings import Settings
from tests.model_infos import embedding, lora, model


@pytest.fixture
def chosen(qtbot: QtBot) -> EditSettings:
    return EditSettings()


def test_it_tells_changes_and_only_those(chosen: EditSettings, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chosen.changed):
        chosen.change(prompt="a chair")
    with qtbot.assertNotEmitted(chosen.changed):
        chosen.change(prompt="a chair")


def test_an_unknown_field_is_a_mistake_in_the_program(chosen: EditSettings) -> None:
    with pytest.raises(TypeError):
        chosen.change(colour="red")


def test_an_intent_that_the_engine_lacks_falls_back(chosen: EditSettings) -> None:
    chosen.choose_model(model(Family.flux2_klein))
    chosen.choose_intent(Intent.instruct)
    assert chosen.choices.intent is Intent.instruct
    chosen.choose_model(model(Family.sdxl))
    assert chosen.choices.intent is Intent.remove
    chosen.choose_intent(Intent.fill)
    chosen.choose_model(None)
    assert chosen.choices.intent is Intent.remove


def test_another_model_forgets_what_suited_the_last_one(chosen: EditSettings) -> None:
    chosen.choose_model(model())
    chosen.set_custom(steps=9)
    chosen.change(strength=0.4, scheduler="euler", prompt="kept")
    chosen.choose_model(model())
    assert chosen.choices.steps == 9
    chosen.choose_model(model(Family.flux, "another"))
    assert (chosen.choices.steps, chosen.choices.strength, chosen.choices.scheduler) == (
        None,
        None,
        "",
    )
    assert chosen.choices.prompt == "kept"


def test_steps_by_hand_make_a_custom_preset(chosen: EditSettings) -> None:
    chosen.choose_model(model())
    chosen.choose_preset(PresetName.quality)
    steps = chosen.choices.effective_steps
    chosen.set_custom(guidance_scale=3.0)
    assert chosen.choices.preset is PresetName.custom
    assert (chosen.choices.effective_steps, chosen.choices.guidance_scale) == (steps, 3.0)
    chosen.choose_preset(PresetName.balanced)
    assert chosen.choices.effective_guidance_scale != 3.0
    chosen.choose_preset(PresetName.custom)
    assert chosen.choices.steps == chosen.choices.effective_steps


def test_loras_are_added_weighed_and_removed(chosen: EditSettings, qtbot: QtBot) -> None:
    chosen.choose_model(model())
    chosen.add_lora(lora())
    chosen.add_lora(lora())
    assert len(chosen.choices.loras) == 1
    chosen.set_lora_weight(lora().path, 0.3)
    assert chosen.choices.loras[0].weight == 0.3
    chosen.remove_lora(lora().path)
    assert chosen.choices.loras == ()


def test_textual_inversions_are_added_and_removed(chosen: EditSettings) -> None:
    chosen.choose_model(model())
    for info in (embedding(), embedding(), lora()):
        chosen.add_addon(info)
    assert chosen.choices.embeddings == (embedding(),)
    assert [use.info for use in chosen.choices.loras] == [lora()]
    chosen.remove_embedding(embedding().path)
    assert chosen.choices.embeddings == ()


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (embedding(Family.sd15), "a textual inversion for Stable Diffusion 1.5; the chosen model"),
        (embedding(problem="This download isn't finished."), "isn't finished"),
        (model(name="whole"), "whole.safetensors is no LoRA"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    chosen: EditSettings, qtbot: QtBot, info: ModelInfo, words: str
) -> None:
    chosen.choose_model(model())
    with qtbot.waitSignal(chosen.refused) as refused:
        chosen.add_addon(info)
    assert words in str(refused.args)
    assert chosen.choices.embeddings == ()


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (lora(Family.sd15), "a LoRA for Stable Diffusion 1.5; the chosen model is"),
        (model(name="whole"), "whole.safetensors is no LoRA"),
        (lora(problem="This download isn't finished."), "isn't finished"),
    ],
)
def test_what_is_no_fitting_lora_is_refused_in_words(
    chosen: EditSettings, qtbot: QtBot, info: object, words: str
) -> None:
    chosen.choose_model(model())
    with qtbot.waitSignal(chosen.refused) as refused:
        chosen.add_lora(info)  # pyright: ignore[reportArgumentType]
    assert words in str(refused.args)
    assert chosen.choices.loras == ()


def test_seeds_are_random_until_one_is_locked(chosen: EditSettings) -> None:
    assert len({chosen.next_params().seed for _ in range(20)}) > 1
    chosen.change(seed=5)
    assert {chosen.next_params().seed for _ in range(5)} == {5}


def test_the_next_session_starts_with_the_same_numbers(chosen: EditSettings) -> None:
    settings = Settings()
    chosen.choose_model(model())
    chosen.set_custom(steps=12)
    chosen.change(candidates=4, patch_candidates=1)
    chosen.keep(settings)
    later = EditSettings()
    settings.set("compile_models", True)
    later.restore(settings)
    assert later.choices.preset is PresetName.custom
    assert (later.choices.steps, later.choices.candidates) == (12, 4)
    assert later.choices.patch_candidates == 1
    assert later.choices.compile
    assert not chosen.choices.compile
    assert later.choices.model is None
