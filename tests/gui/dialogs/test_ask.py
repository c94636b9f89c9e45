"""The question before edits are given up."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from inpaint_studio.ui.dialogs.ask import LeaveChoice, LeaveDialog, ask_before_leaving
from inpaint_studio.ui.theme import apply_theme


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication) -> LeaveDialog:
    apply_theme(qapp, "dark")
    result = LeaveDialog("rocket.jpg")
    qtbot.addWidget(result)
    result.show()
    return result


def test_it_names_the_picture(dialog: LeaveDialog) -> None:
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "rocket.jpg has edits that are not exported." in texts


@pytest.mark.parametrize("choice", list(LeaveChoice))
def test_each_button_answers(dialog: LeaveDialog, qtbot: QtBot, choice: LeaveChoice) -> None:
    buttons = {
        LeaveChoice.export: dialog.export_button,
        LeaveChoice.discard: dialog.discard_button,
        LeaveChoice.stay: dialog.cancel_button,
    }
    qtbot.mouseClick(buttons[choice], Qt.MouseButton.LeftButton)
    assert dialog.choice is choice
    assert dialog.isHidden()


def test_enter_exports_and_escape_stays(dialog: LeaveDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.choice is LeaveChoice.stay
    dialog.show()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.choice is LeaveChoice.export


def test_asking_returns_the_answer(qtbot: QtBot) -> None:
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, LeaveDialog)
        qtbot.mouseClick(dialog.discard_button, Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, answer)
    assert ask_before_leaving(None, "rocket.jpg") is LeaveChoice.discard
