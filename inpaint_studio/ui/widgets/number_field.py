"""A number that can be typed, dragged sideways, wheeled and reset by double-click."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDoubleSpinBox, QWidget

from inpaint_studio.ui.theme import METRICS, current, tabular
from inpaint_studio.ui.widgets.value_range import ValueRange

_HEIGHT = 24
_DRAG_WIDTH = 200
"""Pixels of dragging that cross the whole range; ten times as many with Shift."""


class NumberField(QDoubleSpinBox):
    """The box of a `ValueField`. `valueChanged` is live except while typing."""

    settled = Signal()
    """A drag or typing came to its end."""
    reset_requested = Signal()

    def __init__(self, values: ValueRange, suffix: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = values
        self._drag_start: float | None = None
        self._drag_fraction = 0.0
        self._dragging = False
        self._typing = False
        self.setDecimals(values.decimals)
        self.setRange(values.minimum, values.maximum)
        self.setSuffix(suffix)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # Framed by the style sheet, a spin box without buttons leaves its text a width of 1 px
        # (Qt 6.11), so paintEvent draws the box.
        self.setFrame(False)
        self.setFont(tabular(self.font()))
        self.setFixedSize(self._fitting_width(), _HEIGHT)
        self.editingFinished.connect(self._on_typed)
        self._edit = self.lineEdit()
        # A drag must not leave the focus here, or the next single-letter shortcut would be typed.
        for widget in (self, self._edit):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._edit.installEventFilter(self)

    @property
    def is_dragging(self) -> bool:
        """Whether the number is being dragged right now."""
        return self._dragging

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt calls it
        """Steps by the range's own step, which for a logarithmic range is a tenth."""
        self.setValue(self._values.stepped(self.value(), steps))
        self.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Turns a press and drag on the number into scrubbing; a click starts typing."""
        if event.type() == QEvent.Type.Enter:
            self._update_cursor()
        if watched is not self._edit or not isinstance(event, QMouseEvent):
            return super().eventFilter(watched, event)
        match event.type():
            case QEvent.Type.MouseButtonPress:
                return self._on_pressed(event)
            case QEvent.Type.MouseMove:
                return self._on_dragged(event)
            case QEvent.Type.MouseButtonRelease:
                return self._on_released()
            case QEvent.Type.MouseButtonDblClick:
                return self._on_double_clicked()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what was typed, Esc drops it; both give the keys back to the window."""
        if event.key() == Qt.Key.Key_Escape and self.hasFocus():
            self.setValue(self.value())
            self.clearFocus()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clearFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the box; the number is drawn by the line edit inside."""
        colors = current()
        width = METRICS.focus_ring if self.hasFocus() else 1
        outline = colors.line_strong if self.underMouse() else colors.line
        inset = width / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.accent if self.hasFocus() else outline), width))
        painter.setBrush(QColor(colors.raised if self.isEnabled() else colors.panel))
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, METRICS.radius_field, METRICS.radius_field)

    def _update_cursor(self) -> None:
        shape = Qt.CursorShape.IBeamCursor if self._typing else Qt.CursorShape.SizeHorCursor
        self._edit.setCursor(shape)

    def _on_pressed(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or self._typing:
            return False
        self._drag_start = event.globalPosition().x()
        self._drag_fraction = self._values.fraction(self.value())
        self._dragging = False
        return True

    def _on_dragged(self, event: QMouseEvent) -> bool:
        if self._drag_start is None:
            return False
        moved = event.globalPosition().x() - self._drag_start
        if abs(moved) >= QApplication.startDragDistance():
            self._dragging = True
        if self._dragging:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            width = _DRAG_WIDTH * (10 if fine else 1)
            self.setValue(self._values.value_at(self._drag_fraction + moved / width))
        return True

    def _on_released(self) -> bool:
        if self._drag_start is None:
            return False
        self._drag_start = None
        if self._dragging:
            self._dragging = False
            self.settled.emit()
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.selectAll()
            self._typing = True
            self._update_cursor()
        return True

    def _on_typed(self) -> None:
        self._typing = False
        self.settled.emit()

    def _on_double_clicked(self) -> bool:
        self._drag_start = None
        self.reset_requested.emit()
        return True

    def _fitting_width(self) -> int:
        texts = (
            self.prefix() + self.textFromValue(value) + self.suffix()
            for value in (self._values.minimum, self._values.maximum)
        )
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        return max(widest + 2 * METRICS.space_s + 4, 46)
