"""Which gesture goes on, where the brush circle is, and which cursor the system shows."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.gestures import (
    Gesture,
    MenuGesture,
    PanGesture,
    ResizeGesture,
    ShiftGesture,
    ToolGesture,
    TurnGesture,
    ZoomGesture,
)
from inpaint_studio.ui.canvas.painting import BrushCircle
from inpaint_studio.ui.canvas.view_control import ViewControl
from inpaint_studio.ui.canvas.viewport import Viewport

_FRAME_CURSORS = {
    Handle.top_left: Qt.CursorShape.SizeFDiagCursor,
    Handle.bottom_right: Qt.CursorShape.SizeFDiagCursor,
    Handle.top_right: Qt.CursorShape.SizeBDiagCursor,
    Handle.bottom_left: Qt.CursorShape.SizeBDiagCursor,
    Handle.left: Qt.CursorShape.SizeHorCursor,
    Handle.right: Qt.CursorShape.SizeHorCursor,
    Handle.top: Qt.CursorShape.SizeVerCursor,
    Handle.bottom: Qt.CursorShape.SizeVerCursor,
    Handle.inside: Qt.CursorShape.SizeAllCursor,
}


_MOVING_CURSORS: dict[type, Qt.CursorShape] = {
    PanGesture: Qt.CursorShape.ClosedHandCursor,
    ZoomGesture: Qt.CursorShape.SizeHorCursor,
    TurnGesture: Qt.CursorShape.SizeAllCursor,
}
"""While the view is moved, by the gesture that does it."""
_AROUND = (
    *(Handle.right, Handle.bottom_right, Handle.bottom, Handle.bottom_left),
    *(Handle.left, Handle.top_left, Handle.top, Handle.top_right),
)
"""The handles clockwise, an eighth of a turn apart."""


class PointerControl:
    """Turns presses, motions and releases of mouse or pen into one gesture at a time.

    `tell_drawing` hears True when a stroke starts, False at its end.
    `grip_at` finds the bar of the frame at a place of the view, which every tool can drag.
    `transform_cursor` says the cursor over what the move tool would take hold of.
    """

    def __init__(
        self,
        session: EditorSession,
        toolbox: ToolBox,
        viewport: Viewport,
        view: ViewControl,
        tell_drawing: Callable[[bool], None],
        grip_at: Callable[[Point], Handle | None],
    ) -> None:
        self._session = session
        self._toolbox = toolbox
        self._viewport = viewport
        self._view = view
        self._tell_drawing = tell_drawing
        self._grip_at = grip_at
        self.transform_cursor: Callable[[], Qt.CursorShape] = lambda: Qt.CursorShape.ArrowCursor
        self.ask_menu: Callable[[Point], None] = lambda _at: None
        self._gesture: Gesture | None = None
        self._by_pen = False
        self._button = Qt.MouseButton.NoButton
        self._last_event: PointerEvent | None = None
        self._hover: Point | None = None
        self._hand_held = False

    @property
    def is_busy(self) -> bool:
        """Whether a gesture goes on."""
        return self._gesture is not None

    def holds(self, buttons: Qt.MouseButton) -> bool:
        """Whether the gesture's button is among those pressed."""
        return bool(buttons & self._button)

    def hold_hand(self, on: bool) -> None:
        """Dragging pans while on, whatever tool is in hand."""
        self._hand_held = on

    def press(self, button: Qt.MouseButton, event: PointerEvent) -> None:
        """Start a gesture, unless this device's goes on; the other device's ends."""
        if self._is_foreign(event):
            self.finish()
        if self._gesture is None and self._session.document is not None:
            self._last_event = event
            self._gesture = self._gesture_for(button, event)
            self._button, self._by_pen = button, event.is_pen
            # Also where the gesture pins the circle: a pen may come down without hovering.
            self._hover = event.view_position

    def motion(self, buttons: Qt.MouseButton, event: PointerEvent) -> None:
        """Go on with the gesture, or hover. A mouse that is pushed while a pen draws is nothing."""
        if self._is_foreign(event):
            return
        if self._gesture is not None and not self.holds(buttons):
            self.finish()
        self._last_event = event
        if self._gesture is not None:
            self._gesture.motion(event)
        else:
            self._toolbox.tool.hover(event)
        self._follow(event)

    def release(self, button: Qt.MouseButton, event: PointerEvent) -> None:
        """End the gesture, if this button started it."""
        if self._gesture is not None and button == self._button and not self._is_foreign(event):
            gesture, self._gesture = self._gesture, None
            gesture.end(event)
            self._follow(event)

    def finish(self) -> None:
        """End the gesture where the pointer was last: its release will not come."""
        if self._gesture is not None and self._last_event is not None:
            self.release(self._button, self._last_event)

    def pen_left(self) -> None:
        """The pen is out of reach: what it drew is kept, and its circle goes away."""
        if self._gesture is not None and self._by_pen:
            self.finish()
        if self._last_event is not None and self._last_event.is_pen:
            self._hover = None

    def _is_foreign(self, event: PointerEvent) -> bool:
        """Whether a gesture goes on that another device started."""
        return self._gesture is not None and event.is_pen != self._by_pen

    def cancel(self) -> bool:
        """Take the gesture back. Returns whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def hover(self, view_position: Point | None) -> None:
        """The pointer is there without having moved; None: it left."""
        self._hover = view_position

    def circle(self) -> BrushCircle | None:
        """The brush circle as it is to be drawn now."""
        diameter = self._toolbox.tool.cursor_diameter
        if diameter is None or self._hover is None or self._session.document is None:
            return None
        moves_view = type(self._gesture) in _MOVING_CURSORS
        if self._pans or moves_view or self.frame_handle():
            return None
        radius = diameter / 2 * self._view_scale
        return BrushCircle(self._hover, radius, self._toolbox.tool.cursor_hardness)

    def cursor_shape(self) -> Qt.CursorShape:
        """The system's cursor: none where the brush circle is drawn."""
        if self._session.document is None:
            return Qt.CursorShape.ArrowCursor
        moving = _MOVING_CURSORS.get(type(self._gesture))
        if moving is not None:
            return moving
        if self._pans:
            return Qt.CursorShape.OpenHandCursor
        handle = self.frame_handle()
        if handle is not None:
            return _FRAME_CURSORS[self._as_seen(handle)]
        if self._toolbox.current is ToolName.move:
            return self.transform_cursor()
        if self._toolbox.current is ToolName.frame:
            return Qt.CursorShape.ArrowCursor
        if self._toolbox.tool.cursor_diameter is not None:
            return Qt.CursorShape.BlankCursor
        return Qt.CursorShape.CrossCursor

    def frame_handle(self) -> Handle | None:
        """The handle of the frame that is dragged, or that a press would take hold of."""
        tool = self._toolbox.frame_tool
        if tool.dragged is not None or self._gesture is not None:
            return tool.dragged
        if self._pans or self._hover is None:
            return None
        if self._toolbox.current is ToolName.frame:
            return tool.handle_at(self._viewport.to_document(self._hover))
        return self._grip_at(self._hover)

    @property
    def _pans(self) -> bool:
        return self._hand_held or self._toolbox.tool.pans

    @property
    def _view_scale(self) -> float:
        """Logical px per document px."""
        return self._viewport.zoom / self._viewport.pixel_ratio

    def _follow(self, event: PointerEvent) -> None:
        if self._gesture is None or not self._gesture.pins_cursor:
            self._hover = event.view_position

    def _gesture_for(self, button: Qt.MouseButton, event: PointerEvent) -> Gesture | None:
        has_circle = self._toolbox.tool.cursor_diameter is not None
        left = button == Qt.MouseButton.LeftButton
        right = button == Qt.MouseButton.RightButton
        if button == Qt.MouseButton.MiddleButton or (left and self._pans):
            return self._move_view(event)
        if left and self._grip_at(event.view_position) is not None:
            return ToolGesture(self._toolbox.frame_tool, event, self._tell_drawing)
        if left and has_circle and Modifier.shift in event.modifiers:
            return ShiftGesture(event, self._draw, self._resize)
        if left:
            return self._draw(event)
        if right and has_circle and Modifier.alt in event.modifiers:
            return self._resize(event)
        if right and event.is_pen:
            return self._click_second_button(event)
        return None

    def _click_second_button(self, event: PointerEvent) -> Gesture:
        menu = MenuGesture(self.ask_menu)
        if self._toolbox.tool.cursor_diameter is None:
            return menu
        return ShiftGesture(event, lambda _event: menu, self._resize)

    def _move_view(self, event: PointerEvent) -> Gesture:
        """With Ctrl zoom, with Shift turn, else pan."""
        viewport, view = self._viewport, self._view
        if Modifier.ctrl in event.modifiers:
            return ZoomGesture(event, viewport.zoom, view.zoom_to)
        if Modifier.shift in event.modifiers:
            return TurnGesture(event, viewport.turn, viewport.middle, view.turn_to)
        return PanGesture(event, view.pan_by)

    def _as_seen(self, handle: Handle) -> Handle:
        """The handle that lies on a frame which is not turned where this one is seen."""
        if handle is Handle.inside:
            return handle
        x, y = self._viewport.turn.apply(*handle.value)
        return _AROUND[round(math.atan2(y, x) / (math.pi / 4)) % 8]

    def _draw(self, event: PointerEvent) -> Gesture:
        return ToolGesture(self._toolbox.tool, event, self._tell_drawing)

    def _resize(self, event: PointerEvent) -> Gesture:
        return ResizeGesture(event, self._toolbox, self._view_scale)
