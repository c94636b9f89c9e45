"""The keyboard's way through the window: F6 goes from area to area, Tab moves inside one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

_TAB_KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class FocusAreas(QObject):
    """`areas` in the order in which F6 goes through them; the first is the canvas.

    Tab is a command of the window (it hides the panels) only while the canvas has the focus, or
    nothing has. Anywhere else it goes to the next control. A control that gives up the focus leaves
    it to the canvas: Qt would give it to the window's first control as soon as a dialog closes.
    """

    def __init__(self, window: QWidget, areas: Sequence[QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._areas = tuple(areas)
        self._last: dict[QWidget, QWidget] = {}
        window.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def step(self, direction: int) -> None:
        """Give the focus to the next (1) or previous (-1) area that can take it."""
        focus = QApplication.focusWidget()
        here = self._area_of(focus)
        if here is not None and focus is not None:
            self._last[self._areas[here]] = focus
        start = min(0, -direction) if here is None else here
        for i in range(1, len(self._areas) + 1):
            area = self._areas[(start + i * direction) % len(self._areas)]
            target = self._target(area)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep Tab from the window's commands while the focus is in a panel."""
        # The question whether a key is a shortcut goes up to the window, if no widget answers it.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            focus = self._window.focusWidget()
            is_in_panel = focus is not None and focus is not self._areas[0]
            if plain and event.key() in _TAB_KEYS and is_in_panel:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        is_given_up = now is None and old is not None and old.window() is self._window
        if is_given_up and self._window.isActiveWindow() and self._areas[0].isVisible():
            self._areas[0].setFocus()

    def _area_of(self, widget: QWidget | None) -> int | None:
        """The innermost area that holds a widget: bars float on the canvas."""
        while widget is not None:
            if widget in self._areas:
                return self._areas.index(widget)
            widget = widget.parentWidget()
        return None

    def _target(self, area: QWidget) -> QWidget | None:
        """What had the focus there last, else the first that takes it."""
        last = self._last.get(area)
        candidates = list(self._reachable(area))
        return last if last in candidates else next(iter(candidates), None)

    def _reachable(self, area: QWidget) -> Iterator[QWidget]:
        index = self._areas.index(area)
        widget: QWidget | None = area
        while widget is not None and (widget is area or area.isAncestorOf(widget)):
            takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
            if takes and widget.isVisible() and self._area_of(widget) == index:
                yield widget
            widget = widget.nextInFocusChain()
            if widget is area:
                return
