"""Operations on the whole mask: all, clear, invert, grow, feather, fill holes, from a layer; and
masks as layers: new ones, their colour, use, growth and feather."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypedDict, Unpack

import numpy as np
from PySide6.QtCore import QObject

from inpaint_studio.core.commands import AddLayer, PaintMask, Together
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import (
    MOST_SHAPING,
    Layer,
    LayerProps,
    MaskKind,
    MaskLayer,
    MaskSettings,
)
from inpaint_studio.core.mask_commands import SetMaskSettings
from inpaint_studio.core.mask_edits import Combine, combine
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.mask_target import (
    add_mask,
    free_name,
    mask_at_hand,
    mask_to_paint,
    may_paint,
    translated_kind,
)
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging import mask_ops


class _Changes(TypedDict, total=False):
    """The fields of `MaskSettings`."""

    color: str | None
    is_used: bool
    grow: int
    feather: int


class MaskController(QObject):
    """Changes the mask that tools paint on; each operation is one step of the history.

    A setting of a layer that is no mask (any more) is ignored.
    """

    def __init__(
        self, session: EditorSession, toolbox: ToolBox, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._toolbox = toolbox
        self._color_of_new: Callable[[MaskKind], str | None] = lambda _kind: None

    @property
    def at_hand(self) -> MaskLayer | None:
        """The mask that tools paint on; None where there is none (yet)."""
        return mask_at_hand(self._session, self._toolbox.mask_kind)

    def choose_colors(self, color_of_new: Callable[[MaskKind], str | None]) -> None:
        """Tint further masks of a kind, new or pasted, as this says (see `set_color`)."""
        self._color_of_new = color_of_new

    def new(self, kind: MaskKind) -> None:
        """Put an empty mask of that kind on top and go on with it."""
        if self._session.document is not None:
            mask = add_mask(self._session, kind, self._color_of_new(kind))
            self._session.set_active_layer(mask.id)

    def set_color(self, layer_id: int, color: str | None) -> None:
        """Tint a mask in a colour of its own ("#rrggbb"), or in the program's (None)."""
        self._set(layer_id, self.tr("Mask colour"), color=color)
        self._session.settle()

    def set_used(self, layer_id: int, used: bool) -> None:
        """Choose whether edits look at a mask."""
        label = self.tr("Use mask") if used else self.tr("Don't use mask")
        self._set(layer_id, label, is_used=used)
        self._session.settle()

    def set_grow(self, layer_id: int, px: int) -> None:
        """Widen what a mask says, not what is painted. A slider that goes on moving is one step."""
        self._set(layer_id, self.tr("Mask growth"), grow=min(max(px, 0), MOST_SHAPING))

    def set_feather(self, layer_id: int, px: int) -> None:
        """Soften the edge of what a mask says. A slider that goes on moving is one step."""
        self._set(layer_id, self.tr("Soft mask edge"), feather=min(max(px, 0), MOST_SHAPING))

    def clear_used(self) -> None:
        """Unmask everything that edits would look at, in all masks of what should change.

        Locked ones stay as they are.
        """
        document = self._session.document
        if document is None:
            return
        steps: list[Command] = []
        for mask in MaskUnion.used(document, MaskKind.repaint).masks:
            if mask.props.locked:
                continue
            painted = mask.raster.content_bounds()
            patch = MaskPatch.replacing(mask.raster, painted, np.zeros(_shape(painted), np.uint8))
            if patch.tiles:
                steps.append(PaintMask("Clear mask", mask.id, patch))
        if steps:
            label = self.tr("Clear mask")
            self._session.do(steps[0] if len(steps) == 1 else Together(label, tuple(steps)))

    def mask_all(self) -> None:
        """Mask the whole frame."""
        mask = self._mask()
        if mask is not None and self._session.document is not None:
            frame = self._session.document.frame
            self._replace("Mask all", mask, frame, np.full(_shape(frame), 255, np.uint8))

    def clear(self) -> None:
        """Unmask everything."""
        mask = self._existing()
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
        document = self._session.document
        bounds = document.layers.bounds_of(layer.id).intersection(document.frame)
        alpha = flatten([document.layers.painted_alone(layer.id)], bounds)[..., 3]
        patch = combine(mask.raster, alpha, bounds, Combine.add)
        self._do("Mask from layer", mask, patch)

    def paste(self, shape: np.ndarray, name: str = "") -> None:
        """Take a mask from elsewhere (uint8 HxW of the frame's size).

        It comes into the mask at hand if that is empty and not locked, else it becomes a new one,
        of that name if it has one, so that nothing painted is lost. Raises EditRefusedError where
        the size is another.
        """
        document = self._session.document
        if document is None:
            return
        frame = document.frame
        if shape.shape != _shape(frame):
            raise EditRefusedError(
                f"The mask has {shape.shape[1]} × {shape.shape[0]} pixels, "
                f"the picture {frame.width} × {frame.height}."
            )
        mask, label = self.at_hand, self.tr("Import mask")
        is_free = mask is not None and not mask.props.locked
        if mask is not None and is_free and mask.raster.content_bounds().is_empty:
            self._do(label, mask, combine(mask.raster, shape, frame, Combine.add))
        else:
            kind = self._toolbox.mask_kind
            props = LayerProps(free_name(document, name or translated_kind(kind)))
            mask = MaskLayer(props, kind, MaskSettings(color=self._color_of_new(kind)))
            mask.raster = Raster(shape, frame.x, frame.y)
            self._session.do(AddLayer(label, mask, len(document.layers)))
        self._session.set_active_layer(mask.id)

    def pixels(self) -> np.ndarray | None:
        """A copy of the mask over the frame as edits see it, uint8 HxW, to be written or copied."""
        mask = self.at_hand
        if mask is None or self._session.document is None:
            return None
        return MaskUnion([mask]).read(self._session.document.frame)

    def _reshape(self, label: str, margin: int, change: Callable[[np.ndarray], np.ndarray]) -> None:
        """Change the masked area, which may get larger by `margin` px."""
        mask = self._existing()
        if mask is None or self._session.document is None:
            return
        painted = mask.raster.content_bounds()
        if not painted.is_empty:
            # One px more, so that the outside is outside to every operation.
            bounds = painted.pad(margin + 1).intersection(self._session.document.frame)
            self._replace(label, mask, bounds, change(mask.raster.read(bounds)))

    def _existing(self) -> MaskLayer | None:
        """The mask at hand if there is one and it may be changed."""
        mask = self.at_hand
        return mask if mask is not None and may_paint(self._session, mask) else None

    def _mask(self) -> MaskLayer | None:
        if self._session.document is None:
            return None
        return mask_to_paint(self._session, self._toolbox.mask_kind)

    def _set(self, layer_id: int, label: str, **changes: Unpack[_Changes]) -> None:
        document = self._session.document
        if document is None or layer_id not in document.layers:
            return
        layer = document.layers.find(layer_id)
        if isinstance(layer, MaskLayer):
            after = replace(layer.settings, **changes)
            if after != layer.settings:
                self._session.do(SetMaskSettings(label, layer_id, layer.settings, after))

    def _replace(self, label: str, mask: MaskLayer, bounds: Bounds, after: np.ndarray) -> None:
        self._do(label, mask, MaskPatch.replacing(mask.raster, bounds, after))

    def _do(self, label: str, mask: MaskLayer, patch: MaskPatch) -> None:
        if patch.tiles:
            self._session.do(PaintMask(label, mask.id, patch))


def _shape(bounds: Bounds) -> tuple[int, int]:
    return bounds.height, bounds.width
