"""The tools, in one column at the left."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.ui.actions import Actions
from inpaint_studio.ui.theme import METRICS
from inpaint_studio.ui.widgets import action_button

ICONS = {
    ToolName.brush: "brush",
    ToolName.eraser: "eraser",
    ToolName.rectangle: "square-dashed",
    ToolName.ellipse: "circle-dashed",
    ToolName.lasso: "lasso",
    ToolName.polygon: "vector-polygon",
    ToolName.wand: "wand-sparkles",
    ToolName.colour_range: "pipette",
    ToolName.move: "move",
    ToolName.frame: "crop",
    ToolName.hand: "hand",
}
FIRST_OF_GROUP = {ToolName.rectangle, ToolName.move}
"""These have a line above them."""


class ToolColumn(QFrame):
    """One button a tool; the one in hand is lit."""

    def __init__(self, toolbox: ToolBox, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toolbox = toolbox
        self._actions = actions
        self.setObjectName("toolColumn")
        column = QVBoxLayout(self)
        column.setContentsMargins(
            METRICS.space_xs, METRICS.space_s, METRICS.space_xs, METRICS.space_s
        )
        column.setSpacing(METRICS.space_xs)
        for name in ToolName:
            if name in FIRST_OF_GROUP:
                column.addWidget(_line())
            column.addWidget(action_button(actions[name.value], ICONS[name]))
            actions[name.value].triggered.connect(lambda _=False, n=name: toolbox.choose(n))
        column.addStretch()
        toolbox.tool_changed.connect(self._show_current)
        self._show_current()

    def _show_current(self) -> None:
        self._actions[self._toolbox.current.value].setChecked(True)


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedHeight(1)
    return line
