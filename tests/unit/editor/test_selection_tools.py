from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.selection_tools import (
    BoxTool,
    LassoTool,
    PolygonTool,
    SelectionSettings,
    SelectionTool,
)
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.editor.tools.wand_tool import WandTool
from inpaint_studio.geometry import Point
from inpaint_studio.imaging.pixels import from_rgb
from tests.documents import noise_document, state_of

SHIFT, ALT = Modifier.shift, Modifier.alt


class Desk:
    def __init__(self) -> None:
        self.session = EditorSession(1 << 30)
        self.session.open(noise_document(200, 120))
        self.settings = SelectionSettings()

    def tool(self, kind: type[SelectionTool], **more: bool) -> SelectionTool:
        return kind(self.session, lambda: self.settings, lambda: MaskKind.repaint, **more)

    def mask(self) -> np.ndarray:
        assert self.session.document is not None
        return self.session.document.mask(MaskKind.repaint).raster.read(self.session.document.frame)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def at(x: float, y: float, keys: Modifier = Modifier.none) -> PointerEvent:
    return PointerEvent(Point(x, y), Point(x, y), modifiers=keys)


def drag(tool: SelectionTool, *points: tuple[float, float], keys: Modifier = Modifier.none) -> None:
    tool.begin(at(*points[0], keys))
    for point in points[1:]:
        tool.motion(at(*point, keys))
    tool.end(at(*points[-1], keys))


def test_a_rectangle_is_exact_and_one_step(desk: Desk) -> None:
    drag(desk.tool(BoxTool, ellipse=False), (150, 90), (20, 10))
    expected = np.zeros((120, 200), np.uint8)
    expected[10:90, 20:150] = 255
    np.testing.assert_array_equal(desk.mask(), expected)
    assert desk.session.history.labels == ["Select rectangle"]
    desk.session.undo()
    assert not desk.mask().any()


def test_the_other_end_of_the_pen_takes_away(desk: Desk) -> None:
    drag(desk.tool(BoxTool, ellipse=False), (20, 10), (150, 90))
    tool = desk.tool(BoxTool, ellipse=False)
    corner, other = (replace(at(*spot), is_eraser=True) for spot in ((0, 0), (100, 120)))
    tool.begin(corner)
    tool.end(other)
    expected = np.zeros((120, 200), np.uint8)
    expected[10:90, 100:150] = 255
    np.testing.assert_array_equal(desk.mask(), expected)


def test_keys_at_the_press_subtract_and_intersect(desk: Desk) -> None:
    box = desk.tool(BoxTool, ellipse=False)
    drag(box, (0, 0), (100, 100))
    drag(box, (50, 0), (100, 100), keys=ALT)
    assert desk.mask()[:100].sum(dtype=int) == 255 * 50 * 100
    drag(box, (20, 20), (120, 40), keys=SHIFT | ALT)
    assert desk.mask().sum(dtype=int) == 255 * 30 * 20
    drag(box, (150, 100), (160, 110), keys=SHIFT)
    assert desk.mask()[105, 155] == 255


def test_the_option_decides_where_no_key_is_held(desk: Desk) -> None:
    box = desk.tool(BoxTool, ellipse=False)
    drag(box, (0, 0), (100, 100))
    desk.settings = replace(desk.settings, how=Combine.subtract)
    drag(box, (0, 0), (100, 100))
    assert not desk.mask().any()


def test_shift_while_dragging_keeps_it_square_and_alt_grows_from_the_middle(desk: Desk) -> None:
    box = desk.tool(BoxTool, ellipse=False)
    box.begin(at(100, 60))
    box.end(at(120, 70, SHIFT | ALT))
    mask = desk.mask()
    assert mask[40:80, 80:120].min() == 255
    assert mask.sum(dtype=int) == 255 * 40 * 40


def test_an_ellipse_touches_its_box(desk: Desk) -> None:
    drag(desk.tool(BoxTool, ellipse=True), (20, 10), (120, 90))
    mask = desk.mask()
    assert mask[50, 25] == 255
    assert mask[12, 22] == 0
    assert mask.sum(dtype=int) / 255 == pytest.approx(np.pi * 50 * 40, rel=0.01)


def test_a_lasso_closes_itself_and_a_click_selects_nothing(desk: Desk) -> None:
    lasso = desk.tool(LassoTool)
    drag(lasso, (10, 10), (100, 10), (100, 80))
    assert desk.mask()[30, 90] == 255
    assert desk.mask()[70, 20] == 0
    before = desk.mask()
    drag(lasso, (50, 50))
    np.testing.assert_array_equal(desk.mask(), before)


def test_a_polygon_is_closed_by_its_first_corner(desk: Desk) -> None:
    tool = PolygonTool(desk.session, lambda: desk.settings, lambda: MaskKind.repaint)
    for corner in ((10, 10), (100, 10), (100, 100)):
        tool.begin(at(*corner))
        tool.end(at(*corner))
    tool.hover(at(60, 80))
    assert tool.is_open
    assert tool.outline[-1] == Point(60, 80)
    tool.begin(at(12, 12))
    assert not tool.is_open
    assert desk.mask()[50, 90] == 255
    assert not tool.outline


def test_a_polygon_can_be_given_up(desk: Desk) -> None:
    assert desk.session.document is not None
    before = state_of(desk.session.document)
    tool = PolygonTool(desk.session, lambda: desk.settings, lambda: MaskKind.repaint)
    for corner in ((10, 10), (100, 10), (100, 100)):
        tool.begin(at(*corner))
    tool.cancel()
    assert state_of(desk.session.document) == before


def test_nothing_outside_the_frame_is_masked(desk: Desk) -> None:
    drag(desk.tool(LassoTool), (-50, -50), (500, -40), (30, 500))
    assert desk.session.document is not None
    bounds = desk.session.document.mask(MaskKind.repaint).raster.content_bounds()
    assert desk.session.document.frame.contains(bounds)


def flags() -> Document:
    rgb = np.zeros((60, 90, 3), np.uint8)
    rgb[:, :30] = (200, 30, 30)
    rgb[:, 30:60] = (240, 240, 240)
    rgb[:, 60:] = (205, 28, 33)
    return Document.from_pixels(from_rgb(rgb), Origin("flag.png"))


@pytest.mark.parametrize(("contiguous", "stripes"), [(True, 1), (False, 2)])
def test_the_wand_takes_like_colours(
    desk: Desk, qtbot: QtBot, contiguous: bool, stripes: int
) -> None:
    desk.session.open(flags())
    desk.settings = SelectionSettings(contiguous=contiguous, tolerance=10)
    owner = QObject()
    wand = WandTool(desk.session, lambda: desk.settings, lambda: MaskKind.repaint, owner)
    wand.begin(at(5, 5))
    qtbot.waitUntil(lambda: not wand.is_searching)
    assert desk.mask().sum(dtype=int) == 255 * 60 * 30 * stripes
    assert len(desk.session.history.labels) == 1


def test_a_later_click_takes_the_place_of_the_first(desk: Desk, qtbot: QtBot) -> None:
    desk.session.open(flags())
    owner = QObject()
    wand = WandTool(desk.session, lambda: desk.settings, lambda: MaskKind.repaint, owner)
    wand.begin(at(5, 5))
    wand.begin(at(45, 5))
    qtbot.waitUntil(lambda: not wand.is_searching)
    qtbot.wait(50)
    assert desk.mask()[0, 45] == 255
    assert desk.mask()[0, 5] == 0


def test_the_wand_outside_the_picture_does_nothing(desk: Desk) -> None:
    owner = QObject()
    wand = WandTool(desk.session, lambda: desk.settings, lambda: MaskKind.repaint, owner)
    wand.begin(at(-5, 5))
    assert not wand.is_searching
