"""What a person does to layers: show, rename, fade, blend, lock, move, copy, merge, delete."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.commands import (
    AddLayer,
    DeleteLayer,
    MoveLayer,
    SetLayerProps,
    Together,
)
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskLayer, ResultLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode


class LayerController(QObject):
    """Turns wishes about layers into steps of the history.

    A layer that is not in the document (any more) is ignored. `refused(str)` says in the user's
    words why a layer stays.
    """

    refused = Signal(str)

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def toggle_visible(self, layer_id: int) -> None:
        """Hide a visible layer, show a hidden one."""
        layer = self._find(layer_id)
        if layer is not None:
            visible = not layer.props.visible
            label = self.tr("Show layer") if visible else self.tr("Hide layer")
            self._set(layer, label, replace(layer.props, visible=visible))

    def set_opacity(self, layer_id: int, opacity: int) -> None:
        """Set the opacity, held to 0..255. A slider that goes on moving is one step."""
        layer = self._find(layer_id)
        if layer is not None:
            opacity = min(max(opacity, 0), 255)
            self._set(layer, self.tr("Layer opacity"), replace(layer.props, opacity=opacity))

    def rename(self, layer_id: int, name: str) -> None:
        """Give a layer another name; blanks around it are dropped, an empty one is ignored."""
        layer = self._find(layer_id)
        if layer is not None and name.strip():
            self._set(layer, self.tr("Rename layer"), replace(layer.props, name=name.strip()))
            self._session.settle()

    def set_blend_mode(self, layer_id: int, mode: BlendMode) -> None:
        """Choose how the layer's colours meet those below."""
        layer = self._find(layer_id)
        if layer is not None and self._may_change(layer):
            self._set(layer, self.tr("Blend mode"), replace(layer.props, blend_mode=mode))
            self._session.settle()

    def toggle_locked(self, layer_id: int) -> None:
        """Lock a layer against changes, or unlock it."""
        layer = self._find(layer_id)
        if layer is not None:
            locked = not layer.props.locked
            label = self.tr("Lock layer") if locked else self.tr("Unlock layer")
            self._set(layer, label, replace(layer.props, locked=locked))

    def move(self, layer_id: int, index: int) -> None:
        """Put a picture or result at another place among those, 0 at the bottom. Masks stay on
        top."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None or isinstance(layer, MaskLayer):
            return
        pictures = sum(not isinstance(other, MaskLayer) for other in document.layers)
        before, after = document.layers.index(layer_id), min(max(index, 0), pictures - 1)
        if before != after and self._may_change(layer):
            self._session.do(MoveLayer(self.tr("Move layer"), layer_id, before, after))

    def shift(self, layer_id: int, steps: int) -> None:
        """Move a layer up (positive) or down by places."""
        document = self._session.document
        if document is not None and layer_id in document.layers:
            self.move(layer_id, document.layers.index(layer_id) + steps)

    def duplicate(self, layer_id: int) -> None:
        """Put a copy of a picture or result above it and go on with that."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None:
            return
        copy = _copy_of(layer, self.tr("{0} copy").format(layer.props.name))
        if copy is None:
            self.refused.emit(self.tr("A mask can't be duplicated."))
            return
        index = document.layers.index(layer_id) + 1
        self._session.do(AddLayer(self.tr("Duplicate layer"), copy, index))
        self._session.set_active_layer(copy.id)

    def merge_down(self, layer_id: int) -> None:
        """Make one layer of this one and the one below it, looking as both did together."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None:
            return
        index = document.layers.index(layer_id)
        below = list(document.layers)[index - 1] if index > 0 else None
        if isinstance(layer, MaskLayer) or below is None:
            self.refused.emit(self.tr("There is no layer below to merge with."))
        elif not (layer.props.visible and below.props.visible):
            self.refused.emit(self.tr("Show both layers first: hidden ones are not merged."))
        elif self._may_change(layer) and self._may_change(below):
            self._merge(document, [below, layer], self.tr("Merge down"), below.props.name)

    def flatten_visible(self) -> None:
        """Make one layer of all that are visible."""
        document = self._session.document
        if document is None:
            return
        layers = document.layers.painted
        if len(layers) > 1 and all(self._may_change(layer) for layer in layers):
            self._merge(document, layers, self.tr("Flatten visible"), layers[0].props.name)

    def _merge(self, document: Document, layers: list[Layer], label: str, name: str) -> None:
        bounds = Bounds.union_of(layer.bounds for layer in layers)
        raster = Raster(flatten(layers, bounds), bounds.x, bounds.y)
        place = document.layers.index(layers[0].id)
        steps: list[Command] = [
            DeleteLayer(label, layer, document.layers.index(layer.id)) for layer in reversed(layers)
        ]
        merged = ImageLayer(LayerProps(name), raster)
        self._session.do(Together(label, (*steps, AddLayer(label, merged, place))))
        self._session.set_active_layer(merged.id)

    def _may_change(self, layer: Layer) -> bool:
        if layer.props.locked:
            self.refused.emit(self.tr("“{0}” is locked.").format(layer.props.name))
        return not layer.props.locked

    def delete(self, layer_id: int) -> None:
        """Delete a layer and go on with the one below it, or say why it stays."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None:
            return
        reason = self.why_kept(layer_id)
        if reason:
            self.refused.emit(reason)
            return
        was_active = self._session.active_layer is layer
        index = document.layers.index(layer_id)
        self._session.do(DeleteLayer(self.tr("Delete layer"), layer, index))
        if was_active:
            self._session.set_active_layer(_neighbour(document, index))

    def why_kept(self, layer_id: int) -> str:
        """Why a layer can't be deleted, in the user's words; "" where it can."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None:
            return ""
        if isinstance(layer, MaskLayer):
            return self.tr("A mask always stays. Clear it instead.")
        if layer.props.locked:
            return self.tr("“{0}” is locked.").format(layer.props.name)
        pictures = [other for other in document.layers if isinstance(other, ImageLayer)]
        if pictures == [layer]:
            return self.tr("This is the last picture, so it stays.")
        return ""

    def _find(self, layer_id: int) -> Layer | None:
        document = self._session.document
        if document is None or layer_id not in document.layers:
            return None
        return document.layers.find(layer_id)

    def _set(self, layer: Layer, label: str, after: LayerProps) -> None:
        if after != layer.props:
            self._session.do(SetLayerProps(label, layer.id, layer.props, after))


def _copy_of(layer: Layer, name: str) -> Layer | None:
    props = replace(layer.props, name=name, locked=False)
    if isinstance(layer, ResultLayer):
        return ResultLayer(props, layer.result, layer.candidate)
    # Pixels of a picture are never written, so both may share them.
    return ImageLayer(props, layer.raster) if isinstance(layer, ImageLayer) else None


def _neighbour(document: Document, index: int) -> int:
    """Id of the layer that was below position `index`, or of the lowest."""
    return list(document.layers)[max(index - 1, 0)].id
