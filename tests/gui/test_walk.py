"""What a person used to other editors tried and was refused, in the whole window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcutEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.ui.dialogs.amount_dialog import AmountDialog
from inpaint_studio.ui.studio import Studio
from tests.gui.test_editing import drag, remove

Key = Qt.Key


@pytest.fixture
def document(studio: Studio, photo: Path, qtbot: QtBot) -> Document:
    studio.window.activateWindow()
    studio.open_path(photo)
    qtbot.waitUntil(lambda: studio.services.session.document is not None)
    qtbot.waitUntil(studio.window.canvas.hasFocus)
    opened = studio.services.session.document
    assert opened is not None
    return opened


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def active_name(studio: Studio) -> str:
    layer = studio.services.session.active_layer
    return "" if layer is None else layer.props.name


def test_f2_on_the_canvas_renames_the_active_layer(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    QTest.keyClick(studio.window.canvas, Key.Key_F2)
    editor = focus()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "Crew")
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: active_name(studio) == "Crew")


def test_renaming_brings_hidden_panels_back(studio: Studio, document: Document) -> None:
    studio.window.actions_table["hide_panels"].trigger()
    assert not studio.window.side.isVisible()
    studio.window.actions_table["rename_layer"].trigger()
    assert studio.window.side.isVisible()
    assert isinstance(focus(), QLineEdit)


def test_a_press_that_is_two_keys_of_one_command_gives_it_once(
    studio: Studio, document: Document
) -> None:
    box = studio.services.toolbox
    before, action = box.brush.hardness, studio.window.actions_table["softer"]
    keys = QKeySequence("{")
    assert keys in action.shortcuts()
    QApplication.sendEvent(action, QShortcutEvent(keys, 1, True))
    once = box.brush.hardness
    assert once < before
    QApplication.sendEvent(action, QShortcutEvent(keys, 1, False))
    assert before - once == pytest.approx(once - box.brush.hardness)


def test_a_number_of_pixels_is_typed_over_the_one_shown(qtbot: QtBot) -> None:
    dialog = AmountDialog("Feather mask", 16, 500)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.field.field.hasFocus)
    QTest.keyClicks(dialog.field.field, "6")
    QTest.keyClick(dialog.field.field, Key.Key_Return)
    assert dialog.amount() == 6


def test_a_typed_number_gives_the_keys_back_to_the_canvas(
    studio: Studio, document: Document
) -> None:
    studio.services.toolbox.choose(ToolName.frame)
    page = studio.window.option_row.frame_page
    page.width_field.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(page.width_field, Key.Key_Return)
    assert studio.window.canvas.hasFocus()


def test_a_chosen_ratio_gives_the_keys_back_to_the_canvas(
    studio: Studio, document: Document
) -> None:
    studio.services.toolbox.choose(ToolName.frame)
    ratio = studio.window.option_row.frame_page.ratio
    ratio.setFocus(Qt.FocusReason.MouseFocusReason)
    assert ratio.hasFocus()
    QTest.keyClick(ratio, Key.Key_Down)
    assert studio.window.canvas.hasFocus()
    QTest.keyClick(focus(), Key.Key_L)
    assert studio.services.toolbox.current is ToolName.lasso


def test_options_of_a_tool_put_away_give_the_keys_to_the_canvas(
    studio: Studio, document: Document
) -> None:
    row, canvas = studio.window.option_row, studio.window.canvas
    canvas.setFocus()
    while not row.isAncestorOf(focus()):
        QTest.keyClick(focus(), Key.Key_F6)
    studio.services.toolbox.choose(ToolName.lasso)
    assert canvas.hasFocus()


def test_a_second_mask_has_a_colour_of_its_own(studio: Studio, document: Document) -> None:
    new = studio.window.actions_table["new_mask"]
    section = studio.window.mask_section
    new.trigger()
    new.trigger()
    colors = [section.color_of(mask) for mask in document.layers.masks(MaskKind.repaint)]
    assert len(colors) == 3
    assert len(set(colors)) == 3


def test_a_pasted_mask_has_a_colour_of_its_own_too(studio: Studio, document: Document) -> None:
    masks, section = studio.services.masks, studio.window.mask_section
    masks.mask_all()
    shape = masks.pixels()
    assert shape is not None
    masks.paste(shape)
    both = [section.color_of(mask) for mask in document.layers.masks(MaskKind.repaint)]
    assert len(both) == len(set(both)) == 2


def test_undo_and_redo_keep_a_layer_in_hand(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    drag(studio, (100, 100), (140, 110))
    remove(studio, qtbot)
    session = studio.services.session
    assert active_name(studio) == "Remove"
    session.undo()
    assert active_name(studio) == "astronaut.png"
    session.redo()
    assert active_name(studio) == "Remove"


def test_a_layer_chosen_meanwhile_stays_in_hand(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    drag(studio, (100, 100), (140, 110))
    remove(studio, qtbot)
    session = studio.services.session
    session.undo()
    mask = document.mask(MaskKind.repaint)
    session.set_active_layer(mask.id)
    session.redo()
    assert session.active_layer is mask


def test_escape_ends_the_comparison(studio: Studio, document: Document) -> None:
    QTest.keyClick(studio.window.canvas, Key.Key_Y)
    assert studio.window.canvas.comparison.is_on
    QTest.keyClick(focus(), Key.Key_Escape)
    assert not studio.window.canvas.comparison.is_on
    assert not studio.window.actions_table["compare"].isChecked()
    assert studio.window.canvas.hasFocus()


def test_a_window_as_large_as_the_screen_is_maximized(studio: Studio) -> None:
    window = studio.window
    room = window.screen().availableGeometry()
    window.resize(room.width() // 2, room.height() // 2)
    window.fit_screen()
    assert not window.isMaximized()
    window.resize(room.width(), room.height() // 2)
    window.fit_screen()
    assert window.isMaximized()


def test_the_welcome_page_out_of_sight_keeps_no_window_wide(
    studio: Studio, document: Document
) -> None:
    needed = studio.window.tool_column.width() + studio.window.side.width()
    assert studio.window.welcome.minimumSizeHint().width() > 400
    studio.window.resize(needed + 400, 600)
    QApplication.processEvents()
    assert studio.window.width() == needed + 400


def test_full_screen_gives_a_maximized_window_back(studio: Studio) -> None:
    window = studio.window
    window.showMaximized()
    window.set_full_screen(True)
    assert window.isFullScreen()
    window.set_full_screen(False)
    assert window.isMaximized()
    assert not window.isFullScreen()


def test_a_recent_picture_is_opened_from_the_file_menu(
    studio: Studio, document: Document, photo: Path, qtbot: QtBot
) -> None:
    menu = studio.window.recent_menu
    menu.aboutToShow.emit()
    entry = menu.actions()[0]
    assert (entry.text(), entry.toolTip()) == (photo.name, str(photo.resolve()))
    session = studio.services.session
    entry.trigger()
    qtbot.waitUntil(lambda: session.document not in (None, document))
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions()] == [False]
