"""The Layers panel: the list of layers, and the opacity of the one that is active."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.ui.panels.layer_drop import Drop
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.panels.layer_view import LayerView
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Section, ValueField, ValueRange, tool_button, tooltip_text

NARROW_SLIDER = 40
"""px. Leaves room for the number and the delete button in a narrow dock."""


class LayersPanel(Section):
    """Shows and chooses the session's active layer.

    `layer_activated(int layer id)`: a row was clicked, or Enter pressed on it, also where that
    layer was active already. `redo_requested(int layer id)`: make that step of an expansion again.
    """

    layer_activated = Signal(int)
    redo_requested = Signal(int)

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

    def add_to_footer(self, section: QWidget) -> None:
        """Put a part of its own above what is said of the active layer."""
        layout = self._footer.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, section)

    def set_mask_color(self, kind: MaskKind, color: str) -> None:
        """What masks of that kind without a colour of their own are tinted in ("#rrggbb")."""
        self._model.set_mask_color(kind, color)

    @property
    def chosen(self) -> list[int]:
        """The layers that actions on several apply to: the active one and what is chosen with it,
        the top one first."""
        layer, chosen = self._session.active_layer, self.view.chosen_ids()
        if layer is None or layer.id in chosen:
            return chosen
        return [layer.id]

    def rename(self, layer_id: int) -> None:
        """Let the person type another name into the layer's row."""
        index = self._model.index_of(layer_id)
        if index.isValid():
            self.view.scrollTo(index)
            self.view.edit(index)

    def menu_for(self, layer_id: int) -> QMenu:
        """What can be done with a layer, as a menu that goes away when it closes."""
        index = self._model.index_of(layer_id)
        layer, meant = self._model.layer(index), self._meant_by(layer_id)
        kept = self._controller.why_all_kept(meant)
        shown = layer is not None and layer.props.visible
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        hide = _add(menu, self.tr("Hide") if shown else self.tr("Show"), "Space")
        hide.triggered.connect(lambda: self._controller.toggle_visible(layer_id))
        rename = _add(menu, self.tr("Rename"), "F2")
        rename.triggered.connect(lambda: self.rename(layer_id))
        self._add_picture_entries(menu, layer)
        self._add_group_entries(menu, layer, meant)
        if isinstance(layer, ResultLayer) and layer.result.place is not None:
            redo = _add(menu, self.tr("Redo this step"), "")
            redo.setToolTip(self.tr("Make it again on what lies below; layers above it stay"))
            redo.triggered.connect(lambda: self.redo_requested.emit(layer_id))
        menu.addSeparator()
        several = self.tr("Delete {0} layers").format(len(meant))
        delete = _add(menu, self.tr("Delete") if len(meant) == 1 else several, "Del")
        delete.setEnabled(not kept)
        delete.setToolTip(kept)
        delete.triggered.connect(lambda: self._controller.delete_all(meant))
        return menu

    def _meant_by(self, layer_id: int) -> list[int]:
        """All chosen layers where the menu of one of them is opened."""
        return self.chosen if layer_id in self.chosen else [layer_id]

    def _add_picture_entries(self, menu: QMenu, layer: Layer | None) -> None:
        """What can be done with a picture or result and, but for copy and lock, not with a mask."""
        if isinstance(layer, MaskLayer):
            copy = _add(menu, self.tr("Duplicate"), "Ctrl+J")
            copy.triggered.connect(partial(self._controller.duplicate, layer.id))
            lock = self.tr("Unlock") if layer.props.locked else self.tr("Lock")
            locking = _add(menu, lock, "")
            locking.triggered.connect(partial(self._controller.toggle_locked, layer.id))
        if layer is None or isinstance(layer, MaskLayer):
            return
        lock = self.tr("Unlock") if layer.props.locked else self.tr("Lock")
        is_group = isinstance(layer, GroupLayer)
        merge = self.tr("Merge group") if is_group else self.tr("Merge down")
        for text, shortcut, do in (
            (self.tr("Duplicate"), "Ctrl+J", self._controller.duplicate),
            (merge, "Ctrl+E", self._controller.merge_down),
            (lock, "", self._controller.toggle_locked),
        ):
            _add(menu, text, shortcut).triggered.connect(partial(do, layer.id))

    def _add_group_entries(self, menu: QMenu, layer: Layer | None, meant: list[int]) -> None:
        """What can be done with groups and what is in them, or to put `meant` into one."""
        if layer is None or isinstance(layer, MaskLayer):
            return
        menu.addSeparator()
        group = _add(menu, self.tr("Group"), "Ctrl+G")
        group.triggered.connect(lambda: self._controller.group(meant))
        if isinstance(layer, GroupLayer):
            ungroup = _add(menu, self.tr("Ungroup"), "Ctrl+Shift+G")
            ungroup.triggered.connect(lambda: self._controller.ungroup(layer.id))
        if layer.parent_id is not None:
            out = _add(menu, self.tr("Move out of group"), "")
            out.triggered.connect(lambda: self._controller.move_out(layer.id))

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
        row.addWidget(self.delete_button, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self._footer)
        column.setContentsMargins(0, METRICS.space_xs, 0, 0)
        column.setSpacing(METRICS.space_xs)
        column.addWidget(self.opacity)
        column.addLayout(row)
        self.body.addWidget(self._empty)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._footer)

    def _plain_mode_name(self, layer: Layer) -> str:
        """With it, a group lets its members blend with what is below the group."""
        is_group = isinstance(layer, GroupLayer)
        return self.tr("Pass through") if is_group else self._mode_name(BlendMode.normal)

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
        view.delete_requested.connect(self._on_delete_clicked)
        view.fold_requested.connect(self._on_fold_requested)
        view.dropped.connect(self._on_dropped)
        view.selectionModel().selectionChanged.connect(self._on_selection_changed)
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

    def _on_selection_changed(self) -> None:
        if self._is_showing or self._model.is_syncing:
            return
        active, chosen = self._session.active_layer, self.view.chosen_ids()
        if not chosen:
            self._choose(self.view.currentIndex())
        elif active is None or active.id not in chosen:
            # Ctrl-click has taken it out of what is chosen.
            self._session.set_active_layer(chosen[0])
        self._show_footer()

    def _on_fold_requested(self, group_id: int, folded: bool) -> None:
        document, active = self._session.document, self._session.active_layer
        if document is None or group_id not in document.layers:
            return
        if folded and active in document.layers.block(group_id):
            self._session.set_active_layer(group_id)
        self._model.set_folded(group_id, folded)

    def _on_dropped(self, layer_ids: list[int], drop: Drop) -> None:
        if drop.into is not None:
            self._controller.move_into(layer_ids, drop.into)
        else:
            self._controller.move(layer_ids, drop.spot)

    def _on_row_activated(self, index: QModelIndex) -> None:
        self.layer_activated.emit(self._model.layer_id(index))

    def _on_menu_requested(self, layer_id: int, position: QPoint) -> None:
        self.menu_for(layer_id).popup(position)

    def _on_opacity_changed(self, percent: float) -> None:
        layer = self._session.active_layer
        if layer is not None:
            self._controller.set_opacity(layer.id, round(percent * 255 / 100))

    def _on_delete_clicked(self) -> None:
        self._controller.delete_all(self.chosen)

    def _show_state(self) -> None:
        is_open = self._session.document is not None
        self._empty.setVisible(not is_open)
        self.view.setVisible(is_open)
        self._footer.setVisible(is_open)
        self._show_active_row()
        self._show_footer()

    def _show_active_row(self) -> None:
        layer = self._session.active_layer
        if layer is not None:
            self._model.reveal(layer)
        index = self._model.index_of(layer.id) if layer is not None else QModelIndex()
        if index != self.view.currentIndex():
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        """Make a row the current one, alone if it wasn't chosen yet."""
        selection, flags = self.view.selectionModel(), QItemSelectionModel.SelectionFlag
        self._is_showing = True
        if not index.isValid():
            selection.clear()
        elif selection.isSelected(index):
            selection.setCurrentIndex(index, flags.NoUpdate)
        else:
            selection.setCurrentIndex(index, flags.ClearAndSelect)
        self._is_showing = False

    def _show_footer(self) -> None:
        layer = self._session.active_layer
        is_picture = layer is not None and not isinstance(layer, MaskLayer)
        for widget in (self.opacity, self.blend_mode):
            widget.setVisible(is_picture)
        self.lock_button.setEnabled(layer is not None)
        if layer is not None:
            self.opacity.set_value(round(layer.props.opacity * 100 / 255))
            self.blend_mode.setCurrentIndex(list(BlendMode).index(layer.props.blend_mode))
            self.lock_button.setChecked(layer.props.locked)
            self.blend_mode.setEnabled(not self._controller.is_locked(layer.id))
            self.blend_mode.setItemText(0, self._plain_mode_name(layer))
        kept = self._controller.why_all_kept(self.chosen)
        self.delete_button.setEnabled(layer is not None and not kept)
        self.delete_button.setToolTip(kept or tooltip_text(self.tr("Delete layer"), "Del"))


def _add(menu: QMenu, text: str, shortcut: str) -> QAction:
    action = menu.addAction(text)
    action.setShortcut(QKeySequence(shortcut))
    # Only shown: the list itself reads these keys, and only while it has the focus.
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    return action
