"""The application object: every report of the pointer, and what Qt tells nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """`pen_left()`: a pen was taken out of the tablet's reach. Widgets are not told of that."""

    pen_left = Signal()

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        # Every report of a fast mouse or pen shapes a stroke; the canvas repaints at most once a
        # frame anyway. X11's plugin turns compression on while it starts: this comes after that.
        self.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)

    def event(self, event: QEvent) -> bool:
        """Pass it on."""
        if event.type() == QEvent.Type.TabletLeaveProximity:
            self.pen_left.emit()
        return super().event(event)
