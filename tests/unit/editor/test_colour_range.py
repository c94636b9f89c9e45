from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import DeleteLayer, PaintMask
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer
from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.colour_range import TRIED_PIXELS, ColourRangePicker
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.colour_range import ColourRange, RangeTable
from inpaint_studio.imaging.pixels import from_rgb
from tests.documents import state_of

COLOURS = ((200, 30, 30), (30, 160, 40), (40, 60, 200))


def flag(width: int = 90, height: int = 60) -> np.ndarray:
    """Three upright stripes with a little noise, premultiplied BGRA."""
    rgb = np.repeat(np.array([COLOURS], np.int16), width // 3, axis=1).repeat(height, axis=0)
    rgb = rgb + np.random.default_rng(2).integers(-3, 4, rgb.shape)
    return from_rgb(rgb.astype(np.uint8))


class Desk:
    def __init__(self, qtbot: QtBot, pixels: np.ndarray) -> None:
        self.qtbot = qtbot
        self.session = EditorSession(1 << 30)
        self.session.open(Document.from_pixels(pixels, Origin("flag.png")))
        self.toolbox = ToolBox(self.session)
        self.toolbox.choose(ToolName.colour_range)
        self.picker: ColourRangePicker = self.toolbox.colour_range

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    def click(self, x: float, y: float, keys: Modifier = Modifier.none) -> None:
        self.toolbox.tool.begin(PointerEvent(Point(x, y), Point(x, y), modifiers=keys))
        self.toolbox.tool.end(PointerEvent(Point(x, y), Point(x, y), modifiers=keys))
        self.qtbot.waitUntil(lambda: self.picker.preview is not None or not self.picker.is_open)

    def previewed(self) -> np.ndarray:
        assert self.picker.preview is not None
        return self.picker.preview.values

    def apply(self) -> np.ndarray:
        self.toolbox.tool.finish()
        self.qtbot.waitUntil(lambda: not self.picker.is_applying)
        return self.mask()

    def mask(self) -> np.ndarray:
        return self.document.mask(MaskKind.repaint).raster.read(self.document.frame)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot, flag())


def covered(values: np.ndarray) -> list[bool]:
    """Which of the stripes are masked in their middle."""
    third = values.shape[1] // 3
    return [bool(values[20:40, i * third + 5 : (i + 1) * third - 5].min() > 128) for i in range(3)]


def test_a_click_tries_out_and_enter_masks_exactly_that(desk: Desk) -> None:
    assert not desk.toolbox.tool.is_open
    desk.click(10, 10)
    assert desk.toolbox.tool.is_open
    assert covered(desk.previewed()) == [True, False, False]
    assert not desk.mask().any()
    wanted = desk.picker.colours
    masked = desk.apply()
    np.testing.assert_array_equal(masked, RangeTable(wanted).select(flag()))
    assert desk.session.history.labels == ["Colour range"]
    assert desk.picker.preview is None
    desk.session.undo()
    assert not desk.mask().any()


def test_at_full_size_the_preview_is_the_result(desk: Desk) -> None:
    desk.click(10, 10)
    desk.toolbox.set_selection(fuzziness=90)
    previewed = desk.previewed()
    np.testing.assert_array_equal(desk.apply(), previewed)


def test_shift_adds_colours_and_alt_takes_them_away(desk: Desk) -> None:
    desk.click(10, 10)
    desk.click(40, 10, Modifier.shift)
    assert covered(desk.previewed()) == [True, True, False]
    desk.click(41, 20, Modifier.alt)
    assert covered(desk.previewed()) == [True, False, False]
    desk.click(70, 10)
    assert covered(desk.previewed()) == [False, False, True]


def test_shift_brings_back_what_alt_took(desk: Desk) -> None:
    desk.click(10, 10)
    desk.click(40, 10, Modifier.shift)
    desk.click(40, 10, Modifier.alt)
    desk.click(40, 10, Modifier.shift)
    assert covered(desk.previewed()) == [True, True, False]


def test_fuzziness_is_seen_at_once(desk: Desk) -> None:
    desk.click(10, 10)
    sums = []
    for fuzziness in (0, 10, 200):
        desk.toolbox.set_selection(fuzziness=fuzziness)
        sums.append(int(desk.previewed().sum(dtype=int)))
    assert sums == sorted(set(sums))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Combine.add, [True, True, True]),
        (Combine.subtract, [False, True, True]),
        (Combine.intersect, [True, False, False]),
    ],
)
def test_the_range_joins_the_mask_as_asked(desk: Desk, how: Combine, expected: list[bool]) -> None:
    mask = desk.document.mask(MaskKind.repaint)
    mask.raster.writable(desk.document.frame)[...] = 255
    if how is Combine.add:
        mask.raster.writable(Bounds(0, 0, 30, 60))[...] = 0
    desk.toolbox.set_selection(how=how, fuzziness=60)
    desk.click(10, 10)
    assert covered(desk.previewed()) == expected
    assert covered(desk.apply()) == expected


def test_escape_another_tool_and_another_picture_forget_it(desk: Desk) -> None:
    changes: list[None] = []
    desk.click(10, 10)
    desk.picker.changed.connect(lambda: changes.append(None))
    desk.toolbox.tool.cancel()
    assert (desk.picker.is_open, desk.picker.preview, len(changes)) == (False, None, 1)
    desk.click(10, 10)
    desk.toolbox.choose(ToolName.brush)
    assert not desk.picker.is_open
    desk.toolbox.choose(ToolName.colour_range)
    desk.click(10, 10)
    desk.session.open(Document.from_pixels(flag(), Origin("other.png")))
    assert not desk.picker.is_open
    assert not desk.mask().any()


def test_only_what_is_in_view_is_looked_at_and_never_too_much(qtbot: QtBot) -> None:
    desk = Desk(qtbot, flag(1800, 1500))
    desk.click(10, 10)
    preview = desk.picker.preview
    assert preview is not None
    assert preview.values.size <= TRIED_PIXELS * 1.01
    assert preview.area == desk.document.frame
    assert covered(preview.values) == [True, False, False]
    desk.picker.look_at(Bounds(590, -20, 20, 60))
    qtbot.waitUntil(lambda: desk.picker.preview is not preview)
    assert desk.picker.preview is not None
    assert desk.picker.preview.area == Bounds(590, 0, 20, 40)
    assert desk.previewed().shape == (40, 20)
    assert desk.previewed()[:, :9].min() > 128
    assert desk.previewed()[:, 11:].max() < 128


def test_a_mask_is_sampled_where_the_picture_is(qtbot: QtBot) -> None:
    desk = Desk(qtbot, flag(1800, 1500))
    mask = desk.document.mask(MaskKind.repaint)
    mask.raster.writable(Bounds(1201, 703, 400, 300))[...] = 200
    desk.toolbox.set_selection(fuzziness=0)
    desk.click(10, 10)
    step = round(1800 / desk.previewed().shape[1])
    expected = mask.raster.read(desk.document.frame)[::step, ::step]
    assert step > 1
    np.testing.assert_array_equal(desk.previewed()[:, 600:], expected[:, 600:])


def test_a_stroke_painted_meanwhile_is_not_lost(desk: Desk) -> None:
    desk.click(10, 10)
    wanted = RangeTable(desk.picker.colours).select(flag())
    desk.toolbox.tool.finish()
    mask = desk.document.mask(MaskKind.repaint)
    after = np.full((9, 9), 200, np.uint8)
    patch = MaskPatch.replacing(mask.raster, Bounds(70, 40, 9, 9), after)
    desk.session.do(PaintMask("Paint mask", mask.id, patch))
    desk.qtbot.waitUntil(lambda: not desk.picker.is_open)
    expected = wanted.copy()
    expected[40:49, 70:79] = np.maximum(wanted[40:49, 70:79], 200)
    np.testing.assert_array_equal(desk.mask(), expected)
    assert desk.session.history.labels == ["Paint mask", "Colour range"]
    desk.session.travel(0)
    assert not desk.mask().any()


def test_intersecting_cuts_off_what_lies_outside_the_frame(desk: Desk) -> None:
    mask = desk.document.mask(MaskKind.repaint)
    mask.raster.writable(Bounds(-20, -10, 60, 40))[...] = 255
    before = state_of(desk.document)
    desk.toolbox.set_selection(how=Combine.intersect)
    desk.click(10, 10)
    desk.apply()
    assert desk.document.frame.contains(mask.raster.content_bounds())
    assert covered(desk.mask())[0] is False
    assert desk.mask()[5:25, 5:25].min() > 128
    desk.session.undo()
    assert state_of(desk.document) == before


def test_a_mask_deleted_meanwhile_takes_nothing(desk: Desk) -> None:
    mask = MaskLayer(LayerProps("Mask 2"))
    desk.document.layers.insert(len(desk.document.layers), mask)
    desk.click(10, 10)
    desk.toolbox.tool.finish()
    desk.session.do(DeleteLayer("Delete", mask, desk.document.layers.index(mask.id)))
    desk.qtbot.waitUntil(lambda: not desk.picker.is_open)
    assert desk.session.history.labels == ["Delete"]
    assert not desk.mask().any()


def test_outside_the_picture_there_is_no_colour(desk: Desk) -> None:
    desk.click(-5, 10)
    desk.click(10, 10, Modifier.alt)
    assert not desk.picker.is_open
    assert desk.picker.colours == ColourRange(fuzziness=desk.toolbox.selection.fuzziness)
