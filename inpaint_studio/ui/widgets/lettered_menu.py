"""A menu whose entries are reached by their first letter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMenu


class LetteredMenu(QMenu):
    """A letter goes to the next entry that begins with it, as in the menus of other systems.

    Qt only knows underlined letters. There are none here: a translator would have to find a free
    one for each of many entries.
    """

    _is_going_on = False
    """Whether a letter was pressed already: the first one may mean the entry that Qt starts at."""

    def showEvent(self, event: QShowEvent) -> None:
        """Begin anew."""
        super().showEvent(event)
        self._is_going_on = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next entry of a letter; anything else is Qt's own."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        found = self._next_of(event.text()) if plain else None
        if found is not None:
            self.setActiveAction(found)
            self._is_going_on = True
        else:
            super().keyPressEvent(event)

    def _next_of(self, letter: str) -> QAction | None:
        if len(letter) != 1 or not letter.isalnum():
            return None
        entries = [a for a in self.actions() if a.isVisible() and not a.isSeparator()]
        now = self.activeAction()
        start = entries.index(now) + self._is_going_on if now in entries else 0
        onward = entries[start:] + entries[:start]
        wanted = letter.casefold()
        usable = (entry for entry in onward if entry.isEnabled())
        return next((e for e in usable if e.text().casefold().startswith(wanted)), None)
