"""The canvas widget: shows the document and takes mouse, pen, wheel and keys."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from PySide6.QtCore import QChildEvent, QEvent, QObject, QPoint, QRectF, Qt, Signal
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
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from inpaint_studio.core.change import Change
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import EMPTY, Bounds, Extent, Point
from inpaint_studio.ui.canvas.catching_up import CatchingUp
from inpaint_studio.ui.canvas.compare import Comparison
from inpaint_studio.ui.canvas.cursor_display import CursorDisplay
from inpaint_studio.ui.canvas.frame_overlay import ShownPlan
from inpaint_studio.ui.canvas.key_control import KeyControl
from inpaint_studio.ui.canvas.overlays import Overlays
from inpaint_studio.ui.canvas.pointer_control import PointerControl
from inpaint_studio.ui.canvas.pointer_input import pointer_event
from inpaint_studio.ui.canvas.repaints import Repaints
from inpaint_studio.ui.canvas.scene import Scene
from inpaint_studio.ui.canvas.touch_control import TouchControl
from inpaint_studio.ui.canvas.touchpad import Fingers
from inpaint_studio.ui.canvas.view_control import ViewControl
from inpaint_studio.ui.canvas.view_shapes import around
from inpaint_studio.ui.canvas.viewport import Margins, Viewport
from inpaint_studio.ui.theme import theme


class CanvasView(QWidget):
    """Shows the session's document. See the signals and the public methods; the rest is Qt's.

    `zoom_changed(float)`: device px per document px. `view_changed()`: zoom, position or turn.
    `pointer_moved(object)`: Point in document coordinates, None when the pointer left.
    `context_menu_requested(QPoint)`: position in the widget. `view` moves what is seen,
    `comparison` shows the original beside it.
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
        self.view = ViewControl(self._viewport, toolbox, self)
        self._scene = Scene(lambda: session.document)
        self._repaints = Repaints(self)
        self._overlay = Overlays(
            *(self, session, toolbox, self._viewport, self._scene, self._repaints)
        )
        self._pointer = PointerControl(
            *(session, toolbox, self._viewport, self.view),
            tell_drawing=self._tell_drawing,
            grip_at=self._overlay.frame.grip_at,
        )
        self._keys = KeyControl(session, toolbox, self._pointer, self._viewport)
        self._fingers = Fingers(self.view.zoom_at, self.view.turn_by)
        self._touch = TouchControl(self.view)
        self._pointer.transform_cursor = self._overlay.transform.cursor_shape
        self._pointer.ask_menu = lambda at: self.context_menu_requested.emit(
            QPoint(round(at.x), round(at.y))
        )
        self._cursor = CursorDisplay(self, self._pointer, self._overlay.frame, self._repaints)
        self._catching_up = CatchingUp(self._scene, self._viewport, self.update, self)
        self.comparison = Comparison(self, self._scene, self.update)
        self._frame_was_dragged = False
        self._set_up_widget()
        self._connect()
        self._on_document_replaced()

    def _set_up_widget(self) -> None:
        self.setAccessibleName(self.tr("Canvas"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(64, 64)

    def _connect(self) -> None:
        self.view.moved.connect(self._on_view_moved)
        self._session.document_replaced.connect(self._on_document_replaced)
        self._session.changed.connect(self._on_changed)
        self._toolbox.tool_changed.connect(self._on_tool_changed)
        self._toolbox.brush_changed.connect(self._cursor.refresh)
        theme().changed.connect(self._on_theme_changed)

    @property
    def scene(self) -> Scene:
        """What is drawn below the cursor, with its tile caches."""
        return self._scene

    @property
    def zoom(self) -> float:
        """Device px per document px; 1.0 is 100 %."""
        return self._viewport.zoom

    @property
    def seen(self) -> Bounds:
        """The part of the frame that is in view."""
        return self._viewport.seen

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke or another gesture of the pointer is going on."""
        return self._pointer.is_busy

    @property
    def is_settled(self) -> bool:
        """Whether everything is drawn as it should be, and nothing is being made in advance."""
        return self._catching_up.is_settled

    def fit(self) -> None:
        """Show the whole frame; it stays fitted when the canvas is resized."""
        self.view.fit()

    def zoom_to(self, factor: float) -> None:
        """Zoom about the middle of the canvas; 1.0 is one document px per device px."""
        self.view.zoom_to(factor)

    def set_fit_margins(self, left: int, top: int, right: int, bottom: int) -> None:
        """Logical px that `fit` leaves free on each side for what floats over the picture."""
        self.view.set_margins(Margins(left, top, right, bottom))

    def to_document(self, view_point: Point) -> Point:
        """Widget to document coordinates."""
        return self._viewport.to_document(view_point)

    def to_view(self, bounds: Bounds) -> QRectF:
        """What is around a rectangle of the document in the widget; where it lies, if upright."""
        return around(self._viewport, bounds)

    def set_mask_visible(self, visible: bool) -> None:
        """Show or hide the masks' tints."""
        self._scene.shows_masks = visible
        self.update()

    def set_mask_style(self, kind: MaskKind, colour: QColor, opacity: float) -> None:
        """Tint masks of that kind; `opacity` is 0..1."""
        self._scene.set_mask_style(kind, colour, opacity)
        self.update()

    def set_pixel_grid(self, on: bool) -> None:
        """Draw lines between pixels where they are seen large, or not."""
        self._scene.shows_grid = on
        self.update()

    def show_original(self, on: bool) -> None:
        """Show only the bottom picture while on."""
        self._scene.show_original(on)
        self.update()

    def set_preflight(self, bounds: Bounds | None, label: str = "") -> None:
        """Draw the box that an edit will look at, with what it will cost, or nothing."""
        self._overlay.set_preflight(bounds, label)

    def set_plan(self, plan: ShownPlan | None) -> None:
        """Draw the steps of an expansion with their label, or nothing."""
        self._overlay.set_plan(plan)

    def set_preview(self, bounds: Bounds, pixels: np.ndarray) -> None:
        """Show over that part of the document what is being made there, until `clear_preview`.

        `pixels`: premultiplied BGRA uint8 HxWx4 of any size. The document stays as it is.
        """
        self._update_preview()
        self._scene.preview = bounds, pixels
        self._update_preview()

    def clear_preview(self) -> None:
        """Show the document alone again."""
        self._update_preview()
        self._scene.preview = None

    def _update_preview(self) -> None:
        if self._scene.preview is not None:
            around = self.to_view(self._scene.preview[0])
            self.update(around.toAlignedRect().adjusted(-2, -2, 2, 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is dirty."""
        started = perf_counter()
        self._repaints.begin()
        pace, smooth = self._catching_up, self._catching_up.is_smooth
        painter = QPainter(self)
        complete = self._scene.paint(
            painter, self._viewport, event.region(), smooth=smooth, effort=pace.effort()
        )
        self._overlay.paint(painter, event.rect())
        self.comparison.paint(painter)
        self._cursor.paint(painter)
        painter.end()
        pace.painted(
            complete=complete,
            is_whole=event.rect() == self.rect(),
            smooth=smooth,
            seconds=perf_counter() - started,
        )

    def _on_document_replaced(self) -> None:
        self._pointer.cancel()
        self._toolbox.tool.cancel()
        self._overlay.forget()
        self._scene.clear()
        self.clear_preview()
        document = self._session.document
        self.view.show_document(EMPTY if document is None else document.frame)

    def _on_changed(self, change: Change) -> None:
        visible = self._scene.apply(change)
        if self._scene.is_redressed:
            self.update()
        document = self._session.document
        if document is not None and document.frame != self._viewport.frame:
            self._frame_was_dragged = self._pointer.is_busy
            self.view.show_frame(document.frame, stay=self._pointer.is_busy)
        elif visible and not change.dirty.is_empty:
            m = self._scene.reach(self._viewport)
            self._repaints.ask(self.to_view(change.dirty).toAlignedRect().adjusted(-m, -m, m, m))

    def _on_tool_changed(self) -> None:
        self._pointer.cancel()
        if self._viewport.is_fitted:
            self.view.apply_margins()
        self._overlay.follow_tool()
        self._cursor.refresh()

    def _on_theme_changed(self) -> None:
        self._scene.restyle()
        self.update()

    def _on_view_moved(self) -> None:
        self._catching_up.view_moved()
        self._overlay.transform.view_moved()
        self._cursor.refresh()
        self.update()
        self.view_changed.emit()
        self.zoom_changed.emit(self._viewport.zoom)

    def _tell_drawing(self, started: bool) -> None:
        (self.stroke_started if started else self.stroke_ended).emit()
        if not started and self._frame_was_dragged:
            self._frame_was_dragged = False
            self.view.show_frame(self._viewport.frame)

    def _point_at(self, position: Point | None) -> None:
        self._overlay.follow_outline()
        self._overlay.transform.point_at(position)
        self._cursor.refresh()
        self.pointer_moved.emit(position)

    def _point_away(self) -> None:
        self._pointer.hover(None)
        self._point_at(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the brush circle away over a floating bar: Qt sends no leave event for it."""
        if event.type() == QEvent.Type.Enter and not self._pointer.is_busy:
            self._point_away()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Pinches, and keys that must not reach shortcuts while the canvas needs them."""
        if isinstance(event, QNativeGestureEvent) and self._fingers.take(event):
            return True
        # A hand that rests on the screen while a pen draws moves nothing.
        if isinstance(event, QTouchEvent) and (self.is_drawing or self._touch.take(event)):
            event.accept()
            return True
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._keys.needs(event):
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
        self._point_at(report.position)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or hover."""
        report = pointer_event(event, self._viewport)
        self._pointer.motion(event.buttons(), report)
        self._point_at(report.position)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        report = pointer_event(event, self._viewport)
        self._pointer.release(event.button(), report)
        self._point_at(report.position)

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
            self._pointer.motion(event.buttons(), report)
        self._point_at(report.position)
        event.accept()

    def pen_left(self) -> None:
        """The pen is out of the tablet's reach. Keep what it drew so far."""
        self._pointer.pen_left()
        self._cursor.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Pan or zoom."""
        self.view.scroll(event)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See `KeyControl`."""
        if not self._keys.press(event):
            super().keyPressEvent(event)
        self._cursor.refresh()
        self._overlay.follow_outline()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `KeyControl`."""
        if not self._keys.release(event):
            super().keyReleaseEvent(event)
        self._cursor.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys and buttons may be released elsewhere: keep what was drawn so far."""
        self._pointer.hold_hand(False)
        self._pointer.finish()
        self._toolbox.move_tool.settle()
        self._cursor.refresh()
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the brush circle at once."""
        self._pointer.hover(Point(event.position().x(), event.position().y()))
        self._cursor.refresh()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the brush circle away; a stroke goes on, as its button is still held."""
        self._point_away()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Refit, or keep the middle."""
        self._take_size()

    def _take_size(self) -> None:
        self.view.resize(Extent(self.width(), self.height()), self.devicePixelRatioF())
        self.comparison.settle()
