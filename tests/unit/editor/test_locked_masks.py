"""A locked mask keeps its pixels, whatever is tried, and says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import SetLayerProps
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.tool import PointerEvent
from inpaint_studio.editor.tools.wand_tool import WandTool
from inpaint_studio.geometry import Bounds, Point
from tests.documents import noise_document

SPOT = Bounds(20, 20, 30, 20)
WORDS = "“Mask” is locked. Unlock it in the Layers panel to change it."


class Desk:
    """A mask with a spot painted, locked."""

    def __init__(self) -> None:
        self.session = EditorSession(1 << 30)
        document = noise_document(200, 100)
        self.session.open(document)
        self.document = document
        self.toolbox = ToolBox(self.session)
        self.masks = MaskController(self.session, self.toolbox)
        self.mask.raster.ensure(SPOT)
        self.mask.raster.writable(SPOT)[...] = 200
        self.told: list[str] = []
        self.session.noticed.connect(self.told.append)
        self.set_locked(True)

    @property
    def mask(self) -> MaskLayer:
        return self.document.mask(MaskKind.repaint)

    def set_locked(self, locked: bool) -> None:
        before = self.mask.props
        after = replace(before, locked=locked)
        self.session.do(SetLayerProps("Lock layer", self.mask.id, before, after))

    def values(self) -> np.ndarray:
        return self.mask.raster.read(self.document.frame)

    def drag(self, tool: ToolName) -> None:
        self.toolbox.choose(tool)
        for step, (x, y) in enumerate([(10, 10), (60, 10), (60, 60), (60, 60)]):
            event = PointerEvent(Point(x, y), Point(x, y))
            hand = self.toolbox.tool
            (hand.begin, hand.motion, hand.motion, hand.end)[step](event)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


DRAGGED = [
    ToolName.brush,
    ToolName.eraser,
    ToolName.rectangle,
    ToolName.ellipse,
    ToolName.lasso,
    ToolName.wand,
]


@pytest.mark.parametrize("tool", DRAGGED)
def test_tools_leave_it_alone_until_it_is_unlocked(
    desk: Desk, tool: ToolName, qtbot: QtBot
) -> None:
    before, steps = desk.values(), len(desk.session.history.labels)
    desk.drag(tool)
    np.testing.assert_array_equal(desk.values(), before)
    assert len(desk.session.history.labels) == steps
    assert desk.told == [WORDS]
    desk.set_locked(False)
    desk.drag(tool)
    qtbot.waitUntil(lambda: not np.array_equal(desk.values(), before))


OPERATIONS: list[Callable[[MaskController], None]] = [
    MaskController.mask_all,
    MaskController.clear,
    MaskController.invert,
    lambda masks: masks.grow(3),
    lambda masks: masks.shrink(3),
    lambda masks: masks.feather(5),
    lambda masks: masks.smooth(4),
    MaskController.threshold,
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operations_leave_it_alone(desk: Desk, operation: Callable[[MaskController], None]) -> None:
    before = desk.values()
    operation(desk.masks)
    np.testing.assert_array_equal(desk.values(), before)
    assert desk.told == [WORDS]
    desk.set_locked(False)
    operation(desk.masks)
    assert not np.array_equal(desk.values(), before)


def test_a_mask_from_elsewhere_becomes_a_new_one(desk: Desk) -> None:
    desk.set_locked(False)
    desk.masks.clear()
    desk.set_locked(True)
    desk.masks.paste(np.full((100, 200), 255, np.uint8))
    assert len(desk.document.layers.masks(MaskKind.repaint)) == 2
    assert desk.told == []


def test_clearing_what_was_used_passes_it_by(desk: Desk) -> None:
    before, steps = desk.values(), len(desk.session.history.labels)
    desk.masks.clear_used()
    np.testing.assert_array_equal(desk.values(), before)
    assert len(desk.session.history.labels) == steps


def test_a_search_that_ends_after_the_lock_changes_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.set_locked(False)
    before, wand = desk.values(), desk.toolbox
    wand.choose(ToolName.wand)
    wand.tool.begin(PointerEvent(Point(10, 10), Point(10, 10)))
    desk.set_locked(True)
    tool = wand.tool
    assert isinstance(tool, WandTool)
    qtbot.waitUntil(lambda: not tool.is_searching)
    np.testing.assert_array_equal(desk.values(), before)
    assert desk.told == [WORDS]


def test_a_colour_range_leaves_it_alone(desk: Desk, qtbot: QtBot) -> None:
    before, picker = desk.values(), desk.toolbox.colour_range
    picker.pick(Point(10, 10))
    picker.apply()
    assert not picker.is_applying
    np.testing.assert_array_equal(desk.values(), before)
    assert desk.told == [WORDS]
    picker.forget()
