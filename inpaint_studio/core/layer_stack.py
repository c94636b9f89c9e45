"""The ordered layers of a document, bottom first."""

from __future__ import annotations

from collections.abc import Iterator

from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer


class LayerStack:
    """A list of layers that are found by id. Only commands change it."""

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
        """Put a layer at a position, 0 at the bottom."""
        self._layers.insert(index, layer)

    def remove(self, layer_id: int) -> Layer:
        """Take a layer out. Raises KeyError."""
        return self._layers.pop(self.index(layer_id))

    @property
    def painted(self) -> list[Layer]:
        """The visible layers that are part of the picture, bottom first."""
        return [
            layer
            for layer in self._layers
            if layer.props.visible and layer.props.opacity and not isinstance(layer, MaskLayer)
        ]

    def masks(self, kind: MaskKind) -> list[MaskLayer]:
        """The mask layers of a kind, bottom first."""
        return [m for m in self._layers if isinstance(m, MaskLayer) and m.kind is kind]
