"""The options of the colour range: how it joins which mask, how far colours may differ, and OK."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.imaging.colour_range import MOST_FUZZINESS
from inpaint_studio.ui.theme import set_text_role
from inpaint_studio.ui.widgets import (
    Segment,
    Segmented,
    ValueField,
    ValueRange,
    push_button,
    tooltip_text,
)
from inpaint_studio.ui.widgets.fitting_row import FittingRow

SLIDER_WIDTH = 88


class ColourRangeOptions(FittingRow):
    """What goes on is seen on the canvas; here it is tuned, and masked or given up."""

    def __init__(
        self, toolbox: ToolBox, target: QWidget, title: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        self._title = title
        self._target = target
        self._how = Segmented(
            [
                Segment("add", self.tr("Add"), self.tr("Add the range to the mask")),
                Segment("subtract", self.tr("Subtract"), self.tr("Cut the range from the mask")),
                Segment("intersect", self.tr("Intersect"), self.tr("Keep only what is in both")),
            ],
            self.tr("How it joins the mask"),
        )
        self.fuzziness = ValueField(
            self.tr("Fuzziness"), ValueRange(0, MOST_FUZZINESS), toolbox.selection.fuzziness
        )
        self.all_layers = QCheckBox(self.tr("All layers"))
        self.apply_button = push_button(self.tr("Apply"), primary=True)
        self.cancel_button = push_button(self.tr("Cancel"), quiet=True)
        self.hint = QLabel()
        self._build()
        self._connect()
        self._show_settings()
        self._show_range()

    def _build(self) -> None:
        self.fuzziness.set_slider_width(SLIDER_WIDTH)
        self.fuzziness.set_tooltip(self.tr("How far a colour may differ, with a soft end"))
        self.all_layers.setToolTip(self.tr("Off: only the chosen layer's colours count"))
        self.apply_button.setToolTip(tooltip_text(self.tr("Mask these colours"), "Return"))
        self.cancel_button.setToolTip(tooltip_text(self.tr("Leave the mask as it is"), "Esc"))
        set_text_role(self.hint, "dim")
        for widget in (
            *(self._title, self.apply_button, self.cancel_button, self.fuzziness, self._how),
            *(self._target, self.all_layers, self.hint),
        ):
            self.row.addWidget(widget)
        self.row.addStretch()

    def _connect(self) -> None:
        box = self._toolbox
        self._how.chosen.connect(lambda key: box.set_selection(how=Combine(key)))
        self.fuzziness.value_changed.connect(lambda value: box.set_selection(fuzziness=int(value)))
        self.all_layers.toggled.connect(lambda on: box.set_selection(all_layers=on))
        self.apply_button.clicked.connect(box.colour_range.apply)
        self.cancel_button.clicked.connect(box.colour_range.forget)
        box.selection_changed.connect(self._show_settings)
        box.colour_range.changed.connect(self._show_range)

    def _show_settings(self) -> None:
        selection = self._toolbox.selection
        self._how.set_choice(selection.how.value)
        self.fuzziness.set_value(selection.fuzziness)
        self.all_layers.setChecked(selection.all_layers)

    def _show_range(self) -> None:
        picker = self._toolbox.colour_range
        self.apply_button.setEnabled(picker.is_open and not picker.is_applying)
        self.cancel_button.setEnabled(picker.is_open)
        self.hint.setText(
            self.tr("Shift-click adds, Alt-click takes away.")
            if picker.is_open
            else self.tr("Click a colour in the picture.")
        )
