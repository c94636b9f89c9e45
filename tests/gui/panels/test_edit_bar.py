"""The edit bar and the prompt's popup, by real clicks and keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.core.edit import Intent
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.prompt_history import PromptHistory
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.models.families import Family
from inpaint_studio.ui.panels.edit_bar import EditBar
from inpaint_studio.ui.theme import apply_theme
from tests.documents import noise_document
from tests.fake_engine import FakeEngine
from tests.model_infos import model

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Desk:
    """A bar over a canvas."""

    host: QWidget
    bar: EditBar
    settings: EditSettings
    prompts: PromptHistory

    @property
    def prompt(self) -> str:
        return self.settings.choices.prompt


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Desk:
    apply_theme(qapp, "dark")
    session = EditorSession(1 << 30)
    settings = EditSettings()
    edits = EditController(session, FakeEngine(), settings)
    session.open(noise_document())
    host = QWidget()
    host.resize(1000, 500)
    prompts = PromptHistory(tmp_path)
    bar = EditBar(host, session, edits, prompts)
    qtbot.addWidget(host)
    host.show()
    qtbot.waitExposed(host)
    return Desk(host, bar, settings, prompts)


@pytest.fixture
def with_model(desk: Desk) -> Desk:
    desk.settings.choose_model(model(Family.flux2_klein))
    return desk


def test_patch_fill_shows_one_sentence_and_remove(desk: Desk) -> None:
    assert desk.bar.prompt.isHidden()
    assert desk.bar.intents.isHidden()
    assert desk.bar.history_button.isHidden()
    assert desk.bar.generate_button.text() == "Remove"
    assert desk.bar.clear_button.isVisible()


def test_a_model_brings_its_intents_and_the_prompt(with_model: Desk) -> None:
    bar = with_model.bar
    assert bar.prompt.isVisible()
    for intent, verb in (
        (Intent.fill, "Fill"),
        (Intent.replace_background, "Replace"),
        (Intent.instruct, "Apply"),
        (Intent.remove, "Remove"),
    ):
        QTest.mouseClick(bar.intents.button(intent), LEFT)
        assert with_model.settings.choices.intent is intent
        assert bar.generate_button.text() == verb
    with_model.settings.choose_model(model(Family.sdxl))
    with pytest.raises(KeyError):
        bar.intents.button(Intent.instruct)
    with_model.settings.choose_model(None)
    assert bar.prompt.isHidden()


def test_the_bar_stays_inside_a_narrow_canvas(with_model: Desk) -> None:
    wide = with_model.bar.panel_geometry().width()
    with_model.host.resize(560, 500)
    QApplication.processEvents()
    assert with_model.bar.panel_geometry().width() <= 560
    assert with_model.bar.prompt.width() >= 100
    assert with_model.bar.panel_geometry().width() < wide


def test_typing_is_the_prompt_and_enter_generates(with_model: Desk, qtbot: QtBot) -> None:
    box = with_model.bar.prompt
    box.setFocus()
    QTest.keyClicks(box, "a chair")
    QTest.keyClick(box, Qt.Key.Key_Return, SHIFT)
    QTest.keyClicks(box, "red")
    assert with_model.prompt == "a chair\nred"
    with qtbot.waitSignal(with_model.bar.generate_requested):
        QTest.keyClick(box, Qt.Key.Key_Return)
    with qtbot.waitSignal(with_model.bar.generate_requested):
        QTest.mouseClick(with_model.bar.generate_button, LEFT)


def test_escape_gives_the_keys_back(with_model: Desk) -> None:
    box = with_model.bar.prompt
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not box.hasFocus()


def test_up_and_down_leaf_through_earlier_prompts(with_model: Desk) -> None:
    for text in ("oldest", "newest"):
        with_model.prompts.remember(text)
    box = with_model.bar.prompt
    box.setFocus()
    QTest.keyClicks(box, "draft")
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(box, key)
        seen.append(with_model.prompt)
    assert seen == ["newest", "oldest", "oldest", "newest", "draft"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert with_model.prompt == "draft"


def test_up_moves_the_cursor_while_there_is_a_line_above(with_model: Desk) -> None:
    with_model.prompts.remember("earlier")
    with_model.bar.prompt.take("one\ntwo")
    QTest.keyClick(with_model.bar.prompt, Qt.Key.Key_Up)
    assert with_model.prompt == "one\ntwo"
    QTest.keyClick(with_model.bar.prompt, Qt.Key.Key_Up)
    assert with_model.prompt == "earlier"


def test_taking_an_earlier_prompt_can_be_undone(with_model: Desk) -> None:
    box = with_model.bar.prompt
    box.setFocus()
    QTest.keyClicks(box, "mine")
    box.take("another")
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert with_model.prompt == "mine"


def test_the_popup_lists_searches_and_takes(with_model: Desk) -> None:
    with_model.prompts.remember("wet asphalt")
    with_model.prompts.remember("green grass")
    with_model.prompts.save("Sky", "a clear sky")
    popup = with_model.bar.popup
    QTest.mouseClick(with_model.bar.history_button, LEFT)
    assert popup.isVisible()
    rows = [popup.list.item(row).text() for row in range(popup.list.count())]
    assert rows == ["Sky:  a clear sky", "green grass", "wet asphalt"]
    QTest.keyClicks(popup.search, "WET")
    assert popup.list.count() == 1
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert with_model.prompt == "wet asphalt"
    assert not popup.isVisible()


def test_the_popup_saves_the_prompt_and_forgets(with_model: Desk) -> None:
    bar = with_model.bar
    bar.prompt.take("a red chair")
    QTest.mouseClick(bar.history_button, LEFT)
    assert bar.popup.empty.isVisible()
    QTest.keyClicks(bar.popup.name, "Chair")
    QTest.mouseClick(bar.popup.save_button, LEFT)
    assert [saved.name for saved in with_model.prompts.saved()] == ["Chair"]
    bar.popup.list.setCurrentRow(0)
    QTest.keyClick(bar.popup.list, Qt.Key.Key_Delete)
    assert with_model.prompts.saved() == ()
    assert bar.popup.empty.isVisible()


def test_an_empty_prompt_cannot_be_saved(with_model: Desk) -> None:
    QTest.mouseClick(with_model.bar.history_button, LEFT)
    assert not with_model.bar.popup.name.isEnabled()
    assert not with_model.bar.popup.save_button.isEnabled()
