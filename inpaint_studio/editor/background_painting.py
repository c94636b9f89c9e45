"""Makes what large scaled or turned layers paint off the GUI's thread, while a quick look stands
in."""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.layer import Layer, PlacedLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.session import EditorSession

LARGE_AREA = 2 << 20
"""px. Fewer are made before anyone notices."""


class BackgroundPainting(QObject):
    """Follows the session. `changed()` when layers are ready, or are waited for no more.

    Whoever needs the pixels of a layer that is `waiting` gets them from it as always, but may have
    to wait for them.
    """

    changed = Signal()

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.waiting: dict[PlacedLayer, Placement] = {}
        session.changed.connect(self._look)
        session.document_replaced.connect(self._start_over)

    def _start_over(self) -> None:
        self.waiting = {}
        self._look(Change(ChangeKind.layers))

    def _look(self, change: Change) -> None:
        if ChangeKind.layers not in change.kind:
            return
        document = self._session.document
        shown = [] if document is None else document.layers.shown
        wanted = {layer: layer.placement for layer in shown if _takes_long(layer)}
        for layer, placement in wanted.items():
            if self.waiting.get(layer) != placement:
                self._start(layer, placement)
        self.waiting = wanted

    def _start(self, layer: PlacedLayer, placement: Placement) -> None:
        task = BackgroundTask(lambda _report, _is_cancelled: layer.rasters, self)
        for outcome in (task.finished, task.failed):
            outcome.connect(lambda _result: self._on_made(layer, placement))
        task.start()

    def _on_made(self, layer: PlacedLayer, placement: Placement) -> None:
        if self.waiting.get(layer) == placement:
            del self.waiting[layer]
            self.changed.emit()


def _takes_long(layer: Layer) -> TypeGuard[PlacedLayer]:
    if not isinstance(layer, PlacedLayer) or layer.placement.is_whole_move:
        return False
    return not layer.is_painted and layer.bounds.area >= LARGE_AREA
