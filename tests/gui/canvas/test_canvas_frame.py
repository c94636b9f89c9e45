"""The frame on the canvas, dragged by real events; and the outlines of the selection tools."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.outpaint_plan import plan_expansion
from inpaint_studio.ui.canvas.frame_overlay import ShownPlan
from tests.documents import noise_document
from tests.gui.canvas.bench import NO_KEYS, Bench

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
PICTURE = Bounds(0, 0, 100, 80)
SIDES = [handle for handle in Handle if handle is not Handle.inside]


@pytest.fixture
def framing(bench: Bench) -> Bench:
    """A small picture in the middle of the canvas, with the frame tool in hand."""
    bench.open(noise_document(100, 80))
    bench.toolbox.choose(ToolName.frame)
    return bench


def drag(bench: Bench, start: tuple[float, float], by: tuple[int, int], keys=CTRL) -> None:
    """Slowly, as a hand would; Ctrl keeps edges from snapping."""
    place = bench.at(*start)
    QTest.mousePress(bench.canvas, Qt.MouseButton.LeftButton, keys, place)
    for part in (0.4, 1.0):
        to = place + bench.at(by[0] * part, by[1] * part) - bench.at(0, 0)
        QTest.mouseMove(bench.canvas, to)
    QTest.mouseRelease(bench.canvas, Qt.MouseButton.LeftButton, keys, to)


@pytest.mark.parametrize("distance", [24, -16], ids=["outward", "inward"])
@pytest.mark.parametrize("handle", SIDES, ids=lambda handle: handle.name)
def test_every_handle_drags(framing: Bench, handle: Handle, distance: int) -> None:
    framing.toolbox.frame_tool.choices = type(framing.toolbox.frame_tool.choices)(snaps=False)
    before = framing.document.layers.painted[0].rasters[0].pixels.copy()
    across, down = handle.value
    drag(framing, handle.on(PICTURE), (across * distance, down * distance))
    expected = Bounds.from_corners(
        -distance if across < 0 else 0,
        -distance if down < 0 else 0,
        100 + (distance if across > 0 else 0),
        80 + (distance if down > 0 else 0),
    )
    assert framing.document.frame == expected
    assert len(framing.session.history.labels) == 1
    np.testing.assert_array_equal(framing.document.layers.painted[0].rasters[0].pixels, before)
    framing.session.undo()
    assert framing.document.frame == PICTURE


def test_the_picture_stays_below_the_pointer_and_fits_when_let_go(bench: Bench) -> None:
    bench.open(noise_document(800, 600))
    bench.canvas.fit()
    bench.toolbox.choose(ToolName.frame)
    fitted, edge = bench.canvas.zoom, bench.at(800, 300)
    QTest.mousePress(bench.canvas, Qt.MouseButton.LeftButton, CTRL, edge)
    QTest.mouseMove(bench.canvas, edge + bench.at(20, 0) - bench.at(0, 0))
    QTest.mouseMove(bench.canvas, edge + bench.at(40, 0) - bench.at(0, 0))
    assert bench.canvas.zoom == fitted
    assert bench.at(800, 300) == edge
    to = edge + bench.at(40, 0) - bench.at(0, 0)
    QTest.mouseRelease(bench.canvas, Qt.MouseButton.LeftButton, CTRL, to)
    assert bench.document.frame.width == pytest.approx(840, abs=3)
    assert bench.canvas.rect().contains(bench.canvas.to_view(bench.document.frame).toRect())


def test_the_view_stays_where_it_was_chosen_by_hand(framing: Bench) -> None:
    framing.canvas.zoom_to(1.0)
    drag(framing, (100, 40), (30, 0))
    assert framing.canvas.zoom == 1.0


def test_the_new_area_is_a_checkerboard_and_the_old_picture_as_it_was(framing: Bench) -> None:
    framing.leave()
    before = framing.shown()
    drag(framing, (100, 40), (40, 0))
    framing.toolbox.choose(ToolName.hand)
    framing.leave()
    shown = framing.shown()
    np.testing.assert_array_equal(shown[:, :100], before)
    colours = np.unique(shown[:, 100:].reshape(-1, 3), axis=0)
    assert len(colours) == 2
    frame = framing.document.frame
    np.testing.assert_array_equal(framing.on_screen(), framing.grab())
    framing.session.undo()
    np.testing.assert_array_equal(framing.shown(), before)
    framing.session.redo()
    assert framing.document.frame == frame


def test_escape_puts_the_frame_back(framing: Bench) -> None:
    edge = framing.at(100, 40)
    QTest.mousePress(framing.canvas, Qt.MouseButton.LeftButton, CTRL, edge)
    QTest.mouseMove(framing.canvas, framing.at(140, 40))
    assert framing.document.frame.width > 100
    QTest.keyClick(framing.canvas, Qt.Key.Key_Escape)
    assert framing.document.frame == PICTURE
    assert framing.session.history.labels == []


def test_cursors_tell_what_a_press_would_do(framing: Bench) -> None:
    shapes = Qt.CursorShape
    for (x, y), shape in {
        (100, 40): shapes.SizeHorCursor,
        (50, 0): shapes.SizeVerCursor,
        (0, 0): shapes.SizeFDiagCursor,
        (100, 0): shapes.SizeBDiagCursor,
        (50, 40): shapes.SizeAllCursor,
        (180, 40): shapes.ArrowCursor,
    }.items():
        framing.move(x, y)
        assert framing.canvas.cursor().shape() == shape


def test_arrows_move_the_edge_they_point_to(framing: Bench) -> None:
    canvas = framing.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    QTest.keyClick(canvas, Qt.Key.Key_Left, SHIFT)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    QTest.keyClick(canvas, Qt.Key.Key_Up, CTRL)
    assert framing.document.frame == Bounds(-11, 1, 111, 80)
    framing.session.undo()
    assert framing.document.frame == Bounds(-11, 0, 111, 81)


def test_the_bars_can_be_dragged_with_a_brush_in_hand(framing: Bench) -> None:
    framing.toolbox.choose(ToolName.brush)
    bar = framing.at(100, 40)
    bar.setX(bar.x() + 6)
    framing.canvas.setFocus()
    QTest.mouseMove(framing.canvas, bar)
    assert framing.canvas.cursor().shape() == Qt.CursorShape.SizeHorCursor
    QTest.mousePress(framing.canvas, Qt.MouseButton.LeftButton, CTRL, bar)
    to = framing.at(130, 40)
    QTest.mouseMove(framing.canvas, to)
    QTest.mouseRelease(framing.canvas, Qt.MouseButton.LeftButton, CTRL, to)
    assert framing.document.frame.width > 115
    assert not framing.mask().any()


def test_a_plan_is_drawn_and_taken_away_without_a_trace(framing: Bench) -> None:
    framing.document.frame = Bounds(-30, -20, 160, 120)
    framing.session.open(framing.document)
    framing.leave()
    before = framing.on_screen()
    plan = plan_expansion(framing.document.frame, PICTURE, None, 1 << 40)
    framing.canvas.set_plan(ShownPlan(plan, "8 steps"))
    assert (framing.on_screen() != before).any(axis=-1).sum() > 500
    framing.canvas.set_plan(ShownPlan(plan, "", current=3))
    np.testing.assert_array_equal(framing.on_screen(), framing.grab())
    framing.canvas.set_plan(None)
    np.testing.assert_array_equal(framing.on_screen(), before)


def test_a_rectangle_masks_exactly_what_was_dragged(bench: Bench) -> None:
    bench.toolbox.choose(ToolName.rectangle)
    bench.press(30, 20)
    before = bench.on_screen()
    bench.move(90, 70)
    assert (bench.on_screen() != before).any(), "the outline is seen while it is drawn"
    np.testing.assert_array_equal(bench.on_screen(), bench.grab())
    bench.release(90, 70)
    expected = np.zeros((150, 200), np.uint8)
    expected[20:70, 30:90] = 255
    np.testing.assert_array_equal(bench.mask(), expected)
    bench.leave()
    np.testing.assert_array_equal(bench.on_screen(), bench.grab())


def test_alt_cuts_an_ellipse_out(bench: Bench) -> None:
    bench.toolbox.choose(ToolName.rectangle)
    bench.stroke((20, 20), (180, 130))
    bench.toolbox.choose(ToolName.ellipse)
    bench.press(60, 40, keys=ALT)
    bench.move(140, 110)
    bench.release(140, 110, keys=ALT)
    mask = bench.mask()
    assert mask[75, 100] == 0
    assert mask[45, 65] == 255
    assert bench.session.history.labels == ["Select rectangle", "Select ellipse"]


def test_a_polygon_by_clicks_follows_the_pointer_and_closes_with_enter(bench: Bench) -> None:
    bench.toolbox.choose(ToolName.polygon)
    before = bench.on_screen()
    for x, y in ((20, 20), (120, 20), (120, 120)):
        bench.press(x, y)
        bench.release(x, y)
        bench.move(x + 8, y + 4)
    assert bench.toolbox.tool.outline[-1].x == pytest.approx(128, abs=1)
    np.testing.assert_array_equal(bench.on_screen(), bench.grab())
    assert (bench.on_screen() != before).any()
    QTest.keyClick(bench.canvas, Qt.Key.Key_Return)
    mask = bench.mask()
    assert (mask[40, 60], mask[100, 40]) == (255, 0)
    bench.leave()
    np.testing.assert_array_equal(bench.on_screen(), bench.grab())


def test_escape_gives_a_polygon_up(bench: Bench) -> None:
    bench.leave()
    before = bench.on_screen()
    bench.toolbox.choose(ToolName.polygon)
    for x, y in ((20, 20), (120, 20), (120, 120)):
        bench.press(x, y)
        bench.release(x, y)
    QTest.keyClick(bench.canvas, Qt.Key.Key_Escape)
    assert not bench.toolbox.tool.is_open
    assert not bench.mask().any()
    bench.leave()
    np.testing.assert_array_equal(bench.on_screen(), before)


def test_a_polygon_closes_by_a_double_click_or_on_its_first_corner(bench: Bench) -> None:
    bench.toolbox.choose(ToolName.polygon)
    for x, y in ((20, 20), (60, 20), (60, 60), (20, 20)):
        bench.press(x, y)
        bench.release(x, y)
    assert bench.mask()[30, 50] == 255
    # A double-click comes as a press, a release and then the double press.
    for x, y in ((100, 20), (160, 20), (160, 60)):
        bench.press(x, y)
        bench.release(x, y)
    QTest.mouseDClick(bench.canvas, Qt.MouseButton.LeftButton, NO_KEYS, bench.at(160, 60))
    assert not bench.toolbox.tool.is_open
    assert bench.mask()[30, 150] == 255


def test_a_lasso_follows_the_hand(bench: Bench) -> None:
    bench.toolbox.choose(ToolName.lasso)
    angles = np.linspace(0, 2 * np.pi, 40)
    points = [(100 + 50 * np.cos(a), 75 + 50 * np.sin(a)) for a in angles]
    bench.stroke(*points)
    np.testing.assert_array_equal(bench.on_screen(), bench.grab())
    rows, columns = np.mgrid[:150, :200]
    distance = np.hypot(columns - 99.5, rows - 74.5)
    mask = bench.mask()
    assert (mask[distance < 47] == 255).all()
    assert not mask[distance > 53].any()


def test_the_wand_takes_what_is_like(bench: Bench) -> None:
    document = noise_document(200, 150)
    document.layers.painted[0].rasters[0].pixels[30:60, 40:90] = (10, 200, 30, 255)
    bench.open(document)
    bench.toolbox.choose(ToolName.wand)
    bench.toolbox.set_selection(how=Combine.add, tolerance=0)
    bench.press(50, 40)
    bench.release(50, 40)
    while getattr(bench.toolbox.tool, "is_searching", False):
        QApplication.processEvents()
    expected = np.zeros((150, 200), np.uint8)
    expected[30:60, 40:90] = 255
    np.testing.assert_array_equal(bench.mask(), expected)


def test_the_brush_goes_on_where_no_bar_is(bench: Bench) -> None:
    bench.stroke((50, 50), (80, 50))
    assert bench.mask()[50, 60] == 255
    assert bench.document.frame.extent == Extent(200, 150)
