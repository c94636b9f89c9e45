"""The canvas widget: shows the document and takes mouse, pen, wheel and keys."""

from __future__ import annotations

from math import ceil
from time import perf_counter

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
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.editor.tools.tool import PointerEvent
from inpaint_studio.geometry import Bounds, Extent, Point
from inpaint_studio.ui.canvas.painting import BrushCircle, joined, paint_preflight, preflight_rect
from inpaint_studio.ui.canvas.pointer_control import PointerControl
from inpaint_studio.ui.canvas.pointer_input import (
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
MASK_OPACITY = 0.45


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
        self._scene.set_mask_style(MaskKind.repaint, QColor(current().mask), MASK_OPACITY)
        self._scene.set_mask_style(MaskKind.avoid, QColor(current().accent), MASK_OPACITY)
        self._pointer = PointerControl(
            session, toolbox, self._viewport, self._pan_by, self._tell_drawing
        )
        self._circle: BrushCircle | None = None
        self._preflight: Bounds | None = None
        self._preflight_label = ""
        self._slow_smoothing = False
        self._pending = QRect()
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self._on_rest)
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
        self._viewport.set_margins(Margins(left, top, right, bottom))
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
        self._scene.set_mask_style(kind, colour, opacity)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is dirty."""
        started = perf_counter()
        self._pending = QRect()
        moving = self._rest_timer.isActive()
        smooth = needs_smoothing(self._viewport.scale) and not (moving and self._slow_smoothing)
        painter = QPainter(self)
        self._scene.paint(painter, self._viewport, event.region(), smooth=smooth)
        if self._preflight is not None:
            box = self.to_view(self._preflight)
            paint_preflight(painter, box, self._preflight_label, self.rect())
        if self._circle is not None:
            self._circle.paint(painter)
        painter.end()
        if smooth and event.rect() == self.rect():
            self._slow_smoothing = (perf_counter() - started) * 1000 > SMOOTH_LIMIT_MS

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
        self._scene.clear()
        self._preflight = None
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
            self._viewport.show_frame(document.frame)
            self._on_view_moved()
        elif visible and not change.dirty.is_empty:
            # Interpolation and outlines reach beyond what changed.
            m = 2 + MAX_OUTLINE * ceil(max(1.0, self._viewport.zoom))
            self._repaint_soon(self.to_view(change.dirty).toAlignedRect().adjusted(-m, -m, m, m))

    def _on_tool_changed(self) -> None:
        self._pointer.cancel()
        self._refresh_cursor()

    def _on_theme_changed(self) -> None:
        self._scene.restyle()
        self.update()

    def _on_view_moved(self) -> None:
        self._rest_timer.start()
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

    def _point_at(self, event: PointerEvent) -> None:
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
            escape = event.key() == Qt.Key.Key_Escape and self._pointer.is_busy
            if escape or event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        if isinstance(event, QChildEvent) and event.added():
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
        """Space is a hand while held; Escape takes back the stroke being drawn."""
        if event.key() == Qt.Key.Key_Space:
            self._pointer.hold_hand(True)
            self._refresh_cursor()
        elif event.key() == Qt.Key.Key_Escape and self._pointer.cancel():
            self._refresh_cursor()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Put the hand away."""
        if event.key() != Qt.Key.Key_Space:
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
