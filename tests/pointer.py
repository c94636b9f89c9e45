"""Mouse events sent straight to a widget: QTest.mouseMove moves the system's cursor instead."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def press(widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = PLAIN) -> None:
    """The left button goes down."""
    _send(widget, QEvent.Type.MouseButtonPress, at, LEFT, LEFT, keys)


def move(
    widget: QWidget,
    to: QPoint,
    keys: Qt.KeyboardModifier = PLAIN,
    button: Qt.MouseButton = LEFT,
) -> None:
    """The mouse moves with a button down."""
    _send(widget, QEvent.Type.MouseMove, to, NONE, button, keys)


def release(widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = PLAIN) -> None:
    """The left button goes up."""
    _send(widget, QEvent.Type.MouseButtonRelease, at, LEFT, NONE, keys)


def _send(
    widget: QWidget,
    kind: QEvent.Type,
    position: QPoint,
    button: Qt.MouseButton,
    buttons: Qt.MouseButton,
    keys: Qt.KeyboardModifier,
) -> None:
    local = QPointF(position)
    event = QMouseEvent(kind, local, QPointF(widget.mapToGlobal(local)), button, buttons, keys)
    QApplication.sendEvent(widget, event)
