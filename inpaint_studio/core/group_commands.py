"""Steps that move layers between places and groups, and such that concern whole groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from inpaint_studio.core.arrangement import (
    Arrangement,
    Place,
    Spot,
    outermost,
    siblings,
    with_moved,
)
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import (
    AddLayer,
    DeleteLayer,
    SetLayerProps,
    Together,
)
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import Layer
from inpaint_studio.core.step import PROPS_NBYTES, Step
from inpaint_studio.geometry import Bounds

PLACE_NBYTES = 128
"""A round figure for a layer's place before and after."""


@dataclass(frozen=True)
class ArrangeLayers(Step):
    """Put layers, with all that is in them, at another place of the stack or into another group.

    `moved`: the ids of those that were taken; the others only make room.
    """

    label: str
    before: Arrangement
    after: Arrangement
    moved: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """A round figure."""
        return PROPS_NBYTES + PLACE_NBYTES * len(self.after)

    def redo(self, document: Document) -> Change:
        """Move them to their new places."""
        return self._arrange(document, self.after)

    def undo(self, document: Document) -> Change:
        """Move them back."""
        return self._arrange(document, self.before)

    def _arrange(self, document: Document, arrangement: Arrangement) -> Change:
        document.layers.arrange(arrangement)
        dirty = Bounds.union_of(document.layers.bounds_of(layer_id) for layer_id in self.moved)
        return Change(ChangeKind.layers | ChangeKind.pixels, dirty)


def moving(document: Document, label: str, layer_ids: Collection[int], spot: Spot) -> ArrangeLayers:
    """The step that moves layers to a spot, keeping their order.

    Raises ValueError where the spot is among what is moved.
    """
    before = document.layers.arrangement
    after = with_moved(before, layer_ids, spot)
    return ArrangeLayers(label, before, after, tuple(outermost(before, layer_ids)))


def grouping(document: Document, label: str, layer_ids: Collection[int], group: Layer) -> Together:
    """The step that puts layers into a new group, where the topmost of them lies.

    `group`: one that is in no document yet. Raises ValueError where there are no layers.
    """
    before = document.layers.arrangement
    moved = outermost(before, layer_ids)
    if not moved:
        raise ValueError("a group is made of layers")
    top = document.layers.find(moved[-1])
    group.parent_id = top.parent_id
    add = AddLayer(label, group, document.layers.index(top.id) + 1)
    added = (*before[: add.index], Place(group.id, group.parent_id), *before[add.index :])
    after = with_moved(added, moved, Spot(group.id))
    return Together(label, (add, ArrangeLayers(label, added, after, tuple(moved))))


def ungrouping(document: Document, label: str, group: Layer) -> Together:
    """The step that puts a group's members in its place. What it hid stays hidden."""
    before = document.layers.arrangement
    members = siblings(before, group.id)
    after = tuple(
        replace(place, parent_id=group.parent_id) if place.layer_id in members else place
        for place in before
    )
    steps: list[Command] = [ArrangeLayers(label, before, after, tuple(members))]
    if not group.props.visible:
        steps += [_hiding(label, document.layers.find(member)) for member in members]
    return Together(label, (*steps, DeleteLayer(label, group, document.layers.index(group.id))))


def deleting(document: Document, label: str, layer_ids: Collection[int]) -> Together:
    """The step that deletes layers with all that is in them."""
    layers = document.layers
    gone = [
        layer
        for layer_id in outermost(layers.arrangement, layer_ids)
        for layer in layers.block(layer_id)
    ]
    # From the top: the places of those below are then still what they were.
    steps = [DeleteLayer(label, layer, layers.index(layer.id)) for layer in reversed(gone)]
    return Together(label, tuple(steps))


def adding(label: str, layers: Sequence[Layer], index: int) -> Together:
    """The step that puts a layer with all that is in it (bottom first) at a position."""
    return Together(
        label, tuple(AddLayer(label, layer, index + place) for place, layer in enumerate(layers))
    )


def _hiding(label: str, layer: Layer) -> SetLayerProps:
    return SetLayerProps(label, layer.id, layer.props, replace(layer.props, visible=False))
