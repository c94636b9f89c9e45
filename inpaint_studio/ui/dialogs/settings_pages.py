"""The pages of the settings dialog: rows from the declared settings, and what goes beside them."""

from __future__ import annotations

from math import ceil
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.settings import Setting, SettingGroup, Settings
from inpaint_studio.ui.dialogs.pressure_pad import PressurePad
from inpaint_studio.ui.dialogs.setting_fields import SettingField, field_for
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import push_button

_LABEL_WIDTH = 130
_MEGABYTE = 1 << 20


def translated(text: str) -> str:
    """A text of the declared settings in the language of the program."""
    return QCoreApplication.translate("settings", text)


class SettingsPage(QScrollArea):
    """One group of settings. `changed(key, value)` for what the person chooses, at once.

    `add_row` puts something of another kind below the settings.
    """

    changed = Signal(str, object)

    def __init__(
        self, group: SettingGroup, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = translated(group.title)
        self._settings = settings
        self._enabled_by = {s.key: s.enabled_by for s in group.shown if s.enabled_by}
        self.fields: dict[str, SettingField] = {}
        self._grid = QGridLayout()
        self._build()
        for setting in group.shown:
            self._add_setting(setting)
        self.refresh()

    def refresh(self) -> None:
        """Show what the settings hold now."""
        for key, field in self.fields.items():
            field.show_value(self._settings.get(key))
        self._enable()

    def _enable(self) -> None:
        for key, condition in self._enabled_by.items():
            self.fields[key].setEnabled(bool(self._settings.get(condition)))

    def add_row(self, label: str, widget: QWidget, help_text: str = "") -> None:
        """A label, a widget beside it and a sentence below that."""
        row = self._grid.rowCount()
        if label:
            self._grid.addWidget(_row_label(label, widget), row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(widget, row, 1)
        if help_text:
            self._grid.addWidget(_help_label(help_text), row + 1, 1)
        self._grid.setRowMinimumHeight(self._grid.rowCount(), METRICS.space_s)

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(METRICS.space_l, 0, METRICS.space_l, METRICS.space_s)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._grid.setHorizontalSpacing(METRICS.space_m)
        self._grid.setVerticalSpacing(METRICS.space_xs)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self.setWidget(content)

    def _add_setting(self, setting: Setting[Any]) -> None:
        label, help_text = translated(setting.label), translated(setting.help)
        field = field_for(setting, label)
        field.setToolTip(help_text)
        field.changed.connect(lambda value: self._on_changed(setting.key, value))
        self.fields[setting.key] = field
        self.add_row("" if field.has_own_label else label, field, help_text)

    def _on_changed(self, key: str, value: object) -> None:
        self.changed.emit(key, value)
        self._enable()


def add_recent_files(page: SettingsPage, recent: RecentFiles) -> None:
    """A button that forgets the recent files."""
    button = push_button(page.tr("Clear the list"))
    button.setToolTip(page.tr("Forget which pictures were open; the files stay"))

    def clear() -> None:
        recent.clear()
        button.setText(page.tr("The list is empty"))
        button.setEnabled(False)

    button.clicked.connect(clear)
    button.setEnabled(bool(recent.entries()))
    field = SettingField(button, fills=False)
    page.add_row(page.tr("Recent files"), field, page.tr("The pictures themselves stay."))


def with_pressure_pad(page: SettingsPage, pad: PressurePad) -> QWidget:
    """The page with the pad below it, always in view."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(METRICS.space_s)
    column.addWidget(page, 1)
    below = QVBoxLayout()
    below.setContentsMargins(METRICS.space_l, 0, METRICS.space_l, 0)
    below.addWidget(pad)
    column.addLayout(below)
    return holder


class HistoryUse(QLabel):
    """How much memory and disk the open picture's steps take; follows the session."""

    def __init__(self, session: EditorSession) -> None:
        super().__init__()
        self._session = session
        set_text_role(self, "dim")
        session.history_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say it as it is now."""
        history = self._session.history
        text = self.tr("{0} MB in memory, {1} MB on disk")
        used = _megabytes(history.nbytes), _megabytes(history.disk_nbytes)
        self.setText(text.format(*used))


def _megabytes(nbytes: int) -> int:
    return ceil(nbytes / _MEGABYTE)


def _row_label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setFixedWidth(_LABEL_WIDTH)
    # As high as a field, so that both texts stand on one line.
    label.setMinimumHeight(min(buddy.sizeHint().height(), METRICS.row))
    label.setBuddy(buddy)
    return label


def _help_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    set_text_role(label, "small")
    return label
