"""A section of the dock: a small head in capitals, something short at its right, and a body."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from inpaint_studio.ui.icons import icon
from inpaint_studio.ui.theme import METRICS, set_text_role


class Section(QFrame):
    """Put widgets into `body`. A collapsible section folds when its head is clicked."""

    expanded_changed = Signal(bool)

    def __init__(
        self, title: str, *, collapsible: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "section")
        self.setAccessibleName(title)
        self._note = QLabel()
        self._content = QWidget()
        self._fold_button = _FoldButton(title) if collapsible else None
        self._head = QHBoxLayout()
        self._build(title)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(METRICS.space_xs)

    def set_note(self, text: str, tooltip: str = "") -> None:
        """A short text at the right of the head, e.g. "14 MB of 512"."""
        self._note.setText(text)
        self._note.setToolTip(tooltip)
        self._note.setVisible(bool(text))

    def add_corner_widget(self, widget: QWidget) -> None:
        """Puts a button or a badge at the right end of the head."""
        self._head.addWidget(widget)

    def is_expanded(self) -> bool:
        """Whether the body is in view."""
        return not self._content.isHidden()

    def set_expanded(self, expanded: bool) -> None:
        """Shows or folds the body."""
        if expanded == self.is_expanded():
            return
        self._content.setVisible(expanded)
        if self._fold_button is not None:
            self._fold_button.show_expanded(expanded)
        self.expanded_changed.emit(expanded)

    def _build(self, title: str) -> None:
        column = QVBoxLayout(self)
        margin = METRICS.space_m
        column.setContentsMargins(margin, METRICS.space_s, margin, margin)
        column.setSpacing(METRICS.space_xs)
        column.addLayout(self._head)
        column.addWidget(self._content)
        self._head.setSpacing(METRICS.space_s)
        self._head.addWidget(self._title_widget(title))
        self._head.addStretch(1)
        self._head.addWidget(self._note)
        self._note.setFont(caps_font(self._note.font()))
        set_text_role(self._note, "head")
        self._note.hide()

    def _title_widget(self, title: str) -> QWidget:
        if self._fold_button is not None:
            self._fold_button.clicked.connect(lambda: self.set_expanded(not self.is_expanded()))
            return self._fold_button
        label = QLabel(title)
        label.setFont(caps_font(label.font()))
        label.setMinimumHeight(METRICS.row - METRICS.space_xs)
        set_text_role(label, "head")
        return label


class _FoldButton(QToolButton):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setFont(caps_font(self.font()))
        self.setProperty("role", "head")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(12, 12))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_expanded(True)

    def show_expanded(self, expanded: bool) -> None:
        self.setIcon(icon("chevron-down" if expanded else "chevron-right", "dim"))
        self.setAccessibleDescription(self.tr("Open") if expanded else self.tr("Folded"))
        verb = self.tr("Fold {0}") if expanded else self.tr("Show {0}")
        self.setToolTip(verb.format(self.text()))


def caps_font(base: QFont) -> QFont:
    """The font of section heads: small capitals, a little apart."""
    # Capitals by the font: the text stays as it was written, for screen readers and translators.
    font = QFont(base)
    font.setPixelSize(METRICS.font_small)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    return font
