"""One line at the bottom: zoom, size, position; and what the engine is doing."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.theme import METRICS, set_text_role, tabular
from inpaint_studio.ui.widgets import push_button

BAR_WIDTH = 176
HEIGHT = 26
PROMISE_AFTER_SECONDS = 1.0
"""Before this much time and a tenth of the work, an estimate would only jump about."""


class StatusLine(QFrame):
    """Shows numbers at the left, work with its progress and Cancel at the right.

    `queue_requested()`: the person wants to see all jobs.
    """

    cancel_requested = Signal()
    queue_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setFixedHeight(HEIGHT)
        self._zoom, self._size, self._position = QLabel(), QLabel(), QLabel()
        self._turn = QLabel()
        self._turn.hide()
        self._message, self._left = QLabel(), QLabel()
        self._bar = QProgressBar()
        self._cancel = push_button(self.tr("Cancel"), quiet=True)
        self.queue_button = push_button("", quiet=True)
        self._started = 0.0
        self._build()
        self._cancel.clicked.connect(self.cancel_requested)
        self.queue_button.clicked.connect(self.queue_requested)
        self.queue_button.hide()
        self.end_work()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(METRICS.space_m, 0, METRICS.space_s, 0)
        row.setSpacing(METRICS.space_l)
        numbers = (self._zoom, self._turn, self._size, self._position)
        for label in (*numbers, self._message, self._left):
            set_text_role(label, "small")
            label.setFont(tabular(label.font()))
        for widget in numbers:
            row.addWidget(widget)
        row.addStretch()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(BAR_WIDTH)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel.setToolTip(self.tr("Stop the work (Esc)"))
        self.queue_button.setToolTip(self.tr("Show all jobs"))
        for widget in (self.queue_button, self._message, self._bar, self._left, self._cancel):
            row.addWidget(widget)

    def show_zoom(self, factor: float) -> None:
        """Zoom, 1.0 = one picture pixel on one screen pixel."""
        percent = factor * 100
        _show(self._zoom, f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def show_turn(self, degrees: float, *, mirrored: bool) -> None:
        """How the view is turned clockwise; nothing while it is upright and not mirrored."""
        angle = f"{degrees:.1f}".removesuffix(".0") + "°" if degrees else ""
        flip = self.tr("mirrored") if mirrored else ""
        _show(self._turn, " ".join(part for part in (angle, flip) if part))
        self._turn.setToolTip(self.tr("How the view is turned. The picture itself is not."))
        self._turn.setVisible(bool(angle or flip))

    def show_frame(self, frame: Bounds | None) -> None:
        """Size of the document; None clears the numbers."""
        _show(self._size, "" if frame is None else f"{frame.width} × {frame.height}")
        if frame is None:
            _show(self._zoom, "")
            _show(self._position, "")

    def show_position(self, point: Point | None) -> None:
        """Where the pointer is, in document coordinates."""
        text = "" if point is None else f"x {int(point.x // 1)} y {int(point.y // 1)}"
        _show(self._position, text)

    def begin_work(self, message: str) -> None:
        """Show the progress line."""
        self._started = time.monotonic()
        for widget in (self._message, self._bar, self._left, self._cancel):
            widget.setVisible(True)
        self.show_progress(0.0, message)

    def show_progress(self, fraction: float, message: str) -> None:
        """How far the work is (0..1) and what it does."""
        self._message.setText(message)
        self._bar.setValue(round(fraction * 1000))
        passed = time.monotonic() - self._started
        known = fraction > 0.1 and passed > PROMISE_AFTER_SECONDS
        seconds = passed * (1 - fraction) / fraction if known else 0.0
        self._left.setText(self.tr("{0} s left").format(max(1, round(seconds))) if known else "")

    def show_waiting(self, count: int) -> None:
        """How many jobs wait behind the one that runs."""
        self.queue_button.setText(self.tr("{0} waiting ▴").format(count))
        self.queue_button.setVisible(count > 0)

    def end_work(self) -> None:
        """Hide the progress line."""
        for widget in (self._message, self._bar, self._left, self._cancel):
            widget.setVisible(False)


def _show(label: QLabel, text: str) -> None:
    """Show a number that changes with every move of the mouse.

    In a label of a fixed size: else Qt would lay out the whole window each time. Digits are all of
    one width, so most numbers fit where the one before was.
    """
    is_alike = _outline(text) == _outline(label.text())
    label.setText(text)
    if not is_alike:
        label.setFixedSize(label.sizeHint())


def _outline(text: str) -> str:
    return text.translate(_DIGITS)


_DIGITS = str.maketrans("123456789", "000000000")
