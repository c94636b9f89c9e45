"""What the canvas does with mouse, pen, wheel and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget

from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.geometry import Bounds, Point
from tests.documents import noise_document
from tests.gui.canvas.bench import LEFT, NO_KEYS, Bench

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
MIDDLE, RIGHT = Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


def origin(bench: Bench) -> Point:
    return bench.canvas.to_document(Point(0, 0))


def test_a_stroke_paints_the_mask_and_the_screen(bench: Bench) -> None:
    started, ended = QSignalSpy(bench.canvas.stroke_started), QSignalSpy(bench.canvas.stroke_ended)
    before = bench.shown()
    bench.press(40, 75)
    assert bench.canvas.is_drawing
    bench.move(90, 75)
    bench.move(160, 75)
    bench.release(160, 75)
    assert not bench.canvas.is_drawing
    assert (started.count(), ended.count()) == (1, 1)
    mask = bench.mask()
    assert (mask[75, 40:160] == 255).all()
    assert not mask[50].any()
    shown = bench.shown()
    assert (shown[75, 60:130] != before[75, 60:130]).any()
    np.testing.assert_array_equal(shown[40], before[40])
    assert bench.session.history.labels == ["Paint mask"]


def test_every_move_counts(bench: Bench) -> None:
    bench.toolbox.set_brush(size=3)
    bench.press(20, 20)
    for i in range(200):
        # No event loop in between: painting is put off, the shape is not.
        QTest.mouseMove(bench.canvas, bench.at(20 + i * 0.5, 20 + 40 * (i % 2)))
    bench.release(119, 20)
    assert bench.mask()[21:55, 20:119].any(axis=1).all()


def test_pressure_widens(bench: Bench) -> None:
    bench.pen_stroke((30, 40, 0.1), (170, 40, 0.1))
    bench.pen_stroke((30, 100, 1.0), (170, 100, 1.0))
    mask = bench.mask()
    light, firm = np.count_nonzero(mask[20:60, 100]), np.count_nonzero(mask[70:130, 100])
    assert 0 < light < firm / 3


def test_the_pens_other_end_erases(bench: Bench) -> None:
    bench.pen_stroke((30, 75, 1.0), (170, 75, 1.0))
    assert bench.mask()[75, 100] == 255
    bench.pen_stroke((90, 75, 1.0), (110, 75, 1.0), eraser=True)
    assert bench.mask()[75, 100] == 0
    assert bench.session.history.labels == ["Paint mask", "Erase mask"]


def test_pen_events_are_accepted(bench: Bench) -> None:
    pen = QPointingDevice.PointerType.Pen
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease):
        assert bench.pen(kind, 50, 50, 0.5, pen)


def test_escape_takes_a_stroke_back(bench: Bench) -> None:
    ended = QSignalSpy(bench.canvas.stroke_ended)
    before = bench.shown()
    bench.press(40, 75)
    bench.move(120, 75)
    QTest.keyClick(bench.canvas, Qt.Key.Key_Escape)
    assert ended.count() == 1
    bench.move(160, 75)
    bench.release(160, 75)
    bench.leave()
    assert not bench.mask().any()
    assert bench.session.history.labels == []
    np.testing.assert_array_equal(bench.shown(), before)


def test_escape_without_a_stroke_is_left_to_others(bench: Bench) -> None:
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, NO_KEYS)
    override.ignore()
    QApplication.sendEvent(bench.canvas, override)
    assert not override.isAccepted()


def test_losing_the_focus_keeps_the_stroke(bench: Bench) -> None:
    bench.press(40, 75)
    bench.move(120, 75)
    QApplication.sendEvent(bench.canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert not bench.canvas.is_drawing
    assert bench.session.history.labels == ["Paint mask"]


def test_a_lost_release_ends_the_stroke(bench: Bench) -> None:
    bench.press(40, 75)
    bench.move(80, 75)
    bench.release(80, 75, RIGHT)
    assert bench.canvas.is_drawing
    bench.release(80, 75)
    assert bench.session.history.labels == ["Paint mask"]


def test_another_tool_takes_an_unfinished_stroke_back(bench: Bench) -> None:
    bench.press(40, 75)
    bench.move(80, 75)
    bench.toolbox.choose(ToolName.hand)
    bench.release(80, 75)
    assert not bench.mask().any()


def test_shift_click_draws_a_straight_line(bench: Bench) -> None:
    bench.stroke((30, 30), (31, 30))
    bench.press(150, 110, keys=SHIFT)
    bench.release(150, 110, keys=SHIFT)
    assert bench.mask()[70, 90] == 255
    assert len(bench.session.history.labels) == 2


@pytest.mark.parametrize(("button", "keys"), [(LEFT, SHIFT), (RIGHT, ALT)])
def test_dragging_resizes_the_brush(
    bench: Bench, button: Qt.MouseButton, keys: Qt.KeyboardModifier
) -> None:
    menus = QSignalSpy(bench.canvas.context_menu_requested)
    bench.press(60, 60, button, keys)
    for x in (63, 70, 75):
        QTest.mouseMove(bench.canvas, bench.at(x, 61))
    bench.release(75, 61, button, keys)
    # The circle's edge follows the pointer: 15 px are 30 px of diameter.
    assert bench.toolbox.brush.size == 50
    bench.press(60, 60, button, keys)
    for y in (70, 110):
        QTest.mouseMove(bench.canvas, bench.at(60, y))
    bench.release(60, 110, button, keys)
    assert bench.toolbox.brush.size == 50
    assert bench.toolbox.brush.hardness == pytest.approx(0.75)
    assert not bench.mask().any()
    assert menus.count() == 0


def test_escape_puts_the_brush_size_back(bench: Bench) -> None:
    bench.press(60, 60, RIGHT, ALT)
    QTest.mouseMove(bench.canvas, bench.at(90, 60))
    assert bench.toolbox.brush.size == 80
    QTest.keyClick(bench.canvas, Qt.Key.Key_Escape)
    assert bench.toolbox.brush.size == 20


def test_wheel_zooms_at_the_pointer_by_its_delta(bench: Bench) -> None:
    bench.open(noise_document(2000, 1500))
    place = QPoint(310, 40)
    under = bench.canvas.to_document(Point(310, 40))
    zooms = QSignalSpy(bench.canvas.zoom_changed)
    for keys in (NO_KEYS, CTRL):
        bench.wheel(place, 40, keys=keys)
    assert bench.canvas.zoom == pytest.approx(1.25 ** (80 / 120))
    assert zooms.count() == 2
    now = bench.canvas.to_document(Point(310, 40))
    assert now.distance_to(under) < 1
    bench.wheel(place, -240)
    assert bench.canvas.to_document(Point(310, 40)).distance_to(under) < 1


def test_two_fingers_pan_and_shift_wheel_pans_sideways(bench: Bench) -> None:
    bench.open(noise_document(2000, 1500))
    start = origin(bench)
    update = Qt.ScrollPhase.ScrollUpdate
    bench.wheel(QPoint(200, 150), 30, pixels=QPoint(12, -7), phase=update)
    assert origin(bench) == start.translated(-12, 7)
    bench.wheel(QPoint(200, 150), 120, keys=SHIFT)
    assert origin(bench) == start.translated(-72, 7)
    assert bench.canvas.zoom == 1.0
    bench.wheel(QPoint(200, 150), 120, pixels=QPoint(0, 15))
    assert bench.canvas.zoom == 1.25, "a mouse's wheel has a pixelDelta on X11"


def test_pinching_zooms_at_the_fingers(bench: Bench) -> None:
    bench.open(noise_document(2000, 1500))
    under = bench.canvas.to_document(Point(100, 100))
    device = QPointingDevice.primaryPointingDevice()
    gesture, place = Qt.NativeGestureType.ZoomNativeGesture, QPointF(100, 100)
    event = QNativeGestureEvent(gesture, device, 2, place, place, place, 0.1, QPointF())
    QApplication.sendEvent(bench.canvas, event)
    assert bench.canvas.zoom == pytest.approx(1.1)
    assert bench.canvas.to_document(Point(100, 100)).distance_to(under) < 1


@pytest.mark.parametrize("how", ["middle", "space", "hand"])
def test_panning_drags_the_picture(bench: Bench, how: str) -> None:
    bench.open(noise_document(2000, 1500))
    start = origin(bench)
    if how == "space":
        QTest.keyPress(bench.canvas, Qt.Key.Key_Space)
    if how == "hand":
        bench.toolbox.choose(ToolName.hand)
    button = MIDDLE if how == "middle" else LEFT
    QTest.mousePress(bench.canvas, button, NO_KEYS, QPoint(200, 150))
    assert bench.canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseMove(bench.canvas, QPoint(230, 140))
    QTest.mouseRelease(bench.canvas, button, NO_KEYS, QPoint(230, 140))
    assert origin(bench) == start.translated(-30, 10)
    if how == "space":
        assert bench.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
        QTest.keyRelease(bench.canvas, Qt.Key.Key_Space)
        assert bench.canvas.cursor().shape() == Qt.CursorShape.BlankCursor
    assert not bench.mask().any()


def test_the_circle_follows_the_pointer_and_leaves_nothing_behind(bench: Bench) -> None:
    bench.toolbox.set_brush(size=60, hardness=0.5)
    before = bench.on_screen()
    for x, y in ((50, 50), (150, 120), (100, 75)):
        bench.move(x, y)
    shown = bench.on_screen()
    changed = np.argwhere((shown != before).any(axis=-1))
    middle, radius = bench.at(100, 75), 30
    distance = np.hypot(changed[:, 1] - middle.x() + 0.5, changed[:, 0] - middle.y() + 0.5)
    assert len(changed) > 100
    assert distance.max() < radius + 4
    bench.leave()
    np.testing.assert_array_equal(bench.on_screen(), before)


def test_the_circle_goes_away_over_a_floating_bar(bench: Bench) -> None:
    before = bench.on_screen()
    bench.move(50, 50)
    assert (bench.on_screen() != before).any()
    bar = QWidget(bench.canvas)
    bar.setGeometry(0, 0, 1, 1)
    bar.show()
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Enter))
    np.testing.assert_array_equal(bench.on_screen(), before)


@pytest.mark.parametrize("zoom", [1.0, 0.37, 3.0])
def test_partial_repaints_show_what_a_whole_one_shows(bench: Bench, zoom: float) -> None:
    bench.open(noise_document(900, 700), zoom)
    bench.toolbox.set_brush(size=30 / zoom, hardness=0.3)
    middle = bench.canvas.to_document(Point(200, 150))
    bench.rest()
    bench.press(middle.x, middle.y)
    for step in range(1, 6):
        bench.move(middle.x + step * 20 / zoom, middle.y + (step % 3) * 10 / zoom)
    # Interpolation starts anew in each repainted piece and may round differently by one step.
    difference = bench.on_screen().astype(int) - bench.grab()
    assert np.abs(difference).max() <= (2 if zoom < 1 else 0)
    bench.release(middle.x, middle.y)


def test_the_pointer_is_told_in_document_coordinates(bench: Bench) -> None:
    seen: list[Point | None] = []
    bench.canvas.pointer_moved.connect(seen.append)
    bench.move(31, 17)
    assert seen[-1] is not None
    assert seen[-1].distance_to(Point(31, 17)) < 1
    bench.leave()
    assert seen[-1] is None


def test_zoom_steps_fit_and_accessible_name(bench: Bench) -> None:
    bench.canvas.view.zoom_step(1)
    assert bench.canvas.zoom == 1.5
    bench.canvas.view.zoom_step(-1)
    bench.canvas.view.zoom_step(-1)
    assert bench.canvas.zoom == pytest.approx(2 / 3)
    bench.canvas.set_fit_margins(10, 10, 10, 90)
    bench.canvas.fit()
    area = bench.canvas.to_view(Bounds(0, 0, 200, 150))
    assert area.bottom() == pytest.approx(210, abs=1)
    assert bench.canvas.accessibleName() == "Canvas"


def test_nothing_happens_without_a_document(bench: Bench) -> None:
    bench.session.open(None)
    bench.press(50, 50)
    bench.move(60, 60)
    bench.release(60, 60)
    assert not bench.canvas.is_drawing
    assert bench.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_another_document_drops_the_stroke(bench: Bench) -> None:
    bench.press(40, 75)
    bench.move(80, 75)
    bench.session.open(noise_document(100, 100))
    bench.move(90, 75)
    bench.release(90, 75)
    assert not bench.mask().any()
    assert bench.session.history.labels == []
