"""Every command a person can give, as one table made of the menus, and their QActions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
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

    def fill(self, menu_bar: QMenuBar) -> None:
        """Build the menus."""
        for menu in MENUS:
            _fill_menu(menu_bar.addMenu(translated(str(menu.title))), menu.keys, self._actions)


def _make_action(spec: ActionSpec, window: QWidget) -> QAction:
    action = QAction(translated(spec.text), window)
    action.setShortcuts([QKeySequence(shortcut) for shortcut in spec.shortcuts])
    action.setCheckable(spec.checkable)
    if spec.icon:
        action.setIcon(icon(spec.icon))
    action.setMenuRole(_MENU_ROLES.get(spec.key, QAction.MenuRole.NoRole))
    window.addAction(action)
    return action


def _fill_menu(menu: QMenu, keys: tuple[str | None, ...], actions: dict[str, QAction]) -> None:
    for key in keys:
        if key is None:
            menu.addSeparator()
        else:
            menu.addAction(actions[key])
