"""From Qt's mouse, pen, wheel and pinch events to values the canvas works with."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)

from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.turn import Turn
from inpaint_studio.ui.canvas.viewport import Viewport

ZOOM_PER_NOTCH = 1.25
SCROLL_PER_NOTCH = 60
"""Logical px that one notch of a wheel scrolls."""

NUDGE, FAR_NUDGE = 1, 10
"""Document px that an arrow key moves an edge of the frame, without and with Shift."""

_ARROWS = {
    Qt.Key.Key_Left: Handle.left,
    Qt.Key.Key_Right: Handle.right,
    Qt.Key.Key_Up: Handle.top,
    Qt.Key.Key_Down: Handle.bottom,
}
_MODIFIERS = (
    (Qt.KeyboardModifier.ShiftModifier, Modifier.shift),
    (Qt.KeyboardModifier.ControlModifier, Modifier.ctrl),
    (Qt.KeyboardModifier.AltModifier, Modifier.alt),
)


def modifiers_of(keys: Qt.KeyboardModifier) -> Modifier:
    """The modifiers that tools know."""
    result = Modifier.none
    for key, modifier in _MODIFIERS:
        if keys & key:
            result |= modifier
    return result


def pointer_event(event: QMouseEvent | QTabletEvent, viewport: Viewport) -> PointerEvent:
    """What a tool is told of a mouse or pen event."""
    at = event.position()
    view = Point(at.x(), at.y())
    pen = event if isinstance(event, QTabletEvent) else None
    return PointerEvent(
        viewport.to_document(view),
        view,
        1.0 if pen is None else pen.pressure(),
        modifiers_of(event.modifiers()),
        pen is not None and pen.pointerType() == QPointingDevice.PointerType.Eraser,
        viewport.zoom / viewport.pixel_ratio,
        pen is not None,
    )


def wheel_pan(event: QWheelEvent) -> QPointF | None:
    """Logical px that the picture is to be moved by, or None where the wheel zooms.

    Two fingers on a trackpad pan, so does a wheel with Shift. X11 gives wheels of mice a
    pixelDelta too, so that alone does not make a trackpad.
    """
    keys = event.modifiers()
    if keys & Qt.KeyboardModifier.ControlModifier:
        return None
    trackpad = (
        event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.device().type() == QInputDevice.DeviceType.TouchPad
    )
    if trackpad and not event.pixelDelta().isNull():
        return QPointF(event.pixelDelta())
    if keys & Qt.KeyboardModifier.ShiftModifier:
        return QPointF(_notches(event.angleDelta()) * SCROLL_PER_NOTCH, 0.0)
    return None


def wheel_zoom_factor(event: QWheelEvent) -> float:
    """How much a wheel event zooms; follows its delta, so fine wheels zoom finely."""
    return ZOOM_PER_NOTCH ** _notches(event.angleDelta())


def nudge(event: QKeyEvent, turn: Turn) -> tuple[Handle, int, int] | None:
    """The edge that an arrow key moves, and how far (dx, dy): outward, with Ctrl inward.

    In a turned view it is the edge that is seen where the arrow points.
    """
    seen = _ARROWS.get(Qt.Key(event.key()))
    if seen is None:
        return None
    handle = side_towards(turn.undo(*seen.value))
    keys = modifiers_of(event.modifiers())
    far = FAR_NUDGE if Modifier.shift in keys else NUDGE
    across, down = handle.value
    step = -far if Modifier.ctrl in keys else far
    return handle, across * step, down * step


def side_towards(direction: Point) -> Handle:
    """The side that a direction points to most."""
    return max(_ARROWS.values(), key=lambda h: h.value[0] * direction.x + h.value[1] * direction.y)


def pinch_factor(event: QNativeGestureEvent) -> float | None:
    """How much a trackpad pinch zooms, or None where it is another gesture."""
    if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
        return None
    return max(0.1, 1.0 + event.value())


def _notches(delta: QPoint) -> float:
    # Qt swaps the axes while Alt is held.
    return (delta.y() or delta.x()) / 120
