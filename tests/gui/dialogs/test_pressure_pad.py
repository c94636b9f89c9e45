from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inpaint_studio.core.brush import BrushSettings
from inpaint_studio.ui.dialogs.pressure_pad import Paper, PressurePad
from inpaint_studio.ui.theme import apply_theme
from tests.pointer import move, press, release

LEFT = Qt.MouseButton.LeftButton
BRUSH = BrushSettings(size=40, hardness=1.0, smoothing=0.0)


@pytest.fixture
def pad(qtbot: QtBot, qapp: QApplication) -> PressurePad:
    apply_theme(qapp, "dark")
    pad = PressurePad(lambda: BRUSH)
    pad.resize(420, 180)
    qtbot.addWidget(pad)
    pad.show()
    qtbot.waitExposed(pad)
    return pad


def pen(paper: Paper, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Pressure,
        1,
        1,
    )
    local = QPointF(x, y)
    event = QTabletEvent(
        *(kind, device, local, QPointF(paper.mapToGlobal(local)), pressure),
        *(0.0, 0.0, 0.0, 0.0, 0.0, Qt.KeyboardModifier.NoModifier, LEFT, LEFT),
    )
    QApplication.sendEvent(paper, event)


def test_starts_with_an_example(pad: PressurePad) -> None:
    covered = pad.paper.covered()
    assert pad.paper.is_example
    assert covered.width > 0.8 * pad.paper.width()
    assert 40 <= covered.height < pad.paper.height()


def test_the_mouse_draws_with_full_pressure(pad: PressurePad) -> None:
    paper = pad.paper
    press(paper, QPoint(100, 60))
    move(paper, QPoint(200, 60))
    release(paper, QPoint(200, 60))
    assert not paper.is_example
    covered = paper.covered()
    assert (covered.width, covered.height) == (pytest.approx(140, abs=4), pytest.approx(40, abs=3))
    assert pad.reading.text() == "Pressure 100 %   Size 40 px   Opacity 100 %"


def test_a_light_pen_draws_a_thin_line_and_its_pressure_is_shown(pad: PressurePad) -> None:
    paper = pad.paper
    pen(paper, QEvent.Type.TabletPress, 100, 60, 0.5)
    pen(paper, QEvent.Type.TabletMove, 200, 60, 0.5)
    assert pad.reading.text() == "Pressure 50 %   Size 21 px   Opacity 100 %"
    pen(paper, QEvent.Type.TabletRelease, 200, 60, 0.5)
    assert paper.covered().height == pytest.approx(21, abs=3)


def test_wiping_brings_the_example_back(pad: PressurePad) -> None:
    example = pad.paper.covered()
    press(pad.paper, QPoint(100, 60))
    release(pad.paper, QPoint(100, 60))
    pad.refresh()
    assert pad.paper.covered() != example
    QTest.mouseClick(pad.clear_button, LEFT)
    assert pad.paper.covered() == example
