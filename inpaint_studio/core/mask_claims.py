"""Which part of the masks no edit has been asked for yet, and masks from what was remembered."""

from __future__ import annotations

from collections.abc import Iterable

from inpaint_studio.core.document import Document
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer
from inpaint_studio.core.mask_memory import UsedMask


def unclaimed(document: Document, claimed: Iterable[UsedMask]) -> tuple[UsedMask, ...]:
    """What the used repaint masks hold in the frame, without what is `claimed` by other edits."""
    taken: dict[int, list[UsedMask]] = {}
    for claim in claimed:
        taken.setdefault(claim.layer_id, []).append(claim)
    masks = MaskUnion.used(document, MaskKind.repaint).masks
    left = (_without(mask, taken.get(mask.id, []), document) for mask in masks)
    return tuple(used for used in left if used.values.tiles)


def union_of(document: Document, used: Iterable[UsedMask]) -> MaskUnion:
    """The remembered values as one mask, spread as their layers are set now."""
    masks = []
    for was in used:
        mask = MaskLayer(LayerProps("claimed"))
        if was.layer_id in document.layers:
            layer = document.layers.find(was.layer_id)
            if isinstance(layer, MaskLayer):
                mask.settings = layer.settings
        mask.raster = was.raster()
        masks.append(mask)
    return MaskUnion(masks)


def _without(mask: MaskLayer, claims: list[UsedMask], document: Document) -> UsedMask:
    painted = mask.raster.content_bounds()
    if not claims or painted.is_empty:
        return UsedMask.of(mask, document.frame)
    rest = MaskLayer(mask.props)
    rest.id = mask.id
    values = rest.raster.writable(painted)
    values[...] = mask.raster.read(painted)
    for claim in claims:
        values[claim.raster().read(painted) > 0] = 0
    return UsedMask.of(rest, document.frame)
