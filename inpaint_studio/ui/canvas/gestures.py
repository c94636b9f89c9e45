"""What a press starts: a stroke of the tool, moving the view, resizing the brush, a Shift-click."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent, Tool
from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.turn import STEP, Turn

DRAG_START = 3.0
"""Logical px the pointer must move before a press becomes a drag."""
ZOOM_TRAVEL = 100.0
"""Logical px of a drag that double the zoom."""
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


class ZoomGesture:
    """Zooms in when dragged to the right or up. `zoom_to` takes a zoom and where to hold it."""

    pins_cursor = True

    def __init__(
        self, event: PointerEvent, zoom: float, zoom_to: Callable[[float, Point], None]
    ) -> None:
        self._start = event.view_position
        self._before = zoom
        self._zoom_to = zoom_to

    def motion(self, event: PointerEvent) -> None:
        """Follow the pointer."""
        now = event.view_position
        travel = (now.x - self._start.x) - (now.y - self._start.y)
        self._zoom_to(self._before * 2 ** (travel / ZOOM_TRAVEL), self._start)

    def end(self, event: PointerEvent) -> None:
        """Nothing is left to do."""

    def cancel(self) -> None:
        """Back to the zoom as it was."""
        self._zoom_to(self._before, self._start)


class TurnGesture:
    """Turns the view about `middle` with the pointer; with Ctrl in whole steps."""

    pins_cursor = False

    def __init__(
        self, event: PointerEvent, turn: Turn, middle: Point, turn_to: Callable[[Turn], None]
    ) -> None:
        self._middle = middle
        self._before = turn
        self._turn_to = turn_to
        self._pressed_at = self._angle_of(event)

    def motion(self, event: PointerEvent) -> None:
        """Follow the pointer around the middle."""
        turn = self._before.by(self._angle_of(event) - self._pressed_at)
        if Modifier.ctrl in event.modifiers:
            turn = turn.to(round(turn.degrees / STEP) * STEP)
        self._turn_to(turn)

    def end(self, event: PointerEvent) -> None:
        """Nothing is left to do."""

    def cancel(self) -> None:
        """Back to the angle as it was."""
        self._turn_to(self._before)

    def _angle_of(self, event: PointerEvent) -> float:
        x, y = event.view_position
        return math.degrees(math.atan2(y - self._middle.y, x - self._middle.x))


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


class MenuGesture:
    """A click of a pen's second button, which Qt makes no menu request of."""

    pins_cursor = False

    def __init__(self, ask_menu: Callable[[Point], None]) -> None:
        self._ask_menu = ask_menu

    def motion(self, event: PointerEvent) -> None:
        """A hand is not quite still."""

    def end(self, event: PointerEvent) -> None:
        """Open it where the pen is."""
        self._ask_menu(event.view_position)

    def cancel(self) -> None:
        """No menu."""


class ShiftGesture:
    """A press whose click does one thing while its drag resizes the brush.

    With Shift a click draws a straight line; with a pen's second button it opens the menu.
    """

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
