from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Point
from tests.documents import noise_document, state_of


def at(x: float, y: float, **more: object) -> PointerEvent:
    return PointerEvent(Point(x, y), Point(x, y), **more)  # type: ignore[arg-type]


@pytest.fixture
def session(qtbot: QtBot) -> EditorSession:
    session = EditorSession(1 << 30)
    session.open(noise_document(200, 100))
    return session


@pytest.fixture
def toolbox(session: EditorSession) -> ToolBox:
    box = ToolBox(session)
    box.set_brush(size=20, hardness=1.0)
    return box


def mask_of(session: EditorSession, kind: MaskKind = MaskKind.repaint) -> np.ndarray:
    assert session.document is not None
    return session.document.mask(kind).raster.read(session.document.frame)


def stroke(box: ToolBox, *points: tuple[float, float], **more: object) -> None:
    box.tool.begin(at(*points[0], **more))
    for point in points[1:]:
        box.tool.motion(at(*point, **more))
    box.tool.end(at(*points[-1], **more))


def test_a_stroke_is_one_step(session: EditorSession, toolbox: ToolBox) -> None:
    stroke(toolbox, (30, 30), (60, 30), (90, 40))
    assert session.history.labels == ["Paint mask"]
    assert mask_of(session)[30, 60] == 255
    session.undo()
    assert not mask_of(session).any()


def test_the_erasers_end_of_a_pen_erases(session: EditorSession, toolbox: ToolBox) -> None:
    stroke(toolbox, (30, 30), (90, 30))
    stroke(toolbox, (30, 30), (90, 30), is_eraser=True)
    assert session.history.labels[-1] == "Erase mask"
    assert mask_of(session)[30, 60] == 0


def test_cancel_leaves_no_trace(session: EditorSession, toolbox: ToolBox) -> None:
    assert session.document is not None
    before = state_of(session.document)
    toolbox.tool.begin(at(30, 30))
    toolbox.tool.motion(at(90, 50))
    toolbox.tool.cancel()
    assert state_of(session.document) == before
    assert not session.history.can_undo


def test_shift_draws_straight_from_the_last_end(session: EditorSession, toolbox: ToolBox) -> None:
    stroke(toolbox, (20, 50))
    stroke(toolbox, (180, 50), modifiers=Modifier.shift)
    assert (mask_of(session)[50, 20:180] == 255).all()


def test_painting_on_the_avoid_mask(session: EditorSession, toolbox: ToolBox) -> None:
    toolbox.set_mask_kind(MaskKind.avoid)
    stroke(toolbox, (50, 50))
    assert mask_of(session, MaskKind.avoid)[50, 50] == 255
    assert not mask_of(session).any()


def test_settings_are_clamped_and_told_once(toolbox: ToolBox, qtbot: QtBot) -> None:
    with qtbot.waitSignal(toolbox.brush_changed):
        toolbox.set_brush(size=99999, hardness=-1)
    assert toolbox.brush.size == 2000
    assert toolbox.brush.hardness == 0
    with qtbot.assertNotEmitted(toolbox.brush_changed):
        toolbox.set_brush(size=2000)


def test_small_brushes_grow_and_shrink_by_whole_pixels(toolbox: ToolBox) -> None:
    toolbox.set_brush(size=2)
    toolbox.scale_size(1.1)
    assert toolbox.brush.size == 3
    toolbox.scale_size(1 / 1.1)
    toolbox.scale_size(1 / 1.1)
    assert toolbox.brush.size == 1


def test_swap_goes_back_and_forth(toolbox: ToolBox) -> None:
    toolbox.swap_add_subtract()
    assert toolbox.current is ToolName.eraser
    toolbox.swap_add_subtract()
    assert toolbox.current is ToolName.brush


def test_changing_the_tool_gives_up_the_stroke(session: EditorSession, toolbox: ToolBox) -> None:
    toolbox.tool.begin(at(30, 30))
    toolbox.choose(ToolName.hand)
    assert not mask_of(session).any()


def test_mask_all_clear_and_invert(session: EditorSession, toolbox: ToolBox) -> None:
    masks = MaskController(session, toolbox)
    masks.mask_all()
    assert mask_of(session).min() == 255
    masks.invert()
    assert mask_of(session).max() == 0
    stroke(toolbox, (50, 50))
    masks.invert()
    assert mask_of(session)[50, 50] == 0
    assert mask_of(session)[5, 5] == 255
    masks.clear()
    assert not mask_of(session).any()
    steps = len(session.history.labels)
    masks.clear()
    assert len(session.history.labels) == steps
    while session.history.can_undo:
        session.undo()
    assert not mask_of(session).any()


def test_travel_goes_to_any_step(session: EditorSession, toolbox: ToolBox) -> None:
    assert session.document is not None
    states = [state_of(session.document)]
    for x in (30, 70, 110):
        stroke(toolbox, (x, 40))
        states.append(state_of(session.document))
    for position in (1, 3, 0, 2):
        session.travel(position)
        assert session.history.position == position
        assert state_of(session.document) == states[position]


def test_no_document_no_stroke(qtbot: QtBot) -> None:
    session = EditorSession(1 << 20)
    stroke(ToolBox(session), (5, 5), (9, 9))
    session.undo()
    session.redo()
    assert not session.is_modified


def test_mask_operations_are_steps_that_undo_exactly(
    session: EditorSession, toolbox: ToolBox
) -> None:
    assert session.document is not None
    masks = MaskController(session, toolbox)
    stroke(toolbox, (50, 50), (90, 50))
    stroke(toolbox, (150, 20))
    states, areas = [state_of(session.document)], [int(mask_of(session).sum(dtype=int))]
    for operation in (
        lambda: masks.grow(6),
        lambda: masks.feather(8),
        masks.threshold,
        lambda: masks.smooth(3),
        lambda: masks.shrink(4),
    ):
        operation()
        states.append(state_of(session.document))
        areas.append(int(mask_of(session).sum(dtype=int)))
    assert areas[1] > areas[0]
    assert areas[5] < areas[4]
    assert session.history.labels[2:] == [
        "Grow mask",
        "Feather mask",
        "Harden mask",
        "Smooth mask",
        "Shrink mask",
    ]
    for expected in reversed(states[:-1]):
        session.undo()
        assert state_of(session.document) == expected


def test_holes_are_filled_and_layers_become_masks(session: EditorSession, toolbox: ToolBox) -> None:
    assert session.document is not None
    masks = MaskController(session, toolbox)
    ring = np.zeros((100, 200), np.uint8)
    ring[20:60, 20:60] = 255
    ring[30:50, 30:50] = 0
    masks.paste(ring)
    np.testing.assert_array_equal(masks.pixels(), ring)
    masks.fill_holes()
    assert mask_of(session)[20:60, 20:60].min() == 255
    masks.clear()
    masks.from_layer(next(iter(session.document.layers)))
    assert mask_of(session).min() == 255
    with pytest.raises(EditRefusedError, match="3 × 3"):
        masks.paste(np.zeros((3, 3), np.uint8))
