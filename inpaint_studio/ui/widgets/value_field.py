"""One row of an options panel: a label, a slider and the number itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QStyle, QWidget

from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets.number_field import NumberField
from inpaint_studio.ui.widgets.value_range import ValueRange

_SLIDER_STEPS = 1000
_HANDLE = 14
_SETTLE_MS = 400
"""A wheel or a key has no release: the edit is over when nothing came for so long."""


class ValueField(QWidget):
    """A labelled slider with its number.

    `value_changed` follows the hand, `editing_finished` comes once at its end: the place for an
    undo step. Both are only for what the person does; `set_value` emits neither. A double-click on
    the number goes back to `default`, the minimum unless given.
    """

    value_changed = Signal(float)
    editing_finished = Signal()

    def __init__(
        self,
        label: str,
        values: ValueRange,
        default: float | None = None,
        *,
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values = values
        self._default = values.clamped(values.minimum if default is None else default)
        self._value = self._default
        self._is_unsettled = False
        self._label = QLabel(label)
        self._slider = _Slider()
        self._field = NumberField(values, suffix)
        self._settle_timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._build_row()
        self._connect()
        self.set_accessible_name(label)
        self._show_value()

    def value(self) -> float:
        """The number shown, rounded to the range's decimals."""
        return self._value

    def set_value(self, value: float) -> None:
        """Shows `value`, held to the range, without a signal."""
        self._value = self._values.clamped(value)
        self._show_value()

    def select_number(self) -> None:
        """Gives the number the focus: what is typed next replaces it."""
        self._field.setFocus(Qt.FocusReason.TabFocusReason)
        self._field.selectAll()

    def set_default(self, value: float) -> None:
        """What a double-click on the number goes back to."""
        self._default = self._values.clamped(value)

    def set_label_width(self, width: int) -> None:
        """Gives the label a fixed width so that the sliders of a panel line up."""
        self._label.setFixedWidth(width)

    def set_field_width(self, width: int) -> None:
        """Gives the number a fixed width, to line it up with its neighbours."""
        self._field.setFixedWidth(width)

    def set_slider_width(self, width: int) -> None:
        """Dresses the field for a bar of options: a slider of fixed width and a quiet label."""
        set_text_role(self._label, "dim")
        self._slider.setFixedWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def is_compact(self) -> bool:
        """Whether only the label and the number are shown."""
        return self._slider.isHidden()

    def set_compact(self, compact: bool) -> None:
        """Hides the slider where there is no room for it: the number can be dragged too."""
        self._slider.setHidden(compact)
        # At once: Qt would tell the row around it one round of events later.
        self.updateGeometry()

    @property
    def slider_room(self) -> int:
        """Pixels that a compact field saves."""
        return self._slider.width() + METRICS.space_s

    def set_lowest_text(self, text: str) -> None:
        """Shows a word instead of the lowest number, e.g. "auto"."""
        self._field.setSpecialValueText(text)

    def set_accessible_name(self, name: str) -> None:
        """The name a screen reader says; the label unless told otherwise."""
        self._slider.setAccessibleName(name)
        self._field.setAccessibleName(name)

    def set_tooltip(self, text: str) -> None:
        """A tooltip for the whole row, also read out as its description."""
        self.setToolTip(text)
        self._field.setAccessibleDescription(text)

    @property
    def field(self) -> NumberField:
        """The number box, e.g. to give it the focus."""
        return self._field

    @property
    def slider(self) -> QSlider:
        """The slider: 0 to 1000 along the range."""
        return self._slider

    def _build_row(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_s)
        row.addWidget(self._label)
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)
        self._label.setBuddy(self._field)
        self._label.setVisible(bool(self._label.text()))
        self.setFixedHeight(METRICS.row - METRICS.space_xs)
        self.setFocusProxy(self._field)

    def _connect(self) -> None:
        self._slider.valueChanged.connect(self._on_slider_changed)
        self._slider.sliderReleased.connect(self._settle)
        self._field.valueChanged.connect(self._on_user_value)
        self._field.settled.connect(self._settle)
        self._field.reset_requested.connect(self._on_reset_requested)
        self._settle_timer.timeout.connect(self._settle)

    def _on_slider_changed(self, position: int) -> None:
        self._on_user_value(self._values.value_at(position / _SLIDER_STEPS))

    def _on_reset_requested(self) -> None:
        self._on_user_value(self._default)
        self._settle()

    def _on_user_value(self, value: float) -> None:
        value = self._values.clamped(value)
        if value == self._value:
            return
        self._value = value
        self._is_unsettled = True
        self._show_value()
        self._settle_timer.start()
        self.value_changed.emit(value)

    def _settle(self) -> None:
        if self._slider.isSliderDown() or self._field.is_dragging:
            return
        self._settle_timer.stop()
        if self._is_unsettled:
            self._is_unsettled = False
            self.editing_finished.emit()

    def _show_value(self) -> None:
        for widget in (self._slider, self._field):
            widget.blockSignals(True)
        self._field.setValue(self._value)
        if not self._slider.isSliderDown():
            self._slider.setValue(round(self._values.fraction(self._value) * _SLIDER_STEPS))
        for widget in (self._slider, self._field):
            widget.blockSignals(False)


class _Slider(QSlider):
    """A slider whose handle jumps to the pointer and that leaves the wheel to its panel."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, _SLIDER_STEPS)
        self.setMinimumWidth(60)
        # The number beside it takes the keys: one stop of the Tab key for each row.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jumps to the pointer and follows it until release."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follows the pointer."""
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag is over."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def _go_to(self, x: float) -> None:
        first, span = _HANDLE // 2, self.width() - _HANDLE
        value = QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), round(x) - first, span
        )
        self.setSliderPosition(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves the wheel to the panel."""
        event.ignore()
