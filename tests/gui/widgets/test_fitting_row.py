"""A bar of options that is too narrow hides sliders first, then its last controls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.ui.widgets import ValueField, ValueRange
from inpaint_studio.ui.widgets.fitting_row import SMALLEST, FittingRow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot) -> QWidget:
    """Around the row: a window of its own could not be made smaller than its layout."""
    bar = QWidget()
    bar.resize(900, 40)
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def row(bar: QWidget) -> FittingRow:
    row = FittingRow(bar)
    for control in (QLabel("Title"), field("Size"), field("Hardness"), QLabel("Last of them")):
        row.row.addWidget(control)
    row.row.addStretch()
    row.resize(800, 40)
    bar.show()
    return row


def field(name: str) -> ValueField:
    field = ValueField(name, ValueRange(0, 100), suffix=" px")
    field.set_slider_width(88)
    return field


def control_at(row: FittingRow, index: int) -> QWidget | None:
    item = row.row.itemAt(index)
    return None if item is None else item.widget()


def sliders(row: FittingRow) -> list[bool]:
    return [not field.is_compact for field in row.findChildren(ValueField)]


def resize(row: FittingRow, width: int) -> None:
    row.resize(width, 40)
    QApplication.processEvents()


def needed(row: FittingRow) -> int:
    """The width at which everything just fits, sliders included."""
    width = 800
    while all(sliders(row)) and width > SMALLEST:
        width -= 1
        resize(row, width)
    return width + 1


def test_with_room_everything_is_shown(row: FittingRow) -> None:
    assert sliders(row) == [True, True]
    assert row.overflowing() == []
    assert row.more_button.isHidden()


def test_sliders_give_way_first_and_come_back(row: FittingRow) -> None:
    width = needed(row)
    resize(row, width - 1)
    assert sliders(row) == [False, False]
    assert row.overflowing() == []
    resize(row, width)
    assert sliders(row) == [True, True]


def test_then_the_last_controls_are_behind_the_button(row: FittingRow) -> None:
    resize(row, 300)
    names = [c.text() for c in row.overflowing() if isinstance(c, QLabel)]
    assert names[-1] == "Last of them"
    assert row.more_button.isVisible()
    right = row.more_button.geometry().right()
    assert right <= row.width()
    for control in row.findChildren(ValueField):
        if control not in row.overflowing():
            assert control.geometry().right() < row.more_button.x()


@pytest.mark.parametrize("width", range(SMALLEST, 800, 37))
def test_nothing_is_cut_at_any_width(row: FittingRow, width: int) -> None:
    resize(row, width)
    for item in range(row.row.count()):
        control = control_at(row, item)
        if control is not None and control.isVisible():
            assert control.geometry().right() <= row.width()
            fixed = control is row.more_button
            assert fixed or control.width() >= control.minimumSizeHint().width()


def test_what_is_behind_the_button_can_be_used(row: FittingRow) -> None:
    resize(row, SMALLEST)
    QTest.mouseClick(row.more_button, LEFT)
    assert row.more.isVisible()
    hidden = row.overflowing()
    assert hidden
    assert all(control.isVisible() for control in hidden)
    QTest.keyClick(row.more, Qt.Key.Key_Escape)
    assert not row.more.isVisible()


def test_controls_return_in_their_order(row: FittingRow) -> None:
    before = [control_at(row, i) for i in range(4)]
    for width in (130, 300, 180, 800):
        resize(row, width)
    assert [control_at(row, i) for i in range(4)] == before
    assert all(control.isVisible() for control in before if control is not None)


def test_what_its_owner_hides_takes_no_room_and_stays_hidden(row: FittingRow) -> None:
    last = row.overflowing() or [control_at(row, 3)]
    control = last[-1]
    assert control is not None
    resize(row, 300)
    control.hide()
    QApplication.processEvents()
    resize(row, 800)
    assert control.isHidden()
    control.show()
    assert control.isVisible()


def test_a_control_that_appears_is_fitted_at_once(row: FittingRow) -> None:
    control = control_at(row, 3)
    assert control is not None
    control.hide()
    QApplication.processEvents()
    width = needed(row)
    resize(row, width)
    assert all(sliders(row))
    control.show()
    QApplication.processEvents()
    assert not any(sliders(row))


def test_tab_comes_to_the_button_last_where_the_row_was_narrow_from_the_start(
    bar: QWidget,
) -> None:
    row = FittingRow(bar)
    for name in ("Size", "Hardness", "Opacity", "Flow"):
        row.row.addWidget(field(name))
    row.resize(260, 40)
    bar.show()
    fields = [f.field for f in row.findChildren(ValueField) if f not in row.overflowing()]
    stops = [*fields, row.more_button]
    assert fields
    assert row.overflowing()
    assert [stop for stop in chain_from(row) if stop in stops] == stops


def chain_from(row: FittingRow) -> list[QWidget]:
    chain: list[QWidget] = []
    widget = row.nextInFocusChain()
    while widget is not None and widget is not row:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    return chain
