from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inpaint_studio.engine.worker_client import EngineState
from inpaint_studio.ui.panels.engine_pill import EnginePill
from inpaint_studio.ui.theme import apply_theme, current


@pytest.fixture
def pill(qtbot: QtBot, qapp: QApplication) -> EnginePill:
    apply_theme(qapp, "dark")
    pill = EnginePill()
    qtbot.addWidget(pill)
    pill.show()
    qtbot.waitExposed(pill)
    return pill


def test_it_names_engine_state_and_need(pill: EnginePill, qtbot: QtBot) -> None:
    pill.show_state(EngineState.ready)
    assert pill.text() == "Patch fill · ready"
    with qtbot.waitSignal(pill.resized):
        pill.show_engine("SDXL Inpainting", "7 of 24 GB")
    assert pill.text() == "SDXL Inpainting · 7 of 24 GB"
    assert pill.width() == pill.sizeHint().width()
    assert pill.accessibleName() == "Engine: SDXL Inpainting, ready"
    pill.show_engine()
    assert pill.text() == "Patch fill · ready"


def test_a_long_name_is_cut_in_the_middle(pill: EnginePill) -> None:
    pill.show_engine("a-very-long-name-of-a-model-" * 4 + "v2", "7 GB")
    assert "…" in pill.text()
    assert pill.width() < 400


def test_the_dot_has_the_colour_of_the_state(pill: EnginePill) -> None:
    for state, color in (
        (EngineState.ready, current().good),
        (EngineState.busy, current().accent),
        (EngineState.starting, current().look),
    ):
        pill.show_state(state)
        assert pill.grab().toImage().pixelColor(11, pill.height() // 2).name() == color


def test_click_and_space_open_it(pill: EnginePill, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pill.clicked):
        QTest.mouseClick(pill, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(pill.clicked):
        QTest.keyClick(pill, Qt.Key.Key_Space)
