"""The layers list itself: what clicks, keys and drags on its rows mean."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QListView, QWidget

from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import MaskLayer
from inpaint_studio.ui.panels.layer_delegate import INDENT, LayerDelegate, RowParts
from inpaint_studio.ui.panels.layer_drop import Drop, DropRow, drop_at
from inpaint_studio.ui.panels.layer_model import LAYER_MIME, Index, LayerModel
from inpaint_studio.ui.theme import METRICS, current

ROWS_IN_VIEW = 2
"""The list doesn't get lower than this."""
LINE = 2
"""px. Width of the mark where a dragged layer would go."""
UNFOLD_MS = 700
"""A drag that rests on a folded group for so long unfolds it."""
_Key = Qt.Key
_OWN_KEYS = (
    _Key.Key_Space,
    _Key.Key_Delete,
    _Key.Key_F2,
    _Key.Key_Return,
    _Key.Key_Enter,
    _Key.Key_Left,
    _Key.Key_Right,
)
"""They mean the row while the list has the focus, whatever they do in the window."""


class LayerView(QListView):
    """The eye, a group's arrow and the menu's dots react without choosing their row.

    `eye_clicked(int layer id)` also by Space, `delete_requested()` of all chosen rows by Del,
    `menu_requested(int layer id, QPoint on the screen)`, `fold_requested(int layer id, bool)` also
    by Left and Right and by a drag that rests on a group, `dropped(list of layer ids, Drop)`.
    """

    eye_clicked = Signal(int)
    delete_requested = Signal()
    menu_requested = Signal(int, QPoint)
    fold_requested = Signal(int, bool)
    dropped = Signal(object, object)

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = model
        self._is_part_pressed = False
        self._drop: Drop | None = None
        self.unfold_timer = QTimer(self, singleShot=True, interval=UNFOLD_MS)
        self.unfold_timer.timeout.connect(self._unfold_below_drag)
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QListView.DragDropMode.InternalMove)
        # The mark is drawn here, because Qt's doesn't know of groups.
        self.setDropIndicatorShown(False)
        triggers = QListView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setMinimumHeight(ROWS_IN_VIEW * METRICS.layer_row)

    @property
    def drop_mark(self) -> Drop | None:
        """Where what is being dragged over the list would go."""
        return self._drop

    def parts(self, index: QModelIndex) -> RowParts:
        """Where the parts of a row lie in the viewport."""
        layer = self._layers.layer(index)
        depth = 0 if layer is None else self._layers.info(layer).depth
        return RowParts.of(
            self.visualRect(index),
            self.layoutDirection(),
            depth,
            is_group=isinstance(layer, GroupLayer),
            is_locked=layer is not None and layer.props.locked,
        )

    def chosen_ids(self) -> list[int]:
        """The layers of all chosen rows, the top one first."""
        rows = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return [self._layers.layer_id(index) for index in rows]

    def event(self, event: QEvent) -> bool:
        """Keeps the window's shortcuts from taking the keys that mean a row."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            is_plain = plain == Qt.KeyboardModifier.NoModifier
            if is_plain and event.key() in _OWN_KEYS and self.currentIndex().isValid():
                event.accept()
                return True
        return super().event(event)

    def selectionCommand(  # noqa: N802 - Qt's name
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """The current row is always chosen: Ctrl with an arrow moves both."""
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        if isinstance(event, QKeyEvent) and event.modifiers() & (shift | control) == control:
            return QItemSelectionModel.SelectionFlag.ClearAndSelect
        return super().selectionCommand(index, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The eye, the arrow, the dots, or Qt's own."""
        self._is_part_pressed = self._press_part(event)
        if not self._is_part_pressed:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click on the eye is one more click, not a wish to rename."""
        self._is_part_pressed = self._press_part(event)
        if not self._is_part_pressed:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand that isn't still on the eye chooses no rows."""
        if not self._is_part_pressed:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a click on the eye is no click on the row."""
        if not self._is_part_pressed:
            super().mouseReleaseEvent(event)
        self._is_part_pressed = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space for the eye, Del to delete, Left and Right to fold; F2, Enter, Up and Down are
        Qt's own."""
        index, key = self.currentIndex(), event.key()
        is_plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if index.isValid() and key == Qt.Key.Key_Space:
            self.eye_clicked.emit(self._layers.layer_id(index))
        elif index.isValid() and key == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        elif index.isValid() and is_plain and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            from_right = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            self._step_in_tree(index, inward=(key == Qt.Key.Key_Right) != from_right)
        else:
            super().keyPressEvent(event)

    def _step_in_tree(self, index: QModelIndex, *, inward: bool) -> None:
        """Unfold a group, then go to what is in it; fold it, or go to the group around a row."""
        layer = self._layers.layer(index)
        if layer is None:
            return
        info = self._layers.info(layer)
        if isinstance(layer, GroupLayer) and info.members and info.is_open != inward:
            self.fold_requested.emit(layer.id, not inward)
        elif inward and info.is_open and info.members:
            self.setCurrentIndex(self._layers.index(index.row() + 1))
        elif not inward and layer.parent_id is not None:
            self.setCurrentIndex(self._layers.index_of(layer.parent_id))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer, or of the current one from the keyboard."""
        from_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if from_keyboard else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if from_keyboard else event.pos()
            self._request_menu(index, place)

    def _request_menu(self, index: QModelIndex, place: QPoint) -> None:
        layer_id = self._layers.layer_id(index)
        self.menu_requested.emit(layer_id, self.viewport().mapToGlobal(place))

    def _press_part(self, event: QMouseEvent) -> bool:
        position = event.position().toPoint()
        index = self.indexAt(position)
        layer = self._layers.layer(index)
        if layer is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        parts = self.parts(index)
        if parts.eye.contains(position):
            self.eye_clicked.emit(layer.id)
        elif parts.menu.contains(position):
            self._request_menu(index, parts.menu.center())
        elif parts.fold.contains(position) and self._layers.info(layer).members:
            self.fold_requested.emit(layer.id, self._layers.info(layer).is_open)
        else:
            return False
        return True

    def startDrag(self, supported: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        """Drags the chosen rows but for masks. Qt's own would remove rows when it ends."""
        rows = self.selectionModel().selectedRows()
        rows = [row for row in rows if self._layers.flags(row) & Qt.ItemFlag.ItemIsDragEnabled]
        if not rows:
            return
        drag = QDrag(self)
        drag.setMimeData(self._layers.mimeData(rows))
        rect = self.visualRect(rows[0] if self.currentIndex() not in rows else self.currentIndex())
        drag.setPixmap(self.viewport().grab(rect))
        drag.setHotSpot(self.viewport().mapFromGlobal(self.cursor().pos()) - rect.topLeft())
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Only layers can be dropped."""
        event.setAccepted(event.mimeData().hasFormat(LAYER_MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Shows where the layers would go, and scrolls near the list's ends."""
        super().dragMoveEvent(event)
        self._show_drop(self._drop_for(event.position().toPoint(), event.mimeData()))
        event.setAccepted(self._drop is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing is dragged over the list any more."""
        super().dragLeaveEvent(event)
        self._show_drop(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Says what is to go where."""
        drop = self._drop_for(event.position().toPoint(), event.mimeData())
        self._show_drop(None)
        # Qt would otherwise go on as if the drag were still there.
        self.setState(QListView.State.NoState)
        self.stopAutoScroll()
        event.setAccepted(drop is not None)
        if drop is not None:
            self.dropped.emit(self._layers.ids_in(event.mimeData()), drop)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and the mark where dragged layers would go."""
        super().paintEvent(event)
        if self._drop is not None:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_mark(painter, self, self._drop)
            painter.end()

    def mark_line(self, drop: Drop) -> tuple[QPoint, QPoint]:
        """From where to where the line of a drop between rows goes, in the viewport."""
        indent = RowParts.indent_of(drop.depth)
        width = self.viewport().width() - 1
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            return QPoint(width - indent, drop.y), QPoint(LINE, drop.y)
        return QPoint(indent, drop.y), QPoint(width - LINE, drop.y)

    def _show_drop(self, drop: Drop | None) -> None:
        if drop == self._drop:
            return
        into = None if drop is None else drop.into
        if into is None:
            self.unfold_timer.stop()
        elif self._drop is None or into != self._drop.into:
            self.unfold_timer.start()
        self._drop = drop
        self.viewport().update()

    def _unfold_below_drag(self) -> None:
        group_id = None if self._drop is None else self._drop.into
        layer = None if group_id is None else self._layers.layer(self._layers.index_of(group_id))
        if layer is not None and not self._layers.info(layer).is_open:
            self.fold_requested.emit(layer.id, False)

    def _drop_for(self, position: QPoint, mime: QMimeData) -> Drop | None:
        if not mime.hasFormat(LAYER_MIME):
            return None
        x = position.x()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = self.viewport().width() - x
        # Where a name begins it is as deep as it looks.
        depth = (x - RowParts.indent_of(0)) / INDENT - 1
        return drop_at(self._drop_rows(), position.y(), depth, self._layers.ids_in(mime))

    def _drop_rows(self) -> list[DropRow]:
        rows = []
        for number in range(self._layers.rowCount()):
            index = self._layers.index(number)
            layer, rect = self._layers.layer(index), self.visualRect(index)
            if layer is None:
                continue
            info = self._layers.info(layer)
            is_mask, is_group = isinstance(layer, MaskLayer), isinstance(layer, GroupLayer)
            place = (layer.id, layer.parent_id, info.depth, rect.top(), rect.height())
            rows.append(DropRow(*place, is_mask, is_group, info.is_open))
        return rows


def _draw_mark(painter: QPainter, view: LayerView, drop: Drop) -> None:
    painter.setPen(QPen(QColor(current().accent), LINE))
    model = view.model()
    if drop.into is not None and isinstance(model, LayerModel):
        box = view.visualRect(model.index_of(drop.into)).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, METRICS.radius_button, METRICS.radius_button)
        return
    start, end = view.mark_line(drop)
    painter.drawLine(start, end)
    painter.setBrush(QColor(current().panel))
    painter.drawEllipse(start, LINE + 1, LINE + 1)
