"""Menus by their entries' first letters, with real keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inpaint_studio.ui.widgets.lettered_menu import LetteredMenu


@pytest.fixture
def menu(qtbot: QtBot) -> LetteredMenu:
    menu = LetteredMenu()
    qtbot.addWidget(menu)
    for text in ("New mask", "Feather mask…", "Mask all", "Fill holes", "Flip"):
        menu.addAction(text)
    menu.insertSeparator(menu.actions()[2])
    menu.actions()[-1].setEnabled(False)
    menu.show()
    return menu


def active(menu: LetteredMenu) -> str:
    action = menu.activeAction()
    return "" if action is None else action.text()


def test_a_letter_goes_through_the_entries_that_begin_with_it(menu: LetteredMenu) -> None:
    seen = []
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_F)
        seen.append(active(menu))
    assert seen == ["Feather mask…", "Fill holes", "Feather mask…"]


def test_the_letter_alone_gives_no_command(menu: LetteredMenu, qtbot: QtBot) -> None:
    given: list[str] = []
    menu.triggered.connect(lambda action: given.append(action.text()))
    QTest.keyClick(menu, Qt.Key.Key_M)
    assert given == []
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert given == ["Mask all"]


def test_the_first_letter_may_mean_the_entry_that_is_active_already(menu: LetteredMenu) -> None:
    menu.insertAction(menu.actions()[1], menu.addAction("New other"))
    menu.setActiveAction(menu.actions()[0])
    QTest.keyClick(menu, Qt.Key.Key_N)
    assert active(menu) == "New mask"
    QTest.keyClick(menu, Qt.Key.Key_N)
    assert active(menu) == "New other"


def test_a_letter_of_no_entry_changes_nothing(menu: LetteredMenu) -> None:
    QTest.keyClick(menu, Qt.Key.Key_N)
    QTest.keyClick(menu, Qt.Key.Key_Z)
    assert active(menu) == "New mask"
