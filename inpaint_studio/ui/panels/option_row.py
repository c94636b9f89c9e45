"""The options of the tool in hand, in one row at the top."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QWidget

from inpaint_studio.core.brush import MAX_SIZE, MIN_SIZE, BrushSettings
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Segment, Segmented, ValueField, ValueRange, tool_button

SLIDER_WIDTH = 88


class OptionRow(QFrame):
    """Brush options while brush or eraser is in hand, a hint for the hand."""

    def __init__(self, toolbox: ToolBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("optionRow")
        self.setFixedHeight(METRICS.tool_button + METRICS.space_xs)
        self._toolbox = toolbox
        self._stack = QStackedLayout(self)
        self._brush_page = BrushOptions(toolbox)
        self._stack.addWidget(self._brush_page)
        self._stack.addWidget(self._hint(self.tr("Hand"), self.tr("Drag to move the picture.")))
        toolbox.tool_changed.connect(self._show_page)

    def _hint(self, title: str, text: str) -> QWidget:
        page = QWidget()
        row = _row(page)
        row.addWidget(_strong(title))
        label = QLabel(text)
        set_text_role(label, "dim")
        row.addWidget(label)
        row.addStretch()
        return page

    def _show_page(self) -> None:
        self._stack.setCurrentIndex(1 if self._toolbox.current is ToolName.hand else 0)


class BrushOptions(QWidget):
    """Add or subtract, which mask, size, hardness, opacity and what the pen's pressure does."""

    def __init__(self, toolbox: ToolBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        default = BrushSettings()
        self._mode = Segmented(
            [
                Segment("brush", self.tr("Add"), self.tr("Paint the mask (B)")),
                Segment("eraser", self.tr("Subtract"), self.tr("Erase the mask (E)")),
            ],
            self.tr("Add or subtract"),
        )
        self._target = Segmented(
            [
                Segment("repaint", self.tr("Mask"), self.tr("Paint over what should change")),
                Segment(
                    "avoid",
                    self.tr("Don't copy"),
                    self.tr("Paint over what must not be used to fill with, such as a face"),
                ),
            ],
            self.tr("What to paint"),
        )
        self._size = ValueField(
            self.tr("Size"),
            ValueRange(MIN_SIZE, MAX_SIZE, logarithmic=True),
            default.size,
            suffix=self.tr(" px"),
        )
        self._hardness = ValueField(
            self.tr("Hardness"), ValueRange(0, 100), default.hardness * 100, suffix=self.tr(" %")
        )
        self._opacity = ValueField(
            self.tr("Opacity"), ValueRange(1, 100), default.opacity * 100, suffix=self.tr(" %")
        )
        self._pressure = tool_button(
            "pen-tool", self.tr("Pen pressure changes the size"), checkable=True, small=True
        )
        self._build()
        self._connect()
        self._show_brush()
        self._show_tool()

    def _build(self) -> None:
        row = _row(self)
        row.addWidget(_strong(self.tr("Mask brush")))
        row.addWidget(self._mode)
        row.addWidget(self._target)
        for field in (self._size, self._hardness, self._opacity):
            field.set_slider_width(SLIDER_WIDTH)
            row.addWidget(field)
        row.addWidget(self._pressure)
        row.addStretch()

    def _connect(self) -> None:
        box = self._toolbox
        self._mode.chosen.connect(lambda key: box.choose(ToolName(key)))
        self._target.chosen.connect(lambda key: box.set_mask_kind(MaskKind(key)))
        self._size.value_changed.connect(lambda value: box.set_brush(size=value))
        self._hardness.value_changed.connect(lambda value: box.set_brush(hardness=value / 100))
        self._opacity.value_changed.connect(lambda value: box.set_brush(opacity=value / 100))
        self._pressure.toggled.connect(lambda on: box.set_brush(pressure_to_size=on))
        box.brush_changed.connect(self._show_brush)
        box.tool_changed.connect(self._show_tool)

    def _show_tool(self) -> None:
        if self._toolbox.current is not ToolName.hand:
            self._mode.set_choice(self._toolbox.current.value)

    def _show_brush(self) -> None:
        brush = self._toolbox.brush
        self._size.set_value(brush.size)
        self._hardness.set_value(brush.hardness * 100)
        self._opacity.set_value(brush.opacity * 100)
        self._pressure.setChecked(brush.pressure_to_size)
        self._target.set_choice(self._toolbox.mask_kind.value)


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(METRICS.space_l, 0, METRICS.space_m, 0)
    row.setSpacing(METRICS.space_l)
    return row


def _strong(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label
