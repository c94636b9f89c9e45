"""The menu that the right button opens on the canvas, and the cursors of the tools."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.ui.canvas_menu import COMMANDS
from inpaint_studio.ui.studio import Studio
from tests.gui.test_editing import drag, open_photo

CURSORS = {
    ToolName.brush: Qt.CursorShape.BlankCursor,
    ToolName.eraser: Qt.CursorShape.BlankCursor,
    ToolName.hand: Qt.CursorShape.OpenHandCursor,
    **dict.fromkeys([name for name in ToolName if name.selects], Qt.CursorShape.CrossCursor),
}
"""Of tools without handles. Blank: the brush circle is the cursor."""


def right_click(studio: Studio, place: QPoint) -> None:
    canvas = studio.window.canvas
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=place)
    # The system's part: a click of the right button asks for the menu.
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, place, canvas.mapToGlobal(place))
    QApplication.sendEvent(canvas, event)


def shown(studio: Studio) -> list[str]:
    """Keys of the commands in the menu; "" for a line."""
    table = studio.window.actions_table
    names = {table[key]: key for keys in COMMANDS for key in keys}
    actions = studio.window.canvas_menu.actions()
    return ["" if action.isSeparator() else names[action] for action in actions]


def test_it_holds_what_can_be_done_now(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    menu = studio.window.canvas_menu
    right_click(studio, QPoint(200, 200))
    assert menu.isVisible()
    assert "undo" not in shown(studio)
    assert {"generate", "mask_all", "mask_invert", "fit"} <= set(shown(studio))
    menu.close()
    drag(studio, (100, 100), (200, 120))
    right_click(studio, QPoint(200, 200))
    assert shown(studio)[0] == "undo"
    assert shown(studio)[-1] != ""
    assert not any(a == b == "" for a, b in zip(shown(studio), shown(studio)[1:], strict=False))


def test_its_commands_work(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    document = open_photo(studio, photo, qtbot)
    right_click(studio, QPoint(200, 200))
    menu = studio.window.canvas_menu
    invert = studio.window.actions_table["mask_invert"]
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(invert).center())
    assert not menu.isVisible()
    assert document.mask(MaskKind.repaint).raster.view(document.frame).min() == 255


def test_nothing_opens_while_a_stroke_goes_on(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    canvas = studio.window.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    right_click(studio, QPoint(220, 200))
    assert not studio.window.canvas_menu.isVisible()
    assert canvas.is_drawing
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(220, 200))


def test_the_keyboard_opens_it_too(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    canvas = studio.window.canvas
    reason = QContextMenuEvent.Reason.Keyboard
    place = canvas.rect().center()
    QApplication.sendEvent(canvas, QContextMenuEvent(reason, place, canvas.mapToGlobal(place)))
    assert studio.window.canvas_menu.isVisible()


def test_each_tool_has_its_cursor(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    document = open_photo(studio, photo, qtbot)
    canvas = studio.window.canvas
    middle = canvas.to_view(document.frame).center().toPoint()
    for tool, cursor in CURSORS.items():
        studio.services.toolbox.choose(tool)
        QTest.mouseMove(canvas, middle)
        assert canvas.cursor().shape() == cursor, tool
        QTest.keyPress(canvas, Qt.Key.Key_Space)
        assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
        assert canvas.cursor().shape() == cursor, tool
