"""What a tool is, and the pointer events it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

from inpaint_studio.geometry import Point


class Modifier(Flag):
    """Keys held while the pointer moves."""

    none = 0
    shift = auto()
    ctrl = auto()
    alt = auto()


@dataclass(frozen=True)
class PointerEvent:
    """A report of mouse or pen.

    `position` is in document coordinates, `view_position` in logical px of the canvas widget.
    `pressure` is 0..1 (1 for a mouse); `is_eraser` is True for a pen's other end. `view_scale` is
    logical px per document px; `is_pen` tells a pen from a mouse.
    """

    position: Point
    view_position: Point
    pressure: float = 1.0
    modifiers: Modifier = Modifier.none
    is_eraser: bool = False
    view_scale: float = 1.0
    is_pen: bool = False

    @property
    def is_straight_line(self) -> bool:
        """Shift asks for a straight line from where the last stroke ended."""
        return Modifier.shift in self.modifiers


class Tool:
    """Takes pointer events between press and release; ends in at most one command.

    `cursor_diameter` is the diameter in document px of the circle that the canvas draws at the
    pointer, or None for a plain cursor.
    """

    pans = False
    """Whether dragging moves the view instead of going to the tool."""

    @property
    def cursor_diameter(self) -> float | None:
        """Diameter of the brush circle, or None."""
        return None

    @property
    def cursor_hardness(self) -> float:
        """Size of the inner circle as a fraction 0..1 of the outer one."""
        return 1.0

    @property
    def outline(self) -> tuple[Point, ...]:
        """Corners of the shape being drawn, in document coordinates, for the canvas to show."""
        return ()

    @property
    def is_open(self) -> bool:
        """Whether a gesture of several clicks waits to be finished or given up."""
        return False

    def hover(self, event: PointerEvent) -> None:
        """The pointer moved while not pressed."""

    def finish(self) -> None:
        """Finish a gesture of several clicks (Enter)."""

    def begin(self, event: PointerEvent) -> None:
        """The pointer was pressed."""

    def motion(self, event: PointerEvent) -> None:
        """The pointer moved while pressed."""

    def end(self, event: PointerEvent) -> None:
        """The pointer was released: finish."""

    def cancel(self) -> None:
        """Forget the gesture and leave everything as it was before `begin`."""
