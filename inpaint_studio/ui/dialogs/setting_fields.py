"""One field for each kind of setting, made from its declaration."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QRegularExpressionValidator,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from inpaint_studio.core.pressure import PressureCurve
from inpaint_studio.settings import Setting, SettingKind
from inpaint_studio.ui.dialogs.pressure_curve_edit import PressureCurveEdit
from inpaint_studio.ui.theme import METRICS
from inpaint_studio.ui.widgets import Segment, Segmented, ValueField, ValueRange
from inpaint_studio.ui.widgets.swatch import Swatch

_LOGARITHMIC_FROM = 100
"""Ranges whose ends are further apart than this factor get a logarithmic slider."""
_LINES_HEIGHT = 76
_HEX_WIDTH = 84
_NUMBER_WIDTH = 84


class SettingField(QWidget):
    """Shows one setting. `changed(value)` is only for what the person does."""

    changed = Signal(object)
    has_own_label = False

    def __init__(self, content: QWidget, *beside: QWidget, fills: bool = True) -> None:
        """`fills`: the content takes all the room there is."""
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_s)
        for widget in (content, *beside):
            row.addWidget(widget)
        if not fills:
            row.addStretch(1)
        self.setFocusProxy(content)

    def show_value(self, value: Any) -> None:
        """Show a value of the setting, without a signal."""
        raise NotImplementedError


def field_for(setting: Setting[Any], label: str) -> SettingField:
    """The field that suits a setting; `label` is its label in the program's language."""
    match setting.kind:
        case SettingKind.colour:
            return ColourField(setting, label)
        case SettingKind.curve:
            return CurveField(label)
        case SettingKind.lines:
            return LinesField(label)
    if setting.choices:
        return ChoiceField(setting, label)
    if isinstance(setting.default, bool):
        return CheckField(label)
    return NumberSettingField(setting, label)


class CheckField(SettingField):
    """Yes or no."""

    has_own_label = True

    def __init__(self, label: str) -> None:
        self.box = QCheckBox(label)
        super().__init__(self.box, fills=False)
        # clicked, not toggled: only what the person does.
        self.box.clicked.connect(self._on_clicked)

    def show_value(self, value: bool) -> None:
        """Tick it or not."""
        self.box.setChecked(value)

    def _on_clicked(self, checked: bool) -> None:
        self.changed.emit(checked)


class NumberSettingField(SettingField):
    """A slider with its number."""

    def __init__(self, setting: Setting[Any], label: str) -> None:
        self._scale = 100 if setting.kind is SettingKind.percent else 1
        self._type = type(setting.default)
        low, high = setting.minimum * self._scale, setting.maximum * self._scale
        wide = low > 0 and high / low > _LOGARITHMIC_FROM
        self.value = ValueField(
            "",
            ValueRange(low, high, logarithmic=wide),
            setting.default * self._scale,
            suffix=" %" if setting.kind is SettingKind.percent else setting.unit,
        )
        self.value.set_accessible_name(label)
        self.value.set_field_width(_NUMBER_WIDTH)
        super().__init__(self.value)
        self.value.value_changed.connect(self._on_value)

    def show_value(self, value: float) -> None:
        """Move slider and number there."""
        self.value.set_value(value * self._scale)

    def _on_value(self, value: float) -> None:
        self.changed.emit(self._type(value / self._scale))


class ChoiceField(SettingField):
    """One of a few."""

    def __init__(self, setting: Setting[Any], label: str) -> None:
        labels = setting.choice_labels or tuple(map(str, setting.choices))
        texts = zip(setting.choices, labels, strict=True)
        self.choice = Segmented([Segment(str(key), text) for key, text in texts], label)
        super().__init__(self.choice, fills=False)
        self.choice.chosen.connect(self.changed.emit)

    def show_value(self, value: str) -> None:
        """Choose it."""
        self.choice.set_choice(value)


class LinesField(SettingField):
    """A text of several lines, taken over when the focus leaves it."""

    def __init__(self, label: str) -> None:
        self.edit = _Lines()
        self.edit.setAccessibleName(label)
        self.edit.setFixedHeight(_LINES_HEIGHT)
        self.edit.setTabChangesFocus(True)
        super().__init__(self.edit)
        self.edit.finished.connect(self.changed.emit)

    def show_value(self, value: str) -> None:
        """Show the text, unless it is being edited."""
        if not self.edit.hasFocus():
            self.edit.setPlainText(value)


class _Lines(QPlainTextEdit):
    finished = Signal(str)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.finished.emit(self.toPlainText())


class CurveField(SettingField):
    """A pressure curve; the setting holds it as text."""

    def __init__(self, label: str) -> None:
        self.edit = PressureCurveEdit(label)
        super().__init__(self.edit)
        self.edit.changed.connect(lambda curve: self.changed.emit(curve.to_text()))

    def show_value(self, value: str) -> None:
        """Show the curve."""
        self.edit.set_curve(PressureCurve.from_text(value))


class ColourField(SettingField):
    """A swatch that opens the colour dialog, and the colour as #rrggbb."""

    def __init__(self, setting: Setting[Any], label: str) -> None:
        self.swatch = Swatch(label)
        self.hex = QLineEdit()
        self.hex.setAccessibleName(label)
        self.hex.setFixedWidth(_HEX_WIDTH)
        self.hex.setValidator(QRegularExpressionValidator(QRegularExpression(setting.pattern)))
        super().__init__(self.swatch, self.hex, fills=False)
        self.swatch.clicked.connect(self._ask)
        self.hex.textEdited.connect(self._on_typed)

    def show_value(self, value: str) -> None:
        """Show the colour."""
        self.swatch.set_color(value)
        if self.hex.text() != value:
            self.hex.setText(value)

    def _ask(self) -> None:
        color = QColorDialog.getColor(QColor(self.swatch.color), self, self.swatch.accessibleName())
        if color.isValid():
            self._choose(color.name())

    def _on_typed(self, text: str) -> None:
        if self.hex.hasAcceptableInput():
            self._choose(text)

    def _choose(self, value: str) -> None:
        self.show_value(value)
        self.changed.emit(value)
