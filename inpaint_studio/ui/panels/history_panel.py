"""The History panel: every step of the document, to go back to by a click."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QListView, QWidget

from inpaint_studio.core.history import History
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.ui.theme import METRICS, current, set_text_role
from inpaint_studio.ui.widgets import Section

ROWS_IN_VIEW = 3
"""The list doesn't get lower than this."""
MEGABYTE = 1 << 20

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """Row 0 is the document as it was opened, row n the state after n steps."""

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[str] = []
        self._position = 0
        self.refresh()

    def refresh(self) -> None:
        """Take over what the session's history says now; unchanged rows stay."""
        wanted = self._wanted_rows()
        before, self._position = self._position, self._session.history.position
        common = _common_length(self._rows, wanted)
        if common < len(self._rows):
            self.beginRemoveRows(QModelIndex(), common, len(self._rows) - 1)
            del self._rows[common:]
            self.endRemoveRows()
        if common < len(wanted):
            self.beginInsertRows(QModelIndex(), common, len(wanted) - 1)
            self._rows.extend(wanted[common:])
            self.endInsertRows()
        self._tell_moved(before)

    def current_row(self) -> QModelIndex:
        """The state that the document is in; invalid without a document."""
        return self.index(self._position) if self._rows else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One more than there are steps."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The step's label, dim where it is undone."""
        if not index.isValid():
            return None
        undone = index.row() > self._position
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(current().dim) if undone else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            form = self.tr("{0}, undone") if undone else "{0}"
            return form.format(self._rows[index.row()])
        return None

    def _tell_moved(self, before: int) -> None:
        """The steps between two positions look different now: done, or undone."""
        first, last = sorted((before, self._position))
        last = min(last, len(self._rows) - 1)
        if first < last:
            self.dataChanged.emit(self.index(first + 1), self.index(last))

    def _wanted_rows(self) -> list[str]:
        document = self._session.document
        if document is None:
            return []
        first = self.tr("Open {0}").format(document.origin.name)
        return [first, *self._session.history.labels]


class HistoryView(QListView):
    """The list. The highlighted row is where the document is; keys move it, Enter goes there."""

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = model
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setMinimumHeight(ROWS_IN_VIEW * METRICS.row)

    def show_current(self) -> None:
        """Highlights the document's state and brings it into view."""
        index = self._steps.current_row()
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the document's state in view."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def event(self, event: QEvent) -> bool:
        """Keeps the window's shortcuts from taking Enter, which here goes to a step."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the highlighted step on every desktop."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A row that was only looked at is not where the document is."""
        super().focusOutEvent(event)
        self.show_current()


class HistoryPanel(Section):
    """Shows the steps and the memory they take; a click or Enter travels to a step."""

    def __init__(self, session: EditorSession, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("History"), parent=parent)
        self._session = session
        self._model = HistoryModel(session, self)
        self.view = HistoryView(self._model)
        self._empty = QLabel(self.tr("What you do is listed here, and can be taken back."))
        self._add_contents()
        self.view.clicked.connect(self._travel)
        self.view.activated.connect(self._travel)
        session.history_changed.connect(self._show_state)
        self._show_state()

    def _add_contents(self) -> None:
        self.view.setAccessibleName(self.tr("History"))
        set_text_role(self._empty, "dim")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self._empty)
        self.body.addWidget(self.view, 1)

    def _travel(self, index: QModelIndex) -> None:
        if index.row() != self._session.history.position:
            self._session.travel(index.row())

    def _show_state(self) -> None:
        is_open = self._session.document is not None
        self._empty.setVisible(not is_open)
        self.view.setVisible(is_open)
        history = self._session.history
        self.set_note(self._memory(history) if is_open else "", self._disk(history))
        self._model.refresh()
        self.view.show_current()

    def _memory(self, history: History) -> str:
        used, budget = ceil(history.nbytes / MEGABYTE), round(history.budget_bytes / MEGABYTE)
        return self.tr("{0} MB of {1}").format(used, budget)

    def _disk(self, history: History) -> str:
        used = ceil(history.disk_nbytes / MEGABYTE)
        budget = round(history.disk_budget_bytes / MEGABYTE)
        text = self.tr("Memory for undo. Older steps on disk: {0} MB of {1}.")
        return text.format(used, budget) if budget else self.tr("Memory for undo.")


def _common_length(a: list[str], b: list[str]) -> int:
    """How many items at the start of both lists are equal."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))
