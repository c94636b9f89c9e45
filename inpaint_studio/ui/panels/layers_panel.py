"""The Layers panel: the list of layers, and the opacity of the one that is active."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.core.layer import Layer, MaskLayer
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.ui.panels.layer_delegate import LayerDelegate, RowParts
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Section, ValueField, ValueRange, tool_button, tooltip_text

ROWS_IN_VIEW = 2
"""The list doesn't get lower than this."""
NARROW_SLIDER = 40
"""px. Leaves room for the number and the delete button in a narrow dock."""
_Key = Qt.Key
_OWN_KEYS = (_Key.Key_Space, _Key.Key_Delete, _Key.Key_F2, _Key.Key_Return, _Key.Key_Enter)
"""They mean the row while the list has the focus, whatever they do in the window."""


class LayerView(QListView):
    """The list itself. The eye and the menu's dots react without choosing their row.

    `eye_clicked(int layer id)` also by Space, `delete_requested(int layer id)` by Del,
    `menu_requested(int layer id, QPoint on the screen)`.
    """

    eye_clicked = Signal(int)
    delete_requested = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = model
        self._is_part_pressed = False
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QListView.DragDropMode.InternalMove)
        triggers = QListView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setMinimumHeight(ROWS_IN_VIEW * METRICS.layer_row)

    def parts(self, index: QModelIndex) -> RowParts:
        """Where the parts of a row lie in the viewport."""
        return RowParts.of(self.visualRect(index), self.layoutDirection())

    def event(self, event: QEvent) -> bool:
        """Keeps the window's shortcuts from taking the keys that mean a row."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in _OWN_KEYS and self.currentIndex().isValid():
                event.accept()
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The eye, the dots, or Qt's own."""
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
        """Space for the eye, Del to delete; F2, Enter and the arrows are Qt's own."""
        index = self.currentIndex()
        if index.isValid() and event.key() == Qt.Key.Key_Space:
            self.eye_clicked.emit(self._layers.layer_id(index))
        elif index.isValid() and event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit(self._layers.layer_id(index))
        else:
            super().keyPressEvent(event)

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
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return False
        parts = self.parts(index)
        if parts.eye.contains(position):
            self.eye_clicked.emit(self._layers.layer_id(index))
        elif parts.menu.contains(position):
            self._request_menu(index, parts.menu.center())
        else:
            return False
        return True


class LayersPanel(Section):
    """Shows and chooses the session's active layer.

    `layer_activated(int layer id)`: a row was clicked, or Enter pressed on it, also where that
    layer was active already.
    """

    layer_activated = Signal(int)

    def __init__(
        self, session: EditorSession, layers: LayerController, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Layers"), parent=parent)
        self._session = session
        self._controller = layers
        self._is_showing = False
        self._model = LayerModel(session, layers, self)
        self.view = LayerView(self._model)
        self.opacity = ValueField(self.tr("Opacity"), ValueRange(0, 100), 100, suffix=" %")
        self.delete_button = tool_button(
            "trash-2", self.tr("Delete layer"), "Del", small=True, color="dim"
        )
        self.blend_mode = QComboBox()
        self.lock_button = tool_button(
            "lock", self.tr("Lock layer"), checkable=True, small=True, color="dim"
        )
        self._footer = QWidget()
        self._empty = QLabel(self.tr("Open a picture and its layers appear here."))
        self._add_contents()
        self._connect()
        self._show_state()

    def menu_for(self, layer_id: int) -> QMenu:
        """What can be done with a layer, as a menu that goes away when it closes."""
        index = self._model.index_of(layer_id)
        layer, kept = self._model.layer(index), self._controller.why_kept(layer_id)
        shown = layer is not None and layer.props.visible
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        hide = _add(menu, self.tr("Hide") if shown else self.tr("Show"), "Space")
        hide.triggered.connect(lambda: self._controller.toggle_visible(layer_id))
        rename = _add(menu, self.tr("Rename"), "F2")
        rename.triggered.connect(lambda: self.view.edit(self._model.index_of(layer_id)))
        self._add_picture_entries(menu, layer)
        menu.addSeparator()
        delete = _add(menu, self.tr("Delete"), "Del")
        delete.setEnabled(not kept)
        delete.setToolTip(kept)
        delete.triggered.connect(lambda: self._controller.delete(layer_id))
        return menu

    def _add_picture_entries(self, menu: QMenu, layer: Layer | None) -> None:
        """What can be done with a picture or result and not with a mask."""
        if layer is None or isinstance(layer, MaskLayer):
            return
        lock = self.tr("Unlock") if layer.props.locked else self.tr("Lock")
        for text, shortcut, do in (
            (self.tr("Duplicate"), "Ctrl+J", self._controller.duplicate),
            (self.tr("Merge down"), "Ctrl+E", self._controller.merge_down),
            (lock, "", self._controller.toggle_locked),
        ):
            _add(menu, text, shortcut).triggered.connect(partial(do, layer.id))

    def _add_contents(self) -> None:
        self.view.setAccessibleName(self.tr("Layers"))
        set_text_role(self._empty, "dim")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.opacity.set_tooltip(self.tr("How much of the layer is seen"))
        self.opacity.slider.setMinimumWidth(NARROW_SLIDER)
        self.blend_mode.setToolTip(self.tr("How the layer's colours meet those below"))
        self.blend_mode.setAccessibleName(self.tr("Blend mode"))
        for mode in BlendMode:
            self.blend_mode.addItem(self._mode_name(mode), mode)
        row = QHBoxLayout()
        row.setSpacing(METRICS.space_s)
        row.addWidget(self.blend_mode, 1)
        row.addWidget(self.lock_button)
        row.addWidget(self.delete_button)
        column = QVBoxLayout(self._footer)
        column.setContentsMargins(0, METRICS.space_xs, 0, 0)
        column.setSpacing(METRICS.space_xs)
        column.addWidget(self.opacity)
        column.addLayout(row)
        self.body.addWidget(self._empty)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._footer)

    def _mode_name(self, mode: BlendMode) -> str:
        return {
            BlendMode.normal: self.tr("Normal"),
            BlendMode.multiply: self.tr("Multiply"),
            BlendMode.screen: self.tr("Screen"),
            BlendMode.overlay: self.tr("Overlay"),
            BlendMode.darken: self.tr("Darken"),
            BlendMode.lighten: self.tr("Lighten"),
            BlendMode.hard_light: self.tr("Hard light"),
            BlendMode.difference: self.tr("Difference"),
            BlendMode.plus: self.tr("Add light"),
        }[mode]

    def _connect(self) -> None:
        session, view = self._session, self.view
        session.active_layer_changed.connect(self._show_state)
        session.history_changed.connect(self._show_state)
        view.selectionModel().currentChanged.connect(self._on_current_changed)
        view.clicked.connect(self._on_row_activated)
        view.activated.connect(self._on_row_activated)
        view.eye_clicked.connect(self._controller.toggle_visible)
        view.delete_requested.connect(self._controller.delete)
        view.menu_requested.connect(self._on_menu_requested)
        self.opacity.value_changed.connect(self._on_opacity_changed)
        self.opacity.editing_finished.connect(session.settle)
        self.delete_button.clicked.connect(self._on_delete_clicked)
        self.lock_button.clicked.connect(self._on_lock_clicked)
        self.blend_mode.activated.connect(self._on_mode_chosen)

    def _on_lock_clicked(self) -> None:
        layer = self._session.active_layer
        if layer is not None:
            self._controller.toggle_locked(layer.id)

    def _on_mode_chosen(self) -> None:
        layer = self._session.active_layer
        if layer is not None:
            self._controller.set_blend_mode(layer.id, self.blend_mode.currentData())
            self._show_footer()

    def _on_current_changed(self, current: QModelIndex) -> None:
        # Rows that come and go move Qt's current row too; only a person's choice counts.
        if not self._is_showing and not self._model.is_syncing and current.isValid():
            self._session.set_active_layer(self._model.layer_id(current))

    def _on_row_activated(self, index: QModelIndex) -> None:
        self.layer_activated.emit(self._model.layer_id(index))

    def _on_menu_requested(self, layer_id: int, position: QPoint) -> None:
        self.menu_for(layer_id).popup(position)

    def _on_opacity_changed(self, percent: float) -> None:
        layer = self._session.active_layer
        if layer is not None:
            self._controller.set_opacity(layer.id, round(percent * 255 / 100))

    def _on_delete_clicked(self) -> None:
        layer = self._session.active_layer
        if layer is not None:
            self._controller.delete(layer.id)

    def _show_state(self) -> None:
        is_open = self._session.document is not None
        self._empty.setVisible(not is_open)
        self.view.setVisible(is_open)
        self._footer.setVisible(is_open)
        self._show_active_row()
        self._show_footer()

    def _show_active_row(self) -> None:
        layer = self._session.active_layer
        index = self._model.index_of(layer.id) if layer is not None else QModelIndex()
        if index == self.view.currentIndex():
            return
        self._is_showing = True
        self.view.setCurrentIndex(index)
        self._is_showing = False

    def _show_footer(self) -> None:
        layer = self._session.active_layer
        is_picture = layer is not None and not isinstance(layer, MaskLayer)
        for widget in (self.opacity, self.blend_mode, self.lock_button):
            widget.setVisible(is_picture)
        if layer is not None:
            self.opacity.set_value(round(layer.props.opacity * 100 / 255))
            self.blend_mode.setCurrentIndex(list(BlendMode).index(layer.props.blend_mode))
            self.lock_button.setChecked(layer.props.locked)
            self.blend_mode.setEnabled(not layer.props.locked)
        kept = "" if layer is None else self._controller.why_kept(layer.id)
        self.delete_button.setEnabled(layer is not None and not kept)
        self.delete_button.setToolTip(kept or tooltip_text(self.tr("Delete layer"), "Del"))


def _add(menu: QMenu, text: str, shortcut: str) -> QAction:
    action = menu.addAction(text)
    action.setShortcut(QKeySequence(shortcut))
    # Only shown: the list itself reads these keys, and only while it has the focus.
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    return action
