"""What a press starts: a stroke of the tool, panning, resizing the brush, or a Shift-click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.editor.tools.tool import PointerEvent, Tool

DRAG_START = 3.0
"""Logical px the pointer must move before a press becomes a drag."""
HARDNESS_TRAVEL = 200.0
"""Logical px of vertical drag from hardness 0 to 1."""


class Gesture(Protocol):
    """Goes on until the button is released."""

    pins_cursor: bool
    """Whether the brush circle stays where the button was pressed."""

    def motion(self, event: PointerEvent) -> None:
        """The pointer moved."""
        ...

    def end(self, event: PointerEvent) -> None:
        """The button was released."""
        ...

    def cancel(self) -> None:
        """Leave everything as it was before the press, as far as it can be taken back."""
        ...


class ToolGesture:
    """A stroke of the tool in hand. `tell` hears True at its start and False at its end."""

    pins_cursor = False

    def __init__(self, tool: Tool, event: PointerEvent, tell: Callable[[bool], None]) -> None:
        self._tool = tool
        self._tell = tell
        tell(True)
        tool.begin(event)

    def motion(self, event: PointerEvent) -> None:
        """Hand it to the tool."""
        self._tool.motion(event)

    def end(self, event: PointerEvent) -> None:
        """Let the tool finish."""
        self._tool.end(event)
        self._tell(False)

    def cancel(self) -> None:
        """Let the tool take the stroke back."""
        self._tool.cancel()
        self._tell(False)


class PanGesture:
    """Moves the picture with the pointer. `pan_by` takes logical px."""

    pins_cursor = False

    def __init__(self, event: PointerEvent, pan_by: Callable[[float, float], None]) -> None:
        self._last = event.view_position
        self._pan_by = pan_by

    def motion(self, event: PointerEvent) -> None:
        """Follow the pointer."""
        now = event.view_position
        self._pan_by(now.x - self._last.x, now.y - self._last.y)
        self._last = now

    def end(self, event: PointerEvent) -> None:
        """Nothing is left to do."""

    def cancel(self) -> None:
        """The picture stays where it is."""


class ResizeGesture:
    """Left and right change the brush's size, up and down its hardness, whichever comes first.

    The edge of the circle follows the pointer: `view_scale` is logical px per document px.
    """

    pins_cursor = True

    def __init__(self, event: PointerEvent, toolbox: ToolBox, view_scale: float) -> None:
        self._start = event.view_position
        self._toolbox = toolbox
        self._before = toolbox.brush
        self._view_scale = view_scale
        self._along_x: bool | None = None

    def motion(self, event: PointerEvent) -> None:
        """Set size or hardness."""
        dx = event.view_position.x - self._start.x
        dy = event.view_position.y - self._start.y
        if self._along_x is None:
            if max(abs(dx), abs(dy)) < DRAG_START:
                return
            self._along_x = abs(dx) >= abs(dy)
        if self._along_x:
            self._toolbox.set_brush(size=round(self._before.size + 2 * dx / self._view_scale))
        else:
            self._toolbox.set_brush(hardness=self._before.hardness - dy / HARDNESS_TRAVEL)

    def end(self, event: PointerEvent) -> None:
        """Keep what was set."""

    def cancel(self) -> None:
        """Back to the brush as it was."""
        self._toolbox.set_brush(size=self._before.size, hardness=self._before.hardness)


class ShiftGesture:
    """A press with Shift: a click draws a straight line, a drag resizes the brush."""

    pins_cursor = True

    def __init__(
        self,
        event: PointerEvent,
        draw: Callable[[PointerEvent], Gesture],
        resize: Callable[[PointerEvent], Gesture],
    ) -> None:
        self._press = event
        self._draw = draw
        self._resize = resize
        self._resizing: Gesture | None = None

    def motion(self, event: PointerEvent) -> None:
        """Become a drag once the pointer has moved far enough."""
        moved = event.view_position.distance_to(self._press.view_position)
        if self._resizing is None and moved >= DRAG_START:
            self._resizing = self._resize(self._press)
        if self._resizing is not None:
            self._resizing.motion(event)

    def end(self, event: PointerEvent) -> None:
        """Draw the line, unless it has become a drag."""
        if self._resizing is None:
            self._draw(self._press).end(self._press)

    def cancel(self) -> None:
        """Draw nothing; put the brush back."""
        if self._resizing is not None:
            self._resizing.cancel()
