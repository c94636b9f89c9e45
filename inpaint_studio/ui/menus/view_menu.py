"""How the picture and the window look."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio
    from inpaint_studio.ui.theme import ThemeMode

THEMES: tuple[ThemeMode, ...] = ("system", "dark", "light")


MENU = MenuSpec(
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
)
ACTIONS = (
    spec("zoom_in", QT_TRANSLATE_NOOP("actions", "Zoom in"), "Ctrl++", "Ctrl+=", needs="document"),
    spec("zoom_out", QT_TRANSLATE_NOOP("actions", "Zoom out"), "Ctrl+-", needs="document"),
    spec("fit", QT_TRANSLATE_NOOP("actions", "Fit to window"), "Ctrl+0", needs="document"),
    spec("actual_size", QT_TRANSLATE_NOOP("actions", "100 %"), "Ctrl+1", needs="document"),
    spec(
        "show_mask",
        QT_TRANSLATE_NOOP("actions", "Show mask"),
        "Q",
        checkable=True,
        needs="document",
    ),
    spec("hide_panels", QT_TRANSLATE_NOOP("actions", "Hide panels"), "Tab", checkable=True),
    spec("full_screen", QT_TRANSLATE_NOOP("actions", "Full screen"), "F11", checkable=True),
    spec("theme_system", QT_TRANSLATE_NOOP("actions", "Like the system"), checkable=True),
    spec("theme_dark", QT_TRANSLATE_NOOP("actions", "Dark"), checkable=True),
    spec("theme_light", QT_TRANSLATE_NOOP("actions", "Light"), checkable=True),
)


def view_commands(studio: Studio) -> Commands:
    """Zoom, what is visible, theme."""
    canvas, actions, window = studio.window.canvas, studio.window.actions_table, studio.window
    commands: Commands = {
        "zoom_in": lambda: canvas.zoom_step(1),
        "zoom_out": lambda: canvas.zoom_step(-1),
        "fit": canvas.fit,
        "actual_size": lambda: canvas.zoom_to(1.0),
        "show_mask": lambda: canvas.set_mask_visible(actions["show_mask"].isChecked()),
        "hide_panels": lambda: window.set_panels_visible(not actions["hide_panels"].isChecked()),
        "full_screen": lambda: window.set_full_screen(actions["full_screen"].isChecked()),
    }
    for mode in THEMES:
        commands[f"theme_{mode}"] = partial(studio.set_theme, mode)
    return commands
