"""Messages: the worst in front, infos that go, problems that stay until closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QToolButton, QWidget

from inpaint_studio.ui.theme import apply_theme
from inpaint_studio.ui.widgets import MessageBar, MessageLevel, message_bar


@pytest.fixture
def bar(qtbot, qapp: QApplication) -> MessageBar:
    apply_theme(qapp, "dark")
    canvas = QWidget()
    qtbot.addWidget(canvas)
    canvas.resize(700, 500)
    result = MessageBar(canvas)
    # The parent would go with the test's local variable.
    result.setProperty("canvas", canvas)
    canvas.show()
    return result


@pytest.fixture
def hasty(monkeypatch, bar: MessageBar) -> MessageBar:
    bar._timer.setInterval(1)
    return bar


def button(bar: MessageBar, text: str) -> QPushButton:
    return next(b for b in bar.findChildren(QPushButton) if b.text() == text)


def close_button(bar: MessageBar) -> QToolButton:
    return bar.findChildren(QToolButton)[0]


def test_hidden_until_there_is_something_to_say(bar: MessageBar):
    assert not bar.isVisible()
    assert bar.message() == ""


def test_shows_and_closes(bar: MessageBar, qtbot):
    bar.show_message(MessageLevel.problem, "The file is not a picture.")
    assert bar.isVisible()
    assert bar.accessibleName() == bar.message() == "The file is not a picture."
    with qtbot.waitSignal(bar.closed):
        QTest.mouseClick(close_button(bar), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_infos_go_by_themselves(hasty: MessageBar, qtbot):
    with qtbot.waitSignal(hasty.closed):
        hasty.show_message(MessageLevel.info, "Saved.")
    assert hasty.message() == ""


@pytest.mark.parametrize("level", [MessageLevel.look, MessageLevel.problem])
def test_the_others_stay(hasty: MessageBar, level: MessageLevel):
    hasty.show_message(MessageLevel.info, "Saved.")
    hasty.show_message(level, "Worth reading.")
    assert not hasty._timer.isActive()
    assert hasty.isVisible()


def test_an_info_stays_under_the_pointer(hasty: MessageBar, qtbot):
    hasty.show_message(MessageLevel.info, "Saved.")
    QApplication.sendEvent(hasty, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert not hasty._timer.isActive()
    with qtbot.waitSignal(hasty.closed):
        QApplication.sendEvent(hasty, QEvent(QEvent.Type.Leave))


def test_an_info_after_a_fade_is_seen(hasty: MessageBar, qtbot):
    with qtbot.waitSignal(hasty.closed):
        hasty.show_message(MessageLevel.info, "Saved.")
    hasty.show_message(MessageLevel.problem, "No.")
    effect = hasty.graphicsEffect()
    assert effect is None or not effect.isEnabled()


def test_the_worst_is_in_front_and_the_rest_waits(bar: MessageBar):
    bar.show_message(MessageLevel.problem, "first")
    bar.show_message(MessageLevel.info, "Saved.")
    assert bar.message() == "first"
    bar.show_message(MessageLevel.problem, "second")
    assert bar.message() == "second"
    bar.dismiss()
    assert bar.message() == "first"
    bar.show_message(MessageLevel.look, "look")
    bar.dismiss()
    assert bar.message() == "look"
    bar.dismiss()
    assert not bar.isVisible()


def test_the_same_problem_is_told_once(bar: MessageBar):
    bar.show_message(MessageLevel.problem, "Disk full.")
    bar.show_message(MessageLevel.problem, "Disk full.")
    bar.dismiss()
    assert not bar.isVisible()


def test_action(bar: MessageBar, qtbot):
    bar.show_message(MessageLevel.problem, "Too large.", action="Use patch fill")
    with qtbot.waitSignal(bar.action_triggered) as told:
        QTest.mouseClick(button(bar, "Use patch fill"), Qt.MouseButton.LeftButton)
    assert told.args == ["Use patch fill"]
    assert not bar.isVisible()


def test_details_unfold(bar: MessageBar, qtbot):
    bar.show_message(MessageLevel.problem, "Too large.", details="out of memory\nstep 3")
    details = bar.findChildren(QPlainTextEdit)[0]
    closed = bar.panel_geometry().height()
    assert not details.isVisible()
    QTest.mouseClick(button(bar, "Details"), Qt.MouseButton.LeftButton)
    assert details.isVisible()
    assert details.toPlainText() == "out of memory\nstep 3"
    qtbot.waitUntil(lambda: bar.panel_geometry().height() > closed)


def test_no_buttons_without_need(bar: MessageBar):
    bar.show_message(MessageLevel.info, "Saved.")
    assert [b.text() for b in bar.findChildren(QPushButton) if b.isVisible()] == []


def test_escape_closes(bar: MessageBar):
    bar.show_message(MessageLevel.problem, "No.")
    QTest.keyClick(close_button(bar), Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_long_text_wraps_inside_a_narrow_canvas(bar: MessageBar, qtbot):
    bar.property("canvas").resize(400, 500)
    bar.show_message(MessageLevel.problem, "What happened and what was kept. " * 12)
    assert bar.panel_geometry().width() < 400
    text = bar._text
    qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))


def test_levels_have_icons():
    assert set(message_bar._ICONS) == set(MessageLevel)
