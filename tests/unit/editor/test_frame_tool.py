from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.aspect import Anchor, Ratio
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.editor.frame_controller import FrameController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.frame_tool import FrameChoices, FrameTool
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.geometry import Bounds, Extent, Point
from tests.documents import noise_document, state_of

FRAME = Bounds(0, 0, 300, 200)
FREE = Modifier.ctrl
"""Without snapping."""


@pytest.fixture
def session(qtbot: QtBot) -> EditorSession:
    session = EditorSession(1 << 30)
    session.open(noise_document(300, 200))
    return session


@pytest.fixture
def tool(session: EditorSession) -> FrameTool:
    return FrameTool(session)


def document_of(session: EditorSession) -> Document:
    assert session.document is not None
    return session.document


def at(x: float, y: float, modifiers: Modifier = FREE) -> PointerEvent:
    return PointerEvent(Point(x, y), Point(x, y), modifiers=modifiers)


def drag(tool: FrameTool, handle: Handle, dx: float, dy: float, keys: Modifier = FREE) -> None:
    x, y = handle.on(FRAME)
    tool.begin(at(x, y, keys))
    tool.motion(at(x + dx / 2, y + dy / 2, keys))
    tool.end(at(x + dx, y + dy, keys))


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        (Handle.left, Bounds(-40, 0, 340, 200)),
        (Handle.right, Bounds(0, 0, 260, 200)),
        (Handle.top, Bounds(0, -30, 300, 230)),
        (Handle.bottom, Bounds(0, 0, 300, 170)),
        (Handle.top_left, Bounds(-40, -30, 340, 230)),
        (Handle.top_right, Bounds(0, -30, 260, 230)),
        (Handle.bottom_left, Bounds(-40, 0, 340, 170)),
        (Handle.bottom_right, Bounds(0, 0, 260, 170)),
        (Handle.inside, Bounds(-40, -30, 300, 200)),
    ],
)
def test_every_handle_moves_its_edges_in_one_step(
    session: EditorSession, tool: FrameTool, handle: Handle, expected: Bounds
) -> None:
    before = state_of(document_of(session))
    drag(tool, handle, -40, -30)
    assert document_of(session).frame == expected
    assert len(session.history.labels) == 1
    session.undo()
    assert state_of(document_of(session)) == before


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        (Handle.right, Bounds(-60, 0, 420, 200)),
        (Handle.top_left, Bounds(60, 20, 180, 160)),
    ],
)
def test_alt_grows_both_sides(
    session: EditorSession, tool: FrameTool, handle: Handle, expected: Bounds
) -> None:
    drag(tool, handle, 60, 20, FREE | Modifier.alt)
    assert document_of(session).frame == expected


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        (Handle.right, Bounds(0, -20, 360, 240)),
        (Handle.bottom_right, Bounds(0, 0, 360, 240)),
        (Handle.bottom, Bounds(-15, 0, 330, 220)),
    ],
)
def test_shift_keeps_the_ratio(
    session: EditorSession, tool: FrameTool, handle: Handle, expected: Bounds
) -> None:
    drag(tool, handle, 60, 20, FREE | Modifier.shift)
    assert document_of(session).frame == expected


def test_a_chosen_ratio_holds_without_a_key(session: EditorSession, tool: FrameTool) -> None:
    tool.choices = FrameChoices(ratio=Ratio("1:1", 1, 1))
    drag(tool, Handle.right, 20, 0)
    assert document_of(session).frame == Bounds(0, -60, 320, 320)


def test_edges_snap_to_round_sizes_ratios_and_the_picture(
    session: EditorSession, tool: FrameTool
) -> None:
    drag(tool, Handle.right, 177, 0, Modifier.none)
    assert document_of(session).frame.width == 480
    session.undo()
    drag(tool, Handle.right, 52, 0, Modifier.none)
    assert document_of(session).frame.width == 356
    session.undo()
    drag(tool, Handle.right, 3, 0, Modifier.none)
    assert document_of(session).frame == FRAME
    assert not session.history.can_undo


def test_what_an_edge_snapped_to_is_shown(session: EditorSession, tool: FrameTool) -> None:
    tool.begin(at(300, 100))
    for x, hint in ((477, "480 px"), (353, "16:9"), (303, "edge of the picture"), (203, "1:1")):
        tool.motion(at(x, 100, Modifier.none))
        assert tool.text.endswith(f" · {hint}")
    tool.motion(at(410, 100, Modifier.none))
    assert tool.text == "410 × 200 · 0.1 MP"
    tool.motion(at(477, 100, Modifier.none))
    tool.end(at(477, 100, Modifier.none))
    assert tool.text == "480 × 200 · 0.1 MP"


def test_zoomed_in_snapping_and_hitting_are_finer(tool: FrameTool) -> None:
    assert tool.handle_at(Point(310, 100)) is Handle.right
    tool.view_scale = 4.0
    assert tool.handle_at(Point(310, 100)) is None
    assert tool.handle_at(Point(302, 201)) is Handle.bottom_right
    assert tool.handle_at(Point(150, 100)) is Handle.inside
    tool.choices = FrameChoices(moves=False)
    assert tool.handle_at(Point(150, 100)) is None


def test_a_frame_that_is_tiny_on_the_screen_can_still_be_moved(tool: FrameTool) -> None:
    tool.view_scale = 0.02
    assert tool.handle_at(Point(150, 100)) is Handle.inside
    assert tool.handle_at(Point(10, 10)) is Handle.top_left


def test_the_frame_is_told_live_and_cancel_puts_it_back(
    session: EditorSession, tool: FrameTool
) -> None:
    told: list[Change] = []
    session.changed.connect(told.append)
    tool.begin(at(300, 100))
    tool.motion(at(350, 100))
    assert tool.pending == Bounds(0, 0, 350, 200)
    assert tool.dragged is Handle.right
    assert tool.text == "350 × 200 · 0.1 MP"
    assert told == [Change(ChangeKind.frame, Bounds(0, 0, 350, 200))]
    tool.cancel()
    assert document_of(session).frame == FRAME
    assert tool.pending is None
    assert not session.history.can_undo


def test_a_press_outside_does_nothing(session: EditorSession, tool: FrameTool) -> None:
    tool.begin(at(500, 500))
    tool.end(at(600, 600))
    assert document_of(session).frame == FRAME


def test_another_document_keeps_its_frame(session: EditorSession, tool: FrameTool) -> None:
    tool.begin(at(300, 100))
    tool.motion(at(350, 100))
    session.open(noise_document(40, 30))
    tool.cancel()
    assert document_of(session).frame == Bounds(0, 0, 40, 30)


def test_a_frame_is_never_dragged_to_nothing_nor_beyond_the_limit(
    session: EditorSession, tool: FrameTool
) -> None:
    drag(tool, Handle.right, -5000, 0)
    assert document_of(session).frame == Bounds(0, 0, 16, 200)
    session.undo()
    drag(tool, Handle.left, -50000, 0)
    assert document_of(session).frame == Bounds(300 - 16384, 0, 16384, 200)


def test_arrow_keys_move_an_edge_in_one_step(session: EditorSession, tool: FrameTool) -> None:
    for _ in range(3):
        tool.nudge(Handle.left, -1, 0)
    assert document_of(session).frame == Bounds(-3, 0, 303, 200)
    assert len(session.history.labels) == 1
    session.undo()
    assert document_of(session).frame == FRAME


def test_handles_are_where_edges_and_corners_are(tool: FrameTool) -> None:
    assert tool.handles[Handle.bottom_right] == Point(300, 200)
    assert tool.handles[Handle.top] == Point(150, 0)
    assert len(tool.handles) == 8


def test_no_document_no_handles(qtbot: QtBot) -> None:
    tool = FrameTool(EditorSession(1))
    tool.begin(at(0, 0))
    tool.nudge(Handle.left, 1, 0)
    assert (tool.handles, tool.text, tool.pending) == ({}, "", None)


def test_ratios_are_tried_from_the_same_frame(session: EditorSession) -> None:
    frames = FrameController(session)
    frames.choose_ratio(Ratio("16:9", 16, 9), Anchor.left)
    assert document_of(session).frame == Bounds(0, 0, 356, 200)
    frames.choose_ratio(Ratio("1:1", 1, 1), Anchor.top)
    assert document_of(session).frame == Bounds(0, 0, 300, 300)
    frames.choose_ratio(Ratio("1:1", 1, 1), crop=True)
    assert document_of(session).frame == Bounds(50, 0, 200, 200)
    assert len(session.history.labels) == 1
    session.undo()
    assert document_of(session).frame == FRAME


def test_a_frame_by_numbers(session: EditorSession) -> None:
    frames = FrameController(session)
    frames.expand_by(left=10, bottom=20)
    assert document_of(session).frame == Bounds(-10, 0, 310, 220)
    frames.set_size(Extent(400, 220), Anchor.right)
    assert document_of(session).frame == Bounds(-100, 0, 400, 220)
    frames.set_size(Extent(500, 300), Anchor.top_left)
    assert document_of(session).frame == Bounds(-10, 0, 500, 300)
    frames.fit_picture()
    assert document_of(session).frame == FRAME


def test_impossible_frames_are_refused_in_words(session: EditorSession, qtbot: QtBot) -> None:
    frames = FrameController(session)
    with qtbot.waitSignal(frames.refused) as refused:
        frames.expand_by(left=-300)
    assert "empty" in str(refused.args)
    with qtbot.waitSignal(frames.refused) as refused:
        frames.set_size(Extent(20000, 100))
    assert "16384" in str(refused.args)
    assert document_of(session).frame == FRAME
