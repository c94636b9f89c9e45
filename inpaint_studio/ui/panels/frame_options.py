"""The frame tool's options: ratio, what stays where, width and height, and what it comes to."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QLabel,
    QWidget,
)

from inpaint_studio.core.aspect import MAX_SIDE, RATIOS, Anchor, Ratio, describe
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.editor.frame_controller import FrameController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import Extent
from inpaint_studio.ui.theme import METRICS, current, set_text_role, tabular
from inpaint_studio.ui.widgets import Segment, Segmented, ValueRange, push_button
from inpaint_studio.ui.widgets.fitting_row import FittingRow
from inpaint_studio.ui.widgets.number_field import NumberField

CELL = 10
COMBO_WIDTH = 112


class FrameOptions(FittingRow):
    """Shapes the frame by numbers. A chosen ratio is also kept while dragging."""

    def __init__(
        self,
        session: EditorSession,
        toolbox: ToolBox,
        frames: FrameController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tool = toolbox.frame_tool
        self._frames = frames
        self._shown_ratio = self.tr("Free")
        self.ratio = QComboBox(editable=True)
        self.mode = Segmented(
            [
                Segment("expand", self.tr("Expand"), self.tr("Grow the frame to the ratio")),
                Segment("crop", self.tr("Crop"), self.tr("Cut the frame to the ratio")),
            ],
            self.tr("How to reach the ratio"),
        )
        self.anchor = AnchorGrid()
        self.width_field = NumberField(ValueRange(1, MAX_SIDE), self.tr(" px"))
        self.height_field = NumberField(ValueRange(1, MAX_SIDE), self.tr(" px"))
        self.whole = push_button(self.tr("Whole picture"), quiet=True)
        self._megapixels = QLabel()
        self._build()
        self._connect()

    def _build(self) -> None:
        row = self.row
        row.setSpacing(METRICS.space_m)
        title = QLabel(self.tr("Frame"))
        font = title.font()
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        self._fill_ratio()
        self.width_field.setAccessibleName(self.tr("Width of the frame"))
        self.height_field.setAccessibleName(self.tr("Height of the frame"))
        for box in (self.width_field, self.height_field):
            box.setToolTip(self.tr("Type a size; the picture stays where the squares say"))
        self.whole.setToolTip(self.tr("Show all that the layers hold, also what was cropped"))
        set_text_role(self._megapixels, "dim")
        self._megapixels.setFont(tabular(self._megapixels.font()))
        for widget in (title, self.ratio, self.mode, self.anchor):
            row.addWidget(widget)
        for name, field in (
            (self.tr("W"), self.width_field),
            (self.tr("H"), self.height_field),
        ):
            label = QLabel(name)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
        row.addWidget(self._megapixels)
        row.addWidget(self.whole)
        row.addStretch()

    def _fill_ratio(self) -> None:
        self.ratio.setAccessibleName(self.tr("Ratio"))
        self.ratio.setToolTip(self.tr("Width to height. Type any other, such as 2.35:1"))
        self.ratio.setFixedWidth(COMBO_WIDTH)
        self.ratio.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.ratio.addItem(self.tr("Free"), None)
        for ratio in RATIOS:
            self.ratio.addItem(ratio.label, ratio)
        self.ratio.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _connect(self) -> None:
        # `activated` only comes for items, so that half-typed ratios do nothing.
        self.ratio.activated.connect(self._take_item)
        edit = self.ratio.lineEdit()
        assert edit is not None
        edit.returnPressed.connect(self._take_typed)
        self.mode.chosen.connect(lambda _key: self._apply())
        self.anchor.chosen.connect(self._apply)
        self.width_field.valueChanged.connect(lambda value: self._set_size(width=int(value)))
        self.height_field.valueChanged.connect(lambda value: self._set_size(height=int(value)))
        for field in (self.width_field, self.height_field):
            field.settled.connect(self._session.settle)
        self.whole.clicked.connect(self._frames.fit_picture)
        self._session.changed.connect(self._on_changed)
        self._session.document_replaced.connect(self._show_frame)

    def _take_item(self, index: int) -> None:
        self._choose(self.ratio.itemData(index))
        # Or the next letter, meant as a shortcut, would be typed.
        self.ratio.clearFocus()

    def _take_typed(self) -> None:
        text = self.ratio.currentText()
        index = self.ratio.findText(text, Qt.MatchFlag.MatchFixedString)
        try:
            self._choose(self.ratio.itemData(index) if index >= 0 else Ratio.parse(text))
        except (ValueError, ZeroDivisionError):
            self.ratio.setEditText(self._shown_ratio)
        self.ratio.clearFocus()

    def _choose(self, ratio: Ratio | None) -> None:
        self._shown_ratio = self.tr("Free") if ratio is None else ratio.label
        self.ratio.setEditText(self._shown_ratio)
        self._tool.choices = replace(self._tool.choices, ratio=ratio)
        self._apply()

    def _apply(self) -> None:
        ratio = self._tool.choices.ratio
        if ratio is not None:
            crop = self.mode.choice() == "crop"
            self._frames.choose_ratio(ratio, self.anchor.choice(), crop=crop)

    def _set_size(self, *, width: int = 0, height: int = 0) -> None:
        document, ratio = self._session.document, self._tool.choices.ratio
        if document is None:
            return
        if ratio is not None:
            width, height = (
                width or round(height * ratio.value),
                height or round(width / ratio.value),
            )
        extent = Extent(width or document.frame.width, height or document.frame.height)
        self._frames.set_size(extent, self.anchor.choice())
        self._show_frame()

    def _on_changed(self, change: Change) -> None:
        if ChangeKind.frame in change.kind:
            self._show_frame()

    def _show_frame(self) -> None:
        document = self._session.document
        if document is None:
            return
        for field, value in (
            (self.width_field, document.frame.width),
            (self.height_field, document.frame.height),
        ):
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self._megapixels.setText(describe(document.frame).partition(" · ")[2])


class AnchorGrid(QWidget):
    """Nine small buttons: where the picture stays when the frame changes its shape."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        names = {
            Anchor.top_left: self.tr("Picture at the top left"),
            Anchor.top: self.tr("Picture at the top"),
            Anchor.top_right: self.tr("Picture at the top right"),
            Anchor.left: self.tr("Picture at the left"),
            Anchor.centre: self.tr("Picture in the middle"),
            Anchor.right: self.tr("Picture at the right"),
            Anchor.bottom_left: self.tr("Picture at the bottom left"),
            Anchor.bottom: self.tr("Picture at the bottom"),
            Anchor.bottom_right: self.tr("Picture at the bottom right"),
        }
        self.setAccessibleName(self.tr("Where the picture stays"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(1)
        self._group = QButtonGroup(self)
        self._buttons: dict[Anchor, AnchorButton] = {}
        for anchor, name in names.items():
            column, row = anchor.value
            button = AnchorButton(name)
            self._buttons[anchor] = button
            self._group.addButton(button)
            grid.addWidget(button, row, column)
        self._buttons[Anchor.centre].setChecked(True)
        self._group.buttonClicked.connect(lambda _button: self.chosen.emit())
        self.setFixedSize(3 * CELL + 2, 3 * CELL + 2)

    def choice(self) -> Anchor:
        """Where the picture stays."""
        return next(anchor for anchor, button in self._buttons.items() if button.isChecked())

    def button(self, anchor: Anchor) -> AnchorButton:
        """The button of one place."""
        return self._buttons[anchor]


class AnchorButton(QAbstractButton):
    """A small square; filled where the picture stays."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFixedSize(CELL, CELL)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(name)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """The square."""
        return QSize(CELL, CELL)

    def enterEvent(self, event: object) -> None:
        """Light up."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Go out."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square."""
        colours = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.line_strong))
        rest = colours.hover if self.underMouse() else colours.raised
        painter.setBrush(QColor(colours.accent_fill if self.isChecked() else rest))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
