"""Where a new result goes: into the active layer's group if it is then seen as it was made."""

from __future__ import annotations

from collections.abc import Iterator

from inpaint_studio.core.document import Document
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds

Position = tuple[int, int | None]
"""Index in the stack from the bottom, and the group's id."""


def top_of_pictures(document: Document) -> int:
    """The index directly above all layers that are no masks."""
    return sum(not isinstance(layer, MaskLayer) for layer in document.layers)


def place_for_result(document: Document, active: Layer | None, bounds: Bounds) -> Position:
    """The place for a layer that is seen in `bounds` of the picture as it looks now.

    Directly above the active layer or at the top of a group around it, the nearest where nothing
    that is shown lies over it and no group changes or locks it; otherwise on top of all pictures.
    """
    around = [] if active is None or active.id not in document.layers else _near(document, active)
    for index, group_id in around:
        if _is_plain(document, group_id) and not _is_covered(document, index, bounds):
            return index, group_id
    return top_of_pictures(document), None


def _near(document: Document, active: Layer) -> Iterator[Position]:
    layers = document.layers
    if isinstance(active, GroupLayer):
        yield layers.index(active.id), active.id
    elif active.parent_id is not None:
        yield layers.index(active.id) + 1, active.parent_id
    for group in layers.groups_of(active):
        yield layers.index(group.id), group.id


def _is_plain(document: Document, group_id: int | None) -> bool:
    """Whether a group shows its members as they are and takes new ones."""
    layers = document.layers
    if group_id is None:
        return True
    group = layers.find(group_id)
    around = [group, *layers.groups_of(group)]
    changes = any(isinstance(g, GroupLayer) and g.changes_members for g in around)
    return layers.is_shown(group) and layers.lock_on(group) is None and not changes


def _is_covered(document: Document, index: int, bounds: Bounds) -> bool:
    above = {layer.id for layer in list(document.layers)[index:]}
    shown = [layer for layer in document.layers.shown if layer.id in above]
    near = [layer for layer in shown if layer.bounds.intersects(bounds)]
    return any(_has_pixels(raster, bounds) for layer in near for raster in layer.rasters)


def _has_pixels(raster: Raster, bounds: Bounds) -> bool:
    inside = raster.bounds.intersection(bounds)
    return not inside.is_empty and bool(raster.view(inside)[..., 3].any())
