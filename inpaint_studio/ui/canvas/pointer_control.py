"""Which gesture goes on, where the brush circle is, and which cursor the system shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.gestures import (
    Gesture,
    PanGesture,
    ResizeGesture,
    ShiftGesture,
    ToolGesture,
)
from inpaint_studio.ui.canvas.painting import BrushCircle
from inpaint_studio.ui.canvas.viewport import Viewport


class PointerControl:
    """Turns presses, motions and releases of mouse or pen into one gesture at a time.

    `pan_by` takes logical px; `tell_drawing` hears True when a stroke starts, False at its end.
    """

    def __init__(
        self,
        session: EditorSession,
        toolbox: ToolBox,
        viewport: Viewport,
        pan_by: Callable[[float, float], None],
        tell_drawing: Callable[[bool], None],
    ) -> None:
        self._session = session
        self._toolbox = toolbox
        self._viewport = viewport
        self._pan_by = pan_by
        self._tell_drawing = tell_drawing
        self._gesture: Gesture | None = None
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
        """Start a gesture, unless one goes on."""
        if self._gesture is None and self._session.document is not None:
            self._last_event = event
            self._gesture = self._gesture_for(button, event)
            self._button = button
            self._follow(event)

    def motion(self, event: PointerEvent) -> None:
        """Go on with the gesture, or hover."""
        self._last_event = event
        if self._gesture is not None:
            self._gesture.motion(event)
        self._follow(event)

    def release(self, button: Qt.MouseButton, event: PointerEvent) -> None:
        """End the gesture, if this button started it."""
        if self._gesture is not None and button == self._button:
            gesture, self._gesture = self._gesture, None
            gesture.end(event)
            self._follow(event)

    def finish(self) -> None:
        """End the gesture where the pointer was last: its release will not come."""
        if self._gesture is not None and self._last_event is not None:
            self.release(self._button, self._last_event)

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
        if self._pans or isinstance(self._gesture, PanGesture):
            return None
        radius = diameter / 2 * self._view_scale
        return BrushCircle(self._hover, radius, self._toolbox.tool.cursor_hardness)

    def cursor_shape(self) -> Qt.CursorShape:
        """The system's cursor: none where the brush circle is drawn."""
        if self._session.document is None:
            return Qt.CursorShape.ArrowCursor
        if isinstance(self._gesture, PanGesture):
            return Qt.CursorShape.ClosedHandCursor
        if self._pans:
            return Qt.CursorShape.OpenHandCursor
        if self._toolbox.tool.cursor_diameter is not None:
            return Qt.CursorShape.BlankCursor
        return Qt.CursorShape.CrossCursor

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
            return PanGesture(event, self._pan_by)
        if left and has_circle and Modifier.shift in event.modifiers:
            return ShiftGesture(event, self._draw, self._resize)
        if left:
            return self._draw(event)
        if right and has_circle and Modifier.alt in event.modifiers:
            return self._resize(event)
        return None

    def _draw(self, event: PointerEvent) -> Gesture:
        return ToolGesture(self._toolbox.tool, event, self._tell_drawing)

    def _resize(self, event: PointerEvent) -> Gesture:
        return ResizeGesture(event, self._toolbox, self._view_scale)
