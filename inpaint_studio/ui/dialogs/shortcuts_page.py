"""The page that changes shortcuts: find a command, click its keys, press others."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.ui.actions import ACTIONS, MENUS, translated
from inpaint_studio.ui.shortcuts import (
    FIXED_KEYS,
    Keys,
    ShortcutMap,
    pressed_keys,
    shown_keys,
)
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import IconLabel, push_button
from inpaint_studio.ui.widgets.section import caps_font

_COMMAND = Qt.ItemDataRole.UserRole
_KEYS_COLUMN = 1
_KEYS_WIDTH = 190
_NAMES = {spec.key: spec.text for spec in ACTIONS}


def command_name(command: str) -> str:
    """A command as menus write it, without the dots."""
    return translated(_NAMES[command]).rstrip("…")


class ShortcutTree(QTreeWidget):
    """Commands by menu, with their keys. While `recording`, every key belongs to the command.

    `recorded(keys, adds)`: keys were pressed for the current command, in place of those it has or
    beside them. Esc ends recording.
    """

    recorded = Signal(str, bool)
    recording_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.recording = False
        self._adds = False
        self.setColumnCount(2)
        self.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self.setAccessibleName(self.tr("Shortcuts"))
        self.setItemDelegate(_RowHeight(self))
        self.setUniformRowHeights(True)
        self.setIndentation(0)
        self.setItemsExpandable(False)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_KEYS_COLUMN, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_KEYS_COLUMN, _KEYS_WIDTH)
        self.itemClicked.connect(self._on_clicked)
        self.currentItemChanged.connect(lambda *_items: self.set_recording(False))

    def command(self) -> str:
        """The current command, "" on a menu's row."""
        item = self.currentItem()
        return "" if item is None else item.data(0, _COMMAND) or ""

    def set_recording(self, on: bool, *, adds: bool = False) -> None:
        """Take the next keys for the current command, or stop that."""
        on = on and bool(self.command())
        self._adds = adds
        if on != self.recording:
            self.recording = on
            self.recording_changed.emit()

    def event(self, event: QEvent) -> bool:
        """While recording, no key does what it does otherwise, Tab and Esc included."""
        if self.recording and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                self._record(event)
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter records."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.command():
            self.set_recording(True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys go elsewhere now."""
        self.set_recording(False)
        super().focusOutEvent(event)

    def _record(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.set_recording(False)
            return
        keys, adds = pressed_keys(event), self._adds
        if keys:
            self.set_recording(False)
            self.recorded.emit(keys, adds)

    def _on_clicked(self, _item: QTreeWidgetItem, column: int) -> None:
        self.set_recording(column == _KEYS_COLUMN)


class _RowHeight(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(super().sizeHint(option, index).width(), METRICS.row)


class ShortcutsPage(QWidget):
    """Search, the tree, what to do with the current command, and questions about conflicts.

    `changed()` comes after every change; it is in force and in the settings by then.
    """

    changed = Signal()

    def __init__(self, shortcuts: ShortcutMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Shortcuts")
        self._shortcuts = shortcuts
        self._wanted: tuple[str, Keys] | None = None
        self.search = QLineEdit()
        self.search.setToolTip(self.tr("Type a word of the command, or keys such as Ctrl+Z"))
        self.tree = ShortcutTree()
        self._items: dict[str, QTreeWidgetItem] = {}
        self._menus: list[tuple[QTreeWidgetItem, list[str]]] = []
        self._make_buttons()
        self._fill()
        self._build()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show what is in force."""
        for command, item in self._items.items():
            keys = "   ".join(map(shown_keys, self._shortcuts.of(command)))
            recording = self.tree.recording and item is self.tree.currentItem()
            item.setText(_KEYS_COLUMN, self.tr("Press keys…") if recording else keys)
            font = item.font(_KEYS_COLUMN)
            font.setBold(self._shortcuts.is_changed(command))
            item.setFont(_KEYS_COLUMN, font)
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:
        """Titles follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for menu, _commands in self._menus:
                menu.setForeground(0, self.palette().placeholderText())

    def item(self, command: str) -> QTreeWidgetItem:
        """The row of a command."""
        return self._items[command]

    def _make_buttons(self) -> None:
        self.change_button = push_button(self.tr("Change"))
        self.add_button = push_button(self.tr("Add another"))
        self.remove_button = push_button(self.tr("Remove"))
        self.reset_button = push_button(self.tr("Reset"))
        self.reset_all_button = push_button(self.tr("Reset all"), quiet=True)
        self.take_button = push_button(self.tr("Use here"), primary=True)
        self.keep_button = push_button(self.tr("Keep as it is"))
        for button, tip in (
            (self.change_button, self.tr("Press other keys for this command (Enter)")),
            (self.add_button, self.tr("Give this command more keys")),
            (self.remove_button, self.tr("Take all keys from this command")),
            (self.reset_button, self.tr("Back to the keys that this command had at first")),
            (self.reset_all_button, self.tr("Back to the keys that all commands had at first")),
            (self.take_button, self.tr("Take the keys from the other command")),
            (self.keep_button, self.tr("Leave the keys to the other command")),
        ):
            button.setToolTip(tip)
        self.question = QLabel(wordWrap=True)
        self._question_bar = QFrame()

    def _fill(self) -> None:
        self.search.setPlaceholderText(self.tr("Find a command or keys"))
        self.search.setAccessibleName(self.tr("Find a command or keys"))
        self.search.setClearButtonEnabled(True)
        in_menus = {key for menu in MENUS for key in menu.keys if key}
        rest = tuple(spec.key for spec in ACTIONS if spec.key not in in_menus)
        menus = [(translated(str(menu.title)).replace("&", ""), menu.keys) for menu in MENUS]
        for title, keys in [*menus, (self.tr("Others"), rest)]:
            self._add_menu(title, [key for key in keys if key])
        self.tree.expandAll()

    def _add_menu(self, title: str, commands: list[str]) -> None:
        if not commands:
            return
        menu = QTreeWidgetItem(self.tree, [title])
        menu.setFirstColumnSpanned(True)
        menu.setFont(0, caps_font(self.font()))
        menu.setForeground(0, self.palette().placeholderText())
        menu.setFlags(Qt.ItemFlag.ItemIsEnabled)
        for command in commands:
            item = QTreeWidgetItem(menu, [command_name(command)])
            item.setData(0, _COMMAND, command)
            self._items[command] = item
        self._menus.append((menu, commands))

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(METRICS.space_s)
        for button in (self.change_button, self.add_button, self.remove_button, self.reset_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.reset_all_button)
        self.hint = QLabel(self.tr("Click the keys of a command, then press others."))
        set_text_role(self.hint, "small")
        self._build_question()
        column = QVBoxLayout(self)
        column.setContentsMargins(METRICS.space_l, 0, METRICS.space_l, METRICS.space_s)
        column.setSpacing(METRICS.space_s)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(self.hint)
        column.addWidget(self._question_bar)
        column.addLayout(buttons)

    def _build_question(self) -> None:
        row = QHBoxLayout(self._question_bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_s)
        row.addWidget(IconLabel("triangle-alert", "look", METRICS.icon_small))
        row.addWidget(self.question, 1)
        row.addWidget(self.keep_button)
        row.addWidget(self.take_button)
        # The list must not jump when the question comes.
        self.hint.setMinimumHeight(self._question_bar.sizeHint().height())

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.tree.recorded.connect(self._on_recorded)
        self.tree.recording_changed.connect(self.refresh)
        self.tree.currentItemChanged.connect(lambda *_items: self._drop_question())
        self.change_button.clicked.connect(lambda: self._start(adds=False))
        self.add_button.clicked.connect(lambda: self._start(adds=True))
        self.remove_button.clicked.connect(lambda: self._want(self.tree.command(), ()))
        self.reset_button.clicked.connect(self._reset)
        self.reset_all_button.clicked.connect(self._reset_all)
        self.take_button.clicked.connect(self._take)
        self.keep_button.clicked.connect(self._drop_question)

    def _start(self, *, adds: bool) -> None:
        self.tree.setFocus()
        self.tree.set_recording(True, adds=adds)

    def _on_recorded(self, keys: str, adds: bool) -> None:
        command = self.tree.command()
        if keys in FIXED_KEYS:
            text = self.tr("{0} is the hand while it is held, and stays that.")
            self.hint.setText(text.format(shown_keys(keys)))
            return
        self._want(command, (*self._shortcuts.of(command), keys) if adds else (keys,))

    def _want(self, command: str, keys: Keys) -> None:
        """Give the command these keys, asking first if another command has one of them."""
        owners = self._shortcuts.owners(keys, command)
        if not owners:
            self._shortcuts.assign(command, keys)
            self._after_change()
            return
        self._wanted = (command, keys)
        text = self.tr("{0} belongs to “{1}”. Use it for “{2}” instead?")
        taken, owner = next(iter(owners.items()))
        self.question.setText(
            text.format(shown_keys(taken), command_name(owner), command_name(command))
        )
        self._show_state()

    def _take(self) -> None:
        if self._wanted is not None:
            (command, keys), self._wanted = self._wanted, None
            self._shortcuts.assign(command, keys)
            self._after_change()

    def _reset(self) -> None:
        command = self.tree.command()
        self._want(command, self._shortcuts.default_of(command))

    def _reset_all(self) -> None:
        self._wanted = None
        self._shortcuts.reset_all()
        self._after_change()

    def _drop_question(self) -> None:
        self._wanted = None
        self._show_state()

    def _after_change(self) -> None:
        self.refresh()
        self.changed.emit()

    def _show_state(self) -> None:
        command, recording = self.tree.command(), self.tree.recording
        self.hint.setText(
            self.tr("Press the keys for “{0}”, or Esc to leave it.").format(command_name(command))
            if recording
            else self.tr("Click the keys of a command, then press others.")
        )
        self._question_bar.setVisible(self._wanted is not None)
        self.hint.setVisible(self._wanted is None)
        for button in (self.change_button, self.add_button):
            button.setEnabled(bool(command) and not recording)
        self.remove_button.setEnabled(bool(command) and bool(self._shortcuts.of(command)))
        self.reset_button.setEnabled(bool(command) and self._shortcuts.is_changed(command))

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for item in self._items.values():
            texts = (item.text(0), item.text(_KEYS_COLUMN))
            item.setHidden(not any(wanted in t.casefold() for t in texts))
        for menu, commands in self._menus:
            menu.setHidden(all(self._items[command].isHidden() for command in commands))
