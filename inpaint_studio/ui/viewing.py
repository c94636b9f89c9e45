"""Connects what has to do with looking: original and comparison, turned views, zoom to the mask."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.services import Services
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.turn import Turn
from inpaint_studio.ui.held_action import HeldAction
from inpaint_studio.ui.main_window import MainWindow

LEAST_ROOM = 16
"""px that are shown around the mask."""


class Viewing(QObject):
    """Signal `informed(str)`: what the person should know, in the user's words."""

    informed = Signal(str)

    def __init__(self, services: Services, window: MainWindow) -> None:
        super().__init__(window)
        self._session = services.session
        self._window = window
        self._actions = window.actions_table
        self._held = HeldAction(self._actions["show_original"], self)
        self._actions["show_original"].toggled.connect(window.canvas.show_original)
        window.canvas.comparison.divider.dismissed.connect(self._actions["compare"].trigger)
        window.canvas.view.turned.connect(self._on_turned)
        services.session.document_replaced.connect(self._on_document_replaced)

    def zoom_to_mask(self) -> None:
        """Show what is masked as large as it fits."""
        document = self._session.document
        if document is None:
            return
        masks = document.layers.masks(MaskKind.repaint)
        painted = Bounds.union_of(mask.raster.content_bounds() for mask in masks)
        painted = painted.intersection(document.frame)
        if painted.is_empty:
            self.informed.emit(self.tr("Nothing is masked yet. Paint over what should change."))
        else:
            room = max(LEAST_ROOM, painted.extent.long_side // 8)
            self._window.canvas.view.show_area(painted.pad(room))

    def _on_turned(self, turn: Turn) -> None:
        self._actions["mirror_view"].setChecked(turn.mirrored)
        self._window.status.show_turn(turn.degrees, mirrored=turn.mirrored)

    def _on_document_replaced(self) -> None:
        self._actions["show_original"].setChecked(False)
