"""The line that is dragged across the canvas to compare before and after."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QWidget

from inpaint_studio.ui.theme import METRICS, current, with_alpha

KNOB = 28
"""Diameter in px of what is seen to be dragged."""
GRIP = 9
"""Width in px of what can be dragged along the whole line."""
STEP, LONG_STEP = 0.01, 0.1
"""Part of the width that an arrow key moves the divider by, without and with Shift."""


class CompareDivider(QWidget):
    """A line from top to bottom with a knob. `moved(float)`: its place, 0..1 from left to right;
    `dismissed()` by Esc, unless there is a job for that key to cancel."""

    moved = Signal(float)
    dismissed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._place = 0.5
        self._held_at: float | None = None
        self.setAccessibleName(self.tr("Divider between before and after"))
        self.setToolTip(self.tr("Drag to compare. Arrow keys move it, a double-click centres it."))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setMouseTracking(True)
        self.hide()
        self.settle()

    @property
    def line_x(self) -> int:
        """Where the line lies in the canvas, in logical px."""
        return round(self._place * self._canvas.width())

    def settle(self) -> None:
        """Lie where it belongs in a canvas of this size."""
        height = self._canvas.height()
        self.setGeometry(self.line_x - KNOB // 2 - 2, 0, KNOB + 4, height)
        line = QRegion((self.width() - GRIP) // 2, 0, GRIP, height)
        knob = self._knob().adjusted(-2, -2, 2, 2).toAlignedRect()
        self.setMask(line.united(QRegion(knob, QRegion.RegionType.Ellipse)))
        self.setAccessibleDescription(
            self.tr("{0} % from the left").format(round(100 * self._place))
        )

    def move_to(self, place: float) -> None:
        """Move it; stays within the canvas."""
        place = min(max(place, 0.0), 1.0)
        if place != self._place:
            self._place = place
            self.settle()
            self.moved.emit(place)

    def event(self, event: QEvent) -> bool:
        """While it has the focus, its keys are no shortcuts."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._target(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move it; Esc puts it away."""
        place = self._target(event)
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        elif place is None:
            super().keyPressEvent(event)
        else:
            self.move_to(place)

    def _target(self, event: QKeyEvent) -> float | None:
        far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = LONG_STEP if far else STEP
        targets = {
            Qt.Key.Key_Left: self._place - step,
            Qt.Key.Key_Right: self._place + step,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }
        return targets.get(Qt.Key(event.key()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held_at = event.position().x()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held_at is not None:
            by = event.position().x() - self._held_at
            self.move_to(self._place + by / max(1, self._canvas.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held_at = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the middle."""
        self.move_to(0.5)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show it."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Its release may not come."""
        self._held_at = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A light line on a dark one, which is seen on any picture, and the knob."""
        colours = current()
        painter = QPainter(self)
        middle = self.width() / 2
        for colour, width in ((with_alpha(colours.cursor_dark, 0.45), 4), (None, 2)):
            line = QRectF(middle - width / 2, 0, width, self.height())
            painter.fillRect(line, colour or QColor(colours.cursor_light))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = colours.accent if self.hasFocus() else colours.line_strong
        painter.setPen(QPen(QColor(ring), METRICS.focus_ring if self.hasFocus() else 1))
        painter.setBrush(QColor(colours.panel))
        knob = self._knob()
        painter.drawEllipse(knob)
        pen = QPen(QColor(colours.text), 1.75)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        at = knob.center()
        for side in (-1, 1):
            tip = QPointF(at.x() + side * 8, at.y())
            back = at.x() + side * 4
            painter.drawPolyline([QPointF(back, at.y() - 4), tip, QPointF(back, at.y() + 4)])
        painter.end()

    def _knob(self) -> QRectF:
        left = (self.width() - KNOB) / 2
        return QRectF(left, (self.height() - KNOB) / 2, KNOB, KNOB).adjusted(1, 1, -1, -1)
