"""Steps of the history that move, scale and turn layers, and that move masks."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import MaskLayer, PlacedLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.core.step import LayerExchange, Step


class PlaceLayer(LayerExchange[Placement]):
    """Move, scale, flip or turn a picture or result. Its own pixels stay as they are."""

    def _set(self, document: Document, value: Placement) -> Change:
        layer = document.layers.find(self.layer_id)
        if not isinstance(layer, PlacedLayer):
            raise TypeError(f"layer {self.layer_id} has no place of its own")
        left = layer.bounds
        layer.placement = value
        return Change(ChangeKind.layers | ChangeKind.pixels, left.union(layer.bounds))


@dataclass(frozen=True)
class ShiftMask(Step):
    """Move all that is painted in a mask by whole px."""

    label: str
    layer_id: int
    dx: int
    dy: int

    def redo(self, document: Document) -> Change:
        """Move it."""
        return shift_mask(document, self.layer_id, self.dx, self.dy)

    def undo(self, document: Document) -> Change:
        """Move it back."""
        return shift_mask(document, self.layer_id, -self.dx, -self.dy)

    def merged_with(self, later: Command) -> Command | None:
        """A mask that goes on being nudged is one step."""
        if not isinstance(later, ShiftMask):
            return None
        if (later.layer_id, later.label) != (self.layer_id, self.label):
            return None
        return ShiftMask(self.label, self.layer_id, self.dx + later.dx, self.dy + later.dy)


def shift_mask(document: Document, layer_id: int, dx: int, dy: int) -> Change:
    """Move a mask at once. For the command, and for a drag that is recorded when it ends.

    Raises TypeError where the layer is not a mask.
    """
    layer = document.layers.find(layer_id)
    if not isinstance(layer, MaskLayer):
        raise TypeError(f"layer {layer_id} is not a mask")
    left = layer.bounds
    layer.raster.shift(dx, dy)
    return Change(ChangeKind.mask, left.union(layer.bounds))
