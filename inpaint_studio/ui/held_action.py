"""A command that lasts as long as its key is held."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QWidget

_ENDS = (QEvent.Type.FocusOut, QEvent.Type.WindowDeactivate, QEvent.Type.ApplicationDeactivate)


class HeldAction(QObject):
    """Unchecks a checkable action when its key is let go, or when that may not be heard of.

    Chosen from a menu, where there is no key to be let go, it stays until it is chosen again, or
    until the next window or popup.
    """

    def __init__(self, action: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._action = action
        self._others: set[int] = set()
        action.setAutoRepeat(False)
        action.toggled.connect(self._on_toggled)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what happens anywhere in the program while the action lasts."""
        kind = event.type()
        if isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            self._on_key(event)
        elif kind in _ENDS or (kind == QEvent.Type.Show and _is_new_window(watched)):
            self._action.setChecked(False)
        return False

    def _on_toggled(self, on: bool) -> None:
        app = QCoreApplication.instance()
        if app is not None and on:
            self._others.clear()
            app.installEventFilter(self)
        elif app is not None:
            app.removeEventFilter(self)

    def _on_key(self, event: QKeyEvent) -> None:
        """The key of the action itself is never seen going down: it has become a shortcut."""
        if event.isAutoRepeat():
            return
        if event.type() == QEvent.Type.KeyPress:
            self._others.add(event.key())
        elif event.type() == QEvent.Type.KeyRelease and event.key() not in self._others:
            self._action.setChecked(False)


def _is_new_window(watched: QObject) -> bool:
    if not isinstance(watched, QWidget) or not watched.isWindow():
        return False
    return watched.windowType() != Qt.WindowType.ToolTip
