"""Keeps brush circle, lit handle and the system's cursor as the pointer has them."""

from __future__ import annotations

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from inpaint_studio.ui.canvas.frame_overlay import FrameOverlay
from inpaint_studio.ui.canvas.painting import BrushCircle
from inpaint_studio.ui.canvas.pointer_control import PointerControl
from inpaint_studio.ui.canvas.repaints import Repaints


class CursorDisplay:
    """Call `refresh` after anything that may move or change the cursor."""

    def __init__(
        self, widget: QWidget, pointer: PointerControl, overlay: FrameOverlay, repaints: Repaints
    ) -> None:
        self._widget = widget
        self._pointer = pointer
        self._overlay = overlay
        self._repaints = repaints
        self._circle: BrushCircle | None = None

    def refresh(self) -> None:
        """Draw the brush circle where it belongs now, and choose the system's cursor."""
        circle = self._pointer.circle()
        if circle != self._circle:
            for shown in (self._circle, circle):
                if shown is not None:
                    self._repaints.ask(shown.rect())
            self._circle = circle
        handle = self._pointer.frame_handle()
        if handle is not self._overlay.hovered:
            for shown in (self._overlay.hovered, handle):
                self._widget.update(self._overlay.handle_rect(shown))
            self._overlay.hovered = handle
        shape = self._pointer.cursor_shape()
        if self._widget.cursor().shape() != shape:
            self._widget.setCursor(shape)

    def paint(self, painter: QPainter) -> None:
        """Draw the circle."""
        if self._circle is not None:
            self._circle.paint(painter)
