"""The pill at the top right: what computes, and how it is. A click opens the model picker."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from inpaint_studio.engine.worker_client import EngineState
from inpaint_studio.ui.icons import draw_icon
from inpaint_studio.ui.theme import METRICS, current, theme
from inpaint_studio.ui.widgets import tooltip_text

HEIGHT = 22
DOT = 6
CHEVRON = 14
WIDEST_NAME = 220


class EnginePill(QAbstractButton):
    """A dot in the colour of the engine's state, the engine's name and what it needs.

    `resized()`: its words take another room; a menu bar has to be told to place it anew.
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = EngineState.starting
        self._name = self.tr("Patch fill")
        self._need = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme().changed.connect(self.update)
        self._refresh()

    def show_state(self, state: EngineState) -> None:
        """Show what the engine does now."""
        self._state = state
        self._refresh()

    def show_engine(self, name: str = "", need: str = "") -> None:
        """Show the model in use and the memory it needs; nothing means patch fill."""
        self._name = name or self.tr("Patch fill")
        self._need = need
        self._refresh()

    def sizeHint(self) -> QSize:
        """Wide enough for the words."""
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + DOT + CHEVRON + 5 * METRICS.space_s, HEIGHT + METRICS.space_xs)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pill, dot, words and the chevron that promises a menu."""
        colors = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().adjusted(0, 2, -METRICS.space_s, -2)
        focused = self.hasFocus()
        line = colors.accent if focused else colors.line
        painter.setPen(QPen(QColor(line), METRICS.focus_ring if focused else 1))
        painter.setBrush(QColor(colors.hover if self.underMouse() else colors.raised))
        painter.drawRoundedRect(area.adjusted(1, 0, -1, -1), HEIGHT / 2, HEIGHT / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._dot_color()))
        top = area.center().y() - DOT // 2 + 1
        painter.drawEllipse(area.left() + METRICS.space_s, top, DOT, DOT)
        painter.setPen(QColor(colors.text))
        words = area.adjusted(2 * METRICS.space_s + DOT - 2, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        chevron = QRect(0, 0, CHEVRON, CHEVRON)
        chevron.moveCenter(area.center())
        chevron.moveRight(area.right() - METRICS.space_s)
        draw_icon(painter, "chevron-down", chevron, colors.dim)

    def _refresh(self) -> None:
        name = self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, WIDEST_NAME)
        self.setText(f"{name} · {self._need or self._state_word()}")
        self.setAccessibleName(self.tr("Engine: {0}, {1}").format(self._name, self._state_word()))
        self.setToolTip(
            tooltip_text(f"{self._name} · {self._state_word()}. " + self.tr("Click to choose."))
        )
        self.update()
        if self.size() != self.sizeHint():
            self.resize(self.sizeHint())
            self.resized.emit()

    def _dot_color(self) -> str:
        colors = current()
        if self._state is EngineState.ready:
            return colors.good
        return colors.accent if self._state is EngineState.busy else colors.look

    def _state_word(self) -> str:
        match self._state:
            case EngineState.ready:
                return self.tr("ready")
            case EngineState.busy:
                return self.tr("working")
            case EngineState.stopped:
                return self.tr("stopped")
        return self.tr("starting")
