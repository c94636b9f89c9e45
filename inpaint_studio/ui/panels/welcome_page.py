"""What is seen when no picture is open: a place to drop one, ways to get one, recent ones."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.settings import folders
from inpaint_studio.ui.panels.open_sources import may_hold_picture
from inpaint_studio.ui.panels.recent_cards import CARD_SIZE, RecentCard
from inpaint_studio.ui.theme import METRICS, current, set_text_role, theme, with_alpha
from inpaint_studio.ui.widgets import push_button, tooltip_text

_COLUMNS = 3
_MOST_CARDS = 6
_ZONE_HEIGHT = 168
_DASH = [5.0, 4.0]


class WelcomePage(QWidget):
    """Asks for a picture; opening it is up to who listens.

    Signals: `open_requested()`, `paste_requested()`, `sample_requested()`, `path_chosen(Path)`
    (a recent one), `mime_dropped(QMimeData)`. The list is read anew whenever the page is shown.
    """

    open_requested = Signal()
    paste_requested = Signal()
    sample_requested = Signal()
    path_chosen = Signal(object)
    mime_dropped = Signal(QMimeData)

    def __init__(
        self,
        recent: RecentFiles,
        cache_folder: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._recent = recent
        self._cache_folder = cache_folder or folders().cache
        self._cards: list[RecentCard] = []
        self._zone = _DropZone()
        self.open_button = push_button(self.tr("Open…"), "folder-open", primary=True)
        self.paste_button = push_button(self.tr("Paste"), "clipboard-paste")
        self.sample_button = push_button(self.tr("Try the sample"), "image")
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Welcome"))

    @property
    def cards(self) -> list[RecentCard]:
        """The recent pictures that are shown, newest first."""
        return list(self._cards)

    def refresh(self) -> None:
        """Show the list of recent pictures as it is now."""
        for card in self._cards:
            card.hide()
            card.deleteLater()
        entries = self._recent.entries()[:_MOST_CARDS]
        self._cards = [RecentCard(entry, self._cache_folder) for entry in entries]
        for index, card in enumerate(self._cards):
            card.clicked.connect(partial(self.path_chosen.emit, card.path))
            card.removal_requested.connect(partial(self._on_removal_requested, card))
            self._grid.addWidget(card, *divmod(index, _COLUMNS))
            # Now, not when the layout gets to it: a hidden card can't take the focus.
            card.show()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads the list of recent pictures."""
        super().showEvent(event)
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Lights up the zone under a picture."""
        if may_hold_picture(event.mimeData()):
            event.acceptProposedAction()
            self._zone.set_hovered(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The picture went on."""
        self._zone.set_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Passes the picture on."""
        self._zone.set_hovered(False)
        event.acceptProposedAction()
        self.mime_dropped.emit(event.mimeData())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page is as quiet as an empty canvas."""
        QPainter(self).fillRect(self.rect(), QColor(current().canvas))

    def _build(self) -> None:
        self._build_zone()
        self._grid = QGridLayout()
        self._grid.setSpacing(METRICS.space_m)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout()
        column.setSpacing(METRICS.space_xl - METRICS.space_xs)
        column.addStretch(1)
        column.addWidget(self._zone)
        column.addLayout(self._grid)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)

    def _build_zone(self) -> None:
        title = QLabel(self.tr("Drop a picture here"), alignment=Qt.AlignmentFlag.AlignCenter)
        set_text_role(title, "title")
        words = self.tr(
            "Paint over what should go, and it is gone. Every edit is a layer you can take back."
        )
        line = QLabel(words, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        set_text_role(line, "dim")
        buttons = QHBoxLayout()
        buttons.setSpacing(METRICS.space_s)
        buttons.addStretch(1)
        for button in (self.open_button, self.paste_button, self.sample_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self._zone)
        column.setContentsMargins(*([METRICS.space_xl] * 4))
        column.setSpacing(METRICS.space_xs)
        column.addStretch(1)
        column.addWidget(title)
        column.addSpacing(METRICS.space_xs)
        column.addWidget(line)
        column.addSpacing(METRICS.space_m)
        column.addLayout(buttons)
        column.addStretch(1)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.open_requested)
        self.paste_button.clicked.connect(self.paste_requested)
        self.sample_button.clicked.connect(self.sample_requested)
        self.open_button.setToolTip(tooltip_text(self.tr("Open a picture"), "Ctrl+O"))
        self.paste_button.setToolTip(tooltip_text(self.tr("Open the copied picture"), "Ctrl+V"))
        self.sample_button.setToolTip(self.tr("A photo to try things on"))
        theme().changed.connect(self.update)

    def _on_removal_requested(self, card: RecentCard) -> None:
        had_focus, index = card.hasFocus(), self._cards.index(card)
        self._recent.remove(card.path)
        self.refresh()
        if had_focus:
            left: list[QWidget] = [*self._cards[: index + 1]] or [self.open_button]
            left[-1].setFocus(Qt.FocusReason.OtherFocusReason)


class _DropZone(QWidget):
    """A dashed frame, in the accent colour while a picture hovers over the page."""

    def __init__(self) -> None:
        super().__init__()
        self._is_hovered = False
        width = _COLUMNS * CARD_SIZE.width() + (_COLUMNS - 1) * METRICS.space_m
        self.setFixedWidth(width)
        self.setMinimumHeight(_ZONE_HEIGHT)

    def set_hovered(self, is_hovered: bool) -> None:
        """Whether a drop would be taken right now."""
        self._is_hovered = is_hovered
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the frame."""
        colors = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colors.accent if self._is_hovered else colors.line_strong), 1.5)
        pen.setDashPattern(_DASH)
        painter.setPen(pen)
        if self._is_hovered:
            painter.setBrush(with_alpha(colors.accent, 0.1))
        inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(inside, METRICS.radius_bar, METRICS.radius_bar)
