"""Drags the edges and corners of the frame: outward expands, inward crops."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from inpaint_studio.core.aspect import Ratio, describe
from inpaint_studio.core.document import Document
from inpaint_studio.core.frame_commands import SetFrame, set_frame
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.frame_drag import DragRules, Handle, drag
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent, Tool
from inpaint_studio.geometry import Bounds, Point

_tr = QCoreApplication.translate

HANDLE_REACH = 12.0
"""Logical px around a handle or an edge in which it is hit; enough for a pen."""
SNAP_REACH = 6.0
"""Logical px within which a dragged edge snaps."""


@dataclass(frozen=True)
class FrameChoices:
    """What the tool's options say. `ratio`: kept by every drag, None = free."""

    ratio: Ratio | None = None
    snaps: bool = True
    moves: bool = True
    """Whether dragging inside the frame moves it over the picture."""


@dataclass(frozen=True)
class _Gesture:
    document: Document
    handle: Handle
    start: Bounds
    pressed_at: Point
    picture: Bounds


class FrameTool(Tool):
    """Changes the document's frame live while a handle is dragged; a drag is one step.

    Shift keeps the ratio, Alt moves the opposite edge as well, Ctrl doesn't snap. The canvas sets
    `view_scale` (logical px per document px), on which depends what is hit and what snaps.
    """

    def __init__(self, session: EditorSession) -> None:
        self._session = session
        self._gesture: _Gesture | None = None
        self._hint = ""
        self.choices = FrameChoices()
        self.view_scale = 1.0

    @property
    def handles(self) -> dict[Handle, Point]:
        """Where to draw the handles of edges and corners; none without a document."""
        document = self._session.document
        if document is None:
            return {}
        return {h: h.on(document.frame) for h in Handle if h is not Handle.inside}

    @property
    def dragged(self) -> Handle | None:
        """The handle that is being dragged."""
        return None if self._gesture is None else self._gesture.handle

    @property
    def pending(self) -> Bounds | None:
        """The frame as the running drag would leave it."""
        return None if self._gesture is None else self._gesture.document.frame

    @property
    def text(self) -> str:
        """Size and megapixels of the frame as it is now, and while it is dragged what its edges
        stopped at; "" without a document."""
        document = self._session.document
        if document is None:
            return ""
        return " · ".join(part for part in (describe(document.frame), self._hint) if part)

    def handle_at(self, position: Point) -> Handle | None:
        """What a press at `position` (document coordinates) would take hold of."""
        document = self._session.document
        if document is None:
            return None
        return _hit(document.frame, position, HANDLE_REACH / self.view_scale, self.choices.moves)

    def begin(self, event: PointerEvent) -> None:
        """Take hold of what lies under the pointer."""
        handle, document = self.handle_at(event.position), self._session.document
        if handle is not None and document is not None:
            picture = picture_bounds(document)
            self._gesture = _Gesture(document, handle, document.frame, event.position, picture)

    def motion(self, event: PointerEvent) -> None:
        """Drag on."""
        gesture = self._gesture
        if gesture is None:
            return
        dx = event.position.x - gesture.pressed_at.x
        dy = event.position.y - gesture.pressed_at.y
        rules = self._rules(gesture, event.modifiers)
        frame, self._hint = drag(gesture.start, gesture.handle, dx, dy, rules)
        self._show(gesture, frame)

    def end(self, event: PointerEvent) -> None:
        """Finish the drag and record it."""
        self.motion(event)
        gesture, self._gesture, self._hint = self._gesture, None, ""
        if gesture is not None and gesture.document.frame != gesture.start:
            self._session.record(SetFrame(gesture.start, gesture.document.frame))

    def cancel(self) -> None:
        """Put the frame back."""
        gesture, self._gesture, self._hint = self._gesture, None, ""
        if gesture is not None:
            self._show(gesture, gesture.start)

    def nudge(self, handle: Handle, dx: int, dy: int) -> None:
        """Move a handle by whole px, for the arrow keys; repeated nudges are one step.

        Without snapping. Call `session.settle()` when the key is let go.
        """
        document = self._session.document
        if document is None or self._gesture is not None:
            return
        ratio = None if self.choices.ratio is None else self.choices.ratio.value
        frame = drag(document.frame, handle, dx, dy, DragRules(ratio)).frame
        if frame != document.frame:
            self._session.do(SetFrame(document.frame, frame))

    def _rules(self, gesture: _Gesture, modifiers: Modifier) -> DragRules:
        ratio = None if self.choices.ratio is None else self.choices.ratio.value
        if ratio is None and Modifier.shift in modifiers:
            ratio = gesture.start.width / gesture.start.height
        snaps = self.choices.snaps and Modifier.ctrl not in modifiers
        return DragRules(
            ratio,
            both_sides=Modifier.alt in modifiers,
            tolerance=SNAP_REACH / self.view_scale if snaps else 0.0,
            picture=gesture.picture,
            edge_hint=_tr("FrameTool", "edge of the picture"),
            start_hint=_tr("FrameTool", "as before"),
        )

    def _show(self, gesture: _Gesture, frame: Bounds) -> None:
        if frame == gesture.document.frame:
            return
        change = set_frame(gesture.document, frame)
        if gesture.document is self._session.document:
            self._session.report(change)


def picture_bounds(document: Document) -> Bounds:
    """Where the visible layers have pixels, inside the frame or not."""
    return Bounds.union_of(layer.bounds for layer in document.layers.shown)


def _hit(frame: Bounds, position: Point, reach: float, moves: bool) -> Handle | None:
    across = _nearest_edge(position.x, frame.x, frame.right, reach)
    down = _nearest_edge(position.y, frame.y, frame.bottom, reach)
    if across is None or down is None:
        return None
    handle = Handle((across, down))
    return handle if moves or handle is not Handle.inside else None


def _nearest_edge(position: float, start: int, stop: int, reach: float) -> int | None:
    """-1 or 1 at the first or second edge, 0 between them, None beyond.

    Inside, an edge reaches a third of the way at most, so that a small frame can still be moved.
    """
    inward = min(reach, (stop - start) / 3)
    if start - reach <= position <= start + inward:
        return -1
    if stop - inward <= position <= stop + reach:
        return 1
    return 0 if start < position < stop else None
