"""The document's layers as a Qt model, the top one first."""

from __future__ import annotations

from collections.abc import Sequence

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
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import ImageLayer, Layer, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.editor.expansion_runs import mending_of
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import EMPTY
from inpaint_studio.ui.panels.layer_rows import RowInfo, row_infos
from inpaint_studio.ui.panels.thumbnails import ThumbnailCache, TileView

Index = QModelIndex | QPersistentModelIndex

LAYER_MIME = "application/x-inpaint-studio-layers"
_ALONE = RowInfo(0, is_visible=True, is_listed=True)


class LayerModel(QAbstractListModel):
    """Rows come, go and change as the session says, so a view keeps its selection and scroll.

    A mask that is being painted is looked at when its stroke is over, never for each dab. The
    "don't copy from here" mask that a document begins with has a row only when something is
    painted in it.
    """

    def __init__(
        self, session: EditorSession, layers: LayerController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._controller = layers
        self._rows: list[Layer] = []
        self._infos: dict[int, RowInfo] = {}
        self._folded: set[int] = set()
        self._thumbnails = ThumbnailCache()
        self._mask_texts: dict[int, str] = {}
        self._mask_colors: dict[MaskKind, str] = dict.fromkeys(MaskKind, "")
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

    def set_mask_color(self, kind: MaskKind, color: str) -> None:
        """What masks of that kind without a colour of their own are tinted in ("#rrggbb")."""
        self._mask_colors[kind] = color
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def mask_color(self, mask: MaskLayer) -> str:
        """The colour a mask is tinted in, "#rrggbb"; "" before it is known."""
        return mask.settings.color or self._mask_colors[mask.kind]

    def info(self, layer: Layer) -> RowInfo:
        """How a layer of the document stands in the list."""
        return self._infos.get(layer.id, _ALONE)

    def set_folded(self, group_id: int, folded: bool) -> None:
        """Show the rows of what is in a group, or only the group's. Not part of the history."""
        if folded != (group_id in self._folded):
            (self._folded.add if folded else self._folded.discard)(group_id)
            self._sync()

    def reveal(self, layer: Layer) -> None:
        """Unfold all groups around a layer."""
        document = self._session.document
        around = [] if document is None else document.layers.groups_of(layer)
        if self._folded.intersection(group.id for group in around):
            self._folded.difference_update(group.id for group in around)
            self._sync()

    def subtitle(self, layer: Layer) -> str:
        """What a layer is, in a few small words."""
        if isinstance(layer, GroupLayer):
            return self._group_subtitle(layer)
        if isinstance(layer, MaskLayer):
            return self._mask_subtitle(layer)
        if isinstance(layer, ResultLayer):
            return self._result_subtitle(layer)
        size = f"{layer.bounds.width} × {layer.bounds.height}"
        form = self.tr("original · {0}") if self._is_original(layer) else self.tr("picture · {0}")
        return form.format(size)

    def _is_original(self, layer: Layer) -> bool:
        document = self._session.document
        layers = [] if document is None else document.layers
        return next((other for other in layers if isinstance(other, ImageLayer)), None) is layer

    def _group_subtitle(self, group: GroupLayer) -> str:
        count = self.info(group).members
        if count == 0:
            return self.tr("empty group")
        return self.tr("1 layer") if count == 1 else self.tr("{0} layers").format(count)

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
        """Rows are carried as their layers' ids, within this window."""
        return [LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The dragged layers' ids."""
        mime = QMimeData()
        ids = " ".join(str(self.layer_id(index)) for index in indexes)
        mime.setData(LAYER_MIME, ids.encode())
        return mime

    def ids_in(self, mime: QMimeData) -> list[int]:
        """The layers that are being dragged."""
        return [int(word) for word in bytes(mime.data(LAYER_MIME).data()).split()]

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
            return self._spoken(layer)
        return None

    def _spoken(self, layer: Layer) -> str:
        info = self.info(layer)
        parts = [layer.props.name, self.subtitle(layer)]
        if isinstance(layer, GroupLayer) and info.members:
            parts.append(self.tr("unfolded") if info.is_open else self.tr("folded"))
        if info.depth:
            parts.append(self.tr("level {0}").format(info.depth + 1))
        parts.append(self.tr("visible") if layer.props.visible else self.tr("hidden"))
        if layer.props.locked:
            parts.append(self.tr("locked"))
        return ", ".join(parts)

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
        document = self._session.document
        if document is not None and mending_of(document, layer) is not None:
            parts.append(self.tr("join mended"))
        else:
            parts.append(self.tr("seam {0}").format(f"{seam:.2f}"))
        return " · ".join(parts)

    def _mask_subtitle(self, mask: MaskLayer) -> str:
        if mask.id not in self._mask_texts:
            self._mask_texts[mask.id] = self._measured(mask)
        words = self._mask_texts[mask.id]
        return words if mask.settings.is_used else self.tr("not used · {0}").format(words)

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
        self._folded.clear()
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
        self._infos = row_infos(layers, self._folded)
        return [
            layer
            for layer in reversed(layers)
            if self._infos[layer.id].is_listed and _is_listed(layer, layers)
        ]

    def _sync(self) -> None:
        wanted = self._wanted_rows()
        self._is_syncing = True
        self._remove_rows_not_in(wanted)
        for row, layer in enumerate(wanted):
            if layer not in self._rows:
                self.beginInsertRows(QModelIndex(), row, row)
                self._rows.insert(row, layer)
                self.endInsertRows()
        if self._rows != wanted:
            self._reorder(wanted)
        self._is_syncing = False
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _reorder(self, wanted: list[Layer]) -> None:
        self.layoutAboutToBeChanged.emit()
        before, self._rows = self._rows, wanted
        for index in self.persistentIndexList():
            row = wanted.index(before[index.row()])
            self.changePersistentIndex(index, self.index(row))
        self.layoutChanged.emit()

    def _remove_rows_not_in(self, wanted: list[Layer]) -> None:
        for row in reversed(range(len(self._rows))):
            if self._rows[row] not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()
        # Folded ones come back as they were.
        self._thumbnails.keep_only(set(self._infos))


def painted_fraction(mask: MaskLayer, document: Document) -> float:
    """How much of the frame the mask covers, 0..1. Reads only the painted region."""
    return mask.raster.count_painted(document.frame) / document.frame.area


def _is_listed(layer: Layer, layers: Sequence[Layer]) -> bool:
    """Whether a layer has a row among `layers`, bottom first. One that was made by hand lies above
    the first mask, the one that a document begins with below it."""
    if not isinstance(layer, MaskLayer) or layer.kind is not MaskKind.avoid:
        return True
    if not layer.raster.content_bounds().is_empty:
        return True
    kinds = [other.kind for other in layers if isinstance(other, MaskLayer)]
    masks = [other for other in layers if isinstance(other, MaskLayer)]
    return MaskKind.repaint in kinds[: masks.index(layer)]
