from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MOST_SHAPING, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.tool import PointerEvent
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds, Point
from tests.documents import noise_document, state_of

SPOT = Bounds(20, 20, 30, 20)


class Desk:
    def __init__(self) -> None:
        self.session = EditorSession(1 << 30)
        self.session.open(noise_document(200, 100))
        self.toolbox = ToolBox(self.session)
        self.masks = MaskController(self.session, self.toolbox)

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    def of(self, kind: MaskKind) -> list[MaskLayer]:
        return self.document.layers.masks(kind)

    @property
    def active(self) -> MaskLayer:
        layer = self.session.active_layer
        assert isinstance(layer, MaskLayer)
        return layer

    def tap(self, x: float, y: float) -> None:
        event = PointerEvent(Point(x, y), Point(x, y))
        self.toolbox.tool.begin(event)
        self.toolbox.tool.end(event)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


@pytest.mark.parametrize("kind", list(MaskKind))
def test_a_new_mask_is_on_top_active_and_painted_on(desk: Desk, kind: MaskKind) -> None:
    first = desk.of(kind)[0]
    desk.masks.new(kind)
    new = desk.active
    assert list(desk.document.layers)[-1] is new
    assert (new.kind, new.props.name) == (kind, f"{first.props.name} 2")
    assert desk.toolbox.mask_kind is kind
    desk.tap(50, 50)
    assert not new.raster.content_bounds().is_empty
    assert first.raster.content_bounds().is_empty
    desk.session.set_active_layer(first.id)
    desk.tap(50, 50)
    assert not first.raster.content_bounds().is_empty


def test_tools_paint_on_the_topmost_while_no_mask_of_theirs_is_active(desk: Desk) -> None:
    desk.masks.new(MaskKind.repaint)
    topmost = desk.active
    desk.masks.new(MaskKind.avoid)
    desk.toolbox.set_mask_kind(MaskKind.repaint)
    desk.tap(50, 50)
    assert not topmost.raster.content_bounds().is_empty


@pytest.mark.parametrize(
    "tool", [ToolName.brush, ToolName.eraser, ToolName.lasso, ToolName.rectangle, ToolName.wand]
)
def test_a_document_without_a_mask_of_a_kind_gets_one(
    desk: Desk, tool: ToolName, qtbot: QtBot
) -> None:
    desk.document.layers.remove(desk.of(MaskKind.avoid)[0].id)
    before = state_of(desk.document)
    desk.toolbox.set_mask_kind(MaskKind.avoid)
    assert desk.masks.at_hand is None
    assert desk.masks.pixels() is None
    desk.masks.clear()
    desk.masks.fill_holes()
    assert state_of(desk.document) == before
    desk.toolbox.choose(tool)
    desk.toolbox.tool.begin(PointerEvent(Point(5, 5), Point(5, 5)))
    for point in (Point(60, 5), Point(60, 50)):
        desk.toolbox.tool.motion(PointerEvent(point, point))
    desk.toolbox.tool.end(PointerEvent(Point(60, 60), Point(60, 60)))
    if tool is ToolName.wand:
        qtbot.waitUntil(lambda: "Magic wand" in desk.session.history.labels)
    assert len(desk.of(MaskKind.avoid)) == 1
    desk.session.travel(0)
    assert state_of(desk.document) == before


def test_settings_are_steps_and_sliders_merge(desk: Desk) -> None:
    mask = desk.of(MaskKind.repaint)[0]
    for px in (3, 8, 1000):
        desk.masks.set_grow(mask.id, px)
    desk.session.settle()
    desk.masks.set_feather(mask.id, -5)
    desk.masks.set_feather(mask.id, 12)
    desk.masks.set_color(mask.id, "#00ff00")
    desk.masks.set_used(mask.id, False)
    desk.masks.set_used(mask.id, False)
    assert mask.settings == MaskSettings("#00ff00", False, MOST_SHAPING, 12)
    assert desk.session.history.labels == [
        "Mask growth",
        "Soft mask edge",
        "Mask colour",
        "Don't use mask",
    ]
    desk.session.travel(0)
    assert mask.settings == MaskSettings()


def test_what_is_no_mask_has_no_settings(desk: Desk) -> None:
    picture = next(layer for layer in desk.document.layers if not isinstance(layer, MaskLayer))
    desk.masks.set_grow(picture.id, 5)
    desk.masks.set_grow(-1, 5)
    assert not desk.session.history.labels


def test_clearing_what_is_used_leaves_other_masks(desk: Desk) -> None:
    for _ in range(2):
        desk.masks.new(MaskKind.repaint)
    for mask in (*desk.of(MaskKind.repaint), *desk.of(MaskKind.avoid)):
        mask.raster.writable(SPOT)[...] = 255
    unused = desk.of(MaskKind.repaint)[1]
    desk.masks.set_used(unused.id, False)
    before, steps = state_of(desk.document), len(desk.session.history.labels)
    desk.masks.clear_used()
    painted = [mask for kind in MaskKind for mask in desk.of(kind) if mask.raster.pixels.any()]
    assert painted == [unused, *desk.of(MaskKind.avoid)]
    assert len(desk.session.history.labels) == steps + 1
    desk.session.undo()
    assert state_of(desk.document) == before
    for mask in desk.of(MaskKind.repaint):
        desk.masks.set_used(mask.id, False)
    steps = len(desk.session.history.labels)
    desk.masks.clear_used()
    assert len(desk.session.history.labels) == steps


def test_a_pasted_mask_never_covers_a_painted_one(desk: Desk) -> None:
    shape = np.zeros((100, 200), np.uint8)
    shape[10:20, 10:20] = 77
    desk.masks.paste(shape, "sky")
    first = desk.of(MaskKind.repaint)[0]
    assert first.props.name == "Mask"
    assert first.raster.content_bounds() == Bounds(10, 10, 10, 10)
    desk.masks.paste(shape, "sky")
    assert desk.active.props.name == "sky"
    assert desk.of(MaskKind.repaint) == [first, desk.active]
    np.testing.assert_array_equal(desk.masks.pixels(), shape)
    with pytest.raises(EditRefusedError, match="7 × 5 pixels"):
        desk.masks.paste(np.zeros((5, 7), np.uint8))


def test_pixels_are_those_that_edits_see(desk: Desk) -> None:
    mask = desk.of(MaskKind.repaint)[0]
    mask.raster.writable(SPOT)[...] = 255
    desk.masks.set_grow(mask.id, 5)
    pixels = desk.masks.pixels()
    assert pixels is not None
    assert pixels[16, 30] == 255
    assert mask.raster.content_bounds() == SPOT
