"""The canvas widget: shows the document and takes mouse, pen, wheel and keys."""

from __future__ import annotations

from math import ceil
from time import perf_counter

import numpy as np
from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from inpaint_studio.core.change import Change
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.tool import PointerEvent
from inpaint_studio.geometry import Bounds, Extent, Point
from inpaint_studio.ui.canvas.frame_overlay import FrameOverlay, ShownPlan
from inpaint_studio.ui.canvas.painting import BrushCircle, joined, paint_preflight, preflight_rect
from inpaint_studio.ui.canvas.pointer_control import PointerControl
from inpaint_studio.ui.canvas.pointer_input import (
    nudge,
    pinch_factor,
    pointer_event,
    wheel_pan,
    wheel_zoom_factor,
)
from inpaint_studio.ui.canvas.scene import Scene, needs_smoothing
from inpaint_studio.ui.canvas.tinted_tiles import MAX_OUTLINE
from inpaint_studio.ui.canvas.viewport import Margins, Viewport
from inpaint_studio.ui.theme import current, theme

SMOOTH_LIMIT_MS = 12.0
"""A frame that takes longer is drawn without interpolation while the view moves."""
REST_MS = 150
"""The view rests when it has not moved for this long."""
PATIENCE = 0.004
"""Seconds in which a frame makes tiles; then coarser ones stand in where there are any."""
SLICES = 96
"""At most so many small parts of tiles are made in advance after the view has moved."""
MASK_OPACITY = 0.45
FRAME_ROOM = 64
"""Logical px around a fitted picture while the frame tool is in hand."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CanvasView(QWidget):
    """Shows the session's document. See the signals and the public methods; the rest is Qt's.

    `zoom_changed(float)`: device px per document px. `view_changed()`: zoom or position.
    `pointer_moved(object)`: Point in document coordinates, None when the pointer left.
    `context_menu_requested(QPoint)`: position in the widget.
    """

    zoom_changed = Signal(float)
    view_changed = Signal()
    pointer_moved = Signal(object)
    stroke_started = Signal()
    stroke_ended = Signal()
    context_menu_requested = Signal(QPoint)

    def __init__(
        self, session: EditorSession, toolbox: ToolBox, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._toolbox = toolbox
        self._viewport = Viewport()
        self._scene = Scene(lambda: session.document)
        self.set_mask_style(MaskKind.repaint, QColor(current().mask), MASK_OPACITY)
        self.set_mask_style(MaskKind.avoid, QColor(current().accent), MASK_OPACITY)
        self._overlay = FrameOverlay(session, toolbox, self._viewport)
        self._pointer = PointerControl(
            session,
            toolbox,
            self._viewport,
            self._pan_by,
            self._tell_drawing,
            self._overlay.grip_at,
        )
        self._frame_was_dragged = False
        self._circle: BrushCircle | None = None
        self._preflight: Bounds | None = None
        self._preflight_label = ""
        self._preview_bounds: Bounds | None = None
        self._slow_smoothing = False
        self._fit_margins = Margins()
        self._pending = QRect()
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self._on_rest)
        self._is_complete = True
        self._owes_repaint = False
        self._slices_left = 0
        self._idle_timer = QTimer(self, singleShot=True, interval=0)
        self._idle_timer.timeout.connect(self._use_idle_time)
        self._set_up_widget()
        session.document_replaced.connect(self._on_document_replaced)
        session.changed.connect(self._on_changed)
        toolbox.tool_changed.connect(self._on_tool_changed)
        toolbox.brush_changed.connect(self._refresh_cursor)
        theme().changed.connect(self._on_theme_changed)
        self._on_document_replaced()

    def _set_up_widget(self) -> None:
        self.setAccessibleName(self.tr("Canvas"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setMinimumSize(64, 64)

    @property
    def scene(self) -> Scene:
        """What is drawn below the cursor, with its tile caches."""
        return self._scene

    @property
    def zoom(self) -> float:
        """Device px per document px; 1.0 is 100 %."""
        return self._viewport.zoom

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke or another gesture of the pointer is going on."""
        return self._pointer.is_busy

    @property
    def is_settled(self) -> bool:
        """Whether everything is drawn as it should be, and nothing is being made in advance."""
        is_coarse = self._slow_smoothing and self._rest_timer.isActive()
        is_idle = not (self._owes_repaint or self._idle_timer.isActive())
        return self._is_complete and not is_coarse and is_idle

    def fit(self) -> None:
        """Show the whole frame; it stays fitted when the canvas is resized."""
        self._viewport.fit()
        self._on_view_moved()

    def zoom_to(self, factor: float) -> None:
        """Zoom about the middle of the canvas; 1.0 is one document px per device px."""
        self._viewport.zoom_to(factor)
        self._on_view_moved()

    def zoom_step(self, direction: int) -> None:
        """Zoom to the next larger (1) or smaller (-1) round factor."""
        self.zoom_to(self._viewport.stepped_zoom(direction))

    def set_fit_margins(self, left: int, top: int, right: int, bottom: int) -> None:
        """Logical px that `fit` leaves free on each side for what floats over the picture."""
        self._fit_margins = Margins(left, top, right, bottom)
        self._apply_margins()

    def _apply_margins(self) -> None:
        """The frame tool needs room around the picture to drag an edge into."""
        room = FRAME_ROOM if self._toolbox.current is ToolName.frame else 0
        self._viewport.set_margins(Margins(*(margin + room for margin in self._fit_margins)))
        self._on_view_moved()

    def to_document(self, view_point: Point) -> Point:
        """Widget to document coordinates."""
        return self._viewport.to_document(view_point)

    def to_view(self, bounds: Bounds) -> QRectF:
        """Where a rectangle of the document lies in the widget."""
        left, top, right, bottom = self._viewport.to_device(bounds)
        ratio = self._viewport.pixel_ratio
        return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)

    def set_mask_visible(self, visible: bool) -> None:
        """Show or hide the masks' tints."""
        self._scene.shows_masks = visible
        self.update()

    def set_mask_style(self, kind: MaskKind, colour: QColor, opacity: float) -> None:
        """Tint masks of that kind; `opacity` is 0..1."""
        is_own = colour == QColor(current().mask)
        outline = QColor(current().mask_outline) if is_own else colour
        self._scene.set_mask_style(kind, colour, opacity, outline)
        self.update()

    def show_original(self, on: bool) -> None:
        """Show only the bottom picture while on."""
        self._scene.show_original(on)
        self.update()

    def set_preflight(self, bounds: Bounds | None, label: str = "") -> None:
        """Draw the box that an edit will look at, with what it will cost, or nothing."""
        self.update(self._preflight_rect())
        self._preflight, self._preflight_label = bounds, label
        self.update(self._preflight_rect())

    def set_plan(self, plan: ShownPlan | None) -> None:
        """Draw the steps of an expansion with their label, or nothing."""
        if plan != self._overlay.plan:
            self.update(self._overlay.plan_rect(self.rect(), self.font()))
            self._overlay.plan = plan
            self.update(self._overlay.plan_rect(self.rect(), self.font()))

    def set_preview(self, bounds: Bounds, pixels: np.ndarray) -> None:
        """Show over that part of the document what is being made there, until `clear_preview`.

        `pixels`: premultiplied BGRA uint8 HxWx4 of any size. The document stays as it is.
        """
        self.clear_preview()
        self._preview_bounds = bounds
        self._scene.set_preview((bounds, pixels))
        self.update(self.to_view(bounds).toAlignedRect().adjusted(-2, -2, 2, 2))

    def clear_preview(self) -> None:
        """Show the document alone again."""
        if self._preview_bounds is not None:
            self.update(self.to_view(self._preview_bounds).toAlignedRect().adjusted(-2, -2, 2, 2))
        self._preview_bounds = None
        self._scene.set_preview(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is dirty."""
        started = perf_counter()
        self._pending = QRect()
        moving = self._rest_timer.isActive()
        smooth = needs_smoothing(self._viewport.scale) and not (moving and self._slow_smoothing)
        painter = QPainter(self)
        complete = self._scene.paint(
            painter, self._viewport, event.region(), smooth=smooth, patience=PATIENCE
        )
        # A part that is complete says nothing about the rest.
        is_whole = event.rect() == self.rect()
        self._is_complete = complete and (self._is_complete or is_whole)
        if self._preflight is not None:
            box = self.to_view(self._preflight)
            paint_preflight(painter, box, self._preflight_label, self.rect())
        self._overlay.paint(painter, self.rect(), event.rect())
        if self._circle is not None:
            self._circle.paint(painter)
        painter.end()
        if smooth and is_whole:
            self._slow_smoothing = (perf_counter() - started) * 1000 > SMOOTH_LIMIT_MS
        # A grab that comes later is complete, but leaves the screen as it is.
        self._owes_repaint |= not complete
        if self._slices_left > 0 or self._owes_repaint:
            self._idle_timer.start()

    def _use_idle_time(self) -> None:
        """Make what a coarser tile stood in for; then what panning would bring into view."""
        was_missing = self._scene.prepare(self._viewport)
        if self._owes_repaint:
            self._owes_repaint = False
            self.update()
        elif was_missing and self._slices_left > 0:
            self._slices_left -= 1
            self._idle_timer.start()
        else:
            self._slices_left = 0

    def _repaint_soon(self, rect: QRect) -> None:
        """Repaint a rectangle, as one with those that wait: Qt clips to one much faster."""
        self._pending = joined(self._pending, rect)
        self.update(self._pending)

    def _preflight_rect(self) -> QRect:
        if self._preflight is None:
            return QRect()
        box = self.to_view(self._preflight)
        return preflight_rect(box, self._preflight_label, self.rect(), self.font())

    def _on_document_replaced(self) -> None:
        self._pointer.cancel()
        self._toolbox.tool.cancel()
        self._overlay.outline_change()
        self._scene.clear()
        self._preflight = self._overlay.plan = None
        self.clear_preview()
        document = self._session.document
        if document is not None:
            self._viewport.show_frame(document.frame)
            self._viewport.fit(at_most=1.0)
        else:
            self._viewport.show_frame(Bounds(0, 0, 0, 0))
        self._on_view_moved()

    def _on_changed(self, change: Change) -> None:
        visible = self._scene.apply(change)
        document = self._session.document
        if document is not None and document.frame != self._viewport.frame:
            self._frame_was_dragged = self._pointer.is_busy
            self._viewport.show_frame(document.frame, stay=self._pointer.is_busy)
            self._on_view_moved()
        elif visible and not change.dirty.is_empty:
            # Interpolation and outlines reach beyond what changed.
            m = 2 + MAX_OUTLINE * ceil(max(1.0, self._viewport.zoom))
            self._repaint_soon(self.to_view(change.dirty).toAlignedRect().adjusted(-m, -m, m, m))

    def _on_tool_changed(self) -> None:
        self._pointer.cancel()
        if self._viewport.is_fitted:
            self._apply_margins()
        self._repaint_soon(self._overlay.handles_rect())
        self._follow_outline()
        self._refresh_cursor()

    def _follow_outline(self) -> None:
        """Repaint where the tool's outline looks different now."""
        changed = self._overlay.outline_change()
        if not changed.isEmpty():
            self._repaint_soon(changed)

    def _on_theme_changed(self) -> None:
        self._scene.restyle()
        self.update()

    def _on_view_moved(self) -> None:
        self._rest_timer.start()
        self._slices_left = SLICES
        self._toolbox.frame_tool.view_scale = self._viewport.zoom / self._viewport.pixel_ratio
        self._refresh_cursor()
        self.update()
        self.view_changed.emit()
        self.zoom_changed.emit(self._viewport.zoom)

    def _on_rest(self) -> None:
        if self._slow_smoothing and needs_smoothing(self._viewport.scale):
            self.update()

    def _pan_by(self, dx: float, dy: float) -> None:
        self._viewport.pan_by(dx, dy)
        self._on_view_moved()

    def _zoom_at(self, factor: float, x: float, y: float) -> None:
        self._viewport.zoom_to(self._viewport.zoom * factor, Point(x, y))
        self._on_view_moved()

    def _tell_drawing(self, started: bool) -> None:
        (self.stroke_started if started else self.stroke_ended).emit()
        if not started and self._frame_was_dragged:
            self._frame_was_dragged = False
            self._viewport.show_frame(self._viewport.frame)
            self._on_view_moved()

    def _point_at(self, event: PointerEvent) -> None:
        self._follow_outline()
        self._refresh_cursor()
        self.pointer_moved.emit(event.position)

    def _point_away(self) -> None:
        self._pointer.hover(None)
        self._refresh_cursor()
        self.pointer_moved.emit(None)

    def _refresh_cursor(self) -> None:
        """Draw the brush circle where it belongs now, and choose the system's cursor."""
        circle = self._pointer.circle()
        if circle != self._circle:
            for shown in (self._circle, circle):
                if shown is not None:
                    self._repaint_soon(shown.rect())
            self._circle = circle
        handle = self._pointer.frame_handle()
        if handle is not self._overlay.hovered:
            for shown in (self._overlay.hovered, handle):
                self.update(self._overlay.handle_rect(shown))
            self._overlay.hovered = handle
        shape = self._pointer.cursor_shape()
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the brush circle away over a floating bar: Qt sends no leave event for it."""
        if event.type() == QEvent.Type.Enter and not self._pointer.is_busy:
            self._point_away()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Pinches, and keys that must not reach shortcuts while the canvas needs them."""
        if isinstance(event, QNativeGestureEvent):
            factor = pinch_factor(event)
            if factor is not None:
                self._zoom_at(factor, event.position().x(), event.position().y())
                return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_open = self._toolbox.tool.is_open
            escape = event.key() == Qt.Key.Key_Escape and (self._pointer.is_busy or is_open)
            enter = event.key() in _ENTER and is_open
            if escape or enter or event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        # When a child is added PySide has no wrapper for it yet, and finding the right class for
        # one makes it build all classes of Qt: a tenth of the program's start.
        if isinstance(event, QChildEvent) and event.polished():
            event.child().installEventFilter(self)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._scene.restyle()
            self._take_size()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a gesture."""
        report = pointer_event(event, self._viewport)
        self._pointer.press(event.button(), report)
        self._point_at(report)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or hover."""
        if self._pointer.is_busy and not self._pointer.holds(event.buttons()):
            self._pointer.finish()
        report = pointer_event(event, self._viewport)
        self._pointer.motion(report)
        self._point_at(report)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        report = pointer_event(event, self._viewport)
        self._pointer.release(event.button(), report)
        self._point_at(report)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of two fast taps is a press like any other."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu, unless Alt makes the right button a brush control."""
        resizing = event.reason() == QContextMenuEvent.Reason.Mouse and (
            self._pointer.is_busy or event.modifiers() & Qt.KeyboardModifier.AltModifier
        )
        if not resizing:
            self.context_menu_requested.emit(event.pos())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The same for a pen. Accepted, so that Qt makes no mouse events of it."""
        report = pointer_event(event, self._viewport)
        if event.type() == QEvent.Type.TabletPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pointer.press(event.button(), report)
        elif event.type() == QEvent.Type.TabletRelease:
            self._pointer.release(event.button(), report)
        else:
            self._pointer.motion(report)
        self._point_at(report)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Pan with a trackpad or Shift, zoom at the pointer otherwise."""
        pan = wheel_pan(event)
        if pan is not None:
            self._pan_by(pan.x(), pan.y())
        else:
            at = event.position()
            self._zoom_at(wheel_zoom_factor(event), at.x(), at.y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space is a hand while held; Escape takes back what is being drawn."""
        if event.key() == Qt.Key.Key_Space:
            self._pointer.hold_hand(True)
            self._refresh_cursor()
        elif event.key() == Qt.Key.Key_Escape and self._pointer.cancel():
            self._refresh_cursor()
        elif not self._give_key_to_tool(event):
            super().keyPressEvent(event)
        self._follow_outline()

    def _give_key_to_tool(self, event: QKeyEvent) -> bool:
        """Enter and Escape end a gesture of several clicks; arrows move the frame's edges."""
        tool = self._toolbox.tool
        if tool.is_open and event.key() in _ENTER:
            tool.finish()
        elif tool.is_open and event.key() == Qt.Key.Key_Escape:
            tool.cancel()
        elif self._toolbox.current is ToolName.frame and (moved := nudge(event)) is not None:
            self._toolbox.frame_tool.nudge(*moved)
        else:
            return False
        return True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Put the hand away; the frame's next nudge is a step of its own."""
        if event.key() != Qt.Key.Key_Space:
            if nudge(event) is not None and not event.isAutoRepeat():
                self._session.settle()
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self._pointer.hold_hand(False)
            self._refresh_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys and buttons may be released elsewhere: keep what was drawn so far."""
        self._pointer.hold_hand(False)
        self._pointer.finish()
        self._refresh_cursor()
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the brush circle at once."""
        self._pointer.hover(Point(event.position().x(), event.position().y()))
        self._refresh_cursor()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the brush circle away; a stroke goes on, as its button is still held."""
        self._point_away()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Refit, or keep the middle."""
        self._take_size()

    def _take_size(self) -> None:
        self._viewport.resize(Extent(self.width(), self.height()), self.devicePixelRatioF())
        self._on_view_moved()
