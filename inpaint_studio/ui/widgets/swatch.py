"""A button that shows a colour."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from inpaint_studio.ui.theme import METRICS, current


class Swatch(QAbstractButton):
    """`color` is what it shows, "#rrggbb"."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.color = ""
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Choose a colour"))
        self.setFixedSize(QSize(44, 26))

    def set_color(self, color: str) -> None:
        """Show "#rrggbb"."""
        self.color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it with the colour."""
        colors = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = METRICS.focus_ring if self.hasFocus() else 1
        line = colors.accent if self.hasFocus() else colors.line_strong
        painter.setPen(QPen(QColor(line), width))
        painter.setBrush(QColor(self.color))
        box = self.rect().toRectF().adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(box, METRICS.radius_field, METRICS.radius_field)
