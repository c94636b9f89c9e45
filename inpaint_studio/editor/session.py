"""The open document with its history. The one place that tells views what changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.blob_store import BlobStore
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command, History
from inpaint_studio.core.layer import Layer
from inpaint_studio.core.write_behind import WriteBehind
from inpaint_studio.errors import FileProblemError


class EditorSession(QObject):
    """Owns the document. Everything that changes it goes through `do`, `record`, `undo`, `redo`.

    Signals: `document_replaced()` when another (or no) document is open, `changed(Change)` for
    every change, `history_changed()` when steps or the saved mark moved,
    `active_layer_changed()`, and `noticed(str)` for what befell the history and why a
    locked mask stays as it is, in the user's words.

    `store`: where steps go that don't fit into memory, up to `disk_budget_bytes`.
    """

    document_replaced = Signal()
    changed = Signal(object)
    history_changed = Signal()
    active_layer_changed = Signal()
    noticed = Signal(str)
    _store_refused = Signal()

    def __init__(
        self,
        history_budget_bytes: int,
        parent: QObject | None = None,
        *,
        store: BlobStore | None = None,
        disk_budget_bytes: int = 0,
    ) -> None:
        super().__init__(parent)
        # Told in the thread that writes; the signal brings it here.
        self._store_refused.connect(self._on_store_refused)
        self._store = None if store is None else WriteBehind(store, self._store_refused.emit)
        self._document: Document | None = None
        self._history = self._new_history(history_budget_bytes, disk_budget_bytes)
        self._active_layer_id: int | None = None
        self._lost_layer_id: int | None = None

    @property
    def document(self) -> Document | None:
        """The open document, or None on the welcome page."""
        return self._document

    @property
    def history(self) -> History:
        """The steps. To be looked at; change it through the session."""
        return self._history

    @property
    def is_modified(self) -> bool:
        """Whether there are steps that no export or save holds."""
        return self._document is not None and not self._history.is_saved

    @property
    def active_layer(self) -> Layer | None:
        """The layer that layer actions apply to."""
        if self._document is None or self._active_layer_id not in self._document.layers:
            return None
        return self._document.layers.find(self._active_layer_id or 0)

    def set_active_layer(self, layer_id: int | None) -> None:
        """Choose the layer that layer actions apply to."""
        self._lost_layer_id = None
        if layer_id != self._active_layer_id:
            self._active_layer_id = layer_id
            self.active_layer_changed.emit()

    def open(self, document: Document | None) -> None:
        """Edit this document from now on (None: none)."""
        self._document = document
        old = self._history
        self._history = self._new_history(old.budget_bytes, old.disk_budget_bytes)
        shown = [] if document is None else document.layers.shown
        self._active_layer_id = shown[-1].id if shown else None
        self._lost_layer_id = None
        self.document_replaced.emit()
        self.history_changed.emit()
        self.active_layer_changed.emit()

    def _new_history(self, budget_bytes: int, disk_budget_bytes: int) -> History:
        return History(budget_bytes, self._store, disk_budget_bytes, self.noticed.emit)

    def set_history_budgets(self, budget_bytes: int, disk_budget_bytes: int) -> None:
        """Change how much memory and disk the steps may take."""
        self._history.set_budgets(budget_bytes, disk_budget_bytes)
        self.history_changed.emit()

    def do(self, command: Command) -> None:
        """Do a new step."""
        self._after(self._history.do(self._open_document(), command))

    def settle(self) -> None:
        """A slider was let go: its next move is a step of its own."""
        self._history.settle()

    def record(self, command: Command) -> None:
        """Keep a step that was done live (its changes were reported already)."""
        self._history.record(command)
        self.history_changed.emit()

    def report(self, change: Change) -> None:
        """Tell views of a change that is not a step yet, such as a stroke being drawn."""
        self.changed.emit(change)

    def undo(self) -> None:
        """Take back one step, if there is one."""
        if self._history.can_undo:
            self.travel(self._history.position - 1)

    def redo(self) -> None:
        """Do one undone step again, if there is one."""
        if self._history.can_redo:
            self.travel(self._history.position + 1)

    def travel(self, position: int) -> None:
        """Undo or redo until `position` steps are done, or until one can't be read back."""
        changes: list[Change] = []
        try:
            for change in self._steps_toward(position):
                changes.append(change)
        except FileProblemError as error:
            self.noticed.emit(error.reason[:1].upper() + error.reason[1:])
            self.history_changed.emit()
        if changes:
            self._after(reduce(Change.merged_with, changes))

    def _steps_toward(self, position: int) -> Iterator[Change]:
        document, history = self._open_document(), self._history
        while history.position > position and history.can_undo:
            yield history.undo(document)
        while history.position < position and history.can_redo:
            yield history.redo(document)

    def _on_store_refused(self) -> None:
        self._history.take_back_refused()
        self.history_changed.emit()

    def mark_saved(self) -> None:
        """What is now in the document is also in a file."""
        self._history.mark_saved()
        self.history_changed.emit()

    def _after(self, change: Change) -> None:
        self.changed.emit(change)
        if ChangeKind.layers in change.kind:
            self._keep_one_active()
        self.history_changed.emit()

    def _keep_one_active(self) -> None:
        """Go on with the topmost layer in place of one that is gone, until that comes back."""
        layers = self._open_document().layers
        lost = self._lost_layer_id
        if lost is not None and lost in layers:
            self.set_active_layer(lost)
        elif self.active_layer is None and self._active_layer_id is not None:
            gone = self._active_layer_id if lost is None else lost
            shown = layers.shown
            self.set_active_layer(shown[-1].id if shown else None)
            self._lost_layer_id = gone

    def _open_document(self) -> Document:
        if self._document is None:
            raise RuntimeError("no document is open")
        return self._document
