"""File > Open recent: the pictures that were used last, read anew whenever it opens."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.ui.widgets.lettered_menu import LetteredMenu


class RecentMenu(LetteredMenu):
    """`path_chosen(Path)`: the person wants that picture."""

    path_chosen = Signal(Path)

    def __init__(self, recent: RecentFiles, parent: QWidget) -> None:
        super().__init__(self.tr("Open recent"), parent)
        self._recent = recent
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._list)

    def _list(self) -> None:
        self.clear()
        paths = [entry.path for entry in self._recent.entries()]
        for path in paths:
            # A single & would underline the letter after it.
            action = self.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: self.path_chosen.emit(path))
        if not paths:
            self.addAction(self.tr("Nothing yet")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(self.tr("Forget these")).triggered.connect(self._recent.clear)
