from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inpaint_studio.core.pressure import FIRM, LINEAR, SOFT, PressureCurve
from inpaint_studio.ui.dialogs.pressure_curve_edit import CurveGraph, PressureCurveEdit
from inpaint_studio.ui.theme import apply_theme
from tests.pointer import move, press, release

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def edit(qtbot: QtBot, qapp: QApplication) -> PressureCurveEdit:
    apply_theme(qapp, "dark")
    edit = PressureCurveEdit("Pressure to size")
    qtbot.addWidget(edit)
    edit.show()
    qtbot.waitExposed(edit)
    return edit


def at(graph: CurveGraph, pressure: float, effect: float) -> QPoint:
    return graph.place_of(pressure, effect).toPoint()


def drag(graph: CurveGraph, start: QPoint, end: QPoint) -> None:
    press(graph, start)
    move(graph, end)
    release(graph, end)


def test_presets(edit: PressureCurveEdit) -> None:
    seen: list[PressureCurve] = []
    edit.changed.connect(seen.append)
    for curve in (SOFT, FIRM, LINEAR):
        QTest.mouseClick(edit.preset_buttons[curve], LEFT)
        assert edit.curve() == curve
    assert seen == [SOFT, FIRM, LINEAR]


def test_drag_a_point(edit: PressureCurveEdit) -> None:
    edit.set_curve(SOFT)
    graph = edit.graph
    drag(graph, at(graph, 0.3, 0.55), at(graph, 0.5, 0.2))
    pressure, effect = edit.curve().points[1]
    assert (pressure, effect) == pytest.approx((0.5, 0.2), abs=0.01)
    assert len(edit.curve().points) == 3


def test_ends_move_up_and_down_only(edit: PressureCurveEdit) -> None:
    graph = edit.graph
    drag(graph, at(graph, 0, 0), at(graph, 0.4, 0.3))
    assert edit.curve().points[0] == (0.0, pytest.approx(0.3, abs=0.01))


def test_a_point_takes_its_neighbours_along_and_stays_inside(edit: PressureCurveEdit) -> None:
    edit.set_curve(SOFT)
    graph = edit.graph
    drag(graph, at(graph, 0.3, 0.55), QPoint(graph.width() + 50, graph.height() + 50))
    assert edit.curve().points[0] == (0.0, 0.0)
    assert edit.curve().points[1] == (0.98, 0.0)
    drag(graph, at(graph, 0.0, 0.0), at(graph, 0.0, 1.0))
    assert [effect for _, effect in edit.curve().points] == [1.0, 1.0, 1.0]


def test_double_click_adds_and_removes(edit: PressureCurveEdit) -> None:
    graph = edit.graph
    QTest.mouseDClick(graph, LEFT, pos=at(graph, 0.5, 0.8))
    assert edit.curve().points[1] == pytest.approx((0.5, 0.8), abs=0.01)
    QTest.mouseDClick(graph, LEFT, pos=at(graph, 0.5, 0.8))
    assert edit.curve() == LINEAR
    QTest.mouseDClick(graph, LEFT, pos=at(graph, 0.0, 0.0))
    assert edit.curve() == LINEAR
    for pressure in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
        QTest.mouseDClick(graph, LEFT, pos=at(graph, pressure, 0.95))
    assert len(edit.curve().points) == 6


def test_keys(edit: PressureCurveEdit) -> None:
    graph = edit.graph
    graph.setFocus()
    QTest.keyClick(graph, Qt.Key.Key_Left)
    QTest.keyClick(graph, Qt.Key.Key_Left)
    QTest.keyClick(graph, Qt.Key.Key_Up)
    assert edit.curve().points == ((0.0, 0.05), (1.0, 1.0))
    QTest.keyClick(graph, Qt.Key.Key_Right)
    for _ in range(3):
        QTest.keyClick(graph, Qt.Key.Key_Down)
    assert edit.curve().points[1] == (1.0, pytest.approx(0.85))
