"""The pixel grid, the original beside the edited picture, and the preview of a running edit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.layer import ImageLayer, LayerProps, MaskKind
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.turn import Turn
from tests.documents import noise_document
from tests.gui.canvas.bench import NO_KEYS, Bench, flat_document
from tests.pointer import move, press, release

SHIFT = Qt.KeyboardModifier.ShiftModifier


def edited(bench: Bench) -> None:
    """A dark picture that was made bright."""
    bench.open(flat_document(200, 150, 40))
    bright = np.full((150, 200, 4), 255, np.uint8)
    bright[..., :3] = 210
    bench.session.do(AddLayer("Edit", ImageLayer(LayerProps("Edit"), Raster(bright)), 1))
    bench.leave()


def compare(bench: Bench, on: bool = True) -> None:
    bench.canvas.comparison.turn_on(on)
    bench.settle()


# The pixel grid.


@pytest.mark.parametrize("value", [0, 128, 255])
def test_the_grid_is_seen_on_any_grey_from_800_percent_on(bench: Bench, value: int) -> None:
    bench.open(flat_document(200, 150, value), zoom=7.9)
    bench.leave()
    assert np.unique(bench.grab()).tolist() == [value]
    bench.canvas.zoom_to(8.0)
    shown = bench.grab()[..., 0]
    off = shown != value
    # Where a row and a column cross, the two differences may take each other back.
    assert np.count_nonzero(off.mean(axis=0) > 0.5) == pytest.approx(400 / 8, abs=1)
    assert np.count_nonzero(off.mean(axis=1) > 0.5) == pytest.approx(300 / 8, abs=1)
    assert np.abs(shown.astype(int) - value).max() < 64
    bench.canvas.set_pixel_grid(False)
    assert np.unique(bench.grab()).tolist() == [value]


def test_the_grid_lies_between_pixels(bench: Bench) -> None:
    bench.open(noise_document(200, 150), zoom=12.0)
    bench.canvas.set_pixel_grid(False)
    bench.leave()
    plain = bench.grab().astype(int)
    bench.canvas.set_pixel_grid(True)
    lined = (bench.grab() != plain).any(axis=2).mean(axis=0)
    columns = (lined > 0.5).nonzero()[0]
    starts = (plain[:, 1:] != plain[:, :-1]).any(axis=2).mean(axis=0).argsort()[-len(columns) :] + 1
    assert sorted(starts.tolist()) == columns.tolist()


@pytest.mark.parametrize("turn", [Turn(), Turn(90.0, True)])
def test_a_partial_repaint_draws_the_same_grid(bench: Bench, turn: Turn) -> None:
    bench.open(noise_document(200, 150), zoom=8.7)
    bench.leave()
    bench.canvas.view.turn_to(turn)
    whole = bench.on_screen()
    for x in range(100, 116):
        bench.canvas.repaint(x, 80 + x, 33 + x % 5, 17)
    np.testing.assert_array_equal(bench.on_screen(), whole)


def test_a_turned_grid_is_inside_the_frame(bench: Bench) -> None:
    bench.open(flat_document(10, 8, 128), zoom=20.0)
    bench.canvas.view.turn_by(30)
    bench.canvas.set_pixel_grid(False)
    bench.leave()
    plain = bench.grab()
    bench.canvas.set_pixel_grid(True)
    rows, columns = (bench.grab() != plain).any(axis=2).nonzero()
    assert len(rows) > 1000
    frame = bench.document.frame.pad(1)
    for x, y in list(zip(columns, rows, strict=True))[::50]:
        at = bench.document_at(x + 0.5, y + 0.5)
        assert frame.contains_point(at)


# Before and after.


def test_the_original_is_left_and_the_edit_right(bench: Bench) -> None:
    edited(bench)
    compare(bench)
    shown = bench.shown()[60:100]
    assert set(np.unique(shown[:, :80]).tolist()) == {40}
    assert set(np.unique(shown[:, 120:]).tolist()) == {210}
    compare(bench, False)
    assert set(np.unique(bench.shown()).tolist()) == {210}
    assert bench.canvas.scene.original.nbytes == 0


def test_the_mask_is_only_seen_after(bench: Bench) -> None:
    edited(bench)
    bench.document.mask(MaskKind.repaint).raster = Raster(np.full((150, 200), 255, np.uint8))
    bench.canvas.scene.clear()
    compare(bench)
    shown = bench.shown()[60:65]
    assert set(np.unique(shown[:, :80]).tolist()) == {40}
    assert set(np.unique(shown[:, 120:]).tolist()) != {210}


def test_the_divider_is_dragged(bench: Bench) -> None:
    edited(bench)
    compare(bench)
    divider = bench.canvas.comparison.divider
    at = QPoint(divider.width() // 2, 50)
    assert divider.line_x == 200
    press(divider, at)
    move(divider, at + QPoint(40, 0))
    bench.settle()
    assert divider.line_x == 240
    # The divider moved with the pointer, so this is from where it is now.
    move(divider, at - QPoint(90, 0))
    release(divider, at)
    bench.settle()
    assert divider.line_x == 150
    np.testing.assert_array_equal(bench.on_screen(), bench.grab())
    shown = bench.shown()[60:65]
    assert set(np.unique(shown[:, :30]).tolist()) == {40}
    assert set(np.unique(shown[:, 70:]).tolist()) == {210}
    assert not bench.mask().any(), "the brush is not in its way"
    QTest.mouseDClick(divider, Qt.MouseButton.LeftButton, NO_KEYS, at)
    assert divider.line_x == 200


def test_the_divider_takes_arrows(bench: Bench) -> None:
    edited(bench)
    compare(bench)
    bench.canvas.activateWindow()
    divider = bench.canvas.comparison.divider
    assert divider.hasFocus()
    QTest.keyClick(divider, Qt.Key.Key_Left)
    assert divider.line_x == 196
    QTest.keyClick(divider, Qt.Key.Key_Right, SHIFT)
    assert divider.line_x == 236
    QTest.keyClick(divider, Qt.Key.Key_End)
    assert divider.line_x == 400
    QTest.keyClick(divider, Qt.Key.Key_Right)
    assert divider.line_x == 400
    QTest.keyClick(divider, Qt.Key.Key_Home)
    assert divider.line_x == 0
    bench.settle()
    assert set(np.unique(bench.shown()[60:65, 20:]).tolist()) == {210}
    assert divider.accessibleDescription().startswith("0 %")


def test_it_keeps_its_place_when_the_canvas_is_resized(bench: Bench) -> None:
    edited(bench)
    compare(bench)
    bench.canvas.resize(600, 300)
    bench.settle()
    divider = bench.canvas.comparison.divider
    assert divider.line_x == 300
    assert divider.height() == 300
    shown = bench.shown()[60:65]
    assert set(np.unique(shown[:, :80]).tolist()) == {40}
    assert set(np.unique(shown[:, 120:]).tolist()) == {210}


def test_space_pans_while_the_divider_has_the_focus(bench: Bench) -> None:
    edited(bench)
    compare(bench)
    QTest.keyPress(bench.canvas.comparison.divider, Qt.Key.Key_Space)
    assert bench.canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.keyRelease(bench.canvas.comparison.divider, Qt.Key.Key_Space)
    assert bench.canvas.cursor().shape() != Qt.CursorShape.OpenHandCursor


def test_a_turned_view_is_compared_too(bench: Bench) -> None:
    edited(bench)
    bench.canvas.view.turn_by(30)
    compare(bench)
    middle = bench.grab()[140:160]
    assert set(np.unique(middle[:, 120:180]).tolist()) == {40}
    assert set(np.unique(middle[:, 220:280]).tolist()) == {210}


# The preview of a running edit.


@pytest.mark.parametrize("turn", [Turn(), Turn(25.0)])
def test_the_tint_does_not_colour_a_preview(bench: Bench, turn: Turn) -> None:
    bench.open(flat_document(200, 150, 40))
    bench.document.mask(MaskKind.repaint).raster = Raster(np.full((150, 200), 128, np.uint8))
    bench.canvas.scene.clear()
    bench.canvas.view.turn_to(turn)
    bench.leave()
    tinted = bench.grab()[140:160, 190:210]
    assert np.unique(tinted).tolist() != [40]
    half = np.full((60, 80, 4), 128, np.uint8)
    half[..., :3] = 100
    bench.canvas.set_preview(Bounds(60, 45, 80, 60), half)
    # Half of it and half of the picture's own 40.
    assert np.unique(bench.grab()[140:160, 190:210]).tolist() == [120]
    bench.canvas.clear_preview()
    np.testing.assert_array_equal(bench.grab()[140:160, 190:210], tinted)


def test_no_preview_is_shown_before(bench: Bench) -> None:
    edited(bench)
    compare(bench)
    bench.canvas.set_preview(Bounds(0, 0, 200, 150), np.full((15, 20, 4), 255, np.uint8))
    QApplication.processEvents()
    shown = bench.shown()[60:65]
    assert set(np.unique(shown[:, :80]).tolist()) == {40}
    assert set(np.unique(shown[:, 120:]).tolist()) == {255}
    bench.canvas.show_original(True)
    assert set(np.unique(bench.shown()[60:65, 120:]).tolist()) == {40}
