"""Everything by keyboard, and everything named: for people who don't see or don't point."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMenuBar,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.models.families import Family
from inpaint_studio.ui.dialogs.settings_dialog import SettingsDialog
from inpaint_studio.ui.studio import Studio
from inpaint_studio.ui.widgets.fitting_row import FittingRow
from tests.gui.test_editing import drag, remove
from tests.model_infos import model

CONTROLS = (
    *(QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit),
    *(QAbstractItemView, QPlainTextEdit, QTextEdit),
)
PARTS_OF_CONTROLS = (QAbstractSpinBox, QComboBox, QAbstractItemView, QMenuBar, QScrollArea)
"""What is inside one of these is Qt's own."""
LEVELS = 3
"""A tooltip may belong to the row that a control is in: Qt looks further up too."""


@pytest.fixture
def window(studio: Studio, photo: Path, qtbot: QtBot) -> QWidget:
    studio.services.files.open_path(photo)
    qtbot.waitUntil(lambda: studio.services.session.document is not None)
    qtbot.waitUntil(studio.window.canvas.isVisible)
    return studio.window


def controls(window: QWidget) -> list[QWidget]:
    """What a person can use, of what is visible now."""
    found: list[QWidget] = [
        child
        for child in window.findChildren(QWidget)
        if isinstance(child, CONTROLS)
        and child.isVisible()
        and not isinstance(child, QScrollBar)
        and not is_part(child)
    ]
    assert len(found) >= 3
    return found


def is_part(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return isinstance(parent, PARTS_OF_CONTROLS)


def name_of(widget: QWidget) -> str:
    """What a screen reader says."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return "" if interface is None else interface.text(QAccessible.Text.Name)


def tooltip_of(widget: QWidget) -> str:
    for _ in range(LEVELS):
        if widget.toolTip():
            return widget.toolTip()
        parent = widget.parentWidget()
        if parent is None:
            break
        widget = parent
    return ""


def describe(widget: QWidget) -> str:
    chain = []
    current: QWidget | None = widget
    while current is not None and len(chain) < 4:
        chain.append(type(current).__name__)
        current = current.parentWidget()
    return f"{name_of(widget)!r} {' < '.join(chain)}"


def unnamed(window: QWidget) -> list[str]:
    return [describe(w) for w in controls(window) if not name_of(w).strip()]


def without_tooltip(window: QWidget) -> list[str]:
    lists = (QAbstractItemView,)
    return [describe(w) for w in controls(window) if not isinstance(w, lists) and not tooltip_of(w)]


def test_every_control_of_every_tool_has_a_name_and_a_tooltip(
    studio: Studio, window: QWidget
) -> None:
    for tool in ToolName:
        studio.services.toolbox.choose(tool)
        QApplication.processEvents()
        assert unnamed(window) == [], tool
        assert without_tooltip(window) == [], tool


def test_the_result_and_its_strip_are_named_too(
    studio: Studio, window: QWidget, qtbot: QtBot
) -> None:
    drag(studio, (100, 100), (140, 110))
    remove(studio, qtbot)
    assert studio.window.strip.isVisible()
    assert unnamed(window) == []
    assert without_tooltip(window) == []


def test_the_settings_are_named_too(studio: Studio) -> None:
    studio.show_settings()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    pages = dialog.findChild(QListWidget)
    assert pages is not None
    assert pages.count() > 3
    for page in range(pages.count()):
        pages.setCurrentRow(page)
        QApplication.processEvents()
        assert unnamed(dialog) == [], page
        assert without_tooltip(dialog) == [], page
    dialog.close()


def test_popups_are_named_too(studio: Studio, window: QWidget) -> None:
    choose = studio.services.edits.settings.choose_model
    choose(model(Family.flux2_klein))
    studio.window.edit_bar.history_button.click()
    popup = studio.window.edit_bar.popup
    assert unnamed(popup) == []
    assert without_tooltip(popup) == []
    popup.close()
    studio.window.engine_pill.click()
    assert unnamed(studio.window.model_picker) == []
    assert without_tooltip(studio.window.model_picker) == []
    studio.window.model_picker.close()
    assert unnamed(window) == []
    assert without_tooltip(window) == []


def test_the_welcome_page_is_named_too(studio: Studio) -> None:
    assert unnamed(studio.window) == []
    assert without_tooltip(studio.window) == []


def test_f6_goes_through_all_areas_and_back(studio: Studio, window: QWidget) -> None:
    window.activateWindow()
    studio.window.canvas.setFocus()
    seen = []
    for _ in range(12):
        QTest.keyClick(focus(), Qt.Key.Key_F6)
        seen.append(focus())
        if focus() is studio.window.canvas:
            break
    areas = (
        *(studio.window.edit_bar, studio.window.tool_column, studio.window.option_row),
        *(studio.window.edit_panel, studio.window.layers_panel, studio.window.history_panel),
    )
    for area in areas:
        assert any(area.isAncestorOf(widget) for widget in seen), area
    assert seen[-1] is studio.window.canvas
    QTest.keyClick(focus(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert focus() is seen[-2]


def test_f6_skips_what_is_hidden(studio: Studio, window: QWidget) -> None:
    window.activateWindow()
    studio.window.canvas.setFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Tab)
    assert studio.window.side.isHidden()
    for _ in range(4):
        QTest.keyClick(focus(), Qt.Key.Key_F6)
        assert focus().isVisible()


def test_tab_hides_the_panels_only_from_the_canvas(studio: Studio, window: QWidget) -> None:
    window.activateWindow()
    canvas = studio.window.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert studio.window.side.isHidden()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert studio.window.side.isVisible()
    while not studio.window.option_row.isAncestorOf(focus()):
        QTest.keyClick(focus(), Qt.Key.Key_F6)
    before = focus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    assert studio.window.side.isVisible()
    assert focus() is not before
    assert focus() is not canvas


def test_tab_goes_through_the_options_from_left_to_right(studio: Studio, window: QWidget) -> None:
    window.activateWindow()
    row = studio.window.option_row
    page = next(p for p in row.findChildren(FittingRow) if p.isVisible())
    studio.window.canvas.setFocus()
    while not row.isAncestorOf(focus()):
        QTest.keyClick(focus(), Qt.Key.Key_F6)
    places = []
    while page.isAncestorOf(focus()):
        places.append(focus().mapTo(page, focus().rect().center()).x())
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
    assert len(places) > 4
    assert places == sorted(places)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget
