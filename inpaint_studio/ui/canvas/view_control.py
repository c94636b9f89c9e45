"""Moves the view: zoom, position, fit, turn. Says when it moved."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QWheelEvent

from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.geometry import Bounds, Extent, Point
from inpaint_studio.ui.canvas.pointer_input import wheel_pan, wheel_zoom_factor
from inpaint_studio.ui.canvas.turn import PLAIN, Turn
from inpaint_studio.ui.canvas.viewport import Margins, Viewport

FRAME_ROOM = 64
"""Logical px around a fitted picture while the frame tool is in hand."""
AREA_ZOOM = 8.0
"""The most that a part of the picture is enlarged to fill the view."""


class ViewControl(QObject):
    """Points and distances are in logical px of the view. `moved()`; `turned(Turn)`."""

    moved = Signal()
    turned = Signal(object)

    def __init__(self, viewport: Viewport, toolbox: ToolBox, parent: QObject) -> None:
        super().__init__(parent)
        self._viewport = viewport
        self._toolbox = toolbox
        self._margins = Margins()
        self._told_turn = PLAIN

    def fit(self) -> None:
        """Show the whole frame; it stays fitted when the view is resized."""
        self._viewport.fit()
        self._tell()

    def show_area(self, area: Bounds) -> None:
        """Show a part of the document as large as it fits."""
        self._viewport.show_area(area, AREA_ZOOM)
        self._tell()

    def zoom_to(self, factor: float, anchor: Point | None = None) -> None:
        """Zoom; 1.0 is one document px per device px. What lies at `anchor` stays there."""
        self._viewport.zoom_to(factor, anchor)
        self._tell()

    def zoom_at(self, factor: float, anchor: Point) -> None:
        """Zoom by a factor."""
        self.zoom_to(self._viewport.zoom * factor, anchor)

    def zoom_step(self, direction: int) -> None:
        """Zoom to the next larger (1) or smaller (-1) round factor."""
        self.zoom_to(self._viewport.stepped_zoom(direction))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture."""
        self._viewport.pan_by(dx, dy)
        self._tell()

    def scroll(self, event: QWheelEvent) -> None:
        """Pan with a trackpad or Shift, zoom at the pointer otherwise."""
        pan = wheel_pan(event)
        if pan is not None:
            self.pan_by(pan.x(), pan.y())
        else:
            at = event.position()
            self.zoom_at(wheel_zoom_factor(event), Point(at.x(), at.y()))

    def turn_to(self, turn: Turn, anchor: Point | None = None) -> None:
        """Turn and mirror what is seen, about `anchor` or the middle. The document stays."""
        self._viewport.turn_to(turn, anchor)
        self._tell()

    def turn_by(self, degrees: float, anchor: Point | None = None) -> None:
        """Turn clockwise by so much more."""
        self.turn_to(self._viewport.turn.by(degrees), anchor)

    def reset_turn(self) -> None:
        """Turn it upright; mirrored it stays."""
        self.turn_to(self._viewport.turn.to(0.0))

    def mirror(self, on: bool) -> None:
        """Swap left and right of what is seen, or not."""
        if on != self._viewport.turn.mirrored:
            self.turn_to(self._viewport.turn.flipped())

    def set_margins(self, margins: Margins) -> None:
        """What `fit` leaves free on each side for what floats over the picture."""
        self._margins = margins
        self.apply_margins()

    def apply_margins(self) -> None:
        """The frame tool needs room around the picture to drag an edge into."""
        room = FRAME_ROOM if self._toolbox.current is ToolName.frame else 0
        self._viewport.set_margins(Margins(*(margin + room for margin in self._margins)))
        self._tell()

    def resize(self, size: Extent, pixel_ratio: float) -> None:
        """The view has this size now."""
        self._viewport.resize(size, pixel_ratio)
        self._tell()

    def show_frame(self, frame: Bounds, *, stay: bool = False) -> None:
        """The document has another frame. See `Viewport.show_frame`."""
        self._viewport.show_frame(frame, stay=stay)
        self._tell()

    def show_document(self, frame: Bounds) -> None:
        """Another document is open: upright, and fitted unless it is small."""
        self._viewport.turn_to(PLAIN)
        self._viewport.show_frame(frame)
        if not frame.is_empty:
            self._viewport.fit(at_most=1.0)
        self._tell()

    def _tell(self) -> None:
        self._toolbox.frame_tool.view_scale = self._viewport.zoom / self._viewport.pixel_ratio
        if self._viewport.turn != self._told_turn:
            self._told_turn = self._viewport.turn
            self.turned.emit(self._told_turn)
        self.moved.emit()
