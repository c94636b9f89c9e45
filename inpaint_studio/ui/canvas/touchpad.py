"""Two fingers on a touchpad: pinching zooms, turning turns."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent

from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.pointer_input import pinch_factor

PLAY = 8.0
"""Degrees that fingers may turn while they pinch before the picture turns with them."""


class Fingers:
    """`zoom_at` takes a factor, `turn_at` degrees clockwise; both what lies under the fingers."""

    def __init__(
        self, zoom_at: Callable[[float, Point], None], turn_at: Callable[[float, Point], None]
    ) -> None:
        self._zoom_at = zoom_at
        self._turn_at = turn_at
        self._turned = 0.0
        self._turns = False

    def take(self, event: QNativeGestureEvent) -> bool:
        """Follow a gesture. Returns whether it was one for the view."""
        at = Point(event.position().x(), event.position().y())
        factor = pinch_factor(event)
        if factor is not None:
            self._zoom_at(factor, at)
            return True
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.RotateNativeGesture:
            self._turn(event.value(), at)
            return True
        if kind in (Qt.NativeGestureType.BeginNativeGesture, Qt.NativeGestureType.EndNativeGesture):
            self._turned, self._turns = 0.0, False
        return False

    def _turn(self, degrees: float, at: Point) -> None:
        if self._turns:
            self._turn_at(degrees, at)
            return
        self._turned += degrees
        self._turns = abs(self._turned) > PLAY
