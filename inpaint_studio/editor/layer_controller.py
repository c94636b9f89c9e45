"""What a person does to layers in the list: show, hide, rename, fade and delete them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.commands import DeleteLayer, SetLayerProps
from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskLayer
from inpaint_studio.editor.session import EditorSession


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


def _neighbour(document: Document, index: int) -> int:
    """Id of the layer that was below position `index`, or of the lowest."""
    return list(document.layers)[max(index - 1, 0)].id
