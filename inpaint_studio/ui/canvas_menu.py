"""The canvas's context menu: what is wanted most where the pointer is."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from inpaint_studio.ui.actions import Actions
from inpaint_studio.ui.canvas.canvas_view import CanvasView

COMMANDS = (
    ("undo", "redo"),
    ("generate", "keep", "discard"),
    ("mask_all", "mask_clear", "mask_invert"),
    ("mask_grow", "mask_shrink", "mask_feather", "copy_mask", "paste_mask"),
    ("fit", "actual_size", "zoom_to_mask"),
)
"""Keys of the commands, a line between groups. Those that can't be given now are not shown."""


class CanvasMenu(QMenu):
    """Opens where the canvas is asked for it, once a document is open."""

    def __init__(self, actions: Actions, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._actions = actions
        self._canvas = canvas
        self.setAccessibleName(self.tr("Canvas"))
        canvas.context_menu_requested.connect(self.open_at)

    def open_at(self, place: QPoint) -> None:
        """Show it at a place of the canvas; nothing where there is nothing to do."""
        self.clear()
        for keys in COMMANDS:
            shown = [self._actions[key] for key in keys if self._actions[key].isEnabled()]
            if shown and not self.isEmpty():
                self.addSeparator()
            self.addActions(shown)
        if not self.isEmpty():
            self.popup(self._canvas.mapToGlobal(place))
