"""The settings: a list of pages at the left, what is chosen takes effect at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.services import Services
from inpaint_studio.errors import FileProblemError
from inpaint_studio.settings import GROUPS
from inpaint_studio.ui.dialogs.pressure_pad import PressurePad
from inpaint_studio.ui.dialogs.settings_pages import (
    HistoryUse,
    SettingsPage,
    add_recent_files,
    with_pressure_pad,
)
from inpaint_studio.ui.dialogs.shortcuts_page import ShortcutsPage
from inpaint_studio.ui.icons import icon
from inpaint_studio.ui.shortcuts import ShortcutMap
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import push_button

_SIZE = QSize(780, 660)
_LIST_WIDTH = 168
_SAVE_AFTER_MS = 500
_ICONS = {
    "General": "settings",
    "Canvas": "image",
    "Brush and pen": "brush",
    "Engine": "sparkles",
}


class SettingsDialog(QDialog):
    """Stays open beside the window. `changed(key)`: the settings hold another value of that key.

    What was chosen is saved half a second after the last change, and when the dialog closes.
    """

    changed = Signal(str)
    activated = Signal()
    """Somebody comes back to the dialog: time to take over what was changed in the window."""

    def __init__(
        self, services: Services, shortcuts: ShortcutMap, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._settings = services.settings
        self.setWindowTitle(self.tr("Settings"))
        self.resize(_SIZE)
        self.pages = {
            group.title: SettingsPage(group, self._settings) for group in GROUPS if group.shown
        }
        self.shortcuts_page = ShortcutsPage(shortcuts)
        self.pad = PressurePad(lambda: services.toolbox.brush)
        self.history_use = HistoryUse(services.session)
        self.list = QListWidget()
        self._stack = QStackedWidget()
        self._title = QLabel()
        self.problem = QLabel(wordWrap=True)
        self.close_button = push_button(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Everything is kept already (Esc)"))
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._fill()
        self._build()
        self._connect()
        self.list.setCurrentRow(0)

    def refresh(self) -> None:
        """Show what the settings hold now."""
        for page in self.pages.values():
            page.refresh()
        self.shortcuts_page.refresh()

    def show_page(self, title: str) -> None:
        """Go to a page by the title of its group."""
        titles = [*self.pages, self.shortcuts_page.title]
        self.list.setCurrentRow(titles.index(title))

    def save(self) -> None:
        """Write the settings now; where that fails the dialog says so."""
        self._save_timer.stop()
        try:
            self._settings.save()
        except FileProblemError as error:
            self.problem.setText(self.tr("Not saved: {0}").format(str(error)))
            self.problem.show()
        else:
            self.problem.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is still to be saved."""
        self._save_pending()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """The same for Esc and the button."""
        self._save_pending()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """Come back to the dialog: something may have been changed in the window."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()
            self.refresh()
        super().changeEvent(event)

    def _save_pending(self) -> None:
        # A text that is being edited is taken over when the focus leaves it.
        if self.focusWidget() is not None:
            self.focusWidget().clearFocus()
        if self._save_timer.isActive():
            self.save()

    def _fill(self) -> None:
        add_recent_files(self.pages["General"], self._services.recent)
        self.pages["Engine"].add_row(self.tr("Used for undo"), self.history_use)
        pen = self.pages["Brush and pen"]
        for title, page in self.pages.items():
            content = with_pressure_pad(page, self.pad) if page is pen else page
            self._add_page(content, page.title, _ICONS[title])
        self._add_page(self.shortcuts_page, self.shortcuts_page.title, "keyboard")

    def _add_page(self, page: QWidget, title: str, icon_name: str) -> None:
        self.list.addItem(QListWidgetItem(icon(icon_name), title))
        self._stack.addWidget(page)

    def _build(self) -> None:
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setAccessibleName(self.tr("Pages"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        font = self._title.font()
        font.setPixelSize(METRICS.font + 4)
        font.setWeight(font.Weight.DemiBold)
        self._title.setFont(font)
        self._title.setContentsMargins(METRICS.space_l, 0, METRICS.space_l, METRICS.space_s)
        self.problem.hide()
        set_text_role(self.problem, "dim")
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._title)
        right.addWidget(self._stack, 1)
        right.addLayout(self._foot())
        row = QHBoxLayout(self)
        row.setContentsMargins(METRICS.space_s, METRICS.space_l, 0, METRICS.space_m)
        row.setSpacing(METRICS.space_s)
        row.addWidget(self.list)
        row.addLayout(right, 1)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(METRICS.space_l, METRICS.space_s, METRICS.space_l, 0)
        foot.addWidget(self.problem, 1)
        foot.addStretch(0)
        foot.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        return foot

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_page)
        for page in self.pages.values():
            page.changed.connect(self._on_changed)
        self.shortcuts_page.changed.connect(self._save_timer.start)
        self._save_timer.timeout.connect(self.save)
        self._services.toolbox.brush_changed.connect(self.pad.refresh)
        self.close_button.clicked.connect(self.close)

    def _show_page(self, row: int) -> None:
        self._stack.setCurrentIndex(row)
        self._title.setText(self.list.item(row).text())

    def _on_changed(self, key: str, value: Any) -> None:
        if value != self._settings.get(key):
            self._settings.set(key, value)
            self._save_timer.start()
            self.changed.emit(key)
