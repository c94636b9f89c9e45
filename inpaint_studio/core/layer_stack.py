"""The ordered layers of a document, bottom first, some of them in groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inpaint_studio.core.arrangement import Arrangement, Place
from inpaint_studio.core.compose import Paintable, PaintedGroup
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer
from inpaint_studio.geometry import Bounds


class LayerStack:
    """A list of layers that are found by id. Only commands change it.

    The members of a group lie directly below it, without gaps; groups may lie in groups. Masks
    lie on top of all else and are in no group.
    """

    def __init__(self) -> None:
        self._layers: list[Layer] = []

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def find(self, layer_id: int) -> Layer:
        """The layer of that id. Raises KeyError where it is not in the stack."""
        for layer in self._layers:
            if layer.id == layer_id:
                return layer
        raise KeyError(layer_id)

    def __contains__(self, layer_id: object) -> bool:
        return any(layer.id == layer_id for layer in self._layers)

    def index(self, layer_id: int) -> int:
        """Position of the layer, 0 at the bottom. Raises KeyError."""
        return self._layers.index(self.find(layer_id))

    def insert(self, index: int, layer: Layer) -> None:
        """Put a layer at a position, 0 at the bottom. It says itself which group it is in."""
        self._layers.insert(index, layer)

    def remove(self, layer_id: int) -> Layer:
        """Take a layer out. Raises KeyError."""
        return self._layers.pop(self.index(layer_id))

    @property
    def arrangement(self) -> Arrangement:
        """Which layer lies where and in which group."""
        return tuple(Place(layer.id, layer.parent_id) for layer in self._layers)

    def arrange(self, arrangement: Arrangement) -> None:
        """Put the layers into another order and other groups. Raises ValueError for others."""
        layers = {layer.id: layer for layer in self._layers}
        if sorted(layers) != sorted(place.layer_id for place in arrangement):
            raise ValueError("the arrangement is one of other layers")
        for place in arrangement:
            layers[place.layer_id].parent_id = place.parent_id
        self._layers = [layers[place.layer_id] for place in arrangement]

    def block(self, layer_id: int) -> list[Layer]:
        """A layer with all that is in it, bottom first, itself last. Raises KeyError."""
        end = start = self.index(layer_id)
        inside = {layer_id}
        while start > 0 and self._layers[start - 1].parent_id in inside:
            start -= 1
            inside.add(self._layers[start].id)
        return self._layers[start : end + 1]

    def bounds_of(self, layer_id: int) -> Bounds:
        """Where a layer, or what is in a group, has pixels. Raises KeyError."""
        return Bounds.union_of(layer.bounds for layer in self.block(layer_id))

    def groups_of(self, layer: Layer) -> list[Layer]:
        """The groups around a layer, the innermost first."""
        groups: list[Layer] = []
        while layer.parent_id is not None:
            layer = self.find(layer.parent_id)
            groups.append(layer)
        return groups

    def lock_on(self, layer: Layer) -> Layer | None:
        """What locks a layer: itself or a group around it; None where nothing does."""
        around = (layer, *self.groups_of(layer))
        return next((other for other in around if other.props.locked), None)

    def is_shown(self, layer: Layer) -> bool:
        """Whether a layer and all groups around it are visible, even if only a little."""
        around = (layer, *self.groups_of(layer))
        return all(other.props.visible and other.props.opacity for other in around)

    @property
    def painted(self) -> list[Paintable]:
        """The visible layers that are part of the picture, bottom first.

        Members of a group that does nothing to them stand for themselves.
        """
        return _painted(self._layers, None)

    def painted_below(self, layer_id: int) -> list[Paintable]:
        """What is painted before a layer, also within the groups around it. Raises KeyError."""
        index = self.index(layer_id)
        groups = (layer for layer in self._layers[index:] if isinstance(layer, GroupLayer))
        return _painted([*self._layers[:index], *groups], None)

    def painted_alone(self, layer_id: int) -> Paintable:
        """A layer, or a group with its visible members, as it is painted. Raises KeyError."""
        layer = self.find(layer_id)
        if not isinstance(layer, GroupLayer):
            return layer
        return PaintedGroup(layer.props, tuple(self.painted_in(layer_id)))

    def painted_in(self, group_id: int) -> list[Paintable]:
        """The visible members of a group, bottom first, as they are painted. Raises KeyError."""
        *members, _ = self.block(group_id)
        return _painted(members, group_id)

    @property
    def shown(self) -> list[Layer]:
        """The visible layers with pixels of the picture, bottom first, in groups or not."""
        return [
            layer
            for layer in self._layers
            if not isinstance(layer, MaskLayer | GroupLayer) and self.is_shown(layer)
        ]

    def masks(self, kind: MaskKind) -> list[MaskLayer]:
        """The mask layers of a kind, bottom first."""
        return [m for m in self._layers if isinstance(m, MaskLayer) and m.kind is kind]


def _painted(layers: Iterable[Layer], parent_id: int | None) -> list[Paintable]:
    """What the layers directly in a group paint. A group comes after its members."""
    found: dict[int | None, list[Paintable]] = {}
    for layer in layers:
        members = found.pop(layer.id, []) if isinstance(layer, GroupLayer) else [layer]
        if isinstance(layer, MaskLayer) or not (layer.props.visible and layer.props.opacity):
            continue
        if members and isinstance(layer, GroupLayer) and layer.changes_members:
            members = [PaintedGroup(layer.props, tuple(members))]
        found.setdefault(layer.parent_id, []).extend(members)
    return found.get(parent_id, [])
