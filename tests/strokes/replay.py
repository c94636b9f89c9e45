"""Replays recorded strokes on the real canvas widget by the events a mouse or pen would send."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent

from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.geometry import Point
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from tests.strokes.recording import Device, RecordedStroke, Recording, Report

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
_PEN_EVENTS = (QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease)
_MOUSE_EVENTS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)
PRESS, MOVE, RELEASE = range(3)
_BUTTONS = {PRESS: (LEFT, LEFT), MOVE: (NONE, LEFT), RELEASE: (LEFT, NONE)}
"""Per step: the button that the event is about, and those that are down."""


@cache
def pen_device(pointer: QPointingDevice.PointerType) -> QPointingDevice:
    """A pen that feels pressure, or its other end."""
    feels = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    return QPointingDevice("pen", 1, QInputDevice.DeviceType.Stylus, pointer, feels, 1, 2)


class Hand:
    """Draws on a canvas that shows its document at any zoom."""

    def __init__(self, canvas: CanvasView, toolbox: ToolBox) -> None:
        self._canvas = canvas
        self._toolbox = toolbox

    def draw(self, recording: Recording) -> None:
        """All its strokes with its brush."""
        self._toolbox.set_brush(**recording.brush_fields)
        for stroke in recording.strokes:
            self.stroke(stroke)

    def stroke(self, stroke: RecordedStroke, *, burst: int = 1) -> None:
        """One stroke. `burst` reports at a time wait in the queue before the canvas sees any."""
        self._toolbox.choose(ToolName(stroke.tool))
        self._send([self._event(PRESS, stroke, stroke.reports[0])])
        moves = [self._event(MOVE, stroke, report) for report in stroke.reports[1:]]
        for start in range(0, len(moves), burst):
            self._send(moves[start : start + burst])
        self._send([self._event(RELEASE, stroke, stroke.reports[-1])])

    def _send(self, events: Sequence[QEvent]) -> None:
        for event in events:
            QCoreApplication.postEvent(self._canvas, event)
        QCoreApplication.sendPostedEvents(self._canvas)

    def _event(self, step: int, stroke: RecordedStroke, report: Report) -> QEvent:
        local = self._place(report)
        keys = Qt.KeyboardModifier.ShiftModifier if stroke.shift else Qt.KeyboardModifier(0)
        if stroke.device == "mouse":
            event = self._mouse_event(step, local, keys)
        else:
            event = self._pen_event(step, local, keys, stroke.device, report.pressure)
        event.setTimestamp(report.ms)
        return event

    def _mouse_event(self, step: int, local: QPointF, keys: Qt.KeyboardModifier) -> QMouseEvent:
        place = self._canvas.mapToGlobal(local)
        return QMouseEvent(_MOUSE_EVENTS[step], local, place, *_BUTTONS[step], keys)

    def _pen_event(
        self, step: int, local: QPointF, keys: Qt.KeyboardModifier, end: Device, pressure: float
    ) -> QTabletEvent:
        kinds = QPointingDevice.PointerType
        device = pen_device(kinds.Eraser if end == "eraser" else kinds.Pen)
        # A pen that leaves the paper is pressed by nothing.
        felt = 0.0 if step == RELEASE else pressure
        place = self._canvas.mapToGlobal(local)
        unused = (0.0, 0.0, 0.0, 0.0, 0.0)
        return QTabletEvent(
            _PEN_EVENTS[step], device, local, place, felt, *unused, keys, *_BUTTONS[step]
        )

    def _place(self, report: Report) -> QPointF:
        origin = self._canvas.to_document(Point(0, 0))
        factor = self._canvas.zoom / self._canvas.devicePixelRatioF()
        return QPointF((report.x - origin.x) * factor, (report.y - origin.y) * factor)
