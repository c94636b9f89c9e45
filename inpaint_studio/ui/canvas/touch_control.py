"""Fingers on a touch screen: one moves the picture, two pinch, move and turn it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QEventPoint, QInputDevice, QTouchEvent

from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.view_control import ViewControl

PLAY = 12.0
"""Degrees that two fingers may turn before the picture turns with them."""
LEAST_SPAN = 20.0
"""Logical px between two fingers below which their distance says nothing."""


@dataclass(frozen=True)
class Grip:
    """Where the fingers hold the picture: their middle, and the vector from one to the other."""

    middle: Point
    dx: float = 0.0
    dy: float = 0.0

    @property
    def span(self) -> float:
        """Distance of two fingers, 0 for one."""
        return math.hypot(self.dx, self.dy)

    @property
    def angle(self) -> float:
        """Direction from one finger to the other in degrees."""
        return math.degrees(math.atan2(self.dy, self.dx))


class TouchControl:
    """Moves the view so that what lies under the fingers stays under them."""

    def __init__(self, view: ViewControl) -> None:
        self._view = view
        self._fingers: tuple[int, ...] = ()
        self._grip = Grip(Point(0, 0))
        self._turned = 0.0
        self._turns = False

    def take(self, event: QTouchEvent) -> bool:
        """Follow the fingers. Returns whether they are on a screen: touchpads send gestures too."""
        device = event.device()
        if device is None or device.type() != QInputDevice.DeviceType.TouchScreen:
            return False
        ended = event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)
        released = QEventPoint.State.Released
        down = [] if ended else [p for p in event.points() if p.state() != released][:2]
        fingers = tuple(point.id() for point in down)
        if fingers:
            self._follow(fingers, _grip_of(down))
        self._fingers = fingers
        return True

    def _follow(self, fingers: tuple[int, ...], grip: Grip) -> None:
        # Another finger more or less is a new hold, and moves nothing.
        if fingers == self._fingers:
            self._move(self._grip, grip)
        else:
            self._turned, self._turns = 0.0, False
        self._grip = grip

    def _move(self, before: Grip, now: Grip) -> None:
        self._view.pan_by(now.middle.x - before.middle.x, now.middle.y - before.middle.y)
        if min(before.span, now.span) < LEAST_SPAN:
            return
        self._view.zoom_at(now.span / before.span, now.middle)
        turn = (now.angle - before.angle + 180) % 360 - 180
        self._turned += turn
        if self._turns:
            self._view.turn_by(turn, now.middle)
        self._turns = self._turns or abs(self._turned) > PLAY


def _grip_of(points: list[QEventPoint]) -> Grip:
    first, last = points[0].position(), points[-1].position()
    middle = Point((first.x() + last.x()) / 2, (first.y() + last.y()) / 2)
    return Grip(middle, last.x() - first.x(), last.y() - first.y())
