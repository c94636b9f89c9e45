"""Every command a person can give, as one table made of the menus, and their QActions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcutEvent
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.ui.icons import icon
from inpaint_studio.ui.menus import (
    edit_menu,
    file_menu,
    help_menu,
    layer_menu,
    mask_menu,
    tool_menu,
    view_menu,
)
from inpaint_studio.ui.menus.action_spec import ActionSpec
from inpaint_studio.ui.widgets.lettered_menu import LetteredMenu

_MENU_FILES = (file_menu, edit_menu, view_menu, layer_menu, mask_menu, tool_menu, help_menu)
ACTIONS = tuple(spec for menu in _MENU_FILES for spec in menu.ACTIONS)
MENUS = tuple(menu.MENU for menu in _MENU_FILES)

_MENU_ROLES = {
    "settings": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
    "about": QAction.MenuRole.AboutRole,
}
"""Commands that macOS has a place of its own for."""

EXCLUSIVE = (
    tuple(name.value for name in ToolName),
    ("theme_system", "theme_dark", "theme_light"),
)


def translated(text: str) -> str:
    """The table's text in the language of the program."""
    return QCoreApplication.translate("actions", text)


class Actions:
    """The QActions of the table, owned by a window."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        for spec in ACTIONS:
            self._actions[spec.key] = _make_action(spec, window)
        for keys in EXCLUSIVE:
            group = QActionGroup(window)
            for key in keys:
                group.addAction(self._actions[key])

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def connect(self, handlers: dict[str, Callable[[], object]]) -> None:
        """Call a function when a command is given. Raises KeyError for an unknown key."""
        for key, handler in handlers.items():
            self._actions[key].triggered.connect(lambda _checked=False, call=handler: call())

    def enable(self, present: set[str]) -> None:
        """Enable the commands whose needs are present ("document", "undo", "result", ...)."""
        for spec in ACTIONS:
            self._actions[spec.key].setEnabled(not spec.needs or spec.needs in present)

    def fill(self, menu_bar: QMenuBar, submenus: Mapping[str, QMenu]) -> None:
        """Build the menus. `submenus` stand below the command of their key."""
        for menu in MENUS:
            shown = LetteredMenu(translated(str(menu.title)), menu_bar)
            menu_bar.addMenu(shown)
            _fill_menu(shown, menu.keys, self._actions, submenus)


class Command(QAction):
    """An action that one press may reach by two of its own keys.

    Where "{" is typed as Shift+[ a press is both. Qt takes that for two commands and gives
    neither; but `ShortcutMap` lets no two commands share a key.
    """

    def event(self, event: QEvent) -> bool:
        """Give the command also when its keys are ambiguous."""
        if isinstance(event, QShortcutEvent) and event.isAmbiguous():
            self.trigger()
            return True
        return super().event(event)


def _make_action(spec: ActionSpec, window: QWidget) -> QAction:
    action = Command(translated(spec.text), window)
    action.setShortcuts([QKeySequence(shortcut) for shortcut in spec.shortcuts])
    action.setCheckable(spec.checkable)
    if spec.icon:
        action.setIcon(icon(spec.icon))
    action.setMenuRole(_MENU_ROLES.get(spec.key, QAction.MenuRole.NoRole))
    window.addAction(action)
    return action


def _fill_menu(
    menu: QMenu,
    keys: tuple[str | None, ...],
    actions: dict[str, QAction],
    submenus: Mapping[str, QMenu],
) -> None:
    for key in keys:
        if key is None:
            menu.addSeparator()
            continue
        menu.addAction(actions[key])
        if key in submenus:
            menu.addMenu(submenus[key])
