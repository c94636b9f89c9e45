"""Segmented buttons: one of a few choices, all in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget


@dataclass(frozen=True)
class Segment:
    """One choice: the key the program knows it by, its text and its tooltip."""

    key: str
    text: str
    tooltip: str = ""


class Segmented(QFrame):
    """Exclusive buttons in one frame. The first is chosen at the start; arrow keys move the choice.

    `name` says to a screen reader what is chosen here, e.g. "Intent".
    `chosen` carries the key, and is only for what the person does; `set_choice` doesn't emit it.
    """

    chosen = Signal(str)

    def __init__(
        self, segments: Sequence[Segment], name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("segmented")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        for segment in segments:
            row.addWidget(self._add_button(segment))
        self._choice = segments[0].key
        self.set_choice(self._choice)
        self._group.buttonToggled.connect(self._on_button_toggled)

    def choice(self) -> str:
        """The key of the chosen segment."""
        return self._choice

    def set_choice(self, key: str) -> None:
        """Chooses a segment without a signal. Raises KeyError for an unknown key."""
        button = self._buttons[key]
        self._choice = key
        button.setChecked(True)

    def set_segment_enabled(self, key: str, enabled: bool, why: str = "") -> None:
        """Enables or disables one segment; `why` becomes its tooltip."""
        self._buttons[key].setEnabled(enabled)
        if why:
            self._buttons[key].setToolTip(why)

    def button(self, key: str) -> QPushButton:
        """The button of one segment."""
        return self._buttons[key]

    def _add_button(self, segment: Segment) -> QPushButton:
        button = QPushButton(segment.text)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("role", "segment")
        button.setProperty("key", segment.key)
        button.setToolTip(segment.tooltip)
        button.setAccessibleDescription(segment.tooltip)
        self._group.addButton(button)
        self._buttons[segment.key] = button
        return button

    def _on_button_toggled(self, button: QPushButton, checked: bool) -> None:
        key = button.property("key")
        if checked and key != self._choice:
            self._choice = key
            self.chosen.emit(key)
