"""A scroll area as high as its content, which scrolls only where it does not get that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

SMALLEST = 96
"""px of height that stay in view."""


class SnugScroll(QScrollArea):
    """Holds one panel of a column of panels; it scrolls up and down only."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidgetResizable(True)
        # Tab stops at what is inside, not at the area itself.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:
        """All of the content."""
        hint = self._content.sizeHint()
        height = self._content.heightForWidth(self.viewport().width())
        return QSize(hint.width(), max(height, hint.height() if height < 0 else 0))

    def minimumSizeHint(self) -> QSize:
        """As wide as the content needs; of its height only a part."""
        hint = self.sizeHint()
        return QSize(self._content.minimumSizeHint().width(), min(SMALLEST, hint.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another height when the content folds or grows."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
