"""Messages over the canvas: what happened, what was kept, what to do next."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEasingCurve, QEvent, QPropertyAnimation, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.ui.theme import METRICS, motion_ms
from inpaint_studio.ui.widgets.floating import FloatingBar
from inpaint_studio.ui.widgets.icon_label import IconLabel
from inpaint_studio.ui.widgets.tool_button import push_button, tool_button

_INFO_MS = 6000
_WIDTH = 560
_DETAILS_HEIGHT = 140


class MessageLevel(Enum):
    """How much a message wants: to be read in passing, a look, or a decision."""

    info = "info"
    look = "look"
    problem = "problem"


_RANKS = list(MessageLevel)

_ICONS = {
    MessageLevel.info: ("info", "accent"),
    MessageLevel.look: ("triangle-alert", "look"),
    MessageLevel.problem: ("circle-alert", "visible"),
}


@dataclass(frozen=True)
class _Message:
    level: MessageLevel
    text: str
    details: str
    action: str


class MessageBar(FloatingBar):
    """One message at the top of the canvas.

    An info goes by itself after six seconds, unless the pointer rests on it; the others stay until
    closed. The worst message is in front, what is milder waits behind it; a newer info takes the
    place of an older one. `closed` comes when the bar is empty again.
    """

    action_triggered = Signal(str)
    """Carries the text of the action's button."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.AlignmentFlag.AlignTop)
        self._messages: list[_Message] = []
        self._timer = QTimer(self, singleShot=True, interval=_INFO_MS)
        self._timer.timeout.connect(self._fade)
        self._icon = IconLabel("info", "accent")
        self._text = QLabel(wordWrap=True)
        self._details = QPlainTextEdit(readOnly=True)
        self._details_button = push_button(self.tr("Details"), quiet=True)
        self._action_button = push_button("")
        self._close_button = tool_button("x", self.tr("Close"), "Esc", small=True, color="dim")
        self._build()
        self._details_button.clicked.connect(self._on_details_clicked)
        self._action_button.clicked.connect(self._on_action_clicked)
        self._close_button.clicked.connect(self.dismiss)
        self.hide()

    def show_message(
        self, level: MessageLevel, text: str, *, details: str = "", action: str = ""
    ) -> None:
        """Shows a message, with text to unfold and one thing to do about it where given."""
        message = _Message(level, text, details, action)
        lasting = (m for m in self._messages if m.level is not MessageLevel.info and m != message)
        self._messages = list(lasting)
        bisect.insort(self._messages, message, key=lambda m: _RANKS.index(m.level))
        if self._messages[-1] is message:
            self._show_front()

    def dismiss(self) -> None:
        """Closes the message in front; one that waited behind it comes up."""
        self._end_fade()
        if self._messages:
            self._messages.pop()
        if self._messages:
            self._show_front()
        elif not self.isHidden():
            self.hide()
            self.closed.emit()

    def message(self) -> str:
        """The text of the message in front, "" if there is none."""
        return self._messages[-1].text if self._messages else ""

    def enterEvent(self, event: QEnterEvent) -> None:
        """An info that is being read stays."""
        super().enterEvent(event)
        self._end_fade()

    def leaveEvent(self, event: QEvent) -> None:
        """Lets an info go again."""
        super().leaveEvent(event)
        self._start_timer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the bar while the focus is in it."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(METRICS.space_s)
        first.addWidget(self._icon)
        first.addWidget(self._text, 1)
        for button in (self._details_button, self._action_button, self._close_button):
            first.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(METRICS.space_s)
        column.addLayout(first)
        column.addWidget(self._details)
        self._details.setAccessibleName(self.tr("Details"))
        self.row.addLayout(column, 1)

    def _show_front(self) -> None:
        message = self._messages[-1]
        self._end_fade()
        self._icon.set_icon(*_ICONS[message.level])
        self._text.setText(message.text)
        self._set_details(message.details)
        self._details.hide()
        self._details_button.setVisible(bool(message.details))
        self._action_button.setText(message.action)
        self._action_button.setVisible(bool(message.action))
        self.setAccessibleName(message.text)
        self.place()
        self.show()
        self.raise_()
        self._start_timer()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, message.text))

    def _set_details(self, details: str) -> None:
        self._details.setPlainText(details)
        lines = details.count("\n") + 2
        height = lines * self._details.fontMetrics().lineSpacing() + METRICS.space_l
        self._details.setFixedHeight(min(height, _DETAILS_HEIGHT))

    def _wanted_size(self, widest: int) -> QSize:
        width = min(_WIDTH, widest)
        return QSize(width, self.panel.heightForWidth(width))

    def _on_details_clicked(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self.place()

    def _on_action_clicked(self) -> None:
        action = self._messages[-1].action
        self.dismiss()
        self.action_triggered.emit(action)

    def _start_timer(self) -> None:
        if self._messages and self._messages[-1].level is MessageLevel.info:
            self._timer.start()

    def _fade(self) -> None:
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setDuration(motion_ms(self))
        fade.setStartValue(1.0)
        fade.setEndValue(0.0)
        fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        fade.finished.connect(self.dismiss)
        fade.start()

    def _end_fade(self) -> None:
        self._timer.stop()
        effect = self.graphicsEffect()
        if effect is not None:
            effect.setEnabled(False)
            effect.deleteLater()
