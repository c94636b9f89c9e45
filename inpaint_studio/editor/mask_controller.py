"""Operations on the whole mask: all, clear, invert."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.layer import MaskLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import Bounds


class MaskController(QObject):
    """Changes the mask that the brush paints on; each operation is one step."""

    def __init__(
        self, session: EditorSession, toolbox: ToolBox, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._toolbox = toolbox

    def mask_all(self) -> None:
        """Mask the whole frame."""
        mask = self._mask()
        if mask is not None and self._session.document is not None:
            frame = self._session.document.frame
            self._replace("Mask all", mask, frame, np.full(_shape(frame), 255, np.uint8))

    def clear(self) -> None:
        """Unmask everything."""
        mask = self._mask()
        if mask is not None:
            painted = mask.raster.content_bounds()
            self._replace("Clear mask", mask, painted, np.zeros(_shape(painted), np.uint8))

    def invert(self) -> None:
        """Mask what is not, unmask what is; soft values too."""
        mask = self._mask()
        if mask is not None and self._session.document is not None:
            frame = self._session.document.frame
            self._replace("Invert mask", mask, frame, ~mask.raster.read(frame))

    def _mask(self) -> MaskLayer | None:
        document = self._session.document
        return None if document is None else document.mask(self._toolbox.mask_kind)

    def _replace(self, label: str, mask: MaskLayer, bounds: Bounds, after: np.ndarray) -> None:
        patch = MaskPatch.replacing(mask.raster, bounds, after)
        if patch.tiles:
            self._session.do(PaintMask(label, mask.id, patch))


def _shape(bounds: Bounds) -> tuple[int, int]:
    return bounds.height, bounds.width
