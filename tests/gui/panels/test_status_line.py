"""The line of numbers at the bottom of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.panels.status_line import StatusLine


class Layouts(QObject):
    """Counts how often a widget is asked to lay out what is in it."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def status(qtbot: QtBot) -> StatusLine:
    status = StatusLine()
    qtbot.addWidget(status)
    status.resize(700, status.height())
    status.show_frame(Bounds(0, 0, 4000, 3000))
    status.show_zoom(0.5)
    status.show_position(Point(110.0, 220.0))
    status.show()
    QApplication.processEvents()
    return status


def label(status: StatusLine, text: str) -> QLabel:
    return next(label for label in status.findChildren(QLabel) if label.text() == text)


def test_moving_the_mouse_lays_nothing_out(status: StatusLine) -> None:
    layouts = Layouts()
    status.installEventFilter(layouts)
    status.show_position(Point(145.2, 389.9))
    status.show_zoom(0.51)
    QApplication.processEvents()
    assert layouts.count == 0
    assert label(status, "x 145 y 389").isVisible()


@pytest.mark.parametrize(
    "point", [Point(-1204.5, 3.0), Point(7.0, 7.0), Point(12345.0, 12345.0), Point(111.0, 888.0)]
)
def test_every_number_has_the_room_it_needs(status: StatusLine, point: Point) -> None:
    status.show_position(point)
    status.show_zoom(32.0)
    QApplication.processEvents()
    for text in (f"x {int(point.x // 1)} y {int(point.y // 1)}", "3200 %"):
        shown = label(status, text)
        assert shown.width() >= shown.fontMetrics().horizontalAdvance(text)


def test_without_a_picture_there_are_no_numbers(status: StatusLine) -> None:
    status.show_frame(None)
    shown = [found.text() for found in status.findChildren(QLabel) if not found.isHidden()]
    assert not any(shown)
