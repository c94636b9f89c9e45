"""The edit panel with its advanced part, by real clicks and keys."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inpaint_studio.core.edit import Intent
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.models.families import FAMILIES, Family
from inpaint_studio.models.presets import PresetName
from inpaint_studio.ui.panels.edit_panel import RANDOM, EditPanel
from inpaint_studio.ui.panels.strength_words import strength_words
from inpaint_studio.ui.theme import apply_theme
from inpaint_studio.ui.widgets import ValueField
from tests.documents import noise_document
from tests.fake_engine import FakeEngine
from tests.model_infos import embedding, lora, model

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Desk:
    """A panel and what it changes."""

    panel: EditPanel
    settings: EditSettings
    edits: EditController


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    apply_theme(qapp, "dark")
    session = EditorSession(1 << 30)
    settings = EditSettings()
    edits = EditController(session, FakeEngine(), settings)
    session.open(noise_document())
    panel = EditPanel(edits)
    panel.resize(280, 700)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return Desk(panel, settings, edits)


@pytest.fixture
def with_model(desk: Desk) -> Desk:
    desk.settings.choose_model(model())
    desk.settings.choose_intent(Intent.fill)
    desk.panel.advanced.set_expanded(True)
    return desk


def type_number(field: ValueField, text: str) -> None:
    field.field.setFocus()
    field.field.selectAll()
    QTest.keyClicks(field.field, text)
    QTest.keyClick(field.field, Qt.Key.Key_Return)


def test_patch_fill_has_its_own_candidates_and_no_strength(desk: Desk) -> None:
    panel = desk.panel
    assert panel.patch_candidates.isVisible()
    for widget in (panel.strength, panel.candidates, panel.preset, panel.advanced.steps):
        assert not widget.isVisible()
    type_number(panel.patch_candidates, "2")
    assert desk.settings.choices.patch_candidates == 2


def test_strength_says_what_it_will_do(with_model: Desk) -> None:
    panel = with_model.panel
    type_number(panel.strength, "0.5")
    assert with_model.settings.choices.strength == 0.5
    assert panel.strength_words.text() == "Retouches: shapes stay, surfaces change."
    assert strength_words(1.0) != strength_words(0.9) != strength_words(0.0)
    with_model.settings.choose_model(model(Family.flux_fill))
    assert not panel.strength.isVisible()


def test_candidates_and_steps_by_typing(with_model: Desk) -> None:
    type_number(with_model.panel.candidates, "8")
    type_number(with_model.panel.advanced.steps, "12")
    type_number(with_model.panel.advanced.guidance, "3.5")
    choices = with_model.settings.choices
    assert choices.candidates == 8
    assert (choices.preset, choices.steps) == (PresetName.custom, 12)
    assert choices.guidance_scale == 3.5
    assert with_model.panel.preset.text() == "Custom ▾"


def test_presets_change_the_steps_shown(with_model: Desk) -> None:
    panel = with_model.panel
    usual = panel.advanced.steps.value()
    panel.preset.actions_by_preset[PresetName.draft].trigger()
    assert panel.advanced.steps.value() == usual / 2
    assert panel.preset.text() == "Draft ▾"


def test_a_seed_is_random_typed_or_kept_from_the_last_edit(desk: Desk) -> None:
    panel = desk.panel
    assert panel.seed.text() == "random"
    panel.seed.setFocus()
    panel.seed.selectAll()
    QTest.keyClicks(panel.seed, "42")
    QTest.keyClick(panel.seed, Qt.Key.Key_Return)
    assert desk.settings.choices.seed == 42
    assert panel.lock.isChecked()
    QTest.mouseClick(panel.lock, LEFT)
    assert desk.settings.choices.seed is None
    assert panel.seed.value() == RANDOM
    desk.edits.submitted.emit(desk.settings.choices.params(77))
    QTest.mouseClick(panel.lock, LEFT)
    assert desk.settings.choices.seed == 77
    panel.seed.reset_requested.emit()
    assert desk.settings.choices.seed is None


def test_where_the_model_lies_can_be_chosen(with_model: Desk) -> None:
    box = with_model.panel.advanced.memory
    assert box.currentText() == "What fits"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert with_model.settings.choices.placement == "whole"
    with_model.settings.choose_model(model(Family.sd15, "other"))
    assert box.currentText() == "What fits"


def test_schedulers_are_those_of_the_family(with_model: Desk) -> None:
    box = with_model.panel.advanced.scheduler
    names = [box.itemText(index) for index in range(box.count())]
    assert names[0] == "Model's own"
    assert "euler a" in names
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert with_model.settings.choices.scheduler == names[1]
    with_model.settings.choose_model(model(Family.flux))
    assert box.findText("euler a") == -1
    assert box.currentIndex() == 0


def test_the_negative_prompt_is_there_only_where_it_acts(with_model: Desk) -> None:
    advanced = with_model.panel.advanced
    QTest.keyClicks(advanced.negative, "text")
    assert with_model.settings.choices.negative_prompt == "text"
    type_number(advanced.guidance, "1")
    assert not advanced.negative.isVisible()
    with_model.settings.choose_model(model(Family.flux_fill))
    assert not advanced.negative.isVisible()
    most = FAMILIES[Family.flux_fill].max_guidance_scale
    assert advanced.guidance.field.maximum() == most


def test_edges_are_automatic_until_set(with_model: Desk) -> None:
    feather = with_model.panel.advanced.edge["feather"]
    assert feather.field.text() == "auto"
    type_number(feather, "12")
    assert with_model.settings.choices.feather == 12
    type_number(feather, "-1")
    assert with_model.settings.choices.feather is None


def test_loras_are_weighed_and_removed(with_model: Desk, qtbot: QtBot) -> None:
    loras = with_model.panel.advanced.loras
    with_model.settings.add_lora(lora(name="one"))
    with_model.settings.add_lora(lora(name="two"))
    first, second = loras.rows
    second.weight.setFocus()
    second.weight.selectAll()
    QTest.keyClicks(second.weight, "0.4")
    QTest.keyClick(second.weight, Qt.Key.Key_Return)
    QTest.mouseClick(first.remove_button, LEFT)
    (use,) = with_model.settings.choices.loras
    assert (use.info.name, use.weight) == ("two", 0.4)
    with qtbot.waitSignal(loras.add_requested):
        QTest.mouseClick(loras.add_button, LEFT)


def test_learned_words_are_named_and_removed(with_model: Desk) -> None:
    loras = with_model.panel.advanced.loras
    with_model.settings.add_addon(lora(name="one"))
    with_model.settings.add_addon(embedding(trigger_words=("<chibi>",)))
    (row,) = loras.embedding_rows
    assert row.label.text() == "Write “<chibi>”"
    assert len(loras.rows) == 1
    with_model.settings.choose_model(model(Family.sd15, "small"))
    (row,) = loras.embedding_rows
    assert "For Stable Diffusion XL: not used with this model." in row.label.toolTip()
    QTest.mouseClick(row.remove_button, LEFT)
    assert with_model.settings.choices.embeddings == ()
    assert loras.embedding_rows == []


def test_how_far_colour_and_grain_are_matched(desk: Desk) -> None:
    desk.panel.advanced.set_expanded(True)
    match = desk.panel.advanced.match
    assert not any(field.isVisible() for field in match.values())
    desk.settings.choose_model(model())
    type_number(match["colour_match"], "0.5")
    type_number(match["grain_match"], "0")
    params = desk.settings.next_params()
    assert (params.colour_match, params.grain_match) == (0.5, 0.0)


def test_a_lora_of_another_family_is_greyed_and_says_so(with_model: Desk) -> None:
    with_model.settings.add_lora(lora(trigger_words=("chibi",)))
    with_model.settings.choose_model(model(Family.sd15, "small"))
    (row,) = with_model.panel.advanced.loras.rows
    assert not row.weight.isEnabled()
    assert "For Stable Diffusion XL: not used with this model." in row.label.toolTip()
    assert "chibi" in row.label.toolTip()
