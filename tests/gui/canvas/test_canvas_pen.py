"""What the canvas does with a pen: its two ends, its button, its reach, and a mouse beside it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.pressure import PressureCurve
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.ui.application import Application
from tests.gui.canvas.bench import LEFT, NO_KEYS, Bench
from tests.pointer import move
from tests.strokes.replay import pen_device

PRESS, MOVE, RELEASE = (
    QEvent.Type.TabletPress,
    QEvent.Type.TabletMove,
    QEvent.Type.TabletRelease,
)
RIGHT, NONE = Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
TIP, END = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser


def pen(
    bench: Bench,
    kind: QEvent.Type,
    x: float,
    y: float,
    pressure: float = 1.0,
    *,
    button: Qt.MouseButton = LEFT,
    buttons: Qt.MouseButton | None = None,
    tilt: tuple[float, float] = (0.0, 0.0),
    end: QPointingDevice.PointerType = TIP,
) -> None:
    """`buttons`: those that are down after it; by default as a button that is just used."""
    place = QPointF(bench.at(x, y))
    held = button if buttons is None and kind != RELEASE else buttons or NONE
    event = QTabletEvent(
        kind,
        pen_device(end),
        place,
        bench.canvas.mapToGlobal(place),
        pressure,
        *tilt,
        *(0.0, 0.0, 0.0),
        NO_KEYS,
        NONE if kind == MOVE else button,
        held,
    )
    QApplication.sendEvent(bench.canvas, event)


def hover(bench: Bench, x: float, y: float) -> None:
    pen(bench, MOVE, x, y, 0.0, buttons=NONE)


def leave_reach() -> None:
    application = QApplication.instance()
    assert isinstance(application, Application)
    event = QTabletEvent(
        QEvent.Type.TabletLeaveProximity,
        pen_device(TIP),
        *(QPointF(), QPointF()),
        *(0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        NO_KEYS,
        NONE,
        NONE,
    )
    QApplication.sendEvent(application, event)


def thickness(bench: Bench, y: float) -> int:
    """Rows that are at least half masked in the middle of a stroke at `y`."""
    return int((bench.mask()[int(y) - 30 : int(y) + 30, 100] > 127).sum())


def test_hovering_shows_the_circle_and_paints_nothing(bench: Bench) -> None:
    before = bench.on_screen()
    hover(bench, 80, 60)
    assert (bench.on_screen() != before).any()
    assert bench.canvas.cursor().shape() == Qt.CursorShape.BlankCursor
    assert not bench.mask().any()


def test_the_circle_goes_when_the_pen_leaves(bench: Bench) -> None:
    application = QApplication.instance()
    assert isinstance(application, Application)
    application.pen_left.connect(bench.canvas.pen_left)
    before = bench.on_screen()
    hover(bench, 80, 60)
    leave_reach()
    np.testing.assert_array_equal(bench.on_screen(), before)
    application.pen_left.disconnect(bench.canvas.pen_left)


def test_a_pen_that_leaves_the_tablet_mid_stroke_keeps_the_stroke(bench: Bench) -> None:
    pen(bench, PRESS, 40, 75)
    pen(bench, MOVE, 120, 75)
    bench.canvas.pen_left()
    assert not bench.canvas.is_drawing
    assert bench.session.history.labels == ["Paint mask"]
    hover(bench, 150, 40)
    assert not bench.mask()[:50].any()


def test_a_pen_that_leaves_the_window_draws_on(bench: Bench) -> None:
    pen(bench, PRESS, 40, 75)
    bench.leave()
    pen(bench, MOVE, -60, 75)
    pen(bench, MOVE, 300, 75)
    assert bench.canvas.is_drawing
    pen(bench, MOVE, 150, 110)
    pen(bench, RELEASE, 150, 110, 0.0)
    mask = bench.mask()
    assert (mask[75, 10:190] == 255).all()
    assert mask[108, 150] == 255


def test_a_lost_release_ends_the_stroke_at_the_next_hover(bench: Bench) -> None:
    pen(bench, PRESS, 40, 75)
    pen(bench, MOVE, 80, 75)
    hover(bench, 160, 20)
    assert not bench.canvas.is_drawing
    assert bench.session.history.labels == ["Paint mask"]
    assert not bench.mask()[20].any()


def test_tilt_changes_nothing(bench: Bench) -> None:
    for tilt in ((0.0, 0.0), (55.0, -40.0)):
        pen(bench, PRESS, 40, 75, 0.7, tilt=tilt)
        pen(bench, MOVE, 150, 80, 0.7, tilt=tilt)
        pen(bench, RELEASE, 150, 80, 0.0, tilt=tilt)
    # The second stroke is the first one again, so nothing changed and no step was made.
    assert bench.session.history.labels == ["Paint mask"]


def test_the_other_end_erases_and_the_tip_paints_again(bench: Bench) -> None:
    bench.pen_stroke((30, 75, 1.0), (170, 75, 1.0))
    bench.pen_stroke((100, 40, 1.0), (100, 110, 1.0), eraser=True)
    assert bench.mask()[75, 100] == 0
    assert bench.toolbox.current is ToolName.brush
    bench.pen_stroke((100, 40, 1.0), (100, 110, 1.0))
    assert bench.mask()[75, 100] == 255
    assert bench.session.history.labels == ["Paint mask", "Erase mask", "Paint mask"]


def test_pressure_follows_the_curve(bench: Bench) -> None:
    curve = PressureCurve(((0.0, 0.0), (0.5, 0.1), (1.0, 1.0)))
    bench.toolbox.set_brush(size=40, size_curve=curve)
    bench.pen_stroke((30, 50, 0.5), (170, 50, 0.5))
    firm = thickness(bench, 50)
    bench.toolbox.set_brush(size_curve=PressureCurve())
    bench.pen_stroke((30, 105, 0.5), (170, 105, 0.5))
    assert firm == pytest.approx(40 * (0.05 + 0.95 * 0.1), abs=1.5)
    assert thickness(bench, 105) == pytest.approx(40 * (0.05 + 0.95 * 0.5), abs=1.5)


def test_pressure_to_opacity_paints_denser_when_pressed(bench: Bench) -> None:
    bench.toolbox.set_brush(pressure_to_size=False, pressure_to_opacity=True)
    levels = []
    for i, pressure in enumerate((0.2, 0.6, 1.0)):
        y = 30 + 40 * i
        bench.pen_stroke((30, y, pressure), (170, y, pressure))
        levels.append(int(bench.mask()[y, 100]))
        assert thickness(bench, y) in ((0, 20, 21, 22) if pressure < 0.5 else (20, 21, 22))
    assert all(a < b for a, b in pairwise(levels))
    assert levels[-1] == 255


def test_pressing_harder_in_place_widens_the_tap(bench: Bench) -> None:
    bench.toolbox.set_brush(size=40)
    pen(bench, PRESS, 100, 75, 0.05)
    for pressure in (0.3, 0.9, 0.4):
        pen(bench, MOVE, 100, 75, pressure)
    pen(bench, RELEASE, 100, 75, 0.0)
    assert thickness(bench, 75) == pytest.approx(40 * (0.05 + 0.95 * 0.9), abs=1.5)


def test_a_pushed_mouse_does_not_disturb_a_pens_stroke(bench: Bench) -> None:
    pen(bench, PRESS, 40, 75)
    pen(bench, MOVE, 80, 75)
    for y in (20, 130):
        QTest.mouseMove(bench.canvas, bench.at(100, y))
    assert bench.canvas.is_drawing
    pen(bench, MOVE, 160, 75)
    pen(bench, RELEASE, 160, 75, 0.0)
    mask = bench.mask()
    assert (mask[75, 40:160] == 255).all()
    assert not mask[20].any()
    assert not mask[130].any()
    assert bench.session.history.labels == ["Paint mask"]


def test_a_mouse_press_ends_a_pens_stuck_stroke_and_starts_its_own(bench: Bench) -> None:
    pen(bench, PRESS, 40, 40)
    pen(bench, MOVE, 90, 40)
    bench.stroke((40, 110), (160, 110))
    assert not bench.canvas.is_drawing
    assert bench.session.history.labels == ["Paint mask", "Paint mask"]
    assert bench.mask()[110, 150] == 255


def test_a_pen_press_ends_a_mouse_stroke(bench: Bench) -> None:
    bench.press(40, 40)
    move(bench.canvas, bench.at(90, 40))
    bench.pen_stroke((40, 110, 1.0), (160, 110, 1.0))
    bench.release(90, 40)
    assert not bench.canvas.is_drawing
    assert bench.session.history.labels == ["Paint mask", "Paint mask"]


def test_the_second_button_asks_for_the_menu(bench: Bench) -> None:
    menus = QSignalSpy(bench.canvas.context_menu_requested)
    pen(bench, PRESS, 60, 60, 0.0, button=RIGHT)
    assert menus.count() == 0
    pen(bench, RELEASE, 60, 60, 0.0, button=RIGHT)
    assert [menus.at(0)[0]] == [QPoint(bench.at(60, 60))]
    assert not bench.mask().any()


def test_dragging_with_the_second_button_resizes(bench: Bench) -> None:
    menus = QSignalSpy(bench.canvas.context_menu_requested)
    pen(bench, PRESS, 60, 60, 0.0, button=RIGHT)
    pen(bench, MOVE, 75, 61, 0.0, button=RIGHT)
    pen(bench, RELEASE, 75, 61, 0.0, button=RIGHT)
    assert bench.toolbox.brush.size == 50
    assert menus.count() == 0
    assert not bench.mask().any()


def test_without_a_brush_the_second_button_is_only_the_menu(bench: Bench) -> None:
    bench.toolbox.choose(ToolName.lasso)
    menus = QSignalSpy(bench.canvas.context_menu_requested)
    pen(bench, PRESS, 60, 60, 0.0, button=RIGHT)
    pen(bench, MOVE, 90, 60, 0.0, button=RIGHT)
    pen(bench, RELEASE, 90, 60, 0.0, button=RIGHT)
    assert menus.count() == 1
    assert bench.toolbox.brush.size == 20


def test_the_second_button_during_a_stroke_is_nothing(bench: Bench) -> None:
    menus = QSignalSpy(bench.canvas.context_menu_requested)
    pen(bench, PRESS, 40, 75)
    pen(bench, PRESS, 60, 75, button=RIGHT, buttons=LEFT | RIGHT)
    pen(bench, RELEASE, 80, 75, button=RIGHT, buttons=LEFT)
    pen(bench, MOVE, 160, 75)
    pen(bench, RELEASE, 160, 75, 0.0)
    assert menus.count() == 0
    assert (bench.mask()[75, 40:160] == 255).all()
