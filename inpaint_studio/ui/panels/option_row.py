"""The options of the tool in hand, in one row at the top."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QCheckBox, QFrame, QLabel, QStackedLayout, QWidget

from inpaint_studio.core.brush import MAX_SIZE, MIN_SIZE, BrushSettings
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.editor.frame_controller import FrameController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.ui.panels.colour_range_options import ColourRangeOptions
from inpaint_studio.ui.panels.frame_options import FrameOptions
from inpaint_studio.ui.panels.move_options import MoveOptions
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Segment, Segmented, ValueField, ValueRange, tool_button
from inpaint_studio.ui.widgets.fitting_row import FittingRow

SLIDER_WIDTH = 88


class OptionRow(QFrame):
    """Brush options while brush or eraser is in hand, a hint for the hand."""

    def __init__(
        self,
        session: EditorSession,
        toolbox: ToolBox,
        frames: FrameController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("optionRow")
        self.setFixedHeight(METRICS.tool_button + METRICS.space_xs)
        self._toolbox = toolbox
        self._stack = QStackedLayout(self)
        self._brush_page = BrushOptions(toolbox)
        self._selection_page = SelectionOptions(toolbox)
        self.range_page = ColourRangeOptions(
            toolbox, TargetChoice(toolbox), _strong(self.tr("Colour range"))
        )
        self.frame_page = FrameOptions(session, toolbox, frames)
        self._hand_page = self._hint(self.tr("Hand"), self.tr("Drag to move the picture."))
        for page in (self._brush_page, self._selection_page, self.frame_page, self._hand_page):
            self._stack.addWidget(page)
        self._stack.addWidget(self.range_page)
        self.move_page = MoveOptions(session, toolbox, _strong(self.tr("Move")))
        self._stack.addWidget(self.move_page)
        toolbox.tool_changed.connect(self._show_page)

    def _hint(self, title: str, text: str) -> QWidget:
        page = FittingRow()
        label = QLabel(text)
        set_text_role(label, "dim")
        page.row.addWidget(_strong(title))
        page.row.addWidget(label)
        page.row.addStretch()
        return page

    def _show_page(self) -> None:
        current = self._toolbox.current
        own: dict[ToolName, QWidget] = {
            ToolName.hand: self._hand_page,
            ToolName.frame: self.frame_page,
            ToolName.colour_range: self.range_page,
            ToolName.move: self.move_page,
        }
        page = self._selection_page if current.selects else self._brush_page
        page = own.get(current, page)
        focus = QApplication.focusWidget()
        is_leaving = page is not self._stack.currentWidget()
        if focus is not None and is_leaving and self.isAncestorOf(focus):
            # Qt would give it to a control of the next page, and Space would press that.
            focus.clearFocus()
        self._stack.setCurrentWidget(page)


class BrushOptions(FittingRow):
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
        self._target = TargetChoice(toolbox)
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
        row = self.row
        row.addWidget(_strong(self.tr("Mask brush")))
        row.addWidget(self._mode)
        row.addWidget(self._target)
        tips = (
            self.tr("Diameter of the brush ([ smaller, ] larger; Shift and drag on the canvas)"),
            self.tr("How sharp its edge is (Shift+[ softer, Shift+] harder)"),
            self.tr("The most that one stroke masks"),
        )
        fields = (self._size, self._hardness, self._opacity)
        for field, tip in zip(fields, tips, strict=True):
            field.set_slider_width(SLIDER_WIDTH)
            field.set_tooltip(tip)
            row.addWidget(field)
        row.addWidget(self._pressure)
        row.addStretch()

    def _connect(self) -> None:
        box = self._toolbox
        self._mode.chosen.connect(lambda key: box.choose(ToolName(key)))
        self._size.value_changed.connect(lambda value: box.set_brush(size=value))
        self._hardness.value_changed.connect(lambda value: box.set_brush(hardness=value / 100))
        self._opacity.value_changed.connect(lambda value: box.set_brush(opacity=value / 100))
        self._pressure.toggled.connect(lambda on: box.set_brush(pressure_to_size=on))
        box.brush_changed.connect(self._show_brush)
        box.tool_changed.connect(self._show_tool)

    def _show_tool(self) -> None:
        if self._toolbox.current in (ToolName.brush, ToolName.eraser):
            self._mode.set_choice(self._toolbox.current.value)

    def _show_brush(self) -> None:
        brush = self._toolbox.brush
        self._size.set_value(brush.size)
        self._hardness.set_value(brush.hardness * 100)
        self._opacity.set_value(brush.opacity * 100)
        self._pressure.setChecked(brush.pressure_to_size)


class SelectionOptions(FittingRow):
    """How a shape joins the mask; for the wand also what it takes as like."""

    def __init__(self, toolbox: ToolBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        self._title = _strong("")
        self._how = Segmented(
            [
                Segment("add", self.tr("Add"), self.tr("Add to the mask (hold Shift)")),
                Segment("subtract", self.tr("Subtract"), self.tr("Cut from the mask (hold Alt)")),
                Segment(
                    "intersect",
                    self.tr("Intersect"),
                    self.tr("Keep only what is in both (hold Shift and Alt)"),
                ),
            ],
            self.tr("How it joins the mask"),
        )
        self._target = TargetChoice(toolbox)
        default = toolbox.selection
        self._tolerance = ValueField(self.tr("Tolerance"), ValueRange(0, 255), default.tolerance)
        self._contiguous = QCheckBox(self.tr("Connected only"))
        self._all_layers = QCheckBox(self.tr("All layers"))
        self._build()
        self._connect()
        self._show_tool()

    def _build(self) -> None:
        row = self.row
        self._tolerance.set_slider_width(SLIDER_WIDTH)
        self._tolerance.set_tooltip(self.tr("How far a colour may differ, 0 to 255"))
        self._contiguous.setChecked(self._toolbox.selection.contiguous)
        self._contiguous.setToolTip(self.tr("Off: the colour is taken all over the picture"))
        self._all_layers.setChecked(self._toolbox.selection.all_layers)
        self._all_layers.setToolTip(self.tr("Off: only the chosen layer's colours count"))
        for widget in (self._title, self._how, self._target, *self._wand_only()):
            row.addWidget(widget)
        row.addStretch()

    def _connect(self) -> None:
        box = self._toolbox
        self._how.chosen.connect(lambda key: box.set_selection(how=Combine(key)))
        self._tolerance.value_changed.connect(lambda v: box.set_selection(tolerance=int(v)))
        self._contiguous.toggled.connect(lambda on: box.set_selection(contiguous=on))
        self._all_layers.toggled.connect(lambda on: box.set_selection(all_layers=on))
        box.tool_changed.connect(self._show_tool)

    def _wand_only(self) -> tuple[QWidget, ...]:
        return self._tolerance, self._contiguous, self._all_layers

    def _show_tool(self) -> None:
        titles = {
            ToolName.rectangle: self.tr("Rectangle"),
            ToolName.ellipse: self.tr("Ellipse"),
            ToolName.lasso: self.tr("Lasso"),
            ToolName.polygon: self.tr("Polygon"),
            ToolName.wand: self.tr("Magic wand"),
        }
        self._title.setText(titles.get(self._toolbox.current, ""))
        for widget in self._wand_only():
            widget.setVisible(self._toolbox.current is ToolName.wand)


class TargetChoice(Segmented):
    """Which mask is painted on: what should change, or what must not be copied from."""

    def __init__(self, toolbox: ToolBox) -> None:
        mask = Segment("repaint", self.tr("Mask"), self.tr("Paint over what should change"))
        avoid = Segment(
            "avoid",
            self.tr("Don't copy"),
            self.tr("Paint over what must not be used to fill with, such as a face"),
        )
        super().__init__([mask, avoid], self.tr("What to paint"))
        self._toolbox = toolbox
        self.chosen.connect(lambda key: toolbox.set_mask_kind(MaskKind(key)))
        toolbox.brush_changed.connect(self._show_kind)
        self._show_kind()

    def _show_kind(self) -> None:
        self.set_choice(self._toolbox.mask_kind.value)


def _strong(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label
