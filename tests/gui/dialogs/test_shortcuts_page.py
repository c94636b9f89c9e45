from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.settings import Settings
from inpaint_studio.ui.actions import ACTIONS, Actions
from inpaint_studio.ui.dialogs.shortcuts_page import ShortcutsPage
from inpaint_studio.ui.shortcuts import ShortcutMap
from inpaint_studio.ui.theme import apply_theme

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


class Desk:
    def __init__(self, window: QWidget) -> None:
        self.settings = Settings()
        self.actions = Actions(window)
        self.shortcuts = ShortcutMap(self.actions, self.settings)
        self.page = ShortcutsPage(self.shortcuts)
        self.page.resize(520, 420)

    def click_keys(self, command: str) -> None:
        """Click the cell with the keys of a command."""
        tree, item = self.page.tree, self.page.item(command)
        tree.scrollToItem(item)
        index = tree.indexFromItem(item, 1)
        QTest.mouseClick(tree.viewport(), LEFT, pos=tree.visualRect(index).center())

    def press(
        self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.page.tree, key, keys)

    def keys(self, command: str) -> list[str]:
        return [keys.toString() for keys in self.actions[command].shortcuts()]

    def cell(self, command: str) -> str:
        return self.page.item(command).text(1)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QWidget:
    """Has the commands. The page is in a window of its own, as in the program."""
    apply_theme(qapp, "dark")
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def desk(window: QWidget, qtbot: QtBot) -> Desk:
    desk = Desk(window)
    qtbot.addWidget(desk.page)
    desk.page.show()
    qtbot.waitExposed(desk.page)
    return desk


def test_every_command_is_listed_with_its_keys(desk: Desk) -> None:
    for spec in ACTIONS:
        shown = [QKeySequence(keys).toString() for keys in spec.shortcuts]
        assert desk.cell(spec.key).split() == shown


def test_click_and_press(desk: Desk) -> None:
    changes: list[None] = []
    desk.page.changed.connect(lambda: changes.append(None))
    desk.click_keys("fit")
    assert desk.cell("fit") == "Press keys…"
    desk.press(Qt.Key.Key_F7)
    assert (desk.cell("fit"), desk.keys("fit")) == ("F7", ["F7"])
    assert desk.settings.shortcuts == {"fit": ("F7",)}
    assert len(changes) == 1
    desk.press(Qt.Key.Key_F8)
    assert desk.keys("fit") == ["F7"]


def test_tab_and_modifiers_alone(desk: Desk) -> None:
    desk.click_keys("hide_panels")
    desk.press(Qt.Key.Key_Control, CTRL)
    assert desk.page.tree.recording
    desk.press(Qt.Key.Key_Tab, CTRL)
    assert desk.keys("hide_panels") == ["Ctrl+Tab"]
    desk.click_keys("hide_panels")
    desk.press(Qt.Key.Key_Tab)
    assert desk.keys("hide_panels") == ["Tab"]
    assert desk.settings.shortcuts == {}


def test_esc_leaves_it_as_it_is(desk: Desk) -> None:
    desk.click_keys("fit")
    desk.press(Qt.Key.Key_Escape)
    assert not desk.page.tree.recording
    assert desk.cell("fit") == "Ctrl+0"


def test_leaving_ends_recording(desk: Desk) -> None:
    desk.click_keys("fit")
    desk.page.search.setFocus()
    assert not desk.page.tree.recording
    assert desk.cell("fit") == "Ctrl+0"


def test_a_conflict_names_the_other_and_asks(desk: Desk) -> None:
    page = desk.page
    desk.click_keys("lasso")
    desk.press(Qt.Key.Key_B)
    assert page.question.text() == "B belongs to “Brush”. Use it for “Lasso” instead?"
    assert page.question.isVisible()
    QTest.mouseClick(page.keep_button, LEFT)
    assert not page.question.isVisible()
    assert (desk.keys("lasso"), desk.keys("brush")) == (["L"], ["B"])
    desk.click_keys("lasso")
    desk.press(Qt.Key.Key_B)
    QTest.mouseClick(page.take_button, LEFT)
    assert (desk.keys("lasso"), desk.keys("brush")) == (["B"], [])
    assert (desk.cell("lasso"), desk.cell("brush")) == ("B", "")


def test_another_row_drops_the_question(desk: Desk) -> None:
    desk.click_keys("lasso")
    desk.press(Qt.Key.Key_B)
    desk.page.tree.setCurrentItem(desk.page.item("fit"))
    assert not desk.page.question.isVisible()


def test_add_remove_reset(desk: Desk) -> None:
    page = desk.page
    page.tree.setCurrentItem(page.item("fit"))
    QTest.mouseClick(page.add_button, LEFT)
    desk.press(Qt.Key.Key_F7)
    assert desk.keys("fit") == ["Ctrl+0", "F7"]
    QTest.mouseClick(page.change_button, LEFT)
    desk.press(Qt.Key.Key_F9)
    assert desk.keys("fit") == ["F9"]
    QTest.mouseClick(page.remove_button, LEFT)
    assert desk.keys("fit") == []
    assert not page.remove_button.isEnabled()
    QTest.mouseClick(page.reset_button, LEFT)
    assert desk.keys("fit") == ["Ctrl+0"]
    assert not page.reset_button.isEnabled()
    assert desk.settings.shortcuts == {}


def test_adding_that_was_left_does_not_linger(desk: Desk) -> None:
    page = desk.page
    page.tree.setCurrentItem(page.item("fit"))
    QTest.mouseClick(page.add_button, LEFT)
    desk.press(Qt.Key.Key_Escape)
    desk.click_keys("fit")
    desk.press(Qt.Key.Key_F7)
    assert desk.keys("fit") == ["F7"]


def test_resetting_asks_for_a_key_that_was_given_away(desk: Desk) -> None:
    page = desk.page
    desk.shortcuts.assign("lasso", ("B",))
    page.refresh()
    page.tree.setCurrentItem(page.item("brush"))
    QTest.mouseClick(page.reset_button, LEFT)
    assert "B belongs to “Lasso”" in page.question.text()
    QTest.mouseClick(page.take_button, LEFT)
    assert (desk.keys("lasso"), desk.keys("brush")) == ([], ["B"])
    QTest.mouseClick(page.reset_all_button, LEFT)
    assert (desk.keys("lasso"), desk.keys("brush")) == (["L"], ["B"])


def test_space_stays_the_hand(desk: Desk) -> None:
    desk.click_keys("fit")
    desk.press(Qt.Key.Key_Space)
    assert desk.keys("fit") == ["Ctrl+0"]
    assert "Space is the hand" in desk.page.hint.text()


def test_search_by_name_and_by_keys(desk: Desk) -> None:
    page = desk.page

    def shown() -> set[str]:
        return {spec.key for spec in ACTIONS if not page.item(spec.key).isHidden()}

    QTest.keyClicks(page.search, "undo")
    assert shown() == {"undo"}
    page.search.clear()
    QTest.keyClicks(page.search, "ctrl+0")
    assert shown() == {"fit"}
    page.search.clear()
    assert shown() == {spec.key for spec in ACTIONS}


def test_enter_records(desk: Desk) -> None:
    desk.page.tree.setFocus()
    desk.page.tree.setCurrentItem(desk.page.item("fit"))
    desk.press(Qt.Key.Key_Return)
    assert desk.page.tree.recording
