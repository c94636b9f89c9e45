"""A value field: slid, dragged, typed, wheeled, stepped and reset, with an end to each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.ui.theme import apply_theme
from inpaint_studio.ui.widgets import ValueField, ValueRange
from tests.pointer import move

LEFT = Qt.MouseButton.LeftButton


class Seen:
    """What a field told."""

    def __init__(self, field: ValueField) -> None:
        self.values: list[float] = []
        self.ends = 0
        field.value_changed.connect(self.values.append)
        field.editing_finished.connect(self._on_finished)

    def _on_finished(self) -> None:
        self.ends += 1


@pytest.fixture
def field(qtbot, qapp: QApplication) -> ValueField:
    apply_theme(qapp, "dark")
    result = ValueField("Feather", ValueRange(0, 200), 32, suffix=" px")
    qtbot.addWidget(result)
    result.resize(320, 28)
    result.show()
    return result


@pytest.fixture
def seen(field: ValueField) -> Seen:
    return Seen(field)


def test_starts_at_the_default(field: ValueField):
    assert field.value() == 32
    assert field.field.text() == "32 px"
    assert field.slider.value() == 160


def test_the_number_can_be_read(field: ValueField):
    edit = field.field.lineEdit()
    needed = edit.fontMetrics().horizontalAdvance("200 px")
    assert edit.width() >= needed


def test_set_value_is_silent_and_held_to_the_range(field: ValueField, seen: Seen):
    field.set_value(500)
    assert (field.value(), field.slider.value(), field.field.value()) == (200, 1000, 200)
    assert seen.values == []


def test_typing_counts_when_it_is_done(field: ValueField, seen: Seen):
    field.field.setFocus()
    field.field.selectAll()
    QTest.keyClicks(field.field, "120")
    assert seen.values == []
    QTest.keyClick(field.field, Qt.Key.Key_Return)
    assert seen.values == [120]
    assert seen.ends == 1
    assert field.slider.value() == 600
    assert not field.field.hasFocus()


def test_escape_drops_what_was_typed(field: ValueField, seen: Seen):
    field.field.setFocus()
    field.field.selectAll()
    QTest.keyClicks(field.field, "120")
    QTest.keyClick(field.field, Qt.Key.Key_Escape)
    assert (field.value(), field.field.text()) == (32, "32 px")
    assert not field.field.hasFocus()
    assert seen.values == []


def test_arrow_keys_step_and_settle(field: ValueField, seen: Seen, qtbot):
    QTest.keyClick(field.field, Qt.Key.Key_Up)
    QTest.keyClick(field.field, Qt.Key.Key_Up)
    QTest.keyClick(field.field, Qt.Key.Key_Down)
    assert seen.values == [33, 34, 33]
    qtbot.waitUntil(lambda: seen.ends == 1)


def test_wheel_steps(field: ValueField, seen: Seen):
    place = QPointF(10, 10)
    wheel = QWheelEvent(
        place,
        field.field.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field.field, wheel)
    assert seen.values == [33]


def test_dragging_the_number_scrubs(field: ValueField, seen: Seen):
    edit = field.field.lineEdit()
    field.field.clearFocus()
    QTest.mousePress(edit, LEFT, pos=QPoint(20, 10))
    move(edit, QPoint(70, 10))
    move(edit, QPoint(120, 10))
    assert seen.values == [82, 132]
    assert seen.ends == 0
    QTest.mouseRelease(edit, LEFT, pos=QPoint(120, 10))
    assert seen.ends == 1
    assert not field.field.hasFocus()


def test_a_click_on_the_number_starts_typing(field: ValueField, seen: Seen):
    field.activateWindow()
    QTest.mouseClick(field.field.lineEdit(), LEFT, pos=QPoint(20, 10))
    assert field.field.hasFocus()
    assert field.field.lineEdit().selectedText() == "32"
    assert seen.values == []


def test_double_click_resets(field: ValueField, seen: Seen):
    field.set_value(90)
    QTest.mouseDClick(field.field.lineEdit(), LEFT, pos=QPoint(20, 10))
    assert seen.values == [32]
    assert seen.ends == 1


def test_slider_jumps_drags_and_ends_once(field: ValueField, seen: Seen):
    slider = field.slider
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    QTest.mousePress(slider, LEFT, pos=middle)
    assert field.value() == pytest.approx(100, abs=2)
    move(slider, QPoint(slider.width() - 1, middle.y()))
    assert field.value() == 200
    assert seen.ends == 0
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 1, middle.y()))
    assert seen.ends == 1


def test_names_for_screen_readers(field: ValueField):
    field.set_tooltip("How soft the edge is")
    assert field.field.accessibleName() == field.slider.accessibleName() == "Feather"
    assert field.field.accessibleDescription() == "How soft the edge is"


def test_one_tab_stop(field: ValueField):
    assert field.slider.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert field.focusProxy() is field.field


def test_lowest_text(field: ValueField):
    field.set_lowest_text("auto")
    field.set_value(0)
    assert field.field.text() == "auto"


def test_logarithmic_brush_size(qtbot):
    size = ValueField("Size", ValueRange(1, 2000, logarithmic=True), 100, suffix=" px")
    qtbot.addWidget(size)
    QTest.keyClick(size.field, Qt.Key.Key_Up)
    assert size.value() == 110
    assert size.slider.value() == round(1000 * ValueRange(1, 2000, logarithmic=True).fraction(110))
