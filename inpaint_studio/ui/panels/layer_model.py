"""The document's layers as a Qt model, the top one first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import EMPTY
from inpaint_studio.ui.panels.thumbnails import ThumbnailCache, TileView

Index = QModelIndex | QPersistentModelIndex

_LAYER_MIME = "application/x-inpaint-studio-layer"


class LayerModel(QAbstractListModel):
    """Rows come, go and change as the session says, so a view keeps its selection and scroll.

    A mask that is being painted is looked at when its stroke is over, never for each dab. The
    "don't copy from here" mask has a row only when something is painted in it.
    """

    def __init__(
        self, session: EditorSession, layers: LayerController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._controller = layers
        self._rows: list[Layer] = []
        self._thumbnails = ThumbnailCache()
        self._mask_texts: dict[int, str] = {}
        self._mask_revision = 0
        self._masks_painted = False
        self._is_syncing = False
        session.document_replaced.connect(self._reset)
        session.changed.connect(self._on_changed)
        session.history_changed.connect(self._on_history_changed)
        self._reset()

    @property
    def is_syncing(self) -> bool:
        """Whether rows are coming and going right now: what a view then selects is not a wish."""
        return self._is_syncing

    def layer(self, index: Index) -> Layer | None:
        """The layer of a row, None for an invalid index."""
        return self._rows[index.row()] if index.isValid() else None

    def layer_id(self, index: Index) -> int:
        """The id of a row's layer, 0 (which no layer has) for an invalid index."""
        layer = self.layer(index)
        return 0 if layer is None else layer.id

    def index_of(self, layer_id: int) -> QModelIndex:
        """The row of a layer; invalid where it has none."""
        rows = (row for row, layer in enumerate(self._rows) if layer.id == layer_id)
        return self.index(next(rows, -1))

    def subtitle(self, layer: Layer) -> str:
        """What a layer is, in a few small words."""
        if isinstance(layer, MaskLayer):
            return self._mask_subtitle(layer)
        if isinstance(layer, ResultLayer):
            return self._result_subtitle(layer)
        size = f"{layer.bounds.width} × {layer.bounds.height}"
        form = self.tr("original · {0}") if layer is self._rows[-1] else self.tr("picture · {0}")
        return form.format(size)

    def thumbnail(self, layer: Layer, size: QSize, ratio: float) -> QImage:
        """The layer's tile, `size` logical pixels; made now if it isn't at hand."""
        document = self._session.document
        frame = EMPTY if document is None else document.frame
        return self._thumbnails.tile(layer, TileView(frame, size, ratio), self._mask_revision)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many layers are listed."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All rows can be chosen and renamed, pictures and results dragged between rows."""
        layer = self.layer(index)
        if layer is None:
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = super().flags(index) | Qt.ItemFlag.ItemIsEditable
        return flags if isinstance(layer, MaskLayer) else flags | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802 - Qt's name
        """Rows are only moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802 - Qt's name
        """A row is carried as its layer's id, within this window."""
        return [_LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The dragged layer's id."""
        mime = QMimeData()
        mime.setData(_LAYER_MIME, str(self.layer_id(indexes[0])).encode())
        return mime

    def dropMimeData(  # noqa: N802 - Qt's name
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Move the layer there, as a step of the history. The rows follow what it changed."""
        if not data.hasFormat(_LAYER_MIME) or row < 0:
            return False
        layer_id = int(bytes(data.data(_LAYER_MIME).data()))
        self._controller.move(layer_id, self.place_for(layer_id, row))
        # False: the view would otherwise remove the row that it believes was moved away.
        return False

    def place_for(self, layer_id: int, row: int) -> int:
        """Position in the stack, from the bottom, of a layer that is dropped above `row`."""
        rows_below = [layer for layer in self._rows[row:] if layer.id != layer_id]
        document = self._session.document
        if document is None or not rows_below:
            return 0
        others = [layer for layer in document.layers if layer.id != layer_id]
        return others.index(rows_below[0]) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, for the eye, for an editor, and with all else for a screen reader."""
        layer = self.layer(index)
        if layer is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return layer.props.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{layer.props.name}\n{self.subtitle(layer)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            shown = self.tr("visible") if layer.props.visible else self.tr("hidden")
            return f"{layer.props.name}, {self.subtitle(layer)}, {shown}"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a layer, as a step of the history."""
        layer = self.layer(index)
        if layer is None or role != Qt.ItemDataRole.EditRole:
            return False
        self._controller.rename(layer.id, str(value))
        return True

    def _result_subtitle(self, layer: ResultLayer) -> str:
        result = layer.result
        engines = {"patch_fill": self.tr("patch fill")}
        parts = [engines.get(result.model.backend, result.model.name)]
        if result.num_candidates > 1:
            place = self.tr("{0} of {1}")
            parts.append(place.format(layer.candidate + 1, result.num_candidates))
        seam = result.seam_ratio(layer.candidate)
        parts.append(self.tr("seam {0}").format(f"{seam:.2f}"))
        return " · ".join(parts)

    def _mask_subtitle(self, mask: MaskLayer) -> str:
        if mask.id not in self._mask_texts:
            self._mask_texts[mask.id] = self._measured(mask)
        return self._mask_texts[mask.id]

    def _measured(self, mask: MaskLayer) -> str:
        document = self._session.document
        fraction = 0.0 if document is None else painted_fraction(mask, document)
        if fraction == 0:
            return self.tr("nothing painted")
        percent = self.tr("under 1 %") if fraction < 0.01 else f"{round(fraction * 100)} %"
        if mask.kind is MaskKind.avoid:
            return self.tr("{0} of picture").format(percent)
        return self.tr("add · {0} of picture").format(percent)

    def _reset(self) -> None:
        self.beginResetModel()
        self._is_syncing = True
        self._rows = self._wanted_rows()
        self._forget_masks()
        self._thumbnails.keep_only(set())
        self.endResetModel()
        self._is_syncing = False

    def _on_changed(self, change: Change) -> None:
        if ChangeKind.mask in change.kind:
            self._masks_painted = True
        if ChangeKind.layers in change.kind:
            self._sync()

    def _on_history_changed(self) -> None:
        if self._masks_painted:
            self._forget_masks()
            self._sync()

    def _forget_masks(self) -> None:
        self._masks_painted = False
        self._mask_revision += 1
        self._mask_texts.clear()

    def _wanted_rows(self) -> list[Layer]:
        document = self._session.document
        layers = [] if document is None else list(document.layers)
        return [layer for layer in reversed(layers) if _is_listed(layer)]

    def _sync(self) -> None:
        wanted = self._wanted_rows()
        self._is_syncing = True
        self._remove_rows_not_in(wanted)
        for row, layer in enumerate(wanted):
            if layer not in self._rows:
                self.beginInsertRows(QModelIndex(), row, row)
                self._rows.insert(row, layer)
                self.endInsertRows()
        self._is_syncing = False
        if self._rows != wanted:
            self._reset()
        elif self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _remove_rows_not_in(self, wanted: list[Layer]) -> None:
        for row in reversed(range(len(self._rows))):
            if self._rows[row] not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()
        self._thumbnails.keep_only({layer.id for layer in wanted})


def painted_fraction(mask: MaskLayer, document: Document) -> float:
    """How much of the frame the mask covers, 0..1. Reads only the painted region."""
    area = mask.raster.content_bounds().intersection(document.frame)
    if area.is_empty:
        return 0.0
    return float(np.count_nonzero(mask.raster.view(area)) / document.frame.area)


def _is_listed(layer: Layer) -> bool:
    if not isinstance(layer, MaskLayer) or layer.kind is not MaskKind.avoid:
        return True
    return not layer.raster.content_bounds().is_empty
