from __future__ import annotations

from PySide6.QtWidgets import QApplication, QFrame, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.ui.widgets.snug_scroll import SMALLEST, SnugScroll


def column(qtbot: QtBot, height: int) -> tuple[SnugScroll, QFrame, QWidget]:
    content = QFrame()
    rows = QVBoxLayout(content)
    for _ in range(8):
        label = QLabel("row")
        label.setFixedHeight(30)
        rows.addWidget(label)
    area, below, whole = SnugScroll(content), QFrame(), QWidget()
    below.setMinimumHeight(100)
    stack = QVBoxLayout(whole)
    stack.setContentsMargins(0, 0, 0, 0)
    stack.setSpacing(0)
    stack.addWidget(area)
    stack.addWidget(below, 1)
    qtbot.addWidget(whole)
    whole.resize(200, height)
    whole.show()
    return area, content, whole


def test_with_room_it_is_as_high_as_its_content(qtbot: QtBot) -> None:
    area, content, _ = column(qtbot, 700)
    assert area.height() == content.sizeHint().height()
    assert not area.verticalScrollBar().isVisible()


def test_without_room_it_scrolls_and_leaves_the_others_theirs(qtbot: QtBot) -> None:
    area, _, whole = column(qtbot, 250)
    QApplication.processEvents()
    assert area.height() == 150
    assert area.verticalScrollBar().isVisible()
    assert whole.height() == 250
    whole.resize(200, 10)
    assert area.height() == SMALLEST


def test_it_follows_its_content(qtbot: QtBot) -> None:
    area, content, _ = column(qtbot, 700)
    before = area.height()
    label = content.findChildren(QLabel)[0]
    label.hide()
    QApplication.processEvents()
    assert area.height() < before
    assert area.height() == content.sizeHint().height()
