"""The pill at the top right: which engine computes, and how it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inpaint_studio.engine.worker_client import EngineState
from inpaint_studio.ui.theme import METRICS, current, theme

HEIGHT = 22
DOT = 6


class EnginePill(QWidget):
    """A dot in the colour of the engine's state, and a few words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = EngineState.starting
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)
        self.show_state(self._state)

    def show_state(self, state: EngineState) -> None:
        """Show what the engine does now."""
        self._state = state
        self.setAccessibleName(self._text())
        self.setToolTip(self.tr("Built in: works without a graphics card, a model or a network."))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the words."""
        width = self.fontMetrics().horizontalAdvance(self._text())
        return QSize(width + DOT + 4 * METRICS.space_s, HEIGHT + METRICS.space_xs)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pill, dot and words."""
        colors = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().adjusted(0, 2, -METRICS.space_s, -2)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.raised))
        painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), HEIGHT / 2, HEIGHT / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._dot_color()))
        top = area.center().y() - DOT // 2 + 1
        painter.drawEllipse(area.left() + METRICS.space_s, top, DOT, DOT)
        painter.setPen(QColor(colors.text))
        area.setLeft(area.left() + METRICS.space_s + DOT + METRICS.space_s - 2)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._text())

    def _dot_color(self) -> str:
        colors = current()
        if self._state is EngineState.ready:
            return colors.good
        return colors.accent if self._state is EngineState.busy else colors.look

    def _text(self) -> str:
        match self._state:
            case EngineState.ready:
                return self.tr("Patch fill · ready")
            case EngineState.busy:
                return self.tr("Patch fill · working")
            case EngineState.stopped:
                return self.tr("Patch fill · stopped")
        return self.tr("Patch fill · starting")
