"""On small screens nothing is cut off, and lists scroll instead of the whole side."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.ui.studio import Studio
from inpaint_studio.ui.widgets import MessageLevel
from tests.gui.test_editing import drag, open_photo, remove

SIZES = [(1024, 700), (1280, 800), (1366, 768)]


def resized(studio: Studio, size: tuple[int, int]) -> None:
    studio.window.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
    assert studio.window.size().toTuple() == size, "the content forces a larger window"


def in_window(studio: Studio, widget: QWidget) -> QRect:
    """Where a widget or a popup lies, in the window's coordinates."""
    corner = studio.window.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0)))
    return QRect(corner, widget.size())


@pytest.mark.parametrize("size", SIZES)
def test_every_tools_options_fit(
    studio: Studio, photo: Path, qtbot: QtBot, size: tuple[int, int]
) -> None:
    open_photo(studio, photo, qtbot)
    resized(studio, size)
    row = studio.window.option_row
    for tool in ToolName:
        studio.services.toolbox.choose(tool)
        for _ in range(3):
            QApplication.processEvents()
        assert studio.window.width() == size[0]
        for child in row.findChildren(QWidget):
            if child.isVisible() and child.window() is studio.window:
                right = child.mapTo(row, QPoint(child.width(), 0)).x()
                assert right <= row.width(), (tool, child)


@pytest.mark.parametrize("size", SIZES)
def test_the_side_does_not_scroll_as_a_whole(
    studio: Studio, photo: Path, qtbot: QtBot, size: tuple[int, int]
) -> None:
    open_photo(studio, photo, qtbot)
    drag(studio, (100, 100), (140, 110))
    remove(studio, qtbot)
    resized(studio, size)
    window = studio.window
    assert window.side.verticalScrollBar().maximum() == 0
    for panel in (window.edit_panel, window.layers_panel, window.history_panel):
        assert window.rect().contains(in_window(studio, panel).topLeft())
    for view in (window.layers_panel.view, window.history_panel.view):
        assert view.height() >= view.minimumHeight()
        assert in_window(studio, view).bottom() <= window.status.y() + window.height()


def test_bars_and_popups_stay_inside(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    resized(studio, SIZES[0])
    drag(studio, (100, 100), (140, 110))
    remove(studio, qtbot)
    window = studio.window
    window.messages.show_message(MessageLevel.problem, "A long sentence. " * 8, details="why")
    QApplication.processEvents()
    canvas = QRect(window.canvas.mapTo(window, QPoint(0, 0)), window.canvas.size())
    for bar in (window.edit_bar.panel, window.strip.panel):
        assert canvas.contains(in_window(studio, bar)), bar
    for bar in (window.edit_bar, window.strip):
        assert bar.panel.width() >= bar.panel.minimumSizeHint().width(), "its content is cut"
    assert window.rect().contains(in_window(studio, window.messages))
