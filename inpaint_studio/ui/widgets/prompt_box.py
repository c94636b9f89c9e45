"""A box for a prompt: one line that grows to two, with the earlier prompts on Up and Down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

MOST_LINES = 2
_FRAME = 14
"""Padding and border above and below the text, as the style sheet has them, with the document's
own margin."""


class PromptBox(QPlainTextEdit):
    """Signals: `prompt_changed(str)` for what the person does, `submitted()` on Enter.

    Shift+Enter makes a new line, Esc gives the keys back to the window. On the first line Up takes
    an earlier prompt, on the last line Down a later one, in the end what was being typed.
    """

    prompt_changed = Signal(str)
    submitted = Signal()

    def __init__(
        self, read_earlier: Callable[[], Sequence[str]] = tuple, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._read_earlier = read_earlier
        self._earlier: Sequence[str] = ()
        self._place = 0
        self._is_quiet = False
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._on_text_changed)
        self._fit_height()

    def prompt(self) -> str:
        """What stands in the box."""
        return self.toPlainText()

    def set_prompt(self, text: str) -> None:
        """Show another prompt, without a signal; the same one leaves the cursor where it is."""
        if text != self.prompt():
            self._is_quiet = True
            self._replace(text)
            self._is_quiet = False

    def take(self, text: str) -> None:
        """Use a prompt as if it had been typed, and go on typing after it."""
        self._replace(text)
        self.setFocus()

    def sizeHint(self) -> QSize:
        """As wide as it may get."""
        return QSize(420, self.height())

    def event(self, event: QEvent) -> bool:
        """Keep keys that mean something here from the window's shortcuts."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_own = event.key() in _OWN_KEYS and event.modifiers() in _OWN_MODIFIERS
            if is_own:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Submit, leave, or leaf through earlier prompts; everything else is typing."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        elif plain and event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        elif not (plain and self._leafs(event.key())):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_height()

    def _leafs(self, key: int) -> bool:
        """Take an earlier or later prompt, if the cursor can't move that way. Whether it did."""
        blocks = self.document().blockCount()
        line = self.textCursor().blockNumber()
        if key == Qt.Key.Key_Up and line == 0:
            return self._go_to(self._place + 1)
        if key == Qt.Key.Key_Down and line == blocks - 1 and self._place > 0:
            return self._go_to(self._place - 1)
        return False

    def _go_to(self, place: int) -> bool:
        if self._place == 0:
            # The lowest place is what is being typed; it is not repeated above itself.
            draft = self.prompt()
            self._earlier = (draft, *(text for text in self._read_earlier() if text != draft))
        if not 0 <= place < len(self._earlier):
            return False
        text = self._earlier[place]
        self._replace(text)
        self._place = place
        return True

    def _replace(self, text: str) -> None:
        # By a cursor: setPlainText would throw the box's own undo away.
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def _on_text_changed(self) -> None:
        self._place = 0
        if not self._is_quiet:
            self.prompt_changed.emit(self.prompt())

    def _fit_height(self) -> None:
        line = QFontMetrics(self.font()).lineSpacing()
        self.setFixedHeight(MOST_LINES * line + _FRAME)


_OWN_KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)
_OWN_MODIFIERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
