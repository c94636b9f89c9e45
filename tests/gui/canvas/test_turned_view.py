"""A mirrored and rotated view: what is seen, where the pointer works, what is repainted."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.outpaint_plan import plan_expansion
from inpaint_studio.ui.canvas.frame_overlay import ShownPlan
from inpaint_studio.ui.canvas.turn import Turn
from inpaint_studio.ui.theme import current
from tests.documents import noise_document
from tests.gui.canvas.bench import LEFT, NO_KEYS, Bench, flat_document

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TURNS = [Turn(15.0), Turn(-75.0, True), Turn(90.0), Turn(0.0, True), Turn(180.0, True)]


def drag(bench: Bench, start: QPoint, end: QPoint, keys=NO_KEYS) -> None:
    QTest.mousePress(bench.canvas, LEFT, keys, start)
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(bench.canvas, start + (end - start) * part)
        QApplication.processEvents()
    QTest.mouseRelease(bench.canvas, LEFT, keys, end)


def differing(shown: np.ndarray, expected: np.ndarray) -> float:
    """Which part of the pixels is not the same, or nearly: sampling starts anew in each repainted
    piece of a turned view, and along an edge a pixel may become its neighbour."""
    return float((np.abs(shown.astype(int) - expected).max(axis=2) > 10).mean())


def test_mirrored_shows_the_bytes_the_other_way_round(bench: Bench) -> None:
    expected = flatten(bench.document.layers.painted, bench.document.frame)[..., :3]
    bench.leave()
    bench.canvas.view.mirror(True)
    np.testing.assert_array_equal(bench.shown(), expected[:, ::-1])
    bench.canvas.view.mirror(False)
    np.testing.assert_array_equal(bench.shown(), expected)


@pytest.mark.parametrize(("degrees", "turns"), [(90, 3), (180, 2), (-90, 1)])
def test_quarter_turns_show_the_bytes_turned(bench: Bench, degrees: float, turns: int) -> None:
    expected = flatten(bench.document.layers.painted, bench.document.frame)[..., :3]
    bench.leave()
    bench.canvas.view.turn_by(degrees)
    np.testing.assert_array_equal(bench.shown(), np.rot90(expected, turns))
    bench.canvas.view.mirror(True)
    np.testing.assert_array_equal(bench.shown(), np.rot90(expected, turns)[:, ::-1])


@pytest.mark.parametrize("turn", TURNS)
def test_the_document_stays_as_it_is(bench: Bench, turn: Turn) -> None:
    before = flatten(bench.document.layers.painted, bench.document.frame)
    bench.canvas.view.turn_to(turn)
    bench.settle()
    np.testing.assert_array_equal(
        flatten(bench.document.layers.painted, bench.document.frame), before
    )
    assert not bench.session.history.labels
    assert not bench.mask().any()


@pytest.mark.parametrize("turn", TURNS)
def test_a_stroke_lands_below_the_pointer(bench: Bench, turn: Turn) -> None:
    bench.canvas.view.turn_to(turn)
    drag(bench, bench.seen_at(60, 75), bench.seen_at(140, 75))
    mask = bench.mask()
    assert (mask[75, 62:138] == 255).all()
    assert not mask[55].any()
    assert not mask[95].any()


@pytest.mark.parametrize("zoom", [1.0, 0.37, 3.0])
@pytest.mark.parametrize("turn", [Turn(30.0), Turn(-45.0, True), Turn(90.0), Turn(0.0, True)])
def test_partial_repaints_show_what_a_whole_one_shows(
    bench: Bench, turn: Turn, zoom: float
) -> None:
    bench.open(flat_document(900, 700), zoom)
    bench.canvas.view.turn_to(turn)
    bench.toolbox.set_brush(size=30 / zoom, hardness=0.3)
    start = QPoint(200, 150)
    bench.rest()
    QTest.mousePress(bench.canvas, LEFT, NO_KEYS, start)
    for step in range(1, 6):
        QTest.mouseMove(bench.canvas, start + QPoint(step * 20, (step % 3) * 10))
        bench.settle()
    assert differing(bench.on_screen(), bench.grab()) < 0.002
    QTest.mouseRelease(bench.canvas, LEFT, NO_KEYS, start)
    bench.leave()
    assert differing(bench.on_screen(), bench.grab()) < 0.002


@pytest.mark.parametrize("zoom", [0.61, 1.0, 1.37, 3.3])
@pytest.mark.parametrize("degrees", [15, 30, -37.3, 45, 90, -165])
def test_no_seams_between_tiles(bench: Bench, zoom: float, degrees: float) -> None:
    bench.open(flat_document(2100, 1500, 200), zoom=zoom)
    bench.document.mask(MaskKind.repaint).raster = Raster(np.full((1500, 2100), 255, np.uint8))
    bench.canvas.scene.clear()
    bench.canvas.set_mask_style(MaskKind.repaint, QColor(0, 0, 0), 0.5)
    bench.leave()
    bench.canvas.view.turn_by(degrees)
    bench.canvas.resize(640, 400)
    bench.settle()
    assert set(np.unique(bench.grab()).tolist()) == {100}


@pytest.mark.parametrize("degrees", [15, -37.3, 45])
def test_no_seams_between_translucent_tiles(bench: Bench, degrees: float) -> None:
    document = flat_document(2100, 1500, 200)
    picture = next(iter(document.layers))
    picture.props = replace(picture.props, opacity=128)
    bench.open(document)
    bench.leave()
    bench.canvas.view.turn_by(degrees)
    bench.canvas.resize(640, 400)
    bench.settle()
    # One for each of the checkerboard's fields.
    assert len(np.unique(bench.grab().reshape(-1, 3), axis=0)) == 2


def test_transparency_shows_an_upright_checkerboard(bench: Bench) -> None:
    document = noise_document(200, 150)
    document.layers.painted[0].rasters[0].pixels[:, 60:140] = 0
    bench.open(document)
    bench.leave()
    bench.canvas.view.turn_by(30)
    colours = {tuple(c) for c in bench.grab()[140:160, 185:215].reshape(-1, 3).tolist()}
    named = (QColor(current().checker_a), QColor(current().checker_b))
    assert colours == {(c.blue(), c.green(), c.red()) for c in named}


@pytest.mark.parametrize("turn", [Turn(40.0), Turn(-15.0, True)])
def test_the_wheel_zooms_at_the_pointer(bench: Bench, turn: Turn) -> None:
    bench.open(noise_document(2000, 1500))
    bench.canvas.view.turn_to(turn)
    at = QPoint(310, 40)
    under = bench.canvas.to_document(Point(310, 40))
    bench.wheel(at, 360)
    assert bench.canvas.zoom == pytest.approx(1.25**3)
    assert bench.canvas.to_document(Point(310, 40)).distance_to(under) < 1.5


def test_panning_follows_the_hand(bench: Bench) -> None:
    bench.open(noise_document(2000, 1500))
    bench.canvas.view.turn_to(Turn(35.0, True))
    under = bench.canvas.to_document(Point(200, 150))
    QTest.keyPress(bench.canvas, Qt.Key.Key_Space)
    drag(bench, QPoint(200, 150), QPoint(260, 110))
    QTest.keyRelease(bench.canvas, Qt.Key.Key_Space)
    assert bench.canvas.to_document(Point(260, 110)).distance_to(under) < 1


def turned_by_hand(bench: Bench, keys: Qt.KeyboardModifier, degrees: float) -> float:
    """Drag around the middle of the canvas (200, 150); returns the view's angle then."""
    turns: list[Turn] = []
    bench.canvas.view.turned.connect(turns.append)
    reach = 100
    QTest.mousePress(bench.canvas, LEFT, keys, QPoint(200 + reach, 150))
    for part in (0.25, 0.5, 0.75, 1.0):
        angle = radians(degrees * part)
        to = QPoint(round(200 + reach * cos(angle)), round(150 + reach * sin(angle)))
        bench.drag_to(to, keys)
    QTest.mouseRelease(bench.canvas, LEFT, keys, to)
    return turns[-1].degrees


def test_shift_and_space_turn_by_dragging(bench: Bench) -> None:
    under = bench.canvas.to_document(Point(200, 150))
    QTest.keyPress(bench.canvas, Qt.Key.Key_Space, SHIFT)
    assert turned_by_hand(bench, SHIFT, 50) == pytest.approx(50, abs=1)
    assert bench.canvas.to_document(Point(200, 150)).distance_to(under) < 1
    assert turned_by_hand(bench, SHIFT, 150) == pytest.approx(-160, abs=2)
    QTest.keyRelease(bench.canvas, Qt.Key.Key_Space)
    assert not bench.mask().any()


def test_ctrl_turns_in_steps_and_escape_turns_back(bench: Bench) -> None:
    turns: list[Turn] = []
    bench.canvas.view.turned.connect(turns.append)
    QTest.keyPress(bench.canvas, Qt.Key.Key_Space, SHIFT)
    QTest.mousePress(bench.canvas, LEFT, SHIFT, QPoint(300, 150))
    bench.drag_to(QPoint(286, 200), SHIFT | CTRL)
    assert turns[-1] == Turn(30.0)
    QTest.keyClick(bench.canvas, Qt.Key.Key_Escape)
    assert turns[-1] == Turn()
    QTest.keyRelease(bench.canvas, Qt.Key.Key_Space)


def test_ctrl_and_space_zoom_by_dragging(bench: Bench) -> None:
    bench.open(noise_document(2000, 1500))
    under = bench.canvas.to_document(Point(150, 150))
    QTest.keyPress(bench.canvas, Qt.Key.Key_Space, CTRL)
    drag(bench, QPoint(150, 150), QPoint(250, 150), CTRL)
    assert bench.canvas.zoom == pytest.approx(2.0)
    assert bench.canvas.to_document(Point(150, 150)).distance_to(under) < 1
    drag(bench, QPoint(150, 150), QPoint(150, 250), CTRL)
    assert bench.canvas.zoom == pytest.approx(1.0)
    QTest.keyRelease(bench.canvas, Qt.Key.Key_Space)
    assert not bench.mask().any()


def fingers(bench: Bench, kind: Qt.NativeGestureType, value: float = 0.0) -> None:
    device, at = QPointingDevice.primaryPointingDevice(), QPointF(120, 90)
    QApplication.sendEvent(
        bench.canvas, QNativeGestureEvent(kind, device, 2, at, at, at, value, QPointF())
    )


def test_fingers_turn_once_they_mean_it(bench: Bench) -> None:
    turned = QSignalSpy(bench.canvas.view.turned)
    kinds = Qt.NativeGestureType
    under = bench.canvas.to_document(Point(120, 90))
    for _ in range(2):
        fingers(bench, kinds.BeginNativeGesture)
        fingers(bench, kinds.RotateNativeGesture, 6.0)
        fingers(bench, kinds.EndNativeGesture)
    assert turned.count() == 0, "pinching fingers turn a little"
    fingers(bench, kinds.BeginNativeGesture)
    for _ in range(3):
        fingers(bench, kinds.RotateNativeGesture, 6.0)
    assert turned.count() == 1
    assert turned.at(0)[0] == Turn(6.0)
    assert bench.canvas.to_document(Point(120, 90)).distance_to(under) < 1.5


def test_fifteen_degrees_come_back_to_exactly_none(bench: Bench) -> None:
    bench.leave()
    before = bench.grab()
    for _ in range(24):
        bench.canvas.view.turn_by(15)
    np.testing.assert_array_equal(bench.grab(), before)
    bench.canvas.view.turn_by(-37.3)
    assert (bench.grab() != before).any()
    bench.canvas.view.reset_turn()
    np.testing.assert_array_equal(bench.grab(), before)


def test_another_document_is_upright(bench: Bench) -> None:
    bench.canvas.view.turn_to(Turn(30.0, True))
    bench.open(noise_document(200, 150))
    bench.leave()
    expected = flatten(bench.document.layers.painted, bench.document.frame)[..., :3]
    np.testing.assert_array_equal(bench.shown(), expected)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("handle", [Handle.right, Handle.top, Handle.bottom_left])
def test_handles_are_dragged_where_they_are_seen(bench: Bench, turn: Turn, handle: Handle) -> None:
    bench.open(noise_document(100, 80))
    bench.toolbox.choose(ToolName.frame)
    bench.canvas.view.turn_to(turn)
    picture = Bounds(0, 0, 100, 80)
    across, down = handle.value
    at, to = handle.on(picture), handle.on(picture).translated(across * 20, down * 20)
    drag(bench, bench.seen_at(*at), bench.seen_at(*to), CTRL)
    frame = bench.document.frame
    assert abs(frame.width - (120 if across else 100)) <= 2
    assert abs(frame.height - (100 if down else 80)) <= 2
    bench.leave()
    assert differing(bench.on_screen(), bench.grab()) < 0.002


@pytest.mark.parametrize(
    ("turn", "shape"),
    [
        (Turn(), Qt.CursorShape.SizeHorCursor),
        (Turn(45.0), Qt.CursorShape.SizeFDiagCursor),
        (Turn(90.0), Qt.CursorShape.SizeVerCursor),
        (Turn(45.0, True), Qt.CursorShape.SizeFDiagCursor),
        (Turn(-45.0), Qt.CursorShape.SizeBDiagCursor),
    ],
)
def test_cursors_point_as_the_edge_is_seen(bench: Bench, turn: Turn, shape: Qt.CursorShape) -> None:
    bench.open(noise_document(100, 80))
    bench.canvas.view.turn_to(turn)
    QTest.mouseMove(bench.canvas, bench.seen_at(106, 40))
    assert bench.canvas.cursor().shape() == shape


def test_arrows_move_the_edge_that_is_seen_there(bench: Bench) -> None:
    bench.open(noise_document(100, 80))
    bench.toolbox.choose(ToolName.frame)
    bench.canvas.view.turn_to(Turn(90.0))
    QTest.keyClick(bench.canvas, Qt.Key.Key_Down)
    assert bench.document.frame == Bounds(0, 0, 101, 80)
    bench.canvas.view.turn_to(Turn(20.0, True))
    QTest.keyClick(bench.canvas, Qt.Key.Key_Right)
    assert bench.document.frame == Bounds(-1, 0, 102, 80)


@pytest.mark.parametrize("turn", [Turn(15.0), Turn(0.0, True)])
def test_boxes_and_outlines_leave_nothing_behind(bench: Bench, turn: Turn) -> None:
    bench.canvas.view.turn_to(turn)
    bench.rest()
    bench.leave()
    before = bench.on_screen()
    canvas, frame = bench.canvas, bench.document.frame
    plan = plan_expansion(Bounds(-20, 0, 220, 150), frame, None, 1 << 40)
    canvas.set_preflight(Bounds(20, 30, 90, 70), "512 × 512")
    canvas.set_plan(ShownPlan(plan, "2 steps"))
    bench.toolbox.choose(ToolName.lasso)
    QTest.mousePress(canvas, LEFT, NO_KEYS, bench.seen_at(40, 40))
    for x, y in ((90, 50), (80, 100)):
        QTest.mouseMove(canvas, bench.seen_at(x, y))
        bench.settle()
    assert (bench.on_screen() != before).any(axis=2).sum() > 300
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    canvas.set_preflight(None)
    canvas.set_plan(None)
    bench.toolbox.choose(ToolName.brush)
    bench.leave()
    assert differing(bench.on_screen(), before) < 0.002
