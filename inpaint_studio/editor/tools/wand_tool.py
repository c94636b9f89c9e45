"""The magic wand: masks what has the colour under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import Paintable, flatten, snapshot
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer
from inpaint_studio.core.mask_edits import Combine, combine
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.mask_target import mask_to_paint, may_paint
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.selection_tools import SelectionSettings, how_asked
from inpaint_studio.editor.tools.tool import PointerEvent, Tool
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.flood import connected_to, near_colour


@dataclass(frozen=True, eq=False)
class _Search:
    """What is looked for: the colour at a point of the frame, in these layers."""

    document: Document
    mask: MaskLayer
    layers: list[Paintable]
    frame: Bounds
    row: int
    column: int
    settings: SelectionSettings
    how: Combine

    def run(self, _report: Callable[[float], None], is_cancelled: Callable[[], bool]) -> np.ndarray:
        """The like-coloured area as uint8 HxW of the frame."""
        picture = flatten(self.layers, self.frame)
        area = near_colour(picture, picture[self.row, self.column], self.settings.tolerance)
        if is_cancelled():
            raise JobCancelledError
        if self.settings.contiguous:
            area = connected_to(area, self.row, self.column)
        return np.where(area, np.uint8(255), np.uint8(0))


class WandTool(Tool):
    """A click masks the like-coloured area; the search runs off the GUI's thread.

    A later click takes the place of one that still searches.
    """

    def __init__(
        self,
        session: EditorSession,
        read_settings: Callable[[], SelectionSettings],
        read_kind: Callable[[], MaskKind],
        owner: QObject,
    ) -> None:
        self._session = session
        self._read_settings = read_settings
        self._read_kind = read_kind
        self._owner = owner
        self._task: BackgroundTask | None = None

    @property
    def is_searching(self) -> bool:
        """Whether a click waits for its area."""
        return self._task is not None

    def begin(self, event: PointerEvent) -> None:
        """Search from here."""
        self.cancel()
        search = self._search_at(event)
        if search is not None:
            task = BackgroundTask(search.run, self._owner)
            task.finished.connect(lambda area: self._take(task, search, area))
            self._task = task
            task.start()

    def cancel(self) -> None:
        """Give up the search."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _search_at(self, event: PointerEvent) -> _Search | None:
        document, settings = self._session.document, self._read_settings()
        if document is None or not document.frame.contains_point(event.position):
            return None
        mask = mask_to_paint(self._session, self._read_kind())
        if mask is None:
            return None
        return _Search(
            document,
            mask,
            snapshot(looked_at(document, self._session.active_layer, settings)),
            document.frame,
            int(event.position.y // 1) - document.frame.y,
            int(event.position.x // 1) - document.frame.x,
            settings,
            how_asked(event, settings.how),
        )

    def _take(self, task: BackgroundTask, search: _Search, area: np.ndarray) -> None:
        if task is not self._task or search.document is not self._session.document:
            return
        self._task = None
        if not may_paint(self._session, search.mask):
            return
        patch = combine(search.mask.raster, area, search.frame, search.how)
        if patch.tiles:
            self._session.do(PaintMask("Magic wand", search.mask.id, patch))


def looked_at(
    document: Document, active: Layer | None, settings: SelectionSettings
) -> list[Paintable]:
    """The layers whose colours count: all, or the active one if it is part of the picture."""
    if settings.all_layers or active is None or isinstance(active, MaskLayer):
        return document.layers.painted
    if not document.layers.is_shown(active):
        return document.layers.painted
    return [document.layers.painted_alone(active.id)]
