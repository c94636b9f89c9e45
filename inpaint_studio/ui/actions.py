"""Every command a person can give, as one table: text, shortcuts, icon, menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from inpaint_studio.ui.icons import icon


@dataclass(frozen=True)
class ActionSpec:
    """One command. `needs` names what must be there for it to be enabled (see `Actions.enable`)."""

    key: str
    text: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    needs: str = ""


def _spec(
    key: str,
    text: object,
    *shortcuts: str,
    icon: str = "",
    checkable: bool = False,
    needs: str = "",
) -> ActionSpec:
    # QT_TRANSLATE_NOOP returns its text but is declared to return an object.
    return ActionSpec(key, str(text), shortcuts, icon, checkable, needs)


ACTIONS = (
    _spec("open", QT_TRANSLATE_NOOP("actions", "Open…"), "Ctrl+O", icon="folder-open"),
    _spec(
        "paste",
        QT_TRANSLATE_NOOP("actions", "Paste as new"),
        "Ctrl+N",
        "Ctrl+V",
        icon="clipboard-paste",
    ),
    _spec("sample", QT_TRANSLATE_NOOP("actions", "Open the sample"), icon="image"),
    _spec(
        "export",
        QT_TRANSLATE_NOOP("actions", "Export…"),
        "Ctrl+Shift+E",
        "Ctrl+S",
        icon="download",
        needs="document",
    ),
    _spec("close", QT_TRANSLATE_NOOP("actions", "Close picture"), "Ctrl+W", needs="document"),
    _spec("settings", QT_TRANSLATE_NOOP("actions", "Settings…"), "Ctrl+,", icon="settings"),
    _spec("quit", QT_TRANSLATE_NOOP("actions", "Quit"), "Ctrl+Q"),
    _spec("undo", QT_TRANSLATE_NOOP("actions", "Undo"), "Ctrl+Z", icon="undo-2", needs="undo"),
    _spec(
        "redo",
        QT_TRANSLATE_NOOP("actions", "Redo"),
        "Ctrl+Shift+Z",
        "Ctrl+Y",
        icon="redo-2",
        needs="redo",
    ),
    _spec("zoom_in", QT_TRANSLATE_NOOP("actions", "Zoom in"), "Ctrl++", "Ctrl+=", needs="document"),
    _spec("zoom_out", QT_TRANSLATE_NOOP("actions", "Zoom out"), "Ctrl+-", needs="document"),
    _spec("fit", QT_TRANSLATE_NOOP("actions", "Fit to window"), "Ctrl+0", needs="document"),
    _spec("actual_size", QT_TRANSLATE_NOOP("actions", "100 %"), "Ctrl+1", needs="document"),
    _spec(
        "show_mask",
        QT_TRANSLATE_NOOP("actions", "Show mask"),
        "Q",
        checkable=True,
        needs="document",
    ),
    _spec("hide_panels", QT_TRANSLATE_NOOP("actions", "Hide panels"), "Tab", checkable=True),
    _spec("full_screen", QT_TRANSLATE_NOOP("actions", "Full screen"), "F11", checkable=True),
    _spec("theme_system", QT_TRANSLATE_NOOP("actions", "Like the system"), checkable=True),
    _spec("theme_dark", QT_TRANSLATE_NOOP("actions", "Dark"), checkable=True),
    _spec("theme_light", QT_TRANSLATE_NOOP("actions", "Light"), checkable=True),
    _spec(
        "toggle_layer",
        QT_TRANSLATE_NOOP("actions", "Show or hide layer"),
        "Ctrl+H",
        icon="eye",
        needs="layer",
    ),
    _spec(
        "delete_layer", QT_TRANSLATE_NOOP("actions", "Delete layer"), icon="trash-2", needs="layer"
    ),
    _spec("previous", QT_TRANSLATE_NOOP("actions", "Previous candidate"), ",", needs="result"),
    _spec("next", QT_TRANSLATE_NOOP("actions", "Next candidate"), ".", needs="result"),
    _spec("more", QT_TRANSLATE_NOOP("actions", "More candidates"), needs="result"),
    _spec("keep", QT_TRANSLATE_NOOP("actions", "Keep candidate"), "Return", "Enter", needs="strip"),
    _spec("discard", QT_TRANSLATE_NOOP("actions", "Discard result"), needs="result"),
    _spec("mask_all", QT_TRANSLATE_NOOP("actions", "Mask all"), "Ctrl+A", needs="document"),
    _spec("mask_clear", QT_TRANSLATE_NOOP("actions", "Clear mask"), "Ctrl+D", needs="document"),
    _spec(
        "mask_invert",
        QT_TRANSLATE_NOOP("actions", "Invert mask"),
        "Ctrl+Shift+I",
        needs="document",
    ),
    _spec(
        "duplicate_layer", QT_TRANSLATE_NOOP("actions", "Duplicate layer"), "Ctrl+J", needs="layer"
    ),
    _spec("merge_down", QT_TRANSLATE_NOOP("actions", "Merge down"), "Ctrl+E", needs="layer"),
    _spec("flatten", QT_TRANSLATE_NOOP("actions", "Flatten visible"), needs="layer"),
    _spec("lock_layer", QT_TRANSLATE_NOOP("actions", "Lock or unlock layer"), needs="layer"),
    _spec("layer_up", QT_TRANSLATE_NOOP("actions", "Move layer up"), "Ctrl+]", needs="layer"),
    _spec("layer_down", QT_TRANSLATE_NOOP("actions", "Move layer down"), "Ctrl+[", needs="layer"),
    _spec("fill_transparent", QT_TRANSLATE_NOOP("actions", "Fill transparent"), needs="document"),
    _spec("fit_frame", QT_TRANSLATE_NOOP("actions", "Frame to picture"), needs="document"),
    _spec("mask_grow", QT_TRANSLATE_NOOP("actions", "Grow mask…"), needs="document"),
    _spec("mask_shrink", QT_TRANSLATE_NOOP("actions", "Shrink mask…"), needs="document"),
    _spec("mask_feather", QT_TRANSLATE_NOOP("actions", "Feather mask…"), needs="document"),
    _spec("mask_smooth", QT_TRANSLATE_NOOP("actions", "Smooth mask…"), needs="document"),
    _spec("mask_threshold", QT_TRANSLATE_NOOP("actions", "Harden mask edge"), needs="document"),
    _spec("mask_fill_holes", QT_TRANSLATE_NOOP("actions", "Fill holes in mask"), needs="document"),
    _spec("mask_from_layer", QT_TRANSLATE_NOOP("actions", "Mask from layer"), needs="document"),
    _spec(
        "generate",
        QT_TRANSLATE_NOOP("actions", "Generate"),
        "Ctrl+Return",
        "Ctrl+Enter",
        icon="sparkles",
        needs="document",
    ),
    _spec("cancel", QT_TRANSLATE_NOOP("actions", "Cancel"), "Esc", needs="job"),
    _spec(
        "brush",
        QT_TRANSLATE_NOOP("actions", "Brush"),
        "B",
        icon="brush",
        checkable=True,
        needs="document",
    ),
    _spec(
        "eraser",
        QT_TRANSLATE_NOOP("actions", "Eraser"),
        "E",
        icon="eraser",
        checkable=True,
        needs="document",
    ),
    _spec(
        "rectangle",
        QT_TRANSLATE_NOOP("actions", "Rectangle"),
        "M",
        icon="square-dashed",
        checkable=True,
        needs="document",
    ),
    _spec(
        "ellipse",
        QT_TRANSLATE_NOOP("actions", "Ellipse"),
        "Shift+M",
        icon="circle-dashed",
        checkable=True,
        needs="document",
    ),
    _spec(
        "lasso",
        QT_TRANSLATE_NOOP("actions", "Lasso"),
        "L",
        icon="lasso",
        checkable=True,
        needs="document",
    ),
    _spec(
        "polygon",
        QT_TRANSLATE_NOOP("actions", "Polygon"),
        "Shift+L",
        icon="vector-polygon",
        checkable=True,
        needs="document",
    ),
    _spec(
        "wand",
        QT_TRANSLATE_NOOP("actions", "Magic wand"),
        "W",
        icon="wand-sparkles",
        checkable=True,
        needs="document",
    ),
    _spec(
        "frame",
        QT_TRANSLATE_NOOP("actions", "Frame"),
        "C",
        icon="crop",
        checkable=True,
        needs="document",
    ),
    _spec(
        "hand",
        QT_TRANSLATE_NOOP("actions", "Hand"),
        "H",
        icon="hand",
        checkable=True,
        needs="document",
    ),
    _spec("swap", QT_TRANSLATE_NOOP("actions", "Swap add and subtract"), "X", needs="document"),
    _spec("smaller", QT_TRANSLATE_NOOP("actions", "Smaller brush"), "[", needs="document"),
    _spec("larger", QT_TRANSLATE_NOOP("actions", "Larger brush"), "]", needs="document"),
    _spec("softer", QT_TRANSLATE_NOOP("actions", "Softer brush"), "Shift+[", "{", needs="document"),
    _spec("harder", QT_TRANSLATE_NOOP("actions", "Harder brush"), "Shift+]", "}", needs="document"),
    _spec("about", QT_TRANSLATE_NOOP("actions", "About Inpaint Studio")),
)

MENUS: tuple[tuple[object, tuple[str | None, ...]], ...] = (
    (
        QT_TRANSLATE_NOOP("actions", "&File"),
        ("open", "paste", "sample", None, "export", "close", None, "settings", None, "quit"),
    ),
    (
        QT_TRANSLATE_NOOP("actions", "&Edit"),
        (
            "undo",
            "redo",
            None,
            "generate",
            "cancel",
            None,
            "previous",
            "next",
            "more",
            "keep",
            "discard",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("actions", "&View"),
        (
            "zoom_in",
            "zoom_out",
            "fit",
            "actual_size",
            None,
            "show_mask",
            "hide_panels",
            "full_screen",
            None,
            "theme_system",
            "theme_dark",
            "theme_light",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("actions", "&Layer"),
        (
            "toggle_layer",
            "lock_layer",
            None,
            "duplicate_layer",
            "merge_down",
            "flatten",
            None,
            "layer_up",
            "layer_down",
            None,
            "fill_transparent",
            "fit_frame",
            None,
            "delete_layer",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("actions", "&Mask"),
        (
            "brush",
            "eraser",
            "rectangle",
            "ellipse",
            "lasso",
            "polygon",
            "wand",
            "frame",
            "hand",
            None,
            "swap",
            None,
            "smaller",
            "larger",
            "softer",
            "harder",
            None,
            "mask_all",
            "mask_clear",
            "mask_invert",
            None,
            "mask_grow",
            "mask_shrink",
            "mask_feather",
            "mask_smooth",
            "mask_threshold",
            "mask_fill_holes",
            "mask_from_layer",
        ),
    ),
    (QT_TRANSLATE_NOOP("actions", "&Help"), ("about",)),
)

_MENU_ROLES = {
    "settings": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
    "about": QAction.MenuRole.AboutRole,
}
"""Commands that macOS has a place of its own for."""

EXCLUSIVE = (
    ("brush", "eraser", "rectangle", "ellipse", "lasso", "polygon", "wand", "frame", "hand"),
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
        for title, keys in MENUS:
            _fill_menu(menu_bar.addMenu(translated(str(title))), keys, self._actions)


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
