"""Asks a widget for repaints so that Qt can clip quickly: in one rectangle where that is cheap."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget


class Repaints:
    """What waits to be painted in a widget. Call `begin` when it is painted."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._waiting = QRect()

    def ask(self, rect: QRect) -> None:
        """Repaint a rectangle, as one with those that wait: Qt clips to one much faster."""
        self._waiting = joined(self._waiting, rect)
        self._widget.update(self._waiting)

    def begin(self) -> None:
        """What waited is being painted."""
        self._waiting = QRect()


def joined(waiting: QRect, rect: QRect) -> QRect:
    """The rectangle around both, or only `rect` where they are far apart."""
    around = waiting.united(rect)
    return around if _area(around) <= 2 * (_area(waiting) + _area(rect)) else rect


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()
