"""A panel that opens over the window and closes when one clicks beside it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inpaint_studio.ui.theme import METRICS, current


class Popup(QWidget):
    """Put a layout into it. Esc closes it, as all popups."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent,
            Qt.WindowType.Popup
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.NoDropShadowWindowHint,
        )
        # Its corners are round. Qt draws no style sheet's background on a translucent window.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def open_at(self, corner: QPoint, alignment: Qt.AlignmentFlag) -> None:
        """Show it with its top right or bottom right (`alignment`) at a point of the screen.

        Where the screen ends it is moved inside.
        """
        area = self.geometry()
        area.setSize(self.size())
        area.moveTopRight(corner)
        if alignment & Qt.AlignmentFlag.AlignBottom:
            area.moveBottomRight(corner)
        screen = self.screen().availableGeometry()
        area.moveRight(min(area.right(), screen.right()))
        area.moveBottom(min(area.bottom(), screen.bottom()))
        area.moveLeft(max(area.left(), screen.left()))
        area.moveTop(max(area.top(), screen.top()))
        self.move(area.topLeft())
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws panel and outline."""
        colors = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.line_strong))
        painter.setBrush(QColor(colors.panel))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, METRICS.radius_button, METRICS.radius_button)
