"""An icon that stands by itself and follows the theme."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inpaint_studio.ui.icons import draw_icon
from inpaint_studio.ui.theme import METRICS, current


class IconLabel(QWidget):
    """Shows the icon `name` in the theme's colour `color`, `side` pixels wide."""

    def __init__(
        self,
        name: str,
        color: str = "dim",
        side: int = METRICS.icon,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)
        self.set_icon(name, color)

    def set_icon(self, name: str, color: str) -> None:
        """Shows another icon; `color` names a field of `Colors`."""
        self._name = name
        self._color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the icon over the whole widget."""
        draw_icon(QPainter(self), self._name, self.rect(), getattr(current(), self._color))
