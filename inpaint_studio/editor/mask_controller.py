"""Operations on the whole mask: all, clear, invert, grow, feather, fill holes, from a layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import Layer, MaskLayer
from inpaint_studio.core.mask_edits import Combine, combine
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging import mask_ops


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

    def grow(self, radius: int) -> None:
        """Widen what is masked by `radius` px."""
        self._reshape("Grow mask", radius, lambda mask: mask_ops.grow(mask, radius))

    def shrink(self, radius: int) -> None:
        """Narrow what is masked by `radius` px."""
        self._reshape("Shrink mask", 0, lambda mask: mask_ops.shrink(mask, radius))

    def feather(self, width: int) -> None:
        """Turn edges into ramps of `width` px."""
        self._reshape("Feather mask", width, lambda mask: mask_ops.feather(mask, width))

    def smooth(self, radius: int) -> None:
        """Round off corners and specks smaller than about `radius` px."""
        self._reshape("Smooth mask", radius, lambda mask: mask_ops.smooth(mask, radius))

    def threshold(self) -> None:
        """Make every pixel masked or not: half and more counts as masked."""
        self._reshape("Harden mask", 0, mask_ops.threshold)

    def fill_holes(self) -> None:
        """Mask what is enclosed by masked pixels."""
        self._reshape("Fill holes", 0, mask_ops.fill_holes)

    def from_layer(self, layer: Layer) -> None:
        """Mask what a layer covers, as much as it covers it."""
        mask = self._mask()
        if mask is None or self._session.document is None:
            return
        bounds = layer.bounds.intersection(self._session.document.frame)
        alpha = flatten([layer], bounds)[..., 3]
        patch = combine(mask.raster, alpha, bounds, Combine.add)
        self._do("Mask from layer", mask, patch)

    def paste(self, shape: np.ndarray) -> None:
        """Add a mask from elsewhere (uint8 HxW of the frame's size).

        Raises EditRefusedError where the size is another.
        """
        mask = self._mask()
        if mask is None or self._session.document is None:
            return
        frame = self._session.document.frame
        if shape.shape != _shape(frame):
            raise EditRefusedError(
                f"The mask has {shape.shape[1]} × {shape.shape[0]} pixels, "
                f"the picture {frame.width} × {frame.height}."
            )
        self._do("Import mask", mask, combine(mask.raster, shape, frame, Combine.add))

    def pixels(self) -> np.ndarray | None:
        """A copy of the mask over the frame, uint8 HxW, to be written or copied."""
        mask = self._mask()
        if mask is None or self._session.document is None:
            return None
        return mask.raster.read(self._session.document.frame)

    def _reshape(self, label: str, margin: int, change: Callable[[np.ndarray], np.ndarray]) -> None:
        """Change the masked area, which may get larger by `margin` px."""
        mask = self._mask()
        if mask is None or self._session.document is None:
            return
        painted = mask.raster.content_bounds()
        if not painted.is_empty:
            # One px more, so that the outside is outside to every operation.
            bounds = painted.pad(margin + 1).intersection(self._session.document.frame)
            self._replace(label, mask, bounds, change(mask.raster.read(bounds)))

    def _mask(self) -> MaskLayer | None:
        document = self._session.document
        return None if document is None else document.mask(self._toolbox.mask_kind)

    def _replace(self, label: str, mask: MaskLayer, bounds: Bounds, after: np.ndarray) -> None:
        self._do(label, mask, MaskPatch.replacing(mask.raster, bounds, after))

    def _do(self, label: str, mask: MaskLayer, patch: MaskPatch) -> None:
        if patch.tiles:
            self._session.do(PaintMask(label, mask.id, patch))


def _shape(bounds: Bounds) -> tuple[int, int]:
    return bounds.height, bounds.width
