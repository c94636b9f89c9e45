"""Segmented buttons: one choice, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.ui.theme import apply_theme
from inpaint_studio.ui.widgets import Segment, Segmented

SEGMENTS = [
    Segment("remove", "Remove", "Takes it away"),
    Segment("fill", "Fill"),
    Segment("expand", "Expand"),
]


@pytest.fixture
def intents(qtbot, qapp: QApplication) -> Segmented:
    apply_theme(qapp, "dark")
    result = Segmented(SEGMENTS, "Intent")
    qtbot.addWidget(result)
    result.show()
    result.activateWindow()
    return result


@pytest.fixture
def chosen(intents: Segmented) -> list[str]:
    keys: list[str] = []
    intents.chosen.connect(keys.append)
    return keys


def test_first_is_chosen(intents: Segmented):
    assert intents.choice() == "remove"
    assert intents.button("remove").isChecked()


def test_click_chooses_one(intents: Segmented, chosen: list[str]):
    QTest.mouseClick(intents.button("fill"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(intents.button("fill"), Qt.MouseButton.LeftButton)
    assert chosen == ["fill"]
    assert not intents.button("remove").isChecked()


def test_set_choice_is_silent(intents: Segmented, chosen: list[str]):
    intents.set_choice("expand")
    assert intents.choice() == "expand"
    assert intents.button("expand").isChecked()
    assert chosen == []
    with pytest.raises(KeyError):
        intents.set_choice("nonsense")


def test_arrow_keys_move_the_choice(intents: Segmented, chosen: list[str]):
    intents.button("remove").setFocus()
    QTest.keyClick(intents.button("remove"), Qt.Key.Key_Right)
    QTest.keyClick(intents.button("fill"), Qt.Key.Key_Right)
    QTest.keyClick(intents.button("expand"), Qt.Key.Key_Left)
    assert chosen == ["fill", "expand", "fill"]


def test_disabled_segment_says_why(intents: Segmented, chosen: list[str]):
    intents.set_segment_enabled("fill", False, "Needs a model")
    QTest.mouseClick(intents.button("fill"), Qt.MouseButton.LeftButton)
    assert chosen == []
    assert intents.button("fill").toolTip() == "Needs a model"


def test_names_for_screen_readers(intents: Segmented):
    assert intents.accessibleName() == "Intent"
    assert intents.button("remove").accessibleDescription() == "Takes it away"
