"""What lies beside a layer in its group, and where a step up or down takes it."""

from __future__ import annotations

from collections.abc import Collection

from inpaint_studio.core.arrangement import Spot, outermost, siblings
from inpaint_studio.core.document import Document
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer


def sibling_below(document: Document, layer: Layer) -> Layer | None:
    """The next lower layer of the same group, or of none."""
    beside, index = _siblings(document, layer)
    return beside[index - 1] if index > 0 else None


def sibling_above(document: Document, layer: Layer) -> Layer | None:
    """The next higher layer of the same group, or of none; masks don't count."""
    beside, index = _siblings(document, layer)
    return beside[index + 1] if index + 1 < len(beside) else None


def spot_above(document: Document, layer: Layer) -> Spot | None:
    """Where one step up takes a layer: past the next one, into it if it is a group that isn't
    locked, or out of its own group. None at the top."""
    above = sibling_above(document, layer)
    if above is not None:
        return Spot(above.id) if _is_open(above) else Spot(layer.parent_id, above.id)
    if layer.parent_id is None:
        return None
    return Spot(document.layers.find(layer.parent_id).parent_id, layer.parent_id)


def spot_below(document: Document, layer: Layer) -> Spot | None:
    """Where one step down takes a layer; see `spot_above`. None at the bottom."""
    below = sibling_below(document, layer)
    if below is not None and _is_open(below):
        return top_of(document, below.id)
    if below is not None:
        return _below(document, below)
    if layer.parent_id is None:
        return None
    return _below(document, document.layers.find(layer.parent_id))


def top_of(document: Document, group_id: int, without: Collection[int] = ()) -> Spot:
    """The spot above all that is in a group, as if it didn't have some of its members."""
    arrangement = document.layers.arrangement
    members = [i for i in siblings(arrangement, group_id) if i not in without]
    return Spot(group_id, members[-1] if members else None)


def heir_of(document: Document, layer_ids: Collection[int]) -> int:
    """The layer to go on with when these are deleted: below them or what else is nearest.

    Where a mask is deleted, another mask. Not all layers of a document can be deleted.
    """
    stack = document.layers
    gone = outermost(stack.arrangement, layer_ids)
    lowest = stack.find(gone[0])
    if isinstance(lowest, MaskLayer):
        others = [*stack.masks(MaskKind.repaint), *stack.masks(lowest.kind)]
        return next(mask.id for mask in reversed(others) if mask.id not in gone)
    beside, index = _siblings(document, lowest)
    below, above = beside[:index][::-1], beside[index + 1 :]
    near = [layer.id for layer in (*below, *above) if layer.id not in gone]
    if near:
        return near[0]
    return next(iter(stack)).id if lowest.parent_id is None else lowest.parent_id


def _below(document: Document, layer: Layer) -> Spot:
    lower = sibling_below(document, layer)
    return Spot(layer.parent_id, None if lower is None else lower.id)


def _is_open(layer: Layer) -> bool:
    return isinstance(layer, GroupLayer) and not layer.props.locked


def _siblings(document: Document, layer: Layer) -> tuple[list[Layer], int]:
    """All layers of the same group that are no masks, bottom first, and the place of this one."""
    beside = [
        other
        for other in document.layers
        if other.parent_id == layer.parent_id and not isinstance(other, MaskLayer)
    ]
    return beside, beside.index(layer)
