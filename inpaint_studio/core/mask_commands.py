"""Steps about masks as layers: how they are shown and used."""

from __future__ import annotations

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskLayer, MaskSettings
from inpaint_studio.core.step import LayerExchange


class SetMaskSettings(LayerExchange[MaskSettings]):
    """Colour, use, growth and feather of a mask: its settings before and after."""

    def _set(self, document: Document, value: MaskSettings) -> Change:
        layer = document.layers.find(self.layer_id)
        if not isinstance(layer, MaskLayer):
            raise TypeError(f"layer {self.layer_id} is not a mask")
        # Only what is painted looks different, as far as the wider of both settings spreads it.
        painted = layer.raster.content_bounds()
        dirty = layer.spread(painted)
        layer.settings = value
        return Change(ChangeKind.layers | ChangeKind.mask, dirty.union(layer.spread(painted)))
