"""The popup of the prompt box: saved and recent prompts, with a search line."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.prompt_history import PromptHistory, SavedPrompt
from inpaint_studio.ui.icons import icon
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import push_button
from inpaint_studio.ui.widgets.popup import Popup

SIZE = QSize(420, 300)
_TEXT = Qt.ItemDataRole.UserRole
_NAME = Qt.ItemDataRole.UserRole + 1


class PromptPopup(Popup):
    """Lists prompts; `chosen(str)` carries the one that was clicked or entered.

    Typing searches, Delete forgets the prompt that is marked. A name and Enter save the prompt that
    stands in the box now.
    """

    chosen = Signal(str)

    def __init__(self, prompts: PromptHistory, parent: QWidget) -> None:
        super().__init__(parent)
        self._prompts = prompts
        self._current = ""
        self.search = QLineEdit(placeholderText=self.tr("Search your prompts"))
        self.list = QListWidget()
        self.empty = QLabel(self.tr("Prompts you use are kept here."))
        self.name = QLineEdit(placeholderText=self.tr("Name for the current prompt"))
        self.save_button = push_button(self.tr("Save"))
        self._build()
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(lambda: self._choose(self.list.currentItem()))
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.name.textChanged.connect(self._refresh_save)
        self.name.returnPressed.connect(self._save)
        self.save_button.clicked.connect(self._save)

    def open_above(self, bottom_right: QPoint, current: str) -> None:
        """Show the prompts above a point of the screen; `current` is what could be saved."""
        self._current = current.strip()
        self.search.clear()
        self.name.clear()
        self._fill()
        self._refresh_save()
        self.open_at(bottom_right, Qt.AlignmentFlag.AlignBottom)
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down mark a prompt, Delete forgets it."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not self.list.hasFocus():
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(max(0, self.list.currentRow() + step))
        elif event.key() == Qt.Key.Key_Delete:
            self._forget(self.list.currentItem())
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self.setFixedSize(SIZE)
        self.list.setAccessibleName(self.tr("Prompts"))
        self.list.setToolTip(self.tr("Click to use, Delete to forget"))
        for field, tip in (
            (self.search, self.tr("Type to search; Up and Down choose, Enter takes")),
            (self.name, self.tr("Type a name and press Enter to keep the current prompt")),
        ):
            field.setAccessibleName(field.placeholderText())
            field.setToolTip(tip)
        self.save_button.setToolTip(self.tr("Keep the current prompt under this name"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        set_text_role(self.empty, "dim")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        keep = QHBoxLayout()
        keep.setSpacing(METRICS.space_s)
        keep.addWidget(self.name, 1)
        keep.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[METRICS.space_s] * 4)
        column.setSpacing(METRICS.space_s)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(keep)

    def _fill(self) -> None:
        wanted = self.search.text().casefold()
        self.list.clear()
        for saved in self._prompts.saved():
            self._add(f"{saved.name}:  {_in_one_line(saved.text)}", saved, wanted)
        for text in self._prompts.recent():
            self._add(_in_one_line(text), SavedPrompt("", text), wanted)
        if wanted:
            self.list.setCurrentRow(0)
        has_any = self.list.count() > 0
        self.list.setVisible(has_any)
        self.empty.setVisible(not has_any)

    def _add(self, shown: str, prompt: SavedPrompt, wanted: str) -> None:
        if wanted not in shown.casefold():
            return
        item = QListWidgetItem(shown)
        item.setIcon(icon("save" if prompt.name else "history", "dim"))
        item.setToolTip(prompt.text)
        item.setData(_TEXT, prompt.text)
        item.setData(_NAME, prompt.name)
        self.list.addItem(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.close()
            self.chosen.emit(item.data(_TEXT))

    def _forget(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        row = self.list.row(item)
        if item.data(_NAME):
            self._prompts.forget_saved(item.data(_NAME))
        else:
            self._prompts.forget(item.data(_TEXT))
        self._fill()
        self.list.setCurrentRow(min(row, self.list.count() - 1))

    def _save(self) -> None:
        if self.save_button.isEnabled():
            self._prompts.save(self.name.text(), self._current)
            self.name.clear()
            self._fill()

    def _refresh_save(self) -> None:
        self.name.setEnabled(bool(self._current))
        self.save_button.setEnabled(bool(self._current and self.name.text().strip()))


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
