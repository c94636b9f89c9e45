"""Layers moved, scaled and turned on the canvas by real events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import SetLayerProps
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import ImageLayer, LayerProps, MaskKind, PlacedLayer
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor import background_painting
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.move_tool import MoveChoices
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.canvas.transform_overlay import TransformOverlay
from inpaint_studio.ui.canvas.turn import Turn
from tests.documents import noise_document
from tests.gui.canvas.bench import NO_KEYS, Bench, flat_document
from tests.pointer import move, press, release

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
PATCH = Bounds(60, 50, 40, 30)


@pytest.fixture
def moving(bench: Bench) -> Bench:
    """A grey picture with a small bright patch on it, which is the active layer."""
    bench.open(flat_document(200, 150))
    pixels = np.random.default_rng(4).integers(0, 256, (30, 40, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    patch = ImageLayer(LayerProps("Patch"), Raster(pixels, PATCH.x, PATCH.y))
    bench.document.layers.insert(1, patch)
    bench.session.open(bench.document)
    bench.canvas.zoom_to(1.0)
    bench.toolbox.move_tool.choices = MoveChoices(snaps=False)
    bench.toolbox.choose(ToolName.move)
    bench.settle()
    return bench


def patch_of(bench: Bench) -> PlacedLayer:
    layer = list(bench.document.layers)[1]
    assert isinstance(layer, PlacedLayer)
    return layer


def drag(
    bench: Bench,
    start: tuple[float, float] | Point,
    by: tuple[int, int],
    keys: Qt.KeyboardModifier = NO_KEYS,
    *,
    let_go: bool = True,
) -> None:
    place = bench.at(*start)
    press(bench.canvas, place, keys)
    for part in (0.3, 0.7, 1.0):
        to = place + QPoint(round(by[0] * part), round(by[1] * part))
        move(bench.canvas, to, keys)
        bench.settle()
    if let_go:
        release(bench.canvas, to, keys)
        bench.settle()


def expected(bench: Bench) -> np.ndarray:
    return flatten(bench.document.layers.painted, bench.document.frame)[..., :3]


def without_overlay(bench: Bench) -> np.ndarray:
    """What the canvas shows of the frame, with another tool in hand."""
    bench.toolbox.choose(ToolName.hand)
    bench.leave()
    shown = bench.shown()
    bench.toolbox.choose(ToolName.move)
    return shown


def test_a_drag_moves_by_whole_px_and_is_one_step(moving: Bench) -> None:
    layer = patch_of(moving)
    own = layer.rasters[0].pixels
    drag(moving, (80, 65), (23, -11))
    assert layer.placement == Placement(23, -11)
    assert layer.rasters[0].pixels is own
    assert moving.session.history.labels == ["Move"]
    np.testing.assert_array_equal(without_overlay(moving), expected(moving))
    moving.session.undo()
    assert layer.placement == HOME
    np.testing.assert_array_equal(without_overlay(moving), expected(moving))


def test_while_dragging_the_layer_is_shown_there_and_the_document_is_left_alone(
    moving: Bench,
) -> None:
    before = expected(moving)
    drag(moving, (80, 65), (50, 40), let_go=False)
    assert patch_of(moving).placement == HOME
    np.testing.assert_array_equal(expected(moving), before)
    shown = moving.shown()
    # Within its lines, which lie on the edges.
    inner = PATCH.translated(50, 40).pad(-6).slices()
    np.testing.assert_array_equal(shown[inner], before[PATCH.pad(-6).slices()])
    assert (shown[PATCH.pad(-6).slices()] == 128).all()
    release(moving.canvas, moving.at(130, 105))
    assert patch_of(moving).placement == Placement(50, 40)


def test_the_window_shows_the_same_as_a_whole_repaint(moving: Bench) -> None:
    drag(moving, (80, 65), (50, 40), let_go=False)
    np.testing.assert_array_equal(moving.on_screen(), moving.grab())
    release(moving.canvas, moving.at(130, 105))
    np.testing.assert_array_equal(moving.on_screen(), moving.grab())
    drag(moving, Point(150, 120), (-20, -10))
    np.testing.assert_array_equal(moving.on_screen(), moving.grab())


def test_escape_takes_a_drag_back(moving: Bench) -> None:
    before = moving.shown()
    drag(moving, (80, 65), (50, 40), let_go=False)
    QTest.keyClick(moving.canvas, Qt.Key.Key_Escape)
    assert patch_of(moving).placement == HOME
    assert moving.session.history.labels == []
    release(moving.canvas, moving.at(130, 105))
    moving.settle()
    move(moving.canvas, moving.at(80, 65))
    np.testing.assert_array_equal(moving.shown(), before)


def test_shift_keeps_to_one_axis(moving: Bench) -> None:
    drag(moving, (80, 65), (30, 8), SHIFT)
    assert patch_of(moving).placement == Placement(30, 0)
    drag(moving, (110, 65), (4, -20), SHIFT)
    assert patch_of(moving).placement == Placement(30, -20)


def test_a_click_moves_nothing(moving: Bench) -> None:
    press(moving.canvas, moving.at(80, 65))
    move(moving.canvas, moving.at(81, 66))
    release(moving.canvas, moving.at(81, 66))
    assert moving.session.history.labels == []


def test_arrows_nudge_and_a_held_key_is_one_step(moving: Bench) -> None:
    canvas, layer = moving.canvas, patch_of(moving)
    QTest.keyPress(canvas, Qt.Key.Key_Right)
    QTest.keyPress(canvas, Qt.Key.Key_Right)
    QTest.keyPress(canvas, Qt.Key.Key_Right)
    QTest.keyRelease(canvas, Qt.Key.Key_Right)
    assert layer.placement == Placement(3, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Up, SHIFT)
    assert layer.placement == Placement(3, -10)
    assert moving.session.history.labels == ["Move", "Move"]
    QTest.keyPress(canvas, Qt.Key.Key_Left)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.keyRelease(canvas, Qt.Key.Key_Left)
    assert layer.placement == Placement(3, -10)


def test_alt_moves_a_copy(moving: Bench) -> None:
    before = expected(moving)
    drag(moving, (80, 65), (60, 0), ALT)
    names = [layer.props.name for layer in moving.document.layers][:3]
    assert names == ["flat.png", "Patch", "Patch copy"]
    copy = moving.session.active_layer
    assert copy is list(moving.document.layers)[2]
    assert patch_of(moving).placement == HOME
    assert moving.session.history.labels == ["Duplicate layer"]
    shown = expected(moving)
    np.testing.assert_array_equal(shown[PATCH.translated(60, 0).slices()], before[PATCH.slices()])
    np.testing.assert_array_equal(shown[PATCH.slices()], before[PATCH.slices()])
    np.testing.assert_array_equal(without_overlay(moving), shown)


@pytest.mark.parametrize(
    ("handle", "by", "home_to"),
    [
        (Handle.bottom_right, (20, 15), Bounds(60, 50, 60, 45)),
        (Handle.top_left, (-20, -15), Bounds(40, 35, 60, 45)),
        (Handle.right, (20, 3), Bounds(60, 50, 60, 30)),
        (Handle.top, (5, -10), Bounds(60, 40, 40, 40)),
    ],
)
def test_handles_scale_and_the_other_side_stays(
    moving: Bench, handle: Handle, by: tuple[int, int], home_to: Bounds
) -> None:
    # Larger on the screen, so that the sides have handles.
    moving.canvas.zoom_to(2.0)
    moving.settle()
    drag(moving, handle.on(PATCH), (by[0] * 2, by[1] * 2))
    assert patch_of(moving).bounds == home_to
    assert moving.session.history.labels == ["Scale"]


def test_corners_keep_the_ratio_and_shift_frees_it(moving: Bench) -> None:
    drag(moving, Point(100, 80), (40, 0))
    assert patch_of(moving).bounds.width / patch_of(moving).bounds.height == pytest.approx(
        4 / 3, abs=0.05
    )
    moving.session.undo()
    drag(moving, Point(100, 80), (40, 0), SHIFT)
    assert patch_of(moving).bounds == Bounds(60, 50, 80, 30)


def test_alt_scales_about_the_middle(moving: Bench) -> None:
    drag(moving, Point(100, 80), (20, 15), ALT)
    assert patch_of(moving).bounds == Bounds(40, 35, 80, 60)


def test_beyond_the_other_side_it_flips(moving: Bench) -> None:
    own = patch_of(moving).rasters[0].pixels
    moving.canvas.zoom_to(2.0)
    drag(moving, Handle.right.on(PATCH), (-160, 0))
    assert patch_of(moving).bounds == Bounds(20, 50, 40, 30)
    np.testing.assert_array_equal(patch_of(moving).rasters[0].pixels, own[:, ::-1])


def test_outside_a_corner_it_turns_and_shift_snaps(moving: Bench) -> None:
    own = patch_of(moving).rasters[0].pixels
    # From the corner at the lower right around the middle (80, 65) to the lower left.
    place, to = moving.at(110, 92), moving.at(53, 95)
    press(moving.canvas, place, SHIFT)
    move(moving.canvas, moving.at(80, 110), SHIFT)
    move(moving.canvas, to, SHIFT)
    release(moving.canvas, to, SHIFT)
    assert patch_of(moving).placement.rotation == 90
    assert moving.session.history.labels == ["Rotate"]
    np.testing.assert_array_equal(patch_of(moving).rasters[0].pixels, np.rot90(own, -1))
    moving.settle()
    np.testing.assert_array_equal(without_overlay(moving), expected(moving))


def test_turned_freely_the_canvas_shows_what_is_exported(moving: Bench) -> None:
    drag(moving, Point(110, 92), (-12, 20))
    assert patch_of(moving).placement.rotation not in (0, 90)
    np.testing.assert_array_equal(without_overlay(moving), expected(moving))


def test_ctrl_picks_the_layer_under_the_pointer(moving: Bench) -> None:
    base = next(iter(moving.document.layers))
    drag(moving, (20, 20), (5, 5), CTRL)
    assert moving.session.active_layer is base
    assert isinstance(base, PlacedLayer)
    assert base.placement == Placement(5, 5)
    drag(moving, (80, 65), (-5, 0), CTRL)
    assert patch_of(moving).placement == Placement(-5, 0)


def test_with_auto_select_a_click_picks_and_ctrl_does_not(moving: Bench) -> None:
    base = next(iter(moving.document.layers))
    moving.toolbox.move_tool.choices = MoveChoices(picks=True)
    QTest.mouseClick(moving.canvas, Qt.MouseButton.LeftButton, CTRL, moving.at(20, 20))
    assert moving.session.active_layer is patch_of(moving)
    QTest.mouseClick(moving.canvas, Qt.MouseButton.LeftButton, NO_KEYS, moving.at(20, 20))
    assert moving.session.active_layer is base


@pytest.mark.parametrize(
    "after", [LayerProps("Patch", locked=True), LayerProps("Patch", visible=False)]
)
def test_a_locked_or_hidden_layer_stays_and_says_why(moving: Bench, after: LayerProps) -> None:
    layer, told = patch_of(moving), []
    moving.session.do(SetLayerProps("Set", layer.id, layer.props, after))
    moving.toolbox.move_tool.refused.connect(told.append)
    drag(moving, (80, 65), (30, 8))
    QTest.keyClick(moving.canvas, Qt.Key.Key_Right)
    assert layer.placement == HOME
    assert len(told) == 2
    assert "Patch" in told[0]


def test_a_mask_moves_live_and_is_one_step(moving: Bench) -> None:
    mask = moving.document.mask(MaskKind.repaint)
    mask.raster.writable(Bounds(10, 10, 20, 20))[...] = 200
    before = moving.mask()
    moving.session.set_active_layer(mask.id)
    drag(moving, (20, 20), (30, 25), let_go=False)
    assert mask.raster.content_bounds() == Bounds(40, 35, 20, 20)
    QTest.keyClick(moving.canvas, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(moving.mask(), before)
    drag(moving, (20, 20), (30, 25))
    assert moving.session.history.labels == ["Move mask"]
    QTest.keyClick(moving.canvas, Qt.Key.Key_Left)
    assert mask.raster.content_bounds() == Bounds(39, 35, 20, 20)
    moving.session.undo()
    moving.session.undo()
    np.testing.assert_array_equal(moving.mask(), before)


def test_a_move_snaps_to_the_frame_and_ctrl_keeps_it_from_that(moving: Bench) -> None:
    moving.toolbox.move_tool.choices = MoveChoices(snaps=True)
    drag(moving, (80, 65), (-57, 3))
    # Its left edge meets the frame's; its middle is 7 px from that of the frame, too far.
    assert patch_of(moving).placement == Placement(-60, 3)
    moving.session.undo()
    press(moving.canvas, moving.at(80, 65))
    move(moving.canvas, moving.at(23, 68), CTRL)
    release(moving.canvas, moving.at(23, 68), CTRL)
    assert patch_of(moving).placement == Placement(-57, 3)


def test_a_moved_base_shows_the_checkerboard(moving: Bench) -> None:
    base = next(iter(moving.document.layers))
    assert isinstance(base, PlacedLayer)
    moving.session.set_active_layer(base.id)
    drag(moving, (150, 120), (40, 0), let_go=False)
    during = moving.shown()[5:145, 5:35]
    assert len(np.unique(during.reshape(-1, 3), axis=0)) == 2
    release(moving.canvas, moving.at(190, 120))
    after = without_overlay(moving)[5:145, 5:35]
    np.testing.assert_array_equal(after, during)
    # The patch above it is drawn over the base all the time.
    np.testing.assert_array_equal(
        without_overlay(moving)[PATCH.slices()], expected(moving)[PATCH.slices()]
    )


def test_layers_above_stay_above_while_dragging(moving: Bench) -> None:
    base = next(iter(moving.document.layers))
    before = expected(moving)
    moving.session.set_active_layer(base.id)
    drag(moving, (150, 120), (10, 0), let_go=False)
    shown = moving.shown()
    np.testing.assert_array_equal(shown[PATCH.slices()], before[PATCH.slices()])
    release(moving.canvas, moving.at(160, 120))


def test_masks_stay_in_sight_over_what_is_dragged(moving: Bench) -> None:
    mask = moving.document.mask(MaskKind.repaint)
    mask.raster.writable(Bounds(120, 100, 40, 30))[...] = 255
    moving.session.open(moving.document)
    moving.toolbox.choose(ToolName.move)
    moving.canvas.zoom_to(1.0)
    moving.settle()
    drag(moving, (80, 65), (60, 50), let_go=False)
    tinted = moving.shown()[105:125, 125:135].astype(int)
    moving.canvas.set_mask_visible(False)
    plain = moving.shown()[105:125, 125:135].astype(int)
    assert np.abs(tinted - plain).mean() > 20
    release(moving.canvas, moving.at(140, 115))


def test_another_document_ends_the_drag(moving: Bench) -> None:
    drag(moving, (80, 65), (50, 40), let_go=False)
    moving.open(noise_document(50, 40))
    assert moving.canvas.scene.lifted is None
    assert moving.toolbox.move_tool.lifted is None
    release(moving.canvas, moving.at(20, 20))
    assert moving.session.history.labels == []


def test_a_drag_makes_no_tiles_but_where_the_layer_lay(moving: Bench) -> None:
    moving.open(flat_document(3000, 3000))
    pixels = np.full((600, 600, 4), 255, np.uint8)
    layer = ImageLayer(LayerProps("Patch"), Raster(pixels, 512, 512))
    moving.document.layers.insert(1, layer)
    moving.session.open(moving.document)
    moving.toolbox.choose(ToolName.move)
    moving.canvas.fit()
    moving.settle()
    moving.grab()
    picture = moving.canvas.scene.picture
    place = moving.at(800, 800)
    press(moving.canvas, place)
    move(moving.canvas, place + QPoint(6, 6))
    moving.grab()
    made, pixels_made = picture.tiles_made, picture.pixels_made
    for step in range(10):
        move(moving.canvas, place + QPoint(6 + 4 * step, 6 + step))
        moving.grab()
    assert (picture.tiles_made, picture.pixels_made) == (made, pixels_made)
    QTest.keyClick(moving.canvas, Qt.Key.Key_Escape)


@pytest.mark.parametrize("turn", [Turn(0.0, True), Turn(90.0), Turn(30.0, True), Turn(30.0)])
def test_a_turned_or_mirrored_view_moves_and_shows_the_same(moving: Bench, turn: Turn) -> None:
    moving.canvas.view.turn_to(turn)
    moving.settle()
    start, to = view_point(moving, 80, 65), view_point(moving, 100, 75)
    press(moving.canvas, start)
    move(moving.canvas, start + (to - start) / 2)
    move(moving.canvas, to)
    assert_same(moving, turn)
    release(moving.canvas, to)
    placement = patch_of(moving).placement
    assert placement.is_whole_move
    # A px of the view is not a whole px of the document there.
    assert abs(placement.dx - 20) <= 1
    assert abs(placement.dy - 10) <= 1
    assert_same(moving, turn)
    corner = moving.toolbox.move_tool.box
    assert corner is not None
    place = view_point(moving, *corner.corners[2])
    far = view_point(moving, corner.corners[2].x + 40, corner.corners[2].y + 30)
    press(moving.canvas, place)
    move(moving.canvas, far)
    release(moving.canvas, far)
    bounds = patch_of(moving).bounds
    assert abs(bounds.width - 80) <= 2
    assert abs(bounds.height - 60) <= 2


def view_point(bench: Bench, x: float, y: float) -> QPoint:
    corner = bench.canvas.to_view(Bounds(round(x), round(y), 0, 0)).topLeft()
    return corner.toPoint()


def assert_same(bench: Bench, turn: Turn) -> None:
    """The window shows the same as a whole repaint. QPainter rounds turned pixels a little
    differently at the edges of what it repaints."""
    difference = np.abs(bench.on_screen().astype(int) - bench.grab())
    assert difference.max() <= (0 if turn.is_aligned else 20)
    assert np.count_nonzero(difference) <= difference.size / 500


def test_the_original_is_shown_where_it_was_opened(moving: Bench) -> None:
    base = next(iter(moving.document.layers))
    assert isinstance(base, PlacedLayer)
    moving.session.set_active_layer(base.id)
    drag(moving, (150, 120), (40, 0))
    moving.toolbox.choose(ToolName.hand)
    moving.leave()
    moving.canvas.show_original(True)
    assert (moving.shown() == 128).all()


def test_a_large_turned_layer_is_shown_at_once_and_exact_when_it_is_made(
    moving: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_painting, "LARGE_AREA", 100)
    drag(moving, Point(110, 92), (-12, 20))
    tool = moving.toolbox.move_tool
    qtbot.waitUntil(lambda: tool.lifted is None)
    assert patch_of(moving).is_painted
    np.testing.assert_array_equal(without_overlay(moving), expected(moving))
    moving.session.undo()
    moving.session.redo()
    # With any tool in hand.
    moving.toolbox.choose(ToolName.hand)
    quick = moving.shown()
    qtbot.waitUntil(lambda: tool.lifted is None)
    exact = moving.shown()
    np.testing.assert_array_equal(exact, expected(moving))
    assert np.abs(quick.astype(int) - exact).mean() < 3
    np.testing.assert_array_equal(moving.on_screen(), moving.grab())


def test_with_a_brush_in_hand_it_costs_nothing(
    moving: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    look = TransformOverlay._now
    monkeypatch.setattr(TransformOverlay, "_now", lambda self: looks.append(self) or look(self))
    moving.toolbox.choose(ToolName.brush)
    moving.leave()
    looks.clear()
    moving.stroke((20, 20), (60, 40), (90, 70))
    assert not looks
    moving.toolbox.choose(ToolName.move)
    assert looks
